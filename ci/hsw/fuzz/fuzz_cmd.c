// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command streams: an input is what a guest puts into a ring and into a batch
 * behind it, and one thing that happens while they run.
 *
 * u8 engine (bits 1:0), PPGTT off (bit 2), ring starts near its end (bit 3),
 *    with --tlb (bit 4), a user's batch (bit 5)
 * u8 what happens (enum event)
 * u8 after how many commands
 * u8 dwords of the ring
 * dwords: the ring's, then those of the batch at FZ_BATCH
 *
 * Two things are held against a second model while it runs: each command is as long
 * as tests/lengths.h says; and a user's batch, which the ring starts without
 * privileges, changes nothing but the memory of its PPGTT and the registers that a
 * user may write. The first MiB of memory is not in that PPGTT.
 */
#include <string.h>

#include "fuzz.h"
#include "../tests/lengths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_COMMANDS	400u

enum event { EV_NONE, EV_RESET_ENGINE, EV_RESET_ALL, EV_RING_OFF, EV_STOP_RING,
	     EV_NO_MEMORY, EV_READ_ONLY, EV_NO_PTES, EV_TAIL, EV_COUNT };

static void happen(enum engine_id e, enum event what)
{
	static const uint32_t domain[NUM_ENGINES] = {
		GDRST_RENDER, GDRST_MEDIA, GDRST_BLT, GDRST_VECS
	};
	uint32_t base = engine_base[e];

	switch (what) {
	case EV_RESET_ENGINE:
		mmio_write(fz_hsw, GDRST, domain[e]);
		FZ_MUST(!fz_hsw->ring[e].hung && !fz_hsw->ring[e].blitting);
		break;
	case EV_RESET_ALL:
		mmio_write(fz_hsw, GDRST, GDRST_FULL);
		break;
	case EV_RING_OFF:
		mmio_write(fz_hsw, base + RING_CTL, 0);
		FZ_MUST(ring_idle(&fz_hsw->ring[e]));
		break;
	case EV_STOP_RING:
		mmio_write(fz_hsw, base + RING_MI_MODE, MODE_STOP_RING << 16 |
			   MODE_STOP_RING);
		break;
	case EV_NO_MEMORY:
		fz_no_memory();
		break;
	case EV_READ_ONLY:
		fz_no_memory();
		fz_map(FZ_GPA, 0, FZ_RAM, MEM_READ);
		break;
	case EV_NO_PTES:
		memset(fz_hsw->gtt.pte, 0, 4 * FZ_RAM / GTT_PAGE);
		break;
	case EV_TAIL:
		mmio_write(fz_hsw, base + RING_TAIL, 0);
		break;
	default:
		break;
	}
}

/* ------------------------------------------------------------------ */
/* Lengths. */

static struct {
	uint32_t at;			/* offset in the ring, or batch address */
	unsigned int depth;
	uint64_t epoch;
	bool blitting;
	uint64_t hangs;
} was[NUM_ENGINES];

static uint32_t ref_length(enum engine_id e, uint32_t dw0)
{
	static const uint32_t command[8] = {
		0xff800000, 0, 0xffc00000, 0xffff0000
	};
	static const uint32_t one_dword[] = {
		0x68000000, 0x69040000, 0x680b0000, 0x780b0000
	};
	unsigned int client = dw0 >> 29, bits = client == 0 ? 6 : 8, i;

	for (i = 0; i < ARRAY_SIZE(one_dword); i++)
		if ((dw0 & 0xffff0000) == one_dword[i])
			return 1;
	if (client == 0 && dw0 >> 23 < 0x10)
		return 1;
	if (dw0 >> 27 == 0xe)		/* media */
		bits = e == RCS || (dw0 >> 24 & 7) == 6 ? 16 : 12;
	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		if (lengths[i].engines & BIT(e) &&
		    !((lengths[i].dw0 ^ dw0) & command[client]))
			bits = lengths[i].bits;
	return dw0 % (1u << bits) + 2;
}

static uint32_t position(const struct ring *ring)
{
	if (ring->at.depth)
		return ring->at.batch[ring->at.depth - 1].addr;
	return ring->at.head & HEAD_ADDR;
}

/* May change where an engine is, whatever its length. */
static bool moves(uint32_t dw0)
{
	switch (dw0 >> 23) {
	case 0x00:			/* MI_NOOP: several at once */
	case 0x0a:			/* the end of a batch */
	case 0x16:			/* a semaphore, which writes registers */
	case 0x22:
	case 0x29:
	case 0x2a:			/* registers are written */
	case 0x31:
	case 0x36:			/* batches start and end */
		return true;
	default:
		return dw0 >> 16 == 0x7a00;
	}
}

static void watch_lengths(bool before)
{
	bool any = false;
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		const struct ring *ring = &fz_hsw->ring[e];

		if (before) {
			was[e].at = position(ring);
			was[e].depth = ring->at.depth;
			was[e].epoch = ring->epoch;
			was[e].blitting = ring->blitting;
			was[e].hangs = fz_hsw->stats.hangs[e];
		} else {
			/* What has hung stays so, but for a reset by another. */
			FZ_MUST(fz_hsw->stats.hangs[e] == was[e].hangs ||
				ring->hung || ring->epoch != was[e].epoch);
			any |= position(ring) != was[e].at &&
			       moves(mmio_get(fz_hsw, engine_base[e] + RING_IPEHR));
		}
	}
	if (before || any)
		return;
	for (e = 0; e < NUM_ENGINES; e++) {
		const struct ring *ring = &fz_hsw->ring[e];
		uint32_t dw0 = mmio_get(fz_hsw, engine_base[e] + RING_IPEHR);
		uint32_t next = was[e].at + 4 * ref_length(e, dw0);

		if (position(ring) == was[e].at || was[e].blitting ||
		    ring->epoch != was[e].epoch)
			continue;
		FZ_MUST(ring->at.depth == was[e].depth);
		FZ_MUST(position(ring) == (ring->at.depth ? next :
						next % ring_size(ring)));
	}
}

/* ------------------------------------------------------------------ */
/* A user's batch. */

#define USER_FIRST	MIB		/* memory from here on is in the PPGTT */
#define USER_BATCH	MIB

/* Registers that a batch without privileges may write, and what it does by itself. */
static bool users(enum engine_id e, uint32_t off)
{
	uint32_t own = off - engine_base[e];

	return (off >= 0x2300 && off < 0x2358) || (off >= 0x2400 && off < 0x2444) ||
	       (off >= 0x2500 && off < 0x250c) || (off >= 0x2600 && off < 0x2680) ||
	       (off >= 0x5200 && off < 0x52a0) ||
	       own == RING_IPEHR || own == RING_IPEIR || own == RING_EIR ||
	       own == RING_ESR || own == RING_CTL || off == RING_FAULT(e) ||
	       off == 0x44018 || off == 0x44028 || off == 0x44008;
}

static uint32_t user_registers[1024];

static void user_batch(enum engine_id e, struct fz_in *in)
{
	const uint32_t start[] = {
		0x18800000 | (e == RCS ? 0x2100 : 0x100), FZ_PP + USER_BATCH
	};
	uint32_t i;

	memset(fz_ram + FZ_TABLES, 0, USER_FIRST / 1024);
	memset(fz_ram + FZ_TABLES + FZ_TABLES / 1024, 0, 4);
	memcpy(fz_ram + FZ_RING(e), start, sizeof(start));
	fz_bytes(in, fz_ram + USER_BATCH, fz_left(in));
	mmio_write(fz_hsw, engine_base[e] + RING_TAIL, sizeof(start));
	for (i = 0; i < reg_count && i < ARRAY_SIZE(user_registers); i++)
		user_registers[i] = mmio_get(fz_hsw, reg_table[i].off);
	fz_run(MAX_COMMANDS);

	for (i = 0; i < reg_count && i < ARRAY_SIZE(user_registers); i++)
		FZ_MUST(users(e, reg_table[i].off) || user_registers[i] ==
			mmio_get(fz_hsw, reg_table[i].off));
	FZ_MUST(!memcmp(fz_hsw->gtt.pte, fz_clean_ptes(), GTT_SIZE));
	/* The ring, and MI_REPORT_HEAD's place in the status page. */
	memcpy(fz_ram + FZ_RING(e), fz_clean_memory() + FZ_RING(e), sizeof(start));
	memcpy(fz_ram + FZ_HWS(e) + 0x10, fz_clean_memory() + FZ_HWS(e) + 0x10, 4);
	FZ_MUST(!memcmp(fz_ram, fz_clean_memory(), USER_FIRST));
	for (i = USER_FIRST / 1024; i < GTT_PAGE; i += 4)
		FZ_MUST(i == FZ_TABLES / 1024 ||
			!memcmp(fz_ram + FZ_TABLES + i,
				fz_clean_memory() + FZ_TABLES + i, 4));
}

static void check(void)
{
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++) {
		const struct ring *ring = &fz_hsw->ring[e];

		FZ_MUST(ring->at.depth <= 2);
		FZ_MUST(ring->at.head % 4 == 0 && ring->tail % 8 == 0);
		FZ_MUST(!ring->blitting || (e == BCS &&
			fz_hsw->blt.done < fz_hsw->blt.rows));
	}
	/* Whatever came before, this leaves engines that work. */
	mmio_write(fz_hsw, GDRST, GDRST_FULL);
	for (e = 0; e < NUM_ENGINES; e++)
		FZ_MUST(!fz_hsw->ring[e].hung && ring_idle(&fz_hsw->ring[e]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fz_in in = { data, data + size };
	uint8_t flags = fz_u8(&in), what = fz_u8(&in), when = fz_u8(&in);
	enum engine_id e = flags & 3;
	uint32_t n = fz_u8(&in), i, head;

	if (size < 8 || size > 4096)
		return -1;
	fz_reset();
	if (flags & 16)
		FZ_MUST(!tlb_enable(fz_hsw));
	fz_watch = watch_lengths;
	if (flags & 32) {
		user_batch(e, &in);
		check();
		return 0;
	}
	head = flags & 8 ? FZ_RING_BYTES - 64 : 0;
	mmio_write(fz_hsw, engine_base[e] + RING_HEAD, head);
	if (flags & 4)
		mmio_write(fz_hsw, engine_base[e] + RING_GFX_MODE,
			   GFX_PPGTT_ENABLE << 16);
	if (n > fz_left(&in) / 4)
		n = fz_left(&in) / 4;
	for (i = 0; i < n; i++) {
		uint32_t dw = fz_u32(&in);

		memcpy(fz_ram + FZ_RING(e) + (head + 4 * i) % FZ_RING_BYTES,
		       &dw, 4);
	}
	/* An odd dword more is the MI_NOOP that the driver pads with. */
	mmio_write(fz_hsw, engine_base[e] + RING_TAIL,
		   (head + 4 * (n + (n & 1))) % FZ_RING_BYTES);
	fz_bytes(&in, fz_ram + FZ_BATCH, fz_left(&in));

	if (what) {
		fz_run(when);
		happen(e, what % EV_COUNT);
	}
	fz_run(MAX_COMMANDS);
	check();
	return 0;
}
