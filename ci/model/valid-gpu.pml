/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GPU, the one vma of the object, and the requests, one of each execbuf.  A
 * request is published by its fence, later submitted, and in the end done.  NEVER:
 * it never is, as it waits for a fence that does not come.  HANG: the first one
 * hangs, until it has been captured.  WRITE: they write to the object, so that each is
 * the exclusive fence.  ASYNC: they do not wait for those that they replace.  FOREIGN: an importer publishes a fence that never comes.
 */

#define PUBLISHED	1
#define SUBMITTED	2

#ifdef EXEC
byte ww = 0;			/* obj->base.resv: the object's lock */
byte vm_mutex = 0;
bool bound = false;
byte vma_pin = 0;
byte vma_page = 0;		/* the page that is bound */
byte rq[2];			/* in obj->base.resv, PUBLISHED or SUBMITTED */
byte gpu[2];			/* the page that it uses */
bool stub = false;		/* in obj->base.resv: the fence of a pread */

#define ACTIVE		(rq[0] != 0 || rq[1] != 0)
#define IDLE		(!ACTIVE && !stub)

/* Those of obj->base.resv: an exclusive fence replaces the one that it comes after */
#ifdef WRITE
bool replaced[2];			/* it runs, and its fence is not there any more */
#define REPLACE(i)		replaced[1 - i] = rq[1 - i] != 0
#define REQUEST_GOES(i)	replaced[i] = false
/* vma->active has it all the same */
#define HAS_FENCE(i)	(rq[i] != 0 && !(replaced[i] && M(resv_fences)))
#ifdef ASYNC
#define COMES_AFTER(i)	false
#else
#define COMES_AFTER(i)	(replaced[1 - i])
#endif
#else
#define REPLACE(i)		skip
#define REQUEST_GOES(i)	skip
#define HAS_FENCE(i)	(rq[i] != 0)
#define COMES_AFTER(i)	false
#endif
bool unlisted = false;		/* obj->vma.list is empty, for somebody unbinds */
#define FENCES_DONE	((!HAS_FENCE(0) && !HAS_FENCE(1) && !stub) || unlisted)

#ifdef FOREIGN
bool foreign = false;
proctype foreign_importer()
{
	foreign = true
}
#else
#define foreign		false
#endif
byte reaped = 0;		/* the pages up to this number nobody will see */
#define USES_GONE(i)	(gpu[i] > reaped && gpu[i] <= gone)

/*
 * A page is no longer the process's: no request may use it.  The memory that the OOM
 * reaper takes nobody will see, and what an execbuf used that began before the export
 * of an unsynchronised object, nobody may rely on.
 */
inline gpu_is_done()
{
	reaped = (may_block -> reaped : gone);
	not_used = !(USES_GONE(0) || USES_GONE(1)) || !hit || NOBODY_LEFT;
	assert(not_used)
}

/* Reclaim has unmapped a page that is pinned: the next store to it may copy it */
inline mm_replace()
{
	atomic {
		if
		:: !mapped && gone < page ->
			gone = page;
			page++;
			mapped = true;
			not_used = !(USES_GONE(0) || USES_GONE(1)) || NOBODY_LEFT;
			assert(not_used)
		:: else
		fi
	}
}

/* __i915_request_queue(), which cannot fail */
inline submit(i, runs)
{
	atomic {
		if
		:: runs ->
			gpu[i] = vma_page;
			reaped = (was_sync -> reaped : vma_page);
			not_used = !USES_GONE(i) || NOBODY_LEFT;
			assert(not_used)
		:: else
		fi;
		rq[i] = SUBMITTED
	}
}

#define IN_USE		(gpu[0] == pages || gpu[1] == pages)

/*
 * i915_gem_object_unbind(): with UNBIND_ACTIVE if may_wait.  It has the vma on a
 * list of its own while it works, but not out of obj->vma.tree.
 */
#ifndef STEP8
inline unbind(may_wait)
{
	err = 0;
	if
	:: bound && M(vma_list) -> unlisted = true
	:: else
	fi;
	if
	:: !bound
	:: bound && !may_wait && ACTIVE && !M(release_active) -> err = BUSY
	:: bound && vma_pin > 0 -> err = AGAIN
	:: else -> vma_unbind()
	fi;
	if
	:: M(vma_list) -> unlisted = false
	:: else
	fi
}
#endif

#define VMA_IDLE	(!ACTIVE || M(release_active))

/* i915_vma_unbind(); and __i915_vma_unbind() */
inline vma_unbind()
{
	WAIT_INTR(VMA_IDLE);
	if
	:: err == 0 ->
		LOCK(vm_mutex);
		if
		:: !bound
		:: bound && vma_pin > 0 -> err = AGAIN
		:: else ->
			WAIT_INTR(VMA_IDLE);
			atomic {
				if
				:: err == 0 -> bound = false; pins--
				:: else
				fi
			}
		fi;
		UNLOCK(vm_mutex)
	:: else
	fi
}

#define VMA_UNUSED	(vma_pin == 0 && pins == bound)
#ifdef NEVER
#define DAEMONS		2
#define REQUESTS_END	false
#define REQUESTS_DONE	true
#else
#define DAEMONS		3
#define REQUESTS_END	true
#define REQUESTS_DONE	IDLE
#endif

#else	/* no GPU */
#define ACTIVE		false
#define FENCES_DONE	true
#define foreign		false
#define IN_USE		false
#define VMA_UNUSED	(pins == 0)
#define REQUESTS_END	true
#define REQUESTS_DONE	true
#define DAEMONS		2
inline gpu_is_done() { skip }
inline mm_replace() { skip }
inline unbind(may_wait) { err = 0 }
#endif
