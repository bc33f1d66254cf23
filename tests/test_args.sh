#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/run with wrong input: it prints one line that names the input and exits with 2
# before it does any work.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

refuse()
{
	local name=$1 regex=$2 out rc=0

	shift 2
	out=$(timeout 60 ci/run --out "$TMP/out" "$@" 2>&1) || rc=$?
	is "$name: exit 2" "$rc" 2
	like "$name: says so" "$out" "$regex"
	is "$name: in one line" "$(wc -l <<<"$out")" 1
}

refuse "unknown option" "unknown option --bogus" --bogus 1
refuse "option without value" "--base needs a value" --base
refuse "unknown base" "unknown base 'v9.99'" --base v9.99
refuse "no such step" "--steps 77: series/v5.10 has [0-9]+ patches" --steps 77
refuse "step that is no number" "'x' is neither base" --steps x
refuse "empty steps" "'' is neither base|names no step" --steps ""
refuse "no such list" "no test list 'nonesuch'" --testlist nonesuch
printf 'gem_userptr_blits\n' >"$TMP/bad"
refuse "line that is no test" "is not igt@binary@subtest" --testlist "$TMP/bad"
printf '# nothing\n' >"$TMP/empty"
refuse "empty list" "asks for no test" --testlist "$TMP/empty"
refuse "no such tree" "--tree /nonexistent: no such directory" --tree /nonexistent
refuse "jobs" "--jobs '0' is not" --jobs 0
refuse "timeout" "--timeout 'soon' is not" --timeout soon
refuse "repeat" "--repeat '0' is not" --repeat 0
refuse "shard beyond" "shard 3/2: I goes from 1 to N" --shard 3/2
refuse "shard that is none" "'two' is not I/N" --shard two
refuse "times of no shard" "--times is for --shard" --times x
refuse "gdb for many" "--gdb is for one step" --gdb
refuse "gdb, repeated" "--gdb goes neither with --repeat" --gdb --step 3 --repeat 2
refuse "only what is not there" "no test of .* is called that" --only nonesuch --steps base
refuse "stray word" "unexpected 'base'" base

out=$(ci/run --help)
is "--help: exit 0" $? 0
like "--help names the exit codes" "$out" "Exit 0: as expected; 1:"

mkdir "$TMP/locked"
exec 9<"$TMP/locked"
flock 9
out=$(ci/run --out "$TMP/locked" --steps base 2>&1)
is "two runs into one folder: exit 2" $? 2
like "two runs into one folder: says so" "$out" "another run writes to"
done_testing
