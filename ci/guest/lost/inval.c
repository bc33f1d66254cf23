// SPDX-License-Identifier: GPL-2.0-only
/* Innocent invalidations: those that a system call of the process does. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lost.h"

#ifndef MADV_FREE
#define MADV_FREE	8
#endif

#define ALL	(ANON | PRIVATE | SHARED | HUGE)

static int protect(struct memory *m, int prot)
{
	return mprotect(m->base, m->pages * PAGE, prot) ? -errno : 0;
}

/* The memory stays writable all the time. */
static int executable(struct call *c)
{
	int err = protect(c->m, PROT_READ | PROT_WRITE | PROT_EXEC);

	if (!err)
		err = protect(c->m, PROT_READ | PROT_WRITE);
	return err ? err : 1;
}

/* For a moment no page can be written. Afterwards the first write to each page faults. */
static int read_only(struct call *c)
{
	int err = protect(c->m, PROT_READ);

	if (!err)
		err = protect(c->m, PROT_READ | PROT_WRITE);
	return err ? err : 1;
}

/* The child only shares the pages: it reads nothing and writes nothing. */
static int fork_it(struct call *c)
{
	c->child = fork();
	if (c->child < 0)
		return -errno;
	if (!c->child) {
		while (getppid() == atomic_load(&board->worker))
			nap(100000);
		_exit(0);
	}
	return 1;
}

static int fork_finish(struct call *c)
{
	if (c->child > 0) {
		kill(c->child, SIGKILL);
		while (waitpid(c->child, NULL, 0) < 0)
			if (errno != EINTR)
				return -errno;
	}
	c->child = 0;
	return 0;
}

/*
 * uffd-wp: the write protection of userfaultfd, on and off again. The page table stays
 * write-protected; the next write faults, and finds that it may write.
 */
static int uffd_setup(char *why, size_t len)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		snprintf(why, len, "no userfaultfd: %s", strerror(errno));
		return -EOPNOTSUPP;
	}
	close(fd);
	return 0;
}

static int uffd_protect(int fd, struct memory *m, uint64_t mode)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = (uintptr_t)m->base, .len = m->pages * PAGE },
		.mode = mode,
	};

	return ioctl(fd, UFFDIO_WRITEPROTECT, &wp) ? -errno : 0;
}

static int uffd_wp(struct call *c)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)c->m->base, .len = c->m->pages * PAGE },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		err = -errno;
	if (!err)
		err = uffd_protect(fd, c->m, UFFDIO_WRITEPROTECT_MODE_WP);
	if (!err)
		err = uffd_protect(fd, c->m, 0);
	close(fd);
	return err ? err : 1;
}

static int swap_setup(char *why, size_t len)
{
	if (!memory_has_swap()) {
		snprintf(why, len, "no swap: mkswap and swapon a disk");
		return -ENODEV;
	}
	return 0;
}

/* It has an effect if a page is gone from the page table: the kernel may keep pinned ones. */
static int pageout(struct call *c)
{
	int err = memory_pageout(c->m);

	return err ? err : memory_moved(c->m) > 0;
}

static int cold(struct call *c)
{
	memory_cold(c->m);
	return 1;
}

/*
 * After MADV_FREE the kernel may throw the content away unless somebody writes. Here only
 * the object writes: by the page table alone nobody has.
 */
static int lazyfree_prepare(struct memory *m)
{
	return madvise(m->base, m->pages * PAGE, MADV_FREE) ? -errno : 0;
}

/* Pages of a file that were only read: they are clean and empty, so reclaim may drop them. */
static int unwritten_prepare(struct memory *m)
{
	size_t i;

	if (fallocate(m->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      m->span * PAGE))
		return -errno;
	for (i = 0; i < m->pages; i++)
		if (memory_word(m, i, AT_STORE))
			return -EIO;
	return 0;
}

/*
 * Punch a hole for one page of the file, memory.gone. It is a page of the object, but the
 * test does not look at it. (In a private mapping the process keeps its copy of the page.)
 */
static int punch_prepare(struct memory *m)
{
	m->gone = m->pages > 7 ? 7 : m->pages - 1;
	return 0;
}

static int punch(struct call *c)
{
	struct memory *m = c->m;

	return fallocate(m->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			 m->gone * PAGE, PAGE) ? -errno : 1;
}

static int truncate_prepare(struct memory *m)
{
	m->gone = m->pages - 1;
	return 0;
}

static int truncate_it(struct call *c)
{
	struct memory *m = c->m;

	return ftruncate(m->file, m->gone * PAGE) || ftruncate(m->file, m->span * PAGE) ?
	       -errno : 1;
}

/* Discard the page behind the object, in the same huge page as the object's last one. */
static int split(struct call *c)
{
	struct memory *m = c->m;
	bool huge = page_is_huge(m->base + (m->pages - 1) * PAGE);

	return madvise(m->base + m->pages * PAGE, PAGE, MADV_DONTNEED) ? -errno : huge;
}

static const struct inval
inval_mprotect = {
	.name = "mprotect", .help = "mprotect to executable and back, always writable",
	.kinds = ALL, .run = executable, .flags = INVAL_PARTNER | INVAL_WAITS,
},
inval_mprotect_ro = {
	.name = "mprotect-ro", .help = "mprotect to read-only and back",
	.kinds = ALL, .run = read_only,
	.flags = INVAL_PARTNER | INVAL_HOLE | INVAL_WAITS,
},
inval_fork = {
	.name = "fork", .help = "fork, the parent stores",
	.kinds = ALL, .run = fork_it, .finish = fork_finish,
	.flags = INVAL_PARTNER | INVAL_WAITS,
},
inval_uffd_wp = {
	.name = "uffd-wp", .help = "write protection by userfaultfd, and off again",
	.kinds = ANON, .setup = uffd_setup, .run = uffd_wp,
	.flags = INVAL_HOLE | INVAL_WAITS,
},
inval_pageout = {
	.name = "pageout", .help = "MADV_PAGEOUT",
	.kinds = ANON | PRIVATE | SHARED | HUGE, .setup = swap_setup, .run = pageout,
	.flags = INVAL_PARTNER,
},
inval_cold = {
	.name = "cold", .help = "MADV_COLD",
	.kinds = ALL, .run = cold, .flags = INVAL_PARTNER | INVAL_NO_WAIT,
},
inval_lazyfree = {
	.name = "lazyfree", .help = "the write is to pages that had MADV_FREE; MADV_PAGEOUT",
	.kinds = ANON, .setup = swap_setup, .prepare = lazyfree_prepare, .run = pageout,
	.flags = INVAL_CLEAN,
},
inval_unwritten = {
	.name = "unwritten", .help = "the write is to file pages that were only read; MADV_PAGEOUT",
	.kinds = SHARED, .setup = swap_setup, .prepare = unwritten_prepare, .run = pageout,
	.flags = INVAL_CLEAN,
},
inval_punch = {
	.name = "punch", .help = "PUNCH_HOLE of another page of the file",
	.kinds = PRIVATE | SHARED, .prepare = punch_prepare, .run = punch,
	.flags = INVAL_WAITS | INVAL_OTHER,
},
inval_truncate = {
	.name = "truncate", .help = "ftruncate of another page of the file",
	.kinds = PRIVATE | SHARED, .prepare = truncate_prepare, .run = truncate_it,
	.flags = INVAL_HOLE | INVAL_WAITS | INVAL_OTHER,
},
inval_split = {
	.name = "thp-split", .help = "MADV_DONTNEED of another page of the huge page",
	.kinds = HUGE, .run = split,
};

const struct inval *const invals[] = {
	&inval_mprotect, &inval_mprotect_ro, &inval_fork, &inval_uffd_wp, &inval_pageout,
	&inval_cold, &inval_lazyfree, &inval_unwritten, &inval_punch, &inval_truncate,
	&inval_split, &inval_collapse, &inval_ksm, &inval_compact, NULL
};

const struct inval *inval_find(const char *name)
{
	unsigned int i;

	for (i = 0; invals[i]; i++)
		if (!strcmp(invals[i]->name, name))
			return invals[i];
	return NULL;
}
