#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The properties of ci/properties.tsv on each kernel, as a table for a mail.

    ci/property_table.py RESULTS    of ci/properties: rows are the properties,
                                    columns the base, the first version, steps
    ci/property_table.py --tests    the tests of all properties, one a line

A cell counts the runs of all tests of its property: "holds 20 of 20", or the worst
that happened and how often, "hangs 4 of 20"; in "hangs 4+2 of 20" two more went wrong
in a milder way. A test that could not be tried does not count; "-" has none that
could. Exit 2: the input is wrong.
"""

import os
import re
import sys

from table import die, rows

HERE = os.path.dirname(os.path.abspath(__file__))
# What a cell calls a word of a program, the worst first; a pass and a skip are not
# among them.
CELL = {"notrun": "not run", "died": "crashes", "hang": "hangs",
        "silent": "hangs", "lost": "lost", "fail": "fails", "early": "early",
        "warns": "warns"}


def properties():
    """[(property, [test])] of ci/properties.tsv; each test is one's alone."""
    path, out, seen = os.path.join(HERE, "properties.tsv"), [], set()
    for n, (name, tests) in rows(path, 2):
        for test in tests.split():
            if not re.fullmatch(r"(waits|lost|uses)@[a-z-]+", test):
                die("%s:%d: '%s' is not PROGRAM@WAY" % (path, n, test))
            if test in seen:
                die("%s:%d: %s is there twice" % (path, n, test))
            seen.add(test)
        out.append((name, tests.split()))
    return out


def words(path, n, detail):
    """{word: how often} of a detail of ci/properties"""
    m = re.match(r"((?:[a-z]+ \d+, )*[a-z]+ \d+) of (\d+): ", detail + " ")
    of = {w: int(c) for w, c in (part.split() for part in
                                 m.group(1).split(", "))} if m else {}
    if not m or sum(of.values()) != int(m.group(2)) or \
            not set(of) <= set(CELL) | {"pass", "skip"}:
        die("%s:%d: '%s' does not say how often there was which word: is it "
            "ci/properties's?" % (path, n, detail[:60]))
    return of


def cell(counts):
    tried = sum(counts.values()) - counts.get("skip", 0)
    if not tried:
        return "-"
    if counts.get("pass", 0) == tried:
        return "holds %d of %d" % (tried, tried)
    worst = next(CELL[w] for w in CELL if w in counts)
    n = sum(counts.get(w, 0) for w in CELL if CELL[w] == worst)
    more = tried - n - counts.get("pass", 0)
    return "%s %d%s of %d" % (worst, n, "+%d" % more if more else "", tried)


def heads(steps, base):
    """What the columns are called: the last of the series is told from others."""
    path = os.path.join(HERE, "..", "series", base)
    n = 0
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            n = sum(1 for l in f if l.strip() and l[0] != "#")
    return [{"base": "base", "first": "first version", str(n): "last step"}.get(
        s, "step " + s) for s in steps]


def table(path):
    found, steps, base = {}, [], ""
    for n, (base, step, test, _, _, detail) in rows(path, 6):
        if n == 1:
            continue
        if not re.fullmatch(r"base|first|\d+", step):
            die("%s:%d: there is no step '%s'" % (path, n, step))
        if step not in steps:
            steps.append(step)
        found[step, test] = words(path, n, detail)
    steps.sort(key=lambda s: int(s) if s.isdigit() else
               ("base", "first").index(s) - 2)
    if not steps:
        die("%s holds no result" % path)
    lines = [["property"] + heads(steps, base)]
    for name, tests in properties():
        line = [name]
        for step in steps:
            counts = {}
            for test in tests:
                for word, c in found.get((step, test), {}).items():
                    counts[word] = counts.get(word, 0) + c
            line.append(cell(counts))
        if set(line[1:]) != {"-"}:
            lines.append(line)
    width = [max(len(l[i]) for l in lines) for i in range(len(lines[0]))]
    for l in lines:
        print("  ".join("%-*s" % c for c in zip(width, l)).rstrip())


if __name__ == "__main__":
    if sys.argv[1:] == ["--tests"]:
        print("\n".join(t for _, tests in properties() for t in tests))
    elif len(sys.argv) == 2:
        table(sys.argv[1])
    else:
        print("usage: ci/property_table.py RESULTS (of ci/properties)",
              file=sys.stderr)
        sys.exit(2)
