// SPDX-License-Identifier: GPL-2.0-only
/*
 * Innocent invalidations: those that tasks of the kernel do, ksmd, khugepaged and
 * compaction. As a rule they leave a pinned page alone, and then they have no effect.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lost.h"

#define KSM		"/sys/kernel/mm/ksm/"
#define THP		"/sys/kernel/mm/transparent_hugepage/"
#define COMPACT		"/proc/sys/vm/compact_memory"
#define PATIENCE	2.0		/* seconds to wait for ksmd, or for khugepaged */

static int ksm_setup(char *why, size_t len)
{
	int err = knob_set(KSM "run", "1");

	if (!err)
		err = knob_set(KSM "sleep_millisecs", "1");
	if (!err)
		err = knob_set(KSM "pages_to_scan", "2000");
	if (err)
		snprintf(why, len, "no KSM: " KSM "run: %s", strerror(-err));
	return err;
}

/*
 * The page behind the object gets the content of the first one: an object of one page
 * needs another page to be merged with.
 */
static int ksm_prepare(struct memory *m)
{
	memcpy(m->base + m->pages * PAGE, m->base, PAGE);
	return madvise(m->base, (m->pages + 1) * PAGE, MADV_MERGEABLE) ? -errno : 0;
}

static int ksm_merge(struct call *c)
{
	struct memory *m = c->m;
	double end = now() + PATIENCE;
	uint64_t pfn, twin;

	while (now() < end && !call_late(c)) {
		if (page_locate(m->base, &pfn) &&
		    page_locate(m->base + m->pages * PAGE, &twin) && pfn == twin)
			return 1;
		nap(2000);
	}
	return 0;
}

static int collapse_setup(char *why, size_t len)
{
	int err = knob_set(THP "khugepaged/scan_sleep_millisecs", "1");

	if (!err)
		err = knob_set(THP "khugepaged/alloc_sleep_millisecs", "1");
	if (!err)
		err = knob_set(THP "khugepaged/pages_to_scan", "16384");
	if (err)
		snprintf(why, len, "cannot speed up khugepaged in " THP ": %s", strerror(-err));
	return err;
}

/* Touch each eighth page behind the object: khugepaged wants some pages to be there. */
static int collapse_prepare(struct memory *m)
{
	size_t i;

	for (i = m->pages; i < m->span; i += 8)
		m->base[i * PAGE] = 1;
	return 0;
}

static int collapse(struct call *c)
{
	struct memory *m = c->m;
	double end = now() + PATIENCE;

	if (madvise(m->base, m->span * PAGE, MADV_HUGEPAGE))
		return -errno;
	while (now() < end && !call_late(c)) {
		if (page_is_huge(m->base))
			return 1;
		nap(5000);
	}
	return 0;
}

static int compact_setup(char *why, size_t len)
{
	if (!access(COMPACT, W_OK))
		return 0;
	snprintf(why, len, "no compaction: " COMPACT ": %s", strerror(errno));
	return -errno;
}

/*
 * Give the memory page frames that alternate with those of hog, and free hog: compaction
 * has free frames to move pages to, and fragments to mend.
 */
static int compact_prepare(struct memory *m)
{
	size_t n = m->pages * PAGE, i;
	char *hog = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (hog == MAP_FAILED)
		return -errno;
	madvise(hog, n, MADV_NOHUGEPAGE);
	if (m->kind == ANON)
		madvise(m->base, n, MADV_DONTNEED);
	else if (ftruncate(m->file, 0) || ftruncate(m->file, m->span * PAGE))
		return -errno;
	for (i = 0; i < m->pages; i++) {
		*(volatile uint32_t *)(m->base + i * PAGE + AT_STORE) = 1;
		hog[i * PAGE] = 1;
	}
	munmap(hog, n);
	return 0;
}

static int compact(struct call *c)
{
	int err = sys_write(COMPACT, "1");

	return err ? err : memory_moved(c->m) > 0;
}

const struct inval inval_ksm = {
	.name = "ksm", .help = "KSM merges the pages",
	.kinds = ANON, .setup = ksm_setup, .prepare = ksm_prepare, .run = ksm_merge,
	.flags = INVAL_SAME | INVAL_POLLS | INVAL_WIDE | INVAL_WAITS,
};

const struct inval inval_collapse = {
	.name = "thp-collapse", .help = "khugepaged puts small pages together",
	.kinds = ANON, .setup = collapse_setup, .prepare = collapse_prepare, .run = collapse,
	.flags = INVAL_POLLS | INVAL_WIDE | INVAL_WAITS,
};

const struct inval inval_compact = {
	.name = "compact", .help = "compaction moves the pages",
	.kinds = ANON | SHARED, .setup = compact_setup, .prepare = compact_prepare,
	.run = compact,
};
