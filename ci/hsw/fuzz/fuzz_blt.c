// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blitter, against a model that does one pixel at a time, out of a copy of
 * memory, with address arithmetic of its own.
 *
 * An input is one XY_COLOR_BLT or XY_SRC_COPY_BLT:
 * u8 copy (bit 0), clipped (bit 1), tiling of destination (bits 3:2) and source
 *    (bits 5:4): linear, X, Y, linear with a negative pitch; PPGTT off (bit 6)
 * u8 raster operation
 * u8 depth (bits 1:0), write masks (bits 3:2), where the surfaces are (bits 7:4)
 * u8 pitches (3:0 destination, 7:4 source)
 * i8 x1, y1; u8 width, height; i8 source x, y; i8 clip x1, y1, x2, y2
 * u32 color
 */
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All happens here, in the middle of FZ_NOISE: surfaces begin in a third of it. */
#define AREA		(FZ_NOISE + 0x40000)
#define AREA_SIZE	0x20000

enum layout { LINEAR, X, Y, UPWARDS };

struct plane {
	enum layout layout;
	uint32_t base;			/* offset in the area */
	int32_t pitch;			/* bytes */
};

static uint8_t want[AREA_SIZE];
static bool outside;			/* the model left the area */
static uint8_t touched[AREA_SIZE];	/* 1: read, 2: written */

static const uint8_t *before(void)
{
	return fz_clean_memory() + AREA;
}

/* Offset in the area of byte x of row y. */
static int64_t place(const struct plane *s, int32_t x, int32_t y)
{
	int64_t tile;

	switch (s->layout) {
	case X:
		tile = y / 8 * (s->pitch / 512) + x / 512;
		return s->base + tile * 4096 + y % 8 * 512 + x % 512;
	case Y:
		tile = y / 32 * (s->pitch / 128) + x / 128;
		return s->base + tile * 4096 + x % 128 / 16 * 512 + y % 32 * 16 +
		       x % 16;
	default:
		return (int64_t)s->base + (int64_t)y * s->pitch + x;
	}
}

static uint32_t load(const struct plane *s, int32_t x, int32_t y,
		     unsigned int cpp, uint8_t mark)
{
	uint32_t v = 0;
	unsigned int i;

	for (i = 0; i < cpp; i++) {
		int64_t at = place(s, x * (int32_t)cpp + i, y);

		if (at < 0 || at >= AREA_SIZE) {
			outside = true;
			return 0;
		}
		v |= (uint32_t)before()[at] << 8 * i;
		touched[at] |= mark;
	}
	return v;
}

static void store(const struct plane *s, int32_t x, int32_t y,
		  unsigned int cpp, uint32_t v)
{
	unsigned int i;

	for (i = 0; i < cpp; i++) {
		int64_t at = place(s, x * (int32_t)cpp + i, y);

		if (at < 0 || at >= AREA_SIZE) {
			outside = true;
			return;
		}
		want[at] = v >> 8 * i;
		touched[at] |= 2;
	}
}

/*
 * Only surfaces that are laid out alike may overlap: for others there is no order of
 * rows in which nothing is written before it is read.
 */
static bool overlap(void)
{
	return memchr(touched, 3, AREA_SIZE);
}

static uint32_t pixel(uint8_t rop, uint32_t p, uint32_t s, uint32_t d)
{
	uint32_t r = 0;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		unsigned int row = (p >> bit & 1) * 4 + (s >> bit & 1) * 2 +
				   (d >> bit & 1);

		r |= (uint32_t)(rop >> row & 1) << bit;
	}
	return r;
}

static struct plane plane(enum layout layout, uint8_t where, uint8_t pitch)
{
	static const int32_t unit[] = { 36, 512, 128, -36 };
	struct plane s = {
		.layout = layout,
		.base = AREA_SIZE / 4 + where % 4 * 0x1000,
		.pitch = unit[layout] * (pitch % 16 + 1),
	};

	if (layout == LINEAR || layout == UPWARDS)
		s.base += where * 52;
	if (layout == UPWARDS)
		s.base += 0x8000;
	return s;
}

static uint32_t xy(int32_t x, int32_t y)
{
	return (uint32_t)y << 16 | (x & 0xffff);
}

static uint32_t pitch_field(const struct plane *s)
{
	return (s->layout == X || s->layout == Y ? s->pitch / 4 : s->pitch) &
	       0xffff;
}

static bool tiled(const struct plane *s)
{
	return s->layout == X || s->layout == Y;
}

static void emit(uint32_t *tail, const uint32_t *dw, unsigned int n)
{
	memcpy(fz_ram + FZ_RING(BCS) + *tail, dw, 4 * n);
	*tail += 4 * n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int cpps[] = { 1, 2, 2, 4 };
	struct fz_in in = { data, data + size };
	uint8_t what = fz_u8(&in), rop = fz_u8(&in), how = fz_u8(&in);
	uint8_t pitches = fz_u8(&in);
	struct plane dst = plane(what >> 2 & 3, how >> 4 & 3, pitches);
	struct plane src = plane(what >> 4 & 3, how >> 6, pitches >> 4);
	unsigned int depth = how & 3, cpp = cpps[depth];
	int32_t x1 = (int8_t)fz_u8(&in), y1 = (int8_t)fz_u8(&in);
	int32_t x2 = x1 + fz_u8(&in) % 80, y2 = y1 + fz_u8(&in) % 80;
	int32_t sx = (int8_t)fz_u8(&in), sy = (int8_t)fz_u8(&in);
	int32_t cx1 = (int8_t)fz_u8(&in), cy1 = (int8_t)fz_u8(&in);
	int32_t cx2 = (int8_t)fz_u8(&in), cy2 = (int8_t)fz_u8(&in);
	uint32_t color = fz_u32(&in), masks = (how >> 2 & 3) << 20, mask = ~0u;
	uint32_t base = what & 0x40 ? AREA : FZ_PP + AREA, tail = 0;
	bool copy = what & 1, clip = what & 2;
	int32_t x, y;

	if (size < 14 || size > 64)
		return -1;
	/* Negative coordinates are for linear surfaces. */
	if (tiled(&dst) && (x1 < 0 || y1 < 0))
		return -1;
	if (copy && tiled(&src) && (sx < 0 || sy < 0))
		return -1;

	/* Rows of the destination that lie in each other. */
	if ((tiled(&dst) ? x2 : x2 - x1) * (int32_t)cpp >
	    (dst.pitch < 0 ? -dst.pitch : dst.pitch))
		return -1;

	fz_reset();
	memcpy(want, before(), AREA_SIZE);
	outside = false;
	memset(touched, 0, AREA_SIZE);
	if (cpp == 4)
		mask = (masks & 1 << 21 ? 0xff000000 : 0) |
		       (masks & 1 << 20 ? 0x00ffffff : 0);
	for (y = y1; y < y2; y++)
		for (x = x1; x < x2; x++) {
			uint32_t d, s = 0;

			if (clip && (x < cx1 || x >= cx2 || y < cy1 || y >= cy2))
				continue;
			if (copy)
				s = load(&src, sx + x - x1, sy + y - y1, cpp, 1);
			d = load(&dst, x, y, cpp, 0);
			store(&dst, x, y, cpp, (d & ~mask) | (mask &
			      pixel(rop, copy ? 0 : color, s, d)));
		}
	if (outside)
		return -1;
	if (copy && overlap() && (dst.layout != src.layout ||
				  dst.pitch != src.pitch ||
				  (tiled(&dst) && dst.base != src.base)))
		return -1;
	/* Nor when rows of the source go on in other rows. */
	if (copy && overlap() && (tiled(&src) ? sx + x2 - x1 : x2 - x1) *
	    (int32_t)cpp > (src.pitch < 0 ? -src.pitch : src.pitch))
		return -1;

	if (what & 0x40)
		mmio_write(fz_hsw, engine_base[BCS] + RING_GFX_MODE,
			   GFX_PPGTT_ENABLE << 16);
	emit(&tail, (uint32_t[]){ 0x11000001, 0x22200, 0x30000 |
		(dst.layout == Y ? 2 : 0) | (src.layout == Y ? 1 : 0) }, 3);
	emit(&tail, (uint32_t[]){ 0x40c00001, xy(cx1, cy1), xy(cx2, cy2) }, 3);
	if (copy)
		emit(&tail, (uint32_t[]){ 0x54c00006 | masks |
			(tiled(&dst) ? 1 << 11 : 0) | (tiled(&src) ? 1 << 15 : 0),
			depth << 24 | (uint32_t)rop << 16 | (clip ? 1 << 30 : 0) |
			pitch_field(&dst), xy(x1, y1), xy(x2, y2),
			base + dst.base, xy(sx, sy), pitch_field(&src),
			base + src.base }, 8);
	else
		emit(&tail, (uint32_t[]){ 0x54000004 | masks |
			(tiled(&dst) ? 1 << 11 : 0),
			depth << 24 | (uint32_t)rop << 16 | (clip ? 1 << 30 : 0) |
			pitch_field(&dst), xy(x1, y1), xy(x2, y2),
			base + dst.base, color }, 6);
	mmio_write(fz_hsw, engine_base[BCS] + RING_TAIL, tail);
	fz_run(40);
	FZ_MUST(!fz_hsw->ring[BCS].hung && ring_idle(&fz_hsw->ring[BCS]));
	FZ_MUST(!memcmp(fz_ram + AREA, want, AREA_SIZE));
	return 0;
}
