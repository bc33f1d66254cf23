/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIPE_CONTROL: its post-sync operation; flushes are done as they are asked
 * for, since there are no caches to flush.
 *
 * Haswell PRM, volume "Command Reference: Instructions", PIPE_CONTROL.
 */
#ifndef HSW_PIPE_H
#define HSW_PIPE_H

#include "exec.h"

#define PIPE_CONTROL(dw0)	((dw0) >> 16 == 0x7a00)

/* Executes a PIPE_CONTROL, see exec.h. */
exec_fn pipe_control;

#endif
