/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What userptr objects cost: the calls that invalidate memory, an object's own
 * life, and whether an object can be used while the mm has no rest. Meant for a
 * guest under -icount, where a nanosecond is an instruction.
 */
#ifndef COST_H
#define COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/gem.h"

#define PATIENCE	50000000ul	/* ns that a use of one object may take */

/* Nanoseconds of CLOCK_MONOTONIC_RAW. */
uint64_t clock_ns(void);
/* Pin the calling thread to @cpu. */
void stay_on(int cpu);
/* The middle one of @n values, which are sorted. */
uint64_t median(uint64_t *ns, unsigned int n);
/* A line of the result. @where: "apart", "inside" or "-". */
void result(const char *what, unsigned int objects, const char *where,
	    uint64_t value, const char *unit);
/* Print what failed, and why, and exit 1. */
void failed(const char *what, int err) __attribute__((noreturn));

/* Anonymous memory, each page written to. */
char *memory(size_t bytes);
/* The same at an address that has nothing, or something that may go. */
void memory_at(char *p, size_t bytes);
void touch(char *p, size_t bytes);

/* crowd.c: @n objects of a page. */
struct crowd {
	int fd;
	unsigned int n;
	uint32_t *handle;
	char *mem;		/* their own, or NULL if they lie in the range */
};

/*
 * Objects in @range of @bytes, round and round, or in memory of their own, which
 * fork() does not copy, if @range is NULL.
 */
void crowd_create(struct crowd *c, int fd, unsigned int n, char *range,
		  size_t bytes);
void crowd_get_pages(struct crowd *c);	/* all of them have pages then */
void crowd_destroy(struct crowd *c);

/*
 * use.c: have the GPU run a batch that does nothing and names @n objects (1 to
 * MOST_OBJECTS), until the driver takes it: 0, -ETIME after PATIENCE, or what else
 * it says. @tries, if not NULL, is counted up. Later kernels refuse to pread a
 * userptr object; this they all take.
 */
#define MOST_OBJECTS	10000
int use_objects(int fd, const uint32_t *handle, unsigned int n,
		unsigned int *tries);
/* The GPU is done with all that. */
void use_settled(int fd);

void measure_calls(int fd);		/* calls.c */
void measure_life(int fd);		/* life.c */
void measure_share(int fd);		/* share.c */

#endif
