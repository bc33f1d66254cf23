// SPDX-License-Identifier: GPL-2.0-only
/* Make memory short until reclaim has unmapped pages of the object, and no longer. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define HUGE		"/proc/sys/vm/nr_hugepages"
#define SPARE		(128ul << 20)	/* bytes that are not taken as huge pages */

/* admin-guide/mm/pagemap.rst */
#define PRESENT		(1ull << 63)
#define SWAPPED		(1ull << 62)

/*
 * How many of the @n pages at @p are mapped; or -errno. A page that compaction is about to
 * move counts as mapped, since compaction is not reclaim. pagemap calls such a page
 * swapped. The pages are shared, and pagemap never calls a shared page swapped otherwise.
 */
static long mapped(int pagemap, const char *p, size_t n)
{
	uint64_t entry[512];
	size_t at, i, got;
	long sum = 0;

	for (at = 0; at < n; at += got) {
		ssize_t len = pread(pagemap, entry,
				    MIN(n - at, ARRAY_SIZE(entry)) * sizeof(*entry),
				    ((uintptr_t)p / PAGE + at) * sizeof(*entry));

		if (len <= 0)
			return len ? -errno : -EIO;
		got = len / sizeof(*entry);
		for (i = 0; i < got; i++)
			sum += (entry[i] & (PRESENT | SWAPPED)) != 0;
	}
	return sum;
}

/* Wait until reclaim has unmapped one of the pages. 0 or -errno. */
static int reclaimed_once(int pagemap, char *p, size_t pages)
{
	volatile char *touch = p;
	size_t i;
	long is;

	for (i = 0; i < pages; i++)
		(void)touch[i * PAGE];
	/* Reclaim looks at cold pages first. A kernel before 5.4 has no MADV_COLD. */
	if (madvise(p, pages * PAGE, MADV_COLD) && errno != EINVAL)
		return -errno;
	atomic_store(&board->cold, true);
	while ((is = mapped(pagemap, p, pages)) == (long)pages)
		nap(2000);
	return is < 0 ? is : 0;
}

int reclaim_wait(char *p, size_t pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -errno : 0;
	unsigned int done = 0;

	while (!err) {
		while (atomic_load(&board->reclaims_wanted) == done)
			nap(20000);
		err = reclaimed_once(fd, p, pages);
		if (!err)
			atomic_store(&board->reclaims_done, ++done);
	}
	return err;
}

/* Take memory, page by page, until reclaims_done is @done; then sleep, to be killed. */
static void eat(unsigned int done)
{
	const size_t size = 1ul << 20;

	sys_write("/proc/self/oom_score_adj", "1000");
	while (atomic_load(&board->reclaims_done) < done) {
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		size_t at;

		if (p == MAP_FAILED || madvise(p, size, MADV_NOHUGEPAGE))
			_exit(1);
		for (at = 0; at < size && atomic_load(&board->reclaims_done) < done;
		     at += PAGE)
			p[at] = 1;
	}
	/* Do not free it here: tasks that are still in reclaim would have more to do. */
	for (;;)
		pause();
}

static long huge_before = -1;	/* huge pages before the first reclaim(); -1: unknown */

/* 0 or -errno. */
static int set_huge(unsigned long pages)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", pages);
	return sys_write(HUGE, text);
}

/* Take most of the free memory as huge pages: the kernel does not clear them, so it is quick. */
static int take_huge(void)
{
	const char *name = "MemFree:";
	char text[2048], *line;
	unsigned long bytes;

	if (sys_read("/proc/meminfo", text, sizeof(text)))
		return -EIO;
	line = strstr(text, name);
	if (!line)
		return -EIO;
	bytes = strtoul(line + strlen(name), NULL, 10) << 10;
	if (huge_before < 0)
		huge_before = sys_number(HUGE);
	if (huge_before < 0)
		return huge_before;
	/* On top of what an earlier call has taken: MemFree is without those. */
	return set_huge(sys_number(HUGE) +
			(bytes > SPARE ? (bytes - SPARE) / HUGE_PAGE : 0));
}

int reclaim(double seconds)
{
	unsigned int done = atomic_load(&board->reclaims_done) + 1;
	double end = now() + seconds;
	pid_t parent = getpid(), pid;
	int err = take_huge();

	if (err)
		return err;
	atomic_store(&board->cold, false);
	atomic_store(&board->reclaims_wanted, done);
	while (!atomic_load(&board->cold) && now() < end)
		nap(5000);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			eat(done);
		_exit(1);
	}
	while (atomic_load(&board->reclaims_done) < done && !err) {
		if (now() > end)
			err = -ETIME;
		else if (atomic_load(&board->part[CALL].done))
			err = part_err(CALL);
		nap(2000);
	}
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return err;
}

void reclaim_end(void)
{
	if (huge_before >= 0)
		set_huge(huge_before);
}
