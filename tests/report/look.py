#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Look at a report's page in Chromium, as lines of TAP.

    look.py PAGE EVIL WIDE...
                                PAGE of the case rwsem with the database of the
                                case known and a plot of 60 by 20 that has a
                                script; EVIL of a log that is no log; WIDE of
                                many steps and the BAT list.
                                AXE_CORE: axe.min.js (npm install axe-core)
                                SHOTS: a folder for screenshots.
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import Browser  # noqa: E402

T = "igt@gem_userptr_blits@"
CELL = 'a.cell[data-for="%s"]'
SHOWN = "document.querySelectorAll('.detail.shown').length"


RATIO = """
    const lum = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => {
        x /= 255; return x <= .03928 ? x / 12.92 :
        Math.pow((x + .055) / 1.055, 2.4); });
        return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
    const ratio = e => { let p = e, seen = 1;
        for (let q = e; q; q = q.parentElement)
            seen *= getComputedStyle(q).opacity;
        while (/, 0\\)$|transparent/.test(getComputedStyle(p).backgroundColor))
            p = p.parentElement;
        if (seen < 1) return seen;
        const a = lum(getComputedStyle(e).color),
              b = lum(getComputedStyle(p).backgroundColor);
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); };
"""


def contrast(b, selector):
    """The contrast ratio of an element's text, 1 to 21."""
    return b.eval("""(() => {
        const lum = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => {
            x /= 255; return x <= .03928 ? x / 12.92 :
            Math.pow((x + .055) / 1.055, 2.4); });
            return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
        const s = getComputedStyle(document.querySelector('%s'));
        const a = lum(s.color), b = lum(s.backgroundColor);
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); })()"""
                  % selector)


def ok(good, name, more=""):
    print("%s browser: %s" % ("ok" if good else "not ok", name))
    if not good:
        print("# %r" % (more,))


def same(name, got, want):
    ok(got == want, name, "got %r, want %r" % (got, want))


def looks(b, page, shots, name, width, dark):
    b.open("file://" + page, width=width, height=844, dark=dark)
    wide = b.eval("document.documentElement.scrollWidth")
    ok(wide <= width, "%s: nothing sticks out to the right" % name, wide)
    for word in ("pass", "fail", "dmesg-warn", "dmesg-fail", "incomplete"):
        ratio = contrast(b, ".matrix .r-" + word)
        ok(ratio >= 4.5, "%s: %s can be read (contrast 4.5)" % (name, word),
           ratio)
    same("%s: every cell has a word that fits" % name, b.eval(
        "[...document.querySelectorAll('.cell .w')].filter(e => "
        "!e.innerText || e.offsetWidth > e.closest('td').offsetWidth)"
        ".length"), 0)
    if shots:
        b.shot("%s/%s.png" % (shots, name))
        b.eval("document.querySelector('h2').scrollIntoView()")
        b.shot("%s/%s-matrix.png" % (shots, name))
    b.click(CELL % ("1:" + T + "dmabuf-sync"))
    same("%s: a click shows one reason" % name, b.eval(SHOWN), 1)
    box = b.eval("(() => { const r = document.querySelector('.detail.shown')"
                 ".getBoundingClientRect(); return [r.left, r.right]; })()")
    ok(box[0] >= 0 and box[1] <= width + 1,
       "%s: the reason is in view" % name, box)
    ok(contrast(b, ".detail.shown mark") >= 4.5,
       "%s: the mark can be read" % name)
    if shots:
        b.shot("%s/%s-reason.png" % (shots, name))


def wide(b, page, shots):
    """A page of many steps, at three widths."""
    for width in (375, 768, 1366):
        for dark in (False, True):
            name = "%s, %d px%s" % (os.path.basename(page), width,
                                    ", dark" if dark else "")
            b.open("file://" + page, width=width, height=812, dark=dark)
            got = b.eval("document.documentElement.scrollWidth")
            ok(got <= width, "%s: nothing sticks out to the right" % name, got)
            got = b.eval("""(() => {
                const box = e => e.getBoundingClientRect();
                const head = [...document.querySelectorAll('.matrix thead th')];
                const bad = [];
                for (const tr of document.querySelectorAll(
                        '.matrix tbody tr:not(.group)'))
                    [...tr.children].forEach((e, i) => {
                        if (Math.abs(box(e).left - box(head[i]).left) > 1)
                            bad.push(e.textContent);
                    });
                return bad.length; })()""")
            same("%s: each cell is below its head" % name, got, 0)
            # no word of a name is wider than its line
            got = b.eval("""[...document.querySelectorAll(
                '.matrix tbody tr:not(.group) th')].filter(e =>
                e.scrollWidth > e.clientWidth || e.clientWidth < 100)
                .map(e => e.textContent)""")
            same("%s: each name has room" % name, got, [])
            got = b.eval("""(() => { const s = document.querySelector('.scroll');
                s.scrollLeft = 1e6; s.scrollTop = 1e6;
                const at = s.getBoundingClientRect();
                const th = document.querySelector('.matrix tbody tr:last-child th')
                    .getBoundingClientRect();
                const head = document.querySelector('.matrix thead th:last-child')
                    .getBoundingClientRect();
                return [Math.round(th.left - at.left) < 8,
                        Math.round(head.top - at.top) < 8]; })()""")
            same("%s: scrolled to the end, the names and the head are there" %
                 name, got, [True, True])
            got = b.eval("""(() => { %s
                return Math.min(...[...document.querySelectorAll('.cell small')]
                    .filter(e => e.textContent).map(e => ratio(e))); })()""" %
                         RATIO)
            ok(got >= 4.5, "%s: the seconds can be read" % name, got)
            if os.environ.get("AXE_CORE"):
                with open(os.environ["AXE_CORE"], encoding="utf-8") as f:
                    b.eval(f.read() + ";0")
                got = b.call("Runtime.evaluate", awaitPromise=True,
                             returnByValue=True, expression="""axe.run(document,
                    {rules: {"label-content-name-mismatch": {enabled: true}}})
                    .then(r => r.violations.map(v => [v.id, v.nodes.length,
                    v.nodes[0].html]))""")["result"]["value"]
                same("%s: axe has nothing to say" % name, got, [])
            if shots and not dark:
                b.eval("document.querySelector('.scroll').scrollLeft = 0;"
                       "document.querySelector('.scroll').scrollTop = 0;"
                       "document.querySelector('h2#matrix').scrollIntoView()")
                b.shot("%s/%s-%d.png" % (shots, os.path.basename(page), width))


def main(page, evil, *many):
    shots = os.environ.get("SHOTS", "")
    with Browser() as b:
        if os.environ.get("AXE_CORE"):
            b.call("Page.setBypassCSP", enabled=True)
        for ten in many:
            wide(b, ten, shots)
        b.call("Page.setBypassCSP", enabled=False)
        b.open("file://" + page)
        ok(b.eval("document.title").startswith("✗ userptr.CI.Custom: failure"),
           "the title is the mail's subject", b.eval("document.title"))
        same("the matrix: tests by steps", b.eval(
            "[document.querySelectorAll('.matrix tbody tr:not(.group)').length, "
            "document.querySelectorAll('.matrix tbody td').length]"), [6, 12])
        same("a cell has the word of its result", b.eval(
            "document.querySelector('%s .w').textContent" %
            (CELL % ("1:" + T + "coherency-unsync"))), "incomplete")
        same("known issues have their star", b.eval(
            "document.querySelectorAll('.matrix .known').length"), 4)
        same("no reason is open", b.eval(SHOWN), 0)

        b.click(CELL % ("1:" + T + "coherency-unsync"))
        same("a click opens its reason", b.eval(
            "document.querySelector('.detail.shown h3').textContent"),
            T + "coherency-unsync")
        ok("NULL pointer dereference, address: 00000000000000a8" in b.eval(
            "document.querySelector('.detail.shown .why').textContent"),
            "it says why")
        same("one line of the log is marked", b.eval(
            "[...document.querySelectorAll('.detail.shown mark')].map(e => "
            "e.textContent.replace(/^.*] /, ''))"),
            ["BUG: kernel NULL pointer dereference, address: "
             "00000000000000a8"])
        ok(b.eval("document.querySelector('.detail.shown .in').textContent"
                  ".split('\\n').length") > 20, "the lines that belong to it as well")
        same("the address names it", b.eval("decodeURIComponent("
             "location.hash)"), "#1:" + T + "coherency-unsync")
        same("the keyboard is in it", b.eval(
            "document.activeElement.className"), "detail shown")
        b.key("Escape", 27)
        same("Escape closes it", b.eval(SHOWN), 0)
        same("and the keyboard is back at the cell", b.eval(
            "document.activeElement.dataset.for"),
            "1:" + T + "coherency-unsync")

        same("the plot is an image, in its own shape", b.eval(
            "(() => { const i = document.querySelector('.cost img'); return "
            "[i.naturalWidth > 0, Math.round(10 * i.naturalWidth / "
            "i.naturalHeight)]; })()"), [True, 30])
        ok("owned" not in b.eval("document.title"), "it runs no script")

        b.click('button[data-filter="changed"]')
        same("rows that changed", b.eval(
            "[...document.querySelectorAll('.matrix tbody tr:not(.group)')].filter(e => "
            "e.offsetHeight).length"), 5)
        b.click('button[data-filter="all"]')
        same("all rows again", b.eval(
            "[...document.querySelectorAll('.matrix tbody tr:not(.group)')].filter(e => "
            "e.offsetHeight).length"), 6)

        b.open("file://%s#base:%sdmabuf-sync" % (page, T))
        same("a footnote of the mail opens its result", b.eval(
            "document.querySelector('.detail.shown h3').textContent"),
            T + "dmabuf-sync")
        for name, width, dark in (("light", 1280, False),
                                  ("dark", 1280, True),
                                  ("phone", 390, False),
                                  ("phone-dark", 390, True)):
            looks(b, page, shots, name, width, dark)

        b.call("Emulation.setScriptExecutionDisabled", value=True)
        b.open("file://" + page)
        ok(b.eval("document.querySelectorAll('.detail')[1].offsetHeight") > 0,
           "without script the reasons are below the matrix")
        b.call("Emulation.setScriptExecutionDisabled", value=False)
        same("nothing complains", b.complaints(), [])

        b.open("file://" + evil)
        b.click(CELL % ("1:" + T + "a"))
        ok("owned" not in b.eval("document.title"),
           "a hostile log runs no script")
        same("a hostile log adds no element", b.eval(
            "[document.images.length, document.scripts.length]"), [0, 1])
        ok("<script>" in b.eval("document.querySelector('.detail.shown mark')"
                                ".textContent"),
           "a hostile log is shown as it is")


if __name__ == "__main__":
    main(*sys.argv[1:])
