# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Timed phases with progress.  Part of lib.sh.

# phase NAME CMD ARG...: run CMD with its duration measured.  Returns CMD's
# status; stdout is CMD's, messages go to stderr.
#
# CMD runs in its own process group, so a signal ends it at once.  A function
# runs in a subshell, cannot set variables here, and under "if" or "||" bash
# gives it no errexit: prefer a script, or end its commands with "|| return".
#
# While it runs, it prints a line every USERPTR_TICK seconds (20) with the time so far
# and the time that is left, if the phase ran before.  PHASE_PROGRESS is a command line
# whose output is added to that line.  At the end NAME<TAB>SECONDS goes to
# $USERPTR_TIMES.
phase()
{
	local name=$1 start=$EPOCHREALTIME rc=0 pid tick secs file last

	shift
	file=$CACHE/times/${name//[^A-Za-z0-9._-]/_}
	last=$(cat "$file" 2>/dev/null || :)
	[[ $last =~ ^[0-9]+$ ]] || last=
	if [[ -n $last ]] && ((last >= 5)); then
		note "$name: starts, took $(hms "$last") last time"
	else
		note "$name: starts"
	fi

	spawn pid "$@"
	spawn tick lib_ticker "$name" "${last:-0}"
	wait "$pid" || rc=$?
	kill_group "$tick" 1
	kill_group "$pid"

	secs=$(lib_since "$start")
	if ((rc == 0)); then
		note "$name: done in $(hms "${secs%.*}")"
		if mkdir -p "$CACHE/times" 2>/dev/null && [[ -w $CACHE/times ]]; then
			printf '%s\n' "${secs%.*}" >"$file"
		fi
	else
		note "$name: failed ($rc) after $(hms "${secs%.*}")"
		cache_not_full
	fi
	if [[ -n ${USERPTR_TIMES:-} ]]; then
		printf '%s\t%s\n' "$name" "$secs" >>"$USERPTR_TIMES"
	fi
	return "$rc"
}

# Seconds with one digit since an EPOCHREALTIME, whatever the locale's comma.
lib_since()
{
	local d=$((${EPOCHREALTIME//[!0-9]/} - ${1//[!0-9]/}))

	printf '%d.%d' $((d / 1000000)) $((d / 100000 % 10))
}

lib_ticker()
{
	local name=$1 last=$2 t=0 step=${USERPTR_TICK:-20} more fd

	trap 'exit 0' TERM
	# This process may outlive a killed parent; the locks of the parent must not.
	for fd in "${LIB_LOCKS[@]}"; do
		exec {fd}>&-
	done
	while :; do
		sleep "$step" &
		wait $!
		kill -0 "$$" 2>/dev/null || exit 0
		t=$((t + step))
		more=
		if [[ -n ${PHASE_PROGRESS:-} ]]; then
			more=$(eval "$PHASE_PROGRESS" 2>/dev/null) || :
			more=${more:+, $more}
		fi
		if ((last > t)); then
			more+=", about $(hms $((last - t))) left"
		fi
		note "$name: $(hms "$t")$more"
	done
}

# times_start: the top script calls it once; phases of all children are then
# collected.  times_table: print them.
times_start()
{
	local dir

	[[ -z ${USERPTR_TIMES:-} ]] || return 0
	temp_dir dir
	export USERPTR_TIMES=$dir/times
	: >"$USERPTR_TIMES"
}

times_table()
{
	local name secs

	[[ -s ${USERPTR_TIMES:-} ]] || return 0
	printf '%-56s %10s\n' phase seconds
	while IFS=$'\t' read -r name secs; do
		printf '%-56s %10s\n' "$name" "$secs"
	done <"$USERPTR_TIMES"
}
