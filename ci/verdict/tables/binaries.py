# SPDX-License-Identifier: GPL-2.0-only
"""A table of IGT's binaries by kernel, out of runs of ci/run on the base alone.

    ci/stages/verdict binaries RESULTS.tsv... [--expected DIR]

Prints ci/hsw/BINARIES.md: a row for each binary, a column for each kernel, in it how
many of the tests had which result; then every result that is no pass, with the reason
that DIR (ci/data/expected) has for it, or what the test itself said.  Of a kernel only the
step "base" counts; its tests may be in several files.  Exit 2: the input is wrong.
"""

import re

from ..judge import DATA
from . import results as table
from .results import die

HEAD = "base step test result seconds detail".split()
PAGE = """<!-- SPDX-License-Identifier: GPL-2.0-only -->
# IGT 2.5 and the driver's own selftests on the software Haswell

Made by `make broad`, of kernels without a patch of ours.
"""


def load(path):
    """(kernel, {test: (result, detail)}) of one results.tsv"""
    kernel, results = None, {}
    for n, cells in table.rows(path, len(HEAD)):
        if n == 1 and cells != HEAD:
            die("%s: not the head of ci/run's results.tsv" % path)
        if n == 1:
            continue
        if cells[3] not in table.WORDS:
            die("%s:%d: not a line of ci/run" % (path, n))
        if cells[1] != "base" or not cells[2].startswith("igt@"):
            continue
        if kernel not in (None, cells[0]):
            die("%s: results of %s and of %s: give one file for each"
                % (path, kernel, cells[0]))
        kernel = cells[0]
        results[cells[2][4:]] = (cells[3], cells[5])
    if not results:
        die("%s: no test of the step base in it" % path)
    return kernel, results


def reasons(directory, kernel):
    """What ci/data/expected has; "the same" is what the line above says."""
    out, why = [], ""
    for path in table.expectation_files(kernel, directory):
        for *line, text, _ in table.expectations(path):
            why = re.sub("^the same", lambda _: why, text)
            out.append((*line, why, path))
    return out


def reason(known, test, result, detail):
    """Why, in one line: ours if there is one, else IGT's without its place."""
    words, why, _ = table.expected(known, "igt@" + test, "base")
    if result in words and why:
        return why
    m = re.search(r"Test requirement: (.*)", detail) or \
        re.search(r"(Failed assertion: .*)", detail)
    text = m.group(1) if m else detail
    return "`%s`" % text[:120].replace("`", "'").replace("|", "\\|") if text else "(says nothing)"


def cell(results):
    """3 pass, 1 skip"""
    count = [(w, results.count(w)) for w in table.WORDS]
    return ", ".join("%d %s" % (n, w) for w, n in count if n)


def names(tests):
    """a@x, a@y, b@z: a@x, y; b@z"""
    by = {}
    for test in tests:
        binary, _, name = test.partition("@")
        by.setdefault(binary, []).append(name)
    return "; ".join("%s@%s" % (b, ", ".join(n)) for b, n in by.items())


def main(args):
    args, directory = list(args), DATA + "/expected"
    if "--expected" in args[:-1]:
        i = args.index("--expected")
        directory = args[i + 1]
        del args[i:i + 2]
    if not args or args[0].startswith("-"):
        die("usage: ci/stages/verdict binaries RESULTS.tsv... [--expected DIR]")

    of = {}
    for path in args:
        kernel, rows = load(path)
        twice = of.setdefault(kernel, {}).keys() & rows.keys()
        if twice:
            die("%s: another file has %s on %s, too" % (path, min(twice), kernel))
        of[kernel].update(rows)
    kernels = list(of.items())
    binaries = sorted({t.split("@")[0] for _, rows in kernels for t in rows})
    print(PAGE)
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
            key = (table.WORDS.index(result), reason(known, test, result, detail))
            why.setdefault(key, []).append(test)
        print("\n%s, what does not pass:\n" % kernel)
        for (i, text), tests in sorted(why.items()):
            print("- %s, %s: %s" % (table.WORDS[i], text, names(tests)))
        if not why:
            print("- nothing")
    return 0
