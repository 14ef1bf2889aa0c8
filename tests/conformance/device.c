// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The device: name, identity, presence, reset, options. */
#include <tests/conformance/conf.h>

static bool is_hex(char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f');
}

/* dddd:bb:dd.f */
static bool well_formed(const char *name)
{
	static const char form[] = "xxxx:xx:xx.x";

	for (u32 i = 0; i < sizeof(form); i++) {
		if (form[i] == 'x' ? !is_hex(name[i]) : name[i] != form[i])
			return false;
	}
	return true;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static void conf_dev_name_form(struct conf *c)
{
	const char *name = trv_dev_name(c->dev);

	conf_check(c, well_formed(name));
	conf_check(c, !same(name, trv_dev_name(c->leg->sharer)));
}

static void conf_dev_name_stable(struct conf *c)
{
	const char *name = trv_dev_name(c->dev);
	char first[16];

	conf_check(c, well_formed(name));
	trv_memcpy(first, name, 13);
	for (u32 i = 0; i < 20; i++) {
		const char *other = trv_dev_name(c->leg->sharer);

		conf_check(c, well_formed(other) && !same(other, name));
		conf_check(c, same(trv_dev_name(c->dev), first));
	}
	conf_check(c, same(name, first));
}

static void conf_dev_ident_matches(struct conf *c)
{
	const struct trv_pci_ident *id = trv_dev_ident(c->dev);
	u16 vendor, device, subvendor, subdevice;
	u32 class;

	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_VENDOR_ID, &vendor), 0);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_DEVICE_ID, &device), 0);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_SUBVENDOR_ID, &subvendor), 0);
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_SUBDEVICE_ID, &subdevice), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_REVISION, &class), 0);
	conf_eq(c, id->vendor, EDU_VENDOR_ID);
	conf_eq(c, id->device, EDU_DEVICE_ID);
	conf_eq(c, id->vendor, vendor);
	conf_eq(c, id->device, device);
	conf_eq(c, id->subvendor, subvendor);
	conf_eq(c, id->subdevice, subdevice);
	conf_eq(c, id->class, class >> 8);
	conf_eq(c, id->revision, class & 0xff);
}

static void conf_drvdata_null(struct conf *c)
{
	conf_check(c, !c->drvdata_before);
}

static void drvdata_is_conf(struct conf *c)
{
	(void)conf_note(c, trv_drvdata(c->dev) == c);
	(void)conf_note(c, well_formed(trv_dev_name(c->dev)));
	(void)conf_note(c, trv_dev_ident(c->dev)->vendor == EDU_VENDOR_ID);
}

static void conf_drvdata_stored(struct conf *c)
{
	u32 other;

	conf_check(c, trv_drvdata(c->dev) == c);
	trv_set_drvdata(c->dev, &other);
	conf_check(c, trv_drvdata(c->dev) == &other);
	trv_set_drvdata(c->dev, c);
	conf_in_atomic(c, drvdata_is_conf);
}

static void conf_dev_gone_present(struct conf *c)
{
	conf_check(c, !trv_dev_gone(c->dev));
	/* A register that happens to be all ones is no reason. */
	trv_write32(c->regs, EDU_LIVENESS, 0);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~0U);
	conf_check(c, !trv_dev_gone(c->dev));
}

static void conf_dev_gone_ever(struct conf *c)
{
	c->leg->unplug(c->dev);
	for (u32 i = 0; i < 5; i++) {
		conf_check(c, trv_dev_gone(c->dev));
		trv_sleep_us(100);
	}
}

/* ---- reset --------------------------------------------------------------- */

static void conf_dev_reset_none(struct conf *c)
{
	if (c->leg->has_reset)
		conf_skip(c, "the device has a function reset");
	conf_eq(c, trv_dev_reset(c->dev), -EOPNOTSUPP);
	conf_check(c, !trv_dev_gone(c->dev));
}

static void conf_dev_reset_registers(struct conf *c)
{
	u32 reset = trv_read32(c->regs, EDU_LIVENESS);

	trv_write32(c->regs, EDU_LIVENESS, 0x12345678);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~0x12345678U);
	trv_write32(c->regs, EDU_IRQ_RAISE, 4);
	conf_eq(c, trv_dev_reset(c->dev), 0);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), reset);
	conf_eq(c, trv_read32(c->regs, EDU_IRQ_STATUS), 0);
}

static void conf_dev_reset_config(struct conf *c)
{
	u32 bar, command, bar_after, command_after;
	u8 line, line_after;

	conf_eq(c, trv_bus_master(c->dev, true), 0);
	conf_eq(c, trv_cfg_write8(c->dev, TRV_PCI_INT_LINE, 0x5a), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_BAR0, &bar), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_COMMAND, &command), 0);
	conf_eq(c, trv_cfg_read8(c->dev, TRV_PCI_INT_LINE, &line), 0);
	conf_eq(c, trv_dev_reset(c->dev), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_BAR0, &bar_after), 0);
	conf_eq(c, trv_cfg_read32(c->dev, TRV_PCI_COMMAND, &command_after), 0);
	conf_eq(c, trv_cfg_read8(c->dev, TRV_PCI_INT_LINE, &line_after), 0);
	conf_eq(c, bar_after, bar);
	conf_eq(c, command_after & 0xffff, command & 0xffff);
	conf_eq(c, line_after, line);
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

static void conf_dev_reset_quiet(struct conf *c)
{
	struct trv_dma_mem *mem;

	conf_edu_limits(c);
	conf_ok(c);
	mem = conf_mem(c, 64, 64);
	conf_ok(c);
	conf_fill(mem->cpu, 64, 1);
	conf_to_edu(c, mem->iova, 64);
	conf_ok(c);
	conf_fill(mem->cpu, 64, 2);
	trv_mb();
	conf_dma_setup(c, mem->iova, 64, true);
	trv_write32(c->regs, EDU_DMA_CMD, EDU_DMA_CMD_START | EDU_DMA_CMD_TO_RAM);
	conf_eq(c, trv_dev_reset(c->dev), 0);
	conf_eq(c, trv_read32(c->regs, EDU_DMA_CMD) & EDU_DMA_CMD_START, 0);
	/* Whatever it had written by then stays; from here on nothing changes. */
	conf_fill(mem->cpu, 64, 3);
	trv_sleep_us(200000);
	conf_check(c, conf_filled(mem->cpu, 64, 3));
}

/* ---- options ------------------------------------------------------------- */

static void conf_option_absent(struct conf *c)
{
	conf_eq(c, trv_option(c->dev, "conf_never_given", 7, 0, 10), 7);
	conf_eq(c, trv_option(c->dev, "conf_never_given", 0, 0, ~0U), 0);
	conf_eq(c, trv_option(c->dev, "conf_never_given", ~0U, 0, ~0U), ~0U);
}

static void conf_option_given(struct conf *c)
{
	c->leg->option(c->dev, "conf_a", 4);
	c->leg->option(c->dev, "conf_b", 0);
	conf_eq(c, trv_option(c->dev, "conf_a", 7, 0, 10), 4);
	conf_eq(c, trv_option(c->dev, "conf_b", 7, 0, 10), 0);
}

static void conf_option_clamped(struct conf *c)
{
	c->leg->option(c->dev, "conf_a", 4);
	conf_eq(c, trv_option(c->dev, "conf_a", 7, 5, 10), 5);
	conf_eq(c, trv_option(c->dev, "conf_a", 2, 1, 3), 3);
	conf_eq(c, trv_option(c->dev, "conf_a", 2, 1, 4), 4);
	conf_eq(c, trv_option(c->dev, "conf_a", 7, 4, 9), 4);
}

static void conf_option_warned(struct conf *c)
{
	u32 lines = c->leg->logged(c->dev, "conf_a");

	c->leg->option(c->dev, "conf_a", 4);
	(void)trv_option(c->dev, "conf_a", 7, 0, 10);
	conf_eq(c, c->leg->logged(c->dev, "conf_a"), lines);
	(void)trv_option(c->dev, "conf_a", 7, 5, 10);
	conf_check(c, c->leg->logged(c->dev, "conf_a") > lines);
}

CONF_GROUP(device, CONF_DEVICE_CLAUSES);
