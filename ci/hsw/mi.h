/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory interface commands.
 *
 * Haswell PRM, volume "Command Reference: Instructions", the MI_* commands;
 * "Command Stream Programming", batch buffers and semaphores.
 */
#ifndef HSW_MI_H
#define HSW_MI_H

#include "exec.h"

/* Executes one MI command, see exec.h. */
exec_fn mi_exec;

#endif
