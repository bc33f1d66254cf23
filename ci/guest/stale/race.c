// SPDX-License-Identifier: GPL-2.0-only
/*
 * The racers: threads that use the objects all the time, each with a context of its own.
 * They are there to make the driver fetch pages; nobody looks at what they read.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>

#include "ops.h"

struct racer {
	struct racers *all;
	unsigned int who;	/* its number, for beat() */
	pthread_t thread;
	void *context;
	uint64_t rng;
	unsigned long uses, retries, errors;
	int first;		/* errno of the first error, or 0 */
};

struct racers {
	struct arena *arena;
	atomic_bool stop;
	atomic_uint victim;
	unsigned int n;
	struct racer racer[MAX_THREADS];
};

/* Which object to use: mostly the victim, whose memory the operation changes. */
static struct object *pick(struct racer *me)
{
	struct arena *a = me->all->arena;
	uint64_t n = rng_next(&me->rng);

	return &a->object[n & 3 ? me->all->victim : (n >> 2) % a->objects];
}

static void use(struct racer *me)
{
	struct arena *a = me->all->arena;
	struct object *o = pick(me);
	int err;

	o->entered++;
	err = a->via->use(a->fd, me->context, o, &me->rng);
	o->left++;

	switch (err) {
	case 0:
		o->uses++;
		me->uses++;
		break;
	case -EAGAIN:
		me->retries++;
		/* Leave the CPU to the kernel's worker and to the main thread. */
		sched_yield();
		break;
	case -ENOENT:		/* the main thread has just closed the handle */
		break;
	case -EFAULT:
		if (a->op->flags & OP_HOLE) {
			sched_yield();
			break;
		}
		/* fall through */
	default:
		me->errors++;
		if (!me->first)
			me->first = -err;
	}
}

static void *race(void *arg)
{
	struct racer *me = arg;
	unsigned int pause = me->all->arena->op->pause;

	beat_begin(me->who);
	while (!me->all->stop) {
		beat(me->who, "a use of an object");
		use(me);
		if (pause)
			nap(rng_next(&me->rng) % pause);
	}
	beat_end(me->who);
	return NULL;
}

int race_start(struct arena *a, struct racers **out)
{
	struct racers *all = calloc(1, sizeof(*all));
	unsigned int i;
	int err = 0;

	if (!all)
		return -ENOMEM;
	all->arena = a;
	for (i = 0; i < options.threads; i++) {
		struct racer *me = &all->racer[i];

		me->all = all;
		me->who = i + 1;
		me->rng = rng_seed(options.seed, me->who);
		err = a->via->create(a->fd, &me->context);
		if (err)
			break;
		err = -pthread_create(&me->thread, NULL, race, me);
		if (err) {
			a->via->destroy(a->fd, me->context);
			break;
		}
		all->n++;
	}
	*out = all;
	return err;
}

void race_victim(struct racers *all, unsigned int victim)
{
	all->victim = victim;
}

void race_stop(struct racers *all, struct result *r)
{
	unsigned int i;

	all->stop = true;
	for (i = 0; i < all->n; i++) {
		struct racer *me = &all->racer[i];

		pthread_join(me->thread, NULL);
		all->arena->via->destroy(all->arena->fd, me->context);
		r->uses += me->uses;
		r->retries += me->retries;
		r->errors += me->errors;
		if (me->first && !r->note[0])
			snprintf(r->note, sizeof(r->note), "a racer's use: %s",
				 strerror(me->first));
	}
	free(all);
}
