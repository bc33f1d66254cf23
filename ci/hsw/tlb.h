/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --tlb: translations stay until the driver flushes them.
 *
 * Haswell PRM, volume "Memory Views", "Global GTT" and "Per-Process GTT", and
 * the descriptions of PIPE_CONTROL and MI_FLUSH_DW (TLB invalidate), INSTPM,
 * PP_DIR_BASE and GFX_FLSH_CNTL (0x101008).
 *
 * Without the option an engine sees each PTE as it is, and a flush which the
 * driver forgets does no harm. With it each engine, and the CPU behind the
 * aperture, keeps a translation that it has used once, until
 *  - for the PPGTT: its own PIPE_CONTROL, MI_FLUSH_DW or INSTPM asks for TLB
 *    invalidation, its PP_DIR_BASE is written, or it is reset;
 *  - for the global GTT: GFX_FLSH_CNTL is written, or the engine is reset.
 *
 * A real TLB is smaller, and its flushes may drop more than that: what a
 * driver may rely on is modelled, not what it may get away with. Only valid
 * translations are kept, as in hardware; those of scratch pages are valid.
 */
#ifndef HSW_TLB_H
#define HSW_TLB_H

#include "types.h"
#include "space.h"

#define GFX_FLSH_CNTL		0x101008u
#define GFX_FLSH_CNTL_EN	BIT(0)

/* Who translates: an engine by its number, or the guest's CPU. */
#define TLB_CPU		NUM_ENGINES
#define TLB_AGENTS	(NUM_ENGINES + 1)

struct tlb_entry {
	uint32_t generation;		/* 0: never filled */
	uint32_t pte;
};

struct tlb {
	bool on;
	struct tlb_entry *entry;	/* agent, space, page */
	uint32_t generation[TLB_AGENTS][2];
};

/* Switches it on, empty: 0 or -ENOMEM. hsw->lock is held or not needed yet. */
int tlb_enable(struct hsw *hsw);
/* Switches it off and frees the entries. */
void tlb_fini(struct hsw *hsw);

/*
 * The PTE of graphics address addr (below 4 GiB) as agent has it, true; or
 * false: off, or not in there. hsw->lock is held, as for all below.
 */
bool tlb_lookup(struct hsw *hsw, unsigned int agent, enum gtt_space space,
		uint64_t addr, uint32_t *pte);
/* Remembers pte, which must be valid, for that address; nothing while it is off. */
void tlb_fill(struct hsw *hsw, unsigned int agent, enum gtt_space space,
	      uint64_t addr, uint32_t pte);

/* PPGTT translations of one engine; global ones of all; all of one engine. */
void tlb_flush_ppgtt(struct hsw *hsw, enum engine_id engine);
void tlb_flush_global(struct hsw *hsw);
void tlb_flush_engine(struct hsw *hsw, enum engine_id engine);

/* Write hook of GFX_FLSH_CNTL: GFX_FLSH_CNTL_EN in val flushes the global translations. */
void tlb_write_flsh_cntl(struct hsw *hsw, uint32_t off, uint32_t val);

#endif
