#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The page of a report in Chromium, if there is one: what is seen and clicked, colours
# and widths, and a log that tries to be a script; the examples too. SHOTS=DIR keeps pictures.
. "$(dirname "$0")/tap.sh"
C=$ROOT/tests/report
T=igt@gem_userptr_blits

command -v chromium >/dev/null || {
	skip "the page as it is seen" "NO CHROMIUM HERE: apt-get install chromium to have it looked at"
	done_testing
	exit
}
head -n1 "$C/alike/results.tsv" >"$TMP/head"

svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"'
printf '%s><script>document.title="owned"</script><path d="M1 1L50 9"/></svg>\n' "$svg" >"$TMP/plot.svg"
"$ROOT/ci/report" "$C/rwsem" --known "$C/known/known.ini" \
	--cost "$TMP/plot.svg" --out "$TMP/page.html" 2>/dev/null

# A log that would like to be a page
evil='</pre><script>document.title="owned"</script><img src=x onerror=document.title="owned">"'"'"'&amp;'
mkdir -p "$TMP/evil/1" "$TMP/wide"
{
	cat "$TMP/head"
	printf 'v5.10\tbase\t%s\tpass\t1\t\n' "$T@a"
	printf 'v5.10\t1\t%s\tdmesg-warn\t1\t%s\n' "$T@a" "$evil"
} >"$TMP/evil/results.tsv"
python3 - "$TMP/evil/1/results.json" "$T@a" "$evil" <<-'PY'
	import json, sys
	json.dump({"tests": {sys.argv[2]: {"dmesg": "<4> [1.0] BUG: %s \x00\x1b[31m\ud800 \n" % sys.argv[3],
	    "out": sys.argv[3]}}}, open(sys.argv[1], "w"))
PY
"$ROOT/ci/report" "$TMP/evil" --known none --out "$TMP/evil.html" 2>/dev/null

# Ten steps and the BAT list, with every word
words=(pass fail skip warn crash timeout incomplete notrun abort dmesg-warn dmesg-fail)
{
	cat "$TMP/head"
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

# Lines of TAP without numbers
while IFS= read -r line; do
	case $line in
	"ok "*) ok "${line#ok }" ;;
	"not ok "*) not_ok "${line#not ok }" ;;
	*) printf '%s\n' "$line" ;;
	esac
done < <(python3 "$C/look.py" "$TMP/page.html" "$TMP/evil.html" "$TMP/wide.html" "$ROOT"/ci/examples/*.html 2>&1 ||
	echo "not ok look.py came to its end")
done_testing
