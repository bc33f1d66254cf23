// SPDX-License-Identifier: GPL-2.0-only
/*
 * Graphics reset, see reset.h for the PRM volume.
 */
#include "device.h"
#include "reset.h"

void reset_engine(struct hsw *hsw, enum engine_id engine)
{
	ring_reset(hsw, engine);
	if (engine == BCS)
		blt_reset(hsw);
	gtt_reset_engine(hsw, engine);
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
