// SPDX-License-Identifier: GPL-2.0-only
/* Four events on which the driver revokes a GTT mmap: each next access faults again. */
#include <i915_drm.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "waits.h"

#define POWER	CARD "/device/power/"
#define FENCES	40			/* more than the device has: 32 */

static int set_tiling(int fd, uint32_t handle, uint32_t mode)
{
	struct drm_i915_gem_set_tiling arg = {
		.handle = handle,
		.tiling_mode = mode,
		.stride = mode ? 512 : 0,
	};

	return gem_ioctl(fd, DRM_IOCTL_I915_GEM_SET_TILING, &arg);
}

static int set_caching(int fd, uint32_t handle, uint32_t caching)
{
	struct drm_i915_gem_caching arg = { .handle = handle, .caching = caching };

	return gem_ioctl(fd, DRM_IOCTL_I915_GEM_SET_CACHING, &arg);
}

/* A fault at the GTT mmap of a new tiled object takes a fence register, free or not. */
static int take_fence(int fd, uint64_t size)
{
	uint32_t handle;
	char *p;
	int err = gem_create(fd, size, &handle);

	if (!err)
		err = set_tiling(fd, handle, I915_TILING_X);
	if (!err)
		err = gem_mmap_gtt(fd, handle, size, MAP_SHARED, &p);
	if (!err)
		*(volatile char *)p = 1;
	return err;
}

int revoke_prepare(enum call call, int fd, uint32_t handle)
{
	return call == CALL_FENCE ? set_tiling(fd, handle, I915_TILING_X) : 0;
}

int revoke_mmap(enum call call, int fd, uint32_t handle, uint64_t size)
{
	unsigned int i;
	int err = 0;

	switch (call) {
	case CALL_TILING:
		return set_tiling(fd, handle, I915_TILING_X);
	case CALL_CACHING:
		/* One of the two differs from the object's own: the driver unbinds it. */
		err = set_caching(fd, handle, I915_CACHING_NONE);
		return err ? err : set_caching(fd, handle, I915_CACHING_CACHED);
	case CALL_FENCE:
		for (i = 0; !err && i < FENCES; i++)
			err = take_fence(fd, size);
		return err;
	case CALL_SUSPEND:
		return 0;		/* the device suspends by itself when idle */
	default:
		return -EINVAL;
	}
}

int suspend_allow(void)
{
	int err = sys_write(POWER "autosuspend_delay_ms", "100");

	return err ? err : sys_write(POWER "control", "auto");
}

const char *suspend_wait(double seconds)
{
	double end = now() + seconds;
	static char text[32];

	do {
		nap(10000);
		if (sys_read(POWER "runtime_status", text, sizeof(text)))
			return "unknown";
		text[strcspn(text, "\n")] = '\0';
	} while (strcmp(text, "suspended") && now() < end);
	return text;
}

void suspend_forbid(void)
{
	sys_write(POWER "control", "on");
}
