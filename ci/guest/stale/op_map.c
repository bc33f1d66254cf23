// SPDX-License-Identifier: GPL-2.0-only
/*
 * dontneed, munmap, remap: the memory at the address becomes new and empty. A stale page is
 * one of those that were freed. It shows what was written before the operation, where the
 * memory has the new value, or zero if nothing was written since.
 */
#include <errno.h>
#include <sys/mman.h>

#include "ops.h"

int map_new(struct arena *a, struct range r)
{
	char *p = a->base + r.page * PAGE;

	if (mmap(p, r.pages * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE,
		 -1, 0) != p)
		return -errno;
	madvise(p, r.pages * PAGE, MADV_NOHUGEPAGE);
	words_discard(a, r);
	return 0;
}

static int dontneed(struct arena *a, struct range r)
{
	if (madvise(a->base + r.page * PAGE, r.pages * PAGE, MADV_DONTNEED))
		return -errno;
	words_discard(a, r);
	return 1;
}

static int remap(struct arena *a, struct range r)
{
	int err = map_new(a, r);

	return err ? err : 1;
}

static int unmap(struct arena *a, struct range r)
{
	if (munmap(a->base + r.page * PAGE, r.pages * PAGE))
		return -errno;
	return remap(a, r);
}

const struct op op_dontneed = {
	.name = "dontneed",
	.help = "MADV_DONTNEED",
	.invalidate = dontneed,
};

const struct op op_munmap = {
	.name = "munmap",
	.help = "munmap, then mmap at the same address",
	.flags = OP_HOLE,
	.invalidate = unmap,
};

const struct op op_remap = {
	.name = "remap",
	.help = "mmap(MAP_FIXED) over it, never without memory",
	.invalidate = remap,
};
