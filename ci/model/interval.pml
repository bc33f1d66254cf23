/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * v5.10 at the last step: mmu_interval_notifier of mm/mmu_notifier.c, and the
 * driver's use of it.
 */

/* The core: struct mmu_notifier_subscriptions */
byte sub_seq = 2;
byte sub_active = 0;
bool in_tree = false, deferred = false;
/* The object's: struct i915_mmu_object */
byte mni_seq = 1;
bool mo_active = false;
byte mo_seq = 1;		/* mo->seq: the latest known begin */
/* I915_BO_STALE_BIT */
bool stale = false;

#define is_stale()	stale

#define CANCELLERS	0
#define QUIET()		(sub_active == 0)

/* __mmu_notifier_invalidate_range_start() */
inline notifier_start(kind, range)
{
	atomic {	/* mn_itree_inv_start_range() */
		started = true;
		flush = false;
		sub_active++;
		mm_start();
		hit = in_tree && range == OURS;
		if
		:: hit -> sub_seq = sub_seq | 1
		:: else
		fi;
		cur = sub_seq
	};
	if
	:: hit ->
		/* i915_mmu_object_invalidate() */
		atomic {	/* mo->lock */
			ASSERT_MO();
			if
			:: mo_active && kind == OOM && !M(oom_blocks) -> started = false
			:: else ->
				if
				:: !M(bump_late) && !M(no_bump) -> mni_seq = cur
				:: else
				fi;
				if
				:: mo_active && (REFERENCED || M(no_ref)) ->
					GET_REF();
					flush = true;
					stale = !M(no_mark)
				:: else
				fi
			fi
		};
		if
		:: flush && M(waits_for_pins) -> pins == 0
		:: else
		fi;
		if
		:: flush && !M(no_flush) -> revoke(kind)
		:: else
		fi;
		if
		:: M(bump_late) && started -> atomic { mni_seq = cur }
		:: else
		fi;
		if
		:: !started -> inv_end()
		:: else
		fi
	:: else
	fi;
	hit = false; cur = 0
}

inline notifier_end(kind, range)
{
	inv_end()
}

/* mn_itree_inv_end() */
inline inv_end()
{
	atomic {
		assert(sub_active > 0);
		sub_active--;
		mm_end();
		if
		:: sub_active == 0 && sub_seq & 1 ->
			sub_seq++;
			if
			:: deferred -> in_tree = !in_tree; deferred = false
			:: else
			fi
		:: else
		fi
	}
}

/* i915_mmu_object_revoke() */
inline revoke(kind)
{
	may_block = kind != OOM;
	assert(may_block);
#ifdef EXEC
	if
	:: kind != RECLAIM || M(reclaim_waits) -> unbind(true)
	:: M(reclaim_unbinds) -> unbind(false)
	:: else -> unbound = !listed
	fi;
	if
	:: !unbound ->
		if
		:: kind != RECLAIM || M(reclaim_waits) -> wait_for_gpu()
		:: else
		fi;
		atomic {	/* queue_work() */
			if
			:: !revoking && !M(no_revoke_work) ->
				revoking = true
			:: else -> unbound = true
			fi
		}
	:: else
	fi;
	if
	:: unbound -> object_put_pages(); PUT_REF()
	:: else
	fi
#else
	object_put_pages();
	PUT_REF()
#endif
}

/* i915_gem_object_unbind() with UNBIND_PENDING, and UNBIND_ACTIVE if may_wait */
inline unbind(may_wait)
{
	unbound = true;
	if
	:: listed ->
		if
		:: !M(no_pending) -> LOCK(vm_mutex); UNLOCK(vm_mutex)
		:: else
		fi;
		if
		:: may_wait || fence == 0 -> vma_unbind()
		:: else -> unbound = false
		fi
	:: else
	fi
}

/* i915_vma_unbind() */
inline vma_unbind()
{
	wait_for_gpu();
	if
	:: !bound
	:: else ->
		if
		:: vma_pin > 0 -> unbound = false
		:: else ->
			LOCK(vm_mutex);
			vma_evict();
			UNLOCK(vm_mutex)
		fi
	fi
}

/* __i915_vma_unbind() */
inline vma_evict()
{
	if
	:: !bound
	:: bound && vma_pin > 0 -> unbound = false
	:: else ->
		wait_for_gpu();
		bound = false;
		vma_put_pages()
	fi
}

inline vma_put_pages()
{
	LOCK(pages_mutex);
	vma_pages--;
	if
	:: vma_pages == 0 -> pins--
	:: else
	fi;
	UNLOCK(pages_mutex)
}

/* __mmu_notifier_release(): mn_itree_release() */
inline mm_release()
{
	notifier_start(MUNMAP, OURS);
	notifier_end(MUNMAP, OURS)
}

/* i915_mmu_object_resume() */
inline trybegin()
{
	atomic { seq = mo_seq; ok = !mo || mni_seq == seq || M(no_trybegin) };
	if
	:: M(no_trybegin) -> seq = mni_seq
	:: else
	fi
}

/* i915_mmu_object_begin() */
inline begin()
{
	mo = have_mo;
	if
	:: mo && M(store_early) -> mo_seq = mni_seq
	:: else
	fi;
	read_begin(mo);
	if
	:: mo -> mo_seq = seq
	:: else
	fi
}

/* i915_gem_object_userptr_begin() */
inline userptr_begin()
{
	if
	:: have_mo && mni_seq != mo_seq -> begin()
	:: else
	fi
}

/* mmu_interval_read_begin() */
inline read_begin(cond)
{
	atomic { seq = mni_seq; ok = !cond || seq != sub_seq || M(no_begin) };
	if
	:: !ok ->
wait_event:	sub_seq != seq
	:: else
	fi
}

#define gup_end()	skip

/* i915_mmu_object_commit() */
inline commit()
{
	atomic {	/* mo->lock */
		ok = !mo || mni_seq == seq || M(no_commit);
		if
		:: mo && ok && !M(no_active) -> mo_active = true
		:: else
		fi
	}
}

inline check_retry()
{
	atomic {
		retry = mo && mni_seq != seq && !M(no_commit);
		retry = retry || (have_mo != mo && !M(no_mo_check))
	}
}

inline deactivate()
{
	atomic {
		if
		:: have_mo && !M(keep_active) -> mo_active = false
		:: else
		fi
	}
}

#define after_get()	skip
#define after_worker()	skip
#define drop_work()	work = 0

/* __i915_gem_object_put_stale_pages() */
inline put_stale_pages()
{
	if
	:: pins > 0 -> ret = AGAIN
	:: else ->
		if
		:: pages != 0 -> put_pages()
		:: else
		fi;
		if
		:: !M(keep_mark) -> stale = false
		:: else
		fi
	fi
}
