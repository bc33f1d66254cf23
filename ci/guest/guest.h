/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's init, in parts.  Everything here runs as pid 1 of a throwaway
 * VM: a step that fails says so on the kernel log and on the result channel,
 * and never claims success.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Where the host's folder is mounted; results survive the guest's death. */
#define SHARE	"/share"

/* What the host asks for, from ci.* words of the kernel command line. */
struct config {
	char nonce[64];		/* proves that a line is of this very boot */
	char mode[16];		/* run, resume, shell or none */
	char provoke[32];	/* KIND[@N], see provoke.c; empty: nothing */
	int boot;		/* which boot of the step, from 1 */
	int timeout;		/* seconds per subtest */
	int hugepages;		/* 2 MiB pages for hugetlb */
	int hung;		/* seconds until a blocked task is reported */
	bool gpu;		/* there must be a /dev/dri/card0 */
};

/* The command line, NUL-terminated, "" if unreadable. */
const char *cmdline(void);

/* Fill @c from the command line; absent words get their defaults. */
void config_read(struct config *c);

/* One line to the host: "ci NONCE <text>". */
__attribute__((format(printf, 1, 2)))
void say(const char *fmt, ...);

/* Open ttyS1 as the channel of say(); returns its fd or -1 (errno is set). */
int say_open(const char *nonce);

/* Write @text to the file @path; 0 or -errno. */
int put(const char *path, const char *text);

/* Read at most @size - 1 bytes of @path into @buf; length or -errno. */
ssize_t get(const char *path, char *buf, size_t size);

/* /proc, /sys, /dev, /tmp and the host's share; 0 or -errno. */
int mounts(void);

/* Load every module of /lib/ci/modules in that order; 0 or -errno. */
int modules_load(void);

/* Load one module file with @params; 0 or -errno. */
int module_load(const char *path, const char *params);

/* Make the block device @path swap and switch it on; 0 or -errno. */
int swap_on(const char *path);

/* Start a process that copies the kernel log to @path as it comes. */
pid_t kmsg_copy(const char *path);

/*
 * Have kmemleak look, and put what it found on the kernel log: how many objects,
 * -ENOENT if the kernel has no kmemleak, or what kept it from being read. Takes
 * about 7 seconds and a scan.
 */
int leaks_log(void);

/* Arm the deliberate fault that the harness' own tests ask for. */
void provoke(const char *what);

#endif
