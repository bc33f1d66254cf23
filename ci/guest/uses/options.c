// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uses.h"

struct asked asked = { .count = 2000, .seconds = 20 };

const struct way *const ways[] = {
	&way_fences, &way_nomem, &way_progress, &way_sticky, &way_private, &way_map, &way_import, &way_back,
	&way_many, NULL
};

static int usage(FILE *f)
{
	unsigned int i;

	fputs("usage: uses [--seconds S] [--count N] [--ratio R] WAY...\n"
	      "What the uAPI promises to a user of userptr objects:\n", f);
	for (i = 0; ways[i]; i++)
		fprintf(f, "    %-9s %s\n", ways[i]->name, ways[i]->help);
	fprintf(f, "--seconds S  how long fences and nomem try, 1 to 3600 (%.0f)\n"
		   "--count N    objects of many, 1 to %u (%u)\n"
		   "--ratio R    many fails if a use after a fork and a store takes more than R times\n"
		   "             as long as the first one, or 4 R after a fork alone, which leaves the\n"
		   "             copy to the use; above 0 (any is right)\n"
		   "A line for each way: WAY RESULT SECONDS: WHY.  If one hangs, the kernel log gets\n"
		   "the traces of all blocked tasks (sysrq w) and the rest is not tried.\n"
		   "Exit: 0 all promises kept, 1 not, 2 usage, 3 cannot be tried here, 4 it hangs.\n",
		asked.seconds, MOST_OBJECTS, asked.count);
	return f == stdout ? USE_PASS : USE_USAGE;
}

static bool number(const char *name, const char *text, double least, double most,
		   double *value)
{
	char *end;

	*value = strtod(text, &end);
	/* Written so that a NaN is refused, too. */
	if (end != text && !*end && *value >= least && *value <= most)
		return true;
	fprintf(stderr, "uses: %s '%s' is no number from %g to %g\n", name, text, least,
		most);
	return false;
}

static const struct way *way_find(const char *name)
{
	unsigned int i;

	for (i = 0; ways[i]; i++)
		if (!strcmp(ways[i]->name, name))
			return ways[i];
	return NULL;
}

int options_parse(int argc, char **argv)
{
	double value;
	int i;

	for (i = 1; i < argc; i++) {
		const char *name = argv[i];
		const struct way *way;
		bool good;

		if (!strcmp(name, "--help"))
			return usage(stdout);
		if (name[0] != '-') {
			way = way_find(name);
			if (!way) {
				fprintf(stderr, "uses: no way '%s'\n", name);
				return usage(stderr);
			}
			if (asked.nways == ARRAY_SIZE(asked.way)) {
				fprintf(stderr, "uses: more than %zu ways\n",
					ARRAY_SIZE(asked.way));
				return usage(stderr);
			}
			asked.way[asked.nways++] = way;
			continue;
		}
		if (++i == argc) {
			fprintf(stderr, "uses: %s needs a value\n", name);
			return usage(stderr);
		}
		if (!strcmp(name, "--seconds")) {
			good = number(name, argv[i], 1, 3600, &asked.seconds);
		} else if (!strcmp(name, "--count")) {
			good = number(name, argv[i], 1, MOST_OBJECTS, &value);
			asked.count = good ? value : 0;
		} else if (!strcmp(name, "--ratio")) {
			good = number(name, argv[i], 0.001, 1e6, &asked.ratio);
		} else {
			fprintf(stderr, "uses: no option %s\n", name);
			good = false;
		}
		if (!good)
			return usage(stderr);
	}
	if (!asked.nways) {
		fputs("uses: no way is named\n", stderr);
		return usage(stderr);
	}
	return -1;
}
