// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock between the socket thread and the GPU thread.
 */
#include <errno.h>

#include "device.h"

void hsw_lock(struct hsw *hsw)
{
	atomic_fetch_add(&hsw->sched.waiting, 1);
	pthread_mutex_lock(&hsw->lock);
}

void hsw_unlock(struct hsw *hsw)
{
	/*
	 * Counted down before the lock is released: a GPU thread that comes
	 * in next must not see a waiter that has gone.
	 */
	if (atomic_fetch_sub(&hsw->sched.waiting, 1) == 1 && hsw->sched.parked)
		pthread_cond_signal(&hsw->sched.gave_back);
	pthread_mutex_unlock(&hsw->lock);
}

bool hsw_lock_wanted(struct hsw *hsw)
{
	return atomic_load_explicit(&hsw->sched.waiting,
				    memory_order_relaxed) > 0;
}

void hsw_give_way(struct hsw *hsw)
{
	int turns;

	/*
	 * The socket thread can be back before this one has woken up. After a
	 * few such turns it has to wait for one command.
	 */
	hsw->sched.parked = true;
	for (turns = 0; turns < GIVE_WAY_TURNS && hsw_lock_wanted(hsw); turns++)
		pthread_cond_wait(&hsw->sched.gave_back, &hsw->lock);
	hsw->sched.parked = false;
}

void hsw_kick(struct hsw *hsw)
{
	pthread_cond_signal(&hsw->sched.wake);
}

void hsw_sleep(struct hsw *hsw, uint64_t until)
{
	struct timespec ts = {
		.tv_sec = until / 1000000000u,
		.tv_nsec = until % 1000000000u,
	};

	if (until)
		pthread_cond_timedwait(&hsw->sched.wake, &hsw->lock, &ts);
	else
		pthread_cond_wait(&hsw->sched.wake, &hsw->lock);
}

static int wake_init(pthread_cond_t *wake)
{
	pthread_condattr_t attr;
	int err;

	err = pthread_condattr_init(&attr);
	if (err)
		return err;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	err = pthread_cond_init(wake, &attr);
	pthread_condattr_destroy(&attr);
	return err;
}

int sched_init(struct hsw *hsw)
{
	int err;

	atomic_init(&hsw->sched.waiting, 0);
	hsw->sched.parked = false;
	err = pthread_mutex_init(&hsw->lock, NULL);
	if (err)
		return -err;
	err = pthread_cond_init(&hsw->sched.gave_back, NULL);
	if (err)
		goto destroy_lock;
	err = wake_init(&hsw->sched.wake);
	if (err)
		goto destroy_gave_back;
	return 0;

destroy_gave_back:
	pthread_cond_destroy(&hsw->sched.gave_back);
destroy_lock:
	pthread_mutex_destroy(&hsw->lock);
	return -err;
}

void sched_fini(struct hsw *hsw)
{
	pthread_cond_destroy(&hsw->sched.wake);
	pthread_cond_destroy(&hsw->sched.gave_back);
	pthread_mutex_destroy(&hsw->lock);
}
