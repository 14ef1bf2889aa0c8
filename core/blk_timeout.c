// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests that take too long, devices that are gone, disks that leave, and
 * machines that sleep: how requests end, or wait, without a completion.
 *
 * The timer only looks. What is overdue is claimed in task context, where
 * timeout() may sleep, so a completion can still win up to that moment.
 */
#include <core/blk_core.h>

static const char *const trv_op_names[] = { "read", "write", "flush", "discard" };

void trv_blkq_watch(struct trv_blkq *q, u64 when)
{
	u64 now;

	if (q->timer_due && q->timer_due <= when)
		return;
	q->timer_due = when;
	now = trv_time_ns();
	trv_timer_arm(&q->timer, when > now ? (when - now + 999) / 1000 : 0);
}

void trv_blkq_timer(void *arg)
{
	struct trv_blkq *q = arg;
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	u64 now = trv_time_ns(), next = ~0ULL;
	struct trv_req *req;
	bool overdue = false;

	q->timer_due = 0;
	for (u32 tag = 0; tag < q->params.depth; tag++) {
		req = &q->reqs[tag];
		if (req->state != TRV_REQ_RUNNING)
			continue;
		if (req->deadline <= now)
			overdue = true;
		else
			next = trv_min(next, req->deadline);
	}
	if (q->retry_due && q->retry_due <= now) {
		q->retry_due = 0;
		q->busy = false;
	} else if (q->retry_due) {
		next = trv_min(next, q->retry_due);
	}
	if (next != ~0ULL)
		trv_blkq_watch(q, next);
	if (overdue)
		trv_work_queue(&q->work);
	flags = trv_blkq_pump(q, flags);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

void trv_blkq_work(void *arg)
{
	trv_blkq_expire(arg);
}

/* Take the next overdue request from the driver; its disk stays until trv_disk_put(). */
static struct trv_req *trv_blkq_claim(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	struct trv_req *req, *claimed = NULL;
	u64 now = trv_time_ns();

	for (u32 tag = 0; tag < q->params.depth && !claimed; tag++) {
		req = &q->reqs[tag];
		if (req->state == TRV_REQ_RUNNING && (q->dead || req->deadline <= now))
			claimed = req;
	}
	if (claimed) {
		claimed->state = TRV_REQ_CLAIMED;
		trv_disk_get(claimed->disk);
	}
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return claimed;
}

void trv_blkq_expire(struct trv_blkq *q)
{
	struct trv_disk *disk;
	struct trv_req *req;
	unsigned long flags;
	bool gone;

	trv_mutex_lock(&q->eh);
	while ((req = trv_blkq_claim(q))) {
		disk = req->disk;
		/* A poll() that was about to complete it must not do so after timeout(). */
		if (q->params.polled)
			trv_blkq_poll_stop(q);
		trv_check_enter("timeout", false);
		q->ops->timeout(q, req);
		trv_check_leave();
		if (q->params.polled)
			trv_blkq_poll_start(q);
		trv_req_unmap(req);
		gone = trv_dev_gone(q->dev);
		if (!gone)
			trv_warn(q->dev, "disk %u: %s of %u blocks at %llu: no answer in %u ms",
				 disk->info.unit, trv_op_names[req->op], req->blocks,
				 (unsigned long long)req->lba, disk->info.timeout_ms);

		flags = trv_spin_lock_irqsave(&q->lock);
		q->dead |= gone;
		disk->n.timeouts += !gone;
		trv_blkq_back(q);
		trv_blkq_retire(req, gone ? -ENODEV : -ETIMEDOUT);
		flags = trv_blkq_pump(q, flags);
		trv_disk_put(disk);
		trv_spin_unlock_irqrestore(&q->lock, flags);
	}
	trv_mutex_unlock(&q->eh);
}

void trv_blkq_kill(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);

	q->dead = true;
	flags = trv_blkq_pump(q, flags);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	trv_blkq_expire(q);
}

/* ---- disks that leave ---------------------------------------------------- */

static void trv_disk_close(struct trv_disk *disk)
{
	unsigned long flags = trv_spin_lock_irqsave(&disk->q->lock);

	disk->going = true;
	trv_spin_unlock_irqrestore(&disk->q->lock, flags);
}

/* Has the driver a request of this disk? With the lock held. */
static bool trv_disk_busy(const struct trv_disk *disk)
{
	const struct trv_blkq *q = disk->q;
	const struct trv_req *req;

	for (u32 tag = 0; tag < q->params.depth; tag++) {
		req = &q->reqs[tag];
		if (req->state != TRV_REQ_FREE && req->state != TRV_REQ_HELD && req->disk == disk)
			return true;
	}
	return false;
}

void trv_disk_drain(struct trv_disk *disk)
{
	const u64 patience = disk->info.timeout_ms * 1000000ULL;
	struct trv_blkq *q = disk->q;
	u64 since = trv_time_ns();
	u32 retired = ~0U;
	unsigned long flags;
	bool idle;

	trv_disk_close(disk);
	for (;;) {
		flags = trv_spin_lock_irqsave(&q->lock);
		if (disk->refs && q->paused) {
			/* Asleep, or not woken: nothing would ever take them. */
			trv_blkq_fail(q, disk, -ENODEV);
		} else if (q->retired != retired || trv_disk_busy(disk)) {
			retired = q->retired;
			since = trv_time_ns();
		} else if (trv_time_ns() - since > patience) {
			/* The driver refuses them, and has nothing to wait for. */
			trv_blkq_fail(q, disk, -ETIMEDOUT);
		}
		flags = trv_blkq_pump(q, flags);
		idle = !disk->refs;
		trv_spin_unlock_irqrestore(&q->lock, flags);
		if (idle)
			return;
		if (trv_dev_gone(q->dev))
			trv_blkq_kill(q);
		/* Signalled or not, the count above decides. */
		(void)!trv_event_wait(&disk->idle, TRV_BLKQ_WAIT_US);
	}
}

void trv_blk_drain_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;

	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk))
		trv_disk_close(disk);
	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk))
		trv_disk_drain(disk);
}

/* ---- suspend ------------------------------------------------------------- */

static bool trv_blkq_quiet(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	bool quiet = !q->out && !q->pumping;

	q->paused = true;
	if (!quiet)
		trv_event_reset(&q->quiet);
	trv_spin_unlock_irqrestore(&q->lock, flags);
	return quiet;
}

void trv_blk_quiesce_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;

	/* All of them stop first: channels that share hardware go down together. */
	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk))
		(void)trv_blkq_quiet(disk->q);
	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk)) {
		while (!trv_blkq_quiet(disk->q)) {
			if (trv_dev_gone(dev))
				trv_blkq_kill(disk->q);
			(void)!trv_event_wait(&disk->q->quiet, TRV_BLKQ_WAIT_US);
		}
	}
}

void trv_blk_resume_dev(struct trv_dev *dev)
{
	struct trv_disk *disk;
	struct trv_req *req;
	unsigned long flags;

	for (disk = trv_disk_first(dev); disk; disk = trv_disk_next(disk)) {
		flags = trv_spin_lock_irqsave(&disk->q->lock);
		disk->q->paused = false;
		/* The time asleep does not count. */
		for (req = disk->q->held; req; req = req->next)
			req->refused = 0;
		flags = trv_blkq_pump(disk->q, flags);
		trv_spin_unlock_irqrestore(&disk->q->lock, flags);
	}
}
