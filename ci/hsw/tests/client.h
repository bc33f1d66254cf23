/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the server: starts it, dials, sends a command and waits for its
 * reply, of which rh, rbuf and rfd hold the last.
 *
 * $HSW names the server to start.
 */
#ifndef HSW_TESTS_CLIENT_H
#define HSW_TESTS_CLIENT_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdbool.h>
#include <stdio.h>

#include "memfd.h"
#include "vfio_proto.h"

/* Flags of VU_SET_IRQS. */
#define TRIGGER_NONE	(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)
#define TRIGGER_BOOL	(VFIO_IRQ_SET_DATA_BOOL | VFIO_IRQ_SET_ACTION_TRIGGER)
#define TRIGGER_EVENTFD	(VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)

static char dir[32] = "/tmp/hsw-test-XXXXXX";	/* mkdtemp() writes to it */
static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static pid_t server;
static int sock = -1;
static uint16_t next_id = 1;

/* The last reply. */
static struct vu_header rh;
static uint8_t rbuf[VU_MAX_MESSAGE];
static int rfd = -1;

/* ------------------------------------------------------------------ */

/*
 * Starts the server with one more argument, extra (NULL: none), and waits at most 10 s for
 * its socket. Its log is dir/log.
 */
static void start_server(const char *extra)
{
	const char *hsw = getenv("HSW");
	int i;

	server = fork();
	if (!server) {
		execl(hsw, hsw, "--socket", addr.sun_path, "--log",
		      strcat(strcpy((char *)rbuf, dir), "/log"), extra, NULL);
		perror(hsw);
		_exit(127);
	}
	for (i = 0; i < 1000; i++) {
		struct stat st;

		if (!stat(addr.sun_path, &st))
			break;
		usleep(10000);
	}
}

/* Exit code of the server, -1 if a signal killed it or it does not end. */
static int wait_server(void)
{
	int status, i;

	for (i = 0; i < 1000; i++) {
		if (waitpid(server, &status, WNOHANG) == server) {
			server = 0;
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		usleep(10000);
	}
	kill(server, SIGKILL);
	waitpid(server, &status, 0);
	server = 0;
	return -1;
}

/* Closes the connection, if there is one. */
static void hang_up(void)
{
	if (sock >= 0)
		close(sock);
	sock = -1;
}

/* A new connection; false if the server takes none for 5 s. */
static bool dial(void)
{
	struct timeval patience = { .tv_sec = 20 };
	int i;

	hang_up();
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	for (i = 0; i < 500; i++) {
		if (!connect(sock, (struct sockaddr *)&addr, sizeof(addr)))
			return true;
		usleep(10000);
	}
	return false;
}

/* Sends len bytes and n_fds files (at most 64) as they are; false if that fails. */
static bool send_raw(const void *buf, size_t len, const int *fds, size_t n_fds)
{
	char control[CMSG_SPACE(64 * sizeof(int))] = { 0 };
	struct iovec iov = { (void *)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n_fds) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == (ssize_t)len;
}

/* Sends a command with a new identification: header, payload, files. False if that fails. */
static bool send_cmd(uint16_t command, uint32_t flags, const void *payload,
		     size_t len, const int *fds, size_t n_fds)
{
	static uint8_t buf[VU_MAX_MESSAGE + 64];
	struct vu_header h = {
		.id = next_id++, .command = command,
		.size = sizeof(h) + len, .flags = flags,
	};

	memcpy(buf, &h, sizeof(h));
	if (len)
		memcpy(buf + sizeof(h), payload, len);
	return send_raw(buf, h.size, fds, n_fds);
}

/* Reads len bytes; with fds a file that comes along becomes rfd. False at the end or after 20 s. */
static bool read_all(void *buf, size_t len, bool fds)
{
	while (len) {
		char control[CMSG_SPACE(sizeof(int))];
		struct iovec iov = { buf, len };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
				      .msg_control = control,
				      .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
		struct cmsghdr *c;

		if (n <= 0)
			return false;
		c = CMSG_FIRSTHDR(&msg);
		if (fds && c) {
			if (rfd >= 0)
				close(rfd);
			memcpy(&rfd, CMSG_DATA(c), sizeof(int));
		}
		buf = (uint8_t *)buf + n;
		len -= n;
	}
	return true;
}

/* 0, the errno in the reply, or -1 if there was no proper one. */
static int get_reply(uint16_t command)
{
	if (!read_all(&rh, sizeof(rh), true) || rh.size < sizeof(rh) ||
	    rh.size > sizeof(rbuf))
		return -1;
	if (!read_all(rbuf, rh.size - sizeof(rh), false))
		return -1;
	if (rh.id != (uint16_t)(next_id - 1) || rh.command != command)
		return -1;
	if (rh.flags == VU_TYPE_REPLY)
		return 0;
	if (rh.flags != (VU_TYPE_REPLY | VU_ERROR) || rh.size != sizeof(rh))
		return -1;
	return rh.error;
}

/* The calls below send a command and wait for its reply. They return what get_reply() does. */
static int call(uint16_t command, const void *payload, size_t len)
{
	if (!send_cmd(command, 0, payload, len, NULL, 0))
		return -1;
	return get_reply(command);
}

static int call_fd(uint16_t command, const void *payload, size_t len, int fd)
{
	if (!send_cmd(command, 0, payload, len, &fd, 1))
		return -1;
	return get_reply(command);
}

/* The first message of a connection. */
static int version(void)
{
	static const struct {
		struct vu_version v;
		char json[64];
	} msg = { { 0, 0 }, "{\"capabilities\":{\"max_msg_fds\":8}}" };

	return call(VU_VERSION, &msg, sizeof(msg.v) + strlen(msg.json) + 1);
}

/* count bytes at offset off of a region: a write has its data, len bytes, in data. */
static int region_rw(uint16_t command, uint32_t region, uint64_t off,
		     uint32_t count, const void *data, size_t len)
{
	static uint8_t buf[sizeof(struct vu_region_rw) + VU_MAX_DATA];
	struct vu_region_rw rw = { off, region, count };

	memcpy(buf, &rw, sizeof(rw));
	if (len)
		memcpy(buf + sizeof(rw), data, len);
	return call(command, buf, sizeof(rw) + len);
}

/* The dword at off; 0xdeadbeef if the read fails. */
__attribute__((unused))
static uint32_t rd32(uint32_t region, uint64_t off)
{
	uint32_t val = 0xdeadbeef;

	if (!region_rw(VU_REGION_READ, region, off, 4, NULL, 0) &&
	    rh.size == sizeof(rh) + sizeof(struct vu_region_rw) + 4)
		memcpy(&val, rbuf + sizeof(struct vu_region_rw), 4);
	return val;
}

static int wr32(uint32_t region, uint64_t off, uint32_t val)
{
	return region_rw(VU_REGION_WRITE, region, off, 4, &val, 4);
}

/* Maps size bytes of fd, from byte offset on, at guest address gpa; fd -1: without a file. */
static int dma_map(uint64_t gpa, uint64_t size, int fd, uint64_t offset)
{
	struct vu_dma_map m = { sizeof(m), VU_DMA_READ | VU_DMA_WRITE, offset,
				gpa, size };

	return fd < 0 ? call(VU_DMA_MAP, &m, sizeof(m)) :
			call_fd(VU_DMA_MAP, &m, sizeof(m), fd);
}

/* VU_SET_IRQS of count vectors from start on; fd -1: no eventfd comes along. */
__attribute__((unused))
static int set_irqs(uint32_t flags, uint32_t index, uint32_t start,
		    uint32_t count, int fd)
{
	struct vfio_irq_set s = { sizeof(s), flags, index, start, count };

	return fd < 0 ? call(VU_SET_IRQS, &s, sizeof(s)) :
			call_fd(VU_SET_IRQS, &s, sizeof(s), fd);
}

#endif
