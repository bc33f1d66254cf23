/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device: one struct hsw is one Haswell GT2 graphics function, from the
 * moment a client connects until it leaves.
 *
 * Two threads touch it. The socket thread answers the client's messages; the
 * GPU thread executes the rings. Everything below is guarded by hsw->lock,
 * see sched.h for how the GPU thread gives way.
 */
#ifndef HSW_DEVICE_H
#define HSW_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "types.h"
#include "clock.h"
#include "engine_regs.h"
#include "sched.h"
#include "log.h"
#include "trace.h"
#include "stats.h"
#include "mem.h"
#include "pci.h"
#include "mmio.h"
#include "irq.h"
#include "page_cache.h"
#include "tlb.h"
#include "gtt.h"
#include "bar.h"
#include "fence.h"
#include "ring.h"
#include "blt.h"
#include "gpu.h"

struct hsw {
	pthread_mutex_t lock;		/* taken by hsw_lock(), sched.h */
	struct sched sched;

	struct mem mem;			/* guest memory */
	struct pci pci;			/* configuration space */
	struct mmio mmio;		/* register storage, BAR0 0..2 MiB */
	struct irq irq;
	struct gtt gtt;			/* gtt.pte: BAR0 2..4 MiB */
	struct bar bar;
	struct tlb tlb;
	struct page_cache pages;	/* GPU thread only */
	struct fences fence;
	struct ring ring[NUM_ENGINES];
	struct blt blt;			/* the blitter, of BCS */
	struct gpu gpu;			/* the GPU thread */
	struct stats stats;
};

#endif
