// SPDX-License-Identifier: GPL-2.0-only
/*
 * Thread COPY does a pread or pwrite of an object, and waits for a page of its buffer.
 * Thread EXEC queues a batch that uses the object. Thread CALL invalidates the object's
 * memory: it holds the mmap_lock for writing, and waits for the batch. A driver in which
 * the batch waits for the copy is stuck: the fault of the copy needs the mmap_lock.
 *
 * With pread- and pwrite- the page is held by userfaultfd. With fresh- the buffer is
 * large and was never touched, so that the copy takes many faults; EXEC and CALL have to
 * come while it lasts.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "waits.h"

#define HELD_BYTES	(16 * PAGE)
#define FRESH_BYTES	(64ul << 20)
#define TRIES		5	/* to call during the copy */
#define FILL		0x5a

static struct {
	const struct way *way;
	int fd;
	size_t bytes;			/* of memory, and of buffer */
	char *memory;			/* that the object is made of */
	uint32_t object;
	char *buffer;			/* of the pread or pwrite; its pages are missing */
	struct batch batch;
} scene;

static int copy(void)
{
	int err;

	do {
		err = scene.way->pwrite ?
			gem_pwrite(scene.fd, scene.object, 0, scene.buffer, scene.bytes) :
			gem_pread(scene.fd, scene.object, 0, scene.buffer, scene.bytes);
	} while (err == -EAGAIN);
	return err;
}

static int exec(void)
{
	int err;

	err = batch_run(scene.fd, &scene.batch);
	return err;
}

static int call(void)
{
	return do_call(scene.way->call, scene.memory, scene.bytes);
}

/* An object that was used once, so that the driver has its pages; and a batch. */
static int open_scene(size_t bytes)
{
	uint32_t value;
	int err;

	scene.bytes = bytes;
	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	scene.memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scene.memory == MAP_FAILED)
		return -errno;
	memset(scene.memory, FILL, bytes);
	err = gem_userptr(scene.fd, scene.memory, bytes, &scene.object);
	while (!err && (err = gem_pread(scene.fd, scene.object, 0, &value,
					sizeof(value))) == -EAGAIN) {
		nap(1000);
		err = 0;
	}
	scene.batch = (struct batch){
		.object = scene.object,
		.engine = engines[BLITTER].flag,
		.in = -1,
		.out = -1,
	};
	return err ? err : batch_create(scene.fd, BATCH_NOP, &scene.batch.batch);
}

static int held_party(int sock)
{
	int uffd = held_open(), err = uffd < 0 ? uffd : open_scene(HELD_BYTES);

	if (err)
		return err;
	scene.buffer = held_map(uffd, scene.bytes);
	if (!scene.buffer)
		return -ENOMEM;
	err = part_start(COPY, copy);
	if (!err)
		err = part_start(EXEC, exec);
	if (!err)
		err = part_start(CALL, call);
	return party_ready(err, sock, uffd);
}

static int no_scene(const char *what, int err)
{
	return verdict(WAITS_SKIP, "%s: %s", what, strerror(-err));
}

/* The other clients, which must get on before the scene begins. WAITS_SKIP if not. */
static int witnesses(void)
{
	const char *which = "";
	int err = others_start(false);

	if (!err)
		err = others_go_on(limit, &which);
	return err ? no_scene("another client beforehand", err) : 0;
}

int copy_held(const struct way *way)
{
	const char *copies = way->pwrite ? "pwrite" : "pread";
	struct party p;
	char *page;
	int err, uffd;

	scene.way = way;
	err = party_start(&p, held_party);
	if (err)
		return no_scene("fork", err);
	uffd = fd_receive(p.sock);
	if (uffd < 0)
		return no_scene("an object, and memory that is not there", uffd);
	if (witnesses())
		return WAITS_SKIP;

	part_go(COPY);
	err = held_wait(uffd, COPY, limit, &page);
	if (err == -ECANCELED)
		return verdict(WAITS_FAIL, "%s into memory that is to be waited for: %s",
			       copies, strerror(-part_err(COPY)));
	if (err)
		return no_scene("the copy does not wait for memory", err);
	part_go(EXEC);
	if (!part_done(EXEC, limit))
		return verdict(WAITS_FAIL, "an execbuf of the object waits for its %s", copies);
	if (part_err(EXEC))
		return verdict(WAITS_FAIL, "execbuf during the %s: %s", copies,
			       strerror(-part_err(EXEC)));
	part_go(CALL);
	err = must_return(&p, uffd, page, way->call);
	return err ? err : verdict(WAITS_PASS, "it returns while the %s waits for memory",
				   copies);
}

/* Wait until the copy has begun, i.e. has changed the first byte of what it writes to. */
static int exec_during(void)
{
	const volatile char *to = scene.way->pwrite ? scene.memory : scene.buffer;
	const char before = scene.way->pwrite ? FILL : 0;

	while (*to == before && !atomic_load(&board->part[COPY].done))
		nap(100);
	return exec();
}

/* The call comes after the execbuf. It is in time if the copy is not done by then. */
static int call_during(void)
{
	while (!atomic_load(&board->part[EXEC].done))
		nap(100);
	atomic_store(&board->missed, atomic_load(&board->part[COPY].done));
	return call();
}

static int fresh_party(int sock)
{
	int err = open_scene(FRESH_BYTES);

	if (err)
		return err;
	scene.buffer = mmap(NULL, scene.bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scene.buffer == MAP_FAILED)
		return -errno;
	if (madvise(scene.buffer, scene.bytes, MADV_NOHUGEPAGE))
		return -errno;
	err = part_start(COPY, copy);
	if (!err)
		err = part_start(EXEC, exec_during);
	if (!err)
		err = part_start(CALL, call_during);
	/* The manager needs no file, only the word that all is prepared. */
	return party_ready(err, sock, sock);
}

int copy_fresh(const struct way *way)
{
	unsigned int i;

	scene.way = way;
	if (witnesses())
		return WAITS_SKIP;
	for (i = 0; i < TRIES; i++) {
		struct party p;
		int err = party_start(&p, fresh_party);

		if (err)
			return no_scene("fork", err);
		err = fd_receive(p.sock);
		if (err < 0)
			return no_scene("an object, and memory that is not there", err);
		close(err);
		part_go(CALL);
		part_go(EXEC);
		part_go(COPY);
		if (!part_done(EXEC, limit))
			return verdict(WAITS_FAIL, "an execbuf of the object waits for the copy");
		if (part_err(EXEC))
			return verdict(WAITS_FAIL, "execbuf during the copy: %s",
				       strerror(-part_err(EXEC)));
		err = must_return(&p, -1, NULL, way->call);
		close(p.sock);
		if (err)
			return err;
		if (!atomic_load(&board->missed))
			return verdict(WAITS_PASS, "it returns, called during the copy");
	}
	return verdict(WAITS_SKIP, "the copy was over before the call, %u times: %s", i,
		       strerror(-part_err(COPY)));
}
