/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A disk without a medium on the dummy device: a request is an interrupt that the device raises
 * at itself. It goes wrong on demand, in ways that show later and elsewhere.
 */
#ifndef TRIVET_CHECKERS_TOLD_DRV_H
#define TRIVET_CHECKERS_TOLD_DRV_H

#include <trivet/blk.h>
#include <trivet/disk.h>

enum { TOLD_BLOCKS = 8, TOLD_BLOCK = 512 };

/**
 * struct told - one disk
 * @asleep:    between suspend() and resume()
 * @forgetful: resume() does not take that back
 * @deaf:      the handler does not complete the request
 * @slow:      check_events() waits 30 ms for nothing
 * @broken:    requests fail, in a work function
 * @unlocked:  it completes them behind its mutex
 */
struct told {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_blkq q;
	struct trv_disk disk;
	struct trv_mutex setup;
	struct trv_work work;
	struct trv_req *req;
	bool asleep, forgetful, deaf, slow, broken, unlocked;
};

extern const struct trv_driver told_driver;

#endif /* TRIVET_CHECKERS_TOLD_DRV_H */
