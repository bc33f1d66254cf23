/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model: README.md says what stands for what.  -DSTEP=..., the processes by
 * the options below, -DMUT=... for a mistake that has to be found.
 */

/* One step of the two series */
#if !defined(BASE) && !defined(RWSEM) && !defined(RWSEM2) && \
	!defined(COUNTER) && !defined(RANGES)
#error "give one of BASE RWSEM RWSEM2 COUNTER RANGES"
#endif

/* Mistakes; each is a place where the driver does something about it */
#define no_commit	1
#define no_trybegin	2
#define no_begin	3
#define bump_late	4
#define no_wake		5
#define no_mark		6
#define no_active	7
#define no_release	8
#define no_mo_check	9
#define insert_blind	10
#define export_blind	11
#define no_flush	12
#define reclaim_waits	13
#define export_idle	14
#ifndef MUT
#define MUT	0
#endif
#define M(m)	(MUT == m)

/* What pin_pages() returns */
#define AGAIN	1
#define SLOW	2
#define FAULT	3

#define ERROR	255

/* Who takes part */
#ifndef READERS
#define READERS	1
#endif
#ifndef FAST
#define FAST	1	/* the first reader is of the mm's process */
#endif
#ifndef EXEC_FAST
#define EXEC_FAST	1
#endif
#ifndef USES
#define USES	1
#endif
#ifndef WORKERS
#define WORKERS	1
#endif
#ifndef SYNC
#define SYNC	1	/* 0: I915_USERPTR_UNSYNCHRONIZED */
#endif

#ifdef EXEC
byte todo = READERS + 1;
#define GPUS	1
#else
byte todo = READERS;
#define GPUS	0
#endif
bool synchronised = SYNC;	/* somebody may expect it to be */
bool have_mo = SYNC;		/* obj->userptr.mmu_object */
bool notifier = SYNC;		/* the mm has one */
bool cowed = false;

byte objlock = 0;		/* obj->mm.lock */
byte pages = 0;			/* obj->mm.pages */
byte pins = 0;			/* obj->mm.pages_pin_count */
byte work = 0;			/* obj->userptr.work */
byte wid = 0;
byte busy = 0;			/* workers that have work */
chan userptr_wq = [3] of { byte };

#ifdef EXEC
#include "gpu.pml"
#else
#define wait_for_gpu()	skip
#define gpu_is_done()	skip
#define GPU_QUIET()	true
#define bound		false
#endif

#define IS_MY_WORK(id)	(work == id)

#include "mm.pml"
#include "list.pml"
#include "object.pml"
#include "processes.pml"

init
{
	bool rest;

	atomic {
#ifdef SYNC
#if SYNC
#ifndef ATTACH
		in_tree = true;
#endif
#endif
#endif
		run canceller();
		/* These never end, and a process can only go after those that came later */
#ifdef EXEC
		run gpu_engine();
#endif
		run worker();
#if WORKERS > 1
		run worker();
#endif
#if READERS > 0
		run reader(FAST, USES);
#endif
#if READERS > 1
		run reader(false, USES);
#endif
#ifdef INV1
		run caller(INV1);
#endif
#ifdef INV2
		run caller(INV2);
#endif
#ifdef EXEC
		run execbuf(EXEC);
#endif
#ifdef SHRINK
		run shrinker(SHRINK);
#endif
#ifdef EXPORT
		run exporter();
#endif
#ifdef EXIT
		run exiter();
#endif
	};
#ifndef ENDLESS
	/* All are done but the workers: nothing is left that is stale */
	atomic {
		_nr_pr == 1 + WORKERS + CANCELLERS + GPUS && empty(userptr_wq) &&
			busy == 0 && QUIET() && GPU_QUIET() ->
		rest = !synchronised || pages == 0 || is_stale() || pages > gone;
		assert(rest)
	}
#endif
}

#ifdef LTL
ltl ends { <> (todo == 0) }
#endif
