#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/bench: its tables and plot, and that -icount makes a measurement repeatable.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

t=$TMP/bench.tsv
line() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }
{ line base step what objects where value unit
  line v5.10 base munmap 0 apart 1000 ns
  line v5.10 base munmap 1 inside 4000 ns
  line v5.10 base share 100 no-rest 100 uses
  line v5.10 3 munmap 0 apart 1020 ns
  line v5.10 3 munmap 1 inside 2000 ns
  line v5.10 3 share 100 no-rest 99 uses
  line v6.12 base munmap 0 apart 1500 ns; } >"$t"
is "the table: first the value, then per cent, counts as they are" "$(ci/stages/verdict bench-table "$t")" \
"|  | base | step 3 | v6.12 |
|---|---:|---:|---:|
| munmap, no object | 1000 | 102 % | 150 % |
| munmap, 1 inside | 4000 | 50 % | - |
| share, no rest | 100 uses | 99 | - |"
ci/stages/verdict bench-table "$t" --svg "$TMP/p.svg"
is "the plot: a mark for each ratio, and one for each kernel" "$(python3 - "$TMP/p.svg" <<'EOF'
import sys, xml.etree.ElementTree as ET
s = "{http://www.w3.org/2000/svg}"
root = ET.parse(sys.argv[1]).getroot()
box = [float(v) for v in root.get("viewBox").split()]
c = root.findall(s + "circle")
assert all(0 <= float(e.get("cx")) <= box[2] and 0 <= float(e.get("cy")) <= box[3] for e in c)
text = [e.text for e in root.findall(s + "text")]
rows = [e for e in c if e.get("r") == "3"]
# 50 % is left of 100 %, 150 % right of it
at = {t: float(e.get("x")) for e, t in zip(root.findall(s + "text"), text) if t.endswith(" %")}
x = [float(e.get("cx")) for e in rows]
print(len(c) - len(rows), len(rows), x[2] < at["100 %"] < x[0] < x[1], "v6.12" in text)
EOF
)" "2 3 True True"
for bad in "other head" "v5.10 base munmap 0 apart x ns" "v5.10 base munmap 0 apart 1000 ns"; do
	cp "$t" "$TMP/bad"
	case $bad in
	other*) sed -i 1s/what/which/ "$TMP/bad" ;;
	*) tr ' ' '\t' <<<"$bad" >>"$TMP/bad" ;;
	esac
	out=$(ci/stages/verdict bench-table "$TMP/bad" 2>&1)
	is "refused: $bad" "$? $(wc -l <<<"$out")" "2 1"
done
for args in "--steps 99" "--base v9" "--frob x" "--tree /nonexistent"; do
	# shellcheck disable=SC2086  # words
	out=$(ci/bench $args --out "$TMP/o" 2>&1)
	is "ci/bench $args: exit 2" $? 2
	is "ci/bench $args: one line" "$(wc -l <<<"$out")" 1
done

# Steps whose kernels differ by a module only: a builder and a VM of ours, which
# measures the size of the module.
farm=$TMP/farm
mkdir "$farm"
cp -r ci series patches kconfig-fragments "$farm/"
cat >"$farm/ci/build" <<'EOF'
#!/bin/bash
all=$* step=${all#*--step } step=${step%% *}
mkdir -p "$FAKE/$step/modules"
cp "$REAL"/{bzImage,gen_init_cpio,modules.order.load} "$FAKE/$step/"
head -c "${step/base/9}" /dev/zero >"$FAKE/$step/modules/i915.ko"
echo "$FAKE/$step"
EOF
cat >"$farm/ci/shell" <<'EOF'
#!/bin/bash
all=$* dir=${all#*--share } dir=${dir%% *} step=${all#*--step } step=${step%% *}
echo "$step" >>"$FAKE/measured"
: >"$dir/dmesg-1.txt"
printf 'cost\tmunmap\t0\tapart\t%s00\tns\ncost done\n' "$(stat -c %s "$FAKE/$step/modules/i915.ko")"
EOF
: >"$TMP/measured"
REAL=$(ci/build --base v5.10 --step base 2>/dev/null)
echo "echo $REAL/bzImage" | tee "$farm/ci/stages/device" >"$farm/ci/stages/userland"
export REAL FAKE=$TMP
for again in "" " again"; do
	USERPTR_CACHE=$TMP/cache "$farm/ci/bench" --steps base,3 --out "$TMP/b" >"$TMP/out" 2>"$TMP/err"
	is "steps that differ by a module$again: two values, measured once" \
		"$(grep -o '[0-9]* %' "$TMP/out") $(xargs <"$TMP/measured")" "33 % base 3"
done

make -s -C ci/guest/cost O="$TMP/cost" >/dev/null
check "cost builds, and says how it is used" "$TMP/cost/cost" --help
"$TMP/cost/cost" nonesuch 2>/dev/null
is "cost: a part that is not there: exit 2" $? 2
if [[ ! -e /dev/dri/card0 ]]; then
	out=$("$TMP/cost/cost" life 2>&1)
	is "cost without a device: exit 1" $? 1
	like "cost without a device: says so" "$out" "/dev/dri/card0: No such file"
fi

# The kernel of the shard will do: how long a call takes is not the question here.
# Nor is QEMU, whose options end at a comma, to mind one in a path. After the boot
# the kernel still has something else to do: the first time does not count. Nor
# does a time that i915's workers, who follow the device's clock, spent in a call:
# what is asked is that the least of four is met twice.
USERPTR_ICOUNT=1 ci/shell --step base --share "$TMP/v,m" --timeout 600 -- \
	'cost life >/dev/null && for i in 1 2 3 4; do cost life; done' >"$TMP/log" 2>"$TMP/err"
is "in a guest: measured, and no kernel warning" $? 0
is "in a guest: each thing four times" "$(grep -c '^cost	' "$TMP/log")" 20
is "in a guest: alike within 2 %" "$(sort -t'	' -k2,2 -k5,5n "$TMP/log" | awk -F'\t' '$1 == "cost" {
	if (++n[$2] == 1) least = $5; else if (n[$2] == 2 && $5 > least * 1.02) print $2, least, $5 }')" ""
[[ -s $TMP/log ]] || sed 's/^/# /' "$TMP/err"
done_testing
