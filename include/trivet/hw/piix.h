/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * PCI IDE functions: programming interface, bus master registers, the PRD
 * table, and what PIIX3 and PIIX4 add in configuration space.
 *
 * "BMIDE" is SFF-8038i, Programming Interface for Bus Master IDE Controller
 * 1.0; "PIIX4" the Intel 82371AB datasheet, "PIIX3" the 82371FB/SB one; "PCI
 * IDE" the PCI IDE Controller Specification 1.0.
 */
#ifndef TRIVET_HW_PIIX_H
#define TRIVET_HW_PIIX_H

#include <trivet/reg.h>

enum {
	PIIX_VENDOR = 0x8086,
	PIIX_DEV_PIIX3 = 0x7010,
	PIIX_DEV_PIIX4 = 0x7111,
};

/* Base and sub class; the programming interface is not part of the match. */
enum {
	PCI_IDE_CLASS_MASK = 0xffff00,
};

/* Programming interface, the low byte of the class code (PCI IDE, Programming Interface). */
enum {
	PCI_IDE_PRIMARY_NATIVE = 0x01,
	PCI_IDE_PRIMARY_SWITCHABLE = 0x02, /* bit 0 may be written */
	PCI_IDE_SECONDARY_NATIVE = 0x04,
	PCI_IDE_SECONDARY_SWITCHABLE = 0x08,
	PCI_IDE_BUS_MASTER = 0x80,
};

/* BARs (PCI IDE). Primary command and control, secondary ones, bus master. */
enum {
	PCI_IDE_BAR_CMD = 0, /* + 2 * channel */
	PCI_IDE_BAR_CTL = 1, /* + 2 * channel */
	PCI_IDE_BAR_BM = 4,
	PCI_IDE_CHANNELS = 2,
	PCI_IDE_DRIVES = 2,
};

/* Bus master registers, in BAR 4; the secondary channel's BM_STRIDE further (BMIDE, PIIX4 5.2). */
#define BM_REGS(REG)                                                           \
	REG(BM_COMMAND, 0x0, 8, RW, 0, 0x09, "BMIDE, PIIX4 5.2.1 BMICX")       \
	REG(BM_STATUS, 0x2, 8, RW, 0, 0xe7, "BMIDE, PIIX4 5.2.2 BMISX")        \
	REG(BM_PRDT, 0x4, 32, RW, 0, 0xfffffffc, "BMIDE, PIIX4 5.2.3 BMIDTPX") \
	REG(BM_COMMAND1, 0x8, 8, RW, 0, 0x09, "BMIDE, PIIX4 5.2.1 BMICX")      \
	REG(BM_STATUS1, 0xa, 8, RW, 0, 0xe7, "BMIDE, PIIX4 5.2.2 BMISX")       \
	REG(BM_PRDT1, 0xc, 32, RW, 0, 0xfffffffc, "BMIDE, PIIX4 5.2.3 BMIDTPX")

#define BM_FIELDS_OF(FIELD, command, status) \
	FIELD(command, START, 0, 1)          \
	FIELD(command, TO_MEMORY, 3, 1)      \
	FIELD(status, ACTIVE, 0, 1)          \
	FIELD(status, ERROR, 1, 1)           \
	FIELD(status, INTR, 2, 1)            \
	FIELD(status, DMA0, 5, 1)            \
	FIELD(status, DMA1, 6, 1)            \
	FIELD(status, SIMPLEX, 7, 1)
#define BM_FIELDS(FIELD)                           \
	BM_FIELDS_OF(FIELD, BM_COMMAND, BM_STATUS) \
	BM_FIELDS_OF(FIELD, BM_COMMAND1, BM_STATUS1)

enum { BM_REGS(TRV_REG_OFFSET) BM_STRIDE = 8, BM_LEN = 16 };
enum { BM_FIELDS(TRV_REG_MASK) };
/*
 * BM_STATUS: ERROR and INTR are cleared by writing ones; ACTIVE is read-only
 * and written as zero; DMA0 and DMA1 belong to software and keep what is
 * written, so every write repeats them.
 */

/*
 * Physical region descriptor (BMIDE, Physical Region Descriptor): le32 address, even; le32 with the
 * byte count, even, in bits 15:1, 0 meaning 64 KiB, and EOT in bit 31. A
 * region does not cross a 64 KiB boundary; the table is 4-byte aligned and
 * does not cross one either.
 */
enum {
	PRD_BYTES = 8,
	PRD_ADDR = 0,
	PRD_COUNT = 4,
	PRD_COUNT_MASK = 0xfffe,
	PRD_MAX = 0x10000,
	PRD_BOUNDARY = 0x10000,
	PRD_ALIGN = 2,
	PRD_TABLE_ALIGN = 4,
	PRD_TABLE_MAX = 0x10000,
};
#define PRD_EOT 0x80000000u

/* Configuration space (PIIX3: IDETIM and SIDETIM only; PIIX4 5.1). */
#define PIIX_CFG_REGS(REG)                                                        \
	REG(PIIX_IDETIM0, 0x40, 16, RW, 0, 0xf3ff, "PIIX4 5.1 IDETIM, primary")   \
	REG(PIIX_IDETIM1, 0x42, 16, RW, 0, 0xf3ff, "PIIX4 5.1 IDETIM, secondary") \
	REG(PIIX_SIDETIM, 0x44, 8, RW, 0, 0xff, "PIIX4 5.1 SIDETIM")              \
	REG(PIIX_UDMACTL, 0x48, 8, RW, 0, 0x0f, "PIIX4 5.1 UDMACTL")              \
	REG(PIIX_UDMATIM, 0x4a, 16, RW, 0, 0x3333, "PIIX4 5.1 UDMATIM")

#define PIIX_CFG_FIELDS(FIELD)             \
	FIELD(PIIX_IDETIM0, DECODE, 15, 1) \
	FIELD(PIIX_IDETIM0, SITRE, 14, 1)  \
	FIELD(PIIX_IDETIM0, ISP, 12, 2)    \
	FIELD(PIIX_IDETIM0, RTC, 8, 2)     \
	FIELD(PIIX_IDETIM0, DTE1, 7, 1)    \
	FIELD(PIIX_IDETIM0, PPE1, 6, 1)    \
	FIELD(PIIX_IDETIM0, IE1, 5, 1)     \
	FIELD(PIIX_IDETIM0, TIME1, 4, 1)   \
	FIELD(PIIX_IDETIM0, DTE0, 3, 1)    \
	FIELD(PIIX_IDETIM0, PPE0, 2, 1)    \
	FIELD(PIIX_IDETIM0, IE0, 1, 1)     \
	FIELD(PIIX_IDETIM0, TIME0, 0, 1)   \
	FIELD(PIIX_SIDETIM, PRTC1, 0, 2)   \
	FIELD(PIIX_SIDETIM, PISP1, 2, 2)   \
	FIELD(PIIX_SIDETIM, SRTC1, 4, 2)   \
	FIELD(PIIX_SIDETIM, SISP1, 6, 2)   \
	FIELD(PIIX_UDMACTL, PSDE0, 0, 1)   \
	FIELD(PIIX_UDMACTL, PSDE1, 1, 1)   \
	FIELD(PIIX_UDMACTL, SSDE0, 2, 1)   \
	FIELD(PIIX_UDMACTL, SSDE1, 3, 1)   \
	FIELD(PIIX_UDMATIM, PCT0, 0, 2)    \
	FIELD(PIIX_UDMATIM, PCT1, 4, 2)    \
	FIELD(PIIX_UDMATIM, SCT0, 8, 2)    \
	FIELD(PIIX_UDMATIM, SCT1, 12, 2)

enum { PIIX_CFG_REGS(TRV_REG_OFFSET) };
enum { PIIX_CFG_FIELDS(TRV_REG_MASK) };
/* Drive 1 of a channel: IDETIM fields four bits up; UDMATIM a nibble per drive, UDMACTL a bit. */

/* IDETIM ISP and RTC count PCI clocks down (PIIX4 5.1): ISP 5, 4, 3, 2 and RTC 4, 3, 2, 1. */
enum {
	PIIX_UDMA_MAX = 2, /* UDMATIM cycle time 0, 1, 2 for Ultra DMA 0, 1, 2 */
};

#endif /* TRIVET_HW_PIIX_H */
