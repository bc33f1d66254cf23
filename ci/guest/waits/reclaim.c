// SPDX-License-Identifier: GPL-2.0-only
/* Memory runs short, until reclaim has unmapped a page of the object. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define HUGE		"/proc/sys/vm/nr_hugepages"
#define PRESENT		(1ull << 63)	/* admin-guide/mm/pagemap.rst */

/* How many of @n pages at @p are mapped; or -errno. */
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
			sum += (entry[i] & PRESENT) != 0;
	}
	return sum;
}

int reclaim_wait(char *p, size_t pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	long all, is;

	if (fd < 0)
		return -errno;
	all = mapped(fd, p, pages);
	if (all >= 0 && (size_t)all != pages)
		return -EFAULT;
	/* The first that reclaim looks at. */
	if (madvise(p, pages * PAGE, MADV_COLD))
		return -errno;
	do {
		nap(5000);
		is = mapped(fd, p, pages);
	} while (is == all);
	close(fd);
	return is < 0 ? is : 0;
}

/* Never comes back: as much as there is, page by page. */
static void eat(void)
{
	const size_t size = 1ul << 20;

	sys_write("/proc/self/oom_score_adj", "1000");
	for (;;) {
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		size_t at;

		if (p == MAP_FAILED || madvise(p, size, MADV_NOHUGEPAGE))
			_exit(1);
		for (at = 0; at < size; at += PAGE)
			p[at] = 1;
	}
}

int reclaim(double seconds)
{
	pid_t parent = getpid(), pid;
	long before = sys_number(HUGE);
	char text[24];
	int err;

	if (before < 0)
		return before;
	part_go(CALL);
	part_sleeps(CALL, 5);
	/* Most of it, in no time: nobody clears these pages. */
	err = sys_write(HUGE, "100000");
	if (err)
		return err;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			eat();
		_exit(1);
	}
	if (!part_done(CALL, seconds))
		err = -ETIME;
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	snprintf(text, sizeof(text), "%ld", before);
	sys_write(HUGE, text);
	return err ? err : part_err(CALL);
}
