/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest TAP producer that the tests need: ok() per claim, tap_done()
 * as the exit code of main().
 */
#ifndef HSW_TESTS_TAP_H
#define HSW_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed;

/* Prints "ok N - name" or "not ok N - name"; returns cond. */
__attribute__((format(printf, 2, 3), unused))
static bool ok(bool cond, const char *name, ...)
{
	va_list ap;

	printf("%sok %d - ", cond ? "" : "not ", ++tap_count);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	if (!cond)
		tap_failed++;
	return cond;
}

/* ok() which says both values when they differ. */
__attribute__((unused))
static bool ok_eq(unsigned long long got, unsigned long long want,
		  const char *name)
{
	if (ok(got == want, "%s", name))
		return true;
	printf("#   got 0x%llx, want 0x%llx\n", got, want);
	return false;
}

/* Prints the plan; 0 if all passed and there was at least one, else 1. */
__attribute__((unused))
static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	fflush(stdout);
	return tap_failed || !tap_count;
}

#endif
