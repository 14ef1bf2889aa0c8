// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: the device itself, its memory, and whether it is still there. */
#include <linux/slab.h>

#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>

const char *trv_dev_name(const struct trv_dev *dev)
{
	return pci_name(dev->pdev);
}
EXPORT_SYMBOL_GPL(trv_dev_name);

const struct trv_pci_ident *trv_dev_ident(const struct trv_dev *dev)
{
	return &dev->ident;
}
EXPORT_SYMBOL_GPL(trv_dev_ident);

void *trv_drvdata(const struct trv_dev *dev)
{
	return kmod_dev(dev)->core.drvdata;
}
EXPORT_SYMBOL_GPL(trv_drvdata);

void trv_set_drvdata(struct trv_dev *dev, void *data)
{
	kmod_dev(dev)->core.drvdata = data;
}
EXPORT_SYMBOL_GPL(trv_set_drvdata);

struct trv_dev_core *trv_dev_core(struct trv_dev *dev)
{
	return &kmod_dev(dev)->core;
}

bool trv_dev_gone(struct trv_dev *dev)
{
	struct kmod_dev *kd = kmod_dev(dev);

	if (!READ_ONCE(kd->gone) && !pci_device_is_present(dev->pdev) && !xchg(&kd->gone, true))
		trace_trivet_gone(trv_dev_name(dev));
	return READ_ONCE(kd->gone);
}
EXPORT_SYMBOL_GPL(trv_dev_gone);

int trv_dev_reset(struct trv_dev *dev)
{
	struct kmod_dev *kd = kmod_dev(dev);
	int rc;

	might_sleep();
	if (trv_dev_gone(dev))
		return -ENODEV;
	/*
	 * The device's lock is held around probe, remove and the like. Anybody else must not wait
	 * for it: who holds it may be waiting for him.
	 */
	WRITE_ONCE(kd->resets, true);
	if (READ_ONCE(kd->owner) == current)
		rc = pci_reset_function_locked(dev->pdev);
	else
		rc = pci_try_reset_function(dev->pdev);
	WRITE_ONCE(kd->resets, false);
	switch (rc) {
	case 0:
	case -ENOMEM:
	case -ENODEV:
		return rc;
	case -EAGAIN:
		return -EBUSY;
	case -ENOTTY:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}
EXPORT_SYMBOL_GPL(trv_dev_reset);

/* ---- memory -------------------------------------------------------------- */

/* Memory that can be mapped: a device that reaches little of it needs it from there. */
static gfp_t alloc_flags(struct trv_dev *dev, enum trv_gfp gfp)
{
	gfp_t flags = gfp == TRV_ATOMIC ? GFP_ATOMIC : GFP_KERNEL;

	if (dev->limits.mask < DMA_BIT_MASK(32) &&
	    dma_get_required_mask(kmod_device(dev)) > dev->limits.mask)
		flags |= GFP_DMA;
	return flags;
}

void *trv_alloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	if (!size || size > KMALLOC_MAX_SIZE)
		return NULL;
	return kmalloc(size, alloc_flags(dev, gfp));
}
EXPORT_SYMBOL_GPL(trv_alloc);

void *trv_zalloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	if (!size || size > KMALLOC_MAX_SIZE)
		return NULL;
	return kzalloc(size, alloc_flags(dev, gfp));
}
EXPORT_SYMBOL_GPL(trv_zalloc);

void *trv_alloc_array(struct trv_dev *dev, size_t n, size_t size, enum trv_gfp gfp)
{
	size_t bytes;

	if (check_mul_overflow(n, size, &bytes))
		return NULL;
	return trv_zalloc(dev, bytes, gfp);
}
EXPORT_SYMBOL_GPL(trv_alloc_array);

void trv_free(struct trv_dev *dev, void *p, size_t size)
{
	kfree(p);
}
EXPORT_SYMBOL_GPL(trv_free);
