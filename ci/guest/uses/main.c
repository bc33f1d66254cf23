// SPDX-License-Identifier: GPL-2.0-only
/*
 * uses: does the driver keep what the uAPI promises to a user of userptr objects? uses.h
 * describes how; each way's file begins with its promise.
 *
 * Prints lines that begin with # about what is wrong or was measured, and a line for each
 * way: its name, the result, the seconds it took, and why. The result is
 *
 *	pass	the promise was kept
 *	fail	the promise was not kept, or the child died
 *	skip	the way cannot be tried here
 *	hang	no progress: the kernel log gets the traces of all blocked tasks, the other
 *		ways are not tried, and the machine reboots 30 s later
 *
 * Exit status: 0 all pass, 1 one fails, 2 usage, 3 one cannot be tried here, 4 one hangs.
 * If both 1 and 3 apply it is 1.
 *
 * A way runs in a child. The first process watches the child. It never touches the device,
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

/*
 * The life of a child: after a hang, reboot the machine in GRACE seconds, if it still runs
 * then. The guest's init ends the machine in an orderly way, but may hang as well.
 */
static void end_machine(int sysrq)
{
	while (!atomic_load(&board->hung))
		nap(100000);
	nap(GRACE * 1000000ul);
	_exit(write(sysrq, "b", 1) != 1);
}

/* Fork the child that runs @way: its pid, or -1. */
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

/*
 * Run @way in a child, and return its USE_ value. Both children are forked before anything
 * hangs, since to fork takes memory.
 */
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
	/* Processes that the child has started. */
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

/* The worse of two USE_ values: a hang, then a fault, then a skip, then a pass. */
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
