# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034
#
# What scripts/check asks of one patch without compiling it.  For scripts/check
# only: uses its variables (n, src, tree, STEPS, PATCHES) and its found().

# dim's profile, drm-intel's checkpatch_opts.
DIM=(--strict --max-line-length=100
	"--ignore=BIT_MACRO,SPLIT_STRING,LONG_LINE_STRING,BOOL_MEMBER")

# Linux-2.6.12-rc2, the root of the kernel's history.
ROOT_COMMIT=${KERNEL_ROOT_COMMIT:-1da177e4c3f41524e886b7f1b8a0c1fc7321cac2}

sgit()
{
	kgit -C "$STEPS_REPO" "$@"
}

# check_patch: findings of step $n; set CHECKPATCH (E/W/C), RULES and FIXES
# for the table.
check_patch()
{
	local before

	run_checkpatch "${PATCHES[n - 1]}"
	before=$((errors + warned))
	check_message "${STEPS[n]}"
	check_paths "${STEPS[n]}"
	RULES=ok
	((errors + warned == before)) || RULES=FAILS
	check_fixes "${STEPS[n]}"
}

run_checkpatch()
{
	local patch=$1 out line level type e=$errors w=$warned c=$checks

	out=$(cd "$src" && perl scripts/checkpatch.pl --terse --show-types \
		--no-summary --color=never "${DIM[@]}" "$patch" 2>&1) || :
	while IFS= read -r line; do
		if [[ ! $line =~ ^"$patch":([0-9]+:)?\ (ERROR|WARNING|CHECK):([A-Z_]+): ]]; then
			[[ -z $line ]] || die 3 "checkpatch.pl says '$line'"
			continue
		fi
		level=${BASH_REMATCH[2],,} type=${BASH_REMATCH[3]}
		# It asks whether MAINTAINERS needs an entry: look there.
		if [[ $type == FILE_PATH_CHANGES ]] && maintained "$patch"; then
			note "step $n: new files, MAINTAINERS has them"
			continue
		fi
		if [[ $type == UNKNOWN_COMMIT_ID ]] && ! unknown_commit "$line"; then
			continue
		fi
		found "$level" "checkpatch: ${line#"$patch":}"
	done <<<"$out"
	CHECKPATCH=$((errors - e))/$((warned - w))/$((checks - c))
}

# unknown_commit LINE: checkpatch has no git to look into; we may have.  True
# if the commit it names is none.
unknown_commit()
{
	local id=${1#*"commit id '"}

	id=${id%%"'"*}
	if [[ -n ${TREE_BASE:-} ]] && tgit cat-file -e "$id^{commit}" 2>/dev/null; then
		return 1
	fi
	[[ -n $HISTORY ]] || return 0
	note "step $n: commit $id in the message: not verified: $HISTORY"
	return 1
}

# maintained PATCH: true if a section of MAINTAINERS other than the last
# resort covers every file that PATCH adds or moves to.
maintained()
{
	local f

	while IFS= read -r f; do
		# Not there yet: whose is the folder?  Without people it says nothing.
		[[ -e $src/$f ]] || f=${f%/*}
		(cd "$src" && perl scripts/get_maintainer.pl --nogit --nogit-fallback \
			--no-rolestats --subsystem -f "$f") |
			grep -v @ | grep -qvx 'THE REST' || return 1
	done < <(patch_paths "$1")
}

check_message()
{
	local commit=$1 author subject line

	author=$(sgit log -1 --format='%an <%ae>' "$commit")
	subject=$(sgit log -1 --format=%s "$commit")
	sgit log -1 --format=%B "$commit" | grep -qxF "Signed-off-by: $author" ||
		found error "no 'Signed-off-by: $author', who is the author"
	[[ $subject == drm/i915* || $subject == Documentation* ]] ||
		found warning "subject does not begin with drm/i915: '$subject'"
	((${#subject} <= 75)) ||
		found warning "subject has ${#subject} characters, 75 are usual: '$subject'"
	[[ $subject != *. ]] || found warning "subject ends in a full stop"
	while IFS= read -r line; do
		# Quoted traces and addresses stay in one line.
		((${#line} <= 100)) || [[ $line =~ ^[[:space:]\[\<] || $line == *://* ]] ||
			found warning "message has a line of ${#line} characters: '${line:0:40}...'"
	done < <(sgit log -1 --format=%b "$commit")
}

check_paths()
{
	local commit=$1 f line

	while IFS= read -r f; do
		case $f in
		drivers/gpu/drm/i915/* | Documentation/gpu/*i915*) ;;
		*) found error "touches $f, which is not i915's" ;;
		esac
	done < <(sgit diff-tree -r --no-commit-id --no-renames --name-only "$commit")
	while IFS= read -r line; do
		[[ ! $line =~ ^[^+\ ][^:]*:[0-9]+:\  ]] || found error "git diff --check: $line"
	done < <(sgit -c core.whitespace=blank-at-eol,space-before-tab,blank-at-eof \
		diff --check "$commit^" "$commit" || :)
}

# fixes_open: set HISTORY to why Fixes: cannot be refuted, or to nothing.
fixes_open()
{
	HISTORY=
	if [[ -z ${TREE_BASE:-} ]]; then
		HISTORY="no git tree was given"
	elif ! tgit merge-base --is-ancestor "$ROOT_COMMIT" "$TREE_BASE" 2>/dev/null; then
		HISTORY="TREE has no history"
	fi
}

check_fixes()
{
	local line hash title full state=-

	FIXES=-
	while IFS= read -r line; do
		if [[ ! $line =~ ^Fixes:\ ([0-9a-f]{12,40})\ \(\"(.*)\"\)$ ]]; then
			found error "'$line' is not 'Fixes: 12 digits or more (\"subject\")'"
			FIXES=FAILS
			continue
		fi
		hash=${BASH_REMATCH[1]} title=${BASH_REMATCH[2]} state=ok
		full=
		[[ -z ${TREE_BASE:-} ]] ||
			full=$(tgit rev-parse -q --verify "$hash^{commit}" 2>/dev/null) || full=
		if [[ -z $full && -n $HISTORY ]]; then
			note "step $n: Fixes: $hash: not verified: $HISTORY"
			state="not verified"
		elif [[ -z $full ]]; then
			found error "Fixes: $hash is no commit of $tree"
			state=FAILS
		elif [[ $(tgit log -1 --format=%s "$full") != "$title" ]]; then
			found error "Fixes: $hash is '$(tgit log -1 --format=%s "$full")', not '$title'"
			state=FAILS
		elif ! tgit merge-base --is-ancestor "$full" "$TREE_BASE"; then
			found error "Fixes: $hash is not an ancestor of the base"
			state=FAILS
		fi
		# The worst one is shown.
		[[ $FIXES == FAILS || ($FIXES == "not verified" && $state == ok) ]] ||
			FIXES=$state
	done < <(sgit log -1 --format=%B "${STEPS[n]}" | grep -i '^fixes:' || :)
}
