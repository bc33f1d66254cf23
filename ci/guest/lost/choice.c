// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lost.h"

const char *const writers[] = { "blit", "pwrite" };

struct choice opt = { .hang = 90, .seconds = 10, .seed = 1 };

static void help(FILE *f)
{
	unsigned int i;

	fputs("usage: lost WAY...\n"
	      "       lost [--op LIST|all] [--via blit,pwrite] [--size LIST] [--threads LIST]\n"
	      "            [--seconds N] [--seed N] [--strict] [--hang N]\n"
	      "Does the process find in its memory what was written through a userptr object?\n"
	      "\n"
	      "Known bugs, one by one:\n", f);
	for (i = 0; ways[i]; i++)
		fprintf(f, "    %-16s %s\n", ways[i]->name, ways[i]->help);
	fputs("Or at random: a write, and meanwhile invalidations that take no content away\n"
	      "(--op; several: comma between, default all):\n", f);
	for (i = 0; invals[i]; i++)
		fprintf(f, "    %-16s %s\n", invals[i]->name, invals[i]->help);
	fprintf(f, "--via LIST      what writes (default blit,pwrite)\n"
	      "--size LIST     of the object: 4k to %uk (default 64k)\n"
	      "--threads LIST  invalidations at a time, 1 to %u: the one of the line, others at\n"
	      "                random (default 1,2)\n"
	      "--seconds N     for each line (default 10)\n"
	      "--strict        a call that invalidates, and is done before the GPU, is a fault, too\n"
	      "--hang N        seconds without progress (default 90)\n"
	      "A line for each: NAME RESULT SECONDS: why. \"early\" are calls that were done while\n"
	      "the request had still to write; \"moved\" says that pages were elsewhere afterwards.\n"
	      "Exit: 0 all pass, 1 a write was lost or a call failed (or was early), 2 usage, 3 one\n"
	      "cannot be tried here, 4 it hangs: then the machine goes down after 20 s.\n",
	      MAX_PAGES * 4, MAX_CALLS);
}

__attribute__((format(printf, 1, 2)))
static int usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("lost: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputs("; see lost --help\n", stderr);
	va_end(ap);
	return LOST_USAGE;
}

/*
 * A number in [@min, @max] to *@v. Its last letter may be k, @unit times, or m, @unit times
 * @unit times; no letter if @unit is 0. 0 or -EINVAL.
 */
static int number(const char *text, unsigned long min, unsigned long max, unsigned long unit,
		  unsigned long *v)
{
	unsigned long times = 1;
	char *end;

	errno = 0;
	*v = strtoul(text, &end, 10);
	if (end == text || text[0] < '0' || text[0] > '9' || errno)
		return -EINVAL;
	if (unit && (*end == 'k' || *end == 'm'))
		times = *end++ == 'k' ? unit : unit * unit;
	if (*end || *v < min / times || *v > max / times)
		return -EINVAL;
	*v *= times;
	return 0;
}

static int add_op(const char *text)
{
	const struct inval *i = inval_find(text);

	if (!i || opt.ninvals == ARRAY_SIZE(opt.inval))
		return -EINVAL;
	opt.inval[opt.ninvals++] = i;
	return 0;
}

static int add_via(const char *text)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(writers) && strcmp(writers[i], text); i++)
		;
	if (i == ARRAY_SIZE(writers) || opt.nvias == ARRAY_SIZE(opt.via))
		return -EINVAL;
	opt.via[opt.nvias++] = i;
	return 0;
}

static int add_size(const char *text)
{
	unsigned long v;

	if (opt.npages == ARRAY_SIZE(opt.pages) ||
	    number(text, PAGE, MAX_PAGES * PAGE, 1024, &v) || v % PAGE)
		return -EINVAL;
	opt.pages[opt.npages++] = v / PAGE;
	return 0;
}

static int add_threads(const char *text)
{
	unsigned long v;

	if (opt.nthreads == ARRAY_SIZE(opt.threads) || number(text, 1, MAX_CALLS, 0, &v))
		return -EINVAL;
	opt.threads[opt.nthreads++] = v;
	return 0;
}

static int each(const char *list, int (*add)(const char *))
{
	char copy[512], *save, *item;
	int err;

	if (snprintf(copy, sizeof(copy), "%s", list) >= (int)sizeof(copy))
		return -EINVAL;
	item = strtok_r(copy, ",", &save);
	err = item ? 0 : -EINVAL;
	for (; item && !err; item = strtok_r(NULL, ",", &save))
		err = add(item);
	return err;
}

static int all_ops(void)
{
	unsigned int i;

	opt.ninvals = 0;
	for (i = 0; invals[i]; i++)
		opt.inval[opt.ninvals++] = invals[i];
	return 0;
}

enum { OP = 1, VIA, SIZE, THREADS, SECONDS, SEED, STRICT, HANG };

static int one(int c, const char *arg)
{
	unsigned long v;
	int err;

	switch (c) {
	case OP:
		return strcmp(arg, "all") ? each(arg, add_op) : all_ops();
	case VIA:
		return each(arg, add_via);
	case SIZE:
		return each(arg, add_size);
	case THREADS:
		return each(arg, add_threads);
	case SEED:
		err = number(arg, 0, -1ul, 0, &v);
		opt.seed = v;
		return err;
	case STRICT:
		opt.strict = true;
		return 0;
	default:
		err = number(arg, 1, 86400, 0, &v);
		*(c == HANG ? &opt.hang : &opt.seconds) = v;
		return err;
	}
}

int choice_parse(int argc, char **argv, const struct way **list, unsigned int *n)
{
	static const struct option table[] = {
		{ "op", required_argument, NULL, OP },
		{ "via", required_argument, NULL, VIA },
		{ "size", required_argument, NULL, SIZE },
		{ "threads", required_argument, NULL, THREADS },
		{ "seconds", required_argument, NULL, SECONDS },
		{ "seed", required_argument, NULL, SEED },
		{ "strict", no_argument, NULL, STRICT },
		{ "hang", required_argument, NULL, HANG },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool random = false;
	int c, index = 0;

	*n = 0;
	while ((c = getopt_long(argc, argv, "h", table, &index)) != -1) {
		if (c == 'h') {
			help(stdout);
			return LOST_PASS;
		}
		if (c == '?')
			return LOST_USAGE;
		if (one(c, optarg))
			return usage("--%s '%s' is not possible", table[index].name, optarg);
		random |= c != HANG;
	}
	for (; optind < argc; optind++) {
		if (random)
			return usage("a way '%s' takes no option but --hang", argv[optind]);
		list[*n] = way_find(argv[optind]);
		if (!list[*n] || *n == 32)
			return usage("no way '%s'", argv[optind]);
		++*n;
	}
	if (*n)
		return -1;
	if (!random)
		return usage("name a way, or an option as --op");
	if (!opt.ninvals)
		all_ops();
	if (!opt.nvias)
		each("blit,pwrite", add_via);
	if (!opt.npages)
		each("64k", add_size);
	if (!opt.nthreads)
		each("1,2", add_threads);
	return -1;
}
