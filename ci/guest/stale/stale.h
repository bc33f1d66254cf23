/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stale-page test: does the GPU see pages that the process no longer has?
 *
 * One combination (operation, way of reading, size, number of objects) runs in
 * a process of its own, the worker. Its racers use the objects without end; its
 * main thread changes the memory behind one object, writes through the CPU and
 * reads back through the object. The first process supervises: it shares no
 * memory with the GPU and outlives whatever hangs.
 */
#ifndef STALE_H
#define STALE_H

#include <stdatomic.h>

#include "../lib/blt.h"
#include "../lib/knob.h"

#define MAX_OBJECTS	1024
#define MAX_MEMORY	(1ul << 30)	/* of all objects, bytes */
#define MAX_THREADS	16
#define MAX_LIST	16		/* values of --size, of --objects */
#define MAX_PROBES	32		/* pages looked at one by one */
#define MAX_TOLD	3		/* stale pages described, per combination */

struct op;
struct via;

struct options {
	const struct op *op[32];
	const struct via *via[4];
	size_t size[MAX_LIST];		/* bytes */
	unsigned int objects[MAX_LIST];
	unsigned int nops, nvias, nsizes, nobjects;
	bool overlap;
	unsigned int threads;
	unsigned long iterations;	/* 0: no limit */
	unsigned long raced;		/* stop after so many raced; 0: never */
	double seconds;			/* 0: no limit */
	double hang;			/* seconds without progress */
	uint64_t seed;
	const char *device;
};

/* One thread's sign of life, written by it, read by the supervisor. */
struct beat {
	atomic_ulong count;
	_Atomic(const char *) what;	/* a string literal */
	atomic_int tid;			/* 0: not running */
};

enum verdict {
	VERDICT_NONE,		/* the worker did not get to the end */
	VERDICT_PASS,
	VERDICT_STALE,
	VERDICT_FAIL,		/* the object does not work any more */
	VERDICT_NORACE,		/* nothing ever overlapped */
	VERDICT_NOEFFECT,	/* the kernel never did what it was asked */
	VERDICT_SKIP,
};

struct result {
	enum verdict verdict;
	unsigned long iterations;
	unsigned long raced;	/* a racer entered or left a use meanwhile */
	unsigned long used;	/* a racer completed a use meanwhile */
	unsigned long idle;	/* the operation had no effect */
	unsigned long faulted;	/* the object had to be made anew: EFAULT */
	unsigned long stale;	/* iterations with a stale page */
	unsigned long lost;	/* iterations in which the memory was wrong */
	unsigned long errors;	/* uses that failed as they must not */
	unsigned long uses;	/* by racers, all in all */
	unsigned long retries;	/* of racers: EAGAIN */
	double seconds;
	double first;		/* seconds until the first stale page */
	char note[160];
};

/* What the supervisor and a worker share. */
struct shared {
	struct beat beat[1 + MAX_THREADS];	/* 0: the main thread */
	struct knobs knobs;
	struct result result;
	char told[MAX_TOLD][256];	/* lines for people */
	atomic_uint ntold;
	atomic_bool finished;
};
extern struct shared *shared;
extern struct options options;

struct object {
	struct range range;
	atomic_uint handle;
	/* Counted by the racers, of this object. */
	atomic_ulong entered, left, uses;
};

/* The memory of one combination, and the objects in it. */
struct arena {
	char *base;			/* aligned to a huge page */
	char *spare;			/* as large as the arena, no access */
	size_t pages;			/* multiple of HUGE_PAGES */
	uint32_t *model;		/* what each page's word must be */
	uint32_t *before;		/* what it was before the operation */
	struct object *object;
	unsigned int objects;
	int fd;
	const struct op *op;
	const struct via *via;
	uint64_t rng;
	uint32_t serial;		/* of what was written last */
	uint32_t probe[MAX_PROBES];	/* pages of the arena */
	unsigned int probes;
};

/* options.c: returns an exit code, or -1 to go on. */
int options_parse(int argc, char **argv);

/* report.c */
void report_head(void);
void report(const struct op *op, const struct via *via, size_t size,
	    unsigned int objects, const struct result *r);
int report_exit_code(void);

/*
 * super.c: run one combination in a worker and wait for it. Returns 0, -1 if it
 * hung (which has been said then) or a negative errno.
 */
int supervise(const struct op *op, const struct via *via, size_t size,
	      unsigned int objects);
/* Tell the supervisor that the calling thread lives, and what it does now. */
void beat(unsigned int who, const char *what);
/* Thread @who begins; it must beat from now on, until beat_end(). */
void beat_begin(unsigned int who);
void beat_end(unsigned int who);

/* run.c: the worker's life, the result goes to shared->result. */
void run(const struct op *op, const struct via *via, size_t size,
	 unsigned int objects);

/* race.c: start threads that use the objects; 0 or -errno. */
struct racers;
int race_start(struct arena *a, struct racers **racers);
/* Prefer the object number @victim. */
void race_victim(struct racers *racers, unsigned int victim);
/* Ends them and adds up what they saw into @r. */
void race_stop(struct racers *racers, struct result *r);

/* words.c: one word per page is written and looked at. */
static inline volatile uint32_t *word(const struct arena *a, size_t page)
{
	return (volatile uint32_t *)(a->base + page * PAGE + WORD_OFFSET);
}

/* A new value for each page of @r, or the same one for all. */
void words_fill(struct arena *a, struct range r, bool same);
/* Choose the probes in @r; the first and the last page are among them. */
void words_probe(struct arena *a, struct range r);
/* A new value for some of the probes, the last page among them. */
void words_renew(struct arena *a);
/* @r was discarded: it reads as zero. */
void words_discard(struct arena *a, struct range r);
/* Does the memory hold what the model says? Counts, 0 is right. */
unsigned int words_verify(struct arena *a);
/* Value that a foreign owner of the page may write; never one of ours. */
uint32_t words_foreign(const struct arena *a, size_t page);
/* What @got is, seen through the object at @page. */
const char *words_classify(const struct arena *a, size_t page, uint32_t got);

/* arena.c: 0 or -errno, with the reason in @why. */
int arena_create(struct arena *a, size_t size, char *why, size_t len);
/* Close the handle of @o and make a new one; 0 or -errno. */
int arena_renew(struct arena *a, struct object *o);
/* The range in whole huge pages that holds @r. */
struct range arena_hull(struct range r);

/*
 * via.c: a way to read through an object. @use is one attempt of a racer, as quick as
 * may be; @read is the word of each page of @r in the object, into @out.
 * @context belongs to one thread. All return 0 or -errno; -EAGAIN: try again.
 */
struct via {
	const char *name;
	int (*check)(int fd, char *why, size_t len);
	int (*create)(int fd, void **context);
	void (*destroy)(int fd, void *context);
	int (*use)(int fd, void *context, const struct object *o,
		   uint64_t *rng);
	int (*read)(int fd, void *context, const struct object *o,
		    struct range r, uint32_t *out);
	/* @read is as cheap for many pages as for one. */
	bool bulk;
};

extern const struct via *const vias[];		/* ends with NULL */
const struct via *via_find(const char *name);

#endif
