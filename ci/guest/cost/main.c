// SPDX-License-Identifier: GPL-2.0-only
/* All measurements, always in the same order. None depends on the one before it. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "cost.h"

#define DEVICE	"/dev/dri/card0"

uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		failed("sched_setaffinity", -errno);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t median(uint64_t *ns, unsigned int n)
{
	qsort(ns, n, sizeof(*ns), compare);
	return ns[n / 2];
}

void result(const char *what, unsigned int objects, const char *where,
	    uint64_t value, const char *unit)
{
	printf("cost\t%s\t%u\t%s\t%llu\t%s\n", what, objects, where,
	       (unsigned long long)value, unit);
	fflush(stdout);
}

void failed(const char *what, int err)
{
	fprintf(stderr, "cost: %s: %s\n", what, strerror(-err));
	exit(1);
}

void memory_at(char *p, size_t bytes)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	if (mmap(p, bytes, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
		failed("mmap", -errno);
	/* one kind of page everywhere */
	madvise(p, bytes, MADV_NOHUGEPAGE);
	touch(p, bytes);
}

char *memory(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		failed("mmap", -errno);
	memory_at(p, bytes);
	return p;
}

void touch(char *p, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i += PAGE)
		*(volatile char *)(p + i) = 1;
}

static int usage(FILE *f)
{
	fputs("usage: cost [calls|life|share]...\n"
	      "What userptr objects cost, in lines of: cost WHAT OBJECTS WHERE VALUE UNIT.\n"
	      "    calls  munmap, mprotect, MADV_DONTNEED and fork, with 0 to 10000 objects of\n"
	      "           a page inside the range, or apart from it\n"
	      "    life   create, first use, use again, use after an invalidation, destroy\n"
	      "    share  uses that come to an end while another thread invalidates\n"
	      "The last line is \"cost done\". Exit: 0 done, 1 something failed, 2 usage.\n", f);
	return f == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int fd);
	} part[] = {
		{ "calls", measure_calls },
		{ "life", measure_life },
		{ "share", measure_share },
	};
	unsigned int i, n = sizeof(part) / sizeof(*part), want = 0;
	int fd, arg;

	for (arg = 1; arg < argc; arg++) {
		if (!strcmp(argv[arg], "--help"))
			return usage(stdout);
		for (i = 0; i < n && strcmp(argv[arg], part[i].name); i++)
			;
		if (i == n)
			return usage(stderr);
		want |= 1u << i;
	}
	fd = gem_open(DEVICE);
	if (fd < 0)
		failed(DEVICE, fd);
	stay_on(0);
	for (i = 0; i < n; i++)
		if (!want || want >> i & 1)
			part[i].run(fd);
	puts("cost done");
	return 0;
}
