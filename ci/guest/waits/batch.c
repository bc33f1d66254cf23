// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches that do nothing, either once or without end. The execbuf lists an object as
 * written, so that the driver takes the batch for one that writes to the object.
 * Haswell PRM, volume 2a: MI_BATCH_BUFFER_END, MI_BATCH_BUFFER_START.
 */
#include <i915_drm.h>
#include <errno.h>

#include "waits.h"

#define MI_BATCH_END	(0x0au << 23)
#define MI_BATCH_START	(0x31u << 23)
#define IN_PPGTT	(1u << 8)

int batch_create(int fd, int kind, uint32_t *batch)
{
	const uint32_t dw[] = {
		kind == BATCH_ENDLESS ? MI_BATCH_START | IN_PPGTT : MI_BATCH_END, 0
	};
	int err = gem_create(fd, PAGE, batch);

	return err ? err : gem_pwrite(fd, *batch, 0, dw, sizeof(dw));
}

int batch_queue(int fd, struct batch *b)
{
	struct drm_i915_gem_relocation_entry self = {
		.target_handle = b->batch,
		.offset = 4,
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_COMMAND,
	};
	struct drm_i915_gem_exec_object2 object[] = {
		{ .handle = b->object, .flags = EXEC_OBJECT_WRITE },
		{
			.handle = b->batch,
			.relocation_count = b->kind == BATCH_ENDLESS,
			.relocs_ptr = (uintptr_t)&self,
		},
	};
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)(b->object ? object : object + 1),
		.buffer_count = b->object ? 2 : 1,
		.flags = b->engine,
	};
	int err;

	if (b->in >= 0) {
		exec.flags |= I915_EXEC_FENCE_IN;
		exec.rsvd2 = b->in;
	}
	if (b->out >= 0)
		exec.flags |= I915_EXEC_FENCE_OUT;
	err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &exec);
	if (!err && b->out >= 0)
		b->out = exec.rsvd2 >> 32;
	return err;
}

int batch_run(int fd, struct batch *b)
{
	int err;

	while ((err = batch_queue(fd, b)) == -EAGAIN)
		nap(1000);
	return err;
}

int batch_over(int fd, void *memory, uint64_t bytes, struct batch *b)
{
	int err = gem_userptr(fd, memory, bytes, &b->object);

	if (!err)
		err = batch_create(fd, b->kind, &b->batch);
	return err ? err : batch_run(fd, b);
}
