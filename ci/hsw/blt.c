// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blitter, see blt.h for the PRM sections.
 *
 * Overlap: the PRM says that for XY_SRC_COPY_BLT the hardware handles
 * overlapping surfaces itself, so the result must be as if the source had been
 * read as a whole first. Rows are therefore taken from whichever end does not
 * destroy source rows still to be read, and each goes through a buffer. For
 * SRC_COPY_BLT it is the program that chooses, by the sign of the pitches and
 * by the X direction bit: rows are taken in the order programmed.
 */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "cmdlen.h"
#include "rop.h"

#define OP_XY_SETUP		0x01
#define OP_XY_SETUP_CLIP	0x03
#define OP_XY_SETUP_MONO_PAT	0x11
#define OP_COLOR		0x40
#define OP_SRC_COPY		0x43
#define OP_XY_COLOR		0x50
#define OP_XY_SRC_COPY		0x53

/* Dword 0, BR00 */
#define BR00_ALPHA		BIT(21)
#define BR00_RGB		BIT(20)
#define BR00_SRC_TILED		BIT(15)
#define BR00_DST_TILED		BIT(11)

/* Dword 1, BR13 */
#define BR13_CLIP		BIT(30)		/* XY commands */
#define BR13_X_BACKWARDS	BIT(30)		/* SRC_COPY_BLT */
#define BR13_DEPTH(v)		((v) >> 24 & 3)
#define BR13_ROP(v)		((v) >> 16 & 0xff)

static int32_t lo16(uint32_t v)
{
	return (int16_t)v;
}

static int32_t hi16(uint32_t v)
{
	return (int16_t)(v >> 16);
}

static int refuse(struct hsw *hsw, uint32_t dw0,
		  uint32_t at, const char *what, long long val)
{
	log_guest_error(hsw, "%s %s at 0x%08x: %s (%lld)",
			engine_name[BCS], cmd_name(dw0), at, what, val);
	return -EINVAL;
}

/* Fields that all four commands have in dwords 0 and 1. */
static void common(struct blt *blt, const uint32_t *dw)
{
	static const uint8_t cpp[4] = { 1, 2, 2, 4 };

	blt->cpp = cpp[BR13_DEPTH(dw[1])];
	blt->rop = BR13_ROP(dw[1]);
	blt->mask = ~0u;
	if (blt->cpp == 4)
		blt->mask = (dw[0] & BR00_ALPHA ? 0xff000000u : 0) |
			    (dw[0] & BR00_RGB ? 0x00ffffffu : 0);
}

static uint32_t replicate(uint32_t color, uint8_t cpp)
{
	switch (cpp) {
	case 1:
		return (color & 0xff) * 0x01010101u;
	case 2:
		return (color & 0xffff) * 0x00010001u;
	default:
		return color;
	}
}

/* Lowest and highest byte of a surface that the job touches. */
static void extent(const struct blt *blt, const struct surface *s,
		   int64_t *first, int64_t *last)
{
	int64_t a, b;

	if (s->tiling != TILING_NONE) {
		/* Whole rows of tiles, from the first to the last. */
		int32_t h = tile_height(s->tiling);
		int32_t end = s->y + (int32_t)blt->rows - 1;

		a = tiling_offset(s->tiling, s->pitch, 0, s->y / h * h);
		b = tiling_offset(s->tiling, s->pitch, 0, end / h * h) +
		    (int64_t)(s->x + blt->width - 1) / tile_width(s->tiling) *
		    TILE_SIZE + TILE_SIZE - 1;
	} else {
		a = tiling_offset(TILING_NONE, s->pitch, s->x, s->y);
		b = tiling_offset(TILING_NONE, s->pitch, s->x,
				  s->y + (int32_t)blt->rows - 1);
		if (a > b) {
			int64_t t = a;

			a = b;
			b = t;
		}
		b += blt->width - 1;
	}
	*first = s->base + a;
	*last = s->base + b;
}

static const char *check_surface(const struct blt *blt,
				 const struct surface *s, long long *val)
{
	int64_t first, last;

	if (s->tiling != TILING_NONE) {
		*val = s->pitch;
		if (s->pitch <= 0 || s->pitch % tile_width(s->tiling))
			return "pitch of a tiled surface is no multiple of the tile";
		*val = s->base;
		if (s->base % TILE_SIZE)
			return "base of a tiled surface is not aligned to 4 KiB";
		*val = s->x < 0 ? s->x : s->y;
		if (s->x < 0 || s->y < 0)
			return "negative coordinate in a tiled surface";
	}
	extent(blt, s, &first, &last);
	*val = first;
	if (first < 0)
		return "rectangle begins below graphics address 0";
	*val = last;
	if (last > UINT32_MAX)
		return "rectangle ends beyond 4 GiB";
	return NULL;
}

static bool overlaps(const struct blt *blt)
{
	int64_t d0, d1, s0, s1;

	extent(blt, &blt->dst, &d0, &d1);
	extent(blt, &blt->src, &s0, &s1);
	return d0 <= s1 && s0 <= d1;
}

/* See the comment at the top of the file. */
static void choose_direction(struct blt *blt)
{
	const struct surface *d = &blt->dst, *s = &blt->src;
	int64_t d0, s0;

	blt->overlap = overlaps(blt);
	if (!blt->overlap)
		return;

	d0 = d->base + (int64_t)d->y * d->pitch;
	s0 = s->base + (int64_t)s->y * s->pitch;
	if (d->tiling == TILING_NONE && s->tiling == TILING_NONE) {
		d0 += d->x;
		s0 += s->x;
	}
	/* Rows at falling addresses if the destination is the higher one. */
	blt->backwards = d->pitch < 0 ? d0 < s0 : d0 > s0;
}

static int begin(struct hsw *hsw, const uint32_t *dw,
		 uint32_t at)
{
	struct blt *blt = &hsw->blt;
	const char *what;
	long long val;

	blt->name = cmd_name(dw[0]);
	blt->at = at;
	blt->done = 0;
	blt->space = gtt_ppgtt_enabled(hsw, BCS) ? GTT_PPGTT : GTT_GLOBAL;
	if (!blt->width || !blt->rows || !blt->mask)
		return 0;

	what = check_surface(blt, &blt->dst, &val);
	if (what)
		return refuse(hsw, dw[0], at, what, val);
	if (blt->has_source) {
		what = check_surface(blt, &blt->src, &val);
		if (what)
			return refuse(hsw, dw[0], at, what, val);
	}
	hsw->stats.blits++;
	return 1;
}

/* The destination rectangle of an XY command, clipped. */
static void xy_rectangle(struct blt *blt, const uint32_t *dw)
{
	int32_t x1 = lo16(dw[2]), y1 = hi16(dw[2]);
	int32_t x2 = lo16(dw[3]), y2 = hi16(dw[3]);
	int32_t x = x1, y = y1;

	if (dw[1] & BR13_CLIP) {
		if (x1 < lo16(blt->clip_tl))
			x1 = lo16(blt->clip_tl);
		if (y1 < hi16(blt->clip_tl))
			y1 = hi16(blt->clip_tl);
		if (x2 > lo16(blt->clip_br))
			x2 = lo16(blt->clip_br);
		if (y2 > hi16(blt->clip_br))
			y2 = hi16(blt->clip_br);
	}
	blt->width = x2 > x1 ? (uint32_t)(x2 - x1) * blt->cpp : 0;
	blt->rows = y2 > y1 ? y2 - y1 : 0;
	blt->dst.x = x1 * blt->cpp;
	blt->dst.y = y1;
	/* How far clipping moved the corner: the source moves with it. */
	blt->src.x = (x1 - x) * blt->cpp;
	blt->src.y = y1 - y;
}

static void xy_surface(struct surface *s, uint32_t pitch, uint32_t base,
		       bool tiled, bool y_major)
{
	s->base = base;
	s->tiling = !tiled ? TILING_NONE : y_major ? TILING_Y : TILING_X;
	/* Bytes if linear, else dwords. */
	s->pitch = tiled ? lo16(pitch) * 4 : lo16(pitch);
}

static int xy_color(struct hsw *hsw, const uint32_t *dw,
		    uint32_t at)
{
	struct blt *blt = &hsw->blt;

	common(blt, dw);
	blt->has_source = false;
	blt->color = replicate(dw[5], blt->cpp);
	xy_rectangle(blt, dw);
	xy_surface(&blt->dst, dw[1], dw[4], dw[0] & BR00_DST_TILED,
		   mmio_get(hsw, BCS_SWCTRL) & BCS_DST_Y);
	return begin(hsw, dw, at);
}

static int xy_src_copy(struct hsw *hsw, const uint32_t *dw,
		       uint32_t at)
{
	struct blt *blt = &hsw->blt;
	uint32_t swctrl = mmio_get(hsw, BCS_SWCTRL);
	int ret;

	common(blt, dw);
	blt->has_source = true;
	blt->color = 0;
	xy_rectangle(blt, dw);
	blt->src.x += lo16(dw[5]) * blt->cpp;
	blt->src.y += hi16(dw[5]);
	xy_surface(&blt->dst, dw[1], dw[4], dw[0] & BR00_DST_TILED,
		   swctrl & BCS_DST_Y);
	xy_surface(&blt->src, dw[6], dw[7], dw[0] & BR00_SRC_TILED,
		   swctrl & BCS_SRC_Y);
	ret = begin(hsw, dw, at);
	if (ret > 0)
		choose_direction(blt);
	return ret;
}

/* COLOR_BLT and SRC_COPY_BLT: linear, width in bytes. */
static void flat_rectangle(struct blt *blt, const uint32_t *dw)
{
	blt->width = dw[2] & 0xffff;
	blt->width -= blt->width % blt->cpp;
	blt->rows = dw[2] >> 16;
	blt->dst = (struct surface){ .base = dw[3], .pitch = lo16(dw[1]) };
}

static int color(struct hsw *hsw, const uint32_t *dw,
		 uint32_t at)
{
	struct blt *blt = &hsw->blt;

	common(blt, dw);
	blt->has_source = false;
	blt->color = replicate(dw[4], blt->cpp);
	flat_rectangle(blt, dw);
	return begin(hsw, dw, at);
}

static int src_copy(struct hsw *hsw, const uint32_t *dw,
		    uint32_t at)
{
	struct blt *blt = &hsw->blt;
	int ret;

	common(blt, dw);
	blt->has_source = true;
	blt->color = 0;
	flat_rectangle(blt, dw);
	blt->src = (struct surface){ .base = dw[5], .pitch = lo16(dw[4]) };
	if (dw[1] & BR13_X_BACKWARDS) {
		/* The addresses are those of the first, rightmost byte. */
		blt->dst.x = 1 - (int32_t)blt->width;
		blt->src.x = blt->dst.x;
	}
	ret = begin(hsw, dw, at);
	/* Overlap inside a row comes out right whatever X direction says. */
	if (ret > 0)
		blt->overlap = overlaps(blt);
	return ret;
}

static const struct blt_cmd {
	uint8_t opcode, len;
	int (*start)(struct hsw *hsw, const uint32_t *dw,
		     uint32_t at);		/* NULL: only sets the clip */
} blt_cmds[] = {
	{ OP_XY_SRC_COPY, 8, xy_src_copy },
	{ OP_XY_COLOR, 6, xy_color },
	{ OP_SRC_COPY, 6, src_copy },
	{ OP_COLOR, 5, color },
	{ OP_XY_SETUP_CLIP, 3, NULL },
	{ OP_XY_SETUP, 8, NULL },
	{ OP_XY_SETUP_MONO_PAT, 9, NULL },
};

int blt_start(struct hsw *hsw, const uint32_t *dw,
	      unsigned int len, uint32_t at)
{
	struct blt *blt = &hsw->blt;
	uint8_t opcode = BLT_OPCODE(dw[0]);
	const struct blt_cmd *cmd = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blt_cmds); i++)
		if (blt_cmds[i].opcode == opcode)
			cmd = &blt_cmds[i];
	if (!cmd) {
		log_guest_error(hsw, "%s %s (2D opcode 0x%02x) at 0x%08x: not modelled, skipped",
				engine_name[BCS], cmd_name(dw[0]), opcode,
				at);
		return -ENOTSUP;
	}
	if (len != cmd->len)
		return refuse(hsw, dw[0], at, "wrong length in dwords",
			      len);

	blt->backwards = false;
	blt->overlap = false;
	if (cmd->start)
		return cmd->start(hsw, dw, at);

	if (opcode == OP_XY_SETUP_CLIP) {
		blt->clip_tl = dw[1];
		blt->clip_br = dw[2];
	} else {
		blt->clip_tl = dw[2];
		blt->clip_br = dw[3];
	}
	return 0;
}

/* Linear to linear, no overlap: page to page without a buffer. */
static int row_direct(struct hsw *hsw, int32_t row,
		      uint32_t *bad)
{
	struct blt *blt = &hsw->blt;
	uint64_t d = blt->dst.base +
		     tiling_offset(TILING_NONE, blt->dst.pitch, blt->dst.x,
				   blt->dst.y + row);
	uint64_t s = blt->src.base +
		     tiling_offset(TILING_NONE, blt->src.pitch, blt->src.x,
				   blt->src.y + row);
	uint32_t len = blt->width;

	while (len) {
		uint32_t dn = GTT_PAGE - (d & (GTT_PAGE - 1));
		uint32_t sn = GTT_PAGE - (s & (GTT_PAGE - 1));
		uint32_t n = dn < sn ? dn : sn;
		uint8_t *dp, *sp;

		if (n > len)
			n = len;
		sp = gtt_page(hsw, BCS, blt->space, s, false);
		if (!sp) {
			*bad = s;
			return -EFAULT;
		}
		dp = gtt_page(hsw, BCS, blt->space, d, true);
		if (!dp) {
			*bad = d;
			return -EFAULT;
		}
		/* Two graphics pages may be one page of memory. */
		memmove(dp, sp, n);
		d += n;
		s += n;
		len -= n;
	}
	return 0;
}

static uint64_t twice(uint32_t val)
{
	return (uint64_t)val << 32 | val;
}

/* All rows are the same: neither source, destination nor mask matter. */
static bool is_fill(const struct blt *blt)
{
	return !~blt->mask && !rop_uses_dest(blt->rop) &&
	       (!blt->has_source || !rop_uses_source(blt->rop));
}

/* Source as it is, all of it: neither arithmetic nor a mask. */
static bool is_copy(const struct blt *blt)
{
	return blt->rop == ROP_SRCCOPY && blt->has_source && !~blt->mask;
}

static int one_row(struct hsw *hsw, int32_t row, bool filled, uint32_t *bad)
{
	struct blt *blt = &hsw->blt;
	uint64_t *src = hsw->blt.row_src, *dst = hsw->blt.row_dst;
	uint64_t mask = twice(blt->mask);
	bool copy = is_copy(blt);
	int err;

	if (copy && !blt->overlap && blt->dst.tiling == TILING_NONE &&
	    blt->src.tiling == TILING_NONE)
		return row_direct(hsw, row, bad);

	if (!filled && blt->has_source && (copy || rop_uses_source(blt->rop))) {
		err = surface_row(hsw, blt->space, &blt->src, blt->src.y + row,
				  (uint8_t *)src, blt->width, SURFACE_READ, bad);
		if (err)
			return err;
	}
	if (!filled && !copy) {
		if (~mask || rop_uses_dest(blt->rop)) {
			err = surface_row(hsw, blt->space, &blt->dst,
					  blt->dst.y + row, (uint8_t *)dst,
					  blt->width, SURFACE_READ, bad);
			if (err)
				return err;
		}
		rop_row(blt->rop, twice(blt->color),
			blt->has_source ? src : NULL, dst,
			(blt->width + 7) / 8, mask);
	}
	return surface_row(hsw, blt->space, &blt->dst, blt->dst.y + row,
			   (uint8_t *)(copy ? src : dst), blt->width,
			   SURFACE_WRITE, bad);
}

/* ------------------------------------------------------------------ */
/* Blocks: pieces of at most a tile, if one of the surfaces is tiled. */

static bool by_blocks(const struct blt *blt)
{
	return !blt->overlap && (blt->dst.tiling != TILING_NONE ||
				 (blt->has_source &&
				  blt->src.tiling != TILING_NONE));
}

/* The surface by whose tiles the job is cut into blocks. */
static const struct surface *cut_by(const struct blt *blt)
{
	return blt->dst.tiling != TILING_NONE ? &blt->dst : &blt->src;
}

/* A whole tile at both ends. */
static bool whole_tiles(const struct blt *blt, const struct block *b)
{
	const struct surface *d = &blt->dst, *s = &blt->src;
	uint32_t w = tile_width(d->tiling), h = tile_height(d->tiling);

	return d->tiling == s->tiling && b->width == w && b->rows == h &&
	       !((s->x + b->x) % (int32_t)w) && !((s->y + b->y) % (int32_t)h);
}

static int one_block(struct hsw *hsw, const struct block *b, bool filled,
		     uint32_t *bad)
{
	struct blt *blt = &hsw->blt;
	uint64_t *src = blt->row_src, *dst = blt->row_dst;
	uint32_t stride = (b->width + 7) & ~7u;
	uint64_t mask = twice(blt->mask);
	bool copy = is_copy(blt);
	int err;

	if (copy && whole_tiles(blt, b))
		return surface_tile(hsw, blt->space, &blt->dst, blt->dst.x + b->x,
				    blt->dst.y + b->y, &blt->src,
				    blt->src.x + b->x, blt->src.y + b->y, bad);
	if (filled)		/* all rows are the one that blt_step() made */
		return surface_block(hsw, blt->space, &blt->dst, b,
				     (uint8_t *)dst, 0, SURFACE_WRITE, bad);
	if (blt->has_source && (copy || rop_uses_source(blt->rop))) {
		err = surface_block(hsw, blt->space, &blt->src, b, (uint8_t *)src,
				    stride, SURFACE_READ, bad);
		if (err)
			return err;
	}
	if (!copy) {
		if (~mask || rop_uses_dest(blt->rop)) {
			err = surface_block(hsw, blt->space, &blt->dst, b,
					    (uint8_t *)dst, stride,
					    SURFACE_READ, bad);
			if (err)
				return err;
		}
		rop_row(blt->rop, twice(blt->color), blt->has_source ? src : NULL,
			dst, (size_t)stride / 8 * b->rows, mask);
	}
	return surface_block(hsw, blt->space, &blt->dst, b,
			     (uint8_t *)(copy ? src : dst), stride,
			     SURFACE_WRITE, bad);
}

/* Rows from `row` on that are in the same tiles, and not too much for one step. */
static uint32_t band_rows(const struct blt *blt, uint32_t row)
{
	const struct surface *s = cut_by(blt);
	uint32_t h = tile_height(s->tiling), most = BLT_STEP_BYTES / blt->width;
	uint32_t rows = h - (s->y + row) % h;

	if (rows > blt->rows - row)
		rows = blt->rows - row;
	if (rows > most)
		rows = most ? most : 1;
	return rows;
}

static int one_band(struct hsw *hsw, uint32_t row, uint32_t rows, bool filled,
		    uint32_t *bad)
{
	const struct surface *s = cut_by(&hsw->blt);
	uint32_t w = tile_width(s->tiling);
	struct block b = { .y = row, .width = hsw->blt.width, .rows = rows };
	int err;

	if (is_copy(&hsw->blt) && (hsw->blt.dst.tiling == TILING_NONE ||
				   hsw->blt.src.tiling == TILING_NONE))
		return surface_convert(hsw, hsw->blt.space, &hsw->blt.dst,
				       &hsw->blt.src, &b, bad);
	for (b.x = 0; b.x < (int32_t)hsw->blt.width; b.x += b.width) {
		b.width = w - (s->x + b.x) % w;
		if (b.width > hsw->blt.width - b.x)
			b.width = hsw->blt.width - b.x;
		err = one_block(hsw, &b, filled, bad);
		if (err)
			return err;
	}
	return 0;
}

int blt_step(struct hsw *hsw)
{
	struct blt *blt = &hsw->blt;
	bool filled = is_fill(blt);
	const uint32_t cost = blt->width > BLT_STEP_ROW ? blt->width :
							  BLT_STEP_ROW;
	uint64_t work = 0;
	uint32_t bad = 0;

	if (filled)
		rop_row(blt->rop, twice(blt->color), NULL, hsw->blt.row_dst,
			(blt->width + 7) / 8, ~0ull);
	while (blt->done < blt->rows && work < BLT_STEP_BYTES) {
		uint32_t row = blt->backwards ? blt->rows - 1 - blt->done :
						blt->done;
		uint32_t rows = by_blocks(blt) ? band_rows(blt, row) : 1;
		int err;

		if (by_blocks(blt))
			err = one_band(hsw, row, rows, filled, &bad);
		else
			err = one_row(hsw, row, filled, &bad);
		if (err) {
			log_guest_error(hsw, "%s %s at 0x%08x: row %u: no page behind graphics address 0x%08x of the %s",
					engine_name[BCS], blt->name, blt->at, row,
					bad, blt->space == GTT_PPGTT ? "PPGTT" :
							       "global GTT");
			return err;
		}
		blt->done += rows;
		hsw->stats.blit_bytes += (uint64_t)blt->width * rows;
		work += (uint64_t)cost * rows;
	}
	return blt->done < blt->rows;
}

void blt_reset(struct hsw *hsw)
{
	hsw->blt.clip_tl = 0;
	hsw->blt.clip_br = 0;
}
