/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the uAPI promises to a user of userptr objects, a way for each promise. A
 * way judges by what the uAPI shows (which fence there is, what a call returns,
 * what memory holds), not by how long a call takes.
 */
#ifndef USES_H
#define USES_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/blt.h"
#include "../lib/prime.h"

#define MIB		(1ul << 20)
#define MOST_OBJECTS	100000	/* of many */
#define PATIENCE	30.0	/* seconds that a use may say -EAGAIN */

enum { USE_PASS, USE_BAD, USE_USAGE, USE_SKIP, USE_HANG };

struct way {
	const char *name;
	const char *help;
	/* In a child of its own, with the device's @fd; a USE_ value. */
	int (*run)(int fd);
	double silent;		/* seconds without progress that are a hang */
};

extern const struct way way_fences, way_nomem, way_progress, way_sticky, way_private, way_map,
	way_import, way_back, way_many;
extern const struct way *const ways[];		/* ends with NULL */

/* In memory that all processes share. */
struct board {
	atomic_ulong progress;	/* counted up by the child */
	atomic_bool hung;
	atomic_uint told;	/* lines of complain() */
	char note[240];		/* of the child, for the last line */
};
extern struct board *board;

struct asked {
	const struct way *way[8];
	unsigned int nways;
	unsigned int count;	/* objects of many */
	double ratio;		/* that many allows, 0: any */
	double seconds;		/* of fences and nomem */
};
extern struct asked asked;

/* options.c: returns a USE_ value, or -1 to go on. */
int options_parse(int argc, char **argv);

/* main.c */
void alive(void);
/* A line of why, then @code. @err may be 0 or -errno. */
int because(int code, const char *what, int err);
/* A line about something wrong; the first few only. */
__attribute__((format(printf, 1, 2)))
void complain(const char *fmt, ...);
/* What the last line says. */
__attribute__((format(printf, 1, 2)))
void note(const char *fmt, ...);

/* memory.c */
/* @bytes of private memory, small pages if @small; NULL if there is none. */
char *map(size_t bytes, bool small);
/* The word of each page of @p is @salt and the page's number from then on. */
void fill(char *p, size_t pages, uint32_t salt);
uint32_t word_of(size_t page, uint32_t salt);
/* How many pages of @p hold another word. */
size_t wrong_words(const char *p, size_t pages, uint32_t salt);
/* Pages that all drivers have pinned by FOLL_PIN, or -errno. */
long pinned_pages(void);
/* The same, once it has not changed for 300 ms, or after 10 s. */
long pinned_at_rest(void);
/*
 * Wait until no more than @most are pinned, at most @seconds: how long that took,
 * or -1. With @free, until so many bytes of memory are free as well.
 */
double wait_unpinned(long most, size_t free, double seconds);
/* Bytes: free, and all that can be had without swapping. */
size_t memory_free(void);
size_t memory_available(void);

/*
 * gpu.c: one batch for the blitter, which writes a word to each of the first pages
 * of an object, and whatever other objects its execbuf has.
 */
struct job {
	int fd;
	uint32_t batch;
	uint32_t dst;			/* the object that is written to */
	size_t pages;			/* of it */
	unsigned int others;
	bool extra_last;		/* behind the others, not before them */
	struct drm_i915_gem_exec_object2 *object;
	struct drm_i915_gem_relocation_entry *reloc;
};

/* @others: objects of a page each that the batch does not use. 0 or -errno. */
int job_create(struct job *j, int fd, unsigned int others);
void job_destroy(struct job *j);
/* The batch writes @value to the word of each page of @dst. */
int job_set(struct job *j, uint32_t dst, size_t pages, uint32_t value);
struct drm_i915_gem_execbuffer2;
/*
 * One execbuf, with @extra if that is not 0: the ioctl is called once, whatever it
 * returns. Its objects are @extra, the others, the target and the batch. @exec has the flags and fences, the rest is set here. 0 or -errno.
 */
int job_submit(struct job *j, uint32_t extra, struct drm_i915_gem_execbuffer2 *exec);
/* A plain object with its memory mapped; NULL if there is none. */
uint32_t *plain_object(int fd, size_t bytes, uint32_t *handle);

/*
 * Uses of an object, again while they say -EAGAIN, for PATIENCE at most: -ETIME
 * then. The words of @r pages, by the CPU or the blitter, into @out.
 */
int use_pread(int fd, uint32_t handle, size_t pages, uint32_t *out);
int use_domain(int fd, uint32_t handle);
int use_blit(int fd, uint32_t handle, size_t pages, uint32_t *out);
/* The blitter writes @value to the word of each page, and is done. */
int use_write(int fd, uint32_t handle, size_t pages, uint32_t value);

/* sync.c: 0 or -errno. */
enum sync_state { SYNC_NONE, SYNC_PENDING, SYNC_SIGNALED };
int syncobj_create(int fd, uint32_t *handle);
int syncobj_reset(int fd, uint32_t handle);
/* Its fence is that of the sync_file @file. */
int syncobj_import(int fd, uint32_t handle, int file);
/* A SYNC_ value, after a wait of at most @seconds for the fence; -errno. */
int syncobj_state(int fd, uint32_t handle, double seconds);
/* The last point that was added, and the last that was signalled. */
int timeline_query(int fd, uint32_t handle, uint64_t *added, uint64_t *signaled);
int timeline_wait(int fd, uint32_t handle, uint64_t point, double seconds);
/* Fences of ours; a timeline's value begins at 0. */
int sw_sync_open(void);				/* or -errno */
int sw_sync_fence(int timeline, uint32_t value);	/* a sync_file, or -errno */
int sw_sync_add(int timeline, uint32_t n);
/* 1 if it is readable after @seconds, 0 if not, -errno. */
int file_signaled(int file, double seconds);
/* GPU engines that use it: 0 is idle; -errno. */
int object_busy(int fd, uint32_t handle);

/* discard.c: a thread that takes the memory of an object away, again and again. */
struct discard {
	char *mem;
	size_t pages;
	unsigned int us;	/* from one to the next, 0: none */
	bool closes;		/* now and then there is no access for a moment */
	atomic_ulong count;
	atomic_bool stop;
	unsigned long thread;	/* pthread_t */
};

int discard_start(struct discard *d);		/* 0 or -errno */
void discard_stop(struct discard *d);

/* fences.c and judge.c: what an execbuf is tried with. */
struct fences {
	int fd;
	struct job job;
	char *mem;
	uint32_t userptr;
	uint32_t dst;			/* gets the marker */
	volatile uint32_t *seen;	/* the word in its memory */
	uint32_t marker;		/* that was written last */
	int dmabuf;			/* of dst */
	uint32_t sync, timeline;
	bool no_points;			/* the kernel has no timelines */
	int sw;				/* a timeline of ours, at @sw_value */
	uint32_t sw_value;
	unsigned long turn;		/* which fence is waited for first */
};

enum try_kind {
	TRY_PLAIN,	/* nothing to wait for, an empty syncobj */
	TRY_HELD,	/* the request waits for a fence of ours */
	TRY_OLD,	/* the syncobj has a fence of ours; no timeline */
};

struct try {
	enum try_kind kind;
	int ours;	/* sync_file, -1: none */
	uint64_t point;	/* that it adds to the timeline */
	int lowest;	/* free file descriptor */
	double begin;
	int err;	/* what the execbuf returned */
	uint64_t out;	/* rsvd2 afterwards */
	bool late;	/* our fence held it for too long */
};

#define NO_FENCE	0xdead	/* in place of the fence that comes out */

/* The file descriptor that the next open() would get. */
int lowest_fd(void);
/* Is there anything that should not be, or the other way round? Counts faults. */
unsigned int judge_failed(struct fences *f, struct try *t);
unsigned int judge_done(struct fences *f, struct try *t);
/* Signal our fence, and close it. */
void try_release(struct fences *f, struct try *t);

#endif
