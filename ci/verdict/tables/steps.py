# SPDX-License-Identifier: GPL-2.0-only
"""How many tests of each step had which result, as a table for a text.

    ci/stages/verdict step-table RESULTS

RESULTS is a results.tsv. The last column has how many tests differ from the base. A
result that no step had gets no column: a line of a mail has 75 characters.
"""

import collections

from .. import Wrong, results

FIRST = "pass skip warn fail timeout incomplete dmesg-warn dmesg-fail".split()


def main(args):
    if len(args) != 1 or args[0].startswith("-"):
        raise Wrong("usage: ci/stages/verdict step-table RESULTS")
    lines = sorted(results.read(args[0]),
                   key=lambda l: int(l.step) if l.step.isdigit() else 0)
    count = collections.Counter((l.step, l.result) for l in lines)
    used = dict.fromkeys(l.result for l in lines)
    words = [w for w in FIRST if w in used] + [w for w in used if w not in FIRST]
    base = {l.test: l.result for l in lines if l.step == "base"}
    differ = collections.Counter(l.step for l in lines
                                 if base.get(l.test, l.result) != l.result)
    print("  ".join(["step", *words, "differ"]))
    for step in dict.fromkeys(l.step for l in lines):
        cells = ["%*d" % (len(w), count[step, w]) for w in words]
        last = "" if step == "base" else "%6d" % differ[step]
        print("  ".join(["%-4s" % step, *cells, last]).rstrip())
    return 0
