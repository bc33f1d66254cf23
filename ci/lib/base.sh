# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The bases of ci/data/bases.tsv, their series, and git.  Part of lib.sh.

# base_info BASE: set BASE_PACKAGE (or -), BASE_SUITE, BASE_FILE, BASE_BLOB, BASE_KCFLAGS,
# BASE_RAM (MiB) from ci/data/bases.tsv.  An unknown base is the user's error.
base_info()
{
	local base package file blob kcflags ram known=()

	while IFS=$'\t' read -r base package file blob kcflags ram; do
		[[ $base != \#* && -n $base ]] || continue
		known+=("$base")
		if [[ $base == "$1" ]]; then
			# shellcheck disable=SC2034  # for the caller
			BASE_PACKAGE=${package%@*} BASE_FILE=$file BASE_BLOB=$blob
			# shellcheck disable=SC2034
			BASE_SUITE=${package##*@}
			[[ $kcflags != - ]] || kcflags=
			# shellcheck disable=SC2034
			BASE_KCFLAGS=$kcflags
			[[ -n $ram && $ram != - ]] || ram=2200
			# shellcheck disable=SC2034
			BASE_RAM=$ram
			return 0
		fi
	done <"$USERPTR_ROOT/ci/data/bases.tsv"
	die 2 "unknown base '$1': give one of ${known[*]}"
}

# kgit ARG...: git without the user's or the machine's configuration (hooks,
# signing, line ends): the same input gives the same commits everywhere.
kgit()
{
	GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
	GIT_AUTHOR_NAME=ci \
	GIT_AUTHOR_EMAIL=ci@localhost \
	GIT_COMMITTER_NAME=ci GIT_COMMITTER_EMAIL=ci@localhost \
		git -c gc.auto=0 -c core.autocrlf=false -c commit.gpgSign=false \
		-c core.hooksPath=/dev/null -c advice.detachedHead=false "$@"
}

# series_list BASE: the patch files (absolute) of the series, in order.  No
# series is an empty output.  USERPTR_SERIES is a folder of ci/mailbox; its series
# then replaces ours.
series_list()
{
	local line list=$USERPTR_ROOT/series/$1 dir=$USERPTR_ROOT/patches/$1

	if [[ -n ${USERPTR_SERIES:-} ]]; then
		dir=$USERPTR_SERIES list=$USERPTR_SERIES/series
	fi
	[[ -e $list ]] || return 0
	while IFS= read -r line || [[ -n $line ]]; do
		line=${line%%#*}
		line=${line%"${line##*[![:space:]]}"}
		[[ -n $line ]] || continue
		printf '%s\n' "$dir/$line"
	done <"$list"
}

# steps_expand BASE LIST [NAME]: "base,1-3" -> base 1 2 3, a line each, each once,
# in this order; "all" is base and every patch of the series. Messages call the
# series NAME.
steps_expand()
{
	local max part i

	max=$(series_list "$1" | wc -l)
	if [[ $2 == all ]]; then
		printf 'base\n'
		((max == 0)) || seq 1 "$max"
		return
	fi
	tr ',' '\n' <<<"$2" | while IFS= read -r part; do
		if [[ $part == base ]]; then
			printf 'base\n'
		elif [[ $part =~ ^([0-9]+)(-([0-9]+))?$ ]]; then
			for ((i = 10#${BASH_REMATCH[1]}; i <= 10#${BASH_REMATCH[3]:-${BASH_REMATCH[1]}}; i++)); do
				((i >= 1 && i <= max)) ||
					die 2 "--steps $part: ${3:-series/$1} has $max patches"
				printf '%d\n' "$i"
			done
		else
			die 2 "--steps: '$part' is neither base, a number nor a range"
		fi
	done | awk '!seen[$0]++'
}
