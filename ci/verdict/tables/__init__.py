# SPDX-License-Identifier: GPL-2.0-only
"""Tables: a module for each kind of file.

    results     results.tsv of ci/run and of commands that write the same columns
    steps       the same, only how many tests of each step had which result
    properties  results.tsv of ci/properties
    stale       what make stale writes
    binaries    several results.tsv, for ci/hsw/BINARIES.md
    bench       bench.tsv of ci/bench
"""
