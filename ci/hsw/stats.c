// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters.
 */
#include <inttypes.h>
#include <time.h>

#include "device.h"

void stats_skip(struct hsw *hsw, enum engine_id engine, uint32_t key)
{
	struct stats *stats = &hsw->stats;
	struct stats_skipped *s;

	for (s = stats->skipped; s < stats->skipped + stats->n_skipped; s++) {
		if (s->key == key && s->engine == engine) {
			s->count++;
			return;
		}
	}
	if (stats->n_skipped == STATS_SKIPPED) {
		stats->skipped_others++;
		return;
	}
	stats->n_skipped++;
	*s = (struct stats_skipped) { key, engine, 1 };
}

static void line(FILE *out, const char *name, uint64_t n)
{
	if (n)
		fprintf(out, "hsw: stats: %-24s %" PRIu64 "\n", name, n);
}

static void per_engine(FILE *out, const char *name,
		       const uint64_t n[NUM_ENGINES])
{
	char buf[64];
	int i;

	for (i = 0; i < NUM_ENGINES; i++) {
		snprintf(buf, sizeof(buf), "%s %s", engine_name[i], name);
		line(out, buf, n[i]);
	}
}

/* What the server, with both its threads, has taken of the CPUs. */
static uint64_t cpu_ms(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts))
		return 0;
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

void stats_print(const struct stats *stats, FILE *out)
{
	unsigned int i;

	line(out, "messages", stats->messages);
	line(out, "messages without reply", stats->posted);
	line(out, "register reads", stats->mmio_reads);
	line(out, "register writes", stats->mmio_writes);
	line(out, "PTE reads", stats->gtt_reads);
	line(out, "PTE writes", stats->gtt_writes);
	line(out, "aperture reads", stats->aperture_reads);
	line(out, "aperture writes", stats->aperture_writes);
	line(out, "config reads", stats->config_reads);
	line(out, "config writes", stats->config_writes);
	line(out, "port reads", stats->io_reads);
	line(out, "port writes", stats->io_writes);
	line(out, "DMA maps", stats->dma_maps);
	line(out, "DMA unmaps", stats->dma_unmaps);
	line(out, "MSI sent", stats->msi);
	per_engine(out, "user interrupts", stats->user_interrupts);
	per_engine(out, "commands", stats->commands);
	per_engine(out, "batches", stats->batches);
	line(out, "blits", stats->blits);
	line(out, "blit bytes", stats->blit_bytes);
	per_engine(out, "resets", stats->engine_resets);
	per_engine(out, "hangs", stats->hangs);
	line(out, "guest errors", stats->guest_errors);
	for (i = 0; i < stats->n_skipped; i++)
		fprintf(out, "hsw: stats: skipped %-4s 0x%08" PRIx32 "     %" PRIu64 "\n",
			engine_name[stats->skipped[i].engine],
			stats->skipped[i].key, stats->skipped[i].count);
	line(out, "skipped, others", stats->skipped_others);
	line(out, "CPU milliseconds", cpu_ms());
	fflush(out);
}
