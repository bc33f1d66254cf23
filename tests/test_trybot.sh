#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Somebody else's series: what ci/mailbox makes of a mailbox, and how ci/run reports a
# series that does not apply or build.  No guest boots here.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
M=$ROOT/tests/trybot
file=drivers/gpu/drm/i915/gem/i915_gem_userptr.c

box() { rm -rf "$TMP/box"; out=$(ci/mailbox "$1" "$TMP/box" 2>&1); rc=$?; }
refuse()
{
	box "$2"
	is "$1: exit 2" "$rc" 2
	like "$1: in one line" "$out" "^[^"$'\n'"]*$3[^"$'\n'"]*$"
	is "$1: nothing is left" "$(ls -d "$TMP/box" 2>/dev/null)" ''
}
# mails NUMBER...: the mails of good.mbox, by number
mails()
{
	local n

	for n; do
		awk -v n="$n" '/^From zoe@/ { i++ } i == n' "$M/good.mbox"
	done
}

# --- a thread as a list has it
box "$M/good.mbox"
is "a thread: exit 0" "$rc" 0
is "a thread: its patches, in order" "$(<"$TMP/box/series")" \
	"0001-drm-i915-userptr-One-invalidation-at-a-time.patch
0002-drm-i915-userptr-Say-what-Zo-s-locks-are-for.patch"
is "a thread: called as its cover letter" "$(<"$TMP/box/title")" "drm/i915/userptr: One invalidation at a time"
like "a thread: what was left out is named" "$out" "left out, replies: .*'Re: \[PATCH v2 2/2\] drm/i915/userptr'"
row=$(USERPTR_SERIES=$TMP/box ci/stages/source --base v5.10 --step 2 2>"$TMP/err")
is "a thread: it applies" $? 0
IFS=$'\t' read -r git commit _ <<<"$row"
is "a thread: the last step has it all" \
	"$(git --git-dir="$git" show "$commit:$file" | grep -cE '/\* (objects|an invalidation) \*/|mutex_unlock\(&mn->mutex\)')" 3
is "a thread: its author" "$(git --git-dir="$git" log -1 --format='%an %s' "$commit")" \
	"Zoë Example drm/i915/userptr: Say what Zoë's locks are for"
check "a thread: ours keep their refs" test "$commit" != \
	"$(git --git-dir="$git" rev-parse -q --verify v5.10/step/2)"
gzip -c "$M/good.mbox" >"$TMP/good.mbox.gz"
cp -r "$TMP/box" "$TMP/first"
box "$TMP/good.mbox.gz"
check "gzipped: the same" diff -r "$TMP/first" "$TMP/box"
mails 4 | sed 1d >"$TMP/one"
sed -i 's/ 1\/2\]/]/' "$TMP/one"
box "$TMP/one"
is "one mail without a mailbox: one patch" "$rc $(wc -l <"$TMP/box/series")" "0 1"

# --- charsets: what a mail claims is converted, and none swallows a patch
# said CHARSET TEXT [HEADER]: good.mbox, whose first patch ends its subject and
# begins its text with TEXT, in CHARSET, and its subject in words of HEADER.
said()
{
	python3 - "$M/good.mbox" "$@" <<-'PY'
	import base64, mailbox, sys
	path, charset, text, *word = sys.argv[1:]
	for mail in mailbox.mbox(path):
	    if "1/2" in mail["Subject"]:
	        subject = mail["Subject"] + " " + text
	        body = mail.get_payload(decode=True).decode("utf-8")
	        del mail["Content-Type"], mail["Content-Transfer-Encoding"], mail["Subject"]
	        raw = subject.encode(charset)
	        if word:
	            raw = b"=?%s?b?%s?=" % (word[0].encode(), base64.b64encode(raw))
	        head = b"".join(b"%s: %s\n" % (k.encode(), v.encode()) for k, v in mail.items())
	        sys.stdout.buffer.write(b"From me Mon Mar 26 14:00:00 2018\n" + head +
	            b"Subject: " + raw + b"\nContent-Transfer-Encoding: 8bit\n"
	            b"Content-Type: text/plain; charset=%s\n\n" % charset.encode() +
	            text.encode(charset) + b"\n" + body.encode(charset, "replace") + b"\n")
	    else:
	        sys.stdout.buffer.write(mail.as_bytes(unixfrom=True) + b"\n")
	PY
}
for c in iso-8859-1:Zoë gb2312:中文 koi8-r:Жук big5:中文 iso-2022-jp:日本 windows-1252:naïve euc-kr:한글; do
	for word in '' "${c%:*}"; do
		said "${c%:*}" "${c#*:}" ${word:+"$word"} >"$TMP/m"
		box "$TMP/m"
		what="charset ${c%:*}, subject $([[ -n $word ]] && echo in an encoded word || echo as it is)"
		is "$what: both patches" "$rc $(wc -l <"$TMP/box/series")" "0 2"
		is "$what: the text" "$(sed -n '/^$/ { n; p; q }' "$TMP/box/$(head -n1 "$TMP/box/series")")" "${c#*:}"
		[[ -z $word ]] || like "$what: the subject" \
			"$(cat "$TMP/box/$(head -n1 "$TMP/box/series")")" "Subject: [^"$'\n'"]* ${c#*:}"
	done
done
# Not one of its last bytes may take the end of the line with it.
for ((i = 128; i < 256; i++)); do
	printf -v byte '\\x%02x' "$i"
	LC_ALL=C sed "s/^Subject: \[PATCH v2 1.2\].*/&$byte/" "$M/good.mbox" >"$TMP/m"
	LC_ALL=C.UTF-8 box "$TMP/m"
	[[ $rc == 0 && $(wc -l <"$TMP/box/series") == 2 ]] || break
done
is "a subject that ends with any byte: both patches" "$i" 256
said utf-8 Zoë | sed 's/charset=utf-8/charset=x-klingon/' >"$TMP/m"
refuse "a charset that git does not know" "$TMP/m" "1/2\] .*cannot convert from x-klingon to UTF-8"
sed 's/^Subject: \[PATCH v2 1.2\].*/Subject: [PATCH v2 1\/2] =?x-klingon?q?Zo=EB?=/' "$M/good.mbox" >"$TMP/m"
refuse "a charset of the subject that git does not know" "$TMP/m" "cannot convert from x-klingon to UTF-8"

# --- what is no series
refuse "no file" /nonexistent "no such mailbox"
refuse "no mail" "$ROOT/README.md" "holds no patch"
: >"$TMP/empty"
refuse "an empty file" "$TMP/empty" "holds no patch|is no mailbox"
mails 1 2 >"$TMP/m"
refuse "mails without a patch" "$TMP/m" "holds no patch"
mails 1 3 >"$TMP/m"
refuse "a patch that is missing" "$TMP/m" "lacks patch 1 of 2: give the whole series"
{ mails 3 4; mails 4 | sed 's/^+	struct mutex mutex;/+	struct mutex other;/'; } >"$TMP/m"
refuse "two that are 1/2" "$TMP/m" "mail 2, .* and mail 3, .* are both patch 1/2 of one version: take one"
{ mails 3 4; mails 4 | sed 's|1/2|1/3|'; } >"$TMP/m"
refuse "two series" "$TMP/m" "are of two series: give one"
head -c 200 "$TMP/good.mbox.gz" >"$TMP/half.gz"
refuse "half a gzip" "$TMP/half.gz" "gzip cannot read it"

# --- as lists have them: some sixty boxes, with git format-patch and b4
while IFS= read -r line; do
	case $line in
	"ok "*) ok "${line#ok }" ;;
	"not ok "*) not_ok "${line#not ok }" ;;
	*) printf '%s\n' "$line" ;;
	esac
done < <(python3 "$M/boxes.py" "$ROOT" "$TMP/boxes" 2>&1 || echo "not ok boxes.py came to its end")
command -v b4 >/dev/null || skip "the same as b4 am -m" "no b4 here"

# --- ci/run
run()
{
	out=$(ci/run --out "$TMP/run" "$@" 2>"$TMP/err")
	rc=$?
}
plain() { python3 "$ROOT/ci/reporting/plain.py" "$@"; }
# The mail to the letter, as one reads it; compilers quote with ' or with its pretty relatives.
# RECORD=1 writes it anew.
failed()
{
	local name=$1 mbox=$2 step=$3

	run --mbox "$M/$mbox.mbox" --testlist "$M/short.testlist"
	is "$name: exit 1" "$rc" 1
	plain "$TMP/run/report.mail" | sed "s/[‘’]/'/g" >"$TMP/mail"
	[[ -z ${RECORD:-} ]] || cp "$TMP/mail" "$M/$mbox.mail"
	is "$name: the report" "$(<"$TMP/mail")" "$(<"$M/$mbox.mail")"
	like "$name: it is what ci/run prints" "$out" "userptr\.CI\.BUILD: failure for drm/i915/userptr: "
	is "$name: no other step, no test" "$(cut -f2-4 "$TMP/run/results.tsv" | sed 1d)" "$(
		printf '%s\tbuild\tfail\n' "$step"
		grep ^igt "$M/short.testlist" | sed "s/^/$step\t/; s/\$/\tnotrun/")"
	check "$name: a page as well" grep -q '<h1' "$TMP/run/report.html"
}
failed "white space" whitespace 1
failed "a line that is wrapped" wrapped 1
failed "another base" noapply 1
failed "a build break" build 2
out=$(ci/report "$TMP/run" --format json)
like "the report knows what was tested" "$out" '"series": "drm/i915/userptr: One invalidation at a time"'

run --mbox "$M/good.mbox" --steps 3
is "a step that the mailbox has not: exit 2" "$rc" 2
like "it is named" "$(tail -n1 "$TMP/err")" "good.mbox has 2 patches"
run --mbox "$M/good.mbox" --steps base
is "no step of the mailbox: exit 2" "$rc" 2
like "no step of the mailbox: said" "$(tail -n1 "$TMP/err")" "tests no patch of .*good.mbox"
mkdir "$TMP/none"
: >"$TMP/none/series"
USERPTR_SERIES=$TMP/none run
is "a series without a patch: exit 2" "$rc" 2
like "a series without a patch: said" "$(tail -n1 "$TMP/err")" "none names no patch: give --steps base"
run --base v6.12
is "a base without a series: exit 2" "$rc" 2
like "a base without a series: said" "$(tail -n1 "$TMP/err")" "series/v6.12 names no patch"
run --mbox "$M/good.mbox" --series http://127.0.0.1:1/series/1/
is "both a mailbox and an address: exit 2" "$rc" 2
PATCHWORK_BACKOFF=0.01 run --series http://127.0.0.1:1/series/1/
is "a server that is not there: exit 3" "$rc" 3
run --series http://127.0.0.1:1/
is "no page of a series: exit 2" "$rc" 2

# --- from a Patchwork and back: fetched, tried, and the result posted once
S=$TMP/server
mkdir "$S"
cp "$M/whitespace.mbox" "$S/mbox"
no_proxy=127.0.0.1 python3 "$ROOT/tests/patchwork/server.py" "$S" 2>"$TMP/server.err" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$TMP"' EXIT
for ((i = 0; i < 100; i++)); do [[ -e $S/port ]] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat "$S/port" 2>/dev/null || echo 1)
export no_proxy=127.0.0.1 PATCHWORK_USER=me PATCHWORK_TOKEN=secret NETRC=/nonexistent
run --series "$url/series/47/#rev2" --testlist "$M/short.testlist"
is "a series of a Patchwork: exit 1" "$rc" 1
is "a series of a Patchwork: the report of its mailbox, and where it is" \
	"$(plain "$TMP/run/report.mail")" "$(sed "s|^URL   : .*|URL   : $url/series/47/#rev2|
		s|^\(Subject: .* for \).*|\1x (rev2)|; s|^\(Series: \).*|\1x (rev2)|" "$M/whitespace.mail")"
ci/report "$TMP/run" --format json --out "$TMP/run.json"
for i in 1 2; do
	ci/patchwork post --api freedesktop --url "$url" --series 47 --revision 2 \
		--ledger "$TMP/ledger" --report "$TMP/run.json" --post >"$TMP/posted" 2>&1
	is "its result is posted: exit 0 ($i)" "$?" 0
done
is "once" "$(grep -c . "$S/posts")" 1
like "as a failure of the build" "$(<"$S/posts")" '"state": "failure".*"test_name": "userptr\.CI\.BUILD"'
like "it says of what" "$(<"$S/posts")" '"summary": "v5\.10 step 1 was not built: source: step 1: 0001-.* \[[0-9a-f]{12}\]\\n\\n'
done_testing
