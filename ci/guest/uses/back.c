// SPDX-License-Identifier: GPL-2.0-only
/*
 * back: memory that is discarded or unmapped goes back to the system. The process need not
 * use the object once more, or close it, for that.
 *
 * First each of leavings[]: the pages must be unpinned and free within LIMIT. Then under
 * pressure: little memory is left, objects have most of it, and it is discarded. An
 * allocation of more than the rest must succeed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uses.h"

#define BYTES	(32 * MIB)
#define PAGES	(BYTES / PAGE)
#define LIMIT	10.0		/* seconds; the aim on a quiet machine is 0.1 */
#define BLITS	8		/* batches in the queue when the memory goes */

/* Under pressure: */
#define LEFT	(320 * MIB)	/* bytes of memory that are left */
#define PARTS	4		/* objects */
#define PART	(48 * MIB)	/* bytes of each */
#define WANTED	(224 * MIB)	/* bytes of the allocation: more than the objects leave */
#define ROUNDS	3
#define SWAP	"/dev/vda"

enum go { DISCARD, UNMAP };

/* Discard or unmap the memory. 0 or -errno. */
static int go(char *mem, size_t bytes, enum go how)
{
	int ret = how == DISCARD ? madvise(mem, bytes, MADV_DONTNEED) : munmap(mem, bytes);

	return ret ? -errno : 0;
}

static const struct leaving {
	const char *name;
	enum go how;
	bool busy;		/* the GPU reads it at that time */
	bool write;		/* the GPU has written to it */
} leavings[] = {
	{ "discarded", DISCARD, false, false },
	{ "discarded, written by the GPU", DISCARD, false, true },
	{ "discarded in use", DISCARD, true, false },
	{ "unmapped", UNMAP, false, false },
	{ "unmapped in use", UNMAP, true, false },
};

/* Use the object as @l says; if it is busy, leave batches in @blt in the queue. 0 or -errno. */
static int use(int fd, uint32_t handle, const struct leaving *l, struct blt blt[])
{
	const struct range all = { .pages = PAGES };
	unsigned int i;
	int err = use_blit(fd, handle, PAGES, NULL);

	if (!err && l->write)
		err = use_write(fd, handle, PAGES, 7);
	for (i = 0; i < BLITS && !err && l->busy; i++) {
		double end = now() + PATIENCE;

		err = blt_create(fd, &blt[i]);
		while (!err && (err = blt_queue(fd, &blt[i], handle, all)) == -EAGAIN &&
		       now() < end)
			err = 0;
	}
	return err;
}

/* The seconds until the memory is back, -1 if it does not come back, or -errno (below -1). */
static double one(int fd, const struct leaving *l)
{
	long before = pinned_at_rest();
	struct blt blt[BLITS];
	uint32_t handle;
	size_t free;
	double took;
	char *mem = map(BYTES, true);
	unsigned int i;
	int err;

	if (!mem || before < 0)
		return -ENOSYS;
	fill(mem, PAGES, 1);
	err = gem_userptr(fd, mem, BYTES, &handle);
	if (!err)
		err = use(fd, handle, l, blt);
	if (err)
		return because(err < -1 ? err : -ENOSYS, "use", err);
	if (pinned_pages() < before + (long)PAGES)
		return because(-ENOSYS, "a use pins nothing", 0);
	free = memory_free();
	err = go(mem, BYTES, l->how);
	if (err)
		return because(-ENOSYS, l->name, err);
	/* Where pinned_pages() counts all objects the blitter's buffers count as well. */
	took = wait_unpinned(before + (l->busy ? PAGES / 32 : 0),
			     free + BYTES / 10 * 9, LIMIT);
	if (took < 0)
		complain("%s: %ld of %lu pages are pinned after %.0f s, %ld MiB more are free",
			 l->name, pinned_pages() - before, PAGES, LIMIT,
			 ((long)memory_free() - (long)free) / (long)MIB);
	for (i = 0; i < BLITS && l->busy; i++)
		blt_destroy(fd, &blt[i]);
	gem_close(fd, handle);
	if (l->how == DISCARD)
		munmap(mem, BYTES);
	return took;
}

/* The life of a process that locks memory until LEFT bytes are left. Writes a byte to @ready. */
static void ballast(int ready)
{
	size_t all = memory_available(), bytes;
	char *p;

	sys_write("/proc/self/oom_score_adj", "-1000");
	bytes = all > LEFT ? (all - LEFT) / HUGE_PAGE * HUGE_PAGE : 0;
	p = bytes ? map(bytes, false) : NULL;
	if (bytes && (!p || mlock(p, bytes)))
		_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/*
 * Objects under pressure, in a process of its own: the first that the OOM killer takes. A
 * USE_ value.
 */
static int pressed(void)
{
	int fd = gem_open("/dev/dri/card0"), err;
	unsigned int round, i;
	uint32_t handle;
	char *mem, *more;

	if (fd < 0)
		return USE_SKIP;
	sys_write("/proc/self/oom_score_adj", "1000");
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < PARTS; i++) {
			mem = map(PART, true);
			if (!mem)
				return because(USE_SKIP, "mmap", -errno);
			fill(mem, PART / PAGE, 1);
			/* The object stays open: an open object must not keep the memory. */
			err = gem_userptr(fd, mem, PART, &handle);
			if (!err)
				err = use_blit(fd, handle, PART / PAGE, NULL);
			if (!err)
				err = go(mem, PART, (round + i) % 2 ? UNMAP : DISCARD);
			if (err)
				return because(USE_BAD, "an object under pressure", err);
		}
		more = map(WANTED, true);
		if (!more)
			return because(USE_SKIP, "mmap", -errno);
		fill(more, WANTED / PAGE, 2);
		if (wrong_words(more, WANTED / PAGE, 2))
			return because(USE_BAD, "memory lost what was written", 0);
		munmap(more, WANTED);
	}
	return USE_PASS;
}

/* 0 if the memory is to be had under pressure, 1 if not, -errno if it cannot be tried. */
static int pressure(void)
{
	int ready[2], status = 0, ret = 0;
	pid_t fat, pid = -1;
	bool swap;
	char c;

	if (pipe(ready))
		return -errno;
	swap = !swapoff(SWAP);
	fflush(stdout);
	fat = fork();
	if (!fat)
		ballast(ready[1]);
	close(ready[1]);
	if (fat < 0 || read(ready[0], &c, 1) != 1) {
		ret = because(-ENOMEM, "no ballast", 0);
	} else {
		alive();
		pid = fork();
		if (!pid)
			_exit(pressed());
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			ret = -errno;
	}
	if (fat > 0) {
		kill(fat, SIGKILL);
		waitpid(fat, NULL, 0);
	}
	close(ready[0]);
	if (swap)
		swapon(SWAP, 0);
	if (ret)
		return ret;
	if (WIFSIGNALED(status)) {
		complain("pressed: killed by signal %d although the memory of the objects was discarded",
			 WTERMSIG(status));
		return 1;
	}
	return WEXITSTATUS(status) == USE_SKIP ? -ENOTSUP : WEXITSTATUS(status) != USE_PASS;
}

static int run_back(int fd)
{
	double took, longest = 0;
	unsigned int i, bad = 0;
	int ret;

	for (i = 0; i < ARRAY_SIZE(leavings); i++) {
		took = one(fd, &leavings[i]);
		if (took < -1)
			return because(USE_SKIP, leavings[i].name, took);
		bad += took < 0;
		longest = MAX(longest, took);
		if (took >= 0)
			printf("# %s: %lu MiB back after %.1f ms\n", leavings[i].name,
			       BYTES / MIB, took * 1e3);
		fflush(stdout);
		alive();
	}
	ret = pressure();
	if (ret < 0)
		return because(USE_SKIP, "pressure", ret);
	note("%u of %zu not back in %.0f s, the others within %.1f ms; %u MiB wanted with %u of %u MiB discarded: %s",
	     bad, ARRAY_SIZE(leavings), LIMIT, longest * 1e3, (unsigned int)(WANTED / MIB),
	     (unsigned int)(PARTS * PART / MIB), (unsigned int)(LEFT / MIB),
	     ret ? "NOT to be had" : "to be had");
	return bad || ret ? USE_BAD : USE_PASS;
}

const struct way way_back = {
	.name = "back", .help = "memory that is discarded or unmapped goes back to the system",
	.run = run_back, .silent = 180,
};
