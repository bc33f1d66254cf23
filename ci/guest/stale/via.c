// SPDX-License-Identifier: GPL-2.0-only
/* The ways to read through an object: pread, by the CPU in the kernel; blit, by the GPU. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stale.h"

#define GPU_SECONDS	20.0		/* within which one blit must end */
#define USE_ROWS	64		/* pages that the blit of a racer reads at most */

/*
 * Which page a racer reads. Often the last one: an invalidation goes from the first page to
 * the last, so a racer has most time to fetch that page before it is gone.
 */
static size_t likely_page(const struct object *o, uint64_t *rng)
{
	uint64_t n = rng_next(rng);

	switch (n & 3) {
	case 0:
		return (n >> 2) % o->range.pages;
	case 1:
		return 0;
	default:
		return o->range.pages - 1;
	}
}

static int pread_create(int fd, void **context)
{
	(void)fd;
	*context = NULL;
	return 0;
}

static void pread_destroy(int fd, void *context)
{
	(void)fd;
	(void)context;
}

static int pread_use(int fd, void *context, const struct object *o,
		     uint64_t *rng)
{
	uint32_t got;

	(void)context;
	return gem_pread(fd, o->handle, likely_page(o, rng) * PAGE +
			 WORD_OFFSET, &got, sizeof(got));
}

static int pread_read(int fd, void *context, const struct object *o,
		      struct range r, uint32_t *out)
{
	size_t i;
	int err;

	(void)context;
	for (i = 0; i < r.pages; i++) {
		err = gem_pread(fd, o->handle, (r.page + i) * PAGE +
				WORD_OFFSET, &out[i], sizeof(out[i]));
		if (err)
			return err;
	}
	return 0;
}

static int blit_check(int fd, char *why, size_t len)
{
	int err = gem_has_blt(fd);

	if (err)
		snprintf(why, len, "the device has no blitter: %s",
			 strerror(-err));
	return err;
}

static int blit_create(int fd, void **context)
{
	struct blt *blt = calloc(1, sizeof(*blt));
	int err = blt ? blt_create(fd, blt) : -ENOMEM;

	if (err) {
		free(blt);
		return err;
	}
	*context = blt;
	return 0;
}

static void blit_destroy(int fd, void *context)
{
	blt_destroy(fd, context);
	free(context);
}

static int blit_use(int fd, void *context, const struct object *o,
		    uint64_t *rng)
{
	struct blt *blt = context;
	struct range r = { .pages = MIN(o->range.pages, USE_ROWS) };
	size_t last = likely_page(o, rng);
	int err;

	r.page = last < r.pages ? 0 : last + 1 - r.pages;
	err = blt_queue(fd, blt, o->handle, r);
	return err ? err : gem_wait(fd, blt->dst, GPU_SECONDS);
}

static int blit_read(int fd, void *context, const struct object *o,
		     struct range r, uint32_t *out)
{
	struct blt *blt = context;
	int err = blt_queue(fd, blt, o->handle, r);

	if (!err)
		err = gem_wait(fd, blt->dst, GPU_SECONDS);
	return err ? err : gem_pread(fd, blt->dst, 0, out,
				     r.pages * sizeof(*out));
}

static const struct via via_pread = {
	.name = "pread",
	.create = pread_create,
	.destroy = pread_destroy,
	.use = pread_use,
	.read = pread_read,
};

static const struct via via_blit = {
	.name = "blit",
	.check = blit_check,
	.create = blit_create,
	.destroy = blit_destroy,
	.use = blit_use,
	.read = blit_read,
	.bulk = true,
};

const struct via *const vias[] = { &via_pread, &via_blit, NULL };

const struct via *via_find(const char *name)
{
	unsigned int i;

	for (i = 0; vias[i]; i++)
		if (!strcmp(vias[i]->name, name))
			return vias[i];
	return NULL;
}
