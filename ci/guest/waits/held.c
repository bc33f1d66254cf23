// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is not there until the manager says so, by userfaultfd. The close of the
 * userfaultfd takes the mmap_lock of the party. So the manager must not close it while
 * a task of the party may hold that lock for good.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "waits.h"

int held_open(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	return ioctl(fd, UFFDIO_API, &api) ? -errno : fd;
}

/* From now on a fault at @page waits. */
static int held_page(int uffd, char *page)
{
	struct uffdio_register arg = {
		.range = { (uintptr_t)page, PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return ioctl(uffd, UFFDIO_REGISTER, &arg) ? -errno : 0;
}

char *held_map(int uffd, size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || madvise(p, bytes, MADV_NOHUGEPAGE) ||
	    held_page(uffd, p))
		return NULL;
	return p;
}

int held_wait(int uffd, enum role role, double seconds, char **page)
{
	struct pollfd p = { .fd = uffd, .events = POLLIN };
	double end = now() + seconds;
	struct uffd_msg msg;

	for (;;) {
		if (poll(&p, 1, 5) > 0 &&
		    read(uffd, &msg, sizeof(msg)) == sizeof(msg) &&
		    msg.event == UFFD_EVENT_PAGEFAULT) {
			*page = (char *)(uintptr_t)
				(msg.arg.pagefault.address & ~(PAGE - 1));
			return 0;
		}
		if (atomic_load(&board->part[role].done))
			return -ECANCELED;
		if (now() > end)
			return -ETIME;
	}
}

int held_wake(int uffd, char *page)
{
	struct uffdio_range range = { (uintptr_t)page, PAGE };

	return ioctl(uffd, UFFDIO_WAKE, &range) ? -errno : 0;
}

int held_fill(int uffd, char *page)
{
	static char zero[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {
		.dst = (uintptr_t)page,
		.src = (uintptr_t)zero,
		.len = PAGE,
	};

	return ioctl(uffd, UFFDIO_COPY, &copy) ? -errno : 0;
}
