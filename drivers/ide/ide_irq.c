// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The ends of requests: interrupts, and what stands in for them. The hot path's
 * second half.
 */
#include "ide_dma.h"

/*
 * The command is over, or asks for data: @status was just read, with BSY
 * clear. Returns the request when it is over, with *@rc.
 */
static struct trv_req *ide_event(struct ide_channel *ch, u8 status, u8 bm, int *rc)
{
	if (ch->state >= IDE_PACKET)
		return ide_packet_event(ch, status, bm, rc);
	if (ch->state >= IDE_PIO_IN)
		return ide_pio_event(ch, status, rc);

	if (ch->state == IDE_DMA)
		ide_dma_stop(ch);
	ide_ack(ch);
	/* Still active: the drive moved less than the table holds (BMIDE 3.1). */
	if (status & (ATA_STATUS_ERR | ATA_STATUS_DF | ATA_STATUS_DRQ) ||
	    bm & (BM_STATUS_ERROR | BM_STATUS_ACTIVE))
		return ide_fail(ch, status, bm, rc);
	*rc = ch->state == IDE_NO_DATA ? ch->flush_rc : 0;
	return ide_end(ch);
}

/* Look at status, no interrupt bit having announced anything. 400 ns passed since the command. */
static struct trv_req *ide_look(struct ide_channel *ch, int *rc)
{
	u8 status = trv_read8(ch->ctl, IDE_CTL);
	u8 bm = 0;

	if (status & ATA_STATUS_BSY) {
		if (status == IDE_ALL_ONES && trv_dev_gone(ch->host->dev))
			return ide_abandon(ch, rc);
		return NULL;
	}
	if ((ch->state == IDE_DMA || ch->state == IDE_PACKET_DMA) &&
	    !(status & (ATA_STATUS_ERR | ATA_STATUS_DF))) {
		if (status & ATA_STATUS_DRQ)
			return NULL;
		/* The drive sent its last word, but the chip may still hold it (PIIX4 9.4). */
		bm = trv_read8(ch->bm, BM_STATUS);
		if (bm & BM_STATUS_ACTIVE)
			return NULL;
	}
	return ide_event(ch, trv_read8(ch->cmd, ATA_STATUS), bm, rc);
}

/*
 * The interrupt bit is set, and nothing is over. What is over a moment later
 * sets it again, or has done so before this write clears it: then it shows.
 */
static struct trv_req *ide_stray(struct ide_channel *ch, int *rc)
{
	if (!ch->req) {
		ide_ack(ch);
		return NULL;
	}
	/* An error that the bus master has met by now is the command's, and shows at its end. */
	if (ch->has_bm)
		trv_write8(ch->bm, BM_STATUS, ch->bm_ack & (u8)~BM_STATUS_ERROR);
	return ide_look(ch, rc);
}

static enum trv_irq_ret ide_channel_irq(struct ide_channel *ch)
{
	enum trv_irq_ret ret = TRV_IRQ_NONE;
	struct trv_req *done = NULL;
	unsigned long flags;
	u8 status, bm = 0;
	int rc = 0;

	flags = trv_spin_lock_irqsave(&ch->lock);
	if (ch->state >= IDE_HELD)
		goto out;
	if (ch->has_bm) {
		/* Once this bit reads one, what a DMA read brought is in memory (BMIDE 3.2). */
		bm = trv_read8(ch->bm, BM_STATUS);
		if (!(bm & BM_STATUS_INTR))
			goto out;
		ret = TRV_IRQ_HANDLED;
	} else if (ch->state != IDE_IDLE) {
		/* Nothing but status tells whose interrupt it is. */
		status = trv_read8(ch->ctl, IDE_CTL);
		if (status & ATA_STATUS_BSY)
			goto out;
		ret = TRV_IRQ_HANDLED;
	}

	/* The read takes INTRQ back. */
	status = trv_read8(ch->cmd, ATA_STATUS);
	if (!(status & ATA_STATUS_BSY) && ch->state != IDE_IDLE)
		done = ide_event(ch, status, bm, &rc);
	else if (status == IDE_ALL_ONES && trv_dev_gone(ch->host->dev))
		done = ide_abandon(ch, &rc);
	else
		done = ide_stray(ch, &rc);
	ide_taken(ch, IDE_BY_IRQ, done);
out:
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	ide_complete(ch, IDE_BY_IRQ, done, rc);
	return ret;
}

/* A legacy line is one channel's. */
static enum trv_irq_ret ide_line_irq(void *arg)
{
	return ide_channel_irq(arg);
}

/*
 * INTx or a message is the function's. An idle channel is only asked when no
 * other explains it: a stray interrupt of its own would keep the line up.
 */
static enum trv_irq_ret ide_host_irq(void *arg)
{
	struct ide_host *host = arg;
	enum trv_irq_ret ret = TRV_IRQ_NONE;

	ide_for_each_channel(host, ch)
		if (ch->live && trv_read_once(ch->state) != IDE_IDLE &&
		    ide_channel_irq(ch) == TRV_IRQ_HANDLED)
			ret = TRV_IRQ_HANDLED;
	if (ret == TRV_IRQ_HANDLED)
		return ret;
	ide_for_each_channel(host, ch)
		if (ch->live && trv_read_once(ch->state) == IDE_IDLE &&
		    ide_channel_irq(ch) == TRV_IRQ_HANDLED)
			ret = TRV_IRQ_HANDLED;
	return ret;
}

/* ---- without an interrupt ------------------------------------------------ */

int ide_poll(struct trv_blkq *q, int budget)
{
	struct ide_channel *ch = trv_blkq_priv(q);
	struct trv_req *done = NULL;
	unsigned long flags;
	int rc = 0;

	flags = trv_spin_lock_irqsave(&ch->lock);
	if (budget > 0 && ch->req && ch->state < IDE_HELD)
		done = ide_look(ch, &rc);
	ide_taken(ch, IDE_BY_POLL, done);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	return ide_complete(ch, IDE_BY_POLL, done, rc);
}

/*
 * No interrupt asks for a write's first block, nor mostly for a packet: look
 * again, until timeout() loses patience.
 */
void ide_drq_timer(void *arg)
{
	struct ide_channel *ch = arg;
	struct trv_req *done = NULL;
	unsigned long flags;
	int rc = 0;

	flags = trv_spin_lock_irqsave(&ch->lock);
	if (ch->state == IDE_PIO_FIRST || ch->state == IDE_PACKET) {
		done = ide_look(ch, &rc);
		if (ch->state == IDE_PIO_FIRST || ch->state == IDE_PACKET)
			trv_timer_arm(&ch->drq_timer, IDE_DRQ_TIMER_US);
	}
	ide_taken(ch, IDE_BY_TIMER, done);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	ide_complete(ch, IDE_BY_TIMER, done, rc);
}

/* ---- attaching ----------------------------------------------------------- */

TRV_IRQ_HANDLER(ide_line_handler, ide_line_irq, NULL);
TRV_IRQ_HANDLER(ide_host_handler, ide_host_irq, NULL);

int ide_irq_attach(struct ide_channel *ch)
{
	struct ide_host *host = ch->host;
	int rc = 0;

	if (host->n_vectors > 1) {
		rc = trv_irq_attach(host->dev, ch->index, &ide_line_handler, ch, "ide");
		ch->attached = !rc;
	} else if (!host->attached) {
		rc = trv_irq_attach(host->dev, 0, &ide_host_handler, host, "ide");
		host->attached = !rc;
	}
	return rc;
}
