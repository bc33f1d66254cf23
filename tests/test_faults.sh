#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/faults without a VM: wrong input, and the verdict on a series with the results of
# tests/faults. tests/test_faults.py has the judge.
# shellcheck disable=SC2016  # stub scripts
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
G=$ROOT/tests/faults

# Wrong input
refuse()
{
	local name=$1 regex=$2 out rc=0

	shift 2
	out=$(timeout 60 ci/faults --out "$TMP/out" "$@" 2>&1) || rc=$?
	is "$name: exit 2" "$rc" 2
	like "$name: says so" "$out" "$regex"
	is "$name: in one line" "$(wc -l <<<"$out")" 1
}
refuse "unknown option" "unknown option --bogus" --bogus 1
refuse "option without value" "--steps needs a value" --steps
refuse "stray word" "unexpected 'base'" base
refuse "unknown base" "unknown base 'v9.99'" --base v9.99
refuse "no such step" "--steps 77: series/v5.10 has [0-9]+ patches" --steps 77
refuse "no such tree" "--tree /nonexistent: no such directory" --tree /nonexistent
refuse "no such way" "'spilt' is none of split,fork,swap" --ways spilt
refuse "no way" "names no way" --ways ""
mkdir "$TMP/locked"
exec 9<"$TMP/locked"
flock 9
refuse "two runs into one folder" "another run writes to" --out "$TMP/locked"

make -s -C ci/guest/traps O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"
rc=0
"$TMP/traps" nonsense >"$TMP/out" 2>&1 || rc=$?
is "traps: an unknown way: exit 2" "$rc" 2
check "traps: an unknown way is named" grep -q "no way 'nonsense'" "$TMP/out"
rc=0
"$TMP/traps" >"$TMP/out" 2>&1 || rc=$?
is "traps: no way: exit 2" "$rc" 2
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/traps" split >"$TMP/out" 2>&1 || rc=$?
	is "traps: no device is no pass: exit 3" "$rc" 3
fi

# The whole, with records for VMs: what VM_WAY names, or a failure
mkdir "$TMP/r"
cp -r ci series patches "$TMP/r/"
mkdir "$TMP/bin"
printf '#!/bin/sh\n' >"$TMP/r/ci/setup"
printf '#!/bin/sh\n[ "$4" != "$VM_BROKEN" ] || exit 1\n' >"$TMP/r/ci/build"
cat >"$TMP/r/ci/shell" <<'STUB'
#!/bin/bash
while (($#)); do
	case $1 in
	--step) step=$2 ;;
	--share) share=$2 ;;
	--) way=${2#traps } ;;
	esac
	shift
done
[[ $step-$way != "$VM_MISS" ]] || exit 3
cp "$G/$([[ " $VM_HANGS " == *" $step "* ]] && echo "hang-$way" || echo pass)"/* "$share"
sed -i "s/^fork pass/$way pass/" "$share/output"
STUB
export G VM_HANGS="1 2" VM_MISS='' VM_BROKEN='' USERPTR_CACHE=$TMP/cache
faults() { rc=0; out=$("$TMP/r/ci/faults" --out "$TMP/f" --steps "$@" 2>&1) || rc=$?; }

last=$(last_step v5.10)
faults all
is "as expected: exit 0" "$rc" 0
is "results.tsv has a line for each" "$(wc -l <"$TMP/f/results.tsv")" $(((last + 1) * 3 + 1))
is "results.tsv: the columns" "$(awk -F'\t' 'NR == 1 || NF != 6 { print NF }' "$TMP/f/results.tsv")" 6
VM_HANGS="1" faults base,1,2
is "a listed hang that passes: exit 1" "$rc" 1
like "a listed hang that passes is named" "$out" "step 2: traps@fork: PASS, expected incomplete"
VM_HANGS="1 2 3" faults 1-3 --ways split
is "a hang that nobody expects: exit 1" "$rc" 1
like "a hang that nobody expects: its chain" "$out" "step 3: traps@split: INCOMPLETE, expected pass.*__split_huge_pmd"
VM_BROKEN=3 faults 2-3 --ways fork
is "a step that does not build: exit 1" "$rc" 1
like "a step that does not build: no result" "$out" "step 3: traps@fork: NOTRUN"
VM_MISS=2-swap faults 1,2
is "the harness fails: exit 3" "$rc" 3
like "the harness fails: MISS" "$out" "MISS: step 2, swap"
check "the harness fails: no results" test ! -e "$TMP/f/results.tsv"
done_testing
