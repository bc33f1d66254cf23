// SPDX-License-Identifier: GPL-2.0-only
/* GEM ioctls, see gem.h. */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "gem.h"

int gem_ioctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : 0;
}

int gem_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int gem_userptr(int fd, void *ptr, uint64_t size, uint32_t *handle)
{
	struct drm_i915_gem_userptr arg = {
		.user_ptr = (uintptr_t)ptr,
		.user_size = size,
	};
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_USERPTR, &arg);

	*handle = arg.handle;
	return err;
}

int gem_create(int fd, uint64_t size, uint32_t *handle)
{
	struct drm_i915_gem_create arg = { .size = size };
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_CREATE, &arg);

	*handle = arg.handle;
	return err;
}

int gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close arg = { .handle = handle };

	return gem_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &arg);
}

int gem_mmap_gtt(int fd, uint32_t handle, uint64_t size, int flags, char **p)
{
	struct drm_i915_gem_mmap_gtt arg = { .handle = handle };
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP_GTT, &arg);
	void *at;

	if (err)
		return err;
	at = mmap(flags & MAP_FIXED ? *p : NULL, size, PROT_READ | PROT_WRITE, flags, fd,
		  arg.offset);
	if (at == MAP_FAILED)
		return -errno;
	*p = at;
	return 0;
}

int gem_pread(int fd, uint32_t handle, uint64_t offset, void *buf, uint64_t n)
{
	struct drm_i915_gem_pread arg = {
		.handle = handle,
		.offset = offset,
		.size = n,
		.data_ptr = (uintptr_t)buf,
	};

	return gem_ioctl(fd, DRM_IOCTL_I915_GEM_PREAD, &arg);
}

int gem_pwrite(int fd, uint32_t handle, uint64_t offset, const void *buf,
	       uint64_t n)
{
	struct drm_i915_gem_pwrite arg = {
		.handle = handle,
		.offset = offset,
		.size = n,
		.data_ptr = (uintptr_t)buf,
	};

	return gem_ioctl(fd, DRM_IOCTL_I915_GEM_PWRITE, &arg);
}

int gem_wait(int fd, uint32_t handle, double seconds)
{
	struct drm_i915_gem_wait arg = {
		.bo_handle = handle,
		.timeout_ns = seconds * 1e9,
	};

	return gem_ioctl(fd, DRM_IOCTL_I915_GEM_WAIT, &arg);
}

int gem_has_blt(int fd)
{
	int value = 0;
	struct drm_i915_getparam arg = {
		.param = I915_PARAM_HAS_BLT,
		.value = &value,
	};
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GETPARAM, &arg);

	return err ? err : value ? 0 : -ENODEV;
}
