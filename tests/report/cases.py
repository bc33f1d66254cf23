#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every case of this folder in every format, as lines of TAP.

    cases.py DIR        DIR gets NAME.ktap of each, for a parser of TAP

A case has results.tsv, why, mail (what must come out, and the exit status) and
perhaps known.ini.  RECORD=1 writes the mails anew.
"""

import contextlib
import difflib
import email
import email.policy
import html
import html.parser
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader(
    "report", os.path.join(HERE, "../../ci/report"))
cli = importlib.util.module_from_spec(
    importlib.util.spec_from_loader("report", loader))
loader.exec_module(cli)

# Elements and attributes of JUnit as the schema of Jenkins' xunit plugin
# (junit-10.xsd) knows them.
JENKINS = {"testsuites": ("name", "time", "tests", "failures", "errors",
                          "disabled"),
           "testsuite": ("name", "time", "tests", "failures", "errors",
                         "skipped", "hostname", "timestamp", "package", "id"),
           "testcase": ("name", "classname", "time", "status"),
           "failure": ("type", "message"), "error": ("type", "message"),
           "skipped": ("type", "message"), "system-out": ()}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def tap(good, name, *more):
    print("%s %s" % ("ok" if good else "not ok", name))
    if not good:
        for text in more:
            print("\n".join("# " + l for l in str(text).split("\n")))


def report(*args):
    """(status, text) of ci/report; what it has to say goes to nobody."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), \
            contextlib.redirect_stderr(io.StringIO()):
        try:
            rc = cli.main(list(args))
        except SystemExit as e:
            rc = e.code
    return rc, out.buffer.getvalue().decode()


class Page(html.parser.HTMLParser):
    """Holds what a page consists of; asserts that it is well formed."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.refs, self.scripts = [], [], [], 0
        self.feed(text)
        assert not self.stack, "open at the end: %s" % self.stack

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert not any(a.startswith("on") or a == "src" for a in attrs), attrs
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if attrs.get("href", "").startswith("#"):
            self.refs.append(urllib.parse.unquote(attrs["href"][1:]))
        self.scripts += tag == "script"
        if tag not in ("meta", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, "</%s> at %s" % (tag, self.getpos())


def decoded(raw):
    """(headers and text as one reads them, the HTML part, what is wrong)"""
    msg = email.message_from_bytes(raw.encode(), policy=email.policy.default)
    problems = [str(d) for p in msg.walk() for d in p.defects]
    head = raw.partition("\n\n")[0]
    problems += [l for l in head.split("\n") if not l.isascii() or
                 len(l) > 78 and " " in l[1:78]]
    if msg["X-Patchwork-Hint"] != "ignore":
        problems.append("no X-Patchwork-Hint")
    text = msg.get_body(("plain",)).get_content()
    return ("\n".join("%s: %s" % (k, msg[k]) for k in msg.keys() if k in (
        "Subject", "In-Reply-To", "X-Patchwork-Hint")) + "\n\n" + text,
            msg.get_body(("html",)).get_content(), problems)


def html_part(text, mail):
    """Every test that the text names is in the HTML, which is well formed."""
    Page(text)
    plain = html.unescape(re.sub(r"<[^>]*>", "", text))
    return all(n in plain for n in re.findall(r"igt@\S+(?=:$)", mail, re.M)) and \
        plain.count("CI Bug Log") == mail.count("CI Bug Log")


def page(name, text, mail):
    try:
        p = Page(text)
        assert p.scripts == 1, "%d scripts" % p.scripts
        assert len(set(p.ids)) == len(p.ids), "an id twice"
        lost = set(p.refs) - set(p.ids)
        assert not lost, "links to nowhere: %s" % lost
        notes = re.findall(r"^ *\[\d+\]: report\.html#(.*)", mail, re.M)
        lost = set(notes) - set(p.ids)
        assert not lost, "footnotes of the mail to nowhere: %s" % lost
        tap(True, "page of %s: well formed, every link has its target" % name)
    except AssertionError as e:
        tap(False, "page of %s" % name, e)


def case(name, to):
    d = os.path.join(HERE, name)
    known = os.path.join(d, "known.ini")
    args = [d, "--known", known if os.path.exists(known) else "none"]
    rows = [l.split("\t") for l in read(d + "/results.tsv").split("\n")[1:-1]]
    words = [r[3] for r in rows]

    rc, raw = report(*args)
    mail, page_of_it, problems = decoded(raw)
    got = mail + "exit %d\n" % rc
    tap(not problems, "mail of %s: headers and parts as mail has them" % name,
        problems)
    tap(html_part(page_of_it, mail), "mail of %s: the HTML part says the same" %
        name, page_of_it)
    if os.environ.get("RECORD"):
        with open(d + "/mail", "w", encoding="utf-8") as f:
            f.write(got)
    want = read(d + "/mail")
    tap(got == want, "mail of %s: %s" % (name, read(d + "/why").strip()),
        "\n".join(difflib.unified_diff(want.split("\n"), got.split("\n"),
                                       "wanted", "got", lineterm="")))
    state = re.search(r"^State : (\w+)", mail, re.M).group(1)
    tap(rc == (state != "success"), "%s: the exit status is the state" % name)

    rc, text = report(*args, "--format", "json")
    run = json.loads(text)
    got = [[run["base"].split()[0], s["name"], t, r["result"]]
           for s in run["steps"] for t, r in s["results"].items()]
    tap(sorted(got) == sorted(r[:4] for r in rows) and run["state"] == state,
        "JSON of %s has every result, and the state" % name, got)

    rc, text = report(*args, "--format", "junit")
    root = ET.fromstring(text)
    got = [int(root.get(k)) for k in ("tests", "failures", "errors")]
    inside = [len(root.findall(".//" + k)) for k in ("testcase", "failure",
                                                     "error")]
    gone = sum(c["to"] == "notrun" for l in run["changes"]
               for c in l["tests"]
               if c["test"] not in next(s for s in run["steps"] if s["name"] ==
                                        l["step"])["results"])
    tap(got == inside and inside[0] == len(words) + gone,
        "JUnit of %s adds up" % name, got, inside, len(words), gone)
    tap((inside[1] + inside[2] > 0) == (state != "success"),
        "JUnit of %s is red if the report is no success, and only then" % name,
        state, inside)
    odd = {"%s %s=" % (el.tag, k) for el in root.iter() for k in el.attrib
           if k not in JENKINS.get(el.tag, ())}
    tap(not odd, "JUnit of %s has what Jenkins' schema allows" % name, odd)

    rc, text = report(*args, "--format", "ktap")
    with open("%s/%s.ktap" % (to, name), "w", encoding="utf-8") as f:
        f.write(text)
    with open("%s/%s.state" % (to, name), "w", encoding="utf-8") as f:
        f.write("%s %d\n" % (state, inside[0]))
    got = [len(re.findall(r"^    not ok ", text, re.M)),
           len(re.findall(r"^    (?:not )?ok ", text, re.M))]
    tap(got == [inside[1] + inside[2], inside[0]],
        "KTAP of %s: not ok is what makes the report no success" % name, got)

    rc, text = report(*args, "--format", "html")
    page(name, text, mail)
    # What took the machine with it is in some log: a reason shows it.
    dead = [r for r in rows if r[3] == "incomplete" and
            os.path.isdir("%s/%s" % (d, r[1]))]
    if dead:
        parts = re.findall(r'<section class="detail" id="([^"]*)"(.*?)'
                           r'</section>', text, re.S)
        lost = {"%s:%s" % (r[1], r[2]) for r in dead} - {
            at for at, body in parts if "<mark>" in body}
        tap(not lost, "page of %s: a report of the kernel is marked for each "
            "of %d that is incomplete" % (name, len(dead)), lost)


if __name__ == "__main__":
    for entry in sorted(os.listdir(HERE)):
        if os.path.isdir(os.path.join(HERE, entry)) and entry[0] not in "._":
            case(entry, sys.argv[1])
