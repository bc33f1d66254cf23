// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the first try of a way its first allocation fails, in the next try its second, and
 * so on until no allocation is left. A try is a process of its own, so that the end of
 * a process after a failure is tested as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define DEBUGFS		"/sys/kernel/debug/"
#define MOST		5000		/* allocations of a call */
#define WORKER_SECONDS	20

/* Of a try, by its exit status. */
enum { TRY_BAD = FAIL_BAD, TRY_SKIP = FAIL_SKIP, TRY_UNNOTICED = 16, TRY_REFUSED,
	TRY_END };

static int usage(FILE *f)
{
	unsigned int i;

	fputs("usage: failnth [WAY...]\n"
	      "Each allocation of a call fails in turn. The call must return ENOMEM or work\n"
	      "without the memory, and the object must show what the memory has.\n", f);
	for (i = 0; i < nways; i++)
		fprintf(f, "    %-9s %s\n", ways[i].name, ways[i].help);
	fputs("    worker    what another driver maps, in the kernel's worker; by chance\n"
	      "Needs CONFIG_FAILSLAB (--config failslab).\n"
	      "Exit: 0 all as it should be, 1 not, 2 usage, 3 cannot be tried here.\n", f);
	return f == stdout ? FAIL_PASS : FAIL_USAGE;
}

/* All kinds of allocation, without a message in the log for each. */
static int set_up(void)
{
	static const char *const knob[][2] = {
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "failslab/interval", "1" },
		{ DEBUGFS "failslab/probability", "0" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "fail_page_alloc/min-order", "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(knob); i++) {
		err = sys_write(knob[i][0], knob[i][1]);
		if (err)
			return scene_failed(knob[i][0], err);
	}
	return 0;
}

static int try_in_child(const struct way *way, unsigned int nth, int device)
{
	struct scene s;
	char text[16];
	int fd, err, after, left, len;

	fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		scene_failed(FAIL_NTH, -errno);
		return TRY_SKIP;
	}
	err = scene_begin(&s, device);
	if (!err)
		err = way->prepare(&s);
	if (err) {
		scene_failed("prepare", err);
		return TRY_SKIP;
	}

	len = snprintf(text, sizeof(text), "%u", nth);
	if (write(fd, text, len) != len)
		return TRY_SKIP;
	err = way->run(&s);
	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len < 1 || pwrite(fd, "0", 1, 0) != 1)
		return TRY_SKIP;
	text[len] = '\0';
	left = atoi(text);

	if (err && (err != -ENOMEM || left || way->may_not_fail)) {
		printf("# allocation %u: %s\n", nth, strerror(-err));
		return TRY_BAD;
	}
	after = way->check(&s, err);
	if (!after && s.handle)
		after = scene_verify(&s);
	if (after) {
		printf("# allocation %u (%s): afterwards: %s\n", nth,
		       err ? strerror(-err) : "unnoticed", strerror(-after));
		return TRY_BAD;
	}
	/*
	 * At its end the process closes its files, but the objects stay: @device is
	 * shared.
	 */
	if (s.dmabuf >= 0)
		close(s.dmabuf);
	if (s.handle)
		gem_close(device, s.handle);
	if (s.blt.batch)
		blt_destroy(device, &s.blt);
	return left ? TRY_END : err ? TRY_REFUSED : TRY_UNNOTICED;
}

/* A FAIL_ value. */
static int sweep(const struct way *way, int device, unsigned long *failed)
{
	unsigned int nth, refused = 0;
	int status, ret;
	pid_t pid;

	for (nth = 1; nth <= MOST; nth++) {
		fflush(stdout);
		pid = fork();
		if (!pid) {
			ret = try_in_child(way, nth, device);
			fflush(stdout);
			_exit(ret);
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			return FAIL_SKIP;
		if (!WIFEXITED(status)) {
			printf("# allocation %u: wait status %#x\n", nth, status);
			return FAIL_BAD;
		}
		ret = WEXITSTATUS(status);
		refused += ret == TRY_REFUSED;
		if (ret != TRY_REFUSED && ret != TRY_UNNOTICED)
			break;
	}
	*failed += nth - 1;
	printf("%-9s %5u failed, %u refused\n", way->name, nth - 1, refused);
	if (nth > MOST) {
		printf("# no end after %u\n", MOST);
		return FAIL_BAD;
	}
	return ret == TRY_END ? FAIL_PASS : ret == TRY_SKIP ? FAIL_SKIP : FAIL_BAD;
}

static bool wanted(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(name, argv[i]))
			return true;
	return argc < 2;
}

static bool known(const char *name)
{
	unsigned int i;

	for (i = 0; i < nways; i++)
		if (!strcmp(name, ways[i].name))
			return true;
	return !strcmp(name, "worker");
}

int main(int argc, char **argv)
{
	static const char *const words[] = {
		"all as it should be", "NOT as it should be", "", "not tried",
	};
	unsigned long failed = 0;
	int device, i, one, ret = FAIL_PASS;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			return usage(stdout);
		if (!known(argv[i])) {
			fprintf(stderr, "failnth: no way '%s'\n", argv[i]);
			return usage(stderr);
		}
	}
	device = gem_open(DEVICE);
	if (device < 0) {
		scene_failed(DEVICE, device);
		return FAIL_SKIP;
	}
	if (set_up())
		return FAIL_SKIP;

	for (i = 0; i < (int)nways && ret != FAIL_SKIP; i++) {
		if (!wanted(ways[i].name, argc, argv))
			continue;
		one = sweep(&ways[i], device, &failed);
		ret = one > ret ? one : ret;
	}
	if (ret != FAIL_SKIP && wanted("worker", argc, argv)) {
		one = worker_fails(device, WORKER_SECONDS, &failed);
		ret = one > ret ? one : ret;
	}
	printf("failnth: %lu allocations failed, %s\n", failed, words[ret]);
	return ret;
}
