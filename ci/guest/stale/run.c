// SPDX-License-Identifier: GPL-2.0-only
/*
 * One combination: the loop of the worker's main thread, and its verdict. An iteration
 *
 *	1. fills the range of one object, the victim
 *	2. does the operation
 *	3. writes new values
 *	4. looks at the range through each object that covers a part of it
 *	5. looks at the memory itself
 *
 * Step 5 comes last since a read of the memory may fault, and the fault may invalidate,
 * which makes the driver fetch the right pages.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ops.h"

/* What the racers did: uses that began or ended, uses that succeeded. */
struct counts {
	unsigned long moves, uses;
};

static struct arena arena;
static void *context;
static uint32_t words[MAX_SIZE / PAGE];

__attribute__((format(printf, 1, 2)))
static void note(const char *fmt, ...)
{
	struct result *r = &shared->result;
	va_list ap;

	if (r->note[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->note, sizeof(r->note), fmt, ap);
	va_end(ap);
}

/* The pages that are in both ranges. */
static struct range overlap(struct range a, struct range b)
{
	size_t first = MAX(a.page, b.page);
	size_t end = MIN(a.page + a.pages, b.page + b.pages);

	return (struct range){ first, end > first ? end - first : 0 };
}

/* What the racers did so far with the objects that cover a part of @r. */
static struct counts count(const struct arena *a, struct range r)
{
	struct counts c = { };
	unsigned int i;

	for (i = 0; i < a->objects; i++) {
		const struct object *o = &a->object[i];

		if (!overlap(o->range, r).pages)
			continue;
		c.moves += o->entered + o->left;
		c.uses += o->uses;
	}
	return c;
}

/*
 * Read the words of the pages @r of the object into words[], again for as long as that
 * returns -EAGAIN. 0 or -errno.
 */
static int read_words(struct arena *a, struct object *o, struct range r)
{
	unsigned long tries = 0;
	int err;

	beat(0, "reading through the object");
	do {
		err = a->via->read(a->fd, context, o, r, words);
		if (err == -EAGAIN) {
			if (++tries == 1000)
				shared->beat[0].what =
					"reading through the object, EAGAIN all the time";
			/* Leave the CPU to the kernel's worker. */
			nap(50);
		}
	} while (err == -EAGAIN);
	return err;
}

/* Is @got, read through @o at @page of the arena, wrong? Describes the first few. */
static bool is_stale(struct arena *a, struct object *o, size_t page,
		     uint32_t got)
{
	struct result *r = &shared->result;
	unsigned int n;

	if (got == a->model[page])
		return false;
	n = shared->ntold;
	if (n < MAX_TOLD) {
		snprintf(shared->told[n], sizeof(shared->told[n]),
			 "%s via %s, iteration %lu: object %zu, page %zu of %zu: it shows 0x%08x (%s), the memory was given 0x%08x",
			 a->op->name, a->via->name, r->iterations,
			 o - a->object, page - o->range.page, o->range.pages,
			 got, words_classify(a, page, got), a->model[page]);
		shared->ntold = n + 1;
	}
	return true;
}

/* Look through @o at the part of @r that it covers: 1 for a stale page, 0, or -errno. */
static int look(struct arena *a, struct object *o, struct range r)
{
	struct range in = overlap(o->range, r);
	int stale = 0, err;
	unsigned int i;
	size_t n;

	if (a->via->bulk) {
		err = read_words(a, o, (struct range){ in.page - o->range.page,
						       in.pages });
		for (n = 0; !err && n < in.pages; n++)
			if (is_stale(a, o, in.page + n, words[n])) {
				stale++;
				break;	/* one is enough to tell */
			}
		return err ? err : stale;
	}
	for (i = a->probes; i-- > 0 && !stale;) {
		size_t page = a->probe[i];

		if (page < in.page || page >= in.page + in.pages)
			continue;
		err = read_words(a, o,
				 (struct range){ page - o->range.page, 1 });
		if (err)
			return err;
		stale += is_stale(a, o, page, words[0]);
	}
	return stale;
}

/* look() into *@stale. True if a use failed, and the object was made anew. */
static bool look_at(struct arena *a, struct object *o, struct range r,
		    bool *stale)
{
	struct result *res = &shared->result;
	bool renewed = false;
	int n = look(a, o, r);

	if (n == -EFAULT && a->op->flags & OP_HOLE) {
		/* A use met the moment without memory, and i915 may not forget that. */
		renewed = true;
		n = arena_renew(a, o);
		if (!n)
			n = look(a, o, r);
	}
	if (n < 0) {
		res->errors++;
		note("reading through the object: %s", strerror(-n));
		arena_renew(a, o);
		return true;
	}
	*stale |= n > 0;
	return renewed;
}

/* One iteration. 0, or -errno if the combination must end. */
static int iteration(struct arena *a, struct racers *racers, double began)
{
	struct result *res = &shared->result;
	unsigned int victim = rng_next(&a->rng) % a->objects, i;
	struct range r = a->object[victim].range;
	bool stale = false, renewed = false;
	struct counts before, after;
	int did = 0, err = 0;

	res->iterations++;
	if (racers)
		race_victim(racers, victim);
	words_probe(a, r);
	beat(0, "preparing the pages");
	if (a->op->prepare)
		err = a->op->prepare(a, r);
	if (err) {
		note("preparing %s: %s", a->op->name, strerror(-err));
		return err;
	}
	words_fill(a, r, a->op->flags & OP_SAME);

	beat(0, a->op->help);
	before = count(a, r);
	did = a->op->invalidate(a, r);
	after = count(a, r);
	if (did < 0) {
		note("%s: %s", a->op->name, strerror(-did));
		return did;
	}

	beat(0, "writing new values");
	words_renew(a);
	if (a->op->written)
		err = a->op->written(a, r);

	for (i = 0; i < a->objects; i++)
		if (overlap(a->object[i].range, r).pages)
			renewed |= look_at(a, &a->object[i], r, &stale);
	beat(0, "reading the memory");
	if (words_verify(a)) {
		res->lost++;
		note("the memory does not hold what was written to it");
	}
	beat(0, "cleaning up after the operation");
	if (a->op->finish && !err)
		err = a->op->finish(a, r);
	if (err) {
		note("after %s: %s", a->op->name, strerror(-err));
		return err;
	}

	if (stale && !res->stale++)
		res->first = now() - began;
	res->idle += !did;
	res->faulted += renewed;
	if (did && !renewed) {
		res->raced += after.moves != before.moves;
		res->used += after.uses != before.uses;
	}
	return 0;
}

static bool enough(double began)
{
	const struct result *r = &shared->result;

	return (options.iterations && r->iterations >= options.iterations) ||
	       (options.raced && r->raced >= options.raced) ||
	       (options.seconds > 0 && now() - began >= options.seconds);
}

static enum verdict verdict(const struct result *r)
{
	if (r->stale)
		return VERDICT_STALE;
	if (r->errors || r->lost)
		return VERDICT_FAIL;
	if (r->idle == r->iterations)
		return VERDICT_NOEFFECT;
	if (options.threads && !r->raced)
		return VERDICT_NORACE;
	return VERDICT_PASS;
}

static void race_and_look(struct arena *a)
{
	struct result *r = &shared->result;
	struct racers *racers = NULL;
	double began = now();
	int err = 0;

	if (options.threads) {
		err = race_start(a, &racers);
		if (err)
			note("starting %u threads: %s", options.threads,
			     strerror(-err));
	}
	while (!err && !enough(began))
		err = iteration(a, racers, began);
	r->seconds = now() - began;
	beat(0, "waiting for the racers to stop");
	if (racers)
		race_stop(racers, r);
	if (err)
		r->errors++;
	r->verdict = verdict(r);
}

/* Make what the combination needs. 0, or -errno: the note has the reason. */
static int setup(struct arena *a, size_t size)
{
	struct result *r = &shared->result;
	int err;

	a->fd = gem_open(options.device);
	if (a->fd < 0) {
		note("no device: %s: %s", options.device, strerror(-a->fd));
		return a->fd;
	}
	err = a->via->check ? a->via->check(a->fd, r->note, sizeof(r->note)) :
			      0;
	if (!err)
		err = arena_create(a, size, r->note, sizeof(r->note));
	if (!err && a->op->setup)
		err = a->op->setup(a, r->note, sizeof(r->note));
	if (err)
		return err;
	err = a->via->create(a->fd, &context);
	if (err)
		note("buffers for the blitter: %s", strerror(-err));
	return err;
}

void run(const struct op *op, const struct via *via, size_t size,
	 unsigned int objects)
{
	struct arena *a = &arena;

	beat_begin(0);
	beat(0, "setting up");
	a->op = op;
	a->via = via;
	a->objects = objects;
	a->rng = rng_seed(options.seed, 0);
	if (setup(a, size)) {
		shared->result.verdict = VERDICT_SKIP;
	} else {
		race_and_look(a);
		via->destroy(a->fd, context);
	}
	/* Do not close the objects: an exit with objects alive is part of the test. */
	beat(0, "exiting with objects alive");
	shared->finished = true;
}
