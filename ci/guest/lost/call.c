// SPDX-License-Identifier: GPL-2.0-only
/* The threads that invalidate: each says on the board when it is done, and then stores. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lost.h"

#define STILL	10		/* looks, 1 ms apart, that find a thread asleep: it waits */

char call_state(pid_t tid)
{
	char path[64], text[256], *p;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", atomic_load(&board->worker), tid);
	if (sys_read(path, text, sizeof(text)))
		return 0;
	p = strrchr(text, ')');
	return p && p[1] ? p[2] : 0;
}

bool call_late(const struct call *c)
{
	return c->held && !atomic_load(&board->armed);
}

/* Wait until call 0 is done, or waits in the kernel. */
static void let_first(void)
{
	struct call_board *first = &board->call[0];
	unsigned int still = 0;

	while (atomic_load(&first->state) != CALL_DONE && still < STILL) {
		still = atomic_load(&first->state) == CALL_RUNS &&
			call_asleep(atomic_load(&first->tid)) ? still + 1 : 0;
		nap(1000);
	}
}

/* Touch the stack now: a fault of it later may wait for call 0, which has the mmap_lock. */
static void __attribute__((noinline)) touch_stack(void)
{
	volatile char room[8 * PAGE];
	size_t i;

	for (i = 0; i < sizeof(room); i += PAGE)
		room[i] = 1;
}

/* The life of a call's thread. */
static void *life(void *arg)
{
	struct call *c = arg;
	struct call_board *b = &board->call[c->index];
	bool early;
	int ret;

	touch_stack();
	atomic_store(&b->tid, (int)syscall(SYS_gettid));
	while (!atomic_load(&board->gate))
		nap(100);
	if (atomic_load(&board->gate) < 0)
		return NULL;
	if (c->second)
		let_first();
	else
		nap(c->delay);
	c->began = now();
	atomic_store(&b->state, CALL_RUNS);
	ret = c->inval->run(c);
	/* Still armed: the call was done before the GPU was told to write. */
	early = atomic_load(&board->armed) != 0;
	c->ret = ret;
	c->early = early;
	c->ended = now();
	c->err = c->store ? memory_store(c->m, AT_STORE + 8 * c->index, c->store) : 0;
	atomic_store(&b->state, CALL_DONE);
	return NULL;
}

int calls_start(struct call *c, unsigned int n)
{
	unsigned int i;
	int err = 0;

	atomic_store(&board->gate, 0);
	for (i = 0; i < n; i++) {
		atomic_store(&board->call[i].tid, 0);
		atomic_store(&board->call[i].state, CALL_STARTS);
	}
	for (i = 0; i < n && !err; i++) {
		err = -pthread_create(&c[i].thread, NULL, life, &c[i]);
		c[i].started = !err;
		while (!err && !atomic_load(&board->call[i].tid))
			nap(100);
	}
	atomic_store(&board->gate, err ? -1 : 1);
	return err;
}

void calls_join(struct call *c, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (c[i].started)
			pthread_join(c[i].thread, NULL);
		c[i].started = false;
	}
	for (i = 0; i < MAX_CALLS; i++)
		atomic_store(&board->call[i].state, CALL_NONE);
}
