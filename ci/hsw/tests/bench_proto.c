// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client gets of the server, argv[1], over the socket: accesses of a register
 * and of the aperture in a second, and what the server takes of a CPU when nobody
 * asks it for anything. Each is one message and its answer, as for a guest's trapped
 * access; QEMU and the guest's exit come on top of it.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "bar.h"
#include "vfio_proto.h"

#define SECONDS	2
#define GPA	0x1000000ull		/* where the guest's memory would be */
#define BYTES	(4ul << 20)

static int sock;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* A command and its reply, of which up to @room bytes go to @reply. */
static void call(uint16_t command, const void *payload, size_t len, int fd,
		 void *reply, size_t room)
{
	static uint8_t buf[4096];
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct vu_header *h = (struct vu_header *)buf;
	struct iovec iov = { buf, sizeof(*h) + len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t got = 0;
	ssize_t n;

	*h = (struct vu_header){ .id = 1, .command = command, .size = iov.iov_len };
	memcpy(h + 1, payload, len);
	if (fd >= 0) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) != (ssize_t)iov.iov_len)
		die("send");
	while (got < sizeof(*h) || got < h->size) {
		n = read(sock, buf + got, got < sizeof(*h) ? sizeof(*h) - got : h->size - got);
		if (n <= 0)
			die("the server hung up");
		got += n;
	}
	if (h->flags & VU_ERROR) {
		fprintf(stderr, "command %u: errno %u\n", command, h->error);
		exit(1);
	}
	if (room)
		memcpy(reply, h + 1, room);
}

static void rw(bool write, uint32_t region, uint64_t off, uint32_t *val)
{
	struct {
		struct vu_region_rw rw;
		uint32_t val;
	} __attribute__((packed)) m = {
		.rw = { .offset = off, .region = region, .count = sizeof(*val) },
		.val = *val,
	};

	call(write ? VU_REGION_WRITE : VU_REGION_READ, &m,
	     write ? sizeof(m) : sizeof(m.rw), -1, &m, write ? 0 : sizeof(m));
	*val = m.val;
}

static void rate(const char *what, bool write, uint32_t region, uint64_t off)
{
	double begin = now(), end;
	unsigned long n = 0;
	uint32_t val = 0;

	do {
		rw(write, region, off, &val);
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
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct vu_version version = { 0, 1 };
	struct vu_dma_map map = {
		.argsz = sizeof(map), .flags = VU_DMA_READ | VU_DMA_WRITE,
		.address = GPA, .size = BYTES,
	};
	char dir[] = "/tmp/hsw-bench-XXXXXX";
	uint32_t pte = GPA | 1;
	unsigned long before;
	int fd, i;
	pid_t pid;

	if (argc != 2 || !mkdtemp(dir)) {
		fprintf(stderr, "usage: bench_proto HSW\n");
		return 2;
	}
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	pid = fork();
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execl(argv[1], argv[1], "--socket", addr.sun_path, NULL);
		_exit(127);
	}
	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	for (i = 0; connect(sock, (struct sockaddr *)&addr, sizeof(addr)); i++) {
		if (i == 500)
			die("connect");
		usleep(10000);
	}
	call(VU_VERSION, &version, sizeof(version), -1, NULL, 0);
	fd = memfd_create("guest", 0);
	if (fd < 0 || ftruncate(fd, BYTES))
		die("memfd");
	call(VU_DMA_MAP, &map, sizeof(map), fd, NULL, 0);
	/* memory space and bus master on, the first page of the GGTT is the guest's */
	i = 6;
	rw(true, 7, 4, (uint32_t *)&i);
	rw(true, 0, 0x200000, &pte);

	rate("register, read", false, 0, 0x2028);
	rate("register, write", true, 0, 0xa008);
	rate("aperture, read", false, 2, 0);
	rate("aperture, write", true, 2, 0);
	before = ticks(pid);
	sleep(SECONDS);
	printf("%-24s %8.2f %% of a CPU\n", "nobody asks",
	       100.0 * (ticks(pid) - before) / sysconf(_SC_CLK_TCK) / SECONDS);

	close(sock);
	waitpid(pid, NULL, 0);
	unlink(addr.sun_path);
	rmdir(dir);
	return 0;
}
