// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translations that outlive their PTEs, see tlb.h.
 *
 * One entry for each page of each space of each agent: nothing is ever
 * evicted, so a missing flush shows whatever else the guest does meanwhile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

#define PAGES	(PPGTT_PDES * PPGTT_PTES)
#define ENTRIES	(TLB_AGENTS * 2ul * PAGES)

_Static_assert(PAGES >= GTT_ENTRIES, "the PPGTT is the larger space");

static struct tlb_entry *entry_of(struct hsw *hsw, unsigned int agent,
				  enum gtt_space space, uint64_t addr)
{
	uint64_t page = addr >> GTT_PAGE_SHIFT;

	if (!hsw->tlb.on || page >= PAGES)
		return NULL;
	return &hsw->tlb.entry[(agent * 2ul + space) * PAGES + page];
}

int tlb_enable(struct hsw *hsw)
{
	unsigned int agent;

	/* Pages that no agent uses are never touched. */
	if (!hsw->tlb.entry)
		hsw->tlb.entry = calloc(ENTRIES, sizeof(*hsw->tlb.entry));
	if (!hsw->tlb.entry)
		return -ENOMEM;
	for (agent = 0; agent < TLB_AGENTS; agent++) {
		hsw->tlb.generation[agent][GTT_GLOBAL]++;
		hsw->tlb.generation[agent][GTT_PPGTT]++;
	}
	hsw->tlb.on = true;
	page_cache_flush(&hsw->pages);
	return 0;
}

void tlb_fini(struct hsw *hsw)
{
	free(hsw->tlb.entry);
	hsw->tlb.entry = NULL;
	hsw->tlb.on = false;
}

bool tlb_lookup(struct hsw *hsw, unsigned int agent, enum gtt_space space,
		uint64_t addr, uint32_t *pte)
{
	const struct tlb_entry *e = entry_of(hsw, agent, space, addr);

	if (!e || e->generation != hsw->tlb.generation[agent][space])
		return false;
	*pte = e->pte;
	return true;
}

void tlb_fill(struct hsw *hsw, unsigned int agent, enum gtt_space space,
	      uint64_t addr, uint32_t pte)
{
	struct tlb_entry *e = entry_of(hsw, agent, space, addr);

	if (!e)
		return;
	e->generation = hsw->tlb.generation[agent][space];
	e->pte = pte;
}

static void flush(struct hsw *hsw, unsigned int agent, enum gtt_space space)
{
	/* The host pointers are built on it. */
	page_cache_flush(&hsw->pages);
	if (!hsw->tlb.on || ++hsw->tlb.generation[agent][space])
		return;
	/* After 2^32 flushes old entries would come back to life. */
	memset(entry_of(hsw, agent, space, 0), 0,
	       PAGES * sizeof(struct tlb_entry));
	hsw->tlb.generation[agent][space] = 1;
}

void tlb_flush_ppgtt(struct hsw *hsw, enum engine_id engine)
{
	flush(hsw, engine, GTT_PPGTT);
}

void tlb_flush_global(struct hsw *hsw)
{
	unsigned int agent;

	for (agent = 0; agent < TLB_AGENTS; agent++)
		flush(hsw, agent, GTT_GLOBAL);
}

void tlb_flush_engine(struct hsw *hsw, enum engine_id engine)
{
	flush(hsw, engine, GTT_GLOBAL);
	flush(hsw, engine, GTT_PPGTT);
}

void tlb_write_flsh_cntl(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)off;
	if (val & GFX_FLSH_CNTL_EN)
		tlb_flush_global(hsw);
}
