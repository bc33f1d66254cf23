// SPDX-License-Identifier: GPL-2.0-only
/* See waits.h. Those that may leave a wrong kernel without a GPU come last. */
#include <stddef.h>

#include "waits.h"

#define WAY(_name, _run, _help, ...) \
	{ .name = _name, .help = _help, .run = _run, ##__VA_ARGS__ }

const struct way ways[] = {
	WAY("exit-fence", exit_fence, "it ends, its batch waits for another's fence"),
	WAY("exit-endless", exit_endless, "it ends, its batch does not; no hangcheck"),
	WAY("exit-hang", exit_hang, "it ends, its batch does not; hangcheck is on"),
	WAY("exit-shared", exit_shared,
	    "it ends, another process has its memory, and is in mprotect()"),
	WAY("killed-other", killed_other,
	    "a process that waits for another's endless batch is killed"),
	WAY("killed-owner", killed_owner, "the owner is killed, and waits for that process"),
	WAY("spin-plain", spin_plain, "a pread of an invalidated object lasts"),
	WAY("spin-batch", spin_batch, "a batch of one lasts, and another one is idle"),
	WAY("spin-gtt", spin_gtt, "the same through the GTT, and reclaim",
	    .call = CALL_RECLAIM),
	WAY("pread-mprotect", copy_held,
	    "mprotect(), a batch of the object, a pread that waits for memory",
	    .call = CALL_MPROTECT),
	WAY("pread-fork", copy_held, "the same with fork()", .call = CALL_FORK),
	WAY("pread-mmap", copy_held, "with mmap(MAP_FIXED)", .call = CALL_MMAP),
	WAY("pwrite-mprotect", copy_held, "mprotect(), and a pwrite",
	    .call = CALL_MPROTECT, .pwrite = true),
	WAY("pwrite-fork", copy_held, "fork()", .call = CALL_FORK, .pwrite = true),
	WAY("pwrite-mmap", copy_held, "mmap(MAP_FIXED)", .call = CALL_MMAP,
	    .pwrite = true),
	WAY("fresh-mprotect", copy_fresh, "mprotect(), a pread into 64 MiB never touched",
	    .call = CALL_MPROTECT),
	WAY("fresh-fork", copy_fresh, "fork()", .call = CALL_FORK),
	WAY("fresh-mmap", copy_fresh, "mmap(MAP_FIXED)", .call = CALL_MMAP),
	WAY("fresh-pwrite", copy_fresh, "mprotect(), a pwrite from 64 MiB never touched",
	    .call = CALL_MPROTECT, .pwrite = true),
	WAY("gtt-mprotect", copy_gtt, "mprotect(), a pread repeated through the GTT",
	    .call = CALL_MPROTECT),
	WAY("gtt-batch", copy_gtt, "the same with a batch between", .call = CALL_MPROTECT,
	    .again = true),
	WAY("gtt-own", own_gtt, "a pread of an object into its own GTT mmap, and a discard"),
	WAY("shrink-fence", shrink_way,
	    "the driver's shrinker truncates what the object is over"),
	WAY("shrink-hang", shrink_way, "the same, and the batch does not end",
	    .hang = true),
	WAY("alias-tiling", alias, "set_tiling revokes a GTT mmap over the memory",
	    .call = CALL_TILING),
	WAY("alias-caching", alias, "set_caching does, by unbinding",
	    .call = CALL_CACHING),
	WAY("alias-fence", alias, "the fault of another mmap does, by its fence register",
	    .call = CALL_FENCE),
	WAY("alias-again", alias, "set_tiling does, after one more execbuf",
	    .call = CALL_TILING, .again = true),
	WAY("alias-suspend", alias, "the runtime suspend does", .call = CALL_SUSPEND),
	{ .name = NULL }
};
