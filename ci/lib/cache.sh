# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The cache, its locks and its keys.  Part of lib.sh.
#
# $CACHE/KIND/KEY is complete from the moment it exists: it is made in
# $CACHE/tmp and renamed.  $CACHE/locks/NAME are flock files.

# cache_init: make sure that the cache can be written.
cache_init()
{
	mkdir -p "$CACHE/locks" "$CACHE/tmp" "$CACHE/times" 2>/dev/null || :
	[[ -w $CACHE/tmp && -w $CACHE/locks ]] ||
		die 3 "cannot write to the cache $CACHE: set USERPTR_CACHE to a directory of yours"
}

# cache_room MIB WHAT: die in one line if the cache's disk has less room.
cache_room()
{
	local free

	cache_init
	free=$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')
	((free >= $1)) ||
		die 3 "$2 needs $1 MiB in $CACHE, $free MiB are free: make room or set USERPTR_CACHE"
}

# cache_not_full: die in one line if a full disk is the reason of a failure.
cache_not_full()
{
	local dir free

	for dir in "$CACHE" "${TMPDIR:-/tmp}"; do
		free=$(df -Pm "$dir" 2>/dev/null | awk 'NR == 2 { print $4 }')
		if [[ -n $free ]] && ((free < 8)); then
			die 3 "the disk of $dir is full: make room or set USERPTR_CACHE and TMPDIR"
		fi
	done
}

# lock NAME [WHAT]: exclusive until unlock or exit; prints a line if it has to wait.
# Not recursive: a script must not call another that takes the same lock.
# The children of the holder hold it too, so that the next holder waits for a build
# whose script was killed.
declare -A LIB_LOCKS=()
lock()
{
	local name=$1 fd waiter

	cache_init
	exec {fd}>>"$CACHE/locks/$name" ||
		die 3 "cannot open the lock $CACHE/locks/$name: does the cache belong to another user? set USERPTR_CACHE"
	if ! flock -n "$fd"; then
		note "waiting for another run that holds the lock $name${2:+ ($2)}"
		# In the background: bash does not hear signals while it waits
		# for a command.
		spawn waiter flock "$fd"
		wait "$waiter" || die 3 "cannot lock $CACHE/locks/$name"
	fi
	LIB_LOCKS[$name]=$fd
}

unlock()
{
	local fd=${LIB_LOCKS[$1]}

	# Explicitly: a child that outlives us would keep its copy of the fd.
	flock -u "$fd"
	exec {fd}>&-
	unset "LIB_LOCKS[$1]"
}

# cache_get KIND KEY: print the entry's path and mark it used; 1 if there is
# none.
cache_get()
{
	local dir=$CACHE/$1/$2

	[[ -d $dir ]] || return 1
	touch -c "$dir" 2>/dev/null || :
	printf '%s\n' "$dir"
}

# cache_stage VAR: a directory to make an entry in; gone on exit if it was not
# published.
cache_stage()
{
	cache_init
	temp_dir "$1" "$CACHE/tmp"
}

# cache_publish DIR KIND KEY: the staged DIR becomes the entry, all at once.
# If another run was faster, its entry stays.
cache_publish()
{
	local dir=$1 entry=$CACHE/$2/$3

	mkdir -p "$CACHE/$2" || die 3 "cannot write to $CACHE/$2"
	chmod 755 "$dir"
	# -T: an existing directory is refused, never moved into.
	if ! mv -nT -- "$dir" "$entry" 2>/dev/null || [[ -d $dir ]]; then
		[[ -d $entry ]] ||
			die 3 "cannot write $entry: is the disk full, or does it belong to another user?"
		lib_rm_tree "$dir"
	fi
	touch -c "$entry"
}

# cache_prune KIND KEEP: remove entries that are neither among the KEEP last used
# ones nor used within a day (another run may read those), and the rest of killed
# runs in tmp.
cache_prune()
{
	local dir

	while IFS= read -r dir; do
		lib_rm_tree "$dir"
	done < <(find "$CACHE/$1" -mindepth 1 -maxdepth 1 -type d \
			-printf '%T@ %p\n' 2>/dev/null | sort -rn |
		tail -n +$(($2 + 1)) | cut -d' ' -f2- |
		while IFS= read -r dir; do
			find "$dir" -maxdepth 0 -mmin +1440
		done
		find "$CACHE/tmp" -mindepth 1 -maxdepth 1 -mmin +1440)
}

# key PART...: 40 hex digits.  PART is file:PATH (name and contents),
# dir:PATH (all files below, names relative) or str:TEXT.
key()
{
	local part path

	for part; do
		case $part in
		str:*)	printf 'str %s\n' "${part#str:}" ;;
		file:*)	path=${part#file:}
			[[ -r $path ]] || die 3 "cannot read $path"
			printf 'file %s %s\n' "${path##*/}" \
				"$(sha256sum <"$path")" ;;
		dir:*)	path=${part#dir:}
			[[ -d $path ]] || die 3 "cannot read $path"
			printf 'dir\n'
			(cd "$path" && find . -type f -print0 | LC_ALL=C sort -z |
				xargs -0 -r sha256sum) ;;
		*)	die 3 "key: '$part' is neither file:, dir: nor str:" ;;
		esac
	done | sha256sum | cut -c1-40
}

# claim_out VAR: the folder of results that VAR names, made if need be, as an absolute
# path in VAR; no other command writes there as long as this script runs.
claim_out()
{
	local -n lib_claimed=$1

	mkdir -p "$lib_claimed" 2>/dev/null || die 2 "cannot make --out $lib_claimed: name a folder that you may write"
	lib_claimed=$(cd "$lib_claimed" && pwd)
	[[ -w $lib_claimed ]] || die 2 "cannot write to --out $lib_claimed: name a folder that you may write"
	# open until this script ends; its children may inherit it
	exec {LIB_OUT_LOCK}<"$lib_claimed"
	flock -n "$LIB_OUT_LOCK" ||
		die 2 "another run writes to $lib_claimed: wait for it or name another --out"
}
