// SPDX-License-Identifier: GPL-2.0-only
/* The list of operations, and a function that several of them need. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"

const struct op *const ops[] = {
	&op_dontneed, &op_munmap, &op_remap, &op_mprotect, &op_mprotect_ro,
	&op_mremap, &op_mremap_onto, &op_fork, &op_thp_split, &op_thp_collapse,
	&op_ksm, &op_migrate, &op_swapout, NULL
};

const struct op *op_find(const char *name)
{
	unsigned int i;

	for (i = 0; ops[i]; i++)
		if (!strcmp(ops[i]->name, name))
			return ops[i];
	return NULL;
}

/* A change of protection invalidates, and takes no page away. */
int shake(struct arena *a, struct range r)
{
	char *p = a->base + r.page * PAGE;
	size_t n = r.pages * PAGE;

	if (mprotect(p, n, PROT_READ | PROT_WRITE | PROT_EXEC) ||
	    mprotect(p, n, PROT_READ | PROT_WRITE))
		return -errno;
	return 0;
}
