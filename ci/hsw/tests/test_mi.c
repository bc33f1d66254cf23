// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command of the memory interface, and PIPE_CONTROL: what it does, and
 * that its bad forms hang the engine and no more.
 */
#include "fixture.h"

#define A	SCRATCH			/* a page to write to */
#define UNMAPPED RAM_SIZE		/* global address without a PTE */

#define SDI(f, ...)	(0x10000002 | (f)), 0, __VA_ARGS__
#define GGTT		0x00400000

static void set_gpr(unsigned int n, uint64_t v)
{
	mmio_set(hsw, 0x2600 + 8 * n, v);
	mmio_set(hsw, 0x2604 + 8 * n, v >> 32);
}

static uint64_t gpr(unsigned int n)
{
	return (uint64_t)mmio_get(hsw, 0x2604 + 8 * n) << 32 |
	       mmio_get(hsw, 0x2600 + 8 * n);
}

static void stores(void)
{
	ok(RUN(BCS, SDI(GGTT, A, 0x11)) && get32(A) == 0x11,
	   "STORE_DATA_IMM, global");
	ok(RUN(BCS, SDI(0, PP + A, 0x22)) && get32(pp_ram(PP + A)) == 0x22 &&
	   get32(A) == 0x11, "STORE_DATA_IMM, PPGTT");
	reg(BCS, RING_GFX_MODE, GFX_PPGTT_ENABLE << 16);
	ok(RUN(BCS, SDI(0, A, 0x33)) && get32(A) == 0x33,
	   "STORE_DATA_IMM, PPGTT off: global");
	ring_up(BCS);
	ok(RUN(RCS, 0x10400003, 0, A + 8, 0x44, 0x55) &&
	   get32(A + 8) == 0x44 && get32(A + 12) == 0x55,
	   "STORE_DATA_IMM of a qword");
	ok(HANGS(BCS, SDI(GGTT, UNMAPPED, 1)), "STORE_DATA_IMM: no page");
	ok(HANGS(BCS, SDI(0, A, 1)), "STORE_DATA_IMM: not in the PPGTT");
	ok(HANGS(BCS, 0x10000001, 0, A), "STORE_DATA_IMM: too short");
	ok(HANGS(BCS, 0x10000004, 0, A, 1, 2, 3), "STORE_DATA_IMM: too long");

	ok(RUN(VCS, 0x10800001, 0x100, 0x66) && get32(HWS(VCS) + 0x100) == 0x66,
	   "STORE_DATA_INDEX");
	ok(RUN(VCS, 0x10800002, 0x108, 0x77, 0x88) &&
	   get32(HWS(VCS) + 0x108) == 0x77 && get32(HWS(VCS) + 0x10c) == 0x88,
	   "STORE_DATA_INDEX of a qword");
	ok(RUN(VCS, 0x10800001, 0xfffff200, 0x99) &&
	   get32(HWS(VCS) + 0x200) == 0x99,
	   "STORE_DATA_INDEX stays inside the page");
	mmio_write(hsw, HWS_PGA(VCS), UNMAPPED);
	ok(HANGS(VCS, 0x10800001, 0x100, 0x66), "STORE_DATA_INDEX: no page");

	EMIT(VECS, 0, 0, 0x03800000);
	run();
	ok_eq(get32(HWS(VECS) + 0x10), hsw->ring[VECS].at.head - 4,
	      "REPORT_HEAD");
}

static void flush_dw(void)
{
	uint64_t before, after, t;

	ok(RUN(BCS, 0x13204001, 0x104, 0xa1) && get32(HWS(BCS) + 0x100) == 0xa1,
	   "FLUSH_DW, status page");
	ok(RUN(BCS, 0x13004001, (A + 0x10) | 4, 0xa2) &&
	   get32(A + 0x10) == 0xa2, "FLUSH_DW, global");
	ok(RUN(BCS, 0x13004001, PP + A + 0x10, 0xa3) &&
	   get32(pp_ram(PP + A + 0x10)) == 0xa3, "FLUSH_DW, PPGTT");
	ok(RUN(BCS, 0x13004002, (A + 0x18) | 4, 0xa4, 0xa5) &&
	   get32(A + 0x18) == 0xa4 && get32(A + 0x1c) == 0xa5,
	   "FLUSH_DW of a qword");
	before = clock_timestamp();
	ok(RUN(BCS, 0x1300c001, (A + 0x20) | 4, 0), "FLUSH_DW, timestamp");
	after = clock_timestamp();
	t = (uint64_t)get32(A + 0x24) << 32 | get32(A + 0x20);
	ok(t >= before && t <= after, "which lies between two others");
	*ram32(A + 0x20) = 0xee;
	ok(RUN(BCS, 0x13000001, (A + 0x20) | 4, 1) && get32(A + 0x20) == 0xee,
	   "FLUSH_DW without a post-sync operation");
	ok(HANGS(BCS, 0x13004001, UNMAPPED | 4, 1), "FLUSH_DW: no page");
}

static void registers(void)
{
	ok(RUN(RCS, 0x11000005, 0x2600, 1, 0x2604, 2, 0x2608, 3) &&
	   gpr(0) == 0x200000001ull && gpr(1) == 3,
	   "LOAD_REGISTER_IMM, three pairs");
	ok(RUN(RCS, 0x15000001, 0x2608, 0x2610) && gpr(2) == 3,
	   "LOAD_REGISTER_REG");
	*ram32(A) = 0xb1;
	*ram32(pp_ram(PP + A)) = 0xb2;
	ok(RUN(RCS, 0x14c00001, 0x2608, A) && gpr(1) == 0xb1,
	   "LOAD_REGISTER_MEM, global");
	ok(RUN(RCS, 0x14800001, 0x2608, PP + A) && gpr(1) == 0xb2,
	   "LOAD_REGISTER_MEM, PPGTT");
	set_gpr(3, 0xb3);
	ok(RUN(RCS, 0x12400001, 0x2618, A + 4) && get32(A + 4) == 0xb3,
	   "STORE_REGISTER_MEM, global");
	ok(RUN(RCS, 0x12000001, 0x2618, PP + A + 4) &&
	   get32(pp_ram(PP + A + 4)) == 0xb3, "STORE_REGISTER_MEM, PPGTT");
	ok(RUN(RCS, 0x12400001, 0x2358, A + 4) && get32(A + 4),
	   "STORE_REGISTER_MEM reads as the guest does: TIMESTAMP");
	ok(HANGS(RCS, 0x11000000, 0x2600), "LOAD_REGISTER_IMM: half a pair");
	ok(HANGS(RCS, 0x11000002, 0x2600, 1, 0x2604),
	   "LOAD_REGISTER_IMM: a pair and a half");
	ok(HANGS(RCS, 0x11000001, 0x200000, 1),
	   "LOAD_REGISTER_IMM: beyond the registers");
	ok(HANGS(RCS, 0x15000001, 0x7ffffc, 0x2610),
	   "LOAD_REGISTER_REG: beyond the registers");
	ok(HANGS(RCS, 0x14c00001, 0x2608, UNMAPPED),
	   "LOAD_REGISTER_MEM: no page");
	ok(HANGS(RCS, 0x12400001, 0x2618, UNMAPPED),
	   "STORE_REGISTER_MEM: no page");
	PUT(RING(BCS), 0, 0);
	ring_up(BCS);
	ok(RUN(RCS, 0x11000001, 0x22030, 8) && hsw->ring[BCS].tail == 8,
	   "LOAD_REGISTER_IMM reaches the hooks");
	run();
}

static void interrupts(void)
{
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		uint64_t n = hsw->stats.user_interrupts[e];

		ok(RUN(e, 0x01000000) &&
		   hsw->stats.user_interrupts[e] == n + 1,
		   "USER_INTERRUPT of %s", engine_name[e]);
	}
}

static void semaphores(void)
{
	static const struct {
		enum engine_id e;
		unsigned int select, reg;
	} sync[] = {
		{ RCS, 0, 0x02040 }, { RCS, 2, 0x02044 }, { RCS, 1, 0x02048 },
		{ VCS, 0, 0x12040 }, { VCS, 2, 0x12044 }, { VCS, 1, 0x12048 },
		{ BCS, 0, 0x22040 }, { BCS, 2, 0x22044 }, { BCS, 1, 0x22048 },
		{ VECS, 0, 0x1a040 }, { VECS, 2, 0x1a044 },
		{ VECS, 1, 0x1a048 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sync); i++) {
		enum engine_id e = sync[i].e, other = (e + 1) % NUM_ENGINES;
		uint32_t dw0 = 0x0b140001 | sync[i].select << 16;
		struct ring *ring = &hsw->ring[e];
		bool waited, equal, passed;

		mmio_write(hsw, sync[i].reg, 0);
		*ram32(A) = 0;
		EMIT(e, dw0, 5, 0, SDI(GGTT, A, 1));
		run();
		waited = ring->waiting && !get32(A) && !ring_idle(ring) &&
			 reg_get(e, RING_CTL) & RING_WAIT_SEMAPHORE;
		/* Equal is not enough: the value must be passed. */
		EMIT(other, 0x11000001, sync[i].reg, 5);
		run();
		equal = ring->waiting;
		/* The signal wakes it at once, whatever its back-off. */
		EMIT(other, 0x11000001, sync[i].reg, 6);
		run();
		run();
		passed = !ring->waiting && get32(A) == 1 && ring_idle(ring) &&
			 !(reg_get(e, RING_CTL) & RING_WAIT_SEMAPHORE);
		ok(waited && equal && passed,
		   "SEMAPHORE_MBOX of %s, select %u: waits for 0x%05x",
		   engine_name[e], sync[i].select, sync[i].reg);
	}

	ok(RUN(RCS, 0x0b170001, 5, 0), "SEMAPHORE_MBOX, select 3: passes");
	ok(RUN(RCS, 0x0b240001, 77, 0x22048) && mmio_get(hsw, 0x22048) == 77,
	   "SEMAPHORE_MBOX updates another engine's register");
	ok(RUN(RCS, 0x0b600001, 78, A) && get32(A) == 78,
	   "SEMAPHORE_MBOX updates memory");
	ok(RUN(RCS, 0x0b500001, 77, A), "SEMAPHORE_MBOX compares memory");
	EMIT(RCS, 0x0b500001, 78, A);
	run();
	ok(hsw->ring[RCS].waiting, "and waits while it is not greater");
	*ram32(A) = 79;
	usleep(2 * POLL_MAX_NS / 1000);
	run();
	ok(ring_idle(&hsw->ring[RCS]), "until it is");
	ok(HANGS(RCS, 0x0b500001, 78, UNMAPPED), "SEMAPHORE_MBOX: no page");
	ok(HANGS(RCS, 0x0b240001, 78, 0x200000),
	   "SEMAPHORE_MBOX: no such register");
}

static void context(void)
{
	ok(RUN(RCS, 0x0c000000, (A + 0x10000) | 0x109) &&
	   reg_get(RCS, RING_CCID) == ((A + 0x10000) | 1),
	   "SET_CONTEXT: CCID follows");
	ok(HANGS(RCS, 0x0c000000, UNMAPPED | 0x109), "SET_CONTEXT: no page");
	ok(HANGS(RCS, 0x0c000000, (RAM_SIZE - 16 * GTT_PAGE) | 0x109),
	   "SET_CONTEXT: its last page is missing");
	ok(HANGS(BCS, 0x0c000000, A | 0x109), "SET_CONTEXT: not on BCS");
}

static void update_gtt(void)
{
	uint32_t old = hsw->gtt.pte[0x30000];

	ok(RUN(RCS, 0x11c00001, 0x30000000, pte_of(RAM_GPA + A), 0) &&
	   hsw->gtt.pte[0x30000] == pte_of(RAM_GPA + A), "UPDATE_GTT");
	ok(RUN(RCS, SDI(GGTT, 0x30000010, 0xc1)) && get32(A + 0x10) == 0xc1,
	   "and the entry is used");
	ok(HANGS(RCS, 0x11c00002, 0x3ffff000, 1, 1), "UPDATE_GTT: too far");
	hsw->gtt.pte[0x30000] = old;
}

/* Executes cmds in a non-secure PPGTT batch on the ring of e. */
#define UNPRIVILEGED(e, ...) \
	({ PUT(pp_ram(PP + 0x200000), __VA_ARGS__, 0x05000000); \
	   RUN(e, 0x18802100, PP + 0x200000); })

/*
 * Which bit of MI_BATCH_BUFFER_START takes the privileges away: 13 on RCS, where 8
 * is the address space alone, and 8 on the others, which have no bit 13.
 */
static void privilege_bits(void)
{
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		bool denied;

		*ram32(A) = 0;
		PUT(pp_ram(PP + 0x200000), SDI(GGTT, A, 0x77), 0x05000000);
		denied = RUN(e, 0x18800100, PP + 0x200000) && !get32(A);
		ok(denied == (e != RCS), "%s: a batch with bit 8 %s privileges",
		   engine_name[e], e == RCS ? "has" : "has no");

		*ram32(A) = 0;
		PUT(0x200000, SDI(GGTT, A, 0x78), 0x05000000);
		denied = RUN(e, 0x18802000, 0x200000) && !get32(A);
		ok(denied == (e == RCS), "%s: a batch with bit 13 %s privileges",
		   engine_name[e], e == RCS ? "has no" : "has");
	}
}

/* A batch without privileges that starts another one, which would have them. */
static void chained_privileges(void)
{
	*ram32(A) = 0;
	PUT(pp_ram(PP + 0x200000), 0x18800100, PP + 0x210000);
	PUT(pp_ram(PP + 0x210000), SDI(GGTT, A, 1), 0x05000000);
	ok(RUN(RCS, 0x18802100, PP + 0x200000) && !get32(A),
	   "non-secure: the next batch has no privileges, either");
	PUT(pp_ram(PP + 0x200000), 0x18c00100, PP + 0x210000, 0x05000000);
	ok(RUN(RCS, 0x18802100, PP + 0x200000) && !get32(A),
	   "non-secure: nor one of the second level");
	PUT(pp_ram(PP + 0x200000), 0x18800000, PP + 0x210000);
	ok(RUN(BCS, 0x18800100, PP + 0x200000) && !get32(A),
	   "non-secure: it stays in the PPGTT");
}

static void privileges(void)
{
	*ram32(A) = 0;
	ok(UNPRIVILEGED(BCS, SDI(GGTT, A, 1)) && !get32(A),
	   "non-secure: no store to the global GTT");
	ok(UNPRIVILEGED(BCS, SDI(0, PP + A, 0xd1)) &&
	   get32(pp_ram(PP + A)) == 0xd1, "non-secure: store to the PPGTT");
	mmio_set(hsw, 0x22200, 0);
	ok(UNPRIVILEGED(BCS, 0x11000001, 0x22200, 0x10001) &&
	   !mmio_get(hsw, 0x22200), "non-secure: no BCS_SWCTRL");
	set_gpr(0, 0);
	ok(UNPRIVILEGED(RCS, 0x11000001, 0x2600, 5) && gpr(0) == 5,
	   "non-secure: GPRs may be loaded");
	ok(UNPRIVILEGED(RCS, 0x12000001, 0x2358, PP + A) &&
	   get32(pp_ram(PP + A)) != 0xd1, "non-secure: TIMESTAMP may be read");
	*ram32(pp_ram(PP + A)) = 0xd2;
	ok(UNPRIVILEGED(RCS, 0x12000001, 0x2038, PP + A) &&
	   get32(pp_ram(PP + A)) == 0xd2, "non-secure: RING_START may not");
	ok(UNPRIVILEGED(RCS, 0x15000001, 0x2038, 0x2600) && gpr(0) == 5,
	   "non-secure: not by way of a GPR either");
	ok(UNPRIVILEGED(RCS, 0x11c00001, 0x30000000, 1, 0) &&
	   hsw->gtt.pte[0x30000] != 1, "non-secure: no UPDATE_GTT");
	*ram32(HWS(RCS) + 0x300) = *ram32(HWS(BCS) + 0x300) = 0;
	ok(UNPRIVILEGED(BCS, 0x10800001, 0x300, 1) && !get32(HWS(BCS) + 0x300),
	   "non-secure: no STORE_DATA_INDEX");
	ok(UNPRIVILEGED(BCS, 0x13204001, 0x300, 1) && !get32(HWS(BCS) + 0x300),
	   "non-secure: no FLUSH_DW to the status page");
	ok(UNPRIVILEGED(RCS, 0x7a000002, 0x00204000, 0x300, 1) &&
	   !get32(HWS(RCS) + 0x300),
	   "non-secure: no PIPE_CONTROL to the status page");
	mmio_set(hsw, 0x2180, 0);
	ok(UNPRIVILEGED(RCS, 0x0c000000, 0x400001) && !mmio_get(hsw, 0x2180),
	   "non-secure: no SET_CONTEXT");
	ok(UNPRIVILEGED(BCS, 0x13004001, A | 4, 1) && !get32(A),
	   "non-secure: no FLUSH_DW to the global GTT");
	ok(UNPRIVILEGED(RCS, 0x7a000002, 0x01004000, A, 1) && !get32(A),
	   "non-secure: no PIPE_CONTROL to the global GTT");
	ok(UNPRIVILEGED(RCS, 0x7a000002, 0x00800000, 0x2038, 1) &&
	   reg_get(RCS, RING_START) == RING(RCS),
	   "non-secure: no PIPE_CONTROL to a register");
}

static void pipe_control(void)
{
	uint64_t before, after, t;

	ok(RUN(RCS, 0x7a000002, 0x01004000, A + 0x40, 0xe1) &&
	   get32(A + 0x40) == 0xe1, "PIPE_CONTROL, global");
	ok(RUN(RCS, 0x7a000002, 0x00004000, PP + A + 0x40, 0xe2) &&
	   get32(pp_ram(PP + A + 0x40)) == 0xe2, "PIPE_CONTROL, PPGTT");
	ok(RUN(RCS, 0x7a000003, 0x01004000, A + 0x40, 0xe3, 0xe4) &&
	   get32(A + 0x40) == 0xe3 && get32(A + 0x44) == 0xe4,
	   "PIPE_CONTROL of a qword");
	before = clock_timestamp();
	ok(RUN(RCS, 0x7a000003, 0x0100c000, A + 0x48, 0, 0),
	   "PIPE_CONTROL, timestamp");
	after = clock_timestamp();
	t = (uint64_t)get32(A + 0x4c) << 32 | get32(A + 0x48);
	ok(t >= before && t <= after, "which lies between two others");
	ok(RUN(RCS, 0x7a000003, 0x01008000, A + 0x48, 9, 9) &&
	   !get32(A + 0x48), "PIPE_CONTROL, depth count");
	ok(RUN(RCS, 0x7a000002, 0x00204000, 0x300, 0xe5) &&
	   get32(HWS(RCS) + 0x300) == 0xe5, "PIPE_CONTROL, status page");
	ok(RUN(RCS, 0x7a000002, 0x00800000, 0x2600, 0xe6) &&
	   (uint32_t)gpr(0) == 0xe6, "PIPE_CONTROL to a register");
	ok(HANGS(RCS, 0x7a000002, 0x00804000, 0x2600, 0xe7) &&
	   (uint32_t)gpr(0) == 0xe6,
	   "PIPE_CONTROL: a register and a post-sync operation");
	*ram32(A + 0x40) = 1;
	ok(RUN(RCS, 0x7a000002, 0x01101021, A + 0x40, 0) &&
	   get32(A + 0x40) == 1, "PIPE_CONTROL that only flushes");
	ok(HANGS(RCS, 0x7a000002, 0x01004000, UNMAPPED, 1),
	   "PIPE_CONTROL: no page");
	ok(HANGS(RCS, 0x7a000001, 0x01004000, A), "PIPE_CONTROL: too short");
	ok(HANGS(RCS, 0x7a000002, 0x00800000, 0x200000, 1),
	   "PIPE_CONTROL: no such register");
}

/* Notify Enable of PIPE_CONTROL and MI_FLUSH_DW: the event, and who masks it. */
static void notify(void)
{
	static const struct {
		uint32_t iir, bit;
	} event[NUM_ENGINES] = {
		[RCS] = { 0x44018, 1u << 4 }, [VCS] = { 0x44018, 1u << 16 },
		[BCS] = { 0x44018, 1u << 26 }, [VECS] = { 0x44028, 1u << 13 },
	};
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		uint32_t iir = event[e].iir, bit = event[e].bit;
		bool good;

		mmio_write(hsw, iir, ~0u);
		mmio_write(hsw, iir - 4, ~bit);
		reg(e, RING_IMR, ~bit);
		if (e == RCS)
			RUN(e, 0x7a000002, 0x00101000, 0, 0);
		else
			RUN(e, 0x13000001, 0, 0);
		good = !mmio_get(hsw, iir);
		if (e == RCS)
			RUN(e, 0x7a000002, 0x00101100, 0, 0);
		else
			RUN(e, 0x13000101, 0, 0);
		ok(good && mmio_get(hsw, iir) == bit,
		   "%s: a flush with Notify Enable is bit 0x%x of IIR",
		   engine_name[e], bit);
		mmio_write(hsw, iir, ~0u);
		reg(e, RING_IMR, ~0u);
		if (e == RCS)
			RUN(e, 0x7a000003, 0x01104100, A, 1, 0);
		else
			RUN(e, 0x13004101, A | 4, 1);
		ok(!mmio_get(hsw, iir), "%s: unless the ring's IMR masks it",
		   engine_name[e]);
		mmio_write(hsw, iir - 4, ~0u);
	}
}

/* Bits 11:8 of MI_LOAD_REGISTER_IMM: bytes that keep their value. */
static void byte_disables(void)
{
	unsigned int keep, bad = 0;

	for (keep = 0; keep < 16; keep++) {
		uint32_t want = 0, i;

		for (i = 0; i < 4; i++)
			want |= (keep >> i & 1 ? 0x11u : 0xeeu) << 8 * i;
		mmio_set(hsw, 0x2600, 0x11111111);
		mmio_set(hsw, 0x2608, 0x11111111);
		RUN(RCS, 0x11000003 | keep << 8, 0x2600, 0xeeeeeeee, 0x2608,
		    0xeeeeeeee);
		bad += mmio_get(hsw, 0x2600) != want ||
		       mmio_get(hsw, 0x2608) != want;
	}
	ok(!bad, "LOAD_REGISTER_IMM: byte write disables, all sixteen");
}

static void store_register_predicate(void)
{
	set_gpr(0, 0x51);
	*ram32(A) = 0;
	mmio_set(hsw, 0x2418, 0);
	ok(RUN(RCS, 0x12600001, 0x2600, A) && !get32(A),
	   "STORE_REGISTER_MEM with a predicate that is false: nothing");
	mmio_set(hsw, 0x2418, 1);
	ok(RUN(RCS, 0x12600001, 0x2600, A) && get32(A) == 0x51,
	   "STORE_REGISTER_MEM with a predicate that is true");
}

static void set_predicate(void)
{
	unsigned int mode, result, bad = 0;

	for (mode = 0; mode < 4; mode++) {
		for (result = 0; result < 2; result++) {
			bool noop = mode == 3 || (mode == 1 && !result) ||
				    (mode == 2 && result);

			mmio_set(hsw, 0x2214, result);
			*ram32(A) = *ram32(A + 4) = *ram32(A + 8) = 0;
			PUT(0x200000, 0x00800000 | mode, SDI(GGTT, A, 1),
			    0x00800000, SDI(GGTT, A + 4, 2), 0x00800003,
			    0x05000000);
			bad += !RUN(RCS, 0x18800000, 0x200000,
				    SDI(GGTT, A + 8, 3)) ||
			       get32(A) != !noop || get32(A + 4) != 2 ||
			       get32(A + 8) != 3;
		}
	}
	ok(!bad, "SET_PREDICATE: what follows is left out, up to the next one or the end of the batch");
	*ram32(A) = 0;
	ok(RUN(RCS, 0x00800003, SDI(GGTT, A, 4)) && get32(A) == 4,
	   "SET_PREDICATE in the ring itself does nothing");
}

static void report_perf(void)
{
	unsigned int i, set = 0;

	memset(ram + A, 0xaa, 0x200);
	mmio_set(hsw, 0x2360, 0);
	ok(RUN(RCS, 0x14000001, A | 1, 0x1d) && get32(A) == 0x1d &&
	   get32(A + 4) != 0xaaaaaaaa, "REPORT_PERF_COUNT: identification and time");
	for (i = 8; i < 64; i += 4)
		set += get32(A + i) != 0;
	ok(!set && get32(A + 64) == 0xaaaaaaaa, "REPORT_PERF_COUNT: 64 bytes, nothing counted");
	mmio_set(hsw, 0x2360, 5 << 2);
	RUN(RCS, 0x14000001, A | 1, 0x1e);
	ok(!get32(A + 252) && get32(A + 256) == 0xaaaaaaaa,
	   "REPORT_PERF_COUNT: as long as OACONTROL's format");
	mmio_set(hsw, 0x2360, 0);
	ok(HANGS(RCS, 0x14000001, UNMAPPED | 1, 0), "REPORT_PERF_COUNT: no page");
	*ram32(A) = 0;
	ok(UNPRIVILEGED(RCS, 0x14000001, A | 1, 5) && !get32(A),
	   "non-secure: no REPORT_PERF_COUNT to the global GTT");
}

static void timestamps(void)
{
	ok(clock_ticks(80ull << 36) == 0 && clock_ticks((80ull << 36) + 160) == 2 &&
	   clock_ticks((80ull << 36) - 1) == (1ull << 36) - 1,
	   "a timestamp has 36 bits");
}

static void predicate(void)
{
	static const struct {
		uint32_t dw0;
		uint32_t src0, before, after;
		const char *what;
	} t[] = {
		{ 0x06000080, 0, 0, 1, "load, set, true" },
		{ 0x06000081, 0, 1, 0, "load, set, false" },
		{ 0x06000082, 7, 0, 1, "load, set, equal" },
		{ 0x06000082, 8, 1, 0, "load, set, not equal" },
		{ 0x060000c2, 8, 0, 1, "load inverted" },
		{ 0x06000083, 12, 0, 1, "load, set, difference" },
		{ 0x06000002, 7, 0, 0, "keep" },
		{ 0x0600008a, 7, 0, 0, "and" },
		{ 0x06000092, 8, 1, 1, "or" },
		{ 0x0600009a, 7, 1, 0, "exclusive or" },
	};
	unsigned int i;

	mmio_set(hsw, 0x2408, 7);
	mmio_set(hsw, 0x2410, 5);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		mmio_set(hsw, 0x2400, t[i].src0);
		mmio_set(hsw, 0x2418, t[i].before);
		ok(RUN(RCS, t[i].dw0) && mmio_get(hsw, 0x2418) == t[i].after,
		   "PREDICATE: %s", t[i].what);
	}
	PUT(A + 0x1000, SDI(GGTT, A, 0xf1), 0x05000000);
	*ram32(A) = 0;
	mmio_set(hsw, 0x241c, 0);
	ok(RUN(RCS, 0x18808000, A + 0x1000) && !get32(A),
	   "BATCH_BUFFER_START with a false predicate");
	mmio_set(hsw, 0x241c, 1);
	ok(RUN(RCS, 0x18808000, A + 0x1000) && get32(A) == 0xf1,
	   "BATCH_BUFFER_START with a true predicate");
}

#define ALU(op, a, b)	((op) << 20 | (a) << 10 | (b))

static void math(void)
{
	static const struct {
		uint32_t op;
		uint64_t a, b, want;
		uint32_t flag;		/* 0x32 ZF, 0x33 CF set; 0 none */
		const char *what;
	} t[] = {
		{ 0x100, 5, 7, 12, 0, "add" },
		{ 0x100, ~0ull, 2, 1, 0x33, "add with carry" },
		{ 0x101, 7, 5, 2, 0, "subtract" },
		{ 0x101, 7, 7, 0, 0x32, "subtract to zero" },
		{ 0x101, 5, 7, -2ull, 0x33, "subtract with borrow" },
		{ 0x102, 0xf0f0, 0xff00, 0xf000, 0, "and" },
		{ 0x103, 0xf0f0, 0xff00, 0xfff0, 0, "or" },
		{ 0x104, 0xf0f0, 0xff00, 0x0ff0, 0, "exclusive or" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		set_gpr(0, t[i].a);
		set_gpr(1, t[i].b);
		ok(RUN(RCS, 0x0d000006, ALU(0x80, 0x20, 0), ALU(0x80, 0x21, 1),
		       ALU(t[i].op, 0, 0), ALU(0x180, 2, 0x31),
		       ALU(0x180, 3, 0x32), ALU(0x180, 4, 0x33), 0) &&
		   gpr(2) == t[i].want &&
		   gpr(3) == (t[i].flag == 0x32 ? ~0ull : 0) &&
		   gpr(4) == (t[i].flag == 0x33 ? ~0ull : 0),
		   "MATH: %s", t[i].what);
	}
	set_gpr(0, 0xff);
	ok(RUN(RCS, 0x0d000003, ALU(0x480, 0x20, 0), ALU(0x481, 0x21, 0),
	       ALU(0x102, 0, 0), ALU(0x580, 5, 0x31)) && gpr(5) == 0xff,
	   "MATH: inverted load, constant, inverted store");
	ok(HANGS(RCS, 0x0d000000, ALU(0x7ff, 0, 0)), "MATH: no such operation");
	ok(HANGS(RCS, 0x0d000000, ALU(0x80, 0x20, 0x1f)),
	   "MATH: no such operand");
	ok(HANGS(RCS, 0x0d000000, ALU(0x180, 0x10, 0x31)),
	   "MATH: no such register");
}

static void conditional_end(void)
{
	*ram32(A + 0x100) = 10;
	PUT(A + 0x1000, 0x1b600001, 9, A + 0x100, SDI(GGTT, A, 2), 0x05000000);
	PUT(A + 0x2000, 0x1b600001, 10, A + 0x100, SDI(GGTT, A, 3), 0x05000000);
	*ram32(A) = 0;
	ok(RUN(RCS, 0x18800000, A + 0x1000) && get32(A) == 2,
	   "CONDITIONAL_BATCH_BUFFER_END: greater goes on");
	ok(RUN(RCS, 0x18800000, A + 0x2000) && get32(A) == 2,
	   "CONDITIONAL_BATCH_BUFFER_END: equal ends the batch");
}

static uint64_t skipped(uint32_t key)
{
	unsigned int i;

	for (i = 0; i < hsw->stats.n_skipped; i++)
		if (hsw->stats.skipped[i].key == key)
			return hsw->stats.skipped[i].count;
	return 0;
}

static void skips(void)
{
	ok(RUN(RCS, 0x61010008, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x69040001,
	       SDI(GGTT, A, 0x51)) && get32(A) == 0x51 &&
	   skipped(0x61010000) == 1 && skipped(0x69040000) == 1,
	   "3D commands are stepped over and counted");
	ok(RUN(RCS, 0x0a000001, 1, 2, SDI(GGTT, A, 0x52)) && get32(A) == 0x52 &&
	   skipped(0x0a000000) == 1, "DISPLAY_FLIP too");
	ok(RUN(RCS, 0x02800000, 0x04000000, 0x05800001, 0x13800000, 0,
	       SDI(GGTT, A, 0x53)) && get32(A) == 0x53,
	   "ARB_CHECK, ARB_ON_OFF, SUSPEND_FLUSH, CLFLUSH");
	ok(HANGS(RCS, 0xffffffff), "no command at all hangs");
	ok(HANGS(BCS, 0x20000000), "client 1 hangs");
}

int main(void)
{
	open_device();
	stores();
	flush_dw();
	registers();
	interrupts();
	semaphores();
	context();
	update_gtt();
	privileges();
	privilege_bits();
	chained_privileges();
	pipe_control();
	notify();
	byte_disables();
	store_register_predicate();
	set_predicate();
	report_perf();
	timestamps();
	predicate();
	math();
	conditional_end();
	skips();
	close_device();
	return tap_done();
}
