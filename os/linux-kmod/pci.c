// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The edge to the PCI core. A driver takes no device by itself: id_table is NULL, and a device is
 * given to it,
 *
 *	echo trivet_ide > /sys/bus/pci/devices/0000:00:01.1/driver_override
 *	echo 0000:00:01.1 > /sys/bus/pci/drivers_probe
 *
 * Which chip it is says the driver's own table. Built with AUTOLOAD=1, that is the id_table.
 */
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>

struct workqueue_struct *kmod_wq;

/* ---- calls into the core: one at a time, the device's lock held ---------- */

static void kmod_enter(struct kmod_dev *kd)
{
	device_lock_assert(kmod_device(&kd->dev));
	WRITE_ONCE(kd->owner, current);
}

static void kmod_leave(struct kmod_dev *kd)
{
	WRITE_ONCE(kd->owner, NULL);
}

/* What a driver that is gone, or never came, should have given back. */
static void kmod_leftovers(struct kmod_dev *kd)
{
	struct device *d = kmod_device(&kd->dev);

	WARN_ONCE(!kmod_irq_leftover(kd), "%s: its driver left interrupt vectors\n", dev_name(d));
	if (WARN_ONCE(kd->bars, "%s: its driver left BARs mapped: %#lx\n", dev_name(d), kd->bars))
		for (int bar = 0; bar < TRV_PCI_BARS; bar++)
			if (kd->bars & BIT(bar))
				pci_release_region(kd->dev.pdev, bar);
}

static void kmod_dev_init(struct kmod_dev *kd, struct pci_dev *pdev)
{
	kd->dev.pdev = pdev;
	kd->dev.limits.mask = DMA_BIT_MASK(32);
	kd->dev.ident = (struct trv_pci_ident){
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subvendor = pdev->subsystem_vendor,
		.subdevice = pdev->subsystem_device,
		.class = pdev->class,
		.revision = pdev->revision,
	};
	spin_lock_init(&kd->disks_lock);
	spin_lock_init(&kd->irq_lock);
	spin_lock_init(&kd->errors_lock);
}

static int kmod_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct trv_kmod_driver *drv =
		container_of(to_pci_driver(pdev->dev.driver), struct trv_kmod_driver, pci);
	struct kmod_dev *kd;
	int rc;

	kd = kzalloc(sizeof(*kd), GFP_KERNEL);
	if (!kd)
		return -ENOMEM;
	kmod_dev_init(kd, pdev);
	rc = kmod_options_take(kd, drv);
	if (rc)
		goto err_free;
	rc = pci_enable_device(pdev);
	if (rc)
		goto err_options;
	rc = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (rc)
		goto err_disable;
	pci_set_drvdata(pdev, kd);

	kmod_enter(kd);
	kd->dev.glue = drv->glue;
	trace_trivet_bind(pci_name(pdev), drv->drv->name);
	rc = trv_core_probe(&kd->dev, drv->drv);
	trace_trivet_bind_done(pci_name(pdev), drv->drv->name, rc);
	kmod_leave(kd);
	if (rc) {
		if (drv->drv->ids && !trv_pci_match(drv->drv->ids, &kd->dev.ident))
			dev_err(&pdev->dev, "[%04x:%04x] class %06x is no device of this driver\n",
				pdev->vendor, pdev->device, pdev->class);
		kmod_leftovers(kd);
		goto err_drvdata;
	}
	kmod_options_check(kd);
	kmod_debug_add(kd);
	return 0;

err_drvdata:
	pci_set_drvdata(pdev, NULL);
err_disable:
	pci_disable_device(pdev);
err_options:
	kmod_options_free(kd);
err_free:
	kfree(kd);
	return rc;
}

static void kmod_remove(struct pci_dev *pdev)
{
	struct kmod_dev *kd = pci_get_drvdata(pdev);

	kmod_debug_del(kd);
	kmod_enter(kd);
	kd->removing = true;
	trace_trivet_unbind(pci_name(pdev), kd->core.drv->name);
	trv_core_remove(&kd->dev);
	trace_trivet_unbind_done(pci_name(pdev));
	kmod_leave(kd);
	kmod_leftovers(kd);
	pci_set_drvdata(pdev, NULL);
	pci_disable_device(pdev);
	kmod_options_free(kd);
	kfree(kd);
}

static void kmod_shutdown(struct pci_dev *pdev)
{
	struct kmod_dev *kd = pci_get_drvdata(pdev);

	kmod_enter(kd);
	trv_core_shutdown(&kd->dev);
	kmod_leave(kd);
}

/* ---- sleep, and resets by others ----------------------------------------- */

static int kmod_suspend(struct device *d)
{
	struct kmod_dev *kd = dev_get_drvdata(d);
	int rc;

	kmod_enter(kd);
	rc = trv_core_suspend(&kd->dev);
	kmod_leave(kd);
	return rc;
}

static int kmod_resume(struct device *d)
{
	struct kmod_dev *kd = dev_get_drvdata(d);
	int rc;

	kmod_enter(kd);
	rc = trv_core_resume(&kd->dev);
	kmod_leave(kd);
	if (rc)
		dev_err(d, "did not wake up: error %d; unbind and bind it again\n", -rc);
	return rc;
}

static DEFINE_SIMPLE_DEV_PM_OPS(kmod_pm_ops, kmod_suspend, kmod_resume);

/* Somebody resets it (sysfs, vfio's neighbours): it loses its registers, as in its sleep. */
static void kmod_reset_prepare(struct pci_dev *pdev)
{
	struct kmod_dev *kd = pci_get_drvdata(pdev);

	if (kd && !READ_ONCE(kd->resets) && kmod_suspend(&pdev->dev))
		dev_err(&pdev->dev, "is reset while it is at work\n");
}

static void kmod_reset_done(struct pci_dev *pdev)
{
	struct kmod_dev *kd = pci_get_drvdata(pdev);

	if (kd && !READ_ONCE(kd->resets) && kd->core.state == TRV_DEV_SUSPENDED)
		kmod_resume(&pdev->dev);
}

static const struct pci_error_handlers kmod_err_handler = {
	.reset_prepare = kmod_reset_prepare,
	.reset_done = kmod_reset_done,
};

/* ---- registration -------------------------------------------------------- */

/* The driver's table as the kernel's; it stands with the driver. NULL: -ENOMEM. */
static struct pci_device_id *kmod_id_table(const struct trv_pci_id *ids)
{
	struct pci_device_id *table;
	u32 n = 0;

	while (ids && (ids[n].vendor || ids[n].device || ids[n].class || ids[n].class_mask))
		n++;
	table = kcalloc(n + 1, sizeof(*table), GFP_KERNEL);
	for (u32 i = 0; table && i < n; i++)
		table[i] = (struct pci_device_id){
			.vendor = ids[i].vendor == TRV_PCI_ANY ? PCI_ANY_ID : ids[i].vendor,
			.device = ids[i].device == TRV_PCI_ANY ? PCI_ANY_ID : ids[i].device,
			.subvendor = PCI_ANY_ID,
			.subdevice = PCI_ANY_ID,
			.class = ids[i].class,
			.class_mask = ids[i].class_mask,
		};
	return table;
}

int trv_kmod_register(struct trv_kmod_driver *drv, struct module *owner, const char *name)
{
	int rc;

	drv->pci.name = name;
	drv->pci.probe = kmod_probe;
	drv->pci.remove = kmod_remove;
	drv->pci.shutdown = kmod_shutdown;
	drv->pci.driver.pm = pm_sleep_ptr(&kmod_pm_ops);
	drv->pci.err_handler = &kmod_err_handler;
	if (drv->autoload) {
		drv->pci.id_table = kmod_id_table(drv->drv->ids);
		if (!drv->pci.id_table)
			return -ENOMEM;
	}
	/* Read when a device is bound, which may be before this returns. */
	drv->pci.driver.owner = owner;
	rc = __pci_register_driver(&drv->pci, owner, name);
	if (rc) {
		kfree(drv->pci.id_table);
		drv->pci.id_table = NULL;
	}
	return rc;
}
EXPORT_SYMBOL_GPL(trv_kmod_register);

void trv_kmod_unregister(struct trv_kmod_driver *drv)
{
	pci_unregister_driver(&drv->pci);
	kfree(drv->pci.id_table);
	drv->pci.id_table = NULL;
}
EXPORT_SYMBOL_GPL(trv_kmod_unregister);

static int __init kmod_init(void)
{
	/* Disks recover from errors by work, and memory may be waiting for them. */
	kmod_wq = alloc_workqueue("trivet", WQ_MEM_RECLAIM, 0);
	if (!kmod_wq)
		return -ENOMEM;
	kmod_debug_init();
	return 0;
}
module_init(kmod_init);

static void __exit kmod_exit(void)
{
	kmod_debug_exit();
	destroy_workqueue(kmod_wq);
}
module_exit(kmod_exit);

MODULE_DESCRIPTION("Trivet: the OS header's cold half, and the core");
MODULE_LICENSE("Dual BSD/GPL");
