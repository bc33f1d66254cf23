// SPDX-License-Identifier: GPL-2.0-only
/*
 * import: another driver has imported and mapped an object. The mm invalidates the
 * object's memory by fork() or mprotect(), which keep its content. The object goes on to
 * work for its owner: its uses see the memory, and the memory sees its writes.
 *
 * The other driver is vgem, which maps what it imports at once, until it closes the handle.
 * i915 would only take a reference to its own object.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uses.h"

#define BYTES	(8 * MIB)
#define PAGES	(BYTES / PAGE)
#define RELEASE	10.0		/* seconds until pages must be released */

static void *fork_once(void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		*(int *)arg = -errno;
	return NULL;
}

/* Another thread forks; the child is gone when this returns. */
static int by_fork(char *mem)
{
	pthread_t thread;
	int err = 0, ret;

	(void)mem;
	ret = pthread_create(&thread, NULL, fork_once, &err);
	if (ret)
		return -ret;
	pthread_join(thread, NULL);
	return err;
}

static int by_mprotect(char *mem)
{
	if (mprotect(mem, BYTES, PROT_READ) ||
	    mprotect(mem, BYTES, PROT_READ | PROT_WRITE))
		return -errno;
	return 0;
}

static const struct change {
	const char *name;
	int (*change)(char *mem);
} changes[] = {
	{ "fork", by_fork },
	{ "mprotect", by_mprotect },
};

/* How many of the words that were read are not those of the memory. */
static unsigned int wrong(const uint32_t *got, uint32_t salt)
{
	unsigned int i, n = 0;

	for (i = 0; i < PAGES; i++)
		n += got[i] != word_of(i, salt);
	return n;
}

/* Use the object in each way. How many uses were wrong; @when is for the messages. */
static unsigned int owner(int fd, uint32_t handle, char *mem, uint32_t salt,
			  const char *when)
{
	static uint32_t got[PAGES];
	const uint32_t value = 0xc0ffee00 | salt;
	unsigned int bad = 0, i, n;
	int err;

	err = use_pread(fd, handle, PAGES, got);
	if (err || wrong(got, salt)) {
		complain("%s: pread: %s", when, err ? strerror(-err) : "not the memory of now");
		bad++;
	}
	err = use_domain(fd, handle);
	if (err) {
		complain("%s: set_domain: %s", when, strerror(-err));
		bad++;
	}
	err = use_blit(fd, handle, PAGES, got);
	if (err || wrong(got, salt)) {
		complain("%s: blit: %s", when, err ? strerror(-err) : "not the memory of now");
		bad++;
	}
	err = use_write(fd, handle, PAGES, value);
	for (n = i = 0; i < PAGES && !err; i++)
		n += *(volatile uint32_t *)(mem + i * PAGE + WORD_OFFSET) != value;
	if (err || n) {
		complain("%s: a GPU write: %s", when,
			 err ? strerror(-err) : "the memory does not have it");
		bad++;
	}
	return bad;
}

/* How many uses were wrong, before, during and after the import; -errno: cannot be tried. */
static int one(int fd, int vgem, const struct change *c)
{
	long before = pinned_at_rest(), mapped;
	size_t free = memory_free();
	char when[64], *mem = map(BYTES, true);
	uint32_t handle, imported;
	unsigned int bad;
	int dmabuf, err;

	if (!mem || before < 0)
		return mem ? before : -errno;
	fill(mem, PAGES, 1);
	err = gem_userptr(fd, mem, BYTES, &handle);
	if (!err)
		err = use_blit(fd, handle, PAGES, NULL);
	if (err)
		return err;
	dmabuf = prime_export(fd, handle);
	if (dmabuf < 0)
		return dmabuf;
	err = prime_import(vgem, dmabuf, PATIENCE, &imported);
	if (err)
		return because(err, "import", err);
	mapped = pinned_pages();
	if (mapped < before + (long)PAGES)
		return because(-ENOTSUP, "the importer maps nothing", 0);
	snprintf(when, sizeof(when), "imported, before %s", c->name);
	bad = owner(fd, handle, mem, 1, when);

	err = c->change(mem);
	if (err)
		return because(err, c->name, err);
	fill(mem, PAGES, 2);
	snprintf(when, sizeof(when), "imported, after %s", c->name);
	bad += owner(fd, handle, mem, 2, when);

	/* The importer closes what it has imported. */
	close(dmabuf);
	err = gem_close(vgem, imported);
	if (err)
		return because(err, "close of what was imported", err);
	if (wait_unpinned(before + PAGES, 0, RELEASE) < 0) {
		complain("%s: %ld pages are pinned after the importer's close, not %lu",
			 c->name, pinned_pages() - before, PAGES);
		bad++;
	}
	fill(mem, PAGES, 3);
	snprintf(when, sizeof(when), "not imported any more, after %s", c->name);
	bad += owner(fd, handle, mem, 3, when);
	gem_close(fd, handle);
	munmap(mem, BYTES);
	/* Look at the free memory, too: a driver may hold pages without a pin. */
	if (wait_unpinned(before, free - BYTES / 2, RELEASE) < 0) {
		complain("%s: after the last close %ld pages are pinned, %ld KiB are not free",
			 c->name, pinned_pages() - before,
			 ((long)free - (long)memory_free()) / 1024);
		bad++;
	}
	return bad;
}

static int run_import(int fd)
{
	unsigned int i, bad = 0;
	int vgem = prime_open("vgem"), ret;

	if (vgem < 0)
		return because(USE_SKIP, "no vgem", vgem);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		ret = one(fd, vgem, &changes[i]);
		if (ret < 0)
			return because(USE_SKIP, changes[i].name, ret);
		bad += ret;
	}
	note("%u faults of an object that vgem has mapped, with fork and mprotect", bad);
	return bad ? USE_BAD : USE_PASS;
}

/*
 * vgem maps the object of its own process, whose pages are all there: -EAGAIN is wrong.
 * Faults, or -errno if it cannot be tried.
 */
static int map_at_once(int fd, int vgem)
{
	static const char *const when[] = { "before the first use", "after a fork" };
	char *mem = map(BYTES, true);
	uint32_t handle, imported;
	int dmabuf, err, bad = 0;
	unsigned int i;

	if (!mem)
		return -errno;
	fill(mem, PAGES, 1);
	err = gem_userptr(fd, mem, BYTES, &handle);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(when); i++) {
		err = i ? by_fork(mem) : 0;
		if (err)
			return because(err, "fork", err);
		fill(mem, PAGES, 1 + i);
		dmabuf = prime_export(fd, handle);
		if (dmabuf < 0)
			return because(dmabuf, "export", dmabuf);
		err = prime_import(vgem, dmabuf, 0, &imported);
		if (err) {
			complain("%s: %s", when[i], strerror(-err));
			bad++;
		} else {
			gem_close(vgem, imported);
		}
		close(dmabuf);
		if (owner(fd, handle, mem, 1 + i, when[i]))
			bad++;
	}
	gem_close(fd, handle);
	munmap(mem, BYTES);
	return bad;
}

static int run_map(int fd)
{
	int vgem = prime_open("vgem"), bad;

	if (vgem < 0)
		return because(USE_SKIP, "no vgem", vgem);
	bad = map_at_once(fd, vgem);
	close(vgem);
	if (bad < 0)
		return because(USE_SKIP, "map", bad);
	note("%d faults of an object that vgem maps at once", bad);
	return bad ? USE_BAD : USE_PASS;
}

const struct way way_map = {
	.name = "map", .help = "what is in memory can be mapped by an importer at once",
	.run = run_map, .silent = 60,
};

const struct way way_import = {
	.name = "import", .help = "what vgem has imported and mapped works on for its owner",
	.run = run_import, .silent = 180,
};
