/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A disk of 8 blocks in the driver's own memory, on the dummy device. Its
 * queue() is wrong in one way (_trips) or right (_clean), for the findings
 * that a class, a scenario or the processor makes.
 */
#ifndef TRIVET_CHECKERS_CLASS_DRV_H
#define TRIVET_CHECKERS_CLASS_DRV_H

#include <trivet/blk.h>
#include <trivet/disk.h>

enum { CLASS_BLOCKS = 8, CLASS_BLOCK = 512 };

struct class_disk {
	struct trv_dev *dev;
	struct trv_port port;
	struct trv_blkq q;
	struct trv_disk disk;
	u32 sectors; /* moved so far */
};

extern const struct trv_driver class_twice_trips, class_twice_clean;
extern const struct trv_driver class_data_trips, class_data_clean;
extern const struct trv_driver class_count_trips, class_count_clean;
extern const struct trv_driver class_crash_trips, class_crash_clean;

#endif /* TRIVET_CHECKERS_CLASS_DRV_H */
