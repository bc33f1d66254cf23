// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring buffers, batches, resets, and the GPU thread itself.
 */
#include "fixture.h"

#include <time.h>

#define A	SCRATCH
#define B0	(SCRATCH + 0x10000)	/* batches */
#define B1	(SCRATCH + 0x20000)
#define B2	(SCRATCH + 0x30000)
#define UNMAPPED RAM_SIZE

#define STORE(addr, val) 0x10400002, 0, addr, val
#define BB(addr)	0x18800000, addr
#define BB2(addr)	0x18c00000, addr
#define END		0x05000000

static void wrap(void)
{
	struct ring *ring = &hsw->ring[BCS];
	unsigned int i, bad = 0;
	uint32_t base = ring->at.head;

	for (i = 0; i < 3 * RING_BYTES / 16; i++) {
		bad += !RUN(BCS, STORE(A, i));
		bad += get32(A) != i;
	}
	ok(!bad, "three times round the ring");
	ok((reg_get(BCS, RING_HEAD) & HEAD_ADDR) == (base & HEAD_ADDR) &&
	   reg_get(BCS, RING_HEAD) >> 21 == 3, "HEAD counts the wraps");

	/* A command that begins at the end and goes on at the start. */
	while (ring->tail != RING_BYTES - 8)
		EMIT(BCS, 0);
	run();
	ok(RUN(BCS, STORE(A, 0x1234)) && get32(A) == 0x1234 &&
	   ring->tail == 8, "a command across the end of the ring");
	ring_up(BCS);
}

static void limits(void)
{
	struct ring *ring = &hsw->ring[BCS];

	*ram32(A) = 0;
	PUT(RING(BCS), STORE(A, 1));
	reg(BCS, RING_TAIL, 8);
	run();
	ok(ring->starved && !ring->hung && !get32(A) && !ring->at.head,
	   "a command that TAIL cuts in two waits");
	reg(BCS, RING_TAIL, 16);
	run();
	ok(get32(A) == 1 && ring_idle(ring), "and runs when TAIL moves on");

	reg(BCS, RING_HEAD, RING_BYTES + 0x100);
	run();
	ok(ring->hung, "HEAD beyond the ring hangs");
	revive(BCS);
	reg(BCS, RING_TAIL, RING_BYTES + 0x100);
	run();
	ok(ring->hung, "TAIL beyond the ring hangs");
	revive(BCS);
	reg(BCS, RING_START, UNMAPPED);
	reg(BCS, RING_TAIL, 8);
	run();
	ok(ring->hung, "a ring without pages hangs");
	revive(BCS);
	reg(BCS, RING_START, 0xfffff000);
	reg(BCS, RING_TAIL, 8);
	run();
	ok(ring->hung, "a ring at the end of the world hangs");
	revive(BCS);

	ok(ring_size(ring) == RING_BYTES, "size");
	reg(BCS, RING_CTL, RING_NR_PAGES | RING_VALID);
	ok(ring_size(ring) == 2 * MIB, "largest size");
	reg(BCS, RING_CTL, RING_VALID);
	ok(ring_size(ring) == GTT_PAGE, "smallest size");
	ring_up(BCS);

	reg(BCS, RING_CTL, 0);
	*ram32(A) = 0;
	EMIT(BCS, STORE(A, 1));
	run();
	ok(!get32(A) && ring_idle(ring), "nothing runs while CTL is not valid");
	ring_up(BCS);
}

static void stop(void)
{
	reg(VCS, RING_MI_MODE, MODE_STOP_RING << 16 | MODE_STOP_RING);
	ok(reg_get(VCS, RING_MI_MODE) & MODE_IDLE, "STOP_RING: idle");
	*ram32(A) = 0;
	EMIT(VCS, STORE(A, 1));
	run();
	ok(!get32(A), "STOP_RING: nothing runs");
	reg(VCS, RING_MI_MODE, MODE_STOP_RING << 16);
	ok(!(reg_get(VCS, RING_MI_MODE) & MODE_IDLE), "started: not idle");
	run();
	ok(get32(A) == 1 && reg_get(VCS, RING_MI_MODE) & MODE_IDLE,
	   "it runs, and is idle again");
	reg(VCS, RING_INSTPM, 0x02a002a0);
	ok_eq(reg_get(VCS, RING_INSTPM), 0x80,
	      "INSTPM: flush and invalidate clear themselves");
	ok(reg_get(VCS, RING_ACTHD) == RING(VCS) + 16, "ACTHD in the ring");
}

static void batches(void)
{
	struct ring *ring = &hsw->ring[RCS];
	uint64_t n;

	PUT(B0, STORE(A, 1), BB2(B1), STORE(A + 8, 3), END);
	PUT(B1, STORE(A + 4, 2), END);
	memset(ram + A, 0, 16);
	ok(RUN(RCS, BB(B0), STORE(A + 12, 4)) && get32(A) == 1 &&
	   get32(A + 4) == 2 && get32(A + 8) == 3 && get32(A + 12) == 4,
	   "second level returns to the first, the first to the ring");

	PUT(B1, STORE(A + 4, 5), BB(B2));
	PUT(B2, STORE(A, 6), END);
	ok(RUN(RCS, BB(B0)) && get32(A + 4) == 5 && get32(A) == 6 &&
	   get32(A + 8) == 3, "chaining inside the second level returns too");

	PUT(B0, STORE(A, 7), BB(B1), STORE(A + 8, 0xbad), END);
	PUT(B1, STORE(A + 4, 8), END);
	ok(RUN(RCS, BB(B0)) && get32(A + 4) == 8 && get32(A + 8) == 3,
	   "chaining does not return");

	/* Third level: the hardware has none, it chains. */
	PUT(B0, BB2(B1), STORE(A, 9), END);
	PUT(B1, BB2(B2), STORE(A, 0xbad), END);
	PUT(B2, STORE(A + 4, 10), END);
	ok(RUN(RCS, BB(B0)) && get32(A) == 9 && get32(A + 4) == 10,
	   "a third level is a chain");

	PUT(pp_ram(PP + B0), 0x10000002, 0, PP + A, 11, END);
	ok(RUN(RCS, 0x18800100, PP + B0) && get32(pp_ram(PP + A)) == 11,
	   "batch in the PPGTT");
	/* Chaining without the PPGTT bit from a batch without privileges. */
	PUT(pp_ram(PP + B0), 0x18802000, PP + B1);
	PUT(pp_ram(PP + B1), 0x10000002, 0, PP + A, 12, STORE(A, 13), END);
	ok(RUN(RCS, 0x18802100, PP + B0) && get32(pp_ram(PP + A)) == 12 &&
	   get32(A) != 13, "no way out of an unprivileged batch by chaining");
	/* A batch without privileges leaves the ring with them. */
	ok(RUN(RCS, STORE(A, 14)) && get32(A) == 14,
	   "privileges come back at the end of it");

	ok(HANGS(RCS, BB(UNMAPPED)) || ring->at.depth == 0, "sane after a hang");
	EMIT(RCS, BB(UNMAPPED));
	run();
	ok(ring->hung && reg_get(RCS, RING_ACTHD) == UNMAPPED,
	   "batch without a page hangs there");
	revive(RCS);
	PUT(B0, 0x61010008);
	hsw->gtt.pte[(B0 >> 12) + 1] = 0;
	PUT(B0 + 0xffc, 0x10400002);
	EMIT(RCS, BB(B0 + 0xffc));
	run();
	ok(ring->hung && reg_get(RCS, RING_ACTHD) == B0 + 0xffc,
	   "a command that runs off its page hangs");
	map_all();
	revive(RCS);
	hsw->gtt.pte[0x7ffff] = pte_of(RAM_GPA + B0);
	PUT(B0 + 0xff8, 0x7b0000ff, 0);
	EMIT(RCS, BB(0x7ffffff8));
	run();
	ok(ring->hung, "a command that runs off the address space hangs");
	revive(RCS);

	/* Many NOOPs, across pages, and what follows them. */
	memset(ram + B0, 0, 3 * GTT_PAGE);
	PUT(B0 + 2 * GTT_PAGE + 0x14, STORE(A, 16), END);
	n = hsw->stats.commands[RCS];
	ok(RUN(RCS, BB(B0 + 0x10)) && get32(A) == 16 &&
	   hsw->stats.commands[RCS] - n == 1 + 2 * GTT_PAGE / 4 + 1 + 2,
	   "a long run of NOOPs, each counted");

	/* END in the ring itself. */
	ok(RUN(RCS, END, 0, STORE(A, 15)) && get32(A) == 15,
	   "BATCH_BUFFER_END in the ring does nothing");
}

static void loops(void)
{
	struct ring *ring = &hsw->ring[RCS];
	uint64_t start, commands;
	bool moved = false;
	unsigned int i;

	PUT(B0, 0, 0, BB(B0));
	EMIT(RCS, BB(B0));
	start = clock_now();
	commands = hsw->stats.commands[RCS];
	while (clock_now() - start < 50000000)
		run();
	ok(!ring->hung && ring->at.depth == 1, "a batch chained to itself spins");
	ok(hsw->stats.commands[RCS] - commands < 50 * 3 * 3,
	   "and executes slowly (%llu commands in 50 ms)",
	   (unsigned long long)(hsw->stats.commands[RCS] - commands));
	*ram32(A) = 0;
	ok(RUN(BCS, STORE(A, 1)) && get32(A) == 1,
	   "other engines run meanwhile");
	ok(!(reg_get(RCS, RING_MI_MODE) & MODE_IDLE), "it is not idle");
	ok(reg_get(RCS, RING_ACTHD) >= B0 && reg_get(RCS, RING_ACTHD) < B0 + 16,
	   "ACTHD is inside it");
	for (i = 0; i < 1000 && !moved; i++)
		moved = reg_get(RCS, RING_ACTHD) != reg_get(RCS, RING_ACTHD);
	ok(moved, "and moves");
	*ram32(B0) = END;
	usleep(2 * POLL_MAX_NS / 1000);
	run();
	ok(ring_idle(ring), "it ends when its first command is made END");

	*ram32(B0) = 0;
	EMIT(RCS, BB(B0));
	run();
	reg(RCS, RING_CTL, 0);
	ok(!ring->at.depth && ring_idle(ring), "CTL 0 leaves the batch");
	ring_up(RCS);

	EMIT(RCS, BB(B0));
	run();
	mmio_write(hsw, GDRST, GDRST_RENDER);
	ok(!ring->at.depth && !reg_get(RCS, RING_CTL) && !reg_get(RCS, RING_TAIL)
	   && !reg_get(RCS, RING_HEAD) && !mmio_read(hsw, GDRST),
	   "GDRST leaves the batch, and reads 0");
	ring_up(RCS);
	ok(hsw->ring[BCS].ctl & RING_VALID, "the other engines stay up");
}

static void resets(void)
{
	static const uint32_t bit[] = {
		GDRST_RENDER, GDRST_MEDIA, GDRST_BLT, GDRST_VECS
	};
	enum engine_id e, o;
	unsigned int bad = 0;

	for (e = 0; e < NUM_ENGINES; e++) {
		for (o = 0; o < NUM_ENGINES; o++) {
			EMIT(o, 0xffffffff);
			run();
			bad += !hsw->ring[o].hung;
		}
		mmio_write(hsw, GDRST, bit[e]);
		for (o = 0; o < NUM_ENGINES; o++)
			bad += hsw->ring[o].hung != (o != e);
		mmio_write(hsw, GDRST, GDRST_FULL);
		for (o = 0; o < NUM_ENGINES; o++) {
			bad += hsw->ring[o].hung;
			ring_up(o);
		}
	}
	ok(!bad, "each GDRST bit resets its engine, bit 0 all");

	/* An engine that resets itself, in the middle of its command. */
	*ram32(A) = 0;
	EMIT(RCS, 0x11000003, GDRST, GDRST_FULL, 0x2600, 77, STORE(A, 1));
	run();
	ok(!get32(A) && !hsw->ring[RCS].ctl && !hsw->ring[RCS].hung,
	   "LOAD_REGISTER_IMM of GDRST ends its own ring");
	for (e = 0; e < NUM_ENGINES; e++)
		ring_up(e);
	EMIT(RCS, 0x11000001, engine_base[RCS] + RING_CTL, 0, STORE(A, 1));
	run();
	ok(!get32(A) && ring_idle(&hsw->ring[RCS]),
	   "LOAD_REGISTER_IMM of its own CTL");
	ring_up(RCS);
	hsw_reset(hsw);
	ok(!hsw->ring[BCS].ctl && !hsw->gtt.pte[5], "function level reset");
	map_all();
	for (e = 0; e < NUM_ENGINES; e++)
		ring_up(e);
}

/* Random dwords, with enough sense in them to get past the first check. */
static uint32_t nonsense(void)
{
	static const uint32_t start[] = {
		0x10400002, 0x10000003, 0x11000001, 0x12400001, 0x14800001,
		0x15000001, 0x13204002, 0x0b140001, 0x0b500001, 0x18800000,
		0x18c00100, 0x18802100, 0x0c000000, 0x11c00005, 0x54f00006,
		0x54f08806, 0x54300004, 0x50000003, 0x50c00004, 0x40c00001,
		0x7a000003, 0x0d000003, 0x05000000, 0x1b600001, 0x06000080,
	};
	uint32_t r = rnd();

	switch (r % 8) {
	case 0:
		return rnd() << 16 ^ rnd();
	case 1:
		return rnd() % RAM_SIZE;
	case 2:
		return PP + rnd() % RAM_SIZE;
	case 3:
		return rnd() % 0x40000 & ~3u;
	case 4:
		return start[rnd() % ARRAY_SIZE(start)] ^ (rnd() & rnd() &
							   0x00f0ff00);
	default:
		return start[rnd() % ARRAY_SIZE(start)];
	}
}

static void fuzz(unsigned int rounds)
{
	uint64_t hangs = 0, commands = 0;
	unsigned int i, n;
	enum engine_id e;

	for (n = 0; n < rounds; n++) {
		for (i = 0; i < 0x400; i++) {
			*ram32(B0 + 4 * i) = nonsense();
			*ram32(pp_ram(PP + B1 + 4 * i)) = nonsense();
		}
		for (e = 0; e < NUM_ENGINES; e++) {
			uint32_t dw[32];

			ring_up(e);
			for (i = 0; i < ARRAY_SIZE(dw); i++)
				dw[i] = nonsense();
			if (n & 1) {
				dw[0] = 0x18800000;
				dw[1] = B0;
			} else {
				dw[0] = 0x18800100;
				dw[1] = PP + B1;
			}
			emit(e, dw, ARRAY_SIZE(dw));
		}
		page_cache_flush(&hsw->pages);
		for (i = 0; i < 40 && cs_pass(hsw); i++)
			;
		for (e = 0; e < NUM_ENGINES; e++)
			hangs += hsw->ring[e].hung;
		mmio_write(hsw, GDRST, GDRST_FULL);
		if (n % 16 == 15) {
			map_all();
			fence_reset(hsw);
		}
	}
	for (e = 0; e < NUM_ENGINES; e++)
		commands += hsw->stats.commands[e];
	ok(hangs > rounds, "nonsense: %llu hangs in %llu commands, still alive",
	   (unsigned long long)hangs, (unsigned long long)commands);
	map_all();
	for (e = 0; e < NUM_ENGINES; e++)
		ring_up(e);
}

static double thread_cpu(void)
{
	struct timespec ts;
	clockid_t clock;

	if (pthread_getcpuclockid(hsw->gpu.thread, &clock) ||
	    clock_gettime(clock, &ts))
		return -1;
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* As the socket thread does it. */
static void locked_tail(enum engine_id e, const uint32_t *dw, unsigned int n)
{
	hsw_lock(hsw);
	emit(e, dw, n);
	hsw_unlock(hsw);
}

static bool wait_for(uint64_t off, uint32_t val)
{
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		if (__atomic_load_n(ram32(off), __ATOMIC_ACQUIRE) == val)
			return true;
		usleep(1000);
	}
	return false;
}

static void thread(void)
{
	const uint32_t store[] = { STORE(A, 0x77) };
	const uint32_t spin[] = { BB(B0) };
	const uint32_t sem[] = { 0x0b140001, 0, 0, STORE(A + 4, 1) };
	double cpu;
	int i;

	ring_up(RCS);
	ring_up(BCS);
	ok(!gpu_start(hsw), "thread: starts");
	*ram32(A) = 0;
	locked_tail(BCS, store, ARRAY_SIZE(store));
	ok(wait_for(A, 0x77), "thread: a TAIL write wakes it");

	usleep(20000);
	cpu = thread_cpu();
	usleep(300000);
	cpu = thread_cpu() - cpu;
	ok(cpu >= 0 && cpu < 0.003, "thread: idle costs nothing (%.2f ms of 300)",
	   cpu * 1e3);

	PUT(B0, 0, 0, BB(B0));
	locked_tail(RCS, spin, ARRAY_SIZE(spin));
	usleep(20000);
	cpu = thread_cpu();
	usleep(300000);
	cpu = thread_cpu() - cpu;
	ok(cpu >= 0 && cpu < 0.1, "thread: a spinner does not burn a core (%.1f ms of 300)",
	   cpu * 1e3);
	*ram32(A) = 0;
	locked_tail(BCS, store, ARRAY_SIZE(store));
	ok(wait_for(A, 0x77), "thread: another engine runs beside it");
	__atomic_store_n(ram32(B0), END, __ATOMIC_RELEASE);
	hsw_lock(hsw);
	for (i = 0; i < 5000 && !ring_idle(&hsw->ring[RCS]); i++) {
		hsw_unlock(hsw);
		usleep(1000);
		hsw_lock(hsw);
	}
	ok(ring_idle(&hsw->ring[RCS]), "thread: the spinner has ended");
	reg(BCS, RING_SYNC(0), 0);
	hsw_unlock(hsw);

	*ram32(A + 4) = 0;
	locked_tail(BCS, sem, ARRAY_SIZE(sem));
	usleep(20000);
	ok(!get32(A + 4), "thread: a semaphore waits");
	cpu = thread_cpu();
	usleep(300000);
	cpu = thread_cpu() - cpu;
	ok(cpu >= 0 && cpu < 0.1, "thread: waiting does not burn a core (%.1f ms of 300)",
	   cpu * 1e3);
	hsw_lock(hsw);
	reg(BCS, RING_SYNC(0), 1);
	hsw_unlock(hsw);
	ok(wait_for(A + 4, 1), "thread: the CPU's signal is seen");
	gpu_stop(hsw);
	gpu_stop(hsw);
	ok(!hsw->gpu.running, "thread: stops, once or twice");
	*ram32(A) = 0;
	ok(!gpu_start(hsw), "thread: starts again");
	locked_tail(BCS, store, ARRAY_SIZE(store));
	ok(wait_for(A, 0x77), "thread: and works");
	gpu_stop(hsw);
}

int main(void)
{
	open_device();
	wrap();
	limits();
	stop();
	batches();
	loops();
	resets();
	fuzz(env_number("HSW_TEST_ROUNDS", 1000));
	thread();
	close_device();
	return tap_done();
}
