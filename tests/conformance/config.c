// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Configuration space, capabilities, bus master. */
#include <tests/conformance/conf.h>

/* No device has more, and none is aligned beyond it. */
#define PAST_THE_END 0x1000

static void conf_cfg_read_value(struct conf *c)
{
	u32 dword;
	u16 vendor, device;
	u8 bytes[4];

	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_VENDOR_ID, &dword), 0);
	conf_eq(c, dword, (u32)EDU_DEVICE_ID << 16 | EDU_VENDOR_ID);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_VENDOR_ID, &vendor), 0);
	conf_eq(c, vendor, EDU_VENDOR_ID);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_DEVICE_ID, &device), 0);
	conf_eq(c, device, EDU_DEVICE_ID);
	for (u32 i = 0; i < 4; i++) {
		conf_eq(c, trv_cfg_read8(c->dev, TRV_PCI_VENDOR_ID + i, &bytes[i]), 0);
		conf_eq(c, bytes[i], dword >> 8 * i & 0xff);
	}
}

static void conf_cfg_read_align(struct conf *c)
{
	u16 half;
	u32 word;

	conf_eq(c, trv_cfg_read16(c->dev, 1, &half), -EINVAL);
	conf_eq(c, trv_cfg_read16(c->dev, 3, &half), -EINVAL);
	for (u32 i = 1; i < 4; i++)
		conf_eq(c, trv_cfg_read32(c->dev, i, &word), -EINVAL);
}

static void conf_cfg_read_range(struct conf *c)
{
	u8 byte;
	u16 half;
	u32 word;

	conf_eq(c, trv_cfg_read8(c->dev, PAST_THE_END, &byte), -ERANGE);
	conf_eq(c, trv_cfg_read16(c->dev, PAST_THE_END, &half), -ERANGE);
	conf_eq(c, trv_cfg_read32(c->dev, PAST_THE_END, &word), -ERANGE);
	conf_eq(c, trv_cfg_read8(c->dev, ~0U, &byte), -ERANGE);
	conf_eq(c, trv_cfg_read16(c->dev, ~1U, &half), -ERANGE);
	conf_eq(c, trv_cfg_read32(c->dev, ~3U, &word), -ERANGE);
}

static void conf_cfg_read_gone(struct conf *c)
{
	u8 byte = 0;
	u16 half = 0;
	u32 word = 0;

	c->leg->unplug(c->dev);
	conf_eq(c, trv_cfg_read8(c->dev, 0, &byte), -ENODEV);
	conf_eq(c, byte, 0xff);
	conf_eq(c, trv_cfg_read16(c->dev, 0, &half), -ENODEV);
	conf_eq(c, half, 0xffff);
	conf_eq(c, trv_cfg_read32(c->dev, 0, &word), -ENODEV);
	conf_eq(c, word, ~0U);
}

/*
 * Two places a device lets anybody write: the interrupt line register, which
 * is for software alone, and BAR 0, while the device is told not to answer.
 */

/* By a write of each width. */
static void move_bar(struct conf *c, u32 bar)
{
	u32 after;

	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_BAR0 + 2, 0x1230), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_BAR0, &after), 0);
	conf_eq(c, after, 0x12300000 | (bar & 0xffff));
	conf_eq(c, trv_cfg_write32(c->dev, TRV_PCI_BAR0, 0x45600000), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_BAR0, &after), 0);
	conf_eq(c, after & ~0xfU, 0x45600000);
}

static int put_back(struct conf *c, u32 bar, u16 command)
{
	return trv_cfg_write32(c->dev, TRV_PCI_BAR0, bar) ?:
		       trv_cfg_write16(c->dev, TRV_PCI_COMMAND, command);
}

static void conf_cfg_write_value(struct conf *c)
{
	u32 before, bar, after;
	u16 command;
	u8 line;
	int rc;

	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_INT_LINE, &before), 0);
	conf_eq(c, trv_cfg_write8(c->dev, TRV_PCI_INT_LINE, 0xa5), 0);
	conf_eq(c, trv_cfg_read8(c->dev, TRV_PCI_INT_LINE, &line), 0);
	conf_eq(c, line, 0xa5);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_INT_LINE, &after), 0);
	conf_eq(c, after & ~0xffU, before & ~0xffU);
	conf_eq(c, trv_cfg_write8(c->dev, TRV_PCI_INT_LINE, (u8)before), 0);

	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &command), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_BAR0, &bar), 0);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_COMMAND, command & ~TRV_PCI_CMD_MEMORY), 0);
	move_bar(c, bar);
	/* Also when that failed, and once more when this does: remove needs the registers. */
	rc = put_back(c, bar, command);
	if (rc)
		(void)put_back(c, bar, command);
	conf_eq(c, rc, 0);
	conf_ok(c);
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

static void conf_cfg_write_errors(struct conf *c)
{
	conf_eq(c, trv_cfg_write16(c->dev, 1, 0), -EINVAL);
	conf_eq(c, trv_cfg_write32(c->dev, 2, 0), -EINVAL);
	conf_eq(c, trv_cfg_write8(c->dev, PAST_THE_END, 0), -ERANGE);
	conf_eq(c, trv_cfg_write16(c->dev, PAST_THE_END, 0), -ERANGE);
	conf_eq(c, trv_cfg_write32(c->dev, PAST_THE_END, 0), -ERANGE);
	conf_eq(c, trv_cfg_write32(c->dev, ~3U, 0), -ERANGE);
}

static void conf_cfg_write_nothing(struct conf *c)
{
	u32 before, after;

	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_INT_LINE, &before), 0);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_INT_LINE + 1, ~before), -EINVAL);
	conf_eq(c, trv_cfg_write32(c->dev, TRV_PCI_INT_LINE + 1, ~before), -EINVAL);
	conf_eq(c, trv_cfg_write8(c->dev, PAST_THE_END + TRV_PCI_INT_LINE, ~before), -ERANGE);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_INT_LINE, &after), 0);
	conf_eq(c, after, before);
}

static void conf_cfg_write_gone(struct conf *c)
{
	c->leg->unplug(c->dev);
	conf_eq(c, trv_cfg_write8(c->dev, TRV_PCI_INT_LINE, 1), -ENODEV);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_COMMAND, 0), -ENODEV);
	conf_eq(c, trv_cfg_write32(c->dev, TRV_PCI_BAR0, 0), -ENODEV);
}

/* ---- capabilities -------------------------------------------------------- */

static void conf_find_cap_found(struct conf *c)
{
	u32 off = trv_find_cap(c->dev, TRV_PCI_CAP_MSI);
	u8 id;

	conf_check(c, off >= 0x40 && off < 0x100);
	conf_eq(c, trv_cfg_read8(c->dev, off, &id), 0);
	conf_eq(c, id, TRV_PCI_CAP_MSI);
}

static void conf_find_cap_absent(struct conf *c)
{
	/* An ID that is reserved for ever: "null capability". */
	conf_eq(c, trv_find_cap(c->dev, 0x77), 0);
	conf_eq(c, trv_find_cap(c->dev, TRV_PCI_CAP_PM), 0);
}

static void conf_find_cap_broken(struct conf *c)
{
	u32 off = trv_find_cap(c->dev, TRV_PCI_CAP_MSI);

	conf_check(c, off);
	/* To the header, where no capability is. */
	c->leg->cfg_force(c->dev, TRV_PCI_CAP_PTR, TRV_PCI_VENDOR_ID + 8);
	conf_eq(c, trv_find_cap(c->dev, TRV_PCI_CAP_MSI), 0);
	conf_eq(c, trv_find_cap(c->dev, 0x77), 0);
	/* To nothing. */
	c->leg->cfg_force(c->dev, TRV_PCI_CAP_PTR, 0);
	conf_eq(c, trv_find_cap(c->dev, TRV_PCI_CAP_MSI), 0);
	/* To where every byte is all ones. */
	c->leg->cfg_force(c->dev, TRV_PCI_CAP_PTR, 0xfc);
	c->leg->cfg_force(c->dev, 0xfc, 0xff);
	c->leg->cfg_force(c->dev, 0xfd, 0xff);
	conf_eq(c, trv_find_cap(c->dev, TRV_PCI_CAP_MSI), 0);
}

static void conf_find_cap_bounded(struct conf *c)
{
	u32 off = trv_find_cap(c->dev, TRV_PCI_CAP_MSI);

	conf_check(c, off);
	c->leg->cfg_force(c->dev, off + 1, (u8)off);
	conf_eq(c, trv_find_cap(c->dev, 0x77), 0);
	conf_eq(c, trv_find_cap(c->dev, TRV_PCI_CAP_MSI), off);
}

/* ---- bus master ---------------------------------------------------------- */

static bool master_bit(struct conf *c)
{
	u16 command = 0;

	(void)conf_note(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &command) == 0);
	return command & TRV_PCI_CMD_MASTER;
}

static void conf_bus_master_on(struct conf *c)
{
	struct trv_dma_mem *mem;

	conf_edu_limits(c);
	conf_ok(c);
	conf_check(c, master_bit(c));
	mem = conf_mem(c, 64, 8);
	conf_ok(c);
	conf_fill(mem->cpu, 64, 1);
	conf_to_edu(c, mem->iova, 64);
	conf_ok(c);
	conf_fill(mem->cpu, 64, 2);
	conf_from_edu(c, mem->iova, 64);
	conf_ok(c);
	conf_check(c, conf_filled(mem->cpu, 64, 1));
}

static void conf_bus_master_off(struct conf *c)
{
	conf_eq(c, trv_bus_master(c->dev, true), 0);
	conf_check(c, master_bit(c));
	conf_eq(c, trv_bus_master(c->dev, false), 0);
	conf_check(c, !master_bit(c));
	conf_eq(c, trv_bus_master(c->dev, false), 0);
	conf_check(c, !master_bit(c));
}

static void conf_bus_master_others(struct conf *c)
{
	u16 before, on, off;

	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &before), 0);
	before = (u16)((before & ~TRV_PCI_CMD_MASTER) | TRV_PCI_CMD_INTX_OFF | TRV_PCI_CMD_MEMORY);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_COMMAND, before), 0);
	conf_eq(c, trv_bus_master(c->dev, true), 0);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &on), 0);
	conf_eq(c, on, before | TRV_PCI_CMD_MASTER);
	conf_eq(c, trv_bus_master(c->dev, false), 0);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &off), 0);
	conf_eq(c, off, before);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_COMMAND, before & ~TRV_PCI_CMD_INTX_OFF), 0);
}

static void master_is_off(struct conf *c)
{
	conf_check(c, !master_bit(c));
}

static void conf_bus_master_removed(struct conf *c)
{
	conf_eq(c, trv_bus_master(c->dev, true), 0);
	c->at_remove = master_is_off;
}

CONF_GROUP(config, CONF_CONFIG_CLAUSES);
