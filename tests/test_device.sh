#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The device's own unit and protocol tests, under ASAN and UBSAN.
. "$(dirname "$0")/tap.sh"

make -s -C "$ROOT/ci/hsw" O="$TMP/asan" check >"$TMP/out" 2>&1
rc=$?
if grep -qE '^(not )?ok ' "$TMP/out"; then
	while IFS= read -r line; do
		name=$(sed -E 's/^(not )?ok *[0-9]* *-? *//' <<<"$line")
		case $line in
		*"# SKIP"*) skip "${name%% # SKIP*}" "${name##*# SKIP}" ;;
		ok*) ok "$name" ;;
		*) not_ok "$name" "$(grep -aE '^#|ERROR|runtime error' "$TMP/out" | tail -n 20)" ;;
		esac
	done < <(grep -E '^(not )?ok ' "$TMP/out")
fi
is "make -C ci/hsw check exits 0" "$rc" 0
((rc == 0)) || tail -n 30 "$TMP/out" | sed 's/^/# /'
done_testing
