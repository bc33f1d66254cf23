// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thread COPY does preads of an object into a GTT mmap of the same object. Thread DISCARD
 * discards the object's memory again and again. The copy uses the object's pages, and
 * faults in the GTT mmap; the fault waits for new pages; the discard waits until the copy
 * is done with the old ones. A driver that refuses the GTT mmap passes.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define PAGES	256ul
#define BYTES	(PAGES * PAGE)
#define COPIES	50

static struct {
	int fd;
	char *memory, *buffer;
	uint32_t object;
} scene;

/* The results do not matter: the buffer has no pages now and then. The preads must end. */
static int copy(void)
{
	unsigned int i;

	for (i = 0; i < COPIES; i++)
		gem_pread(scene.fd, scene.object, 0, scene.buffer, BYTES);
	return 0;
}

static int discard(void)
{
	while (!atomic_load(&board->part[COPY].done)) {
		if (madvise(scene.memory, BYTES, MADV_DONTNEED))
			return -errno;
		nap(500);
	}
	return 0;
}

static int prepare(void)
{
	int err;

	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scene.memory == MAP_FAILED)
		return -errno;
	memset(scene.memory, 0x5a, BYTES);
	err = gem_userptr(scene.fd, scene.memory, BYTES, &scene.object);
	if (!err)
		err = gem_mmap_gtt(scene.fd, scene.object, BYTES, MAP_SHARED, &scene.buffer);
	return err;
}

static int party(int sock)
{
	int err = prepare();

	if (!err)
		err = part_start(COPY, copy);
	if (!err)
		err = part_start(DISCARD, discard);
	/* The manager needs no file, only the word that all is prepared. */
	return party_ready(err, sock, sock);
}

int own_gtt(const struct way *way __attribute__((unused)))
{
	struct party p;
	char left[200];
	int err = party_start(&p, party), status;

	if (!err)
		err = fd_receive(p.sock);
	if (err == -ECHILD && !party_reap(&p, &status) && WIFEXITED(status))
		err = -WEXITSTATUS(status);
	if (err == -ENODEV)
		return verdict(WAITS_PASS, "there is no GTT mmap of a userptr object");
	if (err < 0)
		return verdict(WAITS_SKIP, "a GTT mmap of a userptr object: %s", strerror(-err));
	part_go(COPY);
	part_go(DISCARD);
	err = part_done(COPY, limit) ? 0 : -ETIME;
	if (party_kill(&p)) {
		tasks_left(p.pid, left, sizeof(left));
		return verdict(WAITS_HANG, "after SIGKILL to all: %s", left);
	}
	if (err)
		return verdict(WAITS_FAIL, "%u preads are not done in %.0f s", COPIES, limit);
	return verdict(WAITS_PASS, "%u preads are done", COPIES);
}
