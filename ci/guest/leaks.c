// SPDX-License-Identifier: GPL-2.0-only
/* What kmemleak has found, Documentation/dev-tools/kmemleak.rst. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define AGE		6		/* s; younger than 5 it does not report them */
#define LINES		200		/* more are not read by anybody */

int leaks_log(void)
{
	char line[512];
	int log, found = 0, lines = 0;
	FILE *f;

	if (access(KMEMLEAK, R_OK))
		return -ENOENT;
	/* The host must not take the silence of a scan for a hang. */
	say("scan");
	/*
	 * An object whose address is in a register, or that was just freed, only looks
	 * lost. It is lost if the second scan finds it again.
	 */
	put(KMEMLEAK, "scan");
	sleep(AGE);
	put(KMEMLEAK, "scan");
	f = fopen(KMEMLEAK, "r");
	log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (!f || log < 0)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		found += !strncmp(line, "unreferenced object", 19);
		/* a record for each write */
		if (lines++ < LINES && write(log, line, strlen(line)) < 0)
			break;
	}
	fclose(f);
	close(log);
	/* for who copies the log */
	sleep(1);
	return found;
}
