// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of ways; waits.h says what the processes are. A way after which a wrong kernel
 * may be left without a GPU comes late in the list.
 *
 * In the comments "the party" is the process that has the userptr object.
 */
#include <stddef.h>

#include "waits.h"

#define WAY(_name, _run, _help, ...) \
	{ .name = _name, .help = _help, .run = _run, ##__VA_ARGS__ }

const struct way ways[] = {
	/*
	 * The party exits while its batch is not done. The exit must not wait for the
	 * batch: nobody is left who could miss what it writes.
	 *	fence	the batch waits for a fence that another process has to signal
	 *	endless	the batch runs and never ends; nothing resets the GPU
	 *	hang	the batch runs until hangcheck resets it
	 *	shared	the party's child shares its memory and has made the object. The
	 *		child exits, which needs the mmap_lock. The party is in mprotect(),
	 *		has the mmap_lock, and waits for the child's batch
	 */
	WAY("exit-fence", exit_fence, "it ends, its batch waits for another's fence"),
	WAY("exit-endless", exit_endless, "it ends, its batch does not; no hangcheck"),
	WAY("exit-hang", exit_hang, "it ends, its batch does not; hangcheck is on"),
	WAY("exit-shared", exit_shared,
	    "it ends, another process has its memory, and is in mprotect()"),
	/*
	 * A process punches a hole into a file, and waits for the endless batch of the
	 * party, whose object lies over a mapping of that file.
	 *	other	the process that punches is killed: its wait must end
	 *	owner	the party is killed while it waits for the invalidation: its wait,
	 *		and the wait of the process that punches, must end
	 */
	WAY("killed-other", killed_other,
	    "a process that waits for another's endless batch is killed"),
	WAY("killed-owner", killed_owner, "the owner is killed, and waits for that process"),
	/*
	 * The memory of an object is invalidated, but the driver cannot release the pages
	 * yet. Its worker has to wait for that, and must not spin.
	 *	plain	a pread uses the pages, and waits for its buffer
	 *	batch	a batch uses another object; the worker waits for the batch
	 *	gtt	a pread has the vma pinned, and reclaim invalidates
	 */
	WAY("spin-plain", spin_plain, "a pread of an invalidated object lasts"),
	WAY("spin-batch", spin_batch, "a batch of one lasts, and another one is idle"),
	WAY("spin-gtt", spin_gtt, "the same through the GTT, and reclaim",
	    .call = CALL_RECLAIM),
	/*
	 * pread-, pwrite-: thread COPY copies from or to the object, and its fault waits
	 * for a page of the buffer. Thread EXEC queues a batch that uses the object. Thread
	 * CALL invalidates the object's memory: it has the mmap_lock for writing, and
	 * waits for the batch. If the batch waits for the copy, all wait for ever, for the
	 * fault needs the mmap_lock.
	 */
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
	/* The same with a buffer that was never touched: each page of it is a fault. */
	WAY("fresh-mprotect", copy_fresh, "mprotect(), a pread into 64 MiB never touched",
	    .call = CALL_MPROTECT),
	WAY("fresh-fork", copy_fresh, "fork()", .call = CALL_FORK),
	WAY("fresh-mmap", copy_fresh, "mmap(MAP_FIXED)", .call = CALL_MMAP),
	WAY("fresh-pwrite", copy_fresh, "mprotect(), a pwrite from 64 MiB never touched",
	    .call = CALL_MPROTECT, .pwrite = true),
	/*
	 * The copy is one through the GTT, which pins the object's vma: thread CALL waits
	 * for the unpinning, and the copy's fault for the mmap_lock that CALL holds. With
	 * gtt-batch a batch uses the object while the copy waits.
	 */
	WAY("gtt-mprotect", copy_gtt, "mprotect(), a pread repeated through the GTT",
	    .call = CALL_MPROTECT),
	WAY("gtt-batch", copy_gtt, "the same with a batch between", .call = CALL_MPROTECT,
	    .again = true),
	/*
	 * A pread of an object into a GTT mmap of the same object. The fault waits for new
	 * pages of the object; the invalidation waits for the pages that the pread uses.
	 */
	WAY("gtt-own", own_gtt, "a pread of an object into its own GTT mmap, and a discard"),
	/*
	 * The driver's shrinker truncates a file that a userptr object lies over, with the
	 * driver's locks held. It waits for the batch that uses the object; the end of
	 * the batch must need none of these locks.
	 *	fence	the batch waits for a fence
	 *	hang	the batch ends only by a reset
	 */
	WAY("shrink-fence", shrink_way,
	    "the driver's shrinker truncates what the object is over"),
	WAY("shrink-hang", shrink_way, "the same, and the batch does not end",
	    .hang = true),
	/*
	 * A GTT mmap lies where the object's memory was. The driver revokes the mmap, with
	 * a mutex of the GGTT held. That invalidates the object, and must not wait for the
	 * pread that has the object's pages. alias-again: a batch uses the object before.
	 */
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
