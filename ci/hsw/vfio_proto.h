/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vfio-user wire format, protocol version 0.x: what QEMU's
 * docs/interop/vfio-user.rst lays down. Host byte order, no padding.
 */
#ifndef HSW_VFIO_PROTO_H
#define HSW_VFIO_PROTO_H

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

struct vu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t num_regions, num_irqs;
};

#define VU_DEVICE_RESETS 0x1u
#define VU_DEVICE_PCI	0x2u

struct vu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;		/* from the start of this struct */
	uint64_t size;
	uint64_t offset;		/* in the file that comes along */
};

#define VU_REGION_CAN_READ	0x1u
#define VU_REGION_CAN_WRITE	0x2u
#define VU_REGION_CAN_MMAP	0x4u
#define VU_REGION_HAS_CAPS	0x8u

/* Region capability 1: which part of the region can be mapped. */
struct vu_cap_sparse_mmap {
	uint16_t id, version;		/* both 1 */
	uint32_t next;			/* 0: last */
	uint32_t nr_areas;
	uint32_t reserved;
	uint64_t offset, size;		/* the one area we have */
};

struct vu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

#define VU_IRQ_EVENTFD	0x1u
#define VU_IRQ_NORESIZE	0x8u

/* Interrupt indices: INTx, MSI, MSI-X, error, request. */
#define VU_IRQ_MSI	1
#define VU_NUM_IRQS	5

struct vu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start, count;
	/* then count bytes if VU_SET_BOOL */
};

#define VU_SET_NONE	0x01u
#define VU_SET_BOOL	0x02u
#define VU_SET_EVENTFD	0x04u
#define VU_SET_DATA	0x07u
#define VU_SET_MASK	0x08u
#define VU_SET_UNMASK	0x10u
#define VU_SET_TRIGGER	0x20u
#define VU_SET_ACTION	0x38u

struct vu_region_rw {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
	/* then count bytes: in a write, and in the reply to a read */
};

#define VU_MAX_FDS	8
#define VU_MAX_DATA	(1u << 20)	/* count of one read or write */
#define VU_MAX_MESSAGE	(sizeof(struct vu_header) + \
			 sizeof(struct vu_region_rw) + VU_MAX_DATA)

#endif
