// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm: KSM merges pages of the same content into one, and the next write to such a page
 * makes a copy. A stale page is a page that was merged into another one, or the merged page
 * after the process got its copy. It shows the value from before.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"

#define KSM		"/sys/kernel/mm/ksm/"
#define KSM_SECONDS	30.0
/* Full scans to wait for: two until KSM sees that a page does not change, and one more. */
#define KSM_SCANS	3

/* A page outside of the arena, so that an object of one page has a twin. */
static char *twin;

static int setup(struct arena *a, char *why, size_t len)
{
	int err = knob_set(KSM "run", "1");

	if (err) {
		snprintf(why, len, "no KSM: " KSM "run: %s", strerror(-err));
		return err;
	}
	err = knob_set(KSM "sleep_millisecs", "1");
	if (!err)
		err = knob_set(KSM "pages_to_scan", "2000");
	if (err) {
		snprintf(why, len, "cannot speed up ksmd in " KSM ": %s",
			 strerror(-err));
		return err;
	}
	twin = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (twin == MAP_FAILED || madvise(twin, PAGE, MADV_MERGEABLE) ||
	    madvise(a->base, a->pages * PAGE, MADV_MERGEABLE)) {
		err = -errno;
		snprintf(why, len, "no KSM: MADV_MERGEABLE: %s",
			 strerror(-err));
	}
	return err;
}

static int merge(struct arena *a, struct range r)
{
	char *last = a->base + (r.page + r.pages - 1) * PAGE;
	long scans = sys_number(KSM "full_scans");
	double until = now() + KSM_SECONDS;
	uint64_t pfn, other;

	if (scans < 0)
		return scans;
	*(volatile uint32_t *)(twin + WORD_OFFSET) = a->model[r.page];
	while (now() < until) {
		beat(0, "waiting for ksmd");
		if (page_locate(last, &pfn) && page_locate(twin, &other) &&
		    pfn == other)
			return 1;
		/*
		 * The use of a racer may have made copies again by now. It counts that KSM
		 * has merged pages.
		 */
		if (sys_number(KSM "full_scans") > scans + KSM_SCANS)
			return sys_number(KSM "pages_sharing") > 0;
		nap(2000);
	}
	return 0;
}

const struct op op_ksm = {
	.name = "ksm",
	.help = "KSM merges the pages, the write takes them apart",
	.flags = OP_SAME,
	/* KSM does not mind that a page is held, but without pauses ksmd gets no CPU time. */
	.pause = 4000,
	.setup = setup,
	.invalidate = merge,
};
