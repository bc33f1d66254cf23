// SPDX-License-Identifier: GPL-2.0-only
/*
 * sticky: while the memory of an object cannot be had, a use of the object returns
 * -EFAULT. Once the memory is there again, the object works again.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "uses.h"

#define PAGES	4ul
#define BYTES	(PAGES * PAGE)

enum taken { NO_ACCESS, READ_ONLY, UNMAPPED };

static const char *const taken_words[] = {
	"without access", "read-only", "unmapped",
};

/* The uses: 0, -errno, or -EIO if the object shows other words than word_of(@salt). */
static int by_pread(int fd, uint32_t handle, const char *mem, uint32_t salt)
{
	uint32_t got[PAGES];
	size_t i;
	int err = use_pread(fd, handle, PAGES, got);

	(void)mem;
	for (i = 0; i < PAGES && !err; i++)
		if (got[i] != word_of(i, salt))
			err = -EIO;
	return err;
}

static int by_domain(int fd, uint32_t handle, const char *mem, uint32_t salt)
{
	(void)mem;
	(void)salt;
	return use_domain(fd, handle);
}

static int by_blit(int fd, uint32_t handle, const char *mem, uint32_t salt)
{
	uint32_t got[PAGES];
	size_t i;
	int err = use_blit(fd, handle, PAGES, got);

	(void)mem;
	for (i = 0; i < PAGES && !err; i++)
		if (got[i] != word_of(i, salt))
			err = -EIO;
	return err;
}

static int by_write(int fd, uint32_t handle, const char *mem, uint32_t salt)
{
	const uint32_t value = 0xc0ffee00 | salt;
	size_t i;
	int err = use_write(fd, handle, PAGES, value);

	for (i = 0; i < PAGES && !err; i++)
		if (*(volatile uint32_t *)(mem + i * PAGE + WORD_OFFSET) != value)
			err = -EIO;
	return err;
}

static const struct use {
	const char *name;
	int (*use)(int fd, uint32_t handle, const char *mem, uint32_t salt);
	bool read_only;		/* memory that cannot be written is -EFAULT, too */
} uses[] = {
	{ "pread", by_pread, false },
	{ "set_domain", by_domain, false },
	{ "blit", by_blit, false },
	{ "a GPU write", by_write, true },
};

/* Take the memory away, and give it back. 0 or -errno. */
static int take(char *mem, enum taken how)
{
	int ret;

	if (how == UNMAPPED)
		ret = munmap(mem, BYTES);
	else
		ret = mprotect(mem, BYTES, how == NO_ACCESS ? PROT_NONE : PROT_READ);
	return ret ? -errno : 0;
}

static int give(char *mem, enum taken how)
{
	void *p = mem;

	if (how == UNMAPPED)
		p = mmap(mem, BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	else if (mprotect(mem, BYTES, PROT_READ | PROT_WRITE))
		p = MAP_FAILED;
	return p == MAP_FAILED ? -errno : 0;
}

/* 0 if the use @u was right during and after, 1 if not, -errno if it cannot be tried. */
static int one(int fd, enum taken how, const struct use *u)
{
	char *mem = map(BYTES, true);
	uint32_t handle;
	int err, ret = 0;

	if (!mem)
		return -errno;
	fill(mem, PAGES, 1);
	err = gem_userptr(fd, mem, BYTES, &handle);
	if (!err)
		err = u->use(fd, handle, mem, 1);
	if (!err)
		err = take(mem, how);
	if (err)
		return err;
	err = u->use(fd, handle, mem, 1);
	if (err != -EFAULT) {
		complain("%s of memory that is %s: %s, not EFAULT", u->name,
			 taken_words[how], strerror(-err));
		ret = 1;
	}
	err = give(mem, how);
	if (err)
		return err;
	fill(mem, PAGES, 2);
	err = u->use(fd, handle, mem, 2);
	if (err) {
		complain("%s after the memory was %s: %s", u->name, taken_words[how],
			 err == -EIO ? "other words than the memory's" : strerror(-err));
		ret = 1;
	}
	gem_close(fd, handle);
	alive();
	return ret;
}

static int run_sticky(int fd)
{
	unsigned int how, i, n = 0, bad = 0;
	int ret;

	for (how = NO_ACCESS; how <= UNMAPPED; how++) {
		for (i = 0; i < ARRAY_SIZE(uses); i++) {
			if (how == READ_ONLY && !uses[i].read_only)
				continue;
			ret = one(fd, how, &uses[i]);
			if (ret < 0)
				return because(USE_SKIP, uses[i].name, ret);
			n++;
			bad += ret;
		}
	}
	note("%u of %u uses were wrong, during or after", bad, n);
	return bad ? USE_BAD : USE_PASS;
}

const struct way way_sticky = {
	.name = "sticky", .help = "an object whose memory was away works once it is back",
	.run = run_sticky, .silent = 180,
};
