# SPDX-License-Identifier: GPL-2.0-only
"""A plugin of pytest for tests/run: TAP on stdout, a line for each case.

    PYTHONPATH=tests pytest-3 -p tap --capture=sys FILE
"""

import os

import pytest


class Tap:
    def __init__(self):
        self.count = 0

    def say(self, text):
        os.write(1, (text + "\n").encode("utf-8", "replace"))

    def case(self, good, name, why=""):
        self.count += 1
        self.say("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        if not good:
            self.say("\n".join("# " + l for l in why.split("\n")))

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("::")[2].replace("#", "").replace("test_", "", 1)
        if report.skipped:
            self.case(True, "%s # SKIP %s" % (name, report.longrepr[2].partition(": ")[2]))
        elif report.when == "call" or report.failed:
            self.case(report.passed, name, report.longreprtext)

    def pytest_collectreport(self, report):
        if report.failed:
            self.case(False, report.nodeid, report.longreprtext)

    def pytest_sessionfinish(self):
        self.say("1..%d" % self.count)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Tap())
