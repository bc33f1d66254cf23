// SPDX-License-Identifier: GPL-2.0-only
/*
 * fences: an execbuf that fails leaves no fence, no file and no request behind. The fences
 * of one that does not fail are signalled once its batch has run, and not before.
 *
 * To make execbufs fail, a thread discards the memory of the userptr object meanwhile, and
 * signals interrupt the ioctl, which this program does not restart.
 *
 * nomem: the same, but allocations of the kernel fail instead, one after the other
 * (fail-nth).
 */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "uses.h"

#define PAGES		16ul
#define OTHERS		200u	/* more objects, which make the execbuf take long */
#define ATTEMPTS	40u	/* tries of an execbuf, then another one is made */
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGES	"/sys/kernel/debug/fail_page_alloc/"

struct counts {
	unsigned long tries;		/* execbufs */
	unsigned long done, bad_done;	/* did not fail; of these with wrong fences */
	unsigned long late;		/* did not fail, but do not count: struct try */
	unsigned long failed[134];	/* for each errno */
	unsigned long bad_failed;	/* failed, and left something behind */
};

/* What makes execbufs of this thread fail: signals, or allocations that fail. */
struct trouble {
	timer_t timer;		/* of the signals */
	double mean;		/* seconds that an execbuf takes */
	uint64_t rng;
	int nth_file;		/* fail-nth of this thread; -1: signals */
	unsigned int nth;	/* which allocation is to fail next; 1 is the first */
};

static void on_alarm(int signal)
{
	(void)signal;
}

/* 0 or -errno. */
static int trouble_signals(struct trouble *t)
{
	struct sigaction action = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
	};
	sigset_t set;

	*t = (struct trouble){ .rng = rng_seed(1, 2), .nth_file = -1 };
	event._sigev_un._tid = gettid();
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	if (sigaction(SIGALRM, &action, NULL) ||
	    sigprocmask(SIG_BLOCK, &set, NULL) ||
	    timer_create(CLOCK_MONOTONIC, &event, &t->timer))
		return -errno;
	return 0;
}

/* 0 or -errno. */
static int trouble_memory(struct trouble *t)
{
	static const char *const knob[][2] = {
		{ FAILSLAB "ignore-gfp-wait", "N" }, { FAILSLAB "verbose", "0" },
		{ FAILSLAB "interval", "1" }, { FAILSLAB "probability", "0" },
		{ FAIL_PAGES "ignore-gfp-wait", "N" }, { FAIL_PAGES "verbose", "0" },
		{ FAIL_PAGES "ignore-gfp-highmem", "N" }, { FAIL_PAGES "min-order", "0" },
	};
	unsigned int i;
	int err;

	*t = (struct trouble){ .nth = 1 };
	for (i = 0; i < ARRAY_SIZE(knob); i++) {
		err = sys_write(knob[i][0], knob[i][1]);
		if (err)
			return because(err, knob[i][0], err);
	}
	t->nth_file = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	return t->nth_file < 0 ? -errno : 0;
}

/* Before and after an execbuf: let trouble come, or not. */
static void trouble_set(struct trouble *t, bool on)
{
	struct itimerspec in = {};
	sigset_t set;
	char text[16];

	if (t->nth_file >= 0) {
		if (!on) {
			/*
			 * fail-nth is not 0: the execbuf made fewer than nth
			 * allocations, and none failed. Begin with the first again.
			 */
			if (pread(t->nth_file, text, sizeof(text), 0) > 0 &&
			    text[0] != '0')
				t->nth = 0;
			t->nth++;
		}
		snprintf(text, sizeof(text), "%u", on ? t->nth : 0);
		if (pwrite(t->nth_file, text, strlen(text), 0) < 0)
			complain(FAIL_NTH ": %s", strerror(errno));
		return;
	}
	if (on && rng_next(&t->rng) % 3 == 0) {
		double s = t->mean * 1.25 * (rng_next(&t->rng) % 1000 + 1) / 1000;

		in.it_value.tv_nsec = MIN(MAX(s * 1e9, 1000), 999999999);
	}
	timer_settime(t->timer, 0, &in, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(on ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

static int create(struct fences *f, int fd)
{
	uint64_t added, signaled;
	int err;

	*f = (struct fences){ .fd = fd };
	f->mem = map(PAGES * PAGE, true);
	if (!f->mem)
		return because(-ENOMEM, "mmap", -errno);
	fill(f->mem, PAGES, 1);
	err = gem_userptr(fd, f->mem, PAGES * PAGE, &f->userptr);
	if (err)
		return because(err, "userptr", err);
	f->seen = plain_object(fd, PAGE, &f->dst);
	if (!f->seen)
		return because(-ENOMEM, "no object for the marker", -errno);
	f->seen += WORD_OFFSET / sizeof(*f->seen);
	f->marker = *f->seen;
	f->dmabuf = prime_export(fd, f->dst);
	if (f->dmabuf < 0)
		return because(f->dmabuf, "export", f->dmabuf);
	err = job_create(&f->job, fd, OTHERS);
	if (!err)
		err = syncobj_create(fd, &f->sync);
	if (!err)
		err = syncobj_create(fd, &f->timeline);
	/* A kernel before 5.2 has no timeline syncobjs: do without. */
	if (!err)
		f->no_points = timeline_query(fd, f->timeline, &added, &signaled) != 0;
	if (err)
		return because(err, "no batch or no syncobj", err);
	f->sw = sw_sync_open();
	return f->sw < 0 ? because(f->sw, "sw_sync", f->sw) : 0;
}

/* Bring the syncobjs into the state that @kind wants. 0 or -errno. */
static int prepare(struct fences *f, struct try *t, enum try_kind kind)
{
	uint64_t added = 0, signaled;
	int err = syncobj_reset(f->fd, f->sync);

	*t = (struct try){ .kind = kind, .ours = -1 };
	if (!err && !f->no_points)
		err = timeline_query(f->fd, f->timeline, &added, &signaled);
	if (err)
		return err;
	t->point = added + 1;
	t->lowest = lowest_fd();
	if (kind == TRY_PLAIN)
		return 0;
	t->ours = sw_sync_fence(f->sw, f->sw_value + 1);
	if (t->ours < 0)
		return t->ours;
	return kind == TRY_OLD ? syncobj_import(f->fd, f->sync, t->ours) : 0;
}

/* One execbuf with a sync_file, both syncobjs and, if TRY_HELD, our fence to wait for. */
static void submit(struct fences *f, struct try *t, struct trouble *trouble)
{
	struct drm_i915_gem_exec_fence both[] = {
		{ .handle = f->sync, .flags = I915_EXEC_FENCE_SIGNAL },
		{ .handle = f->timeline, .flags = I915_EXEC_FENCE_SIGNAL },
	};
	uint64_t points[] = { 0, t->point };
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = {
		.base.name = DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES,
		.fence_count = ARRAY_SIZE(both),
		.handles_ptr = (uintptr_t)both,
		.values_ptr = (uintptr_t)points,
	};
	struct drm_i915_gem_execbuffer2 exec = {
		.flags = I915_EXEC_FENCE_OUT,
		.rsvd2 = (uint64_t)NO_FENCE << 32,
	};

	if (t->kind == TRY_OLD || f->no_points) {
		/* Not the extension: a point would wait for the old fence. */
		exec.flags |= I915_EXEC_FENCE_ARRAY;
		exec.num_cliprects = 1;
		exec.cliprects_ptr = (uintptr_t)both;
	} else {
		exec.flags |= I915_EXEC_USE_EXTENSIONS;
		exec.cliprects_ptr = (uintptr_t)&ext;
	}
	if (t->kind == TRY_HELD) {
		exec.flags |= I915_EXEC_FENCE_IN;
		exec.rsvd2 |= t->ours;
	}
	t->begin = now();
	trouble_set(trouble, true);
	t->err = job_submit(&f->job, f->userptr, &exec);
	trouble_set(trouble, false);
	t->out = exec.rsvd2;
	trouble->mean += (now() - t->begin - trouble->mean) / 16;
}

/*
 * What the execbuf number @n is tried with. TRY_HELD is not for failing allocations: if
 * v5.10 cannot allocate the callback of a foreign fence, it waits for the fence, and no
 * signal ends that wait (i915_sw_fence_await_dma_fence()). Only this process would signal
 * the fence.
 */
static enum try_kind kind_of(const struct trouble *trouble, unsigned long n)
{
	static const enum try_kind no_wait[] = { TRY_PLAIN, TRY_OLD };

	return trouble->nth_file >= 0 ? no_wait[n % 2] : (enum try_kind)(n % 3);
}

/* Try one execbuf until it does not fail, at most ATTEMPTS times. 0 or -errno. */
static int execbuf(struct fences *f, struct trouble *trouble, struct counts *c)
{
	unsigned int i, bad;
	struct try t;
	int err = job_set(&f->job, f->dst, 1, f->marker + 1);

	for (i = 0; i < ATTEMPTS && !err; i++) {
		err = prepare(f, &t, kind_of(trouble, c->tries++));
		if (err)
			return because(err, "fences for an execbuf", err);
		if (trouble->nth_file >= 0) {
			/* Make the driver fetch the pages again: that allocates. */
			madvise(f->mem, PAGES * PAGE, MADV_DONTNEED);
			fill(f->mem, PAGES, 1);
		}
		submit(f, &t, trouble);
		alive();
		if (!t.err) {
			bad = judge_done(f, &t);
			c->bad_done += !!bad;
			c->done += !t.late;
			c->late += t.late;
			return 0;
		}
		c->failed[MIN(-t.err, 133)]++;
		bad = judge_failed(f, &t);
		c->bad_failed += !!bad;
		/* A request that was left behind must not disturb the next try. */
		if (bad)
			gem_wait(f->fd, f->dst, PATIENCE);
		if (t.err == -EFAULT) {
			/* The object may stay broken; the way sticky is about that. */
			gem_close(f->fd, f->userptr);
			err = gem_userptr(f->fd, f->mem, PAGES * PAGE, &f->userptr);
		}
	}
	return err;
}

static int verdict(const struct counts *c, unsigned long discards)
{
	static const int told[] = { EAGAIN, EINTR, ENOMEM, EFAULT };
	unsigned long failed = 0, rest;
	char text[120] = "";
	unsigned int i, len = 0;

	if (c->late)
		printf("# %lu execbufs were held for too long and do not count\n", c->late);
	for (i = 0; i < ARRAY_SIZE(c->failed); i++)
		failed += c->failed[i];
	rest = failed;
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		rest -= c->failed[told[i]];
		len += snprintf(text + len, sizeof(text) - len, "%s%s %lu", i ? ", " : "",
				strerrorname_np(told[i]), c->failed[told[i]]);
	}
	note("%lu execbufs, %lu discards: %lu done (%lu wrongly), %lu failed (%s, others %lu), after %lu of these something was left",
	     c->tries, discards, c->done, c->bad_done, failed, text, rest, c->bad_failed);
	if (c->bad_done || c->bad_failed)
		return USE_BAD;
	if (rest) {
		for (i = 1; i < ARRAY_SIZE(c->failed); i++)
			if (c->failed[i] && i != EAGAIN && i != EINTR && i != ENOMEM &&
			    i != EFAULT)
				complain("%lu execbufs: %s", c->failed[i], strerror(i));
		return USE_BAD;
	}
	return c->done && failed ? USE_PASS : USE_SKIP;
}

static int fences(int fd, bool nomem)
{
	static char buffer[BUFSIZ];
	struct counts c = {};
	struct trouble trouble;
	struct fences f;
	struct discard d = { .pages = PAGES, .closes = true };
	double end;
	int err = create(&f, fd);

	if (!err) {
		err = nomem ? trouble_memory(&trouble) : trouble_signals(&trouble);
		if (err)
			because(err, nomem ? FAIL_NTH : "timer", err);
	}
	d.mem = f.mem;
	/*
	 * mprotect() of discard.c holds the mmap_lock for writing, and waits for a request
	 * that waits for our fence. Until this thread has signalled the fence it must not
	 * fault, or map memory.
	 */
	if (!err && (setvbuf(stdout, buffer, _IOFBF, sizeof(buffer)) || own_memory()))
		err = because(-errno, "mlockall", -errno);
	if (!err && !nomem)
		err = discard_start(&d);
	if (err)
		return USE_SKIP;
	for (end = now() + asked.seconds; now() < end && !err;)
		err = execbuf(&f, &trouble, &c);
	if (!nomem)
		discard_stop(&d);
	if (err)
		return because(USE_BAD, "an execbuf could not be prepared", err);
	return verdict(&c, atomic_load(&d.count));
}

static int run_fences(int fd)
{
	return fences(fd, false);
}

static int run_nomem(int fd)
{
	return fences(fd, true);
}

const struct way way_fences = {
	.name = "fences", .help = "an execbuf that fails leaves no fence; one that does not, right ones",
	.run = run_fences, .silent = 180,
};

const struct way way_nomem = {
	.name = "nomem", .help = "the same, and allocations fail (--config failslab)",
	.run = run_nomem, .silent = 180,
};
