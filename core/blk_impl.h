/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The block class of the legs that bring none of their own: the simulator and
 * the Linux process. Here are the objects a driver holds by value and the
 * accessors it calls in its hot path; everything else links.
 */
#ifndef TRIVET_CORE_BLK_IMPL_H
#define TRIVET_CORE_BLK_IMPL_H

struct trv_io;

enum { TRV_BLKQ_SIZES = 2 * 17 }; /* of requests on a polled queue: reads or not, powers of 2 */

/**
 * struct trv_blkq - one queue: what a driver takes requests from
 *
 * @lock covers every field from @pumping on, the changing fields of the
 * queue's disks and the state of its requests. It is a leaf: no driver or
 * application code runs under it.
 */
struct trv_blkq {
	struct trv_dev *dev;
	const struct trv_blk_ops *ops;
	void *priv;
	struct trv_blkq_params params;
	struct trv_dma_limits limits; /* as they were at init */
	u32 seg_len;		      /* longest segment that meets them, 0: any */
	u32 max_segs;		      /* and so of every request */

	struct trv_req *reqs; /* params.depth of them; the arrays below are shared out */
	void *privs;
	size_t priv_stride;
	struct trv_vec *pieces;
	struct trv_dma_map *maps;
	struct trv_seg *segs;

	struct trv_mutex eh;	 /* one timeout() at a time */
	struct trv_mutex check;	 /* one check_events() at a time */
	struct trv_work work;	 /* claims what is overdue */
	struct trv_timer timer;	 /* next deadline or retry */
	struct trv_timer poller; /* next poll() */
	struct trv_event quiet;	 /* paused, and nothing with the driver */

	struct trv_spin lock;
	bool pumping;  /* somebody is in the dispatch loop, and will see every change */
	bool busy;     /* queue() said -EBUSY: wait for a completion or trv_blkq_run() */
	bool paused;   /* suspended */
	bool dead;     /* device gone or driver going: nothing is offered any more */
	bool polling;  /* somebody is in poll() */
	bool armed;    /* the poller will run */
	u32 out;       /* requests with the driver, and calls of check_events() */
	u32 wakeups;   /* completions and runs: did one come during queue()? */
	u32 retired;   /* requests that ended: is there progress? */
	u32 poll_us;   /* pause between poll() calls once it should be over */
	u32 poll_size; /* class of the last request offered */
	u32 looks;     /* poll() calls since then that found nothing */
	u64 poll_from; /* when that was */
	u64 poll_last; /* when one was over */
	u64 poll_due;  /* when the poller will run */
	u32 poll_mean[TRV_BLKQ_SIZES]; /* how many microseconds each class takes; 0: nobody knows */
	u32 retry_us;		       /* and before the next retry */
	u64 timer_due;		       /* 0: not armed */
	u64 retry_due;		       /* 0: no retry needed */
	struct trv_req *free;
	struct trv_req *held, **held_tail; /* refused or requeued: offered first */
	struct trv_io *done, **done_tail;  /* finished: done() is still to be called */
	struct trv_disk *disks;		   /* ring; @disks has its turn */
};

/** struct trv_disk_counts - behind trv_disk_stats() */
struct trv_disk_counts {
	u64 ios[4];
	u64 bytes[4];
	u64 requests, errors, timeouts, requeues, late;
};

/** struct trv_disk - one disk. Changing fields under its queue's lock. */
struct trv_disk {
	struct trv_blkq *q;
	void *priv;
	struct trv_disk_info info;
	struct trv_disk *dev_next; /* of its device, by unit; task context only */
	struct trv_disk *q_next;   /* ring of its queue */
	struct trv_event idle;	   /* going, and no reference left */

	bool going;			  /* no new requests */
	u32 refs;			  /* operations under way and calls inside the class */
	u32 tags;			  /* requests it has, held ones too */
	struct trv_io *wait, **wait_tail; /* submitted, not wholly in requests yet */
	struct trv_io *sync, **sync_tail; /* written, to be followed by a FLUSH */
	u32 cut_blocks;			  /* of the first in @wait: blocks already in requests, */
	u32 cut_vec, cut_skip;		  /* and where its data go on */
	struct trv_disk_counts n;
};

/** struct trv_req - one request: a run of blocks of one operation */
struct trv_req {
	struct trv_blkq *q;
	struct trv_disk *disk;
	struct trv_io *io;
	struct trv_req *next; /* in the free or held list */
	void *priv;
	u32 tag;
	u32 state; /* enum trv_req_state; under the queue's lock */
	enum trv_req_op op;
	bool fua;
	u64 lba;
	u32 blocks;
	u32 bytes;
	u64 deadline;
	u64 refused; /* since when, nothing being under way that could end it; 0: it is not */

	const struct trv_vec *vec; /* the data begin @skip bytes into it */
	u32 skip;
	const struct trv_vec *pio_vec; /* the next byte for trv_req_pio_*() */
	u32 pio_skip;
	u32 pio_left;

	struct trv_vec *pieces; /* the queue's max_segs of each */
	struct trv_dma_map *maps;
	struct trv_seg *segs;
	u32 n_maps; /* not 0: mapped. Taken by trv_xchg(), so that one caller unmaps. */
	u32 n_segs;
};

struct trv_seg_iter {
	struct trv_seg seg;
	const struct trv_req *req;
	u32 i;
};

/*
 * Inline wherever they are called; the one out-of-line copy that a pointer to
 * them needs is in blk_req.c, which defines TRV_BLK_INLINE as nothing.
 */
#ifndef TRV_BLK_INLINE
#define TRV_BLK_INLINE extern inline __attribute__((gnu_inline, always_inline))
#endif

TRV_BLK_INLINE void *trv_blkq_priv(const struct trv_blkq *q)
{
	return q->priv;
}

TRV_BLK_INLINE void *trv_disk_priv(const struct trv_disk *disk)
{
	return disk->priv;
}

TRV_BLK_INLINE const struct trv_disk_info *trv_disk_info(const struct trv_disk *disk)
{
	return &disk->info;
}

TRV_BLK_INLINE enum trv_req_op trv_req_op(const struct trv_req *req)
{
	return req->op;
}

TRV_BLK_INLINE bool trv_req_fua(const struct trv_req *req)
{
	return req->fua;
}

TRV_BLK_INLINE u64 trv_req_lba(const struct trv_req *req)
{
	return req->lba;
}

TRV_BLK_INLINE u32 trv_req_blocks(const struct trv_req *req)
{
	return req->blocks;
}

TRV_BLK_INLINE u32 trv_req_bytes(const struct trv_req *req)
{
	return req->bytes;
}

TRV_BLK_INLINE u32 trv_req_tag(const struct trv_req *req)
{
	return req->tag;
}

TRV_BLK_INLINE struct trv_disk *trv_req_disk(const struct trv_req *req)
{
	return req->disk;
}

TRV_BLK_INLINE void *trv_req_priv(struct trv_req *req)
{
	return req->priv;
}

TRV_BLK_INLINE u32 trv_req_pio_left(const struct trv_req *req)
{
	return req->pio_left;
}

TRV_BLK_INLINE bool trv_req_first_seg(struct trv_req *req, struct trv_seg_iter *it)
{
	it->req = req;
	it->i = 0;
	if (!req->n_segs)
		return false;
	it->seg = req->segs[0];
	return true;
}

TRV_BLK_INLINE bool trv_req_next_seg(struct trv_seg_iter *it)
{
	if (++it->i >= it->req->n_segs)
		return false;
	it->seg = it->req->segs[it->i];
	return true;
}

/* The queues carry the ops here; in the kernel they are compiled in. Both legs check the type. */
#define TRV_BLK_DRIVER(drv, ops)                                                      \
	_Static_assert(_Generic(&(ops), const struct trv_blk_ops * : 1, default : 0), \
		       "TRV_BLK_DRIVER: ops is a const struct trv_blk_ops");          \
	TRV_DRIVER(drv)

#endif /* TRIVET_CORE_BLK_IMPL_H */
