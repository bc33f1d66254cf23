# SPDX-License-Identifier: GPL-2.0-only
"""The command line of a Python script, as options.sh reads that of a shell script."""

import argparse
import sys


class Parser(argparse.ArgumentParser):
    """A parser for COMMAND, the script's path in the repository. DOC is what --help
    prints. wrong() gets the one line about wrong usage, and does not return."""

    def __init__(self, command, doc, wrong):
        super().__init__(add_help=False, allow_abbrev=False)
        self.command, self.doc, self.wrong = command, doc, wrong
        self.add_argument("-h", "--help", action="store_true")

    def error(self, message):
        self.wrong("%s: see %s --help" % (message, self.command))

    def read(self, argv, intermixed=False):
        """The options of ARGV. --help prints DOC and ends the script. INTERMIXED: words
        may stand between options."""
        o = (self.parse_intermixed_args if intermixed else self.parse_args)(argv)
        if o.help:
            print(self.doc.strip())
            sys.exit(0)
        return o
