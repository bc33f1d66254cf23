# SPDX-License-Identifier: GPL-2.0-only
"""results.tsv: its columns, its words, and how bad each word is."""

import collections
import re

from . import Wrong, files

HEAD = "base step test result seconds detail".split()
Line = collections.namedtuple("Line", HEAD)     # all of them texts
# What a result may be, in the order of the sums below a table.
WORDS = ("pass fail skip warn crash timeout incomplete notrun abort "
         "dmesg-warn dmesg-fail").split()
# Rows that are no test.
BOOT, BUILD, RUNNER = "boot", "build", "igt@runner@aborted"
PSEUDO = (BOOT, BUILD, RUNNER)
HOST = "shard-hsw"
# How bad a result is. The order is that of repetitions: of several results of a test
# the last one in this order counts. The number is for a step against its base: a
# result with a higher one is worse.
LEVEL = {"pass": 0, "skip": 1, "notrun": 2, "warn": 1, "dmesg-warn": 3, "fail": 3,
         "dmesg-fail": 4, "timeout": 4, "abort": 5, "incomplete": 5, "crash": 4}
ORDER = list(LEVEL)


def severity(word):
    """The place of a result among those of repetitions: the worst has the highest."""
    return ORDER.index(word)


def number(text, where):
    """Seconds"""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1e9:
        raise Wrong("%s: '%s' is no number of seconds" % (where, text))
    return value


def check(where, test, result, seconds):
    """One row of results, without its step"""
    if result not in LEVEL:
        raise Wrong("%s: '%s' is no result" % (where, result))
    if not test or re.search(r"\s", test):
        raise Wrong("%s: '%s' is no test" % (where, test))
    number(seconds, where)


def read(path, steps=r"base|first|\d+"):
    """[Line] of a results.tsv; steps is what a step may be called."""
    out, head = [], True
    for n, cells in files.rows(path, len(HEAD)):
        where = "%s:%d" % (path, n)
        if head and cells != HEAD:
            raise Wrong("%s: not the head of ci/run's results.tsv" % where)
        if not head:
            line = Line(*cells)
            if not re.fullmatch(steps, line.step):
                raise Wrong("%s: there is no step '%s'" % (where, line.step))
            check(where, *line[2:5])
            out.append(line)
        head = False
    if not out:
        raise Wrong("%s holds no result" % path)
    return out


def text(lines):
    """Lines as the text of a results.tsv"""
    return "".join("\t".join(cells) + "\n" for cells in (HEAD, *lines))
