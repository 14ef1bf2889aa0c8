// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* open() is given the disk, not a block device. */
#include <linux/blkdev.h>

static int probe_open(struct gendisk *gd, blk_mode_t mode)
{
	return mode & BLK_OPEN_NDELAY ? 0 : -ENXIO;
}

const struct block_device_operations probe = { .open = probe_open };
