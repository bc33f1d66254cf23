#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Keep a step's folder as a golden one for tests/test_judge.py:
#
#	tests/record.sh DIR NAME	-> tests/golden/NAME
#
# Only what the judge reads, logs cut to the lines that matter.  Look at
# rows.tsv before it is committed: it is what will be demanded from then on.

set -euo pipefail
shopt -s nullglob	# a guest that does not come up leaves no dmesg
(($# == 2)) || { echo "usage: tests/record.sh DIR NAME" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
to=$here/golden/$2
mkdir -p "$to/igt"
cp "$1/testlist" "$1/boots.tsv" "$1"/nonce-*.txt "$1"/channel-*.txt "$to/"
for f in "$1"/console-*.txt "$1"/dmesg-*.txt; do
	# the line of the first test tells what belongs to the boot
	{ head -n 12 "$f"; tail -n +13 "$f" | grep -am1 -F '[IGT]' || :
	  tail -n +13 "$f" | tail -n 60; } | tr -d '\0\r' >"$to/${f##*/}"
done
# igt_runner dumps all tasks at a timeout: keep the first lines of that.
[[ ! -e $1/igt/results.json ]] || python3 - "$1/igt/results.json" "$to/igt/results.json" <<'PY'
import json, sys
run = json.load(open(sys.argv[1]))
run = {"tests": run["tests"]}
for test in run["tests"].values():
    for key in ("out", "err", "dmesg", "dmesg-warnings"):
        if key in test:
            test[key] = "\n".join(test[key].split("\n")[:60])
json.dump(run, open(sys.argv[2], "w"), indent=1)
PY
"$here/../ci/stages/verdict" judge "$to" >"$to/rows.tsv"
cat "$to/rows.tsv"
