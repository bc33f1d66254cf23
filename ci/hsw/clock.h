/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time, as the host has it and as the device shows it.
 */
#ifndef HSW_CLOCK_H
#define HSW_CLOCK_H

#include "types.h"

#define TIMESTAMP_NS	80u	/* one tick of TIMESTAMP */

/* CLOCK_MONOTONIC in ns. */
uint64_t clock_now(void);

/*
 * The TIMESTAMP counter at ns of clock_now(): 36 bits, in ticks of TIMESTAMP_NS. Haswell
 * PRM, volume "Command Reference: Registers", TIMESTAMP.
 */
uint64_t clock_ticks(uint64_t ns);

/* The same now. */
uint64_t clock_timestamp(void);

#endif
