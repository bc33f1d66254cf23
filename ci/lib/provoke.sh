# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What ci/faults and ci/properties share: programs of the guest that provoke faults
# of the kernel, in VMs of the base and of steps. Source it after lib.sh.

# shellcheck disable=SC2034  # for the scripts that source this
base=v5.10 steps='' tree=() out=''

# provoke_args SPEC ARG...: set base, steps, tree and out, and what SPEC has besides.
provoke_args()
{
	options "base steps tree+ out $1" "${@:2}"
	base_info "$base"
	((${#tree[@]} == 0)) || [[ -d ${tree[1]} ]] ||
		die 2 "--tree ${tree[1]}: no such directory"
}

# provoke_start: once the input is right: the folder of results is ours, the packages
# are there.
provoke_start()
{
	claim_out out
	times_start
	"$USERPTR_ROOT/ci/setup" >&2 || exit $?
	rm -f "$out/results.tsv"
}

# miss WHAT: the harness failed.
miss()
{
	note "MISS: $1, there is no verdict"
	exit 3
}

# provoke_kernel STEP [NAME]: make its kernel; false if the step does not build. NAME
# is what messages call the step.
provoke_kernel()
{
	local rc=0

	"$USERPTR_ROOT/ci/build" --base "$base" "${tree[@]}" --step "$1" >/dev/null || rc=$?
	((rc != 2)) || exit 2
	((rc <= 1)) || miss "step ${2:-$1}: ci/build failed ($rc)"
	return "$rc"
}

# provoke_vm STEP SHARE TIMEOUT COMMAND: a VM. Exit 1 of ci/shell is a verdict on the
# guest, which another program makes from the records: only 3 is a failure here.
# shellcheck disable=SC2317  # phase calls it
provoke_vm()
{
	local rc=0

	"$USERPTR_ROOT/ci/shell" --base "$base" --step "$1" "${tree[@]}" \
		--share "$2" --timeout "$3" -- "$4" || rc=$?
	return $((rc > 1 ? rc : 0))
}

# provoke_end KIND RESULTS: keep them, and print the table; the verdict is the status.
# KIND names the files of ci/data/expected.
provoke_end()
{
	local rc=0

	cp "$2" "$out/results.tsv" || die 3 "cannot write $out/results.tsv: is the disk full?"
	"$USERPTR_ROOT/ci/stages/verdict" table "$2" --kind "$1" || rc=$?
	printf '\nResults: %s\n\n' "$out/results.tsv"
	times_table
	return "$rc"
}
