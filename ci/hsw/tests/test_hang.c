// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the driver finds in the registers of an engine in a batch, and of one that
 * has stopped.
 */
#include "fixture.h"

#define B0	0x200000u		/* a batch in the global GTT */
#define UNMAPPED RAM_SIZE		/* global address without a PTE */
#define SPIN	0x18800000u

#define IPEIR	0x64
#define IPEHR	0x68
#define DMA_FADD 0x78
#define EIR	0xb0
#define EMR	0xb4
#define ESR	0xb8
#define BB_STATE 0x110
#define BBADDR	0x140

static uint32_t fault_reg(enum engine_id e)
{
	return 0x4094 + 0x100 * e;
}

static void in_a_batch(enum engine_id e)
{
	bool good;

	ok(!reg_get(e, BBADDR) && !reg_get(e, BB_STATE) &&
	   reg_get(e, DMA_FADD) == RING(e) + hsw->ring[e].tail,
	   "%s at rest: no batch, the fetch is at the ring's tail", engine_name[e]);
	PUT(B0, 0, 0, SPIN, B0);
	EMIT(e, 0x18800000, B0);
	cs_pass(hsw);
	good = reg_get(e, BBADDR) == (B0 | 1) && !reg_get(e, BB_STATE);
	ok(good && reg_get(e, DMA_FADD) == B0,
	   "%s in a batch of the global GTT: BBADDR, BB_STATE, DMA_FADD",
	   engine_name[e]);
	revive(e);
	PUT(pp_ram(PP + B0), 0, 0, SPIN | 0x100, PP + B0);
	EMIT(e, 0x18800100, PP + B0);
	cs_pass(hsw);
	ok(reg_get(e, BBADDR) == ((PP + B0) | 1) && reg_get(e, BB_STATE) == 0x20,
	   "%s in a batch of the PPGTT", engine_name[e]);
	revive(e);
}

static void bad_command(enum engine_id e)
{
	reg(e, EMR, ~1u);
	PUT(B0, 0, 0xe0000001);
	EMIT(e, 0x18800000, B0);
	run();
	ok(hsw->ring[e].hung && reg_get(e, IPEIR) == 8 &&
	   reg_get(e, IPEHR) == 0xe0000001 && reg_get(e, EIR) == 1 &&
	   reg_get(e, ESR) == 1 && reg_get(e, BBADDR) == (B0 + 4) + 1,
	   "%s, a bad command in a batch: IPEIR, IPEHR, EIR, ESR, BBADDR",
	   engine_name[e]);
	reg(e, EIR, 1);
	ok(!reg_get(e, EIR), "%s: a 1 clears EIR", engine_name[e]);
	revive(e);
	reg(e, EMR, ~0u);
	EMIT(e, 0xe0000001);
	run();
	ok(hsw->ring[e].hung && !reg_get(e, IPEIR) && !reg_get(e, EIR) &&
	   reg_get(e, ESR) == 1,
	   "%s, a bad command in the ring: IPEIR is 0, EMR masks EIR",
	   engine_name[e]);
	revive(e);
	ok(!reg_get(e, ESR) && !reg_get(e, IPEHR), "%s: reset", engine_name[e]);
}

static void bad_page(enum engine_id e)
{
	uint32_t addr = PP + RAM_SIZE;

	reg(e, EMR, ~0x10u);
	mmio_write(hsw, fault_reg(e), 0);
	EMIT(e, 0x18800000, UNMAPPED + 0x123c);
	run();
	ok(hsw->ring[e].hung && reg_get(e, EIR) == 0x10 &&
	   mmio_read(hsw, fault_reg(e)) == ((UNMAPPED + 0x1000) | 0x801),
	   "%s, a batch without a page: EIR, FAULT of the global GTT",
	   engine_name[e]);
	revive(e);
	EMIT(e, 0x18800100, addr);
	run();
	ok(mmio_read(hsw, fault_reg(e)) == ((UNMAPPED + 0x1000) | 0x801),
	   "%s: the first fault stays", engine_name[e]);
	revive(e);
	mmio_write(hsw, fault_reg(e), 0);
	EMIT(e, 0x18800100, addr);
	run();
	ok(mmio_read(hsw, fault_reg(e)) == (addr | 3),
	   "%s: no PDE", engine_name[e]);
	revive(e);
	mmio_write(hsw, fault_reg(e), 0);
	ram32(TABLES + 3 * GTT_PAGE)[5] = 0;
	page_cache_flush(&hsw->pages);
	EMIT(e, 0x18800100, PP + (3 * 1024 + 5) * GTT_PAGE);
	run();
	ok(mmio_read(hsw, fault_reg(e)) == ((PP + (3 * 1024 + 5) * GTT_PAGE) | 1),
	   "%s: no PTE in the PPGTT", engine_name[e]);
	revive(e);
	map_all();
	reg(e, EMR, ~0u);
}

int main(void)
{
	enum engine_id e;

	open_device();
	for (e = 0; e < NUM_ENGINES; e++) {
		in_a_batch(e);
		bad_command(e);
		bad_page(e);
	}
	close_device();
	return tap_done();
}
