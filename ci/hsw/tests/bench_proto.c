// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client gets of the server, argv[1], over the socket: accesses of a register
 * and of the aperture in a second, and what the server takes of a CPU when nobody
 * asks it for anything. Each is one message and its answer, as for a guest's trapped
 * access; QEMU and the guest's exit come on top of it.
 */
#include "client.h"

#include <time.h>

#define SECONDS	2
#define GPA	0x1000000ull		/* where the guest's memory would be */
#define BYTES	(4ul << 20)

static void die(const char *what)
{
	fprintf(stderr, "bench_proto: %s\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void rate(const char *what, bool write, uint32_t region, uint64_t off)
{
	double begin = now(), end;
	const uint32_t zero = 0;
	unsigned long n = 0;

	do {
		if (region_rw(write ? VU_REGION_WRITE : VU_REGION_READ, region, off,
			      sizeof(zero), &zero, write ? sizeof(zero) : 0))
			die(what);
		n++;
		end = now();
	} while (end - begin < SECONDS);
	printf("%-24s %8.0f in a second\n", what, n / (end - begin));
}

/* Clock ticks of the server so far. */
static unsigned long ticks(pid_t pid)
{
	unsigned long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			 &user, &system) != 2)
		die(path);
	fclose(f);
	return user + system;
}

int main(int argc, char **argv)
{
	unsigned long before;

	if (argc != 2 || !mkdtemp(dir)) {
		fprintf(stderr, "usage: bench_proto HSW\n");
		return 2;
	}
	setenv("HSW", argv[1], 1);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	start_server(NULL);
	/* memory space and bus master on, the first page of the GGTT is the guest's */
	if (!dial() || version() || dma_map(GPA, BYTES, memfd(BYTES), 0) ||
	    wr32(7, 4, 6) || wr32(0, 0x200000, GPA | 1))
		die("the server does not serve");

	rate("register, read", false, 0, 0x2028);
	rate("register, write", true, 0, 0xa008);
	rate("aperture, read", false, 2, 0);
	rate("aperture, write", true, 2, 0);
	before = ticks(server);
	sleep(SECONDS);
	printf("%-24s %8.2f %% of a CPU\n", "nobody asks",
	       100.0 * (ticks(server) - before) / sysconf(_SC_CLK_TCK) / SECONDS);

	hang_up();
	if (wait_server())
		die("the server did not end well");
	unlink(addr.sun_path);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/log", dir);
	unlink(addr.sun_path);
	rmdir(dir);
	return 0;
}
