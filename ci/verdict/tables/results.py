# SPDX-License-Identifier: GPL-2.0-only
"""Print results.tsv as a table, the changes from base, and the verdict.

    ci/stages/verdict table RESULTS [--kind KIND | --theirs | --expected FILE...]
                            [STEP=NOTE...]

NOTE (such as "cached") is printed under the step. What may come of a test is in
ci/data/expected: haswell.tsv and BASE.tsv, or KIND-BASE.tsv for KIND faults or
properties, or only each FILE. --theirs: the steps are of a series that is not ours.

Those files have the columns test (may hold * and ?), step (base, first, 2, 1-3 or *),
results that are expected ("a" or "a|b"), reason; of several lines for a result the last
one rules. What is not listed must pass; a listed test whose line does not allow pass
and that passes is reported too, so that lines leave the list.
Exit 0: all as expected, 1: not, 2: the input is wrong.
"""

import re
import sys

from .. import Wrong, expected, results as tsv
from ..results import HOST, WORDS

NOTE = re.compile(r"(base|first|\d+)=")


def table(results, steps, tests, notes):
    short = {t: t.split("@", 1)[-1] for t in tests}
    width = max(len(s) for s in short.values())
    cols = [max(12, len(s), len(notes.get(s, ""))) for s in steps]

    def line(head, cells):
        print(("%-*s  " % (width, head) + "  ".join(
            "%-*s" % (w, c) for w, c in zip(cols, cells))).rstrip())

    line("", steps)
    if notes:
        line("", [notes.get(s, "") for s in steps])
    for t in tests:
        line(short[t], [results.get((s, t), ("-",))[0] for s in steps])
    print()
    for word in WORDS:
        counts = [sum(1 for t in tests if results.get((s, t), ("",))[0] ==
                      word) for s in steps]
        if any(counts):
            line(word, [str(c) for c in counts])
    line("seconds", ["%.0f" % sum(results[s, t][1] for t in tests
                                  if (s, t) in results) for s in steps])


def changes(results, steps, tests):
    """Print what differs from the base, in the form of 2018."""
    print("\nChanges from base:")
    changed = 0
    for step in steps:
        for t in tests:
            old, new = results.get(("base", t)), results.get((step, t))
            if step == "base" or not new or (old and old[0] == new[0]):
                continue
            if not old and new[0] == "pass":
                continue
            changed += 1
            print("  step %s: %s: %s -> %s (%s)" % (
                step, t, old[0] if old else "notrun", new[0].upper(), HOST))
    if not changed:
        print("  none")


def unexpected(results, steps, tests, known):
    """Print what is not as expected; how many."""
    bad = 0
    for step in steps:
        for t in tests:
            if (step, t) not in results:
                continue
            got, _, detail = results[step, t]
            e = expected.find(known, t, step)
            if got in e.results:
                continue
            bad += 1
            if bad == 1:
                print("\nNot as expected:")
            print("  step %s: %s: %s, expected %s%s" % (
                step, t, got.upper(), "|".join(e.results),
                " (%s)" % e.why if e.why else ""))
            if detail:
                print("      " + detail)
            if got == "pass":
                print("      it passes now: take the line out of %s" % e.path)
    return bad


def options(args):
    """(path, kind, theirs, files or None, notes)"""
    path, kind, theirs, paths, notes, args = "", "", False, None, {}, list(args)
    while args:
        a = args.pop(0)
        if a == "--theirs":
            theirs = True
        elif a == "--kind" and args:
            kind = args.pop(0)
        elif a == "--expected" and args:
            paths = (paths or []) + [args.pop(0)]
        elif NOTE.match(a):
            notes.update([a.split("=", 1)])
        elif a.startswith("-") or path:
            raise Wrong("unexpected '%s': see --help" % a)
        else:
            path = a
    if not path:
        raise Wrong("usage: ci/stages/verdict table RESULTS (see --help)")
    return path, kind, theirs, paths, notes


def main(args):
    path, kind, theirs, paths, notes = options(args)
    lines = tsv.read(path)
    base = lines[0].base
    if paths is None:
        paths = expected.paths(base, kind)
        own = "%s-%s.tsv" % (kind, base) if kind else base + ".tsv"
        if not any(p.endswith("/" + own) for p in paths):
            print("table: no ci/data/expected/%s: every result must be a pass%s" % (
                own, "" if kind else ", or as haswell.tsv says"), file=sys.stderr)
    known = [e for p in paths for e in expected.load(p)]
    if theirs:
        known = expected.for_theirs(known)
    results = {(l.step, l.test): (l.result, float(l.seconds), l.detail) for l in lines}
    steps = list(dict.fromkeys(l.step for l in lines))
    tests = list(dict.fromkeys(l.test for l in lines))

    table(results, steps, tests, notes)
    if "base" in steps and len(steps) > 1:
        changes(results, steps, tests)
    bad = unexpected(results, steps, tests, known)
    print("\n%d results, %d not as expected" % (len(results), bad))
    return 1 if bad else 0
