// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-user messages: the whole of vfio_user_serve(), its socket replaced by
 * the input (the linker puts recvmsg(), sendmsg(), malloc(), free(), mmap(),
 * munmap() and hsw_reset() below in their place).
 *
 * The stream that was sent is read once more here: each reply must belong to the
 * oldest command that has none, and say what it must; the maps that were granted
 * must be those that the device has, and be mapped, all of them and nothing else.
 *
 * An input is a list of records, each one sendmsg() of the client:
 * u8 files that come along (bits 3:0, up to 10), kind of the first (bits 5:4;
 *    the next ones follow in turn), a whole message made for the record's
 *    command (bit 6 clear) or bytes as they are (bit 6 set), no VERSION before
 *    the first record (bit 7)
 * u8 command, its no-reply flag in bit 7 (whole messages only)
 * u16 bytes
 * bytes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "vfio_proto.h"
#include "vfio_user.h"
#include "wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_FILES	10

static struct fz_in in;
static bool hello;			/* VERSION still to be sent */
static bool real_reset;
/* The record being received: read from its front. */
static uint8_t rec[0xffff + sizeof(struct vu_header)];
static size_t rec_at, rec_len;
static unsigned int rec_files, rec_kind;

/* ------------------------------------------------------------------ */
/* The two buffers of a connection, 1 MiB each, once and for all. */

static struct {
	uint8_t *buf;
	bool taken;
} pool[2];

static uint8_t *pool_buffer(void)
{
	size_t size = (VU_MAX_MESSAGE + 4095) & ~4095ul;
	uint8_t *p = mmap(NULL, size + 8192, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + 4096, size, PROT_READ | PROT_WRITE))
		exit(3);
	/* It ends where the page behind it begins. */
	return p + 4096 + size - VU_MAX_MESSAGE;
}

void *__wrap_malloc(size_t size)
{
	unsigned int i;

	if (size != VU_MAX_MESSAGE)
		return __real_malloc(size);
	for (i = 0; i < 2; i++) {
		if (pool[i].taken)
			continue;
		if (!pool[i].buf)
			pool[i].buf = pool_buffer();
		pool[i].taken = true;
		return pool[i].buf;
	}
	abort();
}

void __wrap_free(void *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (p && p == pool[i].buf) {
			FZ_MUST(pool[i].taken);
			pool[i].taken = false;
			return;
		}
	}
	__real_free(p);
}

/* ------------------------------------------------------------------ */

/* A file of its kind: memory, memory that is read only, eventfd, nothing. */
static int file_of(unsigned int kind)
{
	static int files[4] = { -1, -1, -1, -1 };
	char path[32];

	if (files[0] < 0) {
		files[0] = memfd_create("fuzz-guest", MFD_CLOEXEC);
		if (files[0] < 0 || ftruncate(files[0], 64 * 4096) < 0)
			exit(3);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", files[0]);
		files[1] = open(path, O_RDONLY | O_CLOEXEC);
		files[2] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		files[3] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (files[1] < 0 || files[2] < 0 || files[3] < 0)
			exit(3);
	}
	return files[kind % 4];
}

static int lowest_free(void)
{
	int fd = dup(file_of(3));

	close(fd);
	return fd;
}

/* The next record, if the last one has been read: false at the end. */
static bool next_record(void)
{
	struct vu_header hdr = { 0 };
	uint8_t kind, command;
	size_t len;

	if (rec_at < rec_len)
		return true;
	rec_at = 0;
	if (hello) {
		static const struct vu_version v = { 0, 0 };

		hello = false;
		rec_files = 0;
		rec_len = sizeof(hdr) + sizeof(v);
		hdr = (struct vu_header) { 1, VU_VERSION, rec_len, 0, 0 };
		memcpy(rec, &hdr, sizeof(hdr));
		memcpy(rec + sizeof(hdr), &v, sizeof(v));
		return true;
	}
	if (!fz_left(&in))
		return false;
	kind = fz_u8(&in);
	command = fz_u8(&in);
	len = fz_u16(&in);
	rec_files = kind & 15;
	if (rec_files > MAX_FILES)
		rec_files = MAX_FILES;
	rec_kind = kind >> 4;
	if (kind & 0x40) {
		rec_len = fz_left(&in) < len ? fz_left(&in) : len;
		fz_bytes(&in, rec, rec_len);
		return rec_len != 0;
	}
	rec_len = sizeof(hdr) + (fz_left(&in) < len ? fz_left(&in) : len);
	hdr.id = rec_len;
	hdr.command = command & 0x7f;
	hdr.size = rec_len;
	hdr.flags = command & 0x80 ? VU_NO_REPLY : 0;
	memcpy(rec, &hdr, sizeof(hdr));
	fz_bytes(&in, rec + sizeof(hdr), rec_len - sizeof(hdr));
	return true;
}

/* ------------------------------------------------------------------ */
/* The client's own books. */

/* Everything that was sent; what is before `read` has been answered. */
static uint8_t sent[1 << 20];
static size_t sent_len, sent_read;

struct granted {
	uint64_t address, size;
};

static struct granted granted[512];
static unsigned int n_granted;
/* False after a command whose success nobody has told: maps are not compared. */
static bool books_open;
static uint64_t mapped;			/* bytes of guest memory, by the kernel */

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t off)
{
	void *p = __real_mmap(at, size, prot, flags, fd, off);

	if (p != MAP_FAILED && flags & MAP_SHARED && flags & MAP_NORESERVE)
		mapped += size;
	return p;
}

int __wrap_munmap(void *at, size_t size)
{
	mapped -= size;
	return __real_munmap(at, size);
}

static void grant(const struct vu_dma_map *m)
{
	unsigned int i;

	for (i = 0; i < n_granted; i++)
		FZ_MUST(m->address > granted[i].address + (granted[i].size - 1) ||
			granted[i].address > m->address + (m->size - 1));
	FZ_MUST(m->size && n_granted < ARRAY_SIZE(granted));
	granted[n_granted++] = (struct granted) { m->address, m->size };
}

static void take_back(const struct vu_dma_unmap *u)
{
	unsigned int i;

	if (u->flags & VU_UNMAP_ALL) {
		n_granted = 0;
		return;
	}
	for (i = 0; i < n_granted; i++)
		if (granted[i].address == u->address && granted[i].size == u->size)
			break;
	FZ_MUST(i < n_granted);
	granted[i] = granted[--n_granted];
}

/* A whole message waits that has not been answered. */
static bool next_is_whole(void)
{
	struct vu_header hdr;

	if (sent_len - sent_read < sizeof(hdr))
		return false;
	memcpy(&hdr, sent + sent_read, sizeof(hdr));
	return hdr.size >= sizeof(hdr) && hdr.size <= sent_len - sent_read;
}

static void accounts(void)
{
	const struct mem *mem = &fz_hsw->mem;
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < mem->count; i++) {
		FZ_MUST(!i || mem->maps[i].gpa > mem->maps[i - 1].gpa +
					(mem->maps[i - 1].size - 1));
		if (mem->maps[i].host)
			bytes += mem->maps[i].size;
	}
	FZ_MUST(bytes == mapped);
	FZ_MUST(mem->count == n_granted);
}

/* The next command in what was sent; those without a reply only count. */
static struct vu_header next_command(const uint8_t **payload)
{
	struct vu_header hdr;

	do {
		FZ_MUST(sent_len - sent_read >= sizeof(hdr));
		memcpy(&hdr, sent + sent_read, sizeof(hdr));
		*payload = sent + sent_read + sizeof(hdr);
		FZ_MUST(hdr.size >= sizeof(hdr) &&
			hdr.size <= sent_len - sent_read);
		sent_read += hdr.size;
		if (hdr.flags & VU_NO_REPLY)
			books_open = false;
	} while (hdr.flags & VU_NO_REPLY);
	return hdr;
}

static void read_reply(uint32_t count, const uint8_t *want, const uint8_t *got,
		       size_t len)
{
	FZ_MUST(len == sizeof(struct vu_region_rw) + count &&
		!memcmp(want, got, sizeof(struct vu_region_rw)));
}

/* A reply without an error: what it must say. */
static void content(const struct vu_header *cmd, const uint8_t *payload,
		    const uint8_t *reply, size_t len)
{
	struct vu_dma_unmap u;
	struct vu_region_rw rw;
	struct vu_dma_map m;

	switch (cmd->command) {
	case VU_VERSION:
		/* No capability was proposed by a version of four bytes. */
		FZ_MUST(cmd->size > sizeof(*cmd) + 4 ||
			!strcmp((const char *)reply + 4, "{\"capabilities\":{}}"));
		break;
	case VU_DMA_MAP:
		memcpy(&m, payload, sizeof(m));
		FZ_MUST(!len);
		grant(&m);
		break;
	case VU_DMA_UNMAP:
		memcpy(&u, payload, sizeof(u));
		FZ_MUST(len == sizeof(u) && !memcmp(reply, payload, sizeof(u)));
		take_back(&u);
		break;
	case VU_GET_INFO:
		FZ_MUST(len == sizeof(struct vu_device_info));
		break;
	case VU_REGION_READ:
		memcpy(&rw, payload, sizeof(rw));
		read_reply(rw.count, payload, reply, len);
		FZ_MUST(rw.region != REGION_CONFIG || rw.offset || rw.count < 4 ||
			!memcmp(reply + sizeof(rw), "\x86\x80\x12\x04", 4));
		break;
	case VU_REGION_WRITE:
		read_reply(0, payload, reply, len);
		break;
	case VU_SET_IRQS:
	case VU_DEVICE_RESET:
		FZ_MUST(!len);
		break;
	}
}

ssize_t __wrap_recvmsg(int sock, struct msghdr *msg, int flags)
{
	struct iovec *iov = msg->msg_iov;
	size_t n;

	(void)sock;
	(void)flags;
	/* Between two messages the engines have their turn. */
	pthread_mutex_lock(&fz_hsw->lock);
	fz_run(4);
	pthread_mutex_unlock(&fz_hsw->lock);

	FZ_MUST(msg->msg_iovlen == 1 && iov->iov_len &&
		iov->iov_len <= VU_MAX_MESSAGE);
	/* All that came whole is done: what has no reply by now wants none. */
	if (next_is_whole())
		books_open = false;
	if (books_open)
		accounts();
	if (!next_record()) {
		msg->msg_controllen = 0;
		msg->msg_flags = 0;
		return 0;
	}
	n = rec_len - rec_at < iov->iov_len ? rec_len - rec_at : iov->iov_len;
	memcpy(iov->iov_base, rec + rec_at, n);
	FZ_MUST(n <= sizeof(sent) - sent_len);
	memcpy(sent + sent_len, rec + rec_at, n);
	sent_len += n;
	msg->msg_flags = 0;
	if (rec_at || !rec_files) {
		msg->msg_controllen = 0;
	} else {
		struct cmsghdr *c = msg->msg_control;
		unsigned int i, fit = (msg->msg_controllen - CMSG_LEN(0)) /
				      sizeof(int);

		/* As the kernel does: those that fit, and a flag. */
		if (rec_files > fit) {
			rec_files = fit;
			msg->msg_flags |= MSG_CTRUNC;
		}
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(rec_files * sizeof(int));
		for (i = 0; i < rec_files; i++) {
			int fd = fcntl(file_of(rec_kind + i), F_DUPFD_CLOEXEC, 0);

			memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(fd));
		}
		msg->msg_controllen = CMSG_SPACE(rec_files * sizeof(int));
	}
	rec_at += n;
	return n;
}

ssize_t __wrap_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	const struct iovec *iov = msg->msg_iov;
	struct vu_header hdr, cmd;
	const uint8_t *payload;

	(void)sock;
	(void)flags;
	FZ_MUST(msg->msg_iovlen == 1 && iov->iov_len >= sizeof(hdr));
	memcpy(&hdr, iov->iov_base, sizeof(hdr));
	FZ_MUST(hdr.size == iov->iov_len && hdr.size <= VU_MAX_MESSAGE);
	FZ_MUST((hdr.flags & VU_TYPE_MASK) == VU_TYPE_REPLY);
	FZ_MUST(!!(hdr.flags & VU_ERROR) == !!hdr.error);
	FZ_MUST(!hdr.error || hdr.size == sizeof(hdr));
	cmd = next_command(&payload);
	FZ_MUST(hdr.id == cmd.id && hdr.command == cmd.command);
	if (!hdr.error && books_open)
		content(&cmd, payload, (const uint8_t *)iov->iov_base + sizeof(hdr),
			hdr.size - sizeof(hdr));
	return iov->iov_len;
}

/*
 * A reset writes 4 MiB, which takes longer than the rest of an input. What it
 * does to registers and PTEs is no matter of messages: one input of 16 will do.
 */
void __wrap_hsw_reset(struct hsw *hsw)
{
	if (real_reset) {
		__real_hsw_reset(hsw);
		return;
	}
	pci_reset(&hsw->pci);
	bar_reset(&hsw->bar);
	fz_registers();
	reset_all(hsw);
	irq_update(hsw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int lowest;

	if (!size || size > 8192)
		return -1;
	fz_reset();
	fz_no_memory();
	lowest = lowest_free();
	in = (struct fz_in) { data, data + size };
	hello = !(data[0] & 0x80);
	real_reset = size % 16 == 0;
	rec_at = rec_len = 0;
	sent_len = sent_read = 0;
	n_granted = 0;
	mapped = 0;
	books_open = true;

	vfio_user_serve(fz_hsw, -1);

	mem_unmap_all(&fz_hsw->mem);
	FZ_MUST(!mapped);
	irq_set_msi(fz_hsw, -1);
	/* No file of the client's is left open. */
	FZ_MUST(lowest_free() == lowest);
	FZ_MUST(!pool[0].taken && !pool[1].taken);
	return 0;
}
