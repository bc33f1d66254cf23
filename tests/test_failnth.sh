#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Failing allocations: ci/guest/failnth in a guest with the last step. It must find a
# driver that leaks on its error path.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
. tests/mutant.sh

make -s -C ci/guest/failnth O="$TMP" >"$TMP/log" 2>&1 || sed 's/^/# /' "$TMP/log"
rc=0
"$TMP/failnth" pread nonsense >"$TMP/out" 2>&1 || rc=$?
is "an unknown way: exit 2" "$rc" 2
check "an unknown way is named" grep -q "no way 'nonsense'" "$TMP/out"
if [[ ! -e /dev/dri/card0 ]]; then
	rc=0
	"$TMP/failnth" >"$TMP/out" 2>&1 || rc=$?
	is "no device is no pass: exit 3" "$rc" 3
	like "it is named" "$(<"$TMP/out")" "/dev/dri/card0: No such file"
fi

last=$(last_step v5.10)
rc=0
ci/shell --base v5.10 --step "$last" --config selftest --share "$TMP/last" -- failnth \
	>"$TMP/out" 2>"$TMP/log" || rc=$?
sed 's/^/# /' "$TMP/out"
is "step $last: as it should be, nothing in the log" "$rc" 0
((rc == 0)) || tail -n 5 "$TMP/log" | sed 's/^/# /'
# Each way has allocations, and some it cannot do without; but discard and close, which
# may not fail.
for way in create pread blit again mprotect munmap fork export worker; do
	like "$way: refused" "$(grep "^$way " "$TMP/out")" "^$way +[1-9][0-9]* failed, [1-9][0-9]* "
done
like "close: never" "$(grep '^close ' "$TMP/out")" " 0 refused"
like "the sum" "$(tail -n1 "$TMP/out")" "failnth: [0-9]{3,} allocations failed, all as it should be"
like "kmemleak has looked" "$(cat "$TMP"/last/channel-*.txt)" " leaks 0"

mutant_build "loses the sg table" '/^err_free:$/,/^}$/s/^\tkfree(up);$/\t;/'
mutant_shell 'failnth blit'
is "loses the sg table: is found" "$rc" 1
like "loses the sg table: as what it is" "$(<"$TMP/log")" "unreferenced object"

mutant_build "forgets that it was refused" \
	'/^alloc_table:$/,/^}$/s/^\t\tret = PTR_ERR(sg);$/\t\tret = -EFAULT;/'
mutant_shell 'failnth blit'
is "another word than ENOMEM: is found" "$rc" 1
like "another word than ENOMEM: is told" "$(<"$TMP/out")" "# allocation [0-9]+: Bad address"

# An importer asks the worker again and again for an error that is told never.
mutant_build "the worker keeps no error" \
	'/^static void __i915_gem_userptr_get_pages_worker/,/^}$/s/^\tobj->userptr.work = err .*/\tobj->userptr.work = NULL;/'
mutant_shell 'failnth worker'
is "the worker keeps no error: is found" "$rc" 1
done_testing
