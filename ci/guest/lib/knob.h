/* SPDX-License-Identifier: GPL-2.0-only */
/* Switches of proc and sysfs that a test changes for its time. */
#ifndef KNOB_H
#define KNOB_H

#include <stdatomic.h>

#define MAX_KNOBS	8

struct knobs {
	struct {
		const char *path;	/* a string literal */
		char was[64];		/* its content before */
	} knob[MAX_KNOBS];
	atomic_uint count;
};

/* In memory that the supervisor shares: it restores them if the test died. */
extern struct knobs *knobs;

/* Write @value; what was there comes back when the test ends. 0 or -errno. */
int knob_set(const char *path, const char *value);
void knobs_restore(void);

#endif
