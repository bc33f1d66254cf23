#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reports.  tests/report has a folder a case: results (records are links to the
# golden runs of the judge), why, known.ini if it needs one, and the mail that
# must come out; RECORD=1 writes the mails anew: read them before they are
# committed.  The page itself is looked at in Chromium, if there is one.
. "$(dirname "$0")/tap.sh"
C=$ROOT/tests/report
T=igt@gem_userptr_blits
CACHE=${USERPTR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/i915-userptr}

report() { "$ROOT/ci/report" "$@" >"$TMP/out" 2>"$TMP/err"; }
plain() { python3 "$ROOT/ci/reporting/plain.py" "$@"; }

# One process for all cases and formats; its lines are TAP without numbers.
adopt()
{
	local line

	while IFS= read -r line; do
		case $line in
		"ok "*) ok "${line#ok }" ;;
		"not ok "*) not_ok "${line#not ok }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}
adopt < <(python3 "$C/cases.py" "$TMP" 2>&1 || echo "not ok cases.py came to its end")
for d in "$C"/*/; do
	name=$(basename "$d")
	# perl's own TAP parser, which in Debian 12 does not know "version 14" yet
	sed 1d "$TMP/$name.ktap" >"$TMP/$name.tap"
	prove -e cat "$TMP/$name.tap" >"$TMP/prove" 2>&1
	is "KTAP of $name parses" "$(grep -ciE 'parse error' "$TMP/prove")" 0
done

# The reader of the kernel itself: of v5.10, and of a later base if it is here.
for base in v5.10 v6.12; do
	row=''
	[[ $base != v5.10 && ! -s $CACHE/source/$base ]] ||
		row=$("$ROOT/ci/stages/source" --base "$base" --step base 2>/dev/null)
	if [[ -z $row ]]; then
		skip "kunit.py of $base" "its source is not in the cache: ci/stages/source --base $base --step base"
		continue
	fi
	mkdir -p "$TMP/kunit-$base"
	for f in kunit_parser.py kunit_printer.py; do
		git --git-dir="${row%%$'\t'*}" show "$base/base:tools/testing/kunit/$f" \
			>"$TMP/kunit-$base/$f" 2>/dev/null || rm "$TMP/kunit-$base/$f"
	done
	adopt < <(python3 "$C/kunit.py" "$TMP/kunit-$base" "$TMP"/*.ktap 2>&1 ||
		echo "not ok kunit.py of $base came to its end")
done

for w in pass fail skip warn crash timeout incomplete notrun abort dmesg-warn dmesg-fail; do
	check "the cases have a $w" grep -qE "^[^	]*	1	[^	]*	$w	" "$C"/*/results.tsv
done

# --- what a report refuses, each in one line --------------------------------
refuse()
{
	local name=$1 text=$2

	shift 2
	report "$@"
	is "$name: exit 2" $? 2
	is "$name: one line" "$(wc -l <"$TMP/err")" 1
	like "$name: names it" "$(<"$TMP/err")" "$text"
}
damaged() { rm -rf "$TMP/d"; cp -r "$C/alike" "$TMP/d"; }
refuse "no folder" "see ci/report --help"
refuse "no such folder" "/nonexistent" /nonexistent
refuse "an empty folder" "let ci/run end" "$TMP"
refuse "no such format" "format" "$C/alike" --format pdf
refuse "no such step" "no step '7'" "$C/alike" --steps 7
refuse "no range" "3-1" "$C/alike" --steps 3-1
refuse "no such database" "no such file" "$C/alike" --known /nonexistent
refuse "an unknown option" "frobnicate" "$C/alike" --frobnicate
refuse "a line break in a header" "control character" "$C/alike" --series $'x\nBcc: y'
refuse "nowhere to write" "cannot write" "$C/alike" --known none --out /nonexistent/x
damaged; sed -i '3s/pass/passed/' "$TMP/d/results.tsv"
refuse "a word that is none" "results.tsv:3: 'passed'" "$TMP/d"
damaged; sed -i '3s/\t[^\t]*$//' "$TMP/d/results.tsv"
refuse "a line cut short" "results.tsv:3: 5 columns" "$TMP/d"
damaged; line=$(sed -n 3p "$TMP/d/results.tsv"); printf '%s\n' "$line" >>"$TMP/d/results.tsv"
refuse "a result twice" "has a result already" "$TMP/d"
damaged; sed -i '3s/\tpass\t[0-9]*/\tpass\tlong/' "$TMP/d/results.tsv"
refuse "no number" "'long'" "$TMP/d"
damaged; sed -i 1d "$TMP/d/results.tsv"
refuse "no head" "not the head" "$TMP/d"
damaged; printf 'v5.10\t1\tx\tpass\t1\t\xff\xfe\n' >>"$TMP/d/results.tsv"
refuse "not UTF-8" "not UTF-8" "$TMP/d"
damaged; mkdir "$TMP/d/1"; echo '{ "tests": [' >"$TMP/d/1/results.json"
refuse "damaged JSON" "1/results.json" "$TMP/d"

svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"'
printf '%s><script>document.title="owned"</script><path d="M1 1L50 9"/></svg>\n' "$svg" >"$TMP/plot.svg"
refuse "a plot that is not there" "/nonexistent: No such file" "$C/alike" --format html --cost /nonexistent
refuse "a plot for a mail" "cost is for the page" "$C/alike" --cost "$TMP/plot.svg"
echo '<html xmlns="http://www.w3.org/1999/xhtml"/>' >"$TMP/no.svg"
refuse "a plot that is a page" "no.svg: not an SVG file: it begins with <html>" "$C/alike" --format html --cost "$TMP/no.svg"
printf '%s' "$svg" >"$TMP/no.svg"
refuse "half a plot" "no.svg: not an SVG file" "$C/alike" --format html --cost "$TMP/no.svg"
printf '<!DOCTYPE svg [<!ENTITY a "aa">]>%s>&a;</svg>' "$svg" >"$TMP/no.svg"
refuse "a plot with entities" "declares entities" "$C/alike" --format html --cost "$TMP/no.svg"
{ printf '%s><!--' "$svg"; head -c 300000 /dev/zero | tr '\0' x; echo '--></svg>'; } >"$TMP/no.svg"
refuse "a plot without end" "more than 256 KiB" "$C/alike" --format html --cost "$TMP/no.svg"

# --- the database ------------------------------------------------------------
entry() { printf '[%s]\n' "$1"; printf '%s\n' 'title = t' "test = $T@*" 'step = *' 'result = fail' 'match = x' 'since = 2020-01-01' 'link = https://example.com/'; }
spoil() { entry x | sed "$1" >"$TMP/k.ini"; }
entry x >"$TMP/k.ini"
report "$C/alike" --known "$TMP/k.ini"
is "a good entry is taken" $? 0
while IFS='|' read -r name edit text; do
	spoil "$edit"
	refuse "database: $name" "$text" "$C/alike" --known "$TMP/k.ini"
done <<-'LIST'
	a field is missing|/^link/d|'link' is missing
	a field too many|$a foo = 1|no field 'foo'
	a field twice|p|already exists
	a word that is none|s/= fail/= failed/|'failed' is no result
	pass as an issue|s/= fail/= pass/|'pass' is no result
	a step that is none|s/step = ./step = first/|step 'first'
	a regex that is none|s/match = x/match = (/|match:
	match and suppress|$a suppress = y|not both
	no date|s/2020-01-01/yesterday/|no date
	a link with a scheme that runs|s,https://example.com/,javascript:alert(1),|link
	no section|1d|k.ini
LIST
entry x >"$TMP/k.ini"; entry x >>"$TMP/k.ini"
refuse "database: a name twice" "already exists" "$C/alike" --known "$TMP/k.ini"
report "$C/known" --known "$C/known/known.ini"
like "an entry that did not show is named" "$(<"$TMP/err")" "issue mended did not show"
is "only that one" "$(wc -l <"$TMP/err")" 1
# expected BASE KNOWN: rows of ci/data/expected that hold for every step, and that no
# entry of the database is meant for: a report would call them regressions.
expected()
{
	python3 -B - "$ROOT" "$1" "$2" <<-'PY'
	import sys
	root, base, ini = sys.argv[1:]
	sys.path.insert(0, root + "/ci")
	from verdict import expected
	from reporting import known
	issues = known.load(ini)
	for e in [e for path in expected.paths(base) for e in expected.load(path)]:
	    for word in set(e.results) - {"pass"} if e.step == "*" else ():
	        if not any(i.may("base", e.test.replace("*", "x"), word) for i in issues):
	            print(e.test, word)
	PY
}
for f in "$ROOT"/ci/data/known/*.ini; do
	base=$(basename "$f" .ini)
	report "$C/alike" --known "$f"
	is "known $base: well formed" $? 0
	is "known $base: has all that every step is expected to give" "$(expected "$base" "$f")" ''
	sed '/^\[no-readonly-gtt\]/,/^$/d' "$f" >"$TMP/k.ini"
	is "known $base: an entry less, and a row has none" "$(expected "$base" "$TMP/k.ini")" "$T@readonly-* skip"
done
# What ci/faults expects is no report's business.
for f in "$ROOT"/ci/data/expected/v*.tsv; do
	check "known $(basename "$f" .tsv): is there" test -s "$ROOT/ci/data/known/$(basename "$f" .tsv).ini"
done

# An old warning hides no new one: two reports in one log, one of them known.
rm -rf "$TMP/two"; mkdir -p "$TMP/two/1"
{ head -n1 "$C/alike/results.tsv"
  printf 'v5.10\tbase\t%s\tpass\t1\t\n' "$T@a"
  printf 'v5.10\t1\t%s\tdmesg-warn\t1\t%s\n' "$T@a" "WARNING: possible recursive locking detected"; } >"$TMP/two/results.tsv"
log()
{
	python3 - "$TMP/two/1/results.json" "$T@a" "$@" <<-'PY'
	import json, sys
	text = "".join("<4> [1.0] %s\n" % l for l in sys.argv[3:])
	json.dump({"tests": {sys.argv[2]: {"dmesg": text, "dmesg-warnings": text}}},
	          open(sys.argv[1], "w"))
	PY
}
entry recursion | sed 's/= fail/= dmesg-warn/; s/= x/= recursive locking/' >"$TMP/k.ini"
log "WARNING: possible recursive locking detected" "stack backtrace:" "Call Trace:"
report "$TMP/two" --known "$TMP/k.ini"
is "one report, known" $? 0
log "WARNING: possible recursive locking detected" "Call Trace:" "BUG: Bad page map in process x"
report "$TMP/two" --known "$TMP/k.ini"
is "a second report that is not known" $? 1
like "it is a regression" "$(<"$TMP/out")" "Possible regressions"
log "WARNING: possible recursive locking detected" "Call Trace:" "---[ end trace 123 ]---" "i915: something else"
report "$TMP/two" --known "$TMP/k.ini"
is "a warning outside of the known report" $? 1
log "WARNING: possible recursive locking detected" "---[ end trace 123 ]---" "RIP: 0010:foo+0x1/0x2" "RAX: 0"
report "$TMP/two" --known "$TMP/k.ini"
is "registers after its end belong to it" $? 0

# --- other ways to name the folders ------------------------------------------
report "$C/steps" --known none --steps 2
is "one step of a run" "$(grep -c '^CI Bug Log' "$TMP/out") $(sed -n 's/^State : //p' "$TMP/out")" "1 success"
report "$C/steps" "$C/rwsem/1" --known none
like "a base here, a step there" "$(<"$TMP/out")" "v5.10 base -> v5.10 step 1"
report "$C/steps" "$C/steps" "$C/alike" --known none
like "the same step of two runs" "$(<"$TMP/out")" "alike/1"
report "$C/alike" --out "$TMP/x.html"
like "--out FILE.html is the page" "$(head -c 15 "$TMP/x.html")" "DOCTYPE html"
report "$C/alike" --series "my series" --url https://example.com/s/1 --reply '<a@b>' --testlist BAT
like "what the caller knows" "$(plain "$TMP/out")" "Subject: ✓ userptr.CI.BAT: success for my series.In-Reply-To: <a@b>"
report "$C/way" --known "$C/way/known.ini" --repo https://example.org/r/ --more https://example.org/page.html
plain "$TMP/out" >"$TMP/text"
like "an address of the net: links that work" "$(<"$TMP/text")" \
	'External URL: https://example.org/page.html.*\[recursion\]: https://example.org/r/ci/data/expected/v5.10.tsv'
like "the hash of the tree that was built" "$(<"$TMP/text")" 'Linux: v5.10 step 1 \(tree 4b825dc642cb\)'
is "one section for the series" "$(grep -c '^CI Bug Log' "$TMP/text")" 1
report "$C/way" --known "$C/way/known.ini" --per-step --more https://example.org/page.html
plain "$TMP/out" >"$TMP/text"
is "--per-step: a section for each" "$(grep -c '^CI Bug Log' "$TMP/text")" 2
is "--per-step: no SUCCESS for a step that the kernel complains of" \
	"$(sed -n 's/^  \*\*\(.*\)\*\*$/\1/p' "$TMP/text" | xargs)" "SUCCESS FAILURE"
like "links of the HTML part" "$(<"$TMP/out")" '<a href="https://example.org/page.html#1:igt@gem_userptr_blits@a">\[DMESG-WARN\]</a>'
report "$C/way" --steps 1 --known "$C/way/known.ini"
is "what the last step brings is no known issue" $? 1
# v4.17 does not run all of them.
for b in v5.10 v4.17; do
	for l in bat:BAT full:Full; do
		{ head -n1 "$C/alike/results.tsv"
		  grep -v '^#' "$ROOT/ci/data/testlists/${l%:*}.testlist" |
			grep -vxFf <(cat "$ROOT"/ci/data/testlists/blocklist-"$b".txt 2>/dev/null) |
			sed "s/^\(.*\)$/$b\tbase\t\1\tpass\t1\t/"; } >"$TMP/two/results.tsv"
		report "$TMP/two" --known none
		like "$b: the ${l%:*} list is told" "$(plain "$TMP/out")" "userptr.CI.${l#*:}: success"
	done
done
is "the id is of the results, not of the times" "$(for s in 1 9; do
	sed "2,\$s/\t[0-9.]*\t\([^\t]*\)$/\t$s\t\1/" "$C/steps/results.tsv" >"$TMP/two/results.tsv"
	"$ROOT/ci/report" "$TMP/two" --known none --format json | sed -n 's/^ "id": //p'
done | sort -u | wc -l)" 1

# --- a log that would like to be a page ---------------------------------------
evil='</pre><script>document.title="owned"</script><img src=x onerror=document.title="owned">"'"'"'&amp;'
mkdir -p "$TMP/evil/1"
{ head -n1 "$C/alike/results.tsv"; printf 'v5.10\tbase\t%s\tpass\t1\t\n' "$T@a"
  printf 'v5.10\t1\t%s\tdmesg-warn\t1\t%s\n' "$T@a" "$evil"; } >"$TMP/evil/results.tsv"
python3 - "$TMP/evil/1/results.json" "$T@a" "$evil" <<-'PY'
	import json, sys
	json.dump({"tests": {sys.argv[2]: {"dmesg": "<4> [1.0] BUG: %s \x00\x1b[31m\ud800 \n" % sys.argv[3],
	    "out": sys.argv[3]}}}, open(sys.argv[1], "w"))
PY
for f in mail json junit ktap html; do
	report "$TMP/evil" --format "$f" --known none
	is "a hostile log as $f: a report all the same" "$? $(wc -l <"$TMP/err")" "1 0"
	[[ $f != html ]] || cp "$TMP/out" "$TMP/evil.html"
	[[ $f != junit ]] || check "a hostile log as junit: well formed" \
		python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' "$TMP/out"
done
is "no element of the log's own" "$(grep -cE '<(img|script)' "$TMP/evil.html")" 1

# --- the examples: each footnote of a mail is in the page beside it ------------
for f in "$ROOT"/ci/examples/*.mail; do
	page=${f%.mail}.html
	is "example $(basename "$f" .mail): every footnote has its place" "$(
		sed -n 's/^ *\[[0-9]*\]: \([^ ]*\.html\)#/\1 /p' "$f" | while read -r to id; do
			[[ $to == "${page##*/}" ]] && grep -qF "id=\"$id\"" "$page" || echo "$to#$id"
		done)" ''
	is "example $(basename "$f" .mail): the same title" \
		"$(plain "$f" | sed -n 's/^Subject: //p')" "$(sed -n 's:^<title>\(.*\)</title>$:\1:p' "$page")"
done
# A series that is as the base at each step has none: one of the examples must.
check "the examples: there are footnotes" grep -q '^ *\[2\]: ' "$ROOT"/ci/examples/*.mail

# --- the page in a browser ------------------------------------------------------
if command -v chromium >/dev/null 2>&1; then
	"$ROOT/ci/report" "$C/rwsem" --known "$C/known/known.ini" \
		--cost "$TMP/plot.svg" --out "$TMP/page.html" 2>/dev/null
	# Ten steps and the BAT list, with every word.
	mkdir "$TMP/wide"
	words=(pass fail skip warn crash timeout incomplete notrun abort dmesg-warn dmesg-fail)
	{
		head -n1 "$C/alike/results.tsv"
		for s in base {1..10}; do
			printf 'v4.17\t%s\tboot\tpass\t3.2\t\n' "$s"
			i=0
			grep ^igt "$ROOT/ci/data/testlists/bat.testlist" | while read -r t; do
				w=pass
				((i++ % 3)) || [[ $s == base ]] || w=${words[i % 11]}
				printf 'v4.17\t%s\t%s\t%s\t%d.5\t%s\n' "$s" "$t" "$w" $((i * 7)) "${w/pass/}"
			done
		done
	} >"$TMP/wide/results.tsv"
	"$ROOT/ci/report" "$TMP/wide" --out "$TMP/wide.html" 2>/dev/null
	adopt < <(python3 "$C/look.py" "$TMP/page.html" "$TMP/evil.html" "$TMP/wide.html" ${SHOTS:+"$SHOTS"} 2>&1 ||
		echo "not ok look.py came to its end")
else
	skip "browser: the page as it is seen" "NO CHROMIUM HERE: apt-get install chromium to have it looked at"
fi
done_testing
