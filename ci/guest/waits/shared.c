// SPDX-License-Identifier: GPL-2.0-only
/*
 * The owner is a process of one thread that shares its memory with the party (CLONE_VM).
 * It makes an object, starts an endless batch on it, and exits. Meanwhile the party is in
 * mprotect() of that memory: it holds the mmap_lock and waits for the batch. The exit of
 * the owner needs the mmap_lock. Both have to get on while the batch runs.
 */
#include <i915_drm.h>
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "waits.h"

#define BYTES	(16 * PAGE)
#define STACK	(256u << 10)
#define OWNER	EXEC		/* its place in board->part */

static struct {
	int fd;			/* of the device, the manager's: the batch outlives the owner */
	char *memory;		/* in the party, and in the owner */
	struct batch batch;
	atomic_int err;		/* of the owner, once it has a tid */
} scene;

/* The life of the owner. */
static int owner(void *data __attribute__((unused)))
{
	struct part *part = &board->part[OWNER];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	atomic_store(&scene.err,
		     batch_over(scene.fd, scene.memory, BYTES, &scene.batch));
	atomic_store(&part->tid, (int)syscall(SYS_gettid));
	while (!atomic_load(&part->go))
		syscall(SYS_futex, &part->go, FUTEX_WAIT, 0, NULL);
	_exit(0);
}

static int protect(void)
{
	return mprotect(scene.memory, BYTES, PROT_READ) ? -errno : 0;
}

static int party(int sock)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	int err;

	scene.batch = (struct batch){
		.kind = BATCH_ENDLESS, .engine = engines[BLITTER].flag, .in = -1,
	};
	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack == MAP_FAILED || scene.memory == MAP_FAILED)
		return -errno;
	memset(scene.memory, 0x5a, BYTES);
	/* CLONE_FILES, so that the party has the sync_file of the batch as well. */
	if (clone(owner, stack + STACK, CLONE_VM | CLONE_FILES | SIGCHLD, NULL) < 0)
		return -errno;
	while (!atomic_load(&board->part[OWNER].tid))
		nap(1000);
	err = atomic_load(&scene.err);
	if (!err)
		err = part_start(CALL, protect);
	return party_ready(err, sock, scene.batch.out);
}

static bool gone(pid_t pid)
{
	char state = task_state(pid, pid);

	return !state || state == 'Z';
}

/* The owner is @pid, @fence is that of its batch. A WAITS_ value. */
static int one_exit(int fence, pid_t pid)
{
	double end;

	part_go(CALL);
	if (!part_sleeps(CALL, 5) || part_done(CALL, 0))
		return fence_signalled(fence, 0) ?
			verdict(WAITS_SKIP, "the batch has ended") :
			verdict(WAITS_FAIL, "mprotect returns, the GPU is not done");
	part_go(OWNER);
	for (end = now() + limit; !gone(pid) && now() < end; )
		nap(2000);
	if (!gone(pid))
		return verdict(WAITS_FAIL, "exit waits for mprotect, and that for the GPU");
	if (!part_done(CALL, limit))
		return verdict(WAITS_FAIL, "the owner is gone, and mprotect waits");
	if (fence_signalled(fence, 0))
		return verdict(WAITS_SKIP, "the batch has ended");
	return verdict(WAITS_PASS, "exit does not wait, nor mprotect in another process");
}

int exit_shared(const struct way *way __attribute__((unused)))
{
	struct party p;
	int fence = endless_start(&p, party, &scene.fd), ret;

	if (fence < 0)
		return WAITS_SKIP;
	ret = one_exit(fence, atomic_load(&board->part[OWNER].tid));
	kill(p.pid, SIGKILL);
	endless_stop(scene.fd, fence);
	if (party_kill(&p))
		ret = verdict(WAITS_HANG, "then SIGKILL does not end the other process");
	return ret;
}
