#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the GPU and pwrite write into a userptr object must be in the memory of the
# process afterwards, after any invalidation: in a guest with the last step. The last
# step of the first version must lose writes in each of the known ways.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
# shellcheck source=tests/v1.sh
. tests/v1.sh

make -s -C ci/guest/lost O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"

# refused WORD ARGUMENT...: exit 2, and one line that has WORD
refused()
{
	local word=$1

	shift
	rc=0
	"$TMP/lost" "$@" >"$TMP/out" 2>&1 || rc=$?
	is "lost $*: exit 2" "$rc" 2
	is "lost $*: it is one line" "$(wc -l <"$TMP/out")" 1
	check "lost $*: it has \"$word\"" grep -qF -e "$word" "$TMP/out"
}

refused "name a way, or an option"
refused "no way 'nonsense'" nonsense
refused "--op 'nonsense'" --op nonsense
refused "--via 'gpu'" --via gpu
refused "--size '5000'" --size 5000
refused "--threads '5'" --threads 5
refused "--seconds '0'" --seconds 0
refused "takes no option" overlap --seconds 3
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/lost" overlap >"$TMP/out" 2>&1 || rc=$?
	is "lost: no device is no pass: exit 3" "$rc" 3
fi

ways="overlap lazyfree lazyfree-pwrite unwritten unwritten-pwrite swapcache"
# The first version waits whoever has made the object.
more="creator lazyfree-closed"
last=$(last_step v5.10)
rc=0
ci/shell --step "$last" --share "$TMP/share" -- \
	"lost $ways $more; rc=\$?; lost --op all --strict --seconds 1 && exit \$rc" \
	>"$TMP/out" 2>"$TMP/log" || rc=$?
is "step $last: no write is lost, no kernel warning" "$rc" 0
((rc == 0)) || { tail -n 5 "$TMP/log"; grep -v ' pass ' "$TMP/out"; } | sed 's/^/# /'
for way in $ways $more; do
	check "step $last: $way" grep -qE "^$way pass " "$TMP/out"
done
ops=$("$TMP/lost" --help | sed -n '/^Or at random/,/^--via/s/^    \([a-z-]*\) .*/\1/p')
for op in $ops; do
	is "step $last: $op, by the blitter and by pwrite, one and two at a time" \
		"$(grep -cE "^$op/(blit|pwrite)/64k/[12] pass " "$TMP/out")" 4
done
# A run in which nothing came together would show nothing.
for what in overlapped moved; do
	n=$(grep -oE "[0-9]+ $what" "$TMP/out" | awk '{ n += $1 } END { print n + 0 }')
	check "step $last: $n times $what" test "$n" -ge 20
done

v1_shell "lost $ways"
is "the first version: writes are lost" "$rc" 1
for way in $ways; do
	check "the first version: $way" grep -qE "^$way lost " "$TMP/out"
done
done_testing
