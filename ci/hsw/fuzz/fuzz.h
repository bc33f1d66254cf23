/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets share: one device for all inputs, put back to the same
 * state before each, and no thread, clock or file outside the input's control,
 * so that an input does the same each time.
 *
 * Registers, PTEs and guest memory are private mappings of a snapshot, each
 * between two pages that nobody may touch: taking their changed pages back is
 * cheap, and an access beside them ends the run.
 *
 * Guest memory: global graphics address A is byte A of it, and so is PPGTT
 * address FZ_PP + A. The engines' rings are set up and empty, at FZ_RING(e).
 */
#ifndef HSW_FUZZ_H
#define HSW_FUZZ_H

#include "device.h"
#include "hsw.h"
#include "regs.h"
#include "reset.h"

#define FZ_RAM		(4 * MIB)	/* bytes of guest memory */
#define FZ_GPA		(5 * GIB)	/* where the guest has it */
#define FZ_PP		0x40000000u	/* first PPGTT address in use */
#define FZ_PP_DIR	0xf0000u	/* directory: byte offset in the PTEs */
#define FZ_HWS(e)	(0x8000u + (e) * 0x1000u)
#define FZ_RING(e)	(0x10000u + (e) * 0x10000u)
#define FZ_RING_BYTES	0x1000u
#define FZ_BATCH	0x80000u	/* where an input's batch goes */
#define FZ_NOISE	0x200000u	/* 1 MiB that is not zero at first */
#define FZ_TABLES	0x3c0000u	/* page table of the PPGTT */

extern struct hsw *fz_hsw;
extern uint8_t *fz_ram;

/*
 * The state described above, whatever the last input did. The first call makes
 * the device. Guest memory is one mapping, which does not belong to mem.c: a
 * target which maps and unmaps for itself calls fz_no_memory() first.
 */
void fz_reset(void);
/* The same for registers and PTEs only. */
void fz_registers(void);
/* Takes the one mapping out of the device's table; the memory stays. */
void fz_no_memory(void);

/*
 * Maps size bytes of guest memory, from byte offset off on, at guest address gpa: all
 * multiples of 4 KiB. prot is MEM_READ | MEM_WRITE.
 */
void fz_map(uint64_t gpa, uint32_t off, uint32_t size, unsigned int prot);

/*
 * Lets the engines go on: at most n commands each, MI_NOOPs counted by the
 * page, 8,192 in all, and not much more than 1 MiB of blits. Returns false when
 * none could go on.
 */
bool fz_run(unsigned int n);

/* What registers, PTEs and memory were before the input. */
const uint32_t *fz_clean_registers(void);
const uint32_t *fz_clean_ptes(void);
const uint8_t *fz_clean_memory(void);

/* Called before (first) and after each command of fz_run(); NULL: nobody. */
extern void (*fz_watch)(bool before);

/* The input, taken from its front; zeros when it has ended. */
struct fz_in {
	const uint8_t *p, *end;
};

/* How many bytes are left. */
size_t fz_left(const struct fz_in *in);
/* The next 1, 2, 4 bytes. */
uint8_t fz_u8(struct fz_in *in);
uint16_t fz_u16(struct fz_in *in);
uint32_t fz_u32(struct fz_in *in);
/* Up to len bytes; returns how many there were, the rest of buf becomes 0. */
size_t fz_bytes(struct fz_in *in, void *buf, size_t len);

/* What must hold; a finding if not. */
#define FZ_MUST(cond) \
	do { if (!(cond)) fz_broken(#cond, __FILE__, __LINE__); } while (0)
/* Says so on stderr, and aborts. */
void fz_broken(const char *what, const char *file, int line)
	__attribute__((noreturn));

#endif
