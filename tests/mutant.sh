# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A copy of this folder with one more step of v5.10: a mistake in i915.  Source it after
# tap.sh, at $ROOT.

# mutant_build NAME SED [FILE...]: a mistake made by SED in each FILE of i915, or else
# in i915_gem_userptr.c. Sets mutant_ci, the folder of the copy's scripts, mutant_step
# and mutant_kernel, the folder of ci/build.
mutant_build()
{
	local name=$1 edit=$2 copy=$TMP/copy gitdir commit file last rc=0

	shift 2
	(($#)) || set -- gem/i915_gem_userptr.c
	last=$(last_step v5.10)
	mutant_ci=$copy/ci mutant_step=$((last + 1))
	rm -rf "$copy" "$TMP/tree"
	mkdir -p "$copy"
	git ls-files -z | xargs -0 tar -c | tar -x -C "$copy"
	IFS=$'\t' read -r gitdir commit _ < <(ci/stages/source --base v5.10 --step "$last" 2>"$TMP/log")
	for file in "${@/#/drivers\/gpu\/drm\/i915\/}"; do
		mkdir -p "$TMP/tree/a/${file%/*}" "$TMP/tree/b/${file%/*}"
		git --git-dir="$gitdir" show "$commit:$file" >"$TMP/tree/a/$file"
		sed "$edit" "$TMP/tree/a/$file" >"$TMP/tree/b/$file"
		check "$name: the fault is made in ${file##*/}" \
			test "$(cmp "$TMP/tree/a/$file" "$TMP/tree/b/$file" | wc -l)" = 1
	done
	{
		printf 'From: ci <ci@localhost>\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nSubject: [PATCH] %s\n\n---\n' "$name"
		(cd "$TMP/tree" && diff -ru a b)
	} >"$copy/patches/v5.10/9999-mutant.patch"
	echo 9999-mutant.patch >>"$copy/series/v5.10"
	# shellcheck disable=SC2034  # for who sources this
	mutant_kernel=$("$mutant_ci/build" --base v5.10 --step "$mutant_step" --config selftest 2>"$TMP/log") || rc=$?
	is "$name: builds" "$rc" 0
	((rc == 0)) || tail -n 3 "$TMP/log" | sed 's/^/# /'
}

# mutant_shell COMMAND: ci/shell with that kernel; sets rc, $TMP/out, $TMP/log, and
# $TMP/mutant has what the guest left.
mutant_shell()
{
	rc=0
	rm -rf "$TMP/mutant"
	"$mutant_ci/shell" --base v5.10 --step "$mutant_step" --config selftest \
		--share "$TMP/mutant" -- "$@" >"$TMP/out" 2>"$TMP/log" || rc=$?
}
