/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MI_MATH: the render command streamer's ALU on its 16 registers of 64 bits.
 *
 * Haswell PRM, volume "Command Stream Programming", "ALU"; CS_GPR in "Command
 * Reference: Registers".
 */
#ifndef HSW_MI_MATH_H
#define HSW_MI_MATH_H

#include "types.h"

#define CS_GPR(n)	(0x2600u + 8 * (n))
#define CS_GPRS		16u

/*
 * Executes n ALU instructions, dwords of MI_MATH at alu. 0, or 1 + the index of the first that is not
 * known; those before it have been executed. hsw->lock is held.
 */
unsigned int math_exec(struct hsw *hsw, const uint32_t *alu, unsigned int n);

#endif
