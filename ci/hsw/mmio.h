/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers: BAR0 offsets 0 to 2 MiB, 32 bits each.
 *
 * A register which the table (regs.h) does not list is plain RAM, 0 at reset.
 * All functions: hsw->lock is held; off is below MMIO_SIZE and a multiple
 * of 4 (mmio_read and mmio_write log and ignore others).
 */
#ifndef HSW_MMIO_H
#define HSW_MMIO_H

#include "types.h"

#define MMIO_SIZE	(2 * MIB)

/*
 * What a write does to the stored value. After that the write hook, if any,
 * is called with the value as the guest wrote it; it sees the new stored value
 * with mmio_get() and may change it with mmio_set().
 * A read returns the stored value, or what the read hook returns.
 */
enum reg_kind {
	REG_RAM,	/* stored; bits outside mask keep their value */
	REG_RO,		/* write ignored */
	REG_W1C,	/* bits written as 1, inside mask, become 0 */
	/*
	 * Bits 31:16 of the value select which of bits 15:0 change. The upper half
	 * reads 0. mask limits bits 15:0.
	 */
	REG_MASKED,
	/* Nothing is stored: the write hook does it all. Without a hook: read only. */
	REG_HOOK,
};

struct reg {
	uint32_t off;
	const char *name;
	uint32_t reset;			/* value after reset */
	uint8_t kind;			/* enum reg_kind */
	uint32_t mask;			/* 0 means all bits */
	uint32_t (*read)(struct hsw *hsw, uint32_t off);
	void (*write)(struct hsw *hsw, uint32_t off, uint32_t val);
	uint32_t count;			/* consecutive dwords; 0 means 1 */
};

struct mmio {
	uint32_t *val;			/* MMIO_SIZE / 4 stored values */
	const struct reg *table;	/* what is listed, count of them */
	size_t count;
	uint16_t *index;		/* 1 + index in table; 0: unlisted */
	uint64_t reset_ns;		/* CLOCK_MONOTONIC at the last reset */
};

/*
 * Storage for all registers, of which table lists count; it must outlive hsw.
 * 0, -ENOMEM, or -EINVAL if the table lists a register twice.
 */
int mmio_init(struct hsw *hsw, const struct reg *table, size_t count);
/* Frees the storage. */
void mmio_fini(struct hsw *hsw);

/* All registers to their reset values; no hook is called. */
void mmio_reset(struct hsw *hsw);

/*
 * A read or write as the guest does it, from BAR0 or by MI_LOAD/STORE_REGISTER_*, with the
 * hooks. A register that does not exist reads 0.
 */
uint32_t mmio_read(struct hsw *hsw, uint32_t off);
void mmio_write(struct hsw *hsw, uint32_t off, uint32_t val);

/*
 * A write narrower than the register: only the bits of `bytes` (a mask of whole bytes) of
 * val were written. REG_RAM, REG_HOOK and unlisted registers keep their other bytes. For
 * the other kinds these bytes count as 0, which changes nothing there.
 */
void mmio_write_part(struct hsw *hsw, uint32_t off, uint32_t val,
		     uint32_t bytes);

/* Reads and sets the stored value: no hook is called. */
uint32_t mmio_get(struct hsw *hsw, uint32_t off);
void mmio_set(struct hsw *hsw, uint32_t off, uint32_t val);

/*
 * The value that has to be written to bring the stored value back: with bits 31:16 set for
 * a REG_MASKED register.
 */
uint32_t mmio_saved(struct hsw *hsw, uint32_t off);

/* The register's name, or "?" if it is not listed. */
const char *mmio_name(struct hsw *hsw, uint32_t off);

#endif
