// SPDX-License-Identifier: GPL-2.0-only
/* Every combination that was asked for, see stale.h and --help. */
#include <stdio.h>
#include <string.h>

#include "ops.h"

/* Returns false if it is no use to go on. */
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
