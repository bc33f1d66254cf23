/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three ways to make the mm invalidate, or gup need, what the same task already
 * holds if the driver keeps a lock from the start of an invalidation to its end.
 * Each is harmless to a driver that does not.
 */
#ifndef TRAPS_H
#define TRAPS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "../lib/gem.h"

#define MIB	(1ul << 20)

enum { TRAP_PASS, TRAP_BAD, TRAP_USAGE, TRAP_SKIP, TRAP_HANG };

struct way {
	const char *name;
	const char *help;
	/* In the child, with the device's @fd; a TRAP_ value. */
	int (*run)(int fd);
	double silent;		/* seconds without progress that are a hang */
};

extern const struct way *const ways[];		/* ends with NULL */

/* In memory that all processes share. */
struct board {
	atomic_ulong progress;	/* counted up by the child */
	/* Bytes to write round and round for the eater; 0: nothing yet */
	atomic_ulong appetite;
	atomic_bool hung;
	char note[160];		/* of the child, for the last line */
};
extern struct board *board;

/* ways.c: a line of why, then @code. */
int because(int code, const char *what, int err);

/* memory.c */
/* Zeroed when touched; @advice as for madvise(). NULL if there is none. */
char *map(size_t bytes, int advice);
/* The word of each page is @salt and the page's number from then on. */
void fill(char *p, size_t bytes, uint32_t salt);
uint32_t word_of(size_t page, uint32_t salt);
/* Bytes that are free or easily freed, and bytes of ours that are in swap. */
size_t memory_left(void);
size_t memory_swapped(void);
/* Does not return: write board->appetite bytes round and round. */
void eat(void) __attribute__((noreturn));

#endif
