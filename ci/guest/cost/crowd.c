// SPDX-License-Identifier: GPL-2.0-only
/* Many small objects. */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cost.h"

void crowd_create(struct crowd *c, int fd, unsigned int n, char *range,
		  size_t bytes)
{
	unsigned int i;
	int err;

	*c = (struct crowd){ .fd = fd, .n = n };
	if (!n)
		return;
	c->handle = calloc(n, sizeof(*c->handle));
	if (!c->handle)
		failed("calloc", -ENOMEM);
	if (!range) {
		c->mem = memory(n * PAGE);
		if (madvise(c->mem, n * PAGE, MADV_DONTFORK))
			failed("MADV_DONTFORK", -errno);
	}
	for (i = 0; i < n; i++) {
		err = gem_userptr(fd, c->mem ? c->mem + i * PAGE :
				  range + i * PAGE % bytes, PAGE, &c->handle[i]);
		if (err)
			failed("USERPTR", err);
	}
}

void crowd_get_pages(struct crowd *c)
{
	int err;

	if (!c->n)
		return;
	err = use_objects(c->fd, c->handle, c->n, NULL);
	if (err)
		failed("use of the objects", err);
	use_settled(c->fd);
}

void crowd_destroy(struct crowd *c)
{
	unsigned int i;

	for (i = 0; i < c->n; i++)
		gem_close(c->fd, c->handle[i]);
	if (c->mem)
		munmap(c->mem, c->n * PAGE);
	free(c->handle);
	/* Kernel threads do the rest, which is not the next call's cost */
	nap(c->n * 100ul);
}
