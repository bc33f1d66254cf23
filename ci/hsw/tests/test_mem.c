// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA map table.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"
#include "memfd.h"
#include "tap.h"

#define PAGE 4096ull

static void refusals(int fd)
{
	struct mem m;
	int pipefd[2];

	mem_init(&m);
	ok(mem_map(&m, 0, 0, fd, 0, MEM_READ) == -EINVAL, "map: size 0");
	ok(mem_map(&m, 1, PAGE, fd, 0, MEM_READ) == -EINVAL, "map: odd address");
	ok(mem_map(&m, 0, PAGE + 1, fd, 0, MEM_READ) == -EINVAL, "map: odd size");
	ok(mem_map(&m, 0, PAGE, fd, 12, MEM_READ) == -EINVAL, "map: odd offset");
	ok(mem_map(&m, 0, PAGE, fd, 0, 4) == -EINVAL, "map: unknown permission");
	ok(mem_map(&m, -PAGE, 2 * PAGE, fd, 0, MEM_READ) == -EINVAL,
	   "map: address wraps");
	ok(mem_map(&m, 0, PAGE, fd, -PAGE, MEM_READ) == -EINVAL,
	   "map: negative offset");
	ok(mem_map(&m, 0, 17 * PAGE, fd, 0, MEM_READ) == -ENXIO,
	   "map: file one page short");
	ok(mem_map(&m, 0, PAGE, fd, 16 * PAGE, MEM_READ) == -ENXIO,
	   "map: offset at the end of the file");
	ok(mem_map(&m, 0, PAGE, 999, 0, MEM_READ) == -EBADF, "map: no such fd");
	if (pipe(pipefd) == 0) {
		ok(mem_map(&m, 0, PAGE, pipefd[0], 0, MEM_READ) == -ENODEV,
		   "map: a pipe");
		close(pipefd[0]);
		close(pipefd[1]);
	}
	ok(m.count == 0, "none of these left a mapping");
	ok(mem_map(&m, -PAGE, PAGE, fd, 0, MEM_READ) == 0,
	   "map: the last page of the address space");
	ok(mem_ptr(&m, -1ull, 1, false) != NULL, "its last byte is there");
	ok(mem_ptr(&m, -1ull, 2, false) == NULL, "and nothing behind it");
	ok(mem_unmap(&m, -PAGE, PAGE) == 0, "unmap: the last page");
	mem_fini(&m);
}

static void overlaps(int fd)
{
	struct mem m;

	mem_init(&m);
	ok(mem_map(&m, 4 * PAGE, 4 * PAGE, fd, 0, MEM_READ) == 0, "map 4..8");
	ok(mem_map(&m, 4 * PAGE, 4 * PAGE, fd, 0, MEM_READ) == -EEXIST,
	   "the same again");
	ok(mem_map(&m, 3 * PAGE, 2 * PAGE, fd, 0, MEM_READ) == -EEXIST,
	   "over its start");
	ok(mem_map(&m, 7 * PAGE, 2 * PAGE, fd, 0, MEM_READ) == -EEXIST,
	   "over its end");
	ok(mem_map(&m, 5 * PAGE, PAGE, fd, 0, MEM_READ) == -EEXIST, "inside it");
	ok(mem_map(&m, 0, 16 * PAGE, fd, 0, MEM_READ) == -EEXIST, "around it");
	ok(mem_map(&m, 8 * PAGE, PAGE, fd, 4 * PAGE, MEM_READ) == 0,
	   "right behind it");
	ok(mem_map(&m, 3 * PAGE, PAGE, fd, 5 * PAGE, MEM_READ) == 0,
	   "right before it");
	ok(m.count == 3, "three mappings");

	ok(mem_unmap(&m, 5 * PAGE, PAGE) == -EINVAL, "unmap: cuts one");
	ok(mem_unmap(&m, 3 * PAGE, 2 * PAGE) == -EINVAL,
	   "unmap: one whole and half of another");
	ok(mem_unmap(&m, 20 * PAGE, PAGE) == -ENOENT, "unmap: nothing there");
	ok(mem_unmap(&m, 20 * PAGE, 0) == -EINVAL, "unmap: size 0");
	ok(mem_unmap(&m, 20 * PAGE, -PAGE) == -EINVAL, "unmap: wraps");
	ok(m.count == 3, "all still there");
	ok(mem_unmap(&m, 0, 8 * PAGE) == -EINVAL &&
	   mem_unmap(&m, 3 * PAGE, 5 * PAGE) == -EINVAL && m.count == 3,
	   "unmap: two at once");
	ok(mem_unmap(&m, 4 * PAGE, 4 * PAGE) == 0 && m.count == 2 &&
	   m.maps[0].gpa == 3 * PAGE && m.maps[1].gpa == 8 * PAGE,
	   "unmap: exactly one");
	mem_unmap_all(&m);
	ok(m.count == 0, "unmap all");
	ok(mem_ptr(&m, 8 * PAGE, 1, false) == NULL, "the cache forgot it too");
	mem_fini(&m);
}

static void access_rights(int fd)
{
	struct mem m;

	mem_init(&m);
	mem_map(&m, 0, PAGE, fd, 0, MEM_READ);
	mem_map(&m, PAGE, PAGE, fd, PAGE, MEM_READ | MEM_WRITE);
	mem_map(&m, 2 * PAGE, PAGE, -1, 0, MEM_READ | MEM_WRITE);

	ok(mem_ptr(&m, 0, 4, false) && !mem_ptr(&m, 0, 4, true),
	   "a read-only mapping is not written to");
	ok(mem_ptr(&m, PAGE, PAGE, true) != NULL, "a whole page");
	ok(!mem_ptr(&m, PAGE, 0, true), "length 0");
	ok(!mem_ptr(&m, PAGE - 2, 4, false), "ptr: never across mappings");
	ok(!mem_ptr(&m, 2 * PAGE, 4, false), "no file: not readable");
	ok(!mem_ptr(&m, 3 * PAGE, 1, false), "a hole");
	mem_fini(&m);
}

/* What unmapping n pages from at on gives: exactly one mapping, or not. */
static int exact(const int *owner, unsigned int at, unsigned int n,
		 unsigned int pages)
{
	bool any = false, one = true;
	unsigned int i;

	for (i = at; i < at + n; i++) {
		any |= owner[i];
		one &= owner[i] == owner[at];
	}
	if (!any)
		return -ENOENT;
	if (!one || (at && owner[at - 1] == owner[at]) ||
	    (at + n < pages && owner[at + n] == owner[at]))
		return -EINVAL;
	return 0;
}

/* Mappings of the process, as the kernel counts them. */
static unsigned int kernel_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned int n = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

/* What is unmapped is given back. */
static void given_back(int fd)
{
	unsigned int before, i;
	struct mem m;

	kernel_maps();
	before = kernel_maps();
	mem_init(&m);
	for (i = 0; i < 200; i++)
		mem_map(&m, i * PAGE, PAGE, fd, 0, MEM_READ);
	ok(kernel_maps() >= before + 200, "map: 200 pages are mapped");
	for (i = 0; i < 100; i++)
		mem_unmap(&m, i * PAGE, PAGE);
	ok(kernel_maps() >= before + 90 && kernel_maps() <= before + 110,
	   "unmap: 100 of them are not any more");
	mem_fini(&m);
	ok(kernel_maps() <= before + 10, "nor are the others at the end");
}

/* As many as promised, each a mapping of its own for the kernel, too. */
static void many(int fd)
{
	unsigned int i;
	struct mem m;
	int err = 0;

	mem_init(&m);
	for (i = 0; i < MEM_MAX_MAPS && !err; i++)
		err = mem_map(&m, i * PAGE, PAGE, fd, 0, MEM_READ);
	ok(!err, "map: all %u that are promised (%s)", MEM_MAX_MAPS,
	   strerror(-err));
	ok(mem_map(&m, i * PAGE, PAGE, fd, 0, MEM_READ) == -ENOSPC,
	   "map: and no more");
	mem_fini(&m);
}

/* Random maps and unmaps against an array with one entry per page. */
static void model(int fd)
{
	enum { PAGES = 64 };
	int owner[PAGES] = { 0 }, next = 1, bad = 0, maps = 0, unmaps = 0;
	struct mem m;
	int i, j;

	mem_init(&m);
	srandom(1);
	for (i = 0; i < 60000; i++) {
		unsigned int at = random() % PAGES;
		unsigned int n = 1 + random() % 6;
		int want = 0, got;

		if (at + n > PAGES)
			continue;
		if (random() % 2) {
			for (j = 0; j < (int)n; j++)
				if (owner[at + j])
					want = -EEXIST;
			got = mem_map(&m, at * PAGE, n * PAGE, fd, 0, MEM_READ);
			if (!want) {
				for (j = 0; j < (int)n; j++)
					owner[at + j] = next;
				next++;
				maps++;
			}
		} else {
			want = exact(owner, at, n, PAGES);
			got = mem_unmap(&m, at * PAGE, n * PAGE);
			if (!want) {
				memset(owner + at, 0, n * sizeof(*owner));
				unmaps++;
			}
		}
		if (got != want)
			bad++;
		at = random() % PAGES;
		if (!mem_ptr(&m, at * PAGE, 1, false) != !owner[at])
			bad++;
	}
	ok(!bad && maps > 1000 && unmaps > 1000,
	   "model: %d maps, %d unmaps, %d differences", maps, unmaps, bad);
	mem_fini(&m);
}

static void content(int fd)
{
	struct mem m;
	uint32_t val = 0x12345678, back = 0;
	void *p;

	mem_init(&m);
	mem_map(&m, 0x10000, PAGE, fd, 3 * PAGE, MEM_READ | MEM_WRITE);
	p = mem_ptr(&m, 0x10010, sizeof(val), true);
	ok(p != NULL, "write");
	if (p)
		memcpy(p, &val, sizeof(val));
	ok(pread(fd, &back, 4, 3 * PAGE + 0x10) == 4 && back == val,
	   "it is in the file, at the mapping's offset");
	mem_fini(&m);
}

int main(void)
{
	int fd = memfd(16 * PAGE);

	refusals(fd);
	overlaps(fd);
	access_rights(fd);
	model(fd);
	content(fd);
	given_back(fd);
	many(fd);
	close(fd);
	return tap_done();
}
