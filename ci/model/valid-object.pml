/* SPDX-License-Identifier: GPL-2.0-only */
/* The object: its pages, those who renew and release them, and get_pages() */

/*
 * kvmalloc(), the sg table, and what an execbuf prepares: reclaim unmaps our page; with
 * RECLAIM_OTHER, another page of the same file
 */
#ifdef RECLAIM_OTHER
inline reclaim()
{
	LOCK(i_mmap);
	UNLOCK(i_mmap)
}
#else
inline reclaim()
{
	direct_reclaim()
}
#endif
#ifdef ALLOC
byte allocs = ALLOC;
#define ALLOCATE() \
	if \
	:: atomic { allocs > 0 -> allocs-- }; reclaim() \
	:: true \
	fi
#else
#define ALLOCATE()	skip
#endif

inline gup_put()
{
	atomic { refs[got]--; got = 0 }
}

/* i915_gem_userptr_put_pages(), obj->mm.lock is held */
inline put_pages()
{
	atomic {
		if
		:: pages != 0 ->
			unused = !IN_USE;
			assert(unused);
			refs[pages]--;
			pages = 0
		:: else
		fi;
#ifdef STEP8
		valid = false		/* i915_mmu_object_deactivate() */
#endif
	}
}

/* __i915_gem_object_put_pages() */
inline object_put_pages()
{
	ASSERT_OBJ();
	atomic {	/* obj->mm.lock, under which nobody is the first to pin them */
		objlock == 0;
		if
		:: pins > 0 && !(M(release_pinned) && releasing) -> err = BUSY
		:: else -> err = 0; put_pages()
		fi
	}
}

/* userptr_set_pages(), obj->mm.lock is held */
inline set_pages()
{
	ALLOCATE();
	if
	:: have_mo != mo -> ret = AGAIN
	:: else ->
		commit();
		if
		:: ok -> atomic { assert(pages == 0); pages = got; got = 0; ret = 0 }
		:: else -> ret = AGAIN
		fi
	fi
}

/* pin_user_pages*(): where a GTT mmap is there is no page */
inline gup()
{
	atomic {	/* of another mm: mmget_not_zero() */
		ok = mine || users > 0;
		users = users + (ok && !mine)
	};
	if
	:: ok ->
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
			:: !gtt_mapped -> mm_fault(); got = page; refs[page]++
			:: else
			fi;
			MMAP_READ_UNLOCK();
			users = users - !mine
		}
	:: else
	fi
}

/* userptr_renew(): one read section */
inline renew()
{
	mo = have_mo;
	begin();
	ALLOCATE();
	gup();
	if
	:: got == 0 ->
		ret = (mo && mni_seq != seq -> AGAIN : FAULT)
	:: else ->
		LOCK(objlock);
		if
		:: pages != 0 -> ret = (!mo || valid -> 0 : AGAIN)
		:: else -> set_pages()
		fi;
		UNLOCK(objlock);
		if
		:: got != 0 -> gup_put()
		:: else
		fi
	fi;
	atomic { seq = 0; mo = false; ok = false }
}

/* userptr_schedule(), obj->mm.lock is held */
inline schedule()
{
	atomic {
		if
		:: work == ERROR -> work = 0; ret = FAULT
		:: work == PENDING -> ret = AGAIN
		:: else -> work = PENDING; GET_REF(); ret = AGAIN
		fi
	}
}

/* i915_gem_userptr_get_pages(), obj->mm.lock is held */
inline get_pages()
{
	mo = have_mo;
	ok = false;
	if
	:: mine && M(get_pages_begins) -> begin(); ok = true
	:: mine && !M(get_pages_begins) -> resume()
	:: else
	fi;
	if
	:: ok ->
		ALLOCATE();
		/* pin_user_pages_fast_only() */
		atomic {
			if
			:: mapped -> got = page; refs[page]++
			:: else
			fi
		}
	:: else
	fi;
	if
	:: got != 0 ->
		set_pages();
		if
		:: got != 0 -> gup_put()
		:: else
		fi
	:: else -> ret = AGAIN
	fi;
	if
	:: ret == AGAIN -> schedule()
	:: else
	fi;
	atomic { seq = 0; mo = false; ok = false }
}

#ifdef STEP8
#define CAN_PIN		!stale	/* I915_BO_STALE_BIT */
#else
#define CAN_PIN		true
#define put_stale_pages() skip
#endif

/* i915_gem_object_pin_pages() */
inline pin_pages()
{
	ret = 0;
	if
	:: atomic { CAN_PIN && pins > 0 -> pins++ }	/* atomic_inc_not_zero() */
	:: else ->
		LOCK(objlock);
		put_stale_pages();
		if
		:: ret == 0 && pages == 0 -> get_pages()
		:: else
		fi;
		if
		:: ret == 0 -> pins++
		:: else
		fi;
		UNLOCK(objlock)
	fi
}
