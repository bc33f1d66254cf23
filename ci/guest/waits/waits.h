/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waits: which task waits for which, when a process has userptr objects. A way is one
 * scene in which a wrong driver waits for something that need not come: see ways.c for
 * the list, main.c for the output.
 *
 * The processes:
 *
 *	first		main.c. It prints. It opens no device and no userfaultfd and
 *			shares only the board, so nothing that it does can wait for the
 *			processes below.
 *	manager		A child of the first process, one for each way. It starts the
 *			party and the other clients, says when each thread of the party
 *			may begin, and judges what it sees.
 *	party		A child of the manager. It has the userptr object. Its threads
 *			are the parts: COPY, EXEC, CALL, DISCARD.
 *	other clients	Children of the manager, other.c. Each opens the device and runs
 *			batches. They must get on whatever the party waits for.
 */
#ifndef WAITS_H
#define WAITS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/gem.h"

#define DEVICE	"/dev/dri/card0"
#define CARD	"/sys/class/drm/card0"

enum { WAITS_PASS, WAITS_FAIL, WAITS_USAGE, WAITS_SKIP, WAITS_HANG };

/* What thread CALL does: something that invalidates the object's memory, as a rule. */
enum call {
	CALL_MPROTECT, CALL_FORK, CALL_MMAP,		/* must.c */
	CALL_TILING, CALL_CACHING, CALL_FENCE, CALL_SUSPEND,	/* revoke.c */
	CALL_RECLAIM,					/* reclaim.c */
};

struct way {
	const char *name;
	const char *help;
	/* Runs in the manager. A WAITS_ value; board->why has the reason. */
	int (*run)(const struct way *way);
	enum call call;
	bool pwrite;		/* thread COPY does a pwrite, not a pread */
	bool again;		/* a batch uses the object once more before the call */
	bool hang;		/* the batch does not end by itself */
};

extern const struct way ways[];		/* ends with a name that is NULL */

/* The threads of a party. */
enum role { COPY, EXEC, CALL, DISCARD, ROLES };

struct part {
	atomic_int tid;		/* 0: there is no such thread */
	atomic_int go;		/* 1: the manager lets the thread begin; a futex */
	atomic_bool in;		/* the thread has begun */
	atomic_bool done;	/* what the thread had to do has returned */
	atomic_int err;		/* valid once done: 0 or -errno */
};

#define ENGINES	4

/* Memory that all processes share. */
struct board {
	struct part part[ROLES];
	atomic_int party;		/* pid of the last party, or 0 */
	/* reclaim.c: how often reclaim is to take the object's pages, and did so. */
	atomic_uint reclaims_wanted, reclaims_done;
	atomic_bool cold;		/* the pages are the first that reclaim looks at */
	/* Set by the party: what it had to catch was over before. The manager retries. */
	atomic_int missed;
	/* For each of engines[]: batches of the other clients that are complete. */
	atomic_ulong batches[ENGINES];
	atomic_ulong preads;		/* of new objects, by other_userptr()'s client */
	atomic_int failed;		/* 0, or -errno of an other client */
	atomic_int verdict;		/* the manager's WAITS_ value; -1: none yet */
	char why[400];			/* its reason, for the last column of the output */
};
extern struct board *board;

extern double limit;		/* --limit: seconds for what needs nothing but the CPU */

/* main.c: write the reason to board->why; returns @verdict. */
int verdict(int verdict, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* party.c */
struct party {
	pid_t pid;
	int sock;			/* the manager's end */
};

/*
 * Fork a party. It calls @fn with its end of the socket; if @fn returns, 0 or -errno,
 * the party exits with the errno as its exit status. 0 or -errno.
 */
int party_start(struct party *p, int (*fn)(int sock));
/*
 * In the party: make the thread @role, which waits for part_go() and then calls @fn.
 * Returns when the thread is there. 0 or -errno.
 */
int part_start(enum role role, int (*fn)(void));
/* In the party, when all is prepared: sleep for ever. */
void party_sleep(void) __attribute__((noreturn));
/*
 * In the party, as its last step. If @err is not 0: return it. Otherwise send @fd to the
 * manager, which says that all is prepared, close @fd unless it is @sock, and sleep for
 * ever. Returns -errno if @fd cannot be sent.
 */
int party_ready(int err, int sock, int fd);
/* In the manager, from here on: let the thread @role begin. */
void part_go(enum role role);
/* True once the thread is done; false after @seconds, or if the party has ended before. */
bool part_done(enum role role, double seconds);
/* What the thread's function returned: 0 or -errno. Valid once the thread is done. */
int part_err(enum role role);
/*
 * True once the thread is done, or has been asleep (S or D) at each look for half a
 * second. False after @seconds, or if the thread is gone.
 */
bool part_sleeps(enum role role, double seconds);
/*
 * Send SIGKILL to the last party if it still exists. True if it does not end within the
 * limit: @left gets a line about the tasks that are left.
 */
bool party_remains(char *left, size_t len);
/* SIGKILL, and wait for the end of all threads: 0, -ETIME after the limit, or -errno. */
int party_kill(struct party *p);
/* Wait for the end of the child @pid: its wait status goes to @status. 0, -ETIME or -errno. */
int reap(pid_t pid, double seconds, int *status);
/* The same for a party, without SIGKILL: -ETIME after the limit. */
int party_reap(struct party *p, int *status);

/* task.c: what proc says of the threads of @pid. */
/* The state letter of proc(5): R, S, D, Z, ...; 0 if there is no such thread. */
char task_state(pid_t pid, pid_t tid);
/*
 * For each thread that is not idle: its name, its state, and the kernel function in which
 * it sleeps, e.g. "copy D in down_read, call D in i915_request_wait". Empty if there is none.
 */
void tasks_left(pid_t pid, char *buf, size_t len);

/* fds.c */
/* Send a file descriptor: 0 or -errno. */
int fd_send(int sock, int fd);
/*
 * The file descriptor that the party sends; -ETIME after the limit, -ECHILD if the party
 * ends without one, or -errno.
 */
int fd_receive(int sock);
/* True once the sync_file @fd is signalled; false after @seconds. */
bool fence_signalled(int fd, double seconds);
/* A sw_sync timeline, and a sync_file of it that is pending: the timeline, or -errno. */
int timeline_open(int *fence);
/* Signal that sync_file: 0 or -errno. */
int timeline_signal(int timeline);

/* held.c: memory in which a fault waits until the manager fills the page. */
/* A userfaultfd, or -errno. */
int held_open(void);
/*
 * @bytes of private memory, a multiple of PAGE. A fault at its first page waits for
 * held_fill(), each time the page is missing. NULL if there is none.
 */
char *held_map(int uffd, size_t bytes);
/*
 * Wait until some thread faults at a held page: 0, and *@page is the page. -ETIME after
 * @seconds; -ECANCELED if the thread @role is done and has not faulted.
 */
int held_wait(int uffd, enum role role, double seconds, char **page);
/* Let the fault at @page look again: it finds no page and waits again. 0 or -errno. */
int held_wake(int uffd, char *page);
/* Fill @page with zeros: the fault goes on. 0 or -errno. */
int held_fill(int uffd, char *page);

/* batch.c: all return 0 or -errno. */
enum {
	BATCH_NOP,		/* ends at once */
	BATCH_ENDLESS,		/* jumps to itself until the GPU is reset */
};
/* An object of one page that holds such a batch. */
int batch_create(int fd, int kind, uint32_t *batch);
struct batch {
	uint32_t batch;		/* handle, from batch_create() */
	int kind;		/* BATCH_ */
	uint32_t object;	/* handle of an object that it uses, as written; 0: none */
	uint64_t engine;	/* I915_EXEC_ flag */
	int in;			/* sync_file that it waits for; -1: none */
	int out;		/* 0: becomes the batch's own sync_file; -1: not wanted */
};
/* One execbuf. -EAGAIN: the pages of the object are being fetched. */
int batch_queue(int fd, struct batch *b);
/* The same, repeated while it returns -EAGAIN. */
int batch_run(int fd, struct batch *b);
/*
 * Make an object over @bytes at @memory and a batch of @b->kind, and run the batch with
 * the object: sets @b->object and @b->batch.
 */
int batch_over(int fd, void *memory, uint64_t bytes, struct batch *b);

/* engine.c */
struct engine {
	const char *name;
	uint64_t flag;
	int param;		/* I915_PARAM_ that is 1 if it exists; 0: it always does */
};
extern const struct engine engines[ENGINES];
#define RENDER	0		/* in engines[] */
#define BLITTER	1
/* True if the device @fd has engines[@e]. */
bool engine_there(int fd, unsigned int e);
/*
 * Turn the driver's hangcheck on or off: with hangcheck, the driver resets an engine
 * whose batch does not end. 0 or -errno.
 */
int hangcheck(bool on);
/* Reset the GPU; all batches that run end. 0 or -errno. */
int gpu_reset(void);
/* Set the blitter's heartbeat: hangcheck looks at it each @ms milliseconds. 0 or -errno. */
int heartbeat(unsigned int ms);

/*
 * endless.c: for the ways in which a batch of the party does not end.
 *
 * Turn hangcheck off, open the device as *@fd, and start the party @fn, which starts
 * the batch on that file and sends the batch's sync_file. The manager keeps *@fd open,
 * so the batch goes on when the party ends. Returns the sync_file; or -1 if there is
 * none, and then board->why says why and hangcheck is on again.
 */
int endless_start(struct party *p, int (*fn)(int sock), int *fd);
/*
 * Close @fd, reset the GPU if the batch of the sync_file @fence still runs, and turn
 * hangcheck on. From here on a task that waits for the batch can go.
 */
void endless_stop(int fd, int fence);

/*
 * other.c: other clients of the device. The call starts one process for each engine, or
 * one for the blitter only. They run batches until others_end() or the manager's end.
 * 0 or -errno.
 */
int others_start(bool all_engines);
/*
 * Wait until each of them has completed a batch that it began after this call. 0, or
 * -ETIME after @seconds, or the client's -errno; *@which is the engine's name then.
 */
int others_go_on(double seconds, const char **which);
/*
 * One more client makes new userptr objects and uses them, first by pread and then by
 * execbuf, and ends. 0; -ETIME if it has not ended after @seconds, and @where says in
 * which of the two it is and where its threads sleep; or -errno of a use.
 */
int other_userptr(double seconds, char *where, size_t len);
void others_end(void);

/* cpu.c: seconds of CPU time. */
void cpu_kworkers_begin(void);
/* What all kworkers together have used since cpu_kworkers_begin(). */
double cpu_kworkers(void);
/* What the process @pid has used since its start; 0 if there is no such process. */
double cpu_process(pid_t pid);

/* The ways, each in the file named: what struct way has as run. */
int copy_held(const struct way *way);		/* copy.c */
int copy_fresh(const struct way *way);
int copy_gtt(const struct way *way);		/* gtt.c */
int alias(const struct way *way);		/* alias.c */
int spin_plain(const struct way *way);		/* spin.c */
int spin_gtt(const struct way *way);
int spin_batch(const struct way *way);		/* busy.c */
int exit_fence(const struct way *way);		/* exit.c */
int exit_endless(const struct way *way);
int exit_hang(const struct way *way);
int exit_shared(const struct way *way);		/* shared.c */
int killed_other(const struct way *way);	/* killed.c */
int killed_owner(const struct way *way);
int shrink_way(const struct way *way);		/* shrink.c */
int own_gtt(const struct way *way);		/* own.c */

/*
 * gtt.c: start a party whose pread is repeated through the GTT and waits there for a held
 * page. Sets *@uffd and *@page of that page. part_go(CALL) makes the party do @call.
 * 0; -ECANCELED if the driver has no copy through the GTT, and COPY is done; or -errno.
 */
int gtt_copy(enum call call, struct party *p, int *uffd, char **page);

/* spin.c */
/*
 * While @what lasts (words for the output), neither the kworkers nor the party may be
 * busy, and other_userptr() must be done within @seconds. A WAITS_ value.
 */
int spin_look(struct party *p, const char *what, double seconds);
/* Kill the party. Returns @result, or WAITS_HANG if the party does not end. */
int spin_end(struct party *p, int result);

/* reclaim.c */
/*
 * In the party, thread CALL: each time reclaim() asks, wait until reclaim has unmapped some
 * of the @pages pages at @p, and say so on the board. Returns only an error, -errno.
 */
int reclaim_wait(char *p, size_t pages);
/*
 * In the manager: make memory short until reclaim_wait() has seen pages go once more. 0,
 * -ETIME after @seconds, or -errno.
 */
int reclaim(double seconds);
/* Give back the memory that reclaim() took. */
void reclaim_end(void);

/* must.c */
extern const char *const call_names[];	/* of enum call, for the output */
/* Do @call, one of mprotect, fork and mmap, on @bytes at @p. 0 or -errno. */
int do_call(enum call call, char *p, size_t bytes);
/*
 * In the manager. Thread CALL of @p has begun. It must return while thread COPY waits for
 * @page of @uffd (@uffd -1: nothing is held). The other clients must get on. After
 * SIGKILL no task of the party may be left. A WAITS_ value.
 */
int must_return(struct party *p, int uffd, char *page, enum call call);

/*
 * revoke.c: make the driver revoke the GTT mmap of the object @handle, of @size bytes, in
 * the way that @call says. Both return 0 or -errno.
 */
/* To be called before the mmap is touched. */
int revoke_prepare(enum call call, int fd, uint32_t handle);
int revoke_mmap(enum call call, int fd, uint32_t handle, uint64_t size);
/* Let the device suspend when it has been idle for 100 ms. 0 or -errno. */
int suspend_allow(void);
/*
 * Wait for at most @seconds until the device is suspended. Its runtime_status after that:
 * "suspended", "suspending", "active", ...; "unknown" if it cannot be read. Never NULL.
 */
const char *suspend_wait(double seconds);
/* Wake the device up for good. */
void suspend_forbid(void);

#endif
