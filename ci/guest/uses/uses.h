/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uses: does the driver keep what the uAPI promises to a user of userptr objects? There is
 * a way for each promise; main.c describes the output.
 *
 * A way judges by what the uAPI shows: which fences there are, what a call returns, what
 * memory holds. It does not judge by the time that one call takes.
 *
 * A way runs in a child of the first process, with the device open. The first process
 * watches the child.
 */
#ifndef USES_H
#define USES_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/blt.h"
#include "../lib/prime.h"

#define MIB		(1ul << 20)
#define MOST_OBJECTS	100000	/* of many */
#define PATIENCE	30.0	/* seconds for which a use may return -EAGAIN */

enum { USE_PASS, USE_BAD, USE_USAGE, USE_SKIP, USE_HANG };

struct way {
	const char *name;
	const char *help;
	/* Runs in the child; @fd is the device. A USE_ value, and note() has the reason. */
	int (*run)(int fd);
	double silent;		/* seconds without alive() that are a hang */
};

extern const struct way way_fences, way_nomem, way_progress, way_sticky, way_private, way_map,
	way_import, way_back, way_many;
extern const struct way *const ways[];		/* ends with NULL */

/* In memory that all processes share. */
struct board {
	atomic_ulong progress;	/* alive() counts it up */
	atomic_bool hung;	/* the child makes no progress */
	atomic_uint told;	/* how often complain() was called */
	char note[240];		/* the reason, for the way's line of output */
};
extern struct board *board;

/* The command line, see --help. */
struct asked {
	const struct way *way[8];
	unsigned int nways;
	unsigned int count;	/* --count: objects of the way many */
	double ratio;		/* --ratio: what the way many allows; 0: any */
	double seconds;		/* --seconds: how long the ways fences and nomem take */
};
extern struct asked asked;

/* options.c: fills asked. An exit status, or -1 to go on. */
int options_parse(int argc, char **argv);

/* main.c: all are called in the child. */
/* Say that the child makes progress. */
void alive(void);
/*
 * Print a line "# @what: the error @err", @err 0 or -errno, and note() the same if there is no
 * note yet. Returns @code.
 */
int because(int code, const char *what, int err);
/* Print a line about something wrong. Only the first 6 of a way are printed. */
__attribute__((format(printf, 1, 2)))
void complain(const char *fmt, ...);
/* Set the reason that the way's line of output gives. */
__attribute__((format(printf, 1, 2)))
void note(const char *fmt, ...);

/* memory.c */
/*
 * @bytes of private memory, aligned to HUGE_PAGE: small pages if @small, otherwise huge
 * ones if there are any. NULL and errno if there is no memory.
 */
char *map(size_t bytes, bool small);
/* Write word_of() to each page of @p, at WORD_OFFSET. */
void fill(char *p, size_t pages, uint32_t salt);
/* @salt (12 bits) and the page's number (20 bits) in one word. */
uint32_t word_of(size_t page, uint32_t salt);
/* How many pages of @p do not hold word_of(). */
size_t wrong_words(const char *p, size_t pages, uint32_t salt);
/* How many pages all drivers together have pinned with FOLL_PIN, or -errno. */
long pinned_pages(void);
/* The same, once it has not changed for 300 ms, or after 10 s. */
long pinned_at_rest(void);
/*
 * Wait until at most @most pages are pinned and, if @free is not 0, at least @free bytes
 * of memory are free. The seconds that this took, or -1 after @seconds.
 */
double wait_unpinned(long most, size_t free, double seconds);
/* Bytes of memory that are free; that can be had without swapping. 0 if not known. */
size_t memory_free(void);
size_t memory_available(void);

/*
 * gpu.c: a batch for the blitter, which writes a word to each page of an object, and the
 * list of objects of its execbuf.
 */
struct job {
	int fd;
	uint32_t batch;			/* handle */
	uint32_t dst;			/* handle of the object that is written to */
	size_t pages;			/* of dst, from its first page */
	unsigned int others;		/* objects in the list that the batch does not use */
	bool extra_last;		/* @extra of job_submit() is behind them, not before */
	struct drm_i915_gem_exec_object2 *object;
	struct drm_i915_gem_relocation_entry *reloc;
};

/* Make the batch, and @others objects of a page each. 0 or -errno. */
int job_create(struct job *j, int fd, unsigned int others);
void job_destroy(struct job *j);
/* The batch is to write @value at WORD_OFFSET of the first @pages pages of @dst. 0 or -errno. */
int job_set(struct job *j, uint32_t dst, size_t pages, uint32_t value);
struct drm_i915_gem_execbuffer2;
/*
 * One execbuf. The ioctl is called once, whatever it returns. Its objects are @extra (0:
 * none), the others, the target and the batch. @exec has the flags and the fences; this
 * sets the rest. 0 or -errno.
 */
int job_submit(struct job *j, uint32_t extra, struct drm_i915_gem_execbuffer2 *exec);
/* An ordinary object, and where its memory is mapped; NULL if there is none. */
uint32_t *plain_object(int fd, size_t bytes, uint32_t *handle);

/*
 * Uses of an object. Each is repeated while it returns -EAGAIN, for PATIENCE seconds at
 * most. 0, -ETIME after that, or -errno.
 */
/* pread() of the words of the first @pages pages into @out. */
int use_pread(int fd, uint32_t handle, size_t pages, uint32_t *out);
/* set_domain, for reading and writing by the CPU. */
int use_domain(int fd, uint32_t handle);
/* The blitter reads the words of the first @pages pages, into @out if that is not NULL. */
int use_blit(int fd, uint32_t handle, size_t pages, uint32_t *out);
/* The blitter writes @value to the words of the first @pages pages; waits for its end. */
int use_write(int fd, uint32_t handle, size_t pages, uint32_t value);

/* sync.c: fences, as the uAPI shows them. 0 or -errno, unless said otherwise. */
enum sync_state { SYNC_NONE, SYNC_PENDING, SYNC_SIGNALED };
/* A syncobj without a fence. */
int syncobj_create(int fd, uint32_t *handle);
/* Take the syncobj's fence away. */
int syncobj_reset(int fd, uint32_t handle);
/* Give the syncobj the fence of the sync_file @file. */
int syncobj_import(int fd, uint32_t handle, int file);
/* Wait for the syncobj's fence for at most @seconds. A SYNC_ value, or -errno. */
int syncobj_state(int fd, uint32_t handle, double seconds);
/* Of a timeline syncobj: the last point that was added, the last one that is signalled. */
int timeline_query(int fd, uint32_t handle, uint64_t *added, uint64_t *signaled);
/* Wait until @point is signalled; -ETIME after @seconds. */
int timeline_wait(int fd, uint32_t handle, uint64_t point, double seconds);
/* A sw_sync timeline, whose fences the test signals. Its value is 0 at first. Or -errno. */
int sw_sync_open(void);
/* A sync_file that is signalled when the timeline's value reaches @value; or -errno. */
int sw_sync_fence(int timeline, uint32_t value);
/* Add @n to the timeline's value. */
int sw_sync_add(int timeline, uint32_t n);
/* 1 if the fences of @file (a sync_file or a dma-buf) are signalled after @seconds; 0; -errno. */
int file_signaled(int file, double seconds);
/* 1 if the GPU uses the object, 0 if not, or -errno. */
int object_busy(int fd, uint32_t handle);

/* discard.c: a thread that discards the memory of an object again and again. */
struct discard {
	/* Set by the caller of discard_start(). */
	char *mem;
	size_t pages;
	unsigned int us;	/* from one discard to the next; 0: at once */
	bool closes;		/* each 100 ms the memory has no access for 2 ms */
	/* Set by discard.c. */
	atomic_ulong count;	/* discards so far */
	atomic_bool stop;
	unsigned long thread;	/* pthread_t */
};

int discard_start(struct discard *d);		/* 0 or -errno */
void discard_stop(struct discard *d);

/* fences.c and judge.c: what the execbufs of the ways fences and nomem are made of. */
struct fences {
	int fd;
	struct job job;
	char *mem;			/* of the userptr object */
	uint32_t userptr;		/* handle */
	uint32_t dst;			/* handle of the object that the batch writes to */
	volatile uint32_t *seen;	/* the word in dst's memory that the batch writes */
	uint32_t marker;		/* what the batch that ran last has written */
	int dmabuf;			/* of dst */
	uint32_t sync, timeline;	/* two syncobjs, the second one with points */
	bool no_points;			/* the kernel has no timeline syncobjs */
	int sw;				/* a sw_sync timeline, its value is sw_value */
	uint32_t sw_value;
	unsigned long turn;		/* which fence judge_done() waits for first */
};

/* Our fence is one of the sw_sync timeline: the test signals it. */
enum try_kind {
	TRY_PLAIN,	/* the request has nothing to wait for; sync has no fence */
	TRY_HELD,	/* the request waits for our fence */
	TRY_OLD,	/* sync has our fence before the execbuf; no timeline */
};

/* One execbuf. */
struct try {
	enum try_kind kind;
	int ours;	/* sync_file of our fence; -1: none */
	uint64_t point;	/* what the execbuf adds to the timeline syncobj */
	int lowest;	/* lowest free file descriptor before the execbuf */
	double begin;	/* now() */
	int err;	/* what the execbuf returned */
	uint64_t out;	/* rsvd2 afterwards: its upper half is the sync_file */
	bool late;	/* our fence held the request for so long that i915 may give it up */
};

#define NO_FENCE	0xdead	/* upper half of rsvd2 before the execbuf */

/* The file descriptor that the next open() would get; -1 if there is none. */
int lowest_fd(void);
/*
 * Judge what an execbuf that failed has left behind, or what one that did not fail has
 * made. The number of faults; complain() has said each.
 */
unsigned int judge_failed(struct fences *f, struct try *t);
unsigned int judge_done(struct fences *f, struct try *t);
/* Signal our fence, and close its sync_file. */
void try_release(struct fences *f, struct try *t);

#endif
