// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transparent huge pages, split and put together.
 *
 * thp-split: MADV_DONTNEED of a part of each huge page. The kernel frees the part and keeps
 * the rest. A stale page is one of the part, and shows the old value. In the rest the
 * object must go on to see the memory.
 *
 * thp-collapse: khugepaged copies small pages into a huge one. A stale page is one of the
 * small ones, and shows the value from before. khugepaged gives up at a page that somebody
 * holds, and at a range in which no page can be written.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"

#define THP			"/sys/kernel/mm/transparent_hugepage/"
#define COLLAPSE_SECONDS	10.0

/* 0 if there are huge pages; otherwise -errno and a reason in @why. */
static int no_thp(struct arena *a, char *why, size_t len)
{
	char mode[64];
	int err = sys_read(THP "enabled", mode, sizeof(mode));

	if (err) {
		snprintf(why, len, "no transparent huge pages: " THP "enabled: %s",
			 strerror(-err));
		return err;
	}
	if (strstr(mode, "[never]")) {
		snprintf(why, len, "transparent huge pages are off: echo madvise > " THP "enabled");
		return -EOPNOTSUPP;
	}
	*word(a, 0) = 0;
	if (!page_locate(a->base, &(uint64_t){ 0 })) {
		snprintf(why, len, "cannot see where pages are: needs root and CONFIG_PROC_PAGE_MONITOR");
		return -EPERM;
	}
	return 0;
}

/*
 * Map new memory for all huge pages that hold @r, with the madvise() @advice. MADV_DONTNEED
 * is not enough: it leaves the page table of small pages, and where there is one the
 * kernel makes no huge page. 0 or -errno.
 */
static int start_afresh(struct arena *a, struct range r, int advice)
{
	struct range hull = arena_hull(r);
	char *p = a->base + hull.page * PAGE;

	if (mmap(p, hull.pages * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
		 -1, 0) != p || madvise(p, hull.pages * PAGE, advice))
		return -errno;
	words_discard(a, hull);
	return 0;
}

static int split_prepare(struct arena *a, struct range r)
{
	return start_afresh(a, r, MADV_HUGEPAGE);
}

static int split(struct arena *a, struct range r)
{
	size_t at = r.page, end = r.page + r.pages;
	bool huge = page_is_huge(a->base + r.page * PAGE);

	while (at < end) {
		size_t stop = MIN(end, (at / HUGE_PAGES + 1) * HUGE_PAGES);
		struct range part = { at, stop - at };

		/* The last page of each part is always discarded, the first one only if it is the last. */
		if (part.pages > 1) {
			part.pages = 1 + rng_next(&a->rng) % (part.pages - 1);
			part.page = stop - part.pages;
		}
		if (madvise(a->base + part.page * PAGE, part.pages * PAGE,
			    MADV_DONTNEED))
			return -errno;
		words_discard(a, part);
		at = stop;
	}
	return huge;
}

static int collapse_setup(struct arena *a, char *why, size_t len)
{
	int err = no_thp(a, why, len);

	if (err)
		return err;
	err = knob_set(THP "khugepaged/scan_sleep_millisecs", "1");
	if (!err)
		err = knob_set(THP "khugepaged/alloc_sleep_millisecs", "1");
	if (!err)
		err = knob_set(THP "khugepaged/pages_to_scan", "16384");
	if (err)
		snprintf(why, len, "cannot speed up khugepaged in " THP "khugepaged: %s",
			 strerror(-err));
	return err;
}

static int collapse_prepare(struct arena *a, struct range r)
{
	struct range hull = arena_hull(r);
	size_t i;
	int err = start_afresh(a, r, MADV_NOHUGEPAGE);

	/* khugepaged wants some of the other pages of a huge page to be there. */
	for (i = hull.page; !err && i < hull.page + hull.pages; i += 8) {
		if (i >= r.page && i < r.page + r.pages)
			continue;
		*word(a, i) = 1;
		a->model[i] = 1;
	}
	return err;
}

static int collapse(struct arena *a, struct range r)
{
	struct range hull = arena_hull(r);
	char *p = a->base + hull.page * PAGE;
	size_t i, last = r.page + r.pages - 1;
	double until = now() + COLLAPSE_SECONDS;
	int err;

	if (madvise(p, hull.pages * PAGE, MADV_HUGEPAGE))
		return -errno;
	while (now() < until) {
		beat(0, "waiting for khugepaged");
		if (page_is_huge(a->base + last * PAGE))
			return 1;
		err = shake(a, hull);
		if (err)
			return err;
		/* shake() has write-protected each page: write, so that some can be written. */
		for (i = hull.page; i < hull.page + hull.pages;
		     i += HUGE_PAGES / 4)
			*word(a, i) = a->model[i];
		nap(20000);
	}
	return 0;
}

const struct op op_thp_split = {
	.name = "thp-split",
	.help = "MADV_DONTNEED of a part of each huge page",
	.setup = no_thp,
	.prepare = split_prepare,
	.invalidate = split,
};

const struct op op_thp_collapse = {
	.name = "thp-collapse",
	.help = "khugepaged puts small pages together",
	.pause = 4000,
	.setup = collapse_setup,
	.prepare = collapse_prepare,
	.invalidate = collapse,
};
