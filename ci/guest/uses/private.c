// SPDX-License-Identifier: GPL-2.0-only
/*
 * An object may not lie over an mmap of the GTT. The driver revokes that mmap when it
 * likes, in the reset of the GPU too, and then has to wait for the requests that use the
 * object. A private mmap that was written to has pages like any memory: it is refused all
 * the same.
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
