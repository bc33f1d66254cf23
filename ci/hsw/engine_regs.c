// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engines' register blocks, see engine_regs.h.
 */
#include "engine_regs.h"

#define ENGINE_BLOCK	0x1000u		/* bytes of registers of one engine */

const uint32_t engine_base[NUM_ENGINES] = {
	[RCS] = 0x02000, [VCS] = 0x12000, [BCS] = 0x22000, [VECS] = 0x1a000,
};

const char *const engine_name[NUM_ENGINES] = {
	[RCS] = "RCS", [VCS] = "VCS", [BCS] = "BCS", [VECS] = "VECS",
};

enum engine_id engine_of(uint32_t off)
{
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++)
		if (off >= engine_base[e] && off < engine_base[e] + ENGINE_BLOCK)
			return e;
	return RCS;
}
