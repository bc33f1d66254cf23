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
		sed -nE 's,^(\+\+\+ b|--- a)/,,p' "patches/$1/$name"
	done | sort -u
}
series() { sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "series/$1"; }

# The trees of all steps of list $1, one a line, by git apply on $gitdir's $base.
trees()
{
	local name

	mkdir -p "$TMP/objects"
	(
		export GIT_DIR=$gitdir GIT_INDEX_FILE=$TMP/index
		export GIT_OBJECT_DIRECTORY=$TMP/objects
		export GIT_ALTERNATE_OBJECT_DIRECTORIES=$gitdir/objects
		git read-tree "$base"
		series "$1" | while IFS= read -r name; do
			git apply --cached --whitespace=nowarn "patches/$1/$name" || exit
			git write-tree
		done
	)
}

# with_quilt LIST: the same files as with git am
with_quilt()
{
	local list=$1 tree=$TMP/tree-$1 rc=0 f files old

	# Those of them that the base has: the series adds a file, too.
	mapfile -t files < <(touched "$list")
	mapfile -t old < <(git --git-dir="$gitdir" ls-tree -r --name-only "$base" \
		-- "${files[@]}")
	mkdir "$tree"
	git --git-dir="$gitdir" archive "$base" "${old[@]}" | tar -x -C "$tree"
	(cd "$tree" && QUILT_PATCHES=$ROOT/patches/$list QUILT_SERIES=$ROOT/series/$list \
		quilt --quiltrc /dev/null push -a --fuzz=0) >"$TMP/log" 2>&1 || rc=$?
	is "$list: quilt push -a takes all $last patches" "$rc" 0
	((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
	for f in "${files[@]}"; do
		if ! git --git-dir="$gitdir" cat-file -e "$end:$f" 2>/dev/null; then
			check "$list: quilt removes $f as well" test ! -e "$tree/$f"
			continue
		fi
		is "$list: git am and quilt agree on $f" "$(git hash-object "$tree/$f")" \
			"$(git --git-dir="$gitdir" rev-parse "$end:$f")"
	done
}

# The list for a tree ends where the story does, and each of its commits is a
# step of the story: what is said of those is said of it.
merge_list()
{
	local list=$1 story merge i

	mapfile -t story < <(trees "$list")
	mapfile -t merge < <(trees "$list-merge")
	is "every patch of patches/$list-merge is in the series" \
		"$(cd "patches/$list-merge" && ls)" "$(series "$list-merge" | sort)"
	is "all of $list-merge applies" "${#merge[@]}" "$(series "$list-merge" | wc -l)"
	is "$list-merge ends in the same tree" "${merge[-1]}" "${story[-1]}"
	for ((i = 0; i < ${#merge[@]}; i++)); do
		check "$list-merge: commit $((i + 1)) is a step that is built" \
			grep -qxF "${merge[i]}" <(printf '%s\n' "${story[@]}")
	done
}

# lane LIST [--tree DIR]
lane()
{
	local list=$1 last gitdir base end row rc=0 dir i

	shift
	last=$(series "$list" | wc -l)
	check "series/$list names patches" test "$last" -gt 0
	is "every patch of patches/$list is in the series" \
		"$(cd "patches/$list" && ls)" "$(series "$list" | sort)"
	row=$(ci/stages/source --base "$list" "$@" --step base 2>"$TMP/log") || rc=$?
	is "$list: the base's source" "$rc" 0
	((rc == 0)) || { tail -n 5 "$TMP/log" | sed 's/^/# /'; return; }
	IFS=$'\t' read -r gitdir base _ <<<"$row"
	row=$(ci/stages/source --base "$list" "$@" --step "$last" 2>"$TMP/log") || rc=$?
	is "$list: git am takes all $last patches" "$rc" 0
	((rc == 0)) || { tail -n 5 "$TMP/log" | sed 's/^/# /'; return; }
	IFS=$'\t' read -r _ end _ <<<"$row"

	with_quilt "$list"
	merge_list "$list"

	for ((i = 1; i <= last; i++)); do
		rc=0
		dir=$(ci/build --base "$list" "$@" --step "$i" 2>"$TMP/log") || rc=$?
		is "$list: step $i builds" "$rc" 0
		((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
		check "$list: step $i has an i915.ko" test -s "$dir/modules/i915.ko"
	done
}

lane v5.10
if [[ -n ${V417_TREE:-} ]]; then
	lane v4.17 --tree "$V417_TREE"
else
	skip "v4.17" "no tree: make check V417_TREE=DIR"
fi
done_testing
