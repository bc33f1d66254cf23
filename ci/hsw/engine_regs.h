/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The four engines and the names of the registers which each of them has.
 *
 * Haswell PRM, volume "Command Reference: Registers".
 */
#ifndef HSW_ENGINE_REGS_H
#define HSW_ENGINE_REGS_H

#include "types.h"

/* First register of an engine's block: 0x2000, 0x12000, ... */
extern const uint32_t engine_base[NUM_ENGINES];
/* "RCS", "VCS", ... */
extern const char *const engine_name[NUM_ENGINES];

/* The engine whose block holds register off; RCS if none does. */
enum engine_id engine_of(uint32_t off);

/* Offsets from engine_base[]. */
#define RING_TAIL	0x30u
#define RING_HEAD	0x34u
#define RING_START	0x38u
#define RING_CTL	0x3cu
#define RING_SYNC(n)	(0x40u + 4 * (n))
#define RING_IPEHR	0x68u
#define RING_ACTHD	0x74u
#define RING_MI_MODE	0x9cu
#define RING_INSTPM	0xc0u
#define RING_BBADDR	0x140u
#define RING_CCID	0x180u
#define RING_PP_DIR_DCLV 0x220u
#define RING_PP_DIR_BASE 0x228u
#define RING_GFX_MODE	0x29cu
#define RING_TIMESTAMP	0x358u

#define HWS_PGA(e)	(0x4080u + 0x100u * (e))

#define RING_VALID	BIT(0)
#define RING_WAIT_SEMAPHORE BIT(10)
#define RING_NR_PAGES	0x001ff000u
#define TAIL_ADDR	0x001ffff8u
#define HEAD_ADDR	0x001ffffcu
#define HEAD_WRAP_ONE	0x00200000u
#define MODE_STOP_RING	BIT(8)
#define MODE_IDLE	BIT(9)
#define INSTPM_SYNC_FLUSH BIT(5)
#define INSTPM_TLB_INVALIDATE BIT(9)
#define GFX_PPGTT_ENABLE BIT(9)

#endif
