/* SPDX-License-Identifier: GPL-2.0-only */
/* Who uses the object by the GPU, and pread, which uses neither it nor a fence */

#ifdef EXEC
#ifdef HANG
bool hung = false;
#define CAPTURE() \
	if \
	:: !hung && ACTIVE -> hung = true; capture() \
	:: else \
	fi
/* i915_capture_error_state(), before the reset */
inline capture()
{
	if
	:: M(capture_reclaims) || IS_STEP8 -> reclaim()
	:: else
	fi
}
#else
#define CAPTURE()	skip
#endif

#define REQUEST_ENDS(i) \
	atomic { \
		rq[i] == SUBMITTED && !COMES_AFTER(i) -> \
		gpu[i] = 0; rq[i] = 0; REQUEST_GOES(i); PUT_REF() \
	}

proctype gpu_engine()
{
	CALLER_VARS;

end:	do
	:: (rq[0] == SUBMITTED || rq[1] == SUBMITTED) && !stub ->
		CAPTURE();
		if
		:: REQUEST_ENDS(0)
		:: REQUEST_ENDS(1)
		fi
	od
}

/* i915_vma_pin_ww(), the object's lock is held */
inline vma_pin_ww()
{
	pin_pages();		/* vma_get_pages() */
	if
	:: ret == 0 ->
		ALLOCATE();
		LOCK(vm_mutex);
		if
		:: bound -> atomic { vma_pin++; pins-- }
		:: else -> vma_bind()
		fi;
		UNLOCK(vm_mutex)
	:: else
	fi
}

#ifndef STEP8
inline vma_bind()
{
	atomic { bound = true; vma_pin++; vma_page = pages }
}

/* eb_publish_userptr() */
inline publish(i)
{
	if
	:: M(publish_first) -> rq[i] = PUBLISHED
	:: else
	fi;
	ok = VALID;
	atomic {	/* i915->mm.notifier_lock */
		if
		:: !M(check_unlocked) -> ok = VALID
		:: else
		fi;
		if
		:: ok || M(no_check) -> rq[i] = PUBLISHED; REPLACE(i); GET_REF()
		:: else -> ret = STALE
		fi
	}
}
#endif

/* n requests that use the object */
proctype execbuf(byte i; byte n)
{
	bool was_sync, ran, left_behind, overtaken, again = false;
	GUP_VARS;

	mine = true;
	do
	:: n == 0 || KILLED -> break
	:: else ->
		was_sync = synchronised;
		held = false;
		if
		:: again && M(hold_early) -> MMAP_WRITE_LOCK(); held = true
		:: else
		fi;
		do
		:: true ->
			/* eb_hold_mm(), eb_relocate_parse_slow() */
			validate();
			if
			:: ret == 0 && again && !held ->
				if
				:: !M(no_hold) -> MMAP_WRITE_LOCK()
				:: else
				fi;
				atomic {
					held = true;
					ret = (pages != 0 && VALID -> 0 : AGAIN)
				}
			:: else
			fi;
			if
			:: ret == 0 ->
				LOCK(ww);
				vma_pin_ww();
				if
				:: ret == AGAIN ->
					UNLOCK(ww);
					if
					:: held -> break
					:: else
					fi
				:: else -> break
				fi
			:: else -> break
			fi
		od;
		if
		:: ret == 0 ->
			rq[i] == 0;	/* the request before this */
			/* eb_prepare_move_to_gpu() */
			ALLOCATE();
			publish(i);
			if
			:: M(alloc_late) || IS_STEP8 -> ALLOCATE()
			:: else
			fi;
			atomic {
				ran = ret == 0;
				if
				:: rq[i] == PUBLISHED -> submit(i, ran)
				:: else
				fi;
#ifdef OUTFENCE
				/* what is published, in the object or by a syncobj, ran */
				left_behind = !ran && (rq[i] != 0 || M(signal_fences));
				assert(!left_behind)
#endif
			};
			atomic {
				n = n - ran;
				vma_pin--;
				UNLOCK(ww)
			}
		:: else ->
			if
			:: ww == _pid + 1 -> UNLOCK(ww)
			:: else
			fi
		fi;
		atomic {
			if
			:: held && !M(no_hold) -> MMAP_WRITE_UNLOCK()
			:: else
			fi;
#ifdef MMAP_ONLY
			/* All invalidations are of those who hold the mmap_lock */
			overtaken = held && ret == STALE;
			assert(!overtaken);
#endif
			/* i915_gem_execbuffer2_ioctl() tries once more, with the mmap_lock */
			again = ret == STALE && !again
		};
		if
		:: ret == AGAIN || (ret == STALE && !again) -> NEXT_TRY
		:: ret == FAULT -> break
		:: else
		fi;
		if
		:: !again -> RETURN_TO_USER()
		:: else
		fi
	od;
	todo--;
	TASK_EXIT()
}

#ifndef STEP8
/* userptr_prepare_cpu(), userptr_copy(): n times */
proctype pread(byte n)
{
	bool pinned;
	GUP_VARS;

	mine = true;
	do
	:: n == 0 || KILLED -> break
	:: else ->
		err = 0;
		WAIT_INTR(FENCES_DONE && !foreign);
		if
		:: err == 0 ->
			LOCK(ww);
			atomic {	/* obj->mm.lock */
				objlock == 0;
				pinned = pages != 0;
				pins = pins + pinned
			};
			WAIT_INTR(FENCES_DONE && !foreign);	/* set_to_cpu_domain() */
			atomic {
				pins = pins - pinned;
				pinned = false;
				stub = M(pread_fence) && err == 0;
				UNLOCK(ww)
			};
			if
			:: err == 0 ->
				/* It faults, on either side of the copy */
				MMAP_READ_LOCK();
				atomic { MMAP_READ_UNLOCK(); n--; stub = false }
			:: else
			fi
		:: else
		fi;
		RETURN_TO_USER()
	od;
	todo--;
	TASK_EXIT()
}
#endif
#endif
