# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel log says: the patterns of ci/data, and those of boots and of crashes.

    ci/stages/verdict taint         the taints of a kernel that cannot be trusted
"""

import os
import re

from . import Wrong, files

# Taints that igt_runner calls fatal, and the soft lockup: MCE, bad page, die,
# warn, soft lockup. The flags that i915 sets itself (user, crap) do not count.
BAD_TAINT = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9 | 1 << 14
# What init says when a part of the guest is missing.
BOOT_ERROR = re.compile(r"nocard$|(init|module|modules|swap|cannot|no output)\b.*"
                        r"errno (?!0$)")
# The kernel does not go on after these.
FATAL = re.compile(r"^.{0,40}(BUG: |Oops: |kernel BUG at |Kernel panic|"
                   r"general protection fault|double fault|invalid opcode)")
TAIL = 6                            # kernel log lines kept as a detail


def load(name):
    path = os.path.join(files.DATA, name)
    lines = [l for l in files.read(path).split("\n") if l and l[0] != "#"]
    if not lines:
        raise Wrong("no patterns in %s" % path)
    return [re.compile(l) for l in lines]


OOPS, NOISE = load("oops-patterns"), load("noise-patterns")


def is_oops(line):
    return any(p.search(line) for p in OOPS)


def is_noise(line):
    return any(p.search(line) for p in NOISE)


def bare(line):
    """A log line without level, time and console noise."""
    line = re.sub(r"^\s*<\d>\s*", "", line.rstrip("\r"))
    return re.sub(r"^\[\s*\d+\.\d+\]\s?", "", line).strip()


def oops(lines):
    """What the first bad line says and where it happened; None if none."""
    hits = [i for i, l in enumerate(lines) if is_oops(l)]
    named = [i for i in hits if "cut here" not in lines[i]]
    if not hits:
        return None
    at = (named or hits)[0]
    text, after = lines[at], lines[at + 1:at + 40]
    locks = re.findall(r"\((\S+?)\)\{\S+\}\S*, at: ([\w.]+)",
                       "\n".join(after[:16]))
    if "lock" in text and len(locks) >= 2:
        return "%s: %s in %s, holding %s of %s" % (
            text, locks[0][0], locks[0][1], locks[1][0], locks[1][1])
    rip = re.search(r"^RIP: \w+:(\S+\+\S+)", "\n".join(after), re.M)
    return "%s in %s" % (text, rip.group(1)) if rip else text


def tail(lines):
    dull = re.compile(r"\[IGT\]|^(R[A-Z0-9]{2}|[CDEFG]S|CR\d|DR\d|Code):|^---")
    return " | ".join([l for l in lines if l and not dull.search(l)][-TAIL:])


def main(args):
    if args:
        raise Wrong("usage: ci/stages/verdict taint")
    print(BAD_TAINT)
    return 0
