# SPDX-License-Identifier: GPL-2.0-only
"""A table and a plot of what ci/bench measured.

    ci/stages/verdict bench-table BENCH.tsv [--md FILE] [--svg FILE]

The table has a row for each thing that was measured and a column for each kernel:
the first one's value, then the others' in per cent of it.  The plot has the same
ratios on a logarithmic scale, a row each, a mark for each kernel.  Counts (uses,
calls) are only in the table.  Without a file both are left out but the table,
which is printed.  Exit 2: the input is wrong.
"""

import math

from .. import Wrong

HEAD = "base step what objects where value unit".split()
COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7",
           "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0", "#1f7a8c")


def load(path):
    """(kernels, rows, unit of each row, {(kernel, row): value})"""
    kernels, rows, units, value = [], [], {}, {}
    try:
        with open(path, encoding="utf-8") as f:
            lines = [l.split("\t") for l in f.read().splitlines()]
    except OSError as err:
        raise Wrong("%s: %s" % (path, err.strerror))
    if not lines or lines[0] != HEAD:
        raise Wrong("%s: not the head of ci/bench's bench.tsv" % path)
    for n, cells in enumerate(lines[1:], 2):
        if len(cells) != len(HEAD) or not cells[5].isdigit():
            raise Wrong("%s:%d: not a line of ci/bench" % (path, n))
        base, step, what, objects, where, number, unit = cells
        kernel, row = (base, step), (what, objects, where)
        if kernel not in kernels:
            kernels.append(kernel)
        if row not in rows:
            rows.append(row)
        if (kernel, row) in value:
            raise Wrong("%s:%d: %s is there twice" % (path, n, " ".join(cells[:5])))
        units[row] = unit
        value[kernel, row] = int(number)
    if not value:
        raise Wrong("%s holds no value" % path)
    return kernels, rows, units, value


def name(kernel, first):
    """The number of a step of the first kernel's base; the name of another base."""
    base, step = kernel
    if base != first[0]:
        return base if step == "base" else "%s+%s" % kernel
    return "base" if step == "base" else "step " + step


def title(row):
    what, objects, where = row
    out = what.replace("dontneed", "MADV_DONTNEED")
    if where in ("apart", "inside"):
        out += ", no object" if objects == "0" else ", %s %s" % (objects, where)
    elif where != "-":
        out += ", " + where.replace("no-rest", "no rest")
    return out


def table(kernels, rows, units, value):
    first = kernels[0]
    head = ["", name(first, first)] + [name(k, first) for k in kernels[1:]]
    lines = ["| " + " | ".join(head) + " |",
             "|---|" + "---:|" * (len(head) - 1)]
    for row in rows:
        base = value.get((first, row))
        cells = [title(row)]
        for k in kernels:
            v = value.get((k, row))
            if v is None:
                cells.append("-")
            elif units[row] != "ns":
                cells.append("%d %s" % (v, units[row]) if k == first
                             else "%d" % v)
            elif k == first:
                cells.append("%d" % v)
            else:
                cells.append("%.0f %%" % (100 * v / base) if base else "-")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def ticks(least, most):
    out = [t for e in range(-3, 5) for t in
           (10.0 ** e, 2 * 10.0 ** e, 5 * 10.0 ** e) if least <= t <= most]
    return out or [1.0]


def plot(kernels, rows, units, value):
    first = kernels[0]
    rows = [r for r in rows if units[r] == "ns" and value.get((first, r))]
    ratio = {(k, r): value[k, r] / value[first, r] for k in kernels[1:]
             for r in rows if value.get((k, r))}
    if not ratio:
        raise Wrong("one kernel: there is nothing to plot it against")
    least = min(min(ratio.values()), 1) / 1.1
    most = max(max(ratio.values()), 1) * 1.1
    left, width, step, top = 250, 640, 18, 46
    height = top + step * len(rows) + 40

    def x(v):
        return left + (width - left - 20) * math.log(v / least) / \
            math.log(most / least)

    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
           'font-family="sans-serif" font-size="11">' % (width, height),
           '<title>Instructions of each call against %s %s</title>' % first,
           '<rect width="100%" height="100%" fill="#fff"/>']
    at = 10
    for k, colour in zip(kernels[1:], COLOURS * 9):
        label = name(k, first)
        out.append('<circle cx="%d" cy="14" r="4" fill="%s"/>'
                   '<text x="%d" y="18">%s</text>' % (at, colour, at + 8, label))
        at += 22 + 7 * len(label)
    for t in ticks(least, most):
        out.append('<path d="M%.1f %dV%d" stroke="%s"/>' % (
            x(t), top - 8, height - 32, "#333" if t == 1 else "#ddd"))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%g %%</text>' % (
            x(t), height - 16, 100 * t))
    for i, r in enumerate(rows):
        y = top + step * i + 4
        out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (
            left - 8, y + 4, title(r)))
        for n, (k, colour) in enumerate(zip(kernels[1:], COLOURS * 9)):
            if (k, r) in ratio:
                # Marks of nearly the same value stand side by side.
                dy = (n - (len(kernels) - 2) / 2) * min(1.6, 12 / len(kernels))
                out.append('<circle cx="%.1f" cy="%.1f" r="3" fill="%s" '
                           'fill-opacity=".8"/>' % (
                               x(ratio[k, r]), y + dy, colour))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main(args):
    args, want, path = list(args), {}, None
    while args:
        a = args.pop(0)
        if a in ("--md", "--svg") and args:
            want[a] = args.pop(0)
        elif a.startswith("-") or path:
            raise Wrong("usage: ci/stages/verdict bench-table BENCH.tsv [--md FILE] [--svg FILE]")
        else:
            path = a
    if not path:
        raise Wrong("usage: ci/stages/verdict bench-table BENCH.tsv [--md FILE] [--svg FILE]")
    data = load(path)
    if not want:
        print(table(*data), end="")
    for option, make in (("--md", table), ("--svg", plot)):
        if option not in want or (make is plot and len(data[0]) < 2):
            continue
        try:
            with open(want[option], "w", encoding="utf-8") as f:
                f.write(make(*data))
        except OSError as err:
            raise Wrong("cannot write %s: %s" % (want[option], err.strerror))
    return 0
