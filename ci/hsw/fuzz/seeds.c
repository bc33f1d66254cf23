// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the first inputs of the fuzz targets into DIR/{msg,space,walk,cmd}/:
 *
 *	seeds DIR [TRACE...]
 *
 * from the streams of the unit tests, which are below, and from traces of a
 * real driver, as "hsw --trace mmio,cmd --log TRACE" writes them. A trace
 * gives inputs of 48 accesses, and of a ring's and a batch's next commands;
 * those that were seen before, values apart, are left out. The formats are
 * described at the top of each fuzz_*.c.
 *
 * Exit: 0, 2 wrong usage or a trace that is none, 3 cannot write.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "cmdlen.h"
#include "mi.h"
#include "vfio_proto.h"
#include "../tests/lengths.h"

static const char *dir;
static unsigned int count;

/* ------------------------------------------------------------------ */
/* An input in the making. */

static uint8_t buf[1 << 16];
static size_t len;

static void bytes(const void *p, size_t n)
{
	if (n > sizeof(buf) - len)
		n = sizeof(buf) - len;
	memcpy(buf + len, p, n);
	len += n;
}

static void u8(uint8_t v)
{
	bytes(&v, 1);
}

static void u16(uint16_t v)
{
	bytes(&v, 2);
}

static void u32(uint32_t v)
{
	bytes(&v, 4);
}

static void save(const char *target)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, target);
	if (mkdir(path, 0777) && errno != EEXIST) {
		perror(path);
		exit(3);
	}
	snprintf(path, sizeof(path), "%s/%s/%04u", dir, target, count++);
	f = fopen(path, "wb");
	if (!f || fwrite(buf, 1, len, f) != len || fclose(f)) {
		perror(path);
		exit(3);
	}
	len = 0;
}

/* ------------------------------------------------------------------ */
/* Command streams. */

#define B	FZ_BATCH
#define A	0x100000u		/* free memory, in either space */
#define P(a)	(FZ_PP + (a))
#define END	0x05000000u

/* Flags of fuzz_cmd.c's first byte. */
enum { NO_PPGTT = 4, AT_END = 8, USER = 32 };

static const struct stream {
	uint8_t flags, what, when;
	uint32_t ring[24], batch[24];	/* zeros at the end do no harm */
	uint8_t n_ring;
} streams[] = {
	/* What v5.10 emits around a batch: RCS, BCS, VCS, VECS. */
	{ RCS, 0, 0, { 0x7a000003, 0x00144c1c, A, 0, 0, 0x18802100, P(B),
		0x7a000002, 0x01101021, A | 4, 7, 0x10800001, 0x100, 7,
		0x01000000, 0 },
	  { 0x7a000003, 0x01004000, A, 1, 0, END }, 16 },
	{ BCS, 0, 0, { 0x13244001, 0x104, 0, 0x18802100, P(B),
		0x13204001, 0x104, 9, 0x01000000, 0 },
	  { 0x54f00006, 0x03cc0100, 0, 0x00100010, P(A), 0, 0x100, P(A + 0x8000),
		END }, 10 },
	{ VCS, 0, 0, { 0x132440a1, 0x104, 0, 0x18802100, P(B),
		0x13204001, 0x104, 9, 0x01000000, 0 },
	  { 0x10000002, 0, P(A), 5, END }, 10 },
	{ VECS, 0, 0, { 0x13244001, 0x104, 0, 0x01000000 }, { 0 }, 4 },
	/* Context switch with the page directory, semaphores off. */
	{ RCS, 0, 0, { 0x04000000, 0x11000003, 0x2220, 0xffffffff, 0x2228,
		FZ_PP_DIR << 10, 0x12400001, 0x2228, A, 0x0c000000, A | 0x109,
		0x04000001, 0x11000001, 0x20c0, 0x02000200, 0 }, { 0 }, 16 },
	/* Two contexts, back to the first; its image is changed meanwhile. */
	{ RCS, 0, 0, { 0x0c000000, A | 0x101, 0x0c000000, 0x200101, 0x11000001,
		0x2600, 7, 0x0c000000, A | 0x100, 0x0c000000, A | 0x102 },
	  { 0 }, 11 },
	{ RCS, 0, 0, { 0x0c000000, A | 0x101, 0x0c000000, 0x200101, 0x10400002,
		0, A + 8, 0x7fff7fff, 0x0c000000, A | 0x100, 0x10400002, 0,
		0x200004, 0x941c, 0x0c000000, 0x200100 }, { 0 }, 16 },
	/* Each blit: linear, X, Y, clipped, each way round, odd sizes. */
	{ BCS, 0, 0, { 0x18800100, P(B) },
	  { 0x11000001, 0x22200, 0x00030003, 0x54f08806, 0x03cc0020, 0x00010002,
		0x00210043, P(A), 0x00050003, 0x20, P(A + 0x4000), END }, 2 },
	{ BCS, 0, 0, { 0x54f08806, 0x03660080, 0, 0x00400040, P(A), 0, 0x80,
		P(A + 0x10000), 0x50000804, 0x03f00200, 0, 0x00200020, P(A),
		0x12345678 }, { 0 }, 14 },
	{ BCS, 0, 0, { 0x00c00001, 0x00100010, 0x00200020, 0x54f00006,
		0x43cc0100, 0, 0x00400040, P(A), 0, 0x100, P(A + 0x80) },
	  { 0 }, 11 },
	{ BCS, 0, 0, { 0x50c00004, 0x03cc0100, 0x00100040, P(A), 0x100,
		P(A + 0x100), 0x40c00003, 0x03f00100, 0x00100040, P(A), 0x55 },
	  { 0 }, 11 },
	{ BCS, 0, 0, { 0x54c00006, 0x015a0041, 0x00010001, 0x00090007, P(A), 0,
		0x41, P(A), 0x54f00006, 0x03ccff00, 0, 0x00080040, P(A + 0x800),
		0, 0xff00, P(A + 0x1000) }, { 0 }, 16 },
	/* A large copy, and what can happen in the middle of it. */
	{ BCS, 1, 2, { 0x54f00006, 0x03cc1000, 0, 0x04000400, P(A), 0, 0x1000,
		P(A + 0x100000) }, { 0 }, 8 },
	{ BCS, 3, 3, { 0x54f00006, 0x03cc1000, 0, 0x02000400, P(A), 0, 0x1000,
		P(A) }, { 0 }, 8 },
	{ BCS, 5, 2, { 0x50f00804, 0x03f01000, 0, 0x02000400, P(A), 1 },
	  { 0 }, 6 },
	{ BCS, 7, 2, { 0x50f00804, 0x03f00400, 0, 0x02000400, P(A), 1 },
	  { 0 }, 6 },
	/* Batches that chain: to themselves, to a second level, across spaces. */
	{ RCS, 0, 0, { 0x18800000, B }, { 0, 0, 0x18800000, B }, 2 },
	{ RCS, 0, 0, { 0x18800000, B },
	  { 0x18c00000, B + 0x20, 0x10400002, 0, A, 1, END, 0,
		0x10400002, 0, A + 4, 2, END }, 2 },
	{ RCS, 0, 0, { 0x18800000, B }, { 0x18800100, P(B) }, 2 },
	/* It changes itself: the next command, the ring, its page table. */
	{ RCS, 0, 0, { 0x18800000, B },
	  { 0x10400002, 0, B + 0x10, END, 0x10400002, 0, A, 1, END }, 2 },
	{ BCS, 0, 0, { 0x10400002, 0, FZ_RING(BCS) + 16, 0x01000000, 0, 0 },
	  { 0 }, 6 },
	{ BCS, 0, 0, { 0x54f00006, 0x03cc0100, 0, 0x00100010, P(FZ_TABLES), 0,
		0x100, P(A), 0x10000002, 0, P(A), 1 }, { 0 }, 12 },
	{ RCS, 0, 0, { 0x11000001, 0x2030, 0x80, 0, 0x11000001, 0x941c, 1 },
	  { 0 }, 7 },
	/* Registers and memory, arithmetic, predicates. */
	{ RCS, 0, 0, { 0x11000005, 0x2600, 1, 0x2604, 2, 0x2608, 3, 0x15000001,
		0x2608, 0x2610, 0x14c00001, 0x2618, A, 0x12400001, 0x2610, A },
	  { 0 }, 16 },
	{ RCS, 0, 0, { 0x0d000006, 0x08008000, 0x08008401, 0x10000000,
		0x18000831, 0x18000c32, 0x18001033, 0, 0x06000082, 0x18808000,
		B }, { END }, 11 },
	{ RCS, 0, 0, { 0x0b240001, 77, 0x22048, 0x0b600001, 78, A, 0x0b500001,
		77, A, 0x0b140001, 5, 0 }, { 0 }, 12 },
	{ RCS, 0, 0, { 0x18800000, B },
	  { 0x1b600001, 10, A, 0x11c00001, 0x00100000, 1, 1, END }, 2 },
	{ RCS | NO_PPGTT | AT_END, 0, 0, { 0x18800100, B, 0x61010008, 1, 2, 3, 4,
		5, 6, 7, 8, 9, 0x69040001, 0x03800000, 0x10000003, 0, A, 1, 2 },
	  { 0x10000002, 0, A, 1, END }, 19 },
	{ RCS, 0, 0, { 0x7a000003, 0x0100c000, A, 0, 0, 0x7a000003, 0x00800000,
		0x2600, 1, 2, 0x7a000002, 0x00204000, 0x300, 1 }, { 0 }, 14 },
	{ BCS, 0, 0, { 0x1300c001, A | 4, 0, 0x13004002, A | 4, 1, 2,
		0x10800002, 0x108, 1, 2, 0x0a000001, 1, 2 }, { 0 }, 14 },
};

static void cmd_input(uint8_t flags, uint8_t what, uint8_t when,
		      const uint32_t *ring, unsigned int n_ring,
		      const uint32_t *batch, unsigned int n_batch)
{
	u8(flags);
	u8(what);
	u8(when);
	u8(n_ring);
	bytes(ring, 4 * n_ring);
	bytes(batch, 4 * n_batch);
	save("cmd");
}

/* One of each layout, clipped and not, onto itself and elsewhere. */
static void blits(void)
{
	static const uint8_t layout[] = { 3, 2, 40, 37, 5, 1, 4, 5, 33, 29 };
	unsigned int what, i;

	for (what = 0; what < 128; what++) {
		u8(what);
		u8(what & 4 ? 0xcc : 0x5a);
		u8(0x0f ^ what << 4);
		u8(0x34);
		for (i = 0; i < ARRAY_SIZE(layout); i++)
			u8(layout[i]);
		u32(0x12345678);
		save("blt");
	}
}

static void commands(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(streams); i++)
		cmd_input(streams[i].flags, streams[i].what, streams[i].when,
			  streams[i].ring, streams[i].n_ring, streams[i].batch,
			  ARRAY_SIZE(streams[i].batch));
	/* Up to the end of the ring, exactly. */
	{
		uint32_t ring[18];

		for (i = 0; i < ARRAY_SIZE(ring); i++)
			ring[i] = 0x01000000;
		cmd_input(RCS | AT_END, 0, 0, ring, ARRAY_SIZE(ring), NULL, 0);
	}
	/* A user's batch that starts another, which stores to the global GTT. */
	for (i = 0; i < 4; i++) {
		const uint32_t batch[] = {
			i & 1 ? 0x18c00100 : 0x18800000 | (i & 2) << 7,
			FZ_PP + MIB + 16, 0, 0, 0x10400002, 0, 0x1000, 1, END
		};

		cmd_input((i & 2 ? BCS : RCS) | USER, 0, 0, NULL, 0, batch,
			  ARRAY_SIZE(batch));
	}
	/* The same as a user would have it, and each command at its longest. */
	for (i = 0; i < ARRAY_SIZE(streams); i++)
		cmd_input((streams[i].flags & 3) | USER, 0, 0, NULL, 0,
			  streams[i].ring, streams[i].n_ring);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		static uint32_t batch[1000] = { 0 };
		unsigned int e;

		batch[0] = lengths[i].dw0 | ((1u << lengths[i].bits) - 1);
		for (e = 0; e < NUM_ENGINES; e++)
			if (lengths[i].engines & BIT(e))
				cmd_input(e, 0, 0, (uint32_t[]){ 0x18800000, B },
					  2, batch, 64);
	}
}

/* ------------------------------------------------------------------ */
/* Accesses. */

enum { CONFIG, BAR0, BAR2, BAR4, WRITE = 4, TABLE = 8 };
enum { LEN4 = 0, LEN1 = 1, LEN2 = 2, LEN8 = 3, LEN64 = 11 };

static void access(uint8_t where, uint8_t length, uint32_t off, uint32_t val)
{
	u8(where | length << 4);
	if ((where & 3) == CONFIG || (where & 3) == BAR4)
		u16(off);
	else
		u32(off);
	if (!(where & WRITE))
		return;
	u32(val);
	if (length == LEN1 || length == LEN2)
		len -= length == LEN1 ? 3 : 2;
	if (length == LEN8)
		u32(0);
}

static void spaces(void)
{
	uint32_t i;

	/* As firmware and driver probe: identity, BAR sizes, MSI. */
	for (i = 0; i < 0x40; i += 4)
		access(CONFIG, LEN4, i, 0);
	for (i = 0x10; i < 0x28; i += 4) {
		access(CONFIG | WRITE, LEN4, i, 0xffffffff);
		access(CONFIG, LEN4, i, 0);
	}
	access(CONFIG | WRITE, LEN2, 4, 7);
	access(CONFIG | WRITE, LEN4, 0x94, 0xfee00000);
	access(CONFIG | WRITE, LEN2, 0x92, 1);
	save("space");

	/* Forcewake, interrupts, a ring that runs. */
	access(BAR0 | WRITE, LEN4, 0xa188, 0x00010001);
	access(BAR0, LEN4, 0x130044, 0);
	access(BAR0 | WRITE, LEN4, 0x44014, 0);
	access(BAR0 | WRITE, LEN4, 0x4401c, 0xffffffff);
	access(BAR0 | WRITE, LEN4, 0x4400c, 0x80000000);
	access(BAR0 | WRITE, LEN4, 0x220a8, 0);
	access(BAR2 | WRITE, LEN4, FZ_RING(BCS), 0x01000000);
	access(BAR0 | WRITE, LEN4, 0x22030, 8);
	access(BAR0, LEN4, 0x44018, 0);
	access(BAR0 | WRITE, LEN4, 0x44018, 0xffffffff);
	access(BAR0, LEN4, 0x22034, 0);
	access(BAR0, LEN4, 0x22074, 0);
	access(BAR0, LEN8, 0x22358, 0);
	access(BAR0 | WRITE, LEN4, 0x941c, 1);
	save("space");

	/* PTEs, fences, aperture, ports. */
	access(BAR0 | WRITE, LEN8, 2 * MIB + 0x400,
	       (uint32_t)FZ_GPA | 0x10 | 1);
	access(BAR0 | WRITE, LEN4, 0x100004, 0x00100003);
	access(BAR0 | WRITE, LEN4, 0x100000, 0x00000001);
	access(BAR2, LEN64, 0x1f8, 0);
	access(BAR2 | WRITE, LEN8, 0x1ffc, 0x11223344);
	access(BAR0 | WRITE, LEN4, 0x100000, 0x00000003);
	access(BAR2, LEN64, 0x78, 0);
	access(BAR4 | WRITE, LEN4, 0, 0x70010);
	access(BAR4 | WRITE, LEN4, 4, 0x42);
	access(BAR4, LEN4, 4, 0);
	access(BAR4 | WRITE, LEN4, 0, 0x401);
	access(BAR4, LEN4, 4, 0);
	save("space");

	/* Each register, read and written. */
	for (i = 0; i < reg_count; i++) {
		u8(BAR0 | TABLE);
		u16(i);
		u8(BAR0 | TABLE | WRITE);
		u16(i);
		u32(0xffffffff);
		if (i % 100 == 99)
			save("space");
	}
	save("space");
}

/* ------------------------------------------------------------------ */
/* Address translation: the steps of fuzz_walk.c by their numbers. */

static void walks(void)
{
	const uint32_t pte = (uint32_t)FZ_GPA | 0x10 | 1;
	uint32_t i;

	for (i = 0; i < 4; i++) {
		u8(0x07 | i << 4);		/* page, of each engine */
		u32(0x1000);
		u8(0x47 | 0x80);
		u32(P(0x2000));
		u8(0x08);			/* store */
		u32(0x1ff8 + 2 * i);
		u8(0x0a | 0x40);		/* copy */
		u32(P(0x3ff0));
		u16(0x1020);
	}
	save("walk");

	u8(0x00);				/* PTEs: memory, none, not valid */
	u32(0x100);
	u32(pte | 0x5000);
	u8(0x00);
	u32(0x101);
	u32(0x7f1);
	u8(0x00);
	u32(0x102);
	u32((pte | 0x6000) & ~1u);
	u8(0x00);
	u32(0x3ffff);
	u32(pte & ~1u);
	for (i = 0x100000; i < 0x104000; i += 0xff8) {
		u8(0x07);
		u32(i);
		u8(0x87);
		u32(i);
	}
	u8(0x01);				/* PDE */
	u16(0x101);
	u32(pte | FZ_TABLES);
	u8(0x02);				/* entry of the page table */
	u16(5);
	u32(pte | 0x7000);
	u8(0x47);
	u32(P(0x405004));
	u8(0x13);				/* PP_DIR_BASE of VCS */
	u32(0xff800 << 10);
	u8(0x57);
	u32(P(0x5004));
	save("walk");

	u8(0x06);				/* memory in two pieces, a hole */
	u8(0x05);
	u32(FZ_GPA >> 12);
	u8(0);
	u16(0);
	u8(15);
	u8(0x85);
	u32((FZ_GPA >> 12) + 0x11);
	u8(0);
	u16(0x11);
	u8(15);
	for (i = 0xe000; i < 0x14000; i += 0x1000) {
		u8(0x07);
		u32(i);
		u8(0x87);
		u32(i);
		u8(0x0a);
		u32(i + 0xf80);
		u16(0x100);
		u8(0x89);
		u32(i + 0xfe0);
		u8(64);
	}
	save("walk");

	for (i = 0; i < 2; i++) {		/* a fence, X and Y */
		u8(0x04);
		u8(1);
		u32(0x0003f003);
		u8(0x04);
		u8(0);
		u32(0x00002001 | i << 1);
		u8(0x09);
		u32(0x21f0);
		u8(64);
		u8(0x89);
		u32(0x3ffe0);
		u8(64);
		save("walk");
	}
}

/* ------------------------------------------------------------------ */
/* Messages. */

static void message(uint8_t files, uint8_t command, const void *p, size_t n)
{
	u8(files);
	u8(command);
	u16(n);
	bytes(p, n);
}

static void region_rw(uint8_t command, uint32_t region, uint64_t off,
		      uint32_t n, uint32_t val)
{
	struct {
		struct vu_region_rw rw;
		uint32_t val[2];
	} m = { { off, region, n }, { val, 0 } };

	message(0, command, &m, (command & 0x7f) == VU_REGION_READ ?
		sizeof(m.rw) : sizeof(m.rw) + (n < 8 ? n : 8));
}

static void messages(void)
{
	struct vu_dma_map map = { sizeof(map), 3, 0, 0, 0x40000 };
	struct vu_dma_unmap unmap = { sizeof(unmap), 0, 0, 0x40000 };
	struct vu_device_info dev = { sizeof(dev), 0, 0, 0 };
	struct vfio_region_info region = { .argsz = 64 };
	struct vfio_irq_info irq = { .argsz = sizeof(irq) };
	struct vfio_irq_set set = { sizeof(set), 0x24, 1, 0, 1 };
	struct vu_header raw = { 7, VU_GET_INFO, 32, 0, 0 };
	uint32_t i;

	/* QEMU's order. */
	message(1, VU_DMA_MAP, &map, sizeof(map));
	map.address = 0x100000;
	message(0, VU_DMA_MAP, &map, sizeof(map));
	message(0, VU_GET_INFO, &dev, sizeof(dev));
	for (i = 0; i < 9; i++) {
		region.index = i;
		message(0, VU_GET_REGION_INFO, &region, sizeof(region));
		irq.index = i;
		message(0, VU_GET_IRQ_INFO, &irq, sizeof(irq));
	}
	message(0, VU_DEVICE_RESET, NULL, 0);
	message(0, VU_DMA_UNMAP, &unmap, sizeof(unmap));
	message(0x21, VU_SET_IRQS, &set, sizeof(set));
	set.flags = 0x21;
	message(0, VU_SET_IRQS, &set, sizeof(set));
	set.count = 0;
	message(0, VU_SET_IRQS, &set, sizeof(set));
	unmap = (struct vu_dma_unmap) { sizeof(unmap), VU_UNMAP_ALL, 0, 0 };
	message(0, VU_DMA_UNMAP, &unmap, sizeof(unmap));
	save("msg");

	/* Maps in each other, and unmapping what is not exactly one. */
	map.address = 0x100000;
	message(1, VU_DMA_MAP, &map, sizeof(map));
	map.address = 0x110000;
	message(1, VU_DMA_MAP, &map, sizeof(map));
	map.address = 0xf0000;
	message(0, VU_DMA_MAP, &map, sizeof(map));
	map.address = 0x140000;
	message(0, VU_DMA_MAP, &map, sizeof(map));
	unmap = (struct vu_dma_unmap) { sizeof(unmap), 0, 0x100000, 0x80000 };
	message(0, VU_DMA_UNMAP, &unmap, sizeof(unmap));
	unmap.size = 0x40000;
	message(0, VU_DMA_UNMAP, &unmap, sizeof(unmap));
	message(0, VU_DMA_UNMAP, &unmap, sizeof(unmap));
	save("msg");

	/* A guest at work: a PTE, the ring of BCS, an interrupt; the end. */
	map.address = 0;
	message(1, VU_DMA_MAP, &map, sizeof(map));
	region_rw(VU_REGION_WRITE, 0, 2 * MIB, 4, 1);
	region_rw(VU_REGION_WRITE, 2, 0, 4, 0x01000000);
	region_rw(VU_REGION_WRITE | 0x80, 0, 0x22038, 4, 0);
	region_rw(VU_REGION_WRITE, 0, 0x2203c, 4, 1);
	region_rw(VU_REGION_WRITE, 0, 0x22030, 4, 8);
	region_rw(VU_REGION_READ, 0, 0x22034, 4, 0);
	region_rw(VU_REGION_READ, 7, 0, 256, 0);
	region_rw(VU_REGION_READ, 2, 0xff0, 32, 0);
	region_rw(VU_REGION_WRITE, 4, 0, 4, 0x22034);
	region_rw(VU_REGION_READ, 4, 4, 4, 0);
	save("msg");

	/* Bytes as they are: cut, glued, with files; the wrong kinds of file. */
	u8(0x40 | 2);
	u8(0);
	u16(10);
	bytes(&raw, 10);
	u8(0x40);
	u8(0);
	u16(sizeof(raw) - 10 + sizeof(dev));
	bytes((uint8_t *)&raw + 10, sizeof(raw) - 10);
	bytes(&dev, sizeof(dev));
	message(0x31, VU_DMA_MAP, &map, sizeof(map));
	message(0x11, VU_DMA_MAP, &map, sizeof(map));
	message(9, VU_DMA_MAP, &map, sizeof(map));
	save("msg");
	u8(0xc0);
	u8(0);
	u16(sizeof(raw));
	bytes(&raw, sizeof(raw));
	save("msg");
}

/* ------------------------------------------------------------------ */
/* Traces. */

#define CHUNK	48

static uint32_t seen[4096];

/* True once for each h. */
static bool novel(uint32_t h)
{
	uint32_t i;

	h |= 1;
	for (i = h; seen[i % ARRAY_SIZE(seen)]; i++)
		if (seen[i % ARRAY_SIZE(seen)] == h)
			return false;
	seen[i % ARRAY_SIZE(seen)] = h;
	return true;
}

/* Registers accessed one after the other; what repeats is of no use. */
static void trace_access(bool write, uint32_t off, uint32_t val,
			 unsigned int *n)
{
	static uint32_t hash;

	if (*n == 0)
		hash = 0;
	hash = (hash ^ off ^ write) * 2654435761u;
	access(write ? BAR0 | WRITE : BAR0, LEN4, off, val);
	if (++*n < CHUNK)
		return;
	*n = 0;
	if (novel(hash) && count < 2000)
		save("space");
	len = 0;
}

struct part {
	uint32_t dw[2 * CHUNK];
	unsigned int n;
};

/* The commands of an engine's ring since the last batch, then that batch. */
static void trace_flush(enum engine_id e, struct part part[2])
{
	uint32_t hash = e;
	unsigned int i, k;

	for (k = 0; k < 2; k++)
		for (i = 0; i < part[k].n; )  {
			uint32_t dw0 = part[k].dw[i];
			unsigned int l = cmd_length(e, dw0);

			hash = (hash ^ cmd_key(dw0)) * 2654435761u;
			i += l ? l : 1;
		}
	if (part[0].n && novel(hash) && count < 2000)
		cmd_input(e, 0, 0, part[0].dw, part[0].n, part[1].dw,
			  part[1].n);
	part[0].n = part[1].n = 0;
}

static void add(struct part *part, const uint32_t *dw, unsigned int n)
{
	if (part->n + n > ARRAY_SIZE(part->dw))
		return;
	memcpy(part->dw + part->n, dw, 4 * n);
	part->n += n;
}

static void trace_command(const char *engine, unsigned int depth,
			  const char *words)
{
	static struct part part[NUM_ENGINES][2];
	uint32_t dw[CMD_MAX_DWORDS];
	enum engine_id e = 0;
	unsigned int n = 0;
	int used;

	while (e < NUM_ENGINES && strcmp(engine_name[e], engine))
		e++;
	if (e == NUM_ENGINES)
		return;
	while (n < ARRAY_SIZE(dw) && sscanf(words, "%x%n", &dw[n], &used) == 1) {
		words += used;
		n++;
	}
	if (!n || n != cmd_length(e, dw[0]))
		return;
	if (!depth && (part[e][1].n || part[e][0].n + n > CHUNK))
		trace_flush(e, part[e]);
	/* Where the batch is here, not where the driver had it. */
	if (MI_OPCODE(dw[0]) == 0x31 && CMD_CLIENT(dw[0]) == CLIENT_MI)
		dw[1] = dw[0] & BIT(8) ? P(B) : B;
	add(&part[e][depth ? 1 : 0], dw, n);
}

static void trace(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[8192], rw[8], engine[8];
	unsigned int lines = 0, n = 0, depth, off, val;
	int words;

	if (!f) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s mmio %7s 0x%x %*s 0x%x", rw, &off,
			   &val) == 3) {
			trace_access(rw[0] == 'w', off, val, &n);
			lines++;
		}
	}
	len = 0;
	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s cmd %7s %u 0x%*x: %*s %n", engine,
			   &depth, &words) == 2) {
			trace_command(engine, depth, line + words);
			lines++;
		}
	}
	fclose(f);
	if (!lines) {
		fprintf(stderr, "%s: no line of hsw --trace mmio,cmd in it\n",
			path);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fputs("usage: seeds DIR [TRACE...]\n", stderr);
		return 2;
	}
	dir = argv[1];
	if (mkdir(dir, 0777) && errno != EEXIST) {
		perror(dir);
		return 3;
	}
	messages();
	spaces();
	walks();
	commands();
	blits();
	for (i = 2; i < argc; i++)
		trace(argv[i]);
	return 0;
}
