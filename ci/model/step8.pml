/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last step of the series' first version, v5.10's step 8, as far as it differs: the
 * notifier unbinds and puts the pages, or marks the object stale for those who have
 * them pinned; an execbuf publishes object by object; a pread has a fence.  The
 * workers that are cancelled are not in it.
 */

bool stale = false;		/* I915_BO_STALE_BIT */
#define VALID	(!stale)

#ifdef EXEC
bool in_list = true;		/* the vma is in obj->vma.list */

/*
 * i915_gem_object_unbind(), with UNBIND_ACTIVE and UNBIND_PENDING: what it works on is
 * in a list of its own meanwhile
 */
inline unbind(may_wait)
{
	err = 0;
	if
	:: atomic { in_list -> in_list = false };
		LOCK(vm_mutex);
		UNLOCK(vm_mutex);
		if
		:: bound && vma_pin > 0 -> err = AGAIN
		:: bound && vma_pin == 0 -> vma_unbind()
		:: else
		fi;
		in_list = true
	:: else
	fi
}

/* The bind looks at the mark once more, under vm->mutex */
inline vma_bind()
{
	if
	:: stale -> pins--; ret = AGAIN
	:: else -> atomic { bound = true; vma_pin++; vma_page = pages }
	fi
}

/* i915_vma_move_to_active() */
inline publish(i)
{
	atomic { rq[i] = PUBLISHED; GET_REF() };
	ret = (stale -> AGAIN : 0)
}
#else
#define in_list false
#endif

/* i915_mmu_object_revoke() */
inline revoke(kind)
{
	err = 0;
	if
	:: kind == RECLAIM -> err = (in_list -> BUSY : 0)
	:: else ->
		unbind(true);
		if
		:: err != 0 -> FENCES_DONE
		:: else
		fi
	fi;
	if
	:: err != 0 -> queued = true
	:: else -> object_put_pages()
	fi
}

/* i915_mmu_object_invalidate() */
inline invalidate(kind)
{
	atomic {	/* mo->lock */
		if
		:: valid && !may_block -> started = false
		:: else ->
			mni_seq = cur;
			flush = valid;
			stale = stale || valid
		fi
	};
	if
	:: flush -> revoke(kind)
	:: else
	fi
}

/* i915_mmu_object_revoke_work() */
proctype release_worker()
{
	CALLER_VARS;

end:	do
	:: atomic { queued -> queued = false; releasing = true };
		do
		:: stale ->
			unbind(true);
			if
			:: err == 0 -> break
			:: else -> VMA_UNUSED || !stale
			fi
		:: else -> break
		od;
		if
		:: stale -> object_put_pages()
		:: else
		fi;
		releasing = false
	od
}

/* __i915_gem_object_put_stale_pages(), obj->mm.lock is held */
inline put_stale_pages()
{
	if
	:: stale && pins > 0 -> ret = AGAIN
	:: stale && pins == 0 ->
		put_pages();
		stale = false
	:: else
	fi
}

/* i915_gem_object_userptr_begin() of an execbuf; and the worker's gup */
inline validate()
{
	ret = 0;
	if
	:: mine ->
		mo = have_mo;
		if
		:: mo && mni_seq != mo_seq -> begin()
		:: else
		fi
	:: else -> renew()
	fi
}

#ifdef EXEC
/* i915_gem_pread_ioctl(), i915_gem_object_prepare_read(), i915_gem_shmem_pread() */
proctype pread(byte n)
{
	GUP_VARS;

	mine = true;
	do
	:: n == 0 || KILLED -> break
	:: else ->
		err = 0;
		WAIT_INTR(FENCES_DONE);
		if
		:: err == 0 ->
			LOCK(ww);
			pin_pages();
			stub = ret == 0;	/* i915_gem_object_lock_fence() */
			UNLOCK(ww);
			if
			:: ret == 0 ->
				/* It faults, copying */
				MMAP_READ_LOCK();
				MMAP_READ_UNLOCK();
				atomic { stub = false; pins-- };
				n--
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
#endif
