#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The models of each step end as ci/model/models.tsv says, and find mistakes; the litmus
# tests end as ci/model/litmus.tsv says.
. "$(dirname "$0")/tap.sh"
cd "$ROOT/ci/model" || exit 3

# rows COLUMN: that column of all models
rows() { grep -v -e '^#' -e '^$' models.tsv | cut -f"$1"; }

is 'every row has five columns' \
	"$(grep -v -e '^#' -e '^$' models.tsv | awk -F'\t' 'NF != 5 || /\t\t/')" ''
is 'no name twice' "$(rows 1 | sort | uniq -d)" ''
# mistakes FILE...: those that these models know
mistakes()
{
	grep -oh '\bM([a-z][a-z_]*)' "$@" | grep -v 'M(m)' | sed 's/M(\(.*\))/MUT=\1/' | sort -u
}
is 'every mistake that the model of v4.17 knows is looked for, and no other' \
	"$(rows 4 | grep -v '^VALID' | grep -o 'MUT=[a-z_]*' | sort -u)" \
	"$(mistakes list.pml object.pml processes.pml userptr.pml)"
is 'every mistake that the model of v5.10 knows is looked for, and no other' \
	"$(rows 4 | grep '^VALID' | grep -o 'MUT=[a-z_]*' | sort -u)" "$(mistakes valid*.pml)"
is 'what was a fault of step 8 is looked for in the last step' \
	"$(rows 4 | sed -n 's/^STEP8 //p' | sort -u)" \
	"$(rows 4 | sed -n 's/^VALID //p' | grep -xF "$(rows 4 | sed -n 's/^STEP8 //p')" | sort -u)"
for f in 1 2 3 4 5 8 9 10; do
	is "step 8 has the fault F$f, the last step has not" \
		"$(awk -F'\t' -v f="f$f" '$1 == "step8-" f && $2 != "holds" || $1 == "valid-" f && $2 == "holds"' \
			models.tsv | wc -l)" 2
done
is 'what is not promised is the last step of v5.10, does not hold, and is in the README' \
	"$(awk -F'\t' '/^limit-/ && $2 != "holds" && $4 ~ /^VALID/ && $4 !~ /MUT=/ { print $1 }' \
		models.tsv | sort)" "$(grep -o 'limit-[a-z-]*' README.md | grep -v 'limit-$' | sort -u)"
is 'and nothing else of the last step fails' \
	"$(grep -v -e MUT= -e '^limit-' models.tsv | grep -P '\t(VALID|RANGES) ' |
		awk -F'\t' '$2 != "holds"')" ''
is 'the wait that compares mm_users is looked for where the wait is to hold' \
	"$(rows 4 | sed -n 's/ MUT=kill_users//p' | while read -r opts; do
		rows 2,4 | grep -cxF $'holds\t'"$opts"; done)" 1
is 'a mistake is never expected to hold' \
	"$(grep MUT= models.tsv | cut -f2 | grep -c '^holds')" 0
for v in RANGES VALID; do
	like "$v holds in ten cases at least" \
		"$(grep -P "\tholds\t\w+\t$v" models.tsv | grep -vc MUT=)" '^[1-9][0-9]'
done

is 'every litmus row has four columns' \
	"$(grep -v -e '^#' -e '^$' litmus.tsv | awk -F'\t' 'NF != 4 || /\t\t/')" ''
is 'every litmus file is Never, and Sometimes without what it marks' \
	"$(grep -v -e '^#' -e '^$' litmus.tsv | awk -F'\t' '{
		n = split($2, mark, "|")
		for (i = 1; i <= n; i++)
			print $1, mark[i], $3 }' | sort)" \
	"$({ grep -o '@[a-z_]*' ./*.litmus | sed -nE 's|\./(.*)\.litmus:@(.+)|\1 \2 Sometimes|p'
		for f in *.litmus; do echo "${f%.litmus} - Never"; done; } | sort -u)"

./run --no-such >"$TMP/out" 2>&1
is 'an unknown option is 2' $? 2
./run no-such >"$TMP/out" 2>&1
is 'an unknown model is 2' $? 2

if ! command -v spin >/dev/null; then
	skip 'the models and litmus tests' 'spin is missing: ci/setup --tests'
	done_testing
	exit
fi
pick=('*') all=.
if ! ./herd >/dev/null 2>"$TMP/err"; then
	skip 'the litmus tests' "no herd7: $(tail -n1 "$TMP/err")"
	mapfile -t pick < <(rows 1)
	all='^[^.]*$'
fi

# As table lines that --list has names for.
expected()
{
	paste <(./run --list | cut -d' ' -f1) \
		<(rows 2; grep -v -e '^#' -e '^$' litmus.tsv | cut -f3)
}
./run "${pick[@]}" >"$TMP/table" 2>"$TMP/err"
rc=$?
# A result for each, so that what differs is seen by its name.
while IFS=$'\t' read -r name want _; do
	got=$(awk -v n="$name" '$1 == n { $1 = $NF = $(NF - 1) = ""; print }' "$TMP/table")
	is "$name: $want" "$(xargs <<<"$got")" "$want"
done < <(expected | awk -v all="$all" '$1 ~ all')
is 'all are as expected' "$rc" 0
((rc == 0)) || sed 's/^/# /' "$TMP/err"

like 'the trail of a failure can be read' "$(./run --trail base-stale 2>&1)" \
	'text of failed assertion'

# An expectation that is wrong is said, and is 1.
mkdir -p "$TMP/clone/ci"
cp -r "$ROOT/ci/model" "$ROOT/ci/lib" "$TMP/clone/ci"
sed -i 's/^rwsem-nest\tdeadlock caller/rwsem-nest\tholds/' "$TMP/clone/ci/model/models.tsv"
"$TMP/clone/ci/model/run" rwsem-nest >"$TMP/out" 2>&1
is 'what is not as expected is 1' $? 1
like 'and is named' "$(cat "$TMP/out")" "rwsem-nest: 'deadlock caller', expected is 'holds'"
printf 'syntax error\n' >>"$TMP/clone/ci/model/mm.pml"
"$TMP/clone/ci/model/run" rwsem-nest >"$TMP/out" 2>&1
is 'a model that spin cannot read is a failure of the harness' $? 3
done_testing
