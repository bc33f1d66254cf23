// SPDX-License-Identifier: GPL-2.0-only
/*
 * lost: does the process find in its memory what the blitter or a pwrite wrote through a
 * userptr object? lost.h and README.md describe how. Each way, and each combination of the
 * random mode, runs in a worker of its own.
 *
 * Prints a line for each: its name, the result, the seconds it took, and why. The result is
 *
 *	pass	no write was lost
 *	lost	a write was lost
 *	fail	a call or a write failed that must not fail, or the worker died
 *	early	with --strict: a call did not wait for the GPU
 *	skip	it cannot be tried here
 *	hang	the worker makes no progress: the last line, the machine reboots
 *
 * Exit status: 0 all pass, 1 lost, fail or early, 2 usage, 3 one cannot be tried here, 4
 * one hangs; the highest of 0, 3, 1, 4 in this order.
 */
#include <stdio.h>

#include "lost.h"

/* The worse of two LOST_ values: a hang, then a lost write, then a skip, then a pass. */
static int worse(int a, int b)
{
	static const int rank[] = { [LOST_PASS] = 0, [LOST_SKIP] = 1, [LOST_LOST] = 2,
				    [LOST_HANG] = 3 };

	return rank[a] >= rank[b] ? a : b;
}

static int life_way(const void *arg)
{
	return ((const struct way *)arg)->run();
}

static int life_loop(const void *arg)
{
	return loop_run(arg);
}

static int all_loops(void)
{
	unsigned int i, v, p, t;
	struct combination c;
	int worst = LOST_PASS;
	char name[80];

	for (i = 0; i < opt.ninvals; i++)
		for (v = 0; v < opt.nvias; v++)
			for (p = 0; p < opt.npages; p++)
				for (t = 0; t < opt.nthreads; t++) {
					c = (struct combination){
						opt.inval[i], opt.via[v], opt.pages[p],
						opt.threads[t]
					};
					snprintf(name, sizeof(name), "%s/%s/%zuk/%u",
						 c.inval->name, writers[c.via], c.pages * 4,
						 c.threads);
					worst = worse(worst, watch_over(name, life_loop, &c));
					if (worst == LOST_HANG)
						return worst;
				}
	return worst;
}

int main(int argc, char **argv)
{
	const struct way *list[33];
	unsigned int n, i;
	int worst = LOST_PASS, code = choice_parse(argc, argv, list, &n);

	if (code >= 0)
		return code;
	code = super_start();
	if (code)
		return code;
	if (!n)
		return all_loops();
	for (i = 0; i < n && worst != LOST_HANG; i++)
		worst = worse(worst, watch_over(list[i]->name, life_way, list[i]));
	return worst;
}
