// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Queues: tags, turns, and the pump that offers requests and delivers what is
 * done. blk_core.h has the picture.
 */
#include <core/blk_core.h>

static size_t trv_blkq_priv_stride(u32 size)
{
	return TRV_ALIGN_UP((size_t)size, (size_t)16);
}

static void trv_blkq_free(struct trv_blkq *q)
{
	size_t depth = q->params.depth, segs = depth * q->max_segs;

	trv_free(q->dev, q->segs, segs * sizeof(*q->segs));
	trv_free(q->dev, q->maps, segs * sizeof(*q->maps));
	trv_free(q->dev, q->pieces, segs * sizeof(*q->pieces));
	trv_free(q->dev, q->privs, depth * q->priv_stride);
	trv_free(q->dev, q->reqs, depth * sizeof(*q->reqs));
}

/* Everything a request ever needs, now: nothing is allocated on the way to the device. */
static int trv_blkq_alloc(struct trv_blkq *q)
{
	size_t depth = q->params.depth, segs = depth * q->max_segs;
	struct trv_req *req;

	q->reqs = trv_alloc_array(q->dev, depth, sizeof(*q->reqs), TRV_SLEEP);
	if (q->priv_stride)
		q->privs = trv_alloc_array(q->dev, depth, q->priv_stride, TRV_SLEEP);
	q->pieces = trv_alloc_array(q->dev, segs, sizeof(*q->pieces), TRV_SLEEP);
	q->maps = trv_alloc_array(q->dev, segs, sizeof(*q->maps), TRV_SLEEP);
	q->segs = trv_alloc_array(q->dev, segs, sizeof(*q->segs), TRV_SLEEP);
	if (!q->reqs || (q->priv_stride && !q->privs) || !q->pieces || !q->maps || !q->segs) {
		trv_blkq_free(q);
		return -ENOMEM;
	}

	for (u32 tag = q->params.depth; tag-- > 0;) {
		req = &q->reqs[tag];
		req->q = q;
		req->tag = tag;
		req->state = TRV_REQ_FREE;
		req->priv = q->privs ? (char *)q->privs + tag * q->priv_stride : NULL;
		req->pieces = q->pieces + (size_t)tag * q->max_segs;
		req->maps = q->maps + (size_t)tag * q->max_segs;
		req->segs = q->segs + (size_t)tag * q->max_segs;
		req->next = q->free;
		q->free = req;
	}
	return 0;
}

int trv_blkq_init(struct trv_dev *dev, struct trv_blkq *q, const struct trv_blk_ops *ops,
		  const struct trv_blkq_params *params, void *priv)
{
	int rc;

	if (!ops->queue || !ops->timeout || (params->polled && !ops->poll) || !params->name)
		return -EINVAL;
	if (!params->depth || params->depth > TRV_BLKQ_MAX_DEPTH)
		return -EINVAL;

	trv_memset(q, 0, sizeof(*q));
	q->dev = dev;
	q->ops = ops;
	q->priv = priv;
	q->params = *params;
	q->limits = *trv_dev_dma_limits(dev);
	q->max_segs = trv_min(q->limits.max_segs ? q->limits.max_segs : TRV_BLKQ_DEF_SEGS,
			      TRV_BLKQ_MAX_SEGS);
	q->seg_len = q->limits.max_seg & ~(trv_max(q->limits.align, 1U) - 1);
	q->priv_stride = trv_blkq_priv_stride(params->req_priv_size);
	q->held_tail = &q->held;
	q->done_tail = &q->done;
	q->poll_us = TRV_BLKQ_POLL_MIN_US;
	q->retry_us = TRV_BLKQ_RETRY_US;

	rc = trv_blkq_alloc(q);
	if (rc)
		return rc;

	trv_spin_init(&q->lock, "blkq");
	trv_mutex_init(&q->eh, "blkq timeout");
	trv_mutex_init(&q->check, "blkq check");
	trv_event_init(&q->quiet);
	trv_work_init(dev, &q->work, trv_blkq_work, q);
	trv_timer_init(dev, &q->timer, trv_blkq_timer, q);
	trv_timer_init(dev, &q->poller, trv_blkq_poller, q);
	return 0;
}

void trv_blkq_destroy(struct trv_blkq *q)
{
	if (q->disks) {
		trv_check_misuse(q->dev, "queue %s destroyed with disk %u on it", q->params.name,
				 q->disks->info.unit);
		return;
	}
	/* No disk, no request: none of these starts another any more. */
	trv_timer_cancel_sync(&q->timer);
	trv_timer_cancel_sync(&q->poller);
	trv_work_cancel_sync(&q->work);
	trv_blkq_free(q);
}

/* ---- requests on their way back ------------------------------------------ */

/* Whoever waits for a pause to take hold is told when nobody is in the driver any more. */
static void trv_blkq_settle(struct trv_blkq *q)
{
	if (q->paused && !q->out && !q->pumping)
		trv_event_signal(&q->quiet);
}

static void trv_blkq_wake(struct trv_blkq *q)
{
	q->busy = false;
	q->retry_due = 0;
	q->retry_us = TRV_BLKQ_RETRY_US;
	q->wakeups++;
}

static void trv_blkq_leave(struct trv_blkq *q)
{
	q->out--;
	trv_blkq_settle(q);
}

void trv_blkq_back(struct trv_blkq *q)
{
	trv_blkq_leave(q);
	trv_blkq_wake(q);
}

/* The moment after which nobody waits for a driver that refuses @req. */
static u64 trv_req_hopeless_at(const struct trv_req *req)
{
	return req->refused + req->disk->info.timeout_ms * 1000000ULL;
}

void trv_blkq_refused(struct trv_blkq *q, const struct trv_req *req)
{
	u64 now = trv_time_ns();

	q->busy = true;
	if (q->out)
		return;
	/* Nothing under way will end the wait: out of mappings, or a reset that takes its time. */
	q->retry_due = now + q->retry_us * 1000ULL;
	if (req->refused && trv_req_hopeless_at(req) >= now)
		q->retry_due = trv_min(q->retry_due, trv_req_hopeless_at(req) + 1);
	q->retry_us = trv_min(2 * q->retry_us, TRV_BLKQ_RETRY_MAX_US);
	trv_blkq_watch(q, q->retry_due);
}

void trv_blkq_hold(struct trv_blkq *q, struct trv_req *req, bool first)
{
	req->state = TRV_REQ_HELD;
	if (first) {
		req->next = q->held;
		if (!q->held)
			q->held_tail = &req->next;
		q->held = req;
	} else {
		req->next = NULL;
		*q->held_tail = req;
		q->held_tail = &req->next;
	}
}

void trv_blkq_retire(struct trv_req *req, int status)
{
	struct trv_blkq *q = req->q;
	struct trv_io *io = req->io;

	trv_check_req(req, true, status);
	if (q->params.polled && !status)
		trv_blkq_poll_end(q, req);
	req->state = TRV_REQ_FREE;
	req->io = NULL;
	req->disk->tags--;
	req->next = q->free;
	q->free = req;
	q->retired++;
	trv_io_put(io, status);
}

void trv_blkq_fail(struct trv_blkq *q, struct trv_disk *disk, int status)
{
	struct trv_req *req, **at = &q->held;
	struct trv_disk *d = q->disks;

	while ((req = *at)) {
		if (disk && req->disk != disk) {
			at = &req->next;
			continue;
		}
		*at = req->next;
		trv_blkq_retire(req, status);
	}
	q->held_tail = at;

	if (disk) {
		trv_disk_fail(disk, status);
		return;
	}
	if (!d)
		return;
	do {
		trv_disk_fail(d, status);
		d = d->q_next;
	} while (d != q->disks);
}

/* ---- the pump ------------------------------------------------------------ */

/*
 * Whose turn is it? While several disks have something to do none takes more
 * than its share of the tags, or a slow one would end up with all of them.
 */
static struct trv_disk *trv_blkq_turn(struct trv_blkq *q)
{
	struct trv_disk *first = q->disks, *disk = first;
	u32 active = 0, share;

	if (!first)
		return NULL;
	do {
		active += disk->tags || trv_disk_pending(disk);
		disk = disk->q_next;
	} while (disk != first);
	share = active > 1 ? (q->params.depth + active - 1) / active : q->params.depth;

	do {
		if (disk->tags < share && trv_disk_pending(disk)) {
			q->disks = disk->q_next;
			return disk;
		}
		disk = disk->q_next;
	} while (disk != first);
	return NULL;
}

/* The next request to offer, NULL when there is none or it must wait. */
static struct trv_req *trv_blkq_next(struct trv_blkq *q)
{
	struct trv_disk *disk;
	struct trv_req *req;

	if (q->dead) {
		trv_blkq_fail(q, NULL, -ENODEV);
		return NULL;
	}
	if (q->paused || q->busy)
		return NULL;

	req = q->held;
	if (req) {
		q->held = req->next;
		if (!q->held)
			q->held_tail = &q->held;
		return req;
	}
	while ((req = q->free) && (disk = trv_blkq_turn(q))) {
		if (!trv_disk_cut(disk, req))
			continue;
		q->free = req->next;
		disk->tags++;
		disk->n.requests++;
		return req;
	}
	return NULL;
}

/* Has the driver refused it for as long as it may take, with nothing under way to end that? */
static bool trv_req_hopeless(struct trv_req *req)
{
	u64 now = trv_time_ns();

	if (req->q->out > 1)
		req->refused = 0;
	else if (!req->refused)
		req->refused = now;
	return req->refused && now > trv_req_hopeless_at(req);
}

/* Call queue() and do what it says. True when the driver took the request. */
static bool trv_blkq_offer(struct trv_blkq *q, struct trv_req *req, unsigned long *flags)
{
	u32 wakeups = q->wakeups;
	bool hopeless;
	u64 offered;
	int rc;

	req->state = TRV_REQ_OFFERED;
	q->out++;
	trv_spin_unlock_irqrestore(&q->lock, *flags);

	trv_req_pio_rewind(req);
	if (req->priv)
		trv_memset(req->priv, 0, q->params.req_priv_size);
	offered = trv_time_ns();
	req->deadline = offered + req->disk->info.timeout_ms * 1000000ULL;
	trv_check_req(req, false, 0);
	trv_check_enter("queue", true);
	rc = q->ops->queue(q, req);
	trv_check_answer(rc);

	*flags = trv_spin_lock_irqsave(&q->lock);
	if (req->state == TRV_REQ_HELD) {
		/* Requeued before queue() returned: at once again would be for ever. */
		if (q->wakeups - wakeups == 1)
			trv_blkq_refused(q, req);
		return !rc;
	}
	if (!rc) {
		if (req->state != TRV_REQ_OFFERED)
			return true;
		req->state = TRV_REQ_RUNNING;
		req->refused = 0;
		if (q->params.polled)
			trv_blkq_poll_begin(q, req, offered);
		if (q->dead)
			trv_work_queue(&q->work);
		else
			trv_blkq_watch(q, req->deadline);
		return true;
	}
	if (req->state != TRV_REQ_OFFERED) {
		trv_spin_unlock_irqrestore(&q->lock, *flags);
		trv_check_misuse(q->dev, "queue() refused request %u (%d) after ending it",
				 req->tag, rc);
		*flags = trv_spin_lock_irqsave(&q->lock);
		return false;
	}

	req->state = TRV_REQ_ENDING;
	hopeless = rc == -EBUSY && trv_req_hopeless(req);
	trv_spin_unlock_irqrestore(&q->lock, *flags);
	trv_req_unmap(req);
	if (hopeless) {
		trv_warn(q->dev, "disk %u: a request refused for %u ms", req->disk->info.unit,
			 req->disk->info.timeout_ms);
		rc = -ETIMEDOUT;
	} else if (rc > 0) {
		trv_check_misuse(q->dev, "queue() returned %d", rc);
		rc = -EIO;
	}
	*flags = trv_spin_lock_irqsave(&q->lock);
	if (rc != -EBUSY) {
		req->disk->n.timeouts += hopeless;
		trv_blkq_back(q);
		trv_blkq_retire(req, rc);
		return false;
	}
	trv_blkq_leave(q);
	trv_blkq_hold(q, req, true);
	/* Room that was made while the driver was saying there is none counts. */
	if (q->wakeups == wakeups)
		trv_blkq_refused(q, req);
	return false;
}

/* Call done() of one operation. */
static void trv_blkq_deliver(struct trv_blkq *q, unsigned long *flags)
{
	struct trv_io *io = q->done;
	struct trv_disk *disk = io->disk;

	q->done = io->next;
	if (!q->done)
		q->done_tail = &q->done;
	trv_spin_unlock_irqrestore(&q->lock, *flags);

	trv_check_enter("done", true);
	io->done(io);
	trv_check_leave();

	*flags = trv_spin_lock_irqsave(&q->lock);
	trv_disk_put(disk);
}

unsigned long trv_blkq_pump(struct trv_blkq *q, unsigned long flags)
{
	struct trv_req *req;
	u32 offered;
	bool taken;

	if (q->pumping)
		return flags;
	q->pumping = true;

	/* The hardware first; then the doorbell; then tell somebody, and look again. */
	do {
		taken = false;
		for (offered = 0; offered < q->params.depth; offered++) {
			req = trv_blkq_next(q);
			if (!req)
				break;
			taken |= trv_blkq_offer(q, req, &flags);
		}
		if (taken && q->ops->kick) {
			trv_spin_unlock_irqrestore(&q->lock, flags);
			trv_check_enter("kick", true);
			q->ops->kick(q);
			trv_check_leave();
			flags = trv_spin_lock_irqsave(&q->lock);
		}
		if (q->done) {
			trv_blkq_deliver(q, &flags);
			offered++;
		}
	} while (offered);

	q->pumping = false;
	if (q->params.polled && q->out)
		trv_blkq_poll_soon(q);
	trv_blkq_settle(q);
	return flags;
}

void trv_blkq_run(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);

	trv_blkq_wake(q);
	flags = trv_blkq_pump(q, flags);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}
