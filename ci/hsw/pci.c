// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration space of the graphics function.
 *
 * Haswell PRM, "PCIe Config Registers" volume, device 2 function 0; the
 * capability structures follow the PCI Local Bus and Power Management specs.
 *
 * The client (QEMU) shows the guest its own copy of the BARs, the command
 * register and the MSI capability, but starts from what it reads here and
 * writes through what the guest writes.
 */
#include <errno.h>
#include <string.h>

#include "pci.h"

#define CAP_MSI		0x90
#define CAP_PM		0xd0

/*
 * One line per dword: offset, reset value, bits the guest can change.
 * All other dwords read 0.
 */
static const struct {
	uint32_t off, reset, writable;
} dwords[] = {
	{ 0x00, 0x04128086, 0 },		/* Haswell GT2 desktop */
	{ 0x04, 0x00100000, 0x00000407 },	/* STS: capabilities; CMD */
	{ 0x08, 0x03000006, 0 },		/* VGA compatible, revision 6 */
	{ 0x10, 0x00000004, ~(uint32_t)(BAR0_SIZE - 1) },	/* 64 bit */
	{ 0x14, 0x00000000, 0xffffffff },
	{ 0x18, 0x0000000c, ~(uint32_t)(BAR2_SIZE - 1) },	/* 64 bit, pref. */
	{ 0x1c, 0x00000000, 0xffffffff },
	{ 0x20, 0x00000001, 0x0000ffff & ~(BAR4_SIZE - 1) },	/* I/O */
	{ 0x2c, 0x04128086, 0 },		/* subsystem */
	{ 0x34, CAP_MSI, 0 },
	{ 0x3c, 0x00000000, 0x000000ff },	/* no INTx pin: MSI only */
	{ 0x50, 0x00000100, 0 },		/* GGC: GGMS 1 MiB, GMS none */
	{ 0x5c, 0x00000000, 0 },		/* BDSM: no stolen memory */
	{ 0x60, 0x00020000, 0 },		/* MSAC: 256 MiB aperture */
	{ CAP_MSI, 0x00000005 | CAP_PM << 8, 0x00010000 },
	{ CAP_MSI + 4, 0x00000000, 0xfffffffc },	/* address */
	{ CAP_MSI + 8, 0x00000000, 0x0000ffff },	/* data */
	{ CAP_PM, 0x00220001, 0 },		/* version 2, no PME */
	{ CAP_PM + 4, 0x00000008, 0x00000003 },	/* no soft reset */
	{ 0xe0, 0x00000000, 0x0000ffff },	/* SWSCI */
	{ 0xf4, 0x00000000, 0x000000ff },	/* legacy backlight */
	{ 0xfc, 0x00000000, 0xffffffff },	/* ASLS: no OpRegion */
};

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, uint32_t val)
{
	p[0] = val;
	p[1] = val >> 8;
	p[2] = val >> 16;
	p[3] = val >> 24;
}

/* Bits of the dword at off that the guest can change. */
static uint32_t writable(uint32_t off)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dwords); i++)
		if (dwords[i].off == off)
			return dwords[i].writable;
	return 0;
}

void pci_reset(struct pci *pci)
{
	size_t i;

	memset(pci, 0, sizeof(*pci));
	for (i = 0; i < ARRAY_SIZE(dwords); i++)
		put32(pci->cfg + dwords[i].off, dwords[i].reset);
}

static bool inside(uint32_t off, size_t len)
{
	return off <= PCI_CONFIG_SIZE && len <= PCI_CONFIG_SIZE - off;
}

int pci_config_read(struct pci *pci, uint32_t off, void *buf, size_t len)
{
	if (!inside(off, len))
		return -EINVAL;
	memcpy(buf, pci->cfg + off, len);
	return 0;
}

int pci_config_write(struct pci *pci, uint32_t off, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	size_t i;

	if (!inside(off, len))
		return -EINVAL;
	for (i = 0; i < len; i++, off++) {
		uint32_t dword = off & ~3u;
		uint32_t mask = writable(dword) & 0xffu << (off % 4 * 8);
		uint32_t val = (uint32_t)from[i] << (off % 4 * 8);
		uint32_t old = get32(pci->cfg + dword);

		put32(pci->cfg + dword, (old & ~mask) | (val & mask));
	}
	return 0;
}
