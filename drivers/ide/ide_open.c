// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts and queues: from channels that have drives to channels that take
 * requests.
 */
#include "ide.h"

/* One vector per compatibility-mode channel, or one for the whole function; none means polling. */
static int ide_irq_alloc(struct ide_host *host)
{
	bool native = host->channels[0].native && host->channels[1].native;
	u32 kinds = native ? TRV_IRQ_MSIX | TRV_IRQ_MSI | TRV_IRQ_INTX : TRV_IRQ_LEGACY;
	u32 n = native ? 1 : PCI_IDE_CHANNELS;
	enum trv_irq_kind kind;
	int rc;

	if (!host->opt.irq || !host->n_live)
		return 0;
	rc = trv_irq_alloc(host->dev, n, n, kinds, &kind);
	if (rc == -EOPNOTSUPP)
		return 0;
	if (rc < 0)
		return rc;
	host->n_vectors = n;
	return 0;
}

/* Of a function with one channel in each mode, the native one has no vector of its own. */
static bool ide_has_vector(const struct ide_channel *ch)
{
	return ch->host->n_vectors == 1 || (ch->host->n_vectors && !ch->native);
}

static int ide_queue_open(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	int rc;

	ch->polled = !ide_has_vector(ch);
	ch->watched = ch->polled || !ch->has_bm;
	ch->devctl = ch->polled ? ATA_DEVCTL_NIEN : 0;
	if (ch->polled)
		trv_info(dev, "channel %u: no interrupt, polling", ch->index);

	trv_timer_init(dev, &ch->drq_timer, ide_drq_timer, ch);
	trv_work_init(dev, &ch->recovery, ide_recover, ch);
	rc = ide_queue_init(ch);
	if (rc)
		return rc;
	ch->queued = true;
	return ch->polled ? 0 : ide_irq_attach(ch);
}

int ide_io_open(struct ide_host *host)
{
	int rc = ide_irq_alloc(host);

	if (rc)
		return rc;
	ide_for_each_channel(host, ch) {
		if (!ch->live)
			continue;
		rc = ide_queue_open(ch);
		if (rc)
			goto err_close;
	}
	ide_for_each_channel(host, ch)
		if (ch->live)
			ide_unhold(ch);
	return 0;

err_close:
	ide_io_close(host);
	return rc;
}

void ide_io_close(struct ide_host *host)
{
	if (host->attached)
		trv_irq_detach(host->dev, 0);
	host->attached = false;
	ide_for_each_channel(host, ch) {
		if (ch->attached)
			trv_irq_detach(host->dev, ch->index);
		ch->attached = false;
	}
	if (host->n_vectors)
		trv_irq_free(host->dev);
	host->n_vectors = 0;

	ide_for_each_channel(host, ch) {
		if (!ch->queued)
			continue;
		trv_timer_cancel_sync(&ch->drq_timer);
		trv_work_cancel_sync(&ch->recovery);
		trv_blkq_destroy(&ch->queue);
		ch->queued = false;
	}
}
