/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory: the client's DMA_MAP table and access through it.
 *
 * All of it under hsw->lock. A pointer from mem_ptr() dies with the lock,
 * since the socket thread may unmap what it points to.
 */
#ifndef HSW_MEM_H
#define HSW_MEM_H

#include <signal.h>

#include "types.h"

#define MEM_READ	BIT(0)
#define MEM_WRITE	BIT(1)

struct mem_map {
	uint64_t gpa, size;		/* bytes; gpa + size does not wrap */
	uint8_t *host;			/* NULL: mapped without a file (ROM) */
	unsigned int prot;		/* MEM_READ | MEM_WRITE */
};

struct mem {
	struct mem_map *maps;		/* sorted by gpa, never overlapping */
	size_t count, room;
	size_t last;			/* index of the last hit */
	/* Set by mem_replace(), in a signal handler. */
	volatile sig_atomic_t lost;	/* some of it was replaced */
	uint64_t lost_at;		/* guest address of it */
};

/* Nothing is mapped. */
void mem_init(struct mem *mem);
/* Unmaps all, and frees the table. */
void mem_fini(struct mem *mem);

/*
 * Maps size bytes of fd from offset at guest address gpa. fd is not kept and
 * stays open; -1 records a range which no access can reach.
 * -EINVAL: size 0, gpa, size or offset not a multiple of 4 KiB, or a wrap;
 * -EEXIST: overlaps an existing mapping; -ENXIO: the file ends before
 * offset + size (an access would raise SIGBUS); -ENODEV: not a regular file;
 * -ENOSPC: MEM_MAX_MAPS reached; or what mmap() and fstat() say.
 */
#define MEM_MAX_MAPS	32768	/* half of what Linux lets a process have */
int mem_map(struct mem *mem, uint64_t gpa, uint64_t size, int fd,
	    uint64_t offset, unsigned int prot);

/*
 * Removes the mapping of exactly these size bytes at gpa. -EINVAL: something else
 * is mapped there, or the range wraps; -ENOENT: nothing is mapped there.
 */
int mem_unmap(struct mem *mem, uint64_t gpa, uint64_t size);
/* Removes all mappings. */
void mem_unmap_all(struct mem *mem);

/*
 * For a handler of SIGBUS, in the thread that holds hsw->lock: the file behind a
 * mapping was cut short, or its file system is full. Puts memory without a file in
 * the place of the mapping that holds host address addr, so that the access can go
 * on, and sets mem->lost. False: addr is not in guest memory.
 */
bool mem_replace(struct mem *mem, const void *addr);

/*
 * Host address of len bytes at gpa, or NULL unless they lie wholly inside one
 * mapping with the permission asked for. len 0 gives NULL.
 */
void *mem_ptr(struct mem *mem, uint64_t gpa, size_t len, bool write);

#endif
