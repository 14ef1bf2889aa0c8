// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: registers that are mapped, and the accesses that are not inlined. */
#include <os/linux-kmod/kmod.h>

static int bar_take(struct trv_dev *dev, u32 bar, u32 min_len, unsigned long kind)
{
	const u16 decode = kind == IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
	struct kmod_dev *kd = kmod_dev(dev);
	struct pci_dev *pdev = dev->pdev;
	unsigned long flags;
	u16 command;
	int rc;

	if (bar >= TRV_PCI_BARS || !pci_resource_len(pdev, bar))
		return -ENODEV;
	if (!(pci_resource_flags(pdev, bar) & kind))
		return -EINVAL;
	if (pci_resource_len(pdev, bar) < min_len)
		return -ERANGE;
	if (kd->bars & BIT(bar))
		return -EBUSY;
	rc = pci_request_region(pdev, (int)bar, dev_driver_string(&pdev->dev));
	if (rc)
		return -EBUSY;

	spin_lock_irqsave(&kd->irq_lock, flags);
	rc = trv_cfg_read16(dev, PCI_COMMAND, &command);
	if (!rc && !(command & decode))
		rc = trv_cfg_write16(dev, PCI_COMMAND, command | decode);
	spin_unlock_irqrestore(&kd->irq_lock, flags);
	if (rc) {
		pci_release_region(pdev, (int)bar);
		return rc;
	}
	kd->bars |= BIT(bar);
	return 0;
}

static void bar_give(struct trv_dev *dev, u32 bar)
{
	struct kmod_dev *kd = kmod_dev(dev);

	if (WARN_ONCE(bar >= TRV_PCI_BARS || !(kd->bars & BIT(bar)),
		      "%s: BAR %u unmapped, and it is not mapped\n", trv_dev_name(dev), bar))
		return;
	kd->bars &= ~BIT(bar);
	pci_release_region(dev->pdev, (int)bar);
}

int trv_mmio_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_mmio *h)
{
	int rc = bar_take(dev, bar, min_len, IORESOURCE_MEM);

	if (rc)
		return rc;
	h->base = pci_iomap(dev->pdev, (int)bar, 0);
	if (!h->base) {
		bar_give(dev, bar);
		return -ENOMEM;
	}
	h->dev = dev;
	h->len = (u32)min_t(u64, pci_resource_len(dev->pdev, bar), U32_MAX);
	h->bar = bar;
	return 0;
}
EXPORT_SYMBOL_GPL(trv_mmio_map);

int trv_port_map(struct trv_dev *dev, u32 bar, u32 min_len, struct trv_port *h)
{
	int rc = bar_take(dev, bar, min_len, IORESOURCE_IO);

	if (rc)
		return rc;
	h->base = (unsigned long)pci_resource_start(dev->pdev, bar);
	h->dev = dev;
	h->len = (u32)pci_resource_len(dev->pdev, bar);
	h->bar = bar;
	return 0;
}
EXPORT_SYMBOL_GPL(trv_port_map);

void trv_mmio_unmap(struct trv_dev *dev, struct trv_mmio *h)
{
	pci_iounmap(dev->pdev, h->base);
	bar_give(dev, h->bar);
}
EXPORT_SYMBOL_GPL(trv_mmio_unmap);

void trv_port_unmap(struct trv_dev *dev, struct trv_port *h)
{
	bar_give(dev, h->bar);
}
EXPORT_SYMBOL_GPL(trv_port_unmap);

static int peeked(struct trv_dev *dev, u32 val)
{
	return val == ~0U && trv_dev_gone(dev) ? -ENODEV : 0;
}

int trv_mmio_peek32(struct trv_mmio h, u32 off, u32 *val)
{
	*val = trv_mmio_read32(h, off);
	return peeked(h.dev, *val);
}
EXPORT_SYMBOL_GPL(trv_mmio_peek32);

int trv_port_peek32(struct trv_port h, u32 off, u32 *val)
{
	*val = trv_port_read32(h, off);
	return peeked(h.dev, *val);
}
EXPORT_SYMBOL_GPL(trv_port_peek32);
