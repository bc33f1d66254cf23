#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/split: every test once, alike in load, the same on every machine.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
T=igt@gem_userptr_blits

list=ci/data/testlists/full.testlist
grep '^igt@' "$list" >"$TMP/full"
for n in 1 2 3 7; do
	for ((i = 1; i <= n; i++)); do
		ci/split "$i/$n" "$TMP/full" >"$TMP/part$i"
	done
	is "$n parts: all tests, each once" \
		"$(for ((i = 1; i <= n; i++)); do cat "$TMP/part$i"; done | sort)" "$(sort "$TMP/full")"
	is "$n parts: in the order of the list" \
		"$(grep -nxFf "$TMP/part1" "$TMP/full" | sort -n | cut -d: -f2-)" "$(<"$TMP/part1")"
done
printf '%s\n' a b c d e | sed "s/^/$T@/" >"$TMP/five"
printf "$T@%s\t%s\n" a 1 b 9 c 2 d 4 e 2 >"$TMP/t"
is "the longest alone, the rest together" \
	"$(ci/split 1/2 "$TMP/five" "$TMP/t" | xargs)|$(ci/split 2/2 "$TMP/five" "$TMP/t" | xargs)" \
	"$T@b|$T@a $T@c $T@d $T@e"
{ printf 'base\tstep\ttest\tresult\tseconds\tdetail\n'
  printf "v5.10\tbase\t$T@%s\tpass\t%s\t\n" a 1 b 9 c 2 d 4 e 2 a 30; } >"$TMP/r.tsv"
is "times out of a results.tsv, the longest counts" \
	"$(ci/split 1/2 "$TMP/five" "$TMP/r.tsv" | xargs)" "$T@a"
ci/split --table "$TMP/r.tsv" >"$TMP/table"
is "and as a table" "$(grep -c . "$TMP/table") $(grep "@a" "$TMP/table")" "7 $T@a	30.0"
is "more machines than tests" "$(ci/split 6/6 "$TMP/five" "$TMP/t")" ""
is "times.tsv knows every test of the lists" "$(cat ci/data/testlists/{bat,full}.testlist |
	grep '^igt@' | sort -u | grep -vxFf <(cut -f1 ci/data/testlists/times.tsv))" ""
for bad in 0/2 3/2 x 1/0 1-2; do
	out=$(ci/split "$bad" "$TMP/five" 2>&1)
	is "split $bad: exit 2" $? 2
	like "split $bad: named" "$out" "$bad"
done

# Machines of different versions of ci/split deal the same list: ties, tests of 0 s and
# tests without a time, as they were dealt when this was written.
for ((i = 0; i < 40; i++)); do
	printf '%s@t%d\n' "$T" "$i" >&3
	((i % 5 == 0)) || printf '%s@t%d\t%d.%d\n' "$T" "$i" $((i * 37 % 23 / 2)) $((i * 7 % 10))
done >"$TMP/known" 3>"$TMP/forty"
is "the parts of three, test by test" "$(for i in 1 2 3; do
	ci/split "$i/3" "$TMP/forty" "$TMP/known" | sed 's/.*@t//' | paste -sd' '
done)" "0 4 12 14 15 16 17 18 21 24 30 33 34
1 2 5 9 13 20 23 26 31 32 35 37 38 39
3 6 7 8 10 11 19 22 25 27 28 29 36"
is "a list without an end of its last line" \
	"$(printf '%s@a\n%s@b' "$T" "$T" | ci/split 1/1 /dev/stdin "$TMP/known" | xargs)" "$T@a $T@b"
is "an empty list" "$(ci/split 1/2 /dev/null "$TMP/known")" ""
out=$(ci/split --table "$TMP/known" 2>&1)
is "a table of no results.tsv: exit 2" $? 2
like "a table of no results.tsv: named" "$out" "$TMP/known:1: 2 columns"
done_testing
