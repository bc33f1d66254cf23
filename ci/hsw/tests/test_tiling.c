// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tiling against a walk: memory is visited byte after byte, and for each the
 * place on the surface is counted up as the PRM's pictures show it.
 */
#include "tiling.h"
#include "tap.h"

struct walk {
	unsigned int w, h;		/* tile */
	unsigned int cw;		/* column inside the tile, bytes */
};

/* The tile whose first byte is at (tx, ty) of the surface and at addr in memory. */
static bool check_tile(enum tiling tiling, struct walk t, unsigned int pitch,
		       unsigned int tx, unsigned int ty, uint32_t addr)
{
	unsigned int c, y, b;

	for (c = 0; c < t.w; c += t.cw)
		for (y = 0; y < t.h; y++)
			for (b = 0; b < t.cw; b++, addr++) {
				uint32_t px = tx + c + b;

				if (tiling_offset(tiling, pitch, px, ty + y) != addr)
					return false;
				if (tiling_run(tiling, px) != t.cw - b)
					return false;
			}
	return true;
}

static bool check(enum tiling tiling, struct walk t, unsigned int pitch,
		  unsigned int rows)
{
	uint32_t addr = 0;
	unsigned int ty, tx;

	for (ty = 0; ty < rows; ty += t.h)
		for (tx = 0; tx < pitch; tx += t.w) {
			if (!check_tile(tiling, t, pitch, tx, ty, addr))
				return false;
			addr += t.w * t.h;
		}
	return addr == pitch * rows;
}

int main(void)
{
	const struct walk x = { 512, 8, 512 }, y = { 128, 32, 16 };

	ok(check(TILING_X, x, 512, 8), "X: one tile");
	ok(check(TILING_X, x, 4096, 64), "X: 8 by 8 tiles");
	ok(check(TILING_X, x, 1536, 24), "X: 3 by 3 tiles");
	ok(check(TILING_Y, y, 128, 32), "Y: one tile");
	ok(check(TILING_Y, y, 1024, 128), "Y: 8 by 4 tiles");
	ok(check(TILING_Y, y, 640, 96), "Y: 5 by 3 tiles");
	ok(tiling_offset(TILING_NONE, -100, 3, 2) == -197,
	   "linear: negative pitch");
	ok(tiling_offset(TILING_NONE, 32767, -5, -3) == -98306,
	   "linear: negative coordinates");
	ok(tiling_offset(TILING_X, 131072 - 512, 0, 65528) ==
	   65528ll * (131072 - 512), "X: no 32-bit overflow");
	ok(tiling_run(TILING_NONE, 77) == UINT32_MAX, "linear: endless run");
	ok(tile_width(TILING_X) * tile_height(TILING_X) == TILE_SIZE &&
	   tile_width(TILING_Y) * tile_height(TILING_Y) == TILE_SIZE,
	   "a tile is a page");
	return tap_done();
}
