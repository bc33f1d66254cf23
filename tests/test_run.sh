#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/run with real VMs: a failure of the harness is MISS (3), never a verdict; an
# interrupted run leaves no process or file and can go on; unchanged steps are cached.
. "$(dirname "$0")/tap.sh"
M=igt@meta_test
export TMPDIR=$TMP/tmpdir USERPTR_BOOT_TIMEOUT=60
mkdir "$TMPDIR"
cd "$ROOT" || exit 3

# run WANT NAME ARG...: ci/run on the base, without a GPU unless GPU is set
run()
{
	local want=$1 name=$2

	shift 2
	out=$TMP/${name//[^a-z]/}
	rc=0
	USERPTR_NO_GPU=${GPU-1} ci/run --steps base --testlist "$TMP/list" \
		--out "$out" "$@" >"$TMP/log" 2>&1 || rc=$?
	is "$name: exit $want" "$rc" "$want"
	((rc == want)) || tail -n 20 "$TMP/log" | sed 's/^/# /'
}
said() { like "$1" "$(cat "$TMP/log")" "$2"; }
ours() { pgrep -f "$TMP" | grep -vx $$ | while read -r p; do
	# not the shell of this test or its own helpers
	tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | grep -E 'qemu|hsw|ci/(boot|step|run)' || :
done; }
gone()
{
	local i

	for ((i = 0; i < 50; i++)); do
		[[ -n $(ours) ]] || break
		sleep 0.1
	done
	is "$1: no process is left" "$(ours)" ""
	is "$1: nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
}
# Wait until the channel of boot 1 in folder $1 has the text $2.
until_said()
{
	local i

	for ((i = 0; i < 1200; i++)); do
		! grep -qaE "$2" "$1"/base/channel-1.txt 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

printf '%s\n' $M@pass-result >"$TMP/list"
run 0 "a clean run" --fresh
said "a clean run: the table" "meta_test@pass-result +pass"
is "a clean run: results.tsv" "$(cut -f1-4 "$out/results.tsv" | tr '\t\n' ' ;')" \
	"base step test result;v5.10 base boot pass;v5.10 base $M@pass-result pass;"
for f in results.json dmesg console; do
	check "a clean run: base/$f" test -s "$out/base/$f"
done
t=$SECONDS
run 0 "a clean run" --steps base
said "the same again: from the cache" "cached"
is "the same again: within 10 s" $((SECONDS - t < 10)) 1

printf '%s\n' $M@pass-result $M@fail-result >"$TMP/list"
run 1 "a result that is not as expected"
said "a result that is not as expected: named" "$M@fail-result: FAIL, expected pass"

USERPTR_QEMU=/nonexistent/qemu run 3 "no QEMU" --fresh
said "no QEMU: said so" "QEMU '/nonexistent/qemu' is missing"
said "no QEMU: MISS" "MISS"
USERPTR_QEMU=/bin/false run 3 "a QEMU that fails" --fresh
said "a QEMU that fails: said so" "QEMU failed \(status 1\)"

printf '%s\n' $M@piglit-timeout $M@pass-result >"$TMP/list"
if [[ $(id -u) == 0 ]] && mkdir "$TMP/small" && mount -t tmpfs -o size=16m none "$TMP/small"; then
	run 3 "small" --fresh
	said "a disk too small: said so" "MiB free"
	umount "$TMP/small"
	mount -t tmpfs -o size=320m none "$TMP/small"
	(until_said "$TMP/small" "start run" && sleep 1 && dd if=/dev/zero of="$TMP/small/fill" bs=1M) >/dev/null 2>&1 &
	run 3 "small" --fresh --timeout 10
	said "a disk that fills in mid-run: said so" "MiB free|full"
	wait $!
	umount "$TMP/small"
else
	skip "a full disk" "needs root for a small tmpfs"
fi

# In its own process group, SIGINT not ignored: the signal comes as ^C does.
out=$TMP/interrupted
mkdir -p "$out"
# Part of the cache's key: an earlier run of this test must not have the answer.
export USERPTR_APPEND=test.run=$EPOCHSECONDS.$BASHPID
printf '%s\n' $M@pass-result $M@piglit-timeout $M@dmesg-pass >"$TMP/list"
set -m
USERPTR_NO_GPU=1 env --default-signal=INT ci/run --steps base \
	--testlist "$TMP/list" --out "$out" --timeout 7 --fresh >"$TMP/log" 2>&1 &
pid=$!
set +m
check "^C: the second test has begun" until_said "$out" "Starting subtest: piglit-timeout"
kill -INT -- "-$pid"
wait "$pid"
is "^C: exit 130" $? 130
gone "^C"
is "^C: no results.tsv" "$(ls "$out/results.tsv" 2>/dev/null)" ""
USERPTR_NO_GPU=1 ci/run --steps base --testlist "$TMP/list" --out "$out" \
	--timeout 7 >"$TMP/log" 2>&1
is "after ^C: the run ends" $? 1
said "after ^C: it goes on" "goes on where an earlier run stopped"
unset USERPTR_APPEND
said "after ^C: the test that was running ran again" "meta_test@piglit-timeout +timeout"
said "after ^C: the first has its result" "meta_test@pass-result +pass"

# Ended before the guest has begun a test: its folder has a key and no more.
out=$TMP/early
mkdir -p "$out"
export USERPTR_APPEND=test.run=$EPOCHSECONDS.$BASHPID.early
printf '%s\n' $M@pass-result >"$TMP/list"
printf '#!/bin/sh\necho $$ >"%s"\nexec sleep 1000\n' "$out/qemu" >"$TMP/qemu"
chmod +x "$TMP/qemu"
USERPTR_QEMU=$TMP/qemu USERPTR_NO_GPU=1 ci/run --steps base --testlist "$TMP/list" --out "$out" \
	>"$TMP/log" 2>&1 &
pid=$!
for ((i = 0; i < 600; i++)); do [[ -s $out/qemu ]] && break; sleep 0.1; done
check "before the first test: the guest is started" test -s "$out/qemu"
kill -TERM "$pid"
wait "$pid"
is "before the first test: exit 143" $? 143
gone "before the first test"
run 0 "early"
said "before the first test: it goes on" "goes on where an earlier run stopped"
unset USERPTR_APPEND
printf '%s\n' $M@pass-result $M@piglit-timeout $M@dmesg-pass >"$TMP/list"

if make -s -C ci/hsw O="$TMP/hsw" >"$TMP/log" 2>&1; then
	out=$TMP/killed
	mkdir -p "$out"
	ci/run --steps base --testlist "$TMP/list" --out "$out" --timeout 60 \
		--fresh >"$TMP/log" 2>&1 &
	pid=$!
	check "a killed device: the guest runs" until_said "$out" "Starting subtest: piglit-timeout"
	pkill -KILL -f "^[^ ]*/hsw --socket $TMPDIR/"
	wait "$pid"
	is "a killed device: exit 3" $? 3
	said "a killed device: said so" "the device died \(status 137\)"
	gone "a killed device"
else
	skip "a killed device" "ci/hsw does not build"
fi
mkdir -p "$TMP/step"
out=$(ci/stages/step --base v5.10 --step base --fresh --out "$TMP/step" \
	--testlist "$TMP/list" --hsw /bin/false 2>&1)
is "a device that does not start: exit 3" $? 3
like "a device that does not start: said so" "$out" "the device did not start"

# A patch that does not apply, in a copy of the clone.
mkdir "$TMP/clone"
tar -c --exclude ./.git --exclude ./build . | tar -x -C "$TMP/clone"
mkdir -p "$TMP/clone/patches/v5.10"
cat >"$TMP/clone/patches/v5.10/0001-nonsense.patch" <<'PATCH'
From: Nobody <nobody@example.org>
Date: Mon, 26 Mar 2018 15:59:55 +0100
Subject: [PATCH] nonsense

Signed-off-by: Nobody <nobody@example.org>
---
diff --git a/drivers/gpu/drm/i915/gem/i915_gem_userptr.c b/drivers/gpu/drm/i915/gem/i915_gem_userptr.c
--- a/drivers/gpu/drm/i915/gem/i915_gem_userptr.c
+++ b/drivers/gpu/drm/i915/gem/i915_gem_userptr.c
@@ -1,3 +1,3 @@
 this is
-not in that file
+for sure
 at all
PATCH
mkdir -p "$TMP/clone/series"
printf '0001-nonsense.patch\n' >"$TMP/clone/series/v5.10"
printf '%s\n' $M@pass-result >"$TMP/list"
out=$(cd "$TMP/clone" && USERPTR_NO_GPU=1 ci/run --steps 1 --testlist "$TMP/list" --out "$TMP/noapply" 2>&1)
is "a patch that does not apply: exit 1" $? 1
like "a patch that does not apply: its word" "$(cat "$TMP/noapply/results.tsv")" $'\tbuild\tfail\t'
like "a patch that does not apply: its tests" "$(cat "$TMP/noapply/results.tsv")" "$M@pass-result"$'\tnotrun'
gone "at the end"
done_testing
