/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --trace mmio,cmd,dma: one branch per call while it is off. Each line starts
 * with the seconds since start and the class.
 */
#ifndef HSW_TRACE_H
#define HSW_TRACE_H

#include "types.h"

enum trace_class {
	TRACE_MMIO = BIT(0),		/* each trapped access, by name */
	TRACE_CMD = BIT(1),		/* each command executed */
	TRACE_DMA = BIT(2),		/* maps, unmaps, interrupts */
};

extern unsigned int trace_on;		/* mask of enum trace_class */

/* "mmio,cmd,dma" or "all" to trace_on; -EINVAL for an unknown word. */
int trace_parse(const char *list);

/* Writes a line of this class. Use the macros, which do nothing while the class is off. */
void trace_line(enum trace_class class, const char *fmt, ...) PRINTF(2, 3);

#define trace_enabled(c)	__builtin_expect(trace_on & (c), 0)
#define trace_mmio(...) \
	do { if (trace_enabled(TRACE_MMIO)) trace_line(TRACE_MMIO, __VA_ARGS__); } while (0)
#define trace_cmd(...) \
	do { if (trace_enabled(TRACE_CMD)) trace_line(TRACE_CMD, __VA_ARGS__); } while (0)
#define trace_dma(...) \
	do { if (trace_enabled(TRACE_DMA)) trace_line(TRACE_DMA, __VA_ARGS__); } while (0)

#endif
