/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scenarios that drive IDE registers in bare hands (tests/checkers/ide_raw.h). */
#ifndef TRIVET_TESTS_HISTORY_RAW_H
#define TRIVET_TESTS_HISTORY_RAW_H

#include <tests/checkers/ide_raw.h>

#include "history.h"

/*
 * raw_begin() - bind, and bring all drives to where they are alike, unrecorded:
 * SRST, the fastest mode the controller has, 16 sectors per block of READ and
 * WRITE MULTIPLE, write cache on, of a CD drive nothing left to report, the
 * registers zero, primary device 0 selected. Recorded from there on.
 */
struct ide_raw *raw_begin(struct trv_dev *dev);
void raw_end(struct ide_raw *r);

/** raw_block() - the command block read, Status last */
void raw_block(struct ide_raw *r);
/** raw_mode() - SET FEATURES of a transfer mode, and the controller likewise; Status */
u8 raw_mode(struct ide_raw *r, u32 drive, u8 mode);
/** raw_show() - what is in the data buffer now, into the history */
void raw_show(struct ide_raw *r, u32 bytes);
/** raw_pattern() - and into it, @bytes that @seed tells from others */
void raw_pattern(struct ide_raw *r, u32 bytes, u32 seed);
/** raw_fill() - the same in plain memory */
void raw_fill(void *buf, u32 bytes, u32 seed);
/** raw_interrupted() - wait for the handler of this channel to have run @n times since raw_irqs() */
void raw_interrupted(struct ide_raw *r, u32 n);
/** raw_irqs() - attach handlers, and count from here */
void raw_irqs(struct ide_raw *r);

enum { RAW_DATA = 128 * ATA_SECTOR };
extern u8 raw_data[RAW_DATA];

#endif /* TRIVET_TESTS_HISTORY_RAW_H */
