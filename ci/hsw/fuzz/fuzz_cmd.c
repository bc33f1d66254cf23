// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command streams: an input is what a guest puts into a ring and into a batch
 * behind it, and one thing that happens while they run.
 *
 * u8 engine (bits 1:0), PPGTT off (bit 2), ring starts near its end (bit 3),
 *    with --tlb (bit 4)
 * u8 what happens (enum event)
 * u8 after how many commands
 * u8 dwords of the ring
 * dwords: the ring's, then those of the batch at FZ_BATCH
 */
#include <string.h>

#include "fuzz.h"

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
