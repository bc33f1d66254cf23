# SPDX-License-Identifier: GPL-2.0-only
"""The judge of ci/properties on records of real VMs (tests/properties, with shortened
logs), on the same records with one mistake, and the sum of repetitions."""

import re

import pytest
from conftest import ROOT, Folder

from verdict import Miss, properties

GOLDEN = ROOT / "tests/properties"
PASSED = ("exit-fence", "exit-endless", "exit-hang", "spin-plain")
HUNG = ("pread-mprotect", "exit-fence")
WARN = "[   99.000000] WARNING: CPU: 1 PID: 39 at mm/mmu_notifier.c:510 x\n"
OOPS = "[  60.000000] BUG: kernel NULL pointer dereference, address: 00000000000000a8\n"


@pytest.fixture
def folder(tmp_path):
    return lambda name: Folder(GOLDEN / name, tmp_path / "d")


def judge(folder, program="waits", ways=PASSED):
    return properties.judge(str(folder.path), program, ways)


def results(rows):
    return [(r.test.split("@")[1], r.result, r.word) for r in rows]


def sub(old, new):
    return lambda text: re.sub(old, new, text)


def test_four_that_pass(folder):
    rows = judge(folder("pass"))
    assert results(rows) == [(way, "pass", "pass") for way in PASSED]
    assert "do not wait for the GPU" in rows[2].detail
    assert re.search(r"\t\d+\.\d\t", properties.line(rows[2]))


def test_a_hang_and_what_is_left_has_no_row(folder):
    rows = judge(folder("hang"), ways=HUNG)
    assert results(rows) == [("pread-mprotect", "incomplete", "hang")]
    assert re.match("after SIGKILL to all: .*call D in i915_request_wait", rows[0].detail)


def test_a_lost_write(folder):
    rows = judge(folder("lost"), "lost", ["overlap"])
    assert results(rows) == [("overlap", "fail", "lost")]
    assert "mprotect was done before the request" in rows[0].detail


def test_a_warn_and_no_other_test_in_this_vm(folder):
    rows = judge(folder("warns"), ways=PASSED[:3])
    assert results(rows) == [("exit-fence", "dmesg-warn", "warns")]
    assert re.match("WARNING: .*mmu_notifier.c", rows[0].detail)


# Where a kernel warning stands, and the results of the four
WARNINGS = {
    "in the log of a test":
        (lambda f: f.both(sub(r"(.*ci: waits@exit-endless begins\n)", r"\1" + WARN)),
         "pass dmesg-warn pass pass"),
    "of the boot is the first test's":
        (lambda f: f.both(lambda text: WARN + text), "dmesg-warn pass pass pass"),
    "at the end is the last test's":
        (lambda f: f.change("console-1.txt", lambda text: text + WARN),
         "pass pass pass dmesg-warn"),
    "none, and lockdep is off at the end":
        (lambda f: f.change("channel-1.txt", sub("debug_locks=1", "debug_locks=0")),
         "pass pass pass dmesg-warn"),
    "none, and the kernel is tainted at the end":
        (lambda f: f.change("channel-1.txt", sub("taint=0", "taint=512")),
         "pass pass pass dmesg-warn"),
}


@pytest.mark.parametrize("edit, want", WARNINGS.values(), ids=WARNINGS)
def test_a_kernel_warning(folder, edit, want):
    folder = folder("pass")
    edit(folder)
    rows = judge(folder)
    assert " ".join(r.result for r in rows) == want
    assert [r.word for r in rows] == ["warns" if r.result != "pass" else "pass" for r in rows]


def test_a_kernel_warning_in_a_log_without_marks_is_nobodys(folder):
    folder = folder("pass")
    folder.both(sub(r"(?m).*ci: waits@.* begins\n", ""))
    folder.change("console-1.txt", lambda text: text + WARN)
    with pytest.raises(Miss, match="no mark"):
        judge(folder)


def test_a_lost_write_and_a_kernel_warning(folder):
    folder = folder("lost")
    folder.change("console-1.txt", lambda text: text + WARN)
    row, = judge(folder, "lost", ["overlap"])
    assert row.result == "dmesg-fail"
    assert re.search("mprotect was done .*; WARNING", row.detail)


# What is wrong with the output, and what its detail says
OUTPUTS = {
    "a missing line": (r"(?m)^exit-endless pass.*\n", "", "not a line of it, it ended with 0"),
    "a line that its exit code does not bear out":
        (r"(?m)^exit-endless pass", "exit-endless fail", "says fail, it ended with 0"),
    "a pass that ended with 1":
        ("(exit-endless ends with) 0", r"\1 1", "says pass, it ended with 1"),
    "two verdicts": (r"(?m)(^exit-endless pass.*\n)", r"\1\1", "says pass and pass"),
    "the verdict of another test":
        (r"(?m)^exit-endless pass", "exit-fence pass", "not a line of it"),
}


@pytest.mark.parametrize("old, new, detail", OUTPUTS.values(), ids=OUTPUTS)
def test_output(folder, old, new, detail):
    folder = folder("pass")
    folder.change("output", sub(old, new))
    rows = judge(folder)
    assert [r.result for r in rows] == ["pass", "fail", "pass", "pass"]
    assert detail in rows[1].detail


def no_last_word(folder):
    folder.change("channel-1.txt", sub(".* end .*\n", ""))


def test_the_guest_falls_silent(folder):
    folder = folder("pass")
    folder.change("output", sub(r"(?ms)^exit-endless pass.*", ""))
    no_last_word(folder)
    assert results(judge(folder)) == [("exit-fence", "pass", "pass"),
                                      ("exit-endless", "timeout", "silent")]


def test_the_kernel_goes_down_after_the_line(folder):
    folder = folder("pass")
    folder.change("output", sub(r"(?s)\n[^\n]*exit-hang ends with.*", "\n"))
    no_last_word(folder)
    folder.both(sub(r"(?s)\n[^\n]*ci: waits@spin-plain begins.*", "\n"))
    folder.change("console-1.txt", lambda text: text + OOPS)
    row = judge(folder)[2]
    assert (row.result, row.word) == ("crash", "died")
    assert row.detail.startswith("BUG: kernel NULL pointer")


def test_a_hang_by_its_exit_code_not_a_word_said(folder):
    folder = folder("hang")
    folder.change("output", sub(r"(?m)^pread-mprotect hang.*\n", ""))
    assert judge(folder, ways=HUNG)[0].result == "incomplete"


def test_a_hang_by_its_word_and_the_machine_ended(folder):
    folder = folder("hang")
    folder.change("output", sub(r".*ends with.*\n", ""))
    no_last_word(folder)
    assert judge(folder, ways=HUNG)[0].word == "hang"


# No test ran
NOT_UP = {
    "another boot": ("nonce-1.txt", "(?s).+", "0123456789abcdef"),
    "the guest did not come up": ("channel-1.txt", "(?ms)^[^\n]* start .*", ""),
    "not a word": ("output", "(?s).+", ""),
}


@pytest.mark.parametrize("file, old, new", NOT_UP.values(), ids=NOT_UP)
def test_not_up(folder, file, old, new):
    folder = folder("pass")
    folder.change(file, sub(old, new))
    assert results(judge(folder)) == [(way, "notrun", "notrun") for way in PASSED]


# --- the harness failed

@pytest.mark.parametrize("code", (2, 126, 127))
def test_a_program_that_cannot_run(folder, verdict, code):
    folder = folder("pass")
    folder.change("output", sub(r"(?m)^exit-endless pass.*\n", ""))
    folder.change("output", sub("(exit-endless ends with) 0", r"\1 %d" % code))
    ran = verdict("properties", folder.path, "waits", *PASSED)
    assert ran.rc == 3
    assert "waits@exit-endless ended with %d" % code in ran.err


def test_the_script_failed(folder):
    folder = folder("pass")
    folder.change("channel-1.txt", sub("runner=0", "runner=1"))
    with pytest.raises(Miss, match="the script ended with 1"):
        judge(folder)


def test_a_test_that_was_not_asked_for(folder):
    with pytest.raises(Miss, match="not these ways began"):
        judge(folder("pass"), ways=["exit-fence"])


def test_no_such_folder(verdict, tmp_path):
    assert verdict("properties", tmp_path / "none", "waits", "exit-fence").rc == 2


# --- the sum

def test_the_worst_rules_and_each_word_is_counted(verdict, tmp_path):
    (tmp_path / "runs").write_text(
        "v5.10\tbase\tlost@overlap\tpass\t1.0\tpass\tfine\n"
        "v5.10\tbase\tlost@overlap\tdmesg-fail\t2.5\tlost\tpage 7\n"
        "v5.10\tbase\tlost@overlap\tpass\t1.0\tpass\tfine\n"
        "v5.10\t3\tlost@overlap\tpass\t1.0\tpass\tfine\n"
        "v5.10\t4\tlost@overlap\tcrash\t1.0\tdied\tBUG\n"
        "v5.10\t4\tlost@overlap\tnotrun\t0.0\tnotrun\tnot up\n")
    assert verdict("properties", "--sum", tmp_path / "runs").out.splitlines()[1:] == [
        "v5.10\tbase\tlost@overlap\tdmesg-fail\t4.5\tlost 1, pass 2 of 3: page 7",
        "v5.10\t3\tlost@overlap\tpass\t1.0\tpass 1 of 1: fine",
        # what did not take place spoils the rest
        "v5.10\t4\tlost@overlap\tnotrun\t1.0\tnotrun 1, died 1 of 2: not up"]
