/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line per event, to stderr or to --log FILE.
 */
#ifndef HSW_LOG_H
#define HSW_LOG_H

#include <stdio.h>

#include "types.h"

/* Sends lines to path (appended); NULL means stderr. 0 or -errno. */
int log_open(const char *path);
/* Closes the file; lines go to stderr from then on. */
void log_close(void);

/* The stream lines go to; never NULL. */
FILE *log_file(void);

/* Something the user should know about the server itself. */
void log_info(const char *fmt, ...) PRINTF(1, 2);

/*
 * Lines which a client or a guest can provoke: at most LOG_BURST are written in a
 * second; those left out are counted, and the count is written with the next line.
 * log_allowed() takes one of them and says whether it may be written.
 */
#define LOG_BURST	20
bool log_allowed(void);

/* The client did something wrong. */
void log_client_error(const char *fmt, ...) PRINTF(1, 2);

/*
 * The guest did what real hardware would not understand: name the register or
 * command, and its address. Never fatal, limited as above. Counts into
 * stats.guest_errors. hsw->lock is held.
 */
void log_guest_error(struct hsw *hsw, const char *fmt, ...) PRINTF(2, 3);

#endif
