/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration space of device 8086:0412.
 *
 * Haswell PRM, volume "PCIe Config Registers", device 2 function 0; PCI Local Bus
 * Specification for BARs and capabilities. All functions: hsw->lock is held.
 */
#ifndef HSW_PCI_H
#define HSW_PCI_H

#include "types.h"

#define PCI_CONFIG_SIZE	256

#define BAR0_SIZE	(4 * MIB)	/* 2 MiB of registers, 2 MiB of PTEs */
#define BAR0_PTES	(2 * MIB)	/* where the PTEs start */
#define BAR2_SIZE	(256 * MIB)	/* the aperture */
#define BAR4_SIZE	64u		/* I/O: index at 0, data at 4 */

struct pci {
	uint8_t cfg[PCI_CONFIG_SIZE];
};

/* All of configuration space to its reset values. */
void pci_reset(struct pci *pci);

/*
 * len bytes at offset off, any length and alignment inside PCI_CONFIG_SIZE. 0, or -EINVAL
 * outside. A write changes only the bits that are writable: a BAR to which all ones are
 * written reads as its size, as the PCI specification says.
 */
int pci_config_read(struct pci *pci, uint32_t off, void *buf, size_t len);
int pci_config_write(struct pci *pci, uint32_t off, const void *buf, size_t len);

#endif
