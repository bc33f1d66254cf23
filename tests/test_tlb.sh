#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A driver that does not flush the TLBs: on a device without a TLB it works. With --tlb
# the blitter uses pages that the process no longer has, and the test must find that.
. "$(dirname "$0")/tap.sh"
cd "$ROOT" || exit 3
. tests/mutant.sh

run='stale --op dontneed --via blit --size 64k --objects 1 --threads 1 --seconds 5'
# i915 asks for it before each batch, and again when it loads the page directory, which
# it does each time as well.
mutant_build "no TLB flush" \
	's/\(flags |= \)PIPE_CONTROL_TLB_INVALIDATE;/\10;/; s/MI_INVALIDATE_TLB/0/g
	s/ret = switch_mm(rq, vm_alias(ce->vm));/ret = 0;/' \
	gt/gen6_engine_cs.c gt/intel_ring_submission.c
mutant_shell "$run"
is "no TLB flush: nothing to be seen without --tlb" "$rc" 0
USERPTR_HSW_OPTS=--tlb mutant_shell "$run"
is "no TLB flush: found with it" "$rc" 1
like "no TLB flush: as stale pages" "$(<"$TMP/out")" 'object 0, page [0-9]+ of 16: it shows 0x[0-9a-f]+'
done_testing
