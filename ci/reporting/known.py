# SPDX-License-Identifier: GPL-2.0-only
"""The database of known issues: ci/data/known/BASE.ini.

One section an issue, its name is what reports call it:

    [rwsem-recursion]
    title = gup inside an invalidation takes the rwsem again
    test = igt@gem_userptr_blits@*
    step = 1-2
    result = dmesg-warn|dmesg-fail
    match = possible recursive locking detected.*&mn->sem
    since = 2018-03-26
    link = https://...

test may hold * and ?, step is base, N, N-M or *, match is a regular expression
for the row's detail or one line of the kernel's report.  Optional: "seen = 3 of
10" for what comes and goes, as --repeat counted it: only such an entry may stay
away without being reported.  "suppress = WHY" in place of match: the test's
results count for nothing at all.

A result is known only if every report of its kernel log and its own detail
belongs to an entry: an old warning hides no new one.
"""

import configparser
import datetime
import fnmatch
import os
import re

from verdict.expected import covers
from verdict.patterns import bare, is_noise
from verdict.results import WORDS

from . import die, splat

MUST = ("title", "test", "step", "result", "since", "link")
MAY = ("match", "seen", "suppress")


class Issue:
    def __init__(self, name, fields, where):
        def bad(text):
            die("%s: [%s]: %s" % (where, name, text))

        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            bad("a name is made of a-z, 0-9 and -")
        for key in fields:
            if key not in MUST + MAY:
                bad("there is no field '%s': one of %s" %
                    (key, " ".join(MUST + MAY)))
        for key in MUST:
            if not fields.get(key):
                bad("'%s' is missing" % key)
        if bool(fields.get("match")) == bool(fields.get("suppress")):
            bad("either match or suppress, not both or none")
        self.name, self.title = name, fields["title"]
        self.test, self.step = fields["test"], fields["step"]
        self.link, self.since = fields["link"], fields["since"]
        self.words = fields["result"].split("|")
        self.seen, self.suppress = fields.get("seen"), fields.get("suppress")
        self.hits = 0
        # An issue of some steps only: the base does not have it.
        self.own = self.step not in ("base", "*")
        if not re.fullmatch(r"base|\*|\d+(-\d+)?", self.step):
            bad("step '%s' is neither base, N, N-M nor *" % self.step)
        for word in self.words:
            if word not in WORDS or word in ("pass", "notrun"):
                bad("'%s' is no result that can be an issue" % word)
        if self.seen and not re.fullmatch(r"[1-9]\d* of [1-9]\d*", self.seen):
            bad("seen is 'N of M', as ci/run --repeat prints it")
        if not re.match(r"https?://\S+$|[A-Za-z0-9_./-]+$", self.link):
            bad("link is neither an address nor a file of this repository")
        try:
            datetime.date.fromisoformat(self.since)
        except ValueError:
            bad("since '%s' is no date like 2018-03-26" % self.since)
        try:
            self.match = re.compile(fields.get("match") or "(?!)")
        except re.error as err:
            bad("match: %s" % err)

    def may(self, step, test, word):
        return (fnmatch.fnmatchcase(test, self.test) and
                covers(self.step, step) and word in self.words)

    def explains(self, text):
        return any(self.match.search(l) for l in text.split("\n"))


def load(path):
    """The issues of a file; one that does not exist has none."""
    if not os.path.exists(path):
        return []
    parser = configparser.RawConfigParser(
        delimiters=("=",), comment_prefixes=("#",), strict=True,
        empty_lines_in_values=False, default_section="\n")
    try:
        with open(path, encoding="utf-8") as f:
            parser.read_file(f)
    except (configparser.Error, UnicodeDecodeError) as err:
        die("%s: %s" % (path, " ".join(str(err).split())))
    return [Issue(n, dict(parser[n]), path) for n in parser.sections()]


def of_base(issues):
    """The issues of the base alone, for a series of somebody else: the others are
    about the steps of our series."""
    out = [i for i in issues if i.step in ("base", "*")]
    for i in out:
        i.step = "*"
    return out


def evidence(result):
    """The texts that issues have to explain before a result is known."""
    lines = [bare(l) for l in result.dmesg]
    out, told = [], set()
    for s in result.splats():
        told.update(lines[s.first:s.last + 1])
        out.append("\n".join([s.text] + lines[s.first:s.last + 1]))
    if result.word in ("dmesg-warn", "dmesg-fail"):
        # Lines of warning level outside of any kernel warning. If the log was cut,
        # the list of those lines has the rest of it.
        rest = [bare(l) for l in result.warnings]
        for s in splat.find(rest):
            told.update(set(rest[s.first:s.last + 1]) - set(lines))
        # lines of dashes say nothing
        out += [l for l in rest if re.search(r"\w", l) and l not in told and
                not is_noise(l)]
    if not any(s.text in result.detail for s in result.splats()):
        out.append(result.detail or result.word)
    return out


def explain(issues, step, result):
    """The issues that together explain all of a result; else none."""
    cand = [i for i in issues if i.match.pattern != "(?!)" and
            i.may(step.name, result.test, result.word)]
    out = []
    whole = bool(cand)
    for text in evidence(result) if cand else []:
        hit = next((i for i in cand if i.explains(text)), None)
        if hit is None:
            whole = False
        elif hit not in out:
            out.append(hit)
    for issue in out:
        issue.hits += 1
    return out if whole else []


def suppressed(issues, step, result):
    """Why a result does not count, or None."""
    for i in issues:
        if i.suppress and i.may(step.name, result.test, result.word):
            i.hits += 1
            return i
    return None


def stale(issues, steps):
    """Issues that had their chance in these steps and did not hit."""
    out = []
    for i in issues:
        chance = any(r.ran() and covers(i.step, s.name) and
                     fnmatch.fnmatchcase(r.test, i.test)
                     for s in steps for r in s.results.values())
        if chance and not i.hits and not i.seen:
            out.append(i)
    return out
