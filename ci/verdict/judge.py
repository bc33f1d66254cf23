# SPDX-License-Identifier: GPL-2.0-only
"""Judge the folder of one step: print "test result seconds detail" rows.

    ci/stages/verdict judge DIR
    ci/stages/verdict judge --boot DIR WORD
                      boot 1 of ci/shell's DIR, of which ci/stages/boot printed WORD:
                      exit 1 and print why if it is not good

A pure function of what ci/stages/step left in DIR:
    testlist          the test list, one igt@binary@subtest per line
    boots.tsv         boot, what ci/stages/boot printed, seconds, tests before, tests after
    igt/results.json  the output of igt_results; igt/N is the Nth line of testlist
    {nonce,channel,console,dmesg}-N.txt  the records of boot N

A test passes only if igt_runner reports a pass AND the kernel log has no line of
ci/data/oops-patterns AND the guest itself reported the end of the boot.
"""

import json
import os
import re

from . import Wrong, results
from .files import read
from .patterns import bare, is_noise, oops, tail
from .records import Boot, Row

GOOD = ("pass", "skip", "warn")     # results that a bad kernel makes worse


def reason(test):
    """The line of the test's own output that says why it is no pass."""
    out = test.get("out", "")
    if test.get("result") == "skip":
        # A fixture prints what it misses for each subtest. The reason of this skip is the
        # last one before the subtest's result.
        out = re.split(r"^Subtest \S+: SKIP", out, maxsplit=1, flags=re.M)[0]
        pats, which = (r"Test requirement not met.*\n.*", r"SKIP.*"), -1
    else:
        pats, which = (r"Failed assertion:.*", r"runner: .*", r"Received signal.*"), 0
    for pat in pats:
        said = re.findall(pat, out + "\n" + test.get("err", ""))
        if said:
            return said[which]
    return ""


def own_result(test):
    """The result that the subtest printed itself."""
    m = re.search(r"^Subtest \S+: ([A-Z]+)", test.get("out", ""), re.M)
    return m.group(1) if m else ""


def seconds(test):
    """The subtest's time. If it was killed, only the log has it."""
    time = test.get("time", {})
    secs = time.get("end", 0) - time.get("start", 0)
    stamps = re.findall(r"^<\d> \[\s*(\d+\.\d+)\] (.*)",
                        test.get("dmesg", ""), re.M)
    begin = [float(t) for t, l in stamps if ": starting subtest" in l]
    if not secs and begin and not own_result(test):
        secs = float(stamps[-1][0]) - begin[0]
    return secs


def without_noise(test):
    """What a warn or dmesg-* is worth if its warnings are noise, or None."""
    def real(lines):
        return [l for l in lines if l and not is_noise(l)]

    lines = [bare(l) for l in test.get("dmesg-warnings", "").split("\n")]
    if real(lines) or not own_result(test):
        return None
    if own_result(test) == "FAIL":
        return "fail"
    if own_result(test) != "SUCCESS":
        return None
    # igt_runner calls a pass a warn if the test wrote to stderr.
    words = [l for l in test.get("err", "").split("\n") if not re.match(
        r"(Starting subtest|Subtest|Starting dynamic|Dynamic subtest)", l)]
    return "warn" if real(words) else "pass"


def from_igt(name, test):
    """One row out of igt_results' JSON."""
    result = test.get("result", "notrun")
    row = Row(name, result, seconds(test))
    dmesg = [bare(l) for l in test.get("dmesg", "").split("\n")]
    hit = oops(dmesg)

    if result in ("warn", "dmesg-warn", "dmesg-fail") and not hit:
        result = row.result = without_noise(test) or result

    if result == "abort":
        # igt_runner stopped after this test because of lockdep or a taint
        # and wrote "abort" over the test's own result.
        own = own_result(test)
        why = re.search(r"caused an abort condition: (.*)",
                        test.get("out", ""))
        why = hit or (why.group(1) if why else "igt_runner aborted")
        if own == "FAIL":
            row.bad("dmesg-fail", why)
        elif own in ("SUCCESS", "SKIP"):
            row.bad("dmesg-warn", why)
        else:
            row.detail = why
    elif result in ("dmesg-warn", "dmesg-fail"):
        warnings = [bare(l) for l in
                    test.get("dmesg-warnings", "").strip().split("\n")]
        row.detail = hit or next((l for l in warnings if not is_noise(l)),
                                 warnings[0])
    elif hit and result in GOOD + ("fail",):
        row.warn(hit)
    elif result in ("timeout", "crash"):
        # The log ends with igt_runner's dump of all tasks.
        row.detail = "; ".join(filter(None, (hit, reason(test))))
    elif result == "incomplete":
        row.detail = "; ".join(filter(None, (
            hit, reason(test), "" if hit else tail(dmesg))))
    elif result != "pass":
        row.detail = reason(test)
    return row


def by_line(lines, tests):
    """{line of the test list: {name as the list writes it: its result}}

    Names of dynamic subtests are longer than their line.  igt_results writes
    them all in lower case, whatever a test calls itself.
    """
    line_of = {line.lower(): line for line in lines}
    out = {line: {} for line in lines}
    for name, test in tests.items():
        short = name.lower()
        while short and short not in line_of:
            short = short.rpartition("@")[0]
        if short:
            line = line_of[short]
            out[line][line + name[len(line):]] = test
    # If a subtest has a result, its dynamic subtests have none.
    return {line: {line: of[line]} if line in of else of
            for line, of in out.items()}


def judge_boot(boot, rows_of, tests, bootrow, runrow):
    """Make results worse where the records of the boot say so."""
    # from_igt() has judged the lines that igt_runner saw.
    log_text = {bare(l) for i in range(boot.first, boot.after)
                for r in rows_of.get(i, [])
                for l in tests.get(r.test, {}).get("dmesg", "").split("\n")}
    last = next((rows_of[i][-1] for i in range(boot.after - 1,
                 boot.first - 1, -1) if rows_of.get(i)), None)
    console_before, console_after = boot.split(boot.console)
    dmesg_before, dmesg_after = boot.split(boot.dmesg)
    errors = "; ".join(boot.errors())

    hit = oops(console_before) or oops(dmesg_before)
    if boot.word == "noboot" or not boot.started():
        bootrow.bad("incomplete", "boot %d: %s" % (
            boot.n, hit or errors or tail(boot.console) or
            "not a word on the console"))
        return
    if errors and bootrow.result != "incomplete":
        bootrow.bad("fail", "boot %d: %s" % (boot.n, errors))
    if hit and bootrow.result in GOOD:
        bootrow.warn("boot %d: %s" % (boot.n, hit))

    bad = boot.kernel_is_bad()
    hit = oops([l for l in console_after + dmesg_after
                if l and l not in log_text])
    if boot.word in ("died", "hung") or boot.end() is None:
        how = "hung" if boot.word == "hung" else "died"
        if last is None:
            runrow.bad("fail", "boot %d %s before a test ran" % (boot.n, how))
        elif last.result in GOOD + ("incomplete", "notrun"):
            last.bad("incomplete", "the guest %s: %s" % (how, "; ".join(
                filter(None, (hit or oops(console_after),
                              tail(console_after))))))
    elif hit or bad:
        if last is None:
            runrow.bad("fail", "boot %d: %s" % (boot.n, hit or bad))
        elif last.result in GOOD:
            last.warn(hit or bad)
    end = boot.end()
    if end and end.get("runner") != "0" and (
            last is None or last.result in GOOD):
        runrow.bad("fail", "boot %d: igt_runner ended with %s" % (
            boot.n, end.get("runner")))


def judge(folder):
    lines = [l.strip() for l in read(os.path.join(folder, "testlist"))
             .split("\n") if l.strip() and l[0] != "#"]
    boots = [Boot(folder, l.split("\t")) for l in
             read(os.path.join(folder, "boots.tsv")).split("\n") if l]
    text = read(os.path.join(folder, "igt", "results.json"))
    tests = json.loads(text)["tests"] if text else {}

    bootrow = Row(results.BOOT, "pass")
    runrow = Row(results.RUNNER, "pass")
    of = by_line(lines, tests)
    rows_of = {i: [from_igt(n, t) for n, t in of[line].items()] or
               [Row(line, "notrun")] for i, line in enumerate(lines)}

    if not boots:
        bootrow.bad("incomplete", "no boot was recorded")
    if tests.get(runrow.test) and all(
            r.result in GOOD for rows in rows_of.values() for r in rows):
        # Otherwise the test that made igt_runner stop has a better reason.
        runrow.bad("fail", tests[runrow.test].get("out", ""))
    named = {n: t for named in of.values() for n, t in named.items()}
    for boot in boots:
        judge_boot(boot, rows_of, named, bootrow, runrow)

    rows = [bootrow] + [r for i in range(len(lines)) for r in rows_of[i]]
    for row in rows:
        if row.result == "notrun" and not row.detail:
            row.detail = bootrow.detail or runrow.detail or \
                "no boot came this far"
    if runrow.result != "pass":
        rows.append(runrow)
    return rows


def judge_script(folder, word):
    """What is wrong with a boot that ran a command instead of IGT, or None."""
    boot = Boot(folder)
    hit = oops(boot.dmesg) or oops(boot.console)
    if hit:
        return "the kernel's log has: " + hit
    bad = boot.kernel_is_bad()
    if bad or word != "end":
        return bad or "the guest " + word
    errors = boot.errors()
    if errors:
        return "; ".join(errors)
    status = boot.end().get("runner")
    return None if status == "0" else "the command returned %s" % status


def main(args):
    if len(args) == 3 and args[0] == "--boot":
        why = judge_script(*args[1:])
        if why:
            print(why)
        return 1 if why else 0
    if len(args) != 1 or not os.path.isdir(args[0]):
        raise Wrong("usage: ci/stages/verdict judge DIR (the folder of one step)")
    for row in judge(args[0]):
        print(row)
    return 0
