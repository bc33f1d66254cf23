/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vfio-user wire format, protocol version 0.x: what QEMU's
 * docs/interop/vfio-user.rst lays down. Host byte order, no padding. What it
 * has in common with VFIO is taken from <linux/vfio.h>.
 */
#ifndef HSW_VFIO_PROTO_H
#define HSW_VFIO_PROTO_H

#include <linux/vfio.h>
#include <stdint.h>

enum vu_command {
	VU_VERSION = 1,
	VU_DMA_MAP = 2,
	VU_DMA_UNMAP = 3,
	VU_GET_INFO = 4,
	VU_GET_REGION_INFO = 5,
	VU_GET_REGION_IO_FDS = 6,
	VU_GET_IRQ_INFO = 7,
	VU_SET_IRQS = 8,
	VU_REGION_READ = 9,
	VU_REGION_WRITE = 10,
	VU_DEVICE_RESET = 13,
};

/* vu_header.flags */
#define VU_TYPE_MASK	0x0fu
#define VU_TYPE_COMMAND	0x00u
#define VU_TYPE_REPLY	0x01u
#define VU_NO_REPLY	0x10u
#define VU_ERROR	0x20u

struct vu_header {
	uint16_t id;			/* echoed in the reply */
	uint16_t command;		/* enum vu_command */
	uint32_t size;			/* of the message, header included */
	uint32_t flags;
	uint32_t error;			/* errno, replies only */
};

struct vu_version {
	uint16_t major, minor;
	/* then a NUL-terminated JSON text, optional */
};

struct vu_dma_map {
	uint32_t argsz;
	uint32_t flags;			/* VU_DMA_READ | VU_DMA_WRITE */
	uint64_t offset;		/* in the file that comes along */
	uint64_t address, size;		/* guest physical */
};

#define VU_DMA_READ	0x1u
#define VU_DMA_WRITE	0x2u

struct vu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t address, size;
};

#define VU_UNMAP_ALL	0x2u		/* address and size are 0 */

/* Shorter than struct vfio_device_info: without capabilities. */
struct vu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions, num_irqs;
};

struct vu_region_rw {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	/* then count bytes: in a write, and in the reply to a read */
};

#define VU_PATIENCE	5		/* seconds, see vfio_user.c */
#define VU_MAX_FDS	8
#define VU_MAX_DATA	(1u << 20)	/* count of one read or write */
#define VU_MAX_MESSAGE	(sizeof(struct vu_header) + \
			 sizeof(struct vu_region_rw) + VU_MAX_DATA)

#endif
