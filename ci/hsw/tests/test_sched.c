// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock: a guest that polls a register without a pause must not keep the
 * GPU thread from the work which it polls for, and a GPU thread with work
 * without end must not keep the guest waiting.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "tap.h"

#define RAM	(4 * MIB)
#define COUNTER	0x2000u		/* where the ring stores its progress */
#define STORES	8000u
#define RING_AT	0x100000u
#define LOOP_AT	0x300000u

static struct hsw *hsw;
static uint8_t *ram;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static uint32_t read_reg(uint32_t off)
{
	uint32_t val;

	hsw_lock(hsw);
	val = mmio_read(hsw, off);
	hsw_unlock(hsw);
	return val;
}

static void write_reg(uint32_t off, uint32_t val)
{
	hsw_lock(hsw);
	mmio_write(hsw, off, val);
	hsw_unlock(hsw);
}

static uint32_t progress(void)
{
	return __atomic_load_n((uint32_t *)(ram + COUNTER), __ATOMIC_ACQUIRE);
}

static uint32_t put_store(uint32_t at, uint32_t val)
{
	const uint32_t cmd[] = { 0x10400002, 0, COUNTER, val };

	memcpy(ram + at, cmd, sizeof(cmd));
	return at + sizeof(cmd);
}

static void start(uint32_t tail)
{
	write_reg(0x2038, RING_AT);
	write_reg(0x203c, 0xff001);	/* 1 MiB */
	write_reg(0x2030, tail);
}

static void polling_guest(void)
{
	uint32_t at = RING_AT, i, polls = 0;
	double end;

	for (i = 1; i <= STORES; i++)
		at = put_store(at, i);
	start(at - RING_AT);
	end = now() + 60;
	while ((read_reg(0x2034) & 0x1ffffc) != at - RING_AT && now() < end)
		polls++;
	ok(progress() == STORES,
	   "a guest that polls HEAD %u times: the ring gets through", polls);
}

static void endless_batch(void)
{
	uint32_t tail = read_reg(0x2030), at = LOOP_AT, i, before;
	double worst = 0;

	/* 1000 stores, then the batch starts over. */
	for (i = 0; i < 1000; i++)
		at = put_store(at, i);
	memcpy(ram + at, (uint32_t[]) { 0x18800000, LOOP_AT }, 8);
	memcpy(ram + RING_AT + tail, (uint32_t[]) { 0x18800000, LOOP_AT }, 8);
	write_reg(0x2030, tail + 8);

	for (i = 0; i < 2000; i++) {
		double t = now();

		read_reg(0x2074);
		t = now() - t;
		if (t > worst)
			worst = t;
		usleep(100);
	}
	hsw_lock(hsw);
	before = hsw->stats.commands[RCS];
	hsw_unlock(hsw);
	ok(worst < 1, "endless batch: a register read takes at most %.0f us",
	   worst * 1e6);
	usleep(200000);
	hsw_lock(hsw);
	ok(hsw->stats.commands[RCS] > before, "and the batch goes on");
	hsw_unlock(hsw);
	write_reg(0x203c, 0);
	hsw_lock(hsw);
	before = hsw->stats.commands[RCS];
	hsw_unlock(hsw);
	usleep(50000);
	hsw_lock(hsw);
	ok(hsw->stats.commands[RCS] == before, "until the ring is switched off");
	hsw_unlock(hsw);
}

int main(void)
{
	int fd = memfd_create("ram", MFD_CLOEXEC);
	uint32_t i;

	alarm(200);
	if (fd < 0 || ftruncate(fd, RAM) < 0)
		return 1;
	ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	hsw = hsw_create();
	if (!ok(hsw && ram != MAP_FAILED, "create"))
		return tap_done();
	hsw_lock(hsw);
	mem_map(&hsw->mem, 0, RAM, fd, 0, MEM_READ | MEM_WRITE);
	for (i = 0; i < RAM >> 12; i++)
		hsw->gtt.pte[i] = i << 12 | PTE_VALID;
	hsw_unlock(hsw);
	polling_guest();
	endless_batch();
	hsw_destroy(hsw);
	munmap(ram, RAM);
	close(fd);
	return tap_done();
}
