// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lengths, see cmdlen.h for the PRM volume.
 */
#include "cmdlen.h"

#define LENGTH_BIAS	2		/* the field counts from two dwords */

/* Memory interface commands below this opcode are one dword. */
#define MI_FIRST_LONG	0x10

#define MI_LRI		0x22

/* Subtype of client 3, bits 28:27. */
#define SUB_COMMON	0
#define SUB_SINGLE_DW	1
#define SUB_MEDIA	2
#define SUB_3D		3

/* Client 3 commands of one dword whose low bits are not a length. */
static const uint16_t single_dword[] = {
	0x6800,				/* MFX_WAIT */
	0x6904,				/* PIPELINE_SELECT */
	0x680b, 0x780b,			/* 3DSTATE_VF_STATISTICS */
};

static unsigned int length_3d(uint32_t dw0)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(single_dword); i++)
		if (dw0 >> 16 == single_dword[i])
			return 1;
	/* MEDIA_OBJECT and the MFX commands carry inline data. */
	if ((dw0 >> 27 & 3) == SUB_MEDIA)
		return (dw0 & 0xffff) + LENGTH_BIAS;
	return (dw0 & 0xff) + LENGTH_BIAS;
}

unsigned int cmd_length(uint32_t dw0)
{
	switch (CMD_CLIENT(dw0)) {
	case CLIENT_MI:
		if (MI_OPCODE(dw0) < MI_FIRST_LONG)
			return 1;
		if (MI_OPCODE(dw0) == MI_LRI)
			return (dw0 & 0xff) + LENGTH_BIAS;
		return (dw0 & 0x3f) + LENGTH_BIAS;
	case CLIENT_2D:
		return (dw0 & 0xff) + LENGTH_BIAS;
	case CLIENT_3D:
		return length_3d(dw0);
	default:
		return 0;
	}
}

uint32_t cmd_key(uint32_t dw0)
{
	switch (CMD_CLIENT(dw0)) {
	case CLIENT_MI:
		return dw0 & 0xff800000u;
	case CLIENT_2D:
		return dw0 & 0xffc00000u;
	default:
		return dw0 & 0xffff0000u;
	}
}

static const char *const mi_names[64] = {
	[0x00] = "MI_NOOP",
	[0x01] = "MI_SET_PREDICATE",
	[0x02] = "MI_USER_INTERRUPT",
	[0x03] = "MI_WAIT_FOR_EVENT",
	[0x05] = "MI_ARB_CHECK",
	[0x06] = "MI_RS_CONTROL",
	[0x07] = "MI_REPORT_HEAD",
	[0x08] = "MI_ARB_ON_OFF",
	[0x09] = "MI_URB_ATOMIC_ALLOC",
	[0x0a] = "MI_BATCH_BUFFER_END",
	[0x0b] = "MI_SUSPEND_FLUSH",
	[0x0c] = "MI_PREDICATE",
	[0x0d] = "MI_TOPOLOGY_FILTER",
	[0x0e] = "MI_SET_APPID",
	[0x0f] = "MI_RS_CONTEXT",
	[0x12] = "MI_LOAD_SCAN_LINES_INCL",
	[0x13] = "MI_LOAD_SCAN_LINES_EXCL",
	[0x14] = "MI_DISPLAY_FLIP",
	[0x16] = "MI_SEMAPHORE_MBOX",
	[0x18] = "MI_SET_CONTEXT",
	[0x19] = "MI_URB_CLEAR",
	[0x1a] = "MI_MATH",
	[0x20] = "MI_STORE_DATA_IMM",
	[0x21] = "MI_STORE_DATA_INDEX",
	[0x22] = "MI_LOAD_REGISTER_IMM",
	[0x23] = "MI_UPDATE_GTT",
	[0x24] = "MI_STORE_REGISTER_MEM",
	[0x26] = "MI_FLUSH_DW",
	[0x27] = "MI_CLFLUSH",
	[0x28] = "MI_REPORT_PERF_COUNT",
	[0x29] = "MI_LOAD_REGISTER_MEM",
	[0x2a] = "MI_LOAD_REGISTER_REG",
	[0x2b] = "MI_RS_STORE_DATA_IMM",
	[0x2c] = "MI_LOAD_URB_MEM",
	[0x2d] = "MI_STORE_URB_MEM",
	[0x31] = "MI_BATCH_BUFFER_START",
	[0x36] = "MI_CONDITIONAL_BATCH_BUFFER_END",
};

static const char *const blt_names[128] = {
	[0x01] = "XY_SETUP_BLT",
	[0x03] = "XY_SETUP_CLIP_BLT",
	[0x11] = "XY_SETUP_MONO_PATTERN_SL_BLT",
	[0x24] = "XY_PIXEL_BLT",
	[0x25] = "XY_SCANLINES_BLT",
	[0x26] = "XY_TEXT_BLT",
	[0x31] = "XY_TEXT_IMMEDIATE_BLT",
	[0x40] = "COLOR_BLT",
	[0x43] = "SRC_COPY_BLT",
	[0x50] = "XY_COLOR_BLT",
	[0x51] = "XY_PAT_BLT",
	[0x52] = "XY_MONO_PAT_BLT",
	[0x53] = "XY_SRC_COPY_BLT",
	[0x54] = "XY_MONO_SRC_COPY_BLT",
	[0x55] = "XY_FULL_BLT",
	[0x56] = "XY_FULL_MONO_SRC_BLT",
	[0x57] = "XY_FULL_MONO_PATTERN_BLT",
	[0x58] = "XY_FULL_MONO_PATTERN_MONO_SRC_BLT",
	[0x59] = "XY_MONO_PAT_FIXED_BLT",
	[0x71] = "XY_MONO_SRC_COPY_IMMEDIATE_BLT",
	[0x72] = "XY_PAT_BLT_IMMEDIATE",
	[0x73] = "XY_SRC_COPY_CHROMA_BLT",
	[0x74] = "XY_FULL_IMMEDIATE_PATTERN_BLT",
	[0x75] = "XY_FULL_MONO_SRC_IMMEDIATE_PATTERN_BLT",
	[0x76] = "XY_PAT_CHROMA_BLT",
	[0x77] = "XY_PAT_CHROMA_BLT_IMMEDIATE",
};

const char *cmd_name(uint32_t dw0)
{
	const char *name = NULL;

	switch (CMD_CLIENT(dw0)) {
	case CLIENT_MI:
		name = mi_names[MI_OPCODE(dw0)];
		break;
	case CLIENT_2D:
		name = blt_names[BLT_OPCODE(dw0)];
		break;
	case CLIENT_3D:
		if (dw0 >> 16 == 0x7a00)
			name = "PIPE_CONTROL";
		else if (dw0 >> 16 == 0x6904)
			name = "PIPELINE_SELECT";
		break;
	}
	return name ? name : "?";
}
