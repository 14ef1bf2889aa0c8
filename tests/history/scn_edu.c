// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* edu: registers in bare hands, and its driver. */
#include <drivers/edu/edu.h>
#include <trivet/hw/edu.h>

#include "history.h"

/** struct hand - what a scenario holds of the device */
struct hand {
	struct trv_dev *dev;
	struct trv_mmio h;
	u32 irqs, seen;
	bool attached;
	u8 *buf;
	struct trv_dma_map map;
};

/* QEMU 7.2 takes a transfer up to the buffer's last byte for one beyond it, and aborts. */
enum { LEN = 1024 };

static enum trv_irq_ret on_irq(void *arg)
{
	struct hand *e = arg;
	u32 status = trv_read32(e->h, EDU_IRQ_STATUS);

	if (!status)
		return TRV_IRQ_NONE;
	trv_write32(e->h, EDU_IRQ_ACK, status);
	trv_store_release(&e->irqs, e->irqs + 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(edu_handler, on_irq, NULL);

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	const struct trv_dma_limits limits = { .mask = EDU_DMA_MASK };
	struct hand *e = trv_drvdata(dev);
	int rc;

	e->dev = dev;
	rc = trv_dma_limits(dev, &limits);
	if (!rc)
		rc = trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &e->h);
	if (rc)
		return rc;
	e->buf = trv_zalloc(dev, LEN, TRV_SLEEP);
	if (!e->buf)
		return -ENOMEM;
	return trv_bus_master(dev, true);
}

static void stop(struct trv_dev *dev)
{
}

static void remove_hand(struct trv_dev *dev)
{
	struct hand *e = trv_drvdata(dev);

	if (e->attached) {
		trv_irq_detach(dev, 0);
		trv_irq_free(dev);
	}
	trv_bar_unmap(dev, &e->h);
	trv_free(dev, e->buf, LEN);
}

static const struct trv_driver hand_driver = {
	.name = "edu_hand",
	.description = "edu in bare hands",
	.priv_size = sizeof(struct hand),
	.probe = probe,
	.stop = stop,
	.remove = remove_hand,
};

static struct hand *begin(struct trv_dev *dev, u32 kinds)
{
	enum trv_irq_kind kind;
	struct hand *e;

	if (hist_bind(dev, &hand_driver))
		return NULL;
	e = trv_drvdata(dev);
	if (!kinds)
		return e;
	if (trv_irq_alloc(dev, 1, 1, kinds, &kind) != 1 ||
	    trv_irq_attach(dev, 0, &edu_handler, e, "edu"))
		hist_note("no interrupts");
	else
		e->attached = true;
	return e;
}

static void interrupted(struct hand *e, u32 n)
{
	for (u32 i = 0; i < 3000 && trv_load_acquire(&e->irqs) < e->seen + n; i++)
		trv_sleep_us(1000);
	trv_sleep_us(20000);
	trv_irq_sync(e->dev, 0);
	hist_note("%u interrupts", trv_load_acquire(&e->irqs) - e->seen);
	e->seen = trv_load_acquire(&e->irqs);
}

HIST(edu_basic, "edu/basic", "identification, liveness, status bits that can be written",
     .model = "edu")
{
	static const u32 vals[] = { 0, 0xffffffff, 0x12345678 };
	struct hand *e = begin(dev, 0);

	trv_read32(e->h, EDU_ID);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(vals); i++) {
		trv_write32(e->h, EDU_LIVENESS, vals[i]);
		trv_read32(e->h, EDU_LIVENESS);
	}
	trv_write32(e->h, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	trv_read32(e->h, EDU_STATUS);
	trv_write32(e->h, EDU_STATUS, 0);
	trv_read32(e->h, EDU_STATUS);
	trv_read32(e->h, EDU_IRQ_STATUS);
	hist_unbind(dev);
}

HIST(edu_factorials, "edu/factorial", "polled: 0, 1, 10, one beyond 32 bits, 34", .model = "edu")
{
	static const u32 n[] = { 0, 1, 10, 13, 34 };
	struct hand *e = begin(dev, 0);
	u32 status;

	for (u32 i = 0; i < TRV_ARRAY_SIZE(n); i++) {
		trv_write32(e->h, EDU_FACTORIAL, n[i]);
		if (trv_poll_timeout(trv_read32(e->h, EDU_STATUS), status,
				     !(status & EDU_STATUS_COMPUTING), 100, 2000000))
			hist_note("it computes still");
		trv_read32(e->h, EDU_FACTORIAL);
	}
	hist_unbind(dev);
}

static void raises(struct trv_dev *dev, u32 kinds)
{
	struct hand *e = begin(dev, kinds);

	trv_write32(e->h, EDU_IRQ_RAISE, 0x10);
	interrupted(e, 1);
	trv_write32(e->h, EDU_IRQ_RAISE, 0x80000001);
	interrupted(e, 1);
	trv_read32(e->h, EDU_IRQ_STATUS);
	trv_write32(e->h, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	trv_write32(e->h, EDU_FACTORIAL, 6);
	interrupted(e, 1);
	trv_read32(e->h, EDU_FACTORIAL);
	trv_write32(e->h, EDU_STATUS, 0);
	trv_write32(e->h, EDU_FACTORIAL, 7);
	trv_sleep_us(50000);
	interrupted(e, 0);
	hist_unbind(dev);
}

HIST(edu_intx, "edu/intx", "interrupts by line: raised by hand, by a factorial, and not",
     .model = "edu")
{
	raises(dev, TRV_IRQ_INTX);
}

HIST(edu_msi, "edu/msi", "the same by message", .model = "edu")
{
	raises(dev, TRV_IRQ_MSI);
}

HIST(edu_acknowledge, "edu/acknowledge",
     "bits of Interrupt Status, raised and acknowledged in part", .model = "edu")
{
	struct hand *e = begin(dev, 0);

	trv_write32(e->h, EDU_IRQ_RAISE, 0x0f);
	trv_read32(e->h, EDU_IRQ_STATUS);
	trv_write32(e->h, EDU_IRQ_RAISE, 0x30);
	trv_read32(e->h, EDU_IRQ_STATUS);
	trv_write32(e->h, EDU_IRQ_ACK, 0x15);
	trv_read32(e->h, EDU_IRQ_STATUS);
	trv_write32(e->h, EDU_IRQ_ACK, 0xffffffff);
	trv_read32(e->h, EDU_IRQ_STATUS);
	hist_unbind(dev);
}

/* @to_ram: from the device's buffer at @off; all addresses written by 64 bits, or 32. */
static void transfer(struct hand *e, u32 off, u32 len, bool to_ram, bool wide, u32 more)
{
	u64 src = to_ram ? EDU_BUF + off : e->map.iova, dst = to_ram ? e->map.iova : EDU_BUF + off;
	u32 cmd = EDU_DMA_CMD_START | (to_ram ? EDU_DMA_CMD_TO_RAM : 0) | more;

	if (wide) {
		trv_write64(e->h, EDU_DMA_SRC, src);
		trv_write64(e->h, EDU_DMA_DST, dst);
		trv_write64(e->h, EDU_DMA_COUNT, len);
		trv_write64(e->h, EDU_DMA_CMD, cmd);
	} else {
		trv_write32(e->h, EDU_DMA_SRC, (u32)src);
		trv_write32(e->h, EDU_DMA_DST, (u32)dst);
		trv_write32(e->h, EDU_DMA_COUNT, len);
		trv_write32(e->h, EDU_DMA_CMD, cmd);
	}
}

static void finished(struct hand *e)
{
	u64 cmd;

	if (trv_poll_timeout(trv_read64(e->h, EDU_DMA_CMD), cmd, !(cmd & EDU_DMA_CMD_START), 1000,
			     2000000))
		hist_note("it transfers still");
}

/* There, and back over something else. */
static void there_and_back(struct hand *e, bool wide, u32 irq)
{
	hist_fill(e->buf, LEN, 3, wide);
	if (trv_dma_map(e->dev, e->buf, LEN, TRV_DMA_TO_DEVICE, &e->map))
		return;
	transfer(e, 16, LEN, false, wide, irq);
	if (irq)
		interrupted(e, 1);
	finished(e);
	trv_dma_unmap(e->dev, &e->map);
	hist_fill(e->buf, LEN, 4, wide);
	if (trv_dma_map(e->dev, e->buf, LEN, TRV_DMA_FROM_DEVICE, &e->map))
		return;
	transfer(e, 20, LEN / 2, true, wide, irq);
	if (irq)
		interrupted(e, 1);
	finished(e);
	trv_dma_unmap(e->dev, &e->map);
}

HIST(edu_dma, "edu/dma", "DMA both ways, registers of 64 and of 32 bits, polled", .model = "edu")
{
	struct hand *e = begin(dev, 0);

	there_and_back(e, true, 0);
	trv_read64(e->h, EDU_DMA_COUNT);
	there_and_back(e, false, 0);
	hist_unbind(dev);
}

HIST(edu_dma_irq, "edu/dma-interrupt", "DMA whose end is an interrupt", .model = "edu")
{
	struct hand *e = begin(dev, TRV_IRQ_MSI);

	there_and_back(e, true, EDU_DMA_CMD_RAISE_IRQ);
	hist_unbind(dev);
}

HIST(edu_driver, "edu/driver", "the driver: liveness, factorials, copies in and out",
     .model = "edu")
{
	u32 result = 0;
	u8 *buf;

	if (hist_bind(dev, NULL))
		return;
	buf = trv_zalloc(dev, LEN, TRV_SLEEP);
	hist_note("liveness = %d", edu_liveness(dev));
	for (u32 n = 0; n < 40; n += 13) {
		int rc = edu_factorial(dev, n, &result);

		hist_note("factorial of %u = %d, %u", n, rc, result);
	}
	hist_fill(buf, LEN, 1, 1);
	hist_note("copy in = %d", edu_copy_in(dev, 100, buf, LEN));
	hist_note("copy out = %d", edu_copy_out(dev, 200, buf, LEN / 2));
	hist_note("beyond = %d", edu_copy_out(dev, 4000, buf, 200));
	trv_free(dev, buf, LEN);
	hist_unbind(dev);
}
