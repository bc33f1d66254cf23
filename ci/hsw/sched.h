/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may touch the device. The guest's CPU stands still while the socket
 * thread waits for the lock, so the GPU thread, which would otherwise hold it
 * for a whole batch, asks hsw_lock_wanted() between commands and gives way.
 */
#ifndef HSW_SCHED_H
#define HSW_SCHED_H

#include <pthread.h>
#include <stdatomic.h>

#include "types.h"

struct sched {
	atomic_int waiting;		/* socket threads in or before the lock */
	bool parked;			/* GPU thread sleeps in give_way() */
	pthread_cond_t gave_back;	/* the last of them has left */
	pthread_cond_t wake;		/* an engine may have work */
};

/* Socket side: announces itself, then takes hsw->lock. Does not nest. */
void hsw_lock(struct hsw *hsw);

/* Socket side: releases hsw->lock and lets the GPU thread back in. */
void hsw_unlock(struct hsw *hsw);

/* GPU side, lock held or not: true while a socket thread has or wants it. */
bool hsw_lock_wanted(struct hsw *hsw);

/*
 * GPU side, lock held (taken with pthread_mutex_lock(&hsw->lock)): returns at
 * once if nobody waits, else lets go of the lock, sleeps until no socket
 * thread wants it, or it was overtaken GIVE_WAY_TURNS times, and takes it
 * again. Pointers from mem_ptr() and anything read from registers are stale
 * afterwards.
 */
#define GIVE_WAY_TURNS	4
void hsw_give_way(struct hsw *hsw);

/* Something became runnable: ends hsw_sleep(). Lock held. */
void hsw_kick(struct hsw *hsw);

/*
 * GPU side, lock held: lets go of the lock and sleeps until hsw_kick(), or
 * until CLOCK_MONOTONIC shows `until` ns; 0: for as long as it takes.
 */
void hsw_sleep(struct hsw *hsw, uint64_t until);

/* Makes hsw->lock and hsw->sched; 0, or -errno of the pthread functions. */
int sched_init(struct hsw *hsw);
/* Destroys both; nobody may have or want the lock. */
void sched_fini(struct hsw *hsw);

#endif
