// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of two objects is discarded. A batch uses the first object, and waits for a
 * fence of another process: thread CALL, which discards the first memory, may wait for
 * the batch. The second object is idle: thread DISCARD, which discards its memory, must
 * not wait. The worker that releases the pages finds the first object still in use. It
 * may look again from time to time, but must not spin.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "waits.h"

#define GIVEN_UP	10	/* seconds after which the driver ignores the fence */

static struct {
	int fence;
	char *memory[2];
} scene;

static int discard_busy(void)
{
	return madvise(scene.memory[0], PAGE, MADV_DONTNEED) ? -errno : 0;
}

static int discard_idle(void)
{
	return madvise(scene.memory[1], PAGE, MADV_DONTNEED) ? -errno : 0;
}

static int prepare(void)
{
	struct batch b = { .engine = engines[BLITTER].flag, .in = -1, .out = -1 };
	int fd = gem_open(DEVICE), err, i;

	if (fd < 0)
		return fd;
	err = batch_create(fd, BATCH_NOP, &b.batch);
	/* The idle object's batch runs first: on an engine nothing overtakes. */
	for (i = 1; !err && i >= 0; i--) {
		scene.memory[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (scene.memory[i] == MAP_FAILED)
			return -errno;
		memset(scene.memory[i], 0x5a, PAGE);
		err = gem_userptr(fd, scene.memory[i], PAGE, &b.object);
		b.in = i ? -1 : scene.fence;
		if (!err)
			err = batch_run(fd, &b);
		if (!err && i)
			err = gem_wait(fd, b.object, limit);
	}
	return err;
}

static int party(int sock)
{
	int err = prepare();

	if (!err)
		err = part_start(CALL, discard_busy);
	if (!err)
		err = part_start(DISCARD, discard_idle);
	/* The manager needs no file, only the word that all is prepared. */
	return party_ready(err, sock, sock);
}

int spin_batch(const struct way *way __attribute__((unused)))
{
	char left[200];
	int timeline = timeline_open(&scene.fence), err, ret;
	struct party p;

	err = timeline < 0 ? timeline : party_start(&p, party);
	if (!err)
		err = fd_receive(p.sock);
	if (err < 0)
		return verdict(WAITS_SKIP, "a batch that waits: %s", strerror(-err));
	part_go(CALL);
	part_sleeps(CALL, 5);
	part_go(DISCARD);
	if (!part_done(DISCARD, GIVEN_UP / 2)) {
		tasks_left(p.pid, left, sizeof(left));
		timeline_signal(timeline);
		return verdict(WAITS_FAIL, "MADV_DONTNEED of an idle object waits: %s", left);
	}
	ret = spin_look(&p, "a batch of a discarded object lasts", GIVEN_UP / 2);
	err = timeline_signal(timeline);
	if (!err && !part_done(CALL, limit))
		return verdict(WAITS_HANG, "MADV_DONTNEED waits, the batch is done");
	return spin_end(&p, ret);
}
