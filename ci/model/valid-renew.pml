/* SPDX-License-Identifier: GPL-2.0-only */
/* Those who renew the pages of an object that is not valid, and who release them */

/* i915_gem_object_userptr_validate(): a kthread tries once */
inline validate()
{
	ret = 0;
	err = 0;
	if
	:: pages != 0 && (VALID || M(validate_blind))
	:: else ->
		/* mutex_lock_interruptible() */
		if
		:: atomic { userptr_lock == 0 -> userptr_lock = _pid + 1 };
			do
			:: pages != 0 && (VALID || M(validate_blind)) -> ret = 0; break
			:: else ->
				if
				:: pages != 0 ->
					unbind(true);
					if
					:: err == 0 -> object_put_pages()
					:: else
					fi;
					if
					:: err == BUSY -> ret = AGAIN
					:: else -> ret = err
					fi
				:: else -> ret = 0
				fi;
				if
				:: ret == 0 ->
					renew();
					if
					:: ret == AGAIN && mine && !PENDING_SIGNAL
					:: else -> break
					fi
				:: else -> break
				fi
			od;
			UNLOCK(userptr_lock)
		:: PENDING_SIGNAL -> ret = INTR
		fi
	fi
}

/* i915_gem_userptr_release_worker(), and _release_stale() */
#define RELEASABLE \
	(userptr_lock == 0 && (VALID || pages == 0 || (VMA_UNUSED && !ACTIVE)))
proctype release_worker()
{
	bool wasted, took;
	CALLER_VARS;

	/* It comes again every 40 ms; until something has changed it can do nothing */
end:	do
	:: atomic { queued && (RELEASABLE || M(release_pinned) || M(release_active)) ->
			queued = false;
			releasing = true;
			took = stale_link;
			stale_link = false
		};
		if
		:: took ->
			ASSERT_MO();
			err = BUSY;
			if
			:: atomic { userptr_lock == 0 -> userptr_lock = _pid + 1 };
				err = 0;
				if
				:: !VALID || M(release_blind) ->
					unbind(false);
					if
					:: err == 0 ->
						wasted = VALID && pages != 0 && !MAY_WASTE;
						assert(!wasted);
						object_put_pages()
					:: else
					fi
				:: else
				fi;
				UNLOCK(userptr_lock)
			:: else
			fi;
			atomic {
				if
				:: err != 0 && !stale_link -> stale_link = true
				:: else -> PUT_REF()
				fi
			}
		:: else
		fi;
		atomic { queued = queued || stale_link; releasing = false; took = false }
	od
}
