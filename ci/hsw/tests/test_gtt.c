// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address translation: what is mapped is found, what is not is refused.
 */
#include "fixture.h"	/* first: it asks for _GNU_SOURCE */

#include <errno.h>

static uint64_t gpa;

static int walk(enum gtt_space space, uint64_t addr)
{
	return gtt_walk(hsw, BCS, space, addr, &gpa);
}

static void formats(void)
{
	ok_eq(gtt_pte_addr(0x12345000 | 0x7f0 | 1), 0x7f12345000ull,
	      "PTE: bits 10:4 are address bits 38:32");
	ok_eq(gtt_pte_addr(0xfffff80f), 0xfffff000,
	      "PTE: cache and bit 11 are no address");
	ok_eq(gtt_pde_addr(0x12345000 | 0xff0 | 1), 0xff12345000ull,
	      "PDE: bits 11:4 are address bits 39:32");
}

static void global(void)
{
	ok(!walk(GTT_GLOBAL, SCRATCH + 0x123) &&
	   gpa == RAM_GPA + SCRATCH + 0x123, "global: mapped page");
	hsw->gtt.pte[SCRATCH >> 12] &= ~PTE_VALID;
	ok(walk(GTT_GLOBAL, SCRATCH) == -EFAULT, "global: PTE not valid");
	hsw->gtt.pte[GTT_ENTRIES] = pte_of(RAM_GPA);
	ok(walk(GTT_GLOBAL, GIB) == -EFAULT, "global: beyond the PTEs");
	ok(walk(GTT_GLOBAL, 0xfffff000) == -EFAULT, "global: last page");
	hsw->gtt.pte[GTT_ENTRIES - 1] = pte_of(RAM_GPA);
	ok(!walk(GTT_GLOBAL, GIB - 1) && gpa == RAM_GPA + 0xfff,
	   "global: last PTE");
	hsw->gtt.pte[SCRATCH >> 12] = pte_of(0x7f00000000ull);
	ok(!walk(GTT_GLOBAL, SCRATCH) && gpa == 0x7f00000000ull &&
	   !gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, false),
	   "global: PTE to where there is no memory");
	map_all();
}

static void ppgtt(void)
{
	uint32_t *pd = &hsw->gtt.pte[PP_DIR / 4];
	uint32_t addr = PP + SCRATCH, pde = addr >> 22;
	uint32_t *pte = &ram32(TABLES)[SCRATCH >> 12];

	ok(!walk(GTT_PPGTT, addr + 8) &&
	   gpa == RAM_GPA + pp_ram(addr) + 8, "PPGTT: mapped page");
	ok(walk(GTT_PPGTT, addr + RAM_SIZE) == -EFAULT, "PPGTT: no PDE");
	ok(walk(GTT_PPGTT, 2 * GIB) == -EFAULT, "PPGTT: beyond the directory");
	ok(walk(GTT_PPGTT, UINT32_MAX) == -EFAULT, "PPGTT: last byte");
	*pte &= ~PTE_VALID;
	ok(walk(GTT_PPGTT, addr) == -EFAULT, "PPGTT: PTE not valid");
	pd[pde] &= ~PTE_VALID;
	ok(walk(GTT_PPGTT, addr) == -EFAULT, "PPGTT: PDE not valid");
	pd[pde] = pde_of(0x8000000000ull);
	ok(walk(GTT_PPGTT, addr) == -EFAULT,
	   "PPGTT: PDE to where there is no memory");
	map_all();

	reg(BCS, RING_PP_DIR_BASE, (GTT_SIZE - 2048) << 10);
	ok(walk(GTT_PPGTT, PP) == -EFAULT, "PPGTT: directory at the very end");
	hsw->gtt.pte[GTT_SIZE / 4 + (PP >> 22)] = pde_of(RAM_GPA + TABLES);
	reg(BCS, RING_PP_DIR_BASE, GTT_SIZE << 10);
	ok(walk(GTT_PPGTT, PP) == -EFAULT, "PPGTT: directory right behind the PTEs");
	hsw->gtt.pte[GTT_SIZE / 4 + (PP >> 22)] = 0;
	reg(BCS, RING_PP_DIR_BASE, 0xfffffc00u);
	ok(walk(GTT_PPGTT, PP) == -EFAULT, "PPGTT: directory beyond the PTEs");
	reg(BCS, RING_PP_DIR_BASE, (PP_DIR + 4) << 10);
	ok(walk(GTT_PPGTT, PP) == -EFAULT, "PPGTT: directory not aligned");
	ok(!gtt_walk(hsw, RCS, GTT_PPGTT, PP, &gpa),
	   "PPGTT: other engines keep their directory");
	reg(BCS, RING_PP_DIR_BASE, PP_DIR << 10);
	ok(!walk(GTT_PPGTT, PP), "PPGTT: directory set right again");
	ok(gtt_ppgtt_enabled(hsw, BCS), "PPGTT: on");
	reg(BCS, RING_GFX_MODE, GFX_PPGTT_ENABLE << 16);
	ok(!gtt_ppgtt_enabled(hsw, BCS) && gtt_ppgtt_enabled(hsw, VCS),
	   "PPGTT: off, of one engine");
	ring_up(BCS);
}

static void copies(void)
{
	uint8_t in[3 * GTT_PAGE], out[sizeof(in)];
	uint32_t addr = PP + SCRATCH + 4000, val;
	unsigned int i, bad = 0;

	for (i = 0; i < sizeof(in); i++)
		in[i] = rnd();
	ok(!gtt_write(hsw, BCS, GTT_PPGTT, addr, in, sizeof(in)) &&
	   !gtt_read(hsw, BCS, GTT_PPGTT, addr, out, sizeof(out)) &&
	   !memcmp(in, out, sizeof(in)), "write and read across pages");
	for (i = 0; i < sizeof(in); i++)
		bad += ram[pp_ram(addr + i)] != in[i];
	ok(!bad, "each byte in its page");
	ok(gtt_read(hsw, BCS, GTT_PPGTT, PP + RAM_SIZE - 8, out, 16) == -EFAULT,
	   "read that runs out of the map");

	ok(!gtt_store32(hsw, BCS, GTT_GLOBAL, SCRATCH, 0x11223344) &&
	   get32(SCRATCH) == 0x11223344, "store of a dword");
	ok(!gtt_store64(hsw, BCS, GTT_GLOBAL, SCRATCH + 8, 0x5566778899aabbccull)
	   && get32(SCRATCH + 8) == 0x99aabbcc &&
	   get32(SCRATCH + 12) == 0x55667788, "store of a qword");
	ok(!gtt_store64(hsw, BCS, GTT_GLOBAL, SCRATCH + 0xffc,
			0x0102030405060708ull) &&
	   get32(SCRATCH + 0xffc) == 0x05060708 &&
	   get32(SCRATCH + 0x1000) == 0x01020304,
	   "store of a qword across pages");
	ok(gtt_store32(hsw, BCS, GTT_GLOBAL, SCRATCH + 2, 0) == -EINVAL &&
	   gtt_store64(hsw, BCS, GTT_GLOBAL, SCRATCH + 1, 0) == -EINVAL &&
	   gtt_load32(hsw, BCS, GTT_GLOBAL, SCRATCH + 3, &val) == -EINVAL,
	   "misaligned");
	ok(!gtt_load32(hsw, BCS, GTT_GLOBAL, SCRATCH, &val) &&
	   val == 0x11223344, "load");
	ok(!gtt_page(hsw, BCS, GTT_GLOBAL, 0x100000000ull, false),
	   "no address beyond 32 bits");
}

static void tlb(void)
{
	uint32_t *pte = &hsw->gtt.pte[SCRATCH >> 12], old = *pte;
	uint8_t *p = gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, true);

	*pte = pte_of(RAM_GPA);
	page_cache_flush(&hsw->pages);
	ok(p && gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, true) ==
	   p - SCRATCH, "flush: the new PTE counts");
	*pte = old;
	page_cache_flush(&hsw->pages);
	p = gtt_page(hsw, BCS, GTT_PPGTT, PP + SCRATCH, false);
	ok(p && p != gtt_page(hsw, BCS, GTT_GLOBAL, PP + SCRATCH, false),
	   "spaces are told apart");
	hsw->gtt.pp_dir[RCS] = 0;
	ok(!gtt_page(hsw, RCS, GTT_PPGTT, PP + SCRATCH, false),
	   "engines are told apart");
	ring_up(RCS);
}

static void read_only(void)
{
	uint64_t rom = RAM_GPA + RAM_SIZE;
	uint32_t *pte = &hsw->gtt.pte[SCRATCH >> 12];

	ok(!mem_map(&hsw->mem, rom, GTT_PAGE, ram_fd, 0, MEM_READ) &&
	   !mem_map(&hsw->mem, rom + GTT_PAGE, GTT_PAGE, -1, 0, MEM_READ),
	   "a read-only mapping and one without a file");
	*pte = pte_of(rom);
	page_cache_flush(&hsw->pages);
	ok(gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, false) &&
	   !gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, true),
	   "read-only: reads only, even after a read was cached");
	*pte = pte_of(rom + GTT_PAGE);
	page_cache_flush(&hsw->pages);
	ok(!gtt_page(hsw, BCS, GTT_GLOBAL, SCRATCH, false),
	   "no file: no access");
	mem_unmap(&hsw->mem, rom, 2 * GTT_PAGE);
	map_all();
}

static void aperture(void)
{
	uint64_t val = 0x1122334455667788ull, back = 0;

	ok(!gtt_aperture_rw(hsw, SCRATCH + 0xffc, &val, 8, true) &&
	   get32(SCRATCH + 0xffc) == 0x55667788 &&
	   get32(SCRATCH + 0x1000) == 0x11223344, "aperture: write");
	ok(!gtt_aperture_rw(hsw, SCRATCH + 0xffc, &back, 8, false) &&
	   back == val, "aperture: read");
	ok(gtt_aperture_rw(hsw, APERTURE_SIZE - 4, &val, 8, false) == -EINVAL,
	   "aperture: across its end");
	ok(gtt_aperture_rw(hsw, 0xfffffffc, &val, 8, true) == -EINVAL,
	   "aperture: far beyond its end");
	back = ~0ull;
	ok(!gtt_aperture_rw(hsw, RAM_SIZE, &back, 8, false) && !back,
	   "aperture: no PTE reads zero");
	ok(!gtt_aperture_rw(hsw, RAM_SIZE, &val, 8, true),
	   "aperture: no PTE drops writes");
}

int main(void)
{
	open_device();
	formats();
	global();
	ppgtt();
	copies();
	tlb();
	read_only();
	aperture();
	close_device();
	return tap_done();
}
