#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/patchwork against a strict test server, over HTTP on loopback.
. "$(dirname "$0")/tap.sh"
S=$TMP/server
mkdir "$S"
python3 "$ROOT/tests/patchwork/server.py" "$S" 2>"$TMP/server.err" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$TMP"' EXIT
for ((i = 0; i < 100; i++)); do [[ -e $S/port ]] && break; sleep 0.1; done
[[ -e $S/port ]] || { not_ok "the server starts" "$(<"$TMP/server.err")"; done_testing; exit; }
url=http://127.0.0.1:$(<"$S/port")
export PATCHWORK_BACKOFF=0.01 PATCHWORK_TIMEOUT=5 PATCHWORK_USER=me PATCHWORK_TOKEN=secret NETRC=/nonexistent
export no_proxy=127.0.0.1

"$ROOT/ci/report" "$ROOT/tests/report/rwsem" --known none --format json --out "$TMP/bad.json"
"$ROOT/ci/report" "$ROOT/tests/report/alike" --known none --format json --out "$TMP/good.json"
"$ROOT/ci/report" "$ROOT/tests/report/warnings" --known none --format json --out "$TMP/warn.json"

pw() { "$ROOT/ci/patchwork" "$@" >"$TMP/out" 2>"$TMP/err"; }
fd() { pw post --api freedesktop --url "$url" --series 47 --revision 2 --ledger "$TMP/ledger" "$@"; }
gp() { pw post --api getpatchwork --url "$url" --patch 120 --ledger "$TMP/ledger" "$@"; }
posts() { grep -c . "$S/posts" 2>/dev/null || :; }
tries() { grep -c '^POST' "$S/log" 2>/dev/null || :; }
anew() { rm -f "$TMP/ledger"; printf '%s' "$*" >"$S/faults"; : >"$S/log"; }

anew
gp --report "$TMP/bad.json"
is "a dry run is the default: exit 0" $? 0
like "a dry run shows the request" "$(<"$TMP/out")" '"state": "fail"'
is "a dry run sends nothing" "$(wc -c <"$S/log")" 0
for r in bad:fail good:success warn:warning; do
	anew
	gp --report "$TMP/${r%:*}.json" --more https://example.com/r --post
	is "getpatchwork takes ${r%:*}" $? 0
	like "with its own word" "$(tail -n1 "$S/posts")" "\"state\": \"${r#*:}\""
done
is "three checks" "$(posts)" 3
like "what is bad: one step is one" "$(grep '"fail"' "$S/posts")" '"description": "1 step against v5.10 base: 5 worse \['
like "a warning says of what" "$(grep '"warning"' "$S/posts")" '"description": "1 step against v5.10 base: 3 bad in another way \['
for r in bad:failure good:success warn:warning; do
	anew
	fd --report "$TMP/${r%:*}.json" --more https://example.com/r --post
	is "freedesktop takes ${r%:*}" $? 0
	like "with its own word" "$(tail -n1 "$S/posts")" "\"state\": \"${r#*:}\""
done

# freedesktop puts the summary into the mail that it sends: it is the whole of it.
fd --report "$TMP/bad.json" --post
like "freedesktop: the summary is the CI Bug Log" "$(grep '"failure"' "$S/posts")" \
	'"summary": "1 step against .* 5 worse \[[0-9a-f]{12}\]\\n\\nCI Bug Log - changes from v5.10 base -> v5.10 step 1.*Possible regressions.*coherency-unsync.*Build changes'
fd --report "$TMP/warn.json" --post

# The same result again: the server's own list has it (of which a page of
# getpatchwork has one entry).
n=$(posts)
anew
fd --report "$TMP/warn.json" --post
is "freedesktop: again" "$? $(tries) $(posts)" "0 0 $n"
like "freedesktop: it says so" "$(<"$TMP/out")" "already there"
anew
gp --report "$TMP/warn.json" --post
is "getpatchwork: again" "$? $(tries) $(posts)" "0 0 $n"
like "getpatchwork: it says so" "$(<"$TMP/out")" "already there"

# A result that comes back is news: what the server shows is compared with, not
# what it ever had.
for api in gp:fail fd:failure; do
	for r in bad good bad bad; do
		"${api%:*}" --report "$TMP/$r.json" --post
		is "${api%:*}: bad, good, bad: $r: exit 0" $? 0
	done
	like "${api%:*}: bad, good, bad: the last one stands" "$(grep -F "$([[ $api == gp* ]] && echo '"context"' || echo '"test_name"')" "$S/posts" | tail -n1)" \
		"\"state\": \"${api#*:}\""
done
is "bad, good, bad, bad: three checks more" $(($(posts) - n)) 3

again() { "$ROOT/ci/report" "$ROOT/tests/report/steps" --known none --series "$1" --format json --out "$TMP/new.json"; }
try()
{
	local name=$1 faults=$2 want=$3

	again "$name"
	anew "$faults"
	n=$(posts)
	gp --report "$TMP/new.json" --post
	is "$name" "$? $(tries) $(($(posts) - n))" "$want"
}
# name, faults, "exit, POSTs that were answered, new checks"
try "500 twice, then it works" "500 500 ok" "0 3 1"
t=$EPOCHREALTIME
try "429 is no refusal" "429 ok" "0 2 1"
is "and is asked again when the server wants it" $((${EPOCHREALTIME/./} - ${t/./} > 1000000)) 1
try "no answer, nothing stored: again" "drop ok" "0 1 1"
try "no answer, but stored: not twice" "lost" "0 0 1"
try "stored without an answer after a 500" "500 lost" "0 1 1"
try "never an answer: exit 3" "drop drop drop drop drop" "3 0 0"
try "always 503: exit 3 after five attempts" "503 503 503 503 503" "3 5 0"
try "404 is final" "404" "2 1 0"
try "a redirect is not followed" "302" "2 1 0"
is "a failure is one last line" "$(tail -n1 "$TMP/err" | grep -c 302)" 1
again "lost by freedesktop"
anew lost lost
n=$(wc -l <"$S/mails")
fd --report "$TMP/new.json" --post
is "freedesktop: a lost answer: exit 0" "$?" 0
is "freedesktop: a lost answer: one mail to the list" $(($(wc -l <"$S/mails") - n)) 1
is "one result of that name" "$(grep -c '"userptr.CI.Custom"' "$S/posts")" 1
fd --report "$TMP/new.json" --ledger "$TMP/other" --post
is "freedesktop: once more, from elsewhere: no mail" $(($(wc -l <"$S/mails") - n)) 1

# Two at a time: one of them posts.
again "two at a time"
anew
n=$(posts)
for i in 1 2; do
	"$ROOT/ci/patchwork" post --api getpatchwork --url "$url" --patch 120 --post \
		--ledger "$TMP/ledger" --report "$TMP/new.json" >"$TMP/out$i" 2>&1 &
	pids[i]=$!
done
wait "${pids[@]}"
is "two at a time: one post" "$(cat "$TMP"/out[12] | cut -d: -f1 | sort | xargs) $(($(posts) - n))" \
	"already there posted 1"

again token
anew
PATCHWORK_TOKEN=wrong gp --report "$TMP/new.json" --post
is "a wrong token: exit 2" $? 2
like "it is named" "$(<"$TMP/err")" "token"
is "and not shown" "$(grep -c wrong "$TMP/err")" 0
PATCHWORK_TOKEN='' gp --report "$TMP/new.json" --post
is "no token: exit 2" $? 2
printf 'machine 127.0.0.1 login me password secret\n' >"$TMP/netrc"
chmod 600 "$TMP/netrc"
NETRC=$TMP/netrc PATCHWORK_TOKEN='' PATCHWORK_USER='' gp --report "$TMP/new.json" --post
is "a token of netrc" $? 0
anew
NETRC=$TMP/netrc PATCHWORK_TOKEN='' PATCHWORK_USER='' fd --report "$TMP/new.json" --post
is "a user of netrc" $? 0
pw post --api getpatchwork --url http://example.com --patch 1 --report "$TMP/new.json" --post
is "a token is not sent in the clear" $? 2
gp --report "$ROOT/README.md" --post
is "not a report: exit 2" "$? $(wc -l <"$TMP/err")" "2 1"
gp --report "$TMP/new.json" --patch 1x
is "no number: exit 2" $? 2

# What the server itself refuses: a client that has the words wrong is told.
refused()
{
	is "the server refuses $1" "$(python3 - "$url$2" "$3" "$4" <<-'PY'
	import sys, urllib.request, urllib.error
	req = urllib.request.Request(sys.argv[1], sys.argv[3].encode(),
	    {"Authorization": sys.argv[2], "Content-Type": "application/json"})
	try: print(urllib.request.urlopen(req).status)
	except urllib.error.HTTPError as e: print(e.code)
	PY
	)" 400
}
rm -f "$S/faults"
refused "failure at getpatchwork" /api/patches/120/checks/ "Token secret" '{"context": "a", "state": "failure"}'
refused "fail at freedesktop" /api/1.0/series/47/revisions/2/test-results/ "Basic bWU6c2VjcmV0" '{"test_name": "a", "state": "fail"}'
refused "a context with a dot" /api/patches/120/checks/ "Token secret" '{"context": "a.b", "state": "fail"}'

pw fetch --api freedesktop --url "$url" --series 47 --revision 2 --out "$TMP/a.mbox"
is "fetch from freedesktop" "$? $(head -c 5 "$TMP/a.mbox")" "0 From "
pw fetch --api getpatchwork --url "$url" --series 9 --out "$TMP/b.mbox"
is "fetch from getpatchwork" "$? $(head -c 5 "$TMP/b.mbox")" "0 From "
pw fetch --api getpatchwork --url "$url" --series 10 --out "$TMP/c.mbox"
is "a series that is not complete: exit 2" $? 2
pw fetch --api getpatchwork --url "$url" --series 11 --out "$TMP/c.mbox"
is "an mbox on another server: exit 3" "$? $([[ -e $TMP/c.mbox ]] && echo there)" "3 "
pw fetch --api getpatchwork --url "$url" --series 12 --out "$TMP/c.mbox"
is "no such series: exit 2" $? 2
# Behind a proxy that ends TLS: links name another scheme or host, on the same path.
for links in "https://127.0.0.1:${url##*:}" http://backend.example.com:8000; do
	echo "$links" >"$S/links"
	pw fetch --api getpatchwork --url "$url" --series 9 --out "$TMP/b.mbox"
	is "links to $links: fetch" "$? $(head -c 5 "$TMP/b.mbox")" "0 From "
	anew
	gp --report "$TMP/warn.json" --post
	is "links to $links: all pages of the checks" "$?" 0
	n=$(posts)
	gp --report "$TMP/warn.json" --post
	is "links to $links: found on the last page" "$? $(($(posts) - n)) $(cut -d: -f1 "$TMP/out")" "0 0 already there"
done
echo "http://127.0.0.1:${url##*:}/elsewhere" >"$S/links"
pw fetch --api getpatchwork --url "$url" --series 9 --out "$TMP/c.mbox"
is "an mbox on another path: exit 3" "$?" 3
gp --report "$TMP/good.json" --post
is "a next page on another path: exit 3" "$?" 3
like "a next page on another path: named" "$(tail -n1 "$TMP/err")" "its next page is 'http://127.0.0.1:[0-9]*/elsewhere"
rm "$S/links"
pw fetch --api freedesktop --url "$url" --series 47 --revision 2 --out "$TMP/a.mbox" --about "$TMP/about"
is "what freedesktop calls it, and which version" "$? $(<"$TMP/about")" "0 x"$'\nrev2\n'"$url/series/47/#rev2"
pw fetch --api getpatchwork --url "$url" --series 9 --out "$TMP/a.mbox" --about "$TMP/about"
is "what getpatchwork calls it, and which version" "$? $(<"$TMP/about")" "0 drm: a name"$'\nv3\n'"$url/api/series/9/"
# page NAME PAGE "exit first-bytes" WORDS
page()
{
	rm -f "$TMP/d.mbox"
	pw fetch --page "$url$2" --out "$TMP/d.mbox"
	is "$1" "$? $(head -c 5 "$TMP/d.mbox" 2>/dev/null)" "$3"
	like "$1: in one line" "$(tail -n1 "$TMP/err")" "$4"
}
page "a page of freedesktop: the last revision" /series/47/ "0 From " '^$'
page "a revision of it" "/series/47/#rev2" "0 From " '^$'
page "a revision that is not there" "/series/47/#rev9" "2 " '404'
page "a page of getpatchwork" "/project/x/list/?series=9" "0 From " '^$'
page "a page of something else" /project/x/list/ "2 " 'is not the page of a series'
page "half a JSON" /series/48/ "3 " 'no JSON came'
page "a JSON of something else" /series/49/ "3 " 'no Patchwork that answers'
page "half an mbox" "/series/50/#rev1" "3 " 'IncompleteRead.*5 times'
kill "$server"
wait "$server" 2>/dev/null
page "no server" /series/47/ "3 " 'Connection refused, 5 times'
done_testing
