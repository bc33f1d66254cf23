// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an execbuf has left behind, for the ways fences and nomem: the uAPI shows the state
 * of each fence.
 */
#include <linux/sync_file.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "uses.h"

/*
 * Seconds for which our fence may hold a request. After 10 s i915 gives up the fence, and
 * the request with it; a try that came near to that does not count.
 */
#define LATE		5.0
#define HANG		60.0	/* seconds until a fence must be signalled */
#define GRACE		0.003	/* seconds that an empty request may take */

static const char *const states[] = { "none", "one that is pending", "one that is signalled" };

static const char *state_word(int state)
{
	return state < 0 ? strerror(-state) : states[state];
}

int lowest_fd(void)
{
	int fd = dup(0);

	if (fd >= 0)
		close(fd);
	return fd;
}

void try_release(struct fences *f, struct try *t)
{
	if (t->ours < 0)
		return;
	sw_sync_add(f->sw, 1);
	f->sw_value++;
	close(t->ours);
	t->ours = -1;
}

/* 0 if the timeline's last point is @added and @signaled is signalled, otherwise 1. */
static unsigned int judge_points(struct fences *f, uint64_t added, uint64_t signaled,
				 const char *when)
{
	uint64_t is_added = -1, is_signaled = -1;
	int err;

	if (f->no_points)
		return 0;
	err = timeline_query(f->fd, f->timeline, &is_added, &is_signaled);
	if (!err && is_added == added && is_signaled == signaled)
		return 0;
	complain("%s: the timeline's last point is %lu, and %lu is signalled, not %lu and %lu%s%s",
		 when, is_added, is_signaled, added, signaled, err ? ": " : "",
		 err ? strerror(-err) : "");
	return 1;
}

unsigned int judge_failed(struct fences *f, struct try *t)
{
	const int want = t->kind == TRY_OLD ? SYNC_PENDING : SYNC_NONE;
	unsigned int bad = 0;
	char when[64];
	int is, file = -1;

	snprintf(when, sizeof(when), "after %s", strerror(-t->err));
	if (t->out >> 32 != NO_FENCE) {
		complain("%s: there is a sync_file", when);
		close(t->out >> 32);
		bad++;
	}
	is = lowest_fd();
	if (is != t->lowest + (t->ours >= 0)) {
		complain("%s: file descriptor %d is in use", when, t->lowest);
		bad++;
	}
	is = syncobj_state(f->fd, f->sync, t->kind == TRY_OLD ? GRACE : 0);
	if (is != want) {
		complain("%s: the syncobj's fence is %s, not %s", when, state_word(is),
			 state_word(want));
		bad++;
	}
	if (t->kind != TRY_OLD)
		bad += judge_points(f, t->point - 1, t->point - 1, when);
	if (t->kind == TRY_HELD) {
		/* A request that was left behind would still wait for our fence. */
		if (object_busy(f->fd, f->dst) || object_busy(f->fd, f->userptr)) {
			complain("%s: an object is busy", when);
			bad++;
		}
		file = file_signaled(f->dmabuf, 0);
		if (file != 1) {
			complain("%s: the dma-buf has a fence that is not signalled", when);
			bad++;
		}
	}
	try_release(f, t);
	if (t->kind == TRY_OLD && syncobj_state(f->fd, f->sync, HANG) != SYNC_SIGNALED) {
		complain("%s: the syncobj lost the fence that it had", when);
		bad++;
	}
	if (*f->seen != f->marker) {
		complain("%s: the batch ran", when);
		bad++;
	}
	return bad;
}

/* The faults of an execbuf that did not fail, while our fence holds its request. */
static unsigned int judge_held(struct fences *f, struct try *t, int out)
{
	unsigned int bad = 0;
	int is = syncobj_state(f->fd, f->sync, 0);

	if (is != SYNC_PENDING) {
		complain("held: the syncobj's fence is %s", state_word(is));
		bad++;
	}
	/* If the point was added twice it has no predecessor, and 0 is signalled. */
	bad += judge_points(f, t->point, t->point - 1, "held");
	if (file_signaled(out, 0)) {
		complain("held: the sync_file is signalled");
		bad++;
	}
	if (object_busy(f->fd, f->dst) != 1 || file_signaled(f->dmabuf, 0)) {
		complain("held: the object is not busy");
		bad++;
	}
	if (*f->seen != f->marker) {
		complain("held: the batch ran");
		bad++;
	}
	return bad;
}

static const char *const fence_words[] = { "syncobj", "point", "sync_file", "dma-buf" };

/* Wait for the fence number @which to be signalled; false if it is not. */
static bool wait_for(struct fences *f, struct try *t, int out, unsigned int which)
{
	switch (which) {
	case 0:
		return syncobj_state(f->fd, f->sync, HANG) == SYNC_SIGNALED;
	case 1:
		return !timeline_wait(f->fd, f->timeline, t->point, HANG);
	case 2:
		return file_signaled(out, HANG) == 1;
	default:
		return file_signaled(f->dmabuf, HANG) == 1;
	}
}

unsigned int judge_done(struct fences *f, struct try *t)
{
	int out = t->out >> 32;
	struct sync_file_info info = {};
	unsigned int i, which, bad = 0;

	if (out == NO_FENCE) {
		complain("done: there is no sync_file");
		try_release(f, t);
		return 1;
	}
	if (t->kind == TRY_HELD) {
		bad += judge_held(f, t, out);
		try_release(f, t);
		t->late = now() - t->begin >= LATE;
	}
	f->marker++;
	for (i = 0; i < ARRAY_SIZE(fence_words); i++) {
		/* Take turns: each fence is sometimes the first to be waited for. */
		which = (f->turn + i) % ARRAY_SIZE(fence_words);
		if (which == 1 && (t->kind == TRY_OLD || f->no_points))
			continue;
		alive();
		if (!wait_for(f, t, out, which)) {
			complain("done: the %s is not signalled", fence_words[which]);
			bad++;
		} else if (*f->seen != f->marker) {
			complain("done: the %s is signalled, and the batch has not run",
				 fence_words[which]);
			bad++;
		}
	}
	f->turn++;
	if (gem_ioctl(out, SYNC_IOC_FILE_INFO, &info) || info.status != 1) {
		complain("done: the sync_file's status is %d, not 1", info.status);
		bad++;
	}
	if (t->kind != TRY_OLD)
		bad += judge_points(f, t->point, t->point, "done");
	try_release(f, t);
	close(out);
	f->marker = *f->seen;
	/* i915 may have given up our fence: then the faults prove nothing. */
	return t->late ? 0 : bad;
}
