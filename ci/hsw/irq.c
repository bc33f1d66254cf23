// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts.
 *
 * Haswell PRM, "Command Reference: Registers" (ring IMR, GT and PM interrupt
 * definitions) and the display volume (DE and south display engine registers,
 * master interrupt control in DEIER bit 31).
 *
 * An event sets its IIR bit unless IMR masks it; while masked it is lost, as
 * on hardware. South display events show up as one bit of DEIIR. The function
 * sends an MSI when "master enabled and some IIR & IER is set" turns true. It
 * turns false when the handler clears the master, and true again when it sets
 * it with something new pending: so nothing that arrives in between is lost.
 */
#include <errno.h>
#include <string.h>

#include "device.h"

/* Blocks of four registers: ISR, IMR, IIR, IER. */
#define BLOCK_DE	0x44000
#define BLOCK_GT	0x44010
#define BLOCK_PM	0x44020
#define BLOCK_SDE	0xc4000
#define IMR		0x4
#define IIR		0x8
#define IER		0xc

#define DEIER_MASTER	BIT(31)
#define DE_PCH_EVENT	BIT(28)

static const struct event {
	uint32_t block, user, flush;
} events[NUM_ENGINES] = {
	[RCS] = { BLOCK_GT, BIT(0), BIT(4) },
	[VCS] = { BLOCK_GT, BIT(12), BIT(16) },
	[BCS] = { BLOCK_GT, BIT(22), BIT(26) },
	[VECS] = { BLOCK_PM, BIT(10), BIT(13) },
};

int irq_init(struct hsw *hsw)
{
	hsw->irq.line = false;
	return msi_init(&hsw->irq.msi);
}

void irq_fini(struct hsw *hsw)
{
	msi_fini(&hsw->irq.msi);
}

void irq_trigger(struct hsw *hsw)
{
	int err = msi_send(&hsw->irq.msi);

	if (err == -ENOENT)
		return;
	hsw->stats.msi++;
	trace_dma("MSI");
	if (err)
		log_guest_error(hsw, "MSI: the client's eventfd takes no event: %s",
				strerror(-err));
}

int irq_set_msi(struct hsw *hsw, int fd)
{
	int err = msi_set(&hsw->irq.msi, fd);

	/*
	 * The edge may have come while there was nobody to tell. One MSI too
	 * many does no harm, one too few hangs the guest.
	 */
	if (!err && hsw->irq.line)
		irq_trigger(hsw);
	return err;
}

static uint32_t pending(struct hsw *hsw, uint32_t block)
{
	return mmio_get(hsw, block + IIR) & mmio_get(hsw, block + IER);
}

/* An event of one of the blocks: lost if masked. */
static void raise_event(struct hsw *hsw, uint32_t block, uint32_t bits)
{
	bits &= ~mmio_get(hsw, block + IMR);
	mmio_set(hsw, block + IIR, mmio_get(hsw, block + IIR) | bits);
}

void irq_update(struct hsw *hsw)
{
	bool was = hsw->irq.line;

	if (pending(hsw, BLOCK_SDE))
		raise_event(hsw, BLOCK_DE, DE_PCH_EVENT);

	hsw->irq.line = mmio_get(hsw, BLOCK_DE + IER) & DEIER_MASTER &&
			(pending(hsw, BLOCK_DE) & ~DEIER_MASTER ||
			 pending(hsw, BLOCK_GT) || pending(hsw, BLOCK_PM));
	if (hsw->irq.line && !was)
		irq_trigger(hsw);
}

static void engine_event(struct hsw *hsw, enum engine_id engine, uint32_t bit,
			 const char *what)
{
	bool masked = mmio_get(hsw, engine_base[engine] + RING_IMR) & bit;

	trace_dma("%s %s interrupt%s", engine_name[engine], what,
		  masked ? ", masked" : "");
	if (masked)
		return;
	raise_event(hsw, events[engine].block, bit);
	irq_update(hsw);
}

void irq_user(struct hsw *hsw, enum engine_id engine)
{
	hsw->stats.user_interrupts[engine]++;
	engine_event(hsw, engine, events[engine].user, "user");
}

void irq_flush(struct hsw *hsw, enum engine_id engine)
{
	engine_event(hsw, engine, events[engine].flush, "flush");
}

void irq_write(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)off;
	(void)val;
	irq_update(hsw);
}
