// SPDX-License-Identifier: GPL-2.0-only
/*
 * Swap on a disk that the host left blank: the signature page of mkswap(8),
 * version 1, no bad pages.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include <unistd.h>

#include "guest.h"

#define PAGE 4096

int swap_on(const char *path)
{
	static union {
		char raw[PAGE];
		struct {
			char boot[1024];
			uint32_t version;
			uint32_t last_page;
			uint32_t nr_badpages;
		} info;
	} page;
	uint64_t bytes;
	int err = 0;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, BLKGETSIZE64, &bytes)) {
		err = -errno;
		goto out;
	}
	page.info.version = 1;
	page.info.last_page = bytes / PAGE - 1;
	memcpy(page.raw + PAGE - 10, "SWAPSPACE2", 10);
	if (pwrite(fd, page.raw, PAGE, 0) != PAGE || fsync(fd))
		err = -EIO;
out:
	close(fd);
	if (!err && swapon(path, 0))
		err = -errno;
	return err;
}
