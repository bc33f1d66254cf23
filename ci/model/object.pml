/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The object: its pages, those who pin them, get_pages() with its fast path,
 * and the worker.  What differs between the steps are the hooks of list.pml:
 * notifier_start, notifier_end, trybegin, begin, gup_end, commit,
 * check_retry, deactivate, after_get, after_worker.
 */

#define PENDING(w)	(w != 0 && w != ERROR)

/* The reader's copy_to_user() may fault: for that the mmap_lock is taken */
#ifdef COPY
#define COPY_TO_USER()	MMAP_READ_LOCK(); MMAP_READ_UNLOCK()
#else
#define COPY_TO_USER()	skip
#endif

/* kvmalloc() and the sg table, under obj->mm.lock */
#ifdef ALLOC
#define ALLOCATE() \
	if \
	:: atomic { allocs > 0 -> allocs-- }; direct_reclaim() \
	:: true \
	fi
byte allocs = ALLOC;
#else
#define ALLOCATE()	skip
#endif

/* To tell one hole from the other: gup only while no invalidation runs */
#ifdef GUP_IDLE
#define GUP_MAY	(running == 0)
#else
#define GUP_MAY	true
#endif

/* Without pins the pages are only looked at, under obj->mm.lock */
#ifdef NOPINS
#define PIN()	use()
#define UNPIN()	skip
#else
#define PIN()	pins++; use()
#define UNPIN()	pins--
#endif

#define GUP_VARS \
	byte got = 0, seq = 0; \
	bool ok, mo = false; \
	CALLER_VARS

inline gup_put()
{
	atomic { refs[got]--; got = 0 }
}

/* __i915_gem_userptr_get_pages_schedule() */
inline schedule()
{
	atomic {
		wid = wid % 3 + 1;
		work = wid;
		userptr_wq!wid
	}
}

/* i915_gem_userptr_get_pages(), obj->mm.lock is held */
inline get_pages(fast)
{
	if
	:: atomic { work == ERROR -> ret = FAULT }
	:: atomic { PENDING(work) -> ret = AGAIN }
	:: else ->
		mo = have_mo;
		if
		:: fast ->
			ALLOCATE();
			trybegin();
			if
			:: ok ->
				/* pin_user_pages_fast_only() */
				atomic {
					if
					:: mapped && GUP_MAY -> got = page; refs[page]++
					:: else
					fi
				};
				gup_end()
			:: else
			fi
		:: else
		fi;
		if
		:: got != 0 ->
			ALLOCATE();	/* the sg table */
			commit();
			if
			:: ok -> set_pages(); ret = 0
			:: else -> schedule(); gup_put(); ret = AGAIN
			fi
		:: else -> schedule(); ret = AGAIN
		fi;
		after_get()
	fi
}

/* __i915_gem_object_set_pages(): the reference is the object's from now on */
inline set_pages()
{
	atomic { assert(pages == 0); pages = got; got = 0 }
}

/* obj->ops->put_pages() and what is around it, obj->mm.lock is held */
inline put_pages()
{
	atomic {
		if
		:: pages != 0 -> refs[pages]--; pages = 0
		:: else
		fi
	};
	drop_work();
	deactivate()
}

/* __i915_gem_object_put_pages() */
inline object_put_pages()
{
	if
	:: pins > 0
	:: else ->
		LOCK(objlock);
		if
		:: pins > 0
		:: else -> put_pages()
		fi;
		UNLOCK(objlock)
	fi
}

/* Whoever began after the page was gone may not have it */
inline use()
{
	atomic {
		assert(pages != 0);
		stale_page = synchronised && pages <= min;
		assert(!stale_page)
	}
}

/* i915_gem_object_pin_pages(): ret, and the page that was pinned in use */
inline pin_pages(fast)
{
	ret = 0;
	if
	:: is_stale() -> ret = SLOW
	:: else ->
		atomic {	/* atomic_inc_not_zero() */
			if
			:: pins > 0 -> PIN()
			:: else -> ret = SLOW
			fi
		}
	fi;
	if
	:: ret == SLOW ->
		LOCK(objlock);
		ret = 0;
		if
		:: is_stale() -> put_stale_pages()
		:: else
		fi;
		if
		:: ret == 0 && pages == 0 -> get_pages(fast)
		:: else
		fi;
		if
		:: ret == 0 -> PIN()
		:: else
		fi;
		UNLOCK(objlock)
	:: else
	fi
}

/* i915_vma_unbind(), in the struct_mutex, which is the only one to pin a vma */
#ifdef EXEC
inline vma_unbind()
{
	if
	:: bound ->
		wait_for_gpu();
		atomic { bound = false; pins-- }
	:: else
	fi
}
#endif

inline unbind_and_put()
{
#ifdef EXEC
	vma_unbind();
#endif
	if
	:: pages != 0 -> object_put_pages()
	:: else
	fi
}
