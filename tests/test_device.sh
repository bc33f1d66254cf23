#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The unit and protocol tests of the device, under ASAN and UBSAN, those with threads
# also under TSAN; a short run of its fuzz targets; its documents.
. "$(dirname "$0")/tap.sh"

make -s -C "$ROOT/ci/hsw" O="$TMP/asan" check >"$TMP/out" 2>&1
rc=$?
if grep -qE '^(not )?ok ' "$TMP/out"; then
	while IFS= read -r line; do
		name=$(sed -E 's/^(not )?ok *[0-9]* *-? *//' <<<"$line")
		case $line in
		*"# SKIP"*) skip "${name%% # SKIP*}" "${name##*# SKIP}" ;;
		ok*) ok "$name" ;;
		*) not_ok "$name" "$(grep -aE '^#|ERROR|runtime error' "$TMP/out" | tail -n 20)" ;;
		esac
	done < <(grep -E '^(not )?ok ' "$TMP/out")
fi
is "make -C ci/hsw check exits 0" "$rc" 0
((rc == 0)) || tail -n 30 "$TMP/out" | sed 's/^/# /'

make -s -C "$ROOT/ci/hsw" O="$TMP/tsan" tsan >"$TMP/out" 2>&1
is "make -C ci/hsw tsan exits 0" $? 0
is "TSAN: no test failed" "$(grep -E '^not ok|WARNING: ThreadSanitizer' "$TMP/out")" ""
like "TSAN: all came to their end" "$(tail -n1 "$TMP/out")" "all [0-9]+ test programs passed under TSAN"

make -s -C "$ROOT/ci/hsw" O="$TMP/fuzz" fuzz-check >"$TMP/out" 2>&1
is "make -C ci/hsw fuzz-check exits 0" $? 0
for t in msg space walk cmd blt; do
	like "fuzz_$t: no finding" "$(grep "fuzz_$t:" "$TMP/out")" "^ok - fuzz_$t: +cov: [0-9]+"
done
grep -qE '^not ok' "$TMP/out" && tail -n 20 "$TMP/out" | sed 's/^/# /'

# Wrong devices: each must be noticed.
"$ROOT/ci/hsw/tests/mutants.py" >"$TMP/out" 2>&1
is "mutants.py exits 0" $? 0
while IFS= read -r line; do
	name=${line#*- }
	case $line in
	ok*) ok "mutant $name" ;;
	*) not_ok "mutant $name" ;;
	esac
done < <(grep -E '^(not )?ok ' "$TMP/out")
check "at least 28 mutants were tried" test "$(grep -cE '^ok ' "$TMP/out")" -ge 28
grep -E '^mutants.py:' "$TMP/out" | sed 's/^/# /'

# The layers, and that layers.py sees an include, a call, a type and a file too many.
is "no file of ci/hsw uses a layer above its own" "$(python3 "$ROOT/ci/hsw/tests/layers.py" 2>&1)" ""
cp -r "$ROOT/ci/hsw" "$TMP/layers"
echo '#include "cs.h"' >>"$TMP/layers/ring.c"
echo 'void poke(struct hsw *hsw) { ring_poke(hsw); }' >>"$TMP/layers/mmio.c"
echo 'struct blt *job;' >>"$TMP/layers/tlb.c"
echo '#include "device.h"' >>"$TMP/layers/mi.h"
: >"$TMP/layers/new.c"
is "layers.py: what goes up is named, and the exit code is 1" \
	"$(python3 "$ROOT/ci/hsw/tests/layers.py" "$TMP/layers" 2>&1; echo $?)" "new: is not in layers
mi.h: a header includes device.h
mmio.c uses ring_poke of ring, which is not below it
ring.c includes cs.h, which is not below it
tlb.c uses struct blt of blt, which is not below it
1"

cp "$ROOT/ci/hsw/REGISTERS.md" "$TMP/REGISTERS.md"
cp -r "$ROOT/ci/hsw" "$TMP/hsw"
make -s -C "$TMP/hsw" O="$TMP/tools" registers >"$TMP/out" 2>&1
is "REGISTERS.md is what make registers writes" "$(<"$TMP/hsw/REGISTERS.md")" "$(<"$TMP/REGISTERS.md")"
check "make bench: six figures" test "$(make -s -C "$ROOT/ci/hsw" O="$TMP/tools" bench 2>/dev/null |
	grep -cE ' [0-9]+ in a second| us, |% of a CPU')" = 6
printf '#!/bin/sh\nexec timeout 1 "%s" "$@"\n' "$TMP/tools/hsw" >"$TMP/dies"
chmod +x "$TMP/dies"
out=$(timeout 60 "$TMP/tools/tools/bench_proto" "$TMP/dies" 2>&1)
is "bench_proto: a server that dies has no rate: exit 1" "$? $out" "1 bench_proto: register, read"
done_testing
