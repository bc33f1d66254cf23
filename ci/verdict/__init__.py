# SPDX-License-Identifier: GPL-2.0-only
"""What the records of VMs say, and what results are worth. ci/stages/verdict runs it.

    judge, faults, properties   the records of VMs become results
    tables/                     results become tables
"""


class Wrong(Exception):
    """Wrong input, in one line that names it: exit 2."""


class Miss(Exception):
    """The harness failed, in one line: exit 3, no verdict."""
