// SPDX-License-Identifier: GPL-2.0-only
/*
 * One word of each page, and a model of what it must be. Each fill and each renewal writes
 * values that no page had before, so a value tells which page the object shows.
 *
 * The test's values are odd. Foreign values are even and not zero: see words_foreign().
 * Zero is a page that was never written.
 */
#include "stale.h"

static uint32_t value(uint32_t serial, size_t page)
{
	uint64_t state = rng_seed(serial, page);

	return (uint32_t)rng_next(&state) | 1;
}

uint32_t words_foreign(const struct arena *a, size_t page)
{
	return (value(a->serial, page) & ~1u) | 2;
}

static void put(struct arena *a, size_t page, uint32_t v)
{
	*word(a, page) = v;
	a->model[page] = v;
}

void words_fill(struct arena *a, struct range r, bool same)
{
	size_t i;

	a->serial++;
	for (i = r.page; i < r.page + r.pages; i++) {
		put(a, i, value(a->serial, same ? 0 : i));
		a->before[i] = a->model[i];
		if (i % HUGE_PAGES == 0)
			beat(0, "writing the pages");
	}
}

void words_probe(struct arena *a, struct range r)
{
	unsigned int i;

	a->probes = MIN(r.pages, (size_t)MAX_PROBES);
	for (i = 0; i < a->probes; i++)
		a->probe[i] = r.page + (r.pages <= MAX_PROBES ? i :
					rng_next(&a->rng) % r.pages);
	a->probe[0] = r.page;
	a->probe[a->probes - 1] = r.page + r.pages - 1;
}

void words_renew(struct arena *a)
{
	unsigned int i, n = 1;

	/*
	 * From the last probe backwards, every second one at most: the others must stay
	 * as they are. Half of the time only one: a write that copies its page invalidates
	 * again, and that may hide what was wrong before.
	 */
	if (rng_next(&a->rng) & 1)
		n += rng_next(&a->rng) % ((a->probes + 1) / 2);
	a->serial++;
	for (i = a->probes; i > 0 && n > 0; i = i > 2 ? i - 2 : 0, n--)
		put(a, a->probe[i - 1], value(a->serial, a->probe[i - 1]));
}

void words_discard(struct arena *a, struct range r)
{
	size_t i;

	for (i = r.page; i < r.page + r.pages; i++)
		a->model[i] = 0;
}

unsigned int words_verify(struct arena *a)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < a->probes; i++)
		wrong += *word(a, a->probe[i]) != a->model[a->probe[i]];
	return wrong;
}

const char *words_classify(const struct arena *a, size_t page, uint32_t got)
{
	if (got == a->before[page])
		return "from before the operation";
	if (!got)
		return "a page never written";
	if (!(got & 1))
		return "another owner's";
	return "older still, or another page's";
}
