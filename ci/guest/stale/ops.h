/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done to the memory behind an object. */
#ifndef OPS_H
#define OPS_H

#include "stale.h"

/* The range has no (writable) memory for a while: a use may find EFAULT. */
#define OP_HOLE		0x1
/* All pages are written alike before the operation. */
#define OP_SAME		0x2

/*
 * Callbacks return 0 or -errno unless said otherwise; all but @invalidate may
 * be NULL. One that changes what memory holds changes the model too.
 */
struct op {
	const char *name;
	const char *help;
	unsigned int flags;
	/*
	 * Racers pause for up to so many us after a use. For an operation in which the
	 * kernel gives up if somebody else holds a page: the object's pages must be
	 * free now and then.
	 */
	unsigned int pause;
	/* Once: -errno and a reason in @why means skip. */
	int (*setup)(struct arena *a, char *why, size_t len);
	/* Before the range is filled. */
	int (*prepare)(struct arena *a, struct range r);
	/* 1 if it had effect, 0 if not, -errno. */
	int (*invalidate)(struct arena *a, struct range r);
	/* After the new values were written, before they are looked at. */
	int (*written)(struct arena *a, struct range r);
	/* After they were looked at; always called after @invalidate. */
	int (*finish)(struct arena *a, struct range r);
};

extern const struct op *const ops[];		/* ends with NULL */
const struct op *op_find(const char *name);

extern const struct op op_dontneed, op_munmap, op_remap, op_mprotect,
	op_mprotect_ro, op_mremap, op_mremap_onto, op_fork, op_thp_split,
	op_thp_collapse, op_ksm, op_migrate, op_swapout;

/* New, empty memory for @r, one mapping; 0 or -errno. */
int map_new(struct arena *a, struct range r);
/* Make the object let go of its pages without changing any; 0 or -errno. */
int shake(struct arena *a, struct range r);

#endif
