// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork: parent and child share the pages after a fork. The one that writes to a page first
 * gets a copy of it, and the other one keeps the page. The object belongs to the parent. A
 * stale page is one that only the child has: it shows the old value, or the child's value.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ops.h"

static struct {
	pid_t pid;
	int to, from;		/* the parent's ends of two pipes */
	bool child_first;	/* the child writes before the parent */
	unsigned int turn;	/* counts forks: the order changes each time */
} fork_child;

/* The child's life: wait for a byte, write, answer, wait for the end of the pipe. */
static void child(const struct arena *a, int from, int to)
{
	unsigned int i;
	char c;

	if (read(from, &c, 1) == 1) {
		for (i = 0; i < a->probes; i++)
			*word(a, a->probe[i]) = words_foreign(a, a->probe[i]);
		if (write(to, &c, 1) == 1 && read(from, &c, 1) < 0)
			_exit(1);
	}
	_exit(0);
}

/* Let the child write its values, and wait until it has. 0 or -EPIPE. */
static int child_writes(void)
{
	char c = 1;

	if (write(fork_child.to, &c, 1) != 1)
		return -EPIPE;
	return read(fork_child.from, &c, 1) == 1 ? 0 : -EPIPE;
}

static int fork_it(struct arena *a, struct range r)
{
	int down[2], up[2], err;

	(void)r;
	if (pipe(down))
		return -errno;
	if (pipe(up)) {
		err = -errno;
		close(down[0]);
		close(down[1]);
		return err;
	}
	fork_child.pid = fork();
	err = -errno;
	if (!fork_child.pid) {
		close(down[1]);
		close(up[0]);
		child(a, down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	if (fork_child.pid < 0) {
		close(down[1]);
		close(up[0]);
		return err;
	}
	fork_child.to = down[1];
	fork_child.from = up[0];
	fork_child.child_first = fork_child.turn++ & 1;
	if (fork_child.child_first) {
		err = child_writes();
		if (err)
			return err;
	}
	return 1;
}

static int fork_written(struct arena *a, struct range r)
{
	(void)a;
	(void)r;
	return fork_child.child_first ? 0 : child_writes();
}

static int fork_finish(struct arena *a, struct range r)
{
	int status;

	(void)a;
	(void)r;
	if (fork_child.pid <= 0)
		return 0;
	close(fork_child.to);
	close(fork_child.from);
	while (waitpid(fork_child.pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	fork_child.pid = 0;
	return status ? -ECHILD : 0;
}

const struct op op_fork = {
	.name = "fork",
	.help = "fork; child and parent write, in turns the one or the other first",
	.invalidate = fork_it,
	.written = fork_written,
	.finish = fork_finish,
};
