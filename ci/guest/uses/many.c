// SPDX-License-Identifier: GPL-2.0-only
/*
 * many: after a fork, the first use of each of many objects takes about as long as the
 * first use took before the fork. --ratio says how much longer it may take.
 */
#include <i915_drm.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uses.h"

struct many {
	int fd;
	char *mem;		/* a page for each object */
	uint32_t *handle;
	struct job job;		/* a batch with another object as its target */
	uint32_t salt;
	unsigned long again;	/* how often a use returned -EAGAIN */
};

static int by_pread(struct many *m, unsigned int i)
{
	uint32_t got;
	int err = gem_pread(m->fd, m->handle[i], WORD_OFFSET, &got, sizeof(got));

	return err ? err : got == word_of(i, m->salt) ? 0 : -EIO;
}

static int by_domain(struct many *m, unsigned int i)
{
	struct drm_i915_gem_set_domain arg = {
		.handle = m->handle[i],
		.read_domains = I915_GEM_DOMAIN_CPU,
		.write_domain = I915_GEM_DOMAIN_CPU,
	};

	return gem_ioctl(m->fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg);
}

static int by_blit(struct many *m, unsigned int i)
{
	struct drm_i915_gem_execbuffer2 exec = {};
	int err = job_submit(&m->job, m->handle[i], &exec);

	return err == -EINTR ? -EAGAIN : err;
}

static const struct use {
	const char *name;
	int (*use)(struct many *m, unsigned int i);
} uses[] = {
	{ "pread", by_pread }, { "set_domain", by_domain }, { "blit", by_blit },
};

static int compare(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

/*
 * Use each object once. The median time of a use in microseconds, or -errno. The median,
 * not the mean, since other work on the machine makes some uses take very long.
 */
static double each(struct many *m, const struct use *u)
{
	static float took[MOST_OBJECTS];
	unsigned int i;
	double begin;
	int err;

	for (i = 0; i < asked.count; i++) {
		begin = now();
		while ((err = u->use(m, i)) == -EAGAIN) {
			m->again++;
			if (now() - begin > PATIENCE)
				return -ETIME;
		}
		if (err)
			return err;
		took[i] = (now() - begin) * 1e6;
		if (i % 16 == 0)
			alive();
	}
	err = gem_wait(m->fd, m->job.dst, PATIENCE);
	if (err)
		return err;
	qsort(took, asked.count, sizeof(took[0]), compare);
	return took[asked.count / 2];
}

static int fork_once(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) != pid ? -errno : 0;
}

/* The first use, one more, one after a fork, one after a fork and a store to each page. */
enum phase { FIRST, AGAIN, FORK, STORE };
#define ROUNDS	3
#define COPY	4	/* times --ratio is allowed if the use itself has to copy the page */

static const char *const phases[] = {
	[FIRST] = "first", [AGAIN] = "again", [FORK] = "fork", [STORE] = "fork+store",
};

/*
 * Make the objects, and use each once in each phase. @us gets the shortest median of each
 * phase so far, @again the most -EAGAIN for one use. 0 or -errno.
 */
static int one_round(struct many *m, const struct use *u, double us[], double again[])
{
	unsigned int i;
	double took;
	int err;

	fill(m->mem, asked.count, ++m->salt);
	for (i = 0; i < asked.count; i++) {
		err = gem_userptr(m->fd, m->mem + i * PAGE, PAGE, &m->handle[i]);
		if (err)
			return because(err, "userptr", err);
	}
	for (i = FIRST; i <= STORE; i++) {
		err = i >= FORK ? fork_once() : 0;
		if (err)
			return because(err, "fork", err);
		/* Store first, as a program does that gives the GPU work: that ends the sharing. */
		if (i == STORE)
			fill(m->mem, asked.count, ++m->salt);
		m->again = 0;
		took = each(m, u);
		if (took < 0)
			return because(took, phases[i], took);
		us[i] = MIN(us[i], took);
		again[i] = MAX(again[i], (double)m->again / asked.count);
	}
	for (i = 0; i < asked.count; i++)
		gem_close(m->fd, m->handle[i]);
	return 0;
}

/*
 * How many times as long as the first use a use takes after a fork, and after a fork and a
 * store. 0 or -errno.
 */
static int one(struct many *m, const struct use *u, double *fork, double *store)
{
	double us[] = { 1e9, 1e9, 1e9, 1e9 }, again[ARRAY_SIZE(us)] = {};
	unsigned int i;
	int err;

	/* Other work on the machine only adds time: the shortest of the rounds counts. */
	for (i = 0; i < ROUNDS; i++) {
		err = one_round(m, u, us, again);
		if (err)
			return err;
	}
	for (i = FIRST; i <= STORE; i++)
		printf("# %-10s %-10s %8.1f us, up to %.2f EAGAIN\n", u->name, phases[i],
		       us[i], again[i]);
	fflush(stdout);
	*fork = us[FORK] / us[FIRST];
	*store = us[STORE] / us[FIRST];
	return 0;
}

static int run_many(int fd)
{
	static uint32_t handles[MOST_OBJECTS];
	struct many m = { .fd = fd, .handle = handles };
	double fork, store;
	char text[160] = "";
	unsigned int i, len = 0, slow = 0;
	uint32_t dst;
	int err;

	m.mem = map(asked.count * PAGE, true);
	if (!m.mem)
		return because(USE_SKIP, "mmap", -errno);
	err = job_create(&m.job, fd, 0);
	if (!err)
		err = gem_create(fd, PAGE, &dst);
	if (!err)
		err = job_set(&m.job, dst, 1, 1);
	if (err)
		return because(USE_SKIP, "batch", err);
	for (i = 0; i < ARRAY_SIZE(uses); i++) {
		err = one(&m, &uses[i], &fork, &store);
		if (err)
			return because(USE_BAD, uses[i].name, err);
		slow += asked.ratio && (store > asked.ratio || fork > COPY * asked.ratio);
		len += snprintf(text + len, sizeof(text) - len, "%s%s %.1f and %.1f",
				i ? ", " : "", uses[i].name, fork, store);
	}
	note("%u objects; a use after a fork, and after a fork and a store, takes so many times as long as the first: %s",
	     asked.count, text);
	return slow ? USE_BAD : USE_PASS;
}

const struct way way_many = {
	.name = "many", .help = "after a fork, each of many objects is used once",
	.run = run_many, .silent = 180,
};
