# SPDX-License-Identifier: GPL-2.0-only
"""The results.tsv of a base, out of the rows of its steps.

    ci/stages/verdict collect BASE [--repeat N --counts FILE] STEP=ROWS...

ROWS has lines "test result seconds detail". A step may have several files: of other
tests, or of N repetitions. The worst result of a test counts; if its results differ
the detail says so, and with N > 1 FILE counts each result (base step test result
times). Prints the results.tsv.
"""

import sys

from . import Wrong, files, results

COUNTS = "base step test result times".split()


def add_up(rows, repeat):
    """(test, result, seconds, detail, {result: times}) of each test, in the order of rows."""
    runs = {}
    for row in rows:
        runs.setdefault(row[0], []).append(row)
    for test, of in runs.items():
        _, result, seconds, detail = max(of, key=lambda r: results.severity(r[1]))
        times = {w: n for w in results.ORDER if (n := sum(r[1] == w for r in of))}
        if len(times) > 1:
            said = "flaky, of %d: %s" % (repeat, ", ".join(
                "%d %s" % (n, w) for w, n in times.items()))
            detail = said + ("; " + detail if detail else "")
        yield test, result, seconds, detail, times


def main(args):
    usage = "usage: ci/stages/verdict collect BASE STEP=ROWS... (see --help)"
    args, options = list(args), {"--repeat": "1", "--counts": ""}
    while len(args) > 2 and args[1] in options:
        options[args[1]] = args[2]
        del args[1:3]
    if len(args) < 2 or not all("=" in a for a in args[1:]):
        raise Wrong(usage)
    base, repeat = args[0], int(options["--repeat"])
    steps = {}
    for step, _, path in (a.partition("=") for a in args[1:]):
        # A row of a step that was not built quotes the build, as it is.
        for n, row in files.rows(path, 4, errors="surrogateescape"):
            results.check("%s:%d" % (path, n), *row[:3])
            steps.setdefault(step, []).append(row)
    lines, counts = [], [COUNTS]
    for step, rows in steps.items():
        for *row, times in add_up(rows, repeat):
            lines.append((base, step, *row))
            counts += [(base, step, row[0], w, str(n)) for w, n in times.items()]
    sys.stdout.write(results.text(lines))
    if options["--counts"] and repeat > 1:
        with open(options["--counts"], "w", encoding="utf-8") as f:
            f.writelines("\t".join(c) + "\n" for c in counts)
    return 0
