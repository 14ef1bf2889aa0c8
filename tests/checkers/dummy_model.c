// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <string.h>

#include <os/test-sim/dev.h>
#include <os/test-sim/dma.h>
#include <os/test-sim/mem.h>

#include "dummy.h"

TRV_REG_TABLE(dummy_regs, DUMMY_REGS, DUMMY_FIELDS);
TRV_REG_TABLE(dummy_ports, DUMMY_PORTS, DUMMY_PORT_FIELDS);

/* State by register: what is stored is what is read, but for a few. */
struct dummy {
	struct trv_dev *dev;
	u64 mem[DUMMY_MEM_SIZE / 4];
	u64 port[DUMMY_PORT_SIZE];
	u32 cmd;
	struct sim_event dma;
	u8 buf[DUMMY_BUF];
};

u8 *dummy_buf(struct trv_dev *dev)
{
	struct dummy *d = dev->state;

	return d->buf;
}

static u64 *reg(struct dummy *d, u32 off)
{
	return &d->mem[off / 2];
}

static void update_line(struct dummy *d)
{
	sim_intx_set(d->dev, *reg(d, DUMMY_IRQ_STATUS) & *reg(d, DUMMY_IRQ_MASK));
}

/* Vector 0 for everything; as messages each cause is sent when it newly appears. */
static void raise_irq(struct dummy *d, u32 bits)
{
	bool news = bits & ~*reg(d, DUMMY_IRQ_STATUS) & *reg(d, DUMMY_IRQ_MASK);

	*reg(d, DUMMY_IRQ_STATUS) |= bits;
	update_line(d);
	if (news)
		sim_msi_fire(d->dev, 0);
}

static void do_dma(void *arg)
{
	struct dummy *d = arg;
	trv_iova addr = *reg(d, DUMMY_DMA_ADDR);
	u32 len = (u32)trv_min(*reg(d, DUMMY_DMA_LEN), (u64)DUMMY_BUF);
	int rc = 0;

	if (d->cmd & DUMMY_DMA_CMD_READ)
		rc = sim_dma_read(d->dev, addr, d->buf, len);
	if (!rc && d->cmd & DUMMY_DMA_CMD_WRITE)
		rc = sim_dma_write(d->dev, addr, d->buf, len);
	*reg(d, DUMMY_DMA_STATUS) = DUMMY_DMA_STATUS_DONE | (rc ? DUMMY_DMA_STATUS_ERROR : 0);
	if (d->cmd & DUMMY_DMA_CMD_IRQ)
		raise_irq(d, DUMMY_IRQ_STATUS_DMA);
}

static void reset(struct trv_dev *dev)
{
	struct dummy *d = dev->state;

	sim_event_cancel(&d->dma);
	memset(d->mem, 0, sizeof(d->mem));
	memset(d->port, 0, sizeof(d->port));
	memset(d->buf, 0, sizeof(d->buf));
	*reg(d, DUMMY_ID) = 0xd000cafe;
	update_line(d);
}

static int create(struct trv_dev *dev, const char *opts)
{
	static const struct trv_pci_ident ident = { .vendor = DUMMY_VENDOR,
						    .device = DUMMY_DEVICE,
						    .class = DUMMY_CLASS };
	struct dummy *d;

	if (!sim_opt_check(opts, ""))
		return -EINVAL;
	d = sim_own(sizeof(*d));
	d->dev = dev;
	dev->state = d;
	sim_event_init(&d->dma, "dummy dma", do_dma, d);
	sim_pci_ident(dev, &ident);
	sim_pci_bar(dev, DUMMY_BAR_MEM, SIM_BAR_MEM32, DUMMY_MEM_SIZE, &dummy_regs);
	sim_pci_bar(dev, DUMMY_BAR_PORT, SIM_BAR_IO, DUMMY_PORT_SIZE, &dummy_ports);
	sim_pci_intx(dev, 1);
	sim_pci_msi(dev, 4);
	sim_pci_msix(dev, 4);
	sim_pci_flr(dev);
	return 0;
}

static u64 read_port(struct dummy *d, u32 off, u32 bytes)
{
	u64 *pos = &d->port[DUMMY_PORT_POS];
	u64 val = d->port[off];

	if (off == DUMMY_PORT_DATA) {
		val = 0;
		memcpy(&val, &d->buf[*pos], bytes);
		*pos = (*pos + bytes) % DUMMY_BUF;
	}
	return val;
}

static u64 reg_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	struct dummy *d = dev->state;
	u64 val;

	if (bar == DUMMY_BAR_PORT)
		return read_port(d, off, bytes);
	val = *reg(d, off);
	if (off == DUMMY_COUNT)
		*reg(d, off) = 0;
	if (off == DUMMY_FIFO)
		val = ++*reg(d, off);
	return val;
}

static void write_port(struct dummy *d, u32 off, u32 bytes, u64 val)
{
	u64 *pos = &d->port[DUMMY_PORT_POS];

	if (off == DUMMY_PORT_DATA) {
		memcpy(&d->buf[*pos], &val, bytes);
		*pos = (*pos + bytes) % DUMMY_BUF;
	} else {
		d->port[off] = off == DUMMY_PORT_POS ? val & ~1ULL : val;
	}
}

static void reg_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	struct dummy *d = dev->state;

	if (bar == DUMMY_BAR_PORT) {
		write_port(d, off, bytes, val);
		return;
	}
	switch (off) {
	case DUMMY_TRIGGER:
		++*reg(d, DUMMY_COUNT);
		break;
	case DUMMY_IRQ_STATUS:
		*reg(d, off) &= ~val;
		update_line(d);
		break;
	case DUMMY_IRQ_RAISE:
		raise_irq(d, (u32)val);
		break;
	case DUMMY_IRQ_MASK:
		*reg(d, off) = val;
		update_line(d);
		break;
	case DUMMY_DMA_CMD:
		d->cmd = (u32)val;
		*reg(d, DUMMY_DMA_STATUS) = DUMMY_DMA_STATUS_BUSY;
		if (val & DUMMY_DMA_CMD_LATER)
			sim_event_in(&d->dma, DUMMY_DMA_NS);
		else
			do_dma(d);
		break;
	default:
		*reg(d, off) = val;
	}
}

static void unplug(struct trv_dev *dev)
{
	struct dummy *d = dev->state;

	sim_event_cancel(&d->dma);
}

static const struct sim_model dummy = {
	.name = "dummy",
	.description = "one of everything, for tests of the simulator",
	.options = "",
	.create = create,
	.reset = reset,
	.read = reg_read,
	.write = reg_write,
	.unplug = unplug,
};
SIM_MODEL(dummy);
