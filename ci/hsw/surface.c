// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pieces of surfaces, see surface.h.
 *
 * The functions that take a move are inlined for each of the two, so that the copies
 * of 16 bytes, of which a Y tile consists, are single moves.
 */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "surface.h"

#define OWORD	16u			/* bytes across a column of a Y tile */

static __always_inline void move_bytes(uint8_t *p, uint8_t *buf, uint32_t n,
				     enum surface_move move)
{
	if (move == SURFACE_WRITE)
		memcpy(p, buf, n);
	else
		memcpy(buf, p, n);
}

static uint8_t *page_of(struct hsw *hsw, enum gtt_space space,
			const struct surface *s, int32_t x, int32_t y,
			enum surface_move move, uint32_t *bad)
{
	uint64_t addr = s->base + tiling_offset(s->tiling, s->pitch, x, y);
	uint8_t *p = gtt_page(hsw, BCS, space, addr, move == SURFACE_WRITE);

	if (!p)
		*bad = addr;
	return p;
}

/* Up to the end of the page. */
static uint32_t page_left(const struct surface *s, int32_t x, int32_t y)
{
	uint64_t addr = s->base + tiling_offset(TILING_NONE, s->pitch, x, y);

	return GTT_PAGE - (addr & (GTT_PAGE - 1));
}

/* Part of a row of one Y tile, n bytes from byte x of the tile on. */
static __always_inline void y_row(uint8_t *p, uint32_t x, uint8_t *buf, uint32_t n,
				enum surface_move move)
{
	const uint32_t next = OWORD * tile_height(TILING_Y);
	uint32_t first = OWORD - x % OWORD, i;

	if (n == tile_width(TILING_Y)) {	/* all of it: unrolled */
#pragma GCC unroll 8
		for (i = 0; i < tile_width(TILING_Y) / OWORD; i++)
			move_bytes(p + i * next, buf + i * OWORD, OWORD, move);
		return;
	}
	if (first != OWORD || n < OWORD) {
		if (first > n)
			first = n;
		move_bytes(p, buf, first, move);
		p += next - x % OWORD;
		buf += first;
		n -= first;
	}
	for (; n >= OWORD; n -= OWORD) {
		move_bytes(p, buf, OWORD, move);
		p += next;
		buf += OWORD;
	}
	if (n)
		move_bytes(p, buf, n, move);
}

/* A page's part of a row, at most len bytes from x on; 0: there is no page. */
static __always_inline uint32_t row_part(struct hsw *hsw, enum gtt_space space,
				       const struct surface *s, int32_t x,
				       int32_t y, uint8_t *buf, uint32_t len,
				       enum surface_move move, uint32_t *bad)
{
	uint8_t *p = page_of(hsw, space, s, x, y, move, bad);
	uint32_t n = s->tiling == TILING_NONE ? page_left(s, x, y) :
		     tile_width(s->tiling) - x % tile_width(s->tiling);

	if (!p)
		return 0;
	if (n > len)
		n = len;
	if (s->tiling == TILING_Y)
		y_row(p, x, buf, n, move);
	else
		move_bytes(p, buf, n, move);
	return n;
}

static __always_inline int row(struct hsw *hsw, enum gtt_space space,
			     const struct surface *s, int32_t x, int32_t y,
			     uint8_t *buf, uint32_t len, enum surface_move move,
			     uint32_t *bad)
{
	while (len) {
		uint32_t n = row_part(hsw, space, s, x, y, buf, len, move, bad);

		if (!n)
			return -EFAULT;
		x += n;
		buf += n;
		len -= n;
	}
	return 0;
}

int surface_row(struct hsw *hsw, enum gtt_space space, const struct surface *s,
		int32_t y, uint8_t *buf, uint32_t len, enum surface_move move,
		uint32_t *bad)
{
	if (move == SURFACE_WRITE)
		return row(hsw, space, s, s->x, y, buf, len, SURFACE_WRITE, bad);
	return row(hsw, space, s, s->x, y, buf, len, SURFACE_READ, bad);
}

/* The block's part of the tile that holds its corner. */
static __always_inline void tile_part(uint8_t *p, enum tiling tiling, uint32_t x,
				    uint32_t width, uint32_t rows, uint8_t *buf,
				    uint32_t stride, enum surface_move move)
{
	uint32_t down = tiling == TILING_Y ? OWORD : tile_width(TILING_X), i;

	if (tiling == TILING_Y && !(x % OWORD | width % OWORD)) {
		/* Columns, which lie together in the tile. */
		for (; width; width -= OWORD) {
			for (i = 0; i < rows; i++)
				move_bytes(p + i * OWORD, buf + i * stride, OWORD,
					   move);
			p += OWORD * tile_height(TILING_Y);
			buf += OWORD;
		}
		return;
	}
	for (i = 0; i < rows; i++, p += down, buf += stride) {
		if (tiling == TILING_Y)
			y_row(p, x, buf, width, move);
		else
			move_bytes(p, buf, width, move);
	}
}

static __always_inline int block(struct hsw *hsw, enum gtt_space space,
			       const struct surface *s, const struct block *b,
			       uint8_t *buf, uint32_t stride,
			       enum surface_move move, uint32_t *bad)
{
	uint32_t w = tile_width(s->tiling), h = tile_height(s->tiling);
	int32_t left = s->x + b->x, top = s->y + b->y;
	uint32_t x, y, n, m;

	if (s->tiling == TILING_NONE) {
		for (y = 0; y < b->rows; y++)
			if (row(hsw, space, s, left, top + y, buf + y * stride,
				b->width, move, bad))
				return -EFAULT;
		return 0;
	}
	for (y = 0; y < b->rows; y += m) {
		m = h - (top + y) % h;
		if (m > b->rows - y)
			m = b->rows - y;
		for (x = 0; x < b->width; x += n) {
			uint8_t *p = page_of(hsw, space, s, left + x, top + y,
					     move, bad);

			if (!p)
				return -EFAULT;
			n = w - (left + x) % w;
			if (n > b->width - x)
				n = b->width - x;
			tile_part(p, s->tiling, left + x, n, m,
				  buf + y * stride + x, stride, move);
		}
	}
	return 0;
}

int surface_block(struct hsw *hsw, enum gtt_space space,
		  const struct surface *s, const struct block *b, uint8_t *buf,
		  uint32_t stride, enum surface_move move, uint32_t *bad)
{
	if (move == SURFACE_WRITE)
		return block(hsw, space, s, b, buf, stride, SURFACE_WRITE, bad);
	return block(hsw, space, s, b, buf, stride, SURFACE_READ, bad);
}

int surface_tile(struct hsw *hsw, enum gtt_space space, const struct surface *to,
		 int32_t to_x, int32_t to_y, const struct surface *from,
		 int32_t from_x, int32_t from_y, uint32_t *bad)
{
	uint8_t *s = page_of(hsw, space, from, from_x, from_y, SURFACE_READ, bad);
	uint8_t *d;

	if (!s)
		return -EFAULT;
	d = page_of(hsw, space, to, to_x, to_y, SURFACE_WRITE, bad);
	if (!d)
		return -EFAULT;
	/* Two graphics pages may be one page of memory. */
	memmove(d, s, TILE_SIZE);
	return 0;
}

/* The block's rows of a linear surface, from byte x of it on, each in one page. */
struct lines {
	uint8_t *line[SURFACE_ROWS];
	uint32_t left;			/* bytes that all of them have */
};

static int find_lines(struct hsw *hsw, enum gtt_space space,
		      const struct surface *s, const struct block *b, uint32_t x,
		      enum surface_move move, struct lines *lines, uint32_t *bad)
{
	uint32_t i;

	lines->left = b->width - x;
	for (i = 0; i < b->rows; i++) {
		int32_t col = s->x + b->x + x, y = s->y + b->y + i;
		uint32_t left = page_left(s, col, y);

		lines->line[i] = page_of(hsw, space, s, col, y, move, bad);
		if (!lines->line[i])
			return -EFAULT;
		if (lines->left > left)
			lines->left = left;
	}
	return 0;
}

static __always_inline int convert(struct hsw *hsw, enum gtt_space space,
				 const struct surface *tiled,
				 const struct surface *linear,
				 const struct block *b, enum surface_move move,
				 uint32_t *bad)
{
	const uint32_t w = tile_width(tiled->tiling);
	const uint32_t down = tiled->tiling == TILING_Y ? OWORD : w;
	uint32_t x = 0, i, n, done;
	struct lines lines;

	while (x < b->width) {
		if (find_lines(hsw, space, linear, b, x, move == SURFACE_WRITE ?
			       SURFACE_READ : SURFACE_WRITE, &lines, bad))
			return -EFAULT;
		for (done = 0; done < lines.left; done += n) {
			uint32_t col = tiled->x + b->x + x + done;
			uint8_t *p = page_of(hsw, space, tiled, col,
					     tiled->y + b->y, move, bad);

			if (!p)
				return -EFAULT;
			n = w - col % w;
			if (n > lines.left - done)
				n = lines.left - done;
			for (i = 0; i < b->rows; i++, p += down) {
				if (tiled->tiling == TILING_Y)
					y_row(p, col, lines.line[i] + done, n,
					      move);
				else
					move_bytes(p, lines.line[i] + done, n,
						   move);
			}
		}
		x += lines.left;
	}
	return 0;
}

int surface_convert(struct hsw *hsw, enum gtt_space space,
		    const struct surface *to, const struct surface *from,
		    const struct block *b, uint32_t *bad)
{
	if (to->tiling != TILING_NONE)
		return convert(hsw, space, to, from, b, SURFACE_WRITE, bad);
	return convert(hsw, space, from, to, b, SURFACE_READ, bad);
}
