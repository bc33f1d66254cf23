// SPDX-License-Identifier: GPL-2.0-only
/* Fences, as the uAPI shows them. */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uses.h"

/* From drivers/dma-buf/sw_sync.c: the kernel exports no header for it. */
struct sw_sync_create_fence {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC			"/sys/kernel/debug/sync/sw_sync"
#define SW_SYNC_CREATE_FENCE	_IOWR('W', 0, struct sw_sync_create_fence)
#define SW_SYNC_INC		_IOW('W', 1, uint32_t)

int syncobj_create(int fd, uint32_t *handle)
{
	struct drm_syncobj_create arg = {};
	int err = gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &arg);

	*handle = arg.handle;
	return err;
}

int syncobj_reset(int fd, uint32_t handle)
{
	struct drm_syncobj_array arg = {
		.handles = (uintptr_t)&handle,
		.count_handles = 1,
	};

	return gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &arg);
}

int syncobj_import(int fd, uint32_t handle, int file)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = file,
	};

	return gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);
}

/* The uAPI wants a point in time, ns of CLOCK_MONOTONIC; 0: do not wait. */
static int64_t until(double seconds)
{
	return seconds > 0 ? (now() + seconds) * 1e9 : 0;
}

int syncobj_state(int fd, uint32_t handle, double seconds)
{
	struct drm_syncobj_wait arg = {
		.handles = (uintptr_t)&handle,
		.count_handles = 1,
		.timeout_nsec = until(seconds),
	};
	int err = gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);

	switch (err) {
	case 0:
		return SYNC_SIGNALED;
	case -ETIME:
		return SYNC_PENDING;
	case -EINVAL:
		return SYNC_NONE;
	default:
		return err;
	}
}

int timeline_query(int fd, uint32_t handle, uint64_t *added, uint64_t *signaled)
{
	struct drm_syncobj_timeline_array arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)signaled,
		.count_handles = 1,
	};
	int err = gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_QUERY, &arg);

	if (err)
		return err;
	arg.points = (uintptr_t)added;
	arg.flags = DRM_SYNCOBJ_QUERY_FLAGS_LAST_SUBMITTED;
	return gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_QUERY, &arg);
}

int timeline_wait(int fd, uint32_t handle, uint64_t point, double seconds)
{
	struct drm_syncobj_timeline_wait arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
		.timeout_nsec = until(seconds),
	};

	return gem_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &arg);
}

int sw_sync_open(void)
{
	int fd = open(SW_SYNC, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sw_sync_fence(int timeline, uint32_t value)
{
	struct sw_sync_create_fence arg = { .value = value, .name = "uses" };
	int err = gem_ioctl(timeline, SW_SYNC_CREATE_FENCE, &arg);

	return err ? err : arg.fence;
}

int sw_sync_add(int timeline, uint32_t n)
{
	return gem_ioctl(timeline, SW_SYNC_INC, &n);
}

int file_signaled(int file, double seconds)
{
	struct pollfd p = { .fd = file, .events = POLLIN };
	double end = now() + seconds;
	int n;

	do {
		n = poll(&p, 1, seconds > 0 ? MAX((end - now()) * 1e3, 0) : 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n && p.revents & (POLLERR | POLLNVAL) ? -EBADF : n;
}

int object_busy(int fd, uint32_t handle)
{
	struct drm_i915_gem_busy arg = { .handle = handle };
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_BUSY, &arg);

	return err ? err : !!arg.busy;
}
