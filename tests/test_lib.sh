#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ci/lib/lib.sh: the functions of all scripts, above all after a failure.
# shellcheck disable=SC2016  # code in quotes is for the bash that lib() starts
. "$(dirname "$0")/tap.sh"
export USERPTR_CACHE=$TMP/cache TMPDIR=$TMP/tmp USERPTR_GRACE=1
mkdir "$TMPDIR"

# lib CODE: run CODE in a bash that has sourced the library; its words in
# $out, its status in $rc.
lib()
{
	rc=0
	out=$(bash -c ". '$ROOT/ci/lib/lib.sh'; $1" 2>&1) || rc=$?
}

# wait_for COMMAND: at most ten seconds
wait_for()
{
	local i

	for ((i = 0; i < 200; i++)); do
		eval "$1" && return 0
		sleep 0.05
	done
	return 1
}

not() { ! "$@"; }

# running SECONDS: true if there is a "sleep SECONDS"
running()
{
	local f line

	for f in /proc/[0-9]*/cmdline; do
		{ line=$(tr '\0' ' ' <"$f"); } 2>/dev/null || continue
		[[ $line != "sleep $1 " ]] || return 0
	done
	return 1
}

# --- messages and strictness
lib 'die 2 "the thing: the mend"'
is "die: its code" "$rc" 2
like "die: its message" "$out" "the thing: the mend"
lib 'false; echo went on'
is "an unexpected failure is a failure of the harness" "$rc" 3
like "an unexpected failure is named" "$out" "'false' failed"
lib 'x=$(false; echo survived); echo went on'
is "a failure inside \$() counts" "$rc" 3
is "a failure inside \$() is said once" "$(grep -c failed <<<"$out")" 1
lib 'true | false | true; echo went on'
is "a failure inside a pipe counts" "$rc" 3
GIT_DIR=/nonexistent lib 'echo "${GIT_DIR-unset}"'
is "a git hook's environment is dropped" "$out" unset

# --- cleanup
lib 'on_exit echo one; on_exit echo "two  words"; false'
is "cleanup runs last in, first out, after a failure" \
	"$(grep -v failed <<<"$out")" $'two  words\none'
lib 'd=; temp_dir d; touch "$d/x"; mkdir "$d/ro"; chmod 500 "$d/ro"; echo "$d"'
like "temp_dir is in TMPDIR" "$out" "^$TMPDIR/"
check "temp_dir is gone at the end" test ! -e "$out"
lib 'on_exit echo parent; (on_exit echo child; true); echo between'
is "a subshell runs its own cleanup only" "$out" $'child\nbetween\nparent'

# killed SIGNAL CODE: status and leftovers of a script that is killed while a
# phase runs a child that has a child.
killed()
{
	local pid rc=0 mark=$RANDOM$RANDOM

	cat >"$TMP/victim" <<-VICTIM
		. '$ROOT/ci/lib/lib.sh'
		d=; temp_dir d
		echo "\$d" >'$TMP/dir'
		lock victim
		phase sleeping bash -c 'trap "" TERM; sleep 1000.$mark & sleep 1001.$mark'
	VICTIM
	rm -f "$TMP/dir"
	set -m
	bash "$TMP/victim" >"$TMP/victim.log" 2>&1 &
	pid=$!
	set +m
	wait_for "running 1001.$mark" ||
		not_ok "victim starts" "$(cat "$TMP/victim.log")"
	kill "-$1" "$pid"
	wait "$pid" || rc=$?
	is "SIG$1: exit code" "$rc" "$2"
	check "SIG$1: its child is gone" not running "1001.$mark"
	check "SIG$1: its child's child is gone" not running "1000.$mark"
	check "SIG$1: no directory is left" test ! -e "$(cat "$TMP/dir")"
	check "SIG$1: no lock is left" flock -n "$USERPTR_CACHE/locks/victim" true
}
killed TERM 143
killed INT 130
killed HUP 129

lib 'spawn a sleep 1000; kill_group "$a"; kill -0 "$a"'
is "kill_group ends it" "$rc" 3
lib 'spawn a bash -c "trap \"\" TERM; echo; sleep 77 & wait; wait"; sleep 0.3
	s=$SECONDS; kill_group "$a" 1; ((SECONDS - s < 40)) && echo quick'
is "kill_group ends what ignores SIGTERM" "$rc ${out##*$'\n'}" "0 quick"

# --- phases
lib 'times_start; phase "my phase" sleep 0.3; times_table'
like "phase: in the table" "$out" 'my phase +0\.[3-9]'
like "phase: says when it is done" "$out" 'my phase: done in 0s'
lib 'phase broken bash -c "exit 7"'
is "phase: a failure that nobody handles" "$rc" 3
lib 'phase broken bash -c "exit 7" || exit $?'
is "phase: passes the status on" "$rc" 7
mkdir -p "$USERPTR_CACHE/times"
echo 100 >"$USERPTR_CACHE/times/long_one"
PHASE_PROGRESS='echo 12 of 13' USERPTR_TICK=1 lib 'phase "long one" sleep 1.5'
like "phase: time left and progress" "$out" '1s, 12 of 13, about 1m39s left'
lib 'x=$(phase quiet echo result 2>/dev/null); echo "[$x]"'
is "phase: stdout is the command's" "$out" '[result]'
# A service that is stopped gets a signal in all its processes.
# ticker_of PID: that of a phase, which is at its sleep of USERPTR_TICK seconds
ticker_of()
{
	local child

	for child in $(pgrep -P "$1"); do
		! pgrep -fxP "$child" "sleep 33" >/dev/null || echo "$child"
	done
}
late=0
for ((i = 0; i < 3; i++)); do
	USERPTR_TICK=33 bash -c ". '$ROOT/ci/lib/lib.sh'; phase long sleep 1000" 2>/dev/null &
	pid=$!
	wait_for '[[ -n $(ticker_of $pid) ]]'
	ticker=$(ticker_of "$pid")
	kill -TERM "$pid" "$ticker"
	wait_for 'not kill -0 $pid 2>/dev/null' || { late=$((late + 1)); pkill -KILL -P "$pid"; }
	wait "$pid"
done
is "phase: a TERM for it and its ticker ends it" "$? $late" "143 0"

# --- locks
lib 'lock a; touch "$CACHE/held"; sleep 1.5; rm "$CACHE/held"' &
wait_for '[[ -e $USERPTR_CACHE/held ]]'
lib 'lock a "the test"; [[ ! -e $CACHE/held ]] && echo alone'
wait
like "lock: waits" "$out" 'waiting .* lock a \(the test\)'
like "lock: is exclusive" "$out" $'\nalone$'
wait
lib 'lock b; unlock b; lock b; (flock -n 9 || echo held) 9>>"$CACHE/locks/b"'
lib 'lock d; : >"$CACHE/held"; sleep 3; rm "$CACHE/held"' &
wait_for '[[ -e $USERPTR_CACHE/held ]]'
bash -c ". '$ROOT/ci/lib/lib.sh'; lock d" 2>"$TMP/waiter.log" &
pid=$!
wait_for '[[ -s $TMP/waiter.log ]]'
kill -TERM "$pid"
wait "$pid"
is "lock: waiting for it can be interrupted" "$? $(ls "$USERPTR_CACHE/held")" \
	"143 $USERPTR_CACHE/held"
wait
is "lock: after unlock it can be had again" "$out" held
lib 'lock c; sleep 3 & unlock c; lock c; echo ok; kill $!'
is "unlock: a child does not keep it" "$rc $out" "0 ok"

# --- the cache
lib 's=; cache_stage s; echo 1 >"$s/f"; cache_get k a && echo early
	cache_publish "$s" k a; cat "$(cache_get k a)/f"'
is "cache: there only when published" "$rc $out" "0 1"
lib 's=; cache_stage s; echo 1 >"$s/f"; kill -KILL $$'
lib 'cache_get k half || echo none'
is "cache: a maker that was killed publishes nothing" "$out" none
lib 's=; cache_stage s; echo 2 >"$s/f"; cache_publish "$s" k a
	cat "$(cache_get k a)/f"; ls "$(cache_get k a)"; [[ ! -e $s ]] && echo gone'
is "cache: the first to publish wins" "$out" $'1\nf\ngone'
lib 'for i in 1 2 3; do s=; cache_stage s; cache_publish "$s" p "$i"; done
	touch -d "3 days ago" "$CACHE/p/2"; touch -d "2 days ago" "$CACHE/p/1"
	mkdir "$CACHE/tmp/old" "$CACHE/tmp/new"; touch -d "3 days ago" "$CACHE/tmp/old"
	cache_prune p 2; ls "$CACHE/p"; cache_prune p 0; ls "$CACHE/p"'
check "cache: prune drops what killed runs left" test ! -e "$USERPTR_CACHE/tmp/old"
check "cache: prune keeps what is in the making" test -e "$USERPTR_CACHE/tmp/new"
is "cache: prune drops old ones beyond the count" "$out" $'1\n3\n3'
USERPTR_CACHE=/proc/nowhere lib 'cache_init'
is "cache: not writable: exit 3" "$rc" 3
like "cache: not writable: the mend" "$out" 'set USERPTR_CACHE'
lib 'cache_room 999999999 "the moon"'
is "cache: no room: exit 3" "$rc" 3
like "cache: no room: one line" "$out" '^[^
]*the moon needs .* are free: make room'

# A disk of 16 MiB that a phase fills.
full='mount -t tmpfs -o size=16m none "$USERPTR_CACHE" || exit 99
. "$1/ci/lib/lib.sh"; phase fill dd if=/dev/zero of="$CACHE/big" bs=1M || exit $?'
rc=0
out=$(unshare -rm bash -c "$full" x "$ROOT" 2>&1) || rc=$?
if [[ $rc == 99 || $out == unshare:* ]]; then
	skip "disk full" "no mounts in a user namespace here"
else
	is "disk full: exit 3" "$rc" 3
	like "disk full: the mend" "$out" "the disk of $USERPTR_CACHE is full: make room"
fi

# --- keys
echo hello >"$TMP/f"
lib "key str:a file:$TMP/f"
k=$out
like "key: 40 digits" "$k" '^[0-9a-f]{40}$'
touch -d yesterday "$TMP/f"
lib "key str:a file:$TMP/f"
is "key: of the contents, not the time" "$out" "$k"
echo hullo >"$TMP/f"
lib "key str:a file:$TMP/f"
check "key: changes with a file" test "$out" != "$k"
lib '[[ $(key str:ab str:c) != "$(key str:a str:bc)" ]]'
is "key: knows where a part ends" "$rc" 0
lib 'key file:/nonexistent || exit $?'
is "key: a missing file is no key" "$rc" 3

# --- bases and series
lib 'base_info v5.10; echo "$BASE_PACKAGE $BASE_BLOB [$BASE_KCFLAGS] $BASE_RAM"'
is "bases: v5.10" "$out" \
	"linux-source-5.10 f2eaed6aca3d9265aa2d0562c80e1fc5c16e4503 [] 2200"
lib 'base_info v4.17; echo "$BASE_PACKAGE $BASE_KCFLAGS $BASE_RAM"'
like "bases: v4.17" "$out" '^- -Wno-.* -Wno-.* 3072$'
lib 'base_info v9.99'
is "bases: unknown: exit 2" "$rc" 2
like "bases: unknown: names the known" "$out" "'v9.99': give one of v5.10 v4.17"
lib "USERPTR_ROOT=$TMP; mkdir -p $TMP/series
	printf '# why\n\n0001-a.patch\n0002-b.patch # c\n0003-c.patch' >$TMP/series/x
	series_list x | sed 's|.*/||'; series_list none"
is "series: names without comments" "$out" $'0001-a.patch\n0002-b.patch\n0003-c.patch'

# --- options
opts() { lib "a=1 with_dash='' f='' all=() pass=(); options 'a with-dash f! all*=all both+=pass --' $1
	echo \"\$a|\$with_dash|\$f|\${all[*]}|\${pass[*]}|\$WITH_COMMAND|\${COMMAND[*]}\""; }
opts ""
is "options: none" "$rc $out" "0 1||||||"
opts "--a 2 --with-dash=x=y --f --all b --all=c --both d -- e --f"
is "options: each kind" "$rc $out" "0 2|x=y|1|b c|--both d|1|e --f"
opts "--a=''"
is "options: an empty value" "$rc $out" "0 ||||||"
opts "--a"
is "options: no value: exit 2" "$rc $out" "2 bash: --a needs a value: see bash --help"
opts "--b 1"
is "options: an unknown one: exit 2" "$rc $out" "2 bash: unknown option --b: see bash --help"
opts "--f=1"
is "options: a value that there is none: exit 2" "$rc $out" "2 bash: --f has no value: see bash --help"
opts "word"
is "options: a stray word: exit 2" "$rc $out" "2 bash: unexpected 'word': see bash --help"
opts "-f"
is "options: of one dash: exit 2" "$rc $out" "2 bash: unknown option -f: see bash --help"
lib "a='' words=(); options 'a words...' one --a=1 'two three' ''; printf '[%s]' \"\$a\" \"\${words[@]}\""
is "options: words, before and behind an option" "$rc $out" "0 [1][one][two three][]"
lib "words=(); options 'a words...' one --words 1"
is "options: the words are no option" "$rc $out" "2 bash: unknown option --words: see bash --help"
lib "options 'a' --a 1 -- b"
is "options: no command is taken: exit 2" "$rc $out" "2 bash: unexpected '--': see bash --help"
done_testing
