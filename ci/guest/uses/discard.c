// SPDX-License-Identifier: GPL-2.0-only
/* A thread that discards the memory of an object again and again. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "uses.h"

#define CLOSE_EACH	0.1	/* seconds from one moment without access to the next */
#define CLOSED_US	2000	/* how long it is without access */

static void *discard_run(void *arg)
{
	struct discard *d = arg;
	const size_t bytes = d->pages * PAGE;
	double next = now(), close = next + CLOSE_EACH;
	unsigned long n;
	size_t i;

	for (n = 1; !atomic_load(&d->stop); n++) {
		/* Give the memory pages: there are some to discard, and the driver gets them fast. */
		for (i = 0; i < d->pages; i++)
			*(volatile uint32_t *)(d->mem + i * PAGE) = n;
		if (d->us) {
			next = MAX(next + d->us / 1e6, now());
			while (now() < next && !atomic_load(&d->stop))
				nap(MAX((next - now()) * 1e6, 1.0));
		}
		madvise(d->mem, bytes, MADV_DONTNEED);
		atomic_fetch_add(&d->count, 1);
		if (d->closes && now() > close) {
			mprotect(d->mem, bytes, PROT_NONE);
			nap(CLOSED_US);
			mprotect(d->mem, bytes, PROT_READ | PROT_WRITE);
			close = now() + CLOSE_EACH;
		}
	}
	return NULL;
}

int discard_start(struct discard *d)
{
	sigset_t all, was;
	pthread_t thread;
	int err;

	/* Signals are for the thread that uses the object. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &was);
	err = pthread_create(&thread, NULL, discard_run, d);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	d->thread = thread;
	return -err;
}

void discard_stop(struct discard *d)
{
	atomic_store(&d->stop, true);
	pthread_join(d->thread, NULL);
}
