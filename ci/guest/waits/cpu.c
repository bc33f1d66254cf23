// SPDX-License-Identifier: GPL-2.0-only
/* CPU time by proc, in seconds. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "waits.h"

/* User and system time of a process whose name begins with @name; else 0. */
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

/* What each worker had at cpu_kworkers_begin(): one may end meanwhile. */
static struct {
	int pid;
	double seconds;
} worker[512];
static unsigned int workers;

static double of_worker(int pid)
{
	unsigned int i;

	for (i = 0; i < workers; i++)
		if (worker[i].pid == pid)
			return worker[i].seconds;
	return 0;
}

/* The sum of what is new since begin, or take down what each has. */
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
