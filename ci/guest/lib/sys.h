/* SPDX-License-Identifier: GPL-2.0-only */
/* What programs of the guest share: pages, files of proc and sysfs, time, exit codes. */
#ifndef SYS_H
#define SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE		4096ul
#define HUGE_PAGE	(2ul << 20)
#define HUGE_PAGES	(HUGE_PAGE / PAGE)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)	((a) < (b) ? (a) : (b))
#define MAX(a, b)	((a) > (b) ? (a) : (b))

enum { EXIT_CLEAN, EXIT_BAD, EXIT_USAGE, EXIT_SETUP, EXIT_HANG };

/* sys.c: 0 or -errno. */
int sys_read(const char *path, char *buf, size_t len);
int sys_write(const char *path, const char *text);
long sys_number(const char *path);			/* or -errno */
/* Break what a child shares with its parent, so that no copy on write follows. */
int own_memory(void);
double now(void);					/* seconds */
void nap(unsigned long us);
/* xorshift, period 2^64 - 1; @state must not be 0. */
uint64_t rng_next(uint64_t *state);
uint64_t rng_seed(uint64_t seed, uint64_t salt);

/* page.c: a page's whereabouts. */
bool page_locate(const void *addr, uint64_t *pfn);	/* present, and known */
bool page_is_huge(const void *addr);

#endif
