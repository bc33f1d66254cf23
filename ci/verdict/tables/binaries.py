# SPDX-License-Identifier: GPL-2.0-only
"""A table of IGT's binaries by kernel, out of runs of ci/run on the base alone.

    ci/stages/verdict binaries RESULTS.tsv... [--expected DIR]

Prints ci/hsw/BINARIES.md: a row for each binary, a column for each kernel, in it how
many of the tests had which result; then every result that is no pass, with the reason
that DIR (ci/data/expected) has for it, or what the test itself said.  Of a kernel only the
step "base" counts; its tests may be in several files.  Exit 2: the input is wrong.
"""

import os
import re

from .. import Wrong, expected, results as tsv
from ..files import DATA
from ..results import WORDS

PAGE = """<!-- SPDX-License-Identifier: GPL-2.0-only -->
# IGT 2.5 and the driver's own selftests on the software Haswell

Made by `make broad`, of kernels without a patch of ours.
"""


def load(path):
    """(kernel, {test: (result, detail)}) of one results.tsv"""
    lines = [l for l in tsv.read(path) if l.step == "base" and l.test.startswith("igt@")]
    if not lines:
        raise Wrong("%s: no test of the step base in it" % path)
    kernels = list(dict.fromkeys(l.base for l in lines))
    if len(kernels) > 1:
        raise Wrong("%s: results of %s and of %s: give one file for each"
                    % (path, *kernels[:2]))
    return kernels[0], {l.test[4:]: (l.result, l.detail) for l in lines}


def reasons(directory, kernel):
    """What ci/data/expected has; "the same" stands for the reason of the line above."""
    out, why = [], ""
    for path in expected.paths(kernel, directory=directory):
        for e in expected.load(path):
            why = re.sub("^the same", lambda _: why, e.why)
            out.append(e._replace(why=why))
    return out


def reason(known, test, result, detail):
    """Why, in one line: ours if there is one, else IGT's without its place."""
    e = expected.find(known, "igt@" + test, "base")
    if result in e.results and e.why:
        return e.why
    m = re.search(r"Test requirement: (.*)", detail) or \
        re.search(r"(Failed assertion: .*)", detail)
    text = m.group(1) if m else detail
    return "`%s`" % text[:120].replace("`", "'").replace("|", "\\|") if text else "(says nothing)"


def cell(results):
    """3 pass, 1 skip"""
    count = [(w, results.count(w)) for w in WORDS]
    return ", ".join("%d %s" % (n, w) for w, n in count if n)


def names(tests):
    """a@x, a@y, b@z: a@x, y; b@z"""
    by = {}
    for test in tests:
        binary, _, name = test.partition("@")
        by.setdefault(binary, []).append(name)
    return "; ".join("%s@%s" % (b, ", ".join(n)) for b, n in by.items())


def main(args):
    args, directory = list(args), os.path.join(DATA, "expected")
    if "--expected" in args[:-1]:
        i = args.index("--expected")
        directory = args[i + 1]
        del args[i:i + 2]
    if not args or args[0].startswith("-"):
        raise Wrong("usage: ci/stages/verdict binaries RESULTS.tsv... [--expected DIR]")

    of = {}
    for path in args:
        kernel, rows = load(path)
        twice = of.setdefault(kernel, {}).keys() & rows.keys()
        if twice:
            raise Wrong("%s: another file has %s on %s, too" % (path, min(twice), kernel))
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
            key = (WORDS.index(result), reason(known, test, result, detail))
            why.setdefault(key, []).append(test)
        print("\n%s, what does not pass:\n" % kernel)
        for (i, text), tests in sorted(why.items()):
            print("- %s, %s: %s" % (WORDS[i], text, names(tests)))
        if not why:
            print("- nothing")
    return 0
