// SPDX-License-Identifier: GPL-2.0-only
/*
 * Region accesses, taken apart into registers, PTEs, aperture and ports.
 *
 * Haswell PRM, "PCIe Config Registers": GTTMMADR (BAR0), GMADR (BAR2) and
 * IOBAR (BAR4).
 */
#include <errno.h>
#include <string.h>

#include "device.h"

_Static_assert(BAR0_SIZE == GTT_FILE_SIZE && BAR0_PTES == GTT_FILE_PTES,
	       "the client maps the PTEs at their offset in BAR0");

void bar_reset(struct bar *bar)
{
	bar->io_index = 0;
}

uint64_t region_size(unsigned int region)
{
	switch (region) {
	case REGION_BAR0:
		return BAR0_SIZE;
	case REGION_BAR2:
		return BAR2_SIZE;
	case REGION_BAR4:
		return BAR4_SIZE;
	case REGION_CONFIG:
		return PCI_CONFIG_SIZE;
	default:
		return 0;
	}
}

static bool inside(unsigned int region, uint64_t off, size_t len)
{
	uint64_t size = region_size(region);

	return off < size && len <= size - off;
}

/* Part of a dword: n bytes from byte `shift` on. */
struct piece {
	uint32_t off;			/* of the dword */
	unsigned int shift, n;
};

static struct piece piece(uint32_t off, size_t len)
{
	struct piece p = { off & ~3u, off & 3, 4 - (off & 3) };

	if (p.n > len)
		p.n = len;
	return p;
}

static void mmio_bytes_read(struct hsw *hsw, uint32_t off, uint8_t *buf,
			    size_t len)
{
	while (len) {
		struct piece p = piece(off, len);
		uint32_t val = mmio_read(hsw, p.off);

		hsw->stats.mmio_reads++;
		trace_mmio("read  0x%06x %-24s 0x%08x", p.off,
			   mmio_name(hsw, p.off), val);
		memcpy(buf, (uint8_t *)&val + p.shift, p.n);
		buf += p.n;
		off += p.n;
		len -= p.n;
	}
}

static void mmio_bytes_write(struct hsw *hsw, uint32_t off, const uint8_t *buf,
			     size_t len)
{
	while (len) {
		struct piece p = piece(off, len);
		uint32_t val = 0;

		memcpy((uint8_t *)&val + p.shift, buf, p.n);
		hsw->stats.mmio_writes++;
		trace_mmio("write 0x%06x %-24s 0x%08x", p.off,
			   mmio_name(hsw, p.off), val);
		if (p.n == 4)
			mmio_write(hsw, p.off, val);
		else
			mmio_write_part(hsw, p.off, val,
					((1u << p.n * 8) - 1) << p.shift * 8);
		buf += p.n;
		off += p.n;
		len -= p.n;
	}
}

static void bar0_read(struct hsw *hsw, uint32_t off, uint8_t *buf, size_t len)
{
	if (off < BAR0_PTES) {
		size_t n = BAR0_PTES - off;

		if (n > len)
			n = len;
		mmio_bytes_read(hsw, off, buf, n);
		off += n;
		buf += n;
		len -= n;
	}
	if (len) {
		gtt_ptes_read(&hsw->gtt, off - BAR0_PTES, buf, len);
		hsw->stats.gtt_reads++;
	}
}

static void bar0_write(struct hsw *hsw, uint32_t off, const uint8_t *buf,
		       size_t len)
{
	if (off < BAR0_PTES) {
		size_t n = BAR0_PTES - off;

		if (n > len)
			n = len;
		mmio_bytes_write(hsw, off, buf, n);
		off += n;
		buf += n;
		len -= n;
	}
	if (len) {
		gtt_ptes_write(&hsw->gtt, off - BAR0_PTES, buf, len);
		hsw->stats.gtt_writes++;
	}
}

/*
 * The I/O BAR gives code without a mapping two ports: the index (bit 0: PTEs
 * instead of registers) and the data, 32 bits each. Other ports read 0.
 */
#define IO_INDEX	0
#define IO_DATA		4

static void io_read(struct hsw *hsw, uint32_t off, uint8_t *buf, size_t len)
{
	uint32_t index = hsw->bar.io_index;
	uint32_t val = 0;

	hsw->stats.io_reads++;
	memset(buf, 0, len);
	if (off % 4 || len != 4)
		return;
	if (off == IO_INDEX)
		val = index;
	else if (off == IO_DATA)
		bar0_read(hsw, (index & 1 ? BAR0_PTES : 0) +
			  (index & 0x1ffffc), (uint8_t *)&val, 4);
	memcpy(buf, &val, 4);
}

static void io_write(struct hsw *hsw, uint32_t off, const uint8_t *buf,
		     size_t len)
{
	uint32_t index = hsw->bar.io_index;

	hsw->stats.io_writes++;
	if (off % 4 || len != 4)
		return;
	if (off == IO_INDEX)
		memcpy(&hsw->bar.io_index, buf, 4);
	else if (off == IO_DATA)
		bar0_write(hsw, (index & 1 ? BAR0_PTES : 0) +
			   (index & 0x1ffffc), buf, 4);
}

int region_read(struct hsw *hsw, unsigned int region, uint64_t off,
		void *buf, size_t len)
{
	if (!inside(region, off, len))
		return -EINVAL;

	switch (region) {
	case REGION_BAR0:
		bar0_read(hsw, off, buf, len);
		return 0;
	case REGION_BAR2:
		hsw->stats.aperture_reads++;
		return gtt_aperture_rw(hsw, off, buf, len, false);
	case REGION_BAR4:
		io_read(hsw, off, buf, len);
		return 0;
	default:
		hsw->stats.config_reads++;
		return pci_config_read(&hsw->pci, off, buf, len);
	}
}

int region_write(struct hsw *hsw, unsigned int region, uint64_t off,
		 const void *buf, size_t len)
{
	if (!inside(region, off, len))
		return -EINVAL;

	switch (region) {
	case REGION_BAR0:
		bar0_write(hsw, off, buf, len);
		return 0;
	case REGION_BAR2:
		hsw->stats.aperture_writes++;
		return gtt_aperture_rw(hsw, off, (void *)buf, len, true);
	case REGION_BAR4:
		io_write(hsw, off, buf, len);
		return 0;
	default:
		hsw->stats.config_writes++;
		return pci_config_write(&hsw->pci, off, buf, len);
	}
}
