/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device that lives on a ring of descriptors in memory, as network and NVMe
 * devices do and the disks here do not. Its datasheet:
 *
 * 1. Registers. CTRL.ENABLE starts the device at descriptor 0 of BASE.
 * 2. CTRL.RESET takes 10 us, in which no register is touched, and leaves all
 *    registers at their reset values.
 * 3. A descriptor is 16 bytes, little-endian: address, length, flags. The host
 *    sets OWN last. DOORBELL, with any value, makes the device process
 *    descriptors with OWN, in order, until it finds one without.
 * 4. It adds one to each byte of the first half of the buffer, then writes how
 *    many that were as the length, with flags DONE.
 * 5. CAUSE.DONE says that a descriptor was finished, and is cleared by being
 *    read. The interrupt is CAUSE & MASK.
 */
#ifndef TRIVET_TESTS_RING_H
#define TRIVET_TESTS_RING_H

#include <trivet/reg.h>

enum { RING_BAR = 0, RING_BAR_LEN = 64, RING_RESET_NS = 10000 };

#define RING_REGS(REG)                                                      \
	REG(RING_CTRL, 0x00, 32, RW, 0, 0x00000003, "ring 1")               \
	REG(RING_BASE, 0x08, 64, RW, 0, ~0ULL, "ring 1")                    \
	REG(RING_DOORBELL, 0x10, 32, WO, 0, 0xffffffff, "ring 3")           \
	REG(RING_CAUSE, 0x14, 32, RC, 0, 0x00000001, "ring 5")              \
	REG(RING_MASK, 0x18, 32, RW, 0, 0x00000001, "ring 5: one enables")
#define RING_FIELDS(FIELD)              \
	FIELD(RING_CTRL, ENABLE, 0, 1)  \
	FIELD(RING_CTRL, RESET, 1, 1)   \
	FIELD(RING_CAUSE, DONE, 0, 1)

enum { RING_REGS(TRV_REG_OFFSET) };
enum { RING_FIELDS(TRV_REG_MASK) };

enum { RING_SLOTS = 4, RING_MOST = 64 };

struct ring_desc {
	__le64 addr;
	__le32 len;
	__le32 flags;
};
#define RING_OWN TRV_BIT(31)
#define RING_DONE TRV_BIT(30)

struct trv_dev;
/** ring_raise() - for tests: the device says that a descriptor was finished */
void ring_raise(struct trv_dev *dev);

#endif /* TRIVET_TESTS_RING_H */
