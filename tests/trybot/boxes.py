# SPDX-License-Identifier: GPL-2.0-only
"""Mailboxes as lists really have them, through ci/mailbox.

    boxes.py ROOT DIR       TAP lines without numbers on stdout

A toy repository in DIR has the commits; git format-patch makes the mails, with
the options that people use.  Of each box either the series must come out, and
git am make the tree of it, or a message that names the mail and the mend.  Where
b4 is installed, "b4 am -m" must take the same.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
import time

ROOT, DIR = sys.argv[1], sys.argv[2]
REPO = os.path.join(DIR, "repo")
ENV = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null",
           GIT_AUTHOR_NAME="Zoë Example", GIT_AUTHOR_EMAIL="zoe@example.org",
           GIT_COMMITTER_NAME="ci", GIT_COMMITTER_EMAIL="ci@example.org",
           GIT_AUTHOR_DATE="1522072800 +0000", LC_ALL="C.UTF-8",
           GIT_COMMITTER_DATE="1522072800 +0000")
B4 = shutil.which("b4")


def git(*args, fail=True):
    r = subprocess.run(["git", "-C", REPO] + list(args), env=ENV,
                       capture_output=True, check=False)
    if fail and r.returncode:
        sys.exit("git %s: %s" % (" ".join(args), r.stderr.decode()))
    return r.stdout.decode("utf-8", "replace").strip() if fail else r


def said(good, name, *why):
    print(("ok " if good else "not ok ") + name)
    if not good:
        for line in "\n".join(map(str, why)).split("\n"):
            print("# " + line)


def change(name, line, text, on="HEAD"):
    """A commit on top of ON that changes one line of the file; its hash."""
    git("checkout", "-q", "--detach", on)
    path = os.path.join(REPO, "file.c")
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    lines[line] = text
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    git("commit", "-q", "-am", "%s: do it\n\nBecause of %s." % (name, name))
    return git("rev-parse", "HEAD")


def mails(rng, *options, n="", since="", dates=0):
    """format-patch's mails of a range, as text, each with a Message-ID."""
    args = ["--stdout", "--no-signature"]
    if "--thread=shallow" not in options and "-N" not in options:
        args.append("--thread=shallow")
    raw = git("format-patch", *args, *options, *([n] if n else []),
              *([since] if since else []), rng)
    out = re.split(r"^(?=From [0-9a-f]{40} )", raw, flags=re.M)[1:]
    # the clock is in the names of the mails; v1 and v2 must not share them
    return [m.replace(".git.", ".%d.git." % dates) for m in out]


def head(mail, **fields):
    """The mail with header fields set, or taken out (None)."""
    top, _, rest = mail.partition("\n\n")
    for name, value in fields.items():
        name = name.replace("_", "-")
        top = re.sub(r"^%s: .*\n(?:[ \t].*\n)*" % name, "", top + "\n",
                     flags=re.M | re.I).rstrip("\n")
        if value is not None:
            top += "\n%s: %s" % (name, value)
    return top + "\n\n" + rest


def ident(mail):
    return re.search(r"^Message-I[dD]: (<.*>)", mail, re.M).group(1)


def subject(mail, old, new):
    return re.sub(r"^(Subject: .*?)" + old, lambda m: m.group(1) + new, mail,
                  count=1, flags=re.M)


COUNT = 0


def reply(to, text, pre="Re: ", who="Ann Other <ann@example.org>"):
    global COUNT
    COUNT += 1
    top = re.search(r"^Subject: (.*)", to, re.M).group(1)
    return ("From %040d Mon Sep 17 00:00:00 2001\nFrom: %s\nDate: Mon, 26 Mar "
            "2018 16:00:00 +0000\nMessage-ID: <reply%d@example.org>\n"
            "In-Reply-To: %s\nSubject: %s%s\n\n%s\n\n" % (
                0, who, COUNT, ident(to), pre, top, text))


def quoted(mail, mark="> "):
    return "\n".join(mark + l for l in
                     mail.partition("\n\n")[2].split("\n"))


def attach(mail, kind, name, cte="base64", whole=True):
    """The mail's patch as an attachment of another mail."""
    top, _, rest = mail.partition("\n\n")
    inner = mail if whole else rest[rest.index("diff --git"):]
    raw = inner.encode()
    body = base64.encodebytes(raw).decode() if cte == "base64" else ">" * whole + inner
    return (top + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
            "boundary=xx\n\n--xx\nContent-Type: text/plain\n\nPlease find it "
            "attached.\n\n--xx\nContent-Type: %s; name=\"%s\"\n"
            "Content-Transfer-Encoding: %s\nContent-Disposition: attachment; "
            "filename=\"%s\"\n\n%s\n--xx--\n\n" % (kind, name, cte, name,
                                                   body))


def take(name, box, want, tree, b4=True, says=""):
    """BOX must give the subjects WANT, and the tree of commit TREE."""
    got = run(name, box)
    out = os.path.join(DIR, "out")
    texts = []
    if got.returncode == 0:
        for f in open(out + "/series", encoding="utf-8").read().split():
            text = open(out + "/" + f, encoding="utf-8").read()
            line = re.search(r"^Subject: (.*)", text, re.M).group(1)
            texts.append(re.sub(r"^(\[[^\]]*\] *)*", "", line))
    err = got.stderr.decode()
    said(got.returncode == 0 and texts == want and says in err,
         name + ": the series", "exit %d" % got.returncode, err, texts, want)
    if got.returncode == 0:
        git("checkout", "-q", "--detach", BASE)
        r = git("am", "-q", *sorted(os.path.join(out, f) for f in
                                    os.listdir(out) if f.endswith(".patch")),
                fail=False)
        have = git("rev-parse", "HEAD^{tree}")
        made = git("rev-list", "--count", BASE + "..HEAD")
        git("am", "--abort", fail=False)
        said(r.returncode == 0 and have == git("rev-parse", tree + "^{tree}")
             and made == str(len(want)), name + ": git am makes its tree",
             r.stderr.decode(), made)
    if b4 and B4:
        with_b4(name, tree)


def with_b4(name, tree):
    shutil.rmtree(DIR + "/b4", ignore_errors=True)
    os.makedirs(DIR + "/b4")
    r = subprocess.run(
        [B4, "--offline-mode", "am", "-m", DIR + "/box", "-o", DIR + "/b4"],
        cwd=REPO, env=dict(ENV, HOME=DIR, XDG_DATA_HOME=DIR + "/data",
                           XDG_CACHE_HOME=DIR + "/cache"),
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    mbx = [f for f in os.listdir(DIR + "/b4") if f.endswith(".mbx")] \
        if os.path.isdir(DIR + "/b4") else []
    git("checkout", "-q", "--detach", BASE)
    if mbx:
        git("am", "-q", os.path.join(DIR, "b4", mbx[0]), fail=False)
    have = git("rev-parse", "HEAD^{tree}")
    git("am", "--abort", fail=False)
    said(bool(mbx) and have == git("rev-parse", tree + "^{tree}"),
         name + ": as b4 am -m has it", r.stderr.decode()[-1600:], r.stdout.decode()[-500:])


def refuse(name, box, says):
    got = run(name, box)
    err = got.stderr.decode().strip()
    said(got.returncode == 2 and "\n" not in err and re.search(says, err) and
         not os.path.exists(DIR + "/out"), name + ": exit 2, and it says why",
         "exit %d" % got.returncode, err, "want: " + says)


def run(name, box):
    shutil.rmtree(DIR + "/out", ignore_errors=True)
    raw = box if isinstance(box, bytes) else "".join(
        m.rstrip("\n") + "\n\n" for m in box).encode()
    with open(DIR + "/box", "wb") as f:
        f.write(raw)
    return subprocess.run([ROOT + "/ci/mailbox", DIR + "/box", DIR + "/out"],
                          capture_output=True, check=False, env=ENV)


os.makedirs(REPO)
git("init", "-q", "-b", "main")
git("config", "user.name", "ci")          # b4 ends without a word if it has none
git("config", "user.email", "ci@example.org")
with open(REPO + "/file.c", "w", encoding="utf-8") as out:
    out.write("".join("line %d\n" % i for i in range(1000)))
git("add", "-A")
git("commit", "-qm", "base")
BASE = git("rev-parse", "HEAD")
A = change("A", 10, "first", BASE)
AB = change("B", 30, "second", A)
ABC = change("C", 50, "third", AB)
A2 = change("A", 10, "first, better", BASE)
A2B = change("B", 30, "second", A2)
A2B2 = change("B", 30, "second, better", A2)
AB2 = change("B", 30, "second, better", A)
AB2C = change("C", 50, "third", AB2)
ABX = change("X", 70, "fixed up", AB)
X = change("X", 70, "fixed up", BASE)

one = mails(BASE + ".." + A)
two = mails(BASE + ".." + AB, "--cover-letter", "--cover-from-description=none")
three = mails(BASE + ".." + ABC)
v2 = mails(BASE + ".." + A2B2, "--cover-letter", "-v2", dates=2)
v2one = mails(BASE + ".." + A2, "-v2", dates=2)
T = {c: c + ": do it" for c in "ABCX"}

# --- what is plain
take("one patch", one, [T["A"]], A)
take("a series with a cover letter", two, [T["A"], T["B"]], AB)
take("in any order", two[::-1], [T["A"], T["B"]], AB)
take("a list's own tag",
     [subject(m, "", "[Intel-gfx] ") for m in three],
     [T["A"], T["B"], T["C"]], ABC)
take("a prefix of its own", mails(BASE + ".." + AB, "--subject-prefix=PATCH 5.10"),
     [T["A"], T["B"]], AB)
take("Patchwork's prefix", [re.sub(r"\[PATCH (\d/\d)\]", r"[v2,\1]", m)
                            for m in three], [T["A"], T["B"], T["C"]], ABC,
     b4=False)
take("RFC", mails(BASE + ".." + AB, "--rfc"), [T["A"], T["B"]], AB)
take("without numbers", [head(m, In_Reply_To=None, References=None) for m in
                         mails(BASE + ".." + AB, "-N")],
     [T["A"], T["B"]], AB, b4=False)
take("two digits", [re.sub(r"\[PATCH (\d)/3", r"[PATCH 0\1/03", m)
                    for m in three], [T["A"], T["B"], T["C"]], ABC)
take("lines that end as Windows has it",
     "".join(m.rstrip("\n") + "\n\n" for m in two).replace("\n", "\r\n")
     .encode(), [T["A"], T["B"]], AB, b4=False)
take("a byte order mark", b"\xef\xbb\xbf" + "".join(two).encode(),
     [T["A"], T["B"]], AB, b4=False)
take("empty lines first", b"\n\n" + "".join(two).encode(),
     [T["A"], T["B"]], AB, b4=False)
take("a list's footer", [m + "\n_______________\nlist mailing list\n"
                         "list@example.org\n" for m in two],
     [T["A"], T["B"]], AB)
frm = re.sub(r"^Because of A\.", "From here on\nFrom me Mon Sep 17 00:00:00 2001",
             two[1], flags=re.M)
take("a text that begins with From", b"".join(
    b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" +
    re.sub(r"^(>*From )", r">\1", m.partition("\n")[2], flags=re.M).encode() +
    b"\n" for m in (two[0], frm, two[2])), [T["A"], T["B"]], AB)

# --- versions
take("v1 and v2 of one patch", one + v2one, [T["A"]], A2, says="version 2")
take("v2 and v1 of one patch", v2one + one, [T["A"]], A2)
take("a thread with v1 and v2", two + v2, [T["A"], T["B"]], A2B2,
     says="other versions: ")
take("v2 answers v1", two + [head(v2[0], In_Reply_To=ident(two[0]))] + v2[1:],
     [T["A"], T["B"]], A2B2)
take("a later version that is not whole", two + v2[:2], [T["A"], T["B"]], AB,
     b4=False, says="version 2 lacks patch 2 of 2: it is not taken")
refuse("1/2 of v1 with 2/2 of v2", [two[1], v2[2]],
       "no version is whole: version 1 has '.PATCH 1/2. A: do it', and lacks 2 "
       "of 2; version 2 has '.PATCH v2 2/2. B: do it', and lacks 1 of 2: give")
refuse("the same, v2 answering 1/2",
       [two[1], head(v2[2], In_Reply_To=ident(two[1]))], "no version is whole")
b2 = mails(A + ".." + AB2, "-v2", "--start-number=2", dates=3)[0]
b2 = re.sub(r"\[PATCH v2( 2/2)?\]", "[PATCH v2 2/3]", b2)
take("a partial reroll", three + [head(b2, In_Reply_To=ident(three[1]))],
     [T["A"], T["B"], T["C"]], AB2C,
     says="'[PATCH v2 2/3] B: do it' replaces the same of the version before")
take("a partial reroll that answers a reply",
     three + [reply(three[1], "No.")] + [head(b2, In_Reply_To="<reply%d@"
                                         "example.org>" % COUNT)],
     [T["A"], T["B"], T["C"]], AB2C)
refuse("a partial reroll without what it replaces", [three[0], b2, three[2]],
       "version 2 has '.PATCH v2 2/3. B: do it', and lacks 1, 3 of 3")
nob2 = head(re.sub(r"\[PATCH v2 2/3\]", "[PATCH v2]", b2),
            In_Reply_To=ident(three[1]))
take("a patch's v2 without a number", three + [nob2],
     [T["A"], T["B"], T["C"]], AB2C, b4=False, says="replaces '[PATCH 2/3]")
take("RESEND", two + [re.sub(r"\[PATCH ", "[PATCH RESEND ", m).replace(
    ".git.", ".9.git.") for m in two], [T["A"], T["B"]], AB)
take("RFC, then PATCH", [re.sub(r"\[PATCH ", "[RFC PATCH ", m) for m in two] +
     [m.replace(".git.", ".9.git.") for m in mails(
         BASE + ".." + A2B2, "--cover-letter")], [T["A"], T["B"]], A2B2,
     b4=False)
refuse("two series", two + [three[0].replace(".git.", ".7.git.")], "are of two series: give one")
x3 = re.sub(r"^\+second", "+2nd", two[2], flags=re.M).replace(".git.", ".8.git.")
refuse("two different 2/2", two + [x3],
       "mail 3, '.PATCH 2/2. B: do it', and mail 4, .* both patch 2/2 of one "
       "version: take one of them out")
refuse("a patch that is missing", [two[0], two[2]], "lacks patch 1 of 2: give")

# --- what else a thread has
inter = mails(BASE + ".." + A2B2, "--cover-letter", "-v2", "--interdiff=" + AB,
              dates=2)
take("an interdiff in the cover letter", inter, [T["A"], T["B"]], A2B2)
take("a range-diff in the cover letter", mails(
    BASE + ".." + A2B2, "--cover-letter", "-v2",
    "--range-diff=%s..%s" % (BASE, AB), dates=2), [T["A"], T["B"]], A2B2)
take("an interdiff below the message", mails(
    BASE + ".." + A2, "-v2", "--interdiff=" + A, dates=2), [T["A"]], A2)
for pre in ("Re: ", "RE: ", "AW: ", "Antw: ", "Antw: Re: ", "Re: Re: ", "SV: ",
            "Fwd: ", "回复: ", "答复:", "Re[2]: ", "[Intel-gfx] Re: "):
    take("a reply with '%s'" % pre, two + [
        reply(two[1], quoted(two[1]) + "\n\nHow about\n\n" +
              x3[x3.index("diff --git"):], pre)], [T["A"], T["B"]], AB,
        b4=pre in ("Re: ", "RE: ", "[Intel-gfx] Re: "))
take("a reply that quotes a diff without a mark",
     two + [reply(two[1], quoted(two[1], ""), "Antw: ")], [T["A"], T["B"]], AB,
     b4=False)
take("a reply without a word before it", two + [
    reply(two[2], x3[x3.index("diff --git"):], "")], [T["A"], T["B"]], AB,
    b4=False)
take("a reply whose quote begins with a line of dashes", two + [
    reply(two[1], "--- On Monday Zoe wrote:\n" + quoted(two[1]), "")],
    [T["A"], T["B"]], AB, b4=False)
take("a reply in a charset that nobody knows", two + [
    reply(two[1], "hm").replace("\nSubject:", "\nContent-Type: text/plain; "
                                "charset=x-klingon\nSubject:")],
    [T["A"], T["B"]], AB, b4=False)
fix = mails(AB + ".." + ABX, dates=5)[0]
take("a fixup inside the thread", two + [
    head(fix, In_Reply_To=ident(two[2]))], [T["A"], T["B"]], AB, b4=False,
    says="left out, patches that answer one of the series: '[PATCH] X: do it'")
take("the same mail twice", two + two[1:], [T["A"], T["B"]], AB,
     says="left out, copies of a mail: ")
take("by the list and by Cc", two + [head(two[1], Message_ID="<cc@example.org>",
                                          Message_Id=None) + "\n____\nlist\n"],
     [T["A"], T["B"]], AB, b4=False)
take("a pull request beside it", two + [reply(
    one[0], "The following changes since", "").replace(
        "[PATCH]", "[GIT PULL]")], [T["A"], T["B"]], AB, b4=False)

# --- numbers that are none
refuse("one mail without a number", [three[0], head(re.sub(
    r"\[PATCH 2/3\]", "[PATCH]", three[1]), In_Reply_To=None,
    References=None), three[2]], "lacks patch 2 of 3: give the whole")
two_ac = [re.sub(r"\[PATCH (\d)/3\]", lambda m: "[PATCH %d/2]" % {
    "1": 1, "2": 2, "3": 2}[m.group(1)], m) for m in three]
refuse("A, B without a number, C", [two_ac[0], head(re.sub(
    r"\[PATCH 2/2\]", "[PATCH]", two_ac[1]), In_Reply_To=None,
    References=None), two_ac[2]],
    "mail 2, '.PATCH. B: do it', has no number among numbered ones: number it, "
    "or take it out")
take("1.5 of 2", [two_ac[0], re.sub(r"PATCH 2/2", "PATCH 1.5/2", two_ac[1]),
                  two_ac[2]], [T["A"], T["B"], T["C"]], ABC, b4=False)
refuse("3 of 2", [two_ac[0], re.sub(r"PATCH 2/2", "PATCH 3/2", two_ac[1]),
                  two_ac[2]], "'.PATCH 3/2. B: do it': there is no patch 3/2")
refuse("without numbers, answering one another", mails(
    BASE + ".." + AB, "-N", "--thread=shallow"),
    "mail 2, '.PATCH. B: do it', has no number and answers '.PATCH. A: do it': "
    "number them")

# --- mails without a patch in them
git("checkout", "-q", "--detach", A)
git("commit", "-q", "--allow-empty", "-m", "E: nothing")
refuse("an empty commit", mails(BASE + "..HEAD", "--always"),
       "mail 2, '.PATCH 2/2. E: nothing', holds no diff: is it an empty commit")
refuse("a diff", git("diff", BASE, A).encode() + b"\n",
       "is a diff without a mail around it.* give git format-patch's output")
refuse("a diff of diff -u", b"--- a/file.c\t2018\n+++ b/file.c\t2018\n"
       b"@@ -1 +1 @@\n-line 0\n+line\n", "is a diff without a mail around it")
refuse("format=flowed", [head(one[0], Content_Type="text/plain; "
                              "format=flowed; charset=utf-8")],
       "mail 1, '.PATCH. A: do it', is format=flowed.* git send-email")
refuse("HTML", [re.sub(r"\n\n", "\nContent-Type: text/html\n\n<pre>\n", one[0],
                       count=1)], "mail 1, '.PATCH. A: do it', is (HTML|text/html): "
       "send it with git send-email")
refuse("no author", [head(one[0], From=None)], "has no From: who wrote it")
refuse("UTF-16", "".join(one).encode("utf-16"), "is UTF-16")
refuse("only a reply", [reply(one[0], quoted(one[0]))],
       "holds no patch: 'Re: .PATCH. A: do it' is a reply")
for kind in ("application/octet-stream", "text/x-patch", "text/plain"):
    for whole in (True, False):
        for cte in ("base64", "8bit"):
            take("attached as %s, %s, %s" % (
                kind, "a mail" if whole else "a diff", cte),
                [attach(one[0], kind, "0001-A.patch", cte, whole)], [T["A"]], A,
                b4=False)
take("a series of attachments", [two[0]] + [attach(
    m, "application/octet-stream", "x.patch") for m in two[1:]],
    [T["A"], T["B"]], AB, b4=False)
both = attach(one[0], "application/octet-stream", "a.patch")
refuse("two attached to one mail", [both.replace("--xx--", both[both.rindex(
    "--xx\n"):])], "mail 1, '.PATCH. A: do it', has 2 patches attached: send")

# --- no mail that calls itself a patch is left out without a word
def words(*subjects, options=()):
    """A series with these subjects, each of which changes another line."""
    at = BASE
    for n, text in enumerate(subjects):
        at = change("A", 10 * n, "words %d" % n, at)
        git("commit", "-q", "--amend", "-m", text)
        at = git("rev-parse", "HEAD")
    out = mails(BASE + ".." + at, *options)
    return [head(m, In_Reply_To=None, References=None) for m in out], at


for options in ((), ("-N",)):
    for text in ("rv: Add it", "tr: Add it", "sv: Add it", "drm: [RFC] add it"):
        box, at = words("drm: Begin", text, options=options)
        take("'%s' is no reply, %s" % (text, " ".join(options) or "-n"), box,
             ["drm: Begin", text], at, b4=not options)
apart, at = words("drm: Begin", "drm: End", options=("-N",))
html = re.sub(r"\n\n", "\nContent-Type: text/html\n\n<pre>\n", apart[1], count=1)
gzipped = re.sub(r"\n\n.*", "\nContent-Type: application/gzip\nContent-Transfer-"
                 "Encoding: base64\n\nH4sIAAAA\n", apart[1], count=1, flags=re.S)
late = "mail 2, '.PATCH. drm: End', "
refuse("without numbers, one HTML", [apart[0], html], late + "is HTML")
refuse("without numbers, one gzipped", [apart[0], gzipped],
       late + "is application/gzip: send it with git send-email")
refuse("without numbers, one empty commit",
       [apart[0], apart[1].partition("diff --git")[0]], late + "holds no diff")
refuse("without numbers, one context diff",
       [apart[0], apart[1].partition("diff --git")[0] + "*** a/file.c\n--- "
        "b/file.c\n***************\n*** 1,2 ****\n! x\n"],
       late + "holds no diff")
refuse("HTML without a number beside numbered ones", two + [html.replace(
    "drm: End", "drm: Other")], "'.PATCH. drm: Other', is HTML")
take("HTML, and then as it should be", [apart[0], html, apart[1]],
     ["drm: Begin", "drm: End"], at, b4=False)
title = head(apart[0].partition("diff --git")[0], Message_ID="<title@example.org>"
             ).replace("drm: Begin", "A title")
take("a cover letter without a number", [title] + [
    head(m, In_Reply_To="<title@example.org>") for m in three],
    [T["A"], T["B"], T["C"]], ABC, b4=False)
own = [re.sub(r"\n\n", "\n\nFrom: Ann Other <ann@example.org>\nSubject: %s\n\n" % t,
              m, count=1) for m, t in zip(three, [T["A"], T["B"], T["C"]])]
take("a text with a Subject: of its own", own[::-1], [T["A"], T["B"], T["C"]],
     ABC, b4=False)
take("1 of 3", [re.sub(r"\[PATCH (\d)/3", r"[PATCH \1 of 3", m)
                for m in three[::-1]], [T["A"], T["B"], T["C"]], ABC, b4=False)
take("version 1.1 of one patch", three + [head(
    b2.replace("PATCH v2 ", "PATCH v1.1 "), In_Reply_To=ident(three[1]))],
     [T["A"], T["B"], T["C"]], AB2C, b4=False, says="version 1.1, 3 patches")


def beside(mail, kind, parts):
    """The mail's text, in a charset of its own, and other parts beside it."""
    top, _, rest = mail.partition("\n\n")
    return (top + "\nMIME-Version: 1.0\nContent-Type: multipart/%s; boundary=xx"
            "\n\n--xx\nContent-Type: text/plain; charset=gb2312\n\n" % kind +
            rest + "".join("\n--xx\n%s\n" % p for p in parts) + "--xx--\n")


page = "Content-Type: text/html\n\n<pre>%s</pre>" % one[0].partition("\n\n")[2]
copy = "Content-Type: text/x-patch\nContent-Disposition: attachment\n\n"
take("text and HTML", [beside(one[0], "alternative", [page])], [T["A"]], A,
     b4=False)
take("a patch, and attached as well", [beside(one[0], "mixed", [
    copy + one[0][one[0].index("diff --git"):]])], [T["A"]], A, b4=False)
refuse("a patch, and another one attached", [beside(one[0], "mixed", [
    copy + x3[x3.index("diff --git"):]])],
    "mail 1, '.PATCH. A: do it', has a patch in its text and another one")

# --- many
many, last = [], BASE
for i in range(100):
    last = change("M%d" % i, 5 * i, "changed %d" % i, last)
box = mails(BASE + ".." + last)
t = time.monotonic()
run("many", box)
t = time.monotonic() - t
take("a hundred mails", box, ["M%d: do it" % i for i in range(100)], last,
     b4=False)
said(t < 15, "a hundred mails take seconds", "%.1f s" % t)
