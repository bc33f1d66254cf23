// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process, which watches the worker. It never touches the device. It needs no
 * memory while it waits: if a task hangs in reclaim, each task that needs memory may hang.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lost.h"

#define SYSRQ	"/proc/sysrq-trigger"
#define GRACE	20		/* seconds from a hang to the end of the machine */

struct board *board;
static int sysrq = -1;

int super_start(void)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	knobs = mmap(NULL, sizeof(*knobs), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED || knobs == MAP_FAILED)
		return because(LOST_SKIP, "mmap", -errno);
	if (access(DEVICE, R_OK | W_OK)) {
		fprintf(stderr, "lost: " DEVICE ": %s\n", strerror(errno));
		return LOST_SKIP;
	}
	sysrq = open(SYSRQ, O_WRONLY | O_CLOEXEC);
	if (sysrq < 0)
		return because(LOST_SKIP, SYSRQ, -errno);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		return because(LOST_SKIP, "mlockall", -errno);
	return 0;
}

void alive(const char *what)
{
	board->what = what;
	atomic_fetch_add(&board->progress, 1);
}

void note(const char *fmt, ...)
{
	va_list ap;

	if (board->note[0])
		return;
	va_start(ap, fmt);
	vsnprintf(board->note, sizeof(board->note), fmt, ap);
	va_end(ap);
}

int because(int code, const char *what, int err)
{
	if (!board || board == MAP_FAILED)
		fprintf(stderr, "lost: %s: %s\n", what, strerror(-err));
	else if (err)
		note("%s: %s", what, strerror(-err));
	else
		note("%s", what);
	return code;
}

/* The life of a child: reboot the machine GRACE seconds after a hang, if it still runs. */
static void __attribute__((noreturn)) end_machine(void)
{
	pid_t parent = getppid();

	while (!atomic_load(&board->hung)) {
		if (getppid() != parent)
			_exit(0);
		nap(100000);
	}
	nap(GRACE * 1000000ul);
	_exit(write(sysrq, "b", 1) != 1);
}

/* Fork the worker: its pid, or -1. */
static pid_t start(int (*life)(const void *), const void *arg)
{
	pid_t parent = getpid(), pid = fork();
	int ret;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || munlockall())
		_exit(LOST_SKIP);
	ret = own_memory();
	if (ret)
		_exit(because(LOST_SKIP, "mlockall", ret));
	alive("starting");
	_exit(life(arg));
}

/* Wait for @pid. 0; -ETIME if the worker makes no progress for opt.hang seconds; -errno. */
static int reap(pid_t pid, int *status)
{
	unsigned long seen = 0, is;
	double since = now();
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG))) {
		is = atomic_load(&board->progress);
		if (is != seen) {
			seen = is;
			since = now();
		} else if (now() - since > opt.hang) {
			return -ETIME;
		}
		nap(20000);
	}
	return got < 0 ? -errno : 0;
}

/* Print where the threads of the worker sleep. This needs memory, so it may fail. */
static void tell_stacks(pid_t pid)
{
	char path[64], text[1024], *p, *line, *save;
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.10s/stat", pid, d->d_name);
		if (sys_read(path, text, sizeof(text)))
			continue;
		p = strrchr(text, ')');
		printf("# thread %s: %c", d->d_name, p ? p[2] : '?');
		snprintf(path, sizeof(path), "/proc/%d/task/%.10s/stack", pid, d->d_name);
		if (sys_read(path, text, sizeof(text)))
			text[0] = '\0';
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			p = strchr(line, ' ');
			printf(" %s", p ? p + 1 : line);
		}
		printf("\n");
	}
	if (dir)
		closedir(dir);
}

int watch_over(const char *name, int (*life)(const void *), const void *arg)
{
	static const char *const words[] = { "pass", "lost", "", "skip", "hang" };
	double begin = now();
	int status = 0, err, ret;
	const char *word;
	pid_t ender, pid;

	memset(board, 0, sizeof(*board));
	fflush(NULL);
	/* Fork this child now: after a hang there may be no memory for it. */
	ender = fork();
	if (!ender) {
		if (!mlockall(MCL_CURRENT | MCL_FUTURE))
			end_machine();
		_exit(1);
	}
	pid = ender < 0 ? -1 : start(life, arg);
	err = pid < 0 ? -errno : reap(pid, &status);
	if (err == -ETIME) {
		if (write(sysrq, "w", 1) != 1)
			note("cannot write to " SYSRQ ": %s", strerror(errno));
		printf("# %s: no progress while: %s; the kernel log has the blocked tasks\n",
		       name, board->what);
		fflush(stdout);
		atomic_store(&board->hung, true);
		tell_stacks(pid);
		ret = LOST_HANG;
	} else {
		if (ender > 0) {
			kill(ender, SIGKILL);
			waitpid(ender, NULL, 0);
		}
		if (err)
			ret = because(LOST_SKIP, "cannot start and wait for a process", err);
		else if (!WIFEXITED(status) || WEXITSTATUS(status) > LOST_HANG) {
			board->note[0] = '\0';
			note("wait status %#x while: %s", status, board->what);
			ret = LOST_LOST;
		} else {
			ret = WEXITSTATUS(status);
		}
		knobs_restore();
	}
	word = words[ret];
	if (ret == LOST_LOST && !atomic_load(&board->lost))
		word = atomic_load(&board->early) ? "early" : "fail";
	printf("%s %s %.1f s%s%s\n", name, word, now() - begin, board->note[0] ? ": " : "",
	       board->note);
	fflush(stdout);
	return ret;
}
