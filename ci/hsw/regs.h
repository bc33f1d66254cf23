/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The register table of a Haswell GT2, for mmio_init(): reg_count entries. regs.c names the
 * PRM volumes, REGISTERS.md lists the table.
 */
#ifndef HSW_REGS_H
#define HSW_REGS_H

#include "mmio.h"

extern const struct reg reg_table[];
extern const size_t reg_count;

#endif
