/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command streamers: fetch a command, decode its length, execute it.
 *
 * Haswell PRM, volume "Command Stream Programming", "Ring Buffer".
 */
#ifndef HSW_CS_H
#define HSW_CS_H

#include "types.h"

/*
 * One pass over all engines with the lock held, each a slice of commands:
 * returns true while some engine could still do something at once.
 */
bool cs_pass(struct hsw *hsw);

/*
 * When an engine wants to try again that could not go on, CLOCK_MONOTONIC in
 * ns; 1: at once; 0: no engine waits for time to pass.
 */
uint64_t cs_next_poll(struct hsw *hsw);

#endif
