// SPDX-License-Identifier: GPL-2.0-only
/* What an object of 16 pages costs, from the ioctl that makes it to its end. */
#include <sys/mman.h>

#include "cost.h"

#define SIZE	(16 * PAGE)
#define TIMES	50

static uint64_t use(int fd, uint32_t handle)
{
	uint64_t begin = clock_ns();
	int err = use_objects(fd, &handle, 1, NULL);
	uint64_t ns = clock_ns() - begin;

	if (err)
		failed("use of an object", err);
	use_settled(fd);
	return ns;
}

void measure_life(int fd)
{
	enum { CREATE, FIRST, REUSE, AGAIN, DESTROY, N };
	static const char *const name[N] = {
		"create", "first-use", "reuse", "use-after-invalidation", "destroy",
	};
	uint64_t ns[N][TIMES], begin;
	char *p = memory(SIZE);
	uint32_t handle;
	int i, k, err;

	for (i = 0; i < TIMES; i++) {
		begin = clock_ns();
		err = gem_userptr(fd, p, SIZE, &handle);
		ns[CREATE][i] = clock_ns() - begin;
		if (err)
			failed("USERPTR", err);
		ns[FIRST][i] = use(fd, handle);
		ns[REUSE][i] = use(fd, handle);
		madvise(p, SIZE, MADV_DONTNEED);
		touch(p, SIZE);
		ns[AGAIN][i] = use(fd, handle);
		begin = clock_ns();
		gem_close(fd, handle);
		ns[DESTROY][i] = clock_ns() - begin;
	}
	munmap(p, SIZE);
	for (k = 0; k < N; k++)
		result(name[k], 1, "-", median(ns[k], TIMES), "ns");
}
