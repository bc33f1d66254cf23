#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every command with a wrong command line: it prints one line that names what is wrong and
# exits with 2 before it does any work.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
export USERPTR_CACHE=$TMP/cache

# refuse NAME REGEX COMMAND ARG...
refuse()
{
	local name=$1 regex=$2 out rc=0

	shift 2
	out=$(timeout 60 "$@" 2>&1 </dev/null) || rc=$?
	is "$name: exit 2" "$rc" 2
	like "$name: says so" "$out" "$regex"
	is "$name: in one line" "$(wc -l <<<"$out")" 1
}

# One option of each command and a value that it refuses, what the message has, and what
# the command needs besides. "-": it has no option with a value.
commands()
{
	cat <<-TABLE
	ci/bench	--base	v9.99	unknown base 'v9.99'
	ci/bisect	--base	v9.99	unknown base 'v9.99'	probe
	ci/build	--base	v9.99	unknown base 'v9.99'	--step base
	ci/faults	--base	v9.99	unknown base 'v9.99'
	ci/hardware	--base	v9.99	unknown base 'v9.99'
	ci/long	--base	v9.99	unknown base 'v9.99'
	ci/mailbox	-	-	-
	ci/merge	--out	$ROOT	is there already	$TMP/out
	ci/model/herd	-	-	-
	ci/model/run	--jobs	x	--jobs 'x' is not
	ci/patchwork	--api	x	--api is freedesktop or getpatchwork	post
	ci/properties	--base	v9.99	unknown base 'v9.99'
	ci/report	--format	x	--format: invalid choice: 'x'	$TMP
	ci/run	--base	v9.99	unknown base 'v9.99'
	ci/sandbox	--read	/nonexistent	--read /nonexistent: no such file	--out $TMP/out
	ci/selftests	--base	v9.99	unknown base 'v9.99'
	ci/setup	-	-	-
	ci/shell	--base	v9.99	unknown base 'v9.99'
	ci/split	--table	/nonexistent	/nonexistent: No such file
	ci/stages/boot	-	-	-
	ci/stages/device	-	-	-
	ci/stages/initramfs	-	-	-
	ci/stages/source	--base	v9.99	unknown base 'v9.99'
	ci/stages/step	--base	v9.99	unknown base 'v9.99'
	ci/stages/userland	-	-	-
	ci/stages/verdict	-	-	-
	scripts/apply	--branch	x	unknown base 'v1'	v1-merge $TMP
	scripts/check	--step	x	--step is a number, not 'x'	v5.10
	scripts/cover	--cover	/nonexistent	there is no /nonexistent	v5.10 README.md
	scripts/mbox	--reroll	x	--reroll is a number, not 'x'	v5.10
	scripts/new-lane	--blob	xyz	--blob 'xyz' is not a hash	v5.4 --path a --tree b
	scripts/recipients.py	-	-	-
	scripts/refresh	--base	x	unknown base 'v1'	v1-merge $TMP
	TABLE
}

is "the table has every command" "$(commands | cut -f1)" \
	"$(find ci scripts -maxdepth 2 \( -path ci/hsw -o -path ci/guest -o -path ci/data -o -path ci/reporting \) -prune -o \
		-type f -perm -u+x -print | LC_ALL=C sort)"
is "only ci/lib/options.sh reads options" \
	"$(commands | cut -f1 | xargs grep -lE '^[[:space:]]*(-h \| )?--help( \| -h)?\)|while \(\(\$#\)\)')" ""

while IFS=$'\t' read -r command option value regex others; do
	read -ra others <<<"$others"
	for help in --help -h; do
		out=$("$command" $help 2>&1)
		is "$command $help: exit 0" $? 0
		like "$command $help: names the exit codes" "$out" 'Exit'
		like "$command $help: names itself" "$out" "$command"
	done
	refuse "$command, unknown option" "$([[ $command == */verdict ]] || echo --bogus)" \
		"$command" --bogus
	[[ $option != - ]] || continue
	refuse "$command, option without value" "$option:? (needs|expected)" \
		"$command" "${others[@]}" "$option"
	refuse "$command $option VALUE" "$regex" "$command" "${others[@]}" "$option" "$value"
	refuse "$command $option=VALUE" "$regex" "$command" "${others[@]}" "$option=$value"
done < <(commands)

# What else ci/run refuses.
run() { refuse "$1" "$2" ci/run --out "$TMP/out" "${@:3}"; }
run "no such step" "--steps 77: series/v5.10 has [0-9]+ patches" --steps 77
run "step that is no number" "'x' is neither base" --steps x
run "empty steps" "'' is neither base|names no step" --steps ""
run "no such list" "no test list 'nonesuch'" --testlist nonesuch
printf 'gem_userptr_blits\n' >"$TMP/bad"
run "line that is no test" "is not igt@binary@subtest" --testlist "$TMP/bad"
printf '# nothing\n' >"$TMP/empty"
run "empty list" "asks for no test" --testlist "$TMP/empty"
run "no such tree" "--tree /nonexistent: no such directory" --tree /nonexistent
run "jobs" "--jobs '0' is not" --jobs 0
run "timeout" "--timeout 'soon' is not" --timeout soon
run "repeat" "--repeat '0' is not" --repeat 0
run "shard beyond" "shard 3/2: I goes from 1 to N" --shard 3/2
run "shard that is none" "'two' is not I/N" --shard two
run "times of no shard" "--times is for --shard" --times x
run "gdb for many" "--gdb is for one step" --gdb
run "gdb, repeated" "--gdb goes neither with --repeat" --gdb --step 3 --repeat 2
run "only what is not there" "no test of .* is called that" --only nonesuch --steps base
run "stray word" "unexpected 'base'" base

is "nothing was made" "$(ls "$TMP/cache" 2>/dev/null)" ""

mkdir "$TMP/locked"
exec 9<"$TMP/locked"
flock 9
out=$(ci/run --out "$TMP/locked" --steps base 2>&1)
is "two runs into one folder: exit 2" $? 2
like "two runs into one folder: says so" "$out" "another run writes to"
done_testing
