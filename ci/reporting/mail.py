# SPDX-License-Identifier: GPL-2.0-only
"""A report as a mail, in the form that Intel's CI sends to its lists."""

import email.header
import hashlib
import html
import re
import textwrap

from verdict.results import HOST

from . import compare

CI = "userptr.CI"
HEAD = {"success": "✓", "warning": "✗", "failure": "✗"}
VERDICT = {
    "success": "No regressions found.",
    "warning": "Some results are bad in another way than on the base. Please "
               "look at them\n  before you take them for noise.",
    "failure": "At least one result is worse than on the base, and no known "
               "issue explains\n  it. Look at the log of each; if the series "
               "is innocent, add the issue to\n  ci/data/known/ with a pattern, "
               "and it will be known from then on.",
}


def shown(word):
    return "NOTRUN" if word == "notrun" else "[%s]" % word.upper()


class Writer:
    """Lines, footnotes and issues of one mail."""

    def __init__(self, where, patches=(), more="", repo=""):
        self.where, self.lines, self.count = where, [], 0
        self.patches, self.more, self.repo = patches, more, repo
        self.issues, self.braces = {}, False

    def add(self, *lines):
        self.lines.extend(lines)

    def title(self, text, under):
        self.add("", text, under * len(text), "")

    def result(self, result, step, notes):
        """[PASS][1], and the footnote for it."""
        if result is None or not result.ran():
            return "NOTRUN"
        self.count += 1
        notes.append("   [%d]: %s" % (self.count, self.where(step, result)))
        return "%s[%d]" % (shown(result.word), self.count)

    def refs(self, issues):
        for i in issues:
            self.issues[i.name] = i
        return " ([%s])" % "] / [".join(i.name for i in issues) \
            if issues else ""

    def why(self, result):
        self.add(*textwrap.wrap(result.detail[:400], 72,
                                initial_indent="      ",
                                subsequent_indent="      ",
                                break_long_words=False))

    def entry(self, c, others, log):
        name, notes = c.test, []
        if c.suppressed:
            name, self.braces = "{%s}" % name, True
        old = self.result(c.old, log.base, notes)
        new = self.result(c.new, log.step, notes)
        old += self.refs(c.old_issues)
        if c.suppressed:
            new += self.refs([c.suppressed])
        else:
            new += self.refs(c.issues)
        if others:
            new += " +%d other test%s %s" % (
                len(others), "s" * (len(others) > 1), c.new.word)
        self.add("  * %s:" % name,
                 "    - %-19s %s -> %s" % (HOST + ":", old, new))
        if c.section() in ("regressions", "warnings", "own"):
            self.why(c.new)
        self.add(*notes)
        self.add("")

    def part(self, log, heads):
        """Sections with entries: CI's own rows first, then IGT's."""
        for kind, igt in (("CI", False), ("IGT", True)):
            some = [(h, [c for c in log.of(s) if
                         c.test.startswith("igt@") == igt])
                    for h, s in heads]
            if not any(changes for _, changes in some):
                continue
            self.add("### %s changes ###" % kind, "")
            for head, changes in some:
                if not changes:
                    continue
                self.add("#### %s ####" % head, "")
                if head == "Suppressed":
                    self.add("  Results of tests or states that nobody trusts "
                             "yet: they do not count.", "")
                for c, others in compare.fold(changes):
                    self.entry(c, others, log)


def hosts(w, log):
    """Participating hosts: those that ran at least one test."""
    def who(step):
        return {HOST} if any(step.results[t].ran()
                                   for t in step.tests()) else set()

    old, new = who(log.base), who(log.step)
    w.title("Participating hosts (%d -> %d)" % (len(old), len(new)), "-")
    for word, names in (("Additional", new - old), ("Missing", old - new)):
        if names:
            w.add("  %-10s (%d): %s" % (word, len(names),
                                        " ".join(sorted(names))))
    if old == new:
        w.add("  No changes in participating hosts")


OWN = "At least one result is worse than on the base. ci/data/known has what this " \
    "step\n  brings, which is no excuse for it."


WAY = "The last step is not worse than the base, but a step on the way is: see " \
    "below."


def one_log(w, log, report=None):
    """The section of one step against the base. For the last step report is given:
    its state is the state of the whole series."""
    name, state = log.step.title(), log.state()
    why = OWN if log.of("own") and not log.of("regressions") else \
        VERDICT[state]
    if report and compare.STATES.index(state) < \
            compare.STATES.index(report.state):
        state, why = report.state, WAY
    w.title("CI Bug Log - changes from %s -> %s" % (log.base.title(), name),
            "=")
    w.add("Summary", "-------", "", "  **%s**" % state.upper(), "", "  " + why)
    if report and w.more.startswith(("https://", "http://")):
        w.add("", "  External URL: " + w.more)
    why_not(w, log.step)
    hosts(w, log)
    if any(log.of(s) for s in ("regressions", "warnings", "suppressed",
                               "own")):
        w.title("Possible new issues", "-")
        w.add("  Here are the changes that %s may have brought:" % name, "")
        w.part(log, (("Possible regressions", "regressions"),
                     ("Regressions that ci/data/known has of this step", "own"),
                     ("Warnings", "warnings"),
                     ("Suppressed", "suppressed")))
    if log.new_tests:
        w.title("New tests", "-")
        w.add("  %d that %s did not run:" % (len(log.new_tests),
                                             log.base.title()), "")
        for t in log.new_tests[:20]:
            r = log.step.results[t]
            w.add("  * %s:" % t, "    - Statuses : 1 %s(s)" % r.word,
                  "    - Exec time: [%.2f] s" % r.seconds, "")
        if len(log.new_tests) > 20:
            w.add("  * and %d more" % (len(log.new_tests) - 20), "")
    if any(log.of(s) for s in ("hits", "fixes", "known warnings")):
        w.title("Known issues", "-")
        w.add("  Here are the changes found in %s that come from known "
              "issues:" % name, "")
        w.part(log, (("Issues hit", "hits"), ("Possible fixes", "fixes"),
                     ("Warnings", "known warnings")))


def on_the_way(w, logs):
    """The steps before the last one, a line each; an unforeseen one in full."""
    if not logs:
        return
    w.title("Steps on the way (%d)" % len(logs), "-")
    w.add("  The section above is about the whole series. Each of its steps "
          "was run, too:", "")
    for log in logs:
        worse = len(log.of("regressions")) + len(log.of("own"))
        other = len(log.of("warnings"))
        own = sorted({i.name for c in log.of("own") for i in c.issues})
        said = ", ".join(
            ["%d worse than on the base" % worse] * bool(worse) +
            ["%d bad in another way" % other] * bool(other)) or \
            "no regressions"
        w.add("  * %s: %s, %s%s" % (
            log.step.title(), log.state().upper(), said,
            " (as ci/data/known has it of this step: [%s])" % "] / [".join(own)
            if own and log.unforeseen() == "success" else ""))
        w.refs([i for c in log.of("own") for i in c.issues])
    for log in logs:
        if log.unforeseen() != "success":
            one_log(w, log)


def not_built(step):
    """The result of a build that failed, else None."""
    built = step.results.get("build")
    return built if built and built.word != "pass" else None


def why_not(w, step):
    """The last lines of a build that failed."""
    built = not_built(step)
    if not built:
        return
    number = int(step.name) if step.name.isdigit() else 0
    if 0 < number <= len(w.patches):
        w.add("", "  Patch %d of %d was not built:" % (number,
                                                       len(w.patches)),
              "  " + w.patches[number - 1], "")
    else:
        w.add("", "  The step was not built:", "")
    w.add(*["    " + l for l in (built.console or [built.detail])[-30:]])


def one_step(w, step):
    """A step without a base: why it was not built, or what is bad in it."""
    if not_built(step):
        why_not(w, step)
        return
    bad = compare.alone(step)
    w.add("", "  Nothing to compare: %s alone." % step.title(),
          "  %s that no known issue explains." %
          ("%d bad result%s" % (len(bad), "s" * (len(bad) > 1)) if bad
           else "No bad result"), "")
    for r in bad:
        notes = []
        w.add("  * %s:" % r.test, "    - %-19s %s" % (
            HOST + ":", w.result(r, step, notes)))
        w.why(r)
        w.add(*notes, "")


def reason(report):
    """Why the state is what it is, in one sentence."""
    if not report.logs:
        bad = len(compare.alone(report.base))
        return "%d bad result%s, nothing to compare with." % (
            bad, "s" * (bad != 1)) if bad else "Nothing to compare with."
    last, way = report.logs[-1], report.logs[:-1]
    n = len(last.of("regressions")) + len(last.of("own"))
    said = ["%s: %s" % (last.step.title(), "%d worse than the base" % n if n
                        else "%d bad in another way than on the base" %
                        len(last.of("warnings")) if last.of("warnings")
                        else "not worse than the base")]
    odd = [l for l in way if l.unforeseen() != "success"]
    own = [l for l in way if l.state() != "success" and l not in odd]
    for logs, what in ((odd, "on the way, and nobody foresaw it"),
                       (own, "on the way, as ci/data/known has it, which a later "
                             "step mends")):
        if logs:
            said.append("worse at step%s %s %s" % (
                "s" * (len(logs) > 1), ", ".join(l.step.label for l in logs),
                what))
    return "; ".join(said) + "."


def subject(report, lane, series):
    built = [s for s in report.steps if not_built(s)]
    return "%s %s.%s: %s for %s" % (
        HEAD[report.state], CI, "BUILD" if built else lane, report.state,
        series)


def summary(report, more="", where=None, patches=(), per_step=False, repo=""):
    """What stands below "== Summary ==": the CI Bug Log of the whole series,
    as text.  per_step adds the section of each step on the way; the rest is as
    for render()."""
    w = Writer(where or (lambda s, r: "%s#%s" % (more, anchor(s, r.test))),
               patches, more, repo)
    if report.logs:
        one_log(w, report.logs[-1], report)
        if per_step:
            for log in report.logs[:-1]:
                one_log(w, log)
        else:
            on_the_way(w, report.logs[:-1])
    else:
        one_step(w, report.base)
    if report.stale:
        w.title("Known issues that did not show", "-")
        w.add("  Each had its chance here. If it is mended, take it out of "
              "ci/data/known/:", "")
        for i in report.stale:
            w.issues[i.name] = i
            w.add("  * [%s]: %s (step %s, since %s)" %
                  (i.name, i.title, i.step, i.since))
    if w.braces:
        w.add("", "  {name}: suppressed, it does not count for the state "
              "(success, warning or", "          failure).")
    if w.issues:
        w.add("")
        for name in sorted(w.issues):
            w.add("  [%s]: %s" % (name, link(w.issues[name].link, repo)),
                  "      %s" % w.issues[name].title)
    w.title("Build changes", "-")
    for s in report.steps:
        what = ", ".join(([s.kernel] if s.kernel else []) +
                         (["tree " + s.tree] if s.tree else []))
        w.add("  * Linux: %s%s" % (s.title(), " (%s)" % what if what else ""))
    igt = sorted({s.igt for s in report.steps if s.igt})
    if igt:
        w.add("  * IGT: " + ", ".join(igt))
    w.add("  * Host: %s is ci/hsw, a Haswell in software under QEMU" %
          HOST)
    text = "\n".join(l.rstrip() for l in w.lines).strip("\n") + "\n"
    return re.sub("\n{3,}", "\n\n", text)


def link(to, repo):
    """The address of an issue's link: a file of this repository is below repo,
    if that is told."""
    if repo and not to.startswith(("https://", "http://")):
        return repo.rstrip("/") + "/" + to
    return to


def body(report, series="", url="", more="", **kw):
    """The whole text, as Patchwork's freedesktop form puts it together."""
    return "== Series Details ==\n\nSeries: %s\nURL   : %s\nState : %s\n\n" \
        "== Summary ==\n\n%s\n== Logs ==\n\nFor more details see: %s\n" % (
            series, url or "(none)", report.state,
            summary(report, more, **kw), more)


def header(name, text):
    """One header; RFC 2047 if it is not ASCII."""
    try:
        text.encode("ascii")
    except UnicodeEncodeError:
        text = email.header.Header(text, "utf-8", header_name=name,
                                   maxlinelen=76).encode()
    return "%s: %s" % (name, text)


def as_html(text):
    """The text as an HTML part: headings, lists and links."""
    notes = dict(re.findall(r"^ *\[(\d+|[a-z0-9-]+)\]: (\S+)$", text, re.M))
    lines = re.sub(r"^ *\[\d+\]: \S+\n", "", text, flags=re.M).split("\n")
    out, i, level = [], 0, 0

    def inline(line):
        line = html.escape(line, quote=False)
        line = re.sub(r"\*\*(\w+)\*\*", r"<b>\1</b>", line)

        def to(m):
            at = notes.get(m.group("n"), "")
            # A link of a mail is relative to no page.
            if not at.startswith(("https://", "http://")):
                return m.group("w")
            return '<a href="%s">%s</a>' % (html.escape(at), m.group("w"))

        line = re.sub(r"(?P<w>\[[A-Z-]+\])\[(?P<n>\d+)\]", to, line)
        line = re.sub(r"(?P<w>\[(?P<n>[a-z0-9]+-[a-z0-9-]+)\])", to, line)
        return re.sub(r"(?<![\">])(https?://[^\s<>\"]+)",
                      r'<a href="\1">\1</a>', line)

    def lists(depth):
        nonlocal level
        while level < depth:
            out.append("<ul>")
            level += 1
        while level > depth:
            out.append("</ul>")
            level -= 1

    while i < len(lines):
        line, after = lines[i], lines[i + 1] if i + 1 < len(lines) else ""
        i += 1
        m = re.match(r"( *)([*-]) (.*)", line)
        head = re.match(r"(==|#{3,4}) (.*?) (==|#{3,4})$", line)
        if not line.strip():
            continue
        if re.fullmatch(r"={4,}|-{4,}", after) and len(after) == len(line):
            lists(0)
            tag = "h2" if after[0] == "=" else "h3"
            out.append("<%s>%s</%s>" % (tag, inline(line), tag))
            i += 1
        elif head:
            lists(0)
            tag = {"==": "h1", "###": "h4", "####": "h5"}[head.group(1)]
            out.append("<%s>%s</%s>" % (tag, inline(head.group(2)), tag))
        elif m:
            lists(2 if len(m.group(1)) > 2 else 1)
            out.append("<li>%s</li>" % inline(m.group(3)))
        elif level:
            # more of the entry above
            out[-1] = out[-1].replace("</li>", "") + "<br>%s</li>" % inline(
                line.strip())
        else:
            out.append("<p>%s</p>" % inline(line.strip()))
    lists(0)
    return '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>' \
        "\n%s\n</body></html>\n" % "\n".join(out)


def render(report, lane="Custom", series="", url="", more="", reply="", **kw):
    """The mail: headers, the text, and the same as HTML.

    lane: the test list, BAT, Full or Custom; series, url what was tested; more where the HTML
    page is; reply a Message-ID; further where(step, result), the footnote's
    address, patches, the subjects of a series that is not ours, per_step, and
    repo, where this repository's files are shown.
    """
    text = body(report, series, url, more, **kw)
    mark = "=-userptr-ci-" + hashlib.sha256(text.encode(
        "utf-8", "replace")).hexdigest()[:16]
    out = [header("Subject", subject(report, lane, series))]
    if reply:
        out += ["In-Reply-To: <%s>" % reply.strip("<>"),
                "References: <%s>" % reply.strip("<>")]
    # Patchwork must not take the mail for a comment of the series.
    out += ["X-Patchwork-Hint: ignore", "MIME-Version: 1.0",
            'Content-Type: multipart/alternative; boundary="%s"' % mark]
    for kind, part in (("plain", text), ("html", as_html(text))):
        out += ["", "--" + mark, "Content-Type: text/%s; charset=utf-8" % kind,
                "Content-Transfer-Encoding: 8bit", "", part.rstrip("\n")]
    return "\n".join(out) + "\n\n--%s--\n" % mark


def anchor(step, test):
    """The place of a result in the HTML page."""
    return "%s:%s" % (step.label, test)
