/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many bits of length the manual's command headers have, engine by engine: for
 * the tests, which must not take it from cmdlen.c.
 */
#ifndef HSW_TESTS_LENGTHS_H
#define HSW_TESTS_LENGTHS_H

#include "types.h"

#define L_R	BIT(RCS)
#define L_V	BIT(VCS)
#define L_B	BIT(BCS)
#define L_E	BIT(VECS)
#define L_ALL	(L_R | L_V | L_B | L_E)

static const struct {
	const char *name;
	uint32_t dw0;			/* length 0 */
	unsigned int engines, bits;
} lengths[] = {
	{ "MI_LOAD_SCAN_LINES_INCL", 0x09000000, L_ALL, 6 },
	{ "MI_LOAD_SCAN_LINES_EXCL", 0x09800000, L_ALL, 6 },
	{ "MI_DISPLAY_FLIP", 0x0a000000, L_ALL, 8 },
	{ "MI_SEMAPHORE_MBOX", 0x0b000000, L_ALL, 8 },
	{ "MI_SET_CONTEXT", 0x0c000000, L_ALL, 8 },
	{ "MI_URB_CLEAR", 0x0c800000, L_ALL, 8 },
	{ "MI_MATH", 0x0d000000, L_ALL, 6 },
	{ "MI_STORE_DATA_IMM", 0x10000000, L_R, 6 },
	{ "MI_STORE_DATA_IMM", 0x10000000, L_V | L_E, 8 },
	{ "MI_STORE_DATA_IMM", 0x10000000, L_B, 10 },
	{ "MI_STORE_DATA_INDEX", 0x10800000, L_ALL, 8 },
	{ "MI_LOAD_REGISTER_IMM", 0x11000000, L_ALL, 8 },
	{ "MI_UPDATE_GTT", 0x11800000, L_R, 8 },
	{ "MI_UPDATE_GTT", 0x11800000, L_V | L_B | L_E, 6 },
	{ "MI_STORE_REGISTER_MEM", 0x12000000, L_ALL, 8 },
	{ "MI_FLUSH_DW", 0x13000000, L_ALL, 6 },
	{ "MI_CLFLUSH", 0x13800000, L_ALL, 10 },
	{ "MI_REPORT_PERF_COUNT", 0x14000000, L_ALL, 6 },
	{ "MI_LOAD_REGISTER_MEM", 0x14800000, L_ALL, 8 },
	{ "MI_LOAD_REGISTER_REG", 0x15000000, L_ALL, 8 },
	{ "MI_RS_STORE_DATA_IMM", 0x15800000, L_ALL, 8 },
	{ "MI_LOAD_URB_MEM", 0x16000000, L_ALL, 8 },
	{ "MI_STORE_URB_MEM", 0x16800000, L_ALL, 8 },
	{ "MI_BATCH_BUFFER_START", 0x18800000, L_ALL, 8 },
	{ "MI_CONDITIONAL_BATCH_BUFFER_END", 0x1b000000, L_ALL, 8 },
	{ "an MI command that nobody knows", 0x1f800000, L_ALL, 6 },
	{ "XY_SRC_COPY_BLT", 0x54c00000, L_B, 8 },
	{ "XY_TEXT_IMMEDIATE_BLT", 0x4c400000, L_B, 8 },
	{ "COLOR_BLT", 0x50000000, L_ALL, 6 },
	{ "SRC_COPY_BLT", 0x50c00000, L_ALL, 6 },
	{ "STATE_BASE_ADDRESS", 0x61010000, L_R, 8 },
	{ "3DSTATE_VERTEX_BUFFERS", 0x78080000, L_R, 8 },
	{ "3DSTATE_DX9_CONSTANTF_VS", 0x78390000, L_R, 11 },
	{ "3DSTATE_DX9_CONSTANTF_PS", 0x783a0000, L_R, 11 },
	{ "3DSTATE_BINDING_TABLE_EDIT_VS", 0x78430000, L_R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_GS", 0x78440000, L_R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_HS", 0x78450000, L_R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_DS", 0x78460000, L_R, 9 },
	{ "3DSTATE_BINDING_TABLE_EDIT_PS", 0x78470000, L_R, 9 },
	{ "3DSTATE_SO_DECL_LIST", 0x79170000, L_R, 9 },
	{ "3DSTATE_SO_DECL_LIST, where there is no 3D", 0x79170000, L_V | L_E, 8 },
	{ "PIPE_CONTROL", 0x7a000000, L_R, 8 },
	{ "3DPRIMITIVE", 0x7b000000, L_R, 8 },
	{ "MEDIA_VFE_STATE", 0x70000000, L_R, 16 },
	{ "MEDIA_OBJECT", 0x71000000, L_R, 16 },
	{ "MEDIA_OBJECT_WALKER", 0x71030000, L_R, 16 },
	{ "GPGPU_OBJECT", 0x71040000, L_R, 8 },
	{ "GPGPU_OBJECT with its predicate", 0x71040100, L_R, 8 },
	{ "GPGPU_WALKER", 0x71050000, L_R, 8 },
	{ "GPGPU_WALKER, predicate and indirect", 0x71050500, L_R, 8 },
	{ "MFX_PIPE_MODE_SELECT", 0x70000000, L_V, 12 },
	{ "MFD_AVC_BSD_OBJECT", 0x71080000, L_V, 12 },
	{ "MFX, opcode 6", 0x76000000, L_V, 16 },
	{ "VEBOX_STATE", 0x74020000, L_E, 12 },
};

#undef L_R
#undef L_V
#undef L_B
#undef L_E
#undef L_ALL

#endif
