#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The driver's own selftests of userptr, which the last patch of the series
# brings, in a guest.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

# selftests NAME CI_SHELL_OPTION...: each subtest of the module must run and pass
selftests()
{
	local name=$1 dir param rc=0 want ran

	shift
	dir=$(ci/build "$@" --config selftest 2>"$TMP/log") || rc=$?
	is "$name: the kernel with selftests builds" "$rc" 0
	((rc == 0)) || { tail -n 5 "$TMP/log" | sed 's/^/# /'; return; }
	param=$(modinfo -F parm "$dir/modules/i915.ko" | sed -n 's/^\(igt__[0-9]*__live_userptr\):.*/\1/p')
	check "$name: i915.ko has live_userptr" test -n "$param"

	rc=0
	USERPTR_APPEND="i915.live_selftests=1 i915.$param=Y" \
		ci/shell "$@" --config selftest --share "$TMP/$name" -- \
		'dmesg | grep "i915: Running i915_gem_userptr_live_selftests/"' \
		>"$TMP/out" 2>"$TMP/log" || rc=$?
	is "$name: loaded and passed, nothing in the log" "$rc" 0
	((rc == 0)) || tail -n 8 "$TMP/log" "$TMP/out" | sed 's/^/# /'
	# The list in the source is what must have run.
	want=$(strings "$dir/modules/i915.ko" | grep -E '^igt_userptr_[a-z]+$' | sort)
	ran=$(sed -n 's/.*i915_gem_userptr_live_selftests\/\([a-z_]*\).*/\1/p' "$TMP/out" | sort)
	is "$name: each of them ran" "$ran" "$want"
	check "$name: there are some" test -n "$want"
}

last=$(grep -cvE '^[[:space:]]*(#|$)' series/v5.10)
selftests v5.10 --base v5.10 --step "$last"
if [[ -n ${V417_TREE:-} ]]; then
	last=$(grep -cvE '^[[:space:]]*(#|$)' series/v4.17)
	selftests v4.17 --base v4.17 --step "$last" --tree "$V417_TREE"
else
	skip "v4.17" "no tree: make check V417_TREE=DIR"
fi
done_testing
