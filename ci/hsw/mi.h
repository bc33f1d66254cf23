/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory interface commands.
 *
 * Haswell PRM, volume "Command Reference: Instructions", the MI_* commands;
 * "Command Stream Programming", batch buffers and semaphores.
 */
#ifndef HSW_MI_H
#define HSW_MI_H

#include "types.h"

struct ring;

/* What the engine does after a command. */
enum exec {
	EXEC_NEXT,	/* goes on; batches may have been entered or left */
	EXEC_YIELD,	/* goes on after a pause: chained backwards */
	EXEC_WAIT,	/* tries the same command again later */
	EXEC_HANG,	/* bad command, logged: no further until reset */
	EXEC_SKIP,	/* not executed: counted, stepped over */
};

/* Most dwords of a command that any executed command looks at. */
#define CMD_MAX_DWORDS	260u

/*
 * Executes one MI command. dw holds all len dwords; at is the graphics address
 * of dw[0]; the engine already points to the command that follows.
 */
enum exec mi_exec(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
		  unsigned int len, uint32_t at);

/* Logs what is wrong with a command; always EXEC_HANG. */
enum exec mi_bad(struct hsw *hsw, struct ring *ring, uint32_t dw0, uint32_t at,
		 const char *what, uint32_t val);

/*
 * Address space of a memory operand: the global GTT if asked for or if the
 * engine has no PPGTT.
 */
enum gtt_space mi_space(struct hsw *hsw, struct ring *ring, bool global);

/* A privileged operation inside a batch that may not do it. */
bool mi_denied(struct ring *ring);

/* Graphics address of the engine's hardware status page (global GTT). */
uint32_t mi_hws(struct hsw *hsw, struct ring *ring);

#endif
