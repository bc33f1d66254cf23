// SPDX-License-Identifier: GPL-2.0-only
/* The file systems that IGT and the harness expect. */
#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "lib/sys.h"

static const struct {
	const char *type, *src, *dir, *data;
} table[] = {
	{ "proc", "proc", "/proc", "" },
	{ "sysfs", "sysfs", "/sys", "" },
	{ "devtmpfs", "devtmpfs", "/dev", "" },
	{ "debugfs", "debugfs", "/sys/kernel/debug", "" },
	{ "devpts", "devpts", "/dev/pts", "" },
	{ "tmpfs", "tmpfs", "/dev/shm", "" },
	{ "tmpfs", "tmpfs", "/tmp", "" },
	{ "tmpfs", "tmpfs", "/run", "" },
	/*
	 * cache=none: the host has the data before write() returns. A message is one
	 * slab: when memory is short there may be none of more than 32 KiB, and the
	 * kernel would warn.
	 */
	{ "9p", "share", SHARE,
	  "trans=virtio,version=9p2000.L,msize=16384,cache=none,access=any" },
};

int mounts(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		mkdir(table[i].dir, 0755);
		if (mount(table[i].src, table[i].dir, table[i].type, 0,
			  table[i].data)) {
			int err = -errno;
			char msg[128];

			snprintf(msg, sizeof(msg), "init: mount %s: errno %d\n",
				 table[i].dir, -err);
			put("/dev/kmsg", msg);
			return err;
		}
	}
	return 0;
}
