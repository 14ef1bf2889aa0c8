// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/blkdev.h>

bool probe(struct block_device *bdev);
bool probe(struct block_device *bdev)
{
	return bdev_check_media_change(bdev);
}
