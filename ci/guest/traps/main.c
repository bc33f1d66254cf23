// SPDX-License-Identifier: GPL-2.0-only
/*
 * A way runs in a child. The first process watches it: it never touches the
 * device and needs no memory while it waits, since a task that hangs in reclaim
 * stops every task that needs some.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traps.h"

#define DEVICE	"/dev/dri/card0"
#define SYSRQ	"/proc/sysrq-trigger"
#define GRACE	20		/* seconds from a hang to the end of the machine */

struct board *board;

static int usage(FILE *f)
{
	unsigned int i;

	fputs("usage: traps WAY\n"
	      "What deadlocks a driver that holds a lock during an invalidation:\n", f);
	for (i = 0; ways[i]; i++)
		fprintf(f, "    %-6s %s\n", ways[i]->name, ways[i]->help);
	fputs("If it hangs, the kernel log gets the traces of all blocked tasks (sysrq w).\n"
	      "Exit: 0 done, 1 the object is wrong, 2 usage, 3 cannot be tried here, 4 it hangs.\n", f);
	return f == stdout ? TRAP_PASS : TRAP_USAGE;
}

/*
 * Each task that asks for memory may hang as well, even the guest's init. Ends the
 * machine if it does not go down by itself once it has been told to.
 */
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
	if (!way)
		eat();
	if (getppid() != parent)
		_exit(TRAP_SKIP);
	fd = gem_open(DEVICE);
	if (fd < 0)
		_exit(because(TRAP_SKIP, DEVICE, fd));
	ret = own_memory();
	if (ret)
		_exit(because(TRAP_SKIP, "mlockall", ret));
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

/* Both are there beforehand: to open a file takes memory. */
static int watch(const struct way *way, int sysrq)
{
	pid_t eater, ender, pid;
	int status = 0, err, fed;

	fflush(stdout);
	ender = fork();
	if (!ender) {
		if (!mlockall(MCL_CURRENT | MCL_FUTURE))
			end_machine(sysrq);
		_exit(1);
	}
	eater = ender < 0 ? -1 : start(NULL);
	pid = eater < 0 ? -1 : start(way);
	err = pid < 0 ? -errno : reap(pid, way->silent, &status);
	if (err == -ETIME) {
		if (write(sysrq, "w", 1) != 1)
			because(TRAP_HANG, "cannot write to " SYSRQ, -errno);
		atomic_store(&board->hung, true);
	} else if (ender > 0) {
		kill(ender, SIGKILL);
	}
	fed = atomic_load(&board->appetite) > 0 && waitpid(eater, NULL, WNOHANG);
	if (eater > 0)
		kill(eater, SIGKILL);
	if (err == -ETIME)
		return because(TRAP_HANG, "no progress, see the kernel log", 0);
	if (err)
		return because(TRAP_SKIP, "cannot start and wait for a process", err);
	if (!WIFEXITED(status)) {
		printf("# wait status %#x\n", status);
		return TRAP_BAD;
	}
	if (!WEXITSTATUS(status) && fed)
		return because(TRAP_SKIP, "the process that takes the memory did not live", 0);
	return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	static const char *const words[] = { "pass", "fail", "", "skip", "hang" };
	const struct way *way = NULL;
	double begin = now();
	unsigned int i;
	int ret, sysrq;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(stdout);
	if (argc != 2)
		return usage(stderr);
	for (i = 0; ways[i]; i++)
		if (!strcmp(ways[i]->name, argv[1]))
			way = ways[i];
	if (!way) {
		fprintf(stderr, "traps: no way '%s'\n", argv[1]);
		return usage(stderr);
	}

	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return because(TRAP_SKIP, "mmap", -errno);
	if (access(DEVICE, F_OK)) {
		fprintf(stderr, "traps: no " DEVICE "\n");
		return TRAP_SKIP;
	}
	sysrq = open(SYSRQ, O_WRONLY | O_CLOEXEC);
	if (sysrq < 0)
		return because(TRAP_SKIP, SYSRQ, -errno);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		return because(TRAP_SKIP, "mlockall", -errno);

	ret = watch(way, sysrq);
	printf("%s %s %.1f s%s%s\n", way->name,
	       words[ret >= 0 && ret <= TRAP_HANG ? ret : TRAP_BAD], now() - begin,
	       board->note[0] ? ": " : "", board->note);
	return ret;
}
