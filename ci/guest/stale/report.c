// SPDX-License-Identifier: GPL-2.0-only
/* A line for each combination, its columns separated by tabs; the exit status of all. */
#include <stdio.h>

#include "ops.h"

static const char *const verdicts[] = {
	[VERDICT_NONE] = "hang",
	[VERDICT_PASS] = "pass",
	[VERDICT_STALE] = "stale",
	[VERDICT_FAIL] = "fail",
	[VERDICT_NORACE] = "norace",
	[VERDICT_NOEFFECT] = "noeffect",
	[VERDICT_SKIP] = "skip",
};

static unsigned int seen[ARRAY_SIZE(verdicts)];

void report_head(void)
{
	printf("# seed %llu, %u threads%s\n", (unsigned long long)options.seed,
	       options.threads, options.overlap ? ", objects overlap" : "");
	puts("# op\tvia\tsize\tobjects\traced\tstale\terrors\tseconds\tfirst\tresult\titerations\tused\tidle\tfaulted\tlost\tuses\tretries\tnote");
	fflush(stdout);
}

void report(const struct op *op, const struct via *via, size_t size,
	    unsigned int objects, const struct result *r)
{
	char first[32] = "-";

	seen[r->verdict]++;
	if (r->stale)
		snprintf(first, sizeof(first), "%.2f", r->first);
	printf("%s\t%s\t%zuk\t%u\t%lu\t%lu\t%lu\t%.1f\t%s\t%s\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\t%lu\t%s\n",
	       op->name, via->name, size >> 10, objects, r->raced, r->stale,
	       r->errors, r->seconds, first, verdicts[r->verdict],
	       r->iterations, r->used, r->idle, r->faulted, r->lost, r->uses,
	       r->retries, r->note[0] ? r->note : "-");
	fflush(stdout);
}

int report_exit_code(void)
{
	if (seen[VERDICT_NONE])
		return EXIT_HANG;
	if (seen[VERDICT_STALE] || seen[VERDICT_FAIL])
		return EXIT_BAD;
	if (seen[VERDICT_SKIP] || seen[VERDICT_NORACE] ||
	    seen[VERDICT_NOEFFECT] || !seen[VERDICT_PASS])
		return EXIT_SETUP;
	return EXIT_CLEAN;
}
