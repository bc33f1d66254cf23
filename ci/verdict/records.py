# SPDX-License-Identifier: GPL-2.0-only
"""The records of one boot, and a row of results."""

import os
import re

from .files import read
from .patterns import BAD_TAINT, BOOT_ERROR, bare


class Boot:
    """The records of one boot."""

    def __init__(self, folder, row=("1", "", "0", "0", "0")):
        self.n, self.word = int(row[0]), row[1]
        self.first, self.after = int(row[3]), int(row[4])
        name = os.path.join(folder, "%s-%d.txt")
        nonce = read(name % ("nonce", self.n)).strip()
        self.said = []
        for line in read(name % ("channel", self.n)).split("\n"):
            at = line.find("ci %s " % nonce) if nonce else -1
            if at >= 0:
                self.said.append(line[at + 4 + len(nonce):].strip())
        self.console = [bare(l) for l in
                        read(name % ("console", self.n)).split("\n")]
        self.dmesg = [bare(l) for l in
                      read(name % ("dmesg", self.n)).split("\n")]

    def started(self):
        return any(s.startswith("start ") for s in self.said)

    def errors(self):
        """What init missed"""
        return [s for s in self.said if BOOT_ERROR.match(s)]

    def end(self):
        """The fields of the guest's last word, None if it said none."""
        for line in self.said:
            if line.startswith("end "):
                return dict(w.split("=", 1) for w in line[4:].split()
                            if "=" in w)
        return None

    def kernel_is_bad(self):
        """Why this boot's kernel cannot be trusted at its end, or None."""
        end = self.end()
        if end is None:
            return "the guest went down without its last word"
        if end.get("debug_locks") != "1":
            return "debug_locks=%s at the end" % end.get("debug_locks")
        taint = end.get("taint", "?")
        if not taint.isdigit() or int(taint) & BAD_TAINT:
            return "taint=%s at the end" % taint
        return None

    def split(self, lines):
        """Kernel log lines before the first test, and from then on."""
        for i, line in enumerate(lines):
            if line.startswith("[IGT]"):
                return lines[:i], lines[i:]
        return lines, []


class Row:
    """The result of one test on one step"""

    def __init__(self, test, result, seconds=0.0, detail=""):
        self.test, self.result = test, result
        self.seconds, self.detail = seconds, detail

    def bad(self, result, detail):
        self.result = result
        self.detail = detail or self.detail

    def warn(self, detail):
        """The kernel complained during this test."""
        self.bad("dmesg-fail" if self.result in ("fail", "dmesg-fail")
                 else "dmesg-warn", detail)

    def __str__(self):
        clean = re.sub(r"\s+", " ", self.detail)[:600].strip()
        return "%s\t%s\t%.1f\t%s" % (self.test, self.result, self.seconds,
                                     clean)
