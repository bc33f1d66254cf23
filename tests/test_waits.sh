#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who waits for whom, in guests: with the last step no invalidation waits for a copy, no
# task for a mutex that it holds, no exit for the GPU, and no worker spins. The last step
# of the first version has all of these bugs, and the test must find them.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
. tests/v1.sh

make -s -C ci/guest/waits O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"

# refuse NAME REGEX ARG...: wrong usage, and the first line says what is wrong
refuse()
{
	local name=$1 regex=$2 rc=0

	shift 2
	"$TMP/waits" "$@" >"$TMP/out" 2>&1 || rc=$?
	is "waits: $name: exit 2" "$rc" 2
	like "waits: $name: says so" "$(head -n1 "$TMP/out")" "$regex"
}
refuse "an unknown way" "no way 'nonsense'" nonsense
refuse "half a name" "no way 'prea'" exit prea
refuse "an unknown option" "'--bogus' is no option" --bogus 3
refuse "no limit" "'--limit' is no option, or lacks its value" --limit
refuse "a limit of 0" "--limit '0' is not 1 to 600 seconds" --limit 0 exit
refuse "a limit that is none" "--limit '3x' is not" --limit 3x exit
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/waits" exit >"$TMP/out" 2>&1 || rc=$?
	is "waits: no device is no pass: exit 3" "$rc" 3
fi
mapfile -t ways < <("$TMP/waits" --help | sed -nE 's/^    ([a-z]+-[a-z]+) .*/\1/p')
check "waits: --help names the ways" test "${#ways[@]}" -gt 20

last=$(last_step v5.10)
rc=0
ci/shell --step "$last" --share "$TMP/share" -- waits >"$TMP/out" 2>"$TMP/log" || rc=$?
is "step $last: no kernel warning" "$rc" 0
((rc == 0)) || tail -n 30 "$TMP/log" "$TMP/out" | sed 's/^/# /'
for way in "${ways[@]}"; do
	check "step $last: $way" grep -q "^$way pass " "$TMP/out"
done

# seen WAY REGEX: the first version has it
seen()
{
	like "v1: $1" "$(grep "^$1 " "$TMP/out")" "^$1 $2"
}
v1_shell 'waits --limit 8 exit spin-gtt pread-mprotect'
is "v1: the shell says so" "$rc" 1
seen exit-fence "fail .*: exit (waits for the GPU|took .*, the GPU was done by then)"
seen exit-endless "fail .*: exit waits for the GPU"
seen exit-hang "fail .*: exit (waits for the GPU|took .*, the GPU was done by then)"
seen spin-gtt "fail .*: the kworkers take [1-9][0-9]+ % of a CPU"
seen pread-mprotect "hang .*: after SIGKILL to all: .*call D .*; no other client .* blitter"
v1_shell 'waits --limit 8 alias-tiling'
seen alias-tiling "hang .*: after SIGKILL to all: revoke D in i915_gem_object_unbind"
done_testing
