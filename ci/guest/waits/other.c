// SPDX-License-Identifier: GPL-2.0-only
/* Other clients of the device. Each is a process, which opens the device for each batch. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define BYTES	(16 * PAGE)	/* of an object */
#define USES	8		/* objects that are used by pread, and as many by execbuf */

static pid_t others[ENGINES];

/* fork() in the manager. The child is killed when the manager ends. */
static pid_t spawn(void)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "other");
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

/*
 * Make a batch that uses @object (0: none), run it, and wait for its end for as long as
 * it takes. 0 or -errno.
 */
static int one_batch(int fd, uint32_t object, unsigned int engine)
{
	struct batch b = {
		.object = object,
		.engine = engines[engine].flag,
		.in = -1,
		.out = -1,
	};
	int err = batch_create(fd, BATCH_NOP, &b.batch);

	if (err)
		return err;
	do {
		err = batch_queue(fd, &b);
	} while (err == -EAGAIN);
	while (!err && (err = gem_wait(fd, b.batch, 1)) == -ETIME)
		err = 0;
	return err;
}

/* The life of a client: batches on engines[@e], until one fails. */
static void use_engine(unsigned int e)
{
	int err = 0;

	while (!err) {
		int fd = gem_open(DEVICE);

		err = fd < 0 ? fd : one_batch(fd, 0, e);
		close(fd);
		if (!err)
			atomic_fetch_add(&board->batches[e], 1);
		nap(5000);
	}
	atomic_store(&board->failed, err);
	_exit(1);
}

int others_start(bool all_engines)
{
	int fd = gem_open(DEVICE);
	unsigned int e;

	if (fd < 0)
		return fd;
	atomic_store(&board->failed, 0);
	for (e = 0; e < ENGINES; e++) {
		others[e] = 0;
		if ((!all_engines && e != BLITTER) || !engine_there(fd, e))
			continue;
		others[e] = spawn();
		if (!others[e])
			use_engine(e);
		if (others[e] < 0)
			return -errno;
	}
	close(fd);
	return 0;
}

int others_go_on(double seconds, const char **which)
{
	unsigned long before[ENGINES];
	double end = now() + seconds;
	unsigned int e;

	for (e = 0; e < ENGINES; e++)
		before[e] = atomic_load(&board->batches[e]);
	/* Two batches: the client may have begun the first one before this call. */
	for (e = 0; e < ENGINES; e++) {
		*which = engines[e].name;
		while (others[e] > 0 &&
		       atomic_load(&board->batches[e]) < before[e] + 2) {
			int err = atomic_load(&board->failed);

			if (err)
				return err;
			if (now() > end)
				return -ETIME;
			nap(2000);
		}
	}
	return 0;
}

void others_end(void)
{
	unsigned int e;

	for (e = 0; e < ENGINES; e++) {
		if (others[e] <= 0)
			continue;
		kill(others[e], SIGKILL);
		waitpid(others[e], NULL, 0);
		others[e] = 0;
	}
}

/* A userptr object whose memory has no pages yet. */
static int new_object(int fd, uint32_t *handle)
{
	char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -errno : gem_userptr(fd, p, BYTES, handle);
}

static int use_userptr(void)
{
	int fd = gem_open(DEVICE), err = fd < 0 ? fd : 0;
	uint32_t handle, value;
	unsigned int i;

	for (i = 0; !err && i < USES; i++) {
		err = new_object(fd, &handle);
		if (err)
			break;
		while ((err = gem_pread(fd, handle, 0, &value, sizeof(value))) ==
		       -EAGAIN)
			nap(1000);
		if (!err)
			atomic_fetch_add(&board->preads, 1);
	}
	for (i = 0; !err && i < USES; i++) {
		err = new_object(fd, &handle);
		if (!err)
			err = one_batch(fd, handle, RENDER);
	}
	return err;
}

int other_userptr(double seconds, char *where, size_t len)
{
	double end = now() + seconds;
	pid_t pid, got;
	int status;

	atomic_store(&board->preads, 0);
	pid = spawn();
	if (!pid)
		_exit(-use_userptr());
	if (pid < 0)
		return -errno;
	while (!(got = waitpid(pid, &status, WNOHANG)) && now() < end)
		nap(2000);
	snprintf(where, len, "%s",
		 atomic_load(&board->preads) == USES ? "execbuf, " : "pread, ");
	if (!got) {
		tasks_left(pid, where + strlen(where), len - strlen(where));
		kill(pid, SIGKILL);
		return -ETIME;
	}
	if (!WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}
