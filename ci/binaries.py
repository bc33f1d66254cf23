#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A table of IGT's binaries by kernel, out of runs of ci/run on the base alone.

    ci/binaries.py RESULTS.tsv... [--expected DIR]

Prints Markdown: a row for each binary, a column for each kernel, in it how many of
the tests had which result; then every result that is no pass, with the reason that
DIR (ci/expected) has for it, or what the test itself said.  Of a kernel only the
step "base" counts; its tests may be in several files.  Exit 2: the input is wrong.
"""

import fnmatch
import os
import re
import sys

HEAD = "base step test result seconds detail".split()
ORDER = ["pass", "warn", "dmesg-warn", "fail", "dmesg-fail", "crash", "timeout",
         "incomplete", "abort", "notrun", "skip"]


def die(text):
    print("binaries: " + text, file=sys.stderr)
    sys.exit(2)


def load(path):
    """(kernel, {test: (result, detail)}) of one results.tsv"""
    try:
        with open(path, encoding="utf-8") as f:
            lines = [l.split("\t") for l in f.read().splitlines()]
    except OSError as err:
        die("%s: %s" % (path, err.strerror))
    if not lines or lines[0] != HEAD:
        die("%s: not the head of ci/run's results.tsv" % path)
    kernel, rows = None, {}
    for n, cells in enumerate(lines[1:], 2):
        if len(cells) != len(HEAD) or cells[3] not in ORDER:
            die("%s:%d: not a line of ci/run" % (path, n))
        if cells[1] != "base" or not cells[2].startswith("igt@"):
            continue
        if kernel not in (None, cells[0]):
            die("%s: results of %s and of %s: give one file for each"
                % (path, kernel, cells[0]))
        kernel = cells[0]
        rows[cells[2][4:]] = (cells[3], cells[5])
    if not rows:
        die("%s: no test of the step base in it" % path)
    return kernel, rows


def reasons(directory, kernel):
    """[(pattern, result words, reason)] of ci/expected, for the base"""
    path = os.path.join(directory, kernel + ".tsv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        cells = [l.rstrip("\n").split("\t") for l in f if l[0] not in "#\n"]
    out, why = [], ""
    for c in cells:
        # "the same", or "the same: and more", as in the line above
        why = re.sub("^the same", lambda _: why, c[3])
        if c[1] in ("base", "*"):
            out.append((c[0], c[2].split("|"), why))
    return out


def reason(known, test, result, detail):
    """Why, in one line: ours if there is one, else IGT's without its place."""
    for pattern, words, why in known:
        if result in words and fnmatch.fnmatchcase("igt@" + test, pattern):
            return why
    m = re.search(r"Test requirement: (.*)", detail) or \
        re.search(r"(Failed assertion: .*)", detail)
    text = m.group(1) if m else detail
    return "`%s`" % text[:120].replace("`", "'").replace("|", "\\|") if text else "(says nothing)"


def cell(results):
    """3 pass, 1 skip"""
    count = [(w, results.count(w)) for w in ORDER]
    return ", ".join("%d %s" % (n, w) for w, n in count if n)


def names(tests):
    """a@x, a@y, b@z: a@x, y; b@z"""
    by = {}
    for test in tests:
        binary, _, name = test.partition("@")
        by.setdefault(binary, []).append(name)
    return "; ".join("%s@%s" % (b, ", ".join(n)) for b, n in by.items())


def main():
    args, directory = sys.argv[1:], "ci/expected"
    if "--expected" in args[:-1]:
        i = args.index("--expected")
        directory = args[i + 1]
        del args[i:i + 2]
    if not args or args[0].startswith("-"):
        die("usage: ci/binaries.py RESULTS.tsv... [--expected DIR]")

    of = {}
    for path in args:
        kernel, rows = load(path)
        twice = of.setdefault(kernel, {}).keys() & rows.keys()
        if twice:
            die("%s: another file has %s on %s, too" % (path, min(twice), kernel))
        of[kernel].update(rows)
    kernels = list(of.items())
    binaries = sorted({t.split("@")[0] for _, rows in kernels for t in rows})
    print("| binary | " + " | ".join(k for k, _ in kernels) + " |")
    print("|---|" + "---|" * len(kernels))
    for binary in binaries + [""]:
        cells = []
        for _, rows in kernels:
            cells.append(cell([r for t, (r, _) in rows.items()
                               if not binary or t.split("@")[0] == binary]))
        print("| %s | %s |" % (binary or "all", " | ".join(cells)))

    for kernel, rows in kernels:
        known, why = reasons(directory, kernel), {}
        for test, (result, detail) in rows.items():
            if result == "pass":
                continue
            key = (ORDER.index(result), reason(known, test, result, detail))
            why.setdefault(key, []).append(test)
        print("\n%s, what does not pass:\n" % kernel)
        for (i, text), tests in sorted(why.items()):
            print("- %s, %s: %s" % (ORDER[i], text, names(tests)))
        if not why:
            print("- nothing")


main()
