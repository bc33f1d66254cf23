// SPDX-License-Identifier: GPL-2.0-only
/*
 * What proc says of a task. The task may hold its mmap_lock for good, so this reads no
 * file of proc that takes the lock, such as cmdline or maps.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "waits.h"

/* The text behind @name in the status of a thread; NULL if there is none. */
static char *field(char *text, const char *name)
{
	char *at = strstr(text, name);

	return at ? at + strlen(name) : NULL;
}

static int read_status(pid_t pid, pid_t tid, char *text, size_t len)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	return sys_read(path, text, len);
}

char task_state(pid_t pid, pid_t tid)
{
	char text[4096], *at;

	if (read_status(pid, tid, text, sizeof(text)))
		return 0;
	at = field(text, "\nState:\t");
	return at ? *at : 0;
}

/* Appends what tasks_left() says of one thread. */
static void one_left(pid_t pid, const char *tid, char *buf, size_t len)
{
	char path[300], name[32] = "?", sleeps[64] = "";
	size_t at = strlen(buf);
	char state = task_state(pid, atoi(tid));

	if (!state || state == 'Z' || state == 'X')
		return;
	snprintf(path, sizeof(path), "/proc/%d/task/%s/comm", pid, tid);
	if (!sys_read(path, name, sizeof(name)))
		name[strcspn(name, "\n")] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/task/%s/wchan", pid, tid);
	if (sys_read(path, sleeps, sizeof(sleeps)) || !strcmp(sleeps, "0"))
		sleeps[0] = '\0';
	/* Threads that wait for part_go(), or are done, see party.c: they are idle. */
	if (state == 'S' && (!strcmp(sleeps, "__do_sys_pause") ||
			     !strcmp(sleeps, "futex_wait_queue_me")))
		return;
	snprintf(buf + at, len - at, "%s%s %c%s%s", at ? ", " : "", name, state,
		 sleeps[0] ? " in " : "", sleeps);
}

void tasks_left(pid_t pid, char *buf, size_t len)
{
	struct dirent *entry;
	char path[64];
	DIR *dir;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (isdigit(entry->d_name[0]))
			one_left(pid, entry->d_name, buf, len);
	closedir(dir);
}
