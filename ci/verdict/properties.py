# SPDX-License-Identifier: GPL-2.0-only
"""Judge one VM of ci/properties: print "test result seconds word detail".

    ci/stages/verdict properties DIR PROGRAM WAY...
    ci/stages/verdict properties --sum RUNS
                      of rows with base and step before them: a results.tsv, a line for
                      each test

A pure function of what ci/shell left in DIR after the script of ci/properties:
    {nonce,channel,console,dmesg}-1.txt, output
The words are in ci/properties --help. A way that did not begin has no row, as
another VM has to try it. Exit 3: the harness failed, not the kernel.
"""

import collections
import os
import re

from . import Miss, Wrong, files, results
from .faults import blocked, chain, not_up
from .files import read
from .patterns import FATAL, oops, tail
from .records import Boot, Row

# What a program says: the result, and its exit code then
WORDS = {"pass": ("pass", 0), "fail": ("fail", 1), "lost": ("fail", 1),
         "early": ("fail", 1), "skip": ("skip", 3), "hang": ("incomplete", 4)}
NOT_OURS = (2, 126, 127)            # usage, and what sh cannot run


def sections(lines, program):
    """[(way, lines)] from the mark of each way to the next one."""
    mark = re.compile(r"\bci: %s@(\S+) begins$" % re.escape(program))
    out, head = [], []
    for line in lines:
        m = mark.search(line)
        if m:
            out.append((m.group(1), []))
        (out[-1][1] if out else head).append(line)
    if out:                         # The log of the boot belongs to the first way.
        out[0][1][:0] = head
    return out, head


def of_way(lines, program, way):
    parts, _ = sections(lines, program)
    return [l for name, part in parts if name == way for l in part]


def said(lines, program, way):
    """The results that a way printed, its other lines, its exit code or None."""
    verdict = re.compile(r"%s (%s) ([\d.]+) s(?:: (.*))?$"
                         % (re.escape(way), "|".join(WORDS)))
    ends = re.compile(r"ci: %s@%s ends with (\d+)$"
                      % (re.escape(program), re.escape(way)))
    got = [m for m in map(verdict.match, lines) if m]
    code = [int(m.group(1)) for m in map(ends.match, lines) if m]
    more = "; ".join(l[2:] for l in lines if l.startswith("# "))
    return got, more, code[-1] if code else None


def dead(row, lines, logs, hit):
    """The guest ended in this way."""
    tasks = blocked(logs)
    if any(FATAL.match(l) for l in logs):
        row.word = "died"
        row.bad("crash", hit or tail(logs))
    else:
        row.word = "silent"
        row.bad("timeout", "; ".join(filter(None, (
            chain(tasks[0]) if tasks else "", hit,
            "" if tasks or hit else tail(logs)))))
    row.detail += "; the last words: " + " | ".join(
        l for l in lines[-3:] if l) if lines else ""


def judge_way(boot, program, way, output):
    row = Row("%s@%s" % (program, way), "fail")
    lines = of_way(output, program, way)
    logs = of_way(boot.dmesg, program, way) + of_way(boot.console, program, way)
    hit = oops(logs)
    got, more, code = said(lines, program, way)
    row.word = "fail"

    if code in NOT_OURS:
        raise Miss("%s@%s ended with %d: %s" % (program, way, code, " | ".join(
            l for l in lines[-4:] if l)))
    if got:
        row.seconds = float(got[-1].group(2))
    if len(got) == 1 and got[0].group(1) == "hang":
        row.word = "hang"
        row.bad("incomplete", got[0].group(3) or more)
        if hit:
            row.detail += "; " + hit
        return row
    if code is None and boot.end() is None:
        dead(row, lines[1:], logs, hit)
        return row
    if len(got) != 1 or code != WORDS[got[0].group(1)][1]:
        row.bad("incomplete" if code == 4 else "fail", "%s, it ended with %s" % (
            "says " + " and ".join(m.group(1) for m in got) if got
            else "not a line of it", code))
        row.word = "hang" if code == 4 else "fail"
    else:
        row.word = got[0].group(1)
        row.bad(WORDS[row.word][0], got[0].group(3) or more)
    if hit:
        row.word = "warns" if row.word in ("pass", "skip") else row.word
        if row.result in ("pass", "skip", "fail"):
            row.warn("; ".join(filter(None, (
                row.result == "fail" and row.detail, hit))))
        else:
            row.detail += "; " + hit
    return row


def judge(folder, program, ways):
    boot = Boot(folder)
    output = read(os.path.join(folder, "output")).split("\n")
    up = not_up(boot, oops(boot.dmesg) or oops(boot.console))
    begun = [w for w, _ in sections(output, program)[0]]

    if up is None and not begun:
        up = "the guest ended before a test began: " + tail(boot.console)
    if up is not None:
        rows = [Row("%s@%s" % (program, w), "notrun", 0.0, up) for w in ways]
        for row in rows:
            row.word = "notrun"
        return rows
    if len(set(begun)) != len(begun) or not set(begun) <= set(ways):
        raise Miss("%s: not these ways began, once each: %s" % (folder, begun))
    marked = {w for log in (boot.dmesg, boot.console)
              for w, _ in sections(log, program)[0]}
    if not set(begun) <= marked:
        raise Miss("%s: the kernel's log has no mark of %s" % (
            folder, ", ".join(sorted(set(begun) - marked))))
    rows = [judge_way(boot, program, w, output) for w in begun]
    end, last = boot.end(), rows[-1]
    if end and end.get("runner") != "0" and last.word != "hang":
        raise Miss("%s: the script ended with %s" % (folder, end.get("runner")))
    bad = boot.kernel_is_bad()
    if bad and last.result in ("pass", "skip"):
        last.word = "warns"
        last.warn(bad)
    elif bad and not oops(boot.dmesg + boot.console) and last.result == "fail":
        last.warn("%s; %s" % (last.detail, bad))
    return rows


def line(row):
    test, result, secs, detail = str(row).split("\t")
    return "\t".join((test, result, secs, row.word, detail))


def add_up(path):
    """A line for each step and test: the worst result, and how often which word."""
    runs, lines = {}, []
    for n, (base, step, test, *run) in files.rows(path, 7):
        results.check("%s:%d" % (path, n), test, run[0], run[1])
        runs.setdefault((base, step, test), []).append(run)

    def bad(run):
        # A repetition that did not take place spoils all of them.
        return run[0] == "notrun", results.severity(run[0])

    for key, of in runs.items():
        of.sort(key=bad, reverse=True)
        words = collections.Counter(word for _, _, word, _ in of)
        result, _, _, detail = of[0]
        lines.append((*key, result, "%.1f" % sum(float(r[1]) for r in of),
                      "%s of %d: %s" % (", ".join("%s %d" % w for w in words.items()),
                                        len(of), detail)))
    return results.text(lines)


def main(args):
    if len(args) == 2 and args[0] == "--sum":
        print(add_up(args[1]), end="")
    elif len(args) > 2 and os.path.isdir(args[0]):
        for row in judge(args[0], args[1], args[2:]):
            print(line(row))
    else:
        raise Wrong("usage: ci/stages/verdict properties DIR PROGRAM WAY... (the records "
                    "of one VM)")
    return 0
