# SPDX-License-Identifier: GPL-2.0-only
"""What ci/report is made of: see docs/report.md.

    runs     the folders that ci/run left
    splat    the parts of a kernel log that are no part of a pass
    known    the database of known issues
    compare  what a step changed, and what that is worth
    mail, data, junit, ktap, page: one format each
    watch    ci/patchwork watch
"""

import sys


def die(text):
    """One line about wrong input; exit 2."""
    print("report: " + text, file=sys.stderr)
    sys.exit(2)
