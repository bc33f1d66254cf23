// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server as a client sees it: QEMU's order of messages, then nonsense of
 * every kind. After each piece of nonsense the same server process must serve
 * a well-behaved client, and that one must find a reset device.
 *
 * $HSW names the server to start.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bar.h"
#include "client.h"

#include <time.h>
#include "tap.h"

#define PAGE 4096ull

/* True if the server closes the connection, be it with a reply before. */
static bool closed(void)
{
	uint8_t junk[4096];
	ssize_t n;

	do {
		n = recv(sock, junk, sizeof(junk), 0);
	} while (n > 0);
	return n == 0 || errno == ECONNRESET;
}

static int dma_unmap(uint64_t gpa, uint64_t size, uint32_t flags)
{
	struct vu_dma_unmap u = { sizeof(u), flags, gpa, size };

	return call(VU_DMA_UNMAP, &u, sizeof(u));
}

/* ------------------------------------------------------------------ */

static void region_info(void)
{
	struct {
		struct vfio_region_info info;
		struct vfio_info_cap_header cap;
		uint32_t nr_areas, reserved;
		struct vfio_region_sparse_mmap_area area;
	} r = { .info = { .argsz = 32, .index = REGION_BAR0 } };
	uint32_t *ptes;

	ok(call(VU_GET_REGION_INFO, &r.info, 32) == 0 && rh.size == 16 + 32,
	   "REGION_INFO 0 with room for the struct only");
	memcpy(&r.info, rbuf, 32);
	ok(r.info.argsz == 64 && r.info.flags == 15 && r.info.cap_offset >= 32 &&
	   r.info.size == BAR0_SIZE && rfd < 0,
	   "it says how much it needs, and sends no file yet");
	r.info.argsz = 64;
	r.info.index = REGION_BAR0;
	ok(call(VU_GET_REGION_INFO, &r.info, 32) == 0 && rh.size == 16 + 64,
	   "REGION_INFO 0 with room for the capability");
	memcpy(&r, rbuf, 64);
	ok(r.cap.id == 1 && r.nr_areas == 1 && r.area.offset == 2 * MIB &&
	   r.area.size == 2 * MIB && rfd >= 0,
	   "the upper 2 MiB can be mapped, the file is there");
	ptes = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, rfd,
		    r.info.offset + r.area.offset);
	ok(ptes != MAP_FAILED, "and it maps");
	if (ptes != MAP_FAILED) {
		ptes[3] = 0x1234;
		ok(rd32(REGION_BAR0, 2 * MIB + 12) == 0x1234,
		   "a PTE stored through the map reads back by message");
		munmap(ptes, 2 * MIB);
	}
	ok(ftruncate(rfd, 0) < 0, "the file cannot be cut short");
	close(rfd);
	rfd = -1;
}

static void other_info(void)
{
	static const uint64_t size[] = { 0, 0, 256 * MIB, 0, 64, 0, 0, 256, 0 };
	struct vu_device_info d = { .argsz = sizeof(d) };
	struct vfio_irq_info irq = { .argsz = sizeof(irq), .index = 1 };
	uint32_t i, good = 0;

	ok(call(VU_GET_INFO, &d, sizeof(d)) == 0, "GET_INFO");
	memcpy(&d, rbuf, sizeof(d));
	ok(d.flags == 3 && d.num_regions == 9 && d.num_irqs == 5,
	   "PCI, can reset, 9 regions, 5 kinds of interrupt");
	for (i = 1; i < 9; i++) {
		struct vfio_region_info r = { .argsz = 32, .index = i };

		if (call(VU_GET_REGION_INFO, &r, sizeof(r)) == 0) {
			memcpy(&r, rbuf, sizeof(r));
			if (r.index == i && r.size == size[i] &&
			    r.flags == (size[i] ? 3 : 0))
				good++;
		}
	}
	ok(good == 8, "REGION_INFO 1 to 8");
	ok(call(VU_GET_IRQ_INFO, &irq, sizeof(irq)) == 0 &&
	   (memcpy(&irq, rbuf, sizeof(irq)), irq.count == 1),
	   "one MSI");
	irq = (struct vfio_irq_info) { .argsz = sizeof(irq), .index = 3 };
	ok(call(VU_GET_IRQ_INFO, &irq, sizeof(irq)) == 0 &&
	   (memcpy(&irq, rbuf, sizeof(irq)), irq.count == 0),
	   "no error interrupt");
}

static void interrupts(void)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t n = 0;

	ok(set_irqs(TRIGGER_EVENTFD, 1, 0, 1, efd) == 0,
	   "SET_IRQS with an eventfd");
	ok(set_irqs(TRIGGER_NONE, 1, 0, 1, -1) == 0 &&
	   read(efd, &n, 8) == 8 && n == 1, "triggered by the client");
	ok(set_irqs(TRIGGER_NONE, 1, 0, 0, -1) == 0 &&
	   set_irqs(TRIGGER_NONE, 1, 0, 1, -1) == 0 &&
	   read(efd, &n, 8) < 0, "disabled with count 0");
	ok(set_irqs(TRIGGER_NONE, 0, 0, 0, -1) == 0,
	   "disabling INTx, which is not there, is fine");
	ok(set_irqs(TRIGGER_EVENTFD, 1, 1, 1, efd) == EINVAL &&
	   set_irqs(TRIGGER_EVENTFD, 1, 0, 2, efd) == EINVAL &&
	   set_irqs(TRIGGER_EVENTFD, 2, 0, 1, efd) == EINVAL &&
	   set_irqs(TRIGGER_EVENTFD, 77, 0, 1, efd) == EINVAL &&
	   set_irqs(VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_MASK, 1, 0, 1, efd) == EINVAL &&
	   set_irqs(0xffffffff, 1, 0, 1, efd) == EINVAL &&
	   set_irqs(0, 1, 0, 1, -1) == EINVAL &&
	   set_irqs(TRIGGER_NONE, 1, 0xffffffff, 1, -1) == EINVAL,
	   "SET_IRQS: what we do not have is refused");
	close(efd);
}

/*
 * An eventfd is shared with the client, who can fill it and let writes block; and
 * a file that is none could do anything at all.
 */
static void hostile_interrupts(void)
{
	int efd = eventfd(0, EFD_CLOEXEC), file = memfd(PAGE), pair[2];
	uint64_t most = UINT64_MAX - 1;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	ok(set_irqs(TRIGGER_EVENTFD, 1, 0, 1, file) == EINVAL &&
	   set_irqs(TRIGGER_EVENTFD, 1, 0, 1, pair[0]) == EINVAL &&
	   set_irqs(TRIGGER_EVENTFD, 1, 0, 1, sock) == EINVAL,
	   "SET_IRQS: a file, a socket, its own socket: no eventfd, refused");
	ok(set_irqs(TRIGGER_EVENTFD, 1, 0, 1, efd) == 0 &&
	   !(fcntl(efd, F_GETFL) & O_NONBLOCK),
	   "SET_IRQS: the client's eventfd stays as it is");
	fcntl(efd, F_SETFL, fcntl(efd, F_GETFL) & ~O_NONBLOCK);
	ok(write(efd, &most, sizeof(most)) == sizeof(most) &&
	   set_irqs(TRIGGER_NONE, 1, 0, 1, -1) == 0,
	   "an eventfd that is full does not hold the server up");
	close(efd);
	close(file);
	close(pair[0]);
	close(pair[1]);
}

static void memory(void)
{
	int fd = memfd(64 * PAGE);
	int ro = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	ok(dma_map(0, 64 * PAGE, fd, 0) == 0, "DMA_MAP");
	ok(dma_map(0, 64 * PAGE, fd, 0) == EEXIST, "the same twice");
	ok(dma_map(32 * PAGE, 64 * PAGE, fd, 0) == EEXIST, "overlapping");
	ok(dma_map(1ull << 32, 65 * PAGE, fd, 0) == ENXIO, "file too short");
	ok(dma_map(1ull << 32, PAGE, fd, 1ull << 62) == ENXIO,
	   "offset far behind the file");
	ok(dma_map(1ull << 32, PAGE, ro, 0) == EACCES, "file not writable");
	ok(dma_map(-PAGE, 2 * PAGE, fd, 0) == EINVAL, "wrapping");
	ok(dma_map(5, PAGE, fd, 0) == EINVAL, "odd address");
	ok(dma_map(1ull << 32, 0, fd, 0) == EINVAL, "size 0");
	ok(dma_map(1ull << 32, 1ull << 63, -1, 0) == EINVAL, "size 2^63");
	ok(dma_map(1ull << 40, PAGE, -1, 0) == 0, "without a file (ROM)");
	{
		struct vu_dma_map m = { sizeof(m), ~0u, 0, 1ull << 41, PAGE };
		int two[2] = { fd, fd };

		ok(call(VU_DMA_MAP, &m, sizeof(m)) == EINVAL, "unknown flags");
		m.flags = 3;
		send_cmd(VU_DMA_MAP, 0, &m, sizeof(m), two, 2);
		ok(get_reply(VU_DMA_MAP) == EINVAL, "two files for one map");
		m.argsz = 4;
		ok(call(VU_DMA_MAP, &m, sizeof(m)) == EINVAL, "argsz too small");
		ok(call(VU_DMA_MAP, &m, 8) == EINVAL, "payload too short");
	}
	ok(dma_unmap(0, PAGE, 0) == EINVAL, "DMA_UNMAP: part of a mapping");
	ok(dma_unmap(0, 65 * PAGE, 0) == EINVAL, "DMA_UNMAP: more than a mapping");
	ok(dma_unmap(1ull << 50, PAGE, 0) == ENOENT, "DMA_UNMAP: nothing there");
	ok(dma_unmap(0, 64 * PAGE, 0) == 0 &&
	   rh.size == sizeof(rh) + sizeof(struct vu_dma_unmap), "DMA_UNMAP");
	ok(dma_unmap(0, PAGE, VU_UNMAP_ALL) == EINVAL &&
	   dma_unmap(0, 0, VU_UNMAP_ALL) == 0, "DMA_UNMAP: all");
	ok(dma_map(1ull << 40, PAGE, fd, 0) == 0, "and the place is free again");
	ok(dma_unmap(0, 0, 0x80) == EINVAL, "DMA_UNMAP: unknown flag");
	close(fd);
	close(ro);
}

static void registers(void)
{
	uint8_t byte = 0x5a;
	uint64_t quad = 0x1122334455667788;

	ok(rd32(REGION_CONFIG, 0) == 0x04128086, "config: 8086:0412");
	ok(wr32(REGION_BAR0, 0x70000, 0x1234) == 0 &&
	   rh.size == sizeof(rh) + sizeof(struct vu_region_rw) &&
	   rd32(REGION_BAR0, 0x70000) == 0x1234, "a register");
	ok(region_rw(VU_REGION_WRITE, 0, 0x70001, 1, &byte, 1) == 0 &&
	   rd32(REGION_BAR0, 0x70000) == 0x5a34, "a byte of it");
	ok(region_rw(VU_REGION_WRITE, 0, 0x70000, 8, &quad, 8) == 0 &&
	   rd32(REGION_BAR0, 0x70004) == 0x11223344, "64 bits");
	ok(region_rw(VU_REGION_READ, 0, 0, VU_MAX_DATA, NULL, 0) == 0 &&
	   rh.size == VU_MAX_MESSAGE, "the largest read");
	ok(region_rw(VU_REGION_READ, 0, 0, VU_MAX_DATA + 1, NULL, 0) == EINVAL,
	   "and one byte more");
	ok(region_rw(VU_REGION_READ, 0, BAR0_SIZE - 3, 4, NULL, 0) == EINVAL &&
	   region_rw(VU_REGION_READ, 0, -1ull, 4, NULL, 0) == EINVAL &&
	   region_rw(VU_REGION_READ, 7, 254, 4, NULL, 0) == EINVAL &&
	   region_rw(VU_REGION_READ, 1, 0, 4, NULL, 0) == EINVAL &&
	   region_rw(VU_REGION_READ, 0x80000000, 0, 4, NULL, 0) == EINVAL,
	   "reads outside of all regions");
	ok(region_rw(VU_REGION_WRITE, 0, BAR0_SIZE, 8, &quad, 8) == EINVAL &&
	   region_rw(VU_REGION_WRITE, 3, 0, 8, &quad, 8) == EINVAL,
	   "writes outside of all regions");
	ok(region_rw(VU_REGION_WRITE, 0, 0x70000, 8, &quad, 4) == EINVAL,
	   "a write with half of its data");
	ok(region_rw(VU_REGION_WRITE, 0, 0x70000, 0, NULL, 0) == 0,
	   "a write of nothing");
	ok(call(VU_REGION_READ, &quad, 8) == EINVAL, "a read cut short");
	ok(rd32(REGION_BAR2, 0) != 0xdeadbeef, "the aperture answers");
	ok(call(VU_DEVICE_RESET, NULL, 0) == 0 &&
	   rd32(REGION_BAR0, 0x70000) == 0, "DEVICE_RESET");
}

static void unknown(void)
{
	static const uint16_t cmds[] = { 0, 6, 11, 12, 14, 15, 16, 17, 18, 19,
					 1000, 65535 };
	size_t i, good = 0;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		if (call(cmds[i], "rubbish", 8) == ENOTSUP)
			good++;
	ok(good == ARRAY_SIZE(cmds), "unknown commands are refused, no more");
	ok(version() == EINVAL, "a second VERSION");
}

static void no_reply(void)
{
	struct {
		struct vu_region_rw rw;
		uint32_t val;
	} m = { { 0x70010, 0, 4 }, 7 };

	ok(send_cmd(VU_REGION_WRITE, VU_NO_REPLY, &m, 20, NULL, 0) &&
	   rd32(REGION_BAR0, 0x70010) == 7, "posted write: no reply");
}

/* Many messages in one piece, and one message in many pieces. */
static void framing(void)
{
	struct msg {
		struct vu_header h;
		struct vu_region_rw rw;
		uint32_t val;
	} __attribute__((packed)) m[50];
	size_t i, good = 0;
	const uint8_t *p = (const uint8_t *)m;
	int fd = memfd(PAGE);

	for (i = 0; i < 50; i++)
		m[i] = (struct msg) {
			{ next_id++, VU_REGION_WRITE, sizeof(m[0]), 0, 0 },
			{ 0x70100 + 4 * i, 0, 4 }, i
		};
	send_raw(m, sizeof(m), NULL, 0);
	for (i = 0; i < 50; i++)
		if (read_all(&rh, sizeof(rh), true) &&
		    read_all(rbuf, rh.size - sizeof(rh), false) &&
		    rh.id == m[i].h.id && rh.flags == VU_TYPE_REPLY)
			good++;
	ok(good == 50, "50 messages in one piece");

	for (i = 0; i < sizeof(m[0]); i++)
		send_raw(p + i, 1, NULL, 0);
	read_all(&rh, sizeof(rh), true);
	read_all(rbuf, rh.size - sizeof(rh), false);
	ok(rh.id == m[0].h.id && rh.flags == VU_TYPE_REPLY,
	   "one message byte by byte");

	/* A map without a file, glued to a map with one. */
	{
		struct {
			struct vu_header h;
			struct vu_dma_map m;
		} a = { { next_id++, VU_DMA_MAP, 48, VU_NO_REPLY, 0 },
			{ 32, 3, 0, 1ull << 33, PAGE } }, b = a;

		b.h = (struct vu_header) { next_id++, VU_DMA_MAP, 48, 0, 0 };
		b.m.address = 1ull << 34;
		b.m.offset = 2 * PAGE;	/* ENXIO, if the file is found */
		send_raw(&a, sizeof(a), NULL, 0);
		send_raw(&b, 20, &fd, 1);
		usleep(20000);
		send_raw((uint8_t *)&b + 20, sizeof(b) - 20, NULL, 0);
		ok(get_reply(VU_DMA_MAP) == ENXIO,
		   "a file belongs to the message it came with");
		ok(dma_unmap(1ull << 33, PAGE, 0) == 0,
		   "and not to the one before");
	}
	close(fd);
}

/* Each of these must end the connection. */
static void breach(const char *name, const void *buf, size_t len,
		   bool greet, bool leave, size_t n_fds)
{
	int fds[64];
	size_t i;
	bool gone;

	for (i = 0; i < 64; i++)
		fds[i] = STDIN_FILENO;
	dial();
	if (greet)
		version();
	send_raw(buf, len, fds, n_fds);
	if (leave)
		shutdown(sock, SHUT_WR);
	gone = closed();
	hang_up();

	ok(gone && dial() && version() == 0 &&
	   rd32(REGION_BAR0, 0x70000) == 0 && wr32(REGION_BAR0, 0x70000, 1) == 0,
	   "%s: closed, next client finds a reset device", name);
}

static void breaches(void)
{
	struct vu_header h = { 1, VU_GET_INFO, sizeof(h), 0, 0 };
	struct {
		struct vu_header h;
		struct vu_version v;
		char text[8];
	} v = { { 1, VU_VERSION, sizeof(v), 0, 0 }, { 9, 0 }, "{}" };
	uint8_t noise[4096];
	size_t i;
	int round;

	h.size = 0;
	breach("size 0", &h, sizeof(h), true, false, 0);
	h.size = 15;
	breach("size 15", &h, sizeof(h), true, false, 0);
	h.size = VU_MAX_MESSAGE + 1;
	breach("size one too large", &h, sizeof(h), true, false, 0);
	h.size = 0xffffffff;
	breach("size 4 GiB", &h, sizeof(h), true, false, 0);
	h.size = 48;
	breach("half a message", &h, sizeof(h), true, true, 0);
	breach("half a header", &h, 7, true, true, 0);
	breach("half a message with a file", &h, sizeof(h), true, true, 1);
	breach("half a header with files", &h, 3, true, true, 8);
	h.size = sizeof(h);
	h.flags = VU_TYPE_REPLY;
	breach("a reply", &h, sizeof(h), true, false, 0);
	h.flags = 7;
	breach("a message of type 7", &h, sizeof(h), true, false, 0);
	h.flags = 0;
	breach("no VERSION first", &h, sizeof(h), false, false, 0);
	breach("20 files", &h, sizeof(h), true, false, 20);
	breach("version 9.0", &v, sizeof(v), false, false, 0);
	v.v.major = 0;
	memset(v.text, 'x', sizeof(v.text));
	breach("VERSION text without an end", &v, sizeof(v), false, false, 0);
	v.h.size = sizeof(h) + 2;
	breach("VERSION of two bytes", &v, v.h.size, false, false, 0);

	srandom(7);
	for (round = 0; round < 20; round++) {
		char name[32];

		for (i = 0; i < sizeof(noise); i++)
			noise[i] = random() >> 8;
		snprintf(name, sizeof(name), "noise %d", round);
		breach(name, noise, sizeof(noise), round % 2, true, round % 3);
	}
}

/* Random but well-framed commands: none may end the connection or the server. */
static void fuzz(void)
{
	uint8_t payload[64];
	int i, j, answered = 0;
	int fd = memfd(4 * PAGE);

	dial();
	version();
	srandom(3);
	for (i = 0; i < 5000; i++) {
		size_t len = random() % sizeof(payload);
		uint16_t command = 2 + random() % 13;

		for (j = 0; j < (int)sizeof(payload); j++)
			payload[j] = random() % 3 ? 0 : random() >> 4;
		if (random() % 2)
			payload[0] = 32;
		/* An eventfd must be one: the fd here is a plain file. */
		send_cmd(command, 0, payload, len, &fd, random() % 4 == 0);
		if (get_reply(command) >= 0)
			answered++;
	}
	ok(answered == i, "%d random commands, %d answered", i, answered);
	close(fd);
}

static bool log_has(const char *text)
{
	static char buf[1 << 20];
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/log", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n < 0)
		return false;
	buf[n] = 0;
	return strstr(buf, text);
}

/*
 * The client cuts the file behind its memory short, then has it read by the CPU
 * through the aperture, or by an engine: it goes, the next one is served.
 */
static void cut_short(bool by_engine)
{
	int fd = memfd(64 * PAGE);
	bool gone;

	start_server("--keep");
	dial();
	version();
	dma_map(0, 64 * PAGE, fd, 0);
	wr32(REGION_BAR0, 2 * MIB, PAGE | 1);
	ok(rd32(REGION_BAR2, 8) == 0, "memory before it is cut short");
	if (ftruncate(fd, 0))
		return;
	if (by_engine) {
		wr32(REGION_BAR0, 0x22038, 0);
		wr32(REGION_BAR0, 0x2203c, 1);
		wr32(REGION_BAR0, 0x22030, 8);
	} else {
		region_rw(VU_REGION_READ, REGION_BAR2, 8, 4, NULL, 0);
	}
	gone = closed();
	hang_up();
	ok(gone, "memory cut short, %s looks: this client is dropped",
	   by_engine ? "an engine" : "the CPU");
	ok(dial() && version() == 0 && rd32(REGION_CONFIG, 0) == 0x04128086,
	   "and the next is served");
	hang_up();
	kill(server, SIGTERM);
	ok(wait_server() == 0 && access(addr.sun_path, F_OK) &&
	   log_has("guest memory at 0x1000 is gone"),
	   "with its socket and its log in order");
	close(fd);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static bool log_has(const char *text);

/* A client that keeps silent where it must not is dropped; elsewhere it may. */
static void silence(void)
{
	struct vu_header h = { 1, VU_GET_INFO, 48, 0, 0 };
	struct vu_region_rw rw = { 0, 0, VU_MAX_DATA };
	double begin = seconds(), took;
	int i, other = -1;

	start_server("--keep");
	dial();
	other = sock;
	sock = -1;
	ok(dial() && version() == 0 && seconds() - begin < 20,
	   "a client that says nothing does not keep the next one out");
	close(other);

	begin = seconds();
	usleep(6000000);
	ok(rd32(REGION_CONFIG, 0) == 0x04128086,
	   "between two messages it may keep silent");
	begin = seconds();
	for (i = 0; i < 20 && send_raw((uint8_t *)&h + i % 16, 1, NULL, 0); i++)
		usleep(500000);
	took = seconds() - begin;
	ok(i < 20 && took > 4, "within a message, however slow, it may not: %.0f s",
	   took);

	dial();
	version();
	for (i = 0; i < 16; i++)
		send_cmd(VU_REGION_READ, 0, &rw, sizeof(rw), NULL, 0);
	other = sock;
	sock = -1;
	ok(dial() && version() == 0, "one that takes no replies does not, either");
	close(other);
	hang_up();
	kill(server, SIGTERM);
	ok(wait_server() == 0 && log_has("no VERSION in seconds (5)") &&
	   log_has("a message was not completed in seconds (5)") &&
	   log_has("the client takes no replies, seconds (5)"),
	   "the log says so");
}

/* Neither refused messages nor broken connections fill the disk. */
static void log_limit(void)
{
	struct stat before = { 0 }, after = { 0 };
	uint64_t bad = UINT64_MAX;
	char path[64];
	double begin;
	int i;

	start_server("--keep");
	snprintf(path, sizeof(path), "%s/log", dir);
	stat(path, &before);
	dial();
	version();
	begin = seconds();
	for (i = 0; i < 20000; i++)
		if (dma_map(5, PAGE, -1, 0) != EINVAL)
			break;
	hang_up();
	for (i = 0; i < 300; i++) {
		dial();
		version();
		send_raw(&bad, sizeof(bad), NULL, 0);
		send_raw(&bad, sizeof(bad), NULL, 0);
		hang_up();
	}
	dial();
	version();
	stat(path, &after);
	ok(after.st_size - before.st_size < (seconds() - begin + 2) * 20000,
	   "20,000 refused maps and 300 breaches: %ld bytes of log",
	   (long)(after.st_size - before.st_size));
	hang_up();
	kill(server, SIGTERM);
	wait_server();
}

static void life_cycle(void)
{
	struct stat st;
	int status, fd;
	pid_t second;

	/* While the server runs, another one must not take its place. */
	second = fork();
	if (!second) {
		freopen("/dev/null", "w", stderr);
		execl(getenv("HSW"), "hsw", "--socket", addr.sun_path, NULL);
		_exit(127);
	}
	waitpid(second, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 2,
	   "a second server on the same socket gives up");

	dial();
	ok(version() == 0, "the first one still answers");
	kill(server, SIGTERM);
	ok(wait_server() == 0, "SIGTERM with a client: exit 0");
	ok(stat(addr.sun_path, &st) < 0, "the socket is gone");
	hang_up();
	ok(log_has("stats: register writes"), "statistics were written");
	ok(log_has("protocol: message shorter than its header (15)"),
	   "the log says what was wrong");

	start_server(NULL);
	kill(server, SIGINT);
	ok(wait_server() == 0 && stat(addr.sun_path, &st) < 0,
	   "SIGINT without a client: exit 0, socket gone");

	start_server(NULL);
	dial();
	hang_up();
	ok(dial() && version() == 0,
	   "a client that only knocks is not the one waited for");
	hang_up();
	ok(wait_server() == 0 && stat(addr.sun_path, &st) < 0,
	   "without --keep it ends with its client");

	start_server(NULL);
	dial();
	send_raw("x", 1, NULL, 0);
	hang_up();
	ok(wait_server() == 1, "exit 1 if that client broke the protocol");

	/* A stale socket: bound, but nobody listens. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	start_server(NULL);
	ok(dial() && version() == 0, "a stale socket is replaced");
	kill(server, SIGKILL);
	waitpid(server, &status, 0);
	start_server("--keep");
	ok(dial() && version() == 0, "also that of a killed server");
	kill(server, SIGTERM);
	wait_server();
	hang_up();

	/* What is in the way and not a socket is not removed. */
	fd = open(addr.sun_path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	close(fd);
	start_server(NULL);
	ok(wait_server() == 2 && !stat(addr.sun_path, &st),
	   "a plain file in its place is left alone");
	unlink(addr.sun_path);
}

int main(void)
{
	char log[64];

	if (!getenv("HSW")) {
		fputs("test_proto: set HSW to the server\n", stderr);
		return 1;
	}
	if (!mkdtemp(dir))
		return 1;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/sock", dir);
	snprintf(log, sizeof(log), "%s/log", dir);
	signal(SIGPIPE, SIG_IGN);
	alarm(300);

	start_server("--keep");
	if (!ok(dial(), "connect"))
		goto out;
	ok(version() == 0 && !strcmp((char *)rbuf + 4,
				     "{\"capabilities\":{\"max_msg_fds\":8}}"),
	   "VERSION 0.0: of the capabilities only the proposed one");
	memory();
	other_info();
	region_info();
	interrupts();
	hostile_interrupts();
	registers();
	unknown();
	no_reply();
	framing();
	breaches();
	fuzz();
	life_cycle();
	silence();
	log_limit();
	cut_short(false);
	cut_short(true);
out:
	hang_up();
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	unlink(addr.sun_path);
	unlink(log);
	rmdir(dir);
	return tap_done();
}
