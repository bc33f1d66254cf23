// SPDX-License-Identifier: GPL-2.0-only
/*
 * --tlb: what a driver sees that forgets a flush, what each flush drops, and
 * what it does not drop. Two pages of memory, of which a PTE names first the
 * one and then the other: a store shows which of them an engine takes.
 */
#include "fixture.h"

#define OLD	SCRATCH
#define NEW	(SCRATCH + 0x10000)
#define SPARE	(SCRATCH + 0x20000)	/* another page, for what must be used */

#define GLOBAL_ADDR	0x10000000u	/* no PTE of the fixture's */
#define PP_ADDR		(PP + RAM_SIZE - 4 * MIB)

static uint32_t stamp;

/* Names one of the two pages, in both spaces, without a flush. */
static void point_at(uint64_t page)
{
	uint32_t n = (PP_ADDR - PP) >> 12;

	hsw->gtt.pte[GLOBAL_ADDR >> 12] = pte_of(RAM_GPA + page);
	ram32(TABLES + n / PPGTT_PTES * GTT_PAGE)[n % PPGTT_PTES] =
		pte_of(RAM_GPA + page);
}

/* The page which a store of engine e to addr arrives at; 0: neither. */
static uint64_t store(enum engine_id e, bool global)
{
	uint32_t addr = global ? GLOBAL_ADDR : PP_ADDR;

	stamp++;
	if (!RUN(e, 0x10000002 | (global ? 0x00400000 : 0), 0, addr, stamp))
		return 0;
	return get32(OLD) == stamp ? OLD : get32(NEW) == stamp ? NEW : 0;
}

/* And of the CPU, through the aperture. */
static uint64_t cpu(void)
{
	stamp++;
	gtt_aperture_rw(hsw, GLOBAL_ADDR - 0x8000000, &stamp, 4, true);
	return get32(OLD) == stamp ? OLD : get32(NEW) == stamp ? NEW : 0;
}

/* Old page in everybody's TLB, new page in the PTEs. */
static void stale(void)
{
	enum engine_id e;

	point_at(OLD);
	hsw->gtt.pte[(GLOBAL_ADDR - 0x8000000) >> 12] = pte_of(RAM_GPA + OLD);
	tlb_flush_global(hsw);
	for (e = 0; e < NUM_ENGINES; e++) {
		tlb_flush_ppgtt(hsw, e);
		store(e, true);
		store(e, false);
	}
	cpu();
	point_at(NEW);
	hsw->gtt.pte[(GLOBAL_ADDR - 0x8000000) >> 12] = pte_of(RAM_GPA + NEW);
}

/* Which engines see the new page: a bit each, the CPU in bit 4. */
static unsigned int fresh(bool global)
{
	unsigned int set = 0;
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++)
		if (store(e, global) == NEW)
			set |= 1u << e;
	if (global && cpu() == NEW)
		set |= 1u << NUM_ENGINES;
	return set;
}

static void off(void)
{
	stale();
	ok(fresh(true) == 0x1f && fresh(false) == 0xf,
	   "without --tlb a PTE counts at once");
}

static void forgotten(void)
{
	stale();
	ok(fresh(true) == 0, "a forgotten flush: stores go to the old page, global");
	ok(fresh(false) == 0, "a forgotten flush: stores go to the old page, PPGTT");
	run();
	usleep(1000);
	ok(fresh(true) == 0 && fresh(false) == 0, "and it stays like that");
	mmio_write(hsw, GFX_FLSH_CNTL, 0);
	ok(fresh(true) == 0, "GFX_FLSH_CNTL without its bit does nothing");
}

static void global(void)
{
	stale();
	mmio_write(hsw, GFX_FLSH_CNTL, GFX_FLSH_CNTL_EN);
	ok(fresh(true) == 0x1f, "GFX_FLSH_CNTL: global, all engines and the CPU");
	ok(fresh(false) == 0, "GFX_FLSH_CNTL: not the PPGTT");
}

static void ppgtt(void)
{
	enum engine_id e;
	bool good = true;

	stale();
	RUN(RCS, 0x7a000003, 0x01044000, SPARE, 0, 0);
	ok(fresh(false) == 1u << RCS, "PIPE_CONTROL: PPGTT of RCS");
	ok(fresh(true) == 0, "PIPE_CONTROL: not the global GTT");
	RUN(RCS, 0x7a000003, 0x01004000, SPARE, 0, 0);
	stale();
	RUN(RCS, 0x7a000003, 0x01004000, SPARE, 0, 0);
	ok(fresh(false) == 0, "PIPE_CONTROL without invalidation");

	for (e = VCS; e < NUM_ENGINES; e++) {
		stale();
		RUN(e, 0x13244001, 0x104, 0);
		good &= fresh(false) == 1u << e && !fresh(true);
	}
	ok(good, "MI_FLUSH_DW: PPGTT of its own engine");
	stale();
	RUN(BCS, 0x13200001, 0x104, 0);
	RUN(BCS, 0x13240001, 0x104, 0);
	ok(fresh(false) == 0, "MI_FLUSH_DW without invalidation, or without a post-sync operation");

	for (e = 0, good = true; e < NUM_ENGINES; e++) {
		stale();
		reg(e, RING_PP_DIR_BASE, PP_DIR << 10);
		good &= fresh(false) == 1u << e && !fresh(true);
		stale();
		reg(e, RING_INSTPM, INSTPM_TLB_INVALIDATE << 16 |
		    INSTPM_TLB_INVALIDATE);
		good &= fresh(false) == 1u << e && !fresh(true);
		stale();
		reg(e, RING_INSTPM, 0x00800080);
		good &= !fresh(false);
	}
	ok(good, "PP_DIR_BASE and INSTPM: PPGTT of their engine");
}

/* The PTE changes between two commands of one batch: the second sees it. */
static void at_once(void)
{
	point_at(OLD);
	tlb_flush_global(hsw);
	*ram32(OLD) = *ram32(NEW) = 0;
	RUN(RCS, 0x10400002, 0, GLOBAL_ADDR, 1,
	    0x11c00001, GLOBAL_ADDR, pte_of(RAM_GPA + NEW), 0,
	    0x10400002, 0, GLOBAL_ADDR, 2);
	ok(get32(OLD) == 1 && get32(NEW) == 2,
	   "UPDATE_GTT: the next command sees the new page");
}

static void resets(void)
{
	stale();
	revive(BCS);
	reg(BCS, RING_PP_DIR_BASE, PP_DIR << 10);
	ok(fresh(true) == 1u << BCS && fresh(false) == 1u << BCS,
	   "engine reset: all of that engine");
}

/* As v5.10 binds an object and runs a batch; then with its flushes left out. */
static void like_a_driver(void)
{
	bool flush;
	uint64_t got[2];

	for (flush = false;; flush = true) {
		stale();
		if (flush)
			mmio_write(hsw, GFX_FLSH_CNTL, GFX_FLSH_CNTL_EN);
		/* EMIT_INVALIDATE before the batch: flags 0x00040000. */
		RUN(BCS, 0x13204001 | (flush ? 0x00040000 : 0), 0x104, 0);
		got[0] = store(BCS, true);
		got[1] = store(BCS, false);
		if (flush)
			break;
		ok(got[0] == OLD && got[1] == OLD,
		   "a driver without its flushes writes to a page it has given away");
	}
	ok(got[0] == NEW && got[1] == NEW, "a driver with them does not");
}

static void safety(void)
{
	uint64_t n = hsw->stats.hangs[BCS];

	/* The page goes away under a translation that is still there. */
	stale();
	mem_unmap_all(&hsw->mem);
	page_cache_flush(&hsw->pages);
	EMIT(BCS, 0x10400002, 0, GLOBAL_ADDR, 1);
	run();
	ok(hsw->ring[BCS].hung && hsw->stats.hangs[BCS] == n + 1,
	   "memory that was unmapped is not reached through an old translation");
	mem_map(&hsw->mem, RAM_GPA, RAM_SIZE, ram_fd, 0, MEM_READ | MEM_WRITE);
	revive(BCS);
	ok(store(BCS, true) == NEW, "and after a reset all is well");

	hsw->tlb.generation[BCS][GTT_GLOBAL] = UINT32_MAX;
	point_at(OLD);
	store(BCS, true);
	point_at(NEW);
	mmio_write(hsw, GFX_FLSH_CNTL, GFX_FLSH_CNTL_EN);
	ok(hsw->tlb.generation[BCS][GTT_GLOBAL] == 1 &&
	   store(BCS, true) == NEW, "the counter of flushes may wrap");
	point_at(OLD);
	ok(gtt_page(hsw, BCS, GTT_GLOBAL, 0x80000000u, false) == NULL &&
	   gtt_page(hsw, BCS, GTT_GLOBAL, 0xfffff000u, false) == NULL,
	   "addresses beyond the spaces");
}

int main(void)
{
	open_device();
	off();
	ok(!tlb_enable(hsw), "on");
	forgotten();
	global();
	ppgtt();
	resets();
	at_once();
	like_a_driver();
	safety();
	close_device();
	return tap_done();
}
