/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Graphics addresses to guest memory: the global GTT and the aliasing PPGTT.
 *
 * Haswell PRM, volume "Memory Views", "Global GTT" and "Per-Process GTT":
 * one PTE of 32 bits for each 4 KiB page. The global GTT is the upper half of
 * BAR0; a PPGTT has a directory of 512 entries, itself stored in that upper
 * half at PP_DIR_BASE, whose entries name pages of 1024 PTEs in memory.
 */
#ifndef HSW_GTT_H
#define HSW_GTT_H

#include "types.h"
#include "space.h"

struct gtt {
	uint32_t *pte;			/* GTT_BAR_SIZE bytes, shared with the guest */
	int fd;				/* the file behind pte, GTT_FILE_SIZE bytes */
	uint32_t pp_dir[NUM_ENGINES];	/* directory: byte offset into pte */
};

/*
 * The file that the client maps into the guest: as large as BAR0, so that
 * offsets in the file are offsets in the BAR, with the PTEs in its upper half.
 */
#define GTT_FILE_SIZE	(2 * GTT_BAR_SIZE)
#define GTT_FILE_PTES	GTT_BAR_SIZE

/* Makes the file and maps the PTEs, none of which is valid. 0 or -errno. */
int gtt_init(struct gtt *gtt);
/* Makes all PTEs invalid. hsw->lock is held. */
void gtt_reset(struct gtt *gtt);
void gtt_fini(struct gtt *gtt);

/* The engine has no page directory any more, and its TLB is empty. */
void gtt_reset_engine(struct hsw *hsw, enum engine_id engine);

/*
 * Copies len bytes of the PTEs from byte offset off on; off + len is at most GTT_BAR_SIZE.
 * Translation looks at the first GTT_SIZE bytes. hsw->lock is held.
 */
void gtt_ptes_read(const struct gtt *gtt, uint32_t off, void *buf, size_t len);
void gtt_ptes_write(struct gtt *gtt, uint32_t off, const void *buf, size_t len);

/* Sets one PTE of the global GTT; page is below GTT_ENTRIES. hsw->lock is held. */
void gtt_set_pte(struct gtt *gtt, uint32_t page, uint32_t pte);

/* Guest address in a PTE (bits 38:0) and in a PDE (bits 39:0). */
uint64_t gtt_pte_addr(uint32_t pte);
uint64_t gtt_pde_addr(uint32_t pde);

/*
 * Guest physical address of graphics address addr as engine sees it. 0, or
 * -EFAULT: beyond the space, a PDE or PTE that is not valid, a directory that
 * leaves the PTE space or a page table that is not in guest memory.
 * hsw->lock is held. engine matters for GTT_PPGTT only. Never from a TLB.
 */
int gtt_walk(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	     uint64_t addr, uint64_t *gpa);

/*
 * Host pointer to addr, good up to the end of its 4 KiB page and until the
 * lock is released, or NULL. Uses the page cache: GPU thread only.
 */
uint8_t *gtt_page(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		  uint64_t addr, bool write);

/* Copies len bytes, across pages; 0 or -EFAULT. GPU thread only. */
int gtt_read(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	     uint64_t addr, void *buf, size_t len);
int gtt_write(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	      uint64_t addr, const void *buf, size_t len);

/*
 * One dword or qword, in one piece if it is naturally aligned, visible to the
 * guest before anything that follows. -EINVAL: addr is not a multiple of 4;
 * -EFAULT as above. GPU thread only.
 */
int gtt_store32(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		uint64_t addr, uint32_t val);
int gtt_store64(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		uint64_t addr, uint64_t val);
int gtt_load32(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	       uint64_t addr, uint32_t *val);

/* True while GFX_MODE of the engine enables its PPGTT. hsw->lock is held. */
bool gtt_ppgtt_enabled(struct hsw *hsw, enum engine_id engine);

/*
 * BAR2: len bytes at offset off, through the fences and the global GTT.
 * Pages without a valid PTE read as zero and drop writes, as the scratch page
 * of the hardware would; 0, or -EINVAL beyond the aperture. Any thread,
 * hsw->lock is held.
 */
int gtt_aperture_rw(struct hsw *hsw, uint32_t off, void *buf, size_t len,
		    bool write);

/*
 * Write hook of PP_DIR_BASE, engine + 0x228 (Haswell PRM, volume "Command Reference:
 * Registers"): bits 31:16 of val are the page directory, in units of 64 bytes of the PTEs.
 * Logs a directory that is outside of them. hsw->lock is held.
 */
void gtt_write_pp_dir_base(struct hsw *hsw, uint32_t off, uint32_t val);

#endif
