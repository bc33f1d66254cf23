#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The texts: README.md is short, each table is what its data makes, no measured figure
# stands outside a table, and what texts and messages name is there. Then each check
# with something wrong.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3

check "README.md has at most 120 lines" test "$(wc -l <README.md)" -le 120
check "each table is what its file in ci/examples makes" scripts/cover --check
# right NAME CHECK: tests/docs.py finds nothing
right() { is "$1" "$(tests/docs.py "$2" 2>&1)" ''; }
right "each command answers --help" help
right "each option that a text or message advises is known to its command" options
right "each make target that a text names is there" targets
right "each file that a text names is there" paths
right "no measured figure is typed by hand" figures
right "no phrase that docs/glossary.md bans" words

# --- a copy with one thing wrong
copy=$TMP/copy
mkdir "$copy"
git -c safe.directory='*' ls-files -co --exclude-standard |
	grep -vE '^(patches|tests/(golden|report|faults|properties))/' |
	while IFS= read -r f; do [[ ! -f $f ]] || printf '%s\n' "$f"; done |
	tar -c -T - | tar -x -C "$copy"
# A text names the series' folders and those of tests.
mkdir -p "$copy/tests/golden" "$copy/tests/report" "$copy/patches/v5.10"
cp -r tests/report/theirs tests/report/deadlock "$copy/tests/report/" 2>/dev/null
git init -q "$copy"
for c in options targets paths figures words; do
	is "the copy is right: $c" "$(tests/docs.py "$c" "$copy" 2>&1)" ''
done
# wrong CHECK FILE LINE REGEX: with LINE at the end of FILE the check finds REGEX
wrong()
{
	cp "$copy/$2" "$TMP/was"
	printf '%s\n' "$3" >>"$copy/$2"
	like "$1: finds '$3' in $2" "$(tests/docs.py "$1" "$copy" 2>&1)" "$4"
	cat "$TMP/was" >"$copy/$2"
}
# shellcheck disable=SC2016  # backquotes of Markdown
{
wrong options README.md 'Use `ci/run --frobnicate`.' 'README.md:[0-9]+: ci/run has no --frobnicate'
wrong options docs/farm.md '    scripts/check v5.10 --nonesuch' 'scripts/check has no --nonesuch'
wrong options ci/stages/initramfs 'die 3 "it is not there: run ci/build again with --fresh"' \
	'ci/stages/initramfs:[0-9]+: ci/build has no --fresh'
wrong targets README.md 'Say `make nonesuch`.' 'there is no make nonesuch'
wrong paths README.md 'See `ci/nonesuch` for that.' 'names ci/nonesuch, which'
wrong paths docs/farm.md 'See [that](nonesuch.md).' 'links to nonesuch.md, which'
wrong figures README.md 'Of the pages 13 of 17 were stale.' "README.md:[0-9]+: '13 of 17'"
wrong figures docs/results.md 'It takes 5.5 s.' "'5.5 s'"
wrong figures ci/hsw/README.md 'It is 49 % of the time.' "'49 %'"
wrong words ci/run '# a test that takes the machine with it' "ci/run: .*crashes or hangs the VM"
}
printf '#!/bin/sh\nexit 3\n' >"$copy/ci/mute"
chmod +x "$copy/ci/mute"
like "help: finds a command without" "$(tests/docs.py help "$copy" 2>&1)" 'ci/mute --help: exit 3'
done_testing
