// SPDX-License-Identifier: GPL-2.0-only
/*
 * The request of the blitter. Its batch
 *
 *	1. writes a mark: it has started
 *	2. writes the early word of each page, if there is one
 *	3. if it is held, jumps to itself until the CPU changes the target of the jump
 *	4. writes the late word of each page
 *	5. writes a mark: it has written
 *
 * Only the second mark proves that the GPU wrote: a request that was reset or skipped is
 * finished as well.
 *
 * Haswell PRM, volume 2a: MI_STORE_DATA_IMM, MI_BATCH_BUFFER_START,
 * MI_FLUSH_DW, XY_SRC_COPY_BLT. Address bits come from relocations.
 */
#include <i915_drm.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lost.h"

#define MI_STORE_DATA	(0x20u << 23 | 2)
#define MI_FLUSH	(0x26u << 23 | 1)
#define MI_BATCH_START	(0x31u << 23 | 1u << 8)
#define MI_BATCH_END	(0x0au << 23)
#define XY_SRC_COPY	(2u << 29 | 0x53u << 22 | 3u << 20 | (8 - 2))
#define DEPTH_32	(3u << 24)
#define ROP_SRC		(0xccu << 16)

/* dwords into the batch */
#define AT_START	0		/* MI_STORE_DATA */
#define AT_COPY_EARLY	4
#define AT_FLUSH_EARLY	12
#define AT_JUMP		16		/* its target is the next dword, at byte 8 * n + 4 */
#define AT_COPY_LATE	18
#define AT_FLUSH_LATE	26
#define AT_WROTE	30
#define AT_END		34

#define MARK_STARTED	0
#define MARK_WROTE	16		/* in another cache line than MARK_STARTED */

static void *map_object(int fd, uint32_t handle, uint64_t size)
{
	struct drm_i915_gem_mmap map = { .handle = handle, .size = size };
	struct drm_i915_gem_set_domain domain = {
		.handle = handle,
		.read_domains = I915_GEM_DOMAIN_CPU,
		.write_domain = I915_GEM_DOMAIN_CPU,
	};
	int err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP, &map);
	void *p = (void *)(uintptr_t)map.addr_ptr;

	if (!err)
		err = gem_ioctl(fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &domain);
	/* Lock it: the releaser must not need memory for a fault. */
	if (!err && mlock(p, size))
		err = -errno;
	return err ? NULL : memset(p, 0, size);
}

int late_create(struct late *l, int fd)
{
	const uint64_t bytes = 2 * MAX_PAGES * sizeof(uint32_t);
	int err;

	memset(l, 0, sizeof(*l));
	l->fd = fd;
	err = gem_create(fd, PAGE, &l->batch);
	if (!err)
		err = gem_create(fd, PAGE, &l->mark);
	if (!err)
		err = gem_create(fd, bytes, &l->values);
	if (err)
		return err;
	l->map = map_object(fd, l->batch, PAGE);
	l->marks = map_object(fd, l->mark, PAGE);
	l->value = map_object(fd, l->values, bytes);
	return l->map && l->marks && l->value ? 0 : -ENOMEM;
}

static void put(struct late *l, unsigned int at, const uint32_t *dw, unsigned int n)
{
	while (n--)
		l->map[at++] = *dw++;
}

static struct drm_i915_gem_relocation_entry
reloc(uint32_t target, unsigned int at, uint32_t delta, bool write)
{
	return (struct drm_i915_gem_relocation_entry){
		.target_handle = target,
		.offset = at * 4,
		.delta = delta,
		/* No object is at this address, so the kernel always relocates. */
		.presumed_offset = -1,
		.read_domains = I915_GEM_DOMAIN_RENDER,
		.write_domain = write ? I915_GEM_DOMAIN_RENDER : 0,
	};
}

int late_queue(struct late *l, uint32_t target, const struct memory *m, uint32_t late,
	       uint32_t early, bool held)
{
	const uint32_t copy[] = {
		XY_SRC_COPY, DEPTH_32 | ROP_SRC | PAGE, 0,
		(uint32_t)m->pages << 16 | 1, 0, 0, 4, 0
	};
	const uint32_t flush[] = { MI_FLUSH, 0, 0 };
	const uint32_t started[] = { MI_STORE_DATA, 0, 0, ++l->serial };
	const uint32_t wrote[] = { MI_STORE_DATA, 0, 0, l->serial };
	const uint32_t jump[] = { MI_BATCH_START, 0 };
	struct drm_i915_gem_relocation_entry r[7];
	struct drm_i915_gem_exec_object2 object[] = {
		{ .handle = target },
		{ .handle = l->mark },
		{ .handle = l->values },
		{ .handle = l->batch, .relocs_ptr = (uintptr_t)r },
	};
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)object,
		.buffer_count = ARRAY_SIZE(object),
		/* batch_len stays 0: then no command parser runs, see ../lib/blt.c. */
		.flags = I915_EXEC_BLT,
	};
	double end = now() + 20;
	unsigned int n = 0;
	size_t i;
	int err;

	for (i = 0; i < AT_END + 2; i++)
		l->map[i] = 0;
	for (i = 0; i < m->pages; i++) {
		l->value[i] = late + i;
		l->value[MAX_PAGES + i] = early + i;
	}
	put(l, AT_START, started, 4);
	r[n++] = reloc(l->mark, AT_START + 2, MARK_STARTED * 4, true);
	if (early) {
		put(l, AT_COPY_EARLY, copy, 8);
		r[n++] = reloc(target, AT_COPY_EARLY + 4, AT_EARLY, true);
		r[n++] = reloc(l->values, AT_COPY_EARLY + 7, MAX_PAGES * 4, false);
	}
	put(l, AT_FLUSH_EARLY, flush, 3);
	if (held) {
		put(l, AT_JUMP, jump, 2);
		r[n++] = reloc(l->batch, AT_JUMP + 1, AT_JUMP * 4, false);
		r[n - 1].read_domains = I915_GEM_DOMAIN_COMMAND;
	}
	put(l, AT_COPY_LATE, copy, 8);
	r[n++] = reloc(target, AT_COPY_LATE + 4, AT_LATE, true);
	r[n++] = reloc(l->values, AT_COPY_LATE + 7, 0, false);
	put(l, AT_FLUSH_LATE, flush, 3);
	put(l, AT_WROTE, wrote, 4);
	r[n++] = reloc(l->mark, AT_WROTE + 2, MARK_WROTE * 4, true);
	l->map[AT_END] = MI_BATCH_END;
	object[3].relocation_count = n;

	while ((err = gem_ioctl(l->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec)) == -EAGAIN &&
	       now() < end) {
		/* Leave the CPU to the kernel's worker, which fetches the pages. */
		nap(50);
	}
	return err;
}

int late_started(struct late *l, double seconds)
{
	double end = now() + seconds;

	while (l->marks[MARK_STARTED] != l->serial) {
		if (now() > end)
			return -ETIME;
		nap(200);
	}
	return 0;
}

/* Make the jump go to the next command. It is one store, so the GPU sees it as a whole. */
void late_release(struct late *l)
{
	l->map[AT_JUMP + 1] += (AT_COPY_LATE - AT_JUMP) * 4;
}

int late_wait(struct late *l, double seconds)
{
	int err = gem_wait(l->fd, l->mark, seconds);

	return err ? err : l->marks[MARK_WROTE] == l->serial ? 0 : -EIO;
}

bool released(const struct late *l)
{
	return atomic_load(&board->released) == l->serial;
}

/* True if each call is done or sleeps: none will get on before the request is released. */
static bool settled(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(board->call); i++) {
		struct call_board *c = &board->call[i];

		switch (atomic_load(&c->state)) {
		case CALL_STARTS:
			/* It has not begun, unless a fault of its thread waits. */
			if (!atomic_load(&c->tid) || call_state(atomic_load(&c->tid)) != 'D')
				return false;
			break;
		case CALL_RUNS:
			if (!call_asleep(atomic_load(&c->tid)))
				return false;
		}
	}
	return true;
}

#define SETTLED	20		/* looks in a row, 1 ms apart, at which settled() is true */

/* The releaser's life. */
static void __attribute__((noreturn)) releaser(struct late *l)
{
	for (;;) {
		unsigned int serial = atomic_load(&board->armed), quiet = 0;
		double end;

		if (!serial) {
			nap(500);
			continue;
		}
		end = now() + board->hold;
		while (quiet < SETTLED && now() < end && !atomic_load(&board->go)) {
			quiet = !board->polls && settled() ? quiet + 1 : 0;
			nap(1000);
		}
		/*
		 * In this order: a call that finds the request still armed when it is done
		 * was done before the write.
		 */
		atomic_store(&board->armed, 0);
		atomic_store(&board->released, serial);
		late_release(l);
	}
}

int releaser_start(struct late *l)
{
	pid_t me = getpid();

	atomic_store(&board->worker, me);
	l->releaser = fork();
	if (l->releaser < 0)
		return -errno;
	if (l->releaser)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != me || mlockall(MCL_CURRENT | MCL_FUTURE))
		_exit(1);
	releaser(l);
}

void releaser_arm(struct late *l, double hold, bool polls)
{
	board->hold = hold;
	board->polls = polls;
	atomic_store(&board->go, false);
	atomic_store(&board->armed, l->serial);
}
