// SPDX-License-Identifier: GPL-2.0-only
/* A party with a batch that does not end, and the end of that batch. */
#include <string.h>
#include <unistd.h>

#include "waits.h"

int endless_start(struct party *p, int (*fn)(int sock), int *fd)
{
	int err = hangcheck(false), fence;

	if (err)
		return verdict(-1, "enable_hangcheck: %s", strerror(-err));
	*fd = gem_open(DEVICE);
	err = *fd < 0 ? *fd : party_start(p, fn);
	fence = err ? err : fd_receive(p->sock);
	if (fence >= 0)
		return fence;
	hangcheck(true);
	return verdict(-1, "a batch that does not end: %s", strerror(-fence));
}

void endless_stop(int fd, int fence)
{
	close(fd);
	if (!fence_signalled(fence, 0))
		gpu_reset();
	hangcheck(true);
}
