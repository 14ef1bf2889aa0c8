// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Limits and features are given when a disk is allocated. */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

struct gendisk *probe(struct blk_mq_tag_set *set);
struct gendisk *probe(struct blk_mq_tag_set *set)
{
	struct queue_limits lim = { .features = BLK_FEAT_WRITE_CACHE };

	return blk_mq_alloc_disk(set, &lim, NULL);
}
