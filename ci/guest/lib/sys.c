// SPDX-License-Identifier: GPL-2.0-only
/* Files of proc and sysfs, time, random numbers. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

int sys_read(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, len - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	buf[n] = '\0';
	return 0;
}

int sys_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

long sys_number(const char *path)
{
	char buf[64];
	int err = sys_read(path, buf, sizeof(buf));

	return err ? err : strtol(buf, NULL, 10);
}

int own_memory(void)
{
	/* Writes to each private page, in effect. */
	return mlockall(MCL_CURRENT) || munlockall() ? -errno : 0;
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

void nap(unsigned long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

uint64_t rng_next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x * 0x9e3779b97f4a7c15ull >> 16;
}

uint64_t rng_seed(uint64_t seed, uint64_t salt)
{
	uint64_t x = seed * 0xbf58476d1ce4e5b9ull + salt + 1;

	x = (x ^ x >> 30) * 0x94d049bb133111ebull;
	x ^= x >> 27;
	return x ? x : 1;
}
