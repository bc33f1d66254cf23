// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fence registers, see fence.h for the PRM section.
 */
#include "device.h"

#define FENCE_PAGE_MASK		0xfffff000u
#define FENCE_PITCH_MASK	0x7ffu		/* of the upper dword */
#define FENCE_PITCH_UNIT	128u
#define FENCE_TILING_Y		BIT(1)
#define FENCE_VALID		BIT(0)

struct fence fence_decode(uint64_t val)
{
	uint32_t lo = val, hi = val >> 32;
	struct fence fence = {
		.first = lo & FENCE_PAGE_MASK,
		/* The register holds the last page; cover all of it. */
		.last = hi | ~FENCE_PAGE_MASK,
		.pitch = ((hi & FENCE_PITCH_MASK) + 1) * FENCE_PITCH_UNIT,
		.tiling = lo & FENCE_TILING_Y ? TILING_Y : TILING_X,
	};

	fence.valid = lo & FENCE_VALID && fence.first <= fence.last &&
		      fence.pitch % tile_width(fence.tiling) == 0;
	return fence;
}

const struct fence *fence_find(const struct fences *fences, uint32_t addr)
{
	unsigned int i;

	for (i = 0; i < NUM_FENCES; i++) {
		const struct fence *fence = &fences->reg[i];

		if (fence->valid && addr >= fence->first &&
		    addr <= fence->last)
			return fence;
	}
	return NULL;
}

uint32_t fence_detile(const struct fence *fence, uint32_t addr, uint32_t *run)
{
	uint32_t offset = addr - fence->first;
	uint32_t x = offset % fence->pitch, y = offset / fence->pitch;
	uint64_t left = (uint64_t)fence->last - addr + 1;
	uint32_t n = tiling_run(fence->tiling, x);

	/* The run ends with the row and with the fence. */
	if (n > fence->pitch - x)
		n = fence->pitch - x;
	if (n > left)
		n = left;
	*run = n;
	return fence->first + tiling_offset(fence->tiling, fence->pitch, x, y);
}

void fence_write(struct hsw *hsw, uint32_t off, uint32_t val)
{
	uint32_t n = (off - FENCE_REGS) / 8;
	uint32_t lo, hi;
	struct fence *fence;

	(void)val;
	if (n >= NUM_FENCES)
		return;

	lo = mmio_get(hsw, FENCE_REGS + 8 * n);
	hi = mmio_get(hsw, FENCE_REGS + 8 * n + 4);
	fence = &hsw->fence.reg[n];
	*fence = fence_decode((uint64_t)hi << 32 | lo);

	/* The driver writes the valid bit last: what is valid must be right. */
	if (lo & FENCE_VALID && !fence->valid)
		log_guest_error(hsw, "fence %u: %08x%08x: ignored: first page after last, or pitch %u not a multiple of %u",
				n, hi, lo, fence->pitch,
				tile_width(fence->tiling));
}

void fence_reset(struct hsw *hsw)
{
	unsigned int i;

	for (i = 0; i < NUM_FENCES; i++)
		hsw->fence.reg[i] = (struct fence){ .valid = false };
}
