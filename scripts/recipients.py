#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""To whom each mail of a series goes: the headers, a file a mail.

usage: scripts/recipients.py TREE DIR PATCH...

Asks TREE's scripts/get_maintainer.pl about each PATCH.  To: is the mailing list of
the subsystem that most patches belong to.  Cc: of a patch has its other people and
mailing lists, and the people of its own "Cc:" lines.  Writes the files 0 (for the
cover letter: all of them), 1, 2... into DIR.

Exit 0: done; 2: wrong usage, or get_maintainer.pl is not there or names no list.
"""

import email.utils
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "ci"))
from lib.cli import Parser    # noqa: E402

ADDRESS = re.compile(r'"?(.*?)"?\s*<([!-~]+@[!-~]+)>')
ROLE = re.compile(r"(.+?) \(([a-z ]+)(:.*)?\)")


def die(text):
    print("recipients: " + text, file=sys.stderr)
    sys.exit(2)


def ask(tree, patch):
    """[(address, is a list, of a subsystem)] of one patch, in order."""
    r = subprocess.run(
        ["perl", "scripts/get_maintainer.pl", "--nogit", "--nogit-fallback",
         "--rolestats", patch], cwd=tree, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False)
    out = []
    for line in r.stdout.decode("utf-8", "replace").split("\n"):
        m = ROLE.match(line)
        if m:
            out.append((m.group(1), m.group(2).endswith("list"),
                        bool(m.group(3))))
    if not any(is_list for _, is_list, _ in out):
        why = r.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        die("%s/scripts/get_maintainer.pl names no list for %s: %s" % (
            tree, os.path.basename(patch), why))
    return out


def own(patch):
    """Who the patch's message names by Cc:, such as stable@vger.kernel.org."""
    with open(patch, encoding="utf-8", errors="replace") as f:
        message = re.split(r"^---$", f.read(), maxsplit=1, flags=re.M)[0]
    said = [re.sub(r"\s+#.*", "", c).strip() for c in
            re.findall(r"^cc: (.+)$", message.partition("\n\n")[2],
                       re.M | re.I)]
    return [c for c in said if ADDRESS.fullmatch(c) or
            re.fullmatch(r"[!-~]+@[!-~]+", c)]


def header(name, who):
    """One header, an address a line; names as RFC 2047 has them."""
    out = []
    for text in who:
        m = ADDRESS.fullmatch(text)
        out.append(email.utils.formataddr(m.groups()) if m else text)
    return "%s: %s\n" % (name, (",\n" + " " * (len(name) + 2)).join(out))


def key(text):
    m = ADDRESS.fullmatch(text)
    return (m.group(2) if m else text).lower()


def options(argv):
    p = Parser("scripts/recipients.py", __doc__, die)
    p.add_argument("words", nargs="*")
    o = p.read(argv)
    if len(o.words) < 3:
        die("TREE, DIR and a PATCH are needed: see scripts/recipients.py --help")
    return o.words


def main(argv):
    tree, dest, *patches = options(argv)
    found = [ask(tree, p) for p in patches]
    votes = {}
    for people in found:
        lists = [a for a, is_list, sub in people if is_list and sub] or \
            [a for a, is_list, _ in people if is_list]
        votes[lists[0]] = votes.get(lists[0], 0) + 1
    to = max(votes, key=votes.get)
    everybody = {}
    texts = []
    for patch, people in zip(patches, found):
        mine = {}
        for a in [a for a, is_list, _ in people if not is_list] + \
                [a for a, is_list, _ in people if is_list] + own(patch):
            if key(a) != key(to):
                mine.setdefault(key(a), a)
        everybody.update({k: a for k, a in mine.items()
                          if k not in everybody})
        texts.append(mine)
    for i, who in enumerate([everybody] + texts):
        with open(os.path.join(dest, str(i)), "w", encoding="ascii") as f:
            f.write(header("To", [to]))
            if who:
                f.write(header("Cc", who.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
