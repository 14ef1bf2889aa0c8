// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "ring_drv.h"

enum { WAIT_US = 20000, RESET_US = 10 };

static enum trv_irq_ret ring_interrupt(void *arg)
{
	struct ring *r = arg;
	u32 cause = trv_read32(r->regs, RING_CAUSE);

	if (!cause || cause == ~0U)
		return TRV_IRQ_NONE;
	trv_event_signal(&r->done);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(ring_handler, ring_interrupt, NULL);

/* ---- one request --------------------------------------------------------- */

static void ring_post(struct ring *r, struct ring_desc *d, u32 len)
{
	d->addr = trv_cpu_to_le64(r->map.iova);
	d->len = trv_cpu_to_le32(len);
	/* Address and length before OWN. */
	trv_dma_wmb();
	d->flags = trv_cpu_to_le32(RING_OWN);
	/* OWN before the doorbell. */
	trv_dma_wmb();
	trv_write32_relaxed(r->regs, RING_DOORBELL, 0);
}

static int ring_reap(struct ring *r, struct ring_desc *d, u8 *out, u32 room)
{
	u32 len;

	/* DONE before the length. */
	trv_dma_rmb();
	/* The device may write there at any time: what was checked is what is used. */
	len = trv_le32_to_cpu(trv_read_once(d->len));
	if (len > room)
		return -EIO;
	trv_memcpy(out, r->buf, len);
	return (int)len;
}

const struct ring_steps ring_steps = { ring_post, ring_reap };

/* The interrupt may be lost on the way: memory is what counts. */
static bool ring_wait(struct ring *r, struct ring_desc *d)
{
	u64 end = trv_time_ns() + WAIT_US * 1000ULL;

	for (;;) {
		bool late = trv_time_ns() > end;

		if (trv_le32_to_cpu(trv_read_once(d->flags)) & RING_DONE)
			return true;
		if (late || trv_dev_gone(r->dev))
			return false;
		if (!trv_event_wait(&r->done, 100))
			trv_event_reset(&r->done);
	}
}

int ring_echo(struct ring *r, const struct ring_steps *steps, const u8 *in, u32 len, u8 *out,
	      u32 room)
{
	struct ring_desc *d = &r->desc[r->next];
	bool came;
	int rc;

	trv_memcpy(r->buf, in, len);
	rc = trv_dma_map(r->dev, r->buf, len, TRV_DMA_BIDIRECTIONAL, &r->map);
	if (rc)
		return rc;
	steps->post(r, d, len);
	came = ring_wait(r, d);
	if (came) {
		r->next = (r->next + 1) % RING_SLOTS;
	} else {
		/* Only now the buffer is nobody else's. */
		rc = ring_reset(r);
		if (!rc)
			rc = -ETIMEDOUT;
	}
	trv_dma_unmap(r->dev, &r->map);
	return came ? steps->reap(r, d, out, room) : rc;
}

void ring_poll(struct ring *r)
{
	trv_write32(r->regs, RING_MASK, 0);
}

/* ---- life ---------------------------------------------------------------- */

static void ring_start(struct ring *r)
{
	trv_memset(r->desc, 0, r->mem.size);
	r->next = 0;
	trv_write64(r->regs, RING_BASE, r->mem.iova);
	trv_write32(r->regs, RING_CTRL, RING_CTRL_ENABLE);
	trv_write32(r->regs, RING_MASK, RING_CAUSE_DONE);
}

static int ring_quiet(struct ring *r)
{
	trv_write32(r->regs, RING_CTRL, RING_CTRL_RESET);
	/* Time counts from when it arrives, which nothing may be read to find out. */
	trv_sleep_us(2 * RESET_US);
	return trv_read32(r->regs, RING_CTRL) & RING_CTRL_RESET ? -ENODEV : 0;
}

/* The line is shared: the handler may be asked at any time, and not while a reset is under way. */
static int ring_quiet_unasked(struct ring *r)
{
	int rc;

	trv_irq_mask(r->dev, 0);
	trv_irq_sync(r->dev, 0);
	rc = ring_quiet(r);
	trv_irq_unmask(r->dev, 0);
	return rc;
}

int ring_reset(struct ring *r)
{
	int rc = ring_quiet_unasked(r);

	if (!rc)
		ring_start(r);
	return rc;
}

static int ring_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct ring *r = trv_drvdata(dev);
	enum trv_irq_kind kind;
	int rc;

	r->dev = dev;
	trv_event_init(&r->done);
	r->buf = trv_zalloc(dev, RING_MOST, TRV_SLEEP);
	if (!r->buf)
		return -ENOMEM;
	rc = trv_bar_map(dev, RING_BAR, RING_BAR_LEN, &r->regs);
	if (rc)
		goto err_free;
	rc = ring_quiet(r);
	if (rc)
		goto err_unmap;
	rc = trv_bus_master(dev, true);
	if (rc)
		goto err_unmap;
	rc = trv_dma_alloc(dev, RING_SLOTS * sizeof(*r->desc), 64, &r->mem);
	if (rc)
		goto err_unmap;
	r->desc = r->mem.cpu;
	rc = trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind);
	if (rc < 0)
		goto err_dma;
	rc = trv_irq_attach(dev, 0, &ring_handler, r, "ring");
	if (rc)
		goto err_irq;
	ring_start(r);
	return 0;

err_irq:
	trv_irq_free(dev);
err_dma:
	trv_dma_free(dev, &r->mem);
err_unmap:
	trv_bar_unmap(dev, &r->regs);
err_free:
	trv_free(dev, r->buf, RING_MOST);
	return rc;
}

static void ring_stop(struct trv_dev *dev)
{
	struct ring *r = trv_drvdata(dev);

	if (ring_quiet_unasked(r))
		trv_err(dev, "it does not answer");
}

static void ring_remove(struct trv_dev *dev)
{
	struct ring *r = trv_drvdata(dev);

	trv_irq_detach(dev, 0);
	trv_irq_free(dev);
	trv_dma_free(dev, &r->mem);
	trv_bar_unmap(dev, &r->regs);
	trv_free(dev, r->buf, RING_MOST);
}

const struct trv_driver ring_driver = {
	.name = "ring",
	.description = "for tests of the simulator",
	.priv_size = sizeof(struct ring),
	.probe = ring_probe,
	.stop = ring_stop,
	.remove = ring_remove,
};
