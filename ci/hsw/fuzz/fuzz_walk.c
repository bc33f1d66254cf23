// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address translation, against a second, simpler one: whatever the guest puts
 * into PTEs, page directories, page tables, fences and its memory map, each
 * address must lead where this file says, or nowhere.
 *
 * An input is a list of steps: u8 what (enum step), and what it needs.
 */
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum step { ST_PTE, ST_PDE, ST_TABLE, ST_DIR, ST_FENCE, ST_MAP, ST_UNMAP,
	    ST_PAGE, ST_STORE, ST_APERTURE, ST_COPY, ST_COUNT };

/* Byte of guest memory behind gpa, -1: none that allows the access. */
static int64_t ref_memory(uint64_t gpa, bool write)
{
	const struct mem *mem = &fz_hsw->mem;
	size_t i;

	for (i = 0; i < mem->count; i++) {
		const struct mem_map *m = &mem->maps[i];

		if (gpa < m->gpa || gpa - m->gpa >= m->size)
			continue;
		if (!m->host || !(m->prot & (write ? MEM_WRITE : MEM_READ)))
			return -1;
		return m->host - fz_ram + (gpa - m->gpa);
	}
	return -1;
}

static uint64_t ref_addr(uint32_t entry, unsigned int top)
{
	uint64_t addr = entry >> 12;
	unsigned int bit;

	/* Bits 4 and up of the entry are bits 32 and up of the address. */
	addr <<= 12;
	for (bit = 32; bit <= top; bit++)
		if (entry >> (bit - 28) & 1)
			addr |= 1ull << bit;
	return addr;
}

/* Each bit of an entry, and the entry as it is. */
static void entries(uint32_t entry)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		uint32_t one = entry ^ 1u << i;

		FZ_MUST(gtt_pte_addr(one) == ref_addr(one, 38));
		FZ_MUST(gtt_pde_addr(one) == ref_addr(one, 39));
	}
}

static int64_t ref_page(enum engine_id e, enum gtt_space space, uint64_t addr,
			bool write)
{
	uint32_t pte;

	if (addr >= (space == GTT_PPGTT ? 2 * GIB : GIB))
		return -1;
	if (space == GTT_PPGTT) {
		uint32_t dir = fz_hsw->gtt.pp_dir[e], pde;
		int64_t table;

		if (dir % 64 || dir > GTT_SIZE - 2048)
			return -1;
		pde = fz_hsw->gtt.pte[dir / 4 + addr / (4 * MIB)];
		if (!(pde & 1))
			return -1;
		table = ref_memory(ref_addr(pde, 39), false);
		if (table < 0)
			return -1;
		memcpy(&pte, fz_ram + table + addr / 4096 % 1024 * 4, 4);
	} else {
		pte = fz_hsw->gtt.pte[addr / 4096];
	}
	if (!(pte & 1))
		return -1;
	return ref_memory(ref_addr(pte, 38), write);
}

static void page(enum engine_id e, enum gtt_space space, uint32_t addr,
		 bool write)
{
	int64_t want = ref_page(e, space, addr, write);
	uint8_t *got = gtt_page(fz_hsw, e, space, addr, write);

	FZ_MUST(want < 0 ? !got : got == fz_ram + want + addr % 4096);
}

/* What the CPU sees at byte off of the aperture; -1: no page. */
static int64_t ref_aperture(uint32_t off, bool write)
{
	unsigned int i;
	int64_t at;

	for (i = 0; i < NUM_FENCES; i++) {
		uint32_t lo = mmio_get(fz_hsw, FENCE_REGS + 8 * i);
		uint32_t hi = mmio_get(fz_hsw, FENCE_REGS + 8 * i + 4);
		uint32_t first = lo / 4096, last = hi / 4096;
		uint32_t pitch = (hi % 2048 + 1) * 128;
		bool y = lo & 2;
		uint32_t w = y ? 128 : 512, h = y ? 32 : 8, px, py, in;

		if (!(lo & 1) || first > last || pitch % w ||
		    off / 4096 < first || off / 4096 > last)
			continue;
		px = (off - first * 4096) % pitch;
		py = (off - first * 4096) / pitch;
		if (y)
			in = px % w / 16 * 512 + py % h * 16 + px % 16;
		else
			in = py % h * 512 + px % w;
		off = first * 4096 + (py / h * (pitch / w) + px / w) * 4096 + in;
		break;
	}
	at = ref_page(RCS, GTT_GLOBAL, off, write);
	return at < 0 ? -1 : at + off % 4096;
}

static void aperture(uint32_t off, unsigned int len, bool write)
{
	uint8_t buf[64], old[64];
	int64_t at[64];
	unsigned int i;

	for (i = 0; i < len; i++) {
		at[i] = ref_aperture(off + i, write);
		old[i] = at[i] < 0 ? 0 : fz_ram[at[i]];
		buf[i] = i + 1;
	}
	FZ_MUST(!region_read(fz_hsw, REGION_BAR2, off, buf, write ? 0 : len));
	if (!write) {
		FZ_MUST(!memcmp(buf, old, len));
		return;
	}
	FZ_MUST(!region_write(fz_hsw, REGION_BAR2, off, buf, len));
	/* Two bytes may be one of memory: the last one stays. */
	for (i = 0; i < len; i++) {
		unsigned int k, last = i;

		for (k = i; k < len; k++)
			if (at[k] == at[i])
				last = k;
		FZ_MUST(at[i] < 0 || fz_ram[at[i]] == last + 1);
	}
}

/* Copies in and out again; gtt_write() may stop half way. */
static void copy(enum engine_id e, enum gtt_space space, uint32_t addr,
		 uint32_t len)
{
	static uint8_t buf[3 * 4096], back[3 * 4096];
	uint32_t i, start = addr % 4096;
	bool all = true, once = true;
	int64_t seen[5];
	unsigned int n = 0;

	for (i = 0; i < start + len; i += 4096) {
		uint64_t a = (uint64_t)addr - start + i;
		unsigned int k;

		seen[n] = a >> 32 ? -1 : ref_page(e, space, a, true);
		if (seen[n] < 0 || ref_page(e, space, a, false) < 0)
			all = false;
		for (k = 0; k < n; k++)
			if (seen[k] == seen[n])
				once = false;
		/* A page table that is written over is another story. */
		if (seen[n] >= 0 && space == GTT_PPGTT &&
		    seen[n] >= (int64_t)FZ_TABLES - 4096)
			once = false;
		n++;
	}
	memset(buf, 0x5a, len);
	i = gtt_write(fz_hsw, e, space, addr, buf, len);
	if (!once)
		return;
	FZ_MUST(!all || !i);
	if (all)
		FZ_MUST(!gtt_read(fz_hsw, e, space, addr, back, len) &&
			!memcmp(buf, back, len));
}

static void step(struct fz_in *in)
{
	uint8_t what = fz_u8(in);
	enum engine_id e = what >> 4 & 3;
	enum gtt_space space = what & 0x40 ? GTT_PPGTT : GTT_GLOBAL;
	bool write = what & 0x80;
	uint32_t a, b;
	uint64_t gpa;

	switch (what % 16 % ST_COUNT) {
	case ST_PTE:
		a = fz_u32(in);
		fz_hsw->gtt.pte[a % GTT_ENTRIES] = b = fz_u32(in);
		entries(b);
		break;
	case ST_PDE:
		a = fz_u16(in);
		fz_hsw->gtt.pte[FZ_PP_DIR / 4 + a % PPGTT_PDES] = b = fz_u32(in);
		entries(b);
		break;
	case ST_TABLE:
		a = fz_u16(in) % PPGTT_PTES;
		b = fz_u32(in);
		memcpy(fz_ram + FZ_TABLES + 4 * a, &b, 4);
		break;
	case ST_DIR:
		mmio_write(fz_hsw, engine_base[e] + RING_PP_DIR_BASE,
			   fz_u32(in));
		break;
	case ST_FENCE:
		a = FENCE_REGS + fz_u8(in) % (2 * NUM_FENCES) * 4;
		mmio_write(fz_hsw, a, fz_u32(in));
		break;
	case ST_MAP:
		/* gpa in pages, so that 64 bits of it are reached. */
		gpa = (uint64_t)fz_u32(in) << 12 | (uint64_t)fz_u8(in) << 44;
		a = fz_u16(in) % (FZ_RAM / 4096);
		b = 1 + fz_u8(in) % (FZ_RAM / 4096 - a);
		fz_map(gpa, a * 4096, b * 4096, write ? MEM_READ :
		       MEM_READ | MEM_WRITE);
		break;
	case ST_UNMAP:
		/* Only forgets: the memory is ours. */
		fz_no_memory();
		break;
	case ST_PAGE:
		page(e, space, fz_u32(in), write);
		return;
	case ST_STORE:
		a = fz_u32(in);
		b = gtt_store64(fz_hsw, e, space, a, 0x0102030405060708ull);
		FZ_MUST(!(a & 3) || b);
		break;
	case ST_APERTURE:
		a = fz_u32(in) % (APERTURE_SIZE - 64);
		aperture(a, fz_u8(in) % 65, write);
		break;
	default:
		a = fz_u32(in);
		copy(e, space, a, fz_u16(in) % (2 * 4096) + 1);
		break;
	}
	page_cache_flush(&fz_hsw->pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fz_in in = { data, data + size };
	unsigned int n = 0;

	if (size > 4096)
		return -1;
	fz_reset();
	while (fz_left(&in) && n++ < 256)
		step(&in);
	return 0;
}
