// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress: an execbuf with many objects succeeds although the memory of one object is
 * discarded again and again. User space has to repeat it a few times at most, and the
 * kernel does not repeat it for long by itself. The time that is allowed is ten times what
 * an undisturbed execbuf takes on the same machine, and ten discards.
 */
#include <i915_drm.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "uses.h"

#define PAGES		16ul
#define OTHERS		2000u
#define PERIOD_US	20000
#define EXECBUFS	40u	/* in each half, see struct half */
#define CALM		8	/* execbufs that are not disturbed, to measure the time */
#define FEW		5u	/* attempts of an execbuf that are few */
#define MOST		20u	/* attempts of an execbuf, then it is given up */
#define SHARE		90u	/* percent of the execbufs must need FEW attempts at most */
#define STUCK		30	/* seconds of one attempt, then a signal interrupts it */

/* What became of one execbuf. */
struct outcome {
	unsigned int attempts;		/* MOST + 1: it did not succeed */
	double seconds;			/* of all attempts */
	bool stuck;			/* an attempt took STUCK seconds */
};

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static int submit(struct job *j, uint32_t userptr, bool *stuck)
{
	struct drm_i915_gem_execbuffer2 exec = {};
	int err;

	alarms = 0;
	alarm(STUCK);
	err = job_submit(j, userptr, &exec);
	alarm(0);
	*stuck = err && alarms;
	return err;
}

/* One execbuf, whose batch writes @marker to *@seen. 0 or -errno. */
static int execbuf(struct job *j, uint32_t userptr, uint32_t marker,
		   volatile uint32_t *seen, struct outcome *o)
{
	uint32_t dst = j->dst;
	double begin;
	int err = job_set(j, dst, 1, marker);

	if (err)
		return err;
	begin = now();
	for (o->attempts = 1; o->attempts <= MOST; o->attempts++) {
		err = submit(j, userptr, &o->stuck);
		o->seconds = now() - begin;
		alive();
		if (o->stuck) {
			o->attempts = MOST;
			continue;
		}
		if (err && err != -EAGAIN && err != -EINTR)
			return err;
		if (!err) {
			err = gem_wait(j->fd, dst, PATIENCE);
			return err ? err : *seen == marker ? 0 : -EIO;
		}
	}
	return 0;
}

/* Half of the execbufs: the userptr object is before the others, or behind them. */
struct half {
	unsigned int tried;
	unsigned int first;	/* succeeded at the first attempt */
	unsigned int soon;	/* succeeded within FEW attempts and the time allowed */
	unsigned int never;	/* were given up */
	unsigned int stuck;
	double longest;		/* seconds */
};

static int run_half(struct job *j, uint32_t userptr, volatile uint32_t *seen, double limit,
		    struct half *h)
{
	const unsigned int allowed = EXECBUFS - EXECBUFS * SHARE / 100;
	struct outcome o;
	int err;

	/* Stop when so many have failed that the share cannot be reached any more. */
	while (h->tried < EXECBUFS && h->tried - h->soon <= allowed && !h->stuck) {
		err = execbuf(j, userptr, *seen + 1, seen, &o);
		if (err)
			return err;
		h->tried++;
		h->first += o.attempts == 1;
		h->soon += o.attempts <= FEW && o.seconds < limit;
		h->never += o.attempts > MOST;
		h->stuck += o.stuck;
		h->longest = MAX(h->longest, o.seconds);
	}
	return 0;
}

/* The mean seconds of an execbuf that is not disturbed, or -errno. */
static double undisturbed(struct job *j, uint32_t userptr, volatile uint32_t *seen)
{
	struct outcome o;
	double sum = 0;
	unsigned int i;
	int err;

	for (i = 0; i <= CALM; i++) {
		err = execbuf(j, userptr, *seen + 1, seen, &o);
		if (err)
			return err;
		sum += i ? o.seconds : 0;	/* the first one binds the objects */
	}
	return sum / CALM;
}

static int run_progress(int fd)
{
	const struct sigaction action = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct discard d = { .pages = PAGES, .us = PERIOD_US };
	struct half half[2] = {};
	volatile uint32_t *seen;
	uint32_t userptr;
	double calm, limit;
	struct job j;
	unsigned int i;
	int err;

	d.mem = map(PAGES * PAGE, true);
	if (!d.mem || sigaction(SIGALRM, &action, NULL))
		return because(USE_SKIP, "mmap or sigaction", -errno);
	fill(d.mem, PAGES, 1);
	err = gem_userptr(fd, d.mem, PAGES * PAGE, &userptr);
	if (!err)
		err = job_create(&j, fd, OTHERS);
	if (err)
		return because(USE_SKIP, "objects", err);
	seen = plain_object(fd, PAGE, &j.dst);
	if (!seen)
		return because(USE_SKIP, "no object for the marker", -errno);
	seen += WORD_OFFSET / sizeof(*seen);
	calm = undisturbed(&j, userptr, seen);
	if (calm < 0)
		return because(USE_SKIP, "an execbuf that is not disturbed", calm);
	limit = 10 * (calm + PERIOD_US / 1e6);

	err = discard_start(&d);
	if (err)
		return because(USE_SKIP, "thread", err);
	for (i = 0; i < ARRAY_SIZE(half) && !err; i++) {
		j.extra_last = i;
		err = run_half(&j, userptr, seen, limit, &half[i]);
	}
	discard_stop(&d);
	if (err)
		return because(USE_BAD, "execbuf", err);
	for (i = 0; i < ARRAY_SIZE(half); i++)
		printf("# the object is %s of %u: %u execbufs, %u at the first attempt, %u soon, %u not within %u attempts (%u of these not back in %u s); longest %.2f s\n",
		       i ? "last" : "first", OTHERS + 1, half[i].tried, half[i].first,
		       half[i].soon, half[i].never, MOST, half[i].stuck, STUCK, half[i].longest);
	note("%lu discards; soon (within %u attempts and %.1f s): %u of %u, %u of %u; wanted %u%%; undisturbed %.0f ms",
	     atomic_load(&d.count), FEW, limit, half[0].soon, half[0].tried, half[1].soon,
	     half[1].tried, SHARE, calm * 1e3);
	if (!atomic_load(&d.count))
		return USE_SKIP;
	for (i = 0; i < ARRAY_SIZE(half); i++)
		if (half[i].soon * 100 < EXECBUFS * SHARE)
			return USE_BAD;
	return USE_PASS;
}

const struct way way_progress = {
	.name = "progress", .help = "execbufs of 2,000 objects get on, a discard each 20 ms",
	.run = run_progress, .silent = 180,
};
