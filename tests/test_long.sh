#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/long: its script for the guest, and its verdict on the output. In a copy of ci/ a
# script replaces ci/shell and the VM. The last test runs a real VM, on the base, and
# must find it bad.
. "$(dirname "$0")/tap.sh"
F=$TMP/farm
mkdir "$F"
cp -r "$ROOT/ci" "$ROOT/series" "$ROOT/patches" "$F/"
# Says what $TMP/say has for this VM, a line each, and keeps the script.
cat >"$F/ci/shell" <<'EOF'
#!/bin/bash
n=$(($(cat "$DIR/n" 2>/dev/null || echo 0) + 1))
echo "$n" >"$DIR/n"
printf '%s\n' "${!#}" >"$DIR/script-$n"
IFS='|' read -r rc text < <(sed -n "${n}p" "$DIR/say")
printf '%b\n' "${text:-round done}"
((${rc:-0} == 0)) || echo "shell: why of $n" >&2
exit "${rc:-0}"
EOF
chmod +x "$F/ci/shell"
export DIR=$TMP/dir
long() { rm -rf "$DIR"; mkdir "$DIR"; printf '%s\n' "$say" >"$DIR/say"; rc=0
	"$F/ci/long" --out "$TMP/long" "$@" >"$TMP/log" 2>&1 || rc=$?; }
said() { like "$1" "$(<"$TMP/log")" "$2"; }

say=''
long --rounds 25 --seed 1
is "good rounds: exit 0" "$rc" 0
said "good rounds: said" "25 rounds, none of them bad"
is "each round is another" "$(cd "$DIR" && cat script-* | grep -v '^	' | sort -u | wc -l | awk '{ print ($1 > 150) }')" 1
for op in dontneed munmap remap mprotect mprotect-ro mremap mremap-onto fork thp-split thp-collapse ksm migrate swapout; do
	check "$op takes part" grep -rqE -- "--op $op --via (pread|blit) " "$DIR"
done
is "two at a time, too" "$(cat "$DIR"/script-* | grep -c '^two ' | awk '{ print ($1 > 12) }')" 1
is "each script is one for sh" "$(for f in "$DIR"/script-*; do sh -n "$f" 2>&1; done)" ""
subtests() { cat "$DIR"/script-* | grep -o 'run-subtest [a-z-]*' | cut -d' ' -f2 | sort -u; }
subtests >"$TMP/igt"
check "a subtest that must pass takes part" grep -qx dmabuf-sync "$TMP/igt"
is "one that is expected to fail does not" "$(grep -x vma-merge "$TMP/igt")" ""
cp "$DIR/script-7" "$TMP/seven"
check "userfault takes part on v5.10" grep -qx userfault "$TMP/igt"
long --rounds 1 --seed 7
is "a seed is a round" "$(<"$DIR/script-1")" "$(<"$TMP/seven")"

long --base v4.17 --tree /nonexistent --rounds 25 --seed 1
check "other subtests do on v4.17" test -n "$(subtests)"
is "what is blocked there does not" "$(subtests | grep -x userfault)" ""
say=''
long --rounds 1
seed=$(sed -nE 's/.*step [0-9]+, seed ([0-9]+), .*/\1/p' "$TMP/log")
long --rounds 1 --seed "$seed"
is "a seed of the clock can be given again" "$rc ${seed:+some}" "0 some"
say=$'0|round done\n1|== stale x\\nBAD: stale x: exit 1'
rm -rf "$TMP/long"
long --rounds 5 --seed 40 --step 3
is "a bad round ends it" "$rc $(wc -l <"$DIR/n") $(<"$DIR/n")" "1 1 2"
said "it is named" "seed 41, v5.10 step 3, after 2 rounds: BAD: stale x: exit 1"
said "so is how to have it again" "repeat it: ci/long --base v5.10 --step 3 --rounds 1 --seed 41"
is "and kept" "$(cut -f3,5 "$TMP/long/rounds.tsv" | tr '\t\n' ' ;')" "seed result;40 good;41 BAD: stale x: exit 1;"
say='1|round done'
long --rounds 1
is "a kernel warning" "$rc" 1
said "that is named" "shell: why of 1"
say='0|== igt'
long --rounds 1
is "a guest that did not come to the end" "$rc" 1
said "said" "the script did not come to its end"
say='3|'
long --rounds 1
is "a harness that failed" "$rc" 3
for bad in "--minutes x" "--rounds 1 --minutes 1" "--seed -1" "--base v9" "--frob x" "--seed"; do
	# shellcheck disable=SC2086  # words
	long $bad
	is "$bad: exit 2, one line" "$rc $(wc -l <"$TMP/log")" "2 1"
done

# Races: it need not be the first round.
cd "$ROOT" || exit 3
rc=0
ci/long --step base --rounds 4 --seed 1 --out "$TMP/real" >"$TMP/log" 2>&1 || rc=$?
is "real: the base has stale pages" "$rc" 1
said "real: said by" "BAD: stale .*: exit 1"
check "real: with a log of the kernel" test -s "$TMP/real/round/dmesg-1.txt"
done_testing
