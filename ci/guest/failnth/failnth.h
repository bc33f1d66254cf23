/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Userptr objects when memory is refused. Documentation/fault-injection of the kernel:
 * /proc/thread-self/fail-nth makes the Nth allocation of this thread fail. For the
 * allocations of kernel threads there is only chance.
 */
#ifndef FAILNTH_H
#define FAILNTH_H

#include "../lib/blt.h"
#include "../lib/prime.h"

#define DEVICE	"/dev/dri/card0"
#define PAGES	64ul
#define SIZE	(PAGES * PAGE)
#define PATIENCE	20.0		/* seconds, for a use, or all of a check */

enum { FAIL_PASS, FAIL_BAD, FAIL_USAGE, FAIL_SKIP };

/* What a way works with, in a process of its own. */
struct scene {
	int fd;
	char *mem;		/* SIZE bytes, each page written to */
	uint32_t salt;		/* of its words */
	uint32_t handle;	/* of the object on it, 0: none */
	struct blt blt;		/* .batch is 0: none */
	int dmabuf;		/* -1: none */
};

/*
 * prepare() and check() have all memory they want. run() is what is tested: 0,
 * or -ENOMEM and everything is as before. Others return 0 or -errno.
 */
struct way {
	const char *name;
	const char *help;
	int (*prepare)(struct scene *s);
	int (*run)(struct scene *s);
	/* What remains to be done before the object, if there is one, is checked. */
	int (*check)(struct scene *s, int err);
	bool may_not_fail;
};

extern const struct way ways[];
extern const unsigned int nways;

/* scene.c */
/* A process with memory that it shares with nobody. */
int scene_begin(struct scene *s, int fd);
int scene_object(struct scene *s, uint32_t flags);
int scene_blt(struct scene *s);
/* Other words, by the CPU. */
void scene_fill(struct scene *s);
/* One use of the object, again while it says -EAGAIN: by pread, by a blit. */
int scene_pread(struct scene *s);
int scene_blit(struct scene *s);
/* The word of @page of the object, by pread: again while it is -EAGAIN, until @end. */
int scene_word(const struct scene *s, unsigned long page, double end,
	       uint32_t *word);
/* What scene_fill() has written to @page. */
uint32_t scene_filled(const struct scene *s, unsigned long page);
/* Does each page of the object read as the memory does? -EIO: no. */
int scene_verify(struct scene *s);
/* -errno, with a line of what failed. */
int scene_failed(const char *what, int err);

/* worker.c: a FAIL_ value; adds to the number of allocations that failed. */
int worker_fails(int fd, unsigned int seconds, unsigned long *failed);

#endif
