// SPDX-License-Identifier: GPL-2.0-only
/*
 * PIPE_CONTROL, see pipe.h for the PRM volume.
 */
#include <errno.h>

#include "device.h"
#include "pipe.h"

/* Dword 1 */
#define PIPE_GLOBAL		BIT(24)
#define PIPE_REGISTER		BIT(23)
#define PIPE_STORE_INDEX	BIT(21)
#define PIPE_TLB		BIT(18)
#define PIPE_POST_SYNC(v)	((v) >> 14 & 3)

enum { POST_NONE, POST_IMM, POST_DEPTH_COUNT, POST_TIMESTAMP };

enum exec pipe_control(struct hsw *hsw, struct ring *ring, const uint32_t *dw,
		       unsigned int len, uint32_t at)
{
	uint32_t flags, addr;
	enum gtt_space space;
	uint64_t val;
	int err;

	if (ring->id != RCS)
		return EXEC_SKIP;
	if (len < 4 || len > 5)
		return exec_bad(hsw, ring, dw[0], at, "wrong length in dwords",
			      len);
	flags = dw[1];
	if (flags & PIPE_TLB)
		tlb_flush_ppgtt(hsw, ring->id);

	switch (PIPE_POST_SYNC(flags)) {
	case POST_NONE:
		return EXEC_NEXT;
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

	if (flags & (PIPE_GLOBAL | PIPE_REGISTER) && exec_denied(ring))
		return EXEC_NEXT;
	if (flags & PIPE_REGISTER) {
		addr = dw[2] & 0x007ffffcu;
		if (addr >= MMIO_SIZE)
			return exec_bad(hsw, ring, dw[0], at, "no such register",
				      addr);
		mmio_write(hsw, addr, val);
		ring_poke(hsw);
		return EXEC_NEXT;
	}

	space = exec_space(hsw, ring, flags & (PIPE_GLOBAL | PIPE_STORE_INDEX));
	addr = dw[2] & ~3u;
	if (flags & PIPE_STORE_INDEX)
		addr = exec_hws(hsw, ring) + (dw[2] & 0xffcu);

	/* Four dwords hold 32 bits of immediate data. */
	if (PIPE_POST_SYNC(flags) == POST_IMM && len == 4)
		err = gtt_store32(hsw, ring->id, space, addr, val);
	else
		err = gtt_store64(hsw, ring->id, space, addr, val);
	if (err)
		return exec_bad(hsw, ring, dw[0], at, "no page behind address",
			      addr);
	return EXEC_NEXT;
}
