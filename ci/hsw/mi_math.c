// SPDX-License-Identifier: GPL-2.0-only
/*
 * MI_MATH, see mi_math.h for the PRM section.
 */
#include "device.h"
#include "mi_math.h"

/* An instruction: opcode 31:20, operands 19:10 and 9:0. */
#define ALU_NOOP	0x000u
#define ALU_LOAD	0x080u
#define ALU_LOAD0	0x081u
#define ALU_LOADINV	0x480u
#define ALU_LOAD1	0x481u
#define ALU_ADD		0x100u
#define ALU_SUB		0x101u
#define ALU_AND		0x102u
#define ALU_OR		0x103u
#define ALU_XOR		0x104u
#define ALU_STORE	0x180u
#define ALU_STOREINV	0x580u

#define ALU_SRCA	0x20u
#define ALU_SRCB	0x21u
#define ALU_ACCU	0x31u
#define ALU_ZF		0x32u
#define ALU_CF		0x33u

/* ACCU and the flags live no longer than one MI_MATH. */
struct alu {
	uint64_t src[2];		/* SRCA, SRCB */
	uint64_t accu;
	bool zf, cf;
};

static bool read_operand(struct hsw *hsw, const struct alu *alu, uint32_t op,
			 uint64_t *val)
{
	if (op < CS_GPRS)
		*val = (uint64_t)mmio_get(hsw, CS_GPR(op) + 4) << 32 |
		       mmio_get(hsw, CS_GPR(op));
	else if (op == ALU_ACCU)
		*val = alu->accu;
	else if (op == ALU_ZF)
		*val = alu->zf ? ~0ull : 0;
	else if (op == ALU_CF)
		*val = alu->cf ? ~0ull : 0;
	else
		return false;
	return true;
}

static bool load(struct hsw *hsw, struct alu *alu, uint32_t to, uint32_t from,
		 bool invert)
{
	uint64_t val;

	if (to != ALU_SRCA && to != ALU_SRCB)
		return false;
	if (!read_operand(hsw, alu, from, &val))
		return false;
	alu->src[to - ALU_SRCA] = invert ? ~val : val;
	return true;
}

static bool load_constant(struct alu *alu, uint32_t to, uint64_t val)
{
	if (to != ALU_SRCA && to != ALU_SRCB)
		return false;
	alu->src[to - ALU_SRCA] = val;
	return true;
}

static bool store(struct hsw *hsw, struct alu *alu, uint32_t to, uint32_t from,
		  bool invert)
{
	uint64_t val;

	if (to >= CS_GPRS || from < CS_GPRS)
		return false;
	if (!read_operand(hsw, alu, from, &val))
		return false;
	if (invert)
		val = ~val;
	mmio_set(hsw, CS_GPR(to), val);
	mmio_set(hsw, CS_GPR(to) + 4, val >> 32);
	return true;
}

static bool compute(struct alu *alu, uint32_t opcode)
{
	uint64_t a = alu->src[0], b = alu->src[1];

	alu->cf = false;
	switch (opcode) {
	case ALU_ADD:
		alu->accu = a + b;
		alu->cf = alu->accu < a;
		break;
	case ALU_SUB:
		alu->accu = a - b;
		alu->cf = a < b;
		break;
	case ALU_AND:
		alu->accu = a & b;
		break;
	case ALU_OR:
		alu->accu = a | b;
		break;
	case ALU_XOR:
		alu->accu = a ^ b;
		break;
	default:
		return false;
	}
	alu->zf = !alu->accu;
	return true;
}

unsigned int math_exec(struct hsw *hsw, const uint32_t *insn, unsigned int n)
{
	struct alu alu = { .accu = 0 };
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t opcode = insn[i] >> 20;
		uint32_t op1 = insn[i] >> 10 & 0x3ff, op2 = insn[i] & 0x3ff;
		bool ok;

		switch (opcode) {
		case ALU_NOOP:
			ok = true;
			break;
		case ALU_LOAD:
		case ALU_LOADINV:
			ok = load(hsw, &alu, op1, op2, opcode == ALU_LOADINV);
			break;
		case ALU_LOAD0:
		case ALU_LOAD1:
			ok = load_constant(&alu, op1,
					   opcode == ALU_LOAD1 ? ~0ull : 0);
			break;
		case ALU_STORE:
		case ALU_STOREINV:
			ok = store(hsw, &alu, op1, op2, opcode == ALU_STOREINV);
			break;
		default:
			ok = compute(&alu, opcode);
			break;
		}
		if (!ok)
			return i + 1;
	}
	return 0;
}
