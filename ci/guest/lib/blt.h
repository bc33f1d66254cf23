/* SPDX-License-Identifier: GPL-2.0-only */
/* A batch for the blitter that copies one word of each page. 0 or -errno. */
#ifndef BLT_H
#define BLT_H

#include "gem.h"

#define MAX_SIZE	(64ul << 20)	/* of one object, bytes */
#define WORD_OFFSET	128ul		/* of the word in its page, bytes */

struct range {
	size_t page, pages;
};

/* A blitter batch and the buffer it writes to. */
struct blt {
	uint32_t batch, dst;
};

int blt_create(int fd, struct blt *blt);
void blt_destroy(int fd, struct blt *blt);
/*
 * Queue a copy of one word of each page in @r, pages of the object @src, into
 * the buffer, word after word. At most MAX_SIZE / PAGE pages.
 */
int blt_queue(int fd, struct blt *blt, uint32_t src, struct range r);

#endif
