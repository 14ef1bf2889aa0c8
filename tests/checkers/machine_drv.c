// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Contexts, locks, interrupts, timers: deeds and misdeeds, see machine_drv.h. */
#include "dummy.h"
#include "machine_drv.h"

/* What the handler, the timer function and the work function do besides. */
typedef void rig_extra(struct rig *rig);

struct rig {
	struct trv_dev *dev;
	struct trv_mmio regs;
	struct trv_spin a, b, pair[2];
	struct trv_mutex mutex;
	struct trv_event event;
	struct trv_timer timer;
	struct trv_work work;
	rig_extra *in_irq, *in_timer, *in_work;
	u32 irqs;
	int rc;
	bool no_ack;
	bool leave_handler, leave_vectors, leave_timer, leave_work;
};

static enum trv_irq_ret rig_interrupt(void *arg)
{
	struct rig *rig = arg;
	u32 status = trv_read32(rig->regs, DUMMY_IRQ_STATUS);

	if (!status)
		return TRV_IRQ_NONE;
	if (!rig->no_ack)
		trv_write32(rig->regs, DUMMY_IRQ_STATUS, status);
	rig->irqs++;
	if (rig->in_irq)
		rig->in_irq(rig);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(rig_handler, rig_interrupt, NULL);

static void rig_expired(void *arg)
{
	struct rig *rig = arg;

	if (rig->in_timer)
		rig->in_timer(rig);
}

static void rig_work(void *arg)
{
	struct rig *rig = arg;

	if (rig->in_work)
		rig->in_work(rig);
}

/* ---- life ---------------------------------------------------------------- */

static int rig_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct rig *rig = trv_drvdata(dev);
	enum trv_irq_kind kind;
	int rc;

	rig->dev = dev;
	trv_spin_init(&rig->a, "a");
	trv_spin_init(&rig->b, "b");
	for (u32 i = 0; i < 2; i++)
		trv_spin_init(&rig->pair[i], "pair");
	trv_mutex_init(&rig->mutex, "mutex");
	trv_event_init(&rig->event);
	trv_timer_init(dev, &rig->timer, rig_expired, rig);
	trv_work_init(dev, &rig->work, rig_work, rig);
	rc = trv_bar_map(dev, DUMMY_BAR_MEM, DUMMY_MEM_SIZE, &rig->regs);
	if (rc)
		return rc;
	rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind);
	if (rc < 0)
		goto err_unmap;
	rc = trv_irq_attach(dev, 0, &rig_handler, rig, "rig");
	if (rc)
		goto err_free;
	trv_write32(rig->regs, DUMMY_IRQ_MASK, 1);
	return 0;

err_free:
	trv_irq_free(dev);
err_unmap:
	trv_bar_unmap(dev, &rig->regs);
	return rc;
}

static void rig_stop(struct trv_dev *dev)
{
	struct rig *rig = trv_drvdata(dev);

	trv_write32(rig->regs, DUMMY_IRQ_MASK, 0);
	(void)trv_read32(rig->regs, DUMMY_ID); /* posted before detach() looks */
}

static void rig_remove(struct trv_dev *dev)
{
	struct rig *rig = trv_drvdata(dev);

	if (!rig->leave_handler)
		trv_irq_detach(dev, 0);
	if (!rig->leave_handler && !rig->leave_vectors)
		trv_irq_free(dev);
	if (!rig->leave_timer)
		trv_timer_cancel_sync(&rig->timer);
	if (!rig->leave_work)
		trv_work_cancel_sync(&rig->work);
	if (!rig->leave_handler)
		trv_bar_unmap(dev, &rig->regs);
}

const struct trv_driver rig_driver = {
	.name = "rig",
	.description = "a checker's own",
	.priv_size = sizeof(struct rig),
	.probe = rig_probe,
	.stop = rig_stop,
	.remove = rig_remove,
};

static void interrupt(struct rig *rig)
{
	trv_write32(rig->regs, DUMMY_IRQ_RAISE, 1);
	(void)trv_read32(rig->regs, DUMMY_ID);
	trv_delay_us(10);
}

static void expire(struct rig *rig)
{
	trv_timer_arm(&rig->timer, 1);
	trv_delay_us(10);
}

/* ---- ends ---------------------------------------------------------------- */

void rig_hang_trips(struct rig *rig)
{
	while (!(trv_read32(rig->regs, DUMMY_DMA_STATUS) & DUMMY_DMA_STATUS_DONE))
		trv_cpu_relax();
}

void rig_hang_clean(struct rig *rig)
{
	u32 status;

	rig->rc = trv_poll_timeout_atomic(trv_read32(rig->regs, DUMMY_DMA_STATUS), status,
					  status & DUMMY_DMA_STATUS_DONE, 0, 5000);
}

void rig_deadlock_trips(struct rig *rig)
{
	rig->rc = trv_event_wait(&rig->event, ~0ULL);
}

static void signal_it(struct rig *rig)
{
	trv_event_signal(&rig->event);
}

void rig_deadlock_clean(struct rig *rig)
{
	rig->in_timer = signal_it;
	trv_timer_arm(&rig->timer, 1000);
	rig->rc = trv_event_wait(&rig->event, ~0ULL);
}

void rig_self_wait_trips(struct rig *rig)
{
	rig->in_work = rig_leak_work_clean;
	trv_work_queue(&rig->work);
	trv_sleep_us(100);
}

void rig_self_wait_clean(struct rig *rig)
{
	trv_work_queue(&rig->work);
	trv_work_cancel_sync(&rig->work);
}

/* ---- contexts ------------------------------------------------------------ */

void rig_sleep_spin_trips(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_sleep_us(1);
	trv_spin_unlock(&rig->a);
}

void rig_sleep_spin_clean(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_delay_us(1);
	trv_spin_unlock(&rig->a);
	trv_sleep_us(1);
}

static void sleep_it(struct rig *rig)
{
	trv_sleep_us(1);
}

static void delay_it(struct rig *rig)
{
	trv_delay_us(1);
}

void rig_sleep_irq_trips(struct rig *rig)
{
	rig->in_irq = sleep_it;
	interrupt(rig);
}

void rig_sleep_irq_clean(struct rig *rig)
{
	rig->in_irq = delay_it;
	interrupt(rig);
}

void rig_sleep_timer_trips(struct rig *rig)
{
	rig->in_timer = sleep_it;
	expire(rig);
}

void rig_sleep_timer_clean(struct rig *rig)
{
	rig->in_timer = delay_it;
	expire(rig);
}

void rig_mutex_bh_trips(struct rig *rig)
{
	trv_spin_lock_bh(&rig->a);
	trv_mutex_lock(&rig->mutex);
	trv_mutex_unlock(&rig->mutex);
	trv_spin_unlock_bh(&rig->a);
}

void rig_mutex_bh_clean(struct rig *rig)
{
	trv_mutex_lock(&rig->mutex);
	trv_spin_lock_bh(&rig->a);
	trv_spin_unlock_bh(&rig->a);
	trv_sleep_us(1);
	trv_mutex_unlock(&rig->mutex);
}

/* ---- arguments ----------------------------------------------------------- */

void rig_long_delay_trips(struct rig *rig)
{
	trv_delay_us(1001);
}

void rig_long_delay_clean(struct rig *rig)
{
	trv_delay_us(1000);
}

void rig_unmask_trips(struct rig *rig)
{
	trv_irq_mask(rig->dev, 0);
	trv_irq_unmask(rig->dev, 0);
	trv_irq_unmask(rig->dev, 0);
}

void rig_unmask_clean(struct rig *rig)
{
	trv_irq_mask(rig->dev, 0);
	trv_irq_mask(rig->dev, 0);
	trv_irq_unmask(rig->dev, 0);
	trv_irq_unmask(rig->dev, 0);
}

void rig_detach_twice_trips(struct rig *rig)
{
	trv_irq_detach(rig->dev, 0);
	trv_irq_detach(rig->dev, 0);
}

void rig_detach_twice_clean(struct rig *rig)
{
	trv_irq_detach(rig->dev, 0);
	rig->leave_handler = trv_irq_attach(rig->dev, 0, &rig_handler, rig, "rig");
}

void rig_wrong_form_trips(struct rig *rig)
{
	trv_spin_lock_bh(&rig->a);
	trv_spin_unlock(&rig->a);
}

void rig_wrong_form_clean(struct rig *rig)
{
	unsigned long outer = trv_spin_lock_irqsave(&rig->a);

	trv_spin_lock(&rig->b);
	trv_spin_unlock(&rig->b);
	trv_spin_unlock_irqrestore(&rig->a, outer);
}

/* ---- locks --------------------------------------------------------------- */

void rig_recursion_trips(struct rig *rig)
{
	trv_mutex_lock(&rig->mutex);
	trv_mutex_lock(&rig->mutex);
}

void rig_recursion_clean(struct rig *rig)
{
	for (u32 i = 0; i < 2; i++) {
		trv_mutex_lock(&rig->mutex);
		trv_mutex_unlock(&rig->mutex);
	}
}

static void lock_a(struct rig *rig)
{
	unsigned long flags = trv_spin_lock_irqsave(&rig->a);

	trv_spin_unlock_irqrestore(&rig->a, flags);
}

/* The handler wants what the code it interrupts holds. */
void rig_recursion_irq_trips(struct rig *rig)
{
	rig->in_irq = lock_a;
	trv_spin_lock(&rig->a);
	interrupt(rig);
	trv_spin_unlock(&rig->a);
}

void rig_recursion_irq_clean(struct rig *rig)
{
	unsigned long flags;

	rig->in_irq = lock_a;
	flags = trv_spin_lock_irqsave(&rig->a);
	interrupt(rig);
	trv_spin_unlock_irqrestore(&rig->a, flags);
}

void rig_unheld_trips(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_spin_unlock(&rig->b);
}

void rig_unheld_clean(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_spin_lock(&rig->b);
	trv_spin_unlock(&rig->a); /* not the order they were taken in: allowed */
	trv_spin_unlock(&rig->b);
}

static void assert_a(struct rig *rig)
{
	trv_spin_assert_held(&rig->a);
}

/* The lock is held, but not by the handler. */
void rig_assert_trips(struct rig *rig)
{
	rig->in_irq = assert_a;
	trv_spin_lock(&rig->a);
	interrupt(rig);
	trv_spin_unlock(&rig->a);
}

void rig_assert_clean(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	assert_a(rig);
	trv_spin_unlock(&rig->a);
}

void rig_held_trips(struct rig *rig)
{
	trv_spin_lock(&rig->a);
}

void rig_held_clean(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_spin_unlock(&rig->a);
}

static void nest(struct trv_spin *outer, struct trv_spin *inner)
{
	trv_spin_lock(outer);
	trv_spin_lock(inner);
	trv_spin_unlock(inner);
	trv_spin_unlock(outer);
}

void rig_order_trips(struct rig *rig)
{
	nest(&rig->a, &rig->b);
	nest(&rig->b, &rig->a);
}

void rig_order_clean(struct rig *rig)
{
	nest(&rig->a, &rig->b);
	nest(&rig->a, &rig->b);
}

void rig_order_pair_trips(struct rig *rig)
{
	nest(&rig->pair[0], &rig->pair[1]);
	nest(&rig->pair[1], &rig->pair[0]);
}

void rig_order_pair_clean(struct rig *rig)
{
	nest(&rig->pair[0], &rig->pair[1]);
	nest(&rig->pair[0], &rig->pair[1]);
}

/* Nothing happens today: the interrupt comes before the lock is taken. */
void rig_irq_safe_trips(struct rig *rig)
{
	rig->in_irq = lock_a;
	interrupt(rig);
	trv_spin_lock(&rig->a);
	trv_spin_unlock(&rig->a);
}

void rig_irq_safe_clean(struct rig *rig)
{
	rig->in_irq = lock_a;
	interrupt(rig);
	lock_a(rig);
}

static void lock_a_plain(struct rig *rig)
{
	trv_spin_lock(&rig->a);
	trv_spin_unlock(&rig->a);
}

void rig_timer_safe_trips(struct rig *rig)
{
	rig->in_timer = lock_a_plain;
	expire(rig);
	lock_a_plain(rig);
}

void rig_timer_safe_clean(struct rig *rig)
{
	rig->in_timer = lock_a_plain;
	expire(rig);
	trv_spin_lock_bh(&rig->a);
	trv_spin_unlock_bh(&rig->a);
}

void rig_uninit_trips(struct rig *rig)
{
	struct trv_spin *l = trv_zalloc(rig->dev, sizeof(*l), TRV_SLEEP);

	if (!l)
		return;
	trv_spin_lock(l);
	trv_spin_unlock(l);
	trv_free(rig->dev, l, sizeof(*l));
}

void rig_uninit_clean(struct rig *rig)
{
	struct trv_spin *l = trv_zalloc(rig->dev, sizeof(*l), TRV_SLEEP);

	if (!l)
		return;
	trv_spin_init(l, "its own");
	trv_spin_lock(l);
	trv_spin_unlock(l);
	trv_free(rig->dev, l, sizeof(*l));
}

void rig_copy_trips(struct rig *rig)
{
	struct trv_event copy = rig->event;

	trv_event_signal(&copy);
}

void rig_copy_clean(struct rig *rig)
{
	struct trv_event *same = &rig->event;

	trv_event_signal(same);
}

/* ---- interrupts and what is left ----------------------------------------- */

void rig_storm_trips(struct rig *rig)
{
	rig->no_ack = true;
	interrupt(rig);
}

void rig_storm_clean(struct rig *rig)
{
	for (u32 i = 0; i < 200; i++)
		interrupt(rig);
}

void rig_leak_irq_trips(struct rig *rig)
{
	rig->leave_handler = true;
}

void rig_leak_irq_clean(struct rig *rig)
{
	interrupt(rig);
}

void rig_leak_vectors_trips(struct rig *rig)
{
	rig->leave_vectors = true;
}

void rig_leak_vectors_clean(struct rig *rig)
{
	trv_irq_sync(rig->dev, 0);
}

void rig_leak_timer_trips(struct rig *rig)
{
	rig->leave_timer = true;
	trv_timer_arm(&rig->timer, 1000000);
}

void rig_leak_timer_clean(struct rig *rig)
{
	trv_timer_arm(&rig->timer, 1000000);
}

static void sleep_long(struct rig *rig)
{
	trv_sleep_us(1000);
}

void rig_leak_work_trips(struct rig *rig)
{
	rig->leave_work = true;
	rig->in_work = sleep_long;
	trv_work_queue(&rig->work);
}

void rig_leak_work_clean(struct rig *rig)
{
	trv_work_queue(&rig->work);
	trv_work_cancel_sync(&rig->work);
}
