// SPDX-License-Identifier: GPL-2.0-only
/*
 * If a pread cannot write to a page of its buffer, the driver repeats the copy through
 * the GTT, and pins the object's vma for that time. The scene makes this second copy wait:
 *
 *	1. The last page of the buffer has no access, so the first copy fails there.
 *	2. Thread DISCARD discards the buffer's first page while the first copy is at the
 *	   pages after it.
 *	3. The second copy begins at the first page and waits: userfaultfd holds that page.
 *
 * A driver that has no second copy returns from the pread after step 1.
 */
#include <i915_drm.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "waits.h"

#define PAGES	4096ul			/* so many that step 2 comes in time */
#define BYTES	((PAGES + 1) * PAGE)
#define TRIES	5

static struct {
	enum call call;
	int fd;
	char *memory, *buffer;
	uint32_t object;
	struct batch batch;
} scene;

static int copy(void)
{
	return gem_pread(scene.fd, scene.object, 0, scene.buffer, BYTES);
}

/* Step 2. It comes too late if the last page that can be copied is there already. */
static int discard(void)
{
	const volatile uint32_t *next = (volatile uint32_t *)(scene.buffer + PAGE);
	unsigned char there = 1;

	while (!*next && !atomic_load(&board->part[COPY].done))
		;
	if (madvise(scene.buffer, PAGE, MADV_DONTNEED))
		return -errno;
	if (mincore(scene.buffer + (PAGES - 1) * PAGE, PAGE, &there))
		return -errno;
	atomic_store(&board->missed, there & 1);
	return 0;
}

static int exec(void)
{
	int err;

	err = batch_run(scene.fd, &scene.batch);
	return err;
}

static int call(void)
{
	if (scene.call == CALL_RECLAIM)
		return reclaim_wait(scene.memory, PAGES);
	return do_call(scene.call, scene.memory, BYTES);
}

static int prepare(int uffd)
{
	uint32_t value;
	int err;

	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	/* Shared: reclaim takes such pages from the process while they are pinned. */
	scene.memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	scene.buffer = held_map(uffd, BYTES);
	if (scene.memory == MAP_FAILED || !scene.buffer)
		return -ENOMEM;
	memset(scene.memory, 0x5a, BYTES);
	if (mprotect(scene.buffer + PAGES * PAGE, PAGE, PROT_NONE))
		return -errno;
	err = gem_userptr(scene.fd, scene.memory, BYTES, &scene.object);
	if (err)
		return err;
	scene.batch = (struct batch){
		.object = scene.object,
		.engine = engines[BLITTER].flag,
		.in = -1,
		.out = -1,
	};
	/* Fetch the object's pages now, so that the copy does not return -EAGAIN. */
	while ((err = gem_pread(scene.fd, scene.object, 0, &value, sizeof(value))) ==
	       -EAGAIN)
		nap(1000);
	if (err)
		return err;
	/*
	 * No batch may run before the copy. It would bind the object anywhere in the GTT,
	 * also beyond the aperture. There the driver maps page after page for the copy and
	 * does not pin the vma.
	 */
	return batch_create(scene.fd, BATCH_NOP, &scene.batch.batch);
}

static int party(int sock)
{
	int uffd = held_open(), err = uffd < 0 ? uffd : prepare(uffd);

	if (!err)
		err = part_start(COPY, copy);
	if (!err)
		err = part_start(DISCARD, discard);
	if (!err)
		err = part_start(EXEC, exec);
	if (!err)
		err = part_start(CALL, call);
	return party_ready(err, sock, uffd);
}

/* How many bytes of the GGTT are pinned; or -errno. */
static int64_t pinned(void)
{
	struct drm_i915_gem_get_aperture arg = { };
	int fd = gem_open(DEVICE);
	int err = fd < 0 ? fd :
		gem_ioctl(fd, DRM_IOCTL_I915_GEM_GET_APERTURE, &arg);

	close(fd);
	return err ? err : (int64_t)(arg.aper_size - arg.aper_available_size);
}

/*
 * Steps 1 to 3. 0 once the second copy waits at *@page, -ECANCELED if there is no second
 * copy, -EAGAIN if DISCARD came too late or the vma is not pinned, or another -errno.
 */
static int second_copy(int uffd, char **page)
{
	int64_t before = pinned();
	int err;

	if (before < 0)
		return before;
	part_go(COPY);
	err = held_wait(uffd, COPY, limit, page);
	if (err)
		return err;
	part_go(DISCARD);
	err = held_fill(uffd, *page);
	if (err)
		return err;
	if (!part_done(DISCARD, limit))
		return -ETIME;
	if (part_err(DISCARD))
		return part_err(DISCARD);
	if (atomic_load(&board->missed))
		return -EAGAIN;
	err = held_wait(uffd, COPY, limit, page);
	if (err == -ECANCELED && part_err(COPY) != -EFAULT)
		return -EPROTO;
	/* If the vma is not pinned the copy goes page by page: not this scene. */
	if (!err && pinned() < before + (int64_t)BYTES)
		return -EAGAIN;
	return err;
}

int gtt_copy(enum call call, struct party *p, int *uffd, char **page)
{
	int err = -EAGAIN;
	unsigned int i;

	scene.call = call;
	for (i = 0; err == -EAGAIN && i < TRIES; i++) {
		err = party_start(p, party);
		if (err)
			return err;
		*uffd = fd_receive(p->sock);
		if (*uffd < 0)
			return *uffd;
		err = second_copy(*uffd, page);
		if (err != -EAGAIN)
			break;
		if (party_kill(p))
			return -EDEADLK;
		close(*uffd);
		close(p->sock);
	}
	return err;
}

int copy_gtt(const struct way *way)
{
	const char *which = "";
	struct party p;
	char *page;
	int err, uffd;
	bool none;

	err = others_start(false);
	if (!err)
		err = others_go_on(limit, &which);
	if (!err)
		err = gtt_copy(way->call, &p, &uffd, &page);
	none = err == -ECANCELED;
	if (err && !none)
		return verdict(WAITS_SKIP, "no second copy: %s", strerror(-err));
	if (way->again) {
		part_go(EXEC);
		if (!part_done(EXEC, limit))
			return verdict(WAITS_FAIL, "an execbuf of the object waits for its pread");
	}
	part_go(CALL);
	err = must_return(&p, none ? -1 : uffd, page, way->call);
	if (err)
		return err;
	if (none)
		return verdict(WAITS_PASS, "there is no copy through the GTT (%s), the call returns",
			       strerror(-part_err(COPY)));
	return verdict(WAITS_PASS, "it returns while a copy through the GTT waits for memory");
}
