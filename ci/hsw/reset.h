/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Graphics reset: GDRST 0x941c, whole device or one engine.
 *
 * Haswell PRM, volume "Command Reference: Registers", GDRST.
 */
#ifndef HSW_RESET_H
#define HSW_RESET_H

#include "types.h"

#define GDRST		0x941cu
#define GDRST_FULL	BIT(0)
#define GDRST_RENDER	BIT(1)
#define GDRST_MEDIA	BIT(2)
#define GDRST_BLT	BIT(3)
#define GDRST_VECS	BIT(4)

/*
 * Write hook of GDRST: val has the GDRST_ bits. Resets at once; the register then reads 0
 * (reset complete). hsw->lock is held, as for all below unless said otherwise.
 */
void reset_write_gdrst(struct hsw *hsw, uint32_t off, uint32_t val);

/* One engine: ring off, batch, wait and blit dropped, no longer hung. */
void reset_engine(struct hsw *hsw, enum engine_id engine);

/*
 * Power-on state of everything the engine half owns: engines, fences, TLB.
 * For hsw_create() (before gpu_start()) and hsw_reset() (after mmio_reset()).
 */
void reset_all(struct hsw *hsw);

#endif
