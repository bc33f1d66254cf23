# SPDX-License-Identifier: GPL-2.0-only
"""A report as KTAP (Documentation/dev-tools/ktap.rst): a subtest a step.

What is no pass is "not ok"; SKIP, TIMEOUT, ERROR (did not run) and XFAIL (all
of it is known issues) are KTAP's own directives.
"""

import re

OK = ("pass", "warn", "skip")


def say(text):
    """One line without what KTAP would read as its own."""
    return re.sub(r"[#\s]+", " ", text).strip()


def line(n, r):
    what = "" if r.word in ("pass", "skip") else r.word
    if r.word == "skip":
        what = "SKIP"
    elif r.word == "timeout":
        what = "TIMEOUT"
    elif r.word == "notrun":
        what = "ERROR"
    elif r.issues and r.word != "warn":
        what = "XFAIL"
    text = say(" ".join(["%s:" % r.word] * (what == "XFAIL") +
                        [i.name for i in r.issues] + [r.detail]))
    out = "%s %d %s" % ("ok" if r.word in OK else "not ok", n, say(r.test))
    if what in ("SKIP", "TIMEOUT", "ERROR", "XFAIL"):
        return [(out + " # %s %s" % (what, text)).rstrip()]
    return [out] + (["# %s: %s" % (r.word, text)] if what else [])


def render(report):
    out = ["KTAP version 1", "1..%d" % len(report.steps)]
    for i, step in enumerate(report.steps, 1):
        sub = ["KTAP version 1", "# Subtest: " + say(step.title()),
               "1..%d" % len(step.results)]
        for n, r in enumerate(step.results.values(), 1):
            sub += line(n, r)
        out += ["    " + l for l in sub]
        good = all(r.word in OK for r in step.results.values())
        out.append("%s %d %s" % ("ok" if good else "not ok", i,
                                 say(step.title())))
    return "\n".join(out) + "\n"
