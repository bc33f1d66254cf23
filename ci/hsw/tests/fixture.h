/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device with 64 MiB of guest memory and no client, driven step by step:
 * the GPU thread is stopped and run() plays its part.
 *
 * Guest memory lies at 5 GiB, so that the upper PTE bits matter. Global
 * graphics address A is byte A of it. PPGTT address PP + A is byte A of it
 * with neighbouring pages exchanged (pp_ram()), so that whoever takes the two
 * spaces for one, or pages for contiguous, is found out.
 *
 * Offsets into ram are in bytes.
 */
#ifndef HSW_TESTS_FIXTURE_H
#define HSW_TESTS_FIXTURE_H

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "reset.h"
#include "cs.h"
#include "cmdlen.h"
#include "tap.h"

#define RAM_SIZE	(64 * MIB)
#define RAM_GPA		(5 * GIB)
#define PP		0x40000000u	/* first PPGTT address in use */
#define PP_DIR		0xf0000u	/* directory: byte offset in the PTEs */

#define HWS(e)		(0x8000u + (e) * 0x1000u)
#define RING(e)		(0x10000u + (e) * 0x10000u)
#define RING_BYTES	0x4000u
#define TABLES		(60 * MIB)	/* page tables of the PPGTT */
#define SCRATCH		(1 * MIB)	/* free for tests, up to TABLES */

static struct hsw *hsw;
static uint8_t *ram;
static int ram_fd;

/* A valid PTE, PDE for guest address gpa: bits 38:0, 39:0 of it fit. */
__attribute__((unused))
static uint32_t pte_of(uint64_t gpa)
{
	return (uint32_t)gpa | (gpa >> 28 & 0x7f0) | PTE_VALID;
}

__attribute__((unused))
static uint32_t pde_of(uint64_t gpa)
{
	return (uint32_t)gpa | (gpa >> 28 & 0xff0) | PTE_VALID;
}

/* Offset in ram of PPGTT address addr. */
__attribute__((unused))
static uint64_t pp_ram(uint32_t addr)
{
	return (addr - PP) ^ GTT_PAGE;
}

/* The dword at ram offset off, to read or write. */
__attribute__((unused))
static uint32_t *ram32(uint64_t off)
{
	return (uint32_t *)(ram + off);
}

/* The same, off need not be aligned. */
__attribute__((unused))
static uint32_t get32(uint64_t off)
{
	uint32_t v;

	memcpy(&v, ram + off, sizeof(v));
	return v;
}

/* Writes, reads the register at engine_base[e] + off as the guest does. */
__attribute__((unused))
static void reg(enum engine_id e, uint32_t off, uint32_t val)
{
	mmio_write(hsw, engine_base[e] + off, val);
}

__attribute__((unused))
static uint32_t reg_get(enum engine_id e, uint32_t off)
{
	return mmio_read(hsw, engine_base[e] + off);
}

/* Makes the PTEs and page tables that map all of ram, as described above. */
__attribute__((unused))
static void map_all(void)
{
	uint32_t i;

	for (i = 0; i < RAM_SIZE / GTT_PAGE; i++) {
		uint64_t page = RAM_GPA + (uint64_t)i * GTT_PAGE;
		uint64_t table = TABLES + i / PPGTT_PTES * GTT_PAGE;

		hsw->gtt.pte[i] = pte_of(page);
		ram32(table)[i % PPGTT_PTES] = pte_of(page ^ GTT_PAGE);
		hsw->gtt.pte[PP_DIR / 4 + (PP >> 22) + i / PPGTT_PTES] =
			pde_of(RAM_GPA + table);
	}
	page_cache_flush(&hsw->pages);
}

/* Ring of engine e on, empty, PPGTT on. */
__attribute__((unused))
static void ring_up(enum engine_id e)
{
	reg(e, RING_CTL, 0);
	reg(e, RING_HEAD, 0);
	reg(e, RING_TAIL, 0);
	reg(e, RING_START, RING(e));
	reg(e, RING_GFX_MODE, GFX_PPGTT_ENABLE << 16 | GFX_PPGTT_ENABLE);
	reg(e, RING_PP_DIR_BASE, PP_DIR << 10);
	mmio_write(hsw, HWS_PGA(e), HWS(e));
	reg(e, RING_CTL, (RING_BYTES - GTT_PAGE) | RING_VALID);
}

/* Appends n dwords to the ring, padded to a qword; does not run them. */
__attribute__((unused))
static void emit(enum engine_id e, const uint32_t *dw, unsigned int n)
{
	uint32_t tail = hsw->ring[e].tail;
	unsigned int i;

	for (i = 0; i < n + (n & 1); i++) {
		*ram32(RING(e) + tail) = i < n ? dw[i] : 0;
		tail = (tail + 4) % RING_BYTES;
	}
	reg(e, RING_TAIL, tail);
}

#define EMIT(e, ...) \
	do { \
		const uint32_t dw_[] = { __VA_ARGS__ }; \
		emit(e, dw_, ARRAY_SIZE(dw_)); \
	} while (0)

/* Lets all engines go on until they rest or wait. */
__attribute__((unused))
static void run(void)
{
	unsigned int i;

	page_cache_flush(&hsw->pages);
	for (i = 0; i < 1000000 && cs_pass(hsw); i++)
		;
}

/* Emits, runs, and says whether the engine took it all without hanging. */
#define RUN(e, ...) \
	({ EMIT(e, __VA_ARGS__); run(); \
	   !hsw->ring[e].hung && ring_idle(&hsw->ring[e]); })

/* Writes dwords at ram offset off, for a batch. */
#define PUT(off, ...) \
	do { \
		const uint32_t dw_[] = { __VA_ARGS__ }; \
		memcpy(ram + (off), dw_, sizeof(dw_)); \
	} while (0)

/* After a hang: reset the engine and set its ring up again. */
__attribute__((unused))
static void revive(enum engine_id e)
{
	static const uint32_t bit[] = {
		GDRST_RENDER, GDRST_MEDIA, GDRST_BLT, GDRST_VECS
	};

	mmio_write(hsw, GDRST, bit[e]);
	ring_up(e);
}

/* The engine hangs at this command, HEAD stays, and a reset revives it. */
#define HANGS(e, ...) \
	({ uint32_t head_ = hsw->ring[e].at.head; bool h_; \
	   EMIT(e, __VA_ARGS__); run(); \
	   h_ = hsw->ring[e].hung && hsw->ring[e].at.head == head_; \
	   revive(e); h_ && !hsw->ring[e].hung; })

/* The device described above; ends the program if there is none. */
__attribute__((unused))
static void open_device(void)
{
	enum engine_id e;

	/* Expected complaints are many; only what fails should be seen. */
	if (!getenv("HSW_TEST_LOG"))
		log_open("/dev/null");
	hsw = hsw_create();
	ram_fd = memfd_create("test-ram", MFD_CLOEXEC);
	if (!hsw || ram_fd < 0 || ftruncate(ram_fd, RAM_SIZE)) {
		perror("open_device");
		exit(1);
	}
	gpu_stop(hsw);
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, ram_fd,
		   0);
	if (ram == MAP_FAILED ||
	    mem_map(&hsw->mem, RAM_GPA, RAM_SIZE, ram_fd, 0,
		    MEM_READ | MEM_WRITE)) {
		perror("open_device");
		exit(1);
	}
	map_all();
	for (e = 0; e < NUM_ENGINES; e++)
		ring_up(e);
}

/* Frees all of it. */
__attribute__((unused))
static void close_device(void)
{
	munmap(ram, RAM_SIZE);
	close(ram_fd);
	hsw_destroy(hsw);
	log_close();
}

/* The number in the environment variable name, or otherwise: HSW_TEST_SEED, HSW_TEST_ROUNDS. */
__attribute__((unused))
static unsigned long env_number(const char *name, unsigned long otherwise)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 0) : otherwise;
}

/* Noise, the same in each run unless HSW_TEST_SEED says otherwise. */
__attribute__((unused))
static uint32_t rnd(void)
{
	static uint64_t s;

	if (!s)
		s = 0x9e3779b97f4a7c15ull ^ env_number("HSW_TEST_SEED", 0);
	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s >> 16;
}

#endif
