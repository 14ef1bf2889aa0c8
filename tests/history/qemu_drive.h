/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What QEMU's drives are, in the words of our models: names, features, and
 * which of the ways the standards leave open they go.
 */
#ifndef TRIVET_TESTS_HISTORY_QEMU_DRIVE_H
#define TRIVET_TESTS_HISTORY_QEMU_DRIVE_H

struct trv_dev;

/** qemu_drive() - drive @i, if there is one, becomes QEMU's; and what is silent on its channel */
void qemu_drive(struct trv_dev *dev, u32 i);
/** qemu_firmware() - configuration space is as QEMU leaves it: no firmware has run */
void qemu_firmware(struct trv_dev *dev);

#endif /* TRIVET_TESTS_HISTORY_QEMU_DRIVE_H */
