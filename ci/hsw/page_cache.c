// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host pointers of pages, see page_cache.h.
 */
#include "page_cache.h"

/* 20 bits of page, one of space, two of engine, one of permission. */
static uint32_t tag_of(enum engine_id engine, enum gtt_space space,
		       uint32_t addr, bool write)
{
	return addr >> GTT_PAGE_SHIFT | (uint32_t)space << 20 |
	       (uint32_t)engine << 21 | (uint32_t)write << 23;
}

/* Source and destination of a copy are often a power of two apart. */
static unsigned int slot_of(uint32_t addr, bool write)
{
	uint32_t page = addr >> GTT_PAGE_SHIFT;

	return (page ^ page >> 9 ^ (write ? 0x55 : 0)) % PAGE_CACHE_ENTRIES;
}

uint8_t *page_cache_find(const struct page_cache *cache, enum engine_id engine,
			 enum gtt_space space, uint32_t addr, bool write)
{
	unsigned int slot = slot_of(addr, write);

	if (cache->entry[slot].generation != cache->generation ||
	    cache->entry[slot].tag != tag_of(engine, space, addr, write))
		return NULL;
	return cache->entry[slot].host;
}

void page_cache_add(struct page_cache *cache, enum engine_id engine,
		    enum gtt_space space, uint32_t addr, bool write,
		    uint8_t *host)
{
	unsigned int slot = slot_of(addr, write);

	cache->entry[slot].generation = cache->generation;
	cache->entry[slot].tag = tag_of(engine, space, addr, write);
	cache->entry[slot].host = host;
}

void page_cache_flush(struct page_cache *cache)
{
	/* 64 bits: does not wrap in the lifetime of the process. */
	cache->generation++;
}
