#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/properties without a VM: wrong input; the judge on records of real VMs
# (tests/properties, with shortened logs) and on the same records with one mistake; the
# sum; a whole run in which a script replaces the guest; and the cover letter.
# shellcheck disable=SC2016  # the $ in single quotes is sed's
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
G=$ROOT/tests/properties

# --- wrong input
refuse()
{
	local name=$1 regex=$2 out rc=0

	shift 2
	out=$(timeout 60 ci/properties --out "$TMP/out" "$@" 2>&1) || rc=$?
	is "$name: exit 2" "$rc" 2
	like "$name: says so" "$out" "$regex"
	is "$name: in one line" "$(wc -l <<<"$out")" 1
}
refuse "unknown option" "unknown option --bogus" --bogus 1
refuse "option without value" "--only needs a value" --only
refuse "stray word" "unexpected 'base'" base
refuse "unknown base" "unknown base 'v9.99'" --base v9.99
refuse "no such step" "--steps 77: series/v5.10 has [0-9]+ patches" --steps 77
refuse "no such tree" "--tree /nonexistent: no such directory" --tree /nonexistent
refuse "no such test" "ci/data/properties.tsv has no such test" --only nonesuch
refuse "times" "--times '0' is not" --times 0
refuse "no first version" "there is no tests/v1/v6.12.mbox" --base v6.12 --steps base --first
out=$(USERPTR_SERIES=$TMP timeout 60 ci/properties --first --steps base --out "$TMP/out" 2>&1)
like "the first version of what is not ours" "$out" "USERPTR_SERIES is another series"
mkdir "$TMP/locked"
exec 9<"$TMP/locked"
flock 9
refuse "two runs into one folder" "another run writes to" --out "$TMP/locked"

# --- the list: each test is there, and each way that waits has
for program in waits lost uses; do
	make -s -C "ci/guest/$program" O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"
	"$TMP/$program" --help >"$TMP/$program.help"
	ways=$(ci/stages/verdict property-table --tests | sed -n "s/^$program@//p")
	check "$program has tests" test -n "$ways"
	for way in $ways; do
		check "$program has the way $way" grep -qE "^    $way +[^ ]" "$TMP/$program.help"
	done
done
is "all ways of waits are tests" \
	"$(sed -nE 's/^    ([a-z]+-[a-z]+) .*/waits@\1/p' "$TMP/waits.help" | sort)" \
	"$(ci/stages/verdict property-table --tests | grep ^waits@ | sort)"

# --- the judge
fresh() { rm -rf "$TMP/d"; cp -r "$G/$1" "$TMP/d"; }
judge()
{
	rc=0
	ci/stages/verdict properties "$TMP/d" "$@" >"$TMP/rows" 2>"$TMP/err" || rc=$?
}
# row WAY COLUMN
row() { grep "@$1	" "$TMP/rows" | cut -f"$2"; }
rows() { cut -f1,2,4 "$TMP/rows" | tr '\t\n' '  '; }
both() { sed -i "$1" "$TMP/d/dmesg-1.txt" "$TMP/d/console-1.txt"; }
passed=(exit-fence exit-endless exit-hang spin-plain)

fresh pass; judge waits "${passed[@]}"
is "four that pass" "$(rows)" "$(printf 'waits@%s pass pass ' "${passed[@]}")"
like "a pass says what it saw" "$(row exit-hang 5)" "do not wait for the GPU"
like "a pass has its seconds" "$(row exit-hang 3)" '^[0-9]+\.[0-9]$'
fresh hang; judge waits pread-mprotect exit-fence
is "a hang, and what is left has no row" "$(rows)" "waits@pread-mprotect incomplete hang "
like "a hang: who waits" "$(row pread-mprotect 5)" "^after SIGKILL to all: .*call D in i915_request_wait"
fresh lost; judge lost overlap
is "a lost write" "$(rows)" "lost@overlap fail lost "
like "a lost write: which" "$(row overlap 5)" "mprotect was done before the request"
fresh warns; judge waits exit-fence exit-endless exit-hang
is "a WARN: no other test in this VM" "$(rows)" "waits@exit-fence dmesg-warn warns "
like "a WARN: which" "$(row exit-fence 5)" "^WARNING: .*mmu_notifier.c"

warn='[   99.000000] WARNING: CPU: 1 PID: 39 at mm/mmu_notifier.c:510 x'
fresh pass; both "/ci: waits@exit-endless begins/a $warn"; judge waits "${passed[@]}"
is "a report is of the test in which it came" "$(cut -f2 "$TMP/rows" | xargs)" "pass dmesg-warn pass pass"
fresh pass; both "1i $warn"; judge waits "${passed[@]}"
is "a report of the boot is the first test's" "$(cut -f2 "$TMP/rows" | xargs)" "dmesg-warn pass pass pass"
fresh pass; echo "$warn" >>"$TMP/d/console-1.txt"; judge waits "${passed[@]}"
is "a report at the end is the last test's" "$(cut -f2 "$TMP/rows" | xargs)" "pass pass pass dmesg-warn"
fresh pass; both '/ci: waits@.* begins/d'; echo "$warn" >>"$TMP/d/console-1.txt"; judge waits "${passed[@]}"
is "a report in a log without marks is nobody's" "$rc" 3
fresh lost; echo "$warn" >>"$TMP/d/console-1.txt"; judge lost overlap
is "a lost write, and a report" "$(row overlap 2)" dmesg-fail
like "a lost write, and a report: both" "$(row overlap 5)" "mprotect was done .*; WARNING"
fresh pass; sed -i 's/debug_locks=1/debug_locks=0/' "$TMP/d/channel-1.txt"; judge waits "${passed[@]}"
is "lockdep off at the end, without a report" "$(cut -f2 "$TMP/rows" | xargs)" "pass pass pass dmesg-warn"
fresh pass; sed -i 's/taint=0/taint=512/' "$TMP/d/channel-1.txt"; judge waits "${passed[@]}"
is "tainted at the end, without a report" "$(row spin-plain 4)" warns

fresh pass; sed -i '/^exit-endless pass/d' "$TMP/d/output"; judge waits "${passed[@]}"
is "a missing line" "$(row exit-endless 2)" fail
like "a missing line: says so" "$(row exit-endless 5)" "not a line of it, it ended with 0"
is "a missing line: the others pass" "$(grep -c '	pass	' "$TMP/rows")" 3
fresh pass; sed -i 's/^exit-endless pass/exit-endless fail/' "$TMP/d/output"; judge waits "${passed[@]}"
is "a line that its exit code does not bear out" "$(row exit-endless 2)" fail
fresh pass; sed -i 's/\(exit-endless ends with\) 0/\1 1/' "$TMP/d/output"; judge waits "${passed[@]}"
is "a pass that ended with 1" "$(row exit-endless 2)" fail
like "a pass that ended with 1: says so" "$(row exit-endless 5)" "says pass, it ended with 1"
fresh pass; sed -i '/^exit-endless pass/p' "$TMP/d/output"; judge waits "${passed[@]}"
is "two verdicts" "$(row exit-endless 2)" fail
fresh pass; sed -i 's/^exit-endless pass/exit-fence pass/' "$TMP/d/output"; judge waits "${passed[@]}"
is "the verdict of another test" "$(row exit-endless 2)" fail
fresh pass; sed -i '/^exit-endless pass/,$d' "$TMP/d/output"; sed -i '/ end /d' "$TMP/d/channel-1.txt"; judge waits "${passed[@]}"
is "the guest falls silent" "$(rows)" "waits@exit-fence pass pass waits@exit-endless timeout silent "
fresh pass; sed -i '/exit-hang ends with/,$d' "$TMP/d/output"; sed -i '/ end /d' "$TMP/d/channel-1.txt"
both '/ci: waits@spin-plain begins/,$d'; echo '[  60.000000] BUG: kernel NULL pointer dereference, address: 00000000000000a8' >>"$TMP/d/console-1.txt"
judge waits "${passed[@]}"
is "the kernel goes down after the line" "$(row exit-hang 2) $(row exit-hang 4)" "crash died"
like "the kernel goes down: where" "$(row exit-hang 5)" "^BUG: kernel NULL pointer"
fresh hang; sed -i '/^pread-mprotect hang/d' "$TMP/d/output"; judge waits pread-mprotect exit-fence
is "a hang by its exit code, not a word said" "$(row pread-mprotect 2)" incomplete
fresh hang; sed -i '/ends with/d' "$TMP/d/output"; sed -i '/ end /d' "$TMP/d/channel-1.txt"; judge waits pread-mprotect exit-fence
is "a hang by its word, and the machine ended" "$(row pread-mprotect 4)" hang
fresh pass; echo 0123456789abcdef >"$TMP/d/nonce-1.txt"; judge waits "${passed[@]}"
is "another boot" "$(cut -f2 "$TMP/rows" | xargs)" "notrun notrun notrun notrun"
fresh pass; sed -i '/ start /,$d' "$TMP/d/channel-1.txt"; judge waits "${passed[@]}"
is "the guest did not come up" "$(cut -f4 "$TMP/rows" | xargs)" "notrun notrun notrun notrun"
fresh pass; : >"$TMP/d/output"; judge waits "${passed[@]}"
is "not a word" "$(cut -f2 "$TMP/rows" | sort -u)" notrun

# The harness is at fault
for code in 2 126 127; do
	fresh pass; sed -i "/^exit-endless pass/d; s/\\(exit-endless ends with\\) 0/\\1 $code/" "$TMP/d/output"
	judge waits "${passed[@]}"
	is "a program that ends with $code: exit 3" "$rc" 3
	like "a program that ends with $code: says so" "$(<"$TMP/err")" "waits@exit-endless ended with $code"
done
fresh pass; sed -i 's/runner=0/runner=1/' "$TMP/d/channel-1.txt"; judge waits "${passed[@]}"
is "the script failed: exit 3" "$rc" 3
fresh pass; judge waits exit-fence
is "a test that was not asked for: exit 3" "$rc" 3
ci/stages/verdict properties "$TMP/none" waits exit-fence >/dev/null 2>&1
is "no such folder: exit 2" $? 2

# --- the sum
{
	printf 'v5.10\tbase\tlost@overlap\tpass\t1.0\tpass\tfine\n'
	printf 'v5.10\tbase\tlost@overlap\tdmesg-fail\t2.5\tlost\tpage 7\n'
	printf 'v5.10\tbase\tlost@overlap\tpass\t1.0\tpass\tfine\n'
	printf 'v5.10\t3\tlost@overlap\tpass\t1.0\tpass\tfine\n'
} >"$TMP/runs"
is "the worst rules, each word is counted" "$(ci/stages/verdict properties --sum "$TMP/runs" | tail -n +2)" \
	"v5.10	base	lost@overlap	dmesg-fail	4.5	lost 1, pass 2 of 3: page 7
v5.10	3	lost@overlap	pass	1.0	pass 1 of 1: fine"

# --- the whole: a guest that answers as STEP-WAY=ANSWER in $SAYS has it, or passes
mkdir "$TMP/r"
cp -r ci series patches "$TMP/r/"
mkdir -p "$TMP/r/tests"
cp -r tests/v1 "$TMP/r/tests/"
printf '#!/bin/sh\n' >"$TMP/r/ci/setup"
printf '#!/bin/sh\n[ "$4" != "$VM_BROKEN" ] || exit 1\n' >"$TMP/r/ci/build"
cat >"$TMP/r/ci/shell" <<'STUB'
#!/bin/bash
while (($#)); do
	case $1 in
	--step) step=$2 ;;
	--share) share=$2 ;;
	--) script=$2; break ;;
	esac
	shift
done
[[ -z ${USERPTR_SERIES:-} ]] || step=first
program=$(sed -nE 's/.*"ci: ([a-z]+)@.*begins"$/\1/p' <<<"$script" | head -n1)
echo "$step $program" >>"$VMS"
echo n0 >"$share/nonce-1.txt"
printf 'ci n0 start script\n' >"$share/channel-1.txt"
: >"$share/dmesg-1.txt"
exec >"$share/output"
for way in $(sed -n 's/^for way in \(.*\); do$/\1/p' <<<"$script"); do
	answer=$(tr ' ' '\n' <<<"$SAYS" | sed -n "s/^$step-$way=//p")
	echo "ci: $program@$way begins" | tee -a "$share/dmesg-1.txt"
	case ${answer:-pass} in
	miss) exit 3 ;;
	silent) exit 1 ;;
	pass) printf '%s pass 1.0 s: fine\n\nci: %s@%s ends with 0\n' "$way" "$program" "$way" ;;
	hang) printf '%s hang 9.0 s: they wait\n' "$way"; exit 1 ;;
	*) printf '%s %s 1.0 s: not fine\n\nci: %s@%s ends with 1\n' "$way" "$answer" "$program" "$way" ;;
	esac
done
printf 'ci n0 end runner=0 debug_locks=1 taint=0\n' >>"$share/channel-1.txt"
STUB
cat >"$TMP/r/ci/data/expected/properties-v5.10.tsv" <<-'TSV'
	lost@overlap	base	fail	it does not wait
	waits@exit-fence	first	incomplete	it waits
TSV
export VMS=$TMP/vms SAYS='' VM_BROKEN='' USERPTR_CACHE=$TMP/cache
properties() { rc=0; : >"$VMS"; out=$("$TMP/r/ci/properties" --out "$TMP/p" "$@" 2>&1) || rc=$?; }
result() { awk -F'\t' -v s="$1" -v t="$2" '$2 == s && $3 == t { print $4, $6 }' "$TMP/p/results.tsv"; }

last=$(last_step v5.10)
SAYS="base-overlap=lost" properties
is "as expected: exit 0" "$rc" 0
n=$(ci/stages/verdict property-table --tests | wc -l)
is "base and the last step, a line for each test" "$(tail -n +2 "$TMP/p/results.tsv" | cut -f2 | uniq -c | xargs)" "$n base $n $last"
is "one VM for each step and program" "$(xargs <"$VMS")" \
	"base waits base lost base uses $last waits $last lost $last uses"
is "a lost write is told from a failure" "$(result base lost@overlap)" "fail lost 1 of 1: not fine"
SAYS="base-overlap=lost $last-sticky=fail" properties
is "the last step fails a test: exit 1" "$rc" 1
like "the last step fails a test: named" "$out" "step $last: uses@sticky: FAIL, expected pass"
SAYS="" properties
is "the base passes what it is listed for: exit 1" "$rc" 1
like "the base passes what it is listed for: named" "$out" "step base: lost@overlap: PASS, expected fail"
SAYS="base-exit-endless=hang" properties --steps base --only 'exit-*'
is "a hang: exit 1" "$rc" 1
is "a hang: what is left gets another VM" "$(wc -l <"$VMS")" 2
is "a hang: each test has its result" "$(cut -f3,4 "$TMP/p/results.tsv" | tail -n +2 | xargs)" \
	"waits@exit-fence pass waits@exit-endless incomplete waits@exit-hang pass"
like "a hang: the word" "$(result base waits@exit-endless)" "^incomplete hang 1 of 1: they wait"
SAYS="base-exit-hang=silent" properties --steps base --only 'exit-*'
is "the guest falls silent in the last test" "$(result base waits@exit-hang | cut -d: -f1)" "timeout silent 1 of 1"
SAYS="base-overlap=lost" properties --steps base --only overlap --times 3
is "three times" "$(result base lost@overlap) $(wc -l <"$TMP/p/runs.tsv")" "fail lost 3 of 3: not fine 3"
SAYS="first-exit-fence=hang" properties --steps base,last --first --only exit-fence
is "the first version, as expected: exit 0" "$rc" 0
is "the first version stands between" "$(cut -f2 "$TMP/p/results.tsv" | tail -n +2 | xargs)" "base first $last"
SAYS="" properties --steps last --first --only exit-fence
like "the first version passes what it is listed for" "$out" "step first: waits@exit-fence: PASS, expected incomplete"
is "the first version: exit 1" "$rc" 1
VM_BROKEN=base properties --steps base --only overlap
is "a step that does not build" "$rc $(result base lost@overlap | cut -d: -f1)" "1 notrun notrun 1 of 1"
SAYS="base-overlap=miss" properties --steps base --only 'overlap,exit-fence'
is "the harness fails: exit 3" "$rc" 3
like "the harness fails: MISS" "$out" "MISS: step base, lost"
check "the harness fails: no results" test ! -e "$TMP/p/results.tsv"

# --- the cover letter: short, and its table is that of the results that we keep
check "the cover letter has at most 90 lines" test "$(wc -l <COVER_LETTER.md)" -le 90
check "the cover letter's table is that of ci/examples (make properties makes both)" \
	scripts/cover v5.10 ci/examples/properties-v5.10.tsv --check
done_testing
