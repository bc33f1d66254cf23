/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GEM ioctls, each tried once (but restarted after a signal): 0 or -errno.
 * -EAGAIN means that the pages of a userptr object are being fetched.
 */
#ifndef GEM_H
#define GEM_H

#include <stdint.h>

#include "stale.h"

int gem_ioctl(int fd, unsigned long request, void *arg);
int gem_open(const char *path);				/* fd or -errno */
int gem_userptr(int fd, void *ptr, uint64_t size, uint32_t *handle);
int gem_create(int fd, uint64_t size, uint32_t *handle);
int gem_close(int fd, uint32_t handle);
int gem_pread(int fd, uint32_t handle, uint64_t offset, void *buf, uint64_t n);
int gem_pwrite(int fd, uint32_t handle, uint64_t offset, const void *buf,
	       uint64_t n);
/* -ETIME if the GPU is not done with it after @seconds. */
int gem_wait(int fd, uint32_t handle, double seconds);
/* 0 if the device has a blitter engine. */
int gem_has_blt(int fd);

/* A blitter batch and the buffer it writes to. */
struct blt {
	uint32_t batch, dst;
};

int blt_create(int fd, struct blt *blt);
void blt_destroy(int fd, struct blt *blt);
/*
 * Queue a copy of one word of each page in @r, pages of the object @src, into
 * the buffer, word after word. At most MAX_SIZE / PAGE pages.
 */
int blt_queue(int fd, struct blt *blt, uint32_t src, struct range r);

/*
 * A way to read through an object. @use is one attempt of a racer, as quick as
 * may be; @read is the word of each page of @r in the object, into @out.
 * @context belongs to one thread. All return 0 or -errno; -EAGAIN: try again.
 */
struct via {
	const char *name;
	int (*check)(int fd, char *why, size_t len);
	int (*create)(int fd, void **context);
	void (*destroy)(int fd, void *context);
	int (*use)(int fd, void *context, const struct object *o,
		   uint64_t *rng);
	int (*read)(int fd, void *context, const struct object *o,
		    struct range r, uint32_t *out);
	/* @read is as cheap for many pages as for one. */
	bool bulk;
};

extern const struct via *const vias[];		/* ends with NULL */
const struct via *via_find(const char *name);

#endif
