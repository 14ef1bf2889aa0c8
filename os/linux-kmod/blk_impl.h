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
#include <linux/scatterlist.h>

/** struct trv_blk_glue - what a driver's own translation unit lends the class */
struct trv_blk_glue {
	const struct trv_blk_ops *ops;
	const struct blk_mq_ops *mq;
};

struct trv_blkq {
	struct blk_mq_tag_set set;
	const struct trv_blk_ops *ops;
	struct trv_dev *dev;
	struct trv_blkq_params params;
	struct trv_spin lock; /* serialises queue() and kick() */
	void *priv;
};

struct trv_disk {
	struct gendisk *gd;
	struct trv_blkq *q;
	struct trv_disk_info info;
	u8 block_shift; /* of info.block_size, less 9 */
	void *priv;
};

struct trv_req {
	unsigned long claimed; /* bit 0: the winner between completion, time-out, removal */
	struct scatterlist *sg;
	u32 n_sg; /* 0: not mapped */
	u32 pio_done;
	unsigned long priv[];
};

struct trv_seg_iter {
	struct trv_seg seg;
	struct scatterlist *sg;
	u32 left;
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
	return blk_rq_payload_bytes(trv_kmod_rq(req));
}

TRV_BLK_HOT u32 trv_req_tag(const struct trv_req *req)
{
	return trv_kmod_rq(req)->tag;
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
	if (!it->left)
		return false;
	it->seg.addr = sg_dma_address(it->sg);
	it->seg.len = sg_dma_len(it->sg);
	it->sg = sg_next(it->sg);
	it->left--;
	return true;
}

TRV_BLK_HOT bool trv_req_first_seg(struct trv_req *req, struct trv_seg_iter *it)
{
	it->sg = req->sg;
	it->left = req->n_sg;
	return trv_req_next_seg(it);
}

/** trv_kmod_queue() - queue_rq with the driver's ops known at compile time */
static __always_inline blk_status_t trv_kmod_queue(struct blk_mq_hw_ctx *hctx,
						   const struct blk_mq_queue_data *bd,
						   const struct trv_blk_ops *ops)
{
	struct trv_req *req = blk_mq_rq_to_pdu(bd->rq);
	struct trv_blkq *q = hctx->queue->tag_set->driver_data;
	unsigned long flags;
	int rc;

	req->claimed = 0;
	req->n_sg = 0;
	req->pio_done = 0;
	memset(req->priv, 0, q->params.req_priv_size);
	blk_mq_start_request(bd->rq);
	flags = trv_spin_lock_irqsave(&q->lock);
	rc = ops->queue(q, req);
	if (!rc && bd->last && ops->kick)
		ops->kick(q);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	if (likely(!rc))
		return BLK_STS_OK;
	return rc == -EBUSY ? BLK_STS_DEV_RESOURCE : errno_to_blk_status(rc);
}

int trv_kmod_register_blk(const struct trv_driver *drv, const struct trv_blk_glue *glue,
			  struct module *owner);
enum blk_eh_timer_return trv_kmod_blk_timeout(struct request *rq);

#define TRV_BLK_DRIVER(drv, blk_ops)                                                 \
	static blk_status_t drv##_queue_rq(struct blk_mq_hw_ctx *hctx,               \
					   const struct blk_mq_queue_data *bd)       \
	{                                                                            \
		return trv_kmod_queue(hctx, bd, &(blk_ops));                         \
	}                                                                            \
	static const struct blk_mq_ops drv##_mq_ops = {                              \
		.queue_rq = drv##_queue_rq,                                          \
	};                                                                           \
	static const struct trv_blk_glue drv##_glue = { &(blk_ops), &drv##_mq_ops }; \
	static int __init drv##_init(void)                                           \
	{                                                                            \
		return trv_kmod_register_blk(&(drv), &drv##_glue, THIS_MODULE);      \
	}                                                                            \
	module_init(drv##_init);                                                     \
	static void __exit drv##_exit(void)                                          \
	{                                                                            \
		trv_kmod_unregister(&(drv));                                         \
	}                                                                            \
	module_exit(drv##_exit);                                                     \
	MODULE_LICENSE("Dual BSD/GPL")

#endif /* TRIVET_KMOD_BLK_IMPL_H */
