// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register storage and the five ways in which a register takes a write.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

#define MMIO_DWORDS	(MMIO_SIZE / 4)

static const struct reg *reg_at(struct hsw *hsw, uint32_t off)
{
	unsigned int i = hsw->mmio.index[off / 4];

	return i ? &hsw->mmio.table[i - 1] : NULL;
}

static uint32_t reg_dwords(const struct reg *reg)
{
	return reg->count ? reg->count : 1;
}

int mmio_init(struct hsw *hsw, const struct reg *table, size_t count)
{
	size_t i;

	hsw->mmio.table = table;
	hsw->mmio.count = count;
	hsw->mmio.val = calloc(MMIO_DWORDS, sizeof(*hsw->mmio.val));
	hsw->mmio.index = calloc(MMIO_DWORDS, sizeof(*hsw->mmio.index));
	if (!hsw->mmio.val || !hsw->mmio.index) {
		mmio_fini(hsw);
		return -ENOMEM;
	}
	for (i = 0; i < count; i++) {
		const struct reg *reg = &table[i];
		uint32_t first = reg->off / 4;
		uint32_t n;

		if (reg->off % 4 || first + reg_dwords(reg) > MMIO_DWORDS)
			goto bad;
		for (n = 0; n < reg_dwords(reg); n++) {
			if (hsw->mmio.index[first + n])
				goto bad;
			hsw->mmio.index[first + n] = i + 1;
		}
		continue;
bad:
		log_info("register table: %s at 0x%06x is listed twice or out of range",
			 reg->name, reg->off);
		mmio_fini(hsw);
		return -EINVAL;
	}
	return 0;
}

void mmio_fini(struct hsw *hsw)
{
	free(hsw->mmio.val);
	free(hsw->mmio.index);
	hsw->mmio.val = NULL;
	hsw->mmio.index = NULL;
}

void mmio_reset(struct hsw *hsw)
{
	size_t i;
	uint32_t n;

	memset(hsw->mmio.val, 0, MMIO_SIZE);
	for (i = 0; i < hsw->mmio.count; i++) {
		const struct reg *reg = &hsw->mmio.table[i];

		for (n = 0; n < reg_dwords(reg); n++)
			hsw->mmio.val[reg->off / 4 + n] = reg->reset;
	}
	hsw->mmio.reset_ns = clock_now();
}

static bool bad_offset(struct hsw *hsw, const char *what, uint32_t off)
{
	if (off < MMIO_SIZE && off % 4 == 0)
		return false;
	log_guest_error(hsw, "%s of register 0x%06x, which does not exist",
			what, off);
	return true;
}

uint32_t mmio_read(struct hsw *hsw, uint32_t off)
{
	const struct reg *reg;

	if (bad_offset(hsw, "read", off))
		return 0;
	reg = reg_at(hsw, off);
	if (reg && reg->read)
		return reg->read(hsw, off);
	return hsw->mmio.val[off / 4];
}

void mmio_write(struct hsw *hsw, uint32_t off, uint32_t val)
{
	const struct reg *reg;
	uint32_t *stored;
	uint32_t mask;

	if (bad_offset(hsw, "write", off))
		return;
	stored = &hsw->mmio.val[off / 4];
	reg = reg_at(hsw, off);
	if (!reg) {
		*stored = val;
		return;
	}

	mask = reg->mask ? reg->mask : UINT32_MAX;
	switch ((enum reg_kind)reg->kind) {
	case REG_RAM:
		*stored = (*stored & ~mask) | (val & mask);
		break;
	case REG_W1C:
		*stored &= ~(val & mask);
		break;
	case REG_MASKED:
		mask &= val >> 16;
		*stored = (*stored & ~mask & 0xffff) | (val & mask);
		break;
	case REG_RO:
	case REG_HOOK:
		break;
	}
	if (reg->write)
		reg->write(hsw, off, val);
}

void mmio_write_part(struct hsw *hsw, uint32_t off, uint32_t val,
		     uint32_t bytes)
{
	const struct reg *reg = reg_at(hsw, off);

	val &= bytes;
	if (!reg || reg->kind == REG_RAM || reg->kind == REG_HOOK)
		val |= hsw->mmio.val[off / 4] & ~bytes;
	mmio_write(hsw, off, val);
}

uint32_t mmio_get(struct hsw *hsw, uint32_t off)
{
	return hsw->mmio.val[off / 4];
}

uint32_t mmio_saved(struct hsw *hsw, uint32_t off)
{
	const struct reg *reg = reg_at(hsw, off);
	uint32_t val = mmio_get(hsw, off);

	return reg && reg->kind == REG_MASKED ? val | 0xffff0000u : val;
}

void mmio_set(struct hsw *hsw, uint32_t off, uint32_t val)
{
	hsw->mmio.val[off / 4] = val;
}

const char *mmio_name(struct hsw *hsw, uint32_t off)
{
	const struct reg *reg;

	if (off >= MMIO_SIZE || off % 4)
		return "?";
	reg = reg_at(hsw, off);
	return reg ? reg->name : "?";
}
