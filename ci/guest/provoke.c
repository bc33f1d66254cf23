// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deliberate faults, so that the harness can prove that it notices them.
 * "KIND@N" waits until the results folder of the Nth test (from 0) exists;
 * plain KIND happens before the first test.
 *
 *	panic	the kernel dies
 *	warn	a WARN, through lkdtm
 *	oops	a bad pointer in the kernel, through lkdtm
 *	lockdep	a lock kept into user space: lockdep complains, turns itself off
 *	hang	both CPUs spin with interrupts off, through lkdtm
 *	silent	init stops without a word
 *	quit	the machine goes down in mid-run without a word
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "guest.h"

#define TRIGGER "/sys/kernel/debug/provoke-crash/DIRECT"

static void lkdtm(const char *crash)
{
	module_load("/lib/ci/lkdtm.ko", "");
	if (put(TRIGGER, crash))
		say("cannot provoke %s: no lkdtm in this kernel", crash);
}

static void fault(const char *kind)
{
	if (!strcmp(kind, "panic"))
		put("/proc/sysrq-trigger", "c");
	else if (!strcmp(kind, "warn"))
		lkdtm("WARNING");
	else if (!strcmp(kind, "oops"))
		lkdtm("EXCEPTION");
	else if (!strcmp(kind, "lockdep"))
		lkdtm("SPINLOCKUP");
	else if (!strcmp(kind, "quit"))
		reboot(RB_AUTOBOOT);
	else if (!strcmp(kind, "hang")) {
		int i, cpus = sysconf(_SC_NPROCESSORS_ONLN);
		cpu_set_t set;

		module_load("/lib/ci/lkdtm.ko", "");
		for (i = 0; i < cpus; i++) {
			if (fork())
				continue;
			CPU_ZERO(&set);
			CPU_SET(i, &set);
			sched_setaffinity(0, sizeof(set), &set);
			lkdtm("HARDLOCKUP");
		}
	} else
		say("unknown fault %s", kind);
}

void provoke(const char *what)
{
	char kind[32], dir[64];
	char *at;

	if (!what[0])
		return;
	snprintf(kind, sizeof(kind), "%s", what);
	at = strchr(kind, '@');
	if (at)
		*at++ = '\0';
	if (!strcmp(kind, "silent"))
		for (;;)
			pause();
	/* In a child: some of these kill the process that asks for them. */
	if (fork()) {
		if (!at)
			sleep(1);
		return;
	}
	if (at) {
		snprintf(dir, sizeof(dir), SHARE "/igt/%d/dmesg.txt", atoi(at));
		while (access(dir, F_OK))
			usleep(20000);
		usleep(300000);
	}
	fault(kind);
	_exit(0);
}
