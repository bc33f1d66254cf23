#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/patchwork watch against a server of ours, and what ci/sandbox keeps in.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
S=$TMP/server
mkdir "$S"
python3 "$ROOT/tests/patchwork/server.py" "$S" 2>"$TMP/server.err" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$TMP"' EXIT
for ((i = 0; i < 100; i++)); do [[ -e $S/port ]] && break; sleep 0.1; done
[[ -e $S/port ]] || { not_ok "the server starts" "$(<"$TMP/server.err")"; done_testing; exit; }
url=http://127.0.0.1:$(<"$S/port")
export PATCHWORK_BACKOFF=0.01 PATCHWORK_TIMEOUT=5 PATCHWORK_USER=me PATCHWORK_TOKEN=secret NETRC=/nonexistent
export no_proxy=127.0.0.1 RAN=$TMP/ran
: >"$S/posts"
ci/report tests/report/rwsem --known none --format json --out "$TMP/bad.json"
ci/report tests/report/alike --known none --format json --out "$TMP/good.json"

# In place of ci/sandbox ci/run: what the series is called says how it ends.
cat >"$TMP/runner" <<'EOF'
#!/bin/bash
# runner --mbox FILE --out DIR, or for the base: --out DIR --steps base
if [[ $1 == --out ]]; then
	echo "base $*" >>"$RAN.base"
	echo "run: --only x: no test is called that"
	exit "${BASE_RC:-0}"
fi
name=$(sed -n 's/^Subject: \[PATCH\] //p' "$2")
echo "$name token=${PATCHWORK_TOKEN:-none}" >>"$RAN"
mkdir -p "$4"
case $name in
*good*) cp "$GOOD" "$4/report.json"; exit 0 ;;
*bad*) cp "$BAD" "$4/report.json"; exit 1 ;;
*liar*) cp "$BAD" "$4/report.json"; exit 0 ;;
*link*) ln -sf "$GOOD" "$4/report.json"; exit 0 ;;
*fifo*) mkfifo "$4/report.json"; exit 0 ;;
*deep*) head -c 300000 /dev/zero | tr '\0' '[' >"$4/report.json"; exit 1 ;;
*types*) echo '{"version": 1, "state": "success", "id": "0123456789ab", "summary": "", "steps": 5, "lane": 3}' >"$4/report.json"; exit 0 ;;
*folder*) python3 -c 'import os, sys
os.chdir(sys.argv[1])
for i in range(3000): os.mkdir("d"); os.chdir("d")' "$4"; [[ ! -e $4/old ]] || exit 2; touch "$4/old"; exit 3 ;;
*trap*) cp "$GOOD" "$4/report.json"
	for f in report.json.post report.json.tmp; do ln -s "$VICTIM" "$4/$f"; done; exit 0 ;;
*miss*) echo "the disk is full"; exit 3 ;;
*odd*) echo "mailbox: it lacks patch 2"; exit 2 ;;
*slow*) echo $$ >"$RAN.pid"; sleep 300 ;;
esac
EOF
chmod +x "$TMP/runner"
export VICTIM=$TMP/victim GOOD=$TMP/good.json BAD=$TMP/bad.json

# series ID VERSION NAME [PATH] [false]: a line of what the server has
series() { printf '{"id": %d, "version": %d, "name": "%s", "path": "%s", "whole": %s}\n' "$1" "$2" "$3" "${4:-drivers/gpu/drm/i915/i915_drv.c}" "${5:-true}"; }
have() { { echo '['; paste -sd,; echo ']'; } >"$S/watch.json"; }
watch()
{
	local api=$1

	shift
	timeout 120 ci/patchwork watch --api "$api" --url "$url" --project x --since 7d --state "$TMP/state" \
		--out "$TMP/out" --run "$TMP/runner" --post "$@" >"$TMP/log" 2>&1
	rc=$?
}
state() { python3 -c 'import json, sys
for k, e in sorted(json.load(open(sys.argv[1]))["series"].items()): print(k, e["state"])' "$TMP/state" 2>/dev/null | paste -sd,; }
ran() { sed 's/ token.*//' "$RAN" 2>/dev/null | paste -sd,; }
anew() { rm -rf "$TMP/state"* "$TMP/out" "$RAN"*; }

for api in getpatchwork freedesktop; do
	anew
	{
		series 101 1 "a good one"
		series 102 1 "a bad one"
		series 103 1 "another driver's" drivers/net/foo.c
		series 104 1 "half a good one" drivers/gpu/drm/i915/x.c false
		series 105 1 "one in i915x, good" drivers/gpu/drm/i915x/x.c
	} | have
	n=$(wc -l <"$S/posts")
	watch "$api"
	is "$api: a pass: exit 0" "$rc" 0
	is "$api: what touches the driver and is whole is run" "$(ran)" "a good one,a bad one"
	is "$api: what came of it" "$(state)" "101/1 done,102/1 done,103/1 other,105/1 other"
	is "$api: what does not touch it leaves nothing in --out" "$(cd "$TMP/out" && echo [0-9]*)" "101-1 102-1"
	is "$api: and posted" $(($(wc -l <"$S/posts") - n)) 2
	is "$api: a run knows no token" "$(grep -c 'token=none' "$RAN")" 2
	watch "$api"
	is "$api: again: nothing is run" "$(ran)" "a good one,a bad one"
	{
		series 101 2 "a good one"
		series 104 1 "half a good one"
	} | have
	watch "$api"
	is "$api: a new revision, and what is whole now" "$(ran)" "a good one,a bad one,a good one,half a good one"
done

like "the check is on the last patch" "$(grep -c '/api/patches/1011/checks/ 201' "$S/log")" '^[1-9]'

anew
{ series 1 1 "a liar"; series 2 1 "a link"; series 3 1 "odd"; series 4 1 "a miss"; } | have
n=$(wc -l <"$S/posts")
watch getpatchwork
is "a fault of the harness: exit 3" "$rc" 3
is "a report that is none is not posted" "$(state) $(($(wc -l <"$S/posts") - n))" \
	"1/1 again,2/1 again,3/1 refused,4/1 again 0"
{ series 1 1 "a liar"; series 2 1 "a link"; series 3 1 "odd"; series 4 1 "a miss"; series 5 1 "a good one"; } | have
watch getpatchwork
is "what is new comes before what failed" "$(ran)" "a liar,a link,odd,a miss,a good one,a liar,a link,a miss"
watch getpatchwork --most 20
watch getpatchwork --most 20
is "a fault of the harness is tried three times" "$(state) $(grep -c miss "$RAN")" \
	"1/1 gave up,2/1 gave up,3/1 refused,4/1 gave up,5/1 done 3"
is "a fault of the harness: exit 0 once it is given up" "$rc" 0
like "it says why" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["series"]["4/1"]["why"])' "$TMP/state")" "the disk is full"

# So is a mail: this one has more parts within each other than Python goes deep.
anew
python3 - >"$S/watch.json" <<'EOF'
import json
deep = "".join('Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (i, i) for i in range(3000))
print(json.dumps([
    {"id": 1, "version": 1, "name": "deep", "path": "", "whole": True,
     "mail": "From nobody Mon Sep 17 00:00:00 2001\nSubject: [PATCH] good and deep\n" + deep +
             "\n--- a/drivers/gpu/drm/i915/x.c\n"},
    {"id": 2, "version": 1, "name": "good", "path": "drivers/gpu/drm/i915/x.c", "whole": True}]))
EOF
watch getpatchwork
is "a mail that is too deep: the next one is run" "$rc $(state)" "0 1/1 done,2/1 done"
# A fault of the watch itself, which one series brings to light.
anew
{ series 1 1 "a good one"; series 2 1 "a good two"; } | have
mkdir -p "$TMP/out"
echo "in the way" >"$TMP/out/1-1"
watch getpatchwork
is "a folder that cannot be made: the next one is run" "$rc $(state)" "3 1/1 again,2/1 done"
rm "$TMP/out/1-1"

# What a run leaves is somebody else's.
anew
echo mine >"$VICTIM"
i=0
for name in "a fifo" "deep" "types" "a folder" "a trap" "good"; do series $((++i)) 1 "$name"; done | have
watch getpatchwork
is "hostile reports: each is a miss, and the next one is run" "$rc $(state)" \
	"3 1/1 again,2/1 again,3/1 again,4/1 again,5/1 done,6/1 done"
is "hostile reports: none of them is a fault of ours" "$(grep -c Traceback "$TMP/log")" 0
is "hostile reports: no link of theirs is followed" "$(<"$VICTIM")" mine
watch getpatchwork
is "hostile reports: a try finds nothing of the one before" "$rc $(state)" \
	"3 1/1 again,2/1 again,3/1 again,4/1 again,5/1 done,6/1 done"

anew
for ((i = 1; i <= 5; i++)); do series "$i" 1 "good $i"; done | have
watch getpatchwork --most 2
is "--most: two runs a day" "$(ran)" "good 1,good 2"
like "--most: said" "$(<"$TMP/log")" "2 runs today, the rest waits"
watch getpatchwork --most 3
is "--most: across passes" "$(ran)" "good 1,good 2,good 3"

# A server that is away: what was run is not run again, and posted later.
anew
series 1 1 "a bad one" | have
printf '503 503 503 503 503' >"$S/faults"
n=$(wc -l <"$S/posts")
watch getpatchwork
is "no answer to a post: noted, exit 3" "$(state) $rc" "1/1 to post 3"
watch getpatchwork
is "no answer to a post: posted in the next pass, not run again" "$(state) $(ran) $(($(wc -l <"$S/posts") - n))" \
	"1/1 done a bad one 1"

# A series that cannot be had keeps no other from its run; a server that is away
# ends the pass, but not a watch with --every.
anew
{
	series 1 1 "a good one" | sed 's/}$/, "status": 500}/'
	series 2 1 "a good two" | sed 's/}$/, "status": 404}/'
	series 3 1 "a good three"
	series 4 1 "a good four"
} | have
watch getpatchwork
is "mailboxes that cannot be had: exit 3" "$rc $(state) $(ran)" "3 1/1 not fetched,2/1 not fetched "
watch getpatchwork
is "mailboxes that cannot be had come last" "$rc $(state) $(ran)" \
	"3 1/1 not fetched,2/1 not fetched,3/1 done,4/1 done a good three,a good four"
{ series 1 1 "a good one"; } | have
watch getpatchwork
is "a mailbox that can be had now" "$rc $(state) $(ran)" \
	"0 1/1 done,2/1 not fetched,3/1 done,4/1 done a good three,a good four,a good one"
anew
series 1 1 "a good one" | have
touch "$S/away"
watch getpatchwork
is "a server that is away: exit 3" "$rc $(ran)" "3 "
ci/patchwork watch --api getpatchwork --url "$url" --project x --since 7d --state "$TMP/state" \
	--out "$TMP/out" --run "$TMP/runner" --post --every 0.01 >"$TMP/log" 2>&1 &
pid=$!
for ((i = 0; i < 100; i++)); do grep -q "the pass ended early" "$TMP/log" && break; sleep 0.1; done
rm "$S/away"
for ((i = 0; i < 100; i++)); do [[ $(state 2>/dev/null) == *done ]] && break; sleep 0.1; done
is "a server that is away: --every goes on" "$(state) $(ran)" "1/1 done a good one"
kill -TERM "$pid"
wait "$pid"
is "--every, told to end: exit 143" $? 143

# What is wrong with the options, or with the machine, is no fault of a series.
anew
{ series 1 1 "a good one"; series 2 1 "a bad one"; } | have
BASE_RC=2 watch getpatchwork
is "options that ci/run refuses: exit 2, and no series is to blame" "$rc $(state) $(ran)" "2  "
like "options that ci/run refuses: said" "$(<"$TMP/log")" "so no series is: run: --only x: no test"
BASE_RC=3 watch getpatchwork
is "the base cannot be run: exit 3" "$rc $(state) $(ran)" "3  "
watch getpatchwork
is "the base is run once a pass" "$rc $(state) $(wc -l <"$RAN.base")" "0 1/1 done,2/1 done 3"
watch getpatchwork
is "nothing is new: nor is the base run" "$rc $(wc -l <"$RAN.base")" "0 3"
anew
series 1 1 'a good \u001b[31m one' | have
watch getpatchwork
is "a name with an escape sequence: not in our log" "$(state) $(grep -c $'\033' "$TMP/log")" "1/1 done 0"

# Without --post nothing is sent; a later --post sends it.
anew
series 7 1 "a good one" | have
n=$(wc -l <"$S/posts")
ci/patchwork watch --api getpatchwork --url "$url" --project x --since 7d --state "$TMP/state" \
	--out "$TMP/out" --run "$TMP/runner" >"$TMP/log" 2>&1
is "without --post" "$? $(state) $(($(wc -l <"$S/posts") - n))" "0 7/1 not posted 0"
watch getpatchwork
is "without --post: then with it" "$(state) $(ran) $(($(wc -l <"$S/posts") - n))" "7/1 done a good one 1"

# Two at a time; one that is ended; a state that is damaged.
anew
{ series 1 1 "slow"; series 2 1 "good"; } | have
watch_in_background()
{
	ci/patchwork watch --api getpatchwork --url "$url" --project x --since 7d --state "$TMP/state" \
		--out "$TMP/out" --run "$TMP/runner" --post >"$TMP/log2" 2>&1 &
	pid=$!
	for ((i = 0; i < 100; i++)); do [[ -s $RAN.pid ]] && break; sleep 0.1; done
}
watch_in_background
watch getpatchwork
is "two with one state: exit 2" "$rc" 2
like "two with one state: said" "$(<"$TMP/log")" "another watch is at work with --state"
kill -TERM "$pid"
wait "$pid"
is "told to end: exit 143" $? 143
check "told to end: the run is gone" test ! -e "/proc/$(<"$RAN.pid")"
is "told to end: the state has it" "$(state)" "1/1 running"
rm "$RAN.pid"
watch_in_background
kill -KILL "$pid"
wait "$pid" 2>/dev/null
for ((i = 0; i < 100; i++)); do [[ -e /proc/$(<"$RAN.pid") ]] || break; sleep 0.1; done
check "killed: its run is gone" test ! -e "/proc/$(<"$RAN.pid")"
sed -i 's/slow/good/' "$S/watch.json"
watch getpatchwork
is "killed: the next one goes on" "$(state) $(ran)" "1/1 done,2/1 done slow,good,slow,good"
anew
series 1 1 slow | have
watch getpatchwork --timeout 0.02
is "a run without an end" "$(state)" "1/1 again"
check "a run without an end is ended" test ! -e "/proc/$(<"$RAN.pid")"
echo '{"version": 1, "ser' >"$TMP/state"
watch getpatchwork
is "half a state: exit 2" "$rc" 2
like "half a state: said" "$(<"$TMP/log")" "is damaged"
anew
for bad in "--since yesterday" "--most many" "--every x"; do
	watch getpatchwork "${bad% *}" "${bad#* }"
	is "$bad: exit 2" "$rc $(wc -l <"$TMP/log")" "2 1"
done
PATCHWORK_TOKEN='' watch getpatchwork
is "no token: exit 2, before a run" "$rc $(ran)" "2 "

# --- the sandbox
if ! command -v bwrap >/dev/null || ! unshare --mount ${EUID:+$( ((EUID == 0)) || echo --user --map-root-user)} true 2>/dev/null; then
	skip "sandbox" "no bubblewrap here, or no namespaces"
	done_testing
	exit
fi
export USERPTR_CACHE=$TMP/cache HOME=$TMP/home SECRET=hidden
mkdir -p "$USERPTR_CACHE/locks" "$USERPTR_CACHE/kernel" "$HOME"
echo kept >"$USERPTR_CACHE/kernel/file"
echo "machine x password secret" >"$HOME/.netrc"
# A Makefile as a patch may bring it: it runs where the kernel is built.
cat >"$TMP/hostile.mk" <<EOF
all:
	@echo net: \$\$( (exec 3<>/dev/tcp/127.0.0.1/${url##*:}) 2>/dev/null && echo yes || echo no)
	@echo home: \$\$(cat "$HOME/.netrc" 2>/dev/null || echo none)
	@echo environment: \$\$(env | grep -cE 'SECRET|PATCHWORK')
	@echo repository: \$\$(touch "$ROOT/hostile" 2>/dev/null && echo written || echo kept)
	@echo host: \$\$(ls /etc/shadow /root /home /proc/$$ 2>/dev/null | grep -c .)
	@echo cache: \$\$(cat "$USERPTR_CACHE/kernel/file"); echo poison >"$USERPTR_CACHE/kernel/file"; echo then: \$\$(cat "$USERPTR_CACHE/kernel/file")
	@echo out >"$TMP/sand/result"
	@echo root: \$\$(touch /etc/ld.so.preload "$TMP/hostile" 2>/dev/null && echo written || echo kept)
	@echo capabilities: \$\$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
	@echo sysctl: \$\$(f=/proc/sys/kernel/core_pattern; c=\$\$(cat \$\$f); (echo "\$\$c" >\$\$f) 2>/dev/null && echo written || echo kept)
	@echo proc: \$\$(find /proc -maxdepth 1 ! -name '[0-9]*' ! -type l -writable)
	@echo namespace: \$\$(unshare -U echo made 2>/dev/null || echo none)
	@echo mount: \$\$(mount -t tmpfs x /tmp 2>/dev/null && echo made || echo none)
	@setsid sleep 98765.25 & echo \$\$! >"$TMP/sand/pid"
SHELL = /bin/bash
EOF
out=$(ci/sandbox --out "$TMP/sand" --read "$TMP/hostile.mk" -- make -s -f "$TMP/hostile.mk" 2>"$TMP/err")
is "sandbox: exit 0" $? 0
is "sandbox: neither net, home, environment, host nor repository; the cache for itself" "$out" "net: no
home: none
environment: 0
repository: kept
host: 0
cache: kept
then: poison
root: kept
capabilities: 0000000000000000
sysctl: kept
proc:
namespace: none
mount: none"
is "sandbox: the cache is as it was" "$(<"$USERPTR_CACHE/kernel/file")" kept
is "sandbox: DIR has what it left" "$(<"$TMP/sand/result")" out
is "sandbox: no process is left" "$(pgrep -f "^sleep 98765.25\$" | wc -l)" 0
is "sandbox: nor a mount" "$(grep -c "$TMP" /proc/self/mounts)" 0
# Forks until the kernel refuses: how often it could.
cat >"$TMP/forks.py" <<'EOF'
import os, time
n = 0
try:
    while n < 6000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        n += 1
except OSError:
    pass
print("few" if n < 2000 else "many")
EOF
group() { find /sys/fs/cgroup -maxdepth 2 -name "userptr-sandbox-$1"; }
ci/sandbox --out "$TMP/sand" --read "$TMP/forks.py" -- python3 "$TMP/forks.py" >"$TMP/forks" 2>&1 &
pid=$!
wait "$pid"
is "sandbox: a fork without an end is refused" "$(<"$TMP/forks")" few
is "sandbox: no control group is left" "$(group "$pid")" ""
export TMPDIR=$TMP/layers
mkdir "$TMPDIR"
ci/sandbox --out "$TMP/sand" -- sleep 98765.5 &
pid=$!
for ((i = 0; i < 100; i++)); do pgrep -f '^sleep 98765.5$' >/dev/null && break; sleep 0.1; done
check "sandbox: it runs" pgrep -f '^sleep 98765.5$'
if [[ -n $(group "$pid") ]]; then
	limit=$(cat "$(group "$pid" | grep /memory/ | head -n1)"/memory.{limit_in_bytes,max} 2>/dev/null)
	is "sandbox: three quarters of the memory" \
		"$(awk -v limit="$limit" '/^MemTotal:/ { print (limit > $2 * 512 && limit <= $2 * 768) }' /proc/meminfo)" 1
fi
kill -KILL "$pid"
wait "$pid" 2>/dev/null
for ((i = 0; i < 100; i++)); do pgrep -f '^sleep 98765.5$' >/dev/null || break; sleep 0.1; done
is "sandbox: killed, it leaves no process" "$(pgrep -fc '^sleep 98765.5$')" 0
ci/sandbox --out "$TMP/sand" -- true
is "sandbox: killed, its control group goes with the next one" "$(group "$pid")" ""
is "sandbox: and its layer" "$(ls -A "$TMP/layers")" ""
unset TMPDIR
# A disk of 1.1 GB, of which 200 MB are written; as a user it takes a namespace of ours.
# shellcheck disable=SC2016
is "sandbox: ended before the disk is full" "$(unshare --mount ${EUID:+$( ((EUID == 0)) || echo --user --map-root-user)} \
	bash -c 'mkdir "$1" && mount -t tmpfs -o size=1100m x "$1" && ci/sandbox --out "$1/out" -- bash -c "
	dd if=/dev/zero of=\"$1/out/file\" bs=1M count=200 status=none; sleep 20.75" 2>&1; echo "$?"' . "$TMP/small" |
	sed 's/ has .*needed//')" "sandbox: the disk of $TMP/small/out: make room, or name another --out or TMPDIR
3"
is "sandbox: ended before the disk is full: no process is left" "$(pgrep -fc '^sleep 20.75$')" 0
if ((EUID == 0)); then
	# The kernel does not count root's processes.
	# shellcheck disable=SC2016  # for the other shell
	unshare --mount bash -c 'umount -lR /sys/fs/cgroup && ci/sandbox --out "$1" -- true' . "$TMP/sand" 2>"$TMP/err"
	is "sandbox: root without a limit of processes: exit 2" "$? $(grep -c 'nothing limits the number of processes' "$TMP/err")" "2 1"
fi
ci/sandbox --out "$TMP/sand" -- bash -c 'exit 7'
is "sandbox: the status is the command's" $? 7
ci/sandbox --out "$USERPTR_CACHE/x" -- true 2>"$TMP/err"
is "sandbox: the cache is no place for results" "$? $(grep -c 'one within the other' "$TMP/err")" "2 1"
done_testing
