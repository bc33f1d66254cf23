# SPDX-License-Identifier: GPL-2.0-only
"""Reports. tests/report has a folder for each case: results (records are links to the
golden runs of the judge), why, known.ini if it needs one, and the mail that must come
out, with the exit status. RECORD=1 writes the mails again: read them before you commit
them. tests/test_page.sh looks at the page in Chromium."""

import email
import email.policy
import html
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ET

import pytest
from conftest import ROOT, Folder

from reporting import known as database
from verdict import expected
from verdict.results import WORDS

CASES = ROOT / "tests/report"
NAMES = sorted(p.name for p in CASES.iterdir() if (p / "results.tsv").exists())
T = "igt@gem_userptr_blits"
HEAD = "base\tstep\ttest\tresult\tseconds\tdetail\n"
FORMATS = ("mail", "json", "junit", "ktap", "html", "line")
# Elements and attributes of JUnit as the schema of Jenkins' xunit plugin
# (junit-10.xsd) knows them.
JENKINS = {"testsuites": ("name", "time", "tests", "failures", "errors",
                          "disabled"),
           "testsuite": ("name", "time", "tests", "failures", "errors",
                         "skipped", "hostname", "timestamp", "package", "id"),
           "testcase": ("name", "classname", "time", "status"),
           "failure": ("type", "message"), "error": ("type", "message"),
           "skipped": ("type", "message"), "system-out": ()}


class Page(html.parser.HTMLParser):
    """Holds what a page consists of; asserts that it is well formed."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.refs, self.scripts = [], [], [], 0
        self.feed(text)
        assert not self.stack, "open at the end"

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert not any(a.startswith("on") or a == "src" for a in attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if attrs.get("href", "").startswith("#"):
            self.refs.append(urllib.parse.unquote(attrs["href"][1:]))
        self.scripts += tag == "script"
        if tag not in ("meta", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, "</%s> at %s" % (tag, self.getpos())


def parsed(raw):
    return email.message_from_bytes(raw.encode(), policy=email.policy.default)


def plain(raw):
    """Headers and text as one reads them"""
    msg = parsed(raw)
    return "\n".join("%s: %s" % (k, msg[k]) for k in msg.keys() if k in (
        "Subject", "In-Reply-To", "X-Patchwork-Hint")) + "\n\n" + \
        msg.get_body(("plain",)).get_content()


class Case:
    """A case in every format"""

    def __init__(self, name, report):
        self.folder = CASES / name
        known = self.folder / "known.ini"
        args = [self.folder, "--known", known if known.exists() else "none"]
        self.rows = [l.split("\t") for l in
                     (self.folder / "results.tsv").read_text().split("\n")[1:-1]]
        self.ran = {f: report(*args, "--format", f) for f in FORMATS}
        self.text = {f: ran.out for f, ran in self.ran.items()}
        self.mail = plain(self.text["mail"])
        self.state = re.search(r"^State : (\w+)", self.mail, re.M).group(1)
        self.run = json.loads(self.text["json"])
        self.junit = ET.fromstring(self.text["junit"])
        self.inside = [len(self.junit.findall(".//" + k))
                       for k in ("testcase", "failure", "error")]


MADE = {}


@pytest.fixture(params=NAMES)
def case(request, report):
    if request.param not in MADE:
        MADE[request.param] = Case(request.param, report)
    return MADE[request.param]


class TestCase:
    def test_mail(self, case):
        got = case.mail + "exit %d\n" % case.ran["mail"].rc
        if os.environ.get("RECORD"):
            (case.folder / "mail").write_text(got)
        assert got == (case.folder / "mail").read_text(), \
            (case.folder / "why").read_text()

    def test_mail_has_headers_and_parts_as_mail_has_them(self, case):
        raw = case.text["mail"]
        msg = parsed(raw)
        assert [d for p in msg.walk() for d in p.defects] == []
        assert [l for l in raw.partition("\n\n")[0].split("\n") if not l.isascii() or
                len(l) > 78 and " " in l[1:78]] == []
        assert msg["X-Patchwork-Hint"] == "ignore"

    def test_html_part_of_the_mail_says_the_same(self, case):
        text = parsed(case.text["mail"]).get_body(("html",)).get_content()
        Page(text)
        words = html.unescape(re.sub(r"<[^>]*>", "", text))
        assert [n for n in re.findall(r"igt@\S+(?=:$)", case.mail, re.M)
                if n not in words] == []
        assert words.count("CI Bug Log") == case.mail.count("CI Bug Log")

    def test_exit_status_is_the_state(self, case):
        assert {ran.rc for ran in case.ran.values()} == {int(case.state != "success")}

    def test_json_has_every_result_and_the_state(self, case):
        got = [[case.run["base"].split()[0], s["name"], t, r["result"]]
               for s in case.run["steps"] for t, r in s["results"].items()]
        assert sorted(got) == sorted(r[:4] for r in case.rows)
        assert case.run["state"] == case.state

    def test_junit_adds_up(self, case):
        gone = sum(c["to"] == "notrun" for l in case.run["changes"]
                   for c in l["tests"]
                   if c["test"] not in next(s for s in case.run["steps"] if s["name"] ==
                                            l["step"])["results"])
        assert [int(case.junit.get(k)) for k in ("tests", "failures", "errors")] == \
            case.inside
        assert case.inside[0] == len(case.rows) + gone

    def test_junit_is_red_if_the_report_is_no_success(self, case):
        assert (case.inside[1] + case.inside[2] > 0) == (case.state != "success")

    def test_junit_has_what_the_schema_of_jenkins_allows(self, case):
        assert {"%s %s=" % (el.tag, k) for el in case.junit.iter() for k in el.attrib
                if k not in JENKINS.get(el.tag, ())} == set()

    def test_ktap_not_ok_is_what_makes_the_report_no_success(self, case):
        text = case.text["ktap"]
        assert [len(re.findall(r"^    not ok ", text, re.M)),
                len(re.findall(r"^    (?:not )?ok ", text, re.M))] == \
            [case.inside[1] + case.inside[2], case.inside[0]]

    def test_ktap_parses(self, case, tmp_path):
        # perl's TAP parser, which in Debian 12 does not know "version 14" yet
        (tmp_path / "x.tap").write_text(case.text["ktap"].split("\n", 1)[1])
        ran = subprocess.run(["prove", "-e", "cat", str(tmp_path / "x.tap")],
                             capture_output=True, text=True, check=False)
        assert "parse error" not in (ran.stdout + ran.stderr).lower()

    def test_page_is_well_formed_and_every_link_has_its_target(self, case):
        page = Page(case.text["html"])
        assert page.scripts == 1
        assert len(set(page.ids)) == len(page.ids)
        notes = re.findall(r"^ *\[\d+\]: report\.html#(.*)", case.mail, re.M)
        assert (set(page.refs) | set(notes)) - set(page.ids) == set()

    def test_page_marks_a_kernel_warning_for_each_incomplete(self, case):
        # What crashes or hangs the VM is in some log: a reason shows it.
        parts = re.findall(r'<section class="detail" id="([^"]*)"(.*?)</section>',
                           case.text["html"], re.S)
        dead = {"%s:%s" % (r[1], r[2]) for r in case.rows if r[3] == "incomplete" and
                (case.folder / r[1]).is_dir()}
        assert dead - {at for at, body in parts if "<mark>" in body} == set()


def test_the_cases_have_every_result_at_a_step():
    rows = [l.split("\t") for name in NAMES
            for l in (CASES / name / "results.tsv").read_text().splitlines()]
    assert set(WORDS) - {r[3] for r in rows if r[1] == "1"} == set()


# --- the reader of the kernel itself: of v5.10, and of a later base if it is here

@pytest.mark.parametrize("base", ("v5.10", "v6.12"))
def test_the_kernels_kunit_py_reads_our_ktap(base, report, tmp_path):
    cache = os.environ.get("USERPTR_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "i915-userptr")
    mark = os.path.join(cache, "source", base)
    ran = None
    if base == "v5.10" or os.path.exists(mark) and os.path.getsize(mark):
        ran = subprocess.run([ROOT / "ci/stages/source", "--base", base, "--step", "base"],
                             capture_output=True, text=True, check=False)
    if not ran or ran.returncode:
        pytest.skip("its source is not in the cache: ci/stages/source --base %s --step base"
                    % base)
    folder = tmp_path / ("kunit-" + base)
    folder.mkdir()
    for name in ("kunit_parser.py", "kunit_printer.py"):
        file = subprocess.run(
            ["git", "--git-dir", ran.stdout.split("\t")[0], "show",
             "%s/base:tools/testing/kunit/%s" % (base, name)], capture_output=True, check=False)
        if not file.returncode:
            (folder / name).write_bytes(file.stdout)
    for name in NAMES:
        if name not in MADE:
            MADE[name] = Case(name, report)
        (tmp_path / (name + ".ktap")).write_text(MADE[name].text["ktap"])
        (tmp_path / (name + ".state")).write_text(
            "%s %d\n" % (MADE[name].state, MADE[name].inside[0]))
    ran = subprocess.run([sys.executable, CASES / "kunit.py", folder,
                          *sorted(tmp_path.glob("*.ktap"))],
                         capture_output=True, text=True, check=True)
    said = ran.stdout.splitlines()
    assert [l for l in said if not l.startswith("ok ")] == []
    assert len(said) == len(NAMES)


# --- what a report refuses, each in one line

@pytest.fixture
def refuse(report):
    def check(text, *args):
        ran = report(*args)
        assert ran.rc == 2 and ran.err.count("\n") == 1
        assert text in ran.err
    return check


REFUSED = {
    "no folder": ("see ci/report --help", []),
    "no such folder": ("/nonexistent", ["/nonexistent"]),
    "no such format": ("format", [CASES / "alike", "--format", "pdf"]),
    "no such step": ("no step '7'", [CASES / "alike", "--steps", "7"]),
    "no range": ("3-1", [CASES / "alike", "--steps", "3-1"]),
    "no such database": ("no such file", [CASES / "alike", "--known", "/nonexistent"]),
    "an unknown option": ("frobnicate", [CASES / "alike", "--frobnicate"]),
    "a line break in a header":
        ("control character", [CASES / "alike", "--series", "x\nBcc: y"]),
    "nowhere to write":
        ("cannot write", [CASES / "alike", "--known", "none", "--out", "/nonexistent/x"]),
    "a plot that is not there":
        ("/nonexistent: No such file",
         [CASES / "alike", "--format", "html", "--cost", "/nonexistent"]),
}


@pytest.mark.parametrize("text, args", REFUSED.values(), ids=REFUSED)
def test_refused(refuse, text, args):
    refuse(text, *args)


def test_refused_an_empty_folder(refuse, tmp_path):
    refuse("let ci/run end", tmp_path)


def line_3(old, new):
    def edit(text):
        lines = text.split("\n")
        lines[2] = re.sub(old, new, lines[2], count=1)
        return "\n".join(lines)
    return edit


DAMAGED = {
    "a word that is none": ("results.tsv:3: 'passed'", line_3("pass", "passed")),
    "a line cut short": ("results.tsv:3: 5 columns", line_3(r"\t[^\t]*$", "")),
    "a result twice": ("has a result already", lambda t: t + t.split("\n")[2] + "\n"),
    "no number": ("'long'", line_3(r"\tpass\t[0-9.]*", "\tpass\tlong")),
    "no head": ("not the head", lambda t: t.split("\n", 1)[1]),
    "not UTF-8": ("not UTF-8", lambda t: t + "v5.10\t1\tx\tpass\t1\t\udcff\udcfe\n"),
}


@pytest.mark.parametrize("text, edit", DAMAGED.values(), ids=DAMAGED)
def test_refused_damaged(refuse, tmp_path, text, edit):
    folder = Folder(CASES / "alike", tmp_path / "d")
    folder.change("results.tsv", edit)
    refuse(text, folder.path)


def test_refused_damaged_json(refuse, tmp_path):
    folder = Folder(CASES / "alike", tmp_path / "d").path
    (folder / "1").mkdir()
    (folder / "1/results.json").write_text('{ "tests": [\n')
    refuse("1/results.json", folder)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"'
PLOTS = {
    "a page": ('<html xmlns="http://www.w3.org/1999/xhtml"/>',
               "no.svg: not an SVG file: it begins with <html>"),
    "half a plot": (SVG, "no.svg: not an SVG file"),
    "entities": ('<!DOCTYPE svg [<!ENTITY a "aa">]>%s>&a;</svg>' % SVG, "declares entities"),
    "no end": ("%s><!--%s--></svg>" % (SVG, "x" * 300000), "more than 256 KiB"),
}


@pytest.mark.parametrize("plot, text", PLOTS.values(), ids=PLOTS)
def test_refused_plot(refuse, tmp_path, plot, text):
    (tmp_path / "no.svg").write_text(plot)
    refuse(text, CASES / "alike", "--format", "html", "--cost", tmp_path / "no.svg")


def test_refused_a_plot_for_a_mail(refuse, tmp_path):
    (tmp_path / "plot.svg").write_text(SVG + "/>")
    refuse("cost is for the page", CASES / "alike", "--cost", tmp_path / "plot.svg")


# --- the database of known issues

ENTRY = """[x]
title = t
test = %s@*
step = *
result = fail
match = x
since = 2020-01-01
link = https://example.com/
""" % T
SPOILT = {
    "a field is missing": (r"(?m)^link.*\n", "", "'link' is missing"),
    "a field too many": (r"\Z", "foo = 1\n", "no field 'foo'"),
    "a field twice": (r"(step.*\n)", r"\1\1", "already exists"),
    "a name twice": (r"(?s)\A(.*)\Z", r"\1\1", "already exists"),
    "a word that is none": ("= fail", "= failed", "'failed' is no result"),
    "pass as an issue": ("= fail", "= pass", "'pass' is no result"),
    "a step that is none": (r"step = .", "step = first", "step 'first'"),
    "a regex that is none": ("match = x", "match = (", "match:"),
    "match and suppress": (r"\Z", "suppress = y\n", "not both"),
    "no date": ("2020-01-01", "yesterday", "no date"),
    "a link with a scheme that runs": ("https://example.com/", "javascript:alert(1)", "link"),
    "no section": (r"\[x\]\n", "", "k.ini"),
}


def test_a_good_entry_is_taken(report, tmp_path):
    (tmp_path / "k.ini").write_text(ENTRY)
    assert report(CASES / "alike", "--known", tmp_path / "k.ini").rc == 0


@pytest.mark.parametrize("old, new, text", SPOILT.values(), ids=SPOILT)
def test_refused_entry(refuse, tmp_path, old, new, text):
    (tmp_path / "k.ini").write_text(re.sub(old, new, ENTRY, count=1))
    refuse(text, CASES / "alike", "--known", tmp_path / "k.ini")


def test_an_entry_that_did_not_show_is_named(report):
    ran = report(CASES / "known", "--known", CASES / "known/known.ini")
    assert "issue mended did not show" in ran.err and ran.err.count("\n") == 1


def unexplained(path):
    """(test, result) of ci/data/expected that hold for every step of the base, and that no
    entry of the database is meant for: a report would call them regressions."""
    issues = database.load(str(path))
    rows = [e for f in expected.paths(path.stem) for e in expected.load(f) if e.step == "*"]
    return [(e.test, word) for e in rows for word in e.results if word != "pass" and
            not any(i.may("base", e.test.replace("*", "x"), word) for i in issues)]


OURS = sorted((ROOT / "ci/data/known").glob("*.ini"))


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.stem)
class TestOurDatabase:
    def test_is_well_formed(self, path, report):
        assert report(CASES / "alike", "--known", path).rc == 0

    def test_has_all_that_every_step_is_expected_to_give(self, path):
        assert unexplained(path) == []

    def test_without_an_entry_a_row_has_none(self, path, tmp_path):
        less = tmp_path / path.name
        less.write_text(re.sub(r"(?ms)^\[no-readonly-gtt\].*?(^\n|\Z)", "", path.read_text()))
        assert unexplained(less) == [(T + "@readonly-*", "skip")]


def test_each_base_with_expectations_has_a_database():
    # What ci/faults expects is no report's business.
    bases = {p.stem for p in (ROOT / "ci/data/expected").glob("v*.tsv")}
    assert bases - {p.stem for p in OURS} == set()


LOCKDEP = "WARNING: possible recursive locking detected"
LOGS = {
    "one kernel warning, known": ([LOCKDEP, "stack backtrace:", "Call Trace:"], 0),
    "a second one that is not known":
        ([LOCKDEP, "Call Trace:", "BUG: Bad page map in process x"], 1),
    "a warning outside of the known one":
        ([LOCKDEP, "Call Trace:", "---[ end trace 123 ]---", "i915: something else"], 1),
    "registers after its end belong to it":
        ([LOCKDEP, "---[ end trace 123 ]---", "RIP: 0010:foo+0x1/0x2", "RAX: 0"], 0),
}


def two_steps(folder, word, detail, test):
    """A run whose step 1 has one result and a log"""
    (folder / "1").mkdir(parents=True)
    (folder / "results.tsv").write_text(
        HEAD + "v5.10\tbase\t%s@a\tpass\t1\t\nv5.10\t1\t%s@a\t%s\t1\t%s\n" % (T, T, word, detail))
    (folder / "1/results.json").write_text(json.dumps({"tests": {T + "@a": test}}))
    return folder


@pytest.mark.parametrize("log, rc", LOGS.values(), ids=LOGS)
def test_an_old_warning_hides_no_new_one(report, tmp_path, log, rc):
    text = "".join("<4> [1.0] %s\n" % l for l in log)
    run = two_steps(tmp_path / "two", "dmesg-warn", LOCKDEP,
                    {"dmesg": text, "dmesg-warnings": text})
    (tmp_path / "k.ini").write_text(
        ENTRY.replace("= fail", "= dmesg-warn").replace("= x", "= recursive locking"))
    ran = report(run, "--known", tmp_path / "k.ini")
    assert ran.rc == rc
    assert ("Possible regressions" in ran.out) == bool(rc)


# --- other ways to name the folders

def test_one_step_of_a_run(report):
    ran = report(CASES / "steps", "--known", "none", "--steps", "2")
    assert len(re.findall("^CI Bug Log", plain(ran.out), re.M)) == 1
    assert re.findall(r"^State : (\w+)", plain(ran.out), re.M) == ["success"]


def test_a_base_here_a_step_there(report):
    assert "v5.10 base -> v5.10 step 1" in \
        report(CASES / "steps", CASES / "rwsem/1", "--known", "none").out


def test_the_same_step_of_two_runs(report):
    assert "alike/1" in report(CASES / "steps", CASES / "steps", CASES / "alike",
                               "--known", "none").out


def test_out_file_html_is_the_page(report, tmp_path):
    report(CASES / "alike", "--out", tmp_path / "x.html")
    assert "DOCTYPE html" in (tmp_path / "x.html").read_text()[:15]


def test_what_the_caller_knows(report):
    ran = report(CASES / "alike", "--series", "my series", "--url", "https://example.com/s/1",
                 "--reply", "<a@b>", "--testlist", "BAT")
    assert "Subject: ✓ userptr.CI.BAT: success for my series\nIn-Reply-To: <a@b>" in \
        plain(ran.out)


WAY = [CASES / "way", "--known", CASES / "way/known.ini"]


def test_an_address_of_the_net_makes_links_that_work(report):
    text = plain(report(*WAY, "--repo", "https://example.org/r/",
                        "--more", "https://example.org/page.html").out)
    assert "External URL: https://example.org/page.html" in text
    assert "[recursion]: https://example.org/r/ci/data/expected/v5.10.tsv" in text
    assert "Linux: v5.10 step 1 (tree 4b825dc642cb)" in text
    assert len(re.findall("^CI Bug Log", text, re.M)) == 1


def test_per_step_makes_a_section_for_each(report):
    ran = report(*WAY, "--per-step", "--more", "https://example.org/page.html")
    text = plain(ran.out)
    assert len(re.findall("^CI Bug Log", text, re.M)) == 2
    # no SUCCESS for a step that the kernel complains of
    assert re.findall(r"^  \*\*(.*)\*\*$", text, re.M) == ["SUCCESS", "FAILURE"]
    assert '<a href="https://example.org/page.html#1:igt@gem_userptr_blits@a">[DMESG-WARN]</a>' \
        in ran.out


def test_what_the_last_step_brings_is_no_known_issue(report):
    assert report(CASES / "way", "--steps", "1", "--known", CASES / "way/known.ini").rc == 1


@pytest.mark.parametrize("base", ("v5.10", "v4.17"))    # v4.17 does not run all of them
@pytest.mark.parametrize("name, word", (("bat", "BAT"), ("full", "Full")))
def test_the_test_list_is_told(report, tmp_path, base, name, word):
    folder = ROOT / "ci/data/testlists"
    blocklist = folder / ("blocklist-%s.txt" % base)
    blocked = blocklist.read_text().split("\n") if blocklist.exists() else []
    tests = [l for l in (folder / (name + ".testlist")).read_text().split("\n")
             if l and l[0] != "#" and l not in blocked]
    (tmp_path / "results.tsv").write_text(
        HEAD + "".join("%s\tbase\t%s\tpass\t1\t\n" % (base, t) for t in tests))
    assert "userptr.CI.%s: success" % word in plain(report(tmp_path, "--known", "none").out)


def test_the_id_is_of_the_results_not_of_the_times(report, tmp_path):
    ids = set()
    for seconds in "19":
        text = (CASES / "steps/results.tsv").read_text()
        (tmp_path / "results.tsv").write_text(
            re.sub(r"\t[0-9.]+\t([^\t\n]*)\n", r"\t%s\t\1\n" % seconds, text))
        ids.add(json.loads(report(tmp_path, "--known", "none", "--format", "json").out)["id"])
    assert len(ids) == 1


# --- a log that would like to be a page

EVIL = ('</pre><script>document.title="owned"</script>'
        '<img src=x onerror=document.title="owned">"\'&amp;')


@pytest.mark.parametrize("form", FORMATS[:-1])
def test_a_hostile_log_makes_a_report_all_the_same(report, tmp_path, form):
    run = two_steps(tmp_path / "evil", "dmesg-warn", EVIL, {
        "dmesg": "<4> [1.0] BUG: %s \x00\x1b[31m\ud800 \n" % EVIL, "out": EVIL})
    ran = report(run, "--format", form, "--known", "none")
    assert (ran.rc, ran.err) == (1, "")
    if form == "junit":
        ET.fromstring(ran.out)
    if form == "html":
        assert len(re.findall("<(?:img|script)", ran.out)) == 1


# --- the examples: each footnote of a mail is in the page beside it

EXAMPLES = sorted((ROOT / "ci/examples").glob("*.mail"))
NOTE = re.compile(r"^ *\[\d+\]: (\S+\.html)#(\S*)", re.M)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example(path):
    raw = path.read_text()
    page = path.with_suffix(".html").read_text()
    assert [n for n in NOTE.findall(raw) if n[0] != path.stem + ".html" or
            'id="%s"' % n[1] not in page] == []
    title = re.search(r"^<title>(.*)</title>$", page, re.M).group(1)
    assert parsed(raw)["Subject"] == title
    # No example is older than the form of the mail.
    head = raw.split("\n\n", 1)[0]
    assert head.isascii() and "X-Patchwork-Hint: ignore" in head.split("\n")


def test_an_example_has_footnotes():
    # A series that is as the base at each step has none.
    assert any(len(NOTE.findall(p.read_text())) > 1 for p in EXAMPLES)


def test_plain_shows_a_mail_as_a_mail_program_does(report, tmp_path):
    report(CASES / "alike", "--known", "none", "--out", tmp_path / "x.mail")
    ran = subprocess.run([sys.executable, ROOT / "ci/reporting/plain.py", tmp_path / "x.mail"],
                         capture_output=True, check=True)
    assert b"Subject: \xe2\x9c\x93 userptr.CI" in ran.stdout


def test_prove_is_there():
    assert shutil.which("prove"), "perl is missing: run ci/setup --tests"
