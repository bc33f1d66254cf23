/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Surfaces of the blitter: pieces of them to and from a buffer, whatever the tiling.
 *
 * A row at a time keeps an order of rows, which overlapping copies need; a block at a
 * time, inside of one tile of one of the surfaces, looks each page up once and moves
 * what lies together in it.
 */
#ifndef HSW_SURFACE_H
#define HSW_SURFACE_H

#include "types.h"
#include "space.h"
#include "tiling.h"

struct surface {
	uint32_t base;			/* graphics address */
	int32_t pitch;			/* bytes */
	enum tiling tiling;
	int32_t x, y;			/* first byte of the row, first row */
};

enum surface_move { SURFACE_READ, SURFACE_WRITE };

/*
 * len bytes of row y, from s->x on. 0, or -EFAULT with the address that has no page
 * in *bad. hsw->lock is held, GPU thread only, as for all below.
 */
int surface_row(struct hsw *hsw, enum gtt_space space, const struct surface *s,
		int32_t y, uint8_t *buf, uint32_t len, enum surface_move move,
		uint32_t *bad);

/* A rectangle of bytes: x and y from the corner of the surface. */
struct block {
	int32_t x, y;
	uint32_t width, rows;
};

/* The block, whose rows are stride bytes apart in buf. 0 or -EFAULT, as above. */
int surface_block(struct hsw *hsw, enum gtt_space space,
		  const struct surface *s, const struct block *b, uint8_t *buf,
		  uint32_t stride, enum surface_move move, uint32_t *bad);

/*
 * Copies one whole tile, TILE_SIZE bytes: the one of from that holds byte from_x of row
 * from_y, to the one of to that holds byte to_x of row to_y. Both surfaces have the same
 * tiling. 0 or -EFAULT, as above.
 */
int surface_tile(struct hsw *hsw, enum gtt_space space, const struct surface *to,
		 int32_t to_x, int32_t to_y, const struct surface *from,
		 int32_t from_x, int32_t from_y, uint32_t *bad);

/*
 * Copies the block from one surface to the other, of which exactly one is tiled; b->rows is
 * at most SURFACE_ROWS, and the rows are all in the same tiles of that one. 0 or -EFAULT,
 * as above.
 */
#define SURFACE_ROWS	32u
int surface_convert(struct hsw *hsw, enum gtt_space space,
		    const struct surface *to, const struct surface *from,
		    const struct block *b, uint32_t *bad);

#endif
