// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another driver, vgem, maps an object that another process has made: i915's worker
 * gets the pages. PERCENT of the allocations of unbound kworkers fail. The import must
 * fail with -ENOMEM or have the object mapped, and the object must show what the memory
 * has after both.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define PERCENT		"20"
#define TIMES		1000000

/* Unbound kworkers, as there are now; returns how many, or -errno. */
static int mark_kworkers(void)
{
	char path[64], comm[32];
	struct dirent *d;
	int n = 0;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while ((d = readdir(dir))) {
		int pid = atoi(d->d_name);

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (pid < 1 || sys_read(path, comm, sizeof(comm)) ||
		    strncmp(comm, "kworker/u", 9))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/make-it-fail", pid);
		n += !sys_write(path, "1");
	}
	closedir(dir);
	return n;
}

static void owner_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The owner of the memory lives until it is killed, and does nothing. */
static pid_t owner_start(struct scene *s, int fd)
{
	int ready[2];
	char ok = 0;
	pid_t pid;

	if (pipe(ready))
		return -1;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ok = !scene_begin(s, fd) && !scene_object(s, 0);
		fflush(stdout);
		if (write(ready[1], s, sizeof(*s)) == sizeof(*s) &&
		    write(ready[1], &ok, 1) == 1 && ok)
			pause();
		_exit(0);
	}
	close(ready[1]);
	if (pid > 0 && (read(ready[0], s, sizeof(*s)) != sizeof(*s) ||
			read(ready[0], &ok, 1) != 1 || !ok)) {
		owner_end(pid);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

/* Each page of the object of another: 0 or what pread says, -EIO if it is wrong. */
static int read_all(const struct scene *s)
{
	double end = now() + PATIENCE;
	unsigned long i;
	uint32_t got;
	int err;

	for (i = 0; i < PAGES; i++) {
		err = scene_word(s, i, end, &got);
		if (err)
			return err;
		if (got != scene_filled(s, i))
			return -EIO;
	}
	return 0;
}

/* vgem maps the object of another process, and lets it go: 0 or -errno. */
static int map_all(const struct scene *s, int vgem)
{
	int dmabuf = prime_export(s->fd, s->handle);
	uint32_t handle;
	int err;

	if (dmabuf < 0)
		return dmabuf;
	err = prime_import(vgem, dmabuf, PATIENCE, &handle);
	close(dmabuf);
	return err ? err : gem_close(vgem, handle);
}

static int round_of(int fd, int vgem, unsigned long *refused)
{
	struct scene s;
	pid_t pid;
	int err;

	pid = owner_start(&s, fd);
	if (pid < 0)
		return FAIL_SKIP;
	err = mark_kworkers() > 0 ? sys_write(FAILSLAB "probability", PERCENT) : -ESRCH;
	if (err) {
		scene_failed("kworkers cannot be made to fail", err);
		owner_end(pid);
		return FAIL_SKIP;
	}
	err = map_all(&s, vgem);
	sys_write(FAILSLAB "probability", "0");
	if (err == -ENOMEM) {
		(*refused)++;
		err = map_all(&s, vgem);
	}
	if (!err)
		err = read_all(&s);
	if (err)
		scene_failed("the worker's pages", err);
	gem_close(fd, s.handle);
	owner_end(pid);
	return err ? FAIL_BAD : FAIL_PASS;
}

int worker_fails(int fd, unsigned int seconds, unsigned long *failed)
{
	unsigned long rounds = 0, refused = 0;
	double end = now() + seconds;
	int vgem = prime_open("vgem"), ret, err;
	char times[16];

	if (vgem < 0) {
		scene_failed("vgem", vgem);
		return FAIL_SKIP;
	}
	snprintf(times, sizeof(times), "%d", TIMES);
	err = sys_write(FAILSLAB "times", times);
	if (!err)
		err = sys_write(FAILSLAB "task-filter", "Y");
	if (err) {
		scene_failed(FAILSLAB, err);
		return FAIL_SKIP;
	}
	do {
		ret = round_of(fd, vgem, &refused);
		rounds++;
	} while (ret == FAIL_PASS && now() < end);
	sys_write(FAILSLAB "task-filter", "N");
	err = TIMES - sys_number(FAILSLAB "times");
	close(vgem);
	printf("%-9s %5d failed, %lu of %lu imports refused\n", "worker", err, refused,
	       rounds);
	if (ret == FAIL_PASS && (err < 1 || !refused)) {
		printf("# nothing failed\n");
		ret = FAIL_BAD;
	}
	*failed += err > 0 ? err : 0;
	return ret;
}
