# SPDX-License-Identifier: GPL-2.0-only
"""Print results.tsv as a table, the changes from base, and the verdict.

    ci/stages/verdict table RESULTS.tsv EXPECTED.tsv... [STEP=NOTE...]

NOTE (such as "cached") is printed under the step.  EXPECTED has the columns
test (may hold * and ?), step (base, first, 2, 1-3 or *), results that are expected
("a" or "a|b"), reason; of several lines for a result the last one rules.  What
is not listed must pass; a listed test whose line does not allow pass and that
passes is reported too, so that lines leave the list.
Exit 0: all as expected, 1: not, 2: the input is wrong.
"""

import fnmatch
import os
import re

from .. import Wrong
from ..judge import DATA

WORDS = ("pass fail skip warn crash timeout incomplete notrun abort "
         "dmesg-warn dmesg-fail").split()
HOST = "shard-hsw"
NOTE = re.compile(r"(base|first|\d+)=")


def die(text):
    raise Wrong(text)


def rows(path, columns):
    try:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
    except OSError as err:
        die("%s: %s" % (path, err.strerror))
    for n, line in enumerate(lines, 1):
        if not line or line[0] == "#":
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            die("%s:%d: %d columns, not %d" % (path, n, len(cells), columns))
        yield n, cells


def covers(where, step):
    if where == "*" or where == step:
        return True
    m = re.fullmatch(r"(\d+)-(\d+)", where)
    return bool(m and step.isdigit() and
                int(m.group(1)) <= int(step) <= int(m.group(2)))


def expectations(path):
    """(test, step, words, why, path) of each line of a file."""
    out = []
    for n, (test, step, results, why) in rows(path, 4):
        words = results.split("|")
        if not re.fullmatch(r"base|first|\*|\d+(-\d+)?", step):
            die("%s:%d: step '%s' is neither base, first, N, N-M nor *"
                % (path, n, step))
        for word in words:
            if word not in WORDS:
                die("%s:%d: '%s' is no result" % (path, n, word))
        if not why.strip():
            die("%s:%d: %s has no reason" % (path, n, test))
        out.append((test, step, words, why, path))
    return out


def expectation_files(base, directory=os.path.join(DATA, "expected")):
    """What Haswell cannot on any kernel, then the base's own lines, which rule."""
    paths = [os.path.join(directory, name + ".tsv") for name in ("haswell", base)]
    return [p for p in paths if os.path.exists(p)]


def expected(exp, test, step):
    """Words that are fine, why, and who says so; the last matching line rules."""
    for name, where, words, why, path in reversed(exp):
        if fnmatch.fnmatchcase(test, name) and covers(where, step):
            return words, why, path
    return ["pass"], "", None


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


def main(args):
    notes = dict(a.split("=", 1) for a in args[1:] if NOTE.match(a))
    files = [a for a in args[1:] if not NOTE.match(a)]
    if not files:
        die("usage: ci/stages/verdict table RESULTS.tsv EXPECTED.tsv... [STEP=NOTE...]")
    results, steps, tests = {}, [], []
    for n, (_, step, test, result, secs, detail) in rows(args[0], 6):
        if n == 1:
            continue
        if result not in WORDS:
            die("%s:%d: '%s' is no result" % (args[0], n, result))
        if step not in steps:
            steps.append(step)
        if test not in tests:
            tests.append(test)
        results[step, test] = (result, float(secs), detail)
    if not results:
        die("%s holds no result" % args[0])
    exp = [line for path in files for line in expectations(path)]

    table(results, steps, tests, notes)
    if "base" in steps and len(steps) > 1:
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
                    step, t, old[0] if old else "notrun", new[0].upper(),
                    HOST))
        if not changed:
            print("  none")

    bad = 0
    for step in steps:
        for t in tests:
            if (step, t) not in results:
                continue
            got, _, detail = results[step, t]
            words, why, path = expected(exp, t, step)
            if got in words:
                continue
            bad += 1
            if bad == 1:
                print("\nNot as expected:")
            print("  step %s: %s: %s, expected %s%s" % (
                step, t, got.upper(), "|".join(words),
                " (%s)" % why if why else ""))
            if detail:
                print("      " + detail)
            if got == "pass":
                print("      it passes now: take the line out of %s" % path)
    print("\n%d results, %d not as expected" % (len(results), bad))
    return 1 if bad else 0
