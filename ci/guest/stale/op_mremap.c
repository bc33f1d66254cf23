// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap: the pages of the object move to another address, and live on there.
 * mremap-onto: other pages move to the address of the object. A stale page is one that the
 * object had before: it shows the value from before, or the one that mark() wrote to it at
 * its new address.
 */
#include <errno.h>
#include <sys/mman.h>

#include "ops.h"

#define FIXED	(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE)

/* Write to the pages at @at, at their address outside of the object: foreign values. */
static void mark(struct arena *a, char *at, struct range r)
{
	unsigned int i;

	for (i = 0; i < a->probes; i++)
		*(volatile uint32_t *)(at + (a->probe[i] - r.page) * PAGE +
				       WORD_OFFSET) =
			words_foreign(a, a->probe[i]);
}

/* Take the memory at a->spare away. 0 or -errno. */
static int spare_close(struct arena *a, struct range r)
{
	return mmap(a->spare, r.pages * PAGE, PROT_NONE, FIXED, -1, 0) ==
	       a->spare ? 0 : -errno;
}

static int move_away(struct arena *a, struct range r)
{
	char *p = a->base + r.page * PAGE;
	size_t n = r.pages * PAGE;
	int err;

	if (mremap(p, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, a->spare) !=
	    a->spare)
		return -errno;
	err = map_new(a, r);
	if (err)
		return err;
	mark(a, a->spare, r);
	return 1;
}

/* There is memory at the object's address all the time. */
static int move_onto(struct arena *a, struct range r)
{
	char *p = a->base + r.page * PAGE;
	size_t n = r.pages * PAGE;
	unsigned int i;

	if (mmap(a->spare, n, PROT_READ | PROT_WRITE, FIXED, -1, 0) != a->spare)
		return -errno;
	madvise(a->spare, n, MADV_NOHUGEPAGE);
	mark(a, a->spare, r);
	if (mremap(a->spare, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, p) != p)
		return -errno;
	words_discard(a, r);
	for (i = 0; i < a->probes; i++)
		a->model[a->probe[i]] = words_foreign(a, a->probe[i]);
	return 1;
}

const struct op op_mremap = {
	.name = "mremap",
	.help = "mremap to another address, then mmap new memory at the old",
	.flags = OP_HOLE,
	/* mremap() wants a range of one mapping; overlapping objects leave several. */
	.prepare = map_new,
	.invalidate = move_away,
	.finish = spare_close,
};

const struct op op_mremap_onto = {
	.name = "mremap-onto",
	.help = "mremap of other memory onto it, never without memory",
	.invalidate = move_onto,
	.finish = spare_close,
};
