#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A test list on several machines, a step many times, the step that changed a result:
# ci/merge, ci/bisect, ci/run --only, --repeat and --shard. In a copy of ci/
# a script replaces ci/stages/step and gives the wanted results; the last tests run real VMs.
. "$(dirname "$0")/tap.sh"
T=igt@gem_userptr_blits M=igt@meta_test
F=$TMP/farm
export TMPDIR=$TMP/tmpdir
mkdir "$TMPDIR" "$F"
cp -r "$ROOT/ci" "$ROOT/series" "$ROOT/patches" "$F/"
ln -s "$ROOT/kconfig-fragments" "$F/kconfig-fragments"
printf '#!/bin/sh\n' | tee "$F/ci/setup" >"$F/ci/stages/device"
printf '#!/bin/sh\necho %s/kernel\n' "$F" >"$F/ci/build"
# The results of a step: "test step result" lines of $TMP/world, a comma between
# those of repetitions; what is not there passes.
cat >"$F/ci/stages/step" <<'EOF'
#!/bin/bash
while (($#)); do
	case $1 in
	--step) step=$2; shift 2 ;;
	--out) out=$2; shift 2 ;;
	--testlist) list=$2; shift 2 ;;
	*) shift ;;
	esac
done
n=1
[[ ${USERPTR_APPEND:-} != *ci.repetition=* ]] || n=${USERPTR_APPEND##*=}
mkdir -p "$out"
printf 'ran %s %s\n' "$step" "$n" >>"$RAN"
i=0
printf 'boot\tpass\t3.0\t\n' >"$out/rows.tsv"
: >"$out/dmesg"
while read -r t; do
	w=$(awk -v t="$t" -v s="$step" -v n="$n" '$1 == t && $2 == s {
		k = split($3, w, ","); print w[(n - 1) % k + 1] }' "$WORLD")
	w=${w:-pass}
	printf '%s\t%s\t1.5\t%s\n' "$t" "$w" "$([[ $w == pass ]] || echo "why of $n")"
	printf '%s\n' "$t of step $step" >>"$out/dmesg"
	printf '%s' "$([[ $i == 0 ]] || echo ,)\"$t\": {\"dmesg\": \"log of $t\"}" >>"$out/json"
	i=$((i + 1))
done <"$list" >>"$out/rows.tsv"
printf '{"tests": {%s}}\n' "$(cat "$out/json")" >"$out/results.json"
rm "$out/json"
printf '1\tend\t9\t0\t%d\n' "$i" >"$out/boots.tsv"
printf 'console of %s\n' "$(head -n1 "$list")" >"$out/console-1.txt"
cp "$list" "$out/testlist"
EOF
chmod +x "$F"/ci/{setup,build} "$F"/ci/stages/{device,step}
export WORLD=$TMP/world RAN=$TMP/ran
: >"$WORLD"
: >"$RAN"

run() { rc=0; "$F/ci/run" "$@" >"$TMP/log" 2>&1 || rc=$?; }
said() { like "$1" "$(<"$TMP/log")" "$2"; }
tests_of() { awk -F'\t' -v s="$2" '$2 == s && $3 ~ /^igt@/ { print $3 }' "$1/results.tsv"; }

# --- --only -------------------------------------------------------------------
run --only dmabuf-sync --step 3 --out "$TMP/only"
is "--only: a test by its last part, not of the BAT list alone" \
	"$rc $(tests_of "$TMP/only" 3)" "0 $T@dmabuf-sync"
run --only 'gem_userptr_blits@coherency-*,probe' --testlist bat --steps base --out "$TMP/only"
is "--only: patterns, of a list" "$(tests_of "$TMP/only" base | xargs)" "$T@coherency-unsync $T@probe"
run --only nonesuch --out "$TMP/only"
is "--only: none is called that: exit 2" "$rc" 2
said "--only: named" "--only nonesuch: no test of .* is called that"

# --- --repeat -----------------------------------------------------------------
printf '%s\n' "$T@a" "$T@b" >"$TMP/two"
printf '%s\n' "$T@b 3 pass,dmesg-warn,pass,fail" >"$WORLD"
: >"$RAN"
run --testlist "$TMP/two" --steps base,3 --repeat 5 --out "$TMP/rep"
is "--repeat: the worst counts" "$rc" 1
is "--repeat: five of each step" "$(sort "$RAN" | uniq | wc -l)" 10
is "--repeat: a result that differs is flaky" "$(awk -F'\t' '$2 == 3 && $3 ~ /@b$/ { print $4, $6 }' "$TMP/rep/results.tsv")" \
	"fail flaky, of 5: 3 pass, 1 dmesg-warn, 1 fail; why of 4"
is "--repeat: the others are not" "$(grep -c flaky "$TMP/rep/results.tsv")" 1
is "--repeat: counted" "$(awk -F'\t' '$2 == 3 && $3 ~ /@[ab]$/ { print substr($3, 23), $4, $5 }' "$TMP/rep/repeat.tsv" | xargs)" \
	"a pass 5 b pass 3 b dmesg-warn 1 b fail 1"
said "--repeat: said" "Flaky, 5 runs of each:
  step 3: $T@b: flaky, of 5: 3 pass, 1 dmesg-warn, 1 fail"
like "--repeat: in a report" "$("$ROOT/ci/report" "$TMP/rep" --known none 2>&1)" "flaky, of 5: 3 pass"
run --testlist "$TMP/two" --steps base --repeat 3 --out "$TMP/rep"
is "--repeat: steady" "$rc" 0
said "--repeat: none is flaky" "Flaky, 3 runs of each:
  none"
run --testlist "$TMP/two" --steps base --out "$TMP/rep"
is "once: no counts" "$(ls "$TMP/rep")" "$(printf '%s\n' 3 base results.tsv testlist)"

# --- --shard and merge: as one machine ------------------------------------------
printf '%s\n' "$T@dmabuf-sync 1 dmesg-warn" "$T@vma-merge base fail" "$T@huge-split 3 fail" >"$WORLD"
run --testlist bat --steps base,1,3 --out "$TMP/one"
one=$rc
sed '/^Results:/,$d' "$TMP/log" | grep -v "^$" >"$TMP/one.log"
for i in 1 2 3; do
	run --testlist bat --steps base,1,3 --shard $i/3 --out "$TMP/s$i"
done
rc=0
"$F/ci/merge" "$TMP/s3" "$TMP/s1" "$TMP/s2" --out "$TMP/all" >"$TMP/log" 2>&1 || rc=$?
is "merge: the verdict of one machine" "$rc" "$one"
# but for the time of three boots
is "merge: the table of one machine" "$(grep -v '^seconds' "$TMP/log" | grep -v '^$')" \
	"$(grep -v '^seconds' "$TMP/one.log")"
is "merge: the results of one machine" "$(cut -f1-4,6 "$TMP/all/results.tsv")" \
	"$(cut -f1-4,6 "$TMP/one/results.tsv")"
for step in base 1 3; do
	is "merge: all logs of step $step" "$(sort "$TMP/all/$step/dmesg")" "$(sort "$TMP/one/$step/dmesg")"
done
"$ROOT/ci/report" "$TMP/one" --known none >"$TMP/one.mail" 2>&1
"$ROOT/ci/report" "$TMP/all" --known none >"$TMP/all.mail" 2>&1
like "merge: there is a report" "$(<"$TMP/all.mail")" "vma-merge"
is "merge: the report of one machine" \
	"$(sed 's/CI_[0-9a-f]*//g; /s)$/d' "$TMP/all.mail" | grep '@')" \
	"$(sed 's/CI_[0-9a-f]*//g; /s)$/d' "$TMP/one.mail" | grep '@')"
is "merge: boots are numbered on" "$(cut -f1 "$TMP/all/1/boots.tsv" | xargs) $(find "$TMP/all/1" -name 'console-*' | wc -l)" "1 2 3 3"
is "merge: a boot's console stays with its tests" \
	"$(awk -F'\t' '$1 == 2 { print $4 + 1 }' "$TMP/all/1/boots.tsv" |
		xargs -I{} sed -n '{}p' "$TMP/all/1/testlist")" \
	"$(sed 's/console of //' "$TMP/all/1/console-2.txt")"

refuse()
{
	local name=$1 text=$2 out rc=0

	shift 2
	out=$("$F/ci/merge" "$@" --out "$TMP/no" 2>&1) || rc=$?
	is "merge, $name: exit 2" "$rc" 2
	like "merge, $name: named" "$out" "$text"
	is "merge, $name: one line, nothing written" "$(wc -l <<<"$out") $(ls -d "$TMP"/no* 2>/dev/null)" "1 "
}
refuse "a shard is missing" "shard 2/3 is missing" "$TMP/s1" "$TMP/s3"
refuse "a shard twice" "shard 1/3 is there twice" "$TMP/s1" "$TMP/s1" "$TMP/s2" "$TMP/s3"
refuse "a whole run among shards" "is not one of the 3 shards" "$TMP/s1" "$TMP/s2" "$TMP/s3" "$TMP/one"
refuse "the same step twice" "of step base is in" "$TMP/one" "$TMP/all"
refuse "an unfinished run" "has no results.tsv" "$TMPDIR"
cp -r "$TMP/s2" "$TMP/other"
sed -i 1d "$TMP/other/testlist"
refuse "another list" "different test lists" "$TMP/s1" "$TMP/other" "$TMP/s3"
cp -r "$TMP/s2" "$TMP/cut"
sed -i '/\t3\t/d' "$TMP/cut/results.tsv"
refuse "other steps" "has the steps base,1" "$TMP/s1" "$TMP/cut" "$TMP/s3"
cp -r "$TMP/s2" "$TMP/old"
sed -i '2,$s/^v5.10/v4.17/' "$TMP/old/results.tsv"
refuse "another base" "give folders of one base" "$TMP/s1" "$TMP/old" "$TMP/s3"
cp -r "$TMP/s2" "$TMP/torn"
echo '{' >"$TMP/torn/1/results.json"
refuse "a damaged record" "1/results.json is damaged" "$TMP/s1" "$TMP/torn" "$TMP/s3"
cp -r "$TMP/s2" "$TMP/down"
sed -i 's/\tboot\tpass\t\([0-9.]*\)\t/\tboot\tfail\t\1\tboot 1: panic/' "$TMP/down/results.tsv"
"$F/ci/merge" "$TMP/s1" "$TMP/down" "$TMP/s3" --out "$TMP/bad" >"$TMP/log" 2>&1
is "merge: a boot that failed on one machine" $? 1
said "merge: is named" "step base: boot: FAIL, expected pass"
run --testlist bat --steps 3 --out "$TMP/later"
run --testlist bat --steps base --out "$TMP/earlier"
"$F/ci/merge" "$TMP/later" "$TMP/earlier" --out "$TMP/steps" >"$TMP/log" 2>&1
is "merge: steps of several runs, base first" "$(cut -f2 "$TMP/steps/results.tsv" | uniq | xargs)" "step base 3"

# --- bisect -----------------------------------------------------------------------
bisect() { rc=0; out=$("$F/ci/bisect" --out "$TMP/b" "$@" 2>"$TMP/log") || rc=$?; }
for ((i = 5; i <= 8; i++)); do printf '%s %d fail\n' "$T@probe" "$i"; done >"$WORLD"
: >"$RAN"
bisect probe --bad 8
is "bisect: found" "$rc" 0
like "bisect: names test, results, step and patch" "${out##*$'\n'}" \
	"^$T@probe: pass -> FAIL by step 5, 0005-.*\.patch \(5 runs\)$"
is "bisect: halves" "$(cut -d' ' -f2 "$RAN" | xargs)" "base 8 4 6 5"
bisect probe --good 1 --bad 5
like "bisect: between other ends" "$out" "by step 5"
bisect probe --bad 4
is "bisect: no difference: exit 1" "$rc" 1
like "bisect: no difference: said" "$out" "pass at base and at 4"
printf '%s\n' "$T@probe 3 pass,fail" "$T@probe 2 pass,pass,fail" >"$WORLD"
bisect probe --bad 3 --repeat 4
like "bisect: a flaky one, by repetition" "$out" "pass -> FAIL by step 2"
printf '%s\n' "$T@probe 8 fail" "$T@probe 4 notrun" >"$WORLD"
bisect probe --bad 8
is "bisect: a step without a result: exit 3" "$rc" 3
said "bisect: a step without a result: named" "step 4 has no result"
for bad in "" "probe sd-probe" "x*" "probe --good 9x" "probe --good 3 --bad 2" "probe --only x" "nonesuch"; do
	# shellcheck disable=SC2086  # words
	bisect $bad
	is "bisect '$bad': exit 2" "$rc" 2
done

# --- hardware: a machine of ours, whose tests are the golden runs of the judge ------
G=$ROOT/tests/golden
m=$TMP/machine
mkdir -p "$m"/proc/sys/kernel "$m/sys/class/drm/card0/device" "$TMP/bin" "$TMP/igt-tests"
echo 0x8086 >"$m/sys/class/drm/card0/device/vendor"
echo 'Linux version 5.10.262 (one)' >"$m/proc/version"
fresh_boot() { echo ' debug_locks:                             1' >"$m/proc/lockdep_stats"; echo 512 >"$m/proc/sys/kernel/tainted"; : >"$TMP/klog"; }
printf '#!/bin/sh\ncat "%s"\n' "$TMP/klog" >"$TMP/bin/dmesg"
# shellcheck disable=SC2016  # for that script
printf '#!/bin/sh\nset -e\ncp "%s/$CASE/igt/results.json" "$1/"\n' "$G" >"$TMP/bin/igt_results"
# Runs the tests left, one of which may end it: CRASH=2 the second takes the machine.
cat >"$TMP/bin/igt_runner" <<'EOF'
#!/bin/bash
dir=${!#}
if [[ ${CRASH:-} == 0 ]]; then kill -9 "$(pgrep -of ci/hardware)"; exit; fi
[[ $0 == *resume ]] || rm -rf "$dir"
mkdir -p "$dir"
total=$(wc -l <"${dir%/*}/testlist")
for ((i = $(find "$dir" -mindepth 1 -type d | wc -l); i < total; i++)); do
	mkdir "$dir/$i"
	echo "[1.0] <6>[    1.000000] [IGT] meta_test: executing $i" >>"$KLOG"
	if [[ ${CRASH:-} == $((i + 1)) ]]; then kill -9 "$(pgrep -of ci/hardware)"; exit; fi
	if [[ ${LOCKS:-} == $((i + 1)) ]]; then
		sed -i 's/1$/0/' "$USERPTR_MACHINE/proc/lockdep_stats"; exit 1
	fi
done
EOF
cp "$TMP/bin/igt_runner" "$TMP/bin/igt_resume"
chmod +x "$TMP"/bin/*
export KLOG=$TMP/klog
hardware() { rc=0; PATH=$TMP/bin:$PATH USERPTR_MACHINE=$m USERPTR_IGT=$TMP/igt-tests "$ROOT/ci/hardware" \
	--base v5.10 --testlist "$G/$CASE/testlist" --out "$TMP/hw" "$@" >"$TMP/log" 2>&1 || rc=$?; }
export CASE=good
fresh_boot
sed -i 's/512/0/' "$m/proc/sys/kernel/tainted"
hardware --step base
is "hardware: a good list" "$rc $(cut -f2-4 "$TMP/hw/results.tsv" | tail -n +2 | tr '\t\n' ' ;')" \
	"0 base boot pass;base $M@pass-result pass;base $M@dmesg-pass pass;"
hardware --step base
is "hardware: once done, told again" "$rc $(wc -l <"$TMP/hw/base/boots.tsv")" "0 1"
CRASH=2 hardware --step 3
is "hardware: a machine that goes down: no row yet" "$(cat "$TMP/hw/3/boots.tsv" 2>/dev/null)" ""
hardware --step 3
is "hardware: after the reboot: the test that did it" \
	"$rc $(awk -F'\t' '$2 == 3 { print $3, $4 }' "$TMP/hw/results.tsv" | tail -n1)" "1 $M@dmesg-pass incomplete"
is "hardware: the base is still there" "$(cut -f2 "$TMP/hw/results.tsv" | uniq | xargs)" "step base 3"
like "hardware: a report" "$("$ROOT/ci/report" "$TMP/hw" --known none)" "$M@dmesg-pass"
CRASH=0 hardware --step 4
hardware --step 4
is "hardware: a machine that goes down before the first test: the list is run" \
	"$rc $(cut -f2,4,5 "$TMP/hw/4/boots.tsv" | tr '\t\n' ' ;')" "1 died 0 0;end 0 2;"
LOCKS=1 hardware --step 5
is "hardware: lockdep off after the first test: exit 3" "$rc" 3
said "hardware: says so" "1 of 2 tests are left: reboot and give the same command again"
hardware --step 5
is "hardware: not without a reboot" "$rc" 2
said "hardware: says why" "lockdep off \(debug_locks=0\)"
fresh_boot
echo 0 >"$m/proc/sys/kernel/tainted"
hardware --step 5
is "hardware: its verdict" "$(awk -F'\t' '$2 == 5 { print $3, $4 }' "$TMP/hw/results.tsv" | sed 's/.*@//' | xargs)" \
	"boot pass pass-result dmesg-warn dmesg-pass pass"
echo 'Linux version 6.1 (two)' >"$m/proc/version"
hardware --step 5
is "hardware: another kernel: exit 2" "$rc" 2
said "hardware: names it" "was begun with another kernel"
hardware --step nine
is "hardware: no such step: exit 2" "$rc" 2
fresh_boot
hardware --step 6
is "hardware: a tainted kernel: exit 2" "$rc" 2
rm "$m/proc/lockdep_stats"
hardware --step 6
is "hardware: no lockdep: exit 2" "$rc" 2
said "hardware: says what is missing" "has no lockdep"
rm -r "$m/sys"
hardware --step 6
is "hardware: no GPU: exit 2" "$rc" 2
said "hardware: says which" "no Intel GPU in /sys/class/drm"

# --- GitLab ------------------------------------------------------------------------
if python3 -c 'import yaml' 2>/dev/null; then
	python3 - "$ROOT/ci/gitlab-ci.yml" >"$TMP/log" 2>&1 <<'EOF'
import sys, yaml
ci = yaml.safe_load(open(sys.argv[1]))
jobs = {k: v for k, v in ci.items() if isinstance(v, dict) and "script" in v}
for name, job in jobs.items():
    assert job["stage"] in ci["stages"], name
    for line in job["script"] + ci.get(job.get("extends"), job).get("before_script", []):
        assert isinstance(line, str), (name, line)
    for need in job.get("needs", []):
        assert need in jobs, (name, need)
print(*sorted(jobs), jobs["shard"]["parallel"] > 1)
EOF
	is "gitlab-ci.yml: YAML, jobs of its stages, scripts of words" "$(<"$TMP/log")" "check shard table True"
	python3 -c 'import sys, yaml
for n, j in yaml.safe_load(open(sys.argv[1])).items():
    for l in isinstance(j, dict) and j.get("script", []) or []: print(l)' "$ROOT/ci/gitlab-ci.yml" >"$TMP/script"
	check "gitlab-ci.yml: the scripts parse" bash -n "$TMP/script"
	# Each job has a cache of its own: of one that they share the last upload wins.
	# shellcheck disable=SC2016  # GitLab's variables
	is "gitlab-ci.yml: a cache a job" "$(python3 -c 'import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
print(*sorted({str((d[j].get("cache") or d[d[j]["extends"]]["cache"])["key"]) for j in ("check", "shard")}))' \
		"$ROOT/ci/gitlab-ci.yml")" 'userptr-$BASE-$CI_JOB_NAME_SLUG'
	# Two jobs of a shell runner prepare themselves at the same time: an apt-get that
	# finds another one at work fails, as the real one does.
	mkdir "$TMP/stub"
	cat >"$TMP/stub/apt-get" <<-'STUB'
	#!/bin/sh
	mkdir "$AT_WORK" 2>/dev/null || { echo clash >>"$AT_WORK.clash"; exit 100; }
	sleep 0.2
	rmdir "$AT_WORK"
	STUB
	printf '#!/bin/sh\necho 0\n' >"$TMP/stub/id"
	chmod +x "$TMP"/stub/*
	python3 -c 'import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
job = d["shard"]
print("set -eo pipefail", *(job.get("before_script") or d[job["extends"]]["before_script"]), sep="\n")' \
		"$ROOT/ci/gitlab-ci.yml" >"$TMP/prepare"
	for i in 1 2; do
		(cd "$ROOT" && HOME=$TMP PATH=$TMP/stub:$PATH AT_WORK=$TMP/at-work PACKAGES=git SETUP='apt-get update' \
			bash "$TMP/prepare") >/dev/null 2>&1 &
		pids[i]=$!
	done
	rc=''
	for i in 1 2; do wait "${pids[i]}"; rc+=" $?"; done
	is "gitlab-ci.yml: two jobs on one machine wait for each other's apt" "$rc $(cat "$TMP/at-work.clash" 2>/dev/null)" " 0 0 "
else
	skip "gitlab-ci.yml: YAML" "no python3-yaml"
fi
while IFS= read -r opt; do
	[[ $opt =~ ^--(no|global|add)$ ]] ||
		like "gitlab-ci.yml: $opt is an option" "$(for p in run merge report setup; do "$ROOT/ci/$p" --help; done)" "$opt"
done < <(grep -oE -- '--[a-z]+' "$ROOT/ci/gitlab-ci.yml" | sort -u)

# --- real VMs -----------------------------------------------------------------------
cd "$ROOT" || exit 3
printf '%s\n' $M@pass-result $M@fail-result $M@dmesg-pass >"$TMP/list"
real() { USERPTR_NO_GPU=1 ci/run --steps base --testlist "$TMP/list" "$@" >"$TMP/log" 2>&1 || rc=$?; }
rc=0
real --out "$TMP/real"
real --shard 1/2 --out "$TMP/r1"
real --shard 2/2 --out "$TMP/r2"
ci/merge "$TMP/r1" "$TMP/r2" --out "$TMP/r" >"$TMP/log" 2>&1
is "two machines: the results of one" "$(cut -f1-4 "$TMP/r/results.tsv")" "$(cut -f1-4 "$TMP/real/results.tsv")"
is "two machines: the tests were run" "$(awk -F'\t' '$3 ~ /@pass-result|@fail-result/ { print $4 }' "$TMP/r/results.tsv" | xargs)" "pass fail"
is "two machines: igt_results' records" \
	"$(python3 -c 'import json,sys; print(*sorted(json.load(open(sys.argv[1]))["tests"]))' "$TMP/r/base/results.json")" \
	"$(python3 -c 'import json,sys; print(*sorted(json.load(open(sys.argv[1]))["tests"]))' "$TMP/real/base/results.json")"
printf '%s\n' $M@pass-result >"$TMP/list"
rc=0
real --repeat 2 --fresh --out "$TMP/again"
is "a VM for each repetition" "$rc $(sort -u "$TMP/again"/base/nonce-1.txt "$TMP/again"/repeat/2/base/nonce-1.txt | wc -l)" "0 2"
like "which the kernel knows" "$(<"$TMP/again/repeat/2/base/dmesg")" "ci.repetition=2"
if command -v gdb >/dev/null; then
	printf 'hbreak start_kernel\ncontinue\nbt 1\n' >"$TMP/cmds"
	USERPTR_GDB_ARGS="-batch -x $TMP/cmds" timeout 300 ci/run --only probe --step base \
		--config default --gdb --out "$TMP/gdb" >"$TMP/log" 2>&1
	is "gdb: exit 0" $? 0
	said "gdb: has the kernel before it runs" "#0 .* in start_kernel"
	is "gdb: no VM is left" "$(pgrep -f "$TMP/gdb")" ""
else
	skip "gdb" "no gdb"
fi
done_testing
