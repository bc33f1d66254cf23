/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client's eventfd for the MSI, which is raised without ever waiting.
 *
 * A write to an eventfd blocks while its counter is full. The client has the same
 * open file: it can fill the counter and clear O_NONBLOCK at any moment, between
 * a look and the write, too. So nothing is written. The completion of an
 * asynchronous read of nothing raises the event (io_submit(2), IOCB_FLAG_RESFD),
 * and the kernel does not wait there: a full counter stays full.
 */
#ifndef HSW_MSI_H
#define HSW_MSI_H

#include <linux/aio_abi.h>

#include "types.h"

struct msi {
	aio_context_t aio;
	int empty;			/* a file of no bytes: what is read */
	int event;			/* the client's eventfd, -1: none */
};

/* No eventfd yet. 0 or -errno: EAGAIN, ENOSYS or EPERM if this host has no io_setup(2). */
int msi_init(struct msi *msi);
/* Closes the eventfd, too. */
void msi_fini(struct msi *msi);

/*
 * Takes fd over, which must be an eventfd, in place of the one before; -1: none.
 * 0, or -EINVAL: it is no eventfd, and still the caller's.
 */
int msi_set(struct msi *msi, int fd);

/* Raises the event. 0; -ENOENT: there is no eventfd; or -errno. */
int msi_send(struct msi *msi);

#endif
