# SPDX-License-Identifier: GPL-2.0-only
"""The parts of a kernel log that are no part of a pass."""

import re

from verdict.patterns import bare, is_oops, oops

# Lines that are part of the kernel warning above or below them.
FOLLOWS = re.compile(r"Oops: |invalid opcode: |general protection fault|"
                     r"Kernel panic - not syncing|"
                     r"INFO: lockdep is turned off")
END = re.compile(r"---\[ end |\[IGT\]")
# x86 prints its registers again after "---[ end trace".
REGISTERS = re.compile(r"(RIP|RSP|R[A-Z0-9]{2}|[CDEFG]S|CR\d|DR\d|Code|PKRU): "
                       r"|$")
SPAN = 400          # lines that one kernel warning may have


class Splat:
    """Lines first..last (inclusive) of a log, and what they say."""

    def __init__(self, first, last, text):
        self.first, self.last, self.text = first, last, text


def find(lines):
    """Each kernel warning of a log, in order.

    lines: as the kernel wrote them, with or without level and time.
    """
    lines = [bare(l) for l in lines]
    hits = [i for i, l in enumerate(lines) if is_oops(l)]
    out = []
    for n, i in enumerate(hits):
        if out and i <= out[-1].last:
            continue
        last = min(i + SPAN, len(lines)) - 1
        for j in range(i + 1, last + 1):
            if END.search(lines[j]):
                last = j
                if "[IGT]" in lines[j]:
                    last = j - 1
                    break
                while last + 1 < len(lines) and \
                        REGISTERS.match(lines[last + 1]):
                    last += 1
                break
            # the next kernel warning, unless the line belongs to this one
            if j in hits[n + 1:] and not FOLLOWS.search(lines[j]) and \
                    "cut here" not in lines[i:j][-1]:
                last = j - 1
                break
        text = oops(lines[i:last + 1])
        out.append(Splat(i, max(i, last), text))
    return out


def same(text):
    """The text without numbers and addresses, which differ on another day."""
    text = re.sub(r"\+0x[0-9a-f]+/0x[0-9a-f]+", "", text)
    text = re.sub(r"\b(0x)?[0-9a-f]{8,}\b|\b0x[0-9a-f]+\b", "#", text)
    return re.sub(r"\d+(\.\d+)?", "#", text).strip()


def excerpt(lines, before=4, most=120):
    """(lines, Splat or None): the first kernel warning with the lines before it;
    or the end of the log."""
    lines = [l for l in lines if l.strip()]
    found = find(lines)
    if not found:
        return lines[-40:], None
    s = found[0]
    start = max(0, s.first - before)
    part = lines[start:min(len(lines), start + most)]
    return part, Splat(s.first - start,
                       min(s.last - start, len(part) - 1), s.text)
