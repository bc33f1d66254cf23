/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a process with userptr objects may end, and what it must not leave behind: a
 * hang, or anything that the next user of the device notices.
 */
#ifndef ENDINGS_H
#define ENDINGS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/blt.h"
#include "../lib/prime.h"

#define OBJECTS		4
#define BYTES		(4ul << 20)	/* of one object */

struct victim {
	int fd;				/* of the device, its own or shared */
	char *base;			/* OBJECTS * BYTES */
	uint32_t handle[OBJECTS];
	struct blt blt[OBJECTS];
};

struct way {
	const char *name;
	const char *help;
	/* In the child, which shares the device's @fd; does not return if it is
	 * to be killed. Its exit status is 0, or 1 if something was wrong.
	 */
	int (*child)(int fd);
	/* Once the child has begun to use its objects; may be NULL. */
	void (*parent)(pid_t pid);
	/* After its end, with the device's @fd; 0 or -errno. May be NULL. */
	int (*after)(int fd);
	int signal;			/* that it has to die by, 0: it exits */
	bool own;			/* opens the device itself */
};

extern const struct way *const ways[];		/* ends with NULL */

/* victim.c: memory, objects, batches; 0 or -errno. */
int victim_create(struct victim *v, int fd, uint32_t flags);
/* Queue a copy out of each object; 0 or -errno. */
int victim_busy(struct victim *v);
/* A batch that does not end by itself uses all objects from now on; 0 or -errno. */
int victim_spin(struct victim *v);
/* Tell the parent that the objects are in use. */
void victim_ready(void);
/* A pread, repeated for @seconds after -EAGAIN; 0 or -errno. */
int read_word(int fd, uint32_t handle, uint64_t offset, uint32_t *value,
	      double seconds);
int userptr(int fd, void *ptr, uint64_t size, uint32_t flags, uint32_t *handle);

/* In memory that parent and child share. */
struct board {
	atomic_bool ready;
	atomic_uint handle;
};
extern struct board *board;

#endif
