// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lengths, from the headers that drivers really write.
 */
#include <string.h>

#include "cmdlen.h"
#include "tap.h"

static const struct {
	uint32_t dw0;
	unsigned int len;
	const char *what;
} cmds[] = {
	{ 0x00000000, 1, "MI_NOOP" },
	{ 0x0000003f, 1, "MI_NOOP with an identification" },
	{ 0x01000000, 1, "MI_USER_INTERRUPT" },
	{ 0x04000001, 1, "MI_ARB_ON_OFF" },
	{ 0x05000000, 1, "MI_BATCH_BUFFER_END" },
	{ 0x0c000000, 2, "MI_SET_CONTEXT" },
	{ 0x0b140001, 3, "MI_SEMAPHORE_MBOX" },
	{ 0x10000002, 4, "MI_STORE_DATA_IMM, dword" },
	{ 0x10000003, 5, "MI_STORE_DATA_IMM, qword" },
	{ 0x10800001, 3, "MI_STORE_DATA_INDEX" },
	{ 0x11000001, 3, "MI_LOAD_REGISTER_IMM, one pair" },
	{ 0x110000fb, 253, "MI_LOAD_REGISTER_IMM, 126 pairs" },
	{ 0x12400001, 3, "MI_STORE_REGISTER_MEM" },
	{ 0x13204001, 3, "MI_FLUSH_DW, post-sync" },
	{ 0x14800001, 3, "MI_LOAD_REGISTER_MEM" },
	{ 0x15000001, 3, "MI_LOAD_REGISTER_REG" },
	{ 0x18800100, 2, "MI_BATCH_BUFFER_START" },
	{ 0x18802100, 2, "MI_BATCH_BUFFER_START, non-secure" },
	{ 0x54f00006, 8, "XY_SRC_COPY_BLT" },
	{ 0x54300004, 6, "XY_COLOR_BLT's length field" },
	{ 0x50000003, 5, "COLOR_BLT" },
	{ 0x7a000002, 4, "PIPE_CONTROL, four dwords" },
	{ 0x7a000003, 5, "PIPE_CONTROL, five dwords" },
	{ 0x69040000, 1, "PIPELINE_SELECT" },
	{ 0x69040001, 1, "PIPELINE_SELECT, media" },
	{ 0x680b0001, 1, "3DSTATE_VF_STATISTICS" },
	{ 0x780b0001, 1, "3DSTATE_VF_STATISTICS, old" },
	{ 0x61010008, 10, "STATE_BASE_ADDRESS" },
	{ 0x7b000005, 7, "3DPRIMITIVE" },
	{ 0x70000006, 8, "MEDIA_VFE_STATE" },
	{ 0x71000100, 258, "MEDIA_OBJECT with inline data" },
	{ 0x68000000, 1, "MFX_WAIT" },
	{ 0x20000000, 0, "client 1 does not exist" },
	{ 0x80000000, 0, "client 4 does not exist" },
	{ 0xffffffff, 0, "client 7 does not exist" },
};

int main(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		ok(cmd_length(RCS, cmds[i].dw0) == cmds[i].len, "%s: %u",
		   cmds[i].what, cmds[i].len);
	ok(!strcmp(cmd_name(0x54f00006), "XY_SRC_COPY_BLT") &&
	   !strcmp(cmd_name(0x18802100), "MI_BATCH_BUFFER_START") &&
	   !strcmp(cmd_name(0x7a000002), "PIPE_CONTROL") &&
	   !strcmp(cmd_name(0xffffffff), "?"), "names");
	ok(cmd_key(0x110000fb) == cmd_key(0x11000001) &&
	   cmd_key(0x11000001) != cmd_key(0x10800001) &&
	   cmd_key(0x7b000005) == 0x7b000000 &&
	   cmd_key(0x54f08006) == cmd_key(0x54c00006),
	   "keys: without length and flags");
	return tap_done();
}
