// SPDX-License-Identifier: GPL-2.0-only
/* A process with objects that are in use. */
#include <i915_drm.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "endings.h"

int userptr(int fd, void *ptr, uint64_t size, uint32_t flags, uint32_t *handle)
{
	struct drm_i915_gem_userptr arg = {
		.user_ptr = (uintptr_t)ptr,
		.user_size = size,
		.flags = flags,
	};
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_USERPTR, &arg);

	*handle = arg.handle;
	return err;
}

int victim_create(struct victim *v, int fd, uint32_t flags)
{
	unsigned int i;
	int err = 0;

	v->fd = fd;
	v->base = mmap(NULL, OBJECTS * BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->base == MAP_FAILED)
		return -errno;
	memset(v->base, 0x5a, OBJECTS * BYTES);

	for (i = 0; i < OBJECTS && !err; i++) {
		err = userptr(fd, v->base + i * BYTES, BYTES, flags,
			      &v->handle[i]);
		if (!err)
			err = blt_create(fd, &v->blt[i]);
	}
	return err;
}

int victim_busy(struct victim *v)
{
	const struct range all = { 0, BYTES / PAGE };
	unsigned int i;

	for (i = 0; i < OBJECTS; i++) {
		double end = now() + 20;
		int err;

		do {
			err = blt_queue(v->fd, &v->blt[i], v->handle[i], all);
		} while (err == -EAGAIN && now() < end);
		if (err)
			return err;
	}
	return 0;
}

/* Haswell PRM, volume 2a: MI_BATCH_BUFFER_START, in the PPGTT, to itself. */
int victim_spin(struct victim *v)
{
	const uint32_t dw[] = { 0x31u << 23 | 1u << 8, 0 };
	struct drm_i915_gem_relocation_entry self = {
		.offset = 4,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_COMMAND,
	};
	struct drm_i915_gem_exec_object2 object[OBJECTS + 1] = {};
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)object,
		.buffer_count = ARRAY_SIZE(object),
		.flags = I915_EXEC_BLT,
	};
	unsigned int i;
	int err;

	for (i = 0; i < OBJECTS; i++)
		object[i].handle = v->handle[i];
	err = gem_create(v->fd, PAGE, &object[OBJECTS].handle);
	if (err)
		return err;
	self.target_handle = object[OBJECTS].handle;
	object[OBJECTS].relocation_count = 1;
	object[OBJECTS].relocs_ptr = (uintptr_t)&self;
	err = gem_pwrite(v->fd, object[OBJECTS].handle, 0, dw, sizeof(dw));
	if (err)
		return err;
	do {
		err = gem_ioctl(v->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
	} while (err == -EAGAIN);
	return err;
}

void victim_ready(void)
{
	atomic_store(&board->ready, true);
}

int read_word(int fd, uint32_t handle, uint64_t offset, uint32_t *value,
	      double seconds)
{
	double end = now() + seconds;
	int err;

	do {
		err = gem_pread(fd, handle, offset, value, sizeof(*value));
	} while (err == -EAGAIN && now() < end);
	return err;
}
