// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The ramdisk's driver: an ordinary disk driver, except that it misbehaves on
 * request and takes notes.
 */
#include <tests/scenarios/blk/ramdisk.h>

struct ramdisk {
	struct trv_dev *dev;
	struct trv_port port;
	struct trv_spin lock;
	struct trv_blkq q;
	struct trv_disk disk[RD_DISKS]; /* by unit */
	bool added[RD_DISKS];
	struct trv_req *slot[RD_DEPTH];
};

/* ---- requests ------------------------------------------------------------ */

/* DMA where it may, else by register; -EBUSY when there is no room to map. */
static int rd_transfer(struct ramdisk *d, struct trv_req *req, struct rd_entry *note, bool *dma)
{
	u32 tag = trv_req_tag(req), bytes = trv_req_bytes(req);
	int rc = 0;

	*dma = false;
	if (!bytes) /* mapping nothing is no error */
		return trv_req_map(req);
	if (!rd.pio) {
		rc = trv_req_map(req);
		*dma = rc > 0;
		note->segs = *dma ? (u32)rc : 0;
		if (rc == -ENOMEM)
			return -EBUSY;
		if (rc != -EFBIG)
			return rc < 0 ? rc : 0;
	}
	if (trv_req_op(req) == TRV_REQ_READ)
		return 0;
	rd_hw_fifo(d->dev, tag);
	rd.pio_wrong += trv_req_pio_out(req, d->port, RD_FIFO(tag), bytes + 2) != -ERANGE;
	rd.pio_wrong += trv_req_pio_out(req, d->port, RD_FIFO(tag), bytes - 1) != -EINVAL;
	return trv_req_pio_out(req, d->port, RD_FIFO(tag), bytes);
}

/* What a read by register has still to do when the device is ready. */
static int rd_finish(struct ramdisk *d, struct trv_req *req, int status)
{
	const u32 *mapped = trv_req_priv(req);
	u32 tag = trv_req_tag(req), bytes = trv_req_bytes(req);

	if (status || trv_req_op(req) != TRV_REQ_READ || mapped[1])
		return status;
	rd_hw_fifo(d->dev, tag);
	rd.pio_wrong += trv_req_pio_in(req, d->port, RD_FIFO(tag), bytes + 2) != -ERANGE;
	rd.pio_wrong += trv_req_pio_in(req, d->port, RD_FIFO(tag), bytes - 1) != -EINVAL;
	status = trv_req_pio_in(req, d->port, RD_FIFO(tag), bytes);
	rd.pio_wrong += trv_req_pio_left(req);
	/* A FIFO has no way to say so. */
	return !status && trv_dev_gone(d->dev) ? -ENODEV : status;
}

static enum rd_odd rd_odd(void)
{
	if (!rd.n_odd)
		return RD_START;
	if (rd.skip_odd) {
		rd.skip_odd--;
		return RD_START;
	}
	rd.n_odd--;
	return rd.odd;
}

/* What no driver may do; the class's answer. */
static int rd_broken(struct ramdisk *d, struct trv_req *req, enum rd_odd odd)
{
	const u32 fifo = RD_FIFO(trv_req_tag(req));

	if (odd == RD_POSITIVE)
		return 1;
	if (odd != RD_BACKWARDS && trv_req_map(req) < 0)
		return -EBUSY; /* not broken yet: no room */
	if (odd == RD_MAP_TWICE)
		return trv_req_map(req);
	if (odd == RD_MAP_PIO)
		return trv_req_pio_out(req, d->port, fifo, RD_BLOCK);
	return trv_req_pio_in(req, d->port, fifo, RD_BLOCK);
}

/* *@kept: the hardware has it, and somebody else will end it. */
static int rd_take(struct ramdisk *d, struct trv_req *req, struct rd_entry *note, bool *kept)
{
	u32 *priv = trv_req_priv(req);
	enum rd_odd odd = rd_odd();
	unsigned long flags;
	bool dma;
	int rc;

	*kept = false;
	rd.dirty_priv += priv[0] || priv[1];
	priv[0] = 1;
	switch (odd) {
	case RD_REFUSE:
		return -EBUSY;
	case RD_ERROR:
		return -EIO;
	case RD_REQUEUE:
		rd.out--;
		(void)trv_req_requeue(req);
		rd.out++;
		return 0;
	case RD_POSITIVE:
	case RD_MAP_TWICE:
	case RD_MAP_PIO:
	case RD_BACKWARDS:
		return rd_broken(d, req, odd);
	default:
		break;
	}

	rc = rd_transfer(d, req, note, &dma);
	if (rc)
		return rc;
	priv[1] = dma;
	note->mapped = dma;
	switch (odd) {
	case RD_MAP_REFUSE:
		return -EBUSY;
	case RD_SYNC:
	case RD_REFUSE_DONE:
		rc = rd_finish(d, req, rd_hw_now(d->dev, req));
		rd.out--;
		(void)trv_req_complete(req, rc);
		rd.out++;
		return odd == RD_REFUSE_DONE ? -EBUSY : 0;
	default:
		break;
	}

	flags = trv_spin_lock_irqsave(&d->lock);
	d->slot[trv_req_tag(req)] = req;
	trv_spin_unlock_irqrestore(&d->lock, flags);
	*kept = true;
	if (odd != RD_HANG)
		rd_hw_start(d->dev, req, dma);
	return 0;
}

static int rd_queue(struct trv_blkq *q, struct trv_req *req)
{
	struct rd_entry *note;
	bool kept;
	int rc;

	rd.queues++;
	if (rd.room && rd.out >= rd.room)
		return -EBUSY;
	note = rd_note('q', req);
	rd.max_depth = trv_max(rd.max_depth, ++rd.depth);
	rd.max_out = trv_max(rd.max_out, ++rd.out);
	rc = rd_take(trv_blkq_priv(q), req, note, &kept);
	rd.depth--;
	rd.out -= !kept;
	return rc;
}

static void rd_kick(struct trv_blkq *q)
{
	rd.overlaps += rd.in_kick++ || rd.depth;
	rd.kicks++;
	rd_note('k', NULL);
	rd.in_kick--;
}

/* End what the hardware has finished. */
static int rd_reap(struct ramdisk *d, int budget)
{
	struct trv_req *req;
	unsigned long flags;
	int n = 0, status;
	u32 tag;

	for (tag = 0; tag < d->q.params.depth && n < budget; tag++) {
		flags = trv_spin_lock_irqsave(&d->lock);
		req = d->slot[tag];
		if (!req || !rd_hw_done(d->dev, tag, &status)) {
			trv_spin_unlock_irqrestore(&d->lock, flags);
			continue;
		}
		d->slot[tag] = NULL;
		rd.out--;
		if (rd.complete_locked)
			(void)trv_req_complete(req, status);
		trv_spin_unlock_irqrestore(&d->lock, flags);
		if (rd.complete_locked)
			continue;

		if (rd.n_requeue) {
			rd.n_requeue--;
			(void)trv_req_requeue(req);
			continue;
		}
		n += trv_req_complete(req, rd_finish(d, req, status));
		if (rd.complete_twice)
			(void)trv_req_complete(req, 0);
	}
	return n;
}

static int rd_poll(struct trv_blkq *q, int budget)
{
	int n;

	rd.overlaps += rd.in_poll++ || rd.in_timeout;
	rd.polls++;
	if (rd.poll_us)
		trv_delay_us(rd.poll_us);
	n = rd_reap(trv_blkq_priv(q), budget);
	rd.in_poll--;
	return rd.poll_lies ? budget + 1 : n;
}

static void rd_timeout(struct trv_blkq *q, struct trv_req *req)
{
	struct ramdisk *d = trv_blkq_priv(q);
	struct trv_req *down[RD_DEPTH] = { NULL };
	unsigned long flags;

	rd.overlaps += rd.in_poll || rd.in_timeout++;
	rd.timeouts++;
	rd_note('t', req);
	flags = trv_spin_lock_irqsave(&d->lock);
	for (u32 tag = 0; tag < q->params.depth; tag++) {
		if (!d->slot[tag] || (d->slot[tag] != req && !rd.reset))
			continue;
		rd_hw_cancel(d->dev, tag);
		if (d->slot[tag] != req)
			down[tag] = d->slot[tag];
		d->slot[tag] = NULL;
		rd.out--;
	}
	trv_spin_unlock_irqrestore(&d->lock, flags);
	if (!q->params.polled)
		trv_irq_sync(d->dev, 0);

	for (u32 tag = 0; tag < q->params.depth; tag++) {
		if (down[tag])
			(void)trv_req_requeue(down[tag]);
	}
	if (rd.late)
		(void)trv_req_complete(req, 0);
	if (rd.late_requeue)
		(void)trv_req_requeue(req);
	if (rd.timeout_us)
		trv_sleep_us(rd.timeout_us);
	rd.in_timeout--;
}

static const struct trv_blk_ops rd_ops = {
	.queue = rd_queue,
	.kick = rd_kick,
	.poll = rd_poll,
	.timeout = rd_timeout,
};

static enum trv_irq_ret rd_irq(void *arg)
{
	(void)rd_reap(arg, (int)RD_DEPTH);
	return TRV_IRQ_HANDLED;
}
TRV_IRQ_HANDLER(rd_handler, rd_irq, NULL);

/* ---- life ---------------------------------------------------------------- */

void rd_remove_unit(struct trv_dev *dev, u32 unit)
{
	struct ramdisk *d = trv_drvdata(dev);

	if (d->added[unit])
		trv_disk_remove(&d->disk[unit]);
	d->added[unit] = false;
}

static void rd_remove_disks(struct ramdisk *d)
{
	for (u32 unit = 0; unit < RD_DISKS; unit++)
		rd_remove_unit(d->dev, unit);
}

/* Backwards: the class keeps them in order of unit. */
static int rd_add_disks(struct ramdisk *d)
{
	int rc;

	for (u32 unit = rd.disks; unit-- > 0;) {
		rc = trv_disk_add(&d->q, &d->disk[unit], &rd.info[unit], d);
		if (rc)
			return rc;
		d->added[unit] = true;
	}
	return 0;
}

static void rd_irq_off(struct ramdisk *d)
{
	if (d->q.params.polled)
		return;
	trv_irq_detach(d->dev, 0);
	trv_irq_free(d->dev);
}

static int rd_irq_on(struct ramdisk *d)
{
	enum trv_irq_kind kind;
	int rc;

	if (d->q.params.polled)
		return 0;
	rc = trv_irq_alloc(d->dev, 1, 1, TRV_IRQ_MSI, &kind);
	if (rc < 0)
		return rc;
	rc = trv_irq_attach(d->dev, 0, &rd_handler, d, "ramdisk");
	if (rc)
		trv_irq_free(d->dev);
	return rc;
}

static int rd_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct ramdisk *d = trv_drvdata(dev);
	int rc;

	d->dev = dev;
	trv_spin_init(&d->lock, "ramdisk");
	rc = trv_dma_limits(dev, &rd.limits);
	if (rc)
		return rc;
	rc = trv_bar_map(dev, 0, RD_PORTS, &d->port);
	if (rc)
		return rc;
	rc = trv_bus_master(dev, true);
	if (rc)
		goto err_unmap;
	rc = trv_blkq_init(dev, &d->q, &rd_ops, &rd.params, d);
	if (rc)
		goto err_master;
	rd.q = &d->q;
	rc = rd_irq_on(d);
	if (rc)
		goto err_queue;

	rc = rd_add_disks(d);
	if (rc)
		goto err_disks;
	return 0;

err_disks:
	rd_remove_disks(d);
	rd_irq_off(d);
err_queue:
	trv_blkq_destroy(&d->q);
err_master:
	if (trv_bus_master(dev, false))
		trv_warn(dev, "bus master stays on");
err_unmap:
	trv_bar_unmap(dev, &d->port);
	return rc;
}

static void rd_stop(struct trv_dev *dev)
{
	struct ramdisk *d = trv_drvdata(dev);

	for (u32 tag = 0; tag < d->q.params.depth; tag++)
		rd_hw_cancel(dev, tag);
}

static void rd_remove(struct trv_dev *dev)
{
	struct ramdisk *d = trv_drvdata(dev);

	if (rd.keep_disks)
		trv_blkq_destroy(&d->q);
	rd_remove_disks(d);
	rd_irq_off(d);
	trv_blkq_destroy(&d->q);
	trv_bar_unmap(dev, &d->port);
}

/* Nothing is with the driver any more: the class saw to it. */
static int rd_suspend(struct trv_dev *dev)
{
	rd.overlaps += rd.out;
	return 0;
}

static int rd_resume(struct trv_dev *dev)
{
	return rd.resume_fails ? -EIO : 0;
}

static const struct trv_pci_id rd_ids[] = {
	{ RD_VENDOR, RD_DEVICE, 0, 0, 0 },
	{ 0 },
};

static const struct trv_driver ramdisk_driver = {
	.name = "ramdisk",
	.description = "test driver of the block class",
	.ids = rd_ids,
	.priv_size = sizeof(struct ramdisk),
	.probe = rd_probe,
	.stop = rd_stop,
	.remove = rd_remove,
	.suspend = rd_suspend,
	.resume = rd_resume,
};
TRV_BLK_DRIVER(ramdisk_driver, rd_ops);
