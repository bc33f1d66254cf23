# SPDX-License-Identifier: GPL-2.0-only
"""The properties of ci/data/properties.tsv on each kernel, as a table for a mail.

    ci/stages/verdict property-table RESULTS
                      of ci/properties: rows are the properties, columns the base, the
                      first version, steps
    ci/stages/verdict property-table --summary RESULTS [STALE]
                      rows are what goes wrong (the third column of properties.tsv) on
                      the base and the last step, "none in 20" if nothing did; the first
                      row is what STALE has, the file of make stale
    ci/stages/verdict property-table --ways PROGRAM RESULTS
                      rows are the ways of one program
    ci/stages/verdict property-table --tests
                      the tests of all properties, one a line

A cell counts the runs of all tests of its row: "holds 20 of 20", or the worst result
and how often there was it, "hangs 4 of 20"; in "hangs 4+2 of 20" two more runs had a
milder result. A test that could not be tried does not count; "-": no test could be.
Exit 2: the input is wrong.
"""

import os
import re

from .. import Wrong, results
from ..files import DATA, ROOT, rows
from . import stale as stale_table
from .text import show

# What a cell calls the result of a program, the worst first; pass and skip are not
# among them.
CELL = {"notrun": "not run", "died": "crashes", "hang": "hangs",
        "silent": "hangs", "lost": "lost", "fail": "fails", "early": "early",
        "warns": "warns"}


def properties():
    """[(property, [test], group)] of ci/data/properties.tsv; no test is in two."""
    path, out, seen = os.path.join(DATA, "properties.tsv"), [], set()
    for n, (name, tests, group) in rows(path, 3):
        for test in tests.split():
            if not re.fullmatch(r"(waits|lost|uses)@[a-z-]+", test):
                raise Wrong("%s:%d: '%s' is not PROGRAM@WAY" % (path, n, test))
            if test in seen:
                raise Wrong("%s:%d: %s is there twice" % (path, n, test))
            seen.add(test)
        out.append((name, tests.split(), group))
    return out


def words(path, line):
    """{word: how often} of the detail of a line of ci/properties"""
    m = re.match(r"((?:[a-z]+ \d+, )*[a-z]+ \d+) of (\d+): ", line.detail + " ")
    of = {w: int(c) for w, c in (part.split() for part in
                                 m.group(1).split(", "))} if m else {}
    if not m or sum(of.values()) != int(m.group(2)) or \
            not set(of) <= set(CELL) | {"pass", "skip"}:
        raise Wrong("%s: step %s, %s: '%s' does not say how often there was which word: is "
                    "it ci/properties's?" % (path, *line[1:3], line.detail[:60]))
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
    path = os.path.join(ROOT, "series", base)
    n = 0
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            n = sum(1 for l in f if l.strip() and l[0] != "#")
    return [{"base": "base", "first": "first version", str(n): "last step"}.get(
        s, "step " + s) for s in steps]


def load(path):
    """(base, steps in their order, {(step, test): {word: how often}})"""
    lines = results.read(path)
    found = {(l.step, l.test): words(path, l) for l in lines}
    steps = sorted({l.step for l in lines}, key=lambda s: int(s) if s.isdigit() else
                   ("base", "first").index(s) - 2)
    return lines[-1].base, steps, found


def table(head, groups, path):
    """Print a row for each (name, [test]) of groups that a step has a result of."""
    base, steps, found = load(path)
    show([[head] + heads(steps, base)] + cells_of(groups, steps, found))


def summary(path, stale=""):
    """The same of each group of properties, for a reader who knows none of them."""
    base, steps, found = load(path)
    names = dict(zip(steps, heads(steps, base)))
    steps = [s for s in steps if names[s] in ("base", "last step")]
    lines = cells_of(by_group(), steps, found)
    if stale:
        of = stale_table.totals(stale)
        lines.insert(0, ["stale pages"] + [of.get(s, "-") for s in steps])
    show([["what goes wrong on " + base] + [names[s] for s in steps]] +
         [[re.sub(r"^holds \d+ of", "none in", c) for c in l] for l in lines])


def cells_of(groups, steps, found):
    lines = []
    for name, tests in groups:
        line = [name]
        for step in steps:
            counts = {}
            for test in tests:
                for word, c in found.get((step, test), {}).items():
                    counts[word] = counts.get(word, 0) + c
            line.append(cell(counts))
        if set(line[1:]) != {"-"}:
            lines.append(line)
    return lines


def by_group():
    """[(group, [test])], groups in the order of their first property"""
    out = {}
    for _, tests, group in properties():
        out.setdefault(group, []).extend(tests)
    return list(out.items())


def main(args):
    if args == ["--tests"]:
        print("\n".join(t for _, tests, _ in properties() for t in tests))
    elif args[:1] == ["--summary"] and len(args) in (2, 3):
        summary(*args[1:])
    elif args[:1] == ["--ways"] and len(args) == 3:
        tests = [t for _, of, _ in properties() for t in of]
        table("way", [(t, [t]) for t in tests
                      if t.startswith(args[1] + "@")], args[2])
    elif len(args) == 1 and args[0][0] != "-":
        table("property", [p[:2] for p in properties()], args[0])
    else:
        raise Wrong("usage: ci/stages/verdict property-table RESULTS (of ci/properties; see --help)")
    return 0
