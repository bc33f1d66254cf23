// SPDX-License-Identifier: GPL-2.0-only
/* REGISTERS.md, out of the register table: make registers. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "hsw.h"
#include "regs.h"

static int by_offset(const void *a, const void *b)
{
	const struct reg *x = *(const struct reg *const *)a;
	const struct reg *y = *(const struct reg *const *)b;

	return x->off < y->off ? -1 : x->off > y->off;
}

static const char *kind(const struct reg *r)
{
	switch (r->kind) {
	case REG_RAM:
		return "holds what is written";
	case REG_RO:
		return "read only";
	case REG_W1C:
		return "a 1 clears";
	case REG_MASKED:
		return "high half enables the bits of the low half";
	default:
		return r->write ? r->read ? "neither held nor fixed" : "as the write decides"
				: "read only";
	}
}

int main(void)
{
	const struct reg **sorted = calloc(reg_count, sizeof(*sorted));
	size_t i;

	if (!sorted)
		return 1;
	for (i = 0; i < reg_count; i++)
		sorted[i] = &reg_table[i];
	qsort(sorted, reg_count, sizeof(*sorted), by_offset);

	puts("<!-- SPDX" /* of the table, not of this file */ "-License-Identifier: GPL-2.0-only -->\n"
	     "# Registers\n\n"
	     "`make -C ci/hsw registers` writes this, out of `regs.c`. What is not listed holds\n"
	     "what is written to it and is 0 after a reset. \"computed\": a read is not what is\n"
	     "stored; \"acts\": a write does more than to be stored.\n\n"
	     "| offset | name | reset | behaviour | |\n|---|---|---|---|---|");
	for (i = 0; i < reg_count; i++) {
		const struct reg *r = sorted[i];

		printf("| 0x%05x", r->off);
		if (r->count > 1)
			printf(" + 4 * 0..%u", r->count - 1);
		printf(" | %s | 0x%x | %s | %s%s%s |\n", r->name, r->reset, kind(r),
		       r->read ? "computed" : "", r->read && r->write ? ", " : "",
		       r->write ? "acts" : "");
	}
	free(sorted);
	return 0;
}
