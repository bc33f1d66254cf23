// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command with a length field, at its longest: no dword of it is executed.
 * The widths are those of the manual's command headers, engine by engine, written
 * down once more in lengths.h and not taken from cmdlen.c.
 *
 * The payload is full of MI_LOAD_REGISTER_IMM, whichever of its dwords a device
 * with a shorter field takes for the next command.
 */
#include "fixture.h"
#include "lengths.h"

#define VICTIM	0x2640u			/* CS_GPR(8) */
#define BATCH	0x300000u
#define MARK	(SCRATCH + 0x100)

/* Nothing of the payload was executed, and the engine is where it should be. */
static bool takes_all(enum engine_id e, uint32_t dw0, unsigned int bits)
{
	static const uint32_t payload[] = { 0x11000001, VICTIM, 0xbad };
	uint32_t len = (1u << bits) - 1 + 2, i;
	uint32_t *batch = ram32(BATCH);
	bool good;

	batch[0] = dw0 | (len - 2);
	for (i = 1; i < len; i++)
		batch[i] = payload[i % ARRAY_SIZE(payload)];
	/* This one executes its payload: as registers without a meaning. */
	if (dw0 == 0x11000000)
		for (i = 1; i < len; i++)
			batch[i] = 0x11000001;
	batch += len;
	batch[0] = 0x10400002;
	batch[1] = 0;
	batch[2] = MARK;
	batch[3] = 0x60d;
	batch[4] = 0x05000000;
	*ram32(MARK) = 0;
	mmio_set(hsw, VICTIM, 0);

	EMIT(e, 0x18800000, BATCH);
	run();
	good = !mmio_get(hsw, VICTIM);
	if (hsw->ring[e].hung)
		good &= hsw->ring[e].at.batch[0].addr == BATCH;
	else
		good &= get32(MARK) == 0x60d;
	revive(e);
	return good;
}

int main(void)
{
	enum engine_id e;
	unsigned int i;

	open_device();
	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		for (e = 0; e < NUM_ENGINES; e++)
			if (lengths[i].engines & BIT(e))
				ok(takes_all(e, lengths[i].dw0, lengths[i].bits) &&
				   cmd_length(e, lengths[i].dw0 | 0xffff) ==
				   (1u << lengths[i].bits) + 1,
				   "%s: %s, %u bits of length", engine_name[e],
				   lengths[i].name, lengths[i].bits);
	close_device();
	return tap_done();
}
