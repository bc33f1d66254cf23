# SPDX-License-Identifier: GPL-2.0-only
"""Read what ci/run and ci/stages/step left in their folders."""

import glob
import json
import os
import re

from verdict import results
from verdict.files import DATA, ROOT, read, rows
from verdict.results import PSEUDO

from . import die, splat

# Lines of ci/lib/phase.sh, and the line about a lock.
PROGRESS = re.compile(r": (starts|done in|failed \(\d+\) after|"
                      r"[0-9hms]+(,|$)|"
                      r"waiting for another run that holds the lock )")


class Result:
    """One test on one step: its result, and the records.

    dmesg and console are lists of log lines as they were written; out and err
    are the test's own words.  All may be empty: a cell of results.tsv counts
    without its records.
    """

    def __init__(self, test, word, seconds, detail):
        self.test, self.word = test, word
        self.seconds, self.detail = seconds, detail
        self.dmesg, self.console, self.out, self.err = [], [], "", ""
        self.warnings = []      # what igt_runner took for the kernel's
        self._splats = None

    def splats(self):
        """The kernel warnings in the test's own log."""
        if self._splats is None:
            self._splats = splat.find(self.dmesg)
        return self._splats

    def ran(self):
        return self.word != "notrun"


class Step:
    """One column: results in the order of the test list."""

    def __init__(self, base, name, folder):
        self.base, self.name, self.folder = base, name, folder
        self.label = name
        self.results = {}
        self.boots = []         # (number, word, seconds, first, after)
        self.kernel = self.igt = self.tree = ""
        self.note, self.when = "", 0

    def title(self):
        """"base" or "step 1", with the kernel it stands on if known."""
        name = self.label if not re.match(r"\d+$", self.label) \
            else "step " + self.label
        return "%s %s" % (self.base, name) if self.base else name

    def seconds(self):
        return sum(r.seconds for r in self.results.values())

    def tests(self):
        return [t for t in self.results if t not in PSEUDO]

    def lines(self, name, limit=1 << 24):
        """The lines of one of the folder's files; none if it is not there."""
        try:
            with open(os.path.join(self.folder, name), "rb") as f:
                text = f.read(limit).decode("utf-8", "replace")
        except OSError:
            return []
        return text.replace("\0", "").replace("\r", "").split("\n")


def add(step, where, test, word, seconds, detail):
    if test in step.results:
        die("%s: %s of step %s has a result already" % (where, test, step.name))
    step.results[test] = Result(test, word, float(seconds), detail)


def from_run(folder):
    """The steps of a folder of ci/run (results.tsv)."""
    path = os.path.join(folder, "results.tsv")
    steps = {}
    for base, name, *cells in results.read(path, r"base|\d+"):
        if name not in steps:
            steps[name] = Step(base, name, os.path.join(folder, name))
        add(steps[name], path, *cells)
    return list(steps.values())


def from_step(folder):
    """The one step of a folder of ci/stages/step (rows.tsv)."""
    path = os.path.join(folder, "rows.tsv")
    name = os.path.basename(os.path.abspath(folder))
    beside = os.path.join(os.path.dirname(os.path.abspath(folder)),
                          "results.tsv")
    base = ""
    if os.path.exists(beside):
        base = results.read(beside)[0].base
    step = Step(base, name, folder)
    for n, cells in rows(path, 4):
        where = "%s:%d" % (path, n)
        results.check(where, *cells[:3])
        add(step, where, *cells)
    return [step]


def records(step):
    """Give the results of a step the records that their folder has."""
    text = "\n".join(step.lines("results.json") or
                     step.lines("igt/results.json"))
    tests = {}
    if text.strip():
        try:
            tests = json.loads(text)["tests"]
            assert isinstance(tests, dict)
        except (ValueError, KeyError, TypeError, AssertionError):
            die("%s/results.json is not igt_results' JSON: the folder is "
                "damaged, run that step again" % step.folder)
    for name, test in tests.items():
        if name not in step.results:
            continue
        r = step.results[name]
        r.dmesg = test.get("dmesg", "").replace("\r", "").split("\n")
        r.warnings = test.get("dmesg-warnings", "").split("\n")
        r.out, r.err = test.get("out", ""), test.get("err", "")
        m = re.match(r"IGT-Version: (\S+).*\(Linux: (\S+)",
                     test.get("igt-version", ""))
        if m:
            step.igt, step.kernel = m.groups()

    asked = [l.strip() for l in step.lines("testlist") if l.strip()]
    for line in step.lines("boots.tsv"):
        cells = line.split("\t")
        if len(cells) != 5:
            continue
        step.boots.append((int(cells[0]), cells[1], int(cells[2]),
                           int(cells[3]), int(cells[4])))
    consoles = {n: step.lines("console-%d.txt" % n)
                for n, *_ in step.boots}
    # A test is in the boot in which igt_runner began it.
    for n, _, _, first, after in step.boots:
        for i, name in enumerate(asked[first:after], first + 1):
            for r in step.results.values():
                if r.test == name or r.test.startswith(name + "@"):
                    r.console = part(consoles[n], r.test)
                    if not r.console and i == after:
                        # the boot ended before the test printed its name
                        r.console = since_igt(consoles[n])
    if "boot" in step.results and step.boots:
        r = step.results["boot"]
        bad = re.match(r"boot (\d+):", r.detail)
        n = int(bad.group(1)) if bad else step.boots[0][0]
        r.console = until_test(consoles.get(n, []))
    if "build" in step.results:
        build_log(step.results["build"], step.lines("build.log"))
    tree = step.lines("tree", 200)
    step.tree = tree[0][:12] if tree and re.fullmatch(
        "[0-9a-f]{40}", tree[0]) else ""
    note = step.lines("note", 200)
    step.note = note[0] if note else ""


def build_log(r, lines):
    """What a build printed, without progress and without the path of its log."""
    r.console = [re.sub(r" \(log: \S*\)$", "", l) for l in lines[-200:]
                 if l.strip() and not PROGRESS.search(l)]
    if r.console and r.word != "pass":
        r.detail = next((l.strip() for l in r.console if
                         re.search(r"\berror: ", l)), r.console[-1].strip())


def until_test(lines):
    out = []
    for line in lines:
        if "[IGT]" in line:
            break
        out.append(line)
    return out


def part(lines, test):
    """The console from a subtest's start to the next one's."""
    name = test.rsplit("@", 1)[-1]
    out = None
    for line in lines:
        if "[IGT]" in line and ": starting subtest " in line:
            if out is not None:
                break
            if line.rstrip().endswith(" " + name):
                out = []
        if out is not None:
            out.append(line)
    return out or []


def since_igt(lines):
    """The console from the last word of a test program on."""
    last = max((i for i, l in enumerate(lines) if "[IGT]" in l), default=None)
    return [] if last is None else lines[last:]


def folder_steps(path):
    if not os.path.isdir(path):
        die("%s: no such folder" % path)
    if os.path.exists(os.path.join(path, "results.tsv")):
        steps = from_run(path)
    elif os.path.exists(os.path.join(path, "rows.tsv")):
        steps = from_step(path)
    else:
        die("%s has neither results.tsv nor rows.tsv: let ci/run end there"
            % path)
    for name in ("results.tsv", "rows.tsv"):
        if os.path.exists(os.path.join(path, name)):
            for s in steps:
                s.when = os.path.getmtime(os.path.join(path, name))
            break
    if not steps or not any(s.results for s in steps):
        die("%s holds no result" % path)
    return steps


def load(paths, only=None):
    """Steps out of the folders, the base first.

    One folder: its own base (or its first step) and the rest.  More: the base
    of the first one against the steps of the others, or their only step.
    only: names of the steps to keep besides the base.
    """
    groups = [folder_steps(p) for p in paths]
    first = groups[0]
    base = next((s for s in first if s.name == "base"), first[0])
    if len(groups) == 1:
        rest = [s for s in first if s is not base]
    else:
        rest = []
        for steps in groups[1:]:
            rest += [s for s in steps if s.name != "base"] or steps
    if only:
        for name in only:
            if name != base.name and name not in [s.name for s in rest]:
                die("no step '%s' in %s" % (name, " ".join(paths)))
        rest = [s for s in rest if s.name in only]
    steps = [base] + rest
    for s in steps:
        # the same name twice: tell them apart by their folders
        if [x.name for x in steps].count(s.name) > 1:
            s.label = "/".join(os.path.abspath(s.folder).split("/")[-2:])
        records(s)
    if len({s.label for s in steps}) < len(steps):
        die("two of the folders have the same name: %s" %
            " ".join(s.folder for s in steps))
    return steps


def lane(step):
    """"BAT" or "Full" if the step ran that list of ours, else "Custom"."""
    ran = {"@".join(t.split("@")[:3]) for t in step.tests()}
    lists = [os.path.join(DATA, "testlists/blocklist%s.txt" % of)
             for of in ("", "-%s" % step.base)]
    drop = [re.compile(p) for l in lists if os.path.exists(l)
            for p in read(l).split("\n") if p and p[0] != "#"]
    for name, word in (("bat", "BAT"), ("full", "Full")):
        asked = {l.split("#")[0].strip() for l in read(os.path.join(
            DATA, "testlists/%s.testlist" % name)).split("\n")} - {""}
        asked = {t for t in asked if not any(p.fullmatch(t) for p in drop)}
        if ran == asked:
            return word
    return "Custom"


def subject(path):
    m = re.search(r"^Subject: (.*(?:\n .*)*)", read(path), re.M)
    return re.sub(r"^(\[[^]]*\]\s*)*|\n", "", m.group(1)) if m \
        else os.path.basename(path)


def subjects(base):
    """The subjects of a base's series, in order."""
    out = []
    folder = os.path.join(ROOT, "patches", base)
    for line in read(os.path.join(ROOT, "series", base)).split("\n"):
        name = line.split("#")[0].strip()
        if name and glob.glob(os.path.join(folder, name)):
            out.append(subject(os.path.join(folder, name)))
    return out


class Mailbox:
    """What ci/run --mbox tested: a folder of ci/mailbox."""

    def __init__(self, folder):
        def first(name):
            text = read(os.path.join(folder, name)).split("\n")[0]
            return re.sub(r"[\x00-\x1f\x7f]", " ", text).strip()

        names = read(os.path.join(folder, "series")).split()
        self.subjects = [subject(os.path.join(folder, n)) for n in names]
        self.title = first("title")
        self.url = first("url")
        # "v2" of the mails, "rev2" of a Patchwork: a first one goes without.
        version = first("version")
        if re.fullmatch(r"(v|rev)\d+", version) and version not in ("v1",
                                                                   "rev1"):
            self.title += " (%s)" % version


def mailbox(folders):
    """The mailbox that was run into the last of the folders, or None."""
    for path in (folders[-1], os.path.dirname(os.path.abspath(folders[-1]))):
        if os.path.exists(os.path.join(path, "series", "series")):
            return Mailbox(os.path.join(path, "series"))
    return None
