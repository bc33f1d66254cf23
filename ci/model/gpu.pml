/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GPU, and the one vma of the object.  A request is published by its fence,
 * later submitted, and in the end done: nothing can keep the GPU from that.
 */

bool listed = false;		/* in obj->vma.list */
bool bound = false;
byte vma_pin = 0;		/* by an execbuf */
byte vma_pages = 0;		/* vma->pages_count: each a pin of the object's pages */
byte vma_page = 0;		/* the page that is bound */
byte pages_mutex = 0, vm_mutex = 0;
byte fence = 0;			/* PUBLISHED or SUBMITTED */
byte gpu = 0;			/* the page that it uses */
bool revoking = false, revoke_runs = false;	/* mo->revoke */

#define PUBLISHED	1
#define SUBMITTED	2

#define wait_for_gpu()	fence == 0

#define GPU_QUIET()	(fence == 0 && !revoking && !revoke_runs)

/*
 * start has returned, and it was not reclaim.  (One that came before the export of
 * an unsynchronised object knows nothing of it.)
 */
inline gpu_is_done()
{
	not_used = !SYNC || gpu == 0 || gpu > gone;
	assert(not_used)
}

inline submit(runs)
{
	atomic {
		if
		:: runs ->
			gpu = vma_page;
			not_used = !was_sync || gpu > gone;
			assert(not_used)
		:: else
		fi;
		fence = SUBMITTED
	}
}

proctype gpu_engine()
{
end:	do
	:: atomic { fence == SUBMITTED -> gpu = 0; fence = 0; PUT_REF() }
	od
}
