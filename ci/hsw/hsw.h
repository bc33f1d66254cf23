/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device put together, and apart again.
 */
#ifndef HSW_H
#define HSW_H

#include "types.h"

#define HSW_VERSION	"1"

/*
 * A device in its reset state with its GPU thread running, or NULL with errno
 * set (ENOMEM, EMFILE, EAGAIN). No guest memory is mapped yet.
 */
struct hsw *hsw_create(void);

/* Stops the GPU thread and frees all; hsw may be NULL. */
void hsw_destroy(struct hsw *hsw);

/*
 * Function level reset: configuration space, registers, PTEs and engines go
 * back to power-on values; guest memory and the client's eventfd stay.
 * hsw->lock is held.
 */
void hsw_reset(struct hsw *hsw);

#endif
