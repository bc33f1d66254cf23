# SPDX-License-Identifier: GPL-2.0-only
"""A report as KTAP (Documentation/dev-tools/ktap.rst): a subtest a step.

"not ok" is exactly what makes the report no success.  SKIP is a test that did not
run, XFAIL what is bad and does not count: a known issue, or what the base has as
well.  The first line is TAP 14's, which kunit.py reads from v5.10 to this day; it
knows "KTAP version 1" since v5.18 only.
"""

import re


# kunit.py stops reading at these lines of a kernel log.
END = re.compile(r"(List of all partitions|Kernel panic - not syncing: VFS|"
                 r"reboot: System halted|TAP version [0-9]+$):?")


def say(text):
    """One line without characters and words that have a meaning in KTAP."""
    text = re.sub(r"[#\s]+", " ", text).strip()
    return END.sub(lambda m: m.group().replace(":", ",").replace(" ", "_"),
                   text)


def line(n, r, counts, why):
    out = "%s %d - %s" % ("not ok" if counts else "ok", n, say(r.test))
    text = say("%s: %s" % (r.word, r.detail)).rstrip(":")
    if r.word == "pass":
        return [out]
    if counts:
        # kunit.py takes a diagnostic line for the test that follows.
        return ["# " + text, out]
    word = "SKIP" if r.word in ("skip", "notrun") else "XFAIL"
    return ["%s # %s %s (%s)" % (out, word, text, say(why))]


def render(report):
    out = ["TAP version 14", "1..%d" % len(report.steps)]
    for i, step in enumerate(report.steps, 1):
        verdicts = report.verdicts(step)
        sub = ["# Subtest: " + say(step.title()), "1..%d" % len(verdicts)]
        for n, (r, counts, why) in enumerate(verdicts, 1):
            sub += line(n, r, counts, why)
        out += ["    " + l for l in sub]
        out.append("%s %d - %s" % (
            "not ok" if any(v[1] for v in verdicts) else "ok", i,
            say(step.title())))
    return "\n".join(out) + "\n"
