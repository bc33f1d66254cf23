# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of our Python share: commands of ci/ as functions of this process."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import sys
import typing

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "ci"))


def load(path):
    """A command as a module"""
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


class Ran(typing.NamedTuple):
    """What a command left: its exit status, and its texts"""
    rc: int
    out: str
    err: str


@pytest.fixture(scope="session")
def commands():
    return {name: load(ROOT / "ci" / name) for name in ("stages/verdict", "report")}


def command(name, commands, capsys):
    def run(*args):
        try:
            rc = commands[name].main([os.fspath(a) for a in args])
        except SystemExit as end:
            rc = end.code
        return Ran(rc, *capsys.readouterr())
    return run


@pytest.fixture
def verdict(commands, capsys):
    """ci/stages/verdict"""
    return command("stages/verdict", commands, capsys)


@pytest.fixture
def report(commands, capsys):
    """ci/report"""
    return command("report", commands, capsys)


class Folder:
    """A copy of a folder of records, to be changed"""

    def __init__(self, source, to):
        shutil.copytree(source, to)
        self.path = to

    def change(self, name, edit):
        """edit(text) is the new text of that file."""
        file = self.path / name
        file.write_text(edit(file.read_text(errors="surrogateescape")),
                        errors="surrogateescape")

    def both(self, edit):
        """Change both logs of the kernel."""
        for name in ("dmesg-1.txt", "console-1.txt"):
            self.change(name, edit)

    def append(self, name, line):
        self.change(name, lambda text: text + line + "\n")
