#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Processes with userptr objects end in a guest with the last step: no hang, no
# WARN, and the next process finds the device as it was.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

make -s -C ci/guest/endings O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"
rc=0
"$TMP/endings" nonsense >"$TMP/out" 2>&1 || rc=$?
is "endings: an unknown way: exit 2" "$rc" 2
check "endings: an unknown way is named" grep -q "no way 'nonsense'" "$TMP/out"
rc=0
"$TMP/endings" --count 0 >"$TMP/out" 2>&1 || rc=$?
is "endings: no count: exit 2" "$rc" 2
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/endings" exit >"$TMP/out" 2>&1 || rc=$?
	is "endings: no device is no pass: exit 3" "$rc" 3
fi

last=$(last_step v5.10)
ways="exit unmap kill hung export left close"
rc=0
ci/shell --step "$last" --share "$TMP/share" -- "endings --count 3 $ways" \
	>"$TMP/out" 2>"$TMP/log" || rc=$?
is "step $last: no kernel warning" "$rc" 0
((rc == 0)) || tail -n 5 "$TMP/log" "$TMP/out" | sed 's/^/# /'
for way in $ways; do
	check "step $last: $way" grep -qE "^$way +3 of 3 .* pass\$" "$TMP/out"
done
check "step $last: the driver ended the endless batch" \
	grep -q "context reset due to GPU hang" "$TMP/share/dmesg-1.txt"
done_testing
