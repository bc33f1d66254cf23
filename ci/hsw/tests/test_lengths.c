// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command with a length field, at its longest: no dword of it is executed.
 * The widths are those of the manual's command headers, engine by engine, written
 * down once more and not taken from cmdlen.c.
 *
 * The payload is full of MI_LOAD_REGISTER_IMM, whichever of its dwords a device
 * with a shorter field takes for the next command.
 */
#include "fixture.h"

#define VICTIM	0x2640u			/* CS_GPR(8) */
#define BATCH	0x300000u
#define MARK	(SCRATCH + 0x100)

#define R	BIT(RCS)
#define V	BIT(VCS)
#define B	BIT(BCS)
#define E	BIT(VECS)
#define ALL	(R | V | B | E)

static const struct {
	const char *name;
	uint32_t dw0;			/* length 0 */
	unsigned int engines, bits;
} cmds[] = {
	{ "MI_LOAD_SCAN_LINES_INCL", 0x09000000, ALL, 6 },
	{ "MI_LOAD_SCAN_LINES_EXCL", 0x09800000, ALL, 6 },
	{ "MI_DISPLAY_FLIP", 0x0a000000, ALL, 8 },
	{ "MI_SEMAPHORE_MBOX", 0x0b000000, ALL, 8 },
	{ "MI_SET_CONTEXT", 0x0c000000, ALL, 8 },
	{ "MI_URB_CLEAR", 0x0c800000, ALL, 8 },
	{ "MI_MATH", 0x0d000000, ALL, 6 },
	{ "MI_STORE_DATA_IMM", 0x10000000, R, 6 },
	{ "MI_STORE_DATA_IMM", 0x10000000, V | E, 8 },
	{ "MI_STORE_DATA_IMM", 0x10000000, B, 10 },
	{ "MI_STORE_DATA_INDEX", 0x10800000, ALL, 8 },
	{ "MI_UPDATE_GTT", 0x11800000, R, 8 },
	{ "MI_UPDATE_GTT", 0x11800000, V | B | E, 6 },
	{ "MI_STORE_REGISTER_MEM", 0x12000000, ALL, 8 },
	{ "MI_FLUSH_DW", 0x13000000, ALL, 6 },
	{ "MI_CLFLUSH", 0x13800000, ALL, 10 },
	{ "MI_REPORT_PERF_COUNT", 0x14000000, ALL, 6 },
	{ "MI_LOAD_REGISTER_MEM", 0x14800000, ALL, 8 },
	{ "MI_LOAD_REGISTER_REG", 0x15000000, ALL, 8 },
	{ "MI_RS_STORE_DATA_IMM", 0x15800000, ALL, 8 },
	{ "MI_LOAD_URB_MEM", 0x16000000, ALL, 8 },
	{ "MI_STORE_URB_MEM", 0x16800000, ALL, 8 },
	{ "MI_BATCH_BUFFER_START", 0x18800000, ALL, 8 },
	{ "MI_CONDITIONAL_BATCH_BUFFER_END", 0x1b000000, ALL, 8 },
	{ "an MI command that nobody knows", 0x1f800000, ALL, 6 },
	{ "XY_SRC_COPY_BLT", 0x54c00000, B, 8 },
	{ "XY_TEXT_IMMEDIATE_BLT", 0x4c400000, B, 8 },
	{ "COLOR_BLT", 0x50000000, B, 6 },
	{ "SRC_COPY_BLT", 0x50c00000, B, 6 },
	{ "STATE_BASE_ADDRESS", 0x61010000, R, 8 },
	{ "3DSTATE_VERTEX_BUFFERS", 0x78080000, R, 8 },
	{ "3DSTATE_DX9_CONSTANTF_VS", 0x78390000, R, 11 },
	{ "3DSTATE_DX9_CONSTANTF_PS", 0x783a0000, R, 11 },
	{ "3DSTATE_BINDING_TABLE_EDIT_VS", 0x78430000, R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_GS", 0x78440000, R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_HS", 0x78450000, R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_DS", 0x78460000, R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_PS", 0x78470000, R, 9 },
	{ "3DSTATE_SO_DECL_LIST", 0x79170000, R, 9 },
	{ "PIPE_CONTROL", 0x7a000000, R, 8 },
	{ "3DPRIMITIVE", 0x7b000000, R, 8 },
	{ "MEDIA_VFE_STATE", 0x70000000, R, 16 },
	{ "MEDIA_OBJECT", 0x71000000, R, 16 },
	{ "MEDIA_OBJECT_WALKER", 0x71030000, R, 16 },
	{ "GPGPU_OBJECT", 0x71040000, R, 8 },
	{ "GPGPU_OBJECT with its predicate", 0x71040100, R, 8 },
	{ "GPGPU_WALKER", 0x71050000, R, 8 },
	{ "GPGPU_WALKER, predicate and indirect", 0x71050500, R, 8 },
	{ "MFX_PIPE_MODE_SELECT", 0x70000000, V, 12 },
	{ "MFD_AVC_BSD_OBJECT", 0x71080000, V, 12 },
	{ "MFX, opcode 6", 0x76000000, V, 16 },
	{ "VEBOX_STATE", 0x74020000, E, 12 },
};

/* Nothing of the payload was executed, and the engine is where it should be. */
static bool takes_all(enum engine_id e, uint32_t dw0, unsigned int bits)
{
	uint32_t len = (1u << bits) - 1 + 2, i;
	uint32_t *batch = ram32(BATCH);
	bool good;

	batch[0] = dw0 | (len - 2);
	for (i = 1; i < len; i++)
		batch[i] = (uint32_t[]){ 0x11000001, VICTIM, 0xbad }[i % 3];
	batch += len;
	batch[0] = 0x10400002;
	batch[1] = 0;
	batch[2] = MARK;
	batch[3] = 0x60d;
	batch[4] = 0x05000000;
	*ram32(MARK) = 0;
	mmio_set(hsw, VICTIM, 0);

	EMIT(e, 0x18800000, BATCH);
	run();
	good = !mmio_get(hsw, VICTIM);
	if (hsw->ring[e].hung)
		good &= hsw->ring[e].at.batch[0].addr == BATCH;
	else
		good &= get32(MARK) == 0x60d;
	revive(e);
	return good;
}

int main(void)
{
	enum engine_id e;
	unsigned int i;

	open_device();
	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		for (e = 0; e < NUM_ENGINES; e++)
			if (cmds[i].engines & BIT(e))
				ok(takes_all(e, cmds[i].dw0, cmds[i].bits) &&
				   cmd_length(e, cmds[i].dw0 | 0xffff) ==
				   (1u << cmds[i].bits) + 1,
				   "%s: %s, %u bits of length", engine_name[e],
				   cmds[i].name, cmds[i].bits);
	close_device();
	return tap_done();
}
