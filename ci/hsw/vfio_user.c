// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-user: receive, dispatch, answer.
 *
 * Each trapped register access of the guest is one message here and the guest
 * waits for the reply, so the common case is one recvmsg() and one sendmsg().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "bar.h"
#include "caps.h"
#include "vfio_proto.h"
#include "vfio_user.h"

struct conn {
	struct hsw *hsw;
	int sock;
	bool version_done;

	/* Received bytes: messages lie between start and end. */
	uint8_t *in;
	size_t start, end;
	/* Files that came with the message at fd_owner (an offset in in[]). */
	int fds[VU_MAX_FDS];
	unsigned int n_fds;
	size_t fd_owner;

	/* The reply: header and payload in one piece. */
	uint8_t *out;
	int out_fd;			/* goes along; stays ours; -1: none */

	/* Since when the rest of a message, or VERSION, is waited for; ns. */
	uint64_t waiting_since;
};

/* A command on its way through the handlers. */
struct request {
	struct vu_header hdr;
	const uint8_t *payload;
	size_t len;			/* of payload */
	int fds[VU_MAX_FDS];
	unsigned int n_fds;
	uint8_t *reply;			/* payload of the reply */
	size_t reply_len;
};

/* Copies a fixed-size struct off the front of the payload. */
static int take(const struct request *req, void *to, size_t size)
{
	if (req->len < size)
		return -EINVAL;
	memcpy(to, req->payload, size);
	return 0;
}

static void reply_with(struct request *req, const void *from, size_t size)
{
	memcpy(req->reply + req->reply_len, from, size);
	req->reply_len += size;
}

/* ------------------------------------------------------------------ */
/* Handlers: 0 or -errno, which goes into the reply. The lock is held. */

static int do_version(struct conn *c, struct request *req)
{
	static const char *const names[] = {
		"max_msg_fds", "max_data_xfer_size", "pgsizes", "max_dma_maps",
	};
	static const unsigned int values[] = {
		VU_MAX_FDS, VU_MAX_DATA, 4096, MEM_MAX_MAPS,
	};
	uint32_t proposed = 0;
	const char *comma = "";
	struct vu_version v;
	char caps[200];
	unsigned int i;
	int len;

	if (take(req, &v, sizeof(v)))
		return -EINVAL;
	if (v.major != 0)
		return -ENOTSUP;
	if (req->len > sizeof(v) && req->payload[req->len - 1] != '\0')
		return -EINVAL;
	if (c->version_done)
		return -EINVAL;
	if (req->len > sizeof(v) &&
	    caps_proposed((const char *)req->payload + sizeof(v), names,
			  ARRAY_SIZE(names), &proposed))
		return -EINVAL;
	c->version_done = true;
	if (v.minor > 1)
		v.minor = 1;
	reply_with(req, &v, sizeof(v));
	len = snprintf(caps, sizeof(caps), "{\"capabilities\":{");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(proposed & BIT(i)))
			continue;
		len += snprintf(caps + len, sizeof(caps) - len, "%s\"%s\":%u",
				comma, names[i], values[i]);
		comma = ",";
	}
	len += snprintf(caps + len, sizeof(caps) - len, "}}");
	reply_with(req, caps, len + 1);
	return 0;
}

static int do_dma_map(struct conn *c, struct request *req)
{
	struct vu_dma_map m;
	unsigned int prot = 0;
	int fd = -1;
	int err;

	if (take(req, &m, sizeof(m)) || m.argsz < sizeof(m) ||
	    m.flags & ~(VU_DMA_READ | VU_DMA_WRITE) || req->n_fds > 1)
		return -EINVAL;
	if (req->n_fds)
		fd = req->fds[0];
	if (m.flags & VU_DMA_READ)
		prot |= MEM_READ;
	if (m.flags & VU_DMA_WRITE)
		prot |= MEM_WRITE;

	c->hsw->stats.dma_maps++;
	err = mem_map(&c->hsw->mem, m.address, m.size, fd, m.offset, prot);
	trace_dma("map   0x%012" PRIx64 " + 0x%" PRIx64 " %c%c%s: %s", m.address,
		  m.size, prot & MEM_READ ? 'r' : '-',
		  prot & MEM_WRITE ? 'w' : '-', fd < 0 ? " without a file" : "",
		  strerror(-err));
	if (err)
		log_client_error("DMA_MAP of 0x%" PRIx64 " bytes at 0x%" PRIx64 " refused: %s",
			 m.size, m.address, strerror(-err));
	return err;
}

static int do_dma_unmap(struct conn *c, struct request *req)
{
	struct vu_dma_unmap u;
	int err = 0;

	if (take(req, &u, sizeof(u)) || u.argsz < sizeof(u) ||
	    u.flags & ~VU_UNMAP_ALL)
		return -EINVAL;

	c->hsw->stats.dma_unmaps++;
	if (u.flags & VU_UNMAP_ALL) {
		if (u.address || u.size)
			return -EINVAL;
		mem_unmap_all(&c->hsw->mem);
	} else {
		err = mem_unmap(&c->hsw->mem, u.address, u.size);
	}
	trace_dma("unmap 0x%012" PRIx64 " + 0x%" PRIx64 "%s: %s", u.address,
		  u.size, u.flags & VU_UNMAP_ALL ? " (all)" : "",
		  strerror(-err));
	if (!err)
		reply_with(req, &u, sizeof(u));
	return err;
}

static int do_get_info(struct conn *c, struct request *req)
{
	struct vu_device_info info;

	(void)c;
	if (take(req, &info, sizeof(info)) || info.argsz < sizeof(info))
		return -EINVAL;
	info = (struct vu_device_info) {
		.argsz = sizeof(info),
		.flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
		.num_regions = NUM_REGIONS,
		.num_irqs = VFIO_PCI_NUM_IRQS,
	};
	reply_with(req, &info, sizeof(info));
	return 0;
}

/*
 * BAR0: its PTE half can be mapped. A client asks first with room for the
 * plain struct only; it then learns the size that it needs, and already finds
 * the offset at which the capability would be. The file goes along only with
 * the capability, since a client that has not seen it would leak the file.
 */
static int do_get_region_info(struct conn *c, struct request *req)
{
	struct vfio_region_info info;
	static const struct vfio_region_info_cap_sparse_mmap cap = {
		.header = { VFIO_REGION_INFO_CAP_SPARSE_MMAP, 1, 0 },
		.nr_areas = 1,
	};
	static const struct vfio_region_sparse_mmap_area area = {
		.offset = BAR0_PTES, .size = BAR0_SIZE - BAR0_PTES,
	};
	uint32_t room;

	if (take(req, &info, sizeof(info)) || info.argsz < sizeof(info) ||
	    info.index >= NUM_REGIONS)
		return -EINVAL;
	room = info.argsz;
	info = (struct vfio_region_info) {
		.argsz = sizeof(info),
		.index = info.index,
		.size = region_size(info.index),
	};
	if (info.size)
		info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (info.index == REGION_BAR0) {
		info.argsz += sizeof(cap) + sizeof(area);
		info.flags |= VFIO_REGION_INFO_FLAG_MMAP | VFIO_REGION_INFO_FLAG_CAPS;
		info.cap_offset = sizeof(info);
	}
	reply_with(req, &info, sizeof(info));
	if (info.cap_offset && room >= info.argsz) {
		reply_with(req, &cap, sizeof(cap));
		reply_with(req, &area, sizeof(area));
		c->out_fd = c->hsw->gtt.fd;
	}
	return 0;
}

static int do_get_irq_info(struct conn *c, struct request *req)
{
	struct vfio_irq_info info;

	(void)c;
	if (take(req, &info, sizeof(info)) || info.argsz < sizeof(info) ||
	    info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE;
	info.count = info.index == VFIO_PCI_MSI_IRQ_INDEX ? 1 : 0;
	reply_with(req, &info, sizeof(info));
	return 0;
}

static int do_set_irqs(struct conn *c, struct request *req)
{
	struct vfio_irq_set set;
	uint32_t data;
	int err;

	if (take(req, &set, sizeof(set)) || set.argsz < sizeof(set) ||
	    set.index >= VFIO_PCI_NUM_IRQS || req->n_fds > 1)
		return -EINVAL;
	data = set.flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	trace_dma("SET_IRQS index %u flags 0x%x start %u count %u, %u files",
		  set.index, set.flags, set.start, set.count, req->n_fds);

	/* Turning off what we do not have is fine. */
	if (data == VFIO_IRQ_SET_DATA_NONE && !set.count) {
		if (set.start || (set.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) != VFIO_IRQ_SET_ACTION_TRIGGER)
			return -EINVAL;
		if (set.index == VFIO_PCI_MSI_IRQ_INDEX)
			irq_set_msi(c->hsw, -1);
		return 0;
	}
	if (set.index != VFIO_PCI_MSI_IRQ_INDEX || set.start != 0 || set.count != 1)
		return -EINVAL;
	/* An MSI without per-vector masking has nothing to mask. */
	if ((set.flags & ~VFIO_IRQ_SET_DATA_TYPE_MASK) != VFIO_IRQ_SET_ACTION_TRIGGER)
		return -EINVAL;

	switch (data) {
	case VFIO_IRQ_SET_DATA_NONE:
		irq_trigger(c->hsw);
		return 0;
	case VFIO_IRQ_SET_DATA_BOOL:
		if (req->len < sizeof(set) + 1)
			return -EINVAL;
		if (req->payload[sizeof(set)])
			irq_trigger(c->hsw);
		return 0;
	case VFIO_IRQ_SET_DATA_EVENTFD:
		if (!req->n_fds) {
			irq_set_msi(c->hsw, -1);
			return 0;
		}
		err = irq_set_msi(c->hsw, req->fds[0]);
		if (!err)
			req->fds[0] = -1;	/* no longer ours to close */
		return err;
	default:
		return -EINVAL;
	}
}

static int do_region_read(struct conn *c, struct request *req)
{
	struct vu_region_rw rw;
	int err;

	if (take(req, &rw, sizeof(rw)) || rw.count > VU_MAX_DATA)
		return -EINVAL;
	err = region_read(c->hsw, rw.region, rw.offset,
			  req->reply + sizeof(rw), rw.count);
	if (err)
		return err;
	reply_with(req, &rw, sizeof(rw));
	req->reply_len += rw.count;
	return 0;
}

static int do_region_write(struct conn *c, struct request *req)
{
	struct vu_region_rw rw;
	int err;

	if (take(req, &rw, sizeof(rw)) || rw.count > VU_MAX_DATA ||
	    req->len - sizeof(rw) < rw.count)
		return -EINVAL;
	err = region_write(c->hsw, rw.region, rw.offset,
			   req->payload + sizeof(rw), rw.count);
	if (err)
		return err;
	reply_with(req, &rw, sizeof(rw));
	return 0;
}

static int do_device_reset(struct conn *c, struct request *req)
{
	(void)req;
	trace_dma("DEVICE_RESET");
	hsw_reset(c->hsw);
	return 0;
}

static int (*const handlers[])(struct conn *c, struct request *req) = {
	[VU_VERSION] = do_version,
	[VU_DMA_MAP] = do_dma_map,
	[VU_DMA_UNMAP] = do_dma_unmap,
	[VU_GET_INFO] = do_get_info,
	[VU_GET_REGION_INFO] = do_get_region_info,
	[VU_GET_IRQ_INFO] = do_get_irq_info,
	[VU_SET_IRQS] = do_set_irqs,
	[VU_REGION_READ] = do_region_read,
	[VU_REGION_WRITE] = do_region_write,
	[VU_DEVICE_RESET] = do_device_reset,
};

/* ------------------------------------------------------------------ */

static int violation(const char *what, uint64_t value)
{
	log_client_error("protocol: %s (%" PRIu64 "), closing the connection",
			 what, value);
	return -EPROTO;
}

static int send_reply(struct conn *c, size_t len)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { c->out, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (c->out_fd >= 0) {
		struct cmsghdr *cmsg = &control.align;

		memset(&control, 0, sizeof(control));
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &c->out_fd, sizeof(int));
		c->out_fd = -1;
	}
	while (iov.iov_len) {
		ssize_t n = sendmsg(c->sock, &msg, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return violation("the client takes no replies, seconds",
					 VU_PATIENCE);
		if (n < 0)
			return -errno;
		iov.iov_base = (uint8_t *)iov.iov_base + n;
		iov.iov_len -= n;
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
	}
	return 0;
}

static int answer(struct conn *c, struct request *req)
{
	struct vu_header *out = (struct vu_header *)c->out;
	int err;

	req->reply = c->out + sizeof(*out);
	if (req->hdr.command < ARRAY_SIZE(handlers) &&
	    handlers[req->hdr.command]) {
		hsw_lock(c->hsw);
		c->hsw->stats.messages++;
		if (req->hdr.flags & VU_NO_REPLY)
			c->hsw->stats.posted++;
		err = handlers[req->hdr.command](c, req);
		hsw_unlock(c->hsw);
	} else {
		err = -ENOTSUP;
	}
	if (req->hdr.flags & VU_NO_REPLY) {
		c->out_fd = -1;
		return 0;
	}

	if (err) {
		req->reply_len = 0;
		c->out_fd = -1;
	}
	*out = (struct vu_header) {
		.id = req->hdr.id,
		.command = req->hdr.command,
		.size = sizeof(*out) + req->reply_len,
		.flags = VU_TYPE_REPLY | (err ? VU_ERROR : 0),
		.error = -err,
	};
	return send_reply(c, out->size);
}

static void close_fds(int *fds, unsigned int n)
{
	while (n--)
		if (fds[n] >= 0)
			close(fds[n]);
}

/* True if a whole message waits at start; *size is then its length. */
static int whole_message(struct conn *c, uint32_t *size)
{
	struct vu_header hdr;

	if (c->end - c->start < sizeof(hdr))
		return 0;
	memcpy(&hdr, c->in + c->start, sizeof(hdr));
	if (hdr.size < sizeof(hdr))
		return violation("message shorter than its header", hdr.size);
	if (hdr.size > VU_MAX_MESSAGE)
		return violation("message larger than allowed", hdr.size);
	*size = hdr.size;
	return c->end - c->start >= hdr.size;
}

static int handle_message(struct conn *c, uint32_t size)
{
	struct request req = { 0 };
	int err;

	memcpy(&req.hdr, c->in + c->start, sizeof(req.hdr));
	req.payload = c->in + c->start + sizeof(req.hdr);
	req.len = size - sizeof(req.hdr);
	if (c->n_fds && c->fd_owner == c->start) {
		memcpy(req.fds, c->fds, sizeof(req.fds));
		req.n_fds = c->n_fds;
		c->n_fds = 0;
	}
	c->start += size;

	if ((req.hdr.flags & VU_TYPE_MASK) != VU_TYPE_COMMAND)
		err = violation("not a command, flags", req.hdr.flags);
	else if (!c->version_done && req.hdr.command != VU_VERSION)
		err = violation("first message is not VERSION but",
				req.hdr.command);
	else
		err = answer(c, &req);
	/* A client whose version we do not speak cannot go on. */
	if (!err && !c->version_done)
		err = violation("VERSION not acceptable, bytes",
				req.len);
	close_fds(req.fds, req.n_fds);
	return err;
}

/* Where the last message in the buffer starts, be it whole or not. */
static size_t last_start(const struct conn *c)
{
	size_t at = c->start;

	for (;;) {
		struct vu_header hdr;

		if (c->end - at < sizeof(hdr))
			return at;
		memcpy(&hdr, c->in + at, sizeof(hdr));
		if (hdr.size < sizeof(hdr) || hdr.size >= c->end - at)
			return at;
		at += hdr.size;
	}
}

/*
 * Files belong to the message that begins in the bytes they came with. The
 * kernel never glues bytes behind such a message, but may glue others before
 * it: so they belong to the last message in the buffer.
 */
static int take_fds(struct conn *c, struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	int err = 0;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		unsigned int n, i;

		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(int),
			       sizeof(int));
			if (c->n_fds < VU_MAX_FDS) {
				c->fds[c->n_fds++] = fd;
				continue;
			}
			close(fd);
			if (!err)
				err = violation("more files than allowed",
						VU_MAX_FDS);
		}
	}
	if (!err && msg->msg_flags & MSG_CTRUNC)
		err = violation("files were lost on the way", c->n_fds);
	if (c->n_fds)
		c->fd_owner = last_start(c);
	return err;
}

/* Reads what there is; 0, 1 at the end of the stream, or -errno. */
static int receive(struct conn *c)
{
	union {
		char buf[CMSG_SPACE(VU_MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	ssize_t n;

	/* Room for a whole message from start on. */
	if (c->start == c->end) {
		c->start = c->end = 0;
	} else if (c->start) {
		memmove(c->in, c->in + c->start, c->end - c->start);
		c->end -= c->start;
		c->fd_owner -= c->start;	/* pending files: >= start */
		c->start = 0;
	}
	iov.iov_base = c->in + c->end;
	iov.iov_len = VU_MAX_MESSAGE - c->end;
	/* With files in hand, do not read into the next message's files. */
	if (c->n_fds) {
		struct vu_header hdr = { .size = sizeof(hdr) };

		if (c->end >= sizeof(hdr))
			memcpy(&hdr, c->in, sizeof(hdr));
		iov.iov_len = hdr.size - c->end;
	}

	n = recvmsg(c->sock, &msg, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	c->end += n;
	if (msg.msg_controllen || msg.msg_flags & MSG_CTRUNC) {
		int err = take_fds(c, &msg);

		if (err)
			return err;
	}
	return n == 0;
}

/*
 * A client may be silent between two messages for as long as it likes; one that
 * does not begin, or stops within a message, keeps the others out for nothing.
 */
static int patience(struct conn *c)
{
	uint64_t now;

	if (c->version_done && c->start == c->end) {
		c->waiting_since = 0;
		return 0;
	}
	now = clock_now();
	if (!c->waiting_since)
		c->waiting_since = now;
	if (now - c->waiting_since < VU_PATIENCE * 1000000000ull)
		return 0;
	if (c->version_done)
		return violation("a message was not completed in seconds",
				 VU_PATIENCE);
	return violation("no VERSION in seconds", VU_PATIENCE);
}

static int serve(struct conn *c)
{
	for (;;) {
		uint32_t size;
		int ret;

		ret = whole_message(c, &size);
		if (ret < 0)
			return ret;
		if (ret) {
			ret = handle_message(c, size);
			if (ret)
				return ret;
			c->waiting_since = 0;
			continue;
		}

		ret = patience(c);
		if (!ret)
			ret = receive(c);
		if (ret < 0)
			return ret;
		if (ret && c->end != c->start)
			return violation("the client left within a message, bytes",
					 c->end - c->start);
		if (ret)
			return 0;
	}
}

int vfio_user_serve(struct hsw *hsw, int sock)
{
	const struct timeval limit = { .tv_sec = VU_PATIENCE };
	struct conn c = { .hsw = hsw, .sock = sock, .out_fd = -1 };
	int err = -ENOMEM;

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));

	c.in = malloc(VU_MAX_MESSAGE);
	c.out = malloc(VU_MAX_MESSAGE);
	if (c.in && c.out)
		err = serve(&c);
	close_fds(c.fds, c.n_fds);
	free(c.in);
	free(c.out);
	if (err && err != -EPROTO)
		log_client_error("connection lost: %s", strerror(-err));
	return err;
}
