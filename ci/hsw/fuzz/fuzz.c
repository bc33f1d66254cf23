// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device under the fuzz targets, see fuzz.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cs.h"
#include "fuzz.h"
#include "wrap.h"

struct hsw *fz_hsw;
void (*fz_watch)(bool before);
uint8_t *fz_ram;

/* Not memory, for log.c, whose lines must not slow the run down. */
static struct {
	struct pci pci;
	struct irq irq;
	struct ring ring[NUM_ENGINES];
	uint32_t clip_tl, clip_br;
	struct fences fence;
	uint32_t pp_dir[NUM_ENGINES];
	struct bar bar;
} clean;

static uint64_t clock_ns;

/* Linked with --wrap: time passes when it is asked for, 1 us each. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	clock_ns += 1000;
	ts->tv_sec = clock_ns / 1000000000u;
	ts->tv_nsec = clock_ns % 1000000000u;
	return 0;
}

void fz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: must hold and does not: %s\n", file, line, what);
	abort();
}

static void no(const char *what)
{
	perror(what);
	exit(3);
}

/* Memory as it is before an input: a private mapping of what clean shows. */
struct snapshot {
	uint8_t *map;
	const uint8_t *clean;
	size_t size;
};

static struct snapshot values, ptes, memory;
static int pagemap = -1;

/* Bits of an entry of /proc/PID/pagemap, see Documentation/admin-guide/mm. */
#define PM_SWAP		(1ull << 62)
#define PM_PRESENT	(1ull << 63)
#define PM_FILE		(1ull << 61)

/* Of more written pages than this the kernel takes all back at once. */
#define COPY_PAGES	64u

/* size bytes, at most FZ_RAM, whose content is from now on what is at from. */
static void snapshot(struct snapshot *s, const void *from, size_t size)
{
	int fd = memfd_create("hsw-fuzz", MFD_CLOEXEC);
	const uint8_t *p = from;
	uint8_t *guard, *map, *clean;
	size_t done = 0;

	if (fd < 0)
		no("memfd_create");
	while (done < size) {
		ssize_t n = write(fd, p + done, size - done);

		if (n <= 0)
			no("write to memfd");
		done += n;
	}
	guard = mmap(NULL, size + 2 * GTT_PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (guard == MAP_FAILED)
		no("mmap");
	map = mmap(guard + GTT_PAGE, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_FIXED, fd, 0);
	clean = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || clean == MAP_FAILED)
		no("mmap");
	close(fd);
	*s = (struct snapshot) { map, clean, size };
}

/*
 * Back to the snapshot. A page that was written to is one of ours and no longer
 * the file's. To give it back and have it again costs two faults, the better part
 * of what a short input takes; its content costs a copy.
 */
static void put_back(const struct snapshot *s)
{
	static uint64_t entries[FZ_RAM / GTT_PAGE];
	size_t n = s->size / GTT_PAGE, copied = 0, i;

	if (pread(pagemap, entries, n * sizeof(*entries),
		  (uintptr_t)s->map / GTT_PAGE * sizeof(*entries)) !=
	    (ssize_t)(n * sizeof(*entries)))
		no("/proc/self/pagemap");
	for (i = 0; i < n; i++) {
		if (!(entries[i] & (PM_PRESENT | PM_SWAP)) || entries[i] & PM_FILE)
			continue;
		if (++copied > COPY_PAGES) {
			if (madvise(s->map, s->size, MADV_DONTNEED))
				no("madvise");
			return;
		}
		memcpy(s->map + i * GTT_PAGE, s->clean + i * GTT_PAGE, GTT_PAGE);
	}
}

static uint32_t entry(uint64_t gpa)
{
	return (uint32_t)gpa | (gpa >> 28 & 0x7f0) | PTE_VALID;
}

static void set_up(uint8_t *ram)
{
	struct hsw *hsw = fz_hsw;
	uint64_t noise = 0x9e3779b97f4a7c15ull;
	enum engine_id e;
	uint32_t i;

	for (i = 0; i < MIB; i += 8) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		memcpy(ram + FZ_NOISE + i, &noise, 8);
	}
	for (i = 0; i < FZ_RAM / GTT_PAGE; i++) {
		uint32_t pte = entry(FZ_GPA + i * GTT_PAGE);

		hsw->gtt.pte[i] = pte;
		memcpy(ram + FZ_TABLES + 4 * i, &pte, 4);
	}
	hsw->gtt.pte[FZ_PP_DIR / 4 + (FZ_PP >> 22)] = entry(FZ_GPA + FZ_TABLES);

	for (e = 0; e < NUM_ENGINES; e++) {
		uint32_t base = engine_base[e];

		mmio_write(hsw, base + RING_START, FZ_RING(e));
		mmio_write(hsw, base + RING_GFX_MODE,
			   GFX_PPGTT_ENABLE << 16 | GFX_PPGTT_ENABLE);
		mmio_write(hsw, base + RING_PP_DIR_BASE, FZ_PP_DIR << 10);
		mmio_write(hsw, HWS_PGA(e), FZ_HWS(e));
		mmio_write(hsw, base + RING_CTL,
			   (FZ_RING_BYTES - GTT_PAGE) | RING_VALID);
	}
}

static void first_time(void)
{
	uint8_t *ram = calloc(1, FZ_RAM);
	struct hsw *hsw;

	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		no("/proc/self/pagemap");
	if (log_open(getenv("HSW_TEST_LOG") ? NULL : "/dev/null"))
		no("/dev/null");
	hsw = hsw_create();
	if (!ram || !hsw)
		no("hsw_create");
	gpu_stop(hsw);
	fz_hsw = hsw;
	set_up(ram);

	snapshot(&values, hsw->mmio.val, MMIO_SIZE);
	free(hsw->mmio.val);
	hsw->mmio.val = (uint32_t *)values.map;
	snapshot(&ptes, hsw->gtt.pte, GTT_BAR_SIZE);
	munmap(hsw->gtt.pte, GTT_BAR_SIZE);
	hsw->gtt.pte = (uint32_t *)ptes.map;
	snapshot(&memory, ram, FZ_RAM);
	fz_ram = memory.map;
	free(ram);

	clean.pci = hsw->pci;
	clean.irq = hsw->irq;
	memcpy(clean.ring, hsw->ring, sizeof(clean.ring));
	clean.clip_tl = hsw->blt.clip_tl;
	clean.clip_br = hsw->blt.clip_br;
	clean.fence = hsw->fence;
	memcpy(clean.pp_dir, hsw->gtt.pp_dir, sizeof(clean.pp_dir));
	clean.bar = hsw->bar;

	/* Only ever one command at a time: cs_pass() sees somebody wait. */
	atomic_store(&hsw->sched.waiting, 1);
}

void fz_no_memory(void)
{
	fz_hsw->mem.count = 0;
	fz_hsw->mem.last = 0;
}

void fz_map(uint64_t gpa, uint32_t off, uint32_t size, unsigned int prot)
{
	/* Without a file mem_map() checks and sorts; the memory is ours. */
	if (mem_map(&fz_hsw->mem, gpa, size, -1, 0, prot))
		return;
	for (size_t i = 0; i < fz_hsw->mem.count; i++)
		if (fz_hsw->mem.maps[i].gpa == gpa)
			fz_hsw->mem.maps[i].host = fz_ram + off;
}

void fz_registers(void)
{
	put_back(&values);
	put_back(&ptes);
}

void fz_reset(void)
{
	struct hsw *hsw;

	if (!fz_hsw)
		first_time();
	hsw = fz_hsw;
	clock_ns = 1000000000u;
	fz_registers();
	put_back(&memory);
	hsw->pci = clean.pci;
	hsw->irq = clean.irq;
	memcpy(hsw->ring, clean.ring, sizeof(clean.ring));
	hsw->blt.clip_tl = clean.clip_tl;
	hsw->blt.clip_br = clean.clip_br;
	hsw->fence = clean.fence;
	memcpy(hsw->gtt.pp_dir, clean.pp_dir, sizeof(clean.pp_dir));
	hsw->bar = clean.bar;
	memset(&hsw->stats, 0, sizeof(hsw->stats));
	fz_no_memory();
	fz_map(FZ_GPA, 0, FZ_RAM, MEM_READ | MEM_WRITE);
	hsw->tlb.on = false;
	page_cache_flush(&hsw->pages);
}

const uint32_t *fz_clean_registers(void)
{
	return (const uint32_t *)values.clean;
}

const uint32_t *fz_clean_ptes(void)
{
	return (const uint32_t *)ptes.clean;
}

const uint8_t *fz_clean_memory(void)
{
	return memory.clean;
}

bool fz_run(unsigned int n)
{
	const struct stats *stats = &fz_hsw->stats;
	uint64_t blits = stats->blit_bytes, noops = 0;
	enum engine_id e;

	for (e = 0; e < NUM_ENGINES; e++)
		noops -= stats->commands[e];
	page_cache_flush(&fz_hsw->pages);
	while (n--) {
		uint64_t done = noops;
		bool more;

		if (fz_watch)
			fz_watch(true);
		more = cs_pass(fz_hsw);
		if (fz_watch)
			fz_watch(false);
		if (!more)
			return false;
		for (e = 0; e < NUM_ENGINES; e++)
			done += stats->commands[e];
		/* A page of MI_NOOPs is one step. */
		if (stats->blit_bytes - blits > MIB || done > 8 * 1024)
			return true;
	}
	return true;
}

size_t fz_left(const struct fz_in *in)
{
	return in->end - in->p;
}

size_t fz_bytes(struct fz_in *in, void *buf, size_t len)
{
	size_t n = fz_left(in) < len ? fz_left(in) : len;

	memcpy(buf, in->p, n);
	memset((uint8_t *)buf + n, 0, len - n);
	in->p += n;
	return n;
}

uint8_t fz_u8(struct fz_in *in)
{
	uint8_t v;

	fz_bytes(in, &v, sizeof(v));
	return v;
}

uint16_t fz_u16(struct fz_in *in)
{
	uint16_t v;

	fz_bytes(in, &v, sizeof(v));
	return v;
}

uint32_t fz_u32(struct fz_in *in)
{
	uint32_t v;

	fz_bytes(in, &v, sizeof(v));
	return v;
}
