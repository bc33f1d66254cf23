/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lost writes: what the blitter or a pwrite wrote into a userptr object, and what
 * the process then does not find in its memory.
 *
 * The memory stays the process's all the time. Only innocent invalidations come:
 * they may move a page, copy it or write it to swap, but its content must be what
 * was written last. A write is late if its request runs before the invalidation
 * begins and writes only when it is released: a batch of its own jumps to itself
 * until then.
 *
 * Processes: the first one supervises and touches nothing that can hang. The worker
 * has the objects. The releaser ends the batch; it has a memory of its own, for no
 * task of the worker can be sure to run while an invalidation holds the mmap_lock.
 */
#ifndef LOST_H
#define LOST_H

#include <pthread.h>
#include <sys/types.h>

#include "../lib/gem.h"
#include "../lib/knob.h"

#define MIB		(1ul << 20)
#define MAX_PAGES	4096u		/* of an object */
#define MAX_CALLS	4		/* invalidations at a time */
#define DEVICE		"/dev/dri/card0"

/* The words of a page, bytes from its beginning. */
#define AT_LATE		128		/* the late write of the GPU, or of pwrite */
#define AT_EARLY	136		/* of the same request, before it waits */
#define AT_STORE	512		/* the CPU's, 8 bytes for each call */

enum { LOST_PASS, LOST_LOST, LOST_USAGE, LOST_SKIP, LOST_HANG };

/* A call of the worker that may wait for the GPU. */
enum call_state { CALL_NONE, CALL_STARTS, CALL_RUNS, CALL_DONE };

struct call_board {
	atomic_int tid;
	atomic_int state;		/* enum call_state */
};

/* In memory that all processes share. */
struct board {
	atomic_ulong progress;		/* counted up by the worker */
	_Atomic(const char *) what;	/* it does, a string literal */
	atomic_bool hung;
	/* What is wrong is a lost write, or only a call that did not wait. */
	atomic_bool lost, early;
	char note[320];			/* for the last line */
	/* For the releaser: 0, or the number of the request to release. */
	atomic_uint armed;
	atomic_uint released;		/* number of the last one */
	atomic_int worker;		/* pid */
	double hold;			/* seconds at the most */
	bool polls;			/* a call looks in intervals: wait that long */
	atomic_bool go;			/* release it now */
	atomic_int gate;		/* of the calls: 0 shut, 1 open, -1 go away */
	struct call_board call[MAX_CALLS];
};
extern struct board *board;

enum { ANON = 1, PRIVATE = 2, SHARED = 4, HUGE = 8 };

/* The memory behind the object, made anew for each iteration. */
struct memory {
	char *base;			/* aligned to a huge page */
	char *reserved;			/* around it, no access: no neighbour to merge with */
	size_t pages;			/* of the object */
	size_t span;			/* pages that are mapped */
	unsigned int kind;		/* one of ANON, ... */
	int file;			/* memfd, or -1 */
	size_t gone;			/* a page that the invalidation discards, or -1 */
	uint64_t pfn[MAX_PAGES];	/* before, 0: not there */
};

/* An invalidation that takes no page's content away, but that of memory.gone. */
struct call;
struct inval {
	const char *name;
	const char *help;
	unsigned int kinds;		/* of memory it is for */
	unsigned int flags;
	/* Once per process: -errno and a reason in @why: it cannot be tried. */
	int (*setup)(char *why, size_t len);
	/* Before the object is made; 0 or -errno. */
	int (*prepare)(struct memory *m);
	/* 1 if it had effect, 0 if not, -errno. May run in several threads. */
	int (*run)(struct call *c);
	/* When the memory has been looked at; 0 or -errno. */
	int (*finish)(struct call *c);
};

/* The content of pages is the same before: no early write. */
#define INVAL_SAME	0x1
/* The CPU must not store: the page has to stay clean. */
#define INVAL_CLEAN	0x2
/* It waits for a task of the kernel, by looking in intervals. */
#define INVAL_POLLS	0x4
/* Another one can run at the same time. */
#define INVAL_PARTNER	0x8
/* A use may meet memory that cannot be written: EFAULT, or SIGBUS. */
#define INVAL_HOLE	0x10
/* It takes no page away and need not wait for the GPU. */
#define INVAL_NO_WAIT	0x20
/* A call that is done has invalidated: with --strict it must have waited. */
#define INVAL_WAITS	0x40
/* Its mapping is whole huge pages, as that of HUGE memory is. */
#define INVAL_WIDE	0x80
/* A page of the object is given up for it: there must be another one. */
#define INVAL_OTHER	0x100

extern const struct inval *const invals[];	/* ends with NULL */
const struct inval *inval_find(const char *name);
/* kthread.c */
extern const struct inval inval_ksm, inval_compact, inval_collapse;

struct call {
	const struct inval *inval;
	struct memory *m;
	unsigned int index;		/* of board->call */
	unsigned long delay;		/* us before it begins */
	bool second;			/* after the first call sleeps, or is done */
	bool held;			/* a request is held meanwhile */
	uint32_t store;			/* to store in each page afterwards; 0: nothing */
	pthread_t thread;
	double began, ended;		/* now() */
	int err;			/* of the stores, -errno */
	int ret;			/* what run() returned */
	bool early;			/* done before the release */
	pid_t child;			/* of fork */
	int fd;				/* of uffd-wp */
	bool started;
};

/*
 * call.c: start all at once, when each has its thread: to make one takes the mmap_lock.
 * 0 or -errno, then those that are there have to be joined as well.
 */
int calls_start(struct call *c, unsigned int n);
void calls_join(struct call *c, unsigned int n);
/* Is it time to give up, for what a held request keeps away will not come? */
bool call_late(const struct call *c);
/* The state of the worker's thread @tid as in /proc, 'D' for one: 0 if it has gone. */
char call_state(pid_t tid);
/* It sleeps in the kernel. */
static inline bool call_asleep(pid_t tid)
{
	char state = call_state(tid);

	return state == 'D' || state == 'S';
}

/*
 * memory.c: the mapping ends with the object: to split one of a file, mprotect would
 * wait for a lock that PUNCH_HOLE holds. With @wide it is whole huge pages, of which at
 * least one small page is no object's. 0 or -errno.
 */
int memory_create(struct memory *m, size_t pages, unsigned int kind, bool wide);
void memory_destroy(struct memory *m);
/* A value in each word; @same: all pages alike. */
void memory_fill(struct memory *m, uint32_t value, bool same);
/*
 * Store @value at @at of each page but memory.gone: by a system call, which says
 * -EFAULT where a store would be a signal, and is tried again then. 0 or -errno.
 */
int memory_store(struct memory *m, size_t at, uint32_t value);
uint32_t memory_word(const struct memory *m, size_t page, size_t at);
void memory_locate(struct memory *m);
/* Pages that are elsewhere, or nowhere, now. */
size_t memory_moved(const struct memory *m);
/* KPF_ bits of the page at @addr, 0 if it is not there. */
uint64_t memory_flags(const void *addr);
#define KPF_SWAPCACHE	(1ull << 13)
/* Make reclaim look at them first. */
void memory_cold(struct memory *m);
/* Write all its pages to swap, or try to. */
int memory_pageout(struct memory *m);
bool memory_can_pageout(void);
bool memory_has_swap(void);
/* A value that was never used, not 0. */
uint32_t fresh_value(void);

/*
 * Little memory is left from now on, and a process wants more than that, on
 * demand. 0 or -errno with the reason in @why.
 */
int pressure_start(char *why, size_t len);
void pressure(bool on);

/* late.c: the late request, one at a time. */
struct late {
	int fd;
	uint32_t batch, mark, values;
	volatile uint32_t *map;		/* the batch */
	volatile uint32_t *marks;	/* serial of the request that started, that wrote */
	volatile uint32_t *value;	/* late, then early; MAX_PAGES each */
	uint32_t serial;		/* of the request queued last */
	pid_t releaser;
};

int late_create(struct late *l, int fd);
/*
 * Queue it for all pages of @m in the object @target; the late word of page i
 * becomes @late + i, the early one, if @early is not 0, @early + i. With @held it
 * waits for late_release(). 0 or -errno.
 */
int late_queue(struct late *l, uint32_t target, const struct memory *m,
	       uint32_t late, uint32_t early, bool held);
/* Wait until it runs; 0 or -ETIME. */
int late_started(struct late *l, double seconds);
/* In the releaser: let it write. */
void late_release(struct late *l);
/* Wait for its end; 0, -ETIME, or -EIO if it ended without the write. */
int late_wait(struct late *l, double seconds);
/* The releaser's life. */
int releaser_start(struct late *l);
/* The calls of the board are set up: release the request when they block or are done. */
void releaser_arm(struct late *l, double hold, bool polls);
bool released(const struct late *l);

enum writer { BLIT, PWRITE };
/* As Linux 5.13 and later do. */
#define REFUSED		"the kernel refuses a pwrite to a userptr object"
extern const char *const writers[];

struct counts {
	unsigned long iterations;
	unsigned long early;		/* a call was done before the request */
	unsigned long strict;		/* that had to wait */
	unsigned long moved;		/* a page was elsewhere afterwards */
	unsigned long overlapped;	/* a call began before the write's end */
	unsigned long idle;		/* the invalidation had no effect */
	unsigned long void_;		/* the write was refused, or reset */
	unsigned long errors;		/* of calls and writes that must not fail */
	unsigned long lost;		/* iterations with a lost write */
};

struct choice {
	const struct inval *inval[32];
	enum writer via[2];
	size_t pages[8];
	unsigned int threads[4];
	unsigned int ninvals, nvias, npages, nthreads;
	double seconds;
	bool strict;
	uint64_t seed;
	double hang;			/* seconds without progress */
};
extern struct choice opt;

/* A fault that is known, made one step at a time. */
struct way {
	const char *name;
	const char *help;
	int (*run)(void);		/* a LOST_ value, and board->note */
};
extern const struct way *const ways[];		/* ends with NULL */
const struct way *way_find(const char *name);

/* choice.c: an exit code, or -1 to go on with @way, or with opt if there is none. */
int choice_parse(int argc, char **argv, const struct way **list, unsigned int *n);

/* loop.c: one invalidation of opt for opt.seconds; a LOST_ value, and board->note. */
struct combination {
	const struct inval *inval;
	enum writer via;
	size_t pages;
	unsigned int threads;
};
int loop_run(const struct combination *c);
/* Words of @m at @at that are not @want, + page; the first is described in the note. */
size_t look(const struct memory *m, size_t at, uint32_t want, bool same, const char *what);
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int because(int code, const char *what, int err);
int pwrite_words(int fd, uint32_t handle, const struct memory *m, uint32_t late,
		 const struct call *c, unsigned int n);

/* super.c: run @life in a worker and say its verdict as @name; a LOST_ value. */
int super_start(void);
int watch_over(const char *name, int (*life)(const void *arg), const void *arg);
void alive(const char *what);
#endif
