// SPDX-License-Identifier: GPL-2.0-only
/*
 * stale: does the GPU see pages that the process no longer has? stale.h describes how.
 *
 * Prints lines that begin with #, the last of which names the columns, and then a line for
 * each combination, its columns separated by tabs; --help describes them. Descriptions of
 * stale pages and hangs go to stderr. After a hang the other combinations are not tried.
 *
 * Exit status: 0 all pass, 1 one is stale or fails, 2 usage, 3 one could not be tested
 * (skip, norace, noeffect), 4 one hangs. If both 1 and 3 apply it is 1.
 */
#include <stdio.h>
#include <string.h>

#include "ops.h"

/* Run one combination; each argument is an index into options. False after a hang or error. */
static bool combination(unsigned int op, unsigned int via, unsigned int size,
			unsigned int objects)
{
	int err = supervise(options.op[op], options.via[via],
			    options.size[size], options.objects[objects]);

	if (err < -1)
		fprintf(stderr, "stale: cannot start a process: %s\n",
			strerror(-err));
	if (err)
		shared->result.verdict = VERDICT_NONE;
	report(options.op[op], options.via[via], options.size[size],
	       options.objects[objects], &shared->result);
	return !err;
}

int main(int argc, char **argv)
{
	unsigned int op, via, size, objects;
	int code = options_parse(argc, argv);

	if (code >= 0)
		return code;
	report_head();
	for (op = 0; op < options.nops; op++)
		for (via = 0; via < options.nvias; via++)
			for (size = 0; size < options.nsizes; size++)
				for (objects = 0; objects < options.nobjects;
				     objects++)
					if (!combination(op, via, size,
							 objects))
						return report_exit_code();
	return report_exit_code();
}
