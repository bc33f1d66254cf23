// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thread COPY does a pread of a userptr object, and waits for a held page of its buffer:
 * the driver cannot release the object's pages. Thread CALL maps a GTT mmap of another
 * object where the memory of the userptr object was, touches it, and makes the driver
 * revoke it. The driver revokes with the mutex of the GGTT held. To revoke an mmap is an
 * invalidation of the userptr object, which must not wait for the pread: all clients need
 * the mutex.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "waits.h"

#define BYTES	(64 * PAGE)

static struct {
	const struct way *way;
	int fd;
	char *memory, *buffer;
	uint32_t object, gem;
	struct batch batch;
} scene;

static int copy(void)
{
	return gem_pread(scene.fd, scene.object, 0, scene.buffer, PAGE);
}

/* The result does not matter: the object has no memory any more. */
static int exec(void)
{
	return batch_queue(scene.fd, &scene.batch);
}

/* Map the GTT mmap in place of the object's memory. */
static int map_over(void)
{
	prctl(PR_SET_NAME, "mmap");
	return gem_mmap_gtt(scene.fd, scene.gem, BYTES, MAP_SHARED | MAP_FIXED,
			    &scene.memory);
}

static int call(void)
{
	int err = map_over();

	if (!err)
		err = revoke_prepare(scene.way->call, scene.fd, scene.gem);
	if (err)
		return err;
	prctl(PR_SET_NAME, "touch");
	*(volatile char *)scene.memory = 1;
	if (scene.way->again) {
		part_go(EXEC);
		/* The execbuf need not return, but it must be under way. */
		part_sleeps(EXEC, 2);
	}
	prctl(PR_SET_NAME, "revoke");
	return revoke_mmap(scene.way->call, scene.fd, scene.gem, BYTES);
}

static int prepare(int uffd)
{
	int err;

	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	scene.buffer = held_map(uffd, PAGE);
	if (scene.memory == MAP_FAILED || !scene.buffer)
		return -ENOMEM;
	memset(scene.memory, 0x5a, BYTES);
	err = gem_userptr(scene.fd, scene.memory, BYTES, &scene.object);
	if (!err)
		err = gem_create(scene.fd, BYTES, &scene.gem);
	scene.batch = (struct batch){
		.object = scene.object,
		.engine = engines[BLITTER].flag,
		.in = -1,
		.out = -1,
	};
	if (!err)
		err = batch_create(scene.fd, BATCH_NOP, &scene.batch.batch);
	if (err)
		return err;
	/* Binds the object. This device has no other address space than the GGTT. */
	err = batch_run(scene.fd, &scene.batch);
	return err ? err : gem_wait(scene.fd, scene.object, limit);
}

static int party(int sock)
{
	int uffd = held_open(), err = uffd < 0 ? uffd : prepare(uffd);

	if (!err)
		err = part_start(COPY, copy);
	if (!err)
		err = part_start(EXEC, exec);
	if (!err)
		err = part_start(CALL, call);
	return party_ready(err, sock, uffd);
}

int alias(const struct way *way)
{
	const bool suspend = way->call == CALL_SUSPEND;
	const char *which = "", *status = "";
	struct party p;
	char *page;
	int err, uffd;

	if (suspend) {
		err = suspend_allow();
		status = err ? strerror(-err) : suspend_wait(limit);
		if (strcmp(status, "suspended"))
			return verdict(WAITS_SKIP, "the device does not suspend here: %s",
				       status);
	}
	scene.way = way;
	err = party_start(&p, party);
	if (err)
		return verdict(WAITS_SKIP, "fork: %s", strerror(-err));
	uffd = fd_receive(p.sock);
	if (uffd < 0)
		return verdict(WAITS_SKIP, "objects: %s", strerror(-uffd));
	part_go(COPY);
	err = held_wait(uffd, COPY, limit, &page);
	if (err)
		return verdict(WAITS_SKIP, "the copy does not wait for memory: %s",
			       strerror(-err));
	if (suspend) {
		part_go(CALL);
		if (part_done(CALL, limit) && !part_err(CALL))
			status = suspend_wait(limit);
		if (!strcmp(status, "suspending"))
			return verdict(WAITS_HANG, "the suspend of the device does not end");
		if (strcmp(status, "suspended"))
			return verdict(WAITS_SKIP, "with the mmap the device does not suspend: %s",
				       status);
	}
	err = others_start(true);
	if (!err)
		err = others_go_on(limit, &which);
	if (err)
		return verdict(suspend ? WAITS_HANG : WAITS_SKIP,
			       "another client on the engine %s%s: %s", which,
			       suspend ? "" : " beforehand", strerror(-err));
	part_go(CALL);
	err = must_return(&p, uffd, page, way->call);
	if (suspend && !err)
		suspend_forbid();
	return err ? err : verdict(WAITS_PASS, "the mmap is revoked, all clients go on");
}
