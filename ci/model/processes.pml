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
		atomic { id = 0; seq = 0; mo = false; busy-- }
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
	bool stale_page, was_sync;
	GUP_VARS;

	do
	:: n == 0 -> break
	:: n > 0 ->
		min = gone;
		atomic { ret = 0; was_sync = synchronised };
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
			fence = PUBLISHED;
			submit()
		:: else
		fi;
		UNLOCK(struct_mutex);
		if
		:: ret == 0 -> n--
		:: else
		fi;
		if
		:: ret == AGAIN ->
			!PENDING(work) && !(is_stale() && pins > 0)
		:: ret == FAULT -> break
		:: else
		fi
	od;
	todo--
}

#endif


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

