/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt tree: ring IMR -> GT/PM IMR -> IIR & IER -> DEIER master -> MSI.
 *
 * Haswell PRM, volume "Command Reference: Registers" for the ring IMR and the GT and PM
 * interrupts, the display volume for DEIER. All functions but irq_init() and irq_fini():
 * hsw->lock is held.
 */
#ifndef HSW_IRQ_H
#define HSW_IRQ_H

#include "types.h"
#include "msi.h"

struct irq {
	struct msi msi;			/* the client's eventfd */
	bool line;			/* master && any(IIR & IER), last seen */
};

/* 0 or -errno, see msi_init(). */
int irq_init(struct hsw *hsw);
/* Closes the eventfd. */
void irq_fini(struct hsw *hsw);

/*
 * The client's eventfd for MSI vector 0 (taken over), -1 to disable. 0, or
 * -EINVAL: it is no eventfd, and still the caller's.
 */
int irq_set_msi(struct hsw *hsw, int fd);

/*
 * The engine executed MI_USER_INTERRUPT: sets the engine's bit in GTIIR or PMIIR
 * unless ring IMR or GTIMR/PMIMR masks it.
 */
void irq_user(struct hsw *hsw, enum engine_id engine);

/*
 * A flush of the engine with Notify Enable is done: PIPE_CONTROL on RCS,
 * MI_FLUSH_DW on the others. A bit of its own, masked in the same way.
 */
void irq_flush(struct hsw *hsw, enum engine_id engine);

/*
 * Recomputes the line and sends an MSI on its rising edge. Called after every
 * change of an IIR, IER or of DEIER.
 */
void irq_update(struct hsw *hsw);

/* The MSI, whatever the state of the line (SET_IRQS with DATA_NONE/BOOL). */
void irq_trigger(struct hsw *hsw);

/* Write hook of all IIR and IER registers: irq_update(). off and val are not used. */
void irq_write(struct hsw *hsw, uint32_t off, uint32_t val);

#endif
