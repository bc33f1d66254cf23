/* SPDX-License-Identifier: GPL-2.0-only */
/* mmu_interval_notifier of mm/mmu_notifier.c, and what the driver makes of it */

/* The core: struct mmu_notifier_subscriptions */
byte sub_seq = 2;
byte sub_active = 0;
bool in_tree = false, deferred = false;
/* The object's: struct i915_mmu_object */
byte mni_seq = 1;
byte mo_seq = 1;		/* mo->seq: the latest known begin */

/* mn_itree_inv_start_range() */
inline inv_start_range(kind, range)
{
	started = true;
	may_block = kind != OOM;
	sub_active++;
	mm_start();
	hit = in_tree && range == OURS;
	if
	:: hit -> sub_seq = sub_seq | 1
	:: else
	fi;
	cur = sub_seq
}

/* __mmu_notifier_invalidate_range_start() */
inline notifier_start(kind, range)
{
	atomic { inv_start_range(kind, range) };
	notifier_call(kind, range)
}

inline notifier_call(kind, range)
{
	if
	:: hit -> invalidate(kind)
	:: else
	fi;
	if
	:: !started -> notifier_end(kind, range)
	:: else
	fi
}

/* mn_itree_inv_end() */
inline notifier_end(kind, range)
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
		fi;
		hit = false;
		cur = 0
	}
}

#ifndef STEP8
#define VALID	(!have_mo || valid)

/* i915_mmu_object_wait() */
inline wait_for_fences()
{
	assert(may_block);
	if
	:: FENCES_DONE && !(foreign && M(foreign_waits))
	:: DYING
	fi
}

/* i915_mmu_object_invalidate() */
inline invalidate(kind)
{
	atomic {	/* i915->mm.notifier_lock */
		ASSERT_MO();
		if
		:: !M(no_bump) && !M(bump_late) -> mni_seq = cur
		:: else
		fi;
		flush = REFERENCED || M(no_ref);
		newly = flush && !stale_link && (valid || pages != 0);
		if
		:: flush -> GET_REF()
		:: else
		fi;
		if
		:: newly -> GET_REF(); stale_link = true
		:: else
		fi;
		valid = valid && (M(no_mark) || M(mark_late))
	};
	if
	:: flush ->
		if
		:: M(notifier_unbinds) -> unbind(true)
		:: else
		fi;
		if
		:: !may_block && !M(oom_waits)
		:: M(no_wait)
		:: kind == RECLAIM && M(reclaim_skips)
		:: !newly && M(second_skips)
		:: else -> wait_for_fences()
		fi;
		if
		:: M(mark_late) -> valid = false
		:: else
		fi;
		atomic {
			queued = queued || (newly && !M(no_queue));
			flush = false;
			newly = false;
			PUT_REF()
		}
	:: else
	fi;
	if
	:: M(bump_late) -> atomic { mni_seq = cur }
	:: else
	fi
}
#endif

/* i915_mmu_object_begin(), mmu_interval_read_begin() */
inline begin()
{
	if
	:: mo ->
		if
		:: M(store_early) -> mo_seq = mni_seq
		:: else
		fi;
		seq = mni_seq;
		sub_seq != seq || M(no_begin);
		mo_seq = seq
	:: else
	fi
}

/* i915_mmu_object_resume() */
inline resume()
{
	atomic {
		seq = mo_seq;
		ok = !mo || (seq != 0 && mni_seq == seq) || M(no_resume)
	};
	if
	:: M(no_resume) -> seq = mni_seq
	:: else
	fi
}

/* i915_mmu_object_commit() */
inline commit()
{
	atomic {	/* i915->mm.notifier_lock */
		ok = !mo || mni_seq == seq || M(no_commit);
		if
		:: mo && ok -> valid = true
		:: else
		fi
	}
}

/* i915_gem_userptr_init__mmu_notifier(), at the export of an unsynchronised object */
proctype exporter()
{
	GUP_VARS;

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
		fi;
		mo_seq = 0;
		valid = M(export_valid)
	};
#ifdef CREATE
	/* i915_gem_userptr_ioctl(): it is a new object */
	mo = true;
	begin();
#endif
	have_mo = true;
	synchronised = true
}
