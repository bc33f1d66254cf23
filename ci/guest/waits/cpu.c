// SPDX-License-Identifier: GPL-2.0-only
/* CPU time in seconds, from /proc/PID/stat. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "waits.h"

/* User and system time of the process @pid; 0 if its name does not begin with @name. */
static double cpu_of(const char *pid, const char *name)
{
	char path[300], text[1024], *open, *close;
	unsigned long user, system;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if (sys_read(path, text, sizeof(text)))
		return 0;
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || strncmp(open + 1, name, strlen(name)))
		return 0;
	/* proc(5): 3 is the state, 14 and 15 are the times. */
	if (sscanf(close + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		   &user, &system) != 2)
		return 0;
	return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

/* What each kworker had at cpu_kworkers_begin(). A list, for a kworker may end meanwhile. */
static struct {
	int pid;
	double seconds;
} worker[512];
static unsigned int workers;

/* What the kworker @pid had then; 0 if it was not there, or had used nothing. */
static double of_worker(int pid)
{
	unsigned int i;

	for (i = 0; i < workers; i++)
		if (worker[i].pid == pid)
			return worker[i].seconds;
	return 0;
}

/*
 * With @begin: take down what each kworker has used, return 0. Otherwise: the sum of what
 * they have used since then.
 */
static double kworkers(bool begin)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	double sum = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		double seconds;

		if (!isdigit(entry->d_name[0]))
			continue;
		seconds = cpu_of(entry->d_name, "kworker");
		if (!begin) {
			sum += MAX(seconds - of_worker(atoi(entry->d_name)), 0);
		} else if (seconds > 0 && workers < ARRAY_SIZE(worker)) {
			worker[workers].pid = atoi(entry->d_name);
			worker[workers++].seconds = seconds;
		}
	}
	closedir(dir);
	return sum;
}

void cpu_kworkers_begin(void)
{
	workers = 0;
	kworkers(true);
}

double cpu_kworkers(void)
{
	return kworkers(false);
}

double cpu_process(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return cpu_of(text, "");
}
