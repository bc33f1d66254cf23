# SPDX-License-Identifier: GPL-2.0-only
"""Columns of text."""


def show(lines):
    """Print lines of cells, each column as wide as its widest cell."""
    width = [max(len(l[i]) for l in lines) for i in range(len(lines[0]))]
    for l in lines:
        print("  ".join("%-*s" % c for c in zip(width, l)).rstrip())
