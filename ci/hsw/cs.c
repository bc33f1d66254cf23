// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command streamers, see cs.h for the PRM section.
 */
#include <errno.h>

#include "device.h"
#include "cmdlen.h"
#include "cs.h"
#include "exec.h"
#include "mi.h"
#include "pipe.h"

/* Commands of one engine before the others get their turn. */
#define SLICE_COMMANDS	512u

/* A command on its way. */
struct cmd {
	uint32_t dw[CMD_MAX_DWORDS];
	unsigned int have;		/* dwords of it in dw */
	unsigned int len;		/* dwords in all */
	uint32_t at;			/* graphics address of dw[0] */
	unsigned int depth;		/* 0: in the ring, 1 and 2: in a batch */
};

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

/* As the driver finds it: where and why the engine stopped. EMR masks EIR. */
static void hang(struct hsw *hsw, struct ring *ring, uint32_t error)
{
	uint32_t base = engine_base[ring->id];

	ring->hung = true;
	hsw->stats.hangs[ring->id]++;
	mmio_set(hsw, base + RING_IPEIR, ring->at.depth ? IPEIR_BATCH : 0);
	mmio_set(hsw, base + RING_ESR, error);
	mmio_set(hsw, base + RING_EIR, mmio_get(hsw, base + RING_EIR) |
		 (error & ~mmio_get(hsw, base + RING_EMR)));
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

/* ------------------------------------------------------------------ */
/* Fetch */

/* Reads n dwords at the engine's position; a ring wraps around. */
static int read_dwords(struct hsw *hsw, struct ring *ring, uint32_t *dw,
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

static bool fetch(struct hsw *hsw, struct ring *ring, uint32_t *dw,
		  unsigned int n)
{
	const struct batch *batch = ring_batch(ring);

	if (!read_dwords(hsw, ring, dw, n))
		return true;
	log_guest_error(hsw, "%s %s: no page behind command at 0x%08x of the %s",
			engine_name[ring->id], batch ? "batch" : "ring",
			ring_acthd(ring),
			batch && batch->space == GTT_PPGTT ? "PPGTT" :
							     "global GTT");
	hang(hsw, ring, ERROR_PAGE_TABLE);
	return false;
}

static bool ring_sane(struct hsw *hsw, struct ring *ring)
{
	uint32_t size = ring_size(ring);

	if (ring->at.depth ||
	    ((ring->at.head & HEAD_ADDR) < size && ring->tail < size))
		return true;
	log_guest_error(hsw, "%s HEAD 0x%x or TAIL 0x%x beyond the ring of 0x%x bytes",
			engine_name[ring->id], ring->at.head, ring->tail, size);
	hang(hsw, ring, ERROR_INSTRUCTION);
	return false;
}

/* The command's first dword. */
static bool fetch_header(struct hsw *hsw, struct ring *ring, struct cmd *cmd)
{
	cmd->depth = ring->at.depth;
	cmd->at = ring_acthd(ring);
	cmd->have = 1;
	if (!fetch(hsw, ring, cmd->dw, 1))
		return false;
	mmio_set(hsw, engine_base[ring->id] + RING_IPEHR, cmd->dw[0]);
	return true;
}

/* As many of the others as somebody will look at. */
static bool fetch_rest(struct hsw *hsw, struct ring *ring, struct cmd *cmd)
{
	uint32_t dw0 = cmd->dw[0];

	cmd->have = cmd->len;
	if (CMD_CLIENT(dw0) == CLIENT_3D && !PIPE_CONTROL(dw0))
		cmd->have = 1;	/* skipped, and may be long */
	if (cmd->have > CMD_MAX_DWORDS)
		cmd->have = CMD_MAX_DWORDS;
	if (cmd->have == 1)
		return true;
	if (!fetch(hsw, ring, cmd->dw, cmd->have))
		return false;
	/* The guest may have changed it since its length was taken. */
	cmd->dw[0] = dw0;
	return true;
}

/* ------------------------------------------------------------------ */
/* Decode */

static bool decode(struct hsw *hsw, struct ring *ring, struct cmd *cmd)
{
	uint32_t dw0 = cmd->dw[0];

	cmd->len = cmd_length(ring->id, dw0);
	if (!cmd->len) {
		exec_bad(hsw, ring, dw0, cmd->at, "no command of this device:",
			 dw0);
		hang(hsw, ring, ERROR_INSTRUCTION);
		return false;
	}
	if (!cmd->depth && cmd->len > ring_filled(ring)) {
		log_guest_error(hsw, "%s %s (0x%08x) at 0x%08x: its %u dwords continue beyond TAIL 0x%x",
				engine_name[ring->id], cmd_name(dw0), dw0,
				cmd->at, cmd->len, ring->tail);
		ring->starved = true;
		return false;
	}
	if (cmd->depth && (uint64_t)cmd->at + 4ull * cmd->len > UINT32_MAX) {
		exec_bad(hsw, ring, dw0, cmd->at,
			 "batch runs beyond 4 GiB, dwords", cmd->len);
		hang(hsw, ring, ERROR_INSTRUCTION);
		return false;
	}
	return true;
}

/* ------------------------------------------------------------------ */
/* Execute */

static enum exec exec_2d(struct hsw *hsw, struct ring *ring,
			 const struct cmd *cmd)
{
	int ret;

	if (ring->id != BCS)
		return EXEC_SKIP;
	ret = blt_start(hsw, cmd->dw, cmd->len, cmd->at);
	if (ret == -ENOTSUP)
		return EXEC_SKIP;
	if (ret < 0)
		return EXEC_HANG;
	ring->blitting = ret;
	return EXEC_NEXT;
}

static enum exec dispatch(struct hsw *hsw, struct ring *ring,
			  const struct cmd *cmd)
{
	switch (CMD_CLIENT(cmd->dw[0])) {
	case CLIENT_MI:
		return mi_exec(hsw, ring, cmd->dw, cmd->len, cmd->at);
	case CLIENT_2D:
		return exec_2d(hsw, ring, cmd);
	default:
		if (PIPE_CONTROL(cmd->dw[0]))
			return pipe_control(hsw, ring, cmd->dw, cmd->len,
					    cmd->at);
		return EXEC_SKIP;
	}
}

/* Engine, batch level, address, name, and the dwords that were looked at. */
static void trace_command(const struct ring *ring, const struct cmd *cmd)
{
	char words[9 * CMD_MAX_DWORDS + 1];
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < cmd->have; i++)
		len += snprintf(words + len, sizeof(words) - len, " %08x",
				cmd->dw[i]);
	trace_cmd("%s %u 0x%08x: %s%s", engine_name[ring->id], cmd->depth,
		  cmd->at, cmd_name(cmd->dw[0]), words);
}

/*
 * MI_SET_PREDICATE makes MI_NOOPs of what follows in the batch, but for itself and
 * for the end of the batch.
 */
static bool noop(const struct ring *ring, const struct cmd *cmd)
{
	uint32_t dw0 = cmd->dw[0];

	return ring->noop && !(CMD_CLIENT(dw0) == CLIENT_MI &&
			       (MI_OPCODE(dw0) == MI_SET_PREDICATE ||
				MI_OPCODE(dw0) == MI_BATCH_BUFFER_END));
}

/* False if the engine has to pause. */
static bool execute(struct hsw *hsw, struct ring *ring, const struct cmd *cmd)
{
	uint64_t epoch = ring->epoch;
	enum exec what;

	ring->last = ring->at;
	ring_advance(ring, cmd->len);
	hsw->stats.commands[ring->id]++;
	if (trace_enabled(TRACE_CMD))
		trace_command(ring, cmd);

	what = noop(ring, cmd) ? EXEC_NEXT : dispatch(hsw, ring, cmd);
	if (ring->epoch != epoch)
		return false;	/* reset or switched off by the command */

	if (what == EXEC_WAIT)
		ring->at = ring->last;
	set_waiting(hsw, ring, what == EXEC_WAIT);

	switch (what) {
	case EXEC_SKIP:
		stats_skip(hsw, ring->id, cmd_key(cmd->dw[0]));
		return true;
	case EXEC_HANG:
		ring->at = ring->last;
		hang(hsw, ring, ERROR_INSTRUCTION);
		return false;
	case EXEC_YIELD:
	case EXEC_WAIT:
		ring_back_off(ring);
		return false;
	default:
		return true;
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

/* Executes the MI_NOOPs of a batch in one go, if there are several. */
static bool pass_noops(struct hsw *hsw, struct ring *ring,
		       const struct cmd *cmd)
{
	unsigned int n;

	if (cmd->dw[0] || !cmd->depth || trace_enabled(TRACE_CMD))
		return false;
	n = count_noops(hsw, ring);
	/* Behind the last page there may be nothing, as for one command. */
	if (n <= 1 || (uint64_t)cmd->at + 4ull * n > UINT32_MAX)
		return false;
	ring_advance(ring, n);
	hsw->stats.commands[ring->id] += n;
	return true;
}

/* One command; false if the engine has to pause. */
static bool step(struct hsw *hsw, struct ring *ring)
{
	struct cmd cmd;

	if (!ring_sane(hsw, ring) ||
	    !fetch_header(hsw, ring, &cmd) ||
	    !decode(hsw, ring, &cmd) ||
	    !fetch_rest(hsw, ring, &cmd))
		return false;
	return pass_noops(hsw, ring, &cmd) || execute(hsw, ring, &cmd);
}

/* Some of the blit that the engine is in; false if it hangs. */
static bool blit(struct hsw *hsw, struct ring *ring)
{
	int ret = blt_step(hsw);

	ring->blitting = ret > 0;
	if (ret >= 0)
		return true;
	ring->at = ring->last;
	hang(hsw, ring, ERROR_PAGE_TABLE);
	return false;
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
		if (!(ring->blitting ? blit(hsw, ring) : step(hsw, ring)))
			return false;
	}
	return true;
}

bool cs_pass(struct hsw *hsw)
{
	bool busy = false;
	unsigned int i;

	for (i = 0; i < NUM_ENGINES; i++)
		busy |= slice(hsw, &hsw->ring[i]);
	return busy;
}

uint64_t cs_next_poll(struct hsw *hsw)
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
