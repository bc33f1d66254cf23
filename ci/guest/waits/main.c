// SPDX-License-Identifier: GPL-2.0-only
/*
 * waits: does a task wait for something that need not come, when a process has userptr
 * objects? waits.h describes the processes, ways.c the ways.
 *
 * Prints a line for each way: its name, the result, the seconds it took, and why. The
 * result is
 *
 *	pass	each task got what it needs
 *	fail	a task waited, or returned too early, but SIGKILL still ends it
 *	skip	the way cannot be tried here
 *	hang	a task does not end even after SIGKILL, or the whole device stands still
 *
 * A hang is the last line: the kernel log gets the traces of all blocked tasks, and the
 * machine reboots 5 s later.
 *
 * Exit status: 0 all pass, 1 one fails, 2 usage, 3 one cannot be tried here, 4 one hangs.
 * If both 1 and 3 apply it is 1.
 *
 * The code in this file runs in the first process, but for manage(). It looks at nothing
 * of the manager but the board, and all its memory is locked: it can print even if the
 * manager hangs or no memory is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define SYSRQ	"/proc/sysrq-trigger"
#define GRACE	5		/* seconds from a hang to the end of the machine */

struct board *board;
double limit = 30;

static int usage(FILE *f)
{
	unsigned int i;

	fputs("usage: waits [--limit SECONDS] [WAY...]\n"
	      "Who waits for whom, with a userptr object in the mm:\n", f);
	for (i = 0; ways[i].name; i++)
		fprintf(f, "    %-16s %s\n", ways[i].name, ways[i].help);
	fputs("WAY is a name, or its part before the dash; all of them if there is none. SECONDS\n"
	      "(30) is what something may take that needs nothing but the CPU.\n"
	      "A line per way: its name, pass, fail, skip or hang, the seconds, and why. A hang is\n"
	      "the last one: the log gets the traces of all blocked tasks, and the machine ends.\n"
	      "Exit: 0 all pass, 1 one fails, 2 usage, 3 one cannot be tried here, 4 one hangs.\n", f);
	return f == stdout ? WAITS_PASS : WAITS_USAGE;
}

int verdict(int verdict, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(board->why, sizeof(board->why), fmt, ap);
	va_end(ap);
	return verdict;
}

/* A child reboots the machine: the write to sysrq may hang, and would take its caller along. */
static void end_machine(int sysrq)
{
	if (fork())
		return;
	setsid();
	nap(GRACE * 1000000ul);
	_exit(write(sysrq, "b", 1) != 1);
}

/* The manager's life. */
static void manage(const struct way *way)
{
	char left[200];
	int ret = way->run(way);

	if (ret != WAITS_HANG && party_remains(left, sizeof(left)))
		ret = verdict(WAITS_HANG, "after SIGKILL to all: %s", left);
	atomic_store(&board->verdict, ret);
	if (ret != WAITS_HANG)
		others_end();
	_exit(0);
}

/*
 * Start the manager of @way, and return its verdict. The manager can hang after it has
 * written its verdict, or before: this function returns in any case.
 */
static int watch(const struct way *way)
{
	double end = now() + 12 * limit + 60, said = 0;
	int status;
	pid_t pid, got;

	atomic_store(&board->verdict, -1);
	board->why[0] = '\0';
	atomic_store(&board->party, 0);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return verdict(WAITS_SKIP, "fork: %s", strerror(errno));
	if (!pid)
		manage(way);
	while (!(got = waitpid(pid, &status, WNOHANG))) {
		int is = atomic_load(&board->verdict);

		if (is >= 0 && !said)
			said = now();
		if (is == WAITS_HANG)
			return is;
		if (said && now() - said > limit)
			return verdict(WAITS_HANG, "the manager does not end");
		if (now() > end)
			return verdict(WAITS_HANG, "the manager says nothing");
		nap(10000);
	}
	if (atomic_load(&board->verdict) < 0)
		return verdict(WAITS_SKIP, "the manager ends with wait status %#x", status);
	return atomic_load(&board->verdict);
}

/* @arg is the way's name, or the part of it before a dash. */
static bool wanted(const struct way *way, const char *arg)
{
	size_t len = strlen(arg);

	return !strncmp(way->name, arg, len) &&
	       (way->name[len] == '\0' || way->name[len] == '-');
}

static int run_way(const struct way *way, int sysrq)
{
	static const char *const words[] = { "pass", "fail", "", "skip", "hang" };
	double begin = now();
	int ret = watch(way);

	if (ret == WAITS_HANG && write(sysrq, "w", 1) != 1)
		fputs("# cannot write to " SYSRQ "\n", stdout);
	printf("%s %s %.1f s: %s\n", way->name, words[ret], now() - begin, board->why);
	fflush(stdout);
	if (ret == WAITS_HANG)
		end_machine(sysrq);
	return ret;
}

int main(int argc, char **argv)
{
	unsigned int i;
	int j, first, ret, worst = WAITS_PASS, sysrq;
	char *end;

	for (first = 1; first < argc && argv[first][0] == '-'; first++) {
		if (!strcmp(argv[first], "--help"))
			return usage(stdout);
		if (strcmp(argv[first], "--limit") || ++first == argc) {
			fprintf(stderr, "waits: '%s' is no option, or lacks its value\n",
				argv[MIN(first, argc - 1)]);
			return usage(stderr);
		}
		limit = strtod(argv[first], &end);
		if (*end || !(limit >= 1 && limit <= 600)) {
			fprintf(stderr, "waits: --limit '%s' is not 1 to 600 seconds\n",
				argv[first]);
			return usage(stderr);
		}
	}
	for (j = first; j < argc; j++) {
		for (i = 0; ways[i].name && !wanted(&ways[i], argv[j]); i++)
			;
		if (!ways[i].name) {
			fprintf(stderr, "waits: no way '%s'\n", argv[j]);
			return usage(stderr);
		}
	}

	if (access(DEVICE, F_OK)) {
		fputs("waits: no " DEVICE "\n", stderr);
		return WAITS_SKIP;
	}
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sysrq = open(SYSRQ, O_WRONLY | O_CLOEXEC);
	if (board == MAP_FAILED || sysrq < 0 || mlockall(MCL_CURRENT | MCL_FUTURE)) {
		fprintf(stderr, "waits: memory, or " SYSRQ ": %s\n", strerror(errno));
		return WAITS_SKIP;
	}
	for (i = 0; ways[i].name && worst != WAITS_HANG; i++) {
		for (j = first; j < argc && !wanted(&ways[i], argv[j]); j++)
			;
		if (j == argc && first < argc)
			continue;
		ret = run_way(&ways[i], sysrq);
		/* The exit status of a way that fails wins over one that cannot be tried. */
		if (ret == WAITS_HANG || worst == WAITS_PASS || ret == WAITS_FAIL)
			worst = ret == WAITS_PASS ? worst : ret;
	}
	return worst;
}
