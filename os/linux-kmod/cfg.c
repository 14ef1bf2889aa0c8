// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: configuration space, capabilities, bus master. */
#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>

static int cfg_check(struct trv_dev *dev, u32 off, u32 bytes)
{
	if (off & (bytes - 1))
		return -EINVAL;
	if (off > dev->pdev->cfg_size - bytes)
		return -ERANGE;
	return READ_ONCE(kmod_dev(dev)->gone) ? -ENODEV : 0;
}

/* The kernel's answer to us; all ones were read from a device that went unnoticed so far. */
static int cfg_answer(struct trv_dev *dev, int rc, bool ones)
{
	if (rc == PCIBIOS_DEVICE_NOT_FOUND)
		return -ENODEV;
	if (rc)
		return -EIO;
	return ones && trv_dev_gone(dev) ? -ENODEV : 0;
}

#define KMOD_CFG(bits, kind)                                                                    \
	int trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val)                      \
	{                                                                                       \
		int rc = cfg_check(dev, off, bits / 8);                                         \
		*val = (u##bits) ~0U;                                                           \
		if (!rc) {                                                                      \
			rc = pci_read_config_##kind(dev->pdev, (int)off, val);                  \
			rc = cfg_answer(dev, rc, *val == (u##bits) ~0U);                        \
		}                                                                               \
		if (rc)                                                                         \
			*val = (u##bits) ~0U;                                                   \
		trace_trivet_cfg_read(trv_dev_name(dev), off, bits / 8, *val, rc);              \
		return rc;                                                                      \
	}                                                                                       \
	EXPORT_SYMBOL_GPL(trv_cfg_read##bits);                                                  \
	int trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val)                      \
	{                                                                                       \
		int rc = cfg_check(dev, off, bits / 8);                                         \
		if (!rc && trv_dev_gone(dev))                                                   \
			rc = -ENODEV;                                                           \
		if (!rc)                                                                        \
			rc = cfg_answer(dev, pci_write_config_##kind(dev->pdev, (int)off, val), \
					false);                                                 \
		trace_trivet_cfg_write(trv_dev_name(dev), off, bits / 8, val, rc);              \
		return rc;                                                                      \
	}                                                                                       \
	EXPORT_SYMBOL_GPL(trv_cfg_write##bits)
KMOD_CFG(8, byte);
KMOD_CFG(16, word);
KMOD_CFG(32, dword);

u32 trv_find_cap(struct trv_dev *dev, enum trv_pci_cap cap)
{
	if (READ_ONCE(kmod_dev(dev)->gone))
		return 0;
	return pci_find_capability(dev->pdev, cap);
}
EXPORT_SYMBOL_GPL(trv_find_cap);

int trv_bus_master(struct trv_dev *dev, bool on)
{
	struct kmod_dev *kd = kmod_dev(dev);
	unsigned long flags;

	if (trv_dev_gone(dev))
		return -ENODEV;
	/* Masking an INTx vector changes the same register. */
	spin_lock_irqsave(&kd->irq_lock, flags);
	if (on)
		pci_set_master(dev->pdev);
	else
		pci_clear_master(dev->pdev);
	spin_unlock_irqrestore(&kd->irq_lock, flags);
	return 0;
}
EXPORT_SYMBOL_GPL(trv_bus_master);
