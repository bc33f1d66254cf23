// SPDX-License-Identifier: GPL-2.0-only
/* Memory of the child, and a process that takes it away. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traps.h"

char *map(size_t bytes, int advice)
{
	char *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* What is too much stays mapped: munmap() would invalidate. */
	p += -(uintptr_t)p % HUGE_PAGE;
	return madvise(p, bytes, advice) ? NULL : p;
}

uint32_t word_of(size_t page, uint32_t salt)
{
	return salt << 24 | (page & 0xffffff);
}

void fill(char *p, size_t bytes, uint32_t salt)
{
	size_t at;

	for (at = 0; at < bytes; at += PAGE) {
		*(volatile uint32_t *)(p + at) = word_of(at / PAGE, salt);
		if (at % MIB == 0)
			atomic_fetch_add(&board->progress, 1);
	}
}

/* The number of kB behind @name in @path. */
static size_t kilobytes(const char *path, const char *name)
{
	char text[2048], *line;

	if (sys_read(path, text, sizeof(text)))
		return 0;
	line = strstr(text, name);
	return line ? strtoul(line + strlen(name), NULL, 10) : 0;
}

size_t memory_left(void)
{
	return kilobytes("/proc/meminfo", "MemAvailable:") << 10;
}

size_t memory_swapped(void)
{
	return kilobytes("/proc/self/status", "VmSwap:") << 10;
}

void eat(void)
{
	size_t at, bytes;
	char *p;

	/* If memory runs out it is this process that has to go. */
	sys_write("/proc/self/oom_score_adj", "1000");
	while (!(bytes = atomic_load(&board->appetite)))
		nap(1000);
	p = map(bytes, MADV_NOHUGEPAGE);
	if (!p)
		_exit(1);
	for (;;)
		for (at = 0; at < bytes; at += PAGE)
			*(volatile char *)(p + at) += 1;
}
