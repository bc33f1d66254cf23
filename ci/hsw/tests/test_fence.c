// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fences: the register, and the aperture seen through it.
 */
#include "fixture.h"

#define SIZE	(256 * KIB)

static uint64_t fence_val(uint32_t first, uint32_t size, uint32_t pitch,
			  bool y)
{
	return (uint64_t)(first + size - GTT_PAGE) << 32 |
	       (uint64_t)(pitch / 128 - 1) << 32 | first | y << 1 | 1;
}

/* As the driver does it: off, upper half, lower half. */
static void set_fence(unsigned int n, uint64_t val)
{
	mmio_write(hsw, FENCE_REGS + 8 * n, 0);
	mmio_write(hsw, FENCE_REGS + 8 * n + 4, val >> 32);
	mmio_write(hsw, FENCE_REGS + 8 * n, val);
}

/* Where the PRM's pictures put byte (x, y); not the code under test. */
static uint32_t naive(bool y_tiled, uint32_t pitch, uint32_t x, uint32_t y)
{
	uint32_t w = y_tiled ? 128 : 512, h = y_tiled ? 32 : 8;
	uint32_t tile = y / h * (pitch / w) + x / w, tx = x % w, ty = y % h;

	if (y_tiled)
		return tile * 4096 + tx / 16 * 16 * 32 + ty * 16 + tx % 16;
	return tile * 4096 + ty * 512 + tx;
}

static void through(bool y_tiled, uint32_t pitch, unsigned int access)
{
	uint32_t off, bad_read = 0, bad_write = 0, i;
	uint8_t buf[64];

	for (i = 0; i < SIZE; i++)
		ram[SCRATCH + i] = rnd();
	set_fence(7, fence_val(SCRATCH, SIZE, pitch, y_tiled));
	for (off = 0; off + access <= SIZE; off += access) {
		gtt_aperture_rw(hsw, SCRATCH + off, buf, access, false);
		for (i = 0; i < access; i++)
			bad_read += buf[i] !=
				ram[SCRATCH + naive(y_tiled, pitch,
						    (off + i) % pitch,
						    (off + i) / pitch)];
	}
	for (off = 0; off + access <= SIZE; off += access * 5) {
		for (i = 0; i < access; i++)
			buf[i] = rnd();
		gtt_aperture_rw(hsw, SCRATCH + off, buf, access, true);
		for (i = 0; i < access; i++)
			bad_write += buf[i] !=
				ram[SCRATCH + naive(y_tiled, pitch,
						    (off + i) % pitch,
						    (off + i) / pitch)];
	}
	ok(!bad_read && !bad_write, "%c, pitch %u, %u bytes at a time",
	   y_tiled ? 'Y' : 'X', pitch, access);
	set_fence(7, 0);
}

int main(void)
{
	struct fence f;
	uint32_t val;

	open_device();

	f = fence_decode(fence_val(0x200000, 0x40000, 2048, false));
	ok(f.valid && f.first == 0x200000 && f.last == 0x23ffff &&
	   f.pitch == 2048 && f.tiling == TILING_X, "decode X");
	f = fence_decode(fence_val(0, 0x1000, 128, true));
	ok(f.valid && !f.first && f.last == 0xfff && f.pitch == 128 &&
	   f.tiling == TILING_Y, "decode Y");
	ok(!fence_decode(0).valid, "decode: off");
	ok(!fence_decode(fence_val(0x200000, 0x40000, 128, false)).valid,
	   "decode: X pitch of a quarter tile is refused");
	ok(!fence_decode((uint64_t)0x1000 << 32 | 0x200001).valid,
	   "decode: end before start is refused");
	ok(fence_decode(~0ull).tiling == TILING_Y, "decode: all ones");

	through(false, 512, 4);
	through(false, 4096, 8);
	through(false, 1536, 1);
	through(true, 128, 4);
	through(true, 1024, 8);
	through(true, 640, 2);
	through(false, 2048, 64);
	through(true, 2048, 64);

	/* Byte 512 of the second row of X tiles at pitch 1024. */
	set_fence(31, fence_val(SCRATCH, 0x8000, 1024, false));
	*ram32(SCRATCH + 0x3000) = 0xcafe;
	gtt_aperture_rw(hsw, SCRATCH + 8 * 1024 + 512, &val, 4, false);
	ok_eq(val, 0xcafe, "the last fence works too");
	*ram32(SCRATCH + 0x8000) = 0xbeef;
	gtt_aperture_rw(hsw, SCRATCH + 0x8000, &val, 4, false);
	ok_eq(val, 0xbeef, "linear behind the fence");
	ok(RUN(BCS, 0x10400002, 0, SCRATCH + 8 * 1024 + 512, 0xf00d) &&
	   get32(SCRATCH + 8 * 1024 + 512) == 0xf00d,
	   "the GPU does not see fences");
	mmio_write(hsw, FENCE_REGS + 31 * 8 + 4, 0);
	ok(!hsw->fence.reg[31].valid && hsw->stats.guest_errors,
	   "valid with end before start: logged and ignored");
	set_fence(30, fence_val(SCRATCH, 0x8000, 1024, false));
	hsw_reset(hsw);
	ok(!fence_find(&hsw->fence, SCRATCH), "off after reset");

	close_device();
	return tap_done();
}
