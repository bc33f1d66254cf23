// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process ends while a batch uses its object. Nobody is left who could miss what the
 * batch writes, so the end of the process must not wait for the batch. The proof is the
 * order: the batch's fence has not signalled when the process is gone. The time that the
 * end takes proves nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define BYTES		(16 * PAGE)
/* The blitter's heartbeat, ms. */
#define LONG_BEAT	60000	/* hangcheck does nothing while the way lasts */
#define SHORT_BEAT	100	/* hangcheck resets the batch soon */
#define DEFAULT_BEAT	2500	/* the driver's default */

enum end { EXIT, KILL, EXEC_NEW, KILL_UNMAP, ENDS };

static const char *const ends[] = { "exit", "SIGKILL", "execve", "SIGKILL in munmap" };

static struct {
	int fd;			/* of the device, the manager's; -1: open another */
	int in;			/* fence that the batch waits for, or -1 */
	int kind;		/* of the batch */
	enum end end;
	char *memory;		/* in the party: of the object */
} scene;

/* Thread CALL: end the process, or unmap the memory and wait for SIGKILL there. */
static int leave(void)
{
	switch (scene.end) {
	case EXEC_NEW:
		execl("/bin/busybox", "true", (char *)NULL);
		return -errno;
	case KILL_UNMAP:
		return munmap(scene.memory, BYTES) ? -errno : 0;
	default:
		_exit(0);
	}
}

static int party(int sock)
{
	struct batch b = {
		.kind = scene.kind,
		.engine = engines[BLITTER].flag,
		.in = scene.in,
		.out = 0,
	};
	int fd = scene.fd < 0 ? gem_open(DEVICE) : scene.fd, err;

	if (fd < 0)
		return fd;
	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scene.memory == MAP_FAILED)
		return -errno;
	memset(scene.memory, 0x5a, BYTES);
	err = batch_over(fd, scene.memory, BYTES, &b);
	if (!err)
		err = part_start(CALL, leave);
	return party_ready(err, sock, b.out);
}

/*
 * Start a party with a batch that does not end, and let the party end by @end. Then
 * @release ends the batch: a party that waited for the batch can go from there. A WAITS_
 * value.
 */
static int one_end(enum end end, int (*release)(int fence))
{
	char left[200] = "";
	struct party p;
	double begin;
	bool early;
	int err, status = 0, fence;

	scene.end = end;
	err = party_start(&p, party);
	fence = err ? err : fd_receive(p.sock);
	if (fence < 0)
		return verdict(WAITS_SKIP, "a batch that does not end: %s",
			       strerror(-fence));
	if (fence_signalled(fence, 0))
		return verdict(WAITS_SKIP, "the batch has ended before the process");
	begin = now();
	if (end != KILL)
		part_go(CALL);
	/* munmap() alone has to wait: the GPU still writes, and the process is there. */
	if (end == KILL_UNMAP && part_sleeps(CALL, 5) && part_done(CALL, 0) &&
	    !fence_signalled(fence, 0)) {
		release(fence);
		return verdict(WAITS_FAIL, "munmap returns, the GPU is not done");
	}
	if (end == KILL || end == KILL_UNMAP)
		kill(p.pid, SIGKILL);
	err = party_reap(&p, &status);
	begin = now() - begin;
	early = fence_signalled(fence, 0);
	if (err)
		tasks_left(p.pid, left, sizeof(left));
	if (release(fence)) {
		if (!err)
			return verdict(WAITS_SKIP, "the batch cannot be ended");
	} else if (err && party_reap(&p, &status)) {
		err = -EDEADLK;
	}
	if (err == -EDEADLK)
		return verdict(WAITS_HANG, "%s, for good: %s", ends[end], left);
	if (err)
		return verdict(WAITS_FAIL, "%s waits for the GPU, %.1f s so far: %s",
			       ends[end], begin, left);
	if (early)
		return verdict(WAITS_FAIL, "%s took %.1f s, the GPU was done by then",
			       ends[end], begin);
	if (end == KILL || end == KILL_UNMAP ? !WIFSIGNALED(status) : status)
		return verdict(WAITS_SKIP, "%s: wait status %#x", ends[end], status);
	close(fence);
	close(p.sock);
	return WAITS_PASS;
}

/* one_end() for each way to end, and after each a look at the other clients. */
static int all_ends(int (*prepare)(void), int (*release)(int fence))
{
	const char *which = "";
	unsigned int end;
	int err, ret = WAITS_PASS;

	for (end = 0; end < ENDS && ret == WAITS_PASS; end++) {
		err = prepare();
		if (err)
			return verdict(WAITS_SKIP, "no batch without end: %s",
				       strerror(-err));
		ret = one_end(end, release);
		if (ret == WAITS_SKIP || ret == WAITS_HANG)
			break;
		/*
		 * The other clients must not start before this point. With hangcheck off,
		 * v5.10 resets an engine when any client closes a context of it, even if
		 * the batch is another client's.
		 */
		err = others_start(true);
		if (!err)
			err = others_go_on(limit, &which);
		if (err)
			ret = verdict(WAITS_HANG, "then another client's batch on the engine %s: %s",
				      which, strerror(-err));
		else
			others_end();
	}
	if (ret == WAITS_PASS)
		verdict(ret, "exit, execve and SIGKILL, in munmap as well, do not wait for the GPU");
	return ret;
}

static int timeline = -1;

static int fence_prepare(void)
{
	timeline = timeline_open(&scene.in);
	return timeline < 0 ? timeline : 0;
}

static int fence_release(int fence)
{
	int err = timeline_signal(timeline);

	if (!err && !fence_signalled(fence, limit))
		err = -ETIME;
	close(scene.in);
	close(timeline);
	return err;
}

int exit_fence(const struct way *way __attribute__((unused)))
{
	scene.fd = scene.in = -1;
	scene.kind = BATCH_NOP;
	/*
	 * The driver ignores a foreign fence after ten seconds, and runs the batch. So
	 * all_ends() looks at the fence of the batch, not at the foreign one.
	 */
	return all_ends(fence_prepare, fence_release);
}

/* The manager keeps the device open: the driver ends the batch at the last close. */
static int endless_prepare(void)
{
	scene.fd = gem_open(DEVICE);
	return scene.fd < 0 ? scene.fd : 0;
}

static int endless_release(int fence)
{
	int err = close(scene.fd) ? -errno : 0;

	/* A party that is still there has the device open as well. */
	if (!err && !fence_signalled(fence, 2))
		err = gpu_reset();
	return err || fence_signalled(fence, limit) ? err : -ETIME;
}

int exit_endless(const struct way *way __attribute__((unused)))
{
	int err = hangcheck(false);

	if (err)
		return verdict(WAITS_SKIP, "enable_hangcheck: %s", strerror(-err));
	scene.in = -1;
	scene.kind = BATCH_ENDLESS;
	err = all_ends(endless_prepare, endless_release);
	hangcheck(true);
	return err;
}

static int hang_prepare(void)
{
	return heartbeat(LONG_BEAT);
}

static int hang_release(int fence)
{
	int err = heartbeat(SHORT_BEAT);

	return err || fence_signalled(fence, limit) ? err : -ETIME;
}

int exit_hang(const struct way *way __attribute__((unused)))
{
	int err;

	scene.fd = scene.in = -1;
	scene.kind = BATCH_ENDLESS;
	err = all_ends(hang_prepare, hang_release);
	heartbeat(DEFAULT_BEAT);
	return err;
}
