// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: work, timers, events and sleep. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>

/* ---- work ---------------------------------------------------------------- */

void trv_kmod_work(struct work_struct *work)
{
	struct trv_work *w = container_of(work, struct trv_work, work);
	struct trv_dev *dev = w->dev;
	void (*const fn)(void *arg) = w->fn;

	trace_trivet_work(pci_name(dev->pdev), fn);
	fn(w->arg);
	/* The work may be gone by now. */
	trace_trivet_work_done(pci_name(dev->pdev), fn);
}
EXPORT_SYMBOL_GPL(trv_kmod_work);

bool trv_work_queue(struct trv_work *w)
{
	return queue_work(kmod_wq, &w->work);
}
EXPORT_SYMBOL_GPL(trv_work_queue);

bool trv_work_cancel_sync(struct trv_work *w)
{
	return cancel_work_sync(&w->work);
}
EXPORT_SYMBOL_GPL(trv_work_cancel_sync);

/* ---- timers -------------------------------------------------------------- */

void trv_kmod_timer(struct timer_list *timer)
{
	struct trv_timer *t = timer_container_of(t, timer, timer);
	struct trv_dev *dev = t->dev;
	void (*const fn)(void *arg) = t->fn;

	trace_trivet_timer(pci_name(dev->pdev), fn);
	fn(t->arg);
	trace_trivet_timer_done(pci_name(dev->pdev), fn);
}
EXPORT_SYMBOL_GPL(trv_kmod_timer);

/* The tick that is under way does not count: no earlier than asked for. */
static unsigned long ticks(u64 us)
{
	if (us > (u64)UINT_MAX - 1)
		return min_t(u64, nsecs_to_jiffies64(us * NSEC_PER_USEC), MAX_JIFFY_OFFSET - 1) + 1;
	return usecs_to_jiffies((unsigned int)us) + 1;
}

void trv_timer_arm(struct trv_timer *t, u64 delay_us)
{
	if (!READ_ONCE(t->dead))
		mod_timer(&t->timer, jiffies + ticks(delay_us));
}
EXPORT_SYMBOL_GPL(trv_timer_arm);

bool trv_timer_cancel_sync(struct trv_timer *t)
{
	bool pending;

	might_sleep();
	WRITE_ONCE(t->dead, true);
	pending = timer_delete_sync(&t->timer);
	WRITE_ONCE(t->dead, false);
	return pending;
}
EXPORT_SYMBOL_GPL(trv_timer_cancel_sync);

/* ---- events -------------------------------------------------------------- */

void trv_event_init(struct trv_event *e)
{
	init_completion(&e->done);
}
EXPORT_SYMBOL_GPL(trv_event_init);

void trv_event_signal(struct trv_event *e)
{
	complete_all(&e->done);
}
EXPORT_SYMBOL_GPL(trv_event_signal);

void trv_event_reset(struct trv_event *e)
{
	reinit_completion(&e->done);
}
EXPORT_SYMBOL_GPL(trv_event_reset);

int trv_event_wait(struct trv_event *e, u64 timeout_us)
{
	return wait_for_completion_timeout(&e->done, ticks(timeout_us)) ? 0 : -ETIMEDOUT;
}
EXPORT_SYMBOL_GPL(trv_event_wait);

/* ---- time ---------------------------------------------------------------- */

/* Longer than this, a tick more or less does not matter. */
#define KMOD_PRECISE_US (20 * USEC_PER_MSEC)

void trv_sleep_us(u64 us)
{
	if (us <= KMOD_PRECISE_US)
		usleep_range((unsigned long)us, (unsigned long)(us + us / 8 + 10));
	else
		schedule_timeout_uninterruptible(ticks(us));
}
EXPORT_SYMBOL_GPL(trv_sleep_us);
