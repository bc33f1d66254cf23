/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The blitter: COLOR_BLT, SRC_COPY_BLT, XY_COLOR_BLT, XY_SRC_COPY_BLT.
 *
 * Haswell PRM, volume "Blitter", "BLT Engine Instruction Field
 * Descriptions" and "BLT Engine Instructions"; BCS_SWCTRL in "Command
 * Reference: Registers".
 *
 * A command becomes a struct blt job; blt_step() then does a bounded number of
 * bytes of it, so that the caller can let go of the lock in between. Addresses
 * are translated anew in each step.
 */
#ifndef HSW_BLT_H
#define HSW_BLT_H

#include "types.h"
#include "space.h"
#include "surface.h"

/* Longest row: coordinates are 16 bits signed, a pixel is 4 bytes. */
#define BLT_ROW_MAX	(65535u * 4)
/* A buffer for it; the odd size keeps two of them from sharing cache sets. */
#define BLT_ROW_WORDS	(BLT_ROW_MAX / 8 + 1 + 72)

/*
 * Bytes of destination that one blt_step() writes, give or take a row; a row counts
 * as so many at least, for a page of it may have to be looked for.
 */
#define BLT_STEP_BYTES	(256 * KIB)
#define BLT_STEP_ROW	1024u

#define BCS_SWCTRL	0x22200u
#define BCS_SRC_Y	BIT(0)
#define BCS_DST_Y	BIT(1)

struct blt {
	/* The job. */
	bool has_source;
	bool backwards;			/* last row first */
	bool overlap;			/* rows go through a buffer */
	uint8_t rop;
	uint8_t cpp;			/* bytes per pixel: 1, 2, 4 */
	uint32_t mask;			/* bits of a 32 bpp pixel to write */
	uint32_t color;			/* replicated to 32 bits */
	enum gtt_space space;
	struct surface dst, src;
	uint32_t width;			/* bytes */
	uint32_t rows, done;
	const char *name;		/* of the command, for the log */
	uint32_t at;			/* its address, for the log */

	/* State from XY_SETUP_BLT and XY_SETUP_CLIP_BLT: BR24, BR25. */
	uint32_t clip_tl, clip_br;

	/* One row or block: source, and destination or result. */
	uint64_t row_src[BLT_ROW_WORDS], row_dst[BLT_ROW_WORDS];
};

/*
 * Takes a command of the 2D client apart and starts the job. len dwords are
 * valid in dw, at is the graphics address of dw[0].
 * 1: there is a job, for blt_step(); 0: nothing is to be done (set-up commands
 * and empty rectangles); -ENOTSUP: not executed by this device, for the caller
 * to step over; -EINVAL: bad length, pitch, base or coordinates (logged).
 */
int blt_start(struct hsw *hsw, const uint32_t *dw, unsigned int len,
	      uint32_t at);

/*
 * Some of the job: 1 if more of it is left, 0 if it is done, -EFAULT: bad
 * address (logged), the job is over. Only after blt_start() has returned 1.
 */
int blt_step(struct hsw *hsw);

/* Power-on state of the clip rectangle. */
void blt_reset(struct hsw *hsw);

#endif
