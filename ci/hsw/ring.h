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

/* Puts the engine's next attempt off after a poll that failed. */
void ring_back_off(struct ring *ring);

/* The batch the engine is in, or NULL while it reads the ring itself. */
struct batch *ring_batch(struct ring *ring);

/* A register or memory changed: engines which wait for that look again. */
void ring_poke(struct hsw *hsw);

/* Register hooks, see regs.c. */
void ring_write_tail(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_head(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_start(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_ctl(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_mi_mode(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_instpm(struct hsw *hsw, uint32_t off, uint32_t val);
void ring_write_hws(struct hsw *hsw, uint32_t off, uint32_t val);
uint32_t ring_read_head(struct hsw *hsw, uint32_t off);
uint32_t ring_read_acthd(struct hsw *hsw, uint32_t off);
uint32_t ring_read_bbaddr(struct hsw *hsw, uint32_t off);
uint32_t ring_read_bb_state(struct hsw *hsw, uint32_t off);
uint32_t ring_read_dma_fadd(struct hsw *hsw, uint32_t off);
uint32_t ring_read_mi_mode(struct hsw *hsw, uint32_t off);
uint32_t ring_read_timestamp(struct hsw *hsw, uint32_t off);

#endif
