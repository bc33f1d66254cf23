// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GPU thread, see gpu.h.
 */
#include "device.h"
#include "cs.h"

static void *gpu_main(void *arg)
{
	struct hsw *hsw = arg;

	pthread_mutex_lock(&hsw->lock);
	while (!hsw->gpu.stop) {
		/* The lock was free in between: nothing cached is good. */
		page_cache_flush(&hsw->pages);
		while (cs_pass(hsw) && !hsw_lock_wanted(hsw) &&
		       !hsw->gpu.stop)
			;
		if (hsw_lock_wanted(hsw)) {
			hsw_give_way(hsw);
			continue;
		}
		hsw_sleep(hsw, cs_next_poll(hsw));
	}
	pthread_mutex_unlock(&hsw->lock);
	return NULL;
}

int gpu_start(struct hsw *hsw)
{
	int err;

	hsw->gpu.stop = false;
	hsw->gpu.running = true;
	err = pthread_create(&hsw->gpu.thread, NULL, gpu_main, hsw);
	if (err)
		hsw->gpu.running = false;
	return -err;
}

void gpu_stop(struct hsw *hsw)
{
	if (!hsw->gpu.running)
		return;
	pthread_mutex_lock(&hsw->lock);
	hsw->gpu.stop = true;
	hsw_kick(hsw);
	pthread_mutex_unlock(&hsw->lock);
	pthread_join(hsw->gpu.thread, NULL);
	hsw->gpu.running = false;
}
