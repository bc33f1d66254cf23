// SPDX-License-Identifier: GPL-2.0-only
/*
 * A batch for the blitter of gen7: one XY_SRC_COPY_BLT, one pixel wide and a
 * row per page: with a pitch of one page the source's column is the same word
 * of each page, and with a pitch of four bytes the rows of the destination are
 * a plain array.
 *
 * Haswell PRM, volume 2a (Command Reference: Instructions), XY_SRC_COPY_BLT;
 * volume 8 (Blitter) for the limits: coordinates and pitch are signed 16 bits,
 * the pitch of a linear surface is in bytes, a multiple of four.
 */
#include <i915_drm.h>
#include <errno.h>

#include "blt.h"

#define XY_SRC_COPY	(2u << 29 | 0x53u << 22)
#define WRITE_ALPHA	(1u << 21)
#define WRITE_RGB	(1u << 20)
#define XY_SRC_DWORDS	8
#define DEPTH_32	(3u << 24)
#define ROP_SRC		(0xccu << 16)
#define MI_BATCH_END	(0x0au << 23)

#define DST_ADDRESS	4		/* dwords into the batch */
#define SRC_ADDRESS	7

int blt_create(int fd, struct blt *blt)
{
	int err = gem_create(fd, PAGE, &blt->batch);

	if (err)
		return err;
	err = gem_create(fd, MAX_SIZE / PAGE * 4, &blt->dst);
	if (err)
		gem_close(fd, blt->batch);
	return err;
}

void blt_destroy(int fd, struct blt *blt)
{
	gem_close(fd, blt->dst);
	gem_close(fd, blt->batch);
}

int blt_queue(int fd, struct blt *blt, uint32_t src, struct range r)
{
	const uint32_t dw[] = {
		XY_SRC_COPY | WRITE_ALPHA | WRITE_RGB | (XY_SRC_DWORDS - 2),
		DEPTH_32 | ROP_SRC | 4,
		0,				/* left, top */
		(uint32_t)r.pages << 16 | 1,	/* right, bottom: excluded */
		0,
		0,				/* source's left, top */
		PAGE,
		0,
		MI_BATCH_END,
		0,				/* a whole number of qwords */
	};
	/* No object is where this says, so that the kernel always relocates. */
	struct drm_i915_gem_relocation_entry reloc[] = {
		{
			.target_handle = blt->dst,
			.offset = DST_ADDRESS * 4,
			.presumed_offset = -1,
			.read_domains = I915_GEM_DOMAIN_RENDER,
			.write_domain = I915_GEM_DOMAIN_RENDER,
		}, {
			.target_handle = src,
			.offset = SRC_ADDRESS * 4,
			.delta = r.page * PAGE + WORD_OFFSET,
			.presumed_offset = -1,
			.read_domains = I915_GEM_DOMAIN_RENDER,
		},
	};
	struct drm_i915_gem_exec_object2 object[] = {
		{ .handle = src },
		{ .handle = blt->dst },
		{
			.handle = blt->batch,
			.relocation_count = ARRAY_SIZE(reloc),
			.relocs_ptr = (uintptr_t)reloc,
		},
	};
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)object,
		.buffer_count = ARRAY_SIZE(object),
		/*
		 * No length, no command parser: with its shadow batch 5.10
		 * frees what it never allocated if the pages of an object are
		 * late twice (eb_relocate_parse_slow() counts the shadow as an
		 * object of the user's). That is not what is tested here.
		 */
		.batch_len = 0,
		.flags = I915_EXEC_BLT,
	};
	int err = gem_pwrite(fd, blt->batch, 0, dw, sizeof(dw));

	return err ? err : gem_ioctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
}
