// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mistakes with the life of timers, work, references and interrupts. */
#include <linux/interrupt.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "bad.h"

struct later {
	struct timer_list timer;
	struct work_struct work;
	u32 calls;
};

static void on_timer(struct timer_list *timer)
{
}

static void on_work(struct work_struct *work)
{
}

/* Debug objects take it off its list, so nothing is left behind. */
static void active_timer(struct pci_dev *pdev)
{
	struct later *later = kzalloc(sizeof(*later), GFP_KERNEL);

	if (!later)
		return;
	timer_setup(&later->timer, on_timer, 0);
	mod_timer(&later->timer, jiffies + 1000 * HZ);
	kfree(later);
}

static void active_work(struct pci_dev *pdev)
{
	struct later *later = kzalloc(sizeof(*later), GFP_KERNEL);

	if (!later)
		return;
	INIT_WORK(&later->work, on_work);
	/* On this CPU, and we keep it: it cannot have run yet. */
	preempt_disable();
	queue_work_on(smp_processor_id(), system_wq, &later->work);
	kfree(later);
	preempt_enable();
}

static void references(struct pci_dev *pdev)
{
	refcount_t count;

	refcount_set(&count, 1);
	refcount_dec(&count);
}

static irqreturn_t on_irq(int irq, void *arg)
{
	struct later **later = arg;

	(*later)->calls++;
	return IRQ_NONE;
}

/* A handler of a shared line may still be called while it is taken off: DEBUG_SHIRQ does so. */
static void shared_irq(struct pci_dev *pdev)
{
	struct later *later = kzalloc(sizeof(*later), GFP_KERNEL);
	int rc;

	if (!later)
		return;
	rc = request_irq(pdev->irq, on_irq, IRQF_SHARED, "trv_bad", &later);
	if (rc)
		pr_err("trv_bad: no line %u: error %d\n", pdev->irq, -rc);
	kfree(later);
	if (!rc)
		free_irq(pdev->irq, &later);
}

static void free_free_irq(struct pci_dev *pdev)
{
	free_irq(pdev->irq, pdev);
}

const struct bad bad_life[] = {
	{ "timer", "ODEBUG: free active .* object type: timer_list", active_timer },
	{ "work", "ODEBUG: free active .* object type: work_struct", active_work },
	{ "refcount", "refcount_t: decrement hit 0; leaking memory", references },
	{ "shared-irq", "BUG: KASAN: (slab-)?use-after-free in on_irq", shared_irq },
	{ "free-irq", "WARNING: .* free_irq", free_free_irq },
	{},
};
