// SPDX-License-Identifier: GPL-2.0-only
/* All that was asked for, each in a worker of its own; see lost.h and --help. */
#include <stdio.h>

#include "lost.h"

/* The worst first: a hang, a lost write, one that could not be tried. */
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
