/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mm: one page at the address of the object, and its locks.  Nothing in
 * here is the driver's.
 */

/* A page is known by its number; every one that goes is replaced by the next */
#define PAGES	8
byte page = 1;			/* behind the address */
bool mapped = true;		/* there is a page table entry for it */
byte gone;			/* pages up to this number are no longer the process's */
byte refs[PAGES];		/* held by gup, and by the object */

byte mmap_readers, mmap_waiting;	/* mmap_lock: a writer that waits goes first */
bool mmap_writer;
byte i_mmap;			/* the rmap lock under which reclaim unmaps */
byte users = 1;			/* mm_users */
byte running = 0;		/* invalidations, from start to end */

#define LOCK(m)		atomic { m == 0 -> m = _pid + 1 }
#define UNLOCK(m)	atomic { assert(m == _pid + 1); m = 0 }

#define MMAP_READ_LOCK() \
	atomic { !mmap_writer && mmap_waiting == 0 -> mmap_readers++ }
#define MMAP_READ_UNLOCK()	mmap_readers--
#define MMAP_WRITE_LOCK() \
	mmap_waiting++; \
	atomic { !mmap_writer && mmap_readers == 0 -> \
		mmap_writer = true; mmap_waiting-- }
#define MMAP_WRITE_UNLOCK()	mmap_writer = false

/* What an invalidation is for */
#define DONTNEED 1	/* MADV_DONTNEED: mmap_lock for reading, so they run side by side */
#define MUNMAP	2	/* munmap, mprotect: mmap_lock for writing */
#define FORK	3	/* the same, and allocates between start and end */
#define RECLAIM	4	/* PF_MEMALLOC: kswapd, or direct reclaim of any task */
#define OOM	5	/* the reaper: may not block */
#define COW	6	/* a fault, maybe that of gup itself; mmap_lock is held */

/* The range */
#define OURS	0	/* that of the object */
#define OTHER	1	/* any other of the mm */

/* Part of the first and of the last atomic step of an invalidation */
inline mm_start()
{
	running++
}

inline mm_end()
{
	running--
}

/* start has returned: whoever gets the page from now on is too late */
inline mm_started(kind, range)
{
	atomic {
		if
		:: range == OURS && kind != RECLAIM ->
			gone = page;
			gpu_is_done()
		:: else
		fi
	}
}

/* The page table entries go.  Reclaim keeps the page, in the swap cache */
inline mm_zap(kind, range)
{
	atomic {
		if
		:: range == OURS ->
			if
			:: kind != RECLAIM -> gone = page
			:: else
			fi;
			mapped = false
		:: else
		fi
	}
}

/* Reclaim frees what nobody has a reference to: __remove_mapping() */
inline mm_free()
{
	atomic {
		if
		:: !mapped && refs[page] == 0 && gone < page -> gone = page
		:: else
		fi
	}
}

/* A fault: the same page, if it is still there, or a new one */
inline mm_fault()
{
	atomic {
		if
		:: !mapped ->
			if
			:: gone >= page -> page = gone + 1
			:: else
			fi;
			assert(page < PAGES);
			mapped = true
		:: else
		fi
	}
}

/* Locals of everybody who may invalidate */
#ifndef CALLER_VARS
#define CALLER_VARS \
	bool started, flush, hit, may_block, not_used; \
	byte cur = 0
#endif

/* Somebody's allocation ends in reclaim, and that unmaps our page */
inline direct_reclaim()
{
	LOCK(i_mmap);
	notifier_start(RECLAIM, OURS);
	mm_zap(RECLAIM, OURS);
	notifier_end(RECLAIM, OURS);
	UNLOCK(i_mmap);
	mm_free()
}
