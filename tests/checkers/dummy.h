/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device for tests of the simulator itself: one register of every kind, an
 * engine that moves memory on command, and interrupts to order. No driver of
 * the product knows it.
 */
#ifndef TRIVET_TESTS_DUMMY_H
#define TRIVET_TESTS_DUMMY_H

#include <trivet/reg.h>

struct trv_dev;

#define DUMMY_VENDOR 0x1234
#define DUMMY_DEVICE 0xd000
#define DUMMY_CLASS 0x00ff00

enum { DUMMY_BAR_MEM = 0, DUMMY_BAR_PORT = 1, DUMMY_MEM_SIZE = 4096, DUMMY_PORT_SIZE = 16 };

/* Bytes in the device's own memory, which the DMA engine fills and empties. */
#define DUMMY_BUF 65536

#define DUMMY_REGS(REG)                                                                       \
	REG(DUMMY_ID, 0x00, 32, RO, 0xd000cafe, 0xffffffff, "dummy 1")                        \
	REG(DUMMY_SCRATCH, 0x04, 32, RW, 0, 0xffffffff, "dummy 1")                            \
	REG(DUMMY_SCRATCH8, 0x08, 8, RW, 0, 0xff, "dummy 1")                                  \
	REG(DUMMY_SCRATCH16, 0x0a, 16, RW, 0, 0xffff, "dummy 1")                              \
	REG(DUMMY_SCRATCH64, 0x10, 64, RW, 0, ~0ULL, "dummy 1")                               \
	REG(DUMMY_TRIGGER, 0x18, 32, WO, 0, 0xffffffff, "dummy 1: counts what is written")    \
	REG(DUMMY_COUNT, 0x1c, 32, RC, 0, 0xffffffff, "dummy 1: triggers since the last read") \
	REG(DUMMY_HALF, 0x20, 32, RW, 0, 0x0000ffff, "dummy 1: upper half reserved")          \
	REG(DUMMY_FIFO, 0x24, 32, RX, 0, 0xffffffff, "dummy 1: 1, 2, 3, ...")                 \
	REG(DUMMY_IRQ_STATUS, 0x30, 32, W1C, 0, 0xff, "dummy 2")                              \
	REG(DUMMY_IRQ_MASK, 0x34, 32, RW, 0, 0xff, "dummy 2: one enables")                    \
	REG(DUMMY_IRQ_RAISE, 0x38, 32, WO, 0, 0xff, "dummy 2: sets status bits")              \
	REG(DUMMY_DMA_ADDR, 0x40, 64, RW, 0, ~0ULL, "dummy 3")                                \
	REG(DUMMY_DMA_LEN, 0x48, 32, RW, 0, 0x0001ffff, "dummy 3")                            \
	REG(DUMMY_DMA_CMD, 0x4c, 32, WO, 0, 0x0000000f, "dummy 3")                            \
	REG(DUMMY_DMA_STATUS, 0x50, 32, RO, 0, 0x00000007, "dummy 3")
#define DUMMY_FIELDS(FIELD)                     \
	FIELD(DUMMY_IRQ_STATUS, SOFT, 0, 7)     \
	FIELD(DUMMY_IRQ_STATUS, DMA, 7, 1)      \
	FIELD(DUMMY_DMA_CMD, READ, 0, 1)        \
	FIELD(DUMMY_DMA_CMD, WRITE, 1, 1)       \
	FIELD(DUMMY_DMA_CMD, IRQ, 2, 1)         \
	FIELD(DUMMY_DMA_CMD, LATER, 3, 1)       \
	FIELD(DUMMY_DMA_STATUS, BUSY, 0, 1)     \
	FIELD(DUMMY_DMA_STATUS, DONE, 1, 1)     \
	FIELD(DUMMY_DMA_STATUS, ERROR, 2, 1)

#define DUMMY_PORTS(REG)                                                          \
	REG(DUMMY_PORT_SCRATCH8, 0x0, 8, RW, 0, 0xff, "dummy 4")                  \
	REG(DUMMY_PORT_DATA, 0x2, 16, RX, 0, 0xffff, "dummy 4: the device's memory") \
	REG(DUMMY_PORT_SCRATCH32, 0x4, 32, RW, 0, 0xffffffff, "dummy 4")          \
	REG(DUMMY_PORT_POS, 0x8, 32, RW, 0, 0x0000ffff, "dummy 4: where the data port is")
#define DUMMY_PORT_FIELDS(FIELD) FIELD(DUMMY_PORT_POS, BYTE, 0, 16)

enum { DUMMY_REGS(TRV_REG_OFFSET) };
enum { DUMMY_FIELDS(TRV_REG_MASK) };
enum { DUMMY_PORTS(TRV_REG_OFFSET) };
enum { DUMMY_PORT_FIELDS(TRV_REG_MASK) };

/* How long a DMA with the LATER bit takes. */
#define DUMMY_DMA_NS 10000

/** dummy_buf() - the device's own memory, for tests */
u8 *dummy_buf(struct trv_dev *dev);

#endif /* TRIVET_TESTS_DUMMY_H */
