// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * MSI-X (PCI 3.0, 6.8.2): addresses and data of messages stand in a table in
 * one of the device's BARs. Where they are aimed is irq.c's business.
 */
#include <errno.h>

#include <os/linux-user/qemu/qemu.h>

enum {
	MSIX_CTRL = 2,
	MSIX_CTRL_SIZE = 0x07ff, /* less one */
	MSIX_CTRL_MASK_ALL = 0x4000,
	MSIX_CTRL_ENABLE = 0x8000,
	MSIX_TABLE = 4,
	MSIX_TABLE_BAR = 7, /* the rest is where in it */
	/* An entry. */
	MSIX_ENTRY = 16,
	MSIX_ADDR = 0,
	MSIX_ADDR_HIGH = 4,
	MSIX_DATA = 8,
	MSIX_VECTOR_CTRL = 12,
	MSIX_VECTOR_MASKED = 1,
};

/* Where its table is on the bus, and how long it is. */
static int find_table(struct trv_dev *dev, u32 cap, u64 *table, u32 *size)
{
	const struct user_bar *b;
	u32 where;
	u16 ctrl;
	int rc = trv_cfg_read16(dev, cap + MSIX_CTRL, &ctrl);

	if (!rc)
		rc = trv_cfg_read32(dev, cap + MSIX_TABLE, &where);
	if (rc)
		return rc;
	*size = (ctrl & MSIX_CTRL_SIZE) + 1U;
	if ((where & MSIX_TABLE_BAR) >= TRV_PCI_BARS)
		return -EIO;
	b = &dev->bars[where & MSIX_TABLE_BAR];
	where &= ~(u32)MSIX_TABLE_BAR;
	if (b->port || where > b->len || *size * MSIX_ENTRY > b->len - where)
		return -EIO;
	*table = b->addr + where;
	return 0;
}

u32 qemu_msix_max(struct trv_dev *dev)
{
	struct qemu_dev *d = qemu_dev_of(dev);
	u64 table;
	u32 size;

	d->msix = trv_find_cap(dev, TRV_PCI_CAP_MSIX);
	if (!d->msix || find_table(dev, d->msix, &table, &size))
		return 0;
	return trv_min(size, (u32)QEMU_MESSAGES);
}

static int write_table(struct qemu *q, u64 at, u32 val)
{
	return qtest_cmd(q, NULL, "writel 0x%llx 0x%x", (unsigned long long)at, val);
}

int qemu_msix_program(struct trv_dev *dev, u32 n, u64 addr, u32 data)
{
	const u32 cap = qemu_dev_of(dev)->msix;
	struct qemu *q = qemu_of(dev);
	u64 table;
	u32 size;
	int rc = find_table(dev, cap, &table, &size);

	/* The table answers only while memory is decoded. Nothing is sent before all of it is there. */
	if (!rc)
		rc = user_cfg_set_bits(dev, TRV_PCI_COMMAND, 0, TRV_PCI_CMD_MEMORY);
	if (!rc)
		rc = user_cfg_set_bits(dev, cap + MSIX_CTRL, 0,
				       MSIX_CTRL_ENABLE | MSIX_CTRL_MASK_ALL);
	for (u32 i = 0; i < size && !rc; i++, table += MSIX_ENTRY) {
		rc = write_table(q, table + MSIX_ADDR, i < n ? (u32)addr : 0);
		if (!rc)
			rc = write_table(q, table + MSIX_ADDR_HIGH, i < n ? (u32)(addr >> 32) : 0);
		if (!rc)
			rc = write_table(q, table + MSIX_DATA, i < n ? data + i : 0);
		if (!rc)
			rc = write_table(q, table + MSIX_VECTOR_CTRL,
					 i < n ? 0 : MSIX_VECTOR_MASKED);
	}
	return rc ? rc : user_cfg_set_bits(dev, cap + MSIX_CTRL, MSIX_CTRL_MASK_ALL, 0);
}

void qemu_msix_off(struct trv_dev *dev)
{
	/* Of a device that is gone there is nothing to switch off. */
	(void)user_cfg_set_bits(dev, qemu_dev_of(dev)->msix + MSIX_CTRL, MSIX_CTRL_ENABLE, 0);
}
