# SPDX-License-Identifier: GPL-2.0-only
"""How many pages were stale on each kernel, out of what make stale wrote.

    ci/stages/verdict stale-table STALE

STALE has the lines that the guest's program stale printed, each with the step and a
tab before it; after those of a step "# exit N", the status of ci/shell.  Prints a row
for each operation and way to use the object: how often the object had stale pages, of
how often an invalidation raced with a use, and after how many seconds first.  A cell
is the result of stale if that is neither pass nor stale.  The last row, "kernel", says
whether the guest ended well and its log has no report.
Exit 2: the input is wrong.
"""

import re

from .. import Wrong
from .text import show

COLUMNS = 18        # of a line of stale; see ci/guest/stale/report.c


def load(path):
    """[(step, operation, via, raced, stale, first, result)], {step: status}"""
    out, ended = [], {}
    try:
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
    except OSError as err:
        raise Wrong("%s: %s" % (path, err.strerror)) from err
    for n, line in enumerate(lines, 1):
        step, _, rest = line.partition("\t")
        cells = rest.split("\t")
        if re.fullmatch(r"# exit \d+", rest):
            ended[step] = int(rest[7:])
        if rest.startswith("#") or len(cells) != COLUMNS:
            continue
        if not (cells[4].isdigit() and cells[5].isdigit()):
            raise Wrong("%s:%d: not a line of stale" % (path, n))
        out.append((step, cells[0], cells[1], int(cells[4]), int(cells[5]),
                    cells[8], cells[9]))
    if not out:
        raise Wrong("%s: no line of stale in it: make stale writes it" % path)
    for step in {r[0] for r in out} ^ set(ended):
        raise Wrong("%s: step %s has no result, or no '# exit N' after it: make stale "
            "writes it" % (path, step))
    return out, ended


def totals(path):
    """{step: a cell for all its lines}, like those of the table of properties"""
    out = {}
    rows, ended = load(path)
    for step, status in ended.items():
        mine = [r for r in rows if r[0] == step]
        raced, stale = sum(r[3] for r in mine), sum(r[4] for r in mine)
        bad = sorted({r[6] for r in mine} - {"pass", "stale"})
        if stale:
            out[step] = "stale %d of %d" % (stale, raced)
        elif bad:
            out[step] = ", ".join(bad)
        elif status or not raced:
            out[step] = "kernel is bad" if status else "no race"
        else:
            out[step] = "holds %d of %d" % (raced, raced)
    return out


def main(args):
    if len(args) != 1:
        raise Wrong("usage: ci/stages/verdict stale-table STALE")
    rows, ended = load(args[0])
    steps = list(dict.fromkeys(r[0] for r in rows))
    cells = {}
    for step, op, via, raced, stale, first, result in rows:
        text = result
        if result in ("pass", "stale"):
            text = "%d of %d" % (stale, raced)
            text += ", first at %s s" % first if stale else ""
        if (op, via, step) in cells:
            raise Wrong("%s: step %s has %s by %s twice" % (args[0], step, op, via))
        cells[op, via, step] = text
    lines = [["invalidation", "use"] + [s if s == "base" else "step " + s
                                        for s in steps]]
    for op, via in dict.fromkeys((r[1], r[2]) for r in rows):
        lines.append([op, via] + [cells.get((op, via, s), "-") for s in steps])
    # If pages were stale, the status adds nothing.
    lines.append(["kernel", ""] + [
        "-" if any(r[0] == s and r[4] for r in rows) else
        "bad" if ended[s] else "good" for s in steps])
    show(lines)
    return 0
