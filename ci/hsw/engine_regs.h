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

/* Byte offsets from engine_base[], and the bits of those registers. */
#define RING_TAIL	0x30u
#define RING_HEAD	0x34u
#define RING_START	0x38u
#define RING_CTL	0x3cu
#define RING_SYNC(n)	(0x40u + 4 * (n))
#define RING_IPEIR	0x64u
#define RING_IPEHR	0x68u
#define RING_ACTHD	0x74u
#define RING_DMA_FADD	0x78u
#define RING_MI_MODE	0x9cu
#define RING_IMR	0xa8u
#define RING_EIR	0xb0u
#define RING_EMR	0xb4u
#define RING_ESR	0xb8u
#define RING_INSTPM	0xc0u
#define RING_BB_STATE	0x110u
#define RING_BBADDR	0x140u
#define RING_CCID	0x180u
#define RING_PP_DIR_DCLV 0x220u
#define RING_PP_DIR_BASE 0x228u
#define RING_GFX_MODE	0x29cu
#define RING_TIMESTAMP	0x358u

#define HWS_PGA(e)	(0x4080u + 0x100u * (e))
#define RING_FAULT(e)	(0x4094u + 0x100u * (e))

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
#define IPEIR_BATCH	BIT(3)		/* the bad command is in a batch */
#define ERROR_INSTRUCTION BIT(0)	/* of EIR, EMR and ESR */
#define ERROR_PAGE_TABLE BIT(4)
#define BB_VALID	BIT(0)		/* of BBADDR */
#define BB_PPGTT	BIT(5)		/* of BB_STATE */
#define FAULT_VALID	BIT(0)
#define FAULT_NO_PTE	(0u << 1)
#define FAULT_NO_PDE	(1u << 1)
#define FAULT_GGTT	BIT(11)

#endif
