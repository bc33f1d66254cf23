# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Test lists: ci/data/testlists, and what a user brings. Part of lib.sh.

# list_file NAME: the file of a list, which is one itself or a name in ci/data/testlists.
list_file()
{
	local file=$1

	[[ $1 == */* || -f $1 ]] || file=$USERPTR_ROOT/ci/data/testlists/$1.testlist
	[[ -f $file ]] || die 2 "no test list '$1': give a file, or one of $(cd "$USERPTR_ROOT/ci/data/testlists" && printf '%s ' *.testlist | sed 's/\.testlist//g')"
	printf '%s\n' "$file"
}

# list_setting FILE NAME: N of the line "# NAME N" of the test list, or nothing.
list_setting()
{
	sed -n "s/^# $2 \\([0-9]\\{1,\\}\\)\$/\\1/p" "$1" | head -n1
}

# Lines of a test list or blocklist without comments.
list_lines()
{
	sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$1"
}

# list_tests FILE BASE: the test list for igt_runner: no comments, each test once, no
# test that a blocklist has for all bases or for BASE.
list_tests()
{
	local asked bad blocked f

	asked=$(list_lines "$1" | awk '!seen[$0]++')
	[[ -n $asked ]] || die 2 "$1 asks for no test: it needs lines igt@binary@subtest"
	if bad=$(grep -nvE '^igt@[A-Za-z0-9_-]+(@[A-Za-z0-9_-]+)?$' <<<"$asked" | head -n1) &&
		[[ -n $bad ]]; then
		die 2 "$1: '${bad#*:}' is not igt@binary@subtest"
	fi
	blocked=$(for f in "$USERPTR_ROOT"/ci/data/testlists/blocklist{,"-$2"}.txt; do
		[[ ! -e $f ]] || list_lines "$f"
	done)
	# without a blocked test grep gets no pattern; an empty one would match all
	grep -vxEf <(printf '%s' "${blocked:+$blocked$'\n'}") <<<"$asked" ||
		die 2 "$1 asks for no test: it needs lines igt@binary@subtest"
}

# list_only PATTERNS: the tests on stdin that match one of PATTERNS (separated by
# commas): a shell pattern of the name, with or without igt@, or of its last part.
list_only()
{
	local test glob globs

	IFS=, read -ra globs <<<"$1"
	while IFS= read -r test; do
		for glob in "${globs[@]}"; do
			# shellcheck disable=SC2053  # a pattern
			if [[ $test == $glob || ${test##*@} == $glob || ${test#igt@} == $glob ]]; then
				printf '%s\n' "$test"
				break
			fi
		done
	done
}
