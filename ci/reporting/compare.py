# SPDX-License-Identifier: GPL-2.0-only
"""What a step changed from the base, and what that is worth.

Never lenient: a result that is worse than the base's, or as bad for another
reason, is a regression unless the database of known issues explains all of it.
"""

from verdict.results import BOOT, BUILD, LEVEL, RUNNER

from . import known, splat

# Here a kernel that complains is worse than its level.
KERNEL = ("dmesg-warn", "dmesg-fail", "incomplete", "abort")
STATES = ("success", "warning", "failure")


class Change:
    """kind: regression, warning, fix, new (no baseline, nothing bad)."""

    def __init__(self, test, old, new, kind):
        self.test, self.old, self.new, self.kind = test, old, new, kind
        self.issues, self.old_issues, self.suppressed = [], [], None

    def words(self):
        return (self.old.word if self.old else "notrun"), self.new.word

    def section(self):
        """Where a report lists it."""
        if self.kind == "fix":
            return "fixes"
        if self.suppressed:
            return "suppressed"
        if self.kind == "new":
            return "hits"
        if any(i.own for i in self.issues):
            # The series brings it, so it is no known issue.
            return "own" if self.kind == "regression" else "warnings"
        if self.issues:
            return "hits" if self.kind == "regression" else "known warnings"
        return self.kind + "s"


def reasons(result):
    """A set: what the kernel or the test said, without numbers."""
    said = {splat.same(s.text) for s in result.splats()}
    return said or {splat.same(result.detail)}


def kind(old, new):
    """The kind of a change, None if nothing changed."""
    if old is None or old.word == "notrun":
        if new.word in ("pass", "notrun"):
            return None
        return "new" if LEVEL[new.word] < 2 else "regression"
    a, b = LEVEL[old.word], LEVEL[new.word]
    if old.word == new.word:
        if a < 3 or reasons(new) <= reasons(old):
            return None
        return "regression" if new.word in KERNEL else "warning"
    if new.word == "pass":
        return "fix"
    if b > a or (new.word in KERNEL and old.word not in KERNEL):
        return "regression"
    return "warning"


class Log:
    """One step against the base."""

    def __init__(self, base, step, issues):
        self.base, self.step, self.changes, self.same = base, step, [], 0
        self.new_tests = [t for t in step.tests() if t not in base.results]
        names = list(base.results)
        names += [t for t in step.results if t not in base.results]
        for test in names:
            old, new = base.results.get(test), step.results.get(test)
            if new is None:
                # The runner's row is written only if it is no pass. A step that was
                # not built has the row build.
                if test == RUNNER or (
                        test == BOOT and BUILD in step.results):
                    continue
                new = type(old)(test, "notrun", 0.0, "not in this step")
            what = kind(old, new)
            if what is None:
                self.same += 1
                continue
            c = Change(test, old, new, what)
            if old:
                c.old_issues = known.explain(issues, base, old)
            c.issues = known.explain(issues, step, new)
            c.suppressed = known.suppressed(issues, step, new)
            self.changes.append(c)

    def of(self, section):
        return [c for c in self.changes if c.section() == section]

    def state(self):
        if self.of("regressions") or self.of("own"):
            return "failure"
        return "warning" if self.of("warnings") else "success"

    def unforeseen(self):
        """The state if ci/data/known explained nothing of this step. For a step
        before the last one, which is there to show a fault."""
        if self.of("regressions"):
            return "failure"
        return "warning" if [c for c in self.of("warnings")
                             if not any(i.own for i in c.issues)] \
            else "success"


class Report:
    """All steps against the base.  state: success, warning or failure."""

    def __init__(self, steps, issues):
        self.base, self.steps, self.issues = steps[0], steps, issues
        self.logs = [Log(self.base, s, issues) for s in steps[1:]]
        for s in steps:
            for r in s.results.values():
                if r.word != "pass" and r.ran():
                    r.issues = known.explain(issues, s, r)
                    r.suppressed = known.suppressed(issues, s, r)
                else:
                    r.issues, r.suppressed = [], None
        self.stale = known.stale(issues, steps)
        # The last step is the whole series: ci/data/known does not excuse it.
        states = [l.unforeseen() for l in self.logs[:-1]] + \
            [l.state() for l in self.logs[-1:]] or \
            ["failure" if alone(self.base) else "success"]
        self.state = max(states, key=STATES.index)

    def verdicts(self, step):
        """[(result, counts, why)] of a step, for formats that only know good and
        bad. counts is True if the result makes the state no success; why says
        why a bad result does not count."""
        log = next((l for l in self.logs if l.step is step), None)
        changes = {c.test: c for c in log.changes} if log else {}
        results = list(step.results.values())
        results += [c.new for c in changes.values()
                    if c.test not in step.results]
        bad = alone(step) if not self.logs else []
        out = []
        for r in results:
            c = changes.get(r.test)
            counts = r in bad or bool(c) and (
                c.section() in ("regressions", "own", "warnings")
                if log is self.logs[-1] else
                c.section() == "regressions" or c.section() == "warnings" and
                not any(i.own for i in c.issues))
            issues = getattr(r, "issues", [])
            if counts or r.word == "pass":
                why = ""
            elif getattr(r, "suppressed", None):
                why = "suppressed, %s" % r.suppressed.name
            elif issues:
                why = "known issue %s" % ", ".join(i.name for i in issues)
            elif step is self.base:
                why = "so it is without the series"
            elif c:
                why = "no worse than on the base"
            else:
                why = "as on the base"
            out.append((r, counts, why))
        return out

    def tests(self):
        out = []
        for s in self.steps:
            out += [t for t in s.results if t not in out]
        # the runner's own row comes last, as the judge has it
        return sorted(out, key=lambda t: t == RUNNER)


def alone(step):
    """What fails a step that has no base: results that are bad and unknown."""
    return [r for r in step.results.values() if LEVEL[r.word] >= 2 and
            (not r.issues or any(i.own for i in r.issues)) and
            not r.suppressed]


def fold(changes):
    """Changes that look the same are one entry: [(first, others)]."""
    out = {}
    for c in changes:
        key = (c.words(), tuple(i.name for i in c.issues),
               tuple(i.name for i in c.old_issues), bool(c.suppressed),
               () if c.issues else tuple(sorted(reasons(c.new))))
        out.setdefault(key, []).append(c)
    return [(same[0], same[1:]) for same in out.values()]
