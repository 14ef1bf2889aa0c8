// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an interrupt handler cannot put right, a task does: it asks a packet
 * drive why it failed, it resets, and it makes the hardware forget a request
 * that took too long.
 */
#include "ide_bus.h"

void ide_recover_later(struct ide_channel *ch, struct ide_drive *faulty)
{
	ch->faulty = faulty;
	ide_hold(ch);
	trv_work_queue(&ch->recovery);
}

/* ---- resets -------------------------------------------------------------- */

/* Too many CRC errors: the same drive, one mode slower. DMA that does not end: PIO. */
static void ide_slow_down(struct ide_drive *drive)
{
	const char *why;

	if (drive->dma && drive->dma_faults >= IDE_DMA_FAULTS) {
		why = "DMA breaks off";
		ide_mode_pio(drive);
	} else if (drive->crc_errors >= IDE_CRC_LIMIT) {
		why = "too many CRC errors";
		ide_mode_slower(drive);
	} else {
		return;
	}
	drive->dma_faults = 0;
	drive->crc_errors = 0;
	ide_mode_name(drive);
	trv_warn(drive->ch->host->dev, "%s: %s, %s from now on", drive->info.model, why,
		 drive->info.mode);
}

/* The chip may keep a faster cycle than a drive was set to: PIO has not changed, and works. */
static void ide_no_dma(struct ide_channel *ch)
{
	trv_warn(ch->host->dev, "the timing registers cannot be written, PIO from now on");
	ide_for_each_drive(ch, drive) {
		ide_mode_pio(drive);
		ide_mode_name(drive);
	}
}

void ide_reset_held(struct ide_channel *ch)
{
	struct ide_drive *faulty = ch->faulty;
	struct trv_dev *dev = ch->host->dev;
	unsigned long flags;

	ch->faulty = NULL;
	if (trv_dev_gone(dev)) {
		flags = trv_spin_lock_irqsave(&ch->lock);
		ch->state = IDE_STOPPED;
		trv_spin_unlock_irqrestore(&ch->lock, flags);
		return;
	}
	ide_for_each_drive(ch, drive)
		ide_slow_down(drive);
	if ((!faulty || ide_restore_one(faulty)) && ide_restore(ch))
		trv_err(dev, "channel %u: no drive left", ch->index);
	if (ide_chip_tune(ch))
		ide_no_dma(ch);
	ide_unhold(ch);
}

/* ---- the task ------------------------------------------------------------ */

/* The packet under way failed: why? Returns its request, to be completed with *@rc. */
static struct trv_req *ide_recover_packet(struct ide_channel *ch, int *rc)
{
	struct ide_drive *drive = ch->drive;
	struct trv_req *req = ch->req;
	unsigned long flags;
	u32 sense;
	int asked;

	ch->sense_due = false;
	asked = ide_sense_ask(drive, ch->error, &sense);
	*rc = ide_sense_judge(ch, sense);
	if (*rc != IDE_RETRY)
		ch->tries = 0;

	flags = trv_spin_lock_irqsave(&ch->lock);
	ch->req = NULL;
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	/* A drive that cannot even say why is reset; a slower mode begins with a reset, too. */
	if (asked || drive->crc_errors >= IDE_CRC_LIMIT)
		ide_reset_held(ch);
	else
		ide_unhold(ch);
	if (trv_dev_gone(ch->host->dev))
		*rc = -ENODEV;
	return req;
}

static bool ide_is_held(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);
	bool held = ch->state == IDE_HELD;

	trv_spin_unlock_irqrestore(&ch->lock, flags);
	return held;
}

void ide_recover(void *arg)
{
	struct ide_channel *ch = arg;
	struct trv_req *done = NULL;
	int rc = 0;

	trv_mutex_lock(&ch->setup);
	/* A suspend was faster, and holds it for itself now; or a time-out, and has given it back. */
	if (ide_is_held(ch) && !ch->asleep) {
		if (ch->sense_due)
			done = ide_recover_packet(ch, &rc);
		else
			ide_reset_held(ch);
	}
	/* Under the mutex: a timeout() for this request waits until it is completed. */
	ide_complete(ch, IDE_BY_TASK, done, rc);
	trv_mutex_unlock(&ch->setup);
	/* Requests that met the held channel with -EBUSY. */
	trv_blkq_run(&ch->queue);
}

/* ---- time-outs ----------------------------------------------------------- */

/*
 * The request is not under way any more, but whoever took it off may still be
 * about to complete it; once this task returns it may be another request.
 */
static void ide_wait_for_enders(struct ide_channel *ch)
{
	u32 ending;

	for (u32 i = 0; i < IDE_ENDERS; i++)
		if (trv_poll_timeout(trv_load_acquire(&ch->ending[i]), ending, !ending, 1,
				     IDE_ENDING_US))
			trv_err(ch->host->dev, "channel %u: a completion takes for ever",
				ch->index);
}

/* Its interrupt was lost, perhaps, and with it what a packet drive tells only once. */
static void ide_note_lost_end(struct ide_channel *ch)
{
	const u8 mask = ATA_STATUS_BSY | ATA_STATUS_DRQ | ATA_STATUS_ERR;
	u8 key;

	if (!ch->drive->packet || (trv_read8(ch->ctl, IDE_CTL) & mask) != ATA_STATUS_ERR)
		return;
	key = trv_read8(ch->cmd, ATA_ERROR) >> ATAPI_ERROR_KEY_SHIFT;
	if (key == SENSE_UNIT_ATTENTION)
		ch->drive->changed = true;
}

void ide_timeout(struct trv_blkq *q, struct trv_req *req)
{
	struct ide_channel *ch = trv_blkq_priv(q);
	unsigned long flags;
	bool ours;

	trv_mutex_lock(&ch->setup);
	flags = trv_spin_lock_irqsave(&ch->lock);
	/* When it is not, the drive finished it while the class claimed it. */
	ours = ch->req == req;
	if (ours) {
		ch->req = NULL;
		ch->tries = 0;
		ch->sense_due = false;
		ch->faulty = ch->drive;
		ch->drive->dma_faults += ch->state == IDE_PACKET_DMA;
		ide_hold(ch);
		ide_note_lost_end(ch);
	}
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	/* The class tells people which request it was, and offers the next one. */
	if (ours)
		ide_reset_held(ch);
	else
		ide_wait_for_enders(ch);
	trv_mutex_unlock(&ch->setup);
}
