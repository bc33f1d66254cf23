// SPDX-License-Identifier: GPL-2.0-only
/* A process whose threads begin when the manager says so; see waits.h. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

static const char *const names[] = {
	[COPY] = "copy", [EXEC] = "exec", [CALL] = "call",
	[DISCARD] = "discard",
};

int party_start(struct party *p, int (*fn)(int sock))
{
	pid_t parent = getpid();
	unsigned int i;
	int sock[2];

	for (i = 0; i < ROLES; i++)
		board->part[i] = (struct part){ 0 };
	atomic_store(&board->missed, 0);
	atomic_store(&board->reclaims_wanted, 0);
	atomic_store(&board->reclaims_done, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock))
		return -errno;
	p->sock = sock[0];
	p->pid = fork();
	if (p->pid < 0)
		return -errno;
	if (!p->pid) {
		int err;

		close(sock[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		err = own_memory();
		if (!err)
			err = fn(sock[1]);
		_exit(-err);
	}
	close(sock[1]);
	atomic_store(&board->party, p->pid);
	return 0;
}

/* Not from the heap: a thread that calls malloc() for the first time takes the mmap_lock. */
static struct start {
	enum role role;
	int (*fn)(void);
} starts[ROLES];

static void *part_main(void *data)
{
	const struct start *start = data;
	struct part *part = &board->part[start->role];

	prctl(PR_SET_NAME, names[start->role]);
	atomic_store(&part->tid, (int)syscall(SYS_gettid));
	/* Sleep, do not poll: spin.c measures the CPU time of this process. */
	while (!atomic_load(&part->go))
		syscall(SYS_futex, &part->go, FUTEX_WAIT, 0, NULL);
	atomic_store(&part->in, true);
	atomic_store(&part->err, start->fn());
	atomic_store(&part->done, true);
	party_sleep();
}

int part_start(enum role role, int (*fn)(void))
{
	struct start *start = &starts[role];
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	*start = (struct start){ role, fn };
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, MAX(256u << 10, PTHREAD_STACK_MIN));
	err = -pthread_create(&thread, &attr, part_main, start);
	pthread_attr_destroy(&attr);
	/* Once the thread has a tid it takes no more faults of its own before it begins. */
	while (!err && !atomic_load(&board->part[role].tid))
		nap(1000);
	return err;
}

void party_sleep(void)
{
	for (;;)
		pause();
}

int party_ready(int err, int sock, int fd)
{
	if (!err)
		err = fd_send(sock, fd);
	if (err)
		return err;
	if (fd != sock)
		close(fd);
	party_sleep();
}

void part_go(enum role role)
{
	atomic_store(&board->part[role].go, 1);
	syscall(SYS_futex, &board->part[role].go, FUTEX_WAKE, 1);
}

int part_err(enum role role)
{
	return atomic_load(&board->part[role].err);
}

/* The party has ended. It stays a zombie, for reap(). */
static bool party_over(void)
{
	siginfo_t info = { };

	return waitid(P_PID, atomic_load(&board->party), &info,
		      WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

bool part_done(enum role role, double seconds)
{
	double end = now() + seconds;

	while (!atomic_load(&board->part[role].done)) {
		if (now() > end || party_over())
			return atomic_load(&board->part[role].done);
		nap(2000);
	}
	return true;
}

bool part_sleeps(enum role role, double seconds)
{
	struct part *part = &board->part[role];
	double end = now() + seconds, since = now();
	char state;

	while (!atomic_load(&part->done)) {
		if (now() > end)
			return false;
		state = task_state(atomic_load(&board->party),
				   atomic_load(&part->tid));
		if (!state)
			return false;
		if (!atomic_load(&part->in) || (state != 'S' && state != 'D'))
			since = now();
		else if (now() - since > 0.5)
			return true;
		nap(20000);
	}
	return true;
}

int reap(pid_t pid, double seconds, int *status)
{
	double end = now() + seconds;
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG))) {
		if (now() > end)
			return -ETIME;
		nap(2000);
	}
	return got < 0 ? -errno : 0;
}

int party_reap(struct party *p, int *status)
{
	return reap(p->pid, limit, status);
}

int party_kill(struct party *p)
{
	int status;

	kill(p->pid, SIGKILL);
	return party_reap(p, &status);
}

bool party_remains(char *left, size_t len)
{
	struct party p = { .pid = atomic_load(&board->party) };

	left[0] = '\0';
	if (!p.pid || waitpid(p.pid, NULL, WNOHANG) || party_kill(&p) != -ETIME)
		return false;
	tasks_left(p.pid, left, len);
	return true;
}
