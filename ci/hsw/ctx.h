/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Render contexts: what MI_SET_CONTEXT saves and restores.
 *
 * Haswell PRM, volume "Command Reference: Instructions", MI_SET_CONTEXT;
 * "Command Reference: Registers", CCID; "Memory Views", logical contexts.
 *
 * The image is 17 pages of the global GTT, and only the device knows what is
 * where in it. As in hardware it consists of MI_LOAD_REGISTER_IMM commands;
 * their order, and what the 3D pipeline would have in the rest, is not that of
 * the hardware.
 */
#ifndef HSW_CTX_H
#define HSW_CTX_H

#include "types.h"

#define CTX_PAGES		17

/* Bits of the address dword of MI_SET_CONTEXT. */
#define CTX_RESTORE_INHIBIT	BIT(0)
#define CTX_FORCE_RESTORE	BIT(1)

#define CCID_EN			BIT(0)

/*
 * Makes val (an address and the bits above) the render engine's context: saves
 * the registers to the image of the one that CCID names, if that is another,
 * loads those of the new one unless that is inhibited, and sets CCID. An image
 * that was never saved is logged and loads nothing.
 *
 * 0; or -EFAULT if a page of either image has no valid PTE, with its address
 * in *bad: nothing is changed then. hsw->lock is held, GPU thread only.
 */
int ctx_switch(struct hsw *hsw, uint32_t val, uint32_t *bad);

#endif
