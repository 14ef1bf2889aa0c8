// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Queues without an interrupt: poll() is called while requests are out. A look
 * that finds nothing costs as much as a request (make bench-user), so the
 * first comes when a request of that length should be about over, and then
 * ever less often.
 */
#include <core/blk_core.h>

/* ---- how long they take -------------------------------------------------- */

void trv_blkq_poll_begin(struct trv_blkq *q, const struct trv_req *req, u64 now)
{
	u32 size = req->op != TRV_REQ_READ;

	for (u32 n = req->blocks; n > 1 && size < TRV_BLKQ_SIZES - 2; n >>= 1)
		size += 2;
	/* Looking often costs little where there is little to do. */
	if (now - q->poll_last > TRV_BLKQ_REST_US * 1000ULL)
		q->poll_mean[size] = 0;
	q->poll_size = size;
	q->poll_from = now;
	q->looks = 0;
	q->poll_us = trv_max(q->poll_mean[size] / 4, TRV_BLKQ_POLL_MIN_US);
	q->poll_us = trv_min(q->poll_us, TRV_BLKQ_POLL_MAX_US);
}

static u32 trv_blkq_since(const struct trv_blkq *q, u64 now)
{
	return (u32)trv_min((now - q->poll_from) / 1000, (u64)TRV_BLKQ_MEAN_MAX_US);
}

/*
 * How long before the first look it was over, nobody knows: then the next look
 * is earlier. A single slow one makes the mean grow to no more than its double.
 * What goes by register goes on with each look, and has no time of its own.
 */
void trv_blkq_poll_end(struct trv_blkq *q, const struct trv_req *req)
{
	u32 *mean = &q->poll_mean[q->poll_size];
	const u64 now = trv_time_ns();
	const u32 took = trv_max(trv_blkq_since(q, now), 1U);

	q->poll_last = now;
	if (!req->bytes || req->pio_left != req->bytes)
		return;
	if (!*mean)
		*mean = trv_min(took, TRV_BLKQ_POLL_MAX_US);
	else if (!q->looks)
		*mean = trv_max(*mean - *mean / 8, 1U);
	else if (took > *mean)
		*mean += (trv_min(took, *mean * 3) - *mean + 1) / 2;
	else
		*mean -= (*mean - took) / 4;
}

bool trv_blkq_spins(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	bool soon = q->poll_mean[q->poll_size] <= TRV_BLKQ_SPIN_US;

	trv_spin_unlock_irqrestore(&q->lock, flags);
	return soon;
}

/* ---- looking ------------------------------------------------------------- */

int trv_blkq_poll(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);
	bool mine = q->out && !q->polling;
	int n;

	if (mine)
		q->polling = true;
	trv_spin_unlock_irqrestore(&q->lock, flags);
	if (!mine)
		return 0;

	trv_check_enter("poll", true);
	n = q->ops->poll(q, (int)q->params.depth);
	trv_check_leave();

	flags = trv_spin_lock_irqsave(&q->lock);
	q->polling = false;
	q->looks += !n;
	trv_spin_unlock_irqrestore(&q->lock, flags);
	if (n < 0 || n > (int)q->params.depth) {
		trv_check_misuse(q->dev, "poll() returned %d of %u", n, q->params.depth);
		return 0;
	}
	return n;
}

void trv_blkq_poll_stop(struct trv_blkq *q)
{
	unsigned long flags;
	bool mine;

	for (;;) {
		flags = trv_spin_lock_irqsave(&q->lock);
		mine = !q->polling;
		q->polling = true;
		trv_spin_unlock_irqrestore(&q->lock, flags);
		if (mine)
			return;
		trv_sleep_us(TRV_BLKQ_POLL_MIN_US);
	}
}

void trv_blkq_poll_start(struct trv_blkq *q)
{
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);

	q->polling = false;
	trv_spin_unlock_irqrestore(&q->lock, flags);
}

void trv_blkq_poll_soon(struct trv_blkq *q)
{
	const u32 mean = q->poll_mean[q->poll_size], about = mean - mean / 8;
	const u64 now = trv_time_ns();
	const u32 since = trv_blkq_since(q, now);
	u32 pause = q->poll_us;
	u64 due;

	if (since < about)
		pause = trv_max(about - since, TRV_BLKQ_POLL_MIN_US);
	else if (q->looks)
		q->poll_us = trv_min(q->poll_us * 2, TRV_BLKQ_POLL_MAX_US);
	due = now + pause * 1000ULL;
	if (q->armed && q->poll_due <= due)
		return;
	q->armed = true;
	q->poll_due = due;
	trv_timer_arm(&q->poller, pause);
}

void trv_blkq_poller(void *arg)
{
	struct trv_blkq *q = arg;
	unsigned long flags;

	(void)trv_blkq_poll(q);
	flags = trv_spin_lock_irqsave(&q->lock);
	q->armed = false;
	if (q->out)
		trv_blkq_poll_soon(q);
	trv_spin_unlock_irqrestore(&q->lock, flags);
}
