#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/patchwork watch against a test server, and what ci/sandbox forbids.
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
# runner --mbox FILE --out DIR
name=$(sed -n 's/^Subject: \[PATCH\] //p' "$2")
echo "$name token=${PATCHWORK_TOKEN:-none}" >>"$RAN"
mkdir -p "$4"
case $name in
*good*) cp "$GOOD" "$4/report.json"; exit 0 ;;
*bad*) cp "$BAD" "$4/report.json"; exit 1 ;;
*liar*) cp "$BAD" "$4/report.json"; exit 0 ;;
*link*) ln -sf "$GOOD" "$4/report.json"; exit 0 ;;
*miss*) echo "the disk is full"; exit 3 ;;
*odd*) echo "mailbox: it lacks patch 2"; exit 2 ;;
*slow*) echo $$ >"$RAN.pid"; sleep 300 ;;
esac
EOF
chmod +x "$TMP/runner"
export GOOD=$TMP/good.json BAD=$TMP/bad.json

# series ID VERSION NAME [PATH] [false]: a line of what the server has
series() { printf '{"id": %d, "version": %d, "name": "%s", "path": "%s", "whole": %s}\n' "$1" "$2" "$3" "${4:-drivers/gpu/drm/i915/i915_drv.c}" "${5:-true}"; }
have() { { echo '['; paste -sd,; echo ']'; } >"$S/watch.json"; }
watch()
{
	local api=$1

	shift
	ci/patchwork watch --api "$api" --url "$url" --project x --since 7d --state "$TMP/state" \
		--out "$TMP/out" --run "$TMP/runner" --post "$@" >"$TMP/log" 2>&1
	rc=$?
}
state() { python3 -c 'import json, sys
for k, e in sorted(json.load(open(sys.argv[1]))["series"].items()): print(k, e["state"])' "$TMP/state" | paste -sd,; }
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
is "a report that is none is not posted" "$(state) $(($(wc -l <"$S/posts") - n))" \
	"1/1 again,2/1 again,3/1 refused,4/1 again 0"
watch getpatchwork
watch getpatchwork
watch getpatchwork
is "a failure of the harness is tried three times" "$(state) $(grep -c miss "$RAN")" \
	"1/1 gave up,2/1 gave up,3/1 refused,4/1 gave up 3"
like "it says why" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["series"]["4/1"]["why"])' "$TMP/state")" "the disk is full"

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
is "no answer to a post: noted" "$(state)" "1/1 to post"
watch getpatchwork
is "no answer to a post: posted in the next pass, not run again" "$(state) $(ran) $(($(wc -l <"$S/posts") - n))" \
	"1/1 done a bad one 1"

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
kill -- "-$(<"$RAN.pid")" 2>/dev/null
sed -i 's/slow/good/' "$S/watch.json"
watch getpatchwork
is "killed: the next one goes on" "$(state) $(ran)" "1/1 done,2/1 done slow,slow,good,good"
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
