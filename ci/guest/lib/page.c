// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a page is, by /proc/self/pagemap and /proc/kpageflags (both need root):
 * Documentation/admin-guide/mm/pagemap.rst of the kernel has the bits.
 */
#include <fcntl.h>
#include <unistd.h>

#include "sys.h"

#define PAGEMAP_PRESENT	(1ull << 63)
#define PAGEMAP_PFN	((1ull << 55) - 1)
#define KPF_THP		22

static bool entry(const char *path, uint64_t index, uint64_t *value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = pread(fd, value, sizeof(*value), index * sizeof(*value)) ==
	     sizeof(*value);
	close(fd);
	return ok;
}

bool page_locate(const void *addr, uint64_t *pfn)
{
	uint64_t e;

	if (!entry("/proc/self/pagemap", (uintptr_t)addr / PAGE, &e) ||
	    !(e & PAGEMAP_PRESENT))
		return false;
	*pfn = e & PAGEMAP_PFN;
	return *pfn;
}

bool page_is_huge(const void *addr)
{
	uint64_t pfn, flags;

	return page_locate(addr, &pfn) &&
	       entry("/proc/kpageflags", pfn, &flags) && flags >> KPF_THP & 1;
}
