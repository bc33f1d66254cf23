/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process whose mm it is: its threads, what is sent to it, and its end.  EXIT: it
 * ends with its last thread.  KILL: a SIGKILL comes, at any time; SIGNAL: another
 * signal.  SHARED: another process has the same mm, by CLONE_VM; SHARED_LOSES: what a
 * killed task has invalidated is no loss to it.
 */

#ifdef EXIT
byte live = 0;			/* signal->live */
bool others = false;		/* who are not threads of the process */
bool killed = false, signalled = false;

#define THREAD()	live++; users++
#define TASK()		THREAD(); todo++
#define IMPORTER(fast)	live = live + fast; users = users + fast; todo++
#define KIND_OF(kind, range, n, nest) kind
#define CALLER(inv) \
	live = live + IS_TASK(KIND_OF(inv)); \
	users = users + IS_TASK(KIND_OF(inv))
#define KILLED		(mine && killed)
#define PENDING_SIGNAL	(mine && (killed || signalled))
/* do_exit(): signal->live goes before exit_mm(), which takes the mmap_lock */
#define EXIT_MM() \
	MMAP_READ_LOCK(); \
	atomic { MMAP_READ_UNLOCK(); users-- }
#define TASK_EXIT() \
	if \
	:: mine -> live--; EXIT_MM() \
	:: else \
	fi
/* The signal's handler */
#define RETURN_TO_USER() \
	if \
	:: mine && signalled -> signalled = false \
	:: else \
	fi

/* What ends the wait of i915_mmu_object_wait(); any_mm: of a task of another mm */
#define DYING \
	((users == 0 && !M(exit_waits)) || (!mine && M(any_mm)) || \
	 (((killed && !M(kill_waits) && (mine || !M(owner_waits))) || \
	   (mine && signalled && M(any_signal))) && \
	  (users <= live || !M(kill_users))))
/* ... and whom it is no loss to: nobody else could miss what the GPU writes */
#ifdef SHARED_LOSES
#define NOBODY_LEFT	(users == 0 || killed)
#else
#define NOBODY_LEFT	(users == 0 || (killed && !others))
#endif

proctype thread(bool mine)
{
	TASK_EXIT()	/* at any time */
}

proctype killer()
{
	killed = true
}

proctype signaller()
{
	signalled = true
}

/* Another process with the same mm goes after this */
proctype sharer()
{
	live == 0;
	others = false;
	EXIT_MM()
}

#ifdef KILL
#define RUN_KILLER()	run killer()
#else
#define RUN_KILLER()	skip
#endif
#ifdef SIGNAL
#define RUN_SIGNALLER()	run signaller()
#else
#define RUN_SIGNALLER()	skip
#endif
#ifdef SHARED
#define RUN_SHARER()	others = true; users++; run sharer()
#else
#define RUN_SHARER()	skip
#endif
inline run_signals()
{
	users--;	/* that of mm.pml */
#if THREADS > 0
	THREAD(); run thread(true);
#endif
	RUN_SHARER();
	RUN_KILLER();
	RUN_SIGNALLER();
	run exiter()
}

#else
#define IMPORTER(fast)	todo++
#define CALLER(inv)	skip
#define TASK()		todo++
#define KILLED		false
#define PENDING_SIGNAL	false
#define TASK_EXIT()	skip
#define RETURN_TO_USER() skip
#define DYING		false
#define NOBODY_LEFT	false
#define run_signals()	skip
#endif

/*
 * A wait that a signal ends.  A work that waits for a request which NEVER ends goes on
 * when its process is gone, as the request does then.
 */
#ifdef NEVER
#define LET_GO		(PENDING_SIGNAL || (!mine && todo == 0))
#else
#define LET_GO		PENDING_SIGNAL
#endif
#define WAIT_INTR(cond) \
	if \
	:: cond \
	:: LET_GO -> err = INTR \
	fi
