/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is behind the regions of the device.
 *
 * Haswell PRM, volume "PCIe Config Registers": GTTMMADR (BAR0), GMADR (BAR2) and IOBAR
 * (BAR4). The numbers of the regions are those of <linux/vfio.h>.
 */
#ifndef HSW_BAR_H
#define HSW_BAR_H

#include <linux/vfio.h>

#include "types.h"
#include "pci.h"

/* The regions that there are. */
enum region {
	REGION_BAR0 = VFIO_PCI_BAR0_REGION_INDEX,
	REGION_BAR2 = VFIO_PCI_BAR2_REGION_INDEX,
	REGION_BAR4 = VFIO_PCI_BAR4_REGION_INDEX,
	REGION_CONFIG = VFIO_PCI_CONFIG_REGION_INDEX,
	NUM_REGIONS = VFIO_PCI_NUM_REGIONS,
};

struct bar {
	uint32_t io_index;		/* the index port of BAR4 */
};

/* Power-on state: the index port is 0. hsw->lock is held. */
void bar_reset(struct bar *bar);

/* Bytes in a region; 0 if there is none of that number. */
uint64_t region_size(unsigned int region);

/*
 * An access by the guest's CPU: len bytes at offset off, any length and alignment.
 * -EINVAL unless all of it lies inside the region; else 0, whatever the guest hit there.
 * hsw->lock is held.
 */
int region_read(struct hsw *hsw, unsigned int region, uint64_t off,
		void *buf, size_t len);
int region_write(struct hsw *hsw, unsigned int region, uint64_t off,
		 const void *buf, size_t len);

#endif
