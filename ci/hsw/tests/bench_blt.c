// SPDX-License-Identifier: GPL-2.0-only
/*
 * How fast the blitter is, next to memcpy() of the same 16 MiB. Not a test:
 * it says numbers and always succeeds. Build without sanitizers.
 */
#include "fixture.h"

#include <time.h>

#define BYTES	(16 * MIB)
#define TO	0x2000000u
#define ROUNDS	20

static uint32_t cmd[8];
static unsigned int cmd_len;

static void copy(void)
{
	memcpy(ram + TO, ram + SCRATCH, BYTES);
}

static void blit(void)
{
	int ret;

	page_cache_flush(&hsw->pages);
	ret = blt_start(hsw, cmd, cmd_len, 0);
	while (ret > 0)
		ret = blt_step(hsw);
	if (ret < 0)
		abort();
}

/* What this thread has had of a CPU: other load on the machine does not count. */
static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* MiB per second of CPU time, of the best round. */
static double speed(void (*what)(void))
{
	double best = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		uint64_t t = cpu_ns();
		double v;

		what();
		v = (double)BYTES / MIB / ((cpu_ns() - t) * 1e-9);
		if (v > best)
			best = v;
	}
	return best;
}

int main(void)
{
	/* All move 4096 rows of 4 KiB: linear pitch in bytes, tiled in dwords. */
	static const struct {
		const char *name;
		uint32_t dw0, dw1, pitch, swctrl;
	} t[] = {
		{ "linear to linear", 0x54f00006, 0x03cc1000, 0x1000, 0 },
		{ "X to X", 0x54f08806, 0x03cc0400, 0x400, 0 },
		{ "X to linear", 0x54f08006, 0x03cc1000, 0x400, 0 },
		{ "linear to X", 0x54f00806, 0x03cc0400, 0x1000, 0 },
		{ "Y to Y", 0x54f08806, 0x03cc0400, 0x400, 3 },
		{ "Y to linear", 0x54f08006, 0x03cc1000, 0x400, 3 },
		{ "linear to Y", 0x54f00806, 0x03cc0400, 0x1000, 3 },
		{ "linear, exclusive or", 0x54f00006, 0x03661000, 0x1000, 0 },
		{ "linear, RGB only", 0x54d00006, 0x03cc1000, 0x1000, 0 },
		{ "fill, linear", 0x54300004, 0x03f01000, 0, 0 },
		{ "fill, Y", 0x54300804, 0x03f00400, 0, 3 },
	};
	double base, v;
	unsigned int i;

	open_device();
	memset(ram + TO, 1, BYTES);
	memset(ram + SCRATCH, 2, BYTES);
	base = speed(copy);
	printf("%-24s %7.0f MiB/s\n", "memcpy", base);
	for (i = 0; i < ARRAY_SIZE(t); i++) {
		const uint32_t dw[] = {
			t[i].dw0, t[i].dw1, 0, 4096 << 16 | 1024, PP + TO, 0,
			t[i].pitch, PP + SCRATCH
		};

		cmd_len = cmd_length(BCS, t[i].dw0);
		memcpy(cmd, dw, sizeof(cmd));
		mmio_set(hsw, BCS_SWCTRL, t[i].swctrl);
		v = speed(blit);
		printf("%-24s %7.0f MiB/s  %.2f of memcpy\n", t[i].name, v,
		       v / base);
	}
	close_device();
	return 0;
}
