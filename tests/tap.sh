# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Functions of the test scripts: results in TAP on stdout, all else on stderr.
# Source it, and end with "done_testing".

set -uo pipefail
# shellcheck disable=SC2034  # for the scripts that source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TAP_N=0
TMP=$(mktemp -d "${TMPDIR:-/tmp}/i915-userptr-test.XXXXXXXX")
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT TERM HUP

ok() { printf 'ok %d - %s\n' $((++TAP_N)) "$1"; }
skip() { printf 'ok %d - %s # SKIP %s\n' $((++TAP_N)) "$1" "$2"; }

# not_ok NAME DETAIL...
not_ok()
{
	printf 'not ok %d - %s\n' $((++TAP_N)) "$1"
	shift
	printf '%s\n' "$@" | sed 's/^/# /'
}

# is NAME GOT WANT: equal
is()
{
	if [[ $2 == "$3" ]]; then
		ok "$1"
	else
		not_ok "$1" "got:  $2" "want: $3"
	fi
}

# like NAME TEXT REGEX
like()
{
	if [[ $2 =~ $3 ]]; then
		ok "$1"
	else
		not_ok "$1" "this does not match '$3':" "$2"
	fi
}

# check NAME CMD...: succeeds
check()
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$* failed:" "$(tail -n 20 <<<"$out")"
	fi
}

# last_step BASE: the number of its last patch
last_step() { grep -cvE '^[[:space:]]*(#|$)' "$ROOT/series/$1"; }

done_testing() { printf '1..%d\n' "$TAP_N"; }
