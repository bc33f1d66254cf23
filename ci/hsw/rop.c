// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raster operations, see rop.h for the PRM section.
 *
 * For each of the four values of (P, S) the result is 0, 1, D or not D, that
 * is (D & a) ^ b with two constants from the truth table. For a whole row the
 * pattern is constant, and so is the mask (a bit outside it is D): both go
 * into the constants beforehand, and what is left to do for a word is
 * (D & a) ^ b ^ (S & ((D & as) ^ bs)), as and bs being the difference which S
 * makes.
 */
#include <string.h>

#include "rop.h"

struct rop_terms {
	uint64_t a, b, as, bs;
};

static inline uint64_t rop_all(uint8_t rop, unsigned int bit)
{
	return rop >> bit & 1 ? ~0ull : 0;
}

/* b for (P, S) = ps >> 1, ps & 1, and a. */
static inline uint64_t rop_b(uint8_t rop, unsigned int ps)
{
	return rop_all(rop, 2 * ps);
}

static inline uint64_t rop_a(uint8_t rop, unsigned int ps)
{
	return rop_all(rop, 2 * ps + 1) ^ rop_all(rop, 2 * ps);
}

static inline uint64_t choose(uint64_t which, uint64_t one, uint64_t zero)
{
	return (one & which) | (zero & ~which);
}

static inline struct rop_terms rop_decode(uint8_t rop, uint64_t pattern,
					  uint64_t mask)
{
	uint64_t a0 = choose(pattern, rop_a(rop, 2), rop_a(rop, 0)) | ~mask;
	uint64_t a1 = choose(pattern, rop_a(rop, 3), rop_a(rop, 1)) | ~mask;
	uint64_t b0 = choose(pattern, rop_b(rop, 2), rop_b(rop, 0)) & mask;
	uint64_t b1 = choose(pattern, rop_b(rop, 3), rop_b(rop, 1)) & mask;

	return (struct rop_terms){ a0, b0, a0 ^ a1, b0 ^ b1 };
}

static inline uint64_t rop_word(struct rop_terms t, uint64_t s, uint64_t d)
{
	return (d & t.a) ^ t.b ^ (s & ((d & t.as) ^ t.bs));
}

bool rop_uses_source(uint8_t rop)
{
	return (rop & 0x33) != (rop >> 2 & 0x33);
}

bool rop_uses_dest(uint8_t rop)
{
	return (rop & 0x55) != (rop >> 1 & 0x55);
}

static void rop_fill(uint64_t *dst, size_t n, uint64_t val)
{
	size_t i;

	for (i = 0; i < n; i++)
		dst[i] = val;
}

void rop_row(uint8_t rop, uint64_t pattern, const uint64_t *src, uint64_t *dst,
	     size_t n, uint64_t mask)
{
	struct rop_terms t;
	size_t i;

	if (mask == ~0ull) {
		switch (rop) {
		case ROP_BLACKNESS:
			rop_fill(dst, n, 0);
			return;
		case ROP_WHITENESS:
			rop_fill(dst, n, ~0ull);
			return;
		case ROP_PATCOPY:
			rop_fill(dst, n, pattern);
			return;
		case ROP_SRCCOPY:
			if (src)
				memcpy(dst, src, n * sizeof(*dst));
			else
				rop_fill(dst, n, 0);
			return;
		}
	}

	t = rop_decode(rop, pattern, mask);
	if (src) {
		for (i = 0; i < n; i++)
			dst[i] = rop_word(t, src[i], dst[i]);
	} else {
		for (i = 0; i < n; i++)
			dst[i] = rop_word(t, 0, dst[i]);
	}
}
