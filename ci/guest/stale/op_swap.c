// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapout: the kernel writes pages to swap and frees them. A stale page is one that was
 * freed. It shows the value from before, or what the next owner of the page frame wrote.
 * The kernel keeps a page that somebody holds.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21		/* Linux 5.4 */
#endif

static int need_swap(struct arena *a, char *why, size_t len)
{
	char list[256], *eol;
	int err = sys_read("/proc/swaps", list, sizeof(list));

	eol = err ? NULL : strchr(list, '\n');
	if (!eol || !eol[1]) {
		snprintf(why, len, "no swap: mkswap and swapon a disk");
		return -ENODEV;
	}
	*word(a, 0) = 0;
	if (!page_locate(a->base, &(uint64_t){ 0 })) {
		snprintf(why, len, "cannot see where pages are: needs root and CONFIG_PROC_PAGE_MONITOR");
		return -EPERM;
	}
	return 0;
}

static int setup(struct arena *a, char *why, size_t len)
{
	int err = need_swap(a, why, len);

	if (err)
		return err;
	if (madvise(a->base, PAGE, MADV_PAGEOUT)) {
		err = -errno;
		snprintf(why, len, "MADV_PAGEOUT: %s (needs Linux 5.4)",
			 strerror(-err));
		return err;
	}
	return 0;
}

static int swapout(struct arena *a, struct range r)
{
	uint64_t was[MAX_PROBES], is;
	unsigned int i, gone = 0;
	int err;

	for (i = 0; i < a->probes; i++)
		if (!page_locate(a->base + a->probe[i] * PAGE, &was[i]))
			was[i] = 0;
	err = shake(a, r);
	if (err)
		return err;
	if (madvise(a->base + r.page * PAGE, r.pages * PAGE, MADV_PAGEOUT))
		return -errno;
	for (i = 0; i < a->probes; i++)
		gone += was[i] && (!page_locate(a->base + a->probe[i] * PAGE,
						&is) || is != was[i]);
	return gone > 0;
}

const struct op op_swapout = {
	.name = "swapout",
	.help = "MADV_PAGEOUT",
	.pause = 4000,
	.setup = setup,
	.invalidate = swapout,
};
