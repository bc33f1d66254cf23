#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The table, the changes in the form of 2018, and the verdict.
. "$(dirname "$0")/tap.sh"
T=igt@gem_userptr_blits

results() { { printf 'base\tstep\ttest\tresult\tseconds\tdetail\n'; cat; } >"$TMP/r.tsv"; }
row() { printf 'v5.10\t%s\t%s\t%s\t%s\t%s\n' "$@"; }
expect() { : >"$TMP/e.tsv"; (($# == 0)) || printf '%s\t%s\t%s\t%s\n' "$@" >"$TMP/e.tsv"; }
table() { out=$("$ROOT/ci/stages/verdict" table "$TMP/r.tsv" --expected "$TMP/e.tsv" "$@" 2>&1); rc=$?; }

{ row base "$T@dmabuf-sync" pass 2.1 ""; row base "$T@coherency-unsync" pass 1 ""
  row 1 "$T@dmabuf-sync" dmesg-warn 2.1 "WARNING: possible circular"
  row 1 "$T@coherency-unsync" incomplete 0 "BUG: kernel NULL"; } | results
expect
table
is "unexpected results: exit 1" "$rc" 1
like "2018 wording of a warning" "$out" "$T@dmabuf-sync: pass -> DMESG-WARN \(shard-hsw\)"
like "2018 wording of a dead guest" "$out" "$T@coherency-unsync: pass -> INCOMPLETE \(shard-hsw\)"
like "the detail of an unexpected result" "$out" "BUG: kernel NULL"
like "the sum" "$out" "4 results, 2 not as expected"

expect "$T@dmabuf-sync" 1 dmesg-warn "gup recursion" "$T@coherency-unsync" 1-2 "incomplete|crash" "NULL mn"
table 1=cached
is "expected results: exit 0" "$rc" 0
like "a cached step says so" "$out" cached

expect "$T@dmabuf-sync" "*" dmesg-warn "gup recursion" "$T@coherency-unsync" 1 incomplete "NULL mn"
table
is "a listed test that passes: exit 1" "$rc" 1
like "a listed test that passes is named" "$out" "step base: $T@dmabuf-sync: PASS, expected dmesg-warn"
cp "$TMP/e.tsv" "$TMP/first.tsv"
table --expected "$TMP/first.tsv"
like "several files: the last has the line to be taken out" "$out" "the line out of $TMP/first.tsv"
out=$("$ROOT/ci/stages/verdict" table "$TMP/r.tsv" --expected "$TMP/first.tsv" --expected /dev/null --expected "$TMP/e.tsv" base=cached 2>&1)
like "several files: in their order" "$out" "cached.*the line out of $TMP/e.tsv"

expect "$T@dmabuf-sync" 1 "pass|dmesg-warn" "rare" "$T@coherency-unsync" 1 incomplete "NULL mn"
table
is "a flake may do both" "$rc" 0
expect "$T@*" 1 dmesg-warn "all of them" "$T@coherency-unsync" 1 incomplete "NULL mn"
table
is "a pattern, and an exception after it" "$rc" 0
expect "$T@coherency-unsync" 1 incomplete "NULL mn" "$T@*" 1 dmesg-warn "all of them"
table
is "of two lines the last one rules" "$rc" 1
expect "$T@dmabuf-sync" 2-9 dmesg-warn "other steps" "$T@coherency-unsync" 1 incomplete "NULL mn"
table
is "a line for other steps does not cover" "$rc" 1

for word in fail skip warn crash timeout incomplete notrun abort dmesg-warn dmesg-fail; do
	row base "$T@x" "$word" 1 "" | results
	expect
	table
	is "$word that nobody expects: exit 1" "$rc" 1
done
row base "$T@x" pass 1 "" | results
table
is "pass: exit 0" "$rc" 0

expect "$T@x" base dmesgwarn "typo"
table
is "a word that is none: exit 2" "$rc" 2
expect "$T@x" frist fail "typo"
table
is "a step that is none: exit 2" "$rc" 2
expect "$T@x" first fail "the first version's"
table
is "the first version is a step, and not the base: exit 0" "$rc" 0
row first "$T@x" pass 1 "" | results
table
is "the first version passes what it is listed for: exit 1" "$rc" 1
row base "$T@x" pass 1 "" | results
expect "$T@x" base fail ""
table
is "a line without a reason: exit 2" "$rc" 2
printf 'v5.10\tbase\n' | results
expect
table
is "results cut short: exit 2" "$rc" 2
printf '' | results
table
is "no results: exit 2" "$rc" 2
for f in "$ROOT"/ci/data/expected/*.tsv; do
	[[ -e $f ]] || continue
	row base "$T@x" pass 1 "" | results
	out=$("$ROOT/ci/stages/verdict" table "$TMP/r.tsv" --expected "$f" 2>&1)
	is "${f##*/} is well formed" $? 0
done

# binaries: binaries by kernel
head() { printf 'base\tstep\ttest\tresult\tseconds\tdetail\n'; }
{ head
  printf 'v5.10\t%s\t%s\t%s\t1.0\t%s\n' base boot pass '' base igt@gem_a@one pass '' \
	base igt@gem_a@two skip 'Test requirement not met in function f, file a.c:1: Test requirement: gen >= 8' \
	base igt@gem_b@one fail 'Failed assertion: x == 1' 8 igt@gem_b@one pass '' \
	base igt@gem_b@two fail 'Failed assertion: y' \
	base igt@gem_d@one skip ''; } >"$TMP/a.tsv"
{ head
  printf 'v6.12\tbase\t%s\t%s\t1.0\t%s\n' igt@gem_a@one pass '' igt@gem_a@two pass ''; } >"$TMP/b.tsv"
mkdir -p "$TMP/expected"
printf 'igt@gem_b@o*\tbase\tfail\tanother reason\nigt@gem_d@*\tbase\tskip\tno such engine\n' >"$TMP/expected/haswell.tsv"
printf '# c\nigt@gem_c@*\t1\tfail\tthe reason\nigt@gem_b@o*\tbase\tfail|skip\tthe same\n' >"$TMP/expected/v5.10.tsv"
binaries() { "$ROOT/ci/stages/verdict" binaries "$@" --expected "$TMP/expected" 2>&1; }
# shellcheck disable=SC2016  # backquotes of Markdown
is "binaries: the table, and the reasons" "$(binaries "$TMP/a.tsv" "$TMP/b.tsv" | tail -n +6)" '| binary | v5.10 | v6.12 |
|---|---|---|
| gem_a | 1 pass, 1 skip | 2 pass |
| gem_b | 2 fail |  |
| gem_d | 1 skip |  |
| all | 1 pass, 2 fail, 2 skip | 2 pass |

v5.10, what does not pass:

- fail, `Failed assertion: y`: gem_b@two
- fail, the reason: gem_b@one
- skip, `gen >= 8`: gem_a@two
- skip, no such engine: gem_d@one

v6.12, what does not pass:

- nothing'
is "binaries: BINARIES.md begins like a page of make broad" \
	"$(sed 5q "$ROOT/ci/hsw/BINARIES.md")" "$(binaries "$TMP/a.tsv" | sed 5q)"
is "binaries: one test twice" "$(binaries "$TMP/b.tsv" "$TMP/b.tsv"; echo $?)" \
	"binaries: $TMP/b.tsv: another file has gem_a@one on v6.12, too
2"
{ head; printf 'v6.12\tbase\tigt@i915_selftest@live_x\tpass\t1.0\t\n'; } >"$TMP/d.tsv"
like "binaries: two files of one kernel" "$(binaries "$TMP/b.tsv" "$TMP/d.tsv")" \
	'i915_selftest . 1 pass .*all . 3 pass '
printf 'v5.10\tbase\tigt@a@b\tgood\t1\t\n' | cat <(head) - >"$TMP/c.tsv"
is "binaries: a word that is none" "$(binaries "$TMP/c.tsv"; echo $?)" \
	"binaries: $TMP/c.tsv:2: 'good' is no result
2"
like "binaries: no file" "$(binaries "$TMP/none"; echo $?)" "No such file or directory.2\$"
done_testing
