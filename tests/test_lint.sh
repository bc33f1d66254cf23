#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Our Python passes pyflakes, the C of the guest and of the software GPU passes the kernel's
# checkpatch, no file has white space at the end of a line, each file has its licence, and
# none is a product of a build.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

# What others wrote: patches, records, reports of runs
DATA='^(patches|tests/(golden|report|faults|properties|patchwork|trybot|v1)|ci/(examples|data))/'
mapfile -t files < <(git -c safe.directory='*' ls-files -co --exclude-standard |
	while IFS= read -r f; do [[ ! -f $f || -L $f ]] || printf '%s\n' "$f"; done)

is "white space at the end of a line" \
	"$(printf '%s\n' "${files[@]}" | grep -vE "$DATA" | xargs grep -InE '[[:blank:]]+$')" ""
# A litmus test is part of the key of its result, and herd7 wants its name first.
is "no licence" "$(printf '%s\n' "${files[@]}" |
	grep -vE "$DATA|^(series/|COVER_LETTER.md|MAINTAINERS.snippet|.gitignore|ci/hsw/)|litmus$" |
	while IFS= read -r f; do
		grep -q SPDX-License-Identifier "$f" || echo "$f"
	done)" ""

# The coverage of a run is as easily added by accident as an object.
is "no product of a build or of a run" "$(printf '%s\n' "${files[@]}" |
	grep -E '\.(o|ko|a|so|d|cmd|pyc|gcda|gcno|profraw|profdata|orig|rej)$|(^|/)(core|vmlinux|a\.out)$')" ""

mapfile -t python < <(for f in "${files[@]}"; do
	[[ $f != *.py ]] && ! head -n1 "$f" | grep -qa '^#!.*python' || echo "$f"
done)
check "pyflakes finds nothing" pyflakes3 "${python[@]}"

# Programs of the guest are no kernel: volatile is for memory that the GPU shares, the
# kernel's macros for attributes are not there. LINE_SPACING takes _Atomic(x) for a call.
not_ours=VOLATILE,ENOSYS,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_PRINTF,PREFER_ALIGNED
not_ours+=,EMBEDDED_FUNCTION_NAME,FUNCTION_ARGUMENTS,LINE_SPACING,REPEATED_WORD,PREFER_PACKED
if row=$(ci/stages/source --base v5.10 --step base 2>/dev/null); then
	for f in checkpatch.pl spelling.txt const_structs.checkpatch; do
		git --git-dir="${row%%$'\t'*}" show "v5.10/base:scripts/$f" >"$TMP/$f"
	done
	# checkpatch takes the * of a pointer to a type it does not know for a product.
	echo FILE >"$TMP/types"
	for dir in ci/guest ci/guest/*/ ci/hsw ci/hsw/tests ci/hsw/fuzz; do
		dir=${dir%/} ignore=$not_ours
		# The GPU's commands and registers are macros that are lists of values.
		[[ $dir != ci/hsw* ]] || ignore+=,COMPLEX_MACRO
		check "checkpatch finds nothing in $dir" perl "$TMP/checkpatch.pl" --no-tree \
			--terse --quiet --no-summary --max-line-length=100 --ignore "$ignore" \
			--typedefsfile "$TMP/types" -f "$dir"/*.[ch]
	done
else
	skip "checkpatch" "the source of v5.10 is not in the cache: ci/stages/source --base v5.10"
fi
done_testing
