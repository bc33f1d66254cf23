/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two spaces of graphics addresses, in pages of 4 KiB: gtt.h names the PRM sections.
 */
#ifndef HSW_SPACE_H
#define HSW_SPACE_H

#include "types.h"

#define GTT_SIZE	(1 * MIB)		/* bytes of global PTEs, as GGC says */
#define GTT_BAR_SIZE	(2 * MIB)		/* bytes of BAR0 that are for them */
#define GTT_ENTRIES	(GTT_SIZE / 4)
#define GTT_PAGE	4096u
#define GTT_PAGE_SHIFT	12
#define APERTURE_SIZE	(256 * MIB)		/* BAR2 */

#define PTE_VALID	BIT(0)
#define PPGTT_PDES	512u
#define PPGTT_PTES	1024u

enum gtt_space { GTT_GLOBAL, GTT_PPGTT };

#endif
