/* SPDX-License-Identifier: GPL-2.0-only */
/* An object for another driver: dma-bufs and PRIME ioctls. */
#ifndef PRIME_H
#define PRIME_H

#include "gem.h"

/* The first of /dev/dri/card0 to card7 whose driver is @name: fd, or -ENODEV. */
int prime_open(const char *name);
/* A dma-buf of the object @handle: fd or -errno. */
int prime_export(int fd, uint32_t handle);
/*
 * Give @dmabuf to the driver of @fd, again while it says -EAGAIN, for at most @seconds:
 * 0 or -errno. vgem maps what it imports at once, for as long as it has the handle.
 */
int prime_import(int fd, int dmabuf, double seconds, uint32_t *handle);

#endif
