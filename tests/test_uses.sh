#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the uAPI promises to a user of userptr objects: ci/guest/uses in a guest with the
# last step. It must find the bugs of the first version.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
. tests/v1.sh

make -s -C ci/guest/uses O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"

# usage WHAT REGEX ARG...: exit 2 and a line that matches
usage()
{
	local what=$1 regex=$2 rc=0

	shift 2
	"$TMP/uses" "$@" >"$TMP/out" 2>&1 || rc=$?
	is "uses: $what: exit 2" "$rc" 2
	like "uses: $what is named" "$(<"$TMP/out")" "$regex"
}
usage "an unknown way" "no way 'nonsense'" sticky nonsense
usage "no way" "no way is named" --seconds 3
usage "an unknown option" "no option --speed" --speed 3 sticky
usage "an option without a value" "--count needs a value" --count
usage "a count of none" "--count '0' is no number from 1 to 100000" --count 0 many
usage "a ratio that is no number" "--ratio 'nan' is no number" --ratio nan many
usage "a number with a tail" "--seconds '3s' is no number" --seconds 3s fences
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/uses" sticky >"$TMP/out" 2>&1 || rc=$?
	is "uses: no device is no pass: exit 3" "$rc" 3
	like "uses: it is named" "$(<"$TMP/out")" "no /dev/dri/card0"
fi

# line WAY: the line of its verdict
line() { grep "^$1 " "$TMP/out"; }

last=$(last_step v5.10)
ways="fences progress sticky private map import back many"
rc=0
ci/shell --base v5.10 --step "$last" --share "$TMP/share" -- \
	"uses --seconds 15 --count 500 --ratio 4 $ways" >"$TMP/out" 2>"$TMP/log" || rc=$?
sed 's/^/# /' "$TMP/out"
is "step $last: all promises kept, nothing in the log" "$rc" 0
((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
for way in $ways; do
	like "step $last: $way" "$(line "$way")" "^$way pass "
done

# These see a fault, each the one that it is about; back is kept by that version, and
# many is slow there or not by how soon a worker gets a CPU.
v1_shell "uses --seconds 15 fences sticky import progress"
sed 's/^/# /' "$TMP/out"
is "first version: is found" "$rc" 1
like "first version: fences of execbufs that failed" "$(line fences)" \
	"^fences fail .*EAGAIN [1-9].*after [1-9][0-9]* of these something was left"
like "first version: a fence that is signalled" "$(<"$TMP/out")" \
	"after Resource temporarily unavailable: the syncobj's fence is one that is signalled"
like "first version: no progress" "$(line progress)" "^progress fail "
like "first version: the error sticks" "$(line sticky)" "^sticky fail .*: [1-9] of 9 "
like "first version: an importer" "$(line import)" "^import fail "
like "first version: it says EBUSY" "$(<"$TMP/out")" \
	"imported, after fork: pread: Device or resource busy"
done_testing
