// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "endings.h"

#define DEVICE	"/dev/dri/card0"
#define LIMIT	120		/* seconds for one end */

struct board *board;

static int usage(FILE *f)
{
	unsigned int i;

	fputs("usage: endings [--count N] [WAY...]\n"
	      "Processes with userptr objects end, each N times (default 10):\n", f);
	for (i = 0; ways[i]; i++)
		fprintf(f, "    %-8s %s\n", ways[i]->name, ways[i]->help);
	fputs("A line per way: how many ended as they have to, and the longest one. After each\n"
	      "the device must serve the next process. Swap is off for oom.\n"
	      "Exit: 0 all ended as they must, 1 not, 2 usage, 3 no device, 4 one did not end.\n", f);
	return f == stdout ? EXIT_CLEAN : EXIT_USAGE;
}

/* Which parts of the swap there are; switched off until swap_on(). */
static char swaps[4][128];

static void swap_off(void)
{
	char text[1024], *line, *save = NULL;
	unsigned int n = 0;

	if (sys_read("/proc/swaps", text, sizeof(text)))
		return;
	line = strtok_r(text, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save)) && n < ARRAY_SIZE(swaps)) {
		if (sscanf(line, "%127s", swaps[n]) == 1 && !swapoff(swaps[n]))
			n++;
	}
	if (n < ARRAY_SIZE(swaps))
		swaps[n][0] = '\0';
}

static void swap_on(void)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(swaps) && swaps[n][0]; n++)
		swapon(swaps[n], 0);
}

/* The device is as good as before: objects are made, copied from, read. */
static int device_works(void)
{
	struct victim v;
	uint32_t value;
	int fd = gem_open(DEVICE), err;

	if (fd < 0)
		return fd;
	err = victim_create(&v, fd, 0);
	if (!err)
		err = victim_busy(&v);
	if (!err)
		err = gem_wait(fd, v.blt[OBJECTS - 1].dst, 20);
	if (!err)
		err = read_word(fd, v.handle[0], WORD_OFFSET, &value, 20);
	if (!err && value != 0x5a5a5a5a)
		err = -EIO;
	munmap(v.base, OBJECTS * BYTES);
	close(fd);
	return err;
}

/* Wait for @pid; -ETIME if it does not end. */
static int reap(pid_t pid, int *status)
{
	double end = now() + LIMIT;

	while (now() < end) {
		pid_t p = waitpid(pid, status, WNOHANG);

		if (p == pid)
			return 0;
		if (p < 0 && errno != EINTR)
			return -errno;
		nap(1000);
	}
	return -ETIME;
}

/* One end: 0 as it has to be, 1 not, EXIT_HANG. */
static int one(const struct way *way, int fd)
{
	double end = now() + LIMIT;
	int status, err;
	pid_t pid;

	atomic_store(&board->ready, false);
	pid = fork();
	if (pid < 0)
		return EXIT_SETUP;
	if (!pid) {
		if (way->own)
			fd = gem_open(DEVICE);
		_exit(fd < 0 ? 1 : way->child(fd));
	}
	while (way->parent && !atomic_load(&board->ready) && now() < end &&
	       !kill(pid, 0) && waitpid(pid, &status, WNOHANG) == 0)
		nap(1000);
	if (way->parent)
		way->parent(pid);

	err = reap(pid, &status);
	if (err == -ETIME) {
		printf("# %s: process %d does not end\n", way->name, pid);
		return EXIT_HANG;
	}
	if (err) {
		printf("# %s: ended before its time\n", way->name);
		return 1;
	}
	if (way->signal ? !WIFSIGNALED(status) || WTERMSIG(status) != way->signal :
			  !WIFEXITED(status) || WEXITSTATUS(status)) {
		printf("# %s: wait status %#x\n", way->name, status);
		return 1;
	}
	if (!atomic_load(&board->ready)) {
		printf("# %s: ended before its objects were in use\n", way->name);
		return 1;
	}
	err = way->after ? way->after(fd) : 0;
	if (err) {
		printf("# %s: afterwards: %s\n", way->name, strerror(-err));
		return 1;
	}
	err = device_works();
	if (err) {
		printf("# %s: the device afterwards: %s\n", way->name, strerror(-err));
		return 1;
	}
	return 0;
}

static int run_way(const struct way *way, unsigned long count)
{
	double longest = 0;
	unsigned long i, good = 0;
	int fd = gem_open(DEVICE), ret = 0;

	if (fd < 0)
		return EXIT_SETUP;
	if (!strcmp(way->name, "oom"))
		swap_off();
	for (i = 0; i < count && ret != EXIT_HANG && ret != EXIT_SETUP; i++) {
		double begin = now();

		ret = one(way, fd);
		good += !ret;
		longest = MAX(longest, now() - begin);
	}
	if (!strcmp(way->name, "oom"))
		swap_on();
	close(fd);
	printf("%-8s %4lu of %lu  %6.1f s  %s\n", way->name, good, count, longest,
	       good == count ? "pass" : ret == EXIT_HANG ? "hang" : "fail");
	fflush(stdout);
	return ret == EXIT_HANG || ret == EXIT_SETUP ? ret : good != count;
}

int main(int argc, char **argv)
{
	unsigned long count = 10;
	int i, j, ret, worst = 0;
	char *end;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--help"))
			return usage(stdout);
		if (strcmp(argv[i], "--count") || ++i == argc)
			return usage(stderr);
		count = strtoul(argv[i], &end, 10);
		if (*end || !count || count > 100000)
			return usage(stderr);
	}
	for (j = i; j < argc; j++) {
		for (ret = 0; ways[ret] && strcmp(ways[ret]->name, argv[j]); ret++)
			;
		if (!ways[ret]) {
			fprintf(stderr, "endings: no way '%s'\n", argv[j]);
			return usage(stderr);
		}
	}

	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ret = gem_open(DEVICE);
	if (board == MAP_FAILED || ret < 0) {
		fprintf(stderr, "endings: %s: %s\n", DEVICE, strerror(-ret));
		return EXIT_SETUP;
	}
	close(ret);

	for (j = 0; ways[j]; j++) {
		int k;

		for (k = i; k < argc && strcmp(ways[j]->name, argv[k]); k++)
			;
		if (i < argc && k == argc)
			continue;
		ret = run_way(ways[j], count);
		worst = MAX(worst, ret);
		if (ret >= EXIT_SETUP)
			break;
	}
	return worst;
}
