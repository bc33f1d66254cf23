// SPDX-License-Identifier: GPL-2.0-only
/*
 * Graphics reset, see reset.h for the PRM volume.
 *
 * IMR and GFX_MODE keep their values: the driver does not write them again
 * after the reset of a single engine.
 */
#include "hsw.h"

void reset_engine(struct hsw *hsw, enum engine_id engine)
{
	static const uint16_t zeroed[] = {
		RING_TAIL, RING_HEAD, RING_START, RING_CTL, RING_SYNC(0),
		RING_SYNC(1), RING_SYNC(2), RING_IPEHR, RING_MI_MODE,
		RING_INSTPM, RING_CCID, RING_PP_DIR_DCLV, RING_PP_DIR_BASE,
	};
	struct ring *ring = &hsw->ring[engine];
	unsigned int i;

	ring->id = engine;
	ring_drop(ring);
	ring->hung = false;
	ring->at.head = 0;
	ring->tail = 0;
	ring->start = 0;
	ring->ctl = 0;
	ring->blt.clip_tl = 0;
	ring->blt.clip_br = 0;
	hsw->gtt.pp_dir[engine] = 0;
	tlb_flush_engine(hsw, engine);
	for (i = 0; i < ARRAY_SIZE(zeroed); i++)
		mmio_set(hsw, engine_base[engine] + zeroed[i], 0);
}

void reset_write_gdrst(struct hsw *hsw, uint32_t off, uint32_t val)
{
	static const uint32_t domain[NUM_ENGINES] = {
		[RCS] = GDRST_RENDER, [VCS] = GDRST_MEDIA,
		[BCS] = GDRST_BLT, [VECS] = GDRST_VECS,
	};
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		if (!(val & (domain[e] | GDRST_FULL)))
			continue;
		trace_cmd("%s reset (GDRST 0x%x)", engine_name[e], val);
		reset_engine(hsw, e);
		hsw->stats.engine_resets[e]++;
	}
	mmio_set(hsw, off, 0);
}

void reset_all(struct hsw *hsw)
{
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++)
		reset_engine(hsw, e);
	fence_reset(hsw);
	tlb_flush_global(hsw);
}
