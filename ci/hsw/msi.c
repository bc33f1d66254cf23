// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client's eventfd, see msi.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "msi.h"

int msi_init(struct msi *msi)
{
	int err;

	msi->event = -1;
	msi->aio = 0;
	msi->empty = memfd_create("hsw-msi", MFD_CLOEXEC);
	if (msi->empty < 0)
		return -errno;
	if (!syscall(SYS_io_setup, 1, &msi->aio))
		return 0;
	err = -errno;
	close(msi->empty);
	return err;
}

void msi_fini(struct msi *msi)
{
	msi_set(msi, -1);
	syscall(SYS_io_destroy, msi->aio);
	close(msi->empty);
}

static bool is_eventfd(int fd)
{
	char path[40], what[40];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, what, sizeof(what) - 1);
	if (n < 0)
		return false;
	what[n] = '\0';
	return !strcmp(what, "anon_inode:[eventfd]");
}

int msi_set(struct msi *msi, int fd)
{
	if (fd >= 0 && !is_eventfd(fd))
		return -EINVAL;
	if (msi->event >= 0)
		close(msi->event);
	msi->event = fd;
	return 0;
}

int msi_send(struct msi *msi)
{
	struct timespec at_once = { 0 };
	struct io_event done;
	struct iocb read = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = msi->empty,
		.aio_flags = IOCB_FLAG_RESFD,
		.aio_resfd = msi->event,
	}, *list = &read;

	if (msi->event < 0)
		return -ENOENT;
	if (syscall(SYS_io_submit, msi->aio, 1, &list) != 1)
		return -errno;
	/* A read of no bytes is complete by now; make room for the next. */
	if (syscall(SYS_io_getevents, msi->aio, 1, 1, &done, &at_once) != 1)
		return -EIO;
	return 0;
}
