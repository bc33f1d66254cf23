/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GPU thread.
 *
 * A ring write only changes state and wakes the thread. It takes hsw->lock,
 * lets each runnable engine execute a slice, and gives way between commands
 * whenever the socket thread wants the lock. It sleeps while no engine can run,
 * and for a growing time in between when an engine only polls: a semaphore
 * that has not been signalled, a batch that chains backwards.
 */
#ifndef HSW_GPU_H
#define HSW_GPU_H

#include <pthread.h>

#include "types.h"

struct gpu {
	pthread_t thread;
	bool running, stop;
};

/* Starts the thread. 0, or -errno of pthread_create(): EAGAIN. */
int gpu_start(struct hsw *hsw);
/*
 * Ends the thread, and waits for that; does nothing if it does not run. hsw->lock is not
 * held.
 */
void gpu_stop(struct hsw *hsw);

#endif
