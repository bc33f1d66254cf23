// SPDX-License-Identifier: GPL-2.0-only
/*
 * migrate: the kernel copies pages to other page frames, by move_pages(2) to another node
 * if there are two nodes, otherwise by compaction. A stale page is the frame that was
 * copied from. It shows the value from before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ops.h"

#define COMPACT		"/proc/sys/vm/compact_memory"
#define NODES		"/sys/devices/system/node/has_memory"
#define MPOL_MF_MOVE	2
#define BATCH		256		/* pages per call of move_pages */

static bool two_nodes;
static int node;			/* where the pages were moved last */

static int setup(struct arena *a, char *why, size_t len)
{
	char list[64];

	two_nodes = !sys_read(NODES, list, sizeof(list)) &&
		    (!strncmp(list, "0-", 2) || !strncmp(list, "0,1", 3));
	*word(a, 0) = 0;
	if (!page_locate(a->base, &(uint64_t){ 0 })) {
		snprintf(why, len, "cannot see where pages are: needs root and CONFIG_PROC_PAGE_MONITOR");
		return -EPERM;
	}
	if (!two_nodes && access(COMPACT, W_OK)) {
		snprintf(why, len, "one node only, and no compaction: " COMPACT ": %s",
			 strerror(errno));
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * Compaction moves pages from one end of memory into free page frames at the other end.
 * Give the range frames that alternate with those of hog, and free hog.
 */
static int prepare(struct arena *a, struct range r)
{
	size_t n = r.pages * PAGE, i;
	char *hog;

	if (two_nodes)
		return 0;
	hog = mmap(NULL, n, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (hog == MAP_FAILED)
		return -errno;
	madvise(hog, n, MADV_NOHUGEPAGE);
	madvise(a->base + r.page * PAGE, n, MADV_DONTNEED);
	words_discard(a, r);
	for (i = 0; i < r.pages; i++) {
		*word(a, r.page + i) = 0;
		*(volatile char *)(hog + i * PAGE) = 1;
		if (i % HUGE_PAGES == 0)
			beat(0, "scattering pages");
	}
	munmap(hog, n);
	return 0;
}

static int move_to(struct arena *a, struct range r, int to)
{
	void *page[BATCH];
	int where[BATCH], status[BATCH];
	size_t i, done;

	for (done = 0; done < r.pages; done += i) {
		for (i = 0; i < BATCH && done + i < r.pages; i++) {
			page[i] = a->base + (r.page + done + i) * PAGE;
			where[i] = to;
		}
		beat(0, "move_pages");
		/* A positive result counts pages that the kernel could not move. */
		if (syscall(SYS_move_pages, 0, i, page, where, status,
			    MPOL_MF_MOVE) < 0)
			return -errno;
	}
	return 0;
}

static int migrate(struct arena *a, struct range r)
{
	uint64_t was[MAX_PROBES], is;
	unsigned int i, moved = 0;
	int err;

	for (i = 0; i < a->probes; i++)
		if (!page_locate(a->base + a->probe[i] * PAGE, &was[i]))
			was[i] = 0;
	if (two_nodes) {
		node = !node;
		err = move_to(a, r, node);
	} else {
		err = shake(a, r);
		beat(0, "compaction");
		if (!err)
			err = sys_write(COMPACT, "1");
	}
	if (err)
		return err;
	for (i = 0; i < a->probes; i++)
		moved += was[i] && page_locate(a->base + a->probe[i] * PAGE,
					       &is) && is != was[i];
	return moved > 0;
}

const struct op op_migrate = {
	.name = "migrate",
	.help = "move_pages to another node, or compaction",
	.pause = 4000,
	.setup = setup,
	.prepare = prepare,
	.invalidate = migrate,
};
