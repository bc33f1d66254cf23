// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register table: one line per register. What is not listed is plain RAM
 * that reads 0 after reset, and that is how most of the display block behaves.
 *
 * Haswell PRM, "Command Reference: Registers" for the GT, the display volumes
 * for 0x40000 and up, "Memory Views" for fences. The 0x14xxxx registers mirror
 * the memory controller's MCHBAR.
 *
 * To look one up: offset, name, reset value, kind, mask, read hook, write hook.
 */
#include "device.h"
#include "reset.h"
#include "regs.h"

/* The forcewake request shows up at once in the acknowledge register. */
#define FORCEWAKE_ACK	0x130044

static void write_forcewake(struct hsw *hsw, uint32_t off, uint32_t val)
{
	(void)val;
	mmio_set(hsw, FORCEWAKE_ACK, mmio_get(hsw, off));
}

/* Mailbox to the power controller: done at once, and without an error. */
#define PCODE_BUSY	BIT(31)
#define PCODE_ERROR	0xffu

static void write_pcode(struct hsw *hsw, uint32_t off, uint32_t val)
{
	mmio_set(hsw, off, val & ~(PCODE_BUSY | PCODE_ERROR));
}

/* Sideband to the PCH: the same, with a status of "success". */
#define SBI_BUSY	BIT(0)
#define SBI_STATUS	(3u << 1)

static void write_sbi(struct hsw *hsw, uint32_t off, uint32_t val)
{
	mmio_set(hsw, off, val & ~(SBI_BUSY | SBI_STATUS));
}

/*
 * Four requesters, one set of power wells: for each, the odd bit asks and the
 * even bit below it tells, in all four registers, whether anybody has asked.
 */
#define PWR_WELL_CTL	0x45400
#define PWR_WELL_ASK	0xaaaaaaaau

static void write_power_well(struct hsw *hsw, uint32_t off, uint32_t val)
{
	uint32_t asked = 0;
	uint32_t i;

	(void)off;
	(void)val;
	for (i = 0; i < 4; i++)
		asked |= mmio_get(hsw, PWR_WELL_CTL + 4 * i) & PWR_WELL_ASK;
	for (i = 0; i < 4; i++) {
		uint32_t own = mmio_get(hsw, PWR_WELL_CTL + 4 * i);

		mmio_set(hsw, PWR_WELL_CTL + 4 * i,
			 (own & PWR_WELL_ASK) | asked >> 1);
	}
}

/* The display PLL locks at once, and the clock switches at once. */
#define LCPLL_DISABLE	BIT(31)
#define LCPLL_LOCK	BIT(30)
#define LCPLL_TO_FCLK	BIT(21)
#define LCPLL_ON_FCLK	BIT(19)

static void write_lcpll(struct hsw *hsw, uint32_t off, uint32_t val)
{
	val &= ~(LCPLL_LOCK | LCPLL_ON_FCLK);
	if (!(val & LCPLL_DISABLE))
		val |= LCPLL_LOCK;
	if (val & LCPLL_TO_FCLK)
		val |= LCPLL_ON_FCLK;
	mmio_set(hsw, off, val);
}

/* Residency in units of 1.28 us: this GPU rests whenever RC6 is allowed. */
#define RC_CONTROL	0xa090
#define RC_CTL_HW	BIT(31)
#define RC_CTL_RC6	BIT(18)

static uint32_t read_rc6(struct hsw *hsw, uint32_t off)
{
	(void)off;
	if ((mmio_get(hsw, RC_CONTROL) & (RC_CTL_HW | RC_CTL_RC6)) !=
	    (RC_CTL_HW | RC_CTL_RC6))
		return 0;
	return (clock_now() - hsw->mmio.reset_ns) / 1280;
}

/* Frequencies in units of 50 MHz: the GPU runs at what is asked for. */
#define RPNSWREQ	0xa008
#define RPNSWREQ_FREQ(v) ((v) >> 24)
#define RPSTAT_FREQ(f)	((f) << 7)
#define RP_MIN		0x07u
#define RP_MAX		0x18u

static uint32_t read_rpstat(struct hsw *hsw, uint32_t off)
{
	uint32_t freq = RPNSWREQ_FREQ(mmio_get(hsw, RPNSWREQ));

	(void)off;
	if (freq < RP_MIN)
		freq = RP_MIN;
	if (freq > RP_MAX)
		freq = RP_MAX;
	return RPSTAT_FREQ(freq);
}

#define RAM(off, name, reset, ...) \
	{ off, name, reset, REG_RAM, 0, __VA_ARGS__ }
#define RO(off, name, reset) \
	{ off, name, reset, REG_RO, 0, NULL, NULL, 0 }
#define W1C(off, name, write) \
	{ off, name, 0, REG_W1C, 0, NULL, write, 0 }
#define MASKED(off, name, reset, ...) \
	{ off, name, reset, REG_MASKED, 0, __VA_ARGS__ }
#define HOOK(off, name, reset, ...) \
	{ off, name, reset, REG_HOOK, 0, __VA_ARGS__ }

/* The same register of all four command streamers. */
#define RINGS(kind, off, name, ...) \
	kind(0x02000 + (off), "RCS_" name, __VA_ARGS__), \
	kind(0x12000 + (off), "VCS_" name, __VA_ARGS__), \
	kind(0x22000 + (off), "BCS_" name, __VA_ARGS__), \
	kind(0x1a000 + (off), "VECS_" name, __VA_ARGS__)

#define NONE		NULL, NULL, 0

const struct reg reg_table[] = {
	/* Command streamers. */
	RINGS(MASKED, 0x028, "EXCC", 0, NONE),
	RINGS(RAM, 0x030, "TAIL", 0, NULL, ring_write_tail, 0),
	RINGS(RAM, 0x034, "HEAD", 0, ring_read_head, ring_write_head, 0),
	RINGS(RAM, 0x038, "START", 0, NULL, ring_write_start, 0),
	RINGS(RAM, 0x03c, "CTL", 0, NULL, ring_write_ctl, 0),
	RINGS(RAM, 0x040, "SYNC_0", 0, NONE),
	RINGS(RAM, 0x044, "SYNC_1", 0, NONE),
	RINGS(RAM, 0x048, "SYNC_2", 0, NONE),
	RINGS(MASKED, 0x050, "PSMI_CTL", 0, NONE),
	RINGS(RAM, 0x054, "MAX_IDLE", 0, NONE),
	RINGS(RAM, 0x064, "IPEIR", 0, NONE),
	RINGS(RAM, 0x068, "IPEHR", 0, NONE),
	RINGS(RAM, 0x06c, "INSTDONE", 0xffffffff, NONE),
	RINGS(RAM, 0x070, "INSTPS", 0, NONE),
	RINGS(HOOK, 0x074, "ACTHD", 0, ring_read_acthd, NULL, 0),
	RINGS(HOOK, 0x078, "DMA_FADD", 0, ring_read_dma_fadd, NULL, 0),
	RINGS(RAM, 0x098, "HWSTAM", 0xffffffff, NONE),
	RINGS(MASKED, 0x09c, "MI_MODE", 0, ring_read_mi_mode, ring_write_mi_mode, 0),
	RINGS(RAM, 0x0a8, "IMR", 0xffffffff, NONE),
	RINGS(W1C, 0x0b0, "EIR", NULL),
	RINGS(RAM, 0x0b4, "EMR", 0xffffffff, NONE),
	RINGS(RAM, 0x0b8, "ESR", 0, NONE),
	RINGS(MASKED, 0x0c0, "INSTPM", 0, NULL, ring_write_instpm, 0),
	RINGS(HOOK, 0x110, "BB_STATE", 0, ring_read_bb_state, NULL, 0),
	RINGS(HOOK, 0x140, "BBADDR", 0, ring_read_bbaddr, NULL, 0),
	RINGS(RAM, 0x180, "CCID", 0, NONE),
	RINGS(RAM, 0x220, "PP_DIR_DCLV", 0, NONE),
	RINGS(RAM, 0x228, "PP_DIR_BASE", 0, NULL, gtt_write_pp_dir_base, 0),
	RINGS(MASKED, 0x29c, "GFX_MODE", 0, NONE),
	RINGS(HOOK, 0x358, "TIMESTAMP", 0, ring_read_timestamp, NULL, 2),
	RAM(0x020a0, "FF_THREAD_MODE", 0, NONE),
	MASKED(0x02084, "3D_CHICKEN", 0, NONE),
	MASKED(0x0208c, "3D_CHICKEN2", 0, NONE),
	MASKED(0x02090, "3D_CHICKEN3", 0, NONE),
	MASKED(0x020e0, "MI_DISPLAY_POWER_DOWN", 0, NONE),
	MASKED(0x020e4, "MI_ARB_STATE", 0, NONE),
	MASKED(0x02120, "CACHE_MODE_0_GEN6", 0, NONE),
	MASKED(0x021d0, "ECOSKPD", 0, NONE),
	MASKED(0x22200, "BCS_SWCTRL", 0, NONE),
	RAM(0x04080, "RCS_HWS_PGA", 0, NULL, ring_write_hws, 0),
	RAM(0x04180, "VCS_HWS_PGA", 0, NULL, ring_write_hws, 0),
	RAM(0x04280, "BCS_HWS_PGA", 0, NULL, ring_write_hws, 0),
	RAM(0x04380, "VECS_HWS_PGA", 0, NULL, ring_write_hws, 0),

	/* Arbiter and render cache controls; the driver reads them back. */
	MASKED(0x04030, "ARB_MODE", 0, NONE),
	RAM(0x04090, "GAM_ECOCHK", 0, NONE),
	RAM(0x04094, "RCS_FAULT", 0, NONE),
	RAM(0x04194, "VCS_FAULT", 0, NONE),
	RAM(0x04294, "BCS_FAULT", 0, NONE),
	RAM(0x04394, "VECS_FAULT", 0, NONE),
	RAM(0x040a0, "DONE_REG", 0, NONE),
	MASKED(0x07000, "CACHE_MODE_0", 0, NONE),
	MASKED(0x07004, "CACHE_MODE_1", 0, NONE),
	MASKED(0x07008, "GT_MODE", 0, NONE),
	MASKED(0x07010, "COMMON_SLICE_CHICKEN1", 0, NONE),
	MASKED(0x07014, "COMMON_SLICE_CHICKEN2", 0, NONE),
	MASKED(0x07018, "HIZ_CHICKEN", 0, NONE),
	RAM(0x09030, "SQ_CHICKEN_MBCUNIT", 0, NONE),
	HOOK(0x0941c, "GDRST", 0, NULL, reset_write_gdrst, 0),
	RAM(0x0b01c, "L3CNTLREG1", 0, NONE),
	RAM(0x0b020, "L3CNTLREG2", 0, NONE),
	RAM(0x0b024, "L3CNTLREG3", 0, NONE),
	RAM(0x0b038, "SCRATCH1", 0, NONE),
	MASKED(0x0e100, "HALF_SLICE_CHICKEN1", 0, NONE),
	MASKED(0x0e180, "HALF_SLICE_CHICKEN2", 0, NONE),
	MASKED(0x0e184, "HALF_SLICE_CHICKEN3", 0, NONE),
	MASKED(0x0e188, "SAMPLER_MODE", 0, NONE),
	MASKED(0x0e49c, "ROW_CHICKEN3", 0, NONE),
	MASKED(0x0e4f0, "ROW_CHICKEN", 0, NONE),
	MASKED(0x0e4f4, "ROW_CHICKEN2", 0, NONE),
	RAM(0x14090, "GAC_ECO_BITS", 0, NONE),
	RAM(0x24000, "GAB_CTL", 0, NONE),

	/* Power. */
	RAM(RPNSWREQ, "RPNSWREQ", 0, NONE),
	HOOK(0x0a01c, "RPSTAT1", 0, read_rpstat, NULL, 0),
	RAM(0x0a090, "RC_CONTROL", 0, NONE),
	RAM(0x0a168, "PMINTRMSK", 0, NONE),
	RAM(0x0a180, "ECOBUS", 0, NONE),
	MASKED(0x0a188, "FORCEWAKE_MT", 0, NULL, write_forcewake, 0),
	RO(FORCEWAKE_ACK, "FORCEWAKE_ACK", 0),
	W1C(0x120000, "GTFIFODBG", NULL),
	RO(0x120008, "GTFIFOCTL", 0x40),		/* free entries */
	RO(0x120010, "EDRAM_CAP", 0),
	RO(0x13805c, "GT_THREAD_STATUS", 0),
	HOOK(0x138108, "GFX_RC6", 0, read_rc6, NULL, 0),
	HOOK(0x138124, "PCODE_MAILBOX", 0, NULL, write_pcode, 0),
	RAM(0x138128, "PCODE_DATA", 0, NONE),
	RAM(0x13812c, "PCODE_DATA1", 0, NONE),
	RAM(PWR_WELL_CTL, "PWR_WELL_CTL", 0, NULL, write_power_well, 4),
	HOOK(0x130040, "LCPLL_CTL", LCPLL_LOCK, NULL, write_lcpll, 0),

	/* Memory controller mirror. */
	RO(0x145004, "MAD_DIMM_C0", 0x8),	/* unequal channels: */
	RO(0x145008, "MAD_DIMM_C1", 0),		/* no bit 6 swizzling */
	RO(0x145998, "RP_STATE_CAP", RP_MIN << 16 | 0x0d00 | RP_MAX),	/* 350 to 1200 MHz */
	RO(0x145d10, "SSKPD_LOW", 0x05a24040),	/* watermark latencies: */
	RO(0x145d14, "SSKPD_HIGH", 0x140000a0),	/* 2, 2, 18, 45, 80 us */
	RO(0x145e04, "DCLK", 6),

	/* Display: fused off. */
	RO(0x42014, "FUSE_STRAP", BIT(30)),
	RO(0xc2014, "SFUSE_STRAP", BIT(13) | BIT(7)),
	W1C(0x42300, "FPGA_DBG", NULL),
	RO(0x78000, "PIPE_EDP_FRMCNT", 0),
	HOOK(0xc6008, "SBI_CTL_STAT", 0, NULL, write_sbi, 0),

	/* Interrupts. */
	RO(0x44000, "DEISR", 0),
	RAM(0x44004, "DEIMR", 0xffffffff, NONE),
	W1C(0x44008, "DEIIR", irq_write),
	RAM(0x4400c, "DEIER", 0, NULL, irq_write, 0),
	RO(0x44010, "GTISR", 0),
	RAM(0x44014, "GTIMR", 0xffffffff, NONE),
	W1C(0x44018, "GTIIR", irq_write),
	RAM(0x4401c, "GTIER", 0, NULL, irq_write, 0),
	RO(0x44020, "PMISR", 0),
	RAM(0x44024, "PMIMR", 0xffffffff, NONE),
	W1C(0x44028, "PMIIR", irq_write),
	RAM(0x4402c, "PMIER", 0, NULL, irq_write, 0),
	RO(0xc4000, "SDEISR", 0),
	RAM(0xc4004, "SDEIMR", 0xffffffff, NONE),
	W1C(0xc4008, "SDEIIR", irq_write),
	RAM(0xc400c, "SDEIER", 0, NULL, irq_write, 0),
	W1C(0x44040, "ERR_INT", NULL),
	W1C(0xc4040, "SERR_INT", NULL),
	W1C(0x64838, "EDP_PSR_IIR", NULL),
	RAM(0x64834, "EDP_PSR_IMR", 0xffffffff, NONE),

	RAM(GFX_FLSH_CNTL, "GFX_FLSH_CNTL", 0, NULL, tlb_write_flsh_cntl, 0),

	/* Fences. */
	RAM(FENCE_REGS, "FENCE", 0, NULL, fence_write, 2 * NUM_FENCES),
};

const size_t reg_count = ARRAY_SIZE(reg_table);
