/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linear, X and Y tiled surfaces: where the byte at (x, y) lies.
 *
 * Haswell PRM, volume "Memory Views", "Address Tiling Function": a tile is
 * one 4 KiB page; an X tile holds 8 rows of 512 bytes, a Y tile 32 rows of 128
 * bytes stored as 8 columns, each 16 bytes wide. No bit 6 swizzle: this device
 * reports unequal DIMMs, which switches it off.
 */
#ifndef HSW_TILING_H
#define HSW_TILING_H

#include "types.h"

enum tiling { TILING_NONE, TILING_X, TILING_Y };

#define TILE_SIZE	4096u

/* Bytes across and rows down one tile; 1 and 1 for TILING_NONE. */
static inline uint32_t tile_width(enum tiling tiling)
{
	return tiling == TILING_X ? 512 : tiling == TILING_Y ? 128 : 1;
}

static inline uint32_t tile_height(enum tiling tiling)
{
	return tiling == TILING_X ? 8 : tiling == TILING_Y ? 32 : 1;
}

/*
 * Offset of byte x of row y from the surface's base. pitch is in bytes: any
 * sign for TILING_NONE, a positive multiple of tile_width() otherwise; x and y
 * are not negative for the tiled kinds. x may exceed the pitch, as it may in
 * hardware: the next tiles follow.
 */
int64_t tiling_offset(enum tiling tiling, int32_t pitch, int32_t x, int32_t y);

/* Bytes from x which follow each other in memory; UINT32_MAX if linear. */
uint32_t tiling_run(enum tiling tiling, int32_t x);

#endif
