// SPDX-License-Identifier: GPL-2.0-only
/*
 * GGTT and aliasing PPGTT, see gtt.h for the PRM sections.
 *
 * The guest may change PTEs and page tables at any moment: each is read once,
 * by a relaxed atomic load, and what it says is checked before it is used.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"

#define PP_DIR_SHIFT	10		/* PP_DIR_BASE: byte offset << 10 */
#define PP_DIR_ALIGN	64u		/* a directory starts a cache line */
#define PDE_SHIFT	22		/* 4 MiB per directory entry */

static uint32_t load32(const void *p)
{
	return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED);
}

/* Sealed, so that no client can cut it short under the GPU thread. */
int gtt_init(struct gtt *gtt)
{
	void *p;
	int err;

	gtt->fd = memfd_create("hsw-ptes", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (gtt->fd < 0)
		return -errno;
	if (ftruncate(gtt->fd, GTT_FILE_SIZE) < 0 ||
	    fcntl(gtt->fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		goto fail;
	p = mmap(NULL, GTT_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, gtt->fd,
		 GTT_FILE_PTES);
	if (p == MAP_FAILED)
		goto fail;
	gtt->pte = p;
	return 0;

fail:
	err = -errno;
	close(gtt->fd);
	return err;
}

void gtt_fini(struct gtt *gtt)
{
	munmap(gtt->pte, GTT_BAR_SIZE);
	close(gtt->fd);
}

void gtt_reset(struct gtt *gtt)
{
	memset(gtt->pte, 0, GTT_BAR_SIZE);
}

void gtt_reset_engine(struct hsw *hsw, enum engine_id engine)
{
	uint32_t base = engine_base[engine];

	hsw->gtt.pp_dir[engine] = 0;
	mmio_set(hsw, base + RING_PP_DIR_BASE, 0);
	mmio_set(hsw, base + RING_PP_DIR_DCLV, 0);
	tlb_flush_engine(hsw, engine);
}

void gtt_ptes_read(const struct gtt *gtt, uint32_t off, void *buf, size_t len)
{
	memcpy(buf, (const uint8_t *)gtt->pte + off, len);
}

void gtt_ptes_write(struct gtt *gtt, uint32_t off, const void *buf, size_t len)
{
	memcpy((uint8_t *)gtt->pte + off, buf, len);
}

void gtt_set_pte(struct gtt *gtt, uint32_t page, uint32_t pte)
{
	__atomic_store_n(&gtt->pte[page], pte, __ATOMIC_RELAXED);
}

uint64_t gtt_pte_addr(uint32_t pte)
{
	return (pte & 0xfffff000u) | (uint64_t)(pte & 0x7f0u) << 28;
}

uint64_t gtt_pde_addr(uint32_t pde)
{
	return (pde & 0xfffff000u) | (uint64_t)(pde & 0xff0u) << 28;
}

static int global_pte(struct hsw *hsw, uint64_t addr, uint32_t *pte)
{
	uint64_t n = addr >> GTT_PAGE_SHIFT;

	if (n >= GTT_ENTRIES)
		return -EFAULT;
	*pte = load32(&hsw->gtt.pte[n]);
	return 0;
}

static int ppgtt_pte(struct hsw *hsw, enum engine_id engine, uint64_t addr,
		     uint32_t *pte)
{
	uint64_t pd = hsw->gtt.pp_dir[engine];
	uint64_t n = addr >> PDE_SHIFT;
	const uint8_t *table;
	uint32_t pde;

	if (n >= PPGTT_PDES)
		return -EFAULT;
	if (pd % PP_DIR_ALIGN || pd + PPGTT_PDES * 4 > GTT_SIZE)
		return -EFAULT;
	pde = load32(&hsw->gtt.pte[pd / 4 + n]);
	if (!(pde & PTE_VALID))
		return -EFAULT;
	table = mem_ptr(&hsw->mem, gtt_pde_addr(pde), GTT_PAGE, false);
	if (!table)
		return -EFAULT;
	n = addr >> GTT_PAGE_SHIFT & (PPGTT_PTES - 1);
	*pte = load32(table + 4 * n);
	return 0;
}

/* The valid PTE of addr as it is now, or -EFAULT. */
static int walk(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		uint64_t addr, uint32_t *pte)
{
	int err;

	if (space == GTT_PPGTT)
		err = ppgtt_pte(hsw, engine, addr, pte);
	else
		err = global_pte(hsw, addr, pte);
	if (err)
		return err;
	return *pte & PTE_VALID ? 0 : -EFAULT;
}

int gtt_walk(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	     uint64_t addr, uint64_t *gpa)
{
	uint32_t pte;
	int err;

	err = walk(hsw, engine, space, addr, &pte);
	if (!err)
		*gpa = gtt_pte_addr(pte) | (addr & (GTT_PAGE - 1));
	return err;
}

/* As agent sees it: gtt_walk(), unless its TLB holds the translation. */
static int translate(struct hsw *hsw, unsigned int agent, enum gtt_space space,
		     uint64_t addr, uint64_t *gpa)
{
	enum engine_id engine = agent == TLB_CPU ? RCS : agent;
	uint32_t pte;
	int err;

	if (!tlb_lookup(hsw, agent, space, addr, &pte)) {
		err = walk(hsw, engine, space, addr, &pte);
		if (err)
			return err;
		tlb_fill(hsw, agent, space, addr, pte);
	}
	*gpa = gtt_pte_addr(pte) | (addr & (GTT_PAGE - 1));
	return 0;
}

/*
 * The first page that an engine did not find, until the driver clears VALID. The
 * walk is done once more to see what was missing.
 */
static void record_fault(struct hsw *hsw, enum engine_id engine,
			 enum gtt_space space, uint32_t addr)
{
	uint32_t fault = FAULT_VALID | FAULT_NO_PTE, pte;

	if (mmio_get(hsw, RING_FAULT(engine)) & FAULT_VALID)
		return;
	if (space == GTT_GLOBAL)
		fault |= FAULT_GGTT;
	else if (ppgtt_pte(hsw, engine, addr, &pte))
		fault |= FAULT_NO_PDE;
	mmio_set(hsw, RING_FAULT(engine), fault | (addr & ~(GTT_PAGE - 1)));
}

uint8_t *gtt_page(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		  uint64_t addr, bool write)
{
	uint32_t in_page = addr & (GTT_PAGE - 1);
	uint8_t *host;
	uint64_t gpa;

	if (addr >> 32)
		return NULL;
	host = page_cache_find(&hsw->pages, engine, space, addr, write);
	if (host)
		return host + in_page;

	if (!translate(hsw, engine, space, addr - in_page, &gpa))
		host = mem_ptr(&hsw->mem, gpa, GTT_PAGE, write);
	if (!host) {
		record_fault(hsw, engine, space, addr);
		return NULL;
	}
	page_cache_add(&hsw->pages, engine, space, addr, write, host);
	return host + in_page;
}

static size_t page_left(uint64_t addr, size_t len)
{
	size_t left = GTT_PAGE - (addr & (GTT_PAGE - 1));

	return len < left ? len : left;
}

int gtt_read(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	     uint64_t addr, void *buf, size_t len)
{
	uint8_t *out = buf;

	while (len) {
		size_t n = page_left(addr, len);
		uint8_t *p = gtt_page(hsw, engine, space, addr, false);

		if (!p)
			return -EFAULT;
		memcpy(out, p, n);
		out += n;
		addr += n;
		len -= n;
	}
	return 0;
}

int gtt_write(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	      uint64_t addr, const void *buf, size_t len)
{
	const uint8_t *in = buf;

	while (len) {
		size_t n = page_left(addr, len);
		uint8_t *p = gtt_page(hsw, engine, space, addr, true);

		if (!p)
			return -EFAULT;
		memcpy(p, in, n);
		in += n;
		addr += n;
		len -= n;
	}
	return 0;
}

int gtt_store32(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		uint64_t addr, uint32_t val)
{
	uint8_t *p;

	if (addr & 3)
		return -EINVAL;
	p = gtt_page(hsw, engine, space, addr, true);
	if (!p)
		return -EFAULT;
	/* Release: whatever the batch wrote before is seen first. */
	__atomic_store_n((uint32_t *)p, val, __ATOMIC_RELEASE);
	return 0;
}

int gtt_store64(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
		uint64_t addr, uint64_t val)
{
	uint8_t *p;
	int err;

	if (addr & 7) {
		err = gtt_store32(hsw, engine, space, addr, val);
		if (err)
			return err;
		return gtt_store32(hsw, engine, space, addr + 4, val >> 32);
	}
	p = gtt_page(hsw, engine, space, addr, true);
	if (!p)
		return -EFAULT;
	__atomic_store_n((uint64_t *)p, val, __ATOMIC_RELEASE);
	return 0;
}

int gtt_load32(struct hsw *hsw, enum engine_id engine, enum gtt_space space,
	       uint64_t addr, uint32_t *val)
{
	uint8_t *p;

	if (addr & 3)
		return -EINVAL;
	p = gtt_page(hsw, engine, space, addr, false);
	if (!p)
		return -EFAULT;
	*val = __atomic_load_n((uint32_t *)p, __ATOMIC_ACQUIRE);
	return 0;
}

bool gtt_ppgtt_enabled(struct hsw *hsw, enum engine_id engine)
{
	return mmio_get(hsw, engine_base[engine] + RING_GFX_MODE) &
	       GFX_PPGTT_ENABLE;
}

/*
 * The guest's CPU touches the aperture in pieces of 1, 2, 4 or 8 bytes which
 * it expects not to be torn; memcpy() of a constant size compiles to one move.
 */
static void copy_word(uint8_t *to, const uint8_t *from, size_t len)
{
	switch (len) {
	case 1:
		*to = *from;
		break;
	case 2:
		memcpy(to, from, 2);
		break;
	case 4:
		memcpy(to, from, 4);
		break;
	case 8:
		memcpy(to, from, 8);
		break;
	default:
		memcpy(to, from, len);
	}
}

int gtt_aperture_rw(struct hsw *hsw, uint32_t off, void *buf, size_t len,
		    bool write)
{
	uint8_t *p = buf;

	if (off > APERTURE_SIZE || len > APERTURE_SIZE - off)
		return -EINVAL;

	while (len) {
		const struct fence *fence = fence_find(&hsw->fence, off);
		uint32_t addr = off, run = UINT32_MAX;
		uint8_t *host = NULL;
		uint64_t gpa;
		size_t n;

		if (fence)
			addr = fence_detile(fence, off, &run);
		/* A linear run must stop where a fence might begin: a page. */
		n = page_left(addr, len);
		if (n > run)
			n = run;
		if (!translate(hsw, TLB_CPU, GTT_GLOBAL, addr, &gpa))
			host = mem_ptr(&hsw->mem, gpa, n, write);

		if (host && write)
			copy_word(host, p, n);
		else if (host)
			copy_word(p, host, n);
		else if (!write)
			memset(p, 0, n);
		if (!host)
			log_guest_error(hsw, "aperture %s at 0x%x: no page behind graphics address 0x%x",
					write ? "write" : "read", off, addr);
		off += n;
		p += n;
		len -= n;
	}
	return 0;
}

void gtt_write_pp_dir_base(struct hsw *hsw, uint32_t off, uint32_t val)
{
	enum engine_id e = engine_of(off);
	uint64_t pd = val >> PP_DIR_SHIFT;

	hsw->gtt.pp_dir[e] = pd;
	if (pd % PP_DIR_ALIGN || pd + PPGTT_PDES * 4 > GTT_SIZE)
		log_guest_error(hsw, "%s PP_DIR_BASE 0x%x: page directory at byte 0x%llx of the PTEs leaves them or is not aligned to %u",
				engine_name[e], val, (unsigned long long)pd,
				PP_DIR_ALIGN);
	/* The directory of whatever engine executes may just have changed. */
	tlb_flush_ppgtt(hsw, e);
}
