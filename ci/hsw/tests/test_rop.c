// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raster operations, each of the 256 against one bit at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "rop.h"
#include "tap.h"

#define WORDS	67

static uint64_t noise(void)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 5; i++)
		v = v << 15 ^ (unsigned int)rand();
	return v;
}

static uint64_t naive(unsigned int rop, uint64_t p, uint64_t s, uint64_t d)
{
	uint64_t r = 0;
	int i;

	for (i = 0; i < 64; i++) {
		unsigned int row = 0;

		if (p & 1ull << i)
			row += 4;
		if (s & 1ull << i)
			row += 2;
		if (d & 1ull << i)
			row += 1;
		if (rop & 1u << row)
			r |= 1ull << i;
	}
	return r;
}

static bool depends(unsigned int rop, uint64_t s, uint64_t d)
{
	/* All combinations of the other two, and the one flipped. */
	const uint64_t a = 0xf0, b = 0xcc, c = 0xaa;

	return (naive(rop, a, b, c) ^ naive(rop, a, b ^ s, c ^ d)) & 0xff;
}

int main(void)
{
	uint64_t src[WORDS], dst[WORDS], out[WORDS];
	unsigned int rop, i, bad_row = 0, bad_null = 0;
	unsigned int bad_mask = 0, bad_uses = 0;

	srand(1);
	for (rop = 0; rop < 256; rop++) {
		uint64_t p = noise(), mask = noise();

		for (i = 0; i < WORDS; i++) {
			src[i] = noise();
			dst[i] = noise();
		}

		memcpy(out, dst, sizeof(out));
		rop_row(rop, p, src, out, WORDS - 1, ~0ull);
		for (i = 0; i < WORDS - 1; i++)
			bad_row += out[i] != naive(rop, p, src[i], dst[i]);
		bad_row += out[WORDS - 1] != dst[WORDS - 1];

		memcpy(out, dst, sizeof(out));
		rop_row(rop, p, NULL, out, WORDS, ~0ull);
		for (i = 0; i < WORDS; i++)
			bad_null += out[i] != naive(rop, p, 0, dst[i]);

		memcpy(out, dst, sizeof(out));
		rop_row(rop, p, src, out, WORDS, mask);
		for (i = 0; i < WORDS; i++)
			bad_mask += out[i] !=
				((naive(rop, p, src[i], dst[i]) & mask) |
				 (dst[i] & ~mask));

		bad_uses += rop_uses_source(rop) != depends(rop, ~0ull, 0);
		bad_uses += rop_uses_dest(rop) != depends(rop, 0, ~0ull);
	}
	ok(!bad_row, "all 256 on rows, nothing written behind them");
	ok(!bad_null, "all 256 without a source");
	ok(!bad_mask, "all 256 under a mask");
	ok(!bad_uses, "whether each depends on source and destination");
	return tap_done();
}
