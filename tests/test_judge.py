# SPDX-License-Identifier: GPL-2.0-only
"""The judge on folders of real runs (tests/golden, made by tests/record.sh), and on the
same folders with one mistake."""

import ast
import json
import re

import pytest
from conftest import ROOT, Folder

from verdict import Miss, Wrong, judge, patterns

GOLDEN = ROOT / "tests/golden"
TEST = "igt@meta_test"


class Golden(Folder):
    """A copy of a golden folder, and what the judge says of it"""

    def __init__(self, name, to):
        super().__init__(GOLDEN / name, to)
        self.list = (to / "testlist").read_text().split()
        self.first, self.last = self.list[0], self.list[-1]
        self.nonce = (to / "nonce-1.txt").read_text().strip()

    def rows(self):
        return judge.judge(str(self.path))

    def row(self, test):
        return next(r for r in self.rows() if r.test == test)

    def test_of(self, name, **fields):
        """Change a test's fields in results.json."""
        def edit(text):
            run = json.loads(text)
            for key, value in fields.items():
                test = run["tests"][name.lower()]
                test[key] = test[key] + value if key == "dmesg" else value
            return json.dumps(run)
        self.change("igt/results.json", edit)


@pytest.fixture
def good(tmp_path):
    """A run in which all went well"""
    return Golden("good", tmp_path / "d")


@pytest.mark.parametrize("name", sorted(p.name for p in GOLDEN.iterdir() if p.is_dir()))
def test_golden(name):
    want = (GOLDEN / name / "rows.tsv").read_text()
    assert "".join("%s\n" % r for r in judge.judge(str(GOLDEN / name))) == want


def test_all_is_well(good):
    assert {r.result for r in good.rows()} == {"pass"}


def test_a_name_with_capitals_which_igt_results_writes_without(good):
    capitals = TEST + "@" + good.last.split("@")[-1].upper()
    good.change("testlist", lambda text: text.replace(good.last, capitals))
    assert good.row(capitals).result == "pass"


# What is wrong, in which file, what is replaced by what, the row that tells it, its result
MISTAKES = [
    ("lockdep is off at the end", "channel-1.txt", "debug_locks=1", "debug_locks=0",
     "last", "dmesg-warn"),
    ("a kernel without lockdep_stats", "channel-1.txt", "debug_locks=1", "debug_locks=-1",
     "last", "dmesg-warn"),
    ("a taint of a WARN at the end", "channel-1.txt", "taint=0", "taint=512",
     "last", "dmesg-warn"),
    ("a harmless taint", "channel-1.txt", "taint=0", "taint=64", "last", "pass"),
    ("no last word", "channel-1.txt", r".* end .*\n", "", "last", "incomplete"),
    ("the last word has another nonce", "channel-1.txt", r"ci \w+ end",
     "ci 0123456789abcdef end", "last", "incomplete"),
    ("no nonce", "nonce-1.txt", r"(?s).+", "", "boot", "incomplete"),
    ("the VM hung", "boots.tsv", "\tend\t", "\thung\t", "last", "incomplete"),
    ("the VM died", "boots.tsv", "\tend\t", "\tdied\t", "last", "incomplete"),
    ("no boot", "boots.tsv", r"(?s).+", "", "boot", "incomplete"),
    ("igt_runner failed without a reason", "channel-1.txt", "runner=0", "runner=1",
     "igt@runner@aborted", "fail"),
    ("a part of the guest is missing", "channel-1.txt", r"(?m)^(ci \w+ )end",
     r"\1swap errno 28\n\1end", "boot", "fail"),
    ("a test that was asked for and did not run", "testlist", r"\Z",
     TEST + "@never-ran\n", TEST + "@never-ran", "notrun"),
]


@pytest.mark.parametrize("file, old, new, test, result", [m[1:] for m in MISTAKES],
                         ids=[m[0] for m in MISTAKES])
def test_one_mistake(good, file, old, new, test, result):
    good.change(file, lambda text: re.sub(old, new, text, count=1))
    assert good.row({"last": good.last}.get(test, test)).result == result


def test_no_results_nothing_ran(good):
    (good.path / "igt/results.json").unlink()
    assert good.row(good.last).result == "notrun"


def test_broken_json_is_no_verdict(good):
    (good.path / "igt/results.json").write_text("{\n")
    with pytest.raises(ValueError):
        good.rows()


# A binary's fixtures say what they miss whatever subtest is run.
def misses(where, what):
    return ("Test requirement not met in function %s, file a.c:1:\n"
            "Test requirement: %s\n" % (where, what))


@pytest.mark.parametrize("result, out, detail", [
    pytest.param(
        "skip", misses("fixture", "other(fd)") + "Starting subtest: NAME\n" +
        misses("test", "mine(fd)") + "Subtest NAME: SKIP (0.001s)\n" +
        misses("later", "third(fd)"),
        "Test requirement not met in function test, file a.c:1: Test requirement: mine(fd)",
        id="a skip for what the test itself misses"),
    pytest.param(
        "skip", misses("fixture", "other(fd)") + "Subtest NAME: SKIP\n" +
        misses("later", "third(fd)"),
        "Test requirement not met in function fixture, file a.c:1: Test requirement: "
        "other(fd)", id="a skip for what its fixture misses"),
    pytest.param(
        "fail", misses("fixture", "other(fd)") + "Starting subtest: NAME\n"
        "Failed assertion: x == 1\nFailed assertion: y == 1\nSubtest NAME: FAIL (0.001s)\n",
        "Failed assertion: x == 1", id="a failure is not for what a fixture misses"),
])
def test_the_reason(good, result, out, detail):
    good.test_of(good.last, result=result, out=out.replace("NAME", good.last.split("@")[-1]))
    assert str(good.row(good.last)).split("\t")[1::2] == [result, detail]


# What is in the log beats what the test says: a line for each kind of kernel warning.
WARNINGS = """\
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
WARNING: bad unlock balance detected!
WARNING: lock held when returning to user space!
WARNING: CPU: 1 PID: 77 at drivers/gpu/drm/i915/gem/i915_gem_userptr.c:85 cancel_userptr+0xd1/0x110 [i915]
BUG: KASAN: use-after-free in i915_gem_userptr_get_pages+0x1/0x2 [i915]
BUG: kernel NULL pointer dereference, address: 0000000000000010
BUG: sleeping function called from invalid context at mm/slab.h:494
BUG: scheduling while atomic: swapper/0/1/0x00000002
BUG: Bad page state in process gem_userptr_bli  pfn:12345
BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 30s!
watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [gem_userptr_bli:44]
kernel BUG at mm/mmu_notifier.c:123!
Oops: 0000 [#1] SMP PTI
general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]
rcu: INFO: rcu_sched self-detected stall on CPU
INFO: task gem_userptr_bli:44 blocked for more than 30 seconds.
INFO: trying to register non-static key.
refcount_t: underflow; use-after-free.
list_del corruption. prev->next should be ffff888, but was dead
unreferenced object 0xffff88800d1c9e00 (size 256):
UBSAN: array-index-out-of-bounds in drivers/gpu/drm/i915/foo.c:1:2
================== lockdep: something
DEBUG_LOCKS_WARN_ON(1)
INFO: lockdep is turned off.
divide error: 0000 [#1] SMP
invalid opcode: 0000 [#1] SMP
stack segment: 0000 [#1] SMP
double fault: 0000 [#1] SMP
Unable to handle kernel paging request at virtual address 00000010
Kernel panic - not syncing: Fatal exception
watchdog: Watchdog detected hard LOCKUP on cpu 0
INFO: rcu_sched_state detected expedited stalls
------------[ cut here ]------------
""".splitlines()


def test_each_pattern_has_a_line_of_its_own():
    """A line that no other pattern matches: none of them is redundant."""
    alone = {p.pattern for line in WARNINGS
             for p in patterns.OOPS if [q for q in patterns.OOPS if q.search(line)] == [p]}
    assert {p.pattern for p in patterns.OOPS} - alone == set()


@pytest.mark.parametrize("line", WARNINGS, ids=[w[:60] for w in WARNINGS])
class TestWarning:
    def test_in_the_log_of_a_test(self, good, line):
        good.test_of(good.first, dmesg="<4> [9.000001] %s\n" % line)
        assert good.row(good.first).result == "dmesg-warn"

    def test_at_the_end_of_the_console(self, good, line):
        good.change("console-1.txt", lambda text: text + "[    9.000002] %s\n" % line)
        assert good.row(good.last).result == "dmesg-warn"

    def test_at_boot(self, good, line):
        good.change("console-1.txt", lambda text: "[    0.100000] %s\n" % line + text)
        assert good.row("boot").result == "dmesg-warn"


def test_an_innocent_line(good):
    good.test_of(good.first, dmesg="<4> [9.000001] [IGT] some innocent line\n")
    assert good.row(good.first).result == "pass"


def test_no_such_folder(verdict, tmp_path):
    ran = verdict("judge", tmp_path / "none")
    assert ran.rc == 2 and ran.err.count("\n") == 1


def test_every_golden_folder_says_why():
    text = (GOLDEN / "README.md").read_text()
    assert [p.name for p in GOLDEN.iterdir()
            if p.is_dir() and "| `%s` | " % p.name not in text] == []


def test_the_key_of_a_cached_result_has_all_that_judges():
    """What ci/stages/step hashes is judge.py and what it imports of its package."""
    found, todo = set(), ["judge"]
    while todo:
        name = todo.pop()
        found.add(name)
        tree = ast.parse((ROOT / "ci/verdict" / (name + ".py")).read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                names = [node.module] if node.module else [a.name for a in node.names]
                todo += [n for n in names if n not in found and
                         (ROOT / "ci/verdict" / (n + ".py")).exists()]
    text = (ROOT / "ci/stages/step").read_text()
    assert set(re.search(r"verdict/\{(.*)\}\.py", text).group(1).split(",")) == found


def test_an_exception_is_an_exit_code(commands, capsys, monkeypatch):
    for error, rc in ((Wrong, 2), (Miss, 3)):
        def fails(_, error=error):
            raise error("why")
        monkeypatch.setattr(patterns, "main", fails)
        assert commands["stages/verdict"].main(["taint"]) == rc
        assert capsys.readouterr().err == "taint: why\n"
