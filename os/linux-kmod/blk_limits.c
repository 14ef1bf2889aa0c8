// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a disk and its device can do, in the block layer's words. */
#include <os/linux-kmod/blk.h>

static u32 sectors(const struct trv_disk *disk, u32 blocks)
{
	return min_t(u64, (u64)blocks << disk->block_shift, UINT_MAX >> SECTOR_SHIFT);
}

static u32 max_seg(const struct trv_blkq *q)
{
	const struct trv_dma_limits *lim = &q->limits;
	u32 most = lim->max_seg ?: UINT_MAX;

	return lim->align ? most & ~(lim->align - 1) : most;
}

static unsigned long boundary_mask(const struct trv_blkq *q)
{
	return q->limits.boundary ? q->limits.boundary - 1 : ULONG_MAX;
}

#ifdef HAVE_BLK_QUEUE_LIMITS

struct gendisk *kmod_disk_alloc(struct trv_blkq *q, struct trv_disk *disk)
{
	const struct trv_disk_info *info = &disk->info;
	struct queue_limits lim = {
		.logical_block_size = info->block_size,
		.physical_block_size = info->phys_block,
		.max_hw_sectors = sectors(disk, info->max_blocks),
		.max_segments = q->max_segs,
		.max_segment_size = max_seg(q),
		.seg_boundary_mask = boundary_mask(q),
		.dma_alignment = max(q->limits.align, 4U) - 1,
		.features = BLK_FEAT_ROTATIONAL,
	};

	if (info->flags & TRV_DISK_WRITE_CACHE)
		lim.features |= BLK_FEAT_WRITE_CACHE;
	if (info->flags & TRV_DISK_WRITE_CACHE && info->flags & TRV_DISK_FUA)
		lim.features |= BLK_FEAT_FUA;
	if (info->flags & TRV_DISK_DISCARD) {
		lim.max_hw_discard_sectors = sectors(disk, info->max_discard);
		lim.discard_granularity = info->phys_block;
	}
	return blk_mq_alloc_disk(&q->set, &lim, disk);
}

#else

struct gendisk *kmod_disk_alloc(struct trv_blkq *q, struct trv_disk *disk)
{
	const struct trv_disk_info *info = &disk->info;
	struct request_queue *rq;
	struct gendisk *gd;

	gd = blk_mq_alloc_disk(&q->set, disk);
	if (IS_ERR(gd))
		return gd;
	rq = gd->queue;
	blk_queue_logical_block_size(rq, info->block_size);
	blk_queue_physical_block_size(rq, info->phys_block);
	blk_queue_max_hw_sectors(rq, sectors(disk, info->max_blocks));
	blk_queue_max_segments(rq, q->max_segs);
	blk_queue_max_segment_size(rq, max_seg(q));
	blk_queue_segment_boundary(rq, boundary_mask(q));
	blk_queue_dma_alignment(rq, max(q->limits.align, 4U) - 1);
	blk_queue_write_cache(rq, info->flags & TRV_DISK_WRITE_CACHE,
			      info->flags & TRV_DISK_WRITE_CACHE && info->flags & TRV_DISK_FUA);
	if (info->flags & TRV_DISK_DISCARD) {
		blk_queue_max_discard_sectors(rq, sectors(disk, info->max_discard));
		rq->limits.discard_granularity = info->phys_block;
	}
	return gd;
}

#endif
