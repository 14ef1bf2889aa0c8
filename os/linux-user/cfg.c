// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: configuration space, and what is done through it: capabilities, bus master, reset. */
#include <errno.h>

#include <os/linux-user/record.h>

/* PCI Express capability (PCIe 2.0, 7.8): function level reset. */
enum {
	EXP_DEVCAP = 4,
	EXP_DEVCAP_FLR = 0x10000000,
	EXP_DEVCTL = 8,
	EXP_DEVCTL_FLR = 0x8000,
	FLR_SLEEP_US = 100000, /* 6.6.2: how long it may take */
	CAPS_START = 0x40,
	CAPS_MOST = (USER_CFG_SIZE - CAPS_START) / 4,
};

static u32 ones(u32 bytes)
{
	return bytes == 4 ? ~0U : (1U << 8 * bytes) - 1;
}

static int check(u32 off, u32 bytes)
{
	if (off & (bytes - 1))
		return -EINVAL;
	return off > USER_CFG_SIZE - bytes ? -ERANGE : 0;
}

static int cfg_read(struct trv_dev *dev, u32 off, u32 bytes, u32 *val)
{
	int rc = check(off, bytes);

	*val = ones(bytes);
	if (rc)
		return rc;
	if (user_dev_gone(dev))
		return -ENODEV;
	rc = dev->ops->cfg_read(dev, off, bytes, val);
	if (rc)
		*val = ones(bytes);
	user_probe(cfg_read, dev, off, bytes, *val, rc);
	user_record(dev, TRV_FACT_CFG_READ, .off = off, .width = bytes, .val = *val, .rc = rc);
	return rc;
}

static int cfg_write(struct trv_dev *dev, u32 off, u32 bytes, u32 val)
{
	int rc = check(off, bytes);

	if (rc)
		return rc;
	if (user_dev_gone(dev))
		rc = -ENODEV;
	user_probe(cfg_write, dev, off, bytes, val, rc);
	user_record(dev, TRV_FACT_CFG_WRITE, .off = off, .width = bytes, .val = val, .rc = rc);
	return rc ?: dev->ops->cfg_write(dev, off, bytes, val);
}

#define CFG_ACCESS(bits)                                                   \
	int trv_cfg_read##bits(struct trv_dev *dev, u32 off, u##bits *val) \
	{                                                                  \
		u32 v;                                                     \
		int rc = cfg_read(dev, off, bits / 8, &v);                 \
                                                                           \
		*val = (u##bits)v;                                         \
		return rc;                                                 \
	}                                                                  \
	int trv_cfg_write##bits(struct trv_dev *dev, u32 off, u##bits val) \
	{                                                                  \
		return cfg_write(dev, off, bits / 8, val);                 \
	}
CFG_ACCESS(8)
CFG_ACCESS(16)
CFG_ACCESS(32)

u32 trv_find_cap(struct trv_dev *dev, enum trv_pci_cap cap)
{
	u16 status;
	u8 at, id;

	if (trv_cfg_read16(dev, TRV_PCI_STATUS, &status) || !(status & TRV_PCI_STATUS_CAPS) ||
	    trv_cfg_read8(dev, TRV_PCI_CAP_PTR, &at))
		return 0;
	for (u32 i = 0; i < CAPS_MOST; i++) {
		at &= 0xfc;
		if (at < CAPS_START || trv_cfg_read8(dev, at, &id) || id == 0xff)
			return 0;
		if (id == cap)
			return at;
		if (trv_cfg_read8(dev, at + 1u, &at))
			return 0;
	}
	return 0;
}

int user_cfg_set_bits(struct trv_dev *dev, u32 off, u16 clear, u16 set)
{
	u16 before, after;
	int rc;

	pthread_mutex_lock(&dev->cfg_lock);
	rc = trv_cfg_read16(dev, off, &before);
	after = (u16)((before & ~clear) | set);
	if (!rc && after != before)
		rc = trv_cfg_write16(dev, off, after);
	pthread_mutex_unlock(&dev->cfg_lock);
	return rc;
}

int trv_bus_master(struct trv_dev *dev, bool on)
{
	return user_cfg_set_bits(dev, TRV_PCI_COMMAND, on ? 0 : TRV_PCI_CMD_MASTER,
				 on ? TRV_PCI_CMD_MASTER : 0);
}

/* ---- is it there? -------------------------------------------------------- */

bool trv_dev_gone(struct trv_dev *dev)
{
	u32 id = 0;

	if (user_dev_gone(dev))
		return true;
	if (dev->ops->gone(dev) || dev->ops->cfg_read(dev, TRV_PCI_VENDOR_ID, 4, &id) || id == ~0U)
		user_dev_set_gone(dev);
	return user_dev_gone(dev);
}

/* ---- reset --------------------------------------------------------------- */

static int save(struct trv_dev *dev, u32 *cfg)
{
	int rc = 0;

	for (u32 i = 0; i < USER_CFG_SIZE / 4 && !rc; i++)
		rc = trv_cfg_read32(dev, 4 * i, &cfg[i]);
	return rc;
}

/* From the end, so that the command register comes after the addresses it lets answer. */
static int restore(struct trv_dev *dev, const u32 *cfg)
{
	u32 now;
	int rc = 0;

	for (u32 i = USER_CFG_SIZE / 4; i-- > 0 && !rc;) {
		rc = trv_cfg_read32(dev, 4 * i, &now);
		if (!rc && now != cfg[i])
			rc = trv_cfg_write32(dev, 4 * i, cfg[i]);
	}
	return rc;
}

static int function_level_reset(struct trv_dev *dev)
{
	u32 exp = trv_find_cap(dev, TRV_PCI_CAP_EXP), devcap;
	int rc;

	if (!exp)
		return -EOPNOTSUPP;
	rc = trv_cfg_read32(dev, exp + EXP_DEVCAP, &devcap);
	if (rc)
		return rc;
	if (!(devcap & EXP_DEVCAP_FLR))
		return -EOPNOTSUPP;
	rc = user_cfg_set_bits(dev, exp + EXP_DEVCTL, 0, EXP_DEVCTL_FLR);
	if (!rc)
		trv_sleep_us(FLR_SLEEP_US);
	return rc;
}

int trv_dev_reset(struct trv_dev *dev)
{
	u32 cfg[USER_CFG_SIZE / 4];
	int rc;

	user_may_sleep(dev, "dev_reset");
	rc = save(dev, cfg);
	if (rc)
		return rc;
	rc = dev->ops->reset ? dev->ops->reset(dev) : function_level_reset(dev);
	if (!rc)
		rc = restore(dev, cfg);
	return rc || !dev->ops->irq_restore ? rc : dev->ops->irq_restore(dev);
}
