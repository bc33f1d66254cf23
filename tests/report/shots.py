#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Pictures of a report's page at three widths: PREFIX-375.png and so on.

    shots.py PAGE PREFIX        needs chromium
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402

with Browser() as b:
    for width in (375, 768, 1366):
        b.open("file://" + os.path.abspath(sys.argv[1]), width=width,
               height=812)
        b.eval("document.querySelector('h2#matrix').scrollIntoView()")
        b.shot("%s-%d.png" % (sys.argv[2], width))
