# SPDX-License-Identifier: GPL-2.0-only
"""A report as JSON: see docs/report.md for the fields."""

import hashlib
import json

from . import mail

VERSION = 1


def result(r):
    out = {"result": r.word, "seconds": r.seconds}
    if r.detail:
        out["detail"] = r.detail
    if r.issues:
        out["issues"] = [i.name for i in r.issues]
    if r.suppressed:
        out["suppressed"] = r.suppressed.name
    return out


def change(c):
    old, new = c.words()
    return {"test": c.test, "from": old, "to": new, "section": c.section(),
            "issues": [i.name for i in c.issues]}


def tree(report, lane, series, url, text):
    # As in the mail's subject: a step that was not built ran no test list.
    if any(mail.not_built(s) for s in report.steps):
        lane = "BUILD"
    out = {
        "version": VERSION, "series": series, "url": url, "lane": lane,
        "state": report.state,
        "base": report.base.title(),
        "steps": [{
            "name": s.label, "title": s.title(), "kernel": s.kernel,
            "tree": s.tree, "igt": s.igt, "note": s.note,
            "boots": [{"boot": n, "end": word, "seconds": secs, "first": a,
                       "after": b} for n, word, secs, a, b in s.boots],
            "results": {t: result(r) for t, r in s.results.items()},
        } for s in report.steps],
        "changes": [{"step": l.step.label, "state": l.state(),
                     "tests": [change(c) for c in l.changes]}
                    for l in report.logs],
        "issues": {i.name: {"title": i.title, "link": i.link,
                            "since": i.since, "hits": bool(i.hits)}
                   for i in report.issues},
        "stale": [i.name for i in report.stale],
        "summary": text,
    }
    out["id"] = identity(out)
    return out


def identity(tree):
    """The same for the same results, however long they took: 12 hex digits.

    ci/patchwork finds by it what was posted already.
    """
    what = [tree["series"], tree["url"], tree["lane"], tree["state"],
            [[s["name"], [[t, r["result"]] for t, r in s["results"].items()]]
             for s in tree["steps"]]]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]


def render(report, lane, series, url, text):
    """text: what mail.summary() gave."""
    return json.dumps(tree(report, lane, series, url, text), indent=1,
                      ensure_ascii=False) + "\n"
