#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds ci/hsw against the layers that the file `layers` lists, the lowest first.

    layers.py [DIR]

A module is X.c with X.h. It may include the headers, and use the names, of modules
in lower layers. device.h is apart: it includes the headers with the parts' state,
each .c file may include it, and no header may. Prints one line for each include and
each name that goes up or sideways, and exits 1; 2: DIR is no such folder.
"""
import pathlib
import re
import sys

SHARED = "device"
TAG = re.compile(r"\b(?:struct|enum|union)\s+(\w+)\s*\{")


def code_of(path):
    """The text without comments and strings, #include lines kept."""
    text = path.read_text()
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    return re.sub(r'(?<!#include )"(?:\\.|[^"\\\n])*"', '""', text)


def names_of(text):
    """What a header defines: macros, functions, variables, types, enumerators."""
    names = set(re.findall(r"^#define\s+(\w+)", text, re.M))
    names = {n for n in names if not n.endswith("_H")}
    plain = re.sub(r"^#.*?(?<!\\)$", "", text, flags=re.M | re.S)
    for body in re.findall(r"\benum\s*\w*\s*\{(.*?)\}", plain, re.S):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", body))
    names |= {f"struct {n}" for n in TAG.findall(plain)}
    while re.search(r"\{[^{}]*\}", plain):
        plain = re.sub(r"\{[^{}]*\}", "", plain)
    for line in plain.split(";"):
        words = line.split("(")[0].split("[")[0].split("=")[0]
        found = re.findall(r"\w+", words)
        if len(found) > 1 and not re.match(r"\s*(struct|enum|union)\s+\w+\s*$", line):
            names.add(found[-1])
    return names


def read_layers(path):
    """Module: number of its layer, and the problems of the file itself."""
    layer, bad = {}, []
    lines = [re.sub("#.*", "", line).split() for line in path.read_text().split("\n")]
    for number, modules in enumerate(filter(None, lines)):
        for module in modules:
            if module in layer:
                bad.append(f"layers: {module} is listed twice")
            layer[module] = number
    return layer, bad


def check(folder):
    """A line for each thing that is not as the layers say."""
    layer, bad = read_layers(folder / "layers")
    files = sorted(folder.glob("*.[ch]"))
    text = {path.name: code_of(path) for path in files}
    modules = {path.stem for path in files} - {SHARED}
    bad += [f"{m}: is not in layers" for m in sorted(modules - set(layer))]
    bad += [f"layers: {m} is listed, and there is no such file"
            for m in sorted(set(layer) - modules)]
    owner = {}
    for path in files:
        if path.suffix == ".h" and path.stem != SHARED:
            for name in names_of(text[path.name]):
                if owner.setdefault(name, path.stem) != path.stem:
                    bad.append(f"{path.name} defines {name}, as {owner[name]}.h does")
    for path in files:
        own = layer.get(path.stem)
        header = path.suffix == ".h"
        for other in re.findall(r'^#include "(\w+)\.h"', text[path.name], re.M):
            if other == SHARED:
                if header:
                    bad.append(f"{path.name}: a header includes {SHARED}.h")
            elif path.stem not in (other, SHARED) and other in layer and own is not None \
                    and layer[other] >= own:
                bad.append(f"{path.name} includes {other}.h, which is not below it")
        if path.stem == SHARED or own is None:
            continue
        words = set(re.findall(r"(?<![.>\w])\w+", text[path.name]))
        words |= {f"struct {n}" for n in
                  re.findall(r"\b(?:struct|enum|union)\s+(\w+)", text[path.name])}
        used = {}
        for word in words:
            other = owner.get(word)
            if other not in (None, path.stem) and layer.get(other, -1) >= own:
                used.setdefault(other, []).append(word)
        for other, taken in sorted(used.items()):
            bad.append(f"{path.name} uses {', '.join(sorted(taken))} of {other}, "
                       "which is not below it")
    return bad


def main():
    """The command line."""
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else pathlib.Path(__file__).resolve().parent.parent)
    if len(sys.argv) > 2 or not (folder / "layers").is_file():
        print(f"layers.py: {folder} has no file 'layers'; usage: layers.py [DIR]",
              file=sys.stderr)
        return 2
    bad = check(folder)
    for line in bad:
        print(line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
