// SPDX-License-Identifier: GPL-2.0-only
/* Send open files from the party to the manager; fences that are files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "waits.h"

int fd_send(int sock, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &msg, 0) < 0 ? -errno : 0;
}

int fd_receive(int sock)
{
	char byte, control[CMSG_SPACE(sizeof(int))] = { };
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct pollfd poll_sock = { .fd = sock, .events = POLLIN };
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	if (poll(&poll_sock, 1, limit * 1000) <= 0)
		return -ETIME;
	n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return -errno;
	c = CMSG_FIRSTHDR(&msg);
	if (!n || !c)
		return -ECHILD;		/* the party has ended */
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

bool fence_signalled(int fd, double seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, seconds * 1000) > 0;
}

/* From drivers/dma-buf/sw_sync.c: the kernel exports no header for it. */
struct sw_sync_fence {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC			"/sys/kernel/debug/sync/sw_sync"
#define SW_SYNC_CREATE_FENCE	_IOWR('W', 0, struct sw_sync_fence)
#define SW_SYNC_INC		_IOW('W', 1, uint32_t)

int timeline_open(int *fence)
{
	struct sw_sync_fence arg = { .value = 1, .name = "waits" };
	int fd = open(SW_SYNC, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SW_SYNC_CREATE_FENCE, &arg)) {
		int err = -errno;

		close(fd);
		return err;
	}
	*fence = arg.fence;
	return fd;
}

int timeline_signal(int timeline)
{
	uint32_t by = 1;

	return ioctl(timeline, SW_SYNC_INC, &by) ? -errno : 0;
}
