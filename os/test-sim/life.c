// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The life of a device as a scenario turns it: bind, unbind, suspend, resume,
 * shutdown; and what must be true after each.
 */
#include <os/test-sim/dma.h>
#include <os/test-sim/engine.h>
#include <os/test-sim/irq.h>
#include <os/test-sim/mem.h>
#include <os/test-sim/pci.h>

static const char *const step_names[] = {
	[SIM_STEP_MASTER_OFF] = "bus master off",    [SIM_STEP_IRQ_DETACH] = "interrupt detached",
	[SIM_STEP_TIMER_CANCEL] = "timer cancelled", [SIM_STEP_WORK_CANCEL] = "work cancelled",
	[SIM_STEP_DMA_FREE] = "DMA memory freed",    [SIM_STEP_BAR_UNMAP] = "BAR unmapped",
};

/* Detach and cancels share a rank: classes and channels interleave theirs. */
static u32 rank(enum sim_step step)
{
	switch (step) {
	case SIM_STEP_MASTER_OFF:
		return 1;
	case SIM_STEP_DMA_FREE:
		return 3;
	case SIM_STEP_BAR_UNMAP:
		return 4;
	default:
		return 2;
	}
}

void sim_teardown_step(struct trv_dev *dev, enum sim_step step)
{
	const char *what = step_names[step];

	if (step == SIM_STEP_BAR_UNMAP && sim_irq_attached(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: %s while an interrupt handler is attached",
			     dev->name, what);
	if (!dev->teardown.running)
		return;
	if (step == SIM_STEP_MASTER_OFF) {
		dev->teardown.master_off = true;
		return;
	}
	if (step == SIM_STEP_DMA_FREE && !dev->teardown.master_off)
		sim_complain(SIM_TEARDOWN, NULL, "%s: %s while the device is still bus master",
			     dev->name, what);
	if (step == SIM_STEP_DMA_FREE && sim_irq_attached(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: %s while an interrupt handler is attached",
			     dev->name, what);
	if (step == SIM_STEP_BAR_UNMAP && sim_dma_live(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: %s before the device's DMA memory is freed",
			     dev->name, what);
	if (rank(step) < dev->teardown.reached)
		sim_complain(SIM_TEARDOWN, NULL, "%s: %s after %s", dev->name, what,
			     dev->teardown.what);
	dev->teardown.reached = rank(step);
	dev->teardown.what = what;
}

static void nothing_left(struct trv_dev *dev, const char *after)
{
	if (!dev->gone && sim_pci_master(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: still bus master after %s", dev->name, after);
	sim_machine_leftovers(dev);
	sim_dma_leftovers(dev);
	for (u32 i = 0; i < TRV_PCI_BARS; i++) {
		if (dev->bars[i].maps) {
			sim_about(SIM_ABOUT_LEFT, dev, 0, 0);
			sim_complain(SIM_BAR_LEAK, dev->bars[i].site,
				     "%s: BAR%u is still mapped after %s", dev->name, i, after);
		}
	}
	sim_mem_leftovers(dev);
}

static void begin(struct trv_dev *dev, const char *what)
{
	sim_entry_begin(what, NULL);
	sim_irqs_offer_again();
	dev->living++;
}

int sim_bind_to(struct trv_dev *dev, const struct trv_driver *drv)
{
	int rc;

	begin(dev, "probe");
	rc = trv_core_probe(dev, drv);
	sim_entry_returned(rc);
	dev->living--;
	if (rc > 0)
		sim_fail(SIM_API, NULL, "%s: probe returned %d, neither 0 nor an error", dev->name,
			 rc);
	if (rc)
		nothing_left(dev, "a failed probe");
	return rc;
}

int sim_bind(struct trv_dev *dev)
{
	return sim_bind_to(dev, NULL);
}

void sim_unbind(struct trv_dev *dev)
{
	sim_body_goes_on();
	if (dev->core.state == TRV_DEV_UNBOUND)
		return;
	dev->teardown.running = true;
	dev->teardown.master_off = !sim_pci_master(dev);
	dev->teardown.reached = 0;
	begin(dev, "remove");
	trv_core_remove(dev);
	sim_entry_end();
	dev->living--;
	dev->teardown.running = false;
	nothing_left(dev, "remove");
}

int sim_suspend(struct trv_dev *dev)
{
	int rc;

	begin(dev, "suspend");
	rc = trv_core_suspend(dev);
	sim_entry_returned(rc);
	dev->living--;
	if (!rc && !dev->gone && sim_pci_master(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: still bus master after suspend", dev->name);
	return rc;
}

int sim_resume(struct trv_dev *dev)
{
	int rc;

	begin(dev, "resume");
	rc = trv_core_resume(dev);
	sim_entry_returned(rc);
	dev->living--;
	return rc;
}

void sim_shutdown(struct trv_dev *dev)
{
	begin(dev, "shutdown");
	trv_core_shutdown(dev);
	sim_entry_end();
	dev->living--;
	if (!dev->gone && sim_pci_master(dev))
		sim_complain(SIM_TEARDOWN, NULL, "%s: still bus master after shutdown", dev->name);
}
