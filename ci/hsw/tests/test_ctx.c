// SPDX-License-Identifier: GPL-2.0-only
/*
 * Render contexts: what MI_SET_CONTEXT saves, what it restores, and what a
 * guest gets that names an image which is none.
 */
#include "fixture.h"
#include "ctx.h"

#define CTX(n)	(SCRATCH + (n) * 0x20000u)
#define INHIBIT	(0x100u | CTX_RESTORE_INHIBIT)
#define FORCE	(0x100u | CTX_FORCE_RESTORE)
#define GPR	0x2600u
#define INSTPM	(0x2000u + RING_INSTPM)

static bool switch_to(uint32_t ctx, uint32_t flags)
{
	return RUN(RCS, 0x0c000000, ctx | flags) &&
	       reg_get(RCS, RING_CCID) == (ctx | CCID_EN);
}

/* By the engine itself, as a batch of the context would do it. */
static void set(uint32_t off, uint32_t val)
{
	RUN(RCS, 0x11000001, off, val);
}

static uint32_t get(uint32_t off)
{
	return mmio_read(hsw, off);
}

/* The first and last of what a context has, with a value each from base on. */
static const uint32_t regs[] = {
	0x2290, 0x22c8, 0x22dc, 0x2300, 0x2344, 0x2400, 0x2414, 0x2418,
	0x2420, 0x2430, 0x2440, 0x2500, 0x2508, 0x2600, 0x267c, 0x5200,
	0x521c, 0x5240, 0x525c, 0x5280, 0x528c,
};

static void set_all(uint32_t base)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		set(regs[i], base + i);
}

static void all_are(uint32_t base, const char *name)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(regs); i++)
		n += get(regs[i]) == base + i;
	ok_eq(n, ARRAY_SIZE(regs), name);
}

/* Two contexts, each with registers of its own. */
static void isolation(void)
{
	set_all(0x100);
	ok(switch_to(CTX(1), INHIBIT), "the first context: CCID follows");
	all_are(0x100, "and the registers stay");
	set_all(0x200);
	ok(switch_to(CTX(2), INHIBIT), "a new context");
	all_are(0x200, "inherits them: restore inhibited");
	set_all(0x300);
	ok(switch_to(CTX(1), 0), "back to the first");
	all_are(0x200, "finds its own");
	ok(switch_to(CTX(2), 0), "and to the second");
	all_are(0x300, "finds its own as well");
}

static void masked(void)
{
	switch_to(CTX(1), 0);
	set(INSTPM, 0x00800080);
	set(0x7004, 0x00400040);
	switch_to(CTX(2), 0);
	set(INSTPM, 0x00800000);
	set(0x7004, 0x00400000);
	switch_to(CTX(1), 0);
	ok(get(INSTPM) & 0x80 && get(0x7004) & 0x40,
	   "bits of masked registers that the other context cleared come back");
	switch_to(CTX(2), 0);
	ok(!(get(INSTPM) & 0x80) && !(get(0x7004) & 0x40),
	   "and those that the other context set are cleared again");
}

static void same_context(void)
{
	switch_to(CTX(1), 0);
	set(GPR, 1);
	switch_to(CTX(2), 0);
	switch_to(CTX(1), 0);
	set(GPR, 2);
	ok(switch_to(CTX(1), 0) && get(GPR) == 2,
	   "the context that is there already: nothing is loaded");
	ok(switch_to(CTX(1), FORCE) && get(GPR) == 1,
	   "forced: what was saved last is loaded");
}

static void not_of_the_context(void)
{
	switch_to(CTX(1), 0);
	set(0x207c, 5);			/* no register of a context */
	mmio_write(hsw, 0x22048, 7);	/* another engine's */
	switch_to(CTX(2), 0);
	ok(get(0x207c) == 5 && get(0x22048) == 7,
	   "other registers are the engine's and stay");
}

static void no_image(void)
{
	uint64_t errors = hsw->stats.guest_errors;

	set(GPR, 9);
	memset(ram + CTX(3), 0, CTX_PAGES * GTT_PAGE);
	ok(switch_to(CTX(3), 0) && get(GPR) == 9 &&
	   hsw->stats.guest_errors == errors + 1,
	   "an image of zeros: logged, nothing loaded");

	switch_to(CTX(1), 0);
	set(GPR, 10);
	switch_to(CTX(2), 0);
	set(GPR, 11);
	/* Another register instead of the first one: GDRST, everything. */
	*ram32(CTX(1) + 4) = 0x941c;
	*ram32(CTX(1) + 8) = GDRST_FULL;
	errors = hsw->stats.guest_errors;
	ok(switch_to(CTX(1), 0) && get(GPR) == 11 &&
	   hsw->stats.guest_errors == errors + 1 &&
	   !hsw->stats.engine_resets[BCS],
	   "an image with a register that is none of it: nothing loaded");
	ok(switch_to(CTX(2), 0) && switch_to(CTX(1), 0) &&
	   hsw->stats.guest_errors == errors + 1,
	   "saving mends it");
}

static void no_page(void)
{
	uint32_t old, ccid;

	switch_to(CTX(1), 0);
	ccid = reg_get(RCS, RING_CCID);
	old = hsw->gtt.pte[CTX(1) >> 12];
	hsw->gtt.pte[CTX(1) >> 12] = 0;
	EMIT(RCS, 0x0c000000, CTX(2) | 0x100);
	run();
	ok(hsw->ring[RCS].hung && reg_get(RCS, RING_CCID) == ccid,
	   "the image to save to has lost its page: hangs, CCID stays");
	hsw->gtt.pte[CTX(1) >> 12] = old;
	memset(ram + CTX(1), 0xa5, GTT_PAGE);
	revive(RCS);
	ok(!reg_get(RCS, RING_CCID) && switch_to(CTX(2), 0) &&
	   get32(CTX(1)) == 0xa5a5a5a5,
	   "after a reset there is no context to save");
}

/* Images that reach beyond what there is. */
static void edge(void)
{
	uint32_t top = RAM_SIZE - CTX_PAGES * GTT_PAGE;

	ok(HANGS(RCS, 0x0c000000, (top + GTT_PAGE) | INHIBIT),
	   "the 17th page is missing: hangs");
	ok(HANGS(RCS, 0x0c000000, 0xfffff000u | INHIBIT),
	   "17 pages from the end of the space: hangs");
}

int main(void)
{
	open_device();
	isolation();
	masked();
	same_context();
	not_of_the_context();
	no_image();
	no_page();
	edge();
	close_device();
	return tap_done();
}
