#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/faults without a VM: wrong input; the judge on records of real VMs (tests/faults,
# with shortened logs) and on the same records with one mistake; the verdict on a series
# with these results.
# shellcheck disable=SC2016  # the $ in single quotes is sed's
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

# The judge
fresh() { rm -rf "$TMP/d"; cp -r "$G/$1" "$TMP/d"; }
judge() { ci/stages/verdict faults "$TMP/d" "$1" >"$TMP/row" 2>&1; }
word() { cut -f2 "$TMP/row"; }
detail() { cut -f4 "$TMP/row"; }

fresh hang-split; judge split
is "split: a hang" "$(word)" incomplete
like "split: the chain" "$(detail)" "traps: rwsem_down_write_slowpath < userptr_mn_invalidate_range_start < .*__split_huge_pmd < .*zap_page_range"
like "split: lockdep" "$(detail)" "; WARNING: possible circular locking .*holding &mn->sem"
fresh hang-fork; judge fork
is "fork: a hang" "$(word)" incomplete
like "fork: the chain" "$(detail)" "traps: .*userptr_mn_invalidate_range_start < .*try_to_free_pages < .*copy_page_range"
like "fork: the report of the thread" "$(detail)" "fs_reclaim in .*holding &mn->sem"
fresh hang-swap; judge swap
is "swap: a hang that takes the guest with it" "$(word)" incomplete
like "swap: the chain is in the console alone" "$(detail)" "kworker.*: .*userptr_mn_invalidate_range_start < .*do_swap_page < .*__i915_gem_userptr_get_pages_worker"
fresh pass; judge fork
is "a pass" "$(word)" pass
like "a pass says what was done" "$(detail)" "12 forks of [0-9]+ MiB"

# In both logs
both() { sed -i "$1" "$TMP/d/dmesg-1.txt" "$TMP/d/console-1.txt"; }
fresh hang-split; both '/Show Blocked State/,$d'; judge split
is "a hang without a trace is not the hang" "$(word)" timeout
like "a hang without a trace says so" "$(detail)" "no blocked task is in the log"
fresh hang-split; both '/Show Blocked State/,$s/userptr_mn_invalidate_range_start/something_else/'; judge split
is "a hang outside of the notifier is not the hang" "$(word)" timeout
like "a hang outside of the notifier: where" "$(detail)" "not in the notifier: traps: rwsem_down_write_slowpath < something_else"
fresh hang-fork; both '/Show Blocked State/,$s/copy_page_range/something_else/'; judge fork
is "one that waits for others only is not the hang" "$(word)" timeout
fresh hang-fork; both '/Show Blocked State/,$s/\(] *\)copy_page_range/\1? copy_page_range/'; judge fork
is "a frame that may be of the past is none" "$(word)" timeout
fresh hang-swap; both '/Show Blocked State/,$d'; judge swap
is "the guest died without a blocked task" "$(word)" timeout
fresh hang-swap; echo "[   60.000000] BUG: kernel NULL pointer dereference, address: 00000000000000a8" >>"$TMP/d/console-1.txt"; judge swap
is "an oops is not the hang" "$(word)" crash
fresh hang-split; sed -i 's/hang/pass/' "$TMP/d/output"; judge split
is "a hang by its exit code, whatever was printed" "$(word)" incomplete

fresh pass; echo '[    9.000000] WARNING: CPU: 1 PID: 39 at mm/mmu_notifier.c:510 x' >>"$TMP/d/console-1.txt"; judge fork
is "a pass with a WARN" "$(word)" dmesg-warn
fresh pass; sed -i 's/debug_locks=1/debug_locks=0/' "$TMP/d/channel-1.txt"; judge fork
is "a pass with lockdep off" "$(word)" dmesg-warn
fresh pass; sed -i 's/taint=0/taint=512/' "$TMP/d/channel-1.txt"; judge fork
is "a pass with a tainted kernel" "$(word)" dmesg-warn
fresh pass; sed -i '/ end /d' "$TMP/d/channel-1.txt"; judge fork
is "a pass without the guest's last word" "$(word)" timeout
fresh pass; echo 0123456789abcdef >"$TMP/d/nonce-1.txt"; judge fork
is "a pass of another boot" "$(word)" notrun
fresh pass; : >"$TMP/d/output"; judge fork
is "exit code 0 and not a word" "$(word)" fail
fresh pass; judge split
is "the word of another way" "$(word)" fail
fresh pass; sed -i 's/runner=0/runner=1/' "$TMP/d/channel-1.txt"; printf '# page 1 of the object has 00000000, not 01000001\nfork fail 2.0 s\n' >"$TMP/d/output"; judge fork
is "the object is wrong" "$(word)" fail
like "the object is wrong: how" "$(detail)" "page 1 of the object has"
fresh pass; sed -i 's/runner=0/runner=3/' "$TMP/d/channel-1.txt"; printf '# nothing was written out\nfork skip 2.0 s\n' >"$TMP/d/output"; judge fork
is "a trap that could not be set" "$(word)" skip
fresh pass; sed -i '/ start /,$d' "$TMP/d/channel-1.txt"; judge fork
is "the guest did not come up" "$(word)" notrun
ci/stages/verdict faults "$TMP/none" fork >/dev/null 2>&1
is "no such folder: exit 2" $? 2

# v4.17 prints tasks another way
fresh hang-split
both 's/task:traps           state:D stack:    0 pid:   \([0-9]*\) ppid:    \([0-9]*\) flags:\(.*\)/traps           D    0    \1     \2 \3/'
judge split
is "v4.17's form of a trace" "$(word)" incomplete

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
