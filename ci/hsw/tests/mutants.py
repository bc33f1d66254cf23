#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Wrong devices, each of which a unit test or a short fuzz run must notice.

    mutants.py [--all] [--jobs N] [--out DIR] [NAME...]

A mutant is a file in tests/mutants: what is wrong (second line), the `file` that a
`sed -E` script makes wrong, and what must `catch` it: test programs and fuzz targets.
The first of these is built and run, with --all each of them. All must pass on the
device as it is. Prints TAP; exit 0: all were noticed, 1: one was not, 2: wrong usage,
or a mutant that changes nothing or does not compile.
"""
import argparse
import concurrent.futures
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile

HSW = pathlib.Path(__file__).resolve().parent.parent
RUNS = 3000
SECONDS = 120


class Broken(Exception):
    """The mutant, not the device, is wrong."""


class Mutant:
    """One file of tests/mutants."""

    def __init__(self, path):
        lines = path.read_text().split("\n")
        words = dict(line.split(" ", 1) for line in lines[2:] if line)
        self.name = path.name
        try:
            self.what = lines[1].removeprefix("# ")
            self.file, self.sed = words["file"], words["sed"]
            self.catch = words["catch"].split()
        except KeyError as missing:
            raise Broken(f"{path}: no line {missing}") from None


class Yard:
    """A copy of the sources, and what is built of them, for one job."""

    def __init__(self, folder, baseline=None):
        self.src, self.out = folder / "hsw", folder / "out"
        source = baseline or None
        shutil.copytree(HSW, self.src) if not source else \
            shutil.copytree(source.src, self.src, copy_function=shutil.copy2)
        if source:
            shutil.copytree(source.out, self.out, copy_function=shutil.copy2,
                            symlinks=True)

    def make(self, *targets):
        """The output of a make that failed, or None."""
        done = subprocess.run(
            ["make", "-s", "-C", self.src, f"O={self.out}", "SAN=-O1",
             "FUZZ_OBJ_SAN=fuzzer-no-link", "FUZZ_SAN=fuzzer", *targets],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.stdout if done.returncode else None

    def target(self, catcher):
        """The program of a catcher."""
        return self.out / ("fuzz" if catcher.startswith("fuzz_") else "tests") / catcher

    def notices(self, catcher):
        """How the catcher fails, or None if it passes."""
        program = [str(self.target(catcher))]
        if catcher.startswith("fuzz_"):
            program += ["-seed=1", f"-runs={RUNS}", "-timeout=20",
                        f"-artifact_prefix={self.out}/found-",
                        str(self.out / "fuzz/seeds" / catcher.removeprefix("fuzz_"))]
        environment = dict(os.environ, HSW_TEST_ROUNDS="50",
                           LLVM_PROFILE_FILE="/dev/null")
        try:
            done = subprocess.run(program, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=SECONDS,
                                  env=environment, check=False)
        except subprocess.TimeoutExpired:
            return "does not end"
        if not done.returncode:
            return None
        for line in done.stdout.decode(errors="replace").split("\n"):
            if line.startswith("not ok") or "must hold" in line or "ERROR" in line:
                return line.split(" - ", 1)[-1].split("does not: ")[-1][:70]
        return f"exit code {done.returncode}"

    def try_mutant(self, mutant, catchers):
        """[(catcher, how it fails or None)] of the mutant; the source is put back."""
        path = self.src / mutant.file
        text = path.read_text()
        done = subprocess.run(["sed", "-E", mutant.sed], input=text, text=True,
                              stdout=subprocess.PIPE, check=False)
        if done.returncode or done.stdout == text:
            raise Broken(f"{mutant.name}: sed changes nothing in {mutant.file}")
        path.write_text(done.stdout)
        try:
            failed = self.make(*(str(self.target(c)) for c in catchers))
            if failed:
                raise Broken(f"{mutant.name}: does not compile:\n{failed}")
            return [(c, self.notices(c)) for c in catchers]
        finally:
            path.write_text(text)


def read_mutants(names):
    """The mutants of these names, or all."""
    folder = HSW / "tests" / "mutants"
    known = sorted(p.name for p in folder.iterdir())
    for name in names:
        if name not in known:
            raise Broken(f"no mutant {name} in {folder}")
    return [Mutant(folder / name) for name in names or known]


def run(args, mutants, scratch):
    """Prints a line for each mutant; how many were not noticed."""
    catchers = sorted({c for m in mutants for c in (m.catch if args.all else m.catch[:1])})
    first = Yard(scratch / "0")
    fuzz = any(c.startswith("fuzz_") for c in catchers)
    failed = first.make(f"-j{args.jobs}", *(str(first.target(c)) for c in catchers),
                        *([str(first.out / "fuzz/seeds")] if fuzz else []))
    if failed:
        raise Broken(f"the device does not compile:\n{failed}")
    for catcher in catchers:
        how = first.notices(catcher)
        if how:
            raise Broken(f"{catcher} fails on the device as it is: {how}")
    yards = queue.Queue()
    yards.put(first)
    for job in range(1, args.jobs):
        yards.put(Yard(scratch / str(job), first))

    def one_mutant(mutant):
        yard = yards.get()
        try:
            return yard.try_mutant(mutant, mutant.catch if args.all else mutant.catch[:1])
        finally:
            yards.put(yard)

    missed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for number, (mutant, seen) in enumerate(
                zip(mutants, pool.map(one_mutant, mutants)), 1):
            by = ", ".join(f"{c}: {how}" for c, how in seen if how)
            blind = [c for c, how in seen if not how]
            missed += bool(blind)
            print(f"{'not ' if blind else ''}ok {number} - {mutant.name}: {mutant.what}: "
                  f"{('not noticed by ' + ', '.join(blind)) if blind else by}", flush=True)
    print(f"1..{len(mutants)}")
    return missed


def main():
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Wrong devices, each of which a test must notice.")
    parser.add_argument("--all", action="store_true",
                        help="each catcher of a mutant, not only the first")
    parser.add_argument("--jobs", type=int, default=2, help="at the same time (2)")
    parser.add_argument("names", nargs="*", metavar="NAME")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hsw-mutants-") as scratch:
        try:
            return 1 if run(args, read_mutants(args.names), pathlib.Path(scratch)) else 0
        except Broken as bad:
            print(f"mutants.py: {bad}", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
