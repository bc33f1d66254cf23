// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space, registers, PTEs, aperture and ports, as the guest's CPU
 * reaches them, with the engines running in between.
 *
 * An input is a list of accesses:
 * u8 region (bits 1:0: config, BAR0, BAR2, BAR4), write (bit 2), the offset is
 *    that of a register of the table (bit 3), bytes (bits 7:4, see lengths[])
 * u16 or u32 offset, or u16 number of the register
 * bytes to write
 */
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t lengths[16] = {
	4, 1, 2, 8, 3, 5, 6, 7, 0, 12, 16, 64, 4, 4, 200, 4096
};

static void access_region(struct fz_in *in)
{
	static const uint8_t regions[4] = { REGION_CONFIG, REGION_BAR0,
					    REGION_BAR2, REGION_BAR4 };
	static uint8_t buf[4096];
	uint8_t op = fz_u8(in);
	uint8_t region = regions[op & 3];
	uint16_t len = lengths[op >> 4];
	uint64_t off;
	int err;

	if (op & 8 && region == REGION_BAR0)
		off = reg_table[fz_u16(in) % reg_count].off;
	else if (region == REGION_CONFIG || region == REGION_BAR4)
		off = fz_u16(in);
	else
		off = fz_u32(in);
	if (op & 4) {
		fz_bytes(in, buf, len);
		err = region_write(fz_hsw, region, off, buf, len);
	} else {
		err = region_read(fz_hsw, region, off, buf, len);
	}
	FZ_MUST(!err == (off < region_size(region) &&
			 len <= region_size(region) - off));
}

static void check(void)
{
	static const uint8_t id[4] = { 0x86, 0x80, 0x12, 0x04 };
	uint8_t cfg[4];
	size_t i;
	uint32_t n;

	FZ_MUST(!region_read(fz_hsw, REGION_CONFIG, 0, cfg, 4) &&
		!memcmp(cfg, id, 4));
	for (i = 0; i < reg_count; i++) {
		const struct reg *reg = &reg_table[i];

		if (reg->kind != REG_MASKED)
			continue;
		for (n = 0; n < (reg->count ? reg->count : 1); n++)
			FZ_MUST(mmio_get(fz_hsw, reg->off + 4 * n) <= 0xffff);
	}
	FZ_MUST(!fz_hsw->irq.line || mmio_get(fz_hsw, 0x4400c) & BIT(31));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fz_in in = { data, data + size };
	unsigned int n = 0;

	if (size > 8192)
		return -1;
	fz_reset();
	while (fz_left(&in) && n++ < 256) {
		access_region(&in);
		fz_run(2);
	}
	check();
	return 0;
}
