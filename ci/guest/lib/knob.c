// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "knob.h"
#include "sys.h"

struct knobs *knobs;

int knob_set(const char *path, const char *value)
{
	unsigned int n = knobs->count;
	int err;

	if (n == MAX_KNOBS)
		return -ENOSPC;
	err = sys_read(path, knobs->knob[n].was, sizeof(knobs->knob[n].was));
	if (err)
		return err;
	knobs->knob[n].path = path;
	knobs->count = n + 1;
	return sys_write(path, value);
}

void knobs_restore(void)
{
	while (knobs->count) {
		unsigned int n = knobs->count - 1;

		sys_write(knobs->knob[n].path, knobs->knob[n].was);
		knobs->count--;
	}
}
