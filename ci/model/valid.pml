/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * v5.10's last step: README.md says which line stands for which function.  The
 * processes are given by the options below, -DMUT=... is a mistake that has to be
 * found, -DSTEP8 the last step of the series' first version, which has faults.
 */

#define no_commit	1
#define no_resume	2
#define no_begin	3
#define no_bump		4
#define bump_late	5
#define no_mark		6
#define mark_late	7
#define no_queue	8
#define export_valid	9
#define store_early	10
#define oom_waits	11
#define no_ref		12
#define free_at_once	13
#define notifier_unbinds 14
#define pread_fence	15
#define no_check	16
#define check_unlocked	17
#define publish_first	18
#define alloc_late	19
#define reclaim_skips	20
#define second_skips	21
#define exit_waits	22
#define kill_waits	23
#define any_signal	24
#define kill_users	25
#define release_blind	26
#define release_active	27
#define release_pinned	28
#define signal_fences	29
#define capture_reclaims 30
#define validate_blind	31
#define share_blind	32
#define no_wait		33
#define map_blind	34
#define hold_early	35
#define owner_waits	36
#define no_hold		37
#define any_mm		38
#define foreign_waits	39
#define resv_fences	40
#define vma_list	41
#define get_pages_begins 42
#ifndef MUT
#define MUT	0
#endif
#define M(m)	(MUT == m)

/* What is returned */
#define AGAIN	1
#define BUSY	2
#define FAULT	3
#define INTR	4
#define STALE	5

/* Who takes part */
#ifndef IMPORTERS
#define IMPORTERS	0
#endif
#ifndef FAST
#define FAST	1	/* the first importer is of the mm's process */
#endif
#ifndef USES
#define USES	1
#endif
#ifndef SYNC
#define SYNC	1	/* 0: I915_USERPTR_UNSYNCHRONIZED */
#endif
#ifndef THREADS
#define THREADS	0	/* idle ones of the mm's process */
#endif
#ifdef STEP8
#define IS_STEP8 true
#else
#define IS_STEP8 false
#endif
/* Who may return pages that are valid */
#if defined(SHRINK) || defined(FORK_SHRINKS)
#define MAY_WASTE	true
#else
#define MAY_WASTE	false
#endif

byte todo = 1;			/* processes that want the pages, and init */
bool synchronised = SYNC;	/* somebody may expect it to be */
bool have_mo = SYNC;		/* obj->userptr.mmu_object */
bool cowed = false, gtt_mapped = false;

byte userptr_lock = 0;		/* obj->userptr.lock */
byte objlock = 0;		/* obj->mm.lock */
byte pages = 0;			/* obj->mm.pages */
byte pins = 0;			/* obj->mm.pages_pin_count */
byte work = 0;			/* obj->userptr.work: PENDING, or ERROR */
#define PENDING	1
#define ERROR	2
bool valid = false;		/* mo->valid; STEP8: mo->active */
bool stale_link = false;	/* mo->stale_link is in i915->mm.userptr_stale */
bool queued = false, releasing = false;	/* i915->mm.userptr_release; STEP8: mo->revoke */

/* The references to the object: the handle, works, invalidations, the list, requests */
#ifdef RELEASE
byte ref = 1;
bool obj_freed = false, mo_freed = false;
#define GET_REF()	ref++
#define PUT_REF()	ref--
#define REFERENCED	(ref > 0)
#define ASSERT_OBJ()	assert(!obj_freed)
#define ASSERT_MO()	assert(!mo_freed)
#else
#define GET_REF()	skip
#define PUT_REF()	skip
#define REFERENCED	true
#define ASSERT_OBJ()	skip
#define ASSERT_MO()	skip
#endif

/* Locals: mine, it is a task of the mm's process; held, it has the mmap_lock for writing */
#define CALLER_VARS \
	bool mine, hit, flush, newly, may_block, started, not_used, unused; \
	byte cur = 0, err = 0

#define GUP_VARS \
	byte ret = 0, got = 0, seq = 0; \
	bool ok, held, mo = false; \
	CALLER_VARS

/*
 * Told -EAGAIN user space asks again.  Since nothing would differ until then, the
 * model waits for the worker, or the pins to go: a loop that never ends is a cycle.
 */
#define NEXT_TRY \
	(work != PENDING && !(pages != 0 && !VALID && !VMA_UNUSED)) || KILLED

#include "mm.pml"
#define PUNCH	7	/* fallocate() of the file behind it: i_mmap for writing */
#define REMAP	8	/* MAP_FIXED puts a GTT mmap there, of which gup gets no page */
#define GTT	9	/* set_tiling() revokes that GTT mmap, vm->mutex is held */
#define KHUGE	10	/* khugepaged: mmap_lock for writing */
/* A task of the mm's process, or a kernel thread */
#define IS_TASK(kind)	(kind != RECLAIM && kind != OOM && kind != KHUGE)

#include "valid-signal.pml"
#include "valid-gpu.pml"
#include "valid-notifier.pml"
#include "valid-object.pml"
#ifdef STEP8
#include "step8.pml"
#else
#include "valid-renew.pml"
#endif
#include "valid-process.pml"
#include "valid-exec.pml"

/*
 * To the next use is left what was pinned, by STEP8, and what is older than the export
 * of an unsynchronised object.  What the GPU uses for ever stays.
 */
#ifdef STEP8
#define MAY_KEEP	stale
#elif defined(EXPORT)
#define MAY_KEEP	!VALID
#elif defined(NEVER)
#define MAY_KEEP	true
#else
#define MAY_KEEP	false
#endif

init
{
	bool rest;

	atomic {
		in_tree = SYNC;
		/* These never end, and a process can only go after those that came later */
#if defined(EXEC) && !defined(NEVER)
		run gpu_engine();
#endif
		run worker();
		run release_worker();
#if IMPORTERS > 0
		IMPORTER(FAST); run importer(FAST, USES);
#endif
#if IMPORTERS > 1
		todo++; run importer(false, USES);
#endif
#ifdef MAPPER
		IMPORTER(MAPPER == OURS); run mapper(MAPPER == OURS);
#endif
#ifdef INV1
		CALLER(INV1); run caller(INV1);
#endif
#ifdef INV2
		CALLER(INV2); run caller(INV2);
#endif
#ifdef EXEC
		TASK(); run execbuf(0, EXEC);
#endif
#ifdef FOREIGN
		run foreign_importer();
#endif
#ifdef EXEC2
		TASK(); run execbuf(1, EXEC2);
#endif
#ifdef PREAD
		TASK(); run pread(PREAD);
#endif
#ifdef RELEASE
		run closer();
#endif
#ifdef SHRINK
		run shrinker(SHRINK);
#endif
#ifdef EXPORT
		run exporter();
#endif
		run_signals();
		todo--
	};
#ifndef ENDLESS
	/* All are done but the daemons: nothing is left that is stale */
	atomic {
		_nr_pr == 1 + DAEMONS && work != PENDING && (!queued || !REQUESTS_END) &&
			!releasing &&
			sub_active == 0 && REQUESTS_DONE ->
		rest = !synchronised || pages == 0 || (VALID && pages > gone) ||
			MAY_KEEP;
		assert(rest)
	}
#endif
}

#ifdef LTL
ltl ends { <> (todo == 0) }
#endif
