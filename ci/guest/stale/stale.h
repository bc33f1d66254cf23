/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stale: does the GPU see pages that the process no longer has? main.c describes the
 * output.
 *
 * A combination is an operation on the memory, a way to read through an object, a size and
 * a number of objects. Each combination runs in a process of its own, the worker:
 *
 *	main thread	does the operation on the memory of one object, the victim, writes
 *			new values with the CPU, and reads them back through the object
 *	racers		threads that use the objects all the time meanwhile, so that the
 *			driver fetches pages while the operation takes them away
 *
 * A page is stale if the object shows something else than the memory.
 *
 * The first process supervises. It shares no memory with the GPU, so it can report a worker
 * that hangs.
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
#define MAX_PROBES	32		/* pages that are looked at one by one */
#define MAX_TOLD	3		/* stale pages that are described, per combination */

struct op;
struct via;

/* The command line, see --help. */
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
	double hang;			/* seconds without a beat that are a hang */
	uint64_t seed;
	const char *device;
};

/* One thread's sign of life, written by it, read by the supervisor. */
struct beat {
	atomic_ulong count;
	_Atomic(const char *) what;	/* what the thread does; a string literal */
	atomic_int tid;			/* 0: the thread does not run */
};

enum verdict {
	VERDICT_NONE,		/* the worker hung, or died */
	VERDICT_PASS,
	VERDICT_STALE,
	VERDICT_FAIL,		/* a use failed, or the memory was wrong */
	VERDICT_NORACE,		/* no use of a racer ever overlapped an operation */
	VERDICT_NOEFFECT,	/* no operation ever had an effect */
	VERDICT_SKIP,		/* the combination cannot be tried here */
};

struct result {
	enum verdict verdict;
	unsigned long iterations;
	/* How many iterations: */
	unsigned long raced;	/* a racer began or ended a use during the operation */
	unsigned long used;	/* a use succeeded during the operation */
	unsigned long idle;	/* the operation had no effect */
	unsigned long faulted;	/* a use met no memory (EFAULT), the object was made anew */
	unsigned long stale;	/* the object showed a stale page */
	unsigned long lost;	/* the memory did not hold what was written to it */
	/* How many uses: */
	unsigned long errors;	/* that failed and must not fail */
	unsigned long uses;	/* of racers, that succeeded */
	unsigned long retries;	/* of racers, that returned -EAGAIN */
	double seconds;
	double first;		/* seconds until the first stale page */
	char note[160];		/* the reason of the verdict, for the last column */
};

/* What the supervisor and a worker share. */
struct shared {
	struct beat beat[1 + MAX_THREADS];	/* 0: the main thread, then the racers */
	struct knobs knobs;
	struct result result;
	char told[MAX_TOLD][256];	/* descriptions of stale pages, for stderr */
	atomic_uint ntold;
	atomic_bool finished;		/* the worker got to its end */
};
extern struct shared *shared;
extern struct options options;

struct object {
	struct range range;		/* its pages in the arena */
	atomic_uint handle;
	/* Counted by the racers: uses of it that began, that ended, that succeeded. */
	atomic_ulong entered, left, uses;
};

/* The memory of one combination, and the objects in it. */
struct arena {
	char *base;			/* aligned to a huge page */
	char *spare;			/* as large as the arena, no access */
	size_t pages;			/* multiple of HUGE_PAGES */
	uint32_t *model;		/* what the word of each page must be */
	uint32_t *before;		/* what it was before the operation */
	struct object *object;
	unsigned int objects;
	int fd;
	const struct op *op;
	const struct via *via;
	uint64_t rng;
	uint32_t serial;		/* of the values written last, see words.c */
	uint32_t probe[MAX_PROBES];	/* pages of the arena that are looked at */
	unsigned int probes;
};

/* options.c: fills options. An exit status, or -1 to go on. */
int options_parse(int argc, char **argv);

/* report.c */
/* Print the lines before the results, which begin with #. */
void report_head(void);
/* Print the line of one combination. */
void report(const struct op *op, const struct via *via, size_t size,
	    unsigned int objects, const struct result *r);
/* The exit status for all combinations that were reported. */
int report_exit_code(void);

/*
 * super.c: run one combination in a worker and wait for it. 0; -1 if the worker hung or
 * died, which stderr says then; or -errno (below -1).
 */
int supervise(const struct op *op, const struct via *via, size_t size,
	      unsigned int objects);
/*
 * Tell the supervisor that the calling thread, number @who, lives, and does @what (a string
 * literal) now. 0 is the main thread.
 */
void beat(unsigned int who, const char *what);
/* The calling thread is number @who. It must call beat() from now on, until beat_end(). */
void beat_begin(unsigned int who);
void beat_end(unsigned int who);

/* run.c: the worker's life. The result goes to shared->result. */
void run(const struct op *op, const struct via *via, size_t size,
	 unsigned int objects);

/* race.c: start options.threads racers; 0 or -errno. race_stop() ends them in both cases. */
struct racers;
int race_start(struct arena *a, struct racers **racers);
/* From now on the racers use mostly the object number @victim. */
void race_victim(struct racers *racers, unsigned int victim);
/* End the racers, and add what they counted to @r. */
void race_stop(struct racers *racers, struct result *r);

/* words.c: the one word of each page that is written and looked at. */
static inline volatile uint32_t *word(const struct arena *a, size_t page)
{
	return (volatile uint32_t *)(a->base + page * PAGE + WORD_OFFSET);
}

/* Write a new value to each page of @r; with @same one value to all. */
void words_fill(struct arena *a, struct range r, bool same);
/* Choose the probes in @r; the first and the last page are among them. */
void words_probe(struct arena *a, struct range r);
/* Write a new value to some of the probes, the last page among them. */
void words_renew(struct arena *a);
/* Tell the model that @r was discarded: its words are 0 now. */
void words_discard(struct arena *a, struct range r);
/* How many probes of the memory do not hold what the model says. */
unsigned int words_verify(struct arena *a);
/*
 * A foreign value: what a page holds that the object does not see, or has not seen before.
 * It is never one of words_fill() or words_renew().
 */
uint32_t words_foreign(const struct arena *a, size_t page);
/* Words for the output: where the wrong value @got, read at @page, may come from. */
const char *words_classify(const struct arena *a, size_t page, uint32_t got);

/*
 * arena.c: map the memory and make a->objects objects of @size bytes. 0, or -errno with the
 * reason in @why.
 */
int arena_create(struct arena *a, size_t size, char *why, size_t len);
/* Close the handle of @o and make a new one; 0 or -errno. */
int arena_renew(struct arena *a, struct object *o);
/* The smallest range of whole huge pages that holds @r. */
struct range arena_hull(struct range r);

/*
 * via.c: a way to read through an object. All functions return 0 or -errno; -EAGAIN: try
 * again. @context belongs to one thread.
 */
struct via {
	const char *name;
	/* Can it be tried? May be NULL. The reason against it goes to @why. */
	int (*check)(int fd, char *why, size_t len);
	int (*create)(int fd, void **context);
	void (*destroy)(int fd, void *context);
	/* One attempt of a racer to read a page, as quick as possible. */
	int (*use)(int fd, void *context, const struct object *o,
		   uint64_t *rng);
	/* Read the word of each page of @r, a range in the object, into @out. */
	int (*read)(int fd, void *context, const struct object *o,
		    struct range r, uint32_t *out);
	/* @read takes no longer for many pages than for one. */
	bool bulk;
};

extern const struct via *const vias[];		/* ends with NULL */
const struct via *via_find(const char *name);

#endif
