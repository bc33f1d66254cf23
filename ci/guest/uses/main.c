// SPDX-License-Identifier: GPL-2.0-only
/*
 * A way runs in a child. The first process watches it: it never touches the device
 * and its memory is locked, so that it can say what has hung.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uses.h"

#define DEVICE	"/dev/dri/card0"
#define SYSRQ	"/proc/sysrq-trigger"
#define GRACE	30		/* seconds from a hang to the end of the machine */
#define TOLD	6		/* lines about what is wrong, of a way */

struct board *board;

void alive(void)
{
	atomic_fetch_add(&board->progress, 1);
}

int because(int code, const char *what, int err)
{
	if (err)
		printf("# %s: %s\n", what, strerror(-err));
	else
		printf("# %s\n", what);
	fflush(stdout);
	if (!board->note[0])
		note("%s%s%s", what, err ? ": " : "", err ? strerror(-err) : "");
	return code;
}

void complain(const char *fmt, ...)
{
	va_list ap;

	if (atomic_fetch_add(&board->told, 1) >= TOLD)
		return;
	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout);
	va_end(ap);
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(board->note, sizeof(board->note), fmt, ap);
	va_end(ap);
}

/* The guest's init may hang as well. Ends the machine if it does not go down. */
static void end_machine(int sysrq)
{
	while (!atomic_load(&board->hung))
		nap(100000);
	nap(GRACE * 1000000ul);
	_exit(write(sysrq, "b", 1) != 1);
}

static pid_t start(const struct way *way)
{
	pid_t parent = getpid(), pid = fork();
	int fd, ret;

	if (pid)
		return pid;
	setpgid(0, 0);
	if (getppid() != parent)
		_exit(USE_SKIP);
	fd = gem_open(DEVICE);
	if (fd < 0)
		_exit(because(USE_SKIP, DEVICE, fd));
	ret = way->run(fd);
	fflush(stdout);
	_exit(ret);
}

/* Wait for @pid; -ETIME if it makes no progress for @silent seconds. */
static int reap(pid_t pid, double silent, int *status)
{
	unsigned long seen = 0, is;
	double since = now();
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG))) {
		is = atomic_load(&board->progress);
		if (is != seen) {
			seen = is;
			since = now();
		} else if (now() - since > silent) {
			return -ETIME;
		}
		nap(20000);
	}
	return got < 0 ? -errno : 0;
}

/* The processes are there before anything hangs: to fork takes memory. */
static int watch(const struct way *way, int sysrq)
{
	pid_t ender, pid;
	int status = 0, err;

	fflush(stdout);
	ender = fork();
	if (!ender) {
		if (!mlockall(MCL_CURRENT | MCL_FUTURE))
			end_machine(sysrq);
		_exit(1);
	}
	pid = ender < 0 ? -1 : start(way);
	err = pid < 0 ? -errno : reap(pid, way->silent, &status);
	if (err == -ETIME) {
		if (write(sysrq, "w", 1) != 1)
			because(USE_HANG, "cannot write to " SYSRQ, -errno);
		atomic_store(&board->hung, true);
		kill(-pid, SIGKILL);
		return because(USE_HANG, "no progress, see the kernel log", 0);
	}
	if (ender > 0) {
		kill(ender, SIGKILL);
		waitpid(ender, NULL, 0);
	}
	if (err)
		return because(USE_SKIP, "cannot start and wait for a process", err);
	/* What it has started itself. */
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status)) {
		note("the process died by signal %d (%s)", WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
		return USE_BAD;
	}
	return WEXITSTATUS(status);
}

static int one(const struct way *way, int sysrq)
{
	static const char *const words[] = { "pass", "fail", "", "skip", "hang" };
	double begin = now();
	int ret;

	atomic_store(&board->told, 0);
	board->note[0] = '\0';
	ret = watch(way, sysrq);
	if (ret < 0 || ret > USE_HANG || ret == USE_USAGE)
		ret = USE_BAD;
	printf("%s %s %.1f s%s%s\n", way->name, words[ret], now() - begin,
	       board->note[0] ? ": " : "", board->note);
	fflush(stdout);
	return ret;
}

/* A fault counts more than what could not be tried. */
static int worse(int a, int b)
{
	static const int rank[] = {
		[USE_PASS] = 0, [USE_USAGE] = 4, [USE_SKIP] = 1, [USE_BAD] = 2,
		[USE_HANG] = 3,
	};

	return rank[a] > rank[b] ? a : b;
}

int main(int argc, char **argv)
{
	int ret = options_parse(argc, argv), sysrq;
	unsigned int i;

	if (ret >= 0)
		return ret;
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED) {
		perror("uses: mmap");
		return USE_SKIP;
	}
	if (access(DEVICE, F_OK)) {
		fprintf(stderr, "uses: no " DEVICE "\n");
		return USE_SKIP;
	}
	sysrq = open(SYSRQ, O_WRONLY | O_CLOEXEC);
	if (sysrq < 0)
		return because(USE_SKIP, SYSRQ, -errno);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		return because(USE_SKIP, "mlockall", -errno);

	ret = USE_PASS;
	for (i = 0; i < asked.nways && ret != USE_HANG; i++)
		ret = worse(one(asked.way[i], sysrq), ret);
	return ret;
}
