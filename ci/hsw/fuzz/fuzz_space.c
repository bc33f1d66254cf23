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

/*
 * What the manual says of a write to these, of which the table is held to nothing:
 * a 1 clears, nothing changes, or the upper half says which bits of the lower do.
 */
static const struct {
	uint32_t off, may_set;		/* bits that the device sets by itself */
	enum { ONE_CLEARS, READ_ONLY, HALVES } kind;
} manual[] = {
	{ 0x44008, 1u << 28, ONE_CLEARS }, { 0x44018, 0, ONE_CLEARS },
	{ 0x44028, 0, ONE_CLEARS }, { 0xc4008, 0, ONE_CLEARS },
	{ 0x44040, 0, ONE_CLEARS }, { 0xc4040, 0, ONE_CLEARS },
	{ 0x64838, 0, ONE_CLEARS }, { 0x42300, 0, ONE_CLEARS },
	{ 0x120000, 0, ONE_CLEARS }, { 0x020b0, 0, ONE_CLEARS },
	{ 0x44000, 0, READ_ONLY }, { 0x42014, 0, READ_ONLY },
	{ 0x120008, 0, READ_ONLY }, { 0x145998, 0, READ_ONLY },
	{ 0x130044, 0, READ_ONLY }, { 0x145004, 0, READ_ONLY },
	{ 0x07000, 0, HALVES }, { 0x07008, 0, HALVES }, { 0x0e4f0, 0, HALVES },
	{ 0x22200, 0, HALVES }, { 0x0229c, 0, HALVES }, { 0x020e4, 0, HALVES },
};

static void manual_write(uint32_t off, uint32_t val, uint32_t old)
{
	uint32_t now = mmio_get(fz_hsw, off);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(manual); i++) {
		if (manual[i].off != off)
			continue;
		switch (manual[i].kind) {
		case ONE_CLEARS:
			FZ_MUST((now & ~manual[i].may_set) ==
				(old & ~val & ~manual[i].may_set));
			break;
		case READ_ONLY:
			FZ_MUST(now == old);
			break;
		default:
			FZ_MUST(now == ((old & ~(val >> 16) & 0xffff) |
					(val >> 16 & val & 0xffff)));
			break;
		}
	}
}

/* Something to clear, and one write each to all of the above. */
static void manual_all(struct fz_in *in)
{
	uint32_t val = fz_u32(in), old = fz_u32(in);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(manual); i++) {
		uint32_t off = manual[i].off;

		if (manual[i].kind != READ_ONLY)
			mmio_set(fz_hsw, off, manual[i].kind == HALVES ?
				 old & 0xffff : old);
		old = mmio_get(fz_hsw, off);
		FZ_MUST(!region_write(fz_hsw, REGION_BAR0, off, &val, 4));
		manual_write(off, val, old);
	}
}

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
	manual_all(&(struct fz_in){ data, data + size });
	fz_reset();
	while (fz_left(&in) && n++ < 256) {
		access_region(&in);
		fz_run(2);
	}
	check();
	return 0;
}
