#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/run: what it makes of files that pass, fail, end early or are interrupted.
# shellcheck disable=SC2016  # code in quotes is for the test files
. "$(dirname "$0")/tap.sh"
mkdir -p "$TMP/clone/tests"
cp "$ROOT"/tests/{run,tap.py,tap.sh} "$TMP/clone/tests/"
cd "$TMP/clone" || exit 3

# file NAME CODE: tests/test_NAME.sh, which says "begun NAME" first
file() { printf 'echo "# begun %s"\n. "$(dirname "$0")/tap.sh"\n%s\n' "$1" "$2" >"tests/test_$1.sh"; }
# run NAME...: $out, $rc, $sum
run() { rc=0; out=$(tests/run "$@" 2>&1) || rc=$?; sum=${out##*$'\n'}; }
# ends NAME CODE SUM: the last run did
ends() { is "$1" "$rc, $sum" "$2, $3"; }

file good 'ok one; skip two "no reason"; is three 3 3; done_testing'
file bad 'ok one; not_ok "two: Zoë" why; done_testing'
file dies 'ok one; exit 0'
file killed 'ok one; not_ok two why; kill -KILL $$'
file status 'ok one; done_testing; exit 2'
file fewer 'ok one; ok two; echo 1..3'
file more 'ok one; ok two; echo 1..1'
file none 'done_testing'
file silent ''
file skips 'skip one "no reason"; done_testing'
printf 'def test_one():\n    pass\n\n\ndef test_two():\n    assert 1 == 2\n' >tests/test_both.py
printf 'import nosuch\n' >tests/test_import.py
file both 'ok three; done_testing'

run good
ends "good" 0 "2 passed, 0 failed, 1 skipped"
like "each case by its name" "$out" $'\nok 1 - one\nok 2 - two # SKIP no reason\nok 3 - three\n'
like "its seconds" "$out" $'\n# tests/test_good.sh: [0-9]+ s\n'
run bad
ends "a test that fails" 1 "1 passed, 1 failed, 0 skipped"
like "by its name, and why" "$out" $'\nnot ok 2 - two: Zoë\n# why\n'
run dies
ends "a file that ends early" 1 "1 passed, 1 failed, 0 skipped"
run killed
ends "a file that is killed" 1 "1 passed, 1 failed, 0 skipped"
run status
ends "a status" 1 "1 passed, 1 failed, 0 skipped"
run fewer
ends "fewer tests than the plan" 1 "2 passed, 1 failed, 0 skipped"
run more
ends "more tests than the plan" 1 "2 passed, 1 failed, 0 skipped"
run none
ends "a plan of no test" 1 "0 passed, 1 failed, 0 skipped"
run silent
ends "no test and no plan" 1 "0 passed, 1 failed, 0 skipped"
run good none
ends "a plan of no test, among others" 1 "2 passed, 1 failed, 1 skipped"
run skips
ends "nothing but skips" 1 "0 passed, 1 failed, 1 skipped"
run both
ends "pytest and a script of one name" 1 "2 passed, 1 failed, 0 skipped"
like "pytest: each case by its name" "$out" $'\nok 1 - one\nnot ok 2 - two\n'
run import good
ends "pytest: a file that cannot be read" 1 "2 passed, 1 failed, 1 skipped"
run good dies bad
ends "the sum of several" 1 "4 passed, 2 failed, 1 skipped"
is "in the order of the names" "$(grep -o '^# begun .*' <<<"$out" | xargs)" "# begun good # begun dies # begun bad"
like "the report names those that fail" "${out#*Test Summary Report}" 'test_dies\.sh.*No plan.*test_bad\.sh.*Failed test: +2'
run good nosuch
is "no such test: exit 2, and nothing runs" "$rc $out" "2 tests/run: no tests/test_nosuch.py or .sh"
mkdir "$TMP/bin"
ln -s "$(type -P bash)" "$(type -P dirname)" "$TMP/bin"
is "no prove: exit 2" "$(PATH=$TMP/bin tests/run good 2>&1; echo $?)" \
	$'tests/run: prove is missing: run ci/setup --tests\n2'

# Without names: those of the list, then the others.
read -r -a order < <(sed -n 's/^ORDER=(\(.*\))/\1/p' tests/run)
mv tests/test_good.sh "$TMP/"
rm tests/test_*
for name in "${order[@]}" omega; do file "$name" 'ok one; done_testing'; done
printf 'def test_one():\n    pass\n' >tests/test_alpha.py
run
ends "all" 0 "$((${#order[@]} + 2)) passed, 0 failed, 0 skipped"
is "all: in their order" "$(sed -nE 's/^tests.test_(.*)\.(sh|py) \.\.+ $/\1/p' <<<"$out" | xargs)" "${order[*]} alpha omega"
for name in "${order[@]}"; do
	check "the list: there is a $name" compgen -G "$ROOT/tests/test_$name.*"
done

# ^C in a terminal goes to all: a test cleans up before tests/run ends, and no other begins.
file next 'ok one; done_testing'
file slow 'trap "sleep 1; echo cleaned >tests/cleaned" EXIT; ok one; echo >tests/started; sleep 60; ok two; done_testing'
set -m
tests/run slow next >"$TMP/out" 2>&1 &
pid=$!
set +m
for ((i = 0; i < 200; i++)); do [[ ! -e tests/started ]] || break; sleep 0.1; done
kill -INT -- "-$pid"
rc=0
wait "$pid" || rc=$?
is "^C: exit 130, after the test has cleaned up" "$rc $(cat tests/cleaned 2>&1)" "130 cleaned"
is "^C: no other test begins" "$(grep -o '^# begun .*' "$TMP/out")" "# begun slow"
is "^C: the case before it is shown" "$(grep -o '^ok .*' "$TMP/out")" "ok 1 - one"
done_testing
