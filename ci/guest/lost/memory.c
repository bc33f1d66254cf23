// SPDX-License-Identifier: GPL-2.0-only
/* The memory that an object is made of, and memory pressure. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lost.h"

#ifndef MADV_COLD
#define MADV_COLD	20		/* Linux 5.4 */
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21		/* Linux 5.4 */
#endif

uint32_t fresh_value(void)
{
	/* Page i holds the value + i: leave room for MAX_PAGES of them. */
	static uint32_t serial;

	serial += MAX_PAGES;
	return serial ? serial : (serial += MAX_PAGES);
}

int memory_create(struct memory *m, size_t pages, unsigned int kind, bool wide)
{
	size_t span = (wide || kind == HUGE ?
		       (pages + HUGE_PAGES) / HUGE_PAGES * HUGE_PAGES : pages) * PAGE;
	char *p = mmap(NULL, span + 2 * HUGE_PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int flags = MAP_FIXED | MAP_NORESERVE;

	memset(m, 0, sizeof(*m));
	m->file = -1;
	m->gone = -1;
	m->kind = kind;
	m->pages = pages;
	m->span = span / PAGE;
	if (p == MAP_FAILED)
		return -errno;
	m->reserved = p;
	m->base = p + -(uintptr_t)p % HUGE_PAGE;
	if (kind & (PRIVATE | SHARED)) {
		m->file = memfd_create("lost", MFD_CLOEXEC);
		if (m->file < 0 || ftruncate(m->file, span))
			return -errno;
	}
	flags |= kind == SHARED ? MAP_SHARED : MAP_PRIVATE;
	if (m->file < 0)
		flags |= MAP_ANONYMOUS;
	if (mmap(m->base, span, PROT_READ | PROT_WRITE, flags, m->file, 0) != m->base)
		return -errno;
	/* EINVAL: the kernel has no huge pages. */
	if (madvise(m->base, span, kind == HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) &&
	    errno != EINVAL)
		return -errno;
	return 0;
}

void memory_destroy(struct memory *m)
{
	if (m->base)
		munmap(m->reserved, m->span * PAGE + 2 * HUGE_PAGE);
	if (m->file >= 0)
		close(m->file);
	m->base = NULL;
	m->file = -1;
}

static volatile uint32_t *at(const struct memory *m, size_t page, size_t offset)
{
	return (volatile uint32_t *)(m->base + page * PAGE + offset);
}

void memory_fill(struct memory *m, uint32_t value, bool same)
{
	size_t i;

	for (i = 0; i < m->pages; i++) {
		*at(m, i, AT_LATE) = value + (same ? 0 : i);
		*at(m, i, AT_EARLY) = value;
		*at(m, i, AT_STORE) = value;
	}
	atomic_fetch_add(&board->progress, 1);
}

uint32_t memory_word(const struct memory *m, size_t page, size_t offset)
{
	return *at(m, page, offset);
}

#define STORE_SECONDS	20.0	/* for which a store is repeated */

int memory_store(struct memory *m, size_t offset, uint32_t value)
{
	double end = now() + STORE_SECONDS;
	int file = memfd_create("store", MFD_CLOEXEC), err = 0;
	uint32_t v;
	size_t i;

	if (file < 0)
		return -errno;
	for (i = 0; i < m->pages && !err; i++) {
		if (i == m->gone)
			continue;
		v = value + i;
		if (pwrite(file, &v, sizeof(v), 0) != sizeof(v))
			err = -errno;
		while (!err && pread(file, (void *)at(m, i, offset), sizeof(v), 0) != sizeof(v)) {
			err = errno == EFAULT && now() < end ? 0 : -errno;
			nap(200);
		}
	}
	close(file);
	return err;
}

void memory_locate(struct memory *m)
{
	size_t i;

	for (i = 0; i < m->pages; i++)
		if (!page_locate(m->base + i * PAGE, &m->pfn[i]))
			m->pfn[i] = 0;
}

size_t memory_moved(const struct memory *m)
{
	size_t i, n = 0;
	uint64_t pfn;

	for (i = 0; i < m->pages; i++)
		n += m->pfn[i] && i != m->gone &&
		     (!page_locate(m->base + i * PAGE, &pfn) || pfn != m->pfn[i]);
	return n;
}

uint64_t memory_flags(const void *addr)
{
	uint64_t pfn, flags = 0;
	int fd;

	if (!page_locate(addr, &pfn))
		return 0;
	fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (pread(fd, &flags, sizeof(flags), pfn * sizeof(flags)) != sizeof(flags))
		flags = 0;
	close(fd);
	return flags;
}

void memory_cold(struct memory *m)
{
	madvise(m->base, m->pages * PAGE, MADV_COLD);
}

int memory_pageout(struct memory *m)
{
	return madvise(m->base, m->pages * PAGE, MADV_PAGEOUT) ? -errno : 0;
}

bool memory_can_pageout(void)
{
	static char page[2 * PAGE];
	char *p = (char *)(((uintptr_t)page + PAGE - 1) / PAGE * PAGE);

	return !madvise(p, PAGE, MADV_PAGEOUT) || errno != EINVAL;
}

bool memory_has_swap(void)
{
	char list[256], *eol;

	if (sys_read("/proc/swaps", list, sizeof(list)))
		return false;
	eol = strchr(list, '\n');
	return eol && eol[1];
}

#define HUGETLB		"/proc/sys/vm/nr_hugepages"
#define SPARE		(160 * MIB)	/* what is left for all others */
#define APPETITE	(320 * MIB)	/* what the process eats: more than SPARE */

static struct {
	atomic_bool on;
} *hunger;

/* Bytes that can be had without swapping; 0 if that is not known. */
static long available(void)
{
	static const char name[] = "MemAvailable:";
	char text[512], *line;

	if (sys_read("/proc/meminfo", text, sizeof(text)))
		return 0;
	line = strstr(text, name);
	return line ? atol(line + strlen(name)) * 1024 : 0;
}

/* The life of the process that makes pressure: write to more memory than is left, all round. */
static void __attribute__((noreturn)) eat(void)
{
	char *p;
	size_t i;

	/* If memory runs out the OOM killer is to take this process. */
	sys_write("/proc/self/oom_score_adj", "1000");
	p = mmap(NULL, APPETITE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		_exit(1);
	madvise(p, APPETITE, MADV_NOHUGEPAGE);
	for (i = 0;; i = (i + PAGE) % APPETITE) {
		while (!atomic_load(&hunger->on)) {
			if (i)
				madvise(p, APPETITE, MADV_DONTNEED);
			i = 0;
			nap(1000);
		}
		*(volatile char *)(p + i) += 1;
	}
}

int pressure_start(char *why, size_t len)
{
	pid_t me = getpid(), pid;
	char text[32];
	long n;

	if (!memory_has_swap()) {
		snprintf(why, len, "no swap: mkswap and swapon a disk");
		return -ENODEV;
	}
	n = (available() - (long)SPARE) / (long)HUGE_PAGE;
	if (n > 0) {
		snprintf(text, sizeof(text), "%ld", n);
		if (knob_set(HUGETLB, text)) {
			snprintf(why, len, "cannot take memory away by " HUGETLB ": %s",
				 strerror(errno));
			return -EOPNOTSUPP;
		}
	}
	hunger = mmap(NULL, sizeof(*hunger), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (hunger == MAP_FAILED)
		return -errno;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != me)
			_exit(1);
		eat();
	}
	return pid < 0 ? -errno : 0;
}

void pressure(bool on)
{
	atomic_store(&hunger->on, on);
}
