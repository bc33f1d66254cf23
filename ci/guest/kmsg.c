// SPDX-License-Identifier: GPL-2.0-only
/*
 * A copy of the kernel log on the host, record by record: the serial console
 * is lossy under load, and the log buffer dies with the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

/*
 * Lock all memory: tests cause an OOM, and the share's file system needs memory for a
 * write.
 */
static void write_all(int out, const char *line, size_t len)
{
	while (len) {
		ssize_t n = write(out, line, len);

		if (n > 0) {
			line += n;
			len -= n;
		} else if (errno == ENOMEM || errno == EAGAIN || errno == EINTR) {
			usleep(10000);
		} else {
			_exit(1);
		}
	}
}

/* "6,339,5140900,-;text\n KEY=val" -> "<6>[    5.140900] text" */
static void record(int out, char *rec)
{
	unsigned long long usec = 0;
	unsigned int prio = 0;
	char line[8192], *text = strchr(rec, ';');
	int n;

	if (!text || sscanf(rec, "%u,%*u,%llu,", &prio, &usec) != 2)
		return;
	text++;
	text[strcspn(text, "\n")] = '\0';
	n = snprintf(line, sizeof(line), "<%u>[%5llu.%06llu] %s\n", prio & 7,
		     usec / 1000000, usec % 1000000, text);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	write_all(out, line, n);
}

pid_t kmsg_copy(const char *path)
{
	static char rec[8192];
	int in, out;
	pid_t pid = fork();

	if (pid)
		return pid;

	in = open("/dev/kmsg", O_RDONLY);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (in < 0 || out < 0)
		_exit(1);
	put("/proc/self/oom_score_adj", "-1000");
	for (;;) {
		ssize_t n = read(in, rec, sizeof(rec) - 1);

		if (n < 0 && errno != EPIPE && errno != EINTR)
			_exit(1);
		/* EPIPE: the ring was faster; say that something is missing */
		if (n < 0 && errno == EPIPE)
			dprintf(out, "<4>[lost] kernel log overrun\n");
		if (n <= 0)
			continue;
		rec[n] = '\0';
		record(out, rec);
	}
}
