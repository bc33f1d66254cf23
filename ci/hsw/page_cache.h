/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host pointers to the pages which the GPU thread has found since it last took
 * the lock.
 *
 * For speed, and never older than the guest memory map or a TLB: it is flushed
 * before each use of the lock and with each flush of a TLB. The TLBs of the
 * hardware are another matter, tlb.h.
 *
 * All functions: GPU thread only, but for the flush; hsw->lock is held.
 */
#ifndef HSW_PAGE_CACHE_H
#define HSW_PAGE_CACHE_H

#include "types.h"
#include "space.h"

#define PAGE_CACHE_ENTRIES	512u

struct page_cache {
	uint64_t generation;
	struct {
		uint64_t generation;
		uint32_t tag;
		uint8_t *host;
	} entry[PAGE_CACHE_ENTRIES];
};

/*
 * Host address of the page of graphics address addr (below 4 GiB), or NULL. Pages that were
 * added for reads are not found for writes, nor the other way round.
 */
uint8_t *page_cache_find(const struct page_cache *cache, enum engine_id engine,
			 enum gtt_space space, uint32_t addr, bool write);
/* Remembers host, the first byte of that page, for reads or for writes. */
void page_cache_add(struct page_cache *cache, enum engine_id engine,
		    enum gtt_space space, uint32_t addr, bool write,
		    uint8_t *host);
/* Forgets all pages. */
void page_cache_flush(struct page_cache *cache);

#endif
