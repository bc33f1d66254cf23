// SPDX-License-Identifier: GPL-2.0-only
/* What a call costs its caller that invalidates RANGE bytes. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cost.h"

#define RANGE	(64 * PAGE)
#define MOST	25			/* calls of a kind */

static void call_munmap(char *p)
{
	munmap(p, RANGE);
}

static void call_mprotect(char *p)
{
	mprotect(p, RANGE, PROT_READ);
}

static void call_dontneed(char *p)
{
	madvise(p, RANGE, MADV_DONTNEED);
}

static void call_fork(char *p)
{
	(void)p;
	if (!fork())
		_exit(0);
}

static const struct call {
	const char *name;
	void (*run)(char *p);
} calls[] = {
	{ "munmap", call_munmap },
	{ "mprotect", call_mprotect },
	{ "dontneed", call_dontneed },
	{ "fork", call_fork },
};

/* A call takes the pages of these objects, so each time they must get them again. */
static void measure(int fd, const struct call *call, unsigned int objects,
		    bool inside)
{
	unsigned int i, n = objects > 1000 && inside ? 3 : objects > 10 && inside ? 9 : MOST;
	uint64_t ns[MOST], begin;
	struct crowd crowd;
	char *p = memory(RANGE);

	crowd_create(&crowd, fd, objects, inside ? p : NULL, RANGE);
	for (i = 0; i < n; i++) {
		memory_at(p, RANGE);
		crowd_get_pages(&crowd);
		begin = clock_ns();
		call->run(p);
		ns[i] = clock_ns() - begin;
		while (wait(NULL) > 0)
			;
	}
	munmap(p, RANGE);
	crowd_destroy(&crowd);
	result(call->name, objects, inside ? "inside" : "apart", median(ns, n), "ns");
}

void measure_calls(int fd)
{
	static const unsigned int objects[] = { 0, 1, 100, 10000 };
	unsigned int i, k;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		for (k = 0; k < sizeof(objects) / sizeof(*objects); k++) {
			measure(fd, &calls[i], objects[k], false);
			if (objects[k])
				measure(fd, &calls[i], objects[k], true);
		}
}
