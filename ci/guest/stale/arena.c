// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory and the objects of one combination.
 *
 * The objects lie side by side. With --overlap each begins in the middle of the one before
 * it; objects of one page then all lie over the same page.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ops.h"

struct range arena_hull(struct range r)
{
	size_t first = r.page / HUGE_PAGES * HUGE_PAGES;
	size_t end = (r.page + r.pages + HUGE_PAGES - 1) / HUGE_PAGES *
		     HUGE_PAGES;

	return (struct range){ first, end - first };
}

/* Map @bytes, aligned to HUGE_PAGE; NULL if there is no room. */
static char *map_aligned(size_t bytes, int prot)
{
	char *p = mmap(NULL, bytes + HUGE_PAGE, prot,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t skip;

	if (p == MAP_FAILED)
		return NULL;
	skip = -(uintptr_t)p % HUGE_PAGE;
	if (skip)
		munmap(p, skip);
	munmap(p + skip + bytes, HUGE_PAGE - skip);
	return p + skip;
}

int arena_renew(struct arena *a, struct object *o)
{
	uint32_t handle, old = o->handle;
	int err = gem_userptr(a->fd, a->base + o->range.page * PAGE,
			      o->range.pages * PAGE, &handle);

	if (err)
		return err;
	o->handle = handle;
	if (old)
		gem_close(a->fd, old);
	return 0;
}

int arena_create(struct arena *a, size_t size, char *why, size_t len)
{
	size_t pages = size / PAGE;
	size_t step = options.overlap ? pages / 2 : pages;
	size_t span = (a->objects - 1) * step + pages;
	unsigned int i;
	int err;

	if (span * PAGE > MAX_MEMORY) {
		snprintf(why, len, "%zu MiB in all, %lu MiB are allowed: fewer or smaller objects",
			 span * PAGE >> 20, MAX_MEMORY >> 20);
		return -E2BIG;
	}
	a->pages = (span + HUGE_PAGES - 1) / HUGE_PAGES * HUGE_PAGES;
	a->base = map_aligned(a->pages * PAGE, PROT_READ | PROT_WRITE);
	a->spare = map_aligned(a->pages * PAGE, PROT_NONE);
	a->model = calloc(a->pages, sizeof(*a->model));
	a->before = calloc(a->pages, sizeof(*a->before));
	a->object = calloc(a->objects, sizeof(*a->object));
	if (!a->base || !a->spare || !a->model || !a->before || !a->object) {
		snprintf(why, len, "no address space for %zu MiB: %s",
			 a->pages * PAGE >> 20, strerror(ENOMEM));
		return -ENOMEM;
	}
	/* Operations that want huge pages ask for them. A kernel without them fails: no matter. */
	madvise(a->base, a->pages * PAGE, MADV_NOHUGEPAGE);

	for (i = 0; i < a->objects; i++) {
		a->object[i].range = (struct range){ i * step, pages };
		err = arena_renew(a, &a->object[i]);
		if (err) {
			snprintf(why, len, "userptr object %u of %zu KiB: %s",
				 i, size >> 10, strerror(-err));
			return err;
		}
	}
	return 0;
}
