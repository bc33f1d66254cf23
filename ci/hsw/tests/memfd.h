/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HSW_TESTS_MEMFD_H
#define HSW_TESTS_MEMFD_H

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of @size bytes, all zero, which stands for a guest's memory; or the end. */
static int memfd(size_t size)
{
	int fd = memfd_create("guest", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, size) < 0) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

#endif
