# SPDX-License-Identifier: GPL-2.0-only
"""Judge one VM of ci/faults: print "test result seconds detail".

    ci/stages/verdict faults DIR WAY

A pure function of what ci/shell left in DIR after "traps WAY":
    {nonce,channel,console,dmesg}-1.txt, output
The words are in ci/faults --help. A hang is only the one that is expected of
the rwsem, "incomplete", if the log shows a task that waits in i915's notifier
while it is itself between start and end of an invalidation, or in gup.
"""

import os
import re

from . import Wrong
from .files import read
from .patterns import FATAL, oops, tail
from .records import Boot, Row

SKIP, HANG = "3", "4"               # exit codes of traps
WAITS = re.compile(r"userptr_mn_invalidate_range_start")
HOLDS = re.compile(r"^(copy_page_range|unmap_page_range|"
                   r"__i915_gem_userptr_get_pages_worker)$")
# Frames that a chain leaves out
DULL = re.compile(r"^(__)?(schedule|down_write|rmap_walk\w*|shrink_"
                  r"(inactive_list|lruvec|node)|alloc_pages\w*|handle_mm_fault|"
                  r"do_(sys_)?\w*(clone|fork|madvise)|kernel_clone|x64_sys_\w+)$")
END = re.compile(r"^(do_syscall_64|entry_SYSCALL\w*|ret_from_fork|kthread|"
                 r"worker_thread|process_one_work)$")


def blocked(lines):
    """(name, frames) of each task in D that the log has a trace of."""
    head = re.compile(r"^(?:task:(\S+)\s+state:D|"      # v5.10
                      r"(\S+)\s+D\s+\d+\s+\d+\s+\d+ 0x)")   # v4.17
    frame = re.compile(r"^(\? )?([\w.]+)\+0x[0-9a-f]+/0x")
    out, name, frames = [], None, None
    for line in lines:
        m = head.match(line)
        if m:
            name, frames = m.group(1) or m.group(2), None
        elif line == "Call Trace:":
            if name:
                frames = []
                out.append((name, frames))
            name = None
        elif frames is not None:
            m = frame.match(line)
            if not m:
                frames = None
            elif not m.group(1):
                frames.append(m.group(2).split(".")[0])
    return out


def chain(task):
    name, frames = task
    end = next((i for i, f in enumerate(frames) if END.match(f)), len(frames))
    return "%s: %s" % (name, " < ".join(
        f for f in frames[:end] if not DULL.match(f)))


def waits_for_itself(frames):
    at = next((i for i, f in enumerate(frames) if WAITS.search(f)), None)
    return at is not None and any(HOLDS.match(f) for f in frames[at + 1:])


def hung(row, boot, hit):
    tasks = blocked(boot.dmesg) + blocked(boot.console)
    mine = [t for t in tasks if waits_for_itself(t[1])]
    if mine:
        row.bad("incomplete", chain(mine[0]))
    elif tasks:
        row.bad("timeout", "hangs, but not in the notifier: " + chain(tasks[0]))
    else:
        row.bad("timeout", "hangs, and no blocked task is in the log: " +
                tail(boot.dmesg))
    if hit:
        row.detail += "; " + hit


def not_up(boot, hit):
    """Why the guest did not come up; None if it did."""
    errors = boot.errors()
    if not errors and boot.started():
        return None
    return hit or "; ".join(errors) or tail(boot.console) or \
        "not a word on the console"


def judge(folder, way):
    boot = Boot(folder)
    row = Row("traps@" + way, "notrun")
    hit = oops(boot.dmesg) or oops(boot.console)
    output = read(os.path.join(folder, "output")).split("\n")
    said = [m for m in (re.match(r"%s (pass|fail|skip|hang) ([\d.]+) s(?:: (.*))?$"
                                 % re.escape(way), l) for l in output) if m]
    why = "; ".join(l[2:] for l in output if l.startswith("# "))
    up = not_up(boot, hit)

    if up is not None:
        row.detail = up
        return row
    if said:
        row.seconds = float(said[-1].group(2))
    else:                           # until the kernel's last word
        stamps = re.findall(r"^(?:<\d>)?\[\s*(\d+\.\d+)\]", read(
            os.path.join(folder, "dmesg-1.txt")), re.M)
        row.seconds = float(stamps[-1]) if stamps else 0.0
    word = said[-1].group(1) if said else ""
    end = boot.end()
    status = end.get("runner") if end else None
    logs = boot.dmesg + boot.console

    if end is None or status == HANG:
        fatal = [l for l in logs if FATAL.match(l)]
        # What the watcher or the kernel says when a task is blocked
        stuck = status == HANG or any(
            re.search("Show Blocked State|blocked for more than", l)
            for l in logs)
        if fatal or not stuck:
            row.bad("crash" if fatal else "timeout", hit or
                    "the guest went down without its last word: " +
                    tail(boot.console))
        else:
            hung(row, boot, hit)
        return row

    if status == "0" and word == "pass":
        row.bad("pass", said[-1].group(3) or "")
        bad = hit or boot.kernel_is_bad()
        if bad:
            row.warn(bad)
    elif status == SKIP and word == "skip":
        row.bad("skip", why)
        if hit or boot.kernel_is_bad():
            row.warn(hit or boot.kernel_is_bad())
    else:
        row.bad("fail", "; ".join(filter(None, (
            why or "traps ended with %s" % status, hit))))
        if hit:
            row.result = "dmesg-fail"
    return row


def main(args):
    if len(args) != 2 or not os.path.isdir(args[0]):
        raise Wrong("usage: ci/stages/verdict faults DIR WAY (the records of one VM)")
    print(judge(*args))
    return 0
