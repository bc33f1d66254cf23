#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The series itself: it applies with git am and with quilt, to the same files,
# and every step of it builds.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

# The files that the patches of list $1 touch.
touched()
{
	local name

	series "$1" | while IFS= read -r name; do
		sed -n 's,^+++ b/,,p' "patches/$1/$name"
	done | sort -u
}
series() { sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "series/$1"; }

list=v5.10
last=$(series "$list" | wc -l)
check "series/$list names patches" test "$last" -gt 0
is "every patch of patches/$list is in the series" \
	"$(cd "patches/$list" && ls)" "$(series "$list" | sort)"

rc=0
row=$(ci/source --base "$list" --step base 2>"$TMP/log") || rc=$?
is "the base's source" "$rc" 0
IFS=$'\t' read -r gitdir base _ <<<"$row"
rc=0
row=$(ci/source --base "$list" --step "$last" 2>"$TMP/log") || rc=$?
is "git am takes all $last patches" "$rc" 0
IFS=$'\t' read -r _ end _ <<<"$row"

mapfile -t files < <(touched "$list")
mkdir "$TMP/tree"
git --git-dir="$gitdir" archive "$base" "${files[@]}" | tar -x -C "$TMP/tree"
rc=0
(cd "$TMP/tree" && QUILT_PATCHES=$ROOT/patches/$list QUILT_SERIES=$ROOT/series/$list \
	quilt --quiltrc /dev/null push -a --fuzz=0) >"$TMP/log" 2>&1 || rc=$?
is "quilt push -a takes all $last patches" "$rc" 0
((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
for f in "${files[@]}"; do
	is "git am and quilt agree on $f" "$(git hash-object "$TMP/tree/$f")" \
		"$(git --git-dir="$gitdir" rev-parse "$end:$f")"
done

for ((i = 1; i <= last; i++)); do
	rc=0
	dir=$(ci/build --base "$list" --step "$i" 2>"$TMP/log") || rc=$?
	is "step $i builds" "$rc" 0
	((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
	check "step $i has an i915.ko" test -s "$dir/modules/i915.ko"
done
done_testing
