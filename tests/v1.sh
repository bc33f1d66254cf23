# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The last step of the first version, whose bugs the tests must find.  Source it after
# tap.sh, at $ROOT.

# v1_shell COMMAND: ci/shell with that kernel, with the programs of this folder; sets
# rc, $TMP/out, $TMP/log, and $TMP/v1 has what the guest left.
v1_shell()
{
	local series=$TMP/v1.series

	rc=0
	rm -rf "$TMP/v1" "$series"
	: >"$TMP/out"
	ci/mailbox tests/v1/v5.10.mbox "$series" >"$TMP/log" 2>&1 || rc=$?
	((rc == 0)) || return 0
	# shellcheck disable=SC2034  # for the scripts that source this
	USERPTR_SERIES=$series ci/shell --base v5.10 --step "$(grep -c . "$series/series")" \
		--share "$TMP/v1" -- "$@" >"$TMP/out" 2>"$TMP/log" || rc=$?
}
