// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile guest: the whole device with its GPU thread running, random
 * registers, PTEs, page tables and commands, memory that comes and goes, and
 * resets in between. Nothing it does may crash the device (this runs under
 * ASAN and UBSAN), touch memory that is not the guest's, or keep the device
 * from working again after a reset.
 *
 * HSW_SEED=N gives another course of events, HSW_SECONDS=N a longer one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "bar.h"
#include "tap.h"

#define RAM	(8 * MIB)
#define GPA	(1 * MIB)

static struct hsw *hsw;
static uint8_t *ram;
static int fd;
static uint64_t seed = 88172645463325252ull;

static uint32_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed >> 16;
}

/* Small numbers, powers of two, all ones, pure noise. */
static uint32_t odd_value(void)
{
	switch (rnd() % 6) {
	case 0:
		return rnd() % 64;
	case 1:
		return 1u << rnd() % 32;
	case 2:
		return (1u << rnd() % 32) - 1;
	case 3:
		return -(rnd() % 4096);
	default:
		return rnd();
	}
}

static uint32_t command(void)
{
	static const uint32_t head[] = {
		0x00000000, 0x01000000, 0x02800000, 0x03800000, 0x04000000,
		0x05000000, 0x0b000000, 0x0c000000, 0x0d000001, 0x10000002,
		0x10400003, 0x10800001, 0x11000001, 0x11000005, 0x12000001,
		0x13004002, 0x13204003, 0x13404001, 0x14800001, 0x15000001,
		0x18800000, 0x18800100, 0x18c00100, 0x1b000001, 0x1b200001,
		0x50000004, 0x54f00006, 0x54f08806, 0x50000804, 0x50c00004,
		0x10c00004, 0x54300006, 0x7a000002, 0x7a000003, 0x7a004003,
		0x69040000, 0x61010008, 0x79000002, 0x70000004, 0x60000000,
		0xe0000000,
	};
	uint32_t cmd = head[rnd() % ARRAY_SIZE(head)];

	if (rnd() % 4 == 0)
		cmd ^= 1u << rnd() % 32;
	return cmd;
}

static void fill_commands(uint32_t at, uint32_t dwords)
{
	uint32_t *p = (uint32_t *)(ram + at);
	uint32_t i;

	for (i = 0; i < dwords; i++)
		p[i] = rnd() % 3 ? command() : odd_value();
}

/* A dword somewhere in guest memory, with a bias to its own pages. */
static uint32_t gtt_entry(void)
{
	uint32_t page = (GPA >> 12) + rnd() % (RAM >> 12);

	switch (rnd() % 8) {
	case 0:
		return odd_value();
	case 1:
		return page << 12;	/* not valid */
	default:
		return page << 12 | PTE_VALID;
	}
}

static void write_reg(uint32_t off, uint32_t val)
{
	region_write(hsw, REGION_BAR0, off & ~3u, &val, 4);
}

static void start_ring(void)
{
	enum engine_id e = rnd() % NUM_ENGINES;
	uint32_t base = engine_base[e];

	write_reg(base + RING_CTL, 0);
	write_reg(base + RING_GFX_MODE, 0x02000000 | (rnd() % 2 ? 0x200 : 0));
	write_reg(base + RING_PP_DIR_BASE, rnd() % 2 ? 0x100000u << 10 :
						    odd_value());
	write_reg(base + RING_MI_MODE, 0x01000000);
	write_reg(HWS_PGA(e), rnd() % 256 << 12);
	write_reg(base + RING_START, rnd() % 256 << 12);
	write_reg(base + RING_HEAD, rnd() % 8 ? 0 : odd_value());
	write_reg(base + RING_CTL, (rnd() % 16) << 12 | RING_VALID);
	write_reg(base + RING_TAIL, rnd() % 8 ? rnd() % 512 * 8 : odd_value());
}

static void any_register(void)
{
	static const uint32_t area[] = { 0x2000, 0x12000, 0x22000, 0x1a000,
					 0x44000, 0x4000, 0x100000, 0x9400 };
	uint64_t val = (uint64_t)odd_value() << 32 | odd_value();
	uint32_t off = area[rnd() % ARRAY_SIZE(area)] + rnd() % 0x400;

	if (rnd() % 4 == 0)
		off = rnd() % BAR0_SIZE;
	if (rnd() % 2)
		region_write(hsw, REGION_BAR0, off, &val, 1 + rnd() % 8);
	else
		region_read(hsw, REGION_BAR0, off, &val, 1 + rnd() % 8);
}

static void aperture(void)
{
	uint8_t buf[512];
	uint64_t off = rnd() % 4 ? rnd() % MIB : rnd() % BAR2_SIZE;

	memset(buf, rnd(), sizeof(buf));
	if (rnd() % 2)
		region_write(hsw, REGION_BAR2, off, buf, rnd() % sizeof(buf));
	else
		region_read(hsw, REGION_BAR2, off, buf, rnd() % sizeof(buf));
}

static int map_ram(void)
{
	return mem_map(&hsw->mem, GPA, RAM, fd, 0, MEM_READ | MEM_WRITE);
}

static void memory_games(void)
{
	uint64_t hole = GPA + rnd() % (RAM >> 12) * 4096ull;

	mem_unmap_all(&hsw->mem);
	switch (rnd() % 3) {
	case 0:
		map_ram();
		break;
	case 1:			/* two halves around a hole */
		if (hole > GPA)
			mem_map(&hsw->mem, GPA, hole - GPA, fd, 0,
				MEM_READ | MEM_WRITE);
		if (hole + 4096 < GPA + RAM)
			mem_map(&hsw->mem, hole + 4096,
				GPA + RAM - hole - 4096, fd,
				hole + 4096 - GPA, MEM_READ | MEM_WRITE);
		break;
	default:
		mem_map(&hsw->mem, GPA, RAM, fd, 0, MEM_READ);
		break;
	}
}

static void act(void)
{
	uint32_t i;

	switch (rnd() % 16) {
	case 0:
		memory_games();
		break;
	case 1:
		write_reg(0x941c, odd_value());
		break;
	case 2:
	case 3:
		for (i = 0; i < 64; i++)
			write_reg(BAR0_PTES + rnd() % (rnd() % 2 ? 512 : GTT_ENTRIES) * 4,
				  gtt_entry());
		break;
	case 4:			/* a page directory, and a page table */
		for (i = 0; i < 64; i++)
			write_reg(BAR0_PTES + 0x100000 + i * 4, gtt_entry());
		for (i = 0; i < 1024; i++)
			((uint32_t *)ram)[rnd() % (RAM / 4)] = gtt_entry();
		break;
	case 5:
	case 6:
		fill_commands(rnd() % (RAM / 4096 - 4) * 4096, 4096);
		break;
	case 7:
	case 8:
	case 9:
		start_ring();
		break;
	case 10:
		aperture();
		break;
	case 11:
		if (rnd() % 8 == 0)
			hsw_reset(hsw);
		break;
	default:
		any_register();
		break;
	}
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void storm(void)
{
	const char *env = getenv("HSW_SECONDS");
	double end = now() + (env ? atoi(env) : 4);
	uint64_t n = 0, commands = 0, errors;
	int e;

	while (now() < end) {
		hsw_lock(hsw);
		act();
		hsw_unlock(hsw);
		if (++n % 16 == 0)
			usleep(50);	/* the GPU thread's turn */
	}
	hsw_lock(hsw);
	for (e = 0; e < NUM_ENGINES; e++)
		commands += hsw->stats.commands[e];
	errors = hsw->stats.guest_errors;
	hsw_unlock(hsw);
	ok(n > 1000 && commands > 1000,
	   "%llu acts, %llu commands executed, %llu guest errors, still here",
	   (unsigned long long)n, (unsigned long long)commands,
	   (unsigned long long)errors);
}

/* After a reset, each engine stores a number and raises its interrupt. */
static void works_again(void)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	enum engine_id e;
	uint32_t i;

	hsw_lock(hsw);
	mem_unmap_all(&hsw->mem);
	map_ram();
	irq_set_msi(hsw, dup(efd));
	hsw_reset(hsw);
	memset(ram, 0, RAM);
	for (i = 0; i < RAM >> 12; i++)
		hsw->gtt.pte[i] = (uint32_t)(GPA + i * 4096ull) | PTE_VALID;
	write_reg(0x44014, 0);
	write_reg(0x4401c, 0xffffffff);
	write_reg(0x44024, 0);
	write_reg(0x4402c, 0xffffffff);
	write_reg(0x4400c, 0x80000000);
	for (e = RCS; e < NUM_ENGINES; e++) {
		const uint32_t cmds[] = {
			0x10400002, 0, 0x8000 + 4 * e, 0x600d0000 + e,
			0x01000000, 0,
		};

		memcpy(ram + 0x10000 + 0x1000 * e, cmds, sizeof(cmds));
		write_reg(engine_base[e] + 0xa8, 0);
		write_reg(engine_base[e] + RING_START, 0x10000 + 0x1000 * e);
		write_reg(engine_base[e] + RING_CTL, RING_VALID);
		write_reg(engine_base[e] + RING_TAIL, sizeof(cmds));
	}
	hsw_unlock(hsw);

	for (e = RCS; e < NUM_ENGINES; e++) {
		uint32_t *p = (uint32_t *)(ram + 0x8000 + 4 * e);

		for (i = 0; i < 5000; i++) {
			if (__atomic_load_n(p, __ATOMIC_ACQUIRE))
				break;
			usleep(1000);
		}
		ok_eq(*p, 0x600d0000 + e, engine_name[e]);
	}
	for (i = 0; i < 5000; i++) {
		uint32_t gt, pm;

		hsw_lock(hsw);
		gt = mmio_read(hsw, 0x44018);
		pm = mmio_read(hsw, 0x44028);
		hsw_unlock(hsw);
		if (gt == 0x00401001 && pm == 0x400)
			break;
		usleep(1000);
	}
	ok(i < 5000, "all four user interrupts are in IIR");
	{
		uint64_t n = 0;

		ok(read(efd, &n, sizeof(n)) == sizeof(n), "and an MSI was sent");
	}
	close(efd);
}

int main(void)
{
	const char *env = getenv("HSW_SEED");
	bool map_failed;

	if (env)
		seed = strtoull(env, NULL, 0) | 1;
	if (log_open("/dev/null"))
		return 1;
	fd = memfd_create("ram", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, RAM) < 0)
		return 1;
	ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	hsw = hsw_create();
	if (!ok(hsw && ram != MAP_FAILED, "create"))
		return tap_done();
	hsw_lock(hsw);
	map_failed = map_ram();
	hsw_unlock(hsw);
	ok(!map_failed, "guest memory");
	storm();
	works_again();
	hsw_destroy(hsw);
	munmap(ram, RAM);
	close(fd);
	return tap_done();
}
