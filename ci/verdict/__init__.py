# SPDX-License-Identifier: GPL-2.0-only
"""What the records of VMs say, and what results are worth. ci/stages/verdict runs it.

    judge, faults, properties   the records of VMs become rows of results
    collect                     the rows of all steps become a results.tsv
    tables/                     a results.tsv becomes a table, and the verdict

    files       where the data is, and how a file of columns is read
    patterns    what a kernel log says
    records     the records of one boot, and a row of results
    results     results.tsv: its columns, its words, and how bad each word is
    expected    what may come of a test: ci/data/expected
    shards      the part of a test list for one of several machines, by times: ci/split
"""


class Wrong(Exception):
    """Wrong input, in one line that names it: exit 2."""


class Miss(Exception):
    """The harness failed, in one line: exit 3, no verdict."""
