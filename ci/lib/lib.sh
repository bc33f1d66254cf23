# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script of the harness shares: strict mode, messages, timed
# phases, the cache with its locks, keys and cleanup.  Source it first:
#
#	. "$(dirname "${BASH_SOURCE[0]}")/lib/lib.sh"
#
# Exit codes, everywhere: 0 as expected, 1 a result that is not, 2 wrong usage
# or input, 3 the harness itself failed.

set -Eeuo pipefail
shopt -s inherit_errexit

# Absolute, so that scripts may cd.
USERPTR_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${USERPTR_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/i915-userptr}
LIB_NAME=${0##*/}

# git's hooks export these, and git would then work in the clone.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_COMMON_DIR \
	GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES

# --- messages: all on stderr, stdout is for results -------------------------

# note MSG...: print one line of progress.
note()
{
	printf '%s: %s\n' "$LIB_NAME" "$*" >&2
}

# die CODE MSG...: print one line that names the thing and a way out; exit CODE.
die()
{
	local code=$1

	shift
	printf '%s: %s\n' "$LIB_NAME" "$*" >&2
	exit "$code"
}

# A command that fails where nobody looks at its status is a failure of the
# harness: name it and exit 3, never with a code that means a test result.
# A subshell passes the failure up, so that there is one message.
lib_unexpected()
{
	local rc=$1 line=$2 cmd=$3

	((BASH_SUBSHELL == 0)) || exit "$rc"
	die 3 "line $line: '${cmd%%$'\n'*}' failed ($rc): the harness failed"
}
trap 'lib_unexpected $? $LINENO "$BASH_COMMAND"' ERR

# have CMD...: true if all of them can be run.
have()
{
	local c

	for c; do
		command -v "$c" >/dev/null 2>&1 || return 1
	done
}

# How many VMs at the same time: two, with two CPUs and memory for them.
default_jobs()
{
	local free

	free=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
	echo $((free >= 8 && $(nproc) >= 2 ? 2 : 1))
}

# hms SECONDS: 75 -> 1m15s
hms()
{
	local s=$1

	if ((s < 60)); then
		printf '%ds' "$s"
	else
		printf '%dm%02ds' $((s / 60)) $((s % 60))
	fi
}

. "$USERPTR_ROOT/ci/lib/process.sh"
. "$USERPTR_ROOT/ci/lib/options.sh"
. "$USERPTR_ROOT/ci/lib/cache.sh"
. "$USERPTR_ROOT/ci/lib/phase.sh"
. "$USERPTR_ROOT/ci/lib/base.sh"
. "$USERPTR_ROOT/ci/lib/list.sh"
