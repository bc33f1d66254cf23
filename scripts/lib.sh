# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the patch tools share: lists, trees, and the series as commits.  Source
# it first; it brings ci/lib/lib.sh with it, and with that the exit codes:
# 0 as expected, 1 a result that is not, 2 wrong usage or input, 3 the harness failed.

. "$(dirname "${BASH_SOURCE[0]}")/../ci/lib/lib.sh"

# list_info SERIES: set LIST, LIST_BASE and what base_info sets.  A series is named
# after its base; "-merge" is the variant for maintainers.
list_info()
{
	LIST=$1
	[[ $LIST =~ ^[A-Za-z0-9._-]+$ ]] ||
		die 2 "'$LIST' is not the name of a series in series/ (see --help)"
	LIST_BASE=${LIST%-merge}
	base_info "$LIST_BASE"
}

# list_patches: set PATCHES to the patch files (absolute) of $LIST, in order.
list_patches()
{
	local p

	[[ -r $USERPTR_ROOT/series/$LIST ]] ||
		die 2 "there is no series/$LIST: scripts/refresh makes it from a branch"
	mapfile -t PATCHES < <(series_list "$LIST")
	((${#PATCHES[@]})) || die 2 "series/$LIST names no patch"
	for p in "${PATCHES[@]}"; do
		[[ -r $p ]] ||
			die 2 "series/$LIST names ${p##*/}, patches/$LIST has no such file: correct series/$LIST"
	done
}

# child VAR CMD ARG...: CMD's stdout in VAR; its failure is ours.  Unlike $(CMD)
# it ends at once when we are told to.
child()
{
	local -n scripts_out=$1
	local scripts_dir scripts_pid rc=0

	shift
	temp_dir scripts_dir
	spawn scripts_pid "$@" >"$scripts_dir/out"
	wait "$scripts_pid" || rc=$?
	((rc == 0)) || exit "$rc"
	# shellcheck disable=SC2034  # a nameref: the caller reads it
	scripts_out=$(<"$scripts_dir/out")
}

# --- trees ------------------------------------------------------------------

# tree_open TREE: set TREE_DIR (absolute) and TREE_GIT (its git directory), or
# die.  A bare repository is fine here; see tree_needs_files.
tree_open()
{
	local top

	TREE_DIR=$(cd "$1" 2>/dev/null && pwd -P) ||
		die 2 "$1: no such directory"
	top=$(tgit rev-parse --show-toplevel 2>/dev/null ||
		tgit rev-parse --absolute-git-dir 2>/dev/null) || top=
	[[ $top == "$TREE_DIR" ]] ||
		die 2 "$1 is not the top of a git tree${top:+ (that is $top)}: give the kernel's git tree"
	TREE_GIT=$(tgit rev-parse --absolute-git-dir)
}

# tgit ARG...: git in the user's tree, for reading: its owner and the configuration
# of the user's git change nothing.
tgit()
{
	GIT_OPTIONAL_LOCKS=0 kgit -c safe.directory='*' -C "$TREE_DIR" "$@"
}

# tree_needs_files TREE: die if it is bare.
tree_needs_files()
{
	[[ $(tgit rev-parse --is-bare-repository) == false ]] ||
		die 2 "$1 is a bare repository: give one with files (git clone, or git worktree add)"
}

# tree_blob REV: the hash of the base's file there, or nothing.
tree_blob()
{
	tgit rev-parse -q --verify "$1:$BASE_FILE" 2>/dev/null || :
}

# need_base_blob BLOB WHERE: die, with both hashes, unless it is the base's.
need_base_blob()
{
	[[ -n $1 ]] || die 2 "$2 has no $BASE_FILE: is it a $LIST_BASE kernel?"
	[[ $1 == "$BASE_BLOB" ]] ||
		die 2 "$2: $BASE_FILE is blob $1, $LIST_BASE has $BASE_BLOB: check out a commit with that file"
}

# branch_base BRANCH [REV]: print the commit that the series on BRANCH starts
# from: REV, or what scripts/apply noted, or a guess: in an import (its root is
# near) the oldest commit with the base's file, else the newest.
branch_base()
{
	local branch=$1 rev=${2:-} from="--base ${2:-}" at last=200 list base=

	if [[ -z $rev ]]; then
		rev=$(tgit config "branch.$branch.userptrBase") || rev=
		from="the base that scripts/apply noted, $rev,"
	fi
	if [[ -n $rev ]]; then
		base=$(tgit rev-parse -q --verify "$rev^{commit}") ||
			die 2 "$from is no commit of ${tree:-$TREE_DIR}"
		tgit merge-base --is-ancestor "$base" "$branch" ||
			die 2 "$from is not below $branch: give --base REV"
		need_base_blob "$(tree_blob "$base")" "$from"
		printf '%s\n' "$base"
		return
	fi
	mapfile -t list < <(tgit rev-list --first-parent -n "$last" "$branch")
	for at in "${list[@]}"; do
		[[ $(tree_blob "$at") == "$BASE_BLOB" ]] || continue
		base=$at
		((${#list[@]} < last)) || break
	done
	[[ -n $base ]] ||
		need_base_blob "$(tree_blob "$branch")" "$branch (and $((${#list[@]} - 1)) commits below)"
	printf '%s\n' "$base"
}

# --- the series as commits --------------------------------------------------

# scratch_repo VAR OBJECTS...: an empty repository, gone on exit, that borrows
# from the object directories.  Nobody's configuration has a say in it.
scratch_repo()
{
	local dir

	cache_init
	temp_dir dir "$CACHE/tmp"
	kgit init -q -b work "$dir"
	printf '%s\n' "${@:2}" >"$dir/.git/objects/info/alternates"
	# As the kernel's .gitattributes has it; bare trees and old ones do not.
	mkdir -p "$dir/.git/info"
	printf '*.[ch] diff=cpp\n' >"$dir/.git/info/attributes"
	printf -v "$1" '%s' "$dir"
}

# objects_of GITDIR: where its objects are.
objects_of()
{
	kgit -c safe.directory='*' --git-dir="$1" \
		rev-parse --path-format=absolute --git-path objects
}

# scratch_files REPO COMMIT PATCH...: check out COMMIT, only the files which
# the patches touch.
scratch_files()
{
	local dir=$1 commit=$2

	shift 2
	kgit -C "$dir" config core.sparseCheckout true
	patch_paths "$@" | sed 's|^|/|' >"$dir/.git/info/sparse-checkout"
	kgit -C "$dir" checkout -q --detach "$commit"
}

# patch_paths PATCH...: the files that they touch.
patch_paths()
{
	sed -nE 's#^(---|\+\+\+) [ab]/([^\t]*).*#\2#p' "$@" | sort -u
}

# scratch_am REPO PATCH [AM_OPTION...]: as git am; the author's date also for
# the committer, so that the same patches make the same commits.
scratch_am()
{
	local dir=$1 patch=$2

	shift 2
	kgit -C "$dir" -c user.name=ci -c user.email=ci@localhost am -q \
		--no-scissors --no-message-id --whitespace=nowarn \
		--committer-date-is-author-date "$@" "$patch" \
		>"$dir/.git/am.log" 2>&1
}

# am_reason LOG: "to FILE (git's words)"
am_reason()
{
	local file

	file=$(sed -nE 's/^error: patch failed: ([^:]*):.*/\1/p; s/^error: ([^:]*): (does not|already) .*/\1/p' \
		"$1" | head -n1)
	printf '%s(%s)' "${file:+to $file }" \
		"$(grep -m1 -E '^(error|fatal):' "$1" || head -n1 "$1")"
}

# base_source [TREE]: set SOURCE_REPO, SOURCE_COMMIT and SOURCE_HASH (its tree)
# of LIST_BASE by ci/stages/source, SOURCE_ARGS to what it takes to have that again.
# Of a git TREE it is the commit below the series if HEAD has that; TREE_DIR
# and TREE_BASE are then set.
base_source()
{
	local args=(--base "$LIST_BASE" --step base) out tmp tree=${1:-} branch

	TREE_DIR='' TREE_BASE=''
	if [[ -n $tree && -e $tree && ! -e $tree/.git && -e $tree/Makefile ]]; then
		args+=(--tree "$tree")	# a plain folder
	elif [[ -n $tree ]]; then
		tree_open "$tree"
		branch=$(tgit symbolic-ref -q --short HEAD) || branch=HEAD
		TREE_BASE=$(branch_base "$branch") || exit
		# ci/stages/source takes a HEAD: make it one.
		scratch_repo tmp "$(objects_of "$TREE_GIT")"
		kgit -C "$tmp" config core.bare true
		if [[ -e $(tgit rev-parse --git-path shallow) ]]; then
			cp "$(tgit rev-parse --path-format=absolute --git-path shallow)" \
				"$tmp/.git/shallow"
		fi
		kgit -C "$tmp" update-ref --no-deref HEAD "$TREE_BASE"
		args+=(--tree "$tmp/.git")
	fi
	# shellcheck disable=SC2034  # for the caller
	SOURCE_ARGS=("${args[@]}")
	child out "$USERPTR_ROOT/ci/stages/source" "${args[@]}"
	# shellcheck disable=SC2034  # for the caller
	IFS=$'\t' read -r SOURCE_REPO SOURCE_COMMIT SOURCE_HASH <<<"$out"
}

# series_commits [PATCH...]: set STEPS_REPO and STEPS, the commits of base (0)
# and of each patch of PATCHES on SOURCE_COMMIT; die 1 if one does not apply.
# The files which other PATCHes touch are checked out, too.
series_commits()
{
	local p

	scratch_repo STEPS_REPO "$SOURCE_REPO/objects"
	scratch_files "$STEPS_REPO" "$SOURCE_COMMIT" "${PATCHES[@]}" "$@"
	STEPS=("$SOURCE_COMMIT")
	for p in "${PATCHES[@]}"; do
		scratch_am "$STEPS_REPO" "$p" ||
			die 1 "step ${#STEPS[@]}: patches/$LIST/${p##*/} does not apply $(am_reason "$STEPS_REPO/.git/am.log"): refresh it"
		STEPS+=("$(kgit -C "$STEPS_REPO" rev-parse HEAD)")
	done
}
