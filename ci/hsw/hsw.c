// SPDX-License-Identifier: GPL-2.0-only
/*
 * Putting the device together, and apart again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hsw.h"
#include "bar.h"

/*
 * The PTEs live in a file so that the client can map them into the guest. It
 * is as large as BAR0, so that offsets in the file are offsets in the BAR, and
 * sealed, so that no client can cut it short under the GPU thread.
 */
static int create_ptes(struct hsw *hsw)
{
	void *p;
	int err;

	hsw->gtt_fd = memfd_create("hsw-ptes", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (hsw->gtt_fd < 0)
		return -errno;
	if (ftruncate(hsw->gtt_fd, BAR0_SIZE) < 0 ||
	    fcntl(hsw->gtt_fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto fail;
	p = mmap(NULL, GTT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		 hsw->gtt_fd, BAR0_PTES);
	if (p == MAP_FAILED)
		goto fail;
	hsw->gtt.pte = p;
	return 0;

fail:
	err = -errno;
	close(hsw->gtt_fd);
	return err;
}

static void destroy_ptes(struct hsw *hsw)
{
	munmap(hsw->gtt.pte, GTT_SIZE);
	close(hsw->gtt_fd);
}

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
	irq_init(hsw);
	pci_reset(&hsw->pci);
	err = mmio_init(hsw);
	if (err)
		goto fini_sched;
	mmio_reset(hsw);
	err = create_ptes(hsw);
	if (err)
		goto fini_mmio;
	reset_all(hsw);
	err = gpu_start(hsw);
	if (err)
		goto free_ptes;
	return hsw;

free_ptes:
	destroy_ptes(hsw);
fini_mmio:
	mmio_fini(hsw);
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
	destroy_ptes(hsw);
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
	memset(hsw->gtt.pte, 0, GTT_SIZE);
	reset_all(hsw);
	irq_update(hsw);
}
