#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The judge on folders of real runs (tests/golden, made by tests/record.sh), and on the
# same folders with one mistake.
. "$(dirname "$0")/tap.sh"
G=$ROOT/tests/golden
T=igt@meta_test

judge() { "$ROOT/ci/stages/verdict" judge "$TMP/d" >"$TMP/rows" 2>"$TMP/err"; }
word() { awk -F'\t' -v t="$1" '$1 == t { print $2 }' "$TMP/rows"; }
fresh() { rm -rf "$TMP/d"; cp -r "$G/$1" "$TMP/d"; }

for d in "$G"/*/; do
	name=$(basename "$d")
	fresh "$name"
	judge
	is "golden $name" "$(cat "$TMP/rows")" "$(cat "$d/rows.tsv")"
done

# From here on a run in which all went well, spoilt.
good() { fresh good; }
good; judge
is "all is well" "$(cut -f2 "$TMP/rows" | sort -u)" pass
last=$(tail -n1 "$TMP/d/testlist")
good; sed -i '$s/[^@]*$/\U&/' "$TMP/d/testlist"; judge
is "a name with capitals, which igt_results writes without" "$(word "$(tail -n1 "$TMP/d/testlist")")" pass
nonce=$(cat "$TMP/d/nonce-1.txt")

good; sed -i 's/debug_locks=1/debug_locks=0/' "$TMP/d/channel-1.txt"; judge
is "lockdep off at the end: the last test is no pass" "$(word "$last")" dmesg-warn
good; sed -i 's/taint=0/taint=512/' "$TMP/d/channel-1.txt"; judge
is "a WARN taint at the end: the last test is no pass" "$(word "$last")" dmesg-warn
good; sed -i 's/taint=0/taint=64/' "$TMP/d/channel-1.txt"; judge
is "a harmless taint is a pass" "$(word "$last")" pass
good; sed -i 's/debug_locks=1/debug_locks=-1/' "$TMP/d/channel-1.txt"; judge
is "a kernel without lockdep_stats" "$(word "$last")" dmesg-warn
good; sed -i '/ end /d' "$TMP/d/channel-1.txt"; judge
is "no last word: the last test is no pass" "$(word "$last")" incomplete
good; sed -i "s/ci $nonce end/ci 0123456789abcdef end/" "$TMP/d/channel-1.txt"; judge
is "a last word with another nonce counts for nothing" "$(word "$last")" incomplete
good; : >"$TMP/d/nonce-1.txt"; judge
is "no nonce: no pass" "$(grep -c $'\tpass' "$TMP/rows")" "$(($(wc -l <"$TMP/rows") - 1))"
good; sed -i 's/\tend\t/\thung\t/' "$TMP/d/boots.tsv"; judge
is "hung: the last test is no pass" "$(word "$last")" incomplete
good; sed -i 's/\tend\t/\tdied\t/' "$TMP/d/boots.tsv"; judge
is "died: the last test is no pass" "$(word "$last")" incomplete
good; : >"$TMP/d/boots.tsv"; judge
is "no boot: boot is no pass" "$(word boot)" incomplete
good; rm "$TMP/d/igt/results.json"; judge
is "no results: nothing ran" "$(word "$last")" notrun
good; sed -i 's/runner=0/runner=1/' "$TMP/d/channel-1.txt"; judge
is "igt_runner failed without a reason" "$(word igt@runner@aborted)" fail
good; printf '%s@never-ran\n' $T >>"$TMP/d/testlist"; judge
is "a test that was asked for and did not run" "$(word $T@never-ran)" notrun
# A binary's fixtures say what they miss whatever subtest is run.
says()
{
	good
	python3 - "$TMP/d/igt/results.json" "$last" "$1" "$2" <<-'PY'
	import json, sys
	path, name, word, text = sys.argv[1:]
	d = json.load(open(path))
	test = d["tests"][name.lower()]
	test["result"] = word
	test["out"] = text.replace("WORD", word.upper()).replace("NAME", name.split("@")[-1])
	json.dump(d, open(path, "w"))
	PY
	judge
}
detail() { awk -F'\t' -v t="$1" '$1 == t { print $4 }' "$TMP/rows"; }
misses() { printf 'Test requirement not met in function %s, file a.c:1:\nTest requirement: %s\n' "$1" "$2"; }
says skip "$(misses fixture 'other(fd)')
Starting subtest: NAME
$(misses test 'mine(fd)')
Subtest NAME: WORD (0.001s)
$(misses later 'third(fd)')"
is "a skip for what the test itself misses" "$(word "$last") $(detail "$last")" \
	"skip Test requirement not met in function test, file a.c:1: Test requirement: mine(fd)"
says skip "$(misses fixture 'other(fd)')
Subtest NAME: WORD
$(misses later 'third(fd)')"
like "a skip for what its fixture misses" "$(detail "$last")" "other\(fd\)$"
says fail "$(misses fixture 'other(fd)')
Starting subtest: NAME
Failed assertion: x == 1
Failed assertion: y == 1
Subtest NAME: WORD (0.001s)"
is "a failure is not for what a fixture misses" "$(word "$last") $(detail "$last")" \
	"fail Failed assertion: x == 1"
good; echo '{' >"$TMP/d/igt/results.json"; judge
is "broken JSON is no verdict" $(($? != 0)) 1

# What is in the log beats what the test says; every pattern, one by one.
first=$(head -n1 "$TMP/d/testlist")
put_dmesg()
{
	python3 - "$TMP/d/igt/results.json" "$first" "$1" <<-'PY'
	import json, sys
	run = json.load(open(sys.argv[1]))
	run["tests"][sys.argv[2]]["dmesg"] += "<4> [9.000001] %s\n" % sys.argv[3]
	json.dump(run, open(sys.argv[1], "w"))
	PY
}
while IFS= read -r line; do
	good; put_dmesg "$line"; judge
	is "in the test's log: ${line:0:60}" "$(word "$first")" dmesg-warn
	good; printf '[    9.000002] %s\n' "$line" >>"$TMP/d/console-1.txt"; judge
	is "at the console's end: ${line:0:60}" "$(word "$last")" dmesg-warn
	good; sed -i "1i [    0.100000] ${line//\//\\/}" "$TMP/d/console-1.txt"; judge
	is "at boot: ${line:0:60}" "$(word boot)" dmesg-warn
done <<'LINES'
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
WARNING: bad unlock balance detected!
WARNING: lock held when returning to user space!
WARNING: CPU: 1 PID: 77 at drivers/gpu/drm/i915/gem/i915_gem_userptr.c:85 cancel_userptr+0xd1/0x110 [i915]
BUG: KASAN: use-after-free in i915_gem_userptr_get_pages+0x1/0x2 [i915]
BUG: kernel NULL pointer dereference, address: 0000000000000010
BUG: sleeping function called from invalid context at mm/slab.h:494
BUG: scheduling while atomic: swapper/0/1/0x00000002
BUG: Bad page state in process gem_userptr_bli  pfn:12345
BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 30s!
watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [gem_userptr_bli:44]
kernel BUG at mm/mmu_notifier.c:123!
Oops: 0000 [#1] SMP PTI
general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]
rcu: INFO: rcu_sched self-detected stall on CPU
INFO: task gem_userptr_bli:44 blocked for more than 30 seconds.
INFO: trying to register non-static key.
refcount_t: underflow; use-after-free.
list_del corruption. prev->next should be ffff888, but was dead
unreferenced object 0xffff88800d1c9e00 (size 256):
UBSAN: array-index-out-of-bounds in drivers/gpu/drm/i915/foo.c:1:2
LINES
good; put_dmesg "[IGT] some innocent line"; judge
is "an innocent line" "$(word "$first")" pass

"$ROOT/ci/stages/verdict" judge "$TMP/none" 2>/dev/null
is "no such folder: exit 2" $? 2
done_testing
