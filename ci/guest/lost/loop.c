// SPDX-License-Identifier: GPL-2.0-only
/*
 * The random mode: iterations of one invalidation. Each iteration has new memory and a new
 * object, and is one of
 *
 *	held	The request runs, and does not write yet. The calls invalidate; each call
 *		that is done stores. When all are done, or wait for the GPU, the releaser
 *		lets the request write.
 *	loose	The write and the calls begin at about the same time.
 *
 * When all are done the test looks at the memory. It looks again after MADV_PAGEOUT: a page
 * that is not marked dirty loses its content by that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lost.h"

#define HEARTBEAT	"/sys/class/drm/card0/engine/bcs0/heartbeat_interval_ms"
#define HOLD		3.0		/* seconds for which a request is held at the most */
#define END		30.0		/* seconds for the GPU, or for a pwrite */

static struct late late;
static uint64_t rng;

/* True once in @one_in times. */
static bool chance(unsigned int one_in)
{
	return rng_next(&rng) % one_in == 0;
}

size_t look(const struct memory *m, size_t at, uint32_t want, bool same, const char *what)
{
	size_t i, n = 0;
	uint32_t got;

	for (i = 0; i < m->pages; i++) {
		got = memory_word(m, i, at);
		if (i == m->gone || got == want + (same ? 0 : i))
			continue;
		if (!n++)
			note("%s: page %zu of %zu has %08x, not %08x", what, i, m->pages, got,
			     want + (uint32_t)(same ? 0 : i));
	}
	if (n)
		atomic_store(&board->lost, true);
	return n;
}

int pwrite_words(int fd, uint32_t handle, const struct memory *m, uint32_t value,
		 const struct call *c, unsigned int n)
{
	const size_t bytes = (m->pages - 1) * PAGE + PAGE / 2;
	char *buf = calloc(1, m->pages * PAGE);
	double end = now() + END;
	unsigned int k;
	size_t i;
	int err;

	if (!buf)
		return -ENOMEM;
	for (i = 0; i < m->pages; i++) {
		*(uint32_t *)(buf + i * PAGE + AT_LATE) = value + i;
		/* The pwrite covers the stores of the calls: write what they store. */
		for (k = 0; k < n; k++)
			*(uint32_t *)(buf + i * PAGE + AT_STORE + 8 * k) = c[k].store + i;
	}
	do {
		err = gem_pwrite(fd, handle, AT_LATE, buf + AT_LATE,
				 bytes + AT_STORE - AT_LATE);
		if (err == -EAGAIN)
			nap(50);
	} while (err == -EAGAIN && now() < end);
	free(buf);
	return err;
}

/* A random invalidation that can run at the same time as @first, on memory of @kind. */
static const struct inval *partner(const struct inval *first, unsigned int kind)
{
	const struct inval *i;
	unsigned int n;
	char why[160];

	for (n = 0; invals[n]; n++)
		;
	do {
		i = invals[rng_next(&rng) % n];
	} while (!(i->flags & INVAL_PARTNER) || !(i->kinds & kind) ||
		 i == first || (i->setup && i->setup(why, sizeof(why))));
	return i;
}

/* One of @kinds, at random. */
static unsigned int some_kind(unsigned int kinds)
{
	unsigned int kind;

	do {
		kind = 1u << rng_next(&rng) % 4;
	} while (!(kinds & kind));
	return kind;
}

/* One iteration. */
struct round {
	struct memory m;
	struct call call[MAX_CALLS];
	unsigned int calls;		/* how many */
	unsigned int flags;		/* INVAL_, of all calls */
	uint32_t handle;
	uint32_t late, early;		/* what is written, see late_queue() */
	bool held, same, wrote;
	double began, ended;		/* of the write, now() */
};

/* Choose the calls, make the memory and the object. With @swapped out and in again before. */
static int prepare(struct round *r, const struct combination *c, bool swapped)
{
	unsigned int i, kind = some_kind(c->inval->kinds);
	int err;

	for (i = 0; i < c->threads; i++) {
		r->call[i] = (struct call){
			.inval = i ? partner(c->inval, kind) : c->inval,
			.m = &r->m, .index = i,
			.delay = i || !r->held ? rng_next(&rng) % 4000 : 0,
			.second = i && chance(2), .held = r->held,
		};
		r->flags |= r->call[i].inval->flags;
	}
	r->calls = c->threads;
	for (i = 0; i < r->calls && !(r->flags & INVAL_CLEAN); i++)
		r->call[i].store = fresh_value();
	r->same = c->inval->flags & INVAL_SAME;
	r->late = fresh_value();
	r->early = r->same || r->flags & INVAL_CLEAN ? 0 : fresh_value();

	err = memory_create(&r->m, c->pages, kind, c->inval->flags & INVAL_WIDE);
	if (err)
		return err;
	memory_fill(&r->m, fresh_value(), r->same);
	if (swapped && kind & (ANON | PRIVATE) && !(r->flags & (INVAL_CLEAN | INVAL_SAME))) {
		err = memory_pageout(&r->m);
		/* Take the pages back at once: one that is still being written is in the swap cache. */
		memory_fill(&r->m, fresh_value(), false);
	}
	if (!err && c->inval->prepare)
		err = c->inval->prepare(&r->m);
	if (!err)
		err = gem_userptr(late.fd, r->m.base, r->m.pages * PAGE, &r->handle);
	return err;
}

/* The write and the calls. 0, or -errno of the write, or of the start of the calls. */
static int act(struct round *r, enum writer via)
{
	int err = 0, start;

	r->began = now();
	if (r->held) {
		alive("queueing the request");
		err = late_queue(&late, r->handle, &r->m, r->late, r->early, true);
		if (!err)
			err = late_started(&late, END);
		if (err)
			return err;
	}
	memory_locate(&r->m);
	if (r->held)
		releaser_arm(&late, r->flags & INVAL_POLLS ? 1.0 : HOLD, r->flags & INVAL_POLLS);
	start = calls_start(r->call, r->calls);
	alive("invalidating");
	if (!r->held) {
		nap(rng_next(&rng) % (r->flags & INVAL_POLLS ? 500000 : 4000));
		r->began = now();
		if (via == PWRITE)
			err = pwrite_words(late.fd, r->handle, &r->m, r->late, r->call,
					   r->flags & INVAL_CLEAN ? 0 : r->calls);
		else
			err = late_queue(&late, r->handle, &r->m, r->late, r->early, false);
		if (!err && via == PWRITE)
			r->ended = now();
	}
	calls_join(r->call, r->calls);
	if (via == BLIT && !err) {
		alive("waiting for the request");
		err = late_wait(&late, END);
		r->ended = now();
	}
	r->wrote = !err;
	return start ? start : err;
}

/* How many words are wrong. @when is for the note. */
static size_t check(const struct round *r, enum writer via, const char *when)
{
	char what[96];
	unsigned int i;
	size_t n = 0;

	snprintf(what, sizeof(what), "%s's word %s", writers[via], when);
	if (r->wrote)
		n += look(&r->m, AT_LATE, r->late, false, what);
	if (r->wrote && r->early && via == BLIT)
		n += look(&r->m, AT_EARLY, r->early, false, what);
	snprintf(what, sizeof(what), "the process's own word %s", when);
	for (i = 0; i < r->calls; i++)
		if (r->call[i].store && !r->call[i].err)
			n += look(&r->m, AT_STORE + 8 * i, r->call[i].store, false, what);
	return n;
}

/* Add up what the calls of @r did. */
static void describe(struct counts *n, const struct round *r)
{
	unsigned int i;

	for (i = 0; i < r->calls; i++) {
		const struct call *c = &r->call[i];

		if (c->ret < 0 || c->err) {
			n->errors++;
			note("%s: %s", c->inval->name, strerror(c->ret < 0 ? -c->ret : -c->err));
		}
		if (!i && !c->ret)
			n->idle++;
		if (c->early && c->ret > 0 && !(c->inval->flags & INVAL_NO_WAIT)) {
			n->early++;
			/* fork does not invalidate shared memory. */
			n->strict += c->inval->flags & INVAL_WAITS &&
				     !(c->inval->finish && r->m.kind == SHARED);
		}
		if (!i && r->wrote && c->began < r->ended && c->ended > r->began)
			n->overlapped++;
	}
}

static int iteration(const struct combination *c, struct counts *n)
{
	bool swap = memory_has_swap(), closed = chance(2);
	/* A task of the kernel leaves pinned pages alone: more often loose then. */
	struct round r = {
		.held = c->via == BLIT && !chance(c->inval->flags & INVAL_POLLS ? 2 : 4)
	};
	size_t bad = 0;
	unsigned int i;
	int err, end;

	n->iterations++;
	alive("preparing the memory");
	err = prepare(&r, c, swap && chance(4));
	if (err) {
		memory_destroy(&r.m);
		n->errors++;
		note("preparing the memory: %s", strerror(-err));
		return err;
	}
	err = act(&r, c->via);
	alive("looking at the memory");
	if (!err || r.wrote) {
		describe(n, &r);
		bad = check(&r, c->via, r.held ? "of a held request" : "of a loose write");
		n->moved += memory_moved(&r.m) > 0;
		if (closed)
			gem_close(late.fd, r.handle);
		if (!bad && swap && (r.flags & INVAL_CLEAN || chance(2))) {
			end = memory_pageout(&r.m);
			if (end)
				note("MADV_PAGEOUT: %s", strerror(-end));
			bad = check(&r, c->via, "after MADV_PAGEOUT");
		}
		n->lost += bad > 0;
	} else if (err == -EINVAL && c->via == PWRITE) {
		note(REFUSED);
	} else if ((err == -EFAULT && r.flags & INVAL_HOLE && !r.held) || err == -EIO) {
		n->void_++;
		err = 0;
	} else {
		n->errors++;
		note("the write: %s", strerror(-err));
	}
	for (i = 0; i < r.calls; i++)
		if (r.call[i].inval->finish)
			r.call[i].inval->finish(&r.call[i]);
	if (!closed || err || !r.wrote)
		gem_close(late.fd, r.handle);
	memory_destroy(&r.m);
	return err;
}

int loop_run(const struct combination *c)
{
	struct counts n = {};
	char why[160] = "", first[320];
	double end;
	int err = 0, fd = gem_open(DEVICE);

	if (fd < 0)
		return because(LOST_SKIP, DEVICE, fd);
	if (gem_has_blt(fd))
		return because(LOST_SKIP, "the device has no blitter", 0);
	/* On a slow machine a held request must not count as hung. Old kernels have no such knob. */
	knob_set(HEARTBEAT, "20000");
	rng = rng_seed(opt.seed, c->pages);
	if (c->inval->flags & INVAL_OTHER && c->pages < 2)
		return because(LOST_SKIP, "it needs a second page", 0);
	if (c->inval->setup && c->inval->setup(why, sizeof(why)))
		return because(LOST_SKIP, why, 0);
	err = late_create(&late, fd);
	if (!err)
		err = releaser_start(&late);
	if (err)
		return because(LOST_SKIP, "buffers for the blitter", err);
	for (end = now() + opt.seconds; !err && (now() < end || !n.iterations);)
		err = iteration(c, &n);

	if (err == -EINVAL && c->via == PWRITE && !n.errors)
		return LOST_SKIP;
	memcpy(first, board->note, sizeof(first));
	board->note[0] = '\0';
	snprintf(board->note, sizeof(board->note),
		 "%lu times, %lu overlapped, %lu early (%lu of those that must wait), %lu moved, %lu idle, %lu void, %lu errors, %lu lost%s%.120s",
		 n.iterations, n.overlapped, n.early, n.strict, n.moved, n.idle, n.void_, n.errors,
		 n.lost, first[0] ? "; " : "", first);
	if (n.lost || n.errors || (opt.strict && n.strict)) {
		atomic_store(&board->early, !n.lost && !n.errors);
		return LOST_LOST;
	}
	return n.void_ == n.iterations ? LOST_SKIP : LOST_PASS;
}
