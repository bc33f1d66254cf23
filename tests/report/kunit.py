# SPDX-License-Identifier: GPL-2.0-only
"""A kernel's own kunit.py reads our KTAP.

    kunit.py DIR FILE.ktap...       DIR has that kernel's kunit_parser.py

FILE.state beside it has the state of the report and the number of its tests.
Lines of TAP, without numbers.
"""

import contextlib
import io
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
WHO = sys.argv[1].rsplit("/", 1)[1]
import kunit_parser                                             # noqa: E402
try:
    import kunit_printer
except ImportError:
    kunit_printer = None


class Quiet:
    """Takes the place of a printer of today's kunit.py."""

    lines = []

    def print_with_timestamp(self, text=""):
        self.lines.append(text)

    def color_len(self):
        return 0

    def __getattr__(self, _):
        return lambda text="", *_, **__: text


for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    with open(path[:-5] + ".state", encoding="utf-8") as f:
        state, count = f.read().split()
    out = io.StringIO()
    Quiet.lines.clear()
    with contextlib.redirect_stdout(out):
        if kunit_printer:
            kunit_printer.stdout = kunit_parser.stdout = Quiet()
            run = kunit_parser.parse_run_tests
            # since v6.14 a printer is an argument
            result = run(*[lines, Quiet()][:run.__code__.co_argcount])
        else:
            result = kunit_parser.parse_run_tests(lines)
    said = out.getvalue() + "\n".join(Quiet.lines)
    ran = re.search(r"(\d+) tests", said)
    good = (result.status.name == "SUCCESS") == (state == "success") and \
        result.status.name in ("SUCCESS", "FAILURE") and \
        "[ERROR]" not in said and ran and ran.group(1) == count
    name = path.rsplit("/", 1)[1]
    print("%s %s of %s: %s, %s tests" % ("ok" if good else "not ok",
                                         WHO, name, state,
                                         count))
    if not good:
        print("# %s\n# %s" % (result.status.name,
                              said.replace("\n", "\n# ")))
