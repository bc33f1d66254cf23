// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"

struct options options = {
	.threads = 1,
	.seconds = 10,
	.hang = 60,
	.seed = 1,
	.device = "/dev/dri/card0",
};

enum {
	OPT_OP = 256, OPT_VIA, OPT_SIZE, OPT_OBJECTS, OPT_OVERLAP, OPT_THREADS,
	OPT_ITERATIONS, OPT_RACED, OPT_SECONDS, OPT_SEED, OPT_HANG, OPT_DEVICE,
};

static const struct option table[] = {
	{ "op", required_argument, NULL, OPT_OP },
	{ "via", required_argument, NULL, OPT_VIA },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "objects", required_argument, NULL, OPT_OBJECTS },
	{ "overlap", no_argument, NULL, OPT_OVERLAP },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "iterations", required_argument, NULL, OPT_ITERATIONS },
	{ "raced", required_argument, NULL, OPT_RACED },
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "hang", required_argument, NULL, OPT_HANG },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static void help(void)
{
	unsigned int i;

	puts("usage: stale [OPTION]...\n"
	     "Does the GPU see pages that the process no longer has?\n"
	     "\n"
	     "Racers read userptr objects without end; the main thread changes the memory\n"
	     "behind them, writes, and reads back through the object. LIST: a,b,c or, for\n"
	     "--op and --via, all. Every combination is run, each in its own process.\n"
	     "\n"
	     "  --op LIST          default all:");
	for (i = 0; ops[i]; i++)
		printf("    %-14s   %s\n", ops[i]->name, ops[i]->help);
	puts("  --via LIST         pread, blit; default all\n"
	     "  --size LIST        of an object, 4k to 64m; default 4m\n"
	     "  --objects LIST     1 to 1024; default 1\n"
	     "  --overlap          objects overlap by half\n"
	     "  --threads N        racers, 0 to 16; default 1. 0: control, must never fail\n"
	     "  --seconds S        per combination, default 10, 0: no limit\n"
	     "  --iterations N     per combination, default no limit\n"
	     "  --raced N          stop a combination after N raced invalidations\n"
	     "  --hang S           no progress for so long is a hang, default 60\n"
	     "  --seed N           default 1\n"
	     "  --device PATH      default /dev/dri/card0\n"
	     "\n"
	     "A line per combination: raced counts invalidations during which a racer began\n"
	     "or ended a use of the range, used those during which one succeeded, stale\n"
	     "those after which the object showed something else than the memory, faulted\n"
	     "those that a use met without memory. result: pass, stale, fail (the object\n"
	     "was refused, or memory lost), norace, noeffect (the kernel did not do it),\n"
	     "skip (see note), hang.\n"
	     "\n"
	     "Exit: 0 all pass, 1 stale or fail, 2 usage, 3 something could not be tested\n"
	     "(skip, norace, noeffect), 4 hang.");
}

__attribute__((format(printf, 1, 2)))
static int usage(const char *fmt, ...)
{
	va_list ap;

	fputs("stale: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(" (see --help)\n", stderr);
	return EXIT_USAGE;
}

/* A number in [@min, @max] to *@value; with @unit it may end in k, m or g. 0 or -EINVAL. */
static int number(const char *text, unsigned long min, unsigned long max,
		  bool unit, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 0);
	if (errno || end == text || *text == '-')
		return -EINVAL;
	if (unit && *end) {
		const char *units = "kmg", *u = strchr(units, *end | 0x20);
		unsigned int shift = u ? 10 * (u - units + 1) : 0;

		if (!u || *value > ULONG_MAX >> shift)
			return -EINVAL;
		*value <<= shift;
		end++;
	}
	return *end || *value < min || *value > max ? -EINVAL : 0;
}

static int seconds(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end == text || *end || !(*value >= 0 && *value < 1e6) ?
	       -EINVAL : 0;
}

static int add_op(const char *name)
{
	unsigned int i;
	bool all = !strcmp(name, "all");

	for (i = 0; ops[i]; i++)
		if (all || !strcmp(name, ops[i]->name)) {
			if (options.nops == ARRAY_SIZE(options.op))
				return -ENOSPC;
			options.op[options.nops++] = ops[i];
		}
	return all || op_find(name) ? 0 : -EINVAL;
}

static int add_via(const char *name)
{
	unsigned int i;
	bool all = !strcmp(name, "all");

	for (i = 0; vias[i]; i++)
		if (all || !strcmp(name, vias[i]->name)) {
			if (options.nvias == ARRAY_SIZE(options.via))
				return -ENOSPC;
			options.via[options.nvias++] = vias[i];
		}
	return all || via_find(name) ? 0 : -EINVAL;
}

static int add_size(const char *text)
{
	unsigned long v;

	if (options.nsizes == MAX_LIST)
		return -ENOSPC;
	if (number(text, PAGE, MAX_SIZE, true, &v) || v % PAGE)
		return -EINVAL;
	options.size[options.nsizes++] = v;
	return 0;
}

static int add_objects(const char *text)
{
	unsigned long v;

	if (options.nobjects == MAX_LIST)
		return -ENOSPC;
	if (number(text, 1, MAX_OBJECTS, false, &v))
		return -EINVAL;
	options.objects[options.nobjects++] = v;
	return 0;
}

static int each(char *list, int (*add)(const char *))
{
	char *save, *item = strtok_r(list, ",", &save);
	int err = item ? 0 : -EINVAL;

	for (; item && !err; item = strtok_r(NULL, ",", &save))
		err = add(item);
	return err;
}

static int one(int c, char *arg)
{
	unsigned long v;
	int err;

	switch (c) {
	case OPT_OP:
		return each(arg, add_op);
	case OPT_VIA:
		return each(arg, add_via);
	case OPT_SIZE:
		return each(arg, add_size);
	case OPT_OBJECTS:
		return each(arg, add_objects);
	case OPT_OVERLAP:
		options.overlap = true;
		return 0;
	case OPT_THREADS:
		err = number(arg, 0, MAX_THREADS, false, &v);
		options.threads = v;
		return err;
	case OPT_ITERATIONS:
		return number(arg, 0, ULONG_MAX, false, &options.iterations);
	case OPT_RACED:
		return number(arg, 0, ULONG_MAX, false, &options.raced);
	case OPT_SEED:
		err = number(arg, 0, ULONG_MAX, false, &v);
		options.seed = v;
		return err;
	case OPT_SECONDS:
		return seconds(arg, &options.seconds);
	case OPT_HANG:
		return seconds(arg, &options.hang);
	default:
		options.device = arg;
		return 0;
	}
}

int options_parse(int argc, char **argv)
{
	char all[] = "all";
	char shown[64];
	int c, index;

	while ((c = getopt_long(argc, argv, "h", table, &index)) != -1) {
		if (c == 'h') {
			help();
			return EXIT_CLEAN;
		}
		if (c == '?')
			return EXIT_USAGE;
		snprintf(shown, sizeof(shown), "%s", optarg ? optarg : "");
		if (one(c, optarg))
			return usage("--%s '%s' is not possible",
				     table[index].name, shown);
	}
	if (optind < argc)
		return usage("'%s' is no option", argv[optind]);
	if (!options.iterations && !options.raced && !(options.seconds > 0))
		return usage("without --seconds, --iterations and --raced it would never end");
	if (!(options.hang > 0))
		return usage("--hang must be more than 0");
	if (!options.nops)
		add_op(all);
	if (!options.nvias)
		add_via(all);
	if (!options.nsizes)
		add_size("4m");
	if (!options.nobjects)
		add_objects("1");
	return -1;
}
