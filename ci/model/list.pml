/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A notifier of the list, v4.17: as it was (BASE), with the rwsem of 2018
 * (RWSEM, and RWSEM2 once objects may have none), with a sequence counter for
 * the whole mm (COUNTER), and as it is at the last step (RANGES).
 */

bool in_tree = false;		/* BASE, RWSEM: attached; RANGES: has a notifier */
bool mo_active = false;		/* mo->active, COUNTER: attached */
bool registered = true;		/* until the mm is gone */
byte mn_count = 0;
byte mn_seq = 2;
byte mo_seq = 1;
bool released = false;
int asleep = 0;			/* on mn->idle, a bit for each process */
bool queued = false;		/* mo->work, on mn->wq */
bool cancelling = false;	/* it runs */
bool stale = false;
byte struct_mutex = 0;
byte sem_readers = 0, sem_waiting = 0, sem = 0;

#if defined(RWSEM) || defined(RWSEM2)
#define HAVE_SEM
#endif
#if defined(BASE) || defined(HAVE_SEM)
#define ATTACH
#endif

#ifdef RANGES
#define is_stale()	stale
#else
#define is_stale()	false
#endif

#define CANCELLERS	1
#define QUIET()		(!queued && !cancelling && (mn_count == 0 || !registered))

#define QUEUE_CANCEL()	queued = true
#define wake_up_all()	asleep = 0

inline notifier_start(kind, range)
{
	atomic {
		started = true;
		flush = false;
		mm_start()
	};
	if
	:: !registered
	:: else ->
#ifdef HAVE_SEM
		/* down_write(&mn->sem) */
		sem_waiting++;
		atomic { sem == 0 && sem_readers == 0 -> sem = _pid + 1; sem_waiting-- };
#endif
		atomic {	/* mn->lock */
#ifdef ATTACH
			if
			:: in_tree && range == OURS ->
				QUEUE_CANCEL();
				flush = true;
				in_tree = false
			:: else
			fi
#else
			mn_count++;
#ifdef COUNTER
			if
			:: mo_active && range == OURS -> QUEUE_CANCEL(); flush = true
			:: else
			fi
#else
			if
			:: in_tree && range == OURS && !M(bump_late) ->
				bump()
			:: else
			fi;
			if
			:: in_tree && range == OURS && mo_active ->
				stale = !M(no_mark);
				QUEUE_CANCEL();
				flush = true
			:: else
			fi
#endif
#endif
		};
#ifdef RANGES
		if
		:: kind == RECLAIM && !M(reclaim_waits) -> flush = false
		:: else
		fi;
#endif
		if
		:: flush && !M(no_flush) -> atomic { !queued && !cancelling }
		:: else
		fi
	fi
}

inline bump()
{
	mn_seq = mn_seq | 1;
	mo_seq = mn_seq
}

inline notifier_end(kind, range)
{
	if
	:: atomic { !registered -> mm_end() }
	:: else ->
#ifdef HAVE_SEM
		atomic { assert(sem == _pid + 1); sem = 0; mm_end() }
#else
#ifdef BASE
		atomic { mm_end() }
#else
		atomic {
			mm_end();
			assert(mn_count > 0);
			mn_count--;
#ifdef COUNTER
			mn_seq = (mn_seq + 1) % 8;
			if
			:: mn_count == 0 -> wake_up_all()
			:: else
			fi
#else
			if
			:: M(bump_late) && in_tree && range == OURS -> bump()
			:: else
			fi;
			if
			:: mn_count == 0 && mn_seq & 1 ->
				mn_seq++;
				if
				:: !M(no_wake) -> wake_up_all()
				:: else
				fi
			:: else
			fi
#endif
		}
#endif
#endif
	fi
}

/* i915_gem_userptr_mn_release(), and the list is empty from then on */
inline mm_release()
{
	atomic {
		if
		:: !M(no_release) -> released = true; wake_up_all()
		:: else
		fi
	};
	registered = false
}

#if defined(COUNTER)
#define IDLE()	(mn_count == 0 || released)
#define SEQ()	mn_seq
#else
#define IDLE()	(mo_seq != mn_seq || released)
#define SEQ()	mo_seq
#endif

inline trybegin()
{
#ifdef HAVE_SEM
#ifdef RWSEM
	assert(notifier);	/* mm->mn of whoever */
	mo = true;
#endif
	atomic {
		ok = !mo || (sem == 0 && sem_waiting == 0);
		sem_readers = sem_readers + (mo && ok)
	}
#else
#ifdef BASE
	ok = true
#else
	atomic { seq = SEQ(); ok = !mo || IDLE() || M(no_trybegin) }
#endif
#endif
}

inline begin()
{
	mo = have_mo;
#ifdef HAVE_SEM
#ifdef RWSEM
	assert(notifier);
	mo = true;
#endif
	if
	:: mo -> atomic { sem == 0 && sem_waiting == 0 -> sem_readers++ }
	:: else
	fi
#else
#ifdef BASE
	skip
#else
	/* wait_event(mn->idle, i915_mmu_object_trybegin()) */
	do
	:: atomic {
		seq = SEQ();
		if
		:: !mo || IDLE() || M(no_begin) -> break
		:: else -> asleep = asleep | (1 << _pid)
		fi
	};
wait_event:
	(asleep & (1 << _pid)) == 0
	od
#endif
#endif
}

inline gup_end()
{
#ifdef HAVE_SEM
	if
	:: mo -> sem_readers--
	:: else
	fi
#else
	skip
#endif
}

inline commit()
{
#ifdef ATTACH
	ok = true
#else
	atomic {
#ifdef COUNTER
		ok = !mo || (mn_count == 0 && mn_seq == seq);
#else
		ok = !mo || mo_seq == seq || M(no_commit);
#endif
		if
		:: mo && ok && !M(no_active) -> mo_active = true
		:: else
		fi
	}
#endif
}

inline check_retry()
{
#ifdef ATTACH
	retry = false
#else
	atomic {
#ifdef COUNTER
		retry = mo && ((mn_count > 0 && !released) || mn_seq != seq);
#else
		retry = mo && mo_seq != seq && !M(no_commit);
#endif
		retry = retry || (have_mo != mo && !M(no_mo_check))
	}
#endif
}

inline deactivate()
{
	atomic {
#ifdef ATTACH
		in_tree = false
#else
		mo_active = false
#ifdef RANGES
		;
		if
		:: have_mo -> stale = false
		:: else
		fi
#endif
#endif
	}
}

#ifdef ATTACH
/* __i915_gem_userptr_set_active(true); it refuses while a cancel is pending */
inline after_get()
{
	atomic {
		if
		:: have_mo && !queued && (ret == 0 || ret == AGAIN) -> in_tree = true
		:: else
		fi
	}
}

inline after_worker()
{
	if
	:: work == ERROR -> deactivate()
	:: else
	fi
}
#else
#define after_get()	skip
#define after_worker()	skip
#endif

/* v4.17 returns early if there are no pages, and no work can be pending then */
#define drop_work()	skip

inline put_stale_pages()
{
	if
	:: pins > 0 ->
		ret = AGAIN;
		atomic {	/* i915_gem_userptr_revoke_pages() */
			if
			:: bound -> QUEUE_CANCEL()
			:: else
			fi
		}
	:: else -> put_pages()
	fi
}

/* i915_mmu_object_insert(), in mn->lock */
inline insert()
{
#ifdef RANGES
	if
	:: mn_count > 0 && !M(insert_blind) -> mn_seq = mn_seq | 1
	:: else
	fi;
	if
	:: mo_active && !released && !M(export_blind) &&
	   (mn_count > 0 || !M(export_idle)) -> stale = true; QUEUE_CANCEL()
	:: else
	fi;
	if
	:: mn_seq & 1 -> mo_seq = mn_seq
	:: else -> mo_seq = mn_seq - 1
	fi;
	in_tree = true
#else
	in_tree = mo_active
#endif
}
