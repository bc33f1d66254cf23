/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the execution of any command needs: what comes of it, in which address
 * space its operands lie, whether it is allowed.
 *
 * Haswell PRM, volume "Command Stream Programming", batch buffers (which commands are
 * privileged), and the descriptions of the commands. All functions: GPU thread only,
 * hsw->lock is held.
 */
#ifndef HSW_EXEC_H
#define HSW_EXEC_H

#include "types.h"
#include "space.h"

struct ring;

/* What the engine does after a command. */
enum exec {
	EXEC_NEXT,	/* goes on; batches may have been entered or left */
	EXEC_YIELD,	/* goes on after a pause: chained backwards */
	EXEC_WAIT,	/* tries the same command again later */
	EXEC_HANG,	/* bad command, logged: no further until reset */
	EXEC_SKIP,	/* not executed: counted, stepped over */
};

/*
 * Executes one command. dw holds all len dwords; at is the graphics address
 * of dw[0]; the engine already points to the command that follows.
 */
typedef enum exec exec_fn(struct hsw *hsw, struct ring *ring,
			  const uint32_t *dw, unsigned int len, uint32_t at);

/* Most dwords of a command that any executed command looks at. */
#define CMD_MAX_DWORDS	260u

/*
 * Logs what is wrong with the command dw0 at graphics address at: the words of what, and
 * the value val. Always EXEC_HANG.
 */
enum exec exec_bad(struct hsw *hsw, struct ring *ring, uint32_t dw0,
		   uint32_t at, const char *what, uint32_t val);

/*
 * What comes of a load or store at graphics address addr that gtt.h answered with err:
 * EXEC_NEXT for 0; for -EINVAL (not aligned) and -EFAULT (no page) EXEC_HANG, logged.
 */
enum exec exec_access(struct hsw *hsw, struct ring *ring, uint32_t dw0,
		      uint32_t at, uint32_t addr, int err);

/*
 * Address space of a memory operand: the global GTT if asked for or if the
 * engine has no PPGTT.
 */
enum gtt_space exec_space(struct hsw *hsw, struct ring *ring, bool global);

/* True if the engine is in a batch that may not do privileged operations. */
bool exec_denied(struct ring *ring);

/* Graphics address of the engine's hardware status page (global GTT). */
uint32_t exec_hws(struct hsw *hsw, struct ring *ring);

#endif
