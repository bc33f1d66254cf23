// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an object can be used while the mm has no rest: another thread, on a CPU
 * of its own, discards memory that has no object, without end.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "cost.h"

#define SIZE	(16 * PAGE)
#define TIMES	100

static atomic_bool stop;
static atomic_ulong rounds;

static void *invalidate(void *p)
{
	stay_on(1);
	while (!atomic_load(&stop)) {
		touch(p, SIZE);
		madvise(p, SIZE, MADV_DONTNEED);
		atomic_fetch_add(&rounds, 1);
	}
	return NULL;
}

/* An old object is one that was just invalidated itself. */
static void uses(int fd, const char *where, bool new)
{
	unsigned int i, tries = 0, good = 0;
	uint64_t ns[TIMES], begin;
	char *p = memory(SIZE);
	uint32_t handle = 0;
	int err = 0;

	for (i = 0; i < TIMES; i++) {
		if (new || !i)
			err = gem_userptr(fd, p, SIZE, &handle);
		if (err)
			failed("USERPTR", err);
		madvise(p, SIZE, MADV_DONTNEED);
		touch(p, SIZE);
		begin = clock_ns();
		err = use_objects(fd, &handle, 1, &tries);
		ns[i] = clock_ns() - begin;
		if (err && err != -ETIME)
			failed("use of an object", err);
		use_settled(fd);
		good += !err;
		if (new || i == TIMES - 1)
			gem_close(fd, handle);
	}
	munmap(p, SIZE);
	result(new ? "share-new" : "share", TIMES, where, good, "uses");
	result(new ? "ready-new" : "ready", TIMES, where, median(ns, TIMES), "ns");
}

void measure_share(int fd)
{
	pthread_t thread;
	char *p = memory(SIZE);
	int err;

	uses(fd, "rest", false);
	uses(fd, "rest", true);
	err = pthread_create(&thread, NULL, invalidate, p);
	if (err)
		failed("pthread_create", -err);
	while (!atomic_load(&rounds))
		;
	uses(fd, "no-rest", false);
	uses(fd, "no-rest", true);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	result("invalidations", 0, "no-rest", rounds, "calls");
	munmap(p, SIZE);
}
