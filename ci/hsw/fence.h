/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fence registers: 32 ranges of the aperture that the CPU sees detiled.
 *
 * Haswell PRM, volume "Memory Views", "Tiling and Fences", FENCE registers
 * 0x100000 to 0x1000ff: 63:44 last page, 42:32 pitch in units of 128 bytes
 * less one, 31:12 first page, bit 1 Y tiling, bit 0 valid. They do not change
 * what the GPU itself reads and writes.
 */
#ifndef HSW_FENCE_H
#define HSW_FENCE_H

#include "types.h"
#include "tiling.h"

#define FENCE_REGS	0x100000u
#define NUM_FENCES	32u

struct fence {
	bool valid;
	uint32_t first, last;		/* first and last byte covered */
	uint32_t pitch;			/* bytes */
	enum tiling tiling;
};

struct fences {
	struct fence reg[NUM_FENCES];
};

/* The register's 64 bits, as described above, taken apart. */
struct fence fence_decode(uint64_t val);

/* The fence that covers global graphics address addr, or NULL. */
const struct fence *fence_find(const struct fences *fences, uint32_t addr);

/*
 * Where the byte which the CPU sees at addr lies in the global GTT; *run is
 * set to the number of bytes, at least 1, for which the answer holds.
 */
uint32_t fence_detile(const struct fence *fence, uint32_t addr, uint32_t *run);

/*
 * Write hook of all 64 dwords: off is the register that was written, val is not used, since
 * the stored value is new already. hsw->lock is held.
 */
void fence_write(struct hsw *hsw, uint32_t off, uint32_t val);

/* All fences off; the registers themselves belong to mmio_reset(). hsw->lock is held. */
void fence_reset(struct hsw *hsw);

#endif
