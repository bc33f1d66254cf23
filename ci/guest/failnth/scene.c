// SPDX-License-Identifier: GPL-2.0-only
/* Memory, an object on it, and what uses it. */
#include <i915_drm.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "failnth.h"

int scene_failed(const char *what, int err)
{
	printf("# %s: %s\n", what, strerror(-err));
	return err;
}

uint32_t scene_filled(const struct scene *s, unsigned long page)
{
	return s->salt << 16 | page;
}

void scene_fill(struct scene *s)
{
	unsigned long i;

	s->salt++;
	for (i = 0; i < PAGES; i++)
		*(volatile uint32_t *)(s->mem + i * PAGE + WORD_OFFSET) = scene_filled(s, i);
}

int scene_begin(struct scene *s, int fd)
{
	int err;

	*s = (struct scene){ .fd = fd, .dmabuf = -1, .salt = getpid() };
	s->mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->mem == MAP_FAILED)
		return scene_failed("mmap", -errno);
	scene_fill(s);
	/* No page fault and no copy on write while memory is refused. */
	err = own_memory();
	return err ? scene_failed("mlockall", err) : 0;
}

int scene_object(struct scene *s, uint32_t flags)
{
	struct drm_i915_gem_userptr arg = {
		.user_ptr = (uintptr_t)s->mem,
		.user_size = SIZE,
		.flags = flags,
	};
	int err = gem_ioctl(s->fd, DRM_IOCTL_I915_GEM_USERPTR, &arg);

	if (!err)
		s->handle = arg.handle;
	return err;
}

int scene_blt(struct scene *s)
{
	return blt_create(s->fd, &s->blt);
}

int scene_word(const struct scene *s, unsigned long page, double end,
	       uint32_t *word)
{
	int err;

	do {
		err = gem_pread(s->fd, s->handle, page * PAGE + WORD_OFFSET,
				word, sizeof(*word));
	} while (err == -EAGAIN && now() < end);
	return err;
}

int scene_pread(struct scene *s)
{
	uint32_t word;

	return scene_word(s, 0, now() + PATIENCE, &word);
}

int scene_blit(struct scene *s)
{
	struct range all = { .pages = PAGES };
	double end = now() + PATIENCE;
	int err;

	do {
		err = blt_queue(s->fd, &s->blt, s->handle, all);
	} while (err == -EAGAIN && now() < end);
	return err;
}

int scene_verify(struct scene *s)
{
	double end = now() + PATIENCE;
	uint32_t want, got;
	unsigned long i;
	int err;

	for (i = 0; i < PAGES; i++) {
		want = *(volatile uint32_t *)(s->mem + i * PAGE + WORD_OFFSET);
		err = scene_word(s, i, end, &got);
		if (err)
			return scene_failed("pread of the object", err);
		if (got != want) {
			printf("# page %lu of the object is %08x, the memory %08x\n",
			       i, got, want);
			return -EIO;
		}
	}
	return 0;
}
