// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What went wrong, as an error number and a line for people; and what has to
 * happen before the next request.
 */
#include "ide.h"

/* Where the drive stopped; an LBA48 command's high half stands behind HOB (V1, Device Control). */
static u64 ide_failed_lba(struct ide_channel *ch)
{
	u64 lba = trv_read8(ch->cmd, ATA_LBA_LOW);

	lba |= (u64)trv_read8(ch->cmd, ATA_LBA_MID) << 8;
	lba |= (u64)trv_read8(ch->cmd, ATA_LBA_HIGH) << 16;
	if (!ch->op_ext)
		return lba | (u64)(trv_read8(ch->cmd, ATA_DEVICE) & ATA_DEVICE_HEAD) << 24;

	trv_write8(ch->ctl, IDE_CTL, ATA_DEVCTL_HOB | ch->devctl);
	lba |= (u64)trv_read8(ch->cmd, ATA_LBA_LOW) << 24;
	lba |= (u64)trv_read8(ch->cmd, ATA_LBA_MID) << 32;
	lba |= (u64)trv_read8(ch->cmd, ATA_LBA_HIGH) << 40;
	trv_write8(ch->ctl, IDE_CTL, ch->devctl);
	return lba;
}

/* struct ide_reason - a bit of the Error register; the first that is set decides (V1, Error) */
struct ide_reason {
	u8 bit;
	int rc;
	bool at_lba;
	const char *what;
};

static const struct ide_reason ide_reasons[] = {
	{ ATA_ERROR_ICRC, -EILSEQ, false, "CRC error on the cable" },
	{ ATA_ERROR_UNC, -EIO, true, "unreadable sector" },
	{ ATA_ERROR_IDNF, -EIO, true, "sector not found" },
	{ ATA_ERROR_NM, -ENOMEDIUM, false, "no medium" },
	{ ATA_ERROR_MC | ATA_ERROR_MCR, -ENOMEDIUM, false, "medium changed" },
	{ ATA_ERROR_ABRT, -EIO, false, "command aborted" },
	{ ATA_ERROR_AMNF, -EIO, true, "address mark not found" },
};

static const struct ide_reason *ide_reason(u8 error)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(ide_reasons); i++)
		if (error & ide_reasons[i].bit)
			return &ide_reasons[i];
	return NULL;
}

/* The data crossed the cable wrong: once more. Many such soon after each other cost a mode. */
static int ide_crc_error(struct ide_channel *ch)
{
	struct ide_drive *drive = ch->drive;
	u64 now = trv_time_ns();

	if (!drive->crc_errors || now - drive->crc_since > IDE_CRC_WINDOW_S * 1000000000ULL) {
		drive->crc_since = now;
		drive->crc_errors = 0;
	}
	drive->crc_errors++;
	/* By DMA only: a PIO command may fail inside queue(), which cannot requeue. */
	return ch->state == IDE_DMA && ++ch->crc_tries < IDE_CRC_TRIES ? IDE_RETRY : -EILSEQ;
}

/* The drive says ERR: ask it for the reason. */
static int ide_drive_error(struct ide_channel *ch, u8 status)
{
	struct trv_dev *dev = ch->host->dev;
	u8 error = trv_read8(ch->cmd, ATA_ERROR);
	const struct ide_reason *why = ide_reason(error);

	if (!why) {
		trv_err(dev, "command 0x%02x: error without a reason (status 0x%02x)", ch->op,
			status);
		return -EIO;
	}
	if (why->at_lba)
		trv_err(dev,
			"command 0x%02x of LBA %llu+%u: %s at LBA %llu (status 0x%02x, error 0x%02x)",
			ch->op, (unsigned long long)ch->lba, ch->blocks, why->what,
			(unsigned long long)ide_failed_lba(ch), status, error);
	else
		trv_err(dev, "command 0x%02x of LBA %llu+%u: %s (status 0x%02x, error 0x%02x)",
			ch->op, (unsigned long long)ch->lba, ch->blocks, why->what, status, error);

	if (why->bit == ATA_ERROR_IDNF && ch->lba + ch->blocks > ch->drive->info.blocks)
		return -ERANGE;
	return why->bit == ATA_ERROR_ICRC ? ide_crc_error(ch) : why->rc;
}

struct trv_req *ide_fail(struct ide_channel *ch, u8 status, u8 bm, int *rc)
{
	struct trv_req *req = ch->req;

	trv_spin_assert_held(&ch->lock);
	if (status & ATA_STATUS_BSY) {
		/* The other bits mean nothing then (V1, Status). */
		trv_err(ch->host->dev, "command 0x%02x of LBA %llu+%u: busy after its end", ch->op,
			(unsigned long long)ch->lba, ch->blocks);
		*rc = -EIO;
	} else if (status & ATA_STATUS_DF) {
		trv_err(ch->host->dev,
			"command 0x%02x of LBA %llu+%u: device fault (status 0x%02x)", ch->op,
			(unsigned long long)ch->lba, ch->blocks, status);
		*rc = -EIO;
	} else if (status & ATA_STATUS_ERR) {
		*rc = ide_drive_error(ch, status);
	} else {
		trv_err(ch->host->dev,
			"command 0x%02x of LBA %llu+%u: broken transfer (status 0x%02x, bus master 0x%02x)",
			ch->op, (unsigned long long)ch->lba, ch->blocks, status, bm);
		*rc = -EIO;
	}

	if (*rc != IDE_RETRY)
		ch->crc_tries = 0;
	ch->req = NULL;
	ch->state = IDE_IDLE;
	/* A drive that reports an error and nothing else is ready for the next command (V1, Status). */
	if (status & (ATA_STATUS_BSY | ATA_STATUS_DRQ | ATA_STATUS_DF) ||
	    !(status & ATA_STATUS_ERR) || ch->drive->crc_errors >= IDE_CRC_LIMIT)
		ide_recover_later(ch);
	return req;
}

struct trv_req *ide_abandon(struct ide_channel *ch, int *rc)
{
	struct trv_req *req = ch->req;

	trv_spin_assert_held(&ch->lock);
	ch->req = NULL;
	ch->state = IDE_STOPPED;
	*rc = -ENODEV;
	return req;
}

void ide_recover_later(struct ide_channel *ch)
{
	ide_hold(ch);
	trv_work_queue(&ch->recovery);
}

/* Too many CRC errors: the same drive, one mode slower. */
static void ide_slow_down(struct ide_drive *drive)
{
	struct trv_dev *dev = drive->ch->host->dev;

	if (drive->crc_errors < IDE_CRC_LIMIT)
		return;
	drive->crc_errors = 0;
	ide_mode_slower(drive);
	ide_mode_name(drive);
	trv_warn(dev, "%s: too many CRC errors, %s from now on", drive->info.model,
		 drive->info.mode);
}

/* The chip may keep a faster cycle than a drive was set to: PIO has not changed, and works. */
static void ide_no_dma(struct ide_channel *ch)
{
	trv_warn(ch->host->dev, "the timing registers cannot be written, PIO from now on");
	ide_for_each_drive(ch, drive) {
		drive->dma = false;
		drive->xfer = 0;
		ide_mode_name(drive);
	}
}

/* Reset a held channel and give it back, or leave it stopped when the device is gone. */
static void ide_reset_held(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	unsigned long flags;

	if (trv_dev_gone(dev)) {
		flags = trv_spin_lock_irqsave(&ch->lock);
		ch->state = IDE_STOPPED;
		trv_spin_unlock_irqrestore(&ch->lock, flags);
		return;
	}
	ide_for_each_drive(ch, drive)
		ide_slow_down(drive);
	if (ide_restore(ch))
		trv_err(dev, "channel %u: no drive left", ch->index);
	if (ide_chip_tune(ch))
		ide_no_dma(ch);
	ide_unhold(ch);
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

	trv_mutex_lock(&ch->setup);
	/* A suspend was faster, and holds it for itself now. */
	if (ide_is_held(ch) && !ch->asleep)
		ide_reset_held(ch);
	trv_mutex_unlock(&ch->setup);
	/* Requests that met the held channel with -EBUSY. */
	trv_blkq_run(&ch->queue);
}

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
		ch->crc_tries = 0;
		ide_hold(ch);
	}
	trv_spin_unlock_irqrestore(&ch->lock, flags);
	/* The class tells people which request it was, and offers the next one. */
	if (ours)
		ide_reset_held(ch);
	else
		ide_wait_for_enders(ch);
	trv_mutex_unlock(&ch->setup);
}
