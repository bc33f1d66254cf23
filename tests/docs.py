#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the texts and messages of the repository say, against what there is.

    tests/docs.py CHECK [ROOT]

Prints a line for each thing that is wrong; nothing if all is right.  CHECK:

  help      a command of ci/ or scripts/ that does not answer --help with exit 0
  options   an option that a text, comment or message gives to a command of ours
            and that this command's --help does not know
  targets   "make TARGET" of a text, without such a target
  paths     a file or link of a text that does not exist
  figures   a measured figure outside the tables that scripts/cover makes
  words     a phrase that docs/glossary.md or the style of the repository bans
"""

import os
import re
import subprocess
import sys

TEXTS = ("README.md", "COVER_LETTER.md", "ci/hsw/README.md", "ci/model/README.md",
         "ci/guest/lost/README.md", "ci/examples/README.md",
         "tests/trybot/README.md", "tests/v1/README.md")
# Not ours to judge: what guests and servers wrote, patches, reports of runs.
DATA = re.compile(r"^(patches|tests/(golden|report|patchwork|trybot|faults|"
                  r"properties|v1)|ci/(examples|hsw|data/expected|data/known))/|"
                  r"\.(tsv|png|svg|html|mail|mbox)$|"
                  # they name what they forbid, or give wrong options on purpose
                  r"^tests/(docs\.py|test_.*\.sh)$")
SENTENCE = re.compile(r"[`|;&#>]|\. |\.$|\s--(\s|$)")

# What a figure of a measurement looks like.
FIGURE = re.compile(r"\b\d+ of \d+\b|\b\d{1,3}(,\d{3})+\b|\b\d+(\.\d+)? ?%|"
                    r"\b\d+(\.\d+)? (ms|us|s|seconds|minutes|hours|raced|stale)\b|"
                    r"\b\d+ (pass|fail|skip|results|rounds|WARNs)\b")
# Constants of a design, and examples of a form.
CONSTANTS = ("40 ms", "20,000", "holds 20 of 20", "4+2 of 20", "after 3 s")

BANNED = (
    (r"machine with it\b", "crashes or hangs the VM"),
    (r"kernel with it says", "crashes the kernel"),
    (r"(some|any|no)thing to say", "a kernel warning"),
    (r"has to say\b", "a kernel warning"),
    (r"faults? of the harness|harness('s)? faults?\b|(?<!no )\bfaults? here\b|"
     r"harness is at fault", "the harness failed"),
    (r"what else there is", "all other"),
    (r"whoever", "a noun"),
    (r"say the same again", "give the same command again"),
    (r"lane (BAT|Full)|--lane\b", "test list"),
)


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "-co",
                          "--exclude-standard"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout.split("\n")
    return [p for p in out if p and os.path.isfile(os.path.join(root, p))]


def read(root, path):
    with open(os.path.join(root, path), "rb") as f:
        raw = f.read()
    return "" if b"\0" in raw else raw.decode("utf-8", "replace")


def texts(root):
    docs = sorted("docs/" + p for p in os.listdir(os.path.join(root, "docs")))
    return [p for p in TEXTS + tuple(docs) if os.path.exists(os.path.join(root, p))]


def commands(root):
    """What one can run: the executable files of ci/ and scripts/."""
    return [p for p in tracked(root)
            if re.fullmatch(r"(ci|ci/stages|scripts)/[^/]+|ci/model/run", p) and
            os.access(os.path.join(root, p), os.X_OK)]


def ask(root, command):
    """(exit status, what --help prints)"""
    p = subprocess.run([os.path.join(root, command), "--help"], cwd=root,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, timeout=60)
    return p.returncode, p.stdout


def check_help(root):
    for command in commands(root):
        rc, text = ask(root, command)
        if rc or not text.strip():
            yield "%s --help: exit %d, %s" % (command, rc, text[:60].strip())


def check_options(root):
    known, names = {}, commands(root)
    find = re.compile(r"(?<![\w.-])(%s)(?![\w/.-]*\w)" %
                      "|".join(re.escape(n) for n in names))
    for path in tracked(root):
        if DATA.search(path):
            continue
        text = re.sub(r" *\\\n[#\s]*", " ", read(root, path))
        for n, line in enumerate(text.split("\n"), 1):
            for m in find.finditer(line):
                rest = SENTENCE.split(line[m.end():], maxsplit=1)[0]
                rest = find.split(rest, maxsplit=1)[0]
                for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest):
                    if m.group(1) not in known:
                        known[m.group(1)] = set(re.findall(
                            r"--[a-z][a-z-]*", ask(root, m.group(1))[1]))
                    if option not in known[m.group(1)] | {"--help"}:
                        yield "%s:%d: %s has no %s" % (path, n, m.group(1), option)


def check_targets(root):
    targets = set()
    for makefile in ("Makefile", "ci/hsw/Makefile"):
        targets |= set(re.findall(r"^([a-z][a-z-]*):", read(root, makefile), re.M))
    for path in texts(root):
        for m in re.finditer(r"(?:^|&& |; )make (?:-C \S+ )?([a-z][a-z-]*)",
                             "\n".join(code(read(root, path))), re.M):
            if m.group(1) not in targets:
                yield "%s: there is no make %s" % (path, m.group(1))


def code(text):
    """What a text has in backquotes, and its indented lines."""
    return re.findall(r"`([^`\n]+)`", text) + re.findall(r"^    (.*)$", text, re.M)


def check_paths(root):
    top = "ci|docs|scripts|tests|series|patches|kconfig-fragments"
    for path in texts(root):
        text = read(root, path)
        here = os.path.dirname(path)
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
            if "://" not in link and not os.path.exists(
                    os.path.join(root, here, link)):
                yield "%s: links to %s, which is not there" % (path, link)
        for word in code(text):
            for name in re.findall(r"(?<![\w/.$-])((?:%s)/[\w./-]*\w/?)(?![\w*$<{])" % top,
                                   word):
                if re.search(r"(^|/)[A-Z]+(\b|_|-)|[A-Z]{4}", name) and \
                        not re.search(r"[A-Z]+\.md$", name):
                    continue        # a placeholder: ci/data/expected/BASE.tsv
                if not any(os.path.exists(os.path.join(root, d, name))
                           for d in ("", here)):
                    yield "%s: names %s, which is not there" % (path, name)


def check_figures(root):
    for path in texts(root):
        text = read(root, path)
        text = re.sub(r"<!-- [a-z]+ \S+ -->\n.*?<!-- end -->",
                      lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
        for constant in CONSTANTS:
            text = text.replace(constant, "")
        in_code = False
        for n, line in enumerate(text.split("\n"), 1):
            in_code = line.startswith("    ")
            m = None if in_code else FIGURE.search(line)
            if m:
                yield "%s:%d: '%s': is it measured? Put it into a table of " \
                    "scripts/cover" % (path, n, m.group())


def check_words(root):
    for path in tracked(root):
        # The comments of a model are part of the key of its results.
        if DATA.search(path) or path in ("docs/glossary.md",) or \
                path.endswith(".pml"):
            continue
        text = read(root, path)
        # a phrase may be wrapped, also within a comment
        flat = re.sub(r"\n[ \t]*(?:#|\*|//)?[ \t]*", " ", text)
        for pattern, better in BANNED:
            for m in re.finditer(pattern, flat):
                yield "%s: '%s': write '%s'" % (path, flat[max(0, m.start() - 25):
                                                           m.end() + 5], better)


CHECKS = {"help": check_help, "options": check_options, "targets": check_targets,
          "paths": check_paths, "figures": check_figures, "words": check_words}

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in CHECKS:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(2)
    ROOT = os.path.abspath(sys.argv[2] if len(sys.argv) == 3 else
                           os.path.join(os.path.dirname(__file__), ".."))
    for problem in CHECKS[sys.argv[1]](ROOT):
        print(problem)
