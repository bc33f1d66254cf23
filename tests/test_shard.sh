#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/run with the BAT list on the base and on the last step of the series: the results
# must be as ci/data/expected says, and the last step must not leak memory.
# V417_TREE=DIR adds v4.17.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

shard()
{
	local name=$1 rc=0

	shift
	ci/run "$@" >"$TMP/out" || rc=$?
	sed 's/^/# /' "$TMP/out"
	is "$name: as expected" "$rc" 0
}

n=$(last_step v5.10)
shard "v5.10 base and step $n, BAT" --base v5.10 --steps "base,$n" --out build/check

is "whose work each subtest was: the guest's and the device's" "$(cat build/check/"$n"/cpu-*.txt |
	awk -F'\t' 'NF != 5 { bad++ } { guest += $4; device += $5 }
		END { print bad + 0, (NR > 30), (guest > device), (device > 0) }')" "0 1 1 1"

# A kernel with kmemleak, which tests/test_selftest.sh needs anyway, and a GPU that
# uses old translations until it is told not to.
shard "v5.10 step $n, BAT, with kmemleak and --tlb" --base v5.10 --steps "$n" --config selftest \
	--tlb --out build/check-leaks
like "kmemleak has looked" "$(cat build/check-leaks/"$n"/channel-*.txt)" " leaks 0"

n=$(last_step v4.17)
if [[ -n ${V417_TREE:-} ]]; then
	shard "v4.17 base and step $n, BAT" --base v4.17 --tree "$V417_TREE" \
		--steps "base,$n" --out build/check-v4.17
else
	skip "v4.17 base and step $n, BAT" "no tree: make check V417_TREE=DIR"
fi
done_testing
