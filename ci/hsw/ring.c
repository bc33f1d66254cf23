// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring buffers and the GPU thread, see ring.h for the PRM sections.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "hsw.h"
#include "cmdlen.h"
#include "mi.h"
#include "pipe.h"

/* Commands of one engine before the others get their turn. */
#define SLICE_COMMANDS	512u

struct batch *ring_batch(struct ring *ring)
{
	return ring->at.depth ? &ring->at.batch[ring->at.depth - 1] : NULL;
}

uint32_t ring_size(const struct ring *ring)
{
	return (ring->ctl & RING_NR_PAGES) + GTT_PAGE;
}

bool ring_idle(const struct ring *ring)
{
	if (!(ring->ctl & RING_VALID))
		return true;
	return !ring->at.depth && !ring->blt.active &&
	       (ring->at.head & HEAD_ADDR) == ring->tail;
}

uint32_t ring_acthd(const struct ring *ring)
{
	if (ring->at.depth)
		return ring->at.batch[ring->at.depth - 1].addr;
	return ring->start + (ring->at.head & HEAD_ADDR);
}

void ring_drop(struct ring *ring)
{
	ring->at.depth = 0;
	ring->waiting = false;
	ring->starved = false;
	ring->not_before = 0;
	ring->poll_ns = 0;
	ring->blt.active = false;
	ring->epoch++;
}

void ring_back_off(struct ring *ring)
{
	if (!ring->poll_ns)
		ring->poll_ns = POLL_MIN_NS;
	else if (ring->poll_ns < POLL_MAX_NS / 2)
		ring->poll_ns *= 2;
	else
		ring->poll_ns = POLL_MAX_NS;
	ring->not_before = clock_now() + ring->poll_ns;
}

void ring_poke(struct hsw *hsw)
{
	unsigned int i;

	for (i = 0; i < NUM_ENGINES; i++)
		if (hsw->ring[i].waiting)
			hsw->ring[i].not_before = 0;
}

static bool stopped(struct hsw *hsw, const struct ring *ring)
{
	return mmio_get(hsw, engine_base[ring->id] + RING_MI_MODE) &
	       MODE_STOP_RING;
}

/* Has something to execute, now or after its back-off. */
static bool runnable(struct hsw *hsw, const struct ring *ring)
{
	return !ring->hung && !ring->starved && !ring_idle(ring) &&
	       !stopped(hsw, ring);
}

static void hang(struct hsw *hsw, struct ring *ring)
{
	ring->hung = true;
	hsw->stats.hangs[ring->id]++;
}

static void set_waiting(struct hsw *hsw, struct ring *ring, bool waiting)
{
	uint32_t off = engine_base[ring->id] + RING_CTL;
	uint32_t ctl = mmio_get(hsw, off) & ~RING_WAIT_SEMAPHORE;

	if (ring->waiting == waiting)
		return;
	ring->waiting = waiting;
	mmio_set(hsw, off, waiting ? ctl | RING_WAIT_SEMAPHORE : ctl);
	if (!waiting)
		ring->poll_ns = 0;
}

/* Reads n dwords at the engine's position; a ring wraps around. */
static int fetch(struct hsw *hsw, struct ring *ring, uint32_t *dw,
		 unsigned int n)
{
	const struct batch *batch = ring_batch(ring);
	uint32_t off, left;
	int err;

	if (batch)
		return gtt_read(hsw, ring->id, batch->space, batch->addr, dw,
				4 * n);

	off = ring->at.head & HEAD_ADDR;
	left = (ring_size(ring) - off) / 4;
	if (n <= left)
		return gtt_read(hsw, ring->id, GTT_GLOBAL,
				(uint64_t)ring->start + off, dw, 4 * n);
	err = gtt_read(hsw, ring->id, GTT_GLOBAL, (uint64_t)ring->start + off,
		       dw, 4 * left);
	if (err)
		return err;
	return gtt_read(hsw, ring->id, GTT_GLOBAL, ring->start, dw + left,
			4 * (n - left));
}

static void advance(struct ring *ring, unsigned int n)
{
	struct batch *batch = ring_batch(ring);
	uint32_t off;

	if (batch) {
		batch->addr += 4 * n;
		return;
	}
	off = (ring->at.head & HEAD_ADDR) + 4 * n;
	ring->at.head &= ~HEAD_ADDR;
	while (off >= ring_size(ring)) {
		off -= ring_size(ring);
		ring->at.head += HEAD_WRAP_ONE;
	}
	ring->at.head |= off;
}

/* Dwords between HEAD and TAIL. */
static uint32_t ring_filled(const struct ring *ring)
{
	uint32_t size = ring_size(ring);

	return (ring->tail - (ring->at.head & HEAD_ADDR) + size) % size / 4;
}

static void no_fetch(struct hsw *hsw, struct ring *ring)
{
	const struct batch *batch = ring_batch(ring);

	bool ppgtt = batch && batch->space == GTT_PPGTT;

	log_guest_error(hsw, "%s %s: no page behind command at 0x%08x of the %s",
			engine_name[ring->id], batch ? "batch" : "ring",
			ring_acthd(ring), ppgtt ? "PPGTT" : "global GTT");
	hang(hsw, ring);
}

static bool ring_sane(struct hsw *hsw, struct ring *ring)
{
	uint32_t size = ring_size(ring);

	if (ring->at.depth ||
	    ((ring->at.head & HEAD_ADDR) < size && ring->tail < size))
		return true;
	log_guest_error(hsw, "%s HEAD 0x%x or TAIL 0x%x beyond the ring of 0x%x bytes",
			engine_name[ring->id], ring->at.head, ring->tail, size);
	hang(hsw, ring);
	return false;
}

static enum exec exec_2d(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
			 unsigned int len, uint32_t at)
{
	if (ring->id != BCS)
		return EXEC_SKIP;
	switch (blt_start(hsw, ring, dw, len, at)) {
	case 0:
		return EXEC_NEXT;
	case -ENOTSUP:
		return EXEC_SKIP;
	default:
		return EXEC_HANG;
	}
}

static enum exec dispatch(struct hsw *hsw, struct ring *ring,
			  const uint32_t *dw, unsigned int len, uint32_t at)
{
	switch (CMD_CLIENT(dw[0])) {
	case CLIENT_MI:
		return mi_exec(hsw, ring, dw, len, at);
	case CLIENT_2D:
		return exec_2d(hsw, ring, dw, len, at);
	default:
		if (PIPE_CONTROL(dw[0]))
			return pipe_control(hsw, ring, dw, len, at);
		return EXEC_SKIP;
	}
}

/*
 * How many MI_NOOPs in a row begin where the engine is, up to the end of the
 * page. Batches that only pass time are full of them.
 */
static unsigned int count_noops(struct hsw *hsw, struct ring *ring)
{
	const struct batch *batch = ring_batch(ring);
	unsigned int n, max = (GTT_PAGE - (batch->addr & (GTT_PAGE - 1))) / 4;
	const uint8_t *p = gtt_page(hsw, ring->id, batch->space, batch->addr,
				    false);

	if (!p)
		return 0;
	for (n = 0; n < max; n++)
		if (__atomic_load_n((const uint32_t *)p + n, __ATOMIC_RELAXED))
			break;
	return n;
}

/* Engine, batch level, address, name, and the dwords that were looked at. */
static void trace_command(const struct ring *ring, unsigned int depth,
			  uint32_t at, const uint32_t *dw, unsigned int n)
{
	char words[9 * CMD_MAX_DWORDS + 1];
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		len += snprintf(words + len, sizeof(words) - len, " %08x",
				dw[i]);
	trace_cmd("%s %u 0x%08x: %s%s", engine_name[ring->id], depth, at,
		  cmd_name(dw[0]), words);
}

/* One command; false if the engine has to pause. */
static bool step(struct hsw *hsw, struct ring *ring)
{
	uint32_t dw[CMD_MAX_DWORDS], at;
	unsigned int len, want, depth = ring->at.depth;
	uint64_t epoch = ring->epoch;
	enum exec what;

	if (!ring_sane(hsw, ring))
		return false;
	at = ring_acthd(ring);
	if (fetch(hsw, ring, dw, 1)) {
		no_fetch(hsw, ring);
		return false;
	}
	mmio_set(hsw, engine_base[ring->id] + RING_IPEHR, dw[0]);
	len = cmd_length(dw[0]);
	if (!len) {
		mi_bad(hsw, ring, dw[0], at, "no command of this device:",
		       dw[0]);
		hang(hsw, ring);
		return false;
	}
	if (!depth && len > ring_filled(ring)) {
		log_guest_error(hsw, "%s %s (0x%08x) at 0x%08x: its %u dwords continue beyond TAIL 0x%x",
				engine_name[ring->id], cmd_name(dw[0]), dw[0],
				at, len, ring->tail);
		ring->starved = true;
		return false;
	}
	if (depth && (uint64_t)at + 4ull * len > UINT32_MAX) {
		mi_bad(hsw, ring, dw[0], at, "batch runs beyond 4 GiB, dwords",
		       len);
		hang(hsw, ring);
		return false;
	}

	want = len;
	if (CMD_CLIENT(dw[0]) == CLIENT_3D && !PIPE_CONTROL(dw[0]))
		want = 1;	/* skipped, and may be long */
	if (want > CMD_MAX_DWORDS)
		want = CMD_MAX_DWORDS;
	if (want > 1) {
		uint32_t dw0 = dw[0];

		if (fetch(hsw, ring, dw, want)) {
			no_fetch(hsw, ring);
			return false;
		}
		/* The guest may have changed it since its length was taken. */
		dw[0] = dw0;
	}

	if (!dw[0] && depth && !trace_enabled(TRACE_CMD)) {
		unsigned int n = count_noops(hsw, ring);

		/* Behind the last page there may be nothing, as above. */
		if (n > 1 && (uint64_t)at + 4ull * n <= UINT32_MAX) {
			advance(ring, n);
			hsw->stats.commands[ring->id] += n;
			return true;
		}
	}

	ring->last = ring->at;
	advance(ring, len);
	hsw->stats.commands[ring->id]++;
	if (trace_enabled(TRACE_CMD))
		trace_command(ring, depth, at, dw, want);

	what = dispatch(hsw, ring, dw, len, at);
	if (ring->epoch != epoch)
		return false;	/* reset or switched off by the command */

	if (what == EXEC_WAIT)
		ring->at = ring->last;
	set_waiting(hsw, ring, what == EXEC_WAIT);

	switch (what) {
	case EXEC_SKIP:
		stats_skip(hsw, ring->id, cmd_key(dw[0]));
		return true;
	case EXEC_HANG:
		ring->at = ring->last;
		hang(hsw, ring);
		return false;
	case EXEC_YIELD:
	case EXEC_WAIT:
		ring_back_off(ring);
		return false;
	default:
		return true;
	}
}

/* True while the engine could go on at once. */
static bool slice(struct hsw *hsw, struct ring *ring)
{
	unsigned int n;

	for (n = 0; n < SLICE_COMMANDS; n++) {
		if (!runnable(hsw, ring))
			return false;
		if (ring->not_before && ring->not_before > clock_now())
			return false;
		ring->not_before = 0;
		/* One command at least: a guest may poll without a pause. */
		if (n && hsw_lock_wanted(hsw))
			return true;
		if (ring->blt.active) {
			if (blt_step(hsw, ring)) {
				ring->at = ring->last;
				hang(hsw, ring);
				return false;
			}
			continue;
		}
		if (!step(hsw, ring))
			return false;
	}
	return true;
}

bool gpu_pass(struct hsw *hsw)
{
	bool busy = false;
	unsigned int i;

	for (i = 0; i < NUM_ENGINES; i++)
		busy |= slice(hsw, &hsw->ring[i]);
	return busy;
}

/* When the next back-off ends; 0: no engine is in one. */
static uint64_t next_poll(struct hsw *hsw)
{
	uint64_t next = 0;
	unsigned int i;

	for (i = 0; i < NUM_ENGINES; i++) {
		struct ring *ring = &hsw->ring[i];

		if (runnable(hsw, ring) &&
		    (!next || ring->not_before < next))
			next = ring->not_before ? ring->not_before : 1;
	}
	return next;
}

static void *gpu_main(void *arg)
{
	struct hsw *hsw = arg;

	pthread_mutex_lock(&hsw->lock);
	while (!hsw->gpu.stop) {
		struct timespec ts;
		uint64_t until;

		/* The lock was free in between: nothing cached is good. */
		page_cache_flush(&hsw->pages);
		while (gpu_pass(hsw) && !hsw_lock_wanted(hsw) &&
		       !hsw->gpu.stop)
			;
		if (hsw_lock_wanted(hsw)) {
			hsw_give_way(hsw);
			continue;
		}
		until = next_poll(hsw);
		if (!until) {
			pthread_cond_wait(&hsw->gpu.wake, &hsw->lock);
			continue;
		}
		ts.tv_sec = until / 1000000000u;
		ts.tv_nsec = until % 1000000000u;
		pthread_cond_timedwait(&hsw->gpu.wake, &hsw->lock, &ts);
	}
	pthread_mutex_unlock(&hsw->lock);
	return NULL;
}

int gpu_start(struct hsw *hsw)
{
	pthread_condattr_t attr;
	int err;

	err = pthread_condattr_init(&attr);
	if (err)
		return -err;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	err = pthread_cond_init(&hsw->gpu.wake, &attr);
	pthread_condattr_destroy(&attr);
	if (err)
		return -err;

	hsw->gpu.stop = false;
	hsw->gpu.running = true;
	err = pthread_create(&hsw->gpu.thread, NULL, gpu_main, hsw);
	if (err) {
		hsw->gpu.running = false;
		pthread_cond_destroy(&hsw->gpu.wake);
	}
	return -err;
}

void gpu_stop(struct hsw *hsw)
{
	if (!hsw->gpu.running)
		return;
	pthread_mutex_lock(&hsw->lock);
	hsw->gpu.stop = true;
	pthread_cond_signal(&hsw->gpu.wake);
	pthread_mutex_unlock(&hsw->lock);
	pthread_join(hsw->gpu.thread, NULL);
	pthread_cond_destroy(&hsw->gpu.wake);
	hsw->gpu.running = false;
}

void gpu_kick(struct hsw *hsw)
{
	if (hsw->gpu.running)
		pthread_cond_signal(&hsw->gpu.wake);
}

void ring_write_tail(struct hsw *hsw, uint32_t off, uint32_t val)
{
	struct ring *ring = &hsw->ring[engine_of(off)];

	ring->tail = val & TAIL_ADDR;
	ring->starved = false;
	gpu_kick(hsw);
}

void ring_write_head(struct hsw *hsw, uint32_t off, uint32_t val)
{
	hsw->ring[engine_of(off)].at.head = val & ~3u;
	gpu_kick(hsw);
}

uint32_t ring_read_head(struct hsw *hsw, uint32_t off)
{
	return hsw->ring[engine_of(off)].at.head;
}

void ring_write_start(struct hsw *hsw, uint32_t off, uint32_t val)
{
	hsw->ring[engine_of(off)].start = val & ~(GTT_PAGE - 1);
}

void ring_write_ctl(struct hsw *hsw, uint32_t off, uint32_t val)
{
	struct ring *ring = &hsw->ring[engine_of(off)];

	ring->ctl = val;
	/* Switching the ring off takes the engine out of its batch. */
	if (!(val & RING_VALID))
		ring_drop(ring);
	gpu_kick(hsw);
}

/*
 * The driver takes an engine whose ACTHD stands still for dead, sooner than
 * one that moves without getting anywhere. A spinner that sleeps here would
 * run on hardware: it is shown somewhere in its loop.
 */
uint32_t ring_read_acthd(struct hsw *hsw, uint32_t off)
{
	const struct ring *ring = &hsw->ring[engine_of(off)];
	uint32_t first = ring_acthd(ring), last;

	if (!ring->at.depth || !ring->not_before || ring->waiting ||
	    ring->hung)
		return first;
	/* Chained from last back to first. */
	last = ring->last.batch[ring->at.depth - 1].addr;
	if (last <= first)
		return first;
	return first + 4 * (clock_timestamp() % ((last - first) / 4 + 1));
}

void ring_write_mi_mode(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)off;
	(void)val;
	gpu_kick(hsw);		/* STOP_RING may have been cleared */
}

uint32_t ring_read_mi_mode(struct hsw *hsw, uint32_t off)
{
	const struct ring *ring = &hsw->ring[engine_of(off)];
	uint32_t mode = mmio_get(hsw, off) & ~MODE_IDLE;

	/* A stopped engine rests between two commands, if it can get there. */
	if (ring_idle(ring) || (mode & MODE_STOP_RING && !ring->hung))
		mode |= MODE_IDLE;
	return mode;
}

void ring_write_instpm(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)val;
	/* Done as soon as it is asked for; the driver waits for the bits. */
	if (mmio_get(hsw, off) & INSTPM_TLB_INVALIDATE)
		tlb_flush_ppgtt(hsw, engine_of(off));
	mmio_set(hsw, off, mmio_get(hsw, off) &
		 ~(INSTPM_SYNC_FLUSH | INSTPM_TLB_INVALIDATE));
}

void ring_write_hws(struct hsw *hsw, uint32_t off, uint32_t val)
{
	if (val & (GTT_PAGE - 1))
		log_guest_error(hsw, "HWS_PGA 0x%x: 0x%08x is not aligned to 4 KiB, low bits ignored",
				off, val);
}

uint32_t ring_read_timestamp(struct hsw *hsw, uint32_t off)
{
	uint64_t now = clock_timestamp();

	/* 36 bits: the upper dword holds four of them. */
	(void)hsw;
	return off & 4 ? now >> 32 & 0xf : now;
}
