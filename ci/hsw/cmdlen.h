/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Length and name of a command from its first dword.
 *
 * Haswell PRM, volume "Command Reference: Instructions", the header formats of
 * the memory interface, 2D, 3D and media commands.
 */
#ifndef HSW_CMDLEN_H
#define HSW_CMDLEN_H

#include "types.h"

enum cmd_client {
	CLIENT_MI = 0,
	CLIENT_2D = 2,
	CLIENT_3D = 3,			/* and media, by subtype */
};

#define CMD_CLIENT(dw0)		((dw0) >> 29)
#define MI_OPCODE(dw0)		((dw0) >> 23 & 0x3f)
#define MI_SET_PREDICATE	0x01u	/* opcodes */
#define MI_BATCH_BUFFER_END	0x0au

#define BLT_OPCODE(dw0)		((dw0) >> 22 & 0x7f)

/*
 * The length, in dwords, of the command whose first dword is dw0, as engine takes it: 1 or
 * more, the first dword included; or 0: no client of Haswell has this number.
 */
unsigned int cmd_length(enum engine_id engine, uint32_t dw0);

/* The bits which say what command it is: all others cleared. */
uint32_t cmd_key(uint32_t dw0);

/* The command's name, or "?" for those that are only skipped. */
const char *cmd_name(uint32_t dw0);

#endif
