# SPDX-License-Identifier: GPL-2.0-only
"""The tests of a list, dealt out to several machines by their times."""

import math
import re

from . import Wrong, results


def lines(path, what):
    """The cells of each line, comments and empty lines as well"""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as f:
            text = f.read()
    except OSError as err:
        raise Wrong("cannot read %s%s" % (what, path)) from err
    return [line.split("\t") for line in text.removesuffix("\n").split("\n")] if text else []


def longest(pairs):
    """{test: its longest time} of pairs of an IGT test, or another one, and seconds"""
    out = {}
    for name, seconds in pairs:
        if name.startswith("igt@"):
            out[name] = max(out.get(name, 0), float(seconds))
    return out


def times(path):
    """longest() of lines "test seconds" or of a results.tsv; other lines do not count"""
    pairs = ((cells + [""])[:2] if len(cells) < len(results.HEAD) else cells[2:5:2]
             for cells in lines(path, "the times "))
    return longest((name, seconds) for name, seconds in pairs
                   if re.fullmatch(r"\d+\.?\d*|\.\d+", seconds))


def part(tests, known, me, machines):
    """What falls to machine number me (from 1). All machines have to find the same."""
    # fsum: of any order of the tests the same. A test that nobody knows gets the average.
    average = math.fsum(known.values()) / len(known) if known else 1
    # At least a moment, so that tests of 0 s are dealt out as well.
    cost = [0.1 + known.get(test, average) for test in tests]
    load, mine = [0.0] * machines, set()
    # The longest first, what is alike in the order of the list.
    for i in sorted(range(len(tests)), key=lambda i: -cost[i]):
        least = load.index(min(load))
        load[least] += cost[i]
        if least == me - 1:
            mine.add(i)
    return [test for i, test in enumerate(tests) if i in mine]


def table(path):
    """The text of a file of times: the longest of each test of a results.tsv"""
    rows = longest((line.test, line.seconds) for line in results.read(path))
    return "".join("%s\t%.1f\n" % row for row in rows.items())
