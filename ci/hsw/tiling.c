// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tiled address arithmetic, see tiling.h for the PRM section.
 */
#include "tiling.h"

#define X_SHIFT		9	/* 512 bytes across */
#define X_ROWS		8
#define Y_SHIFT		7	/* 128 bytes across */
#define Y_ROWS		32
#define OWORD		16	/* bytes across one column of a Y tile */

int64_t tiling_offset(enum tiling tiling, int32_t pitch, int32_t x, int32_t y)
{
	uint32_t ux = x, uy = y;
	int64_t row;

	switch (tiling) {
	case TILING_X:
		/* A row of tiles is as many bytes as its 8 rows of pixels. */
		row = (int64_t)(uy / X_ROWS) * X_ROWS * pitch;
		return row + (int64_t)(ux >> X_SHIFT) * TILE_SIZE +
		       (uy % X_ROWS << X_SHIFT) + (ux & ((1 << X_SHIFT) - 1));
	case TILING_Y:
		row = (int64_t)(uy / Y_ROWS) * Y_ROWS * pitch;
		return row + (int64_t)(ux >> Y_SHIFT) * TILE_SIZE +
		       (ux & ((1 << Y_SHIFT) - 1)) / OWORD * (OWORD * Y_ROWS) +
		       uy % Y_ROWS * OWORD + ux % OWORD;
	default:
		return (int64_t)y * pitch + x;
	}
}

uint32_t tiling_run(enum tiling tiling, int32_t x)
{
	uint32_t ux = x;

	switch (tiling) {
	case TILING_X:
		return (1 << X_SHIFT) - (ux & ((1 << X_SHIFT) - 1));
	case TILING_Y:
		return OWORD - ux % OWORD;
	default:
		return UINT32_MAX;
	}
}
