// SPDX-License-Identifier: GPL-2.0-only
/*
 * PIPE_CONTROL, see pipe.h for the PRM volume.
 */
#include "device.h"
#include "pipe.h"

/* Dword 1 */
#define PIPE_GLOBAL		BIT(24)
#define PIPE_REGISTER		BIT(23)
#define PIPE_STORE_INDEX	BIT(21)
#define PIPE_TLB		BIT(18)
#define PIPE_NOTIFY		BIT(8)
#define PIPE_POST_SYNC(v)	((v) >> 14 & 3)

enum { POST_NONE, POST_IMM, POST_DEPTH_COUNT, POST_TIMESTAMP };

/* Bit 23: the immediate data goes to a register, and nothing to memory. */
static enum exec store_register(struct hsw *hsw, struct ring *ring,
				const uint32_t *dw, uint32_t at)
{
	uint32_t off = dw[2] & 0x007ffffcu;

	if (PIPE_POST_SYNC(dw[1]) != POST_NONE)
		return exec_bad(hsw, ring, dw[0], at,
				"a register and a post-sync operation, flags",
				dw[1]);
	if (exec_denied(ring))
		return EXEC_NEXT;
	if (off >= MMIO_SIZE)
		return exec_bad(hsw, ring, dw[0], at, "no such register", off);
	mmio_write(hsw, off, dw[3]);
	ring_poke(hsw);
	return EXEC_NEXT;
}

static enum exec store_memory(struct hsw *hsw, struct ring *ring,
			      const uint32_t *dw, unsigned int len, uint32_t at)
{
	bool global = dw[1] & (PIPE_GLOBAL | PIPE_STORE_INDEX);
	enum gtt_space space = exec_space(hsw, ring, global);
	uint32_t addr = dw[2] & ~3u;
	uint64_t val;
	int err;

	if (global && exec_denied(ring))
		return EXEC_NEXT;
	if (dw[1] & PIPE_STORE_INDEX)
		addr = exec_hws(hsw, ring) + (dw[2] & 0xffcu);

	switch (PIPE_POST_SYNC(dw[1])) {
	case POST_IMM:
		val = dw[3] | (len == 5 ? (uint64_t)dw[4] << 32 : 0);
		break;
	case POST_DEPTH_COUNT:
		val = 0;		/* nothing is ever drawn */
		break;
	default:
		val = clock_timestamp();
		break;
	}
	/* Four dwords hold 32 bits of immediate data. */
	if (PIPE_POST_SYNC(dw[1]) == POST_IMM && len == 4)
		err = gtt_store32(hsw, ring->id, space, addr, val);
	else
		err = gtt_store64(hsw, ring->id, space, addr, val);
	return exec_access(hsw, ring, dw[0], at, addr, err);
}

enum exec pipe_control(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
		       unsigned int len, uint32_t at)
{
	enum exec what = EXEC_NEXT;

	if (ring->id != RCS)
		return EXEC_SKIP;
	if (len < 4 || len > 5)
		return exec_bad(hsw, ring, dw[0], at, "wrong length in dwords",
				len);
	if (dw[1] & PIPE_TLB)
		tlb_flush_ppgtt(hsw, ring->id);
	if (dw[1] & PIPE_REGISTER)
		what = store_register(hsw, ring, dw, at);
	else if (PIPE_POST_SYNC(dw[1]) != POST_NONE)
		what = store_memory(hsw, ring, dw, len, at);
	if (what == EXEC_NEXT && dw[1] & PIPE_NOTIFY)
		irq_flush(hsw, ring->id);
	return what;
}
