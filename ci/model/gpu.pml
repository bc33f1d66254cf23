/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GPU, and the one vma of the object.  A request is published by its fence,
 * later submitted, and in the end done: nothing can keep the GPU from that.
 */

bool bound = false;
byte vma_page = 0;		/* the page that is bound */
byte fence = 0;			/* PUBLISHED or SUBMITTED */
byte gpu = 0;			/* the page that it uses */

#define PUBLISHED	1
#define SUBMITTED	2

#define wait_for_gpu()	fence == 0

#define GPU_QUIET()	(fence == 0)

/*
 * start has returned, and it was not reclaim.  (One that came before the export of
 * an unsynchronised object knows nothing of it.)
 */
inline gpu_is_done()
{
	not_used = !SYNC || gpu == 0 || gpu > gone;
	assert(not_used)
}

inline submit()
{
	atomic {
		gpu = vma_page;
		not_used = !was_sync || gpu > gone;
		assert(not_used);
		fence = SUBMITTED
	}
}

proctype gpu_engine()
{
end:	do
	:: atomic { fence == SUBMITTED -> gpu = 0; fence = 0 }
	od
}
