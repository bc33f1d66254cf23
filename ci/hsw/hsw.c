// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting the device together, and apart again.
 */
#include <errno.h>
#include <stdlib.h>

#include "device.h"
#include "hsw.h"
#include "regs.h"
#include "reset.h"

struct hsw *hsw_create(void)
{
	struct hsw *hsw;
	int err;

	hsw = calloc(1, sizeof(*hsw));
	if (!hsw)
		return NULL;
	err = sched_init(hsw);
	if (err)
		goto free_hsw;
	mem_init(&hsw->mem);
	err = irq_init(hsw);
	if (err)
		goto fini_sched;
	pci_reset(&hsw->pci);
	err = mmio_init(hsw, reg_table, reg_count);
	if (err)
		goto fini_irq;
	mmio_reset(hsw);
	err = gtt_init(&hsw->gtt);
	if (err)
		goto fini_mmio;
	reset_all(hsw);
	err = gpu_start(hsw);
	if (err)
		goto fini_gtt;
	return hsw;

fini_gtt:
	gtt_fini(&hsw->gtt);
fini_mmio:
	mmio_fini(hsw);
fini_irq:
	irq_fini(hsw);
fini_sched:
	sched_fini(hsw);
free_hsw:
	free(hsw);
	errno = -err;
	return NULL;
}

void hsw_destroy(struct hsw *hsw)
{
	if (!hsw)
		return;
	gpu_stop(hsw);
	tlb_fini(hsw);
	gtt_fini(&hsw->gtt);
	mmio_fini(hsw);
	irq_fini(hsw);
	mem_fini(&hsw->mem);
	sched_fini(hsw);
	free(hsw);
}

void hsw_reset(struct hsw *hsw)
{
	pci_reset(&hsw->pci);
	mmio_reset(hsw);
	bar_reset(&hsw->bar);
	gtt_reset(&hsw->gtt);
	reset_all(hsw);
	irq_update(hsw);
}
