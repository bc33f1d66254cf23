# SPDX-License-Identifier: GPL-2.0-only
"""The tests of a list that have to pass, one a line.

    ci/stages/verdict must-pass BASE <TESTLIST

A test has to pass if no line of ci/data/expected for all steps of BASE lets it do
anything else.
"""

import collections
import fnmatch
import os
import re
import sys

from . import Wrong, files
from .results import WORDS

# results: the results that are fine; path: the file of the line
Expectation = collections.namedtuple("Expectation", "test step results why path")


def paths(base, kind="", directory=os.path.join(files.DATA, "expected")):
    """The files for results of ci/run: what Haswell cannot on any kernel, then the base's
    own lines, which rule; or the file of kind, faults or properties, for that base."""
    names = ["%s-%s" % (kind, base)] if kind else ["haswell", base]
    out = [os.path.join(directory, name + ".tsv") for name in names]
    return [p for p in out if os.path.exists(p)]


def covers(where, step):
    """Is a line for the steps where a line for step?"""
    if where in ("*", step):
        return True
    m = re.fullmatch(r"(\d+)-(\d+)", where)
    return bool(m and step.isdigit() and
                int(m.group(1)) <= int(step) <= int(m.group(2)))


def load(path):
    """[Expectation] of a file"""
    out = []
    for n, (test, step, results, why) in files.rows(path, 4):
        words = results.split("|")
        if not re.fullmatch(r"base|first|\*|\d+(-\d+)?", step):
            raise Wrong("%s:%d: step '%s' is neither base, first, N, N-M nor *"
                        % (path, n, step))
        for word in words:
            if word not in WORDS:
                raise Wrong("%s:%d: '%s' is no result" % (path, n, word))
        if not why.strip():
            raise Wrong("%s:%d: %s has no reason" % (path, n, test))
        out.append(Expectation(test, step, words, why, path))
    return out


def for_theirs(expectations):
    """What holds for a series of somebody else: the lines of the base, at each step. Those
    of the steps of our series do not count."""
    return [e._replace(step="*") for e in expectations if e.step in ("base", "*")]


def find(expectations, test, step):
    """What may come of a test; the last matching line rules."""
    for e in reversed(expectations):
        if fnmatch.fnmatchcase(test, e.test) and covers(e.step, step):
            return e
    return Expectation(test, step, ["pass"], "", None)


def main(args):
    if len(args) != 1 or args[0].startswith("-"):
        raise Wrong("usage: ci/stages/verdict must-pass BASE <TESTLIST")
    other = [e.test for p in paths(args[0]) for e in load(p)
             if e.step == "*" and e.results != ["pass"]]
    for test in sys.stdin.read().split():
        if not any(fnmatch.fnmatchcase(test, pattern) for pattern in other):
            print(test)
    return 0
