// SPDX-License-Identifier: GPL-2.0-only
/* PRIME ioctls, see prime.h. */
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "prime.h"

int prime_open(const char *name)
{
	char path[32], got[16];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		struct drm_version arg = { .name = got, .name_len = sizeof(got) - 1 };
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%u", i);
		fd = gem_open(path);
		if (fd < 0)
			continue;
		memset(got, 0, sizeof(got));
		if (!gem_ioctl(fd, DRM_IOCTL_VERSION, &arg) && !strcmp(got, name))
			return fd;
		close(fd);
	}
	return -ENODEV;
}

int prime_export(int fd, uint32_t handle)
{
	struct drm_prime_handle arg = { .handle = handle, .flags = DRM_CLOEXEC };
	int err = gem_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &arg);

	return err ? err : arg.fd;
}

int prime_import(int fd, int dmabuf, double seconds, uint32_t *handle)
{
	struct drm_prime_handle arg = { .fd = dmabuf };
	double end = now() + seconds;
	int err;

	/* To map it is a use of the object like others. */
	do {
		err = gem_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);
	} while (err == -EAGAIN && now() < end);
	*handle = arg.handle;
	return err;
}
