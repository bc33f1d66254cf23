# SPDX-License-Identifier: GPL-2.0-only
"""A report as a mail, in the form that Intel's CI sends to its lists."""

import textwrap

import table
from . import compare

CI = "userptr.CI"
HEAD = {"success": "✓", "warning": "✗", "failure": "✗"}
VERDICT = {
    "success": "No regressions found.",
    "warning": "Some results are bad in another way than on the base. Please "
               "look at them\n  before you take them for noise.",
    "failure": "At least one result is worse than on the base, and no known "
               "issue explains\n  it. Look at the log of each; if the series "
               "is innocent, add the issue to\n  ci/known/ with a pattern, "
               "and it will be known from then on.",
}


def shown(word):
    return "NOTRUN" if word == "notrun" else "[%s]" % word.upper()


class Writer:
    """Lines, footnotes and issues of one mail."""

    def __init__(self, where, patches=()):
        self.where, self.lines, self.count = where, [], 0
        self.patches = patches
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
            new += " +%d similar issue%s" % (len(others),
                                             "s" * (len(others) > 1))
        self.add("  * %s:" % name,
                 "    - %-19s %s -> %s" % (table.HOST + ":", old, new))
        if c.section() in ("regressions", "warnings"):
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
    """Participating hosts: who ran at least one test."""
    def who(step):
        return {table.HOST} if any(step.results[t].ran()
                                   for t in step.tests()) else set()

    old, new = who(log.base), who(log.step)
    w.title("Participating hosts (%d -> %d)" % (len(old), len(new)), "-")
    for word, names in (("Additional", new - old), ("Missing", old - new)):
        if names:
            w.add("  %-10s (%d): %s" % (word, len(names),
                                        " ".join(sorted(names))))
    if old == new:
        w.add("  No changes in participating hosts")


def one_log(w, log):
    name = log.step.title()
    w.title("CI Bug Log - changes from %s -> %s" % (log.base.title(), name),
            "=")
    w.add("Summary", "-------", "", "  **%s**" % log.state().upper(), "",
          "  " + VERDICT[log.state()])
    why_not(w, log.step)
    hosts(w, log)
    if any(log.of(s) for s in ("regressions", "warnings", "suppressed")):
        w.title("Possible new issues", "-")
        w.add("  Here are the unknown changes that %s may have brought:" %
              name, "")
        w.part(log, (("Possible regressions", "regressions"),
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
        w.add("  Here are the changes in %s that come from known issues:" %
              name, "")
        w.part(log, (("Issues hit", "hits"), ("Possible fixes", "fixes"),
                     ("Warnings", "known warnings")))


def not_built(step):
    """The result of a build that came to nothing, else None."""
    built = step.results.get("build")
    return built if built and built.word != "pass" else None


def why_not(w, step):
    """What the last words of the build were, if it came to nothing."""
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
            table.HOST + ":", w.result(r, step, notes)))
        w.why(r)
        w.add(*notes, "")


def subject(report, lane, series):
    built = [s for s in report.steps if not_built(s)]
    return "%s %s.%s: %s for %s" % (
        HEAD[report.state], CI, "BUILD" if built else lane, report.state,
        series)


def render(report, lane="Custom", series="", url="", more="",
           where=None, reply="", patches=()):
    """The mail as text: headers, an empty line, the body.

    lane BAT, Full or Custom; series, url what was tested; more where the HTML
    page is; where(step, result) the footnote's address; reply a Message-ID;
    patches the subjects of a series that is not ours.
    """
    w = Writer(where or (lambda s, r: "%s#%s" % (more, anchor(s, r.test))),
               patches)
    w.add("Subject: " + subject(report, lane, series))
    if reply:
        w.add("In-Reply-To: <%s>" % reply.strip("<>"),
              "References: <%s>" % reply.strip("<>"))
    w.add("MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
          "Content-Transfer-Encoding: 8bit", "")
    w.add("== Series Details ==", "", "Series: " + series,
          "URL   : " + (url or "(none)"), "State : " + report.state, "",
          "== Summary ==")
    for log in report.logs:
        one_log(w, log)
    if not report.logs:
        one_step(w, report.base)
    if report.stale:
        w.title("Known issues that did not show", "-")
        w.add("  Each had its chance here. If it is mended, take it out of "
              "ci/known/:", "")
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
            w.add("  [%s]: %s" % (name, w.issues[name].link),
                  "      %s" % w.issues[name].title)
    w.title("Build changes", "-")
    for s in report.steps:
        w.add("  * Linux: %s%s" % (s.title(), " (%s)" % s.kernel
                                   if s.kernel else ""))
    igt = sorted({s.igt for s in report.steps if s.igt})
    if igt:
        w.add("  * IGT: " + ", ".join(igt))
    w.add("  * Host: %s is ci/hsw, a Haswell in software under QEMU" %
          table.HOST, "", "== Logs ==", "", "For more details see: " + more)
    text = "\n".join(l.rstrip() for l in w.lines) + "\n"
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def anchor(step, test):
    """The place of a result in the HTML page."""
    return "%s:%s" % (step.label, test)
