// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time, see clock.h.
 */
#include <time.h>

#include "clock.h"

uint64_t clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

uint64_t clock_ticks(uint64_t ns)
{
	return ns / TIMESTAMP_NS & ((1ull << 36) - 1);
}

uint64_t clock_timestamp(void)
{
	return clock_ticks(clock_now());
}
