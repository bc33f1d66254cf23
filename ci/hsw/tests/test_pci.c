// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space, as firmware and i915 use it.
 */
#include <errno.h>
#include <string.h>

#include "pci.h"
#include "space.h"
#include "tap.h"

static struct pci pci;

static uint32_t rd(uint32_t off)
{
	uint32_t val = 0;

	pci_config_read(&pci, off, &val, 4);
	return val;
}

static void wr(uint32_t off, uint32_t val)
{
	pci_config_write(&pci, off, &val, 4);
}

static void identity(void)
{
	ok_eq(rd(0x00), 0x04128086, "vendor and device");
	ok_eq(rd(0x08), 0x03000006, "class and revision");
	wr(0x00, 0);
	wr(0x08, 0);
	ok(rd(0x00) == 0x04128086 && rd(0x08) == 0x03000006,
	   "both read only");
	ok_eq((rd(0x50) >> 8 & 3) * MIB, GTT_SIZE, "GGMS: the size of the PTEs");
	ok_eq(rd(0x50) >> 3 & 0x1f, 0, "GMS: no stolen memory");
	ok_eq(rd(0x5c), 0, "no stolen base");
	ok_eq(rd(0x3c) >> 8 & 0xff, 0, "no INTx pin");
}

static void bars(void)
{
	wr(0x10, 0xffffffff);
	wr(0x14, 0xffffffff);
	ok_eq(rd(0x10), 0xffc00004, "BAR0 sizes as 4 MiB, 64 bit");
	ok_eq(rd(0x14), 0xffffffff, "BAR1 is BAR0's upper half");
	wr(0x18, 0xffffffff);
	ok_eq(rd(0x18), 0xf000000c, "BAR2 sizes as 256 MiB, prefetchable");
	wr(0x20, 0xffffffff);
	ok_eq(rd(0x20), 0x0000ffc1, "BAR4 sizes as 64 ports");
	wr(0x24, 0xffffffff);
	wr(0x30, 0xffffffff);
	ok(rd(0x24) == 0 && rd(0x30) == 0, "no BAR5, no ROM");
	wr(0x10, 0xfe123456);
	ok_eq(rd(0x10), 0xfe000004, "an address keeps the type bits");
}

static void capabilities(void)
{
	unsigned int at, seen = 0, ids = 0;

	ok(rd(0x04) & 0x00100000, "status says that there is a list");
	for (at = rd(0x34) & 0xff; at && seen < 48; seen++) {
		uint32_t head = rd(at);

		ids |= 1u << (head & 0xff);
		at = head >> 8 & 0xfc;
	}
	ok(seen == 2 && ids == (1u << 5 | 1u << 1), "MSI and PM, then the end");
	wr(0x90, 0xffffffff);
	ok_eq(rd(0x90) >> 16, 0x0001, "MSI: only the enable bit can be set");
	wr(0x94, 0xfee00001);
	ok_eq(rd(0x94), 0xfee00000, "MSI address is a multiple of 4");
	wr(0x98, 0xffff4123);
	ok_eq(rd(0x98), 0x4123, "MSI data has 16 bits");
	wr(0xd4, 0xffffffff);
	ok_eq(rd(0xd4), 0xb, "PM: power state, no soft reset");
}

static void narrow(void)
{
	uint8_t byte = 0xff, all[PCI_CONFIG_SIZE + 4];
	uint16_t half = 0x0407;

	pci_reset(&pci);
	ok(pci_config_write(&pci, 0x04, &half, 2) == 0 &&
	   rd(0x04) == 0x00100407, "command by a 16-bit write");
	ok(pci_config_write(&pci, 0x05, &byte, 1) == 0 &&
	   rd(0x04) == 0x00100407, "byte write touches its byte only");
	ok(pci_config_write(&pci, 0x3c, &byte, 1) == 0 && rd(0x3c) == 0xff,
	   "interrupt line by a byte write");
	ok(pci_config_read(&pci, 0, all, PCI_CONFIG_SIZE) == 0,
	   "all of it at once");
	ok(pci_config_read(&pci, 0, all, PCI_CONFIG_SIZE + 1) == -EINVAL &&
	   pci_config_read(&pci, 0xfd, all, 4) == -EINVAL &&
	   pci_config_read(&pci, 0x100, all, 1) == -EINVAL &&
	   pci_config_read(&pci, 0xffffffff, all, 2) == -EINVAL,
	   "reads beyond the end");
	ok(pci_config_write(&pci, 0xfd, all, 4) == -EINVAL &&
	   pci_config_write(&pci, 0xffffffff, all, 2) == -EINVAL,
	   "writes beyond the end");
	wr(0xfc, 0xdeadbeef);
	ok_eq(rd(0xfc), 0xdeadbeef, "ASLS holds what firmware stores");
	pci_reset(&pci);
	ok_eq(rd(0xfc) | rd(0x94) | (rd(0x04) & 0xffff), 0, "reset undoes all");
}

int main(void)
{
	pci_reset(&pci);
	identity();
	bars();
	capabilities();
	narrow();
	return tap_done();
}
