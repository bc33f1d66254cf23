// SPDX-License-Identifier: GPL-2.0-only
/* A call that has to return, and the other clients, which have to get on meanwhile. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

const char *const call_names[] = {
	[CALL_MPROTECT] = "mprotect", [CALL_FORK] = "fork", [CALL_MMAP] = "mmap",
	[CALL_TILING] = "set_tiling", [CALL_CACHING] = "set_caching",
	[CALL_FENCE] = "a fault", [CALL_SUSPEND] = "runtime suspend",
};

int do_call(enum call call, char *p, size_t bytes)
{
	pid_t pid;

	switch (call) {
	case CALL_MPROTECT:
		return mprotect(p, bytes, PROT_READ) ? -errno : 0;
	case CALL_MMAP:
		return mmap(p, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			    MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -errno : 0;
	case CALL_FORK:
		/* Not fork() of the C library: it takes locks that other threads may hold. */
		pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		if (!pid)
			syscall(SYS_exit_group, 0);
		return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -errno : 0;
	default:
		return -EINVAL;
	}
}

/*
 * Make the fault of thread COPY look again for its page. If thread CALL holds the
 * mmap_lock for good, COPY now waits for that lock, and no signal ends such a wait: the
 * SIGKILL that follows shows whether it is so.
 */
static void look_again(int uffd, char *page)
{
	pid_t tid = atomic_load(&board->part[COPY].tid);
	pid_t pid = atomic_load(&board->party);
	double end = now() + limit;

	held_wake(uffd, page);
	while (held_wait(uffd, COPY, 0.1, &page) == -ETIME && now() < end)
		if (task_state(pid, tid) == 'D')
			break;
}

int must_return(struct party *p, int uffd, char *page, enum call call)
{
	const char *what = call_names[call];
	const char *before = NULL, *after;
	char left[200], waits[200];
	int err;

	waits[0] = '\0';
	if (!part_done(CALL, limit))
		tasks_left(p->pid, waits, sizeof(waits));
	else if (part_err(CALL))
		return verdict(WAITS_FAIL, "%s says %s", what,
			       strerror(-part_err(CALL)));
	if (others_go_on(waits[0] ? 3 : limit, &before) == 0)
		before = NULL;
	if (uffd >= 0 && !atomic_load(&board->part[COPY].done))
		look_again(uffd, page);

	err = party_kill(p);
	tasks_left(p->pid, left, sizeof(left));
	if (err) {
		/* It is a hang in any case; say whether the other clients hang, too. */
		err = others_go_on(5, &after);
		return verdict(WAITS_HANG, "after SIGKILL to all: %s%s%s", left,
			       err ? "; no other client gets a batch done on the engine " : "",
			       err ? after : "");
	}
	err = others_go_on(limit, &after);
	if (err)
		return verdict(WAITS_HANG, "the process is gone, but another client's batch on the engine %s: %s",
			       after, strerror(-err));
	if (waits[0])
		return verdict(WAITS_FAIL, "%s returns at SIGKILL only: %s%s%s", what,
			       waits, before ? "; until then no other client gets a batch done on the engine " : "",
			       before ? before : "");
	if (before)
		return verdict(WAITS_FAIL, "until SIGKILL no other client gets a batch done on the engine %s",
			       before);
	return WAITS_PASS;
}
