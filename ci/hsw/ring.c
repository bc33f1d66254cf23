// SPDX-License-Identifier: GPL-2.0-only
/*
 * An engine's ring, see ring.h for the PRM sections.
 */
#include "device.h"

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
	return !ring->at.depth && !ring->blitting &&
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
	ring->blitting = false;
	ring->noop = false;
	ring->epoch++;
}

/*
 * IMR and GFX_MODE keep their values: the driver does not write them again
 * after the reset of a single engine.
 */
void ring_reset(struct hsw *hsw, enum engine_id engine)
{
	static const uint16_t zeroed[] = {
		RING_TAIL, RING_HEAD, RING_START, RING_CTL, RING_SYNC(0),
		RING_SYNC(1), RING_SYNC(2), RING_IPEIR, RING_IPEHR,
		RING_EIR, RING_ESR, RING_MI_MODE,
		RING_INSTPM, RING_CCID,
	};
	struct ring *ring = &hsw->ring[engine];
	unsigned int i;

	ring->id = engine;
	ring_drop(ring);
	ring->hung = false;
	ring->at.head = 0;
	ring->tail = 0;
	ring->start = 0;
	ring->ctl = 0;
	for (i = 0; i < ARRAY_SIZE(zeroed); i++)
		mmio_set(hsw, engine_base[engine] + zeroed[i], 0);
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

void ring_advance(struct ring *ring, unsigned int n)
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

uint32_t ring_filled(const struct ring *ring)
{
	uint32_t size = ring_size(ring);

	return (ring->tail - (ring->at.head & HEAD_ADDR) + size) % size / 4;
}

void ring_write_tail(struct hsw *hsw, uint32_t off, uint32_t val)
{
	struct ring *ring = &hsw->ring[engine_of(off)];

	ring->tail = val & TAIL_ADDR;
	ring->starved = false;
	hsw_kick(hsw);
}

void ring_write_head(struct hsw *hsw, uint32_t off, uint32_t val)
{
	hsw->ring[engine_of(off)].at.head = val & ~3u;
	hsw_kick(hsw);
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
	hsw_kick(hsw);
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

/* Of the first level; 0 outside of a batch. */
uint32_t ring_read_bbaddr(struct hsw *hsw, uint32_t off)
{
	const struct ring *ring = &hsw->ring[engine_of(off)];

	return ring->at.depth ? ring->at.batch[0].addr | BB_VALID : 0;
}

uint32_t ring_read_bb_state(struct hsw *hsw, uint32_t off)
{
	const struct ring *ring = &hsw->ring[engine_of(off)];

	return ring->at.depth && ring->at.batch[0].space == GTT_PPGTT ?
		BB_PPGTT : 0;
}

/* The fetch has come as far as execution has. */
uint32_t ring_read_dma_fadd(struct hsw *hsw, uint32_t off)
{
	return ring_acthd(&hsw->ring[engine_of(off)]);
}

void ring_write_mi_mode(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)off;
	(void)val;
	hsw_kick(hsw);		/* STOP_RING may have been cleared */
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

	(void)hsw;
	return off & 4 ? now >> 32 : now;
}
