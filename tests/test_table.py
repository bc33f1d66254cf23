# SPDX-License-Identifier: GPL-2.0-only
"""The table, the changes in the form of 2018, and the verdict; the table of binaries; and
a results.tsv out of rows."""

import io
import re

import pytest
from conftest import ROOT

from verdict import Wrong, collect, expected, results
from verdict.tables import stale

T = "igt@gem_userptr_blits"
HEAD = "\t".join(results.HEAD) + "\n"


def lines(*cells, base="v5.10"):
    """A results.tsv; cells are (step, test, result, seconds, detail)."""
    return HEAD + "".join("\t".join((base, *c)) + "\n" for c in cells)


class Table:
    def __init__(self, verdict, folder):
        self.verdict, self.folder = verdict, folder
        self.count = 0

    def file(self, text):
        self.count += 1
        path = self.folder / ("%d.tsv" % self.count)
        path.write_text(text)
        return path

    def __call__(self, cells, *expectations, notes=()):
        """cells: lines(), or the text of results.tsv; a list of expectations for each file"""
        files = [self.file("".join("\t".join(e) + "\n" for e in of)) for of in expectations]
        args = [a for f in files or ["/dev/null"] for a in ("--expected", f)]
        ran = self.verdict("table", self.file(
            cells if isinstance(cells, str) else lines(*cells)), *args, *notes)
        return ran._replace(out=ran.out + ran.err), files


@pytest.fixture
def table(verdict, tmp_path):
    return Table(verdict, tmp_path)


TWO_STEPS = [("base", T + "@dmabuf-sync", "pass", "2.1", ""),
             ("base", T + "@coherency-unsync", "pass", "1", ""),
             ("1", T + "@dmabuf-sync", "dmesg-warn", "2.1", "WARNING: possible circular"),
             ("1", T + "@coherency-unsync", "incomplete", "0", "BUG: kernel NULL")]
NULL = (T + "@coherency-unsync", "1", "incomplete", "NULL mn")


def test_unexpected_results(table):
    ran, _ = table(TWO_STEPS)
    assert ran.rc == 1
    for said in (T + "@dmabuf-sync: pass -> DMESG-WARN (shard-hsw)",
                 T + "@coherency-unsync: pass -> INCOMPLETE (shard-hsw)",
                 "BUG: kernel NULL", "4 results, 2 not as expected"):
        assert said in ran.out


# The lines of the file of expected results, and the exit code
EXPECTATIONS = {
    "expected results": ([(T + "@dmabuf-sync", "1", "dmesg-warn", "gup recursion"),
                          (T + "@coherency-unsync", "1-2", "incomplete|crash", "NULL")], 0),
    "a listed test that passes": ([(T + "@dmabuf-sync", "*", "dmesg-warn", "gup"), NULL], 1),
    "a flake may do both": ([(T + "@dmabuf-sync", "1", "pass|dmesg-warn", "rare"), NULL], 0),
    "a pattern, and an exception after it":
        ([(T + "@*", "1", "dmesg-warn", "all of them"), NULL], 0),
    "of two lines the last one rules":
        ([NULL, (T + "@*", "1", "dmesg-warn", "all of them")], 1),
    "a line for other steps does not cover":
        ([(T + "@dmabuf-sync", "2-9", "dmesg-warn", "other steps"), NULL], 1),
}


@pytest.mark.parametrize("expectations, rc", EXPECTATIONS.values(), ids=EXPECTATIONS)
def test_expectations(table, expectations, rc):
    assert table(TWO_STEPS, expectations)[0].rc == rc


def test_a_listed_test_that_passes_is_named(table):
    warns = [(T + "@dmabuf-sync", "*", "dmesg-warn", "gup recursion"), NULL]
    ran, files = table(TWO_STEPS, warns, warns)
    assert "step base: %s@dmabuf-sync: PASS, expected dmesg-warn" % T in ran.out
    assert "take the line out of %s" % files[1] in ran.out    # the last file rules


def test_a_note_stands_under_its_step(table):
    ran, _ = table(TWO_STEPS, notes=["1=cached"])
    assert ran.out.splitlines()[1].split() == ["cached"]


@pytest.mark.parametrize("word", results.WORDS)
def test_only_a_pass_is_expected_of_what_is_not_listed(table, word):
    ran, _ = table([("base", T + "@x", word, "1", "")])
    assert ran.rc == (word != "pass")


def test_the_first_version_is_a_step(table):
    fails = [(T + "@x", "first", "fail", "the first version's")]
    assert table([("base", T + "@x", "pass", "1", "")], fails)[0].rc == 0
    assert table([("first", T + "@x", "pass", "1", "")], fails)[0].rc == 1


PASS = lines(("base", T + "@x", "pass", "1", ""))
WRONG = {
    "a result that is none": (PASS, (T + "@x", "base", "dmesgwarn", "typo"),
                              "'dmesgwarn' is no result"),
    "a step that is none": (PASS, (T + "@x", "frist", "fail", "typo"), "step 'frist' is"),
    "a line without a reason": (PASS, (T + "@x", "base", "fail", ""), "has no reason"),
    "results cut short": (HEAD + "v5.10\tbase\n", None, ":2: 2 columns, not 6"),
    "no results": (HEAD, None, "holds no result"),
    "no head": (PASS[len(HEAD):], None, ":1: not the head"),
    "a result of no run": (PASS.replace("pass", "good"), None, ":2: 'good' is no result"),
    "no number of seconds": (PASS.replace("\t1\t", "\tlong\t"), None, ":2: 'long' is no"),
    "no step": (PASS.replace("\tbase\t", "\tsoon\t"), None, ":2: there is no step 'soon'"),
}


@pytest.mark.parametrize("text, expectation, why", WRONG.values(), ids=WRONG)
def test_wrong_input(table, text, expectation, why):
    ran, _ = table(text, [expectation] if expectation else [])
    assert ran.rc == 2 and ran.out.startswith("table: ") and ran.out.count("\n") == 1
    assert why in ran.out


# --- ci/data/expected

@pytest.mark.parametrize("path", sorted((ROOT / "ci/data/expected").glob("*.tsv")),
                         ids=lambda p: p.name)
def test_our_expectations_are_well_formed(path):
    assert expected.load(str(path))


def test_the_files_of_a_base(verdict, tmp_path):
    for name in ("haswell", "v1", "faults-v1"):
        (tmp_path / (name + ".tsv")).write_text("")
    def names(*args):
        return [p.rsplit("/", 1)[1] for p in expected.paths(*args, directory=str(tmp_path))]
    assert names("v1") == ["haswell.tsv", "v1.tsv"]     # the last one rules
    assert names("v2") == ["haswell.tsv"]
    assert names("v1", "faults") == ["faults-v1.tsv"]
    assert names("v1", "properties") == []


def test_a_base_without_a_file_is_named(verdict, tmp_path):
    path = tmp_path / "r.tsv"
    path.write_text(lines(("base", T + "@x", "pass", "1", ""), base="v0"))
    assert verdict("table", path).err == "table: no ci/data/expected/v0.tsv: every result " \
        "must be a pass, or as haswell.tsv says\n"
    assert verdict("table", path, "--kind", "faults").err == \
        "table: no ci/data/expected/faults-v0.tsv: every result must be a pass\n"


def test_for_theirs_the_lines_of_the_base_hold_at_each_step():
    ours = [expected.Expectation(T + "@" + name, step, ["fail"], "why", "f")
            for name, step in (("a", "base"), ("b", "*"), ("c", "1"), ("d", "first"))]
    theirs = expected.for_theirs(ours)
    assert [(e.test, e.step) for e in theirs] == [(T + "@a", "*"), (T + "@b", "*")]
    assert expected.find(theirs, T + "@a", "1").results == ["fail"]
    assert expected.find(theirs, T + "@c", "1").results == ["pass"]


def test_what_must_pass(verdict, monkeypatch):
    tests = [T + "@readonly-unsync", T + "@input-checking"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(tests)))
    assert verdict("must-pass", "v5.10").out == tests[1] + "\n"


# --- results.tsv out of rows

def test_severity_is_one_order():
    assert set(results.LEVEL) == set(results.WORDS)
    assert results.ORDER == ("pass skip notrun warn dmesg-warn fail dmesg-fail timeout "
                             "abort incomplete crash").split()


def rows(folder, name, *cells):
    path = folder / name
    path.write_bytes(b"".join("\t".join(c).encode() + b"\n" for c in cells))
    return path


def test_collect_keeps_the_order_of_steps_and_tests(verdict, tmp_path):
    base = rows(tmp_path, "base", ("boot", "pass", "3.0", ""), ("igt@a@y", "fail", "1.0", "no"))
    one = rows(tmp_path, "1", ("igt@a@y", "pass", "1.0", ""))
    assert verdict("collect", "v5.10", "base=%s" % base, "1=%s" % one).out == lines(
        ("base", "boot", "pass", "3.0", ""), ("base", "igt@a@y", "fail", "1.0", "no"),
        ("1", "igt@a@y", "pass", "1.0", ""))


def test_collect_takes_the_worst_of_repetitions(verdict, tmp_path):
    runs = ["base=%s" % rows(tmp_path, str(n), ("igt@a@x", word, "%d.0" % n, "why %d" % n),
                             ("igt@a@y", "pass", "1.0", ""))
            for n, word in enumerate(("pass", "fail", "fail", "skip"))]
    ran = verdict("collect", "v5.10", "--repeat", "4", "--counts", tmp_path / "c", *runs)
    assert ran.out == lines(
        ("base", "igt@a@x", "fail", "1.0", "flaky, of 4: 1 pass, 1 skip, 2 fail; why 1"),
        ("base", "igt@a@y", "pass", "1.0", ""))
    assert (tmp_path / "c").read_text().splitlines()[1:] == [
        "v5.10\tbase\tigt@a@x\tpass\t1", "v5.10\tbase\tigt@a@x\tskip\t1",
        "v5.10\tbase\tigt@a@x\tfail\t2", "v5.10\tbase\tigt@a@y\tpass\t4"]


def test_collect_keeps_the_bytes_of_a_build_log(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(b"build\tfail\t0.0\tcut \xc3\n")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        collect.main(["v5.10", "1=%s" % path])
    out.flush()
    assert out.buffer.getvalue().endswith(b"cut \xc3\n")


# --- binaries by kernel

@pytest.fixture
def binaries(verdict, tmp_path):
    folder = tmp_path / "expected"
    folder.mkdir()
    (folder / "haswell.tsv").write_text("igt@gem_b@o*\tbase\tfail\tanother reason\n"
                                        "igt@gem_d@*\tbase\tskip\tno such engine\n")
    (folder / "v5.10.tsv").write_text("# c\nigt@gem_c@*\t1\tfail\tthe reason\n"
                                      "igt@gem_b@o*\tbase\tfail|skip\tthe same\n")
    return lambda *paths: verdict("binaries", *paths, "--expected", folder)


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "a.tsv"
    requirement = ("Test requirement not met in function f, file a.c:1: "
                   "Test requirement: gen >= 8")
    path.write_text(lines(
        ("base", "boot", "pass", "1.0", ""), ("base", "igt@gem_a@one", "pass", "1.0", ""),
        ("base", "igt@gem_a@two", "skip", "1.0", requirement),
        ("base", "igt@gem_b@one", "fail", "1.0", "Failed assertion: x == 1"),
        ("8", "igt@gem_b@one", "pass", "1.0", ""),
        ("base", "igt@gem_b@two", "fail", "1.0", "Failed assertion: y"),
        ("base", "igt@gem_d@one", "skip", "1.0", "")))
    return path


@pytest.fixture
def new(tmp_path):
    path = tmp_path / "b.tsv"
    path.write_text(lines(("base", "igt@gem_a@one", "pass", "1.0", ""),
                          ("base", "igt@gem_a@two", "pass", "1.0", ""), base="v6.12"))
    return path


def test_binaries_the_table_and_the_reasons(binaries, old, new):
    assert binaries(old, new).out.split("\n", 5)[5] == """\
| binary | v5.10 | v6.12 |
|---|---|---|
| gem_a | 1 pass, 1 skip | 2 pass |
| gem_b | 2 fail |  |
| gem_d | 1 skip |  |
| all | 1 pass, 2 fail, 2 skip | 2 pass |

v5.10, what does not pass:

- fail, `Failed assertion: y`: gem_b@two
- fail, the reason: gem_b@one
- skip, `gen >= 8`: gem_a@two
- skip, no such engine: gem_d@one

v6.12, what does not pass:

- nothing
"""


def test_binaries_our_page_begins_as_make_broad_writes_it(binaries, old):
    page = (ROOT / "ci/hsw/BINARIES.md").read_text()
    assert page.split("\n")[:5] == binaries(old).out.split("\n")[:5]


def test_binaries_one_test_twice(binaries, new):
    ran = binaries(new, new)
    assert ran.rc == 2
    assert ran.err == "binaries: %s: another file has gem_a@one on v6.12, too\n" % new


def test_binaries_two_files_of_one_kernel(binaries, new, tmp_path):
    more = tmp_path / "d.tsv"
    more.write_text(lines(("base", "igt@i915_selftest@live_x", "pass", "1.0", ""), base="v6.12"))
    assert re.search(r"i915_selftest . 1 pass (?s:.*)all . 3 pass ", binaries(new, more).out)


def test_binaries_no_file(binaries, tmp_path):
    ran = binaries(tmp_path / "none")
    assert ran.rc == 2 and "No such file or directory" in ran.err


def test_stale_a_file_that_ended_early(tmp_path):
    path = tmp_path / "stale.tsv"
    line = ["dontneed", "pread", "1m", "1", "9", "0", "0", "0", "-", "pass"] + ["x"] * 8
    path.write_text("base\t" + "\t".join(line) + "\n")
    with pytest.raises(Wrong, match="no '# exit N' after it"):
        stale.load(str(path))


def test_the_table_of_steps(verdict, tmp_path):
    path = tmp_path / "r.tsv"
    path.write_text(lines(
        ("10", "igt@a@x", "pass", "1", ""), ("10", "igt@a@y", "crash", "1", ""),
        ("base", "igt@a@x", "fail", "1", ""), ("base", "igt@a@y", "skip", "1", ""),
        ("2", "igt@a@x", "fail", "1", ""), ("2", "igt@a@new", "pass", "1", "")))
    assert verdict("step-table", path).out.splitlines() == [
        "step  pass  skip  fail  crash  differ",
        "base     0     1     1      0",
        "2        1     0     1      0       0",
        "10       1     0     0      1       2"]
