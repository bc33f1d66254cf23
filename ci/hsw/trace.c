// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace lines.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "trace.h"

unsigned int trace_on;

static const struct {
	const char *name;
	unsigned int mask;
} classes[] = {
	{ "mmio", TRACE_MMIO },
	{ "cmd", TRACE_CMD },
	{ "dma", TRACE_DMA },
	{ "all", TRACE_MMIO | TRACE_CMD | TRACE_DMA },
};

int trace_parse(const char *list)
{
	unsigned int mask = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		size_t i;

		for (i = 0; i < ARRAY_SIZE(classes); i++)
			if (strlen(classes[i].name) == len &&
			    !memcmp(classes[i].name, list, len))
				break;
		if (i == ARRAY_SIZE(classes))
			return -EINVAL;
		mask |= classes[i].mask;
		if (!list[len])
			break;
		list += len + 1;
	}
	trace_on = mask;
	return 0;
}

void trace_line(enum trace_class class, const char *fmt, ...)
{
	static struct timespec start;
	const char *name = "?";
	struct timespec now;
	FILE *f = log_file();
	long usec;
	va_list ap;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].mask == (unsigned int)class)
			name = classes[i].name;

	clock_gettime(CLOCK_MONOTONIC, &now);
	flockfile(f);
	if (!start.tv_sec)
		start = now;
	usec = (now.tv_sec - start.tv_sec) * 1000000 +
	       (now.tv_nsec - start.tv_nsec) / 1000;
	fprintf(f, "%ld.%06ld %-4s ", usec / 1000000, usec % 1000000, name);
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fputc('\n', f);
	funlockfile(f);
}
