// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* BARs and single register accesses; FIFOs are in fifo.c. */
#include <tests/checkers/dummy.h>
#include <tests/conformance/conf.h>

#define EDU_NO_BAR 3

/* ---- mapping ------------------------------------------------------------- */

static void remap(struct conf *c, u32 min_len)
{
	trv_bar_unmap(c->dev, &c->regs);
	c->mapped = false;
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, min_len, &c->regs), 0);
	c->mapped = true;
}

static void conf_bar_map_maps(struct conf *c)
{
	static const u32 lengths[] = { 0, 4, 0x1000, EDU_BAR_LEN };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(lengths); i++) {
		remap(c, lengths[i]);
		conf_ok(c);
		conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
		trv_write32(c->regs, EDU_LIVENESS, i);
		conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~i);
	}
}

static void conf_bar_map_kind(struct conf *c)
{
	struct trv_port port;

	trv_bar_unmap(c->dev, &c->regs);
	c->mapped = false;
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, 0, &port), -EINVAL);
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, 0, &c->regs), 0);
	c->mapped = true;
}

static void conf_bar_map_port_kind(struct conf *c)
{
	struct trv_mmio mmio;

	conf_eq(c, trv_bar_map(c->leg->scratch, DUMMY_BAR_PORT, 0, &mmio), -EINVAL);
	conf_scratch(c);
}

static void conf_bar_map_short(struct conf *c)
{
	trv_bar_unmap(c->dev, &c->regs);
	c->mapped = false;
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, EDU_BAR_LEN + 1, &c->regs), -ERANGE);
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, ~0U, &c->regs), -ERANGE);
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, EDU_BAR_LEN, &c->regs), 0);
	c->mapped = true;
}

static void conf_bar_map_absent(struct conf *c)
{
	struct trv_mmio mmio;
	struct trv_port port;

	conf_eq(c, trv_bar_map(c->dev, EDU_NO_BAR, 0, &mmio), -ENODEV);
	conf_eq(c, trv_bar_map(c->dev, EDU_NO_BAR, 0, &port), -ENODEV);
}

static void conf_bar_map_taken(struct conf *c)
{
	struct trv_mmio again;

	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, 0, &again), -EBUSY);
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

static void conf_bar_map_decode(struct conf *c)
{
	u16 command;

	trv_bar_unmap(c->dev, &c->regs);
	c->mapped = false;
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &command), 0);
	conf_eq(c, trv_cfg_write16(c->dev, TRV_PCI_COMMAND, command & ~TRV_PCI_CMD_MEMORY), 0);
	conf_eq(c, trv_bar_map(c->dev, EDU_BAR, EDU_BAR_LEN, &c->regs), 0);
	c->mapped = true;
	conf_eq(c, trv_cfg_read16(c->dev, TRV_PCI_COMMAND, &command), 0);
	conf_check(c, command & TRV_PCI_CMD_MEMORY);
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

static void conf_bar_map_port_decode(struct conf *c)
{
	struct trv_dev *dev = c->leg->scratch;
	u16 command;

	conf_eq(c, trv_cfg_read16(dev, TRV_PCI_COMMAND, &command), 0);
	conf_eq(c, trv_cfg_write16(dev, TRV_PCI_COMMAND, command & ~TRV_PCI_CMD_IO), 0);
	conf_scratch(c);
	conf_ok(c);
	conf_eq(c, trv_cfg_read16(dev, TRV_PCI_COMMAND, &command), 0);
	conf_check(c, command & TRV_PCI_CMD_IO);
	trv_write8(c->sport, DUMMY_PORT_SCRATCH8, 0x5a);
	conf_eq(c, trv_read8(c->sport, DUMMY_PORT_SCRATCH8), 0x5a);
}

/* The alternate status register of the primary channel, whose master is a disk. */
static void conf_bar_map_legacy(struct conf *c)
{
	struct trv_port cmd, ctl;
	u8 status;

	conf_eq(c, trv_bar_map(c->leg->ide, 0, 8, &cmd), 0);
	trv_bar_unmap(c->leg->ide, &cmd);
	conf_eq(c, trv_bar_map(c->leg->ide, 3, 1, &ctl), 0);
	trv_bar_unmap(c->leg->ide, &ctl);
	conf_eq(c, trv_bar_map(c->leg->ide, 1, 1, &ctl), 0);
	status = trv_read8(ctl, 0);
	trv_bar_unmap(c->leg->ide, &ctl);
	conf_check(c, status != 0xff);
}

static void conf_bar_unmap_again(struct conf *c)
{
	for (u32 i = 0; i < 3; i++) {
		remap(c, EDU_BAR_LEN);
		conf_ok(c);
	}
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

/* ---- bound handles ------------------------------------------------------- */

static void conf_reg_bind_offset(struct conf *c)
{
	struct trv_mmio one, two;

	conf_eq(c, trv_reg_bind(c->regs, EDU_LIVENESS, 4, &one), 0);
	trv_write32(one, 0, 0x1234);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~0x1234U);
	conf_eq(c, trv_read32(one, 0), ~0x1234U);
	/* And of a bound one again. */
	conf_eq(c, trv_reg_bind(c->regs, EDU_DMA_SRC, 0x20, &one), 0);
	conf_eq(c, trv_reg_bind(one, EDU_DMA_DST - EDU_DMA_SRC, 8, &two), 0);
	trv_write32(two, 0, 0x5678);
	conf_eq(c, trv_read32(c->regs, EDU_DMA_DST), 0x5678);
}

static void conf_reg_bind_range(struct conf *c)
{
	struct trv_mmio reg;

	conf_eq(c, trv_reg_bind(c->regs, EDU_BAR_LEN - 4, 4, &reg), 0);
	conf_eq(c, trv_reg_bind(c->regs, EDU_BAR_LEN - 4, 8, &reg), -ERANGE);
	conf_eq(c, trv_reg_bind(c->regs, EDU_BAR_LEN, 4, &reg), -ERANGE);
	conf_eq(c, trv_reg_bind(c->regs, 0, EDU_BAR_LEN + 4, &reg), -ERANGE);
	conf_eq(c, trv_reg_bind(c->regs, ~3U, 8, &reg), -ERANGE);
}

/* ---- reads and writes ---------------------------------------------------- */

/* edu ignores a write and answers ones to a read that is not as wide as the register. */
static void conf_read_width32(struct conf *c)
{
	trv_write32(c->regs, EDU_LIVENESS, 0x01020304);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), 0xfefdfcfb);
	conf_eq(c, trv_read32(c->regs, EDU_ID) & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

#define WORD64 0x0123456789abcdefULL

/* A 64-bit register that keeps what it is given, as a whole or not. */
static void conf_read_width64(struct conf *c)
{
	trv_write64(c->regs, EDU_DMA_SRC, WORD64);
	conf_eq(c, trv_read64(c->regs, EDU_DMA_SRC), WORD64);
	conf_eq(c, trv_read32(c->regs, EDU_DMA_SRC), (u32)(WORD64 & 0xffffffff));
}

static void conf_read_widths(struct conf *c)
{
	conf_scratch(c);
	conf_ok(c);
	trv_write8(c->smem, DUMMY_SCRATCH8, 0x5a);
	conf_eq(c, trv_read8(c->smem, DUMMY_SCRATCH8), 0x5a);
	trv_write16(c->smem, DUMMY_SCRATCH16, 0x1234);
	conf_eq(c, trv_read16(c->smem, DUMMY_SCRATCH16), 0x1234);
	trv_write32(c->smem, DUMMY_SCRATCH, 0x12345678);
	conf_eq(c, trv_read32(c->smem, DUMMY_SCRATCH), 0x12345678);
	trv_write64(c->smem, DUMMY_SCRATCH64, WORD64);
	conf_eq(c, trv_read64(c->smem, DUMMY_SCRATCH64), WORD64);
	/* Each read of this one counts. */
	for (u32 i = 1; i < 4; i++)
		conf_eq(c, trv_read32(c->smem, DUMMY_FIFO), i);
}

static void conf_read_ports(struct conf *c)
{
	struct trv_port reg;
	u32 val;

	conf_scratch(c);
	conf_ok(c);
	trv_write8(c->sport, DUMMY_PORT_SCRATCH8, 0xa5);
	conf_eq(c, trv_read8(c->sport, DUMMY_PORT_SCRATCH8), 0xa5);
	trv_write32(c->sport, DUMMY_PORT_SCRATCH32, 0x87654321);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_SCRATCH32), 0x87654321);
	conf_eq(c, trv_peek32(c->sport, DUMMY_PORT_SCRATCH32, &val), 0);
	conf_eq(c, val, 0x87654321);
	conf_eq(c, trv_reg_bind(c->sport, DUMMY_PORT_SCRATCH32, 4, &reg), 0);
	conf_eq(c, trv_read32(reg, 0), 0x87654321);
	conf_eq(c, trv_reg_bind(c->sport, DUMMY_PORT_SIZE, 4, &reg), -ERANGE);
	trv_write32(c->sport, DUMMY_PORT_POS, 0);
	trv_write16(c->sport, DUMMY_PORT_DATA, 0x1234);
	trv_write16(c->sport, DUMMY_PORT_DATA, 0x5678);
	trv_write32(c->sport, DUMMY_PORT_POS, 0);
	conf_eq(c, trv_read16(c->sport, DUMMY_PORT_DATA), 0x1234);
	conf_eq(c, trv_read16(c->sport, DUMMY_PORT_DATA), 0x5678);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 4);
}

static void conf_read_gone(struct conf *c)
{
	c->leg->unplug(c->dev);
	conf_eq(c, trv_read32(c->regs, EDU_ID), ~0U);
	conf_eq(c, trv_read64(c->regs, EDU_DMA_SRC), ~0ULL);
	conf_eq(c, trv_read32_relaxed(c->regs, EDU_LIVENESS), ~0U);
}

static void conf_write_width32(struct conf *c)
{
	static const u32 values[] = { 0x11223344, 0xdeadbeef, 0, ~0U, 0x80000001 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(values); i++) {
		trv_write32(c->regs, EDU_LIVENESS, values[i]);
		conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~values[i]);
	}
}

/* A 32-bit write clears the upper half, so two of them cannot make one of 64 bits. */
static void conf_write_width64(struct conf *c)
{
	trv_write64(c->regs, EDU_DMA_DST, WORD64);
	conf_eq(c, trv_read64(c->regs, EDU_DMA_DST), WORD64);
	trv_write32(c->regs, EDU_DMA_DST, 7);
	conf_eq(c, trv_read64(c->regs, EDU_DMA_DST), 7);
}

static void conf_write_widths(struct conf *c)
{
	conf_read_widths(c);
	conf_ok(c);
	/* Neighbours stay as they are. */
	trv_write16(c->smem, DUMMY_SCRATCH16, 0x4321);
	conf_eq(c, trv_read8(c->smem, DUMMY_SCRATCH8), 0x5a);
	trv_write8(c->smem, DUMMY_SCRATCH8, 0x11);
	conf_eq(c, trv_read16(c->smem, DUMMY_SCRATCH16), 0x4321);
	/* Each write to this one counts. */
	(void)trv_read32(c->smem, DUMMY_COUNT);
	trv_write32(c->smem, DUMMY_TRIGGER, 0x01010101);
	conf_eq(c, trv_read32(c->smem, DUMMY_COUNT), 1);
}

static void conf_write_ports(struct conf *c)
{
	conf_read_ports(c);
	conf_ok(c);
	trv_write32(c->sport, DUMMY_PORT_POS, 0x20);
	trv_write16(c->sport, DUMMY_PORT_DATA, 0x9abc);
	conf_eq(c, trv_read32(c->sport, DUMMY_PORT_POS), 0x22);
}

static void conf_write_gone(struct conf *c)
{
	c->leg->unplug(c->dev);
	trv_write32(c->regs, EDU_LIVENESS, 0);
	trv_write64(c->regs, EDU_DMA_SRC, 0);
	trv_write32_relaxed(c->regs, EDU_IRQ_RAISE, 1);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~0U);
}

static void conf_write_posted(struct conf *c)
{
	for (u32 i = 0; i < 50; i++) {
		trv_write32(c->regs, EDU_LIVENESS, i);
		conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~i);
		/* Pushed by a read of another register, too. */
		trv_write32(c->regs, EDU_IRQ_RAISE, 2);
		conf_eq(c, trv_read32(c->regs, EDU_IRQ_STATUS), 2);
		trv_write32(c->regs, EDU_IRQ_ACK, 2);
		conf_eq(c, trv_read32(c->regs, EDU_IRQ_STATUS), 0);
	}
}

static void conf_write_in_order(struct conf *c)
{
	for (u32 i = 0; i < 20; i++) {
		trv_write32(c->regs, EDU_LIVENESS, i);
		trv_write32(c->regs, EDU_LIVENESS, i + 100);
		conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), ~(i + 100));
		trv_write32(c->regs, EDU_IRQ_RAISE, 6);
		trv_write32(c->regs, EDU_IRQ_ACK, 2);
		conf_eq(c, trv_read32(c->regs, EDU_IRQ_STATUS), 4);
		trv_write32(c->regs, EDU_IRQ_ACK, 4);
	}
}

/* ---- relaxed ------------------------------------------------------------- */

static void conf_read_relaxed_value(struct conf *c)
{
	trv_write32(c->regs, EDU_LIVENESS, 0x01020304);
	conf_eq(c, trv_read32_relaxed(c->regs, EDU_LIVENESS), 0xfefdfcfb);
	trv_write64(c->regs, EDU_DMA_SRC, WORD64);
	conf_eq(c, trv_read64_relaxed(c->regs, EDU_DMA_SRC), WORD64);
}

static void conf_read_relaxed_order(struct conf *c)
{
	for (u32 i = 0; i < 20; i++) {
		trv_write32_relaxed(c->regs, EDU_LIVENESS, i);
		conf_eq(c, trv_read32_relaxed(c->regs, EDU_LIVENESS), ~i);
	}
}

static void conf_write_relaxed_value(struct conf *c)
{
	trv_write32_relaxed(c->regs, EDU_LIVENESS, 0x01020304);
	conf_eq(c, trv_read32(c->regs, EDU_LIVENESS), 0xfefdfcfb);
	trv_write64_relaxed(c->regs, EDU_DMA_DST, WORD64);
	conf_eq(c, trv_read64(c->regs, EDU_DMA_DST), WORD64);
}

static void conf_write_relaxed_order(struct conf *c)
{
	for (u32 i = 0; i < 20; i++) {
		trv_write32_relaxed(c->regs, EDU_LIVENESS, i);
		trv_write32_relaxed(c->regs, EDU_LIVENESS, i + 100);
		conf_eq(c, trv_read32_relaxed(c->regs, EDU_LIVENESS), ~(i + 100));
	}
}

/* ---- peek ---------------------------------------------------------------- */

static void conf_peek32_value(struct conf *c)
{
	u32 val;

	trv_write32(c->regs, EDU_LIVENESS, 0x01020304);
	conf_eq(c, trv_peek32(c->regs, EDU_LIVENESS, &val), 0);
	conf_eq(c, val, 0xfefdfcfb);
	conf_eq(c, trv_peek32(c->regs, EDU_ID, &val), 0);
	conf_eq(c, val & EDU_ID_MAGIC, EDU_ID_IS_EDU);
}

static void conf_peek32_gone(struct conf *c)
{
	u32 val = 0;
	int rc;

	c->leg->unplug(c->dev);
	rc = trv_peek32(c->regs, EDU_ID, &val);
	conf_check(c, rc == -ENODEV || rc == -EIO);
	conf_eq(c, val, ~0U);
}

CONF_GROUP(regs, CONF_REGS_CLAUSES);
