/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that every part of the device shares.
 */
#ifndef HSW_TYPES_H
#define HSW_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hsw;

/* The four command streamers of Haswell; also the order of all arrays. */
enum engine_id { RCS, VCS, BCS, VECS, NUM_ENGINES };

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1u << (n))

#define KIB		1024ull
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)

#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

#endif
