/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * QEMU's educational device: the registers, as docs/specs/edu.rst of QEMU's
 * source describes them. One memory BAR of 1 MiB, big enough to hold what a
 * tutorial needs: a register that proves it is alive, a computation that
 * takes time, interrupts to raise and acknowledge, and a DMA engine.
 */
#ifndef TRIVET_HW_EDU_H
#define TRIVET_HW_EDU_H

#include <trivet/reg.h>

enum {
	EDU_VENDOR_ID = 0x1234,
	EDU_DEVICE_ID = 0x11e8,
	EDU_REVISION = 0x10,
	EDU_BAR = 0,
	EDU_BAR_LEN = 0x100000,
};

/*
 * Below 0x80 only 32-bit accesses; from there on 32 or 64 bits, where 32
 * clear the upper half.
 *
 *	name, offset, width, access, reset value, bits that exist, section
 */
#define EDU_REGS(REG)                                                      \
	REG(EDU_ID, 0x00, 32, RO, 0x010000ed, 0xffffffff, "edu.rst 0x00")  \
	REG(EDU_LIVENESS, 0x04, 32, RW, 0, 0xffffffff, "edu.rst 0x04")     \
	REG(EDU_FACTORIAL, 0x08, 32, RW, 0, 0xffffffff, "edu.rst 0x08")    \
	REG(EDU_STATUS, 0x20, 32, RW, 0, 0x81, "edu.rst 0x20")             \
	REG(EDU_IRQ_STATUS, 0x24, 32, RO, 0, 0xffffffff, "edu.rst 0x24")   \
	REG(EDU_IRQ_RAISE, 0x60, 32, WO, 0, 0xffffffff, "edu.rst 0x60")    \
	REG(EDU_IRQ_ACK, 0x64, 32, WO, 0, 0xffffffff, "edu.rst 0x64")      \
	REG(EDU_DMA_SRC, 0x80, 64, RW, 0, ~0ULL, "edu.rst 0x80")           \
	REG(EDU_DMA_SRC_32, 0x80, 32, RW, 0, 0xffffffff, "edu.rst 0x80")   \
	REG(EDU_DMA_DST, 0x88, 64, RW, 0, ~0ULL, "edu.rst 0x88")           \
	REG(EDU_DMA_DST_32, 0x88, 32, RW, 0, 0xffffffff, "edu.rst 0x88")   \
	REG(EDU_DMA_COUNT, 0x90, 64, RW, 0, ~0ULL, "edu.rst 0x90")         \
	REG(EDU_DMA_COUNT_32, 0x90, 32, RW, 0, 0xffffffff, "edu.rst 0x90") \
	REG(EDU_DMA_CMD, 0x98, 64, RW, 0, 0x7, "edu.rst 0x98")             \
	REG(EDU_DMA_CMD_32, 0x98, 32, RW, 0, 0x7, "edu.rst 0x98")

#define EDU_FIELDS(FIELD)                      \
	FIELD(EDU_ID, MAGIC, 0, 8)             \
	FIELD(EDU_ID, MINOR, 16, 8)            \
	FIELD(EDU_ID, MAJOR, 24, 8)            \
	FIELD(EDU_STATUS, COMPUTING, 0, 1)     \
	FIELD(EDU_STATUS, RAISE_IRQ, 7, 1)     \
	FIELD(EDU_IRQ_STATUS, FACTORIAL, 0, 1) \
	FIELD(EDU_IRQ_STATUS, DMA, 8, 1)       \
	FIELD(EDU_DMA_CMD, START, 0, 1)        \
	FIELD(EDU_DMA_CMD, TO_RAM, 1, 1)       \
	FIELD(EDU_DMA_CMD, RAISE_IRQ, 2, 1)

enum { EDU_REGS(TRV_REG_OFFSET) };
enum { EDU_FIELDS(TRV_REG_MASK) };

enum {
	EDU_ID_IS_EDU = 0xed, /* EDU_ID_MAGIC */
	/* The device's own memory: DMA goes from or to it, the CPU cannot see it. */
	EDU_BUF = 0x40000,
	EDU_BUF_LEN = 4096,
};

/* Unless told otherwise by QEMU's dma_mask property. */
#define EDU_DMA_MASK 0x0fffffffULL

#endif /* TRIVET_HW_EDU_H */
