/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client made the device do; printed when it leaves.
 */
#ifndef HSW_STATS_H
#define HSW_STATS_H

#include <stdio.h>

#include "types.h"

/* Distinct skipped commands that are told apart; the rest share one line. */
#define STATS_SKIPPED	64

struct stats_skipped {
	uint32_t key;			/* the opcode bits of dword 0 */
	enum engine_id engine;
	uint64_t count;
};

struct stats {
	/* Socket thread. */
	uint64_t messages;
	uint64_t posted;			/* messages without a reply */
	uint64_t mmio_reads, mmio_writes;	/* trapped, BAR0 registers */
	uint64_t gtt_reads, gtt_writes;		/* trapped, BAR0 PTE half */
	uint64_t aperture_reads, aperture_writes;
	uint64_t config_reads, config_writes;
	uint64_t io_reads, io_writes;
	uint64_t dma_maps, dma_unmaps;
	/* Either thread. */
	uint64_t guest_errors;
	uint64_t user_interrupts[NUM_ENGINES];	/* MI_USER_INTERRUPT seen */
	uint64_t msi;				/* edges sent to the client */
	/* GPU thread; the engine half counts these itself. */
	uint64_t commands[NUM_ENGINES];		/* executed, skipped included */
	uint64_t batches[NUM_ENGINES];
	uint64_t blits, blit_bytes;
	uint64_t engine_resets[NUM_ENGINES];
	uint64_t hangs[NUM_ENGINES];		/* stopped at a bad command */

	struct stats_skipped skipped[STATS_SKIPPED];
	unsigned int n_skipped;
	uint64_t skipped_others;
};

/*
 * A command was stepped over by its length. key is dword 0 with the length and
 * flag bits cleared, so that equal commands share a line. hsw->lock is held.
 */
void stats_skip(struct hsw *hsw, enum engine_id engine, uint32_t key);

/* Writes all counters that are not zero, one per line; last the CPU time so far. */
void stats_print(const struct stats *stats, FILE *out);

#endif
