# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Cleanup and children: nothing of ours outlives a script, however it ends.
# Part of lib.sh.

LIB_EXIT=()		# commands, printf %q quoted, run last in first out
LIB_EXIT_PID=

# on_exit CMD ARG...: run it when this (sub)shell ends, for whatever reason.
on_exit()
{
	local q

	# A subshell inherits the list but must not run its parent's part.
	if [[ $LIB_EXIT_PID != "$BASHPID" ]]; then
		LIB_EXIT=()
		LIB_EXIT_PID=$BASHPID
		trap 'lib_cleanup' EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
	fi
	printf -v q '%q ' "$@"
	LIB_EXIT+=("$q")
}

lib_cleanup()
{
	local rc=$? i

	trap - ERR EXIT
	trap '' HUP INT TERM
	set +e
	# Subshells only: bash 5.2 may run the trap in a child that armed none.
	[[ $LIB_EXIT_PID == "$BASHPID" ]] || exit "$rc"
	for ((i = ${#LIB_EXIT[@]} - 1; i >= 0; i--)); do
		eval "${LIB_EXIT[i]:-:}"
	done
	exit "$rc"
}

# temp_dir VAR [PARENT]: a new directory, removed on exit; its path in VAR.
# PARENT defaults to $TMPDIR.
temp_dir()
{
	local -n lib_out=$1
	local lib_parent=${2:-${TMPDIR:-/tmp}}

	lib_out=$(mktemp -d "$lib_parent/i915-userptr.XXXXXXXX") ||
		die 3 "cannot make a directory in $lib_parent: make room or set TMPDIR"
	# shellcheck disable=SC2034  # a nameref: the caller reads it
	on_exit lib_rm_tree "$lib_out"
}

# Extracted package trees hold directories without write permission.
lib_rm_tree()
{
	[[ -e $1 ]] || return 0
	rm -rf -- "$1" 2>/dev/null && return 0
	chmod -R u+rwX -- "$1" 2>/dev/null
	rm -rf -- "$1"
}

# spawn VAR CMD ARG...: start CMD in the background as the leader of its own
# process group, its pid in VAR.  The group is killed on exit.  CMD may be a
# function (then it runs in a subshell).  Redirect at the call.
spawn()
{
	local -n lib_pid=$1

	shift
	# Job control gives the child a process group and keeps SIGINT alive.
	set -m
	lib_child "$@" </dev/null &
	lib_pid=$!
	set +m
	on_exit kill_group "$lib_pid"
}

lib_child()
{
	set +m
	trap - HUP INT TERM EXIT
	LIB_EXIT=()
	LIB_EXIT_PID=
	"$@"
}

# lib_disarm CMD ARG...: take back on_exit CMD ARG...  The kernel soon gives a pid
# to another process, so a group must not be killed twice.
lib_disarm()
{
	local q c rest=()

	printf -v q '%q ' "$@"
	for c in "${LIB_EXIT[@]}"; do
		[[ $c == "$q" ]] || rest+=("$c")
	done
	LIB_EXIT=("${rest[@]}")
}

# kill_group PID [SECONDS]: end the process group that spawn made: SIGTERM,
# after SECONDS (USERPTR_GRACE or 10) SIGKILL.  Fine if it is gone already.
kill_group()
{
	local pid=$1 tries=$((${2:-${USERPTR_GRACE:-10}} * 20))

	lib_disarm kill_group "$pid"
	kill -TERM -- "-$pid" 2>/dev/null || return 0
	while ((tries-- > 0)) && lib_group_runs "$pid"; do
		sleep 0.05
	done
	kill -KILL -- "-$pid" 2>/dev/null || :
	# bash has reaped a child that died when this script got its signal; "wait"
	# would then wait for another child.
	[[ ! -e /proc/$pid ]] || wait "$pid" 2>/dev/null || :
}

# kill -0 also sees zombies. In a container whose init is a plain program no process
# reaps them, so look at the states as well.
lib_group_runs()
{
	local f stat

	kill -0 -- "-$1" 2>/dev/null || return 1
	for f in /proc/[0-9]*/stat; do
		# pid (name) state ppid pgrp ...; the name may hold anything.
		read -r -d '' stat 2>/dev/null <"$f" || :
		[[ ${stat##*) } =~ ^([A-Z])\ [0-9]+\ $1\  ]] || continue
		[[ ${BASH_REMATCH[1]} == [ZX] ]] || return 0
	done
	return 1
}

# pool_start JOBS CMD ARG...: spawn CMD beside up to JOBS - 1 others of the pool, or
# wait for the oldest of them. After a failure it starts no other: false.
# pool_end: wait for all; the status of the first that failed.
LIB_POOL=()
LIB_POOL_RC=0

pool_start()
{
	local jobs=$1 pid

	shift
	((${#LIB_POOL[@]} < jobs)) || lib_pool_reap
	((LIB_POOL_RC == 0)) || return 1
	spawn pid "$@"
	LIB_POOL+=("$pid")
}

pool_end()
{
	while ((${#LIB_POOL[@]})); do
		lib_pool_reap
	done
	return "$LIB_POOL_RC"
}

lib_pool_reap()
{
	local r=0

	wait "${LIB_POOL[0]}" || r=$?
	LIB_POOL=("${LIB_POOL[@]:1}")
	((r == 0 || LIB_POOL_RC != 0)) || LIB_POOL_RC=$r
}
