// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register semantics through the BAR, as the guest's CPU sees them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "regs.h"
#include "bar.h"
#include "tap.h"

static struct hsw *hsw;

static uint32_t rd(uint32_t off)
{
	uint32_t val = 0xdeadbeef;

	region_read(hsw, REGION_BAR0, off, &val, 4);
	return val;
}

static void wr(uint32_t off, uint32_t val)
{
	region_write(hsw, REGION_BAR0, off, &val, 4);
}

static void wr_n(uint32_t off, uint64_t val, size_t n)
{
	region_write(hsw, REGION_BAR0, off, &val, n);
}

static void table(void)
{
	size_t i, unnamed = 0, wrong = 0;
	uint32_t n;

	for (i = 0; i < reg_count; i++) {
		const struct reg *r = &reg_table[i];

		if (!r->name || !*r->name || r->kind > REG_HOOK)
			unnamed++;
		for (n = 0; n < (r->count ? r->count : 1); n++)
			if (!r->read && rd(r->off + 4 * n) != r->reset)
				wrong++;
	}
	ok(reg_count > 150, "the table has %zu lines", reg_count);
	ok(!unnamed, "each has a name and a kind");
	ok(!wrong, "each reads its reset value");
	ok_eq(rd(0x70000), 0, "an unlisted register reads 0");
	wr(0x70000, 0xcafe);
	ok_eq(rd(0x70000), 0xcafe, "and is RAM");
	ok(!strcmp(mmio_name(hsw, 0x22030), "BCS_TAIL") &&
	   !strcmp(mmio_name(hsw, 0x1a09c), "VECS_MI_MODE") &&
	   !strcmp(mmio_name(hsw, 0x10008c), "FENCE") &&
	   !strcmp(mmio_name(hsw, 0x70000), "?"), "names");
}

static void kinds(void)
{
	wr(0x7004, 0x00ff0055);
	ok_eq(rd(0x7004), 0x55, "masked: sets what the upper half selects");
	wr(0x7004, 0x000f0000);
	ok_eq(rd(0x7004), 0x50, "masked: clears what it selects");
	wr(0x7004, 0x0000ffff);
	ok_eq(rd(0x7004), 0x50, "masked: no mask, no change");
	ok_eq(mmio_saved(hsw, 0x7004), 0xffff0050, "masked: what brings it back has the mask");
	wr(0x120008, 0);
	ok_eq(rd(0x120008), 0x40, "read only");
	mmio_set(hsw, 0x44040, 0xff);
	wr(0x44040, 0x0f);
	ok_eq(rd(0x44040), 0xf0, "write 1 to clear");
	wr(0x44040, 0);
	ok_eq(rd(0x44040), 0xf0, "writing 0 clears nothing");
}

static void widths(void)
{
	uint64_t val = 0;
	uint8_t b = 0;

	wr(0x70000, 0x11223344);
	wr(0x70004, 0x55667788);
	region_read(hsw, REGION_BAR0, 0x70000, &val, 8);
	ok_eq(val, 0x5566778811223344, "64-bit read");
	region_read(hsw, REGION_BAR0, 0x70002, &b, 1);
	ok_eq(b, 0x22, "8-bit read");
	val = 0;
	region_read(hsw, REGION_BAR0, 0x70002, &val, 4);
	ok_eq(val, 0x77881122, "32-bit read across two registers");
	wr_n(0x70001, 0xaa, 1);
	ok_eq(rd(0x70000), 0x1122aa44, "8-bit write");
	wr_n(0x70002, 0xbbcc, 2);
	ok_eq(rd(0x70000), 0xbbccaa44, "16-bit write");
	wr_n(0x70000, 0x0102030405060708, 8);
	ok(rd(0x70000) == 0x05060708 && rd(0x70004) == 0x01020304,
	   "64-bit write");
	mmio_set(hsw, 0x44040, 0xffff);
	wr_n(0x44041, 0x0f, 1);
	ok_eq(rd(0x44040), 0xf0ff, "8-bit write 1 to clear: its byte only");
	wr(0x7004, 0xffff1234);
	wr_n(0x7004, 0x00, 1);
	ok_eq(rd(0x7004), 0x1234, "8-bit masked write without its mask");
}

static void hooks(void)
{
	wr(0xa188, 0x00010001);
	ok_eq(rd(0x130044), 1, "forcewake: acknowledged");
	wr(0xa188, 0x00010000);
	ok_eq(rd(0x130044), 0, "forcewake: released");
	wr(0x138128, 0x1234);
	wr(0x138124, 0x80000005);
	ok_eq(rd(0x138124), 0, "pcode: not busy, no error");
	ok_eq(rd(0x138128), 0x1234, "pcode: data kept");
	wr(0xc6008, 0x00010007);
	ok_eq(rd(0xc6008), 0x00010000, "SBI: not busy, success");
	wr(0x45404, 0x80000000);
	ok_eq(rd(0x45404), 0xc0000000, "power well: state follows request");
	ok_eq(rd(0x45400), 0x40000000, "and all requesters see it");
	wr(0x45404, 0);
	ok_eq(rd(0x45400) | rd(0x45404), 0, "power well: off again");
	wr(0x130040, 0x80200000);
	ok_eq(rd(0x130040), 0x80280000, "LCPLL: off, running from FCLK");
	wr(0x130040, 0);
	ok_eq(rd(0x130040), 0x40000000, "LCPLL: locked");
	ok_eq(rd(0xa01c) >> 7 & 0x7f, 7, "RPSTAT1: the lowest frequency at first");
	wr(0xa008, 20u << 24);
	ok_eq(rd(0xa01c) >> 7 & 0x7f, 20, "RPSTAT1: then what RPNSWREQ asks for");
	wr(0xa008, 255u << 24);
	ok_eq(rd(0xa01c) >> 7 & 0x7f, 24, "RPSTAT1: at most RP0");
	ok_eq(rd(0x138108), 0, "RC6: not counted while disabled");
	wr(0xa090, 0x80040000);
	usleep(2000);
	ok(rd(0x138108) > 1000, "RC6: counts when enabled");
}

static void pte_half(void)
{
	uint32_t buf[2] = { 0x1001, 0x2001 }, back[2];

	ok(region_write(hsw, REGION_BAR0, BAR0_PTES + 40, buf, 8) == 0 &&
	   hsw->gtt.pte[10] == 0x1001 && hsw->gtt.pte[11] == 0x2001,
	   "PTEs: written where the engine reads them");
	ok(pread(hsw->gtt.fd, back, 8, BAR0_PTES + 40) == 8 &&
	   !memcmp(buf, back, 8), "PTEs: and where the client maps them");
	wr(BAR0_PTES - 4, 0x77);
	region_read(hsw, REGION_BAR0, BAR0_PTES - 4, back, 8);
	ok(back[0] == 0x77 && back[1] == hsw->gtt.pte[0],
	   "a read across both halves");
}

static void limits(void)
{
	static uint8_t big[64 * KIB];
	uint32_t val = 0;
	uint64_t errors;

	ok(region_read(hsw, REGION_BAR0, BAR0_SIZE - 4, &val, 4) == 0 &&
	   region_read(hsw, REGION_BAR0, BAR0_SIZE - 3, &val, 4) == -EINVAL &&
	   region_read(hsw, REGION_BAR0, BAR0_SIZE, &val, 1) == -EINVAL &&
	   region_read(hsw, REGION_BAR0, -1ull, &val, 4) == -EINVAL,
	   "BAR0 ends where it ends");
	ok(region_read(hsw, REGION_BAR2, BAR2_SIZE - 1, &val, 1) == 0 &&
	   region_write(hsw, REGION_BAR2, BAR2_SIZE - 1, &val, 2) == -EINVAL,
	   "so does BAR2");
	ok(region_read(hsw, REGION_BAR4, 60, &val, 4) == 0 &&
	   region_read(hsw, REGION_BAR4, 61, &val, 4) == -EINVAL,
	   "and BAR4");
	ok(region_read(hsw, 1, 0, &val, 1) == -EINVAL &&
	   region_read(hsw, 3, 0, &val, 1) == -EINVAL &&
	   region_read(hsw, 6, 0, &val, 1) == -EINVAL &&
	   region_read(hsw, 8, 0, &val, 1) == -EINVAL &&
	   region_read(hsw, 0xffffffff, 0, &val, 1) == -EINVAL,
	   "no other regions");
	ok(region_read(hsw, REGION_BAR0, 0, big, sizeof(big)) == 0,
	   "64 KiB of registers in one read");
	errors = hsw->stats.guest_errors;
	mmio_write(hsw, MMIO_SIZE, 1);
	mmio_write(hsw, 0x70002, 1);
	ok(mmio_read(hsw, MMIO_SIZE) == 0 && mmio_read(hsw, 0x70001) == 0 &&
	   hsw->stats.guest_errors == errors + 4,
	   "MI_LOAD_REGISTER of what is no register: logged, ignored");
}

static void ports(void)
{
	uint32_t index = 0x70010, val = 0x42, back = 0;

	region_write(hsw, REGION_BAR4, 0, &index, 4);
	region_write(hsw, REGION_BAR4, 4, &val, 4);
	ok_eq(rd(0x70010), 0x42, "ports: a register by index and data");
	region_read(hsw, REGION_BAR4, 4, &back, 4);
	ok_eq(back, 0x42, "ports: and back");
	index = 8 | 1;
	region_write(hsw, REGION_BAR4, 0, &index, 4);
	region_write(hsw, REGION_BAR4, 4, &val, 4);
	ok_eq(hsw->gtt.pte[2], 0x42, "ports: a PTE");
	index = 0xffffffff;
	region_write(hsw, REGION_BAR4, 0, &index, 4);
	region_write(hsw, REGION_BAR4, 4, &val, 4);
	ok_eq(hsw->gtt.pte[GTT_BAR_SIZE / 4 - 1], 0x42, "ports: any index is safe");
	back = 0xff;
	region_read(hsw, REGION_BAR4, 8, &back, 4);
	ok_eq(back, 0, "ports: others read 0");
}

static void reset(void)
{
	wr(0x70000, 1);
	hsw->gtt.pte[5] = 1;
	hsw_lock(hsw);
	hsw_reset(hsw);
	hsw_unlock(hsw);
	ok(rd(0x70000) == 0 && hsw->gtt.pte[5] == 0 && rd(0x120008) == 0x40,
	   "device reset");
}

int main(void)
{
	/* What a guest does wrong is wanted here. */
	if (log_open("/dev/null"))
		return 1;
	hsw = hsw_create();
	if (!ok(hsw != NULL, "create"))
		return tap_done();
	hsw_lock(hsw);
	table();
	kinds();
	widths();
	hooks();
	pte_half();
	limits();
	ports();
	hsw_unlock(hsw);
	reset();
	hsw_destroy(hsw);
	return tap_done();
}
