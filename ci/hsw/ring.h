/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command streamers: four ring buffers and the thread that executes them.
 *
 * Haswell PRM, volume "Command Stream Programming", "Ring Buffer", and
 * "Command Reference: Registers" for RING_BUFFER_TAIL/HEAD/START/CTL, ACTHD,
 * MI_MODE and INSTPM.
 *
 * A ring write only changes state and wakes the GPU thread. That thread takes
 * hsw->lock, lets each runnable engine execute a slice, and gives way between
 * commands whenever the socket thread wants the lock. It sleeps while no
 * engine can run, and for a growing time in between when an engine only polls:
 * a semaphore that has not been signalled, a batch that chains backwards.
 */
#ifndef HSW_RING_H
#define HSW_RING_H

#include <pthread.h>

#include "types.h"
#include "gtt.h"
#include "blt.h"

/* Offsets from engine_base[]. */
#define RING_TAIL	0x30u
#define RING_HEAD	0x34u
#define RING_START	0x38u
#define RING_CTL	0x3cu
#define RING_SYNC(n)	(0x40u + 4 * (n))
#define RING_IPEHR	0x68u
#define RING_ACTHD	0x74u
#define RING_MI_MODE	0x9cu
#define RING_INSTPM	0xc0u
#define RING_BBADDR	0x140u
#define RING_CCID	0x180u
#define RING_PP_DIR_DCLV 0x220u
#define RING_PP_DIR_BASE 0x228u
#define RING_GFX_MODE	0x29cu
#define RING_TIMESTAMP	0x358u

#define HWS_PGA(e)	(0x4080u + 0x100u * (e))

#define RING_VALID	BIT(0)
#define RING_WAIT_SEMAPHORE BIT(10)
#define RING_NR_PAGES	0x001ff000u
#define TAIL_ADDR	0x001ffff8u
#define HEAD_ADDR	0x001ffffcu
#define HEAD_WRAP_ONE	0x00200000u
#define MODE_STOP_RING	BIT(8)
#define MODE_IDLE	BIT(9)
#define INSTPM_SYNC_FLUSH BIT(5)
#define INSTPM_TLB_INVALIDATE BIT(9)
#define GFX_PPGTT_ENABLE BIT(9)

#define TIMESTAMP_NS	80u

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
	bool starved;			/* command continues beyond TAIL */
	uint64_t not_before;		/* CLOCK_MONOTONIC, ns; 0: at once */
	uint32_t poll_ns;		/* last back-off */
	uint64_t epoch;			/* changes with reset, ring off/on */
	struct blt blt;
};

struct gpu {
	pthread_t thread;
	pthread_cond_t wake;
	bool running, stop;
	/* One row of a blit: source, and destination or result. */
	uint64_t row_src[BLT_ROW_WORDS], row_dst[BLT_ROW_WORDS];
};

/* Starts and stops the thread. 0 or -errno; stop is a no-op if not started. */
int gpu_start(struct hsw *hsw);
void gpu_stop(struct hsw *hsw);

/* Something became runnable. hsw->lock is held. */
void gpu_kick(struct hsw *hsw);

/*
 * One pass over all engines with the lock held, as the thread does it, for
 * tests: returns true while some engine could still do something at once.
 */
bool gpu_pass(struct hsw *hsw);

/* The engine whose register block holds off; off is inside one of the four. */
enum engine_id ring_of(uint32_t off);

/* True if there is nothing to execute: empty or off, no batch, no blit. */
bool ring_idle(const struct ring *ring);

/* Graphics address of what the engine executes next (ACTHD). */
uint32_t ring_acthd(const struct ring *ring);

/* Bytes of the ring buffer, 4 KiB to 2 MiB. */
uint32_t ring_size(const struct ring *ring);

/* Forgets batch, wait and blit; registers are not touched. */
void ring_drop(struct ring *ring);

/* Puts the engine's next attempt off after a poll that failed. */
void ring_back_off(struct ring *ring);

/* The batch the engine is in, or NULL while it reads the ring itself. */
struct batch *ring_batch(struct ring *ring);

/* A register or memory changed: engines which wait for that look again. */
void ring_poke(struct hsw *hsw);

/* CLOCK_MONOTONIC in ns, and as the 80 ns TIMESTAMP counter. */
uint64_t gpu_now(void);
uint64_t gpu_timestamp(void);

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
uint32_t ring_read_mi_mode(struct hsw *hsw, uint32_t off);
uint32_t ring_read_timestamp(struct hsw *hsw, uint32_t off);

#endif
