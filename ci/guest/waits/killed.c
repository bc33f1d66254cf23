// SPDX-License-Identifier: GPL-2.0-only
/*
 * An endless batch uses an object that lies over a mapping of a file. Another process,
 * which has neither the device nor an object, punches a hole into the file, and waits for
 * the batch. That wait may last, but SIGKILL has to end it while the batch still runs:
 *
 *	killed-other	SIGKILL for the process that punches. It ends, though not before
 *			LEAST seconds: in that time a batch that can be reset has been.
 *	killed-owner	SIGKILL for the owner of the object. The owner ends at once, and
 *			then the wait of the process that punches does.
 */
#include <i915_drm.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define BYTES	(16 * PAGE)
/*
 * Seconds from the start of the batch for which a process of another mm has to wait, even
 * if it is killed. Such a process may be one in reclaim, and the kernel gives the page to
 * somebody else afterwards: the GPU must not write to it any more.
 */
#define LEAST	9.5

static struct {
	int fd;			/* of the device, the manager's: the batch outlives the party */
	int file;		/* that the object lies over */
	char *memory;		/* in the party: the mapping of the file */
} scene;

/*
 * Thread CALL: use a new object over the same memory. An invalidation is running when the
 * driver begins to watch that memory. The driver cannot know whether it is one of the
 * object's memory, so the use has to wait for its end.
 */
static int use_new(void)
{
	struct drm_i915_gem_set_domain arg = {
		.read_domains = I915_GEM_DOMAIN_GTT,
	};
	int err = gem_userptr(scene.fd, scene.memory, BYTES, &arg.handle);

	return err ? err : gem_ioctl(scene.fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg);
}

static int party(int sock)
{
	struct batch b = {
		.kind = BATCH_ENDLESS, .engine = engines[BLITTER].flag, .in = -1,
	};
	int err;

	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, scene.file, 0);
	if (scene.memory == MAP_FAILED)
		return -errno;
	memset(scene.memory, 0x5a, BYTES);
	err = batch_over(scene.fd, scene.memory, BYTES, &b);
	if (!err)
		err = part_start(CALL, use_new);
	return party_ready(err, sock, b.out);
}

static pid_t punch(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(scene.fd);
	_exit(fallocate(scene.file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE)
	      != 0);
}

/* True once @pid has been asleep at each look for half a second; false if it ends. */
static bool sleeps(pid_t pid)
{
	double begin = now(), since = begin;
	char state;

	while (now() - begin < 10) {
		state = task_state(pid, pid);
		if (!state || state == 'Z')
			return false;
		if (state != 'S' && state != 'D')
			since = now();
		else if (now() - since > 0.5)
			return true;
		nap(20000);
	}
	return false;
}

/*
 * The process @pid punches the hole. @fence is that of the batch, which was started after
 * @begin. With @owner kill the party, otherwise @pid. A WAITS_ value.
 */
static int kill_one(struct party *p, int fence, pid_t pid, bool owner, double begin)
{
	char left[200] = "";
	int err, status;

	if (!sleeps(pid))
		return fence_signalled(fence, 0) ?
			verdict(WAITS_SKIP, "the batch has ended") :
			verdict(WAITS_FAIL, "the hole is punched, the GPU is not done");
	if (!owner) {
		kill(pid, SIGKILL);
		err = reap(pid, MAX(limit, 20), &status);
		if (err == -ETIME) {
			tasks_left(pid, left, sizeof(left));
			return verdict(WAITS_FAIL, "a kill does not end the wait: %s", left);
		}
		if (err || !WIFSIGNALED(status))
			return verdict(WAITS_SKIP, "wait status %#x", err ? err : status);
		if (now() - begin < LEAST)
			return verdict(WAITS_FAIL,
				       "gone while the GPU writes, %.1f s after its start",
				       now() - begin);
	} else {
		part_go(CALL);
		part_sleeps(CALL, 2);
		kill(p->pid, SIGKILL);
		err = party_reap(p, &status);
		if (err) {
			tasks_left(p->pid, left, sizeof(left));
			return verdict(WAITS_FAIL, "SIGKILL does not end the owner: %s", left);
		}
		err = reap(pid, limit, &status);
		if (err || status) {
			tasks_left(pid, left, sizeof(left));
			return verdict(WAITS_FAIL, "the owner is gone, and is waited for: %s",
				       left);
		}
	}
	if (fence_signalled(fence, 0))
		return verdict(WAITS_SKIP, "the batch has ended");
	return verdict(WAITS_PASS, "%s is gone, the batch is still there",
		       owner ? "a killed owner, and who waits for it," : "a killed process");
}

static int killed(bool owner)
{
	int fence, ret, status;
	struct party p;
	double begin;
	pid_t pid;

	scene.file = memfd_create("waits", 0);
	if (scene.file < 0 || ftruncate(scene.file, BYTES))
		return verdict(WAITS_SKIP, "a file: %s", strerror(errno));
	begin = now();
	fence = endless_start(&p, party, &scene.fd);
	if (fence < 0)
		return WAITS_SKIP;
	pid = punch();
	if (pid < 0)
		return verdict(WAITS_SKIP, "fork: %s", strerror(errno));
	ret = kill_one(&p, fence, pid, owner, begin);
	kill(pid, SIGKILL);
	endless_stop(scene.fd, fence);
	if (reap(pid, limit, &status) == -ETIME)
		ret = verdict(WAITS_HANG, "the process that punches a hole does not end");
	return ret;
}

int killed_other(const struct way *way __attribute__((unused)))
{
	return killed(false);
}

int killed_owner(const struct way *way __attribute__((unused)))
{
	return killed(true);
}
