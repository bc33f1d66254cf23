#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real VMs (without a GPU, on the base) that fail in each way: each must get its
# result, and the tests that are left must still run.
. "$(dirname "$0")/tap.sh"
M=igt@meta_test
export USERPTR_BOOT_TIMEOUT=40 TMPDIR=$TMP/tmpdir
# one with lkdtm
config=(--config selftest)
mkdir "$TMPDIR"

# step NAME FAULT TIMEOUT TEST...: results in $rows, status in $rc
step()
{
	local name=$1 fault=$2 timeout=$3

	shift 3
	out=$TMP/$name
	mkdir -p "$out"
	printf '%s\n' "${@/#/$M@}" >"$TMP/list"
	rc=0
	USERPTR_PROVOKE=$fault "$ROOT/ci/stages/step" --base v5.10 --step base --fresh \
		"${config[@]}" --out "$out" --testlist "$TMP/list" --timeout "$timeout" \
		>"$TMP/log" 2>&1 || rc=$?
	rows=$(cat "$out/rows.tsv" 2>/dev/null)
	is "$name: judged" "$rc" 0
	((rc == 0)) || tail -n 20 "$TMP/log" | sed 's/^/# /'
}
word() { awk -F'\t' -v t="$1" '$1 == t { print $2 }' <<<"$rows"; }
detail() { awk -F'\t' -v t="$1" '$1 == t { print $4 }' <<<"$rows"; }
boots() { cut -f2 "$out/boots.tsv" | xargs; }

step results "" 4 pass-result warn fail-result dmesg-pass dmesg-warn user-crash \
	generate-panic piglit-timeout
is "boot" "$(word boot)" pass
is "a pass" "$(word $M@pass-result)" pass
is "words on stderr" "$(word $M@warn)" warn
is "a failed assertion" "$(word $M@fail-result)" fail
is "an innocent line in the log" "$(word $M@dmesg-pass)" pass
is "a warning in the log" "$(word $M@dmesg-warn)" dmesg-warn
is "a test that crashes" "$(word $M@user-crash)" crash
is "a guest that panics" "$(word $M@generate-panic)" incomplete
like "a guest that panics: the log's last lines" "$(detail $M@generate-panic)" "Kernel panic - not syncing: sysrq"
is "a test that never ends" "$(word $M@piglit-timeout)" timeout
is "the boots" "$(boots)" "died end"

step hang hang@0 4 piglit-timeout pass-result
is "a guest that hangs" "$(word $M@piglit-timeout)" incomplete
is "a guest that hangs: the next test runs" "$(word $M@pass-result)" pass
is "a guest that hangs: the boots" "$(boots)" "hung end"

step quit quit@0 20 piglit-timeout pass-result
is "a guest that goes without a word" "$(word $M@piglit-timeout)" incomplete
is "a guest that goes without a word: the next test runs" "$(word $M@pass-result)" pass

USERPTR_BOOT_TIMEOUT=15 step silent silent 20 pass-result
is "an init that is silent" "$(word boot)" incomplete
is "an init that is silent: the tests run in the next boot" "$(word $M@pass-result)" pass
is "an init that is silent: the boots" "$(boots)" "noboot end"

step warn warn@0 20 piglit-timeout pass-result
like "a WARN in mid-test" "$(word $M@piglit-timeout)" "^(incomplete|dmesg-warn|abort)$"
like "a WARN in mid-test: which" "$(detail $M@piglit-timeout)" "WARNING: CPU: .* lkdtm_WARNING"
is "a WARN in mid-test: the next test gets a fresh kernel" "$(word $M@pass-result)" pass

step bootwarn warn 20 pass-result
is "a WARN before the first test" "$(word boot)" dmesg-warn
like "a WARN before the first test: which" "$(detail boot)" "WARNING: CPU: .* lkdtm_WARNING"

step lockdep lockdep@0 20 piglit-timeout pass-result
like "lockdep turned off" "$(word $M@piglit-timeout)" "^(incomplete|dmesg-warn|abort)$"
like "lockdep turned off: why" "$(detail $M@piglit-timeout)" "lock held when returning to user space|BUG: scheduling while atomic"
is "lockdep turned off: the next test gets a live one" "$(word $M@pass-result)" pass

step oops oops@0 20 piglit-timeout pass-result
like "an oops" "$(word $M@piglit-timeout)" "^(incomplete|dmesg-warn|abort)$"
like "an oops: which" "$(detail $M@piglit-timeout)" "BUG: (kernel NULL pointer|unable to handle)"
is "an oops: the next test runs" "$(word $M@pass-result)" pass

# A guest that says a word and is silent longer than a test may take: 5 s here.
cat >"$TMP/qemu" <<'E'
#!/bin/bash
for word; do
	case $word in
	file:*/channel-*) channel=${word#file:} ;;
	*ci.nonce=*) nonce=${word#*ci.nonce=} nonce=${nonce%% *} ;;
	esac
done
printf "ci $nonce %s\n" "start run" "$FAKE_WORD" >>"$channel"
sleep 9
echo "ci $nonce end runner=0" >>"$channel"
E
chmod +x "$TMP/qemu"
mkdir "$TMP/fake" "$TMP/share"
: >"$TMP/fake/bzImage"
silent()
{
	FAKE_WORD=$1 USERPTR_QEMU=$TMP/qemu "$ROOT/ci/stages/boot" --kernel "$TMP/fake" \
		--share "$TMP/share" --initrd /dev/null --timeout -15 2>"$TMP/log"
}
is "a test that is silent for too long" "$(silent "Starting subtest: x")" hung
is "kmemleak may be" "$(silent scan)" end

is "nothing is left running" "$(pgrep -f "share.*$TMP" | wc -l)" 0
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
done_testing
