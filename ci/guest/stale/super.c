// SPDX-License-Identifier: GPL-2.0-only
/*
 * The supervisor. A thread that hangs in the kernel cannot be killed, and a wait for its
 * process would not end. The supervisor never touches the device. It notices the hang,
 * prints where each thread hangs, and gives up.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stale.h"

#define POLL_US		20000	/* from one look at the worker to the next */
#define KILL_SECONDS	3.0	/* in which a killed worker must end */

struct shared *shared;
static volatile sig_atomic_t caught;

static void catch(int sig)
{
	caught = sig;
}

void beat(unsigned int who, const char *what)
{
	shared->beat[who].what = what;
	shared->beat[who].count++;
}

void beat_begin(unsigned int who)
{
	beat(who, "starting");
	shared->beat[who].tid = syscall(SYS_gettid);
}

void beat_end(unsigned int who)
{
	shared->beat[who].tid = 0;
}

/* Print what each thread of the worker does, and where it is in the kernel. */
static void tell_stacks(pid_t pid)
{
	char path[64], stack[1024];
	unsigned int i;

	for (i = 0; i <= MAX_THREADS; i++) {
		struct beat *b = &shared->beat[i];

		if (!b->tid)
			continue;
		if (i)
			fprintf(stderr, "stale: racer %u: %s\n", i, b->what);
		else
			fprintf(stderr, "stale: main thread: %s\n", b->what);
		snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", pid,
			 (int)b->tid);
		if (!sys_read(path, stack, sizeof(stack)))
			fputs(stack, stderr);
	}
}

/* For each thread: its count of beats, and since when it has been the same. */
struct progress {
	unsigned long count[1 + MAX_THREADS];
	double since[1 + MAX_THREADS];
};

/* The number of a thread that did not beat for options.hang seconds, or -1. */
static int silent(struct progress *p)
{
	unsigned int i;

	for (i = 0; i <= MAX_THREADS; i++) {
		struct beat *b = &shared->beat[i];

		if (!b->tid || b->count != p->count[i] || !p->since[i]) {
			p->count[i] = b->count;
			p->since[i] = now();
		} else if (now() - p->since[i] > options.hang) {
			return i;
		}
	}
	return -1;
}

/* SIGKILL; true if the worker ends within KILL_SECONDS. */
static bool kill_worker(pid_t pid)
{
	double until = now() + KILL_SECONDS;

	kill(pid, SIGKILL);
	while (now() < until) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		nap(POLL_US);
	}
	return false;
}

/* Print the descriptions of the worker from number @from on; returns how many there are. */
static unsigned int tell(unsigned int from)
{
	for (; from < shared->ntold; from++)
		fprintf(stderr, "stale: %s\n", shared->told[from]);
	return from;
}

/*
 * In the worker: close stdin, stdout and stderr. They may be pipes. A worker that cannot be
 * killed would keep them open, and their reader would wait for ever.
 */
static void close_output(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		_exit(1);
	dup2(fd, 0);
	dup2(fd, 1);
	dup2(fd, 2);
	if (fd > 2)
		close(fd);
}

/* Wait for the worker @pid: what supervise() returns. */
static int watch(pid_t pid)
{
	struct progress progress = { };
	unsigned int told = 0;
	int status, who;
	pid_t got;

	while (!(got = waitpid(pid, &status, WNOHANG))) {
		if (caught) {
			kill_worker(pid);
			knobs_restore();
			_exit(128 + caught);
		}
		told = tell(told);
		who = silent(&progress);
		if (who >= 0) {
			fprintf(stderr, "stale: hang: %s made no progress for %.0f s\n",
				who ? "a racer" : "the main thread",
				options.hang);
			tell_stacks(pid);
			if (!kill_worker(pid))
				fprintf(stderr, "stale: process %d cannot be killed, left behind\n",
					pid);
			return -1;
		}
		nap(POLL_US);
	}
	tell(told);
	if (got < 0)
		return -errno;
	if (WIFSIGNALED(status) || !shared->finished) {
		fprintf(stderr, "stale: the worker died (status 0x%x) while: %s; see dmesg\n",
			status, shared->beat[0].what);
		return -1;
	}
	return 0;
}

static int start(void)
{
	struct sigaction act = { .sa_handler = catch };

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return -errno;
	knobs = &shared->knobs;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	return 0;
}

int supervise(const struct op *op, const struct via *via, size_t size,
	      unsigned int objects)
{
	int err = shared ? 0 : start();
	pid_t pid, me = getpid();

	if (err)
		return err;
	memset(shared, 0, sizeof(*shared));
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != me)
			_exit(1);
		close_output();
		run(op, via, size, objects);
		_exit(0);
	}
	err = watch(pid);
	knobs_restore();
	return err;
}
