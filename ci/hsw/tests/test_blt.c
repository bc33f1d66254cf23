// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blitter against a model that does one pixel at a time, with its own
 * address arithmetic, from a snapshot of memory.
 */
#include "fixture.h"

#include <time.h>

#include "rop.h"

#define AREA	SCRATCH			/* blits happen here... */
#define AREA_SIZE (2 * MIB)		/* ...and nowhere else */
#define B0	(AREA + AREA_SIZE)
#define ALPHA	BIT(21)
#define RGB	BIT(20)
#define SRC_T	BIT(15)
#define DST_T	BIT(11)
#define CLIP	BIT(30)

static uint8_t *before, *want;		/* copies of the area */

struct surf {
	uint32_t base;			/* offset in the area */
	int32_t pitch;			/* bytes */
	char tiling;			/* 'L', 'X', 'Y' */
};

/* The PRM's pictures once more; x in bytes. */
static int64_t place(const struct surf *s, int64_t x, int64_t y)
{
	int64_t tile;

	switch (s->tiling) {
	case 'X':
		tile = y / 8 * (s->pitch / 512) + x / 512;
		return s->base + tile * 4096 + y % 8 * 512 + x % 512;
	case 'Y':
		tile = y / 32 * (s->pitch / 128) + x / 128;
		return s->base + tile * 4096 + x % 128 / 16 * 512 +
		       y % 32 * 16 + x % 16;
	default:
		return s->base + y * s->pitch + x;
	}
}

/* In the PPGTT neighbouring pages are exchanged. */
static uint64_t area(int64_t off)
{
	return off ^ GTT_PAGE;
}

static uint32_t get_pixel(const uint8_t *mem, const struct surf *s, int64_t x,
			  int64_t y, unsigned int cpp)
{
	uint32_t v = 0;
	unsigned int i;

	for (i = 0; i < cpp; i++)
		v |= (uint32_t)mem[area(place(s, x * cpp + i, y))] << 8 * i;
	return v;
}

static void put_pixel(uint8_t *mem, const struct surf *s, int64_t x, int64_t y,
		      unsigned int cpp, uint32_t v)
{
	unsigned int i;

	for (i = 0; i < cpp; i++)
		mem[area(place(s, x * cpp + i, y))] = v >> 8 * i;
}

struct op {
	struct surf dst, src;
	bool copy, clip;
	uint8_t rop;
	unsigned int depth;		/* field: 0 to 3 */
	uint32_t dw0;			/* mask bits */
	int x1, y1, x2, y2, sx, sy;
	int cx1, cy1, cx2, cy2;
	uint32_t color;
};

static const unsigned int cpps[4] = { 1, 2, 2, 4 };

static void model(const struct op *op)
{
	unsigned int cpp = cpps[op->depth], bit;
	uint32_t mask = ~0u;
	int x, y;

	if (cpp == 4)
		mask = (op->dw0 & ALPHA ? 0xff000000 : 0) |
		       (op->dw0 & RGB ? 0xffffff : 0);
	for (y = op->y1; y < op->y2; y++) {
		for (x = op->x1; x < op->x2; x++) {
			uint32_t d, s = 0, r = 0;

			if (op->clip && (x < op->cx1 || x >= op->cx2 ||
					 y < op->cy1 || y >= op->cy2))
				continue;
			d = get_pixel(before, &op->dst, x, y, cpp);
			if (op->copy)
				s = get_pixel(before, &op->src,
					      op->sx + x - op->x1,
					      op->sy + y - op->y1, cpp);
			for (bit = 0; bit < 8 * cpp; bit++) {
				unsigned int i = (d >> bit & 1) |
						 (s >> bit & 1) << 1;

				if (!op->copy)
					i |= (op->color >> bit & 1) << 2;
				r |= (op->rop >> i & 1u) << bit;
			}
			put_pixel(want, &op->dst, x, y, cpp,
				  (r & mask) | (d & ~mask));
		}
	}
}

static uint32_t xy(int x, int y)
{
	return (uint32_t)(y & 0xffff) << 16 | (x & 0xffff);
}

static uint32_t pitch_field(const struct surf *s)
{
	return (s->tiling == 'L' ? s->pitch : s->pitch / 4) & 0xffff;
}

/* True if the device does as the model does, to the last byte. */
static bool same(const struct op *op)
{
	uint32_t swctrl = (op->dst.tiling == 'Y' ? BCS_DST_Y : 0) |
			  (op->src.tiling == 'Y' ? BCS_SRC_Y : 0);
	uint32_t dw1 = op->depth << 24 | (uint32_t)op->rop << 16 |
		       (op->clip ? CLIP : 0) | pitch_field(&op->dst);
	uint32_t dw0 = op->dw0 | (op->dst.tiling != 'L' ? DST_T : 0);
	bool ran;

	memcpy(before, ram + AREA, AREA_SIZE);
	memcpy(want, before, AREA_SIZE);
	model(op);
	EMIT(BCS, 0x11000001, BCS_SWCTRL, 0x30000 | swctrl);
	EMIT(BCS, 0x40c00001, xy(op->cx1, op->cy1), xy(op->cx2, op->cy2));
	if (op->copy)
		ran = RUN(BCS, 0x54c00006 | dw0 |
			  (op->src.tiling != 'L' ? SRC_T : 0), dw1,
			  xy(op->x1, op->y1), xy(op->x2, op->y2),
			  PP + AREA + op->dst.base, xy(op->sx, op->sy),
			  pitch_field(&op->src), PP + AREA + op->src.base);
	else
		ran = RUN(BCS, 0x54000004 | dw0, dw1, xy(op->x1, op->y1),
			  xy(op->x2, op->y2), PP + AREA + op->dst.base,
			  op->color);
	return ran && !memcmp(want, ram + AREA, AREA_SIZE);
}

static void noise(void)
{
	uint32_t i;

	for (i = 0; i < AREA_SIZE; i += 4)
		*ram32(AREA + i) = rnd() << 16 ^ rnd();
}

static const struct surf
	lin_a = { 0x1230, 1000, 'L' }, lin_b = { 0x80000, 516, 'L' },
	neg_a = { 0x40000, -1000, 'L' },
	x_a = { 0x1000, 1024, 'X' }, x_b = { 0x81000, 512, 'X' },
	y_a = { 0x2000, 640, 'Y' }, y_b = { 0x82000, 512, 'Y' };

static void rops(bool copy)
{
	unsigned int rop, bad = 0;

	for (rop = 0; rop < 256; rop++) {
		struct op op = {
			.dst = lin_a, .src = lin_b, .copy = copy, .rop = rop,
			.depth = 3, .dw0 = ALPHA | RGB, .x1 = 3, .y1 = 5,
			.x2 = 36, .y2 = 9, .sx = 7, .sy = 1, .color = rnd(),
		};

		bad += !same(&op);
	}
	ok(!bad, "%s: all 256 raster operations",
	   copy ? "XY_SRC_COPY" : "XY_COLOR");
}

static void depths(void)
{
	static const uint32_t masks[] = { 0, RGB, ALPHA, ALPHA | RGB };
	static const uint8_t some[] = { 0x00, 0xcc, 0xf0, 0xff, 0x5a, 0x66,
					0x99, 0x88 };
	unsigned int depth, m, r, copy, bad = 0;

	for (depth = 0; depth < 4; depth++)
		for (m = 0; m < ARRAY_SIZE(masks); m++)
			for (r = 0; r < ARRAY_SIZE(some); r++)
				for (copy = 0; copy < 2; copy++) {
					struct op op = {
						.dst = lin_a, .src = lin_b,
						.copy = copy, .rop = some[r],
						.depth = depth, .dw0 = masks[m],
						.x1 = 1, .y1 = 2, .x2 = 70,
						.y2 = 6, .sx = 3, .sy = 4,
						.color = rnd(),
					};

					bad += !same(&op);
				}
	ok(!bad, "8, 565, 1555 and 32 bpp under each write mask");
}

static void tilings(void)
{
	static const struct surf *const dst[] = { &lin_a, &x_a, &y_a, &neg_a };
	static const struct surf *const src[] = { &lin_b, &x_b, &y_b };
	unsigned int d, s, n, bad;

	for (d = 0; d < ARRAY_SIZE(dst); d++) {
		for (s = 0; s < ARRAY_SIZE(src); s++) {
			for (n = bad = 0; n < 12; n++) {
				struct op op = {
					.dst = *dst[d], .src = *src[s],
					.copy = true,
					.rop = n & 1 ? 0x66 : ROP_SRCCOPY,
					.depth = n % 4, .dw0 = ALPHA | RGB,
					.x1 = rnd() % 40, .y1 = rnd() % 40,
					.sx = rnd() % 40, .sy = rnd() % 40,
				};

				op.x2 = op.x1 + rnd() % 80;
				op.y2 = op.y1 + rnd() % 80;
				bad += !same(&op);
			}
			ok(!bad, "copy: %c to %c, pitch %d", src[s]->tiling,
			   dst[d]->tiling, dst[d]->pitch);
		}
		for (n = bad = 0; n < 8; n++) {
			struct op op = {
				.dst = *dst[d], .src = lin_b, .rop = 0xf0,
				.depth = n % 4, .dw0 = ALPHA | RGB,
				.x1 = rnd() % 40, .y1 = rnd() % 40,
				.color = rnd() << 16 ^ rnd(),
			};

			op.x2 = op.x1 + rnd() % 80;
			op.y2 = op.y1 + rnd() % 80;
			bad += !same(&op);
		}
		ok(!bad, "fill: %c, pitch %d", dst[d]->tiling, dst[d]->pitch);
	}
}

static void clipping(void)
{
	unsigned int n, bad = 0, empty = 0;

	for (n = 0; n < 200; n++) {
		struct op op = {
			.dst = n & 2 ? x_a : lin_a, .src = n & 4 ? y_b : lin_b,
			.copy = n & 1, .clip = true, .rop = n & 1 ? 0xcc : 0xf0,
			.depth = n % 4, .dw0 = ALPHA | RGB,
			.x1 = rnd() % 60, .y1 = rnd() % 60,
			.cx1 = rnd() % 60, .cy1 = rnd() % 60,
			.sx = rnd() % 30, .sy = rnd() % 30, .color = rnd(),
		};

		op.x2 = op.x1 + rnd() % 50;
		op.y2 = op.y1 + rnd() % 50;
		op.cx2 = op.cx1 + rnd() % 50;
		op.cy2 = op.cy1 + rnd() % 50;
		bad += !same(&op);
		empty += !memcmp(before, want, AREA_SIZE);
	}
	ok(!bad && empty && empty < n, "clipping: %u rectangles, %u vanish", n,
	   empty);
}

/* Moves of one surface onto itself in all eight directions and more. */
static void overlap(const struct surf *s, unsigned int depth)
{
	unsigned int n, bad = 0;

	for (n = 0; n < 60; n++) {
		struct op op = {
			.dst = *s, .src = *s, .copy = true,
			.rop = n % 5 ? 0xcc : 0x66, .depth = depth,
			.dw0 = ALPHA | RGB, .x1 = 20, .y1 = 20, .x2 = 90,
			.y2 = 90, .sx = 20 + rnd() % 21 - 10,
			.sy = 20 + rnd() % 21 - 10,
		};

		if (n % 3 == 0)
			op.sy = 20;
		if (n % 7 == 0)
			op.sx = 20;
		bad += !same(&op);
	}
	ok(!bad, "overlap: %c, pitch %d, %u bpp", s->tiling, s->pitch,
	   cpps[depth] * 8);
}

/* Linear surfaces whose bases differ, but which share memory. */
static void overlap_bases(void)
{
	unsigned int n, bad = 0;

	for (n = 0; n < 60; n++) {
		struct op op = {
			.dst = lin_a, .src = lin_a, .copy = true, .rop = 0xcc,
			.depth = 3, .dw0 = ALPHA | RGB, .x1 = 0, .y1 = 0,
			.x2 = 200, .y2 = 60,
		};

		op.dst.base = 0x10000;
		op.src.base = 0x10000 + 4 * (int)(rnd() % 4001 - 2000);
		if (n & 1) {
			op.dst.pitch = -1000;
			op.src.pitch = -1000;
			op.dst.base += 60000;
			op.src.base += 60000;
		}
		bad += !same(&op);
	}
	ok(!bad, "overlap: different bases, both signs of pitch");
}

static void flat(void)
{
	unsigned int i, bad = 0, x;

	/* COLOR_BLT: 100 bytes by 7 rows, pitch 300. */
	noise();
	memcpy(want, ram + AREA, AREA_SIZE);
	for (i = 0; i < 7; i++)
		for (x = 0; x < 100; x++)
			want[area(0x1800 + i * 300 + x)] =
				0xa1b2c3d4u >> 8 * (x % 4);
	ok(RUN(BCS, 0x50300003, 0x03f0012c, 7 << 16 | 100, PP + AREA + 0x1800,
	       0xa1b2c3d4) && !memcmp(want, ram + AREA, AREA_SIZE),
	   "COLOR_BLT, 32 bpp");
	noise();
	memcpy(want, ram + AREA, AREA_SIZE);
	for (i = 0; i < 5; i++)
		for (x = 0; x < 33; x++)
			want[area(0x4000 - i * 100 + x)] = 0x5a;
	ok(RUN(BCS, 0x50000003, 0x00f00000 | (-100 & 0xffff), 5 << 16 | 33,
	       PP + AREA + 0x4000, 0x5a) &&
	   !memcmp(want, ram + AREA, AREA_SIZE),
	   "COLOR_BLT, 8 bpp, negative pitch, no mask needed");

	/* SRC_COPY_BLT: 333 bytes by 11 rows. */
	noise();
	memcpy(want, ram + AREA, AREA_SIZE);
	for (i = 0; i < 11; i++)
		for (x = 0; x < 333; x++)
			want[area(0x2000 + i * 400 + x)] =
				ram[AREA + area(0x9001 + i * 350 + x)];
	ok(RUN(BCS, 0x50c00004, 0x00cc0190, 11 << 16 | 333, PP + AREA + 0x2000,
	       350, PP + AREA + 0x9001) &&
	   !memcmp(want, ram + AREA, AREA_SIZE), "SRC_COPY_BLT");
	/* The same right to left: addresses are those of the last byte. */
	noise();
	memcpy(want, ram + AREA, AREA_SIZE);
	for (i = 0; i < 11; i++)
		for (x = 0; x < 333; x++)
			want[area(0x2000 + i * 400 + x)] =
				ram[AREA + area(0x9001 + i * 350 + x)];
	ok(RUN(BCS, 0x50c00004, 0x40cc0190, 11 << 16 | 333,
	       PP + AREA + 0x2000 + 332, 350, PP + AREA + 0x9001 + 332) &&
	   !memcmp(want, ram + AREA, AREA_SIZE),
	   "SRC_COPY_BLT, X direction backwards");

	/* Scrolling up and down, direction programmed by the pitch. */
	noise();
	memcpy(want, ram + AREA, AREA_SIZE);
	for (i = 0; i < 40; i++)
		for (x = 0; x < 256; x++)
			want[area(0x2000 + (i + 3) * 256 + x)] =
				ram[AREA + area(0x2000 + i * 256 + x)];
	ok(RUN(BCS, 0x50c00004, 0x00cc0000 | (-256 & 0xffff), 40 << 16 | 256,
	       PP + AREA + 0x2000 + 42 * 256, -256 & 0xffff,
	       PP + AREA + 0x2000 + 39 * 256) &&
	   !memcmp(want, ram + AREA, AREA_SIZE),
	   "SRC_COPY_BLT, overlapping, bottom row first");

	for (i = 0; i < 4; i++) {
		uint32_t w = i ? 0 : 64, h = i == 1 ? 4 : i == 2 ? 0 : 4;

		memcpy(want, ram + AREA, AREA_SIZE);
		if (!i)
			continue;
		bad += !RUN(BCS, 0x50300003, 0x03f00100, h << 16 | w,
			    PP + AREA, 1);
		bad += memcmp(want, ram + AREA, AREA_SIZE) != 0;
	}
	ok(!bad, "no width or no height: nothing is written");
}

static void spaces(void)
{
	/* With the PPGTT off, blits use the global GTT. */
	reg(BCS, RING_GFX_MODE, GFX_PPGTT_ENABLE << 16);
	*ram32(AREA) = 0;
	ok(RUN(BCS, 0x54300004, 0x03f00400, 0, xy(1, 1), AREA, 0x12345678) &&
	   get32(AREA) == 0x12345678, "PPGTT off: global addresses");
	ring_up(BCS);
	/* From a batch in the global GTT they still use the PPGTT. */
	PUT(B0, 0x54300004, 0x03f00400, 0, xy(1, 1), PP + AREA, 0x9abcdef0,
	    0x05000000);
	ok(RUN(BCS, 0x18800000, B0) && get32(AREA + area(0)) == 0x9abcdef0,
	   "PPGTT on: PPGTT addresses, wherever the batch lies");
}

static void refusals(void)
{
	uint64_t skipped = hsw->stats.n_skipped, errors;
	const uint32_t d = PP + AREA;

	ok(HANGS(BCS, 0x54f00005, 0, 0, 0, 0, 0, 0), "wrong length hangs");
	ok(HANGS(BCS, 0x54f00806, 0x03cc0100 / 4 * 4 + 1, 0, xy(8, 8), d, 0,
		 1024, d), "tiled pitch that is no multiple hangs");
	ok(HANGS(BCS, 0x54f00806, 0x03cc8000, 0, xy(8, 8), d, 0, 1024, d),
	   "negative tiled pitch hangs");
	ok(HANGS(BCS, 0x54f00806, 0x03cc0080, 0, xy(8, 8), d + 64, 0, 1024, d),
	   "misaligned tiled base hangs");
	ok(HANGS(BCS, 0x54f08006, 0x03cc0400, 0, xy(8, 8), d, xy(-1, 0), 128,
		 d), "negative tiled coordinate hangs");
	ok(HANGS(BCS, 0x54300004, 0x03f00400, xy(0, -1), xy(8, 8), 0, 1),
	   "rectangle below address 0 hangs");
	ok(HANGS(BCS, 0x54300004, 0x03f07ffc, 0, xy(8, 32767), 0xf8000000, 1),
	   "rectangle beyond 4 GiB hangs");
	ok(HANGS(BCS, 0x54300004, 0x03f00400, 0, xy(8, 8), PP + RAM_SIZE, 1),
	   "destination without a page hangs");
	ok(HANGS(BCS, 0x54f00006, 0x03cc0400, 0, xy(8, 8), d, 0, 1024,
		 PP + RAM_SIZE), "source without a page hangs");
	memcpy(want, ram + AREA, AREA_SIZE);
	errors = hsw->stats.guest_errors;
	ok(RUN(BCS, 0x55400007, 0, 0, 0, d, 0, 0, d, 0) &&
	   !memcmp(want, ram + AREA, AREA_SIZE) &&
	   hsw->stats.guest_errors == errors + 1 &&
	   hsw->stats.n_skipped == skipped + 1,
	   "XY_FULL_BLT is refused: logged, counted, stepped over");
	ok(RUN(RCS, 0x54300004, 0x03f00400, 0, xy(8, 8), d, 1) &&
	   !memcmp(want, ram + AREA, AREA_SIZE),
	   "no blits on the render engine");
}

/* Several tiles in each direction: rows and columns that match, or do not. */
static void whole_tiles(void)
{
	static const struct {
		struct surf dst, src;
	} t[] = {
		{ { 0x2000, 1536, 'X' }, { 0x82000, 2048, 'X' } },
		{ { 0x2000, 640, 'Y' }, { 0x82000, 512, 'Y' } },
		{ { 0x2000, 1536, 'X' }, { 0x82000, 512, 'Y' } },
	};
	static const struct {
		int x, y;
	} off[] = { { 0, 0 }, { 0, 3 }, { 4, 0 }, { 0, 32 }, { 32, 0 }, { 1, 1 } };
	unsigned int i, d, s, bad;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		for (d = bad = 0; d < ARRAY_SIZE(off); d++) {
			for (s = 0; s < ARRAY_SIZE(off); s++) {
				struct op op = {
					.dst = t[i].dst, .src = t[i].src,
					.copy = true, .rop = ROP_SRCCOPY,
					.depth = 3, .dw0 = ALPHA | RGB,
					.x1 = off[d].x, .y1 = off[d].y,
					.x2 = off[d].x + 96, .y2 = off[d].y + 70,
					.sx = off[s].x, .sy = off[s].y,
				};

				if (t[i].dst.tiling == 'X')
					op.x2 += 160;
				bad += !same(&op);
			}
		}
		ok(!bad, "whole tiles: %c to %c, each where it is and moved",
		   t[i].src.tiling, t[i].dst.tiling);
	}
}

/* Tall and one byte wide: as many rows of work as of bytes. */
static void thin(void)
{
	EMIT(BCS, 0x54000004, 0x00f00100, 0, xy(1, 8192), PP + AREA, 0x5a);
	page_cache_flush(&hsw->pages);
	atomic_store(&hsw->sched.waiting, 1);
	cs_pass(hsw);
	cs_pass(hsw);
	ok(hsw->ring[BCS].blitting && hsw->blt.done && hsw->blt.done <= 1024,
	   "a step is bounded for thin rows, too: %u rows", hsw->blt.done);
	atomic_store(&hsw->sched.waiting, 0);
	run();
	ok(ring_idle(&hsw->ring[BCS]) && ram[AREA + area(8191 * 256)] == 0x5a,
	   "and all of them are done");
}

static void long_copy(void)
{
	struct ring *ring = &hsw->ring[BCS];
	const uint32_t rows = 4096, pitch = 4096;
	uint32_t i, bad = 0;

	/* 16 MiB in pieces: a reset in the middle ends it. */
	for (i = 0; i < rows * pitch; i += 4)
		*ram32(AREA + i) = i;
	memset(ram + 0x2000000, 0, rows * pitch);
	EMIT(BCS, 0x54f00006, 0x03cc0000 | pitch, 0, xy(1024, rows),
	     PP + 0x2000000, 0, pitch, PP + AREA);
	page_cache_flush(&hsw->pages);
	/* As the GPU thread would find it with the socket thread waiting. */
	atomic_store(&hsw->sched.waiting, 1);
	ok(cs_pass(hsw) && ring->blitting && !hsw->blt.done,
	   "lock wanted: the command is taken, and no more");
	ok(cs_pass(hsw) && ring->blitting &&
	   hsw->blt.done == BLT_STEP_BYTES / pitch,
	   "lock wanted: then one step, bounded");
	atomic_store(&hsw->sched.waiting, 0);
	/* The guest moves a page between two steps. */
	hsw->gtt.pte[0] = hsw->gtt.pte[0];
	ram32(TABLES + (0x2000000u >> 22) * GTT_PAGE)[200] =
		pte_of(RAM_GPA + 0x3800000);
	page_cache_flush(&hsw->pages);
	memset(ram + 0x3800000, 0, GTT_PAGE);
	while (ring->blitting)
		bad += !cs_pass(hsw) && ring->blitting;
	for (i = 0; i < GTT_PAGE; i += 4)
		bad += get32(0x3800000 + i) !=
		       get32(AREA + ((200 * GTT_PAGE) ^ GTT_PAGE) + i);
	ok(!bad, "a page that moved meanwhile is found in its new place");
	map_all();

	revive(BCS);
	memset(ram + 0x2000000, 0, rows * pitch);
	EMIT(BCS, 0x54f00006, 0x03cc1000, 0, xy(1024, rows), PP + 0x2000000, 0,
	     pitch, PP + AREA);
	page_cache_flush(&hsw->pages);
	atomic_store(&hsw->sched.waiting, 1);
	cs_pass(hsw);
	cs_pass(hsw);
	atomic_store(&hsw->sched.waiting, 0);
	ok(!(reg_get(BCS, RING_MI_MODE) & MODE_IDLE), "not idle in a blit");
	mmio_write(hsw, GDRST, GDRST_BLT);
	ring_up(BCS);
	run();
	ok(!ring->blitting && !get32(0x2000000 + 8 * MIB) &&
	   get32(0x2000000 + 4 * GTT_PAGE), "reset in the middle ends it");
}

/* 64 MiB of blits while another thread wants the lock again and again. */
/* 64 MiB of blits into the ring. */
static void much_to_do(void)
{
	unsigned int i;

	for (i = 0; i < 32; i++)
		EMIT(BCS, 0x54f00006, 0x03cc1000, 0, xy(1024, 512),
		     PP + 0x2000000, 0, 4096, PP + AREA);
}

static void lock_latency(void)
{
	uint64_t worst = 0, start, sum = 0, bytes = hsw->stats.blit_bytes;
	unsigned int n = 0, rounds = 1;

	much_to_do();
	hsw_lock(hsw);
	ok(!gpu_start(hsw), "thread");
	hsw_unlock(hsw);
	/* As often as it takes to have asked for the lock in the middle of it. */
	while (n < 20) {
		start = clock_now();
		hsw_lock(hsw);
		start = clock_now() - start;
		if (ring_idle(&hsw->ring[BCS])) {
			much_to_do();
			rounds++;
		} else {
			if (start > worst)
				worst = start;
			sum += start;
			n++;
		}
		hsw_unlock(hsw);
		usleep(100);
	}
	hsw_lock(hsw);
	while (!ring_idle(&hsw->ring[BCS])) {
		hsw_unlock(hsw);
		usleep(1000);
		hsw_lock(hsw);
	}
	hsw_unlock(hsw);
	gpu_stop(hsw);
	/* Sanitizers and a busy machine: the bound is loose on purpose. */
	ok(sum / n < 20000000,
	   "the lock is had soon during blits: %u times, mean %.3f ms, worst %.3f ms",
	   n, sum / 1e6 / n, worst / 1e6);
	ok(hsw->stats.blit_bytes - bytes == rounds * 64 * MIB,
	   "bytes are counted: %u times 64 MiB", rounds);
}

int main(void)
{
	open_device();
	before = malloc(AREA_SIZE);
	want = malloc(AREA_SIZE);
	if (!before || !want)
		return 1;
	noise();
	rops(false);
	rops(true);
	depths();
	tilings();
	clipping();
	overlap(&lin_a, 3);
	overlap(&lin_b, 0);
	overlap(&neg_a, 2);
	overlap(&x_a, 3);
	overlap(&x_a, 0);
	overlap(&y_a, 1);
	overlap_bases();
	flat();
	spaces();
	refusals();
	whole_tiles();
	thin();
	long_copy();
	lock_latency();
	free(before);
	free(want);
	close_device();
	return tap_done();
}
