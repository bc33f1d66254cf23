// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log, trace and statistics: what is written, and that a guest cannot fill
 * the disk with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "hsw.h"
#include "tap.h"

static char path[32] = "/tmp/hsw-log-XXXXXX";	/* mkstemp() writes to it */
static struct hsw hsw;		/* only its counters are used here */

/* Lines of the log that contain text. */
static int lines_with(const char *text)
{
	char line[512];
	FILE *f = fopen(path, "r");
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += !!strstr(line, text);
	if (f)
		fclose(f);
	return n;
}

static time_t second(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec;
}

static void rate_limit(void)
{
	time_t start = second();
	int i;

	while (second() == start)
		usleep(1000);
	start = second();
	for (i = 0; i < 10000; i++)
		log_guest_error(&hsw, "register 0x%05x: no", i);
	/* All of it in one second, or two if the machine dozed off. */
	i = lines_with("guest: register");
	ok(i >= LOG_BURST && i <= LOG_BURST * (second() - start + 1),
	   "10000 guest errors, %d lines", i);
	ok_eq(hsw.stats.guest_errors, 10000, "all of them are counted");
	start = second();
	while (second() == start)
		usleep(1000);
	log_guest_error(&hsw, "the next");
	ok(lines_with("guest: the next") == 1 &&
	   lines_with("more lines left out") >= 1,
	   "a second later: a line again, and how many were left out");
}

static void tracing(void)
{
	ok(trace_parse("mmio,dma") == 0 &&
	   trace_on == (TRACE_MMIO | TRACE_DMA), "trace mmio,dma");
	ok(trace_parse("all") == 0 && trace_enabled(TRACE_CMD), "trace all");
	ok(trace_parse("") == -EINVAL && trace_parse("mmio,") == -EINVAL &&
	   trace_parse("mmi") == -EINVAL && trace_parse("mmiox") == -EINVAL &&
	   trace_parse("cmd,,dma") == -EINVAL, "unknown words");
	ok(trace_on != 0, "which change nothing");
	trace_cmd("command %d", 7);
	trace_on = 0;
	trace_cmd("command %d", 8);
	ok(lines_with("cmd  command 7") == 1 && lines_with("command 8") == 0,
	   "a line when on, none when off");
}

static void skipped(void)
{
	FILE *f;
	int i;

	for (i = 0; i < STATS_SKIPPED + 10; i++) {
		stats_skip(&hsw, RCS, i << 16);
		stats_skip(&hsw, RCS, i << 16);
	}
	stats_skip(&hsw, VCS, 3 << 16);
	ok(hsw.stats.n_skipped == STATS_SKIPPED &&
	   hsw.stats.skipped[3].count == 2 && hsw.stats.skipped_others == 21,
	   "skipped commands: told apart, and a bound");
	f = fopen(path, "a");
	stats_print(&hsw.stats, f);
	fclose(f);
	ok(lines_with("stats: skipped RCS  0x00030000     2") == 1 &&
	   lines_with("stats: guest errors") == 1 &&
	   lines_with("stats: CPU milliseconds") == 1 &&
	   lines_with("stats: messages") == 0,
	   "printed, and no line for what did not happen");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0 || log_open(path))
		return 1;
	close(fd);
	ok(log_open("/nonexistent/log") == -ENOENT, "a log that cannot be");
	rate_limit();
	tracing();
	skipped();
	log_close();
	ok(log_file() == stderr, "closed: back to stderr");
	unlink(path);
	return tap_done();
}
