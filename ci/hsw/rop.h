/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All 256 raster operations of pattern, source and destination.
 *
 * Haswell PRM, volume "Blitter", "Bit-Wise Operations": the code is the
 * truth table, bit (P << 2 | S << 1 | D) of it being the result.
 */
#ifndef HSW_ROP_H
#define HSW_ROP_H

#include "types.h"

#define ROP_BLACKNESS	0x00u
#define ROP_SRCCOPY	0xccu
#define ROP_PATCOPY	0xf0u
#define ROP_WHITENESS	0xffu

/* Whether the result depends on source, destination. */
bool rop_uses_source(uint8_t rop);
bool rop_uses_dest(uint8_t rop);

/*
 * dst[i] = rop(pattern, src[i], dst[i]) in the bits set in mask, for n words.
 * src may be NULL if there is no source: it then reads as 0.
 */
void rop_row(uint8_t rop, uint64_t pattern, const uint64_t *src, uint64_t *dst,
	     size_t n, uint64_t mask);

#endif
