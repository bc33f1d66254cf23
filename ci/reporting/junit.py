# SPDX-License-Identifier: GPL-2.0-only
"""A report as JUnit XML: a suite a step.  GitLab and Jenkins show it."""

import re
import xml.etree.ElementTree as ET

FAILURES = ("fail", "dmesg-warn", "dmesg-fail")
ERRORS = ("crash", "timeout", "incomplete", "abort", "notrun")
# What XML 1.0 cannot hold, whatever a kernel log has in it.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text):
    return NOT_XML.sub("\ufffd", text)


def case(suite, step, r):
    binary, _, name = r.test.rpartition("@")
    el = ET.SubElement(suite, "testcase", name=name or r.test,
                       classname="%s.%s" % (step.title().replace(" ", "-"),
                                            binary or "ci"),
                       time="%.1f" % r.seconds)
    text = clean("\n".join(r.dmesg[-100:]))
    if r.word == "skip":
        ET.SubElement(el, "skipped", message=clean(r.detail))
    elif r.word in FAILURES + ERRORS:
        known = "".join(" [%s]" % i.name for i in r.issues)
        bad = ET.SubElement(
            el, "failure" if r.word in FAILURES else "error", type=r.word,
            message=clean("%s%s: %s" % (r.word, known, r.detail)))
        bad.text = text
    elif r.word == "warn":
        ET.SubElement(el, "system-out").text = clean("warn: " + r.detail)


def render(report):
    root = ET.Element("testsuites", name="i915-userptr")
    sums = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for step in report.steps:
        words = [r.word for r in step.results.values()]
        n = {"tests": len(words),
             "failures": sum(w in FAILURES for w in words),
             "errors": sum(w in ERRORS for w in words),
             "skipped": words.count("skip")}
        suite = ET.SubElement(root, "testsuite", name=step.title(),
                              time="%.1f" % step.seconds(),
                              hostname="shard-hsw",
                              **{k: str(v) for k, v in n.items()})
        for key in sums:
            sums[key] += n[key]
        for r in step.results.values():
            case(suite, step, r)
    for key, value in sums.items():
        root.set(key, str(value))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n%s\n' % ET.tostring(
        root, encoding="unicode")
