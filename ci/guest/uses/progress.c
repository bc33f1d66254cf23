// SPDX-License-Identifier: GPL-2.0-only
/*
 * An execbuf with many objects comes to its end although the memory of one is
 * discarded again and again: user space has to come back a few times at most.
 */
#include <i915_drm.h>
#include <errno.h>
#include <string.h>

#include "uses.h"

#define PAGES		16ul
#define OTHERS		2000u
#define PERIOD_US	20000
#define EXECBUFS	40u
#define FEW		5u	/* attempts */
#define MOST		20u	/* attempts, then the next execbuf */
#define SHARE		90u	/* percent that need a few at most */

/* Attempts until it succeeded; MOST + 1 if it did not; -errno. */
static int execbuf(struct job *j, uint32_t userptr, uint32_t marker,
		   volatile uint32_t *seen)
{
	uint32_t dst = j->dst;
	unsigned int i;
	int err = job_set(j, dst, 1, marker);

	if (err)
		return err;
	for (i = 1; i <= MOST; i++) {
		struct drm_i915_gem_execbuffer2 exec = {};

		err = job_submit(j, userptr, &exec);
		alive();
		if (err && err != -EAGAIN && err != -EINTR)
			return err;
		if (!err) {
			err = gem_wait(j->fd, dst, PATIENCE);
			return err ? err : *seen == marker ? (int)i : -EIO;
		}
	}
	return i;
}

static int run_progress(int fd)
{
	struct discard d = { .pages = PAGES, .us = PERIOD_US };
	unsigned long attempts = 0;
	unsigned int i, first = 0, few = 0, never = 0, allowed;
	volatile uint32_t *seen;
	uint32_t userptr;
	double begin, took;
	struct job j;
	int n;

	d.mem = map(PAGES * PAGE, true);
	if (!d.mem)
		return because(USE_SKIP, "mmap", -errno);
	fill(d.mem, PAGES, 1);
	n = gem_userptr(fd, d.mem, PAGES * PAGE, &userptr);
	if (!n)
		n = job_create(&j, fd, OTHERS);
	if (n)
		return because(USE_SKIP, "objects", n);
	seen = plain_object(fd, PAGE, &j.dst);
	if (!seen)
		return because(USE_SKIP, "no object for the marker", -errno);
	seen += WORD_OFFSET / sizeof(*seen);

	/* All are bound by the first, which nobody disturbs. */
	n = execbuf(&j, userptr, 1, seen);
	if (n >= 0)
		n = execbuf(&j, userptr, 2, seen);
	if (n < 0)
		return because(USE_SKIP, "an execbuf that is not disturbed", n);
	n = discard_start(&d);
	if (n)
		return because(USE_SKIP, "thread", n);

	begin = now();
	for (i = 0; i < EXECBUFS; i++) {
		n = execbuf(&j, userptr, 3 + i, seen);
		if (n < 0)
			return because(USE_BAD, "execbuf", n);
		attempts += MIN((unsigned int)n, MOST);
		first += n == 1;
		few += n <= (int)FEW;
		never += n > (int)MOST;
		/* It is decided: the others cannot make up for it. */
		allowed = EXECBUFS - EXECBUFS * SHARE / 100;
		if (i + 1 - few > allowed) {
			i++;
			break;
		}
	}
	took = now() - begin;
	discard_stop(&d);
	note("%u execbufs of %u objects, %.1f ms an attempt, %lu discards: %u at the first attempt, %u within %u, %u not within %u (wanted: %u%% within %u)",
	     i, OTHERS + 3, took * 1e3 / attempts, atomic_load(&d.count), first, few, FEW,
	     never, MOST, SHARE, FEW);
	if (!atomic_load(&d.count))
		return USE_SKIP;
	return i == EXECBUFS && few * 100 >= EXECBUFS * SHARE ? USE_PASS : USE_BAD;
}

const struct way way_progress = {
	.name = "progress", .help = "execbufs of 2,000 objects get on, a discard each 20 ms",
	.run = run_progress, .silent = 120,
};
