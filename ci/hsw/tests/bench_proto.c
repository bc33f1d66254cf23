// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client gets of the server, argv[1], over the socket: accesses of a register
 * and of the aperture in a second, how long an interrupt takes, and what the server
 * takes of a CPU when nobody asks it for anything. Each access is one message and its
 * answer, as for a guest's trapped access; QEMU and the guest's exit come on top of it.
 */
#include "client.h"

#include <poll.h>
#include <sys/eventfd.h>
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

#define ROUNDS	10000
#define MI_USER_INTERRUPT	0x01000000u

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * From the write of TAIL, behind which there is one MI_USER_INTERRUPT, to the
 * eventfd of the MSI: the message, both threads of the server, the command.
 */
static void latency(uint32_t *ram)
{
	static double us[ROUNDS];
	const uint32_t bcs = 0x22000;
	int efd = eventfd(0, EFD_CLOEXEC);
	uint64_t count;
	unsigned int i;

	for (i = 0; i < 1024; i++)
		ram[i] = i & 1 ? 0 : MI_USER_INTERRUPT;
	/* The MSI on, all interrupts let through, a ring of one page. */
	if (efd < 0 || set_irqs(TRIGGER_EVENTFD, 1, 0, 1, efd) ||
	    wr32(7, 0x90, 1u << 16) || wr32(0, bcs + 0xa8, 0) ||
	    wr32(0, 0x44014, 0) || wr32(0, 0x4401c, ~0u) ||
	    wr32(0, 0x4400c, 1u << 31) || wr32(0, bcs + 0x38, 0) ||
	    wr32(0, bcs + 0x3c, 1))
		die("no interrupts");
	for (i = 0; i < ROUNDS; i++) {
		struct pollfd raised = { .fd = efd, .events = POLLIN };
		double begin = now();

		if (wr32(0, bcs + 0x30, 8 * (i + 1) % 4096) ||
		    poll(&raised, 1, 5000) != 1 ||
		    read(efd, &count, sizeof(count)) != sizeof(count))
			die("interrupt");
		us[i] = 1e6 * (now() - begin);
		if (wr32(0, 0x44018, ~0u))
			die("interrupt");
	}
	close(efd);
	qsort(us, ROUNDS, sizeof(us[0]), compare);
	printf("%-24s %8.0f us, 99 of 100 below %.0f us\n", "interrupt",
	       us[ROUNDS / 2], us[ROUNDS / 100 * 99]);
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
	uint32_t *ram;
	int fd;

	if (argc != 2 || !mkdtemp(dir)) {
		fprintf(stderr, "usage: bench_proto HSW\n");
		return 2;
	}
	setenv("HSW", argv[1], 1);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	start_server(NULL);
	/* memory space and bus master on, the first page of the GGTT is the guest's */
	fd = memfd(BYTES);
	ram = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ram == MAP_FAILED || !dial() || version() ||
	    dma_map(GPA, BYTES, fd, 0) || wr32(7, 4, 6) ||
	    wr32(0, 0x200000, GPA | 1))
		die("the server does not serve");

	rate("register, read", false, 0, 0x2028);
	rate("register, write", true, 0, 0xa008);
	rate("aperture, read", false, 2, 0);
	rate("aperture, write", true, 2, 0);
	latency(ram);
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
