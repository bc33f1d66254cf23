#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The driver's own selftests of userptr, which the last patch of the series adds, in a
# guest.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
. tests/mutant.sh

# selftests NAME CI_SHELL_OPTION...: each subtest of the module must run and pass
selftests()
{
	local name=$1 dir param rc=0 want ran

	shift
	dir=$(ci/build "$@" --config selftest 2>"$TMP/log") || rc=$?
	is "$name: the kernel with selftests builds" "$rc" 0
	((rc == 0)) || { tail -n 5 "$TMP/log" | sed 's/^/# /'; return; }
	param=$(modinfo -F parm "$dir/modules/i915.ko" | sed -n 's/^\(igt__[0-9]*__live_userptr\):.*/\1/p')
	check "$name: i915.ko has live_userptr" test -n "$param"

	rc=0
	ci/selftests "$@" --only live_userptr --out "$TMP/$name" >"$TMP/out" 2>"$TMP/log" || rc=$?
	is "$name: loaded and passed, nothing in the log" "$rc" 0
	((rc == 0)) || tail -n 8 "$TMP/log" "$TMP/out" | sed 's/^/# /'
	# The list in the source is what must have run.
	want=$(strings "$dir/modules/i915.ko" | grep -E '^igt_userptr_[a-z]+$' | sort -u)
	ran=$(sed -n 's/.*i915: Running i915_gem_userptr_live_selftests\/\([a-z_]*\).*/\1/p' \
		"$TMP/$name/live_userptr/dmesg-1.txt" | sort -u)
	is "$name: each of them ran" "$ran" "$want"
	check "$name: there are some" test -n "$want"
}

# mutant NAME WORD SED: the last step with a fault made by SED must be found: WORD
# is what the log has to say then.
mutant()
{
	local name=$1 word=$2 rc param

	mutant_build "$name" "$3"
	param=$(modinfo -F parm "$mutant_kernel/modules/i915.ko" | sed -n 's/^\(igt__[0-9]*__live_userptr\):.*/\1/p')
	USERPTR_APPEND="i915.live_selftests=1 i915.$param=Y" mutant_shell true
	is "$name: is found" "$rc" 1
	check "$name: as '$word'" grep -qE "$word" "$TMP/mutant/dmesg-1.txt"
	grep -qE "$word" "$TMP/mutant/dmesg-1.txt" || tail -n 5 "$TMP/log" | sed "s/^/# /"
}

last=$(last_step v5.10)
ci/selftests --base v5.10 --step "$last" --out "$TMP/groups" --only live_none >"$TMP/out" 2>"$TMP/log"
is "ci/selftests: no such group" "$? $(tail -n1 "$TMP/log")" \
	"2 selftests: --only live_none: no group of v5.10 is called that: its groups are those of i915.ko, such as live_userptr"
selftests v5.10 --base v5.10 --step "$last"
# The comparison at the commit, and that of the fast path, forgotten
mutant "commits without comparing" 'igt_userptr_(retry|window) failed' \
	's/valid = !mmu_interval_read_retry(&mo->mni, seq);/valid = true;/; s/return \*seq && !mmu_interval_check_retry(&mo->mni, \*seq);/return *seq;/'
"$mutant_ci/selftests" --base v5.10 --step "$mutant_step" --only live_userptr --out "$TMP/groups" \
	>"$TMP/out" 2>"$TMP/log"
is "ci/selftests: a group that fails: exit 1" $? 1
like "ci/selftests: and says which test" "$(<"$TMP/out")" \
	'live_userptr: FAIL, expected pass.*i915_gem_userptr_live_selftests: igt_userptr_(retry|window) failed'
mutant "leaves the first use to the worker" 'igt_userptr_(overlap|retry) failed' \
	's/^\tsmp_store_release(&mo->seq, seq);$/\t;/'
mutant "does not say that the pages are not valid" 'igt_userptr_[a-z]+ failed' \
	'/^static bool$/,/^}$/s/^\tmo->valid = false;$/\t;/'
mutant "a zap does not wait" 'igt_userptr_busy failed' \
	's/^\tif (mmu_notifier_range_blockable(range))$/\tif (mmu_notifier_range_blockable(range) \&\& range->event != MMU_NOTIFY_CLEAR)/'
mutant "keeps what an importer had" 'igt_userptr_share failed' \
	's/^\tkref_put(&up->ref, userptr_free_pages);$/\t;/
	s/^static void userptr_free_pages/static void __maybe_unused userptr_free_pages/'
mutant "tells an importer to try again" 'igt_userptr_share failed' \
	's/^\t\tup = userptr_get_mapped(obj);$/\t\tup = NULL;/
	s/^static struct userptr_pages \*userptr_get_mapped/static __maybe_unused struct userptr_pages *userptr_get_mapped/'
mutant_shell 'uses map'
like "tells an importer to try again: map" "$(grep "^map " "$TMP/out")" "^map fail "
mutant "does not return the pages" 'igt_userptr_bound failed' \
	's/^\tif (!list_empty(&mo->stale_link))$/\tif (1)/'

# Nobody may wait for a process that exits, nor one that is killed for any.
mutant_build "waits for those who are killed" \
	's/^\t\tstop = dies && time_after(jiffies, end);$/\t\tstop = dies \&\& !end;/
	s/userptr_owner_exits(obj))$/false)/
	s/^static bool userptr_owner_exits/static bool __maybe_unused userptr_owner_exits/'
for way in killed-other killed-owner; do
	mutant_shell "waits --limit 15 $way"
	like "waits for those who are killed: $way" "$(<"$TMP/out")" "^$way (fail|hang) "
done

# But a killed process of another mm waits ten seconds, for reclaim may be one.
mutant_build "lets the killed go at once" \
	's/^#define USERPTR_KILL_TIMEOUT (10 \* HZ)$/#define USERPTR_KILL_TIMEOUT 0/'
mutant_shell "waits --limit 15 killed-other"
like "lets the killed go at once: killed-other" "$(<"$TMP/out")" \
	"^killed-other fail .*: gone while the GPU writes, [0-8]\."
mutant_build "takes a process that is gone for one that exits" \
	'/^static bool userptr_owner_exits/,/^}$/s/^\trcu_read_unlock();$/\tif (!task)\n\t\texits = true;\n&/'
mutant_shell "lost creator"
like "takes a process that is gone for one that exits: creator" "$(<"$TMP/out")" "^creator lost "
mutant_build "does not see the exit of a single thread" \
	's/^\t\t\t !atomic_read(&task->signal->live)) &&$/\t\t\t false) \&\&/'
mutant_shell "waits exit-shared"
like "does not see the exit of a single thread: exit-shared" "$(<"$TMP/out")" \
	"^exit-shared fail .*: exit waits for mprotect"

# An allocation between publication and submission, and one in the capture of a hang:
# lockdep has to say so, without memory being short.
mutant_build "allocates before the submission" \
	's/^\t\terr = eb_publish(eb);$/&\n\tkfree(kmalloc(8, GFP_KERNEL));/' gem/i915_gem_execbuffer.c
mutant_shell 'uses sticky'
is "allocates before the submission: is found" "$rc" 1
like "allocates before the submission: by lockdep" "$(<"$TMP/log")" \
	'possible circular locking dependency detected: fs_reclaim'
mutant_build "captures with GFP_KERNEL" \
	's/^#define CAPTURE_MAYFAIL (GFP_NOWAIT/#define CAPTURE_MAYFAIL (GFP_KERNEL/
	s/noreclaim = memalloc_noreclaim_save();/noreclaim = current->flags \& PF_MEMALLOC;/' \
	i915_gpu_error.c gt/intel_reset.c
mutant_shell 'endings --count 1 hung'
is "captures with GFP_KERNEL: is found" "$rc" 1
like "captures with GFP_KERNEL: by lockdep" "$(<"$TMP/log")" \
	'possible circular locking dependency detected: fs_reclaim'

if [[ -n ${V417_TREE:-} ]]; then
	last=$(last_step v4.17)
	selftests v4.17 --base v4.17 --step "$last" --tree "$V417_TREE"
else
	skip "v4.17" "no tree: make check V417_TREE=DIR"
fi
done_testing
