# SPDX-License-Identifier: GPL-2.0-only
"""Where the data is, and how a file of columns is read."""

import os

from . import Wrong

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "ci", "data")


def read(path):
    """A log or a list as text, without the NULs of a guest that died; "" if it is missing."""
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read().replace("\0", "")
    except FileNotFoundError:
        return ""


def rows(path, columns, errors="strict"):
    """(number, cells) of each line that is not empty and no comment."""
    try:
        with open(path, encoding="utf-8", errors=errors) as f:
            lines = f.read().split("\n")
    except OSError as err:
        raise Wrong("%s: %s" % (path, err.strerror)) from err
    except UnicodeDecodeError as err:
        raise Wrong("%s: not UTF-8: it is not what ci/run wrote" % path) from err
    for n, line in enumerate(lines, 1):
        if not line or line[0] == "#":
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise Wrong("%s:%d: %d columns, not %d" % (path, n, len(cells), columns))
        yield n, cells
