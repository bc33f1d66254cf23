// SPDX-License-Identifier: GPL-2.0-only
/* Switches of proc and sysfs; what they were is known to the supervisor, too. */
#include <errno.h>

#include "stale.h"

int knob_set(const char *path, const char *value)
{
	unsigned int n = shared->nknobs;
	struct knob *k = &shared->knob[n];
	int err;

	if (n == MAX_KNOBS)
		return -ENOSPC;
	err = sys_read(path, k->was, sizeof(k->was));
	if (err)
		return err;
	k->path = path;
	shared->nknobs = n + 1;
	return sys_write(path, value);
}

void knobs_restore(void)
{
	while (shared->nknobs) {
		struct knob *k = &shared->knob[shared->nknobs - 1];

		sys_write(k->path, k->was);
		shared->nknobs--;
	}
}
