# SPDX-License-Identifier: GPL-2.0-only
"""The plot of what the steps cost, for the page: an SVG that somebody made."""

import base64
import xml.etree.ElementTree as ET

from . import die

MOST = 256 << 10        # bytes; a plot of a few lines has 10 to 30 KiB


def load(path):
    """An SVG file as the address of an image that lies in the page.

    As an image a browser runs none of its scripts and fetches nothing for it,
    so its text need not be trusted.  Dies in one line if it is no SVG.
    """
    try:
        with open(path, "rb") as f:
            raw = f.read(MOST + 1)
    except OSError as err:
        die("--cost %s: %s" % (path, err.strerror))
    if len(raw) > MOST:
        die("--cost %s: more than %d KiB: no plot is that large" %
            (path, MOST >> 10))
    if b"<!ENTITY" in raw:
        die("--cost %s: declares entities, which no plot needs" % path)
    try:
        root = ET.fromstring(raw)
    except ET.ParseError as err:
        die("--cost %s: not an SVG file: %s" % (path, err))
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        die("--cost %s: not an SVG file: it begins with <%s>" %
            (path, root.tag.split("}")[-1]))
    return "data:image/svg+xml;base64," + base64.b64encode(raw).decode()
