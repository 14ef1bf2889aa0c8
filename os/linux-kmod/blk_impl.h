/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The block class on blk-mq. struct trv_req is the per-request area of a
 * struct request; accessors read the request itself. TRV_BLK_DRIVER()
 * instantiates the hot edge beside the driver's own functions, so that
 * queue_rq calls them directly.
 */
#ifndef TRIVET_KMOD_BLK_IMPL_H
#define TRIVET_KMOD_BLK_IMPL_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hrtimer.h>
#include <linux/scatterlist.h>

#include "kmod_probes.h"

/* What open() is given. */
#ifdef HAVE_BLK_OPEN_DISK
#define TRV_BLK_IOCTL_MODE blk_mode_t
#define TRV_BLK_OPEN_ARGS struct gendisk *gd, blk_mode_t mode
#define TRV_BLK_OPEN_DISK gd
#define TRV_BLK_OPEN_NONBLOCKING (mode & BLK_OPEN_NDELAY)
#define TRV_BLK_OPEN_WRITING (mode & BLK_OPEN_WRITE)
#else
#define TRV_BLK_IOCTL_MODE fmode_t
#define TRV_BLK_OPEN_ARGS struct block_device *bdev, fmode_t mode
#define TRV_BLK_OPEN_DISK bdev->bd_disk
#define TRV_BLK_OPEN_NONBLOCKING (mode & FMODE_NDELAY)
#define TRV_BLK_OPEN_WRITING (mode & FMODE_WRITE)
#endif

/** struct trv_blk_glue - what a driver's own translation unit lends the class */
struct trv_blk_glue {
	const struct blk_mq_ops *mq;
	const struct block_device_operations *fops;
};

/**
 * struct trv_blkq - one queue: a tag set, which its disks share
 * @lock:     serialises queue() and kick(); the driver completes under none of ours
 * @eh:       one timeout() at a time
 * @check:    one check_events() at a time, and none once a disk is going
 * @progress: counts requests that ended: is anything moving?
 * @out:      requests with the driver, where the queue is polled
 * @dead:     the device is gone: queue() is not called any more; under @lock
 * @poller:   calls poll() after @poll_ns, while requests are out and @eh does not forbid it
 */
struct trv_blkq {
	struct blk_mq_tag_set set;
	const struct trv_blk_ops *ops;
	struct trv_dev *dev;
	struct trv_blkq_params params;
	struct trv_dma_limits limits; /* as they were at init */
	u32 max_segs;
	void *priv;
	spinlock_t lock;
	struct mutex eh, check;
	u32 progress;
	atomic_t out;
	struct hrtimer poller;
	u32 poll_ns;
	bool poll_stopped;
	bool dead;
};

/**
 * struct trv_disk - one disk
 * @changed_ns: when its medium was changed last; what is older was meant for another one
 * @going:      no check_events() any more; under the queue's @check
 */
struct trv_disk {
	struct gendisk *gd;
	struct trv_blkq *q;
	struct trv_disk *next; /* of its device, by unit; task context only */
	struct trv_disk_info info;
	u8 block_shift; /* of info.block_size, less 9 */
	u64 changed_ns;
	bool going, deleted, frozen;
	int index;
	atomic_t errors, timeouts, requeues, late, refused, unmapped;
	void *priv;
};

/* trv_req.flags: who ends it was decided; it has been offered before. */
enum { TRV_REQ_TAKEN };

struct trv_req {
	unsigned long flags;
	blk_status_t status;
	u32 n_sg;    /* segments; 0: not mapped */
	u32 n_pages; /* what was mapped, before an IOMMU merged it */
	struct scatterlist *sg;
	struct bio *pio_bio; /* the next byte for trv_req_pio_*() */
	struct bvec_iter pio_iter;
	u32 pio_left;
	u32 refused_at; /* the queue's progress then */
	unsigned long refused_since;
	struct list_head claimed;
	unsigned long priv[];
};

struct trv_seg_iter {
	struct trv_seg seg;
	const struct scatterlist *sg; /* an array */
	u32 at, n;
};

static __always_inline struct request *trv_kmod_rq(const struct trv_req *req)
{
	return blk_mq_rq_from_pdu((void *)req);
}

TRV_BLK_HOT struct trv_disk *trv_req_disk(const struct trv_req *req)
{
	return trv_kmod_rq(req)->q->queuedata;
}

TRV_BLK_HOT enum trv_req_op trv_req_op(const struct trv_req *req)
{
	switch (req_op(trv_kmod_rq(req))) {
	case REQ_OP_READ:
		return TRV_REQ_READ;
	case REQ_OP_FLUSH:
		return TRV_REQ_FLUSH;
	case REQ_OP_DISCARD:
		return TRV_REQ_DISCARD;
	default:
		return TRV_REQ_WRITE;
	}
}

TRV_BLK_HOT bool trv_req_fua(const struct trv_req *req)
{
	return trv_kmod_rq(req)->cmd_flags & REQ_FUA;
}

TRV_BLK_HOT u64 trv_req_lba(const struct trv_req *req)
{
	return blk_rq_pos(trv_kmod_rq(req)) >> trv_req_disk(req)->block_shift;
}

TRV_BLK_HOT u32 trv_req_blocks(const struct trv_req *req)
{
	return blk_rq_sectors(trv_kmod_rq(req)) >> trv_req_disk(req)->block_shift;
}

TRV_BLK_HOT u32 trv_req_bytes(const struct trv_req *req)
{
	const struct request *rq = trv_kmod_rq(req);

	/* A DISCARD has a length, and no data. */
	return req_op(rq) == REQ_OP_DISCARD ? 0 : blk_rq_bytes(rq);
}

TRV_BLK_HOT u32 trv_req_tag(const struct trv_req *req)
{
	return (u32)trv_kmod_rq(req)->tag;
}

TRV_BLK_HOT void *trv_req_priv(struct trv_req *req)
{
	return req->priv;
}

TRV_BLK_HOT void *trv_blkq_priv(const struct trv_blkq *q)
{
	return q->priv;
}

TRV_BLK_HOT void *trv_disk_priv(const struct trv_disk *disk)
{
	return disk->priv;
}

TRV_BLK_HOT const struct trv_disk_info *trv_disk_info(const struct trv_disk *disk)
{
	return &disk->info;
}

TRV_BLK_HOT bool trv_req_next_seg(struct trv_seg_iter *it)
{
	const struct scatterlist *sg = &it->sg[it->at];

	if (it->at == it->n)
		return false;
	it->seg.addr = sg_dma_address(sg);
	it->seg.len = sg_dma_len(sg);
	it->at++;
	return true;
}

TRV_BLK_HOT bool trv_req_first_seg(struct trv_req *req, struct trv_seg_iter *it)
{
	it->sg = req->sg;
	it->at = 0;
	it->n = req->n_sg;
	return trv_req_next_seg(it);
}

blk_status_t trv_kmod_refused(struct trv_blkq *q, struct trv_req *req, int rc);
blk_status_t trv_kmod_stale(const struct trv_req *req);
void trv_kmod_poll_soon(struct trv_blkq *q);

DECLARE_TRACEPOINT(trivet_req_start);
void trv_kmod_trace_req_start(const struct trv_req *req) __cold;

/** trv_kmod_queue() - queue_rq with the driver's ops known at compile time */
static __always_inline blk_status_t trv_kmod_queue(struct blk_mq_hw_ctx *hctx,
						   const struct blk_mq_queue_data *bd,
						   const struct trv_blk_ops *ops)
{
	struct request *rq = bd->rq;
	struct trv_req *req = blk_mq_rq_to_pdu(rq);
	struct trv_disk *disk = rq->q->queuedata;
	struct trv_blkq *q = hctx->driver_data;
	unsigned long flags;
	int rc;

	if (unlikely(disk->changed_ns && rq->start_time_ns && rq->start_time_ns < disk->changed_ns))
		return trv_kmod_stale(req);
	if (!(rq->rq_flags & RQF_DONTPREP)) {
		rq->rq_flags |= RQF_DONTPREP;
		req->refused_since = 0;
	}
	req->flags = 0;
	req->n_sg = 0;
	req->pio_bio = rq->bio;
	if (rq->bio)
		req->pio_iter = rq->bio->bi_iter;
	req->pio_left = trv_req_bytes(req);
	if (q->params.req_priv_size)
		memset(req->priv, 0, q->params.req_priv_size);
	if (q->params.polled)
		atomic_inc(&q->out);

	spin_lock_irqsave(&q->lock, flags);
	rc = -ENODEV;
	if (likely(!q->dead)) {
		blk_mq_start_request(rq);
		if (tracepoint_enabled(trivet_req_start))
			trv_kmod_trace_req_start(req);
		rc = ops->queue(q, req);
	}
	if (unlikely(rc)) /* it is not the driver's: nobody takes it from him */
		set_bit(TRV_REQ_TAKEN, &req->flags);
	else if (bd->last && ops->kick)
		ops->kick(q);
	spin_unlock_irqrestore(&q->lock, flags);
	if (unlikely(rc))
		return trv_kmod_refused(q, req, rc);
	if (q->params.polled)
		trv_kmod_poll_soon(q);
	return BLK_STS_OK;
}

/** trv_kmod_kick() - commit_rqs: the batch ended before the request that was to be its last */
static __always_inline void trv_kmod_kick(struct blk_mq_hw_ctx *hctx, const struct trv_blk_ops *ops)
{
	struct trv_blkq *q = hctx->driver_data;
	unsigned long flags;

	if (!ops->kick)
		return;
	spin_lock_irqsave(&q->lock, flags);
	ops->kick(q);
	spin_unlock_irqrestore(&q->lock, flags);
}

void trv_kmod_complete(struct request *rq);
enum blk_eh_timer_return trv_kmod_timeout(struct request *rq);
int trv_kmod_init_hctx(struct blk_mq_hw_ctx *hctx, void *data, unsigned int index);
int trv_kmod_init_request(struct blk_mq_tag_set *set, struct request *rq, unsigned int index,
			  unsigned int node);
int trv_kmod_open(struct gendisk *gd, bool nonblocking, bool writing);
int trv_kmod_ioctl(struct gendisk *gd, unsigned int cmd, unsigned long arg);
unsigned int trv_kmod_check_events(struct gendisk *gd, unsigned int clearing);

#define TRV_BLK_DRIVER(drv, blk_ops)                                                             \
	static blk_status_t drv##_queue_rq(struct blk_mq_hw_ctx *hctx,                           \
					   const struct blk_mq_queue_data *bd)                   \
	{                                                                                        \
		static_assert(_Generic(&(blk_ops), const struct trv_blk_ops * : 1, default : 0), \
			      "TRV_BLK_DRIVER: ops is a const struct trv_blk_ops");              \
		return trv_kmod_queue(hctx, bd, &(blk_ops));                                     \
	}                                                                                        \
	static void drv##_commit_rqs(struct blk_mq_hw_ctx *hctx)                                 \
	{                                                                                        \
		trv_kmod_kick(hctx, &(blk_ops));                                                 \
	}                                                                                        \
	static const struct blk_mq_ops drv##_mq_ops = {                                          \
		.queue_rq = drv##_queue_rq,                                                      \
		.commit_rqs = drv##_commit_rqs,                                                  \
		.complete = trv_kmod_complete,                                                   \
		.timeout = trv_kmod_timeout,                                                     \
		.init_hctx = trv_kmod_init_hctx,                                                 \
		.init_request = trv_kmod_init_request,                                           \
	};                                                                                       \
	static int drv##_open(TRV_BLK_OPEN_ARGS)                                                 \
	{                                                                                        \
		return trv_kmod_open(TRV_BLK_OPEN_DISK, TRV_BLK_OPEN_NONBLOCKING,                \
				     TRV_BLK_OPEN_WRITING);                                      \
	}                                                                                        \
	static int drv##_ioctl(struct block_device *bdev, TRV_BLK_IOCTL_MODE mode,               \
			       unsigned int cmd, unsigned long arg)                              \
	{                                                                                        \
		return trv_kmod_ioctl(bdev->bd_disk, cmd, arg);                                  \
	}                                                                                        \
	static const struct block_device_operations drv##_fops = {                               \
		.owner = THIS_MODULE,                                                            \
		.open = drv##_open,                                                              \
		.ioctl = drv##_ioctl,                                                            \
		.compat_ioctl = blkdev_compat_ptr_ioctl,                                         \
		.check_events = trv_kmod_check_events,                                           \
	};                                                                                       \
	static const struct trv_blk_glue drv##_glue = { &drv##_mq_ops, &drv##_fops };            \
	TRV_KMOD_MODULE(drv, &drv##_glue)

#endif /* TRIVET_KMOD_BLK_IMPL_H */
