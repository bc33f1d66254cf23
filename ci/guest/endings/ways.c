// SPDX-License-Identifier: GPL-2.0-only
/* See endings.h. */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "endings.h"

static int failed(const char *what, int err)
{
	printf("# %s: %s\n", what, strerror(-err));
	fflush(stdout);
	return 1;
}

/* The GPU still copies when the process is gone. */
static int exit_busy(int fd)
{
	struct victim v;
	int err = victim_create(&v, fd, 0);

	if (!err)
		err = victim_busy(&v);
	if (err)
		return failed("no busy objects", err);
	victim_ready();
	return 0;
}

/* Half of each object's memory goes before the process does. */
static int unmap_busy(int fd)
{
	struct victim v;
	unsigned int i;
	int err = victim_create(&v, fd, 0);

	if (!err)
		err = victim_busy(&v);
	if (err)
		return failed("no busy objects", err);
	victim_ready();
	for (i = 0; i < OBJECTS; i++)
		munmap(v.base + i * BYTES + BYTES / 2, BYTES / 2);
	return 0;
}

static int use_for_ever(int fd)
{
	struct victim v;
	uint32_t value;
	int err = victim_create(&v, fd, 0);

	while (!err || err == -EAGAIN) {
		err = victim_busy(&v);
		if (!err)
			err = read_word(fd, v.handle[0], WORD_OFFSET, &value, 20);
		if (!err)
			victim_ready();
	}
	return failed("use", err);
}

static void kill_it(pid_t pid)
{
	nap(20000);
	kill(pid, SIGKILL);
}

static void *discard(void *arg)
{
	struct victim *v = arg;

	madvise(v->base, OBJECTS * BYTES, MADV_DONTNEED);
	return NULL;
}

/* The batch does not end by itself: the driver has to end it. */
static int discard_hung(int fd)
{
	struct victim v;
	int err = victim_create(&v, fd, 0);

	if (!err)
		err = victim_busy(&v);
	if (!err)
		err = victim_spin(&v);
	if (err)
		return failed("no endless batch", err);
	victim_ready();
	if (madvise(v.base, OBJECTS * BYTES, MADV_DONTNEED))
		return failed("MADV_DONTNEED", -errno);
	return 0;
}

/* Of the memory that is left, in kB */
static long memory_left(void)
{
	const char *name = "MemAvailable:";
	char text[512], *line;

	if (sys_read("/proc/meminfo", text, sizeof(text)))
		return 0;
	line = strstr(text, name);
	return line ? atol(line + strlen(name)) : 0;
}

/*
 * All memory is gone while the GPU uses the objects, and a thread waits for it
 * in an invalidation. The OOM killer comes when reclaim has waited for the GPU
 * as well, which is before its reaper would take over.
 */
static int eat_memory(int fd)
{
	struct victim v;
	pthread_t thread;
	int err = sys_write("/proc/self/oom_score_adj", "1000");

	if (!err)
		err = victim_create(&v, fd, 0);
	if (!err)
		err = victim_busy(&v);
	if (err)
		return failed("no busy objects", err);
	for (;;) {
		const size_t size = 4ul << 20;
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return failed("nothing to eat", -errno);
		if (!atomic_load(&board->ready) && memory_left() < 24 << 10) {
			err = victim_spin(&v);
			if (!err)
				err = -pthread_create(&thread, NULL, discard, &v);
			if (err)
				return failed("no endless batch", err);
			victim_ready();
		}
		memset(p, 1, size);
	}
}

/*
 * An object without a notifier gets one when it is exported. From then on it
 * follows the memory, which it did not before.
 */
static int export_unsync(int fd)
{
	const uint32_t new = 0xa5a5a5a5;
	struct victim v;
	uint32_t value = 0;
	unsigned int i;
	char *p;
	int err = victim_create(&v, fd, I915_USERPTR_UNSYNCHRONIZED);

	if (!err)
		err = victim_busy(&v);
	if (err)
		return failed("no busy objects", err);
	for (i = 0; i < OBJECTS; i++) {
		int buf = prime_export(fd, v.handle[i]);

		if (buf < 0)
			return failed("export", buf);
	}
	victim_ready();

	p = mmap(v.base, OBJECTS * BYTES, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (p == MAP_FAILED)
		return failed("mmap", -errno);
	memset(p, 0xa5, OBJECTS * BYTES);
	for (i = 0; i < OBJECTS; i++) {
		err = read_word(fd, v.handle[i], BYTES - PAGE, &value, 20);
		if (err)
			return failed("pread of an exported object", err);
		if (value != new) {
			printf("# exported object %u has %08x, its memory %08x\n",
			       i, value, new);
			fflush(stdout);
			return 1;
		}
	}
	return victim_busy(&v) ? 1 : 0;
}

/* The device's file outlives the process that owns the memory of the object. */
static int leave_object(int fd)
{
	struct victim v;
	int err = victim_create(&v, fd, I915_USERPTR_UNSYNCHRONIZED);

	if (!err)
		err = victim_busy(&v);
	if (err)
		return failed("no busy objects", err);
	atomic_store(&board->handle, v.handle[0]);
	victim_ready();
	return 0;
}

/*
 * Its notifier would belong to a mm that is gone: there must be an error and nothing
 * else.
 */
static int export_left(int fd)
{
	int buf = prime_export(fd, atomic_load(&board->handle));

	if (buf >= 0) {
		close(buf);
		return -EEXIST;
	}
	return 0;
}

#define CLOSINGS	64

struct closing {
	int fd;
	uint32_t handle;
	unsigned int us;		/* to wait */
};

static void *close_later(void *arg)
{
	const struct closing *c = arg;

	nap(c->us);
	gem_close(c->fd, c->handle);
	return NULL;
}

/*
 * A thread closes an object while another's execbuf uses it. No memory is behind
 * it, so that the execbuf fails, and no request keeps the object then: the
 * execbuf's own reference is the last one.
 */
static int close_used(int fd)
{
	const struct range all = { 0, 1 };
	struct blt blt;
	unsigned int i;
	int err = blt_create(fd, &blt);
	void *p = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (err || p == MAP_FAILED)
		return failed("no batch, or no memory", err ?: -errno);
	for (i = 0; i < CLOSINGS; i++) {
		struct closing c = { .fd = fd, .us = i % 32 * 100 };
		pthread_t thread;

		err = gem_userptr(fd, p, PAGE, &c.handle);
		if (!err)
			err = -pthread_create(&thread, NULL, close_later, &c);
		if (err)
			return failed("no object to close", err);
		err = blt_queue(fd, &blt, c.handle, all);
		pthread_join(thread, NULL);
		if (err == -EFAULT || err == -EAGAIN)	/* it was there */
			victim_ready();
		else if (err != -ENOENT)
			return failed("execbuf", err);
	}
	return 0;
}

static const struct way
way_exit = {
	.name = "exit", .help = "exits while the GPU copies from its objects",
	.child = exit_busy, .own = true,
},
way_unmap = {
	.name = "unmap", .help = "unmaps half of what the GPU uses, and exits",
	.child = unmap_busy, .own = true,
},
way_kill = {
	.name = "kill", .help = "is killed while it uses them",
	.child = use_for_ever, .parent = kill_it, .signal = SIGKILL,
	.own = true,
},
way_hung = {
	.name = "hung", .help = "discards what a batch uses that never ends, and exits",
	.child = discard_hung, .own = true,
},
way_oom = {
	.name = "oom", .help = "eats all memory until the OOM killer takes it",
	.child = eat_memory, .signal = SIGKILL, .own = true,
},
way_export = {
	.name = "export", .help = "exports unsynchronised objects, which must follow",
	.child = export_unsync, .own = true,
},
way_left = {
	.name = "left", .help = "leaves unsynchronised ones in a shared file, exported then",
	.child = leave_object, .after = export_left,
},
way_close = {
	.name = "close", .help = "closes an object that another thread's execbuf uses",
	.child = close_used, .own = true,
};

const struct way *const ways[] = {
	&way_exit, &way_unmap, &way_kill, &way_hung, &way_oom, &way_export, &way_left,
	&way_close, NULL
};
