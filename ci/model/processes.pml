/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes: who invalidates, who wants the pages, and who works for them */

/*
 * n invalidations, 255: without end.  What nests is a second invalidation of
 * the same task in the middle of the first.
 */
proctype caller(byte kind; byte range; byte n; bool nest)
{
	CALLER_VARS;

	do
	:: n == 0 -> break
	:: n > 0 ->
		n = n - (n < 255);
		if
		:: kind == DONTNEED || kind == OOM -> MMAP_READ_LOCK()
		:: kind == MUNMAP || kind == FORK -> MMAP_WRITE_LOCK()
		:: kind == RECLAIM -> LOCK(i_mmap)
		fi;
		notifier_start(kind, range);
		if
		:: started ->
			mm_started(kind, range);
			if
			:: kind == FORK && nest -> direct_reclaim()
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
			fi;
			mm_zap(kind, range);
			notifier_end(kind, range)
		:: else
		fi;
		if
		:: kind == DONTNEED || kind == OOM -> MMAP_READ_UNLOCK()
		:: kind == MUNMAP || kind == FORK -> MMAP_WRITE_UNLOCK()
		:: kind == RECLAIM -> UNLOCK(i_mmap); mm_free()
		fi
	od
}

/* The last user of the mm has gone */
proctype exiter()
{
	CALLER_VARS;

#ifdef KILL
	todo == 0;	/* those who asked were its tasks */
#endif
	atomic { users == 1 -> users = 0 };
	mm_release();
	/* exit_mmap() */
	mapped = false
}

/*
 * A pread of the object, n times.  Told -EAGAIN it asks again, as the uAPI
 * does; since nothing would differ until then, the model waits for the worker
 * or the pins to go.  A loop that never ends is a non-progress cycle.
 */
proctype reader(bool fast; byte n)
{
	byte ret, min = 0;
	bool stale_page;
	GUP_VARS;

#ifdef CREATE
	have_mo;	/* there is no handle before that */
#endif
	do
	:: n == 0 -> break
	:: n > 0 ->
		min = gone;
		pin_pages(fast);
		if
		:: ret == 0 ->
			COPY_TO_USER();
			UNPIN();
			n--
		:: ret == AGAIN ->
			if
			:: !PENDING(work) && !(is_stale() && pins > 0)
#ifdef KILL
			:: true -> break	/* at any time, the worker goes on */
#endif
			fi
		:: else ->
			break		/* -EFAULT */
		fi
	od;
	todo--
}

/* __i915_gem_userptr_get_pages_worker() */
proctype worker()
{
	byte id = 0;
	bool alive, retry, fault;
	GUP_VARS;

end:	do
	:: atomic { userptr_wq?id; busy++ };
		begin();
		ALLOCATE();
		atomic {	/* mmget_not_zero() */
			alive = users > 0;
			users = users + alive
		};
		fault = true;
		if
		:: alive ->
			MMAP_READ_LOCK();
#ifdef GUPINV
			/* gup breaks COW, or splits a huge page, once */
			if
			:: atomic { !cowed -> cowed = true };
				notifier_start(COW, OURS);
				mm_started(COW, OURS);
				mm_zap(COW, OURS);
				notifier_end(COW, OURS)
			:: else
			fi;
#endif
			atomic {
				if
				:: GUP_MAY ->
					mm_fault();
					got = page;
					refs[page]++;
					fault = false
				:: else
				fi
			};
			MMAP_READ_UNLOCK();
			users--
		:: else
		fi;
		gup_end();

		LOCK(objlock);
		if
		:: IS_MY_WORK(id) ->
			check_retry();
			if
			:: retry -> work = 0
			:: !retry && fault -> work = ERROR
			:: else ->
				ALLOCATE();
				commit();
				if
				:: ok -> set_pages()
				:: else
				fi;
				work = 0
			fi;
			after_worker()
		:: else
		fi;
		UNLOCK(objlock);
		if
		:: got != 0 -> gup_put()
		:: else
		fi;
		atomic { id = 0; seq = 0; mo = false; busy--; PUT_REF() }
	od
}

/* i915's own shrinker, or an eviction: takes the pages, cancels the worker */
proctype shrinker(byte n)
{
	CALLER_VARS;

	do
	:: n == 0 -> break
	:: n > 0 -> n--; object_put_pages()
	od
}

#ifdef EXEC
/* eb_move_to_gpu() allocates, for the fences of the next object */
#ifdef EXEC_ALLOC
#define EB_ALLOCATE() \
	if \
	:: atomic { eb_allocs > 0 -> eb_allocs-- }; direct_reclaim() \
	:: true \
	fi
byte eb_allocs = EXEC_ALLOC;
#else
#define EB_ALLOCATE()	skip
#endif

/* n requests that use the object */
proctype execbuf(byte n)
{
	byte ret, min = 0;
	bool stale_page, empty_rq, was_sync;
	GUP_VARS;

	do
	:: n == 0 -> break
	:: n > 0 ->
		min = gone;
		atomic { ret = 0; empty_rq = false; was_sync = synchronised };
#ifdef INTERVAL
		userptr_begin();	/* eb_lookup_vmas() */
		listed = true;
		/* i915_vma_pin_ww() */
		if
		:: is_stale() && bound -> ret = AGAIN
		:: else ->
			/* try_qad_pin(): the first pin is under the lock */
			if
			:: atomic { bound && vma_pin > 0 -> vma_pin++ }
			:: else ->
				if
				:: bound ->
					LOCK(vm_mutex);
					atomic {
						if
						:: bound -> vma_pin++
						:: else -> ret = SLOW
						fi
					};
					UNLOCK(vm_mutex)
				:: else -> ret = SLOW
				fi
			fi
		fi;
		if
		:: ret == SLOW ->
			/* vma_get_pages() */
			LOCK(pages_mutex);
			ret = 0;
			if
			:: vma_pages == 0 ->
				pin_pages(EXEC_FAST);
				if
				:: ret == 0 -> vma_page = pages
				:: else
				fi
			:: else
			fi;
			if
			:: ret == 0 -> vma_pages++
			:: else
			fi;
			UNLOCK(pages_mutex);
			if
			:: ret == 0 ->
				ALLOCATE();
				LOCK(vm_mutex);
				if
				:: bound -> vma_pin++
				:: !bound && is_stale() && !M(bind_blind) -> ret = AGAIN
				:: else ->
					bound = true;
					vma_pages++;
					vma_pin++
				fi;
				UNLOCK(vm_mutex);
				vma_put_pages()
			:: else
			fi
		:: else
		fi;
		if
		:: ret == 0 ->
			wait_for_gpu();		/* the request before this */
			/* i915_vma_move_to_active() */
			atomic { fence = PUBLISHED; GET_REF() };	/* i915_vma's active */
			empty_rq = is_stale() && !M(run_stale);
			EB_ALLOCATE();
			submit(!empty_rq);
			vma_pin--
		:: else
		fi;
#else
		LOCK(struct_mutex);
		/* eb_add_vma() */
		if
		:: bound && is_stale() -> vma_unbind()
		:: else
		fi;
		if
		:: !bound ->
			pin_pages(EXEC_FAST);
			if
			:: ret == 0 -> atomic { vma_page = pages; bound = true }
			:: else
			fi
		:: else
		fi;
		if
		:: ret == 0 ->
			EB_ALLOCATE();
			wait_for_gpu();
			atomic { fence = PUBLISHED; GET_REF() };	/* i915_vma's active */
			submit(true)
		:: else
		fi;
		UNLOCK(struct_mutex);
#endif
		if
		:: ret == 0 -> n = n - !empty_rq
		:: else
		fi;
		if
		:: ret == AGAIN || empty_rq ->
again:			!PENDING(work) && !(is_stale() && pins > 0)
		:: ret == FAULT -> break
		:: else
		fi
	od;
	todo--
}

#ifdef INTERVAL
/* i915_mmu_object_revoke_work() */
proctype revoke_work()
{
	CALLER_VARS;

end:	do
	:: atomic { revoking -> revoking = false; revoke_runs = true };
		do
		:: is_stale() ->
			unbind(true);
			if
			:: unbound -> break
			:: else -> vma_pin == 0 || !is_stale()
			fi
		:: else -> break
		od;
		if
		:: is_stale() -> object_put_pages()
		:: else
		fi;
		atomic { revoke_runs = false; PUT_REF() }
	od
}
#endif
#endif

#ifndef INTERVAL

/* cancel_userptr() */
proctype canceller()
{
	byte was = 0;
	CALLER_VARS;

end:	do
	:: atomic { queued -> queued = false; cancelling = true };
		LOCK(objlock);
#ifdef ATTACH
		was = work;
		work = 0;
#endif
		UNLOCK(objlock);
#ifdef ATTACH
		if
		:: was != 0 -> was = 0; goto out
		:: else
		fi;
#endif
		wait_for_gpu();
		LOCK(struct_mutex);
#ifdef RANGES
		if
		:: !is_stale() && !M(no_mark) -> goto unlock
		:: else
		fi;
#endif
		wait_for_gpu();
		if
		:: true -> unbind_and_put()
		fi;
#ifdef RANGES
		atomic {
			if
			:: is_stale() -> mo_active = false
			:: else
			fi
		};
unlock:
#endif
		UNLOCK(struct_mutex);
#ifdef COUNTER
		deactivate();
#endif
out:		cancelling = false
	od
}

/* i915_gem_userptr_init__mmu_notifier(), at the export of an unsynchronised object */
proctype exporter()
{
	LOCK(objlock);
	atomic {
		mo_active = pages != 0;
		insert()
	};
	have_mo = true;
	UNLOCK(objlock);
	synchronised = true
}

#else

#ifdef RELEASE
/*
 * The handle is closed; whoever puts the last reference has the object freed,
 * and its notifier removed by another work.
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
	LOCK(vm_mutex);
	vma_evict();
	UNLOCK(vm_mutex);
#endif
	object_put_pages();
	/* i915_mmu_object_destroy() */
	atomic { mo_active = false };
	have_mo = false;
	obj_freed = true;
	/* i915_mmu_object_release(): mmu_interval_notifier_remove() */
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

/* i915_gem_userptr_init__mmu_notifier(), at the export of an unsynchronised object */
proctype exporter()
{
	GUP_VARS;

	do
	:: true ->
		/* mmu_interval_notifier_insert() */
		atomic {
			if
			:: sub_active > 0 ->
				if
				:: sub_seq & 1 -> deferred = true
				:: else -> sub_seq = sub_seq | 1; in_tree = true
				fi;
				mni_seq = sub_seq
			:: else -> mni_seq = sub_seq - 1; in_tree = true
			fi
		};
		read_begin(true);
		mo_seq = seq;
		/* What it has is of an age that nobody knows */
		if
		:: pages != 0 && !M(export_commits) && !M(export_blind) ->
#ifdef EXEC
			unbind(true);
			if
			:: unbound -> object_put_pages()
			:: else
			fi
#else
			object_put_pages()
#endif
		:: else
		fi;
		LOCK(objlock);
		mo = true;
		if
		:: pages != 0 ->
			if
			:: M(export_blind) -> mo_active = true; ok = true
			:: M(export_commits) -> commit()
			:: else -> ok = false
			fi
		:: else -> ok = true
		fi;
		if
		:: ok -> have_mo = true
		:: else
		fi;
		UNLOCK(objlock);
		if
		:: ok -> break
		:: else ->
			/* -EAGAIN: i915_mmu_object_destroy(), and once more */
			mo_active = false;
			atomic {
				if
				:: sub_seq & 1 -> deferred = !deferred
				:: else -> in_tree = false
				fi
			};
			atomic { !deferred -> mni_seq = 1 }
		fi
	od;
	synchronised = true
}

#endif
