/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes: who invalidates, and who wants the pages */

/* The lock of an invalidation's caller */
inline caller_lock(kind)
{
	if
	:: kind == DONTNEED || kind == OOM -> MMAP_READ_LOCK()
	:: kind == MUNMAP || kind == FORK || kind == REMAP || kind == KHUGE ->
		MMAP_WRITE_LOCK()
	:: kind == RECLAIM || kind == PUNCH -> LOCK(i_mmap)
#ifdef EXEC
	:: kind == GTT -> gtt_mapped; LOCK(vm_mutex)
#endif
	fi
}

inline caller_unlock(kind)
{
	if
	:: kind == DONTNEED || kind == OOM -> MMAP_READ_UNLOCK()
	:: kind == MUNMAP || kind == FORK || kind == REMAP || kind == KHUGE ->
		MMAP_WRITE_UNLOCK()
	:: kind == RECLAIM || kind == PUNCH -> UNLOCK(i_mmap)
#ifdef EXEC
	:: kind == GTT -> UNLOCK(vm_mutex)
#endif
	fi
}

/* i915_gem_shrink() */
inline shrink()
{
	unbind(false);
	if
	:: err == 0 -> object_put_pages()
	:: else
	fi
}

/* What comes between start and the zap */
inline caller_nests(kind, range)
{
	if
	:: kind == FORK && nest ->
		direct_reclaim();
#ifdef FORK_SHRINKS
		shrink()
#else
		skip
#endif
	:: kind == FORK && !nest ->
		/* the same, and the page is that of another mm */
		LOCK(i_mmap);
		UNLOCK(i_mmap)
	:: kind != FORK && nest ->
		/* __split_huge_pmd() below zap_page_range() */
		notifier_start(kind, range);
		mm_started(kind, range);
		notifier_end(kind, range)
	:: else
	fi
}

/*
 * n invalidations, 255: without end.  What nests is a second invalidation of the
 * same task in the middle of the first.
 */
proctype caller(byte kind; byte range; byte n; bool nest)
{
	CALLER_VARS;

	mine = IS_TASK(kind);
	do
	:: n == 0 || KILLED -> break
	:: else ->
		atomic {
			n = n - (n < 255);
			caller_lock(kind);
			inv_start_range(kind, range)
		};
		notifier_call(kind, range);
		if
		:: started ->
			mm_started(kind, range);
			caller_nests(kind, range);
			mm_zap(kind, range)
		:: else
		fi;
		atomic {
			gtt_mapped = gtt_mapped || kind == REMAP;
			if
			:: started -> notifier_end(kind, range)
			:: else
			fi;
			caller_unlock(kind)
		};
		if
		:: kind == RECLAIM && range == OURS ->
			mm_free();
			if
			:: true -> mm_replace()
			:: true
			fi
		:: else
		fi;
		RETURN_TO_USER()
	od;
	TASK_EXIT()
}

/*
 * Any task that pins the pages by i915_gem_object_pin_pages() and looks whether they are
 * valid, n times.  The page may not be one that was gone when the call began.
 */
proctype importer(bool fast; byte n)
{
	byte min = 0;
	bool stale_page, was_sync;
	GUP_VARS;

	mine = fast;
#ifdef CREATE
	have_mo;	/* there is no handle before that */
#endif
	do
	:: n == 0 || KILLED -> break
	:: else ->
		atomic { min = gone; was_sync = synchronised };
		pin_pages();
		if
		:: ret == 0 ->
			if
			:: VALID || M(share_blind) ->
				atomic {
					assert(pages != 0);
					stale_page = was_sync && pages <= min;
					assert(!stale_page);
					n--
				}
			:: else -> ret = AGAIN
			fi;
			pins--;
			if
			:: ret == AGAIN -> atomic { objlock == 0 -> schedule() }
			:: else
			fi
		:: else
		fi;
		if
		:: ret == AGAIN -> NEXT_TRY
		:: ret == FAULT -> break
		:: else
		fi;
		RETURN_TO_USER()
	od;
	todo--;
	TASK_EXIT()
}

#ifdef MAPPER
/*
 * i915_gem_object_userptr_share() and _unshare(): of the object's process (fast) or of
 * another.  The page may not be one that was unmapped when the call began.
 */
proctype mapper(bool fast)
{
	byte min = 0, taken = 0;
	bool stale_page, was_sync;
	GUP_VARS;

	mine = fast;
	do
	:: taken != 0 || KILLED -> break
	:: else ->
		ret = 0;
		atomic {
			min = (mapped && gone >= page -> page - 1 : gone);
			was_sync = synchronised
		};
		/* userptr_get_valid() */
		atomic {
			objlock == 0;
			if
			:: pages != 0 && (VALID || M(map_blind)) ->
				taken = pages;
				refs[taken]++
			:: else
			fi
		};
		/* userptr_get_mapped() */
		if
		:: taken == 0 && mine ->
			ALLOCATE();
			atomic {
				if
				:: mapped -> taken = page; refs[taken]++
				:: else
				fi
			}
		:: else
		fi;
		if
		:: taken == 0 ->
			/* userptr_get_later() */
			atomic { objlock == 0 -> schedule() };
			if
			:: ret == AGAIN -> NEXT_TRY
			:: else -> break
			fi
		:: else ->
			stale_page = was_sync && taken <= min;
			assert(!stale_page)
		fi;
		RETURN_TO_USER()
	od;
	if
	:: taken != 0 -> refs[taken]--
	:: else
	fi;
	todo--;
	TASK_EXIT()
}
#endif

/* __i915_gem_userptr_get_pages_worker() */
proctype worker()
{
	GUP_VARS;

end:	do
	:: work == PENDING ->
		validate();
		atomic {	/* obj->mm.lock */
			objlock == 0;
			work = (ret != 0 && ret != AGAIN -> ERROR : 0);
			ret = 0;
			err = 0;
			PUT_REF()
		}
	od
}

#ifdef EXIT
/* The last user of the mm has gone */
proctype exiter()
{
	CALLER_VARS;

	users == 0;
	/* exit_mmap(): mn_itree_release() */
	notifier_start(MUNMAP, OURS);
	notifier_end(MUNMAP, OURS);
	mapped = false
}
#endif

/* i915_gem_shrink(), n times */
proctype shrinker(byte n)
{
	CALLER_VARS;

	do
	:: n == 0 -> break
	:: else ->
		n--;
		shrink()
	od
}

#ifdef RELEASE
/*
 * The handle is closed; with the last reference the object is freed, and its notifier
 * removed by another work.
 */
proctype closer()
{
	byte seq = 0;
	CALLER_VARS;

	todo == 0;
	PUT_REF();
	ref == 0;
	/* __i915_gem_free_objects() */
#ifdef EXEC
	atomic {
		if
		:: bound -> bound = false; pins--
		:: else
		fi
	};
#endif
	object_put_pages();
	/* i915_mmu_object_destroy() */
	valid = false;
	have_mo = false;
	obj_freed = true;
	/* i915_mmu_object_remove(): mmu_interval_notifier_remove() */
	if
	:: M(free_at_once)
	:: else ->
		atomic {
			if
			:: sub_seq & 1 ->
				seq = sub_seq;
				deferred = true
			:: else -> in_tree = false
			fi
		};
		if
		:: seq != 0 -> sub_seq != seq
		:: else
		fi
	fi;
	mo_freed = true
}
#endif
