// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the execution of any command needs, see exec.h.
 */
#include <errno.h>

#include "device.h"
#include "cmdlen.h"
#include "exec.h"

enum exec exec_bad(struct hsw *hsw, struct ring *ring, uint32_t dw0,
		   uint32_t at, const char *what, uint32_t val)
{
	log_guest_error(hsw, "%s %s (0x%08x) at 0x%08x: %s 0x%08x",
			engine_name[ring->id], cmd_name(dw0), dw0, at, what,
			val);
	return EXEC_HANG;
}

enum exec exec_access(struct hsw *hsw, struct ring *ring, uint32_t dw0,
		      uint32_t at, uint32_t addr, int err)
{
	if (err == -EINVAL)
		return exec_bad(hsw, ring, dw0, at, "misaligned address", addr);
	if (err)
		return exec_bad(hsw, ring, dw0, at, "no page behind address",
				addr);
	return EXEC_NEXT;
}

enum gtt_space exec_space(struct hsw *hsw, struct ring *ring, bool global)
{
	if (global || !gtt_ppgtt_enabled(hsw, ring->id))
		return GTT_GLOBAL;
	return GTT_PPGTT;
}

bool exec_denied(struct ring *ring)
{
	const struct batch *batch = ring_batch(ring);

	return batch && batch->nonsecure;
}

uint32_t exec_hws(struct hsw *hsw, struct ring *ring)
{
	return mmio_get(hsw, HWS_PGA(ring->id)) & ~(GTT_PAGE - 1);
}
