// SPDX-License-Identifier: GPL-2.0-only
/*
 * Render contexts, see ctx.h for the PRM volumes.
 */
#include <errno.h>

#include "device.h"
#include "ctx.h"

#define LRI(n)		(0x11000000u | (2 * (n) - 1))

/* Registers that belong to a context: what a batch can change, in pairs. */
static const struct ctx_range {
	uint16_t first, count;		/* offset; dwords */
} ranges[] = {
	{ 0x20c0, 1 },			/* INSTPM */
	{ 0x7000, 2 },			/* CACHE_MODE_0, CACHE_MODE_1 */
	{ 0x2290, 2 },			/* GPGPU_THREADS_DISPATCHED */
	{ 0x22c8, 2 },			/* PS_INVOCATION_COUNT_0 */
	{ 0x22d8, 2 },			/* PS_DEPTH_COUNT_0 */
	{ 0x2300, 18 },			/* HS_INVOCATION_COUNT to CL_PRIMITIVES */
	{ 0x2400, 8 },			/* MI_PREDICATE_* */
	{ 0x2420, 1 },			/* 3DPRIM_END_OFFSET */
	{ 0x2430, 5 },			/* 3DPRIM_START_VERTEX to BASE_VERTEX */
	{ 0x2500, 3 },			/* GPGPU_DISPATCHDIMX, Y, Z */
	{ 0x2600, 32 },			/* CS_GPR */
	{ 0x5200, 8 },			/* SO_NUM_PRIMS_WRITTEN */
	{ 0x5240, 8 },			/* SO_PRIM_STORAGE_NEEDED */
	{ 0x5280, 4 },			/* SO_WRITE_OFFSET */
};

/* All ranges, a header each, and MI_BATCH_BUFFER_END, in less than a page. */
#define IMAGE_DWORDS	256u
#define IMAGE_END	0x05000000u

static unsigned int image_make(struct hsw *hsw, uint32_t *image)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		image[n++] = LRI(ranges[i].count);
		for (k = 0; k < ranges[i].count; k++) {
			uint32_t off = ranges[i].first + 4 * k;

			image[n++] = off;
			image[n++] = mmio_saved(hsw, off);
		}
	}
	image[n++] = IMAGE_END;
	return n;
}

/*
 * The guest can have written anything there: an image counts if it is made as
 * those above, and no register outside the table is ever touched.
 */
static bool image_good(const uint32_t *image)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (image[n++] != LRI(ranges[i].count))
			return false;
		for (k = 0; k < ranges[i].count; k++, n += 2)
			if (image[n] != ranges[i].first + 4 * k)
				return false;
	}
	return image[n] == IMAGE_END;
}

static void image_load(struct hsw *hsw, const uint32_t *image)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		n++;
		for (k = 0; k < ranges[i].count; k++, n += 2)
			mmio_write(hsw, image[n], image[n + 1]);
	}
}

static int pages_there(struct hsw *hsw, uint32_t addr, uint32_t *bad)
{
	unsigned int i;

	for (i = 0; i < CTX_PAGES; i++) {
		if (gtt_page(hsw, RCS, GTT_GLOBAL,
			     (uint64_t)addr + i * GTT_PAGE, true))
			continue;
		*bad = addr + i * GTT_PAGE;
		return -EFAULT;
	}
	return 0;
}

int ctx_switch(struct hsw *hsw, uint32_t val, uint32_t *bad)
{
	uint32_t ccid = mmio_get(hsw, engine_base[RCS] + RING_CCID);
	uint32_t to = val & ~(GTT_PAGE - 1), from = ccid & ~(GTT_PAGE - 1);
	bool save = ccid & CCID_EN && from != to;
	bool same = ccid & CCID_EN && from == to;
	uint32_t image[IMAGE_DWORDS];

	if (pages_there(hsw, to, bad) || (save && pages_there(hsw, from, bad)))
		return -EFAULT;

	if (save)
		gtt_write(hsw, RCS, GTT_GLOBAL, from, image,
			  4 * image_make(hsw, image));
	mmio_set(hsw, engine_base[RCS] + RING_CCID, to | CCID_EN);

	if (val & CTX_RESTORE_INHIBIT || (same && !(val & CTX_FORCE_RESTORE)))
		return 0;
	gtt_read(hsw, RCS, GTT_GLOBAL, to, image, sizeof(image));
	if (image_good(image))
		image_load(hsw, image);
	else
		log_guest_error(hsw, "RCS MI_SET_CONTEXT: the image at 0x%08x was never saved, nothing loaded",
				to);
	return 0;
}
