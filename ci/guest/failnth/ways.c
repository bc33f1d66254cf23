// SPDX-License-Identifier: GPL-2.0-only
/* The calls whose allocations fail, one after another. */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"

#define MIDDLE(s)	((s)->mem + SIZE / 2)

static int nothing(struct scene *s)
{
	(void)s;
	return 0;
}

static int checked(struct scene *s, int err)
{
	(void)s;
	(void)err;
	return 0;
}

static int object(struct scene *s)
{
	return scene_object(s, 0);
}

static int object_again(struct scene *s, int err)
{
	return err ? object(s) : 0;
}

static int used_object(struct scene *s)
{
	int err = object(s);

	return err ? err : scene_pread(s);
}

static int object_and_blt(struct scene *s)
{
	int err = object(s);

	return err ? err : scene_blt(s);
}

static int blit_done(struct scene *s, int err)
{
	if (err)
		err = scene_blit(s);
	return err ? err : gem_wait(s->fd, s->blt.dst, PATIENCE);
}

static int discard(struct scene *s)
{
	return madvise(s->mem, SIZE, MADV_DONTNEED) ? -errno : 0;
}

static int fill_again(struct scene *s, int err)
{
	scene_fill(s);
	return err;
}

/* The object has lost its pages, the memory has others. */
static int invalidated_object(struct scene *s)
{
	int err = object_and_blt(s);

	if (!err)
		err = scene_blit(s);
	if (!err)
		err = blit_done(s, 0);
	if (!err)
		err = discard(s);
	return fill_again(s, err);
}

/* A mapping is split for this, and refused if it cannot be. */
static int protect(struct scene *s)
{
	return mprotect(MIDDLE(s), PAGE, PROT_READ) ? -errno : 0;
}

static int unprotect(struct scene *s, int err)
{
	/* Refused or not, all of it is to be written to. */
	err = mprotect(s->mem, SIZE, PROT_READ | PROT_WRITE) ? -errno : 0;
	return fill_again(s, err);
}

static int unmap(struct scene *s)
{
	return munmap(MIDDLE(s), PAGE) ? -errno : 0;
}

static int map_again(struct scene *s, int err)
{
	if (!err && mmap(MIDDLE(s), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			 MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -errno;
	return fill_again(s, 0);
}

static int copy(struct scene *s)
{
	pid_t pid = fork();

	(void)s;
	if (!pid)
		_exit(0);
	if (pid < 0)
		return -errno;
	return waitpid(pid, NULL, 0) < 0 ? -errno : 0;
}

static int copied(struct scene *s, int err)
{
	(void)err;
	return fill_again(s, 0);
}

static int unsynchronised(struct scene *s)
{
	int err = scene_object(s, I915_USERPTR_UNSYNCHRONIZED);

	return err ? err : scene_pread(s);
}

static int export(struct scene *s)
{
	double end = now() + PATIENCE;

	do {
		s->dmabuf = prime_export(s->fd, s->handle);
	} while (s->dmabuf == -EAGAIN && now() < end);
	return MIN(s->dmabuf, 0);
}

/* It is synchronised then: other memory is seen. */
static int exported(struct scene *s, int err)
{
	if (err)
		err = export(s);
	if (!err)
		err = discard(s);
	return fill_again(s, err);
}

static int destroy(struct scene *s)
{
	int err = gem_close(s->fd, s->handle);

	s->handle = 0;
	return err;
}

const struct way ways[] = {
	{ "create", "USERPTR, the first of the process",
	  nothing, object, object_again, false },
	{ "pread", "the first use of an object, by the CPU",
	  object, scene_pread, checked, false },
	{ "blit", "the first use of an object, by the GPU",
	  object_and_blt, scene_blit, blit_done, false },
	{ "again", "the first use after an invalidation",
	  invalidated_object, scene_blit, blit_done, false },
	{ "mprotect", "of the middle of an object that has pages",
	  used_object, protect, unprotect, false },
	{ "munmap", "of the middle of an object that has pages",
	  used_object, unmap, map_again, false },
	{ "discard", "MADV_DONTNEED of all of it",
	  used_object, discard, fill_again, true },
	{ "fork", "with an object that has pages",
	  used_object, copy, copied, false },
	{ "export", "of an unsynchronised object that has pages",
	  unsynchronised, export, exported, false },
	{ "close", "the last handle goes",
	  used_object, destroy, checked, true },
};
const unsigned int nways = ARRAY_SIZE(ways);
