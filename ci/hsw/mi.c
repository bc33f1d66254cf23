// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory interface commands, see mi.h for the PRM volumes.
 */
#include <errno.h>

#include "device.h"
#include "cmdlen.h"
#include "ctx.h"
#include "mi.h"
#include "mi_math.h"

#define MI_GLOBAL_GTT		BIT(22)

#define BBS_SECOND_LEVEL	BIT(22)
#define BBS_PREDICATE		BIT(15)
#define BBS_NONSECURE_RCS	BIT(13)
#define BBS_PPGTT		BIT(8)	/* but on RCS: and without privileges */

#define SEM_UPDATE		BIT(21)
#define SEM_COMPARE		BIT(20)
#define SEM_REGISTER		BIT(18)
#define SEM_SELECT(v)		((v) >> 16 & 3)
#define SEM_SELECT_NONE		3

#define FLUSH_STORE_INDEX	BIT(21)
#define FLUSH_TLB		BIT(18)
#define FLUSH_NOTIFY		BIT(8)
#define FLUSH_POST_SYNC(v)	((v) >> 14 & 3)
#define FLUSH_ADDR_GLOBAL	BIT(2)
#define POST_SYNC_IMM		1
#define POST_SYNC_TIMESTAMP	3

#define COND_END_COMPARE	BIT(21)

#define SRM_PREDICATE		BIT(21)
#define LRI_KEEP_BYTES(v)	((v) >> 8 & 0xf)

#define PERF_GLOBAL		BIT(0)	/* of the address */

#define MI_REG(v)		((v) & 0x007ffffcu)
#define HWS_INDEX(v)		((v) & 0xffcu)
#define HWS_REPORT_HEAD		0x10u	/* dword 4 of the status page */

#define PREDICATE_SRC0		0x2400u
#define PREDICATE_SRC1		0x2408u
#define PREDICATE_DATA		0x2410u
#define PREDICATE_RESULT	0x2418u
#define PREDICATE_RESULT_1	0x241cu
#define PREDICATE_RESULT_2	0x2214u

#define OACONTROL		0x2360u
#define OA_FORMAT(v)		((v) >> 2 & 7)

static enum exec mi_nop(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
			unsigned int len, uint32_t at)
{
	(void)hsw;
	(void)ring;
	(void)dw;
	(void)len;
	(void)at;
	return EXEC_NEXT;
}

static enum exec mi_user_interrupt(struct hsw *hsw, struct ring *ring,
				   const uint32_t *dw, unsigned int len,
				   uint32_t at)
{
	(void)dw;
	(void)len;
	(void)at;
	/* The guest must find in memory what the interrupt tells it of. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	irq_user(hsw, ring->id);
	return EXEC_NEXT;
}

static enum exec mi_report_head(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, unsigned int len,
				uint32_t at)
{
	uint32_t addr = exec_hws(hsw, ring) + HWS_REPORT_HEAD;

	(void)len;
	return exec_access(hsw, ring, dw[0], at, addr,
		      gtt_store32(hsw, ring->id, GTT_GLOBAL, addr, ring->at.head));
}

static enum exec mi_batch_end(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	(void)hsw;
	(void)dw;
	(void)len;
	(void)at;
	/* In the ring itself it does nothing. */
	if (ring->at.depth)
		ring->at.depth--;
	if (!ring->at.depth) {
		ring->poll_ns = 0;
		ring->noop = false;
	}
	return EXEC_NEXT;
}

static enum exec mi_batch_start(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, unsigned int len,
				uint32_t at)
{
	const uint32_t nonsecure = ring->id == RCS ? BBS_NONSECURE_RCS :
						     BBS_PPGTT;
	const struct batch *from = ring_batch(ring);
	struct batch to = {
		.addr = dw[1] & ~3u,
		.space = exec_space(hsw, ring, !(dw[0] & BBS_PPGTT)),
		.nonsecure = dw[0] & nonsecure,
	};
	bool backwards;

	(void)len;
	if (ring->id == RCS && dw[0] & BBS_PREDICATE &&
	    !(mmio_get(hsw, PREDICATE_RESULT_1) & 1))
		return EXEC_NEXT;

	hsw->stats.batches[ring->id]++;
	if (!from) {
		ring->at.depth = 1;
		ring->at.batch[0] = to;
		return EXEC_NEXT;
	}

	/* A batch without privileges cannot chain to one that has them. */
	if (from->nonsecure) {
		to.nonsecure = true;
		if (from->space == GTT_PPGTT)
			to.space = GTT_PPGTT;
	}
	if (dw[0] & BBS_SECOND_LEVEL && ring->at.depth == 1) {
		/* batch[0] already points behind this command: the return. */
		ring->at.depth = 2;
		ring->at.batch[1] = to;
		return EXEC_NEXT;
	}
	backwards = to.space == from->space && to.addr <= at;
	ring->at.batch[ring->at.depth - 1] = to;
	return backwards ? EXEC_YIELD : EXEC_NEXT;
}

static enum exec mi_cond_end(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	enum gtt_space space;
	uint32_t val;
	int err;

	(void)len;
	if (!(dw[0] & COND_END_COMPARE))
		return EXEC_NEXT;
	if (dw[0] & MI_GLOBAL_GTT && exec_denied(ring))
		return EXEC_NEXT;
	space = exec_space(hsw, ring, dw[0] & MI_GLOBAL_GTT);
	err = gtt_load32(hsw, ring->id, space, dw[2] & ~7u, &val);
	if (err)
		return exec_access(hsw, ring, dw[0], at, dw[2], err);
	if (val > dw[1])
		return EXEC_NEXT;
	return mi_batch_end(hsw, ring, dw, len, at);
}

static enum exec mi_store_imm(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	bool global = dw[0] & MI_GLOBAL_GTT;
	enum gtt_space space = exec_space(hsw, ring, global);
	uint32_t addr = dw[2] & ~3u;
	int err;

	if (global && exec_denied(ring))
		return EXEC_NEXT;
	if (len == 5)
		err = gtt_store64(hsw, ring->id, space, addr,
				  (uint64_t)dw[4] << 32 | dw[3]);
	else
		err = gtt_store32(hsw, ring->id, space, addr, dw[3]);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

static enum exec mi_store_index(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, unsigned int len,
				uint32_t at)
{
	uint32_t addr = exec_hws(hsw, ring) + HWS_INDEX(dw[1]);
	int err;

	if (exec_denied(ring))
		return EXEC_NEXT;
	if (len == 4)
		err = gtt_store64(hsw, ring->id, GTT_GLOBAL, addr & ~7u,
				  (uint64_t)dw[3] << 32 | dw[2]);
	else
		err = gtt_store32(hsw, ring->id, GTT_GLOBAL, addr, dw[2]);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

/* Where, and whether it may: the post-sync operation of MI_FLUSH_DW. */
static enum exec flush_store(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	bool index = dw[0] & FLUSH_STORE_INDEX;
	bool global = index || dw[1] & FLUSH_ADDR_GLOBAL;
	enum gtt_space space = exec_space(hsw, ring, global);
	uint32_t addr = dw[1] & ~7u;
	int err;

	if (global && exec_denied(ring))
		return EXEC_NEXT;
	if (index)
		addr = exec_hws(hsw, ring) + (HWS_INDEX(dw[1]) & ~7u);

	if (FLUSH_POST_SYNC(dw[0]) == POST_SYNC_TIMESTAMP)
		err = gtt_store64(hsw, ring->id, space, addr, clock_timestamp());
	else if (len == 3)
		err = gtt_store32(hsw, ring->id, space, addr, dw[2]);
	else
		err = gtt_store64(hsw, ring->id, space, addr,
				  (uint64_t)dw[3] << 32 | dw[2]);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

static enum exec mi_flush_dw(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	enum exec what = EXEC_NEXT;

	/* The invalidate bit counts only together with these two. */
	if (FLUSH_POST_SYNC(dw[0]) == POST_SYNC_IMM ||
	    FLUSH_POST_SYNC(dw[0]) == POST_SYNC_TIMESTAMP) {
		if (dw[0] & FLUSH_TLB)
			tlb_flush_ppgtt(hsw, ring->id);
		what = flush_store(hsw, ring, dw, len, at);
	}
	if (what == EXEC_NEXT && dw[0] & FLUSH_NOTIFY)
		irq_flush(hsw, ring->id);
	return what;
}

/*
 * Registers which a batch without privileges may load and store: pipeline
 * statistics, predicate, indirect draw and dispatch, GPRs, stream-out offsets.
 */
static bool reg_unprivileged(uint32_t off, bool write)
{
	static const struct {
		uint32_t first, last;
		bool read_only;
	} ok[] = {
		{ 0x2290, 0x2294, true },	/* TIMESTAMP of the context */
		{ 0x2300, 0x2357, false },	/* statistics counters */
		{ 0x2358, 0x235f, true },	/* TIMESTAMP */
		{ 0x12358, 0x1235f, true },
		{ 0x22358, 0x2235f, true },
		{ 0x1a358, 0x1a35f, true },
		{ 0x2400, 0x241f, false },	/* MI_PREDICATE_* */
		{ 0x2420, 0x2443, false },	/* 3DPRIM_* */
		{ 0x2500, 0x250b, false },	/* GPGPU_DISPATCHDIM* */
		{ 0x2600, 0x267f, false },	/* CS_GPR */
		{ 0x5200, 0x529f, false },	/* SO_* */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ok); i++)
		if (off >= ok[i].first && off <= ok[i].last)
			return !write || !ok[i].read_only;
	return false;
}

/* False, and logged, if off is no register at all. */
static bool reg_exists(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
		       uint32_t at, uint32_t off)
{
	if (off < MMIO_SIZE)
		return true;
	exec_bad(hsw, ring, dw[0], at, "no such register", off);
	return false;
}

/* The bytes of val which `bytes` has a bit for, the lowest first. */
static void reg_write_bytes(struct hsw *hsw, struct ring *ring, uint32_t off,
			    uint32_t val, unsigned int bytes)
{
	uint32_t mask = 0;
	unsigned int i;

	if (exec_denied(ring) && !reg_unprivileged(off, true))
		return;
	for (i = 0; i < 4; i++)
		if (bytes & BIT(i))
			mask |= 0xffu << 8 * i;
	if (mask == UINT32_MAX)
		mmio_write(hsw, off, val);
	else if (mask)
		mmio_write_part(hsw, off, val, mask);
	ring_poke(hsw);
}

static void reg_write(struct hsw *hsw, struct ring *ring, uint32_t off,
		      uint32_t val)
{
	reg_write_bytes(hsw, ring, off, val, 0xf);
}

static enum exec mi_load_imm(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	uint64_t epoch = ring->epoch;
	unsigned int i;

	if (!(len & 1))
		return exec_bad(hsw, ring, dw[0], at,
			      "pairs wanted, length in dwords is", len);
	for (i = 1; i + 1 < len; i += 2) {
		uint32_t off = MI_REG(dw[i]);

		if (!reg_exists(hsw, ring, dw, at, off))
			return EXEC_HANG;
		reg_write_bytes(hsw, ring, off, dw[i + 1],
				~LRI_KEEP_BYTES(dw[0]) & 0xf);
		/* It may have been GDRST, or this ring's own CTL. */
		if (ring->epoch != epoch)
			break;
	}
	return EXEC_NEXT;
}

static enum exec mi_load_reg(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	uint32_t from = MI_REG(dw[1]), to = MI_REG(dw[2]);

	(void)len;
	if (!reg_exists(hsw, ring, dw, at, from) ||
	    !reg_exists(hsw, ring, dw, at, to))
		return EXEC_HANG;
	if (exec_denied(ring) && !reg_unprivileged(from, false))
		return EXEC_NEXT;
	reg_write(hsw, ring, to, mmio_read(hsw, from));
	return EXEC_NEXT;
}

static enum exec mi_load_mem(struct hsw *hsw, struct ring *ring,
			     const uint32_t *dw, unsigned int len, uint32_t at)
{
	bool global = dw[0] & MI_GLOBAL_GTT;
	uint32_t off = MI_REG(dw[1]), addr = dw[2] & ~3u, val;
	int err;

	(void)len;
	if (!reg_exists(hsw, ring, dw, at, off))
		return EXEC_HANG;
	if (global && exec_denied(ring))
		return EXEC_NEXT;
	err = gtt_load32(hsw, ring->id, exec_space(hsw, ring, global), addr,
			 &val);
	if (!err)
		reg_write(hsw, ring, off, val);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

static enum exec mi_store_reg(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	bool global = dw[0] & MI_GLOBAL_GTT;
	uint32_t off = MI_REG(dw[1]), addr = dw[2] & ~3u;
	int err;

	(void)len;
	if (!reg_exists(hsw, ring, dw, at, off))
		return EXEC_HANG;
	if (exec_denied(ring) && (global || !reg_unprivileged(off, false)))
		return EXEC_NEXT;
	if (ring->id == RCS && dw[0] & SRM_PREDICATE &&
	    !(mmio_get(hsw, PREDICATE_RESULT) & 1))
		return EXEC_NEXT;
	err = gtt_store32(hsw, ring->id, exec_space(hsw, ring, global), addr,
			  mmio_read(hsw, off));
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

static enum exec mi_semaphore(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	/* Which of the three RING_SYNC registers each selection means. */
	static const uint8_t sync[3] = { 0, 2, 1 };
	bool global = dw[0] & MI_GLOBAL_GTT;
	uint32_t addr = dw[2] & ~3u, val;
	int err = 0;

	(void)len;
	if (!(dw[0] & SEM_REGISTER) && global && exec_denied(ring))
		return EXEC_NEXT;

	if (dw[0] & SEM_UPDATE) {
		if (dw[0] & SEM_REGISTER) {
			if (!reg_exists(hsw, ring, dw, at, MI_REG(addr)))
				return EXEC_HANG;
			reg_write(hsw, ring, MI_REG(addr), dw[1]);
		} else {
			err = gtt_store32(hsw, ring->id,
					  exec_space(hsw, ring, global), addr,
					  dw[1]);
			ring_poke(hsw);
		}
		return exec_access(hsw, ring, dw[0], at, addr, err);
	}
	if (!(dw[0] & SEM_COMPARE))
		return EXEC_NEXT;

	if (dw[0] & SEM_REGISTER) {
		if (SEM_SELECT(dw[0]) == SEM_SELECT_NONE)
			return EXEC_NEXT;
		val = mmio_get(hsw, engine_base[ring->id] +
			       RING_SYNC(sync[SEM_SELECT(dw[0])]));
	} else {
		err = gtt_load32(hsw, ring->id, exec_space(hsw, ring, global),
				 addr, &val);
		if (err)
			return exec_access(hsw, ring, dw[0], at, addr, err);
	}
	/* Strictly greater: the driver asks for one less than it wants. */
	return val > dw[1] ? EXEC_NEXT : EXEC_WAIT;
}

static enum exec mi_set_context(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, unsigned int len,
				uint32_t at)
{
	uint32_t bad;

	(void)len;
	if (ring->id != RCS)
		return exec_bad(hsw, ring, dw[0], at,
			      "only the render engine has contexts:", dw[1]);
	if (exec_denied(ring))
		return EXEC_NEXT;
	if (ctx_switch(hsw, dw[1], &bad))
		return exec_bad(hsw, ring, dw[0], at,
			      "no page behind context image", bad);
	return EXEC_NEXT;
}

static enum exec mi_update_gtt(struct hsw *hsw, struct ring *ring,
			       const uint32_t *dw, unsigned int len,
			       uint32_t at)
{
	uint32_t first = dw[1] >> GTT_PAGE_SHIFT, n = len - 2, i;

	if (exec_denied(ring))
		return EXEC_NEXT;
	if (!(dw[0] & MI_GLOBAL_GTT))
		return EXEC_SKIP;	/* entries of a PPGTT */
	if (first + n > GTT_ENTRIES)
		return exec_bad(hsw, ring, dw[0], at,
			      "entries beyond the GTT from page", first);
	for (i = 0; i < n; i++)
		gtt_set_pte(&hsw->gtt, first + i, dw[2 + i]);
	tlb_flush_global(hsw);
	return EXEC_NEXT;
}

static uint64_t get64(struct hsw *hsw, uint32_t off)
{
	return (uint64_t)mmio_get(hsw, off + 4) << 32 | mmio_get(hsw, off);
}

static enum exec mi_predicate(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	uint64_t src0 = get64(hsw, PREDICATE_SRC0);
	uint64_t src1 = get64(hsw, PREDICATE_SRC1);
	uint32_t result = mmio_get(hsw, PREDICATE_RESULT) & 1, cmp;

	(void)len;
	(void)at;
	if (ring->id != RCS)
		return EXEC_SKIP;
	switch (dw[0] & 3) {			/* compare operation */
	case 0:
		cmp = 1;
		break;
	case 1:
		cmp = 0;
		break;
	case 2:
		cmp = src0 == src1;
		break;
	default:
		cmp = (uint32_t)(src0 - src1) == mmio_get(hsw, PREDICATE_DATA);
		break;
	}
	switch (dw[0] >> 6 & 3) {		/* load operation */
	case 2:
		break;
	case 3:
		cmp = !cmp;
		break;
	default:
		return EXEC_NEXT;		/* keep */
	}
	switch (dw[0] >> 3 & 3) {		/* combine operation */
	case 0:
		result = cmp;
		break;
	case 1:
		result &= cmp;
		break;
	case 2:
		result |= cmp;
		break;
	default:
		result ^= cmp;
		break;
	}
	mmio_set(hsw, PREDICATE_RESULT, result);
	return EXEC_NEXT;
}

static enum exec mi_set_predicate(struct hsw *hsw, struct ring *ring,
				  const uint32_t *dw, unsigned int len,
				  uint32_t at)
{
	bool result = mmio_get(hsw, PREDICATE_RESULT_2) & 1;

	(void)len;
	(void)at;
	if (ring->id != RCS)
		return EXEC_SKIP;
	switch (dw[0] & 3) {
	case 0:
		ring->noop = false;
		break;
	case 1:
		ring->noop = !result;
		break;
	case 2:
		ring->noop = result;
		break;
	default:
		ring->noop = true;
		break;
	}
	/* The scope is a batch. */
	ring->noop &= ring->at.depth;
	return EXEC_NEXT;
}

/* A report of counters that have never counted. */
static enum exec mi_report_perf(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, unsigned int len,
				uint32_t at)
{
	/* Bytes by format; 3 is not a multiple of a cache line, so not used. */
	static const uint16_t sizes[8] = { 64, 128, 128, 192, 64, 256, 128, 64 };
	bool global = dw[1] & PERF_GLOBAL;
	uint32_t addr = dw[1] & ~63u;
	uint32_t report[64] = { dw[2], clock_timestamp() };
	int err;

	(void)len;
	if (ring->id != RCS)
		return EXEC_SKIP;
	if (global && exec_denied(ring))
		return EXEC_NEXT;
	err = gtt_write(hsw, ring->id, exec_space(hsw, ring, global), addr,
			report, sizes[OA_FORMAT(mmio_get(hsw, OACONTROL))]);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

static enum exec mi_math(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
			 unsigned int len, uint32_t at)
{
	unsigned int bad;

	if (ring->id != RCS)
		return EXEC_SKIP;
	bad = math_exec(hsw, dw + 1, len - 1);
	if (bad)
		return exec_bad(hsw, ring, dw[0], at, "unknown ALU instruction",
			      dw[bad]);
	return EXEC_NEXT;
}

/* What is not listed is skipped. */
static const struct mi_cmd {
	exec_fn *fn;
	uint8_t min, max;		/* dwords; 0: whatever it is */
} mi_cmds[64] = {
	[0x00] = { mi_nop, 1, 1 },
	[MI_SET_PREDICATE] = { mi_set_predicate, 1, 1 },
	[0x02] = { mi_user_interrupt, 1, 1 },
	[0x05] = { mi_nop, 1, 1 },		/* MI_ARB_CHECK */
	[0x06] = { mi_nop, 1, 1 },		/* MI_RS_CONTROL */
	[0x07] = { mi_report_head, 1, 1 },
	[0x08] = { mi_nop, 1, 1 },		/* MI_ARB_ON_OFF */
	[MI_BATCH_BUFFER_END] = { mi_batch_end, 1, 1 },
	[0x0b] = { mi_nop, 1, 1 },		/* MI_SUSPEND_FLUSH */
	[0x0c] = { mi_predicate, 1, 1 },
	[0x0f] = { mi_nop, 1, 1 },		/* MI_RS_CONTEXT */
	[0x16] = { mi_semaphore, 3, 3 },
	[0x18] = { mi_set_context, 2, 2 },
	[0x1a] = { mi_math, 2, 65 },
	[0x20] = { mi_store_imm, 4, 5 },
	[0x21] = { mi_store_index, 3, 4 },
	[0x22] = { mi_load_imm, 3, 0 },
	[0x23] = { mi_update_gtt, 3, 0 },
	[0x24] = { mi_store_reg, 3, 3 },
	[0x26] = { mi_flush_dw, 3, 5 },
	[0x27] = { mi_nop, 0, 0 },		/* MI_CLFLUSH: coherent anyway */
	[0x28] = { mi_report_perf, 3, 3 },
	[0x29] = { mi_load_mem, 3, 3 },
	[0x2a] = { mi_load_reg, 3, 3 },
	[0x31] = { mi_batch_start, 2, 2 },
	[0x36] = { mi_cond_end, 3, 3 },
};

enum exec mi_exec(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
		  unsigned int len, uint32_t at)
{
	const struct mi_cmd *cmd = &mi_cmds[MI_OPCODE(dw[0])];

	if (!cmd->fn)
		return EXEC_SKIP;
	if (len < cmd->min || (cmd->max && len > cmd->max))
		return exec_bad(hsw, ring, dw[0], at, "wrong length in dwords",
			      len);
	return cmd->fn(hsw, ring, dw, len, at);
}
