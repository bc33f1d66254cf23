// SPDX-License-Identifier: GPL-2.0-only
/*
 * A userptr object lies over an mmap of the file of an ordinary object. The ordinary object
 * is purgeable, so the driver's shrinker truncates its file, with locks of the driver
 * held. That invalidates the userptr object, and a batch uses it. The shrinker may wait
 * for the batch. The end of the batch must not need the locks that the shrinker holds.
 */
#include <i915_drm.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "waits.h"

#define DROP	"/sys/kernel/debug/dri/0/i915_gem_drop_caches"
#define UNBOUND	"1"		/* objects that have pages and no place in the GTT */
#define BYTES	(16 * PAGE)

static struct {
	int fd, fence, kind;
	uint32_t gem;
} scene;

static int shrink(void)
{
	return sys_write(DROP, UNBOUND);
}

/*
 * Make an ordinary object, and map its file at *@memory. The driver has the pages
 * afterwards, so that the shrinker finds them. 0 or -errno.
 */
static int map_file(char **memory)
{
	struct drm_i915_gem_mmap map = { .size = BYTES };
	uint32_t word;
	int err = gem_create(scene.fd, BYTES, &scene.gem);

	map.handle = scene.gem;
	if (!err)
		err = gem_ioctl(scene.fd, DRM_IOCTL_I915_GEM_MMAP, &map);
	if (err)
		return err;
	*memory = (char *)(uintptr_t)map.addr_ptr;
	memset(*memory, 0x5a, BYTES);
	return gem_pread(scene.fd, scene.gem, 0, &word, sizeof(word));
}

static int prepare(void)
{
	struct batch b = {
		.engine = engines[BLITTER].flag, .in = scene.fence, .out = -1,
		.kind = scene.kind,
	};
	struct drm_i915_gem_madvise purge = { .madv = I915_MADV_DONTNEED };
	char *memory;
	int err;

	scene.fd = gem_open(DEVICE);
	if (scene.fd < 0)
		return scene.fd;
	err = map_file(&memory);
	if (!err)
		err = batch_over(scene.fd, memory, BYTES, &b);
	purge.handle = scene.gem;
	return err ? err : gem_ioctl(scene.fd, DRM_IOCTL_I915_GEM_MADVISE, &purge);
}

static int party(int sock)
{
	int err = prepare();

	if (!err)
		err = part_start(CALL, shrink);
	/* The manager needs no file, only the word that all is prepared. */
	return party_ready(err, sock, sock);
}

/* The batch can end. Do the shrinker, and another client, get on? A WAITS_ value. */
static int look(struct party *p)
{
	char text[200];
	int err;

	if (!part_done(CALL, limit + 15)) {
		tasks_left(p->pid, text, sizeof(text));
		return verdict(WAITS_HANG, "the shrinker waits, the batch should be done: %s", text);
	}
	err = part_err(CALL);
	if (err)
		return verdict(WAITS_SKIP, DROP ": %s", strerror(-err));
	err = other_userptr(limit, text, sizeof(text));
	if (err)
		return verdict(WAITS_FAIL, "then another client's use of new objects: %s (%s)",
			       text, strerror(-err));
	return verdict(WAITS_PASS, "the shrinker waits for the batch, and all go on");
}

int shrink_way(const struct way *way)
{
	int timeline = -1, err, ret = WAITS_PASS;
	struct party p;

	scene.kind = way->hang ? BATCH_ENDLESS : BATCH_NOP;
	scene.fence = -1;
	if (!way->hang) {
		timeline = timeline_open(&scene.fence);
		if (timeline < 0)
			return verdict(WAITS_SKIP, "a fence: %s", strerror(-timeline));
	}
	err = party_start(&p, party);
	if (!err)
		err = fd_receive(p.sock);
	if (err < 0)
		return verdict(WAITS_SKIP, "an object over another one's mmap: %s", strerror(-err));
	part_go(CALL);
	if (!part_sleeps(CALL, 5) || part_done(CALL, 0))
		ret = verdict(WAITS_FAIL, "the shrinker takes the memory from a batch");
	if (!way->hang)
		timeline_signal(timeline);
	if (ret == WAITS_PASS)
		ret = look(&p);
	if (ret == WAITS_HANG || !party_kill(&p))
		return ret;
	return verdict(WAITS_HANG, "after SIGKILL to all the process is there");
}
