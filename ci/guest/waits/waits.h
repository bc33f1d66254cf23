/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for whom. A party, a process with a userptr object, does what makes
 * a wrong driver wait for something that need not come. The manager, which forked
 * the party, watches it from outside, with other clients of the device as witnesses.
 * The first process outlives both: it has no device, no party's memory and no
 * userfaultfd open, so that nothing it does can wait for them.
 */
#ifndef WAITS_H
#define WAITS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/gem.h"

#define DEVICE	"/dev/dri/card0"
#define CARD	"/sys/class/drm/card0"

enum { WAITS_PASS, WAITS_FAIL, WAITS_USAGE, WAITS_SKIP, WAITS_HANG };

/* What invalidates the object's range, or otherwise is to return. */
enum call {
	CALL_MPROTECT, CALL_FORK, CALL_MMAP,		/* must.c */
	CALL_TILING, CALL_CACHING, CALL_FENCE, CALL_SUSPEND,	/* revoke.c */
	CALL_RECLAIM,					/* reclaim.c */
};

struct way {
	const char *name;
	const char *help;
	/* In the manager, a WAITS_ value. */
	int (*run)(const struct way *way);
	enum call call;
	bool pwrite;		/* the copy goes into the object */
	bool again;		/* the object is used once more before the call */
	bool hang;		/* the batch does not end by itself */
};

extern const struct way ways[];		/* ends with a name that is NULL */

/* The threads of a party, in memory that all processes share. */
enum role { COPY, EXEC, CALL, DISCARD, ROLES };

struct part {
	atomic_int tid;
	atomic_int go;		/* by the manager: the thread may begin; a futex */
	atomic_bool in;		/* it has begun */
	atomic_bool done;
	atomic_int err;		/* once done: 0 or -errno */
};

#define ENGINES	4

struct board {
	struct part part[ROLES];
	atomic_int party;		/* pid, or 0 */
	atomic_uint reclaims_wanted, reclaims_done;	/* reclaim.c */
	atomic_bool cold;
	atomic_int missed;		/* what the party saw: the moment had passed */
	/* Batches that other clients have seen completed: engine.c, other.c */
	atomic_ulong batches[ENGINES];
	atomic_ulong preads;		/* by another client, of new objects */
	atomic_int failed;		/* another client's -errno */
	atomic_int verdict;		/* WAITS_ value, or -1 */
	char why[400];
};
extern struct board *board;

extern double limit;		/* seconds that something which must come may take */

/* main.c: set board->verdict and board->why; returns @verdict. */
int verdict(int verdict, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* party.c */
struct party {
	pid_t pid;
	int sock;			/* the manager's end */
};

/* Fork; the child's exit status is what @fn says: 0 or -errno. 0 or -errno. */
int party_start(struct party *p, int (*fn)(int sock));
/* In the party: a thread that calls @fn once it may go. 0 or -errno. */
int part_start(enum role role, int (*fn)(void));
/* In the party, when all is prepared: sleep for ever. */
void party_sleep(void) __attribute__((noreturn));
/*
 * In the party, at its end: @err if it is one; or else send @fd, close it unless it is
 * @sock itself, and sleep for ever. -errno if it cannot be sent.
 */
int party_ready(int err, int sock, int fd);
void part_go(enum role role);
/* The thread is done within @seconds; false if not, or if the party is gone. */
bool part_done(enum role role, double seconds);
int part_err(enum role role);
/*
 * The thread is done, or sleeps whenever it is looked at in half a second. False if
 * it comes to neither within @seconds.
 */
bool part_sleeps(enum role role, double seconds);
/*
 * Of the last party, if that is still there: a line of who is left after SIGKILL, for
 * @left; false if all are gone.
 */
bool party_remains(char *left, size_t len);
/* SIGKILL, and wait for the end of all its threads: 0 or -ETIME after the limit. */
int party_kill(struct party *p);
/* Wait for a child's end: the wait status goes to @status. 0, -ETIME or -errno. */
int reap(pid_t pid, double seconds, int *status);
/* Wait without SIGKILL, after the limit -ETIME. */
int party_reap(struct party *p, int *status);

/* task.c: of one thread, or all, of @pid. */
/* R, S, D, ... or 0 if there is none such. */
char task_state(pid_t pid, pid_t tid);
/* A line of who is left and has something to wait for: name, state, where it sleeps. */
void tasks_left(pid_t pid, char *buf, size_t len);

/* fds.c: 0 or -errno; receive: fd or -errno (-ETIME after the limit). */
int fd_send(int sock, int fd);
int fd_receive(int sock);
/* A sync_file has signalled, waited for at most @seconds. */
bool fence_signalled(int fd, double seconds);
/* A fence that its timeline's owner has to signal: timeline or -errno. */
int timeline_open(int *fence);
int timeline_signal(int timeline);

/* held.c: userfaultfd; fd, 0 or -errno. */
int held_open(void);
/* Memory of @bytes whose first page waits for held_fill(); NULL if there is none. */
char *held_map(int uffd, size_t bytes);
/*
 * A fault at a held page is waiting: 0, -ETIME after @seconds, -ECANCELED if the
 * thread @role is done instead.
 */
int held_wait(int uffd, enum role role, double seconds, char **page);
/* It looks again, and waits again. */
int held_wake(int uffd, char *page);
int held_fill(int uffd, char *page);

/* batch.c: 0 or -errno */
enum { BATCH_NOP, BATCH_ENDLESS };
int batch_create(int fd, int kind, uint32_t *batch);
struct batch {
	uint32_t batch;
	int kind;
	uint32_t object;	/* that it uses, or 0 */
	uint64_t engine;	/* I915_EXEC_ */
	int in, out;		/* sync_files; -1: none. @out: 0 to get one */
};
int batch_queue(int fd, struct batch *b);
/* The same, again for as long as it says -EAGAIN. */
int batch_run(int fd, struct batch *b);
/* Run a new batch of @b's kind with a new object over @memory. */
int batch_over(int fd, void *memory, uint64_t bytes, struct batch *b);

/* engine.c */
struct engine {
	const char *name;
	uint64_t flag;
	int param;		/* that says whether there is one, or 0 */
};
extern const struct engine engines[ENGINES];
#define RENDER	0		/* in engines[] */
#define BLITTER	1
bool engine_there(int fd, unsigned int e);
/* The driver's hangcheck on or off; 0 or -errno. */
int hangcheck(bool on);
/* Reset the GPU; 0 or -errno. */
int gpu_reset(void);
/* Of the blitter, ms, until hangcheck looks; 0 or -errno. */
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

/* other.c: other clients, one a process, from now to the end of the manager. */
int others_start(bool all_engines);
/*
 * Each of them gets a batch done that it has begun after this call: 0, or -ETIME
 * after @seconds with the engine's name in @which.
 */
int others_go_on(double seconds, const char **which);
/*
 * Another client uses new objects, first by pread, or in an execbuf that has to
 * wait for the pages: 0, or -ETIME after @seconds. @where: what it did then.
 */
int other_userptr(double seconds, char *where, size_t len);
void others_end(void);

/* cpu.c: seconds of CPU time, of all kworkers since begin, of a process so far. */
void cpu_kworkers_begin(void);
double cpu_kworkers(void);
double cpu_process(pid_t pid);

/* The ways. */
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
 * gtt.c: a party whose pread waits, through the GTT, at @page of @uffd, and whose thread
 * CALL does @call. 0, or -ECANCELED if there is no such copy and COPY is done, or -errno.
 */
int gtt_copy(enum call call, struct party *p, int *uffd, char **page);

/* spin.c */
/*
 * While @what lasts: neither kworkers nor the party are busy, and another client uses
 * new objects, for which it gets @seconds. A WAITS_ value.
 */
int spin_look(struct party *p, const char *what, double seconds);
/* SIGKILL ends the party: @result, else a hang. */
int spin_end(struct party *p, int result);

/* reclaim.c */
/* In the party, for ever: say each time that some of @pages at @p have been unmapped. */
int reclaim_wait(char *p, size_t pages);
/* In the manager: make memory short until thread CALL, which does that, says it again. */
int reclaim(double seconds);
void reclaim_end(void);

/* must.c: what a call is called, and the call on [@p, @p + @bytes); 0 or -errno. */
extern const char *const call_names[];
int do_call(enum call call, char *p, size_t bytes);
/*
 * In the manager: thread CALL of @p must return while what holds it at @page of
 * @uffd lasts, others must go on, and after SIGKILL nothing is left. A WAITS_ value.
 */
int must_return(struct party *p, int uffd, char *page, enum call call);

/*
 * revoke.c: make the driver revoke the GTT mmap of @handle, of @size bytes. It is to be
 * prepared before the mmap is used. 0 or -errno.
 */
int revoke_prepare(enum call call, int fd, uint32_t handle);
int revoke_mmap(enum call call, int fd, uint32_t handle, uint64_t size);
int suspend_allow(void);
/* Its runtime_status, "suspended" or what it is after @seconds; never NULL. */
const char *suspend_wait(double seconds);
void suspend_forbid(void);

#endif
