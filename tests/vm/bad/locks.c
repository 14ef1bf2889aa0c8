// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Mistakes with locks and contexts. lockdep's own comes before all others: it is off after its
 * first report, or KASAN's. The last one leaves the count of preempt_disable() wrong.
 */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "bad.h"

static DEFINE_SPINLOCK(spin);
static DEFINE_SPINLOCK(spin_a);
static DEFINE_SPINLOCK(spin_b);

static void sleep_in_atomic(struct pci_dev *pdev)
{
	void *p;

	spin_lock(&spin);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&spin);
	kfree(p);
}

static void schedule_in_atomic(struct pci_dev *pdev)
{
	preempt_disable();
	schedule_timeout_uninterruptible(1);
	preempt_enable();
}

static void migrating(struct pci_dev *pdev)
{
	(void)smp_processor_id();
}

/* The watchdog's patience is a second then (watchdog_thresh). */
static void busy(struct pci_dev *pdev)
{
	preempt_disable();
	mdelay(5000);
	preempt_enable();
}

/* And that for a task that sleeps (hung_task_timeout_secs). */
static void hung(struct pci_dev *pdev)
{
	schedule_timeout_uninterruptible(5 * HZ);
}

static void inversion(struct pci_dev *pdev)
{
	spin_lock(&spin_a);
	spin_lock(&spin_b);
	spin_unlock(&spin_b);
	spin_unlock(&spin_a);

	spin_lock(&spin_b);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
	spin_unlock(&spin_b);
}

const struct bad bad_locks[] = {
	{ "inversion", "WARNING: possible circular locking dependency detected", inversion },
	{ "sleep", "BUG: sleeping function called from invalid context", sleep_in_atomic },
	{ "preemptible", "BUG: using smp_processor_id.* in preemptible", migrating },
	{ "busy", "BUG: soft lockup", busy },
	{ "hung", "INFO: task .* blocked for more than", hung },
	{},
};

const struct bad bad_last[] = {
	{ "schedule", "BUG: scheduling while atomic", schedule_in_atomic },
	{},
};
