#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mail as a mail program shows it: headers decoded, and the text.

    plain.py FILE
"""

import email
import email.policy
import sys

with open(sys.argv[1], "rb") as f:
    mail = email.message_from_binary_file(f, policy=email.policy.default)
out = ["%s: %s" % (k, v) for k, v in mail.items()
       if k.lower() not in ("mime-version", "content-type")]
text = mail.get_body(("plain",)).get_content()
sys.stdout.buffer.write(("%s\n\n%s" % ("\n".join(out), text)).encode(
    "utf-8", "replace"))
