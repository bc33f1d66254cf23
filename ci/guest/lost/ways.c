// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known faults, each brought about one step at a time, in a worker of its own. Before
 * each function: who writes, who invalidates, and what a wrong driver loses.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lost.h"

#define HEARTBEAT	"/sys/class/drm/card0/engine/bcs0/heartbeat_interval_ms"
#define TIMES		4		/* for which a way is repeated */
#define END		30.0		/* seconds for a request to start, or to end */

static struct late late;

/* Open the device and make the request's buffers. With @held a releaser, too. A LOST_ value. */
static int begin(bool held)
{
	int fd = gem_open(DEVICE), err;

	if (fd < 0)
		return because(LOST_SKIP, DEVICE, fd);
	if (gem_has_blt(fd))
		return because(LOST_SKIP, "the device has no blitter", 0);
	knob_set(HEARTBEAT, "20000");
	err = late_create(&late, fd);
	if (!err && held)
		err = releaser_start(&late);
	return err ? because(LOST_SKIP, "buffers for the blitter", err) : LOST_PASS;
}

/* Flags of the ways overlap and creator. */
enum { TWO = 1, CREATOR = 2, ZOMBIE = 4 };

/*
 * Make an object over @m. With CREATOR a child makes it, which shares the mm and the open
 * files (vfork), and exits: memory and object stay with the worker. With ZOMBIE the child
 * stays a zombie. 0 or -errno.
 */
static int create(const struct memory *m, unsigned int how, uint32_t *handle)
{
	static volatile int err;
	siginfo_t info;
	pid_t pid;

	if (!(how & CREATOR))
		return gem_userptr(late.fd, m->base, m->pages * PAGE, handle);
	pid = vfork();
	if (!pid) {
		err = gem_userptr(late.fd, m->base, m->pages * PAGE, handle);
		_exit(0);
	}
	if (pid < 0 || waitid(P_PID, pid, &info, WEXITED | (how & ZOMBIE ? WNOWAIT : 0)))
		return -errno;
	return err;
}

/*
 * The ways overlap and creator, once. The request runs and is held.
 *
 * overlap (TWO): PUNCH_HOLE, of a page that the test does not look at, waits for the
 * request. mprotect comes meanwhile, and must wait as well: afterwards a store copies each
 * page, and the GPU would write to the old one. A driver that lets only the first
 * invalidation wait loses the write.
 *
 * creator: only mprotect and the store, and the object was made by a child that is gone. A
 * driver that waits only for objects of a living creator loses the write.
 *
 * Adds to *@early the calls that were done before the request. A LOST_ value.
 */
static int overlap_once(unsigned int how, unsigned int *early)
{
	struct memory m;
	const unsigned int first = how & TWO ? 0 : 1;
	struct call call[2] = {
		{ .inval = inval_find("punch"), .m = &m, .index = 0 },
		{ .inval = inval_find("mprotect-ro"), .m = &m, .index = 1 - first,
		  .second = !first, .store = fresh_value() },
	};
	uint32_t value = fresh_value(), handle;
	unsigned int i;
	int err, ret = LOST_PASS;

	err = memory_create(&m, 16, PRIVATE, false);
	if (err)
		return because(LOST_SKIP, "memory", err);
	memory_fill(&m, fresh_value(), false);
	call[0].inval->prepare(&m);
	err = create(&m, how, &handle);
	if (!err)
		err = late_queue(&late, handle, &m, value, 0, true);
	if (!err)
		err = late_started(&late, END);
	if (err)
		return because(LOST_SKIP, "the request", err);
	alive(first ? "an invalidation" : "two invalidations");
	releaser_arm(&late, 5, false);
	err = calls_start(call + first, ARRAY_SIZE(call) - first);
	calls_join(call + first, ARRAY_SIZE(call) - first);
	for (i = first; i < ARRAY_SIZE(call); i++) {
		*early += call[i].early;
		if (!err)
			err = call[i].ret < 0 ? call[i].ret : call[i].err;
	}
	if (err)
		return because(LOST_LOST, "an invalidation", err);
	alive("waiting for the request");
	err = late_wait(&late, END);
	if (err)
		return because(LOST_SKIP, "the request was not done", err);
	if (look(&m, AT_LATE, value, false, !call[1].early ? "the GPU's word" :
		 first ? "mprotect was done before the request" :
		 "mprotect was done before the request, which PUNCH_HOLE waited for"))
		ret = LOST_LOST;
	gem_close(late.fd, handle);
	memory_destroy(&m);
	return ret;
}

static int overlapping(unsigned int how)
{
	unsigned int i, early = 0, lost = 0;
	int ret = begin(true);

	for (i = 0; i < TIMES && !ret; i++) {
		ret = overlap_once(how | (i % 2 ? ZOMBIE : 0), &early);
		lost += ret == LOST_LOST && atomic_load(&board->lost);
		if (ret == LOST_LOST && atomic_load(&board->lost))
			ret = LOST_PASS;
	}
	if (ret)
		return ret;
	note("%u times, %u calls done before the request", i, early);
	return lost ? LOST_LOST : LOST_PASS;
}

static int overlap(void)
{
	return overlapping(TWO);
}

static int creator(void)
{
	return overlapping(CREATOR);
}

/* Flags of the ways lazyfree and unwritten. */
enum { OLD = 1, CLOSED = 2, PWRITTEN = 4, UNWRITTEN = 8, PRESSED = 16 };

/*
 * The ways lazyfree and unwritten, once. The page table says that the pages are clean. The
 * blitter, or with PWRITTEN a pwrite, writes to them through the object. Then the kernel
 * reclaims them. A driver that does not mark the pages dirty in time loses the write: the
 * kernel throws clean pages away.
 *
 *	OLD		the object was used before MADV_FREE
 *	CLOSED		the object is closed after the write
 *	UNWRITTEN	the pages are those of a file, and were only read
 *	PRESSED		the kernel reclaims since memory runs out, not by MADV_PAGEOUT
 *
 * Adds to *@bad the lost pages, to *@gone the pages that were reclaimed. A LOST_ value.
 */
static int clean_once(const struct inval *inval, unsigned int how, size_t *bad, size_t *gone)
{
	uint32_t value = fresh_value(), handle;
	struct memory m;
	double end;
	int err;

	err = memory_create(&m, HUGE_PAGES, how & UNWRITTEN ? SHARED : ANON, false);
	if (err)
		return because(LOST_SKIP, "memory", err);
	memory_fill(&m, fresh_value(), false);
	if (how & OLD) {
		err = gem_userptr(late.fd, m.base, m.pages * PAGE, &handle);
		if (!err)
			err = late_queue(&late, handle, &m, fresh_value(), 0, false);
		if (!err)
			err = late_wait(&late, END);
	}
	if (!err)
		err = inval->prepare(&m);
	if (!err && !(how & OLD))
		err = gem_userptr(late.fd, m.base, m.pages * PAGE, &handle);
	if (err)
		return because(LOST_SKIP, "the object", err);
	alive("writing");
	if (how & PWRITTEN) {
		err = pwrite_words(late.fd, handle, &m, value, NULL, 0);
	} else {
		err = late_queue(&late, handle, &m, value, 0, false);
		if (!err)
			err = late_wait(&late, END);
	}
	if (err == -EINVAL && how & PWRITTEN)
		return because(LOST_SKIP, REFUSED, 0);
	if (err)
		return because(LOST_SKIP, "the write", err);
	memory_locate(&m);
	if (how & CLOSED)
		gem_close(late.fd, handle);
	alive("taking the pages away");
	if (how & PRESSED) {
		size_t n = 0;

		pressure(true);
		for (end = now() + 20; now() < end && n < m.pages / 2; nap(20000)) {
			memory_cold(&m);
			n = memory_moved(&m);
		}
		pressure(false);
		*gone += n;
	} else {
		err = memory_pageout(&m);
		*gone += memory_moved(&m);
	}
	if (err)
		return because(LOST_SKIP, "MADV_PAGEOUT", err);
	*bad += look(&m, AT_LATE, value, false, "the written word");
	if (!(how & CLOSED))
		gem_close(late.fd, handle);
	memory_destroy(&m);
	return LOST_PASS;
}

/*
 * Repeated TIMES times: if get_user_pages() takes its slow path it marks the pages dirty
 * itself, and nothing is lost that time.
 */
static int clean(unsigned int how)
{
	const struct inval *inval = inval_find(how & UNWRITTEN ? "unwritten" : "lazyfree");
	unsigned int i, times;
	size_t bad = 0, gone = 0;
	char first[100], why[160] = "";
	int ret = begin(false);

	if (ret)
		return ret;
	if (!memory_can_pageout())
		how |= PRESSED;
	times = how & PRESSED ? 1 : TIMES;
	if (inval->setup(why, sizeof(why)) ||
	    (how & PRESSED && pressure_start(why, sizeof(why))))
		return because(LOST_SKIP, why, 0);
	for (i = 0; i < times && !ret; i++)
		ret = clean_once(inval, how, &bad, &gone);
	if (ret)
		return ret;
	snprintf(first, sizeof(first), "%.99s", board->note);
	board->note[0] = '\0';
	note("%u times, %zu of %lu pages were taken away, %zu lost%s%s", times, gone,
	     times * HUGE_PAGES, bad, bad ? "; " : "", first);
	return bad ? LOST_LOST : LOST_PASS;
}

static int lazyfree(void)
{
	return clean(0);
}

static int lazyfree_old(void)
{
	return clean(OLD);
}

static int lazyfree_closed(void)
{
	return clean(CLOSED);
}

static int lazyfree_pwrite(void)
{
	return clean(PWRITTEN);
}

static int lazyfree_pressed(void)
{
	return clean(PRESSED);
}

static int unwritten(void)
{
	return clean(UNWRITTEN);
}

static int unwritten_pwrite(void)
{
	return clean(UNWRITTEN | PWRITTEN);
}

/* Which pages of @m are in the swap cache while they are mapped: in @is, and how many. */
static size_t cached(const struct memory *m, bool *is)
{
	size_t i, n = 0;

	for (i = 0; i < m->pages; i++) {
		is[i] = memory_flags(m->base + i * PAGE) & KPF_SWAPCACHE;
		n += is[i];
	}
	return n;
}

/* How many pages of those in @is are not mapped any more. */
static size_t unmapped(const struct memory *m, const bool *is)
{
	size_t i, n = 0;
	uint64_t pfn;

	for (i = 0; i < m->pages; i++)
		n += is[i] && !page_locate(m->base + i * PAGE, &pfn);
	return n;
}

#define CACHE_PAGES	2048		/* that are swapped out */
#define CACHE_OBJECT	32		/* the last ones of these: the object */
#define CACHE_TRIES	20

/*
 * swapcache: the request runs and is held. Reclaim leaves a pinned page alone, unless the
 * page is in the swap cache: then it invalidates and unmaps the page. The process reads
 * the page, which comes back read-only, and stores to it, which makes a copy. A driver
 * that does not wait for the request lets the GPU write to the old page.
 */
static int swapcache(void)
{
	static bool is[MAX_PAGES];
	uint32_t value = fresh_value(), store = fresh_value(), handle;
	size_t n = 0, gone = 0, i;
	struct memory all, m;
	char why[160] = "";
	double end;
	int tries, err = 0, ret = begin(true);
	bool early = false;

	if (ret)
		return ret;
	if (pressure_start(why, sizeof(why)))
		return because(LOST_SKIP, why, 0);
	err = memory_create(&all, CACHE_PAGES, ANON, false);
	if (err)
		return because(LOST_SKIP, "memory", err);
	/* The last pages: those before them keep the disk busy, so these stay in the swap cache. */
	m = all;
	m.pages = CACHE_OBJECT;
	m.base += (all.pages - m.pages) * PAGE;
	err = gem_userptr(late.fd, m.base, m.pages * PAGE, &handle);
	for (tries = 0; tries < CACHE_TRIES && !err && !n; tries++) {
		alive("swapping out and in");
		memory_fill(&all, fresh_value(), false);
		err = memory_pageout(&all);
		for (i = 0; i < m.pages; i++)
			*(volatile char *)(m.base + i * PAGE) = 1;
		n = cached(&m, is);
	}
	if (err)
		return because(LOST_SKIP, "the memory, or the object", err);
	if (!n)
		return because(LOST_SKIP, "no page was taken back while it was written to swap", 0);
	err = late_queue(&late, handle, &m, value, 0, true);
	if (!err)
		err = late_started(&late, END);
	if (err)
		return because(LOST_SKIP, "the request", err);
	n = cached(&m, is);
	if (!n)
		return because(LOST_SKIP, "no page stayed in the swap cache", 0);
	alive("waiting for reclaim");
	memory_locate(&m);
	releaser_arm(&late, 8, true);
	pressure(true);
	for (end = now() + 90; now() < end && !(gone = unmapped(&m, is)); nap(5000)) {
		alive("waiting for reclaim");
		memory_cold(&m);
	}
	early = !released(&late);
	if (gone && early) {
		alive("reading and storing");
		for (i = 0; i < m.pages; i++)
			memory_word(&m, i, AT_STORE);
		err = memory_store(&m, AT_STORE, store);
	}
	atomic_store(&board->go, true);
	pressure(false);
	if (!err)
		err = late_wait(&late, END);
	if (err)
		return because(LOST_SKIP, "the request", err);
	alive("looking at the memory");
	snprintf(why, sizeof(why), "%zu pages in the swap cache, %zu unmapped %s the request's end", n,
		 gone, early ? "before" : "after");
	if (look(&m, AT_LATE, value, false, why))
		return LOST_LOST;
	if (!gone)
		return because(LOST_SKIP, "reclaim took none of the pages", 0);
	note("%s", why);
	return LOST_PASS;
}

static const struct way
way_overlap = {
	"overlap", "PUNCH_HOLE waits for the GPU, mprotect and a store come meanwhile", overlap
},
way_creator = {
	"creator", "mprotect and a store come; a child has made the object, and is gone", creator
},
way_lazyfree = {
	"lazyfree", "the blitter writes to pages that had MADV_FREE; MADV_PAGEOUT", lazyfree
},
way_lazyfree_old = {
	"lazyfree-old", "the same, the object was used before MADV_FREE", lazyfree_old
},
way_lazyfree_closed = {
	"lazyfree-closed", "the same, the object is closed when it is written", lazyfree_closed
},
way_lazyfree_pwrite = {
	"lazyfree-pwrite", "pwrite writes to them", lazyfree_pwrite
},
way_lazyfree_pressed = {
	"lazyfree-pressed", "the blitter writes to them, memory runs out", lazyfree_pressed
},
way_unwritten = {
	"unwritten", "the blitter writes to pages of a memfd that were only read", unwritten
},
way_unwritten_pwrite = {
	"unwritten-pwrite", "pwrite writes to them", unwritten_pwrite
},
way_swapcache = {
	"swapcache", "reclaim unmaps a page that the GPU writes to, a store copies it", swapcache
};

const struct way *const ways[] = {
	&way_overlap, &way_creator, &way_lazyfree, &way_lazyfree_old, &way_lazyfree_closed,
	&way_lazyfree_pwrite, &way_lazyfree_pressed, &way_unwritten, &way_unwritten_pwrite,
	&way_swapcache, NULL
};

const struct way *way_find(const char *name)
{
	unsigned int i;

	for (i = 0; ways[i]; i++)
		if (!strcmp(ways[i]->name, name))
			return ways[i];
	return NULL;
}
