// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing here may invalidate too early: lockdep reports only once, and it must report
 * the chain that the way is about.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traps.h"

#define THP	"/sys/kernel/mm/transparent_hugepage/enabled"
#define SPLITS	16
#define FORKS	12
#define SWAPS	2

int because(int code, const char *what, int err)
{
	if (err)
		printf("# %s: %s\n", what, strerror(-err));
	else
		printf("# %s\n", what);
	fflush(stdout);
	return code;
}

/* The word of page @page as the object has it; -EAGAIN is tried again for good. */
static int object_word(int fd, uint32_t handle, size_t page, uint32_t *got)
{
	int err;

	while ((err = gem_pread(fd, handle, page * PAGE, got, sizeof(*got))) ==
	       -EAGAIN)
		nap(1000);
	if (!err)
		atomic_fetch_add(&board->progress, 1);
	return err;
}

/* What the object shows of @page is @want: a TRAP_ value. */
static int expect(int fd, uint32_t handle, size_t page, uint32_t want)
{
	uint32_t got = 0;
	int err = object_word(fd, handle, page, &got);

	if (err)
		return because(TRAP_BAD, "pread of the object", err);
	if (got != want) {
		printf("# page %zu of the object has %08x, not %08x\n", page,
		       got, want);
		return TRAP_BAD;
	}
	return TRAP_PASS;
}

/*
 * MADV_DONTNEED of half a huge page, which the mm splits between start and end
 * of the invalidation of the range: that is an invalidation again.
 */
static int split(int fd)
{
	const size_t half = HUGE_PAGES / 2;
	unsigned int i = 0, small = 0;

	/* The kernel has it off where there is less than 512 MiB. */
	sys_write(THP, "madvise");
	while (i < SPLITS) {
		char *p = map(HUGE_PAGE, MADV_HUGEPAGE);
		uint32_t handle;
		uint64_t pfn;
		int err, ret;

		if (!p)
			return because(TRAP_SKIP, "mmap of a huge page", -errno);
		fill(p, HUGE_PAGE, i + 1);
		if (!page_is_huge(p)) {
			if (++small > 4 * SPLITS)
				return because(TRAP_SKIP, "the kernel gives no huge page", 0);
			continue;
		}
		err = gem_userptr(fd, p, HUGE_PAGE, &handle);
		if (err)
			return because(TRAP_SKIP, "userptr", err);
		ret = expect(fd, handle, half, word_of(half, i + 1));
		if (ret)
			return ret;

		if (madvise(p + half * PAGE, half * PAGE, MADV_DONTNEED))
			return because(TRAP_BAD, "MADV_DONTNEED", -errno);
		/* The page stays whole until reclaim, what maps it is split. */
		if (page_locate(p + half * PAGE, &pfn) || !page_locate(p, &pfn))
			return because(TRAP_SKIP, "no half of it was discarded", 0);

		ret = expect(fd, handle, half, 0);
		if (!ret)
			ret = expect(fd, handle, 0, word_of(0, i + 1));
		if (ret)
			return ret;
		gem_close(fd, handle);
		i++;
	}
	snprintf(board->note, sizeof(board->note), "half of each of %u huge pages", i);
	return TRAP_PASS;
}

static int fork_once(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(0);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	atomic_fetch_add(&board->progress, 1);
	return status ? -ECHILD : 0;
}

/*
 * fork() needs memory for page tables between start and end. If there is none
 * it has to write out pages of this very mm, which invalidates.
 */
static int fork_pressed(int fd)
{
	const size_t size = 2 * MIB, left = memory_left() / MIB * MIB;
	const size_t rest = left * 3 / 4, part = rest / 4 / MIB * MIB;
	char *p = map(size, MADV_NOHUGEPAGE);
	char *more = map(rest, MADV_NOHUGEPAGE);
	size_t swapped = 0;
	unsigned int i;
	uint32_t handle;
	double end;
	int err, ret;

	if (!p || !more)
		return because(TRAP_SKIP, "mmap", -errno);
	fill(p, size, 1);
	fill(more, rest, 2);
	err = gem_userptr(fd, p, size, &handle);
	if (err)
		return because(TRAP_SKIP, "userptr", err);
	ret = expect(fd, handle, 1, word_of(1, 1));
	if (ret)
		return ret;
	/* First with free memory: lockdep does not need a shortage. */
	err = fork_once();
	if (err)
		return because(TRAP_BAD, "fork", err);

	atomic_store(&board->appetite, left / 2);
	for (end = now() + 60; now() < end && memory_swapped() < rest / 16;) {
		atomic_fetch_add(&board->progress, 1);
		nap(10000);
	}
	for (i = 0; i < FORKS; i++) {
		/* Some of it in memory again, the rest is what reclaim takes. */
		fill(more + i % 4 * part, part, 2);
		err = fork_once();
		if (err)
			return because(TRAP_BAD, "fork", err);
		swapped = MAX(swapped, memory_swapped());
	}
	ret = expect(fd, handle, 1, word_of(1, 1));
	if (ret)
		return ret;
	if (!swapped)
		return because(TRAP_SKIP, "nothing was written out", 0);
	snprintf(board->note, sizeof(board->note),
		 "%u forks of %zu MiB, up to %zu MiB of them in swap", i,
		 rest / MIB, swapped / MIB);
	return TRAP_PASS;
}

/*
 * The object does not fit beside the other memory of the process: gup reads it
 * back from swap and has to write out other pages of this mm for it, which
 * invalidates below whatever gup holds.
 */
static int swap(int fd)
{
	const size_t left = memory_left() / MIB * MIB;
	const size_t size = left / 2, rest = left * 7 / 8;
	char *p = map(size, MADV_NOHUGEPAGE);
	char *more = map(rest, MADV_NOHUGEPAGE);
	size_t swapped = 0, last = size / PAGE - 1;
	unsigned int i;
	uint32_t handle;
	int err, ret;

	if (!p || !more)
		return because(TRAP_SKIP, "mmap", -errno);
	fill(p, size, 1);
	err = gem_userptr(fd, p, size, &handle);
	if (err)
		return because(TRAP_SKIP, "userptr", err);
	for (i = 0; i < SWAPS; i++) {
		fill(more, rest, 2 + i);
		swapped = MAX(swapped, memory_swapped());
		ret = expect(fd, handle, last, word_of(last, 1));
		if (!ret)
			ret = expect(fd, handle, 0, word_of(0, 1));
		if (ret)
			return ret;
	}
	if (swapped < size / 8)
		return because(TRAP_SKIP, "too little was written out", 0);
	snprintf(board->note, sizeof(board->note),
		 "an object of %zu MiB, %zu MiB beside it, %zu MiB in swap, %u times",
		 size / MIB, rest / MIB, swapped / MIB, i);
	return TRAP_PASS;
}

static const struct way
way_split = {
	.name = "split", .help = "MADV_DONTNEED of a part of a huge page",
	.run = split, .silent = 15,
},
way_fork = {
	.name = "fork", .help = "fork() while there is no memory for its page tables",
	.run = fork_pressed, .silent = 30,
},
way_swap = {
	.name = "swap", .help = "an object that only fits if other memory is written out",
	.run = swap, .silent = 45,
};

const struct way *const ways[] = { &way_split, &way_fork, &way_swap, NULL };
