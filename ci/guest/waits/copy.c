// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pread or pwrite of an object waits for memory; a batch that uses the object is
 * queued behind it; an invalidation of the object's memory, which holds the mmap_lock
 * for writing, waits for the batch. The fault of the copy needs the mmap_lock.
 */
#include <i915_drm.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waits.h"

#define HELD_BYTES	(16 * PAGE)
#define FRESH_BYTES	(64ul << 20)
#define TRIES		5
#define FILL		0x5a

static struct {
	const struct way *way;
	int fd;
	size_t bytes;
	char *memory;			/* of the object */
	uint32_t object;
	char *buffer;			/* what is not there yet */
	struct batch batch;
} scene;

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
		/* Not fork(), which may want locks of the other threads. */
		pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		if (!pid)
			syscall(SYS_exit_group, 0);
		return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -errno : 0;
	default:
		return -EINVAL;
	}
}

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

	while ((err = batch_queue(scene.fd, &scene.batch)) == -EAGAIN)
		nap(1000);
	return err;
}

static int call(void)
{
	return do_call(scene.way->call, scene.memory, scene.bytes);
}

/* An object in use once, so that the pages are there. */
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
	if (!err)
		err = fd_send(sock, uffd);
	if (err)
		return err;
	close(uffd);
	party_sleep();
}

/*
 * The copy looks again for its page. Where the call holds the mmap_lock for good the
 * copy now waits for that, which no signal ends.
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

const char *const call_names[] = {
	[CALL_MPROTECT] = "mprotect", [CALL_FORK] = "fork", [CALL_MMAP] = "mmap",
	[CALL_TILING] = "set_tiling", [CALL_CACHING] = "set_caching",
	[CALL_FENCE] = "a fault", [CALL_SUSPEND] = "runtime suspend",
};

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
		/* The witnesses cannot change that any more. */
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

static int no_scene(const char *what, int err)
{
	return verdict(WAITS_SKIP, "%s: %s", what, strerror(-err));
}

/* The witnesses, who must be well before it begins. */
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

/* The copy has begun: what it writes to is no longer what it was. */
static int exec_during(void)
{
	const volatile char *to = scene.way->pwrite ? scene.memory : scene.buffer;
	const char before = scene.way->pwrite ? FILL : 0;

	while (*to == before && !atomic_load(&board->part[COPY].done))
		nap(100);
	return exec();
}

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
	/* All is prepared: any file will do. */
	if (!err)
		err = fd_send(sock, sock);
	if (err)
		return err;
	party_sleep();
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
