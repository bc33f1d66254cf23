// SPDX-License-Identifier: GPL-2.0-only
/*
 * private: an object must not lie over an mmap of the GTT, so its uses return -EFAULT. The
 * driver revokes such an mmap at any time, also in a reset of the GPU, and would have to
 * wait for the requests that use the object. A private mmap of the GTT that was written to
 * has pages like any other memory, but is refused as well.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "uses.h"

#define PAGES	4ul
#define BYTES	(PAGES * PAGE)

static int by_write(int fd, uint32_t handle)
{
	return use_write(fd, handle, PAGES, 0xc0ffee);
}

static int by_blit(int fd, uint32_t handle)
{
	uint32_t got[PAGES];

	return use_blit(fd, handle, PAGES, got);
}

static const struct {
	const char *name;
	int (*use)(int fd, uint32_t handle);
} uses[] = {
	{ "set_domain", use_domain }, { "blit", by_blit }, { "a GPU write", by_write },
};

static int run_private(int fd)
{
	unsigned int i, bad = 0;
	uint32_t under, handle;
	char *p;
	int err;

	for (i = 0; i < ARRAY_SIZE(uses); i++) {
		err = gem_create(fd, BYTES, &under);
		if (!err)
			err = gem_mmap_gtt(fd, under, BYTES, MAP_PRIVATE, &p);
		if (err)
			return because(USE_SKIP, "a private mmap of the GTT", err);
		fill(p, PAGES, 1);
		err = gem_userptr(fd, p, BYTES, &handle);
		if (err)
			return because(USE_SKIP, "an object over it", err);
		err = uses[i].use(fd, handle);
		if (err != -EFAULT) {
			complain("%s: %s, not EFAULT", uses[i].name,
				 err ? strerror(-err) : "done");
			bad++;
		}
		gem_close(fd, handle);
		alive();
	}
	note("%u of %zu uses were not refused", bad, ARRAY_SIZE(uses));
	return bad ? USE_BAD : USE_PASS;
}

const struct way way_private = {
	.name = "private", .help = "a private mmap of the GTT is no memory for an object",
	.run = run_private, .silent = 60,
};
