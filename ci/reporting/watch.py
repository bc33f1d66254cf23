# SPDX-License-Identifier: GPL-2.0-only
"""ci/patchwork watch: new series of a project, each revision run once.

One pass over what is new; --every makes it go on.  What was done is in a state
file, written before and after each run, so that a pass may be ended at any time.
"""

import datetime
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import traceback
import urllib.parse

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TRIES = 3           # of a series whose run ended because the harness failed
BIG = 8 << 20       # bytes of a report that is still read
# Files of a diff, as git and diff -u name them.
NAMES = re.compile(rb"^(?:---|\+\+\+) [ab]/([^\t\n\r]+)|"
                   rb"^rename (?:from|to) ([^\n\r]+)|"
                   rb"^diff --git a/(\S+) b/\S+", re.M)


class State:
    """The state file; one watch at a time has it."""

    def __init__(self, path, die):
        self.path, self.die = path, die
        try:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
            self.lock = open(path + ".lock", "a", encoding="utf-8")
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            die(2, "another watch is at work with --state %s: let it end, or "
                "give this one a state of its own" % path)
        except OSError as err:
            die(2, "cannot write --state %s: %s" % (path, err.strerror))
        self.data = {"version": 1, "series": {}, "runs": {}}
        try:
            with open(path, encoding="utf-8") as f:
                data = json.load(f)
            if data["version"] != 1 or not isinstance(data["series"], dict) \
                    or not isinstance(data["runs"], dict):
                raise ValueError
            self.data = data
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError, OSError):
            die(2, "--state %s is damaged: what was run stands in it. Mend it, "
                "or take it away and give a later --since" % path)

    def save(self):
        try:
            with open(self.path + ".tmp", "w", encoding="utf-8") as f:
                json.dump(self.data, f, indent=1, sort_keys=True)
                f.flush()
                os.fsync(f.fileno())
            os.replace(self.path + ".tmp", self.path)
        except OSError as err:
            self.die(3, "cannot write --state %s: %s" % (self.path,
                                                         err.strerror))

    def get(self, key):
        return self.data["series"].get(key, {})

    def put(self, key, **fields):
        entry = self.data["series"].setdefault(key, {})
        entry.update(fields, when=int(time.time()))
        self.save()

    def today(self):
        day = time.strftime("%Y-%m-%d", time.gmtime())
        self.data["runs"] = {day: self.data["runs"].get(day, 0)}
        return self.data["runs"][day]

    def count(self):
        self.today()
        for day in self.data["runs"]:
            self.data["runs"][day] += 1


def since(text, die):
    """"7d" or an ISO date; as the APIs take it."""
    if re.fullmatch(r"[1-9]\d{0,3}d", text):
        at = datetime.datetime.utcfromtimestamp(
            time.time() - 86400 * int(text[:-1]))
    else:
        try:
            at = datetime.datetime.fromisoformat(text)
        except ValueError:
            die(2, "--since '%s' is neither a date like 2018-03-26 nor a number "
                "of days like 7d" % text)
        if at.tzinfo:
            at = at.astimezone(datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S")


class Series:
    """One revision.  patch: where getpatchwork takes a check, its last one."""

    def __init__(self, o, raw):
        self.id = int(raw["id"])
        self.version = int(raw.get("version") or 1)
        # it goes to our log: no escape sequences
        self.name = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", str(
            raw.get("name") or "")).split())
        self.patch = None
        if o.api == "freedesktop":
            self.whole = raw.get("state") != "incomplete"
            self.page = "%s/series/%d/#rev%d" % (o.url, self.id, self.version)
        else:
            self.whole = bool(raw.get("received_all", True))
            self.page = "%s/project/%s/list/?series=%d" % (o.url, o.project,
                                                           self.id)
            patches = [p for p in raw.get("patches") or [] if "id" in p]
            if patches:
                # They come in any order: sort them by the N/M of their names, then by number.
                self.patch = int(max(patches, key=lambda p: (
                    [int(n) for n in re.findall(
                        r"\b(\d+)/\d+\]", str(p.get("name", ""))[:80])][:1],
                    int(p["id"])))["id"])
        self.key = "%d/%d" % (self.id, self.version)


def listed(o, pw):
    """The series that are new since --since, the oldest first."""
    quoted = urllib.parse.quote(o.project, safe="")
    if o.api == "freedesktop":
        url = "%s/api/1.0/projects/%s/series/?%s" % (
            o.url, quoted, urllib.parse.urlencode({
                "updated_since": o.after, "ordering": "last_updated",
                "perpage": 100}))
    else:
        url = "%s/api/series/?%s" % (o.url, urllib.parse.urlencode({
            "project": o.project, "since": o.after, "order": "date",
            "per_page": 100}))
    out = []
    for raw in pw.get_json(url):
        try:
            out.append(Series(o, raw))
        except (KeyError, TypeError, ValueError):
            pw.die(3, "%s: it is no list of series" % url)
    return sorted(out, key=lambda s: (s.id, s.version))


def touches(path, prefixes):
    """Does a patch of the mailbox touch one of the paths?"""
    with open(path, "rb") as f:
        raw = f.read()
    # quoted-printable breaks lines and base64 hides them: look at the mails
    import mailbox
    names = set()
    texts = [raw]
    box = mailbox.mbox(path)
    try:
        texts += [p.get_payload(decode=True) or b"" for m in box
                  for p in m.walk() if not p.is_multipart()]
    except (RecursionError, ValueError, TypeError, LookupError):
        pass        # Somebody made a mail that is none: ci/mailbox will refuse it.
    finally:
        box.close()
    for text in texts:
        for m in NAMES.finditer(text):
            names.add((m.group(1) or m.group(2) or m.group(3)).decode(
                "utf-8", "replace"))
    return any(n == p or n.startswith(p.rstrip("/") + "/")
               for n in names for p in prefixes)


class Watch:
    def __init__(self, o, pw):
        self.o, self.pw, self.child = o, pw, None
        self.state = State(o.state, pw.die)
        self.left = 0       # what a failure of the server or of the harness left undone
        self.ready = False

    def say(self, text):
        print("watch: " + text, flush=True)

    def stop(self, *_):
        """If this program ends, its run ends as well, and the state has it as not ended."""
        if self.child:
            self.end_child()
        sys.exit(143)

    def end_child(self):
        for sig, wait in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.child.pid, sig)
                self.child.wait(wait)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue

    def command(self, argv, log):
        """Its exit status; None if it took too long.  A group of its own, so
        that all of it can be ended."""
        with open(log, "ab") as f:
            env = {k: v for k, v in os.environ.items()
                   if not k.startswith("PATCHWORK_")}
            # If this program is killed, its run must end.
            self.child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--"] + argv,
                stdin=subprocess.DEVNULL, stdout=f, stderr=f, env=env,
                start_new_session=True)
            try:
                return self.child.wait(60 * self.o.timeout)
            except subprocess.TimeoutExpired:
                self.end_child()
                return None
            finally:
                self.child = None

    def prepare(self):
        """Run the base with the same options, outside of the sandbox and before the
        first series. If the net fails, or an option is wrong, no series is to blame."""
        if self.ready:
            return
        o = self.o
        os.makedirs(o.out, exist_ok=True)
        log = os.path.join(o.out, "base.log")
        with open(log, "w", encoding="utf-8"):
            pass
        self.say("the base, for the cache")
        rc = self.command(o.base(os.path.join(o.out, "base")), log)
        if rc not in (0, 1):
            self.pw.die(2 if rc == 2 else 3, "the base cannot be run, so no "
                        "series is: %s (log: %s)" % (
                            "no end within %g minutes" % o.timeout
                            if rc is None else last_line(log), log))
        self.ready = True

    def fetch(self, s, mbox):
        """Fetch a series: True if it worked. If it did not, the next series is still
        tried."""
        o = self.o
        o.series, o.revision = str(s.id), str(s.version)
        o.page = s.page
        try:
            self.pw.fetch_to(o, mbox, mbox + ".about")
        except SystemExit as err:       # the command printed the reason
            if err.code not in (2, 3):
                raise                   # a signal asked us to end
            self.left += 1
            self.state.put(s.key, state="not fetched", name=s.name)
            self.say("%s: not fetched, again in the next pass" % s.page)
            return False
        return True

    def one(self, s):
        """A series that is whole and was not done: True if it was run, None if
        it could not be fetched."""
        o, st = self.o, self.state
        tries = st.get(s.key).get("tries", 0)
        folder = os.path.join(o.out, "%d-%d" % (s.id, s.version))
        os.makedirs(folder, exist_ok=True)
        mbox = os.path.join(folder, "mbox")
        if not self.fetch(s, mbox):
            return None
        if not touches(mbox, o.prefixes):
            shutil.rmtree(folder, ignore_errors=True)   # most series are of this kind
            st.put(s.key, state="other", name=s.name)
            return False
        if st.today() >= o.most:
            self.say("%s: %d runs today, the rest waits for tomorrow (--most)"
                     % (s.page, o.most))
            raise StopIteration
        self.prepare()
        st.count()
        st.put(s.key, state="running", tries=tries + 1, name=s.name)
        self.say("%s: %s: run %d" % (s.page, s.name, tries + 1))
        out, log = os.path.join(folder, "out"), os.path.join(folder, "log")
        # An earlier try left files of somebody else, whose folders may be too deep for
        # Python.
        subprocess.run(["rm", "-rf", "--", out], check=False)
        rc = self.command(o.runner(mbox, out), log)
        if rc in (0, 1):
            self.report(s, os.path.join(out, "report.json"), rc)
        elif rc == 2:
            st.put(s.key, state="refused", why=last_line(log))
            self.say("%s: refused: %s" % (s.page, last_line(log)))
        else:
            self.missed(s, "no end within %g minutes" % o.timeout
                        if rc is None else last_line(log))
        return True

    def missed(self, s, why):
        """The harness failed, which says nothing of the series: try again."""
        self.left += 1
        gone = self.state.get(s.key).get("tries", 0) >= TRIES
        self.state.put(s.key, state="gave up" if gone else "again", why=why)
        self.say("%s: MISS%s: %s" % (s.page, ", given up" if gone else "",
                                     why))

    def report(self, s, path, rc):
        """Code of somebody else wrote the report. It is not posted if it is no file, or
        if it does not agree with the exit status. Nothing is written where that code
        could write, since a link may be there."""
        st = self.state
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(fd, "rb") as f:
                raw = f.read(BIG + 1) if stat.S_ISREG(
                    os.fstat(fd).st_mode) else b""
            run = json.loads(raw)
            good = len(raw) <= BIG and run["state"] in (
                "success", "warning", "failure") and \
                (run["state"] == "success") == (rc == 0)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            good = False
        if good:
            mine = os.path.join(os.path.dirname(os.path.dirname(path)),
                                "report.json")
            with open(mine, "wb") as f:
                f.write(raw)
            # Build the request without sending it, to find what is wrong with it.
            good = self.request(s.key, mine, s.patch).returncode == 0
        if not good:
            self.missed(s, "no report that goes with exit status %d" % rc)
            return
        # Note first what will be posted. If this program ends here, it posts it the
        # next time; the server tells whether it has it already.
        st.put(s.key, state="to post", report=mine, result=run["state"],
               patch=s.patch, page=s.page)
        self.post(s.key)

    def request(self, key, report, patch, *more):
        """ci/patchwork post, without --post unless it is in more."""
        o = self.o
        series, revision = key.split("/")
        argv = [sys.executable, os.path.join(HERE, "patchwork"), "post",
                "--api", o.api, "--url", o.url, "--report", report,
                "--ledger", o.state + ".posted"]
        argv += ["--series", series, "--revision", revision] \
            if o.api == "freedesktop" else ["--patch", str(patch)]
        if o.more:
            argv += ["--more", o.more.replace("{series}", series).replace(
                "{revision}", revision)]
        return subprocess.run(argv + list(more), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)

    def post(self, key):
        o, st = self.o, self.state
        entry = st.get(key)
        r = self.request(key, entry["report"], entry["patch"],
                         *(["--post"] if o.post else []))
        said = r.stdout.decode("utf-8", "replace").strip().split("\n")
        if r.returncode == 0:
            st.put(key, state="done" if o.post else "not posted")
            self.say("%s: %s: %s" % (
                entry["page"], entry["result"], said[-1] if o.post else
                "not posted, for --post is not there"))
        else:
            # 3: the server did not answer; 2: it refuses, which may be mended
            self.left += 1
            self.say("%s: not posted, again in the next pass: %s" % (
                entry["page"], said[-1]))

    def once(self):
        """One pass: 0, or 3 if a failure left something undone."""
        self.left, self.ready = 0, False
        for key in [k for k, e in self.state.data["series"].items()
                    if e.get("state") == "to post" or
                    (self.o.post and e.get("state") == "not posted")]:
            self.post(key)
        found = listed(self.o, self.pw)
        news = [s for s in found if self.state.get(s.key).get("state") not in (
            "done", "other", "refused", "gave up", "to post", "not posted")]
        # New series first, then those that failed before: they may fail again and take
        # all of --timeout. Those that could not be fetched come last.
        news.sort(key=lambda s: (
            self.state.get(s.key).get("state") == "not fetched",
            self.state.get(s.key).get("tries", 0)))
        ran = lost = 0
        for s in news:
            if not s.whole:
                continue            # the next pass may find the rest
            try:
                done = self.one(s)
            except StopIteration:
                break
            except Exception:       # pylint: disable=broad-except
                # One series shows a bug of this program: the others go on.
                traceback.print_exc()
                self.state.put(s.key, tries=self.state.get(s.key).get(
                    "tries", 0) + 1)
                self.missed(s, "a fault of the watch itself: see its output")
                done = True
            ran += bool(done)
            lost = lost + 1 if done is None else 0
            if lost == 2:
                break               # the server is away
        self.say("%d series since %s, %d new, %d run" % (
            len(found), self.o.after, len(news), ran))
        return 3 if self.left else 0


def last_line(path):
    try:
        with open(path, "rb") as f:
            f.seek(0, os.SEEK_END)
            f.seek(max(0, f.tell() - 4000))
            lines = f.read().decode("utf-8", "replace").strip().split("\n")
    except OSError:
        return ""
    return re.sub(r"[^\x20-\x7e]+", " ", lines[-1])[-300:]


def main(o, pw):
    if not o.project or not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", o.project):
        pw.die(2, "watch wants --project NAME: see ci/patchwork --help")
    if not o.since:
        pw.die(2, "watch wants --since DATE, or a number of days like 7d")
    if not re.fullmatch(r"[1-9]\d{0,3}", o.most or "10"):
        pw.die(2, "--most '%s' is not a number of runs a day" % o.most)
    for name, text in (("every", o.every), ("timeout", o.timeout)):
        if text and not re.fullmatch(r"\d{1,5}(\.\d+)?", text):
            pw.die(2, "--%s '%s' is not a number of minutes" % (name, text))
    since(o.since, pw.die)
    o.most, o.timeout = int(o.most or 10), float(o.timeout or 240)
    o.prefixes = [p for p in (o.paths or "drivers/gpu/drm/i915").split(",")
                  if p]
    cache = os.path.dirname(o.ledger)
    who = hashlib.sha256(o.url.encode()).hexdigest()[:8]
    o.state = o.state or os.path.join(cache, "watch-%s-%s.json" % (
        o.project, who))
    o.out = os.path.abspath(o.out or "build/watch")
    mine = o.run or [os.path.join(HERE, "run")]

    def runner(mbox, out):
        if o.run:
            return o.run + ["--mbox", mbox, "--out", out] + o.args
        return [os.path.join(HERE, "sandbox"), "--out", out, "--read", mbox,
                "--read", mbox + ".about", "--"] + mine + [
                    "--mbox", mbox, "--out", out] + o.args

    def base(out):
        return mine + ["--out", out] + o.args + ["--steps", "base"]

    o.runner, o.base = runner, base
    if not shutil.which("setpriv"):
        pw.die(2, "setpriv is missing: apt-get install util-linux")
    if o.post:
        pw.credentials(o)           # Find out before a run whether it is there.
    watch = Watch(o, pw)
    signal.signal(signal.SIGTERM, watch.stop)
    signal.signal(signal.SIGINT, watch.stop)
    while True:
        o.after = since(o.since, pw.die)
        try:
            rc = watch.once()
        except SystemExit as err:
            # The server does not answer: the next pass may reach it.
            if not o.every or err.code != 3:
                raise
            watch.say("the pass ended early, the next one in %s minutes"
                      % o.every)
        else:
            if not o.every:
                sys.exit(rc)
        time.sleep(60 * float(o.every))
