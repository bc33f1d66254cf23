/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An engine's ring buffer and where the engine is in it: its state, and what
 * the registers of the ring do to it.
 *
 * Haswell PRM, volume "Command Stream Programming", "Ring Buffer", and
 * "Command Reference: Registers" for RING_BUFFER_TAIL/HEAD/START/CTL, ACTHD,
 * MI_MODE and INSTPM.
 */
#ifndef HSW_RING_H
#define HSW_RING_H

#include "types.h"
#include "space.h"

/* Poll interval of a spinning or waiting engine, nanoseconds. */
#define POLL_MIN_NS	50000u
#define POLL_MAX_NS	1000000u

struct batch {
	uint32_t addr;			/* of the next command */
	enum gtt_space space;
	bool nonsecure;			/* privileged commands are dropped */
};

/* Where an engine is. */
struct ring_pos {
	uint32_t head;			/* as the register: wrap count, offset */
	unsigned int depth;		/* 0: ring, 1: batch, 2: second level */
	struct batch batch[2];
};

struct ring {
	enum engine_id id;
	uint32_t tail, start, ctl;
	struct ring_pos at;		/* the next command */
	struct ring_pos last;		/* the one being executed */
	bool hung;			/* bad command: nothing until reset */
	bool waiting;			/* semaphore not yet signalled */
	bool noop;			/* MI_SET_PREDICATE: until the batch ends */
	bool starved;			/* command continues beyond TAIL */
	uint64_t not_before;		/* CLOCK_MONOTONIC, ns; 0: at once */
	uint32_t poll_ns;		/* last back-off */
	uint64_t epoch;			/* changes with reset, ring off/on */
	bool blitting;			/* in a blit, which goes on first */
};

/* All functions below: hsw->lock is held. */

/* True if there is nothing to execute: empty or off, no batch, no blit. */
bool ring_idle(const struct ring *ring);

/* Graphics address of what the engine executes next (ACTHD). */
uint32_t ring_acthd(const struct ring *ring);

/* Bytes of the ring buffer, 4 KiB to 2 MiB. */
uint32_t ring_size(const struct ring *ring);

/* Dwords between HEAD and TAIL. */
uint32_t ring_filled(const struct ring *ring);

/* Steps over n dwords of the ring, or of the batch the engine is in. */
void ring_advance(struct ring *ring, unsigned int n);

/* Ring off and empty, nothing executed or waited for, no longer hung. */
void ring_reset(struct hsw *hsw, enum engine_id engine);

/* Forgets batch, wait and blit; registers are not touched. */
void ring_drop(struct ring *ring);

/*
 * Puts the engine's next attempt off after a poll that failed: by POLL_MIN_NS the first
 * time, twice as long each time, at most by POLL_MAX_NS.
 */
void ring_back_off(struct ring *ring);

/* The batch the engine is in, or NULL while it reads the ring itself. */
struct batch *ring_batch(struct ring *ring);

/* A register or memory changed: engines which wait for that look again. */
void ring_poke(struct hsw *hsw);

/*
 * Register hooks, see regs.c. off is the byte offset of the register in BAR0, and says which
 * engine it is; val is what the guest wrote. The registers are described in Haswell PRM,
 * volume "Command Reference: Registers", under the name given here.
 */
/* RING_BUFFER_TAIL: bits 20:3, in bytes. Wakes the GPU thread. */
void ring_write_tail(struct hsw *hsw, uint32_t off, uint32_t val);
/* RING_BUFFER_HEAD: bits 31:21 count wraps, 20:2 are the offset. Wakes the GPU thread. */
void ring_write_head(struct hsw *hsw, uint32_t off, uint32_t val);
/* RING_BUFFER_START: bits 31:12, a global graphics address. */
void ring_write_start(struct hsw *hsw, uint32_t off, uint32_t val);
/* RING_BUFFER_CTL: bits 20:12 pages less one, bit 0 on. Off takes the engine out of its batch. */
void ring_write_ctl(struct hsw *hsw, uint32_t off, uint32_t val);
/* MI_MODE: wakes the GPU thread, for STOP_RING may be 0 now. */
void ring_write_mi_mode(struct hsw *hsw, uint32_t off, uint32_t val);
/* INSTPM: a flush, and a TLB invalidation, are done at once: both bits read 0. */
void ring_write_instpm(struct hsw *hsw, uint32_t off, uint32_t val);
/* HWS_PGA: logs an address that is not aligned to 4 KiB. */
void ring_write_hws(struct hsw *hsw, uint32_t off, uint32_t val);
/* RING_BUFFER_HEAD, as written above, where the engine is now. */
uint32_t ring_read_head(struct hsw *hsw, uint32_t off);
/* ACTHD: ring_acthd(), or somewhere in the loop of a batch that chains backwards. */
uint32_t ring_read_acthd(struct hsw *hsw, uint32_t off);
/* BB_ADDR: of the first level batch, bit 0 valid; 0 outside of a batch. */
uint32_t ring_read_bbaddr(struct hsw *hsw, uint32_t off);
/* BB_STATE: BB_PPGTT if the first level batch is in the PPGTT; else 0. */
uint32_t ring_read_bb_state(struct hsw *hsw, uint32_t off);
/* DMA_FADD: ring_acthd(), since nothing is fetched in advance. */
uint32_t ring_read_dma_fadd(struct hsw *hsw, uint32_t off);
/* MI_MODE: MODE_IDLE is set while the ring is idle or stopped. */
uint32_t ring_read_mi_mode(struct hsw *hsw, uint32_t off);
/* TIMESTAMP: bits 31:0 of clock_timestamp(), at off + 4 the upper ones. */
uint32_t ring_read_timestamp(struct hsw *hsw, uint32_t off);

#endif
