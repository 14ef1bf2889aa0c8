// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Queues without an interrupt: poll() is called while requests are out, often
 * while it finds something and ever less often while it does not.
 */
#include <core/blk_core.h>

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
	if (q->armed)
		return;
	q->armed = true;
	q->poll_us = TRV_BLKQ_POLL_MIN_US;
	trv_timer_arm(&q->poller, q->poll_us);
}

void trv_blkq_poller(void *arg)
{
	struct trv_blkq *q = arg;
	int n = trv_blkq_poll(q);
	unsigned long flags = trv_spin_lock_irqsave(&q->lock);

	q->armed = q->out != 0;
	if (q->armed) {
		q->poll_us = n ? TRV_BLKQ_POLL_MIN_US :
				 trv_min(q->poll_us * 2, TRV_BLKQ_POLL_MAX_US);
		trv_timer_arm(&q->poller, q->poll_us);
	}
	trv_spin_unlock_irqrestore(&q->lock, flags);
}
