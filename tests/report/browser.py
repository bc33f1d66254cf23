# SPDX-License-Identifier: GPL-2.0-only
"""Drive a headless Chromium over its debugging pipe: no driver, no network.

    with Browser() as b:
        b.open("file:///.../page.html", width=390, dark=True)
        b.eval("document.title")
        b.shot("page.png")
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--remote-debugging-pipe"]


class Browser:
    """One Chromium with one page.  Every call ends within TIMEOUT seconds."""

    TIMEOUT = 60

    def __init__(self, program="chromium"):
        self.profile = tempfile.mkdtemp(prefix="i915-userptr-browser.")
        to_r, self.to = os.pipe()
        self.back, back_w = os.pipe()
        # Chromium reads commands on descriptor 3 and answers on 4.
        self.proc = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_r, back_w), "-",
             program] + FLAGS + ["--user-data-dir=" + self.profile,
                                 "about:blank"],
            pass_fds=(to_r, back_w), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_r)
        os.close(back_w)
        self.rest, self.n, self.events = b"", 0, []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page[
            "targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        try:
            self.proc.wait(10)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        os.close(self.back)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self, end):
        """The next message."""
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise TimeoutError("Chromium does not answer")
            got = os.read(self.back, 1 << 20)
            if not got:
                raise EOFError("Chromium went away")
            self.rest += got
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.n += 1
        msg = {"id": self.n, "method": method, "params": params}
        if getattr(self, "session", None):
            msg["sessionId"] = self.session
        os.write(self.to, json.dumps(msg).encode() + b"\0")
        end = time.monotonic() + self.TIMEOUT
        while True:
            got = self.read(end)
            if got.get("id") == self.n:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]))
                return got["result"]
            self.events.append(got)

    def open(self, url, width=1280, height=800, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 700)
        self.call("Emulation.setEmulatedMedia", features=[{
            "name": "prefers-color-scheme",
            "value": "dark" if dark else "light"}])
        # Away first: another fragment of the same file is no new load.
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=url)
        end = time.monotonic() + self.TIMEOUT
        while self.eval("document.readyState + location.protocol") != \
                "completefile:":
            if time.monotonic() > end:
                raise TimeoutError(url)
            time.sleep(.05)

    def eval(self, text):
        got = self.call("Runtime.evaluate", expression=text,
                        returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(got["exceptionDetails"])
        return got["result"].get("value")

    def click(self, selector):
        """A real click in the middle of the first match."""
        x, y = self.eval(
            "(() => { const e = document.querySelector(%s);"
            "e.scrollIntoView({block: 'center'});"
            "const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
            % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y,
                      button="left", clickCount=1)
        self.eval("new Promise(r => setTimeout(r, 50))")

    def key(self, name, code):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name,
                      code=name, windowsVirtualKeyCode=code)
        self.eval("new Promise(r => setTimeout(r, 50))")

    def shot(self, path, whole=False):
        got = self.call("Page.captureScreenshot", format="png",
                        captureBeyondViewport=whole)
        with open(path, "wb") as f:
            f.write(base64.b64decode(got["data"]))

    def complaints(self):
        """What the page or its policy wrote to the console: texts."""
        out = []
        for e in self.events:
            p = e.get("params", {})
            if e.get("method") == "Log.entryAdded":
                out.append(p["entry"]["text"])
            elif e.get("method") == "Runtime.exceptionThrown":
                out.append(p["exceptionDetails"]["text"])
        return out
