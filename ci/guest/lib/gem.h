/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GEM ioctls, each tried once (but restarted after a signal): 0 or -errno.
 * -EAGAIN means that the pages of a userptr object are being fetched.
 */
#ifndef GEM_H
#define GEM_H

#include "sys.h"

int gem_ioctl(int fd, unsigned long request, void *arg);
int gem_open(const char *path);				/* fd or -errno */
int gem_userptr(int fd, void *ptr, uint64_t size, uint32_t *handle);
int gem_create(int fd, uint64_t size, uint32_t *handle);
int gem_close(int fd, uint32_t handle);
/* Map it through the GTT, at *@p with MAP_FIXED in @flags: where is in *@p then. */
int gem_mmap_gtt(int fd, uint32_t handle, uint64_t size, int flags, char **p);
int gem_pread(int fd, uint32_t handle, uint64_t offset, void *buf, uint64_t n);
int gem_pwrite(int fd, uint32_t handle, uint64_t offset, const void *buf,
	       uint64_t n);
/* -ETIME if the GPU is not done with it after @seconds. */
int gem_wait(int fd, uint32_t handle, double seconds);
/* 0 if the device has a blitter engine. */
int gem_has_blt(int fd);

#endif
