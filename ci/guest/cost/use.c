// SPDX-License-Identifier: GPL-2.0-only
/* Objects are used by naming them in an execbuf whose batch ends at once. */
#include <i915_drm.h>
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "cost.h"

static uint32_t batch;

static uint32_t batch_get(int fd)
{
	const uint32_t end[2] = { 0x0a << 23 };		/* MI_BATCH_BUFFER_END */
	int err;

	if (!batch) {
		err = gem_create(fd, PAGE, &batch);
		if (!err)
			err = gem_pwrite(fd, batch, 0, end, sizeof(end));
		if (err)
			failed("batch", err);
	}
	return batch;
}

int use_objects(int fd, const uint32_t *handle, unsigned int n,
		unsigned int *tries)
{
	static struct drm_i915_gem_exec_object2 object[MOST_OBJECTS + 1];
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)object,
		.buffer_count = n + 1,
		.flags = I915_EXEC_BLT,
	};
	uint64_t begin = clock_ns();
	unsigned int i;
	int err;

	memset(object, 0, (n + 1) * sizeof(*object));
	for (i = 0; i < n; i++)
		object[i].handle = handle[i];
	object[n].handle = batch_get(fd);
	for (;;) {
		err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
		if (tries)
			++*tries;
		if (err != -EAGAIN)
			return err;
		if (clock_ns() - begin > PATIENCE * n)
			return -ETIME;
		/* the pages are a kthread's to get */
		sched_yield();
	}
}

void use_settled(int fd)
{
	int err = gem_wait(fd, batch_get(fd), 10);

	if (err)
		failed("the GPU does not come to its end", err);
}
