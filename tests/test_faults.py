# SPDX-License-Identifier: GPL-2.0-only
"""The judge of ci/faults on records of real VMs (tests/faults, with shortened logs), and
on the same records with one mistake."""

import re

import pytest
from conftest import ROOT, Folder

from verdict import faults

GOLDEN = ROOT / "tests/faults"
OOPS = "[   60.000000] BUG: kernel NULL pointer dereference, address: 00000000000000a8"
WARN = "[    9.000000] WARNING: CPU: 1 PID: 39 at mm/mmu_notifier.c:510 x"
BLOCKED = "(?s)(Show Blocked State.*)"


@pytest.fixture
def folder(tmp_path):
    return lambda name: Folder(GOLDEN / name, tmp_path / "d")


def judge(folder, way):
    return faults.judge(str(folder.path), way)


def replace(old, new):
    return lambda text: re.sub(old, new, text)


def in_trace(old, new):
    """A change in the trace of blocked tasks alone"""
    def edit(text):
        head, mark, trace = text.partition("Show Blocked State")
        return head + mark + re.sub(old, new, trace)
    return edit


@pytest.mark.parametrize("name, way, result, detail", [
    ("hang-split", "split", "incomplete",
     r"traps: rwsem_down_write_slowpath < userptr_mn_invalidate_range_start < .*"
     r"__split_huge_pmd < .*zap_page_range"),
    ("hang-split", "split", "incomplete",
     "; WARNING: possible circular locking .*holding &mn->sem"),
    ("hang-fork", "fork", "incomplete",
     "traps: .*userptr_mn_invalidate_range_start < .*try_to_free_pages < .*copy_page_range"),
    ("hang-fork", "fork", "incomplete", "fs_reclaim in .*holding &mn->sem"),
    # the chain is in the console alone
    ("hang-swap", "swap", "incomplete",
     "kworker.*: .*userptr_mn_invalidate_range_start < .*do_swap_page < .*"
     "__i915_gem_userptr_get_pages_worker"),
    ("pass", "fork", "pass", r"12 forks of \d+ MiB"),
])
def test_golden(folder, name, way, result, detail):
    row = judge(folder(name), way)
    assert row.result == result and re.search(detail, row.detail)


# What is wrong: the folder, the way, what changes both logs, the result, the detail
MISTAKES = {
    "a hang without a trace is not the hang":
        ("hang-split", "split", replace("(?s)Show Blocked State.*", ""), "timeout",
         "no blocked task is in the log"),
    "a hang outside of the notifier is not the hang":
        ("hang-split", "split", in_trace("userptr_mn_invalidate_range_start",
                                         "something_else"), "timeout",
         "not in the notifier: traps: rwsem_down_write_slowpath < something_else"),
    "one that waits for others only is not the hang":
        ("hang-fork", "fork", in_trace("copy_page_range", "something_else"), "timeout", ""),
    "a frame that may be of the past is none":
        ("hang-fork", "fork", in_trace(r"(\] *)copy_page_range", r"\1? copy_page_range"),
         "timeout", ""),
    "the guest died without a blocked task":
        ("hang-swap", "swap", replace("(?s)Show Blocked State.*", ""), "timeout", ""),
    "an oops is not the hang":
        ("hang-swap", "swap", lambda text: text + OOPS + "\n", "crash", ""),
    # v4.17 prints tasks another way
    "v4.17's form of a trace is the hang":
        ("hang-split", "split",
         replace(r"task:traps           state:D stack:    0 pid:   (\d*) ppid:    (\d*) "
                 r"flags:(.*)", r"traps           D    0    \1     \2 \3"),
         "incomplete", ""),
    "a pass with a WARN":
        ("pass", "fork", lambda text: text + WARN + "\n", "dmesg-warn", ""),
}


@pytest.mark.parametrize("name, way, edit, result, detail", MISTAKES.values(), ids=MISTAKES)
def test_log(folder, name, way, edit, result, detail):
    folder = folder(name)
    folder.both(edit)
    row = judge(folder, way)
    assert row.result == result and detail in row.detail


# What is wrong: the file, the edit, the result, the detail
RECORDS = {
    "lockdep is off": ("channel-1.txt", "debug_locks=1", "debug_locks=0", "dmesg-warn"),
    "the kernel is tainted": ("channel-1.txt", "taint=0", "taint=512", "dmesg-warn"),
    "no last word": ("channel-1.txt", ".* end .*\n", "", "timeout"),
    "another boot": ("nonce-1.txt", "(?s).+", "0123456789abcdef", "notrun"),
    "exit code 0 and not a word": ("output", "(?s).+", "", "fail"),
    "the guest did not come up": ("channel-1.txt", "(?s)(?m:^).* start .*", "", "notrun"),
}


@pytest.mark.parametrize("file, old, new, result", RECORDS.values(), ids=RECORDS)
def test_a_pass_with(folder, file, old, new, result):
    folder = folder("pass")
    folder.change(file, replace(old, new))
    assert judge(folder, "fork").result == result


def test_the_word_of_another_way(folder):
    assert judge(folder("pass"), "split").result == "fail"


def test_a_hang_by_its_exit_code_whatever_was_printed(folder):
    folder = folder("hang-split")
    folder.change("output", replace("hang", "pass"))
    assert judge(folder, "split").result == "incomplete"


@pytest.mark.parametrize("runner, output, result, detail", [
    (1, "# page 1 of the object has 00000000, not 01000001\nfork fail 2.0 s\n", "fail",
     "page 1 of the object has"),
    (3, "# nothing was written out\nfork skip 2.0 s\n", "skip", "nothing was written out"),
])
def test_what_the_program_says(folder, runner, output, result, detail):
    folder = folder("pass")
    folder.change("channel-1.txt", replace("runner=0", "runner=%d" % runner))
    (folder.path / "output").write_text(output)
    row = judge(folder, "fork")
    assert row.result == result and detail in row.detail


def test_no_such_folder(verdict, tmp_path):
    assert verdict("faults", tmp_path / "none", "fork").rc == 2


def test_every_folder_says_why():
    for golden in (GOLDEN, ROOT / "tests/properties"):
        text = (golden / "README.md").read_text()
        assert [p.name for p in golden.iterdir()
                if p.is_dir() and "| `%s` | " % p.name not in text] == []
