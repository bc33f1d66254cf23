// SPDX-License-Identifier: GPL-2.0-only
/*
 * Uses of an object, and batches that write to it. The batch is an XY_COLOR_BLT of one
 * pixel by as many rows as there are pages, with a pitch of one page: it writes the same
 * word of each page. Haswell PRM, volume 2a: XY_COLOR_BLT.
 */
#include <i915_drm.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "uses.h"

#define XY_COLOR	(2u << 29 | 0x50u << 22)
#define WRITE_ALPHA	(1u << 21)
#define WRITE_RGB	(1u << 20)
#define XY_COLOR_DWORDS	6
#define DEPTH_32	(3u << 24)
#define ROP_PATTERN	(0xf0u << 16)
#define MI_BATCH_END	(0x0au << 23)
#define DST_ADDRESS	4		/* dwords into the batch */
#define GPU_SECONDS	60.0

int job_create(struct job *j, int fd, unsigned int others)
{
	unsigned int i;
	int err;

	*j = (struct job){ .fd = fd, .others = others };
	/* Room for @extra before the others, the others, @extra behind them, dst, batch. */
	j->object = calloc(others + 4, sizeof(*j->object));
	j->reloc = calloc(1, sizeof(*j->reloc));
	if (!j->object || !j->reloc)
		return -ENOMEM;
	for (i = 0; i < others; i++) {
		err = gem_create(fd, PAGE, &j->object[i + 1].handle);
		if (err)
			return err;
		if (i % 256 == 0)
			alive();
	}
	return gem_create(fd, PAGE, &j->batch);
}

void job_destroy(struct job *j)
{
	unsigned int i;

	for (i = 0; i < j->others; i++)
		gem_close(j->fd, j->object[i + 1].handle);
	gem_close(j->fd, j->batch);
	free(j->object);
	free(j->reloc);
}

int job_set(struct job *j, uint32_t dst, size_t pages, uint32_t value)
{
	const uint32_t dw[] = {
		XY_COLOR | WRITE_ALPHA | WRITE_RGB | (XY_COLOR_DWORDS - 2),
		DEPTH_32 | ROP_PATTERN | PAGE,
		0,				/* left, top */
		(uint32_t)pages << 16 | 1,	/* right, bottom: excluded */
		0,
		value,
		MI_BATCH_END,
		0,				/* a whole number of qwords */
	};

	j->dst = dst;
	j->pages = pages;
	/* No object is at the presumed offset, so the kernel always relocates. */
	*j->reloc = (struct drm_i915_gem_relocation_entry){
		.target_handle = dst,
		.offset = DST_ADDRESS * 4,
		.delta = WORD_OFFSET,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
		.write_domain = I915_GEM_DOMAIN_RENDER,
	};
	return gem_pwrite(j->fd, j->batch, 0, dw, sizeof(dw));
}

int job_submit(struct job *j, uint32_t extra, struct drm_i915_gem_execbuffer2 *exec)
{
	const struct drm_i915_gem_exec_object2 userptr = {
		.handle = extra,
		.flags = EXEC_OBJECT_WRITE,
	};
	unsigned int n = j->others + 1, first = 1;

	if (extra && j->extra_last)
		j->object[n++] = userptr;
	else if (extra)
		j->object[--first] = userptr;
	j->object[n++] = (struct drm_i915_gem_exec_object2){
		.handle = j->dst,
		.flags = EXEC_OBJECT_WRITE,
	};
	j->object[n++] = (struct drm_i915_gem_exec_object2){
		.handle = j->batch,
		.relocation_count = 1,
		.relocs_ptr = (uintptr_t)j->reloc,
	};
	exec->buffers_ptr = (uintptr_t)&j->object[first];
	exec->buffer_count = n - first;
	exec->batch_len = 0;	/* then no command parser runs, see lib/blt.c */
	exec->flags |= I915_EXEC_BLT;
	return ioctl(j->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, exec) ? -errno : 0;
}

uint32_t *plain_object(int fd, size_t bytes, uint32_t *handle)
{
	struct drm_i915_gem_mmap arg = { .size = bytes };

	if (gem_create(fd, bytes, handle))
		return NULL;
	arg.handle = *handle;
	if (gem_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP, &arg))
		return NULL;
	return (uint32_t *)(uintptr_t)arg.addr_ptr;
}

/* True if *@err is -EAGAIN and @end is not reached; at @end *@err becomes -ETIME. */
static bool again(int *err, double end)
{
	if (*err != -EAGAIN)
		return false;
	alive();
	if (now() < end)
		return true;
	*err = -ETIME;
	return false;
}

int use_pread(int fd, uint32_t handle, size_t pages, uint32_t *out)
{
	double end = now() + PATIENCE;
	size_t i;
	int err;

	for (i = 0; i < pages; i++) {
		do {
			err = gem_pread(fd, handle, i * PAGE + WORD_OFFSET, &out[i],
					sizeof(out[i]));
		} while (again(&err, end));
		if (err)
			return err;
	}
	return 0;
}

int use_domain(int fd, uint32_t handle)
{
	struct drm_i915_gem_set_domain arg = {
		.handle = handle,
		.read_domains = I915_GEM_DOMAIN_CPU,
		.write_domain = I915_GEM_DOMAIN_CPU,
	};
	double end = now() + PATIENCE;
	int err;

	do {
		err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg);
	} while (again(&err, end));
	return err;
}

int use_blit(int fd, uint32_t handle, size_t pages, uint32_t *out)
{
	const struct range all = { .pages = pages };
	double end = now() + PATIENCE;
	struct blt blt;
	int err = blt_create(fd, &blt);

	if (err)
		return err;
	do {
		err = blt_queue(fd, &blt, handle, all);
	} while (again(&err, end));
	if (!err)
		err = gem_wait(fd, blt.dst, GPU_SECONDS);
	if (!err && out)
		err = gem_pread(fd, blt.dst, 0, out, pages * sizeof(*out));
	blt_destroy(fd, &blt);
	return err;
}

int use_write(int fd, uint32_t handle, size_t pages, uint32_t value)
{
	double end = now() + PATIENCE;
	struct job j;
	int err = job_create(&j, fd, 0);

	if (!err)
		err = job_set(&j, handle, pages, value);
	if (!err) {
		do {
			struct drm_i915_gem_execbuffer2 exec = {};

			err = job_submit(&j, 0, &exec);
			if (err == -EINTR)
				err = -EAGAIN;
		} while (again(&err, end));
	}
	if (!err)
		err = gem_wait(fd, handle, GPU_SECONDS);
	job_destroy(&j);
	return err;
}
