#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/properties without a VM: wrong input; a whole run in which a script replaces the
# guest; and the cover letter. tests/test_properties.py has the judge.
# shellcheck disable=SC2016  # stub scripts
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

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
	"waits@exit-fence pass waits@exit-endless incomplete waits@exit-hang pass waits@exit-shared pass"
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
