# SPDX-License-Identifier: GPL-2.0-only
"""A report as JUnit XML: a suite a step.  GitLab and Jenkins show it.

A job is red by it exactly if the report is no success: what does not count, such
as a known issue or what the base has as well, is skipped, with the reason.
"""

import re
import xml.etree.ElementTree as ET

ERRORS = ("crash", "timeout", "incomplete", "abort", "notrun")
# What XML 1.0 cannot hold, whatever a kernel log has in it.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text):
    return NOT_XML.sub("\ufffd", text)


def case(suite, step, r, counts, why):
    binary, _, name = r.test.rpartition("@")
    el = ET.SubElement(suite, "testcase", name=name or r.test,
                       classname="%s.%s" % (step.title().replace(" ", "-"),
                                            binary or "ci"),
                       time="%.1f" % r.seconds)
    if r.word == "pass":
        return
    text = "%s: %s" % (r.word, r.detail)
    if counts:
        bad = ET.SubElement(
            el, "error" if r.word in ERRORS else "failure", type=r.word,
            message=clean(text))
        bad.text = clean("\n".join(r.dmesg[-100:]))
    elif r.word == "warn":
        ET.SubElement(el, "system-out").text = clean("%s (%s)" % (text, why))
    else:
        ET.SubElement(el, "skipped", message=clean("%s (%s)" % (text, why)))


def render(report):
    # Jenkins' schema has no skipped= here.
    root = ET.Element("testsuites", name="i915-userptr")
    sums = {"tests": 0, "failures": 0, "errors": 0}
    for step in report.steps:
        suite = ET.SubElement(root, "testsuite", name=step.title(),
                              time="%.1f" % step.seconds(),
                              hostname="shard-hsw")
        for r, counts, why in report.verdicts(step):
            case(suite, step, r, counts, why)
        for key, tag in (("tests", "testcase"), ("failures", "failure"),
                         ("errors", "error"), ("skipped", "skipped")):
            n = len(suite.findall(".//" + tag))
            suite.set(key, str(n))
            if key in sums:
                sums[key] += n
    for key, value in sums.items():
        root.set(key, str(value))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n%s\n' % ET.tostring(
        root, encoding="unicode")
