// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect, mprotect-ro: a change of protection frees no page, but the kernel write-protects
 * each page. If the driver has not released a page, the next write of the process makes a
 * copy of it. A stale page is the original, which the process has left. It shows the value
 * from before the operation.
 */
#include <errno.h>
#include <sys/mman.h>

#include "ops.h"

/* The memory is writable all the time, so each use must succeed. */
static int executable(struct arena *a, struct range r)
{
	int err = shake(a, r);

	return err ? err : 1;
}

static int read_only(struct arena *a, struct range r)
{
	char *p = a->base + r.page * PAGE;
	size_t n = r.pages * PAGE;

	if (mprotect(p, n, PROT_READ) || mprotect(p, n, PROT_READ | PROT_WRITE))
		return -errno;
	return 1;
}

const struct op op_mprotect = {
	.name = "mprotect",
	.help = "mprotect to executable and back, always writable",
	.invalidate = executable,
};

const struct op op_mprotect_ro = {
	.name = "mprotect-ro",
	.help = "mprotect to read-only and back",
	.flags = OP_HOLE,
	.invalidate = read_only,
};
