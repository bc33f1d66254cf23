# SPDX-License-Identifier: GPL-2.0-only
"""What ci/report is made of: see docs/report.md.

    runs     the folders that ci/run left
    splat    the parts of a kernel log that are no part of a pass
    known    the database of known issues
    compare  what a step changed, and what that is worth
    mail, data, junit, ktap, page: one format each
    watch    ci/patchwork watch
"""

from verdict import Wrong


def die(text):
    """Wrong input, in one line"""
    raise Wrong(text)
