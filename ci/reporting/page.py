# SPDX-License-Identifier: GPL-2.0-only
"""A report as one HTML page that needs nothing else.

Kernel logs are untrusted: all text goes through esc(), and the page's policy
lets the browser run its own script and nothing besides.
"""

import base64
import hashlib
import html
import itertools
import os
import re
import time
import urllib.parse

from verdict.patterns import bare, is_oops
from verdict.results import HOST, WORDS

from . import mail, runs, splat

HERE = os.path.dirname(os.path.abspath(__file__))
LEVEL = re.compile(r"^<\d> (?=\[)")     # what /dev/kmsg puts before the time
KEY = {"pass": "the test passed without a kernel warning",
       "skip": "the test cannot run here", "warn": "passed with a warning",
       "fail": "the test failed", "crash": "the test program died",
       "timeout": "did not end in the time allowed",
       "dmesg-warn": "passed, with a kernel warning",
       "dmesg-fail": "failed, with a kernel warning",
       "incomplete": "the test crashed or hung the VM",
       "abort": "the runner gave up", "notrun": "not run, or no result"}
GROUPS = {"boot": "kernel and runner", "build": "kernel and runner",
          "igt@runner@aborted": "kernel and runner"}


def group(test):
    """(heading, name below it) of a row: IGT's binary, and what follows."""
    if test in GROUPS or test.count("@") < 2:
        return GROUPS.get(test, "tests"), test.split("@", 1)[-1]
    _, binary, name = test.split("@", 2)
    return binary, name


def esc(text):
    """Text for an element or a quoted attribute, control characters shown."""
    text = "".join(c if c in "\t\n" or c.isprintable() else "\ufffd"
                   for c in text)
    return html.escape(text, quote=True)


def secs(value):
    if value >= 100:
        return "%.0f s" % value
    return "%.1f s" % value if value >= .05 else ""


def pre(lines, hit):
    """An excerpt of a log; hit is the Splat to mark in it, or None."""
    # Mark the line with the message, not the line of dashes above it.
    at = None
    if hit:
        for i in range(hit.first, hit.last + 1):
            line = bare(lines[i])
            if "cut here" not in line and is_oops(line):
                at = i
                break

    def kind(i):
        if i == at:
            return "<mark>%s</mark>"
        if hit and hit.first <= i <= hit.last:
            return '<span class="in">%s</span>'
        return "<span>%s</span>"

    # One element for lines of the same kind: a page has thousands of lines.
    out = []
    for form, same in itertools.groupby(range(len(lines)), kind):
        text = "\n".join(LEVEL.sub("", lines[i]) for i in same)
        out.append(form % (esc(text) or " "))
    return '<pre tabindex="0" role="region" aria-label="log">%s</pre>' % \
        "".join(out)


def log_of(r):
    """(title, lines, Splat) of the log that tells most about a result."""
    if r.splats():
        return ("Kernel log",) + splat.excerpt(r.dmesg)
    if r.console and splat.find(r.console):
        return ("Console",) + splat.excerpt(r.console)
    if r.word in ("incomplete", "timeout", "abort") or r.test in runs.PSEUDO:
        if r.console:
            return ("Console, its end",) + splat.excerpt(r.console)
    return ("Kernel log, its end",) + splat.excerpt(r.dmesg)


def changes(log):
    """Why a step has its state, in a few words."""
    sections = [c.section() for c in log.changes]
    known = sum(sections.count(s) for s in ("hits", "known warnings"))
    sections += ["regressions"] * sections.count("own")
    parts = [(sections.count("regressions"), "worse than base"),
             (sections.count("warnings"), "bad in another way"),
             (known, "worse, but known issues"),
             (sections.count("fixes"), "better"),
             (sections.count("suppressed"), "suppressed")]
    return ", ".join("%d %s" % p for p in parts if p[0]) or "as base"


class Page:
    def __init__(self, report, lane, series, url, subjects, plot):
        self.report, self.lane, self.series, self.url = \
            report, lane, series, url
        self.subjects, self.plot, self.out = subjects, plot, []
        self.changed = {(l.step.label, c.test): c
                        for l in report.logs for c in l.changes}
        self.moved = {test for _, test in self.changed}

    def add(self, *lines):
        self.out.extend(lines)

    def has_detail(self, step, r):
        """A footnote of the mail may point at the base's pass, too."""
        return (r.word != "pass" or (step.label, r.test) in self.changed or
                (step is self.report.base and r.test in self.moved))

    def cell(self, step, r):
        if r is None:
            return '<td><span class="cell r-notrun" title="not in this step' \
                   '"><span class="w">-</span></span></td>'
        word = '<span class="w">%s</span>' % r.word
        if r.issues or r.suppressed:
            word += '<span class="known" title="ci/data/known says why">*</span>'
        # A screen reader says the full name, of which the screen shows a part.
        body = '<span class="vh">%s, %s: </span><span>%s</span> ' \
            "<small>%s</small>" % (esc(group(r.test)[1]), esc(step.title()),
                                   word, secs(r.seconds))
        if not self.has_detail(step, r):
            return '<td><span class="cell r-%s">%s</span></td>' % (r.word,
                                                                   body)
        name = mail.anchor(step, r.test)
        return ('<td><a class="cell r-%s" href="#%s" data-for="%s">%s</a></td>'
                % (r.word, urllib.parse.quote(name), esc(name), body))

    def row(self, test, name):
        row = [s.results.get(test) for s in self.report.steps]
        attrs = ""
        if any((s.label, test) in self.changed for s in self.report.steps):
            attrs += " data-changed"
        if any(r and r.word != "pass" for r in row):
            attrs += " data-bad"
        # a line may end at a hyphen, never within a word
        self.add('<tr%s><th scope="row">%s</th>%s</tr>' % (
            attrs, esc(name), "".join(
                self.cell(s, r) for s, r in zip(self.report.steps, row))))

    def matrix(self):
        steps = self.report.steps
        self.add('<h2 id="matrix">Results</h2>')
        self.key()
        self.add('<div class="tools" role="group" aria-label="rows to show">'
                 '<button data-filter="all" aria-pressed="true">All</button>'
                 '<button data-filter="changed" aria-pressed="false">Changed '
                 'from base</button>'
                 '<button data-filter="bad" aria-pressed="false">Not pass'
                 '</button></div>',
                 '<div class="scroll" tabindex="0" role="region" '
                 'aria-labelledby="matrix">',
                 '<table class="matrix"><thead><tr><th scope="col">test</th>')
        for s in steps:
            self.add('<th scope="col">%s</th>' % esc(
                s.label if s is self.report.base else "step " + s.label
                if s.label.isdigit() else s.label))
        self.add("</tr></thead>")
        heads = {}
        for t in self.report.tests():
            head, name = group(t)
            heads.setdefault(head, []).append((t, name))
        for head, rows in heads.items():
            self.add('<tbody><tr class="group"><th colspan="%d" scope="rowgroup">'
                     '<span>%s</span></th></tr>' % (len(steps) + 1, esc(head)))
            for t, name in rows:
                self.row(t, name)
            self.add("</tbody>")
        self.add("</table></div>",
                 '<p class="dim">A cell that is no pass opens its reason.</p>')

    def key(self):
        """The meaning of each word in the table."""
        there = {r.word for s in self.report.steps
                 for r in s.results.values()}
        self.add('<dl class="key">')
        for word in WORDS:
            if word in there:
                self.add('<div><dt class="r-%s">%s</dt><dd>%s</dd></div>' % (
                    word, word, KEY[word]))
        if any(r.issues or r.suppressed for s in self.report.steps
               for r in s.results.values()):
            self.add("<div><dt>*</dt><dd>ci/data/known says why: see below</dd></div>")
        self.add("</dl>")

    def about(self):
        """What was tested, on what, and when."""
        r = self.report
        base, steps = r.base, [s for s in r.steps if s is not r.base]
        what = "%d step%s" % (len(steps), "s" * (len(steps) != 1)) if steps \
            else "no patch"
        on = ", ".join([base.title()] + ([base.kernel] if base.kernel else [])
                       + (["tree " + base.tree] if base.tree else []))
        facts = [("Tested", "%s, each with all before it" % what
                  if len(steps) > 1 else what), ("On", on),
                 ("Tests", "%s list, %d tests" % (self.lane, len(
                     [t for t in r.tests() if t not in runs.PSEUDO]))),
                 ("Host", HOST + " (software Haswell)")]
        if r.base.when:
            facts.append(("Run ended", time.strftime(
                "%Y-%m-%d %H:%M UTC", time.gmtime(
                    max(s.when for s in r.steps)))))
        if self.url.startswith(("https://", "http://")):
            facts.append(("Series", '<a href="%s" rel="noreferrer">%s</a>' % (
                esc(self.url), esc(self.url))))
        self.add('<dl class="facts">')
        for name, text in facts:
            self.add("<div><dt>%s</dt><dd>%s</dd></div>" % (
                name, text if text.startswith("<a ") else esc(text)))
        self.add("</dl>")

    def cards(self):
        self.add('<h2>Steps</h2><div class="cards">')
        for s in self.report.steps:
            log = next((l for l in self.report.logs if l.step is s), None)
            words = [r.word for r in s.results.values()]
            self.add('<section class="card"><h3><span>%s</span>%s</h3>' % (
                esc(s.title()), '<span class="state %s">%s</span>' % (
                    log.state(), log.state()) if log else
                '<span class="dim">reference</span>'))
            if s.name.isdigit() and 0 < int(s.name) <= len(self.subjects):
                self.add('<p class="subject">%s</p>' % esc(
                    self.subjects[int(s.name) - 1]))
            if log:
                self.add("<p>%s</p>" % changes(log))
            more = ["%d boot%s" % (len(s.boots), "s" * (len(s.boots) > 1))] \
                if s.boots else []
            more.append("%.0f s in tests" % s.seconds())
            if s.kernel:
                more.insert(0, s.kernel)
            if s.note:
                more.append(s.note)
            self.add('<p class="dim">%s</p><ul>' % esc(", ".join(more)))
            for word in WORDS:
                if word in words:
                    self.add('<li class="r-%s">%s %d</li>' % (
                        word, word, words.count(word)))
            self.add("</ul></section>")
        self.add("</div>")

    def issues(self):
        r = self.report
        hit = [i for i in r.issues if i.hits]
        if not hit and not r.stale:
            return
        self.add("<h2>Known issues</h2>")
        for i, how in [(i, "") for i in hit] + [(i, " stale") for i in
                                                r.stale]:
            title = esc(i.title)
            if i.link.startswith(("https://", "http://")):
                title = '<a href="%s" rel="noreferrer">%s</a>' % (
                    esc(i.link), title)
            self.add('<div class="issue%s"><b>%s</b> %s <span class="dim">'
                     'step %s, since %s%s</span>%s</div>' % (
                         how, esc(i.name), title, esc(i.step), esc(i.since),
                         ", seen %s" % esc(i.seen) if i.seen else "",
                         "<br>It did not show this time: if it is mended, "
                         "take it out of ci/data/known/." if how else ""))

    def bars(self, head, rows):
        top = max([v for _, v in rows] + [.1])
        self.add("<h3>%s</h3><div class=\"bars\">" % head)
        for name, value in rows:
            # The width is a number that we computed: no text of a log gets into a style.
            self.add('<span class="name">%s</span><span class="bar"><i '
                     'style="width:%.1f%%"></i>%.1f s</span>' % (
                         esc(name), 75 * value / top, value))
        self.add("</div>")

    def times(self):
        steps = self.report.steps
        self.add("<h2>Where the time went</h2>")
        if any(s.boots for s in steps):
            self.bars("Boots and tests", [
                (s.title(), sum(b[2] for b in s.boots)) for s in steps])
        else:
            self.bars("Tests", [(s.title(), s.seconds()) for s in steps])
        slow = sorted(((max(s.results[t].seconds for s in steps
                            if t in s.results), t)
                       for t in self.report.tests()), reverse=True)[:10]
        self.bars("The slowest tests (longest of the steps)",
                  [(t.split("@", 1)[-1], v) for v, t in slow if v > 0])

    def detail(self, step, r):
        c = self.changed.get((step.label, r.test))
        name = mail.anchor(step, r.test)
        self.add('<section class="detail" id="%s" tabindex="-1" '
                 'aria-label="reason of %s">'
                 '<button class="close" aria-label="close">close</button>'
                 '<h3>%s</h3>' % (esc(name), esc(name), esc(r.test)))
        facts = ['%s: <span class="state r-%s">%s</span>' % (
            esc(step.title()), r.word, r.word)]
        if c:
            facts.append("%s: %s" % (esc(self.report.base.title()),
                                     c.words()[0]))
        if r.seconds:
            facts.append("%.1f s" % r.seconds)
        self.add("<p>%s</p>" % " &middot; ".join(facts))
        for i in r.issues + ([r.suppressed] if r.suppressed else []):
            self.add('<p class="issue"><b>%s</b> %s</p>' % (esc(i.name),
                                                            esc(i.title)))
        if r.detail:
            self.add('<p class="why">%s</p>' % esc(r.detail))
        title, lines, hit = log_of(r)
        if lines:
            self.add('<p class="dim">%s</p>' % esc(title), pre(lines, hit))
        words = [l for l in r.out.split("\n") if l.strip()][-25:]
        if words:
            self.add('<p class="dim">The test\'s own words</p>',
                     pre(words, None))
        self.add("</section>")

    def footer(self):
        """What was run, and where."""
        igt = sorted({s.igt for s in self.report.steps if s.igt})
        self.add('<footer class="dim">%s%s is ci/hsw, a Haswell in software '
                 'under QEMU. Made by ci/report.</footer>' % (
                     "IGT %s. " % esc(", ".join(igt)) if igt else "",
                     HOST))

    def render(self):
        with open(os.path.join(HERE, "page.css"), encoding="utf-8") as f:
            css = f.read()
        with open(os.path.join(HERE, "page.js"), encoding="utf-8") as f:
            js = f.read()
        digest = base64.b64encode(hashlib.sha256(js.encode()).digest())
        r = self.report
        self.add(
            "<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src '
            "'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; %s"
            "base-uri 'none'; form-action 'none'\">" % (
                digest.decode(), "img-src data:; " if self.plot else ""),
            '<meta name="viewport" content="width=device-width, '
            'initial-scale=1">',
            "<title>%s</title>" % esc(mail.subject(r, self.lane,
                                                   self.series)),
            "<style>", css, ":root { --steps: %d; }" % len(r.steps),
            "</style></head><body>", "<header><h1>%s</h1>" % esc(self.series),
            '<p><span class="state %s">%s</span> %s</p>' % (
                r.state, r.state, esc(mail.reason(r))))
        self.about()
        self.add("</header><main>")
        self.cards()
        self.matrix()
        self.issues()
        self.times()
        if self.plot:
            self.add('<h2>What it costs</h2><figure class="cost"><img src="%s" '
                     'alt="What the steps cost, from the file of --cost">'
                     '</figure>' % self.plot)
        self.add('<div class="details"><h2>Reasons</h2>')
        for s in r.steps:
            for res in s.results.values():
                if self.has_detail(s, res):
                    self.detail(s, res)
        self.add("</div></main>")
        self.footer()
        self.add("<script>" + js + "</script>",
                 "</body></html>")
        return "\n".join(self.out) + "\n"


def render(report, lane, series, url, subjects, plot=""):
    """The page as text.  subjects: of the patches, in order; plot: what
    cost.load() gave, or none."""
    return Page(report, lane, series, url, subjects, plot).render()


