#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Both Patchwork APIs on loopback, as strict as their documents.

    server.py DIR       DIR/port gets the port, DIR/log a line a request,
                        DIR/posts what is stored.  DIR/faults has a word for
                        each coming POST: 500, 429, 404, 302, drop (no answer,
                        nothing stored), lost (stored, no answer), ok.
                        DIR/mbox, if there is one, is what every series holds.
                        DIR/mails has a line a mail that freedesktop sent.
                        DIR/links is what the server takes for its own address.
                        DIR/watch.json: the series of the project "x", each with
                        id, version, name, whole and path (which it touches),
                        perhaps status, with which its mailbox is refused,
                        or mail, which is in its mailbox.
                        DIR/away: each GET is answered by 503.
"""

import base64
import http.server
import json
import os
import re
import sys

DIR = sys.argv[1]
STATES = {"fd": {"pending", "success", "warning", "failure"},
          "pw": {"pending", "success", "warning", "fail"}}
FIELDS = {"fd": ({"test_name", "state"}, {"url", "summary"}),
          "pw": ({"context", "state"}, {"target_url", "description"})}
MBOX = b"From nobody Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n"
stored = []


def fault():
    try:
        with open(DIR + "/faults", encoding="utf-8") as f:
            words = f.read().split()
    except FileNotFoundError:
        return "ok"
    with open(DIR + "/faults", "w", encoding="utf-8") as f:
        f.write(" ".join(words[1:]))
    return words[0] if words else "ok"


def watched():
    try:
        with open(DIR + "/watch.json", encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        return []


def mail_of(series):
    if "mail" in series:
        return series["mail"].encode("latin-1")
    return ("From nobody Mon Sep 17 00:00:00 2001\nFrom: a <a@example.org>\n"
            "Subject: [PATCH] %(name)s\n\n---\ndiff --git a/%(path)s b/%(path)s"
            "\n--- a/%(path)s\n+++ b/%(path)s\n@@ -1 +1 @@\n-a\n+b\n\n" %
            series).encode()


def mbox():
    try:
        with open(DIR + "/mbox", "rb") as f:
            return f.read()
    except FileNotFoundError:
        return MBOX


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        with open(DIR + "/log", "a", encoding="utf-8") as f:
            f.write("%s %s %d\n" % (self.command, self.path, status))
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def where(self):
        if os.path.exists(DIR + "/links"):
            with open(DIR + "/links", encoding="utf-8") as f:
                return f.read().strip()
        return "http://127.0.0.1:%d" % self.server.server_port

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if os.path.exists(DIR + "/away"):
            self.answer(503, {"detail": "away"})
            return
        one = re.search(r"/series/(\d+)/", path)
        mine = next((w for w in watched() if one and
                     w["id"] == int(one.group(1))), None)
        if path == "/api/series/":          # two a page
            page = int((re.search(r"(?:^|&)page=(\d+)$", query) or [0, 1])[1])
            self.answer(200, [
                {"id": w["id"], "version": w["version"], "name": w["name"],
                 "received_all": w["whole"], "patches": [
                     {"id": 10 * w["id"] + 1, "name": "[2/2] b"},
                     {"id": 10 * w["id"] + 2, "name": "[1/2] a"}]}
                for w in watched()[2 * page - 2:2 * page]],
                **({"Link": '<%s%s?page=%d>; rel="next"' % (
                    self.where(), path, page + 1)}
                   if len(watched()) > 2 * page else {}))
        elif path == "/api/1.0/projects/x/series/":
            page = int((re.search(r"(?:^|&)page=(\d+)$", query) or [0, 1])[1])
            self.answer(200, {
                "count": len(watched()), "previous": None,
                "next": "%s%s?page=%d" % (self.where(), path, page + 1)
                if len(watched()) > 2 * page else None, "results": [
                    {"id": w["id"], "version": w["version"], "name": w["name"],
                     "state": None if w["whole"] else "incomplete"}
                    for w in watched()[2 * page - 2:2 * page]]})
        elif mine and path.endswith("/mbox/"):
            self.answer(mine.get("status", 200), mail_of(mine))
        elif mine and path.startswith("/api/"):
            if "test-results" in path:
                self.answer(200, [p for at, p in stored if at == path])
            else:
                self.answer(200, {
                    "id": mine["id"], "version": mine["version"],
                    "name": mine["name"], "received_all": mine["whole"],
                    "mbox": "%s/series/%d/mbox/" % (self.where(),
                                                    mine["id"])})
        elif path == "/api/1.0/series/47/revisions/2/mbox/" or \
                path == "/series/9/mbox/":
            self.answer(200, mbox())
        elif path == "/api/series/9/":
            self.answer(200, {"id": 9, "received_all": True, "version": 3,
                              "name": "drm: a name",
                              "mbox": self.where() + "/series/9/mbox/"})
        elif path == "/api/1.0/series/47/":
            self.answer(200, {"id": 47, "name": "x", "version": 2})
        elif path == "/api/1.0/series/48/":
            self.answer(200, b'{"id": 48, "versi')
        elif path == "/api/1.0/series/49/":
            self.answer(200, [1, 2])
        elif path.startswith("/api/1.0/series/50/"):
            self.close_connection = True    # the half of it, then nothing
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 999\r\n"
                             b"\r\n" + MBOX)
        elif path == "/api/series/10/":
            self.answer(200, {"id": 10, "received_all": False, "mbox": ""})
        elif path == "/api/series/11/":
            self.answer(200, {"id": 11, "mbox": "http://example.com/x"})
        elif re.fullmatch(r"/api/patches/\d+/checks/", path):
            # a page has one check, so that a client must follow the links
            page = int((re.search(r"page=(\d+)", query) or [0, 1])[1])
            mine = [p for at, p in stored if at == path]
            more = {"Link": '<%s%s?page=%d>; rel="next"' % (
                self.where(), path, page + 1)} if page < len(mine) else {}
            self.answer(200, mine[page - 1:page], **more)
        elif path == "/api/1.0/series/47/revisions/2/test-results/":
            self.answer(200, [p for at, p in stored if at == path])
        else:
            self.answer(404, {"detail": "Not found."})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        word = fault()
        if word.isdigit():
            more = {"Retry-After": "1"} if word == "429" else {}
            self.answer(int(word), {"detail": "injected"},
                        Location="http://example.com/", **more)
            return
        if word == "drop":
            self.close_connection = True
            return
        kind = "fd" if re.fullmatch(
            r"/api/1.0/series/\d+/revisions/\d+/test-results/", self.path) \
            else "pw" if re.fullmatch(r"/api/patches/\d+/checks/", self.path) \
            else None
        want = "Token secret" if kind == "pw" else "Basic " + \
            base64.b64encode(b"me:secret").decode()
        if kind is None:
            self.answer(404, {"detail": "Not found."})
        elif self.headers["Authorization"] != want:
            self.answer(401, {"detail": "Invalid token."})
        elif self.headers["Content-Type"] != "application/json":
            self.answer(415, {"detail": "Unsupported media type"})
        else:
            self.store(kind, raw, word)

    def store(self, kind, raw, word):
        must, may = FIELDS[kind]
        try:
            data = json.loads(raw)
        except ValueError:
            self.answer(400, {"detail": "JSON parse error"})
            return
        wrong = [k for k in must if not data.get(k)]
        wrong += [k for k in data if k not in must | may]
        if data.get("state") not in STATES[kind]:
            wrong.append("state")
        if kind == "pw" and not re.fullmatch(r"[-a-zA-Z0-9_]{1,255}",
                                             data.get("context", "")):
            wrong.append("context")
        for key in ("url", "target_url"):
            if key in data and not data[key].startswith("http"):
                wrong.append(key)
        if wrong:
            self.answer(400, {k: ["not valid"] for k in wrong})
            return
        if kind == "fd":        # one result a name, and a mail for each POST
            with open(DIR + "/mails", "a", encoding="utf-8") as f:
                f.write("%s %s\n" % (data["test_name"], data["state"]))
            stored[:] = [s for s in stored if s[0] != self.path or
                         s[1]["test_name"] != data["test_name"]]
        else:
            data["id"] = len(stored) + 1
        stored.append((self.path, data))
        with open(DIR + "/posts", "w", encoding="utf-8") as f:
            for _, d in stored:
                f.write(json.dumps(d, sort_keys=True) + "\n")
        if word == "lost":
            self.close_connection = True
            return
        self.answer(201, data)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(DIR + "/port.tmp", "w", encoding="utf-8") as out:
    out.write("%d" % server.server_port)
os.rename(DIR + "/port.tmp", DIR + "/port")
server.serve_forever()
