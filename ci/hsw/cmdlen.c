// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lengths, see cmdlen.h for the PRM volume.
 */
#include "cmdlen.h"

#define LENGTH_BIAS	2		/* the field counts from two dwords */

/* Memory interface commands below this opcode are one dword. */
#define MI_FIRST_LONG	0x10

#define ANY	0			/* each engine */

/*
 * Bits of the length field where they are not the client's usual ones. MI
 * commands by opcode, others by their upper 16 bits; the first match counts.
 */
struct width {
	uint16_t command;
	uint8_t engines;		/* BIT(enum engine_id), or ANY */
	uint8_t bits;
};

#define MI_BITS	6

static const struct width mi_widths[] = {
	{ 0x14, ANY, 8 },		/* MI_DISPLAY_FLIP */
	{ 0x16, ANY, 8 },		/* MI_SEMAPHORE_MBOX */
	{ 0x18, ANY, 8 },		/* MI_SET_CONTEXT */
	{ 0x19, ANY, 8 },		/* MI_URB_CLEAR */
	{ 0x20, BIT(BCS), 10 },		/* MI_STORE_DATA_IMM */
	{ 0x20, BIT(VCS) | BIT(VECS), 8 },
	{ 0x21, ANY, 8 },		/* MI_STORE_DATA_INDEX */
	{ 0x22, ANY, 8 },		/* MI_LOAD_REGISTER_IMM */
	{ 0x23, BIT(RCS), 8 },		/* MI_UPDATE_GTT */
	{ 0x24, ANY, 8 },		/* MI_STORE_REGISTER_MEM */
	{ 0x27, ANY, 10 },		/* MI_CLFLUSH */
	{ 0x29, ANY, 8 },		/* MI_LOAD_REGISTER_MEM */
	{ 0x2a, ANY, 8 },		/* MI_LOAD_REGISTER_REG */
	{ 0x2b, ANY, 8 },		/* MI_RS_STORE_DATA_IMM */
	{ 0x2c, ANY, 8 },		/* MI_LOAD_URB_MEM */
	{ 0x2d, ANY, 8 },		/* MI_STORE_URB_MEM */
	{ 0x31, ANY, 8 },		/* MI_BATCH_BUFFER_START */
	{ 0x36, ANY, 8 },		/* MI_CONDITIONAL_BATCH_BUFFER_END */
};

#define BLT_BITS	8
#define BLT_BITS_FLAT	6		/* COLOR_BLT and SRC_COPY_BLT */

#define GFX_BITS	8

static const struct width gfx_widths[] = {
	/* One dword, whose low bits are no length. */
	{ 0x6800, ANY, 0 },		/* MFX_WAIT */
	{ 0x6904, ANY, 0 },		/* PIPELINE_SELECT */
	{ 0x680b, ANY, 0 },		/* 3DSTATE_VF_STATISTICS */
	{ 0x780b, ANY, 0 },		/* the same, older */
	{ 0x7104, BIT(RCS), 8 },	/* GPGPU_OBJECT */
	{ 0x7105, BIT(RCS), 8 },	/* GPGPU_WALKER */
	{ 0x7839, BIT(RCS), 11 },		/* 3DSTATE_DX9_CONSTANTF_VS */
	{ 0x783a, BIT(RCS), 11 },		/* 3DSTATE_DX9_CONSTANTF_PS */
	{ 0x7843, BIT(RCS), 9 },		/* 3DSTATE_BINDING_TABLE_EDIT_VS */
	{ 0x7844, BIT(RCS), 9 },		/* 3DSTATE_BINDING_TABLE_EDIT_GS */
	{ 0x7845, BIT(RCS), 9 },		/* 3DSTATE_BINDING_TABLE_EDIT_HS */
	{ 0x7846, BIT(RCS), 9 },		/* 3DSTATE_BINDING_TABLE_EDIT_DS */
	{ 0x7847, BIT(RCS), 9 },		/* 3DSTATE_BINDING_TABLE_EDIT_PS */
	{ 0x7917, BIT(RCS), 9 },		/* 3DSTATE_SO_DECL_LIST */
};

/* Client 3, bits 28:27. */
#define GFX_SUBTYPE(dw0)	((dw0) >> 27 & 3)
#define GFX_MEDIA		2
#define MEDIA_OPCODE(dw0)	((dw0) >> 24 & 7)
#define MEDIA_BITS		16	/* carries inline data */
#define MFX_BITS		12	/* VCS and VECS, but for opcode 6 */

static unsigned int find_width(const struct width *w, size_t n,
			       uint16_t command, enum engine_id engine,
			       unsigned int otherwise)
{
	for (; n; n--, w++)
		if (w->command == command &&
		    (w->engines == ANY || w->engines & BIT(engine)))
			return w->bits;
	return otherwise;
}

static unsigned int gfx_bits(enum engine_id engine, uint32_t dw0)
{
	unsigned int bits = GFX_BITS;

	if (GFX_SUBTYPE(dw0) == GFX_MEDIA)
		bits = engine == RCS || MEDIA_OPCODE(dw0) == 6 ? MEDIA_BITS :
								 MFX_BITS;
	return find_width(gfx_widths, ARRAY_SIZE(gfx_widths), dw0 >> 16, engine,
			  bits);
}

unsigned int cmd_length(enum engine_id engine, uint32_t dw0)
{
	unsigned int bits;

	switch (CMD_CLIENT(dw0)) {
	case CLIENT_MI:
		bits = 0;
		if (MI_OPCODE(dw0) >= MI_FIRST_LONG)
			bits = find_width(mi_widths, ARRAY_SIZE(mi_widths),
					  MI_OPCODE(dw0), engine, MI_BITS);
		break;
	case CLIENT_2D:
		bits = BLT_OPCODE(dw0) == 0x40 || BLT_OPCODE(dw0) == 0x43 ?
			BLT_BITS_FLAT : BLT_BITS;
		break;
	case CLIENT_3D:
		bits = gfx_bits(engine, dw0);
		break;
	default:
		return 0;
	}
	return bits ? (dw0 & ((1u << bits) - 1)) + LENGTH_BIAS : 1;
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
