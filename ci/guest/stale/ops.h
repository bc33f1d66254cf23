/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations: what is done to the memory of an object. */
#ifndef OPS_H
#define OPS_H

#include "stale.h"

/* For a moment the range has no memory, or none that can be written: a use may return -EFAULT. */
#define OP_HOLE		0x1
/* All pages must hold the same value before the operation. */
#define OP_SAME		0x2

/*
 * The callbacks get the range @r of the victim. They return 0 or -errno unless said
 * otherwise. All but @invalidate may be NULL. A callback that changes what the memory
 * holds changes the model, too.
 */
struct op {
	const char *name;
	const char *help;
	unsigned int flags;
	/*
	 * A racer pauses for up to so many us after each use. It is for an operation that
	 * the kernel gives up if somebody holds a page: with pauses the driver has
	 * released the pages now and then.
	 */
	unsigned int pause;
	/* Called once. -errno and a reason in @why: the combination is skipped. */
	int (*setup)(struct arena *a, char *why, size_t len);
	/* Called before the range is filled. */
	int (*prepare)(struct arena *a, struct range r);
	/* The operation: 1 if it had an effect, 0 if not, -errno. */
	int (*invalidate)(struct arena *a, struct range r);
	/* Called after the new values were written, before they are looked at. */
	int (*written)(struct arena *a, struct range r);
	/* Called after they were looked at. */
	int (*finish)(struct arena *a, struct range r);
};

extern const struct op *const ops[];		/* ends with NULL */
const struct op *op_find(const char *name);

extern const struct op op_dontneed, op_munmap, op_remap, op_mprotect,
	op_mprotect_ro, op_mremap, op_mremap_onto, op_fork, op_thp_split,
	op_thp_collapse, op_ksm, op_migrate, op_swapout;

/* Map new, empty memory at @r, as one mapping; 0 or -errno. */
int map_new(struct arena *a, struct range r);
/* Make the driver release the object's pages; the memory stays as it is. 0 or -errno. */
int shake(struct arena *a, struct range r);

#endif
