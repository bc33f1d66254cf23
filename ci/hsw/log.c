// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log lines, and the rate limit for what a client or a guest can provoke.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

#include "device.h"

static FILE *log_stream;

/* The rate limit: both threads write lines. */
static pthread_mutex_t burst_lock = PTHREAD_MUTEX_INITIALIZER;
static time_t burst_second;
static unsigned int burst_lines, burst_lost;

int log_open(const char *path)
{
	FILE *f = NULL;

	if (path) {
		f = fopen(path, "ae");
		if (!f)
			return -errno;
		setvbuf(f, NULL, _IOLBF, 0);
	}
	log_close();
	log_stream = f;
	return 0;
}

void log_close(void)
{
	if (log_stream)
		fclose(log_stream);
	log_stream = NULL;
}

FILE *log_file(void)
{
	return log_stream ? log_stream : stderr;
}

static void log_line(const char *class, const char *fmt, va_list ap)
{
	FILE *f = log_file();

	flockfile(f);
	fprintf(f, "hsw: %s", class);
	vfprintf(f, fmt, ap);
	fputc('\n', f);
	fflush(f);
	funlockfile(f);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line("", fmt, ap);
	va_end(ap);
}

bool log_allowed(void)
{
	unsigned int lost = 0;
	struct timespec now;
	bool allowed;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	pthread_mutex_lock(&burst_lock);
	if (now.tv_sec != burst_second) {
		lost = burst_lost;
		burst_second = now.tv_sec;
		burst_lines = 0;
		burst_lost = 0;
	}
	allowed = burst_lines < LOG_BURST;
	if (allowed)
		burst_lines++;
	else
		burst_lost++;
	pthread_mutex_unlock(&burst_lock);
	if (lost)
		log_info("%u more lines left out", lost);
	return allowed;
}

void log_client_error(const char *fmt, ...)
{
	va_list ap;

	if (!log_allowed())
		return;
	va_start(ap, fmt);
	log_line("", fmt, ap);
	va_end(ap);
}

void log_guest_error(struct hsw *hsw, const char *fmt, ...)
{
	va_list ap;

	hsw->stats.guest_errors++;
	if (!log_allowed())
		return;
	va_start(ap, fmt);
	log_line("guest: ", fmt, ap);
	va_end(ap);
}
