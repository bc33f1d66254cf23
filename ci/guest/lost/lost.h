/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lost: the blitter or a pwrite writes into a userptr object. Does the process find what
 * was written in its memory? See README.md, and main.c for the output.
 *
 * The memory belongs to the process all the time. Only innocent invalidations come: they
 * may move a page, copy it or write it to swap, but must not change what it holds.
 *
 * A write is held (also: late) if its request runs before the invalidation begins, but
 * writes only when the releaser lets it: its batch jumps to itself until then.
 *
 * The processes:
 *
 *	first		main.c and super.c. It watches the worker, and touches nothing
 *			that can hang.
 *	worker		Has the memory and the objects. It queues the requests; its
 *			threads, the calls, invalidate.
 *	releaser	Lets the held request go on. It is a process with a memory of its
 *			own, since an invalidation may hold the mmap_lock of the worker,
 *			and then no task of the worker is sure to run.
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

/* Words of a page that are written, bytes from its beginning. */
#define AT_LATE		128		/* the write of the GPU after the wait, or of pwrite */
#define AT_EARLY	136		/* the write of the same request before the wait */
#define AT_STORE	512		/* the CPU's stores: 8 bytes for each call */

enum { LOST_PASS, LOST_LOST, LOST_USAGE, LOST_SKIP, LOST_HANG };

/* A call is a thread of the worker that invalidates, and may wait for the GPU. */
enum call_state { CALL_NONE, CALL_STARTS, CALL_RUNS, CALL_DONE };

struct call_board {
	atomic_int tid;
	atomic_int state;		/* enum call_state */
};

/* In memory that all processes share. */
struct board {
	atomic_ulong progress;		/* counted up by the worker */
	_Atomic(const char *) what;	/* what the worker does; a string literal */
	atomic_bool hung;		/* the worker makes no progress */
	/* Why the result is LOST_LOST: a lost write, or only a call that did not wait. */
	atomic_bool lost, early;
	char note[320];			/* the reason, for the line of output */
	/* For the releaser: 0, or the number of the request to release. */
	atomic_uint armed;
	atomic_uint released;		/* number of the request released last */
	atomic_int worker;		/* pid */
	double hold;			/* seconds after which a request is released anyway */
	bool polls;			/* hold it that long, even if the calls sleep */
	atomic_bool go;			/* release it now */
	atomic_int gate;		/* for the calls: 0 wait, 1 begin, -1 end */
	struct call_board call[MAX_CALLS];
};
extern struct board *board;

enum { ANON = 1, PRIVATE = 2, SHARED = 4, HUGE = 8 };

/* The memory behind the object, made anew for each iteration. */
struct memory {
	char *base;			/* aligned to a huge page */
	char *reserved;			/* around base, no access: no mapping merges with it */
	size_t pages;			/* of the object */
	size_t span;			/* pages that are mapped */
	unsigned int kind;		/* one of ANON, ... */
	int file;			/* memfd, or -1 */
	size_t gone;			/* the page that the invalidation discards, or -1 */
	uint64_t pfn[MAX_PAGES];	/* at memory_locate(); 0: no page was there */
};

/* An innocent invalidation: it discards the content of no page but memory.gone. */
struct call;
struct inval {
	const char *name;
	const char *help;
	unsigned int kinds;		/* of memory that it can be tried with: ANON | ... */
	unsigned int flags;		/* INVAL_ */
	/* Once per process. 0, or -errno and a reason in @why: it cannot be tried. */
	int (*setup)(char *why, size_t len);
	/* Called before the object is made; 0 or -errno. */
	int (*prepare)(struct memory *m);
	/* Invalidate: 1 if it had an effect, 0 if not, -errno. Several threads may run it. */
	int (*run)(struct call *c);
	/* Called when the memory has been looked at; 0 or -errno. */
	int (*finish)(struct call *c);
};

/* All pages must hold the same before it: the request does no early write. */
#define INVAL_SAME	0x1
/* The pages must stay clean: the CPU does not store, the request does no early write. */
#define INVAL_CLEAN	0x2
/* A task of the kernel does it. The call looks for that in intervals, and so never sleeps long. */
#define INVAL_POLLS	0x4
/* It can run at the same time as another one. */
#define INVAL_PARTNER	0x8
/* For a moment the memory is not writable: a use returns EFAULT, a store may get SIGBUS. */
#define INVAL_HOLE	0x10
/* It takes no page away, and need not wait for the GPU. */
#define INVAL_NO_WAIT	0x20
/* A call that had an effect has invalidated: with --strict it must have waited. */
#define INVAL_WAITS	0x40
/* The memory must be a mapping of whole huge pages, as HUGE memory is. */
#define INVAL_WIDE	0x80
/* It discards one page of the object, so the object needs another one. */
#define INVAL_OTHER	0x100

extern const struct inval *const invals[];	/* ends with NULL */
const struct inval *inval_find(const char *name);
/* kthread.c */
extern const struct inval inval_ksm, inval_compact, inval_collapse;

/* A thread that does one invalidation, and then stores to each page. */
struct call {
	/* Set by the caller of calls_start(). */
	const struct inval *inval;
	struct memory *m;
	unsigned int index;		/* into board->call */
	unsigned long delay;		/* us before it begins */
	bool second;			/* begins when call 0 sleeps, or is done */
	bool held;			/* a request is held meanwhile */
	uint32_t store;			/* value to store in each page afterwards; 0: none */
	/* Set by call.c. */
	pthread_t thread;
	double began, ended;		/* of the invalidation, now() */
	int err;			/* of the stores: 0 or -errno */
	int ret;			/* what run() returned */
	bool early;			/* done before the request was released */
	pid_t child;			/* for fork */
	int fd;				/* for uffd-wp */
	bool started;			/* there is a thread to join */
};

/*
 * call.c: make a thread for each of @n calls, and let all begin when all are there: to
 * make a thread takes the mmap_lock, which the first call may hold. 0 or -errno. Call
 * calls_join() in both cases.
 */
int calls_start(struct call *c, unsigned int n);
/* Wait for the end of the threads. */
void calls_join(struct call *c, unsigned int n);
/*
 * True if the held request has been released: a call that waits for a task of the kernel
 * in vain, since the request keeps the pages, may give up.
 */
bool call_late(const struct call *c);
/* The state letter of the worker's thread @tid, see proc(5); 0 if the thread is gone. */
char call_state(pid_t tid);
/* True if the thread sleeps in the kernel. */
static inline bool call_asleep(pid_t tid)
{
	char state = call_state(tid);

	return state == 'D' || state == 'S';
}

/*
 * memory.c: map memory of @kind for an object of @pages. The mapping ends where the object
 * ends: mprotect would split a longer one, and for a file that needs a lock which
 * PUNCH_HOLE holds. With @wide the mapping is whole huge pages, and at least one small page
 * of it does not belong to the object. 0 or -errno.
 */
int memory_create(struct memory *m, size_t pages, unsigned int kind, bool wide);
void memory_destroy(struct memory *m);
/* Write the words of each page: AT_LATE becomes @value + the page's number, or @value if @same. */
void memory_fill(struct memory *m, uint32_t value, bool same);
/*
 * Store @value + the page's number at byte @at of each page but memory.gone. A system
 * call does it: it returns -EFAULT where a store would be a signal, and is repeated then
 * for 20 s. 0 or -errno.
 */
int memory_store(struct memory *m, size_t at, uint32_t value);
/* The word at byte @at of @page. */
uint32_t memory_word(const struct memory *m, size_t page, size_t at);
/* Take down which page frames the memory has. */
void memory_locate(struct memory *m);
/* How many pages have another frame, or none, since memory_locate(). */
size_t memory_moved(const struct memory *m);
/* KPF_ bits of the page at @addr; 0 if there is none. */
uint64_t memory_flags(const void *addr);
#define KPF_SWAPCACHE	(1ull << 13)
/* Make reclaim look at these pages first: MADV_COLD. */
void memory_cold(struct memory *m);
/* Ask the kernel to write all pages to swap: MADV_PAGEOUT. 0 or -errno. */
int memory_pageout(struct memory *m);
/* True if the kernel has MADV_PAGEOUT. */
bool memory_can_pageout(void);
/* True if there is a swap area. */
bool memory_has_swap(void);
/* A value that no word had before; not 0. The MAX_PAGES - 1 values after it are free, too. */
uint32_t fresh_value(void);

/*
 * Take most of the memory away, and start a process that wants more than what is left
 * while pressure(true) is in force. 0, or -errno with the reason in @why.
 */
int pressure_start(char *why, size_t len);
void pressure(bool on);

/* late.c: the request of the blitter, one at a time. */
struct late {
	int fd;
	uint32_t batch, mark, values;	/* handles of the objects that are mapped below */
	volatile uint32_t *map;		/* of the batch */
	volatile uint32_t *marks;	/* serial of the last request that started, that wrote */
	volatile uint32_t *value;	/* what to write: late, then early; MAX_PAGES each */
	uint32_t serial;		/* of the request queued last */
	pid_t releaser;
};

/* 0 or -errno. */
int late_create(struct late *l, int fd);
/*
 * Queue a request that writes to each page of @m through the object @target. The word at
 * AT_LATE of page i becomes @late + i. If @early is not 0, the word at AT_EARLY becomes
 * @early + i before that. With @held the request waits for late_release() between the
 * two. 0 or -errno.
 */
int late_queue(struct late *l, uint32_t target, const struct memory *m,
	       uint32_t late, uint32_t early, bool held);
/* Wait until the request runs: 0, or -ETIME after @seconds. */
int late_started(struct late *l, double seconds);
/* In the releaser: let the held request write. */
void late_release(struct late *l);
/* Wait for the request's end: 0, -ETIME after @seconds, -EIO if it ended without the write. */
int late_wait(struct late *l, double seconds);
/* Fork the releaser. 0 or -errno. */
int releaser_start(struct late *l);
/*
 * Make the releaser release the request of @l when each call of the board sleeps or is
 * done, or after @hold seconds. With @polls not before @hold seconds.
 */
void releaser_arm(struct late *l, double hold, bool polls);
/* True once the request queued last has been released. */
bool released(const struct late *l);

enum writer { BLIT, PWRITE };
/* Linux 5.13 and later do. */
#define REFUSED		"the kernel refuses a pwrite to a userptr object"
extern const char *const writers[];	/* of enum writer, for the output */

/* What the line of a random run counts. */
struct counts {
	unsigned long iterations;
	unsigned long early;		/* calls that were done before the release */
	unsigned long strict;		/* those of them that had to wait (INVAL_WAITS) */
	unsigned long moved;		/* iterations after which a page had another frame */
	unsigned long overlapped;	/* iterations in which call 0 and the write overlapped */
	unsigned long idle;		/* iterations in which call 0 had no effect */
	unsigned long void_;		/* iterations in which the write was refused, or reset */
	unsigned long errors;		/* calls and writes that failed and must not fail */
	unsigned long lost;		/* iterations with a lost write */
};

/* The options of the command line, see --help. */
struct choice {
	const struct inval *inval[32];
	enum writer via[2];
	size_t pages[8];
	unsigned int threads[4];
	unsigned int ninvals, nvias, npages, nthreads;
	double seconds;
	bool strict;
	uint64_t seed;
	double hang;			/* seconds without progress that are a hang */
};
extern struct choice opt;

/* A known fault, brought about one step at a time: ways.c. */
struct way {
	const char *name;
	const char *help;
	/* Runs in the worker. A LOST_ value; board->note has the reason. */
	int (*run)(void);
};
extern const struct way *const ways[];		/* ends with NULL */
const struct way *way_find(const char *name);

/*
 * choice.c: parse the command line. An exit status, or -1 to go on: with the *@n ways in
 * @list, which has room for 32, or with opt if *@n is 0.
 */
int choice_parse(int argc, char **argv, const struct way **list, unsigned int *n);

/* loop.c: the random mode. */
struct combination {
	const struct inval *inval;
	enum writer via;
	size_t pages;
	unsigned int threads;
};
/* Runs in the worker, for opt.seconds. A LOST_ value; board->note has the counts. */
int loop_run(const struct combination *c);
/*
 * How many pages of @m do not hold @want + the page's number (@same: @want) at byte @at.
 * The note describes the first one, and calls the word @what.
 */
size_t look(const struct memory *m, size_t at, uint32_t want, bool same, const char *what);
/*
 * Write with one pwrite: @late + i to AT_LATE of page i, and to AT_STORE what each of the
 * @n calls stores there. Repeated while it returns -EAGAIN. 0 or -errno.
 */
int pwrite_words(int fd, uint32_t handle, const struct memory *m, uint32_t late,
		 const struct call *c, unsigned int n);

/* super.c */
/* Set board->note, unless it is set already. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same with "@what: the error @err", @err 0 or -errno; returns @code. */
int because(int code, const char *what, int err);
/* In the first process, once: the board, and locked memory. 0 or LOST_SKIP. */
int super_start(void);
/* Run @life(@arg) in a worker, watch it, print the line of @name. A LOST_ value. */
int watch_over(const char *name, int (*life)(const void *arg), const void *arg);
/* In the worker: it makes progress, and does @what (a string literal) now. */
void alive(const char *what);
#endif
