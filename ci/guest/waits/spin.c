// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of an object is invalidated while a pread uses the object's pages, or has its
 * vma pinned. The driver releases the pages in a worker, which has to wait for the pread.
 * The worker must not spin, and must not keep other clients from their objects.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "waits.h"

#define WATCH		2	/* seconds of the measurement of CPU time */
/*
 * Percent of one CPU that the kworkers, or the party, may take. A task that spins takes
 * all of a CPU. 50, not less: time for which the host does not run the guest's CPU counts
 * as the task's.
 */
#define ALLOWED		50
#define RECLAIMS	3	/* see spin_gtt() */

static struct {
	int fd;
	char *memory, *buffer;
	uint32_t object;
} scene;

static int copy(void)
{
	return gem_pread(scene.fd, scene.object, 0, scene.buffer, PAGE);
}

static int call(void)
{
	return madvise(scene.memory, PAGE, MADV_DONTNEED) ? -errno : 0;
}

static int prepare(int uffd)
{
	struct batch b = { .engine = engines[BLITTER].flag, .in = -1, .out = -1 };
	int err;

	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	scene.memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	scene.buffer = held_map(uffd, PAGE);
	if (scene.memory == MAP_FAILED || !scene.buffer)
		return -ENOMEM;
	memset(scene.memory, 0x5a, PAGE);
	err = gem_userptr(scene.fd, scene.memory, PAGE, &scene.object);
	if (!err)
		err = batch_create(scene.fd, BATCH_NOP, &b.batch);
	if (err)
		return err;
	b.object = scene.object;
	err = batch_run(scene.fd, &b);
	return err ? err : gem_wait(scene.fd, scene.object, limit);
}

static int party(int sock)
{
	int uffd = held_open(), err = uffd < 0 ? uffd : prepare(uffd);

	if (!err)
		err = part_start(COPY, copy);
	if (!err)
		err = part_start(CALL, call);
	return party_ready(err, sock, uffd);
}

static int no_scene(const char *what, int err)
{
	return verdict(WAITS_SKIP, "%s: %s", what, strerror(-err));
}

int spin_look(struct party *p, const char *what, double seconds)
{
	double begin, took, kworkers, own;
	char where[200];
	int err;

	cpu_kworkers_begin();
	own = cpu_process(p->pid);
	begin = now();
	nap(WATCH * 1000000);
	took = (now() - begin) / 100;
	kworkers = cpu_kworkers() / took;
	own = (cpu_process(p->pid) - own) / took;

	err = other_userptr(seconds, where, sizeof(where));
	if (kworkers > ALLOWED || own > ALLOWED)
		return verdict(WAITS_FAIL, "%s: the kworkers take %.0f %% of a CPU, the process %.0f %%%s%s",
			       what, kworkers, own, err ? "; another client is held up: " : "",
			       err ? where : "");
	if (err)
		return verdict(WAITS_FAIL, "%s: another client's use of new objects: %s (%s)",
			       what, where, strerror(-err));
	return verdict(WAITS_PASS, "%s: the kworkers take %.1f %% of a CPU, the process %.1f %%",
		       what, kworkers, own);
}

int spin_end(struct party *p, int result)
{
	char left[200];

	if (!party_kill(p))
		return result;
	tasks_left(p->pid, left, sizeof(left));
	return verdict(WAITS_HANG, "after SIGKILL to all: %s", left);
}

int spin_plain(const struct way *way __attribute__((unused)))
{
	struct party p;
	int err = party_start(&p, party), uffd = err ? err : fd_receive(p.sock);
	char *page;

	if (uffd < 0)
		return no_scene("a buffer", uffd);
	part_go(COPY);
	err = held_wait(uffd, COPY, limit, &page);
	if (err)
		return no_scene("the copy does not wait for memory", err);
	part_go(CALL);
	if (!part_done(CALL, limit))
		return spin_end(&p, verdict(WAITS_FAIL, "MADV_DONTNEED waits for a pread"));
	return spin_end(&p, spin_look(&p, "a pread lasts", limit));
}

/*
 * A pread through the GTT has the vma pinned while reclaim invalidates the object's memory.
 * Reclaim may not wait for the pread, and leaves the release to a worker. Done RECLAIMS
 * times: in old kernels the worker gives up if the shrinker holds the object just then.
 */
int spin_gtt(const struct way *way)
{
	struct party p;
	char *page;
	int uffd, err = gtt_copy(way->call, &p, &uffd, &page), ret = WAITS_PASS;
	bool none = err == -ECANCELED;
	unsigned int i;

	if (err && !none)
		return no_scene("no copy through the GTT", err);
	part_go(CALL);
	for (i = 0; i < (none ? 1 : RECLAIMS) && ret == WAITS_PASS; i++) {
		err = reclaim(limit);
		ret = err ? no_scene("the object's pages were not reclaimed", err) :
			spin_look(&p, none ? "no pread is repeated through the GTT" :
			     "a pread through the GTT lasts", limit);
	}
	reclaim_end();
	return spin_end(&p, ret);
}
