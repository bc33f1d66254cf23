// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMA map table: a sorted array, searched by bisection, with the last hit
 * tried first (a guest has one or two RAM blocks and a few PAM fragments).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "device.h"

#define GUEST_PAGE	4096ull

void mem_init(struct mem *mem)
{
	memset(mem, 0, sizeof(*mem));
}

void mem_fini(struct mem *mem)
{
	mem_unmap_all(mem);
	free(mem->maps);
	mem_init(mem);
}

/* Index of the first mapping that ends after gpa; count if there is none. */
static size_t lower(const struct mem *mem, uint64_t gpa)
{
	size_t lo = 0, hi = mem->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct mem_map *m = &mem->maps[mid];

		/* Compared by the last byte: the end may be 2^64. */
		if (m->gpa + (m->size - 1) < gpa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct mem_map *find(struct mem *mem, uint64_t gpa)
{
	size_t i = mem->last;

	if (i < mem->count && gpa >= mem->maps[i].gpa &&
	    gpa - mem->maps[i].gpa < mem->maps[i].size)
		return &mem->maps[i];

	i = lower(mem, gpa);
	if (i == mem->count || gpa < mem->maps[i].gpa)
		return NULL;
	mem->last = i;
	return &mem->maps[i];
}

/* Host memory for a mapping with a file; *host is NULL for prot 0. */
static int map_file(uint8_t **host, uint64_t size, int fd, uint64_t offset,
		    unsigned int prot)
{
	struct stat st;
	int flags = 0;
	void *p;

	if (fstat(fd, &st) < 0)
		return -errno;
	/* memfd, tmpfs and hugetlbfs are regular files and know their size. */
	if (!S_ISREG(st.st_mode))
		return -ENODEV;
	if (offset > (uint64_t)st.st_size ||
	    size > (uint64_t)st.st_size - offset)
		return -ENXIO;

	if (prot & MEM_READ)
		flags |= PROT_READ;
	if (prot & MEM_WRITE)
		flags |= PROT_WRITE;
	p = mmap(NULL, size, flags, MAP_SHARED | MAP_NORESERVE, fd,
		 (off_t)offset);
	if (p == MAP_FAILED)
		return -errno;
	*host = p;
	return 0;
}

int mem_map(struct mem *mem, uint64_t gpa, uint64_t size, int fd,
	    uint64_t offset, unsigned int prot)
{
	uint8_t *host = NULL;
	size_t i;

	if (!size || (gpa | size | offset) % GUEST_PAGE ||
	    gpa + (size - 1) < gpa || size > INT64_MAX || offset > INT64_MAX ||
	    prot & ~(MEM_READ | MEM_WRITE))
		return -EINVAL;
	if (mem->count >= MEM_MAX_MAPS)
		return -ENOSPC;

	i = lower(mem, gpa);
	if (i < mem->count && mem->maps[i].gpa <= gpa + (size - 1))
		return -EEXIST;

	if (mem->count == mem->room) {
		size_t room = mem->room ? mem->room * 2 : 16;
		struct mem_map *maps;

		maps = realloc(mem->maps, room * sizeof(*maps));
		if (!maps)
			return -ENOMEM;
		mem->maps = maps;
		mem->room = room;
	}
	if (fd >= 0) {
		int err = map_file(&host, size, fd, offset, prot);

		if (err)
			return err;
	}

	memmove(&mem->maps[i + 1], &mem->maps[i],
		(mem->count - i) * sizeof(*mem->maps));
	mem->maps[i] = (struct mem_map) { gpa, size, host, prot };
	mem->count++;
	return 0;
}

static void release(struct mem_map *m)
{
	if (m->host)
		munmap(m->host, m->size);
}

int mem_unmap(struct mem *mem, uint64_t gpa, uint64_t size)
{
	uint64_t last = gpa + (size - 1);
	size_t i;

	if (!size || last < gpa)
		return -EINVAL;
	i = lower(mem, gpa);
	if (i == mem->count || mem->maps[i].gpa > last)
		return -ENOENT;
	if (mem->maps[i].gpa != gpa || mem->maps[i].size != size)
		return -EINVAL;

	release(&mem->maps[i]);
	memmove(&mem->maps[i], &mem->maps[i + 1],
		(mem->count - i - 1) * sizeof(*mem->maps));
	mem->count--;
	return 0;
}

void mem_unmap_all(struct mem *mem)
{
	while (mem->count)
		release(&mem->maps[--mem->count]);
}

/* Async-signal-safe. */
bool mem_replace(struct mem *mem, const void *addr)
{
	size_t i;

	for (i = 0; i < mem->count; i++) {
		const struct mem_map *m = &mem->maps[i];
		uintptr_t in = (uintptr_t)addr - (uintptr_t)m->host;

		if (!m->host || in >= m->size)
			continue;
		if (mmap(m->host, m->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
			 -1, 0) == MAP_FAILED)
			return false;
		mem->lost_at = m->gpa + in / GUEST_PAGE * GUEST_PAGE;
		mem->lost = 1;
		return true;
	}
	return false;
}

void *mem_ptr(struct mem *mem, uint64_t gpa, size_t len, bool write)
{
	const struct mem_map *m;

	if (!len)
		return NULL;
	m = find(mem, gpa);
	if (!m || !m->host || len > m->size - (gpa - m->gpa) ||
	    !(m->prot & (write ? MEM_WRITE : MEM_READ)))
		return NULL;
	return m->host + (gpa - m->gpa);
}
