// SPDX-License-Identifier: GPL-2.0-only
/* Memory of the child, and what the kernel says about memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/mman.h>

#include "uses.h"

#define OBJECTS	"/sys/kernel/debug/dri/0/i915_gem_objects"

char *map(size_t bytes, bool small)
{
	char *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* What is beside it stays mapped: munmap() would be an invalidation. */
	p += -(uintptr_t)p % HUGE_PAGE;
	return madvise(p, bytes, small ? MADV_NOHUGEPAGE : MADV_HUGEPAGE) ? NULL : p;
}

uint32_t word_of(size_t page, uint32_t salt)
{
	return salt << 20 | (page & 0xfffff);
}

static volatile uint32_t *word_at(const char *p, size_t page)
{
	return (volatile uint32_t *)(p + page * PAGE + WORD_OFFSET);
}

void fill(char *p, size_t pages, uint32_t salt)
{
	size_t i;

	for (i = 0; i < pages; i++) {
		*word_at(p, i) = word_of(i, salt);
		if (i % HUGE_PAGES == 0)
			alive();
	}
}

size_t wrong_words(const char *p, size_t pages, uint32_t salt)
{
	size_t i, wrong = 0;

	for (i = 0; i < pages; i++)
		wrong += *word_at(p, i) != word_of(i, salt);
	return wrong;
}

/* The number behind @name in @path, or -errno. */
static long number_of(const char *path, const char *name)
{
	/* Static, since memory may be short. /proc/vmstat is about 4 KiB. */
	static char text[16384];
	size_t len = strlen(name);
	char *line;
	int err = sys_read(path, text, sizeof(text));

	if (err)
		return err;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len))
			return atol(line + len);
	}
	return -ENOENT;
}

/*
 * For a kernel before 5.7, which does not count pins: the pages of all objects of i915 that
 * have pages, or -errno. Only objects of this program come and go while it runs.
 */
static long object_pages(void)
{
	static char text[4096];
	unsigned long long sum = 0, bytes;
	char *line;
	int err = sys_read(OBJECTS, text, sizeof(text));

	if (err)
		return err;
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%*u unbound objects, %llu bytes", &bytes) == 1 ||
		    sscanf(line, "%*u bound objects, %llu bytes", &bytes) == 1)
			sum += bytes;
	}
	return sum / PAGE;
}

long pinned_pages(void)
{
	long got, put;

	/* Each CPU has counters of its own; this makes the kernel add them up. */
	sys_write("/proc/sys/vm/stat_refresh", "1");
	got = number_of("/proc/vmstat", "nr_foll_pin_acquired ");
	put = number_of("/proc/vmstat", "nr_foll_pin_released ");
	if (got == -ENOENT)
		return object_pages();
	return got < 0 ? got : put < 0 ? put : got - put;
}

long pinned_at_rest(void)
{
	long was, is = pinned_pages();
	double end = now() + 10;

	/* A worker may still release the pages of a process that has just ended. */
	do {
		was = is;
		nap(300000);
		alive();
		is = pinned_pages();
	} while (is != was && now() < end);
	return is;
}

double wait_unpinned(long most, size_t free, double seconds)
{
	double begin = now(), took;

	do {
		took = now() - begin;
		if (pinned_pages() <= most && (!free || memory_free() >= free))
			return took;
		alive();
		nap(1000);
	} while (took < seconds);
	return -1;
}

static size_t meminfo(const char *name)
{
	long kb = number_of("/proc/meminfo", name);

	return kb < 0 ? 0 : (size_t)kb << 10;
}

size_t memory_free(void)
{
	return meminfo("MemFree:");
}

size_t memory_available(void)
{
	return meminfo("MemAvailable:");
}
