// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who owns a channel's registers, and the way back to a known state from any
 * other: stop the bus master, SRST, find or find again the drives.
 */
#include "ide.h"

void ide_stop_bm(struct ide_channel *ch)
{
	if (!ch->has_bm)
		return;
	trv_write8(ch->bm, BM_COMMAND, 0);
	ch->bm_dir = 0;
	trv_write8(ch->bm, BM_STATUS, ch->bm_ack);
}

void ide_take(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	ide_hold(ch);
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

void ide_hold(struct ide_channel *ch)
{
	trv_spin_assert_held(&ch->lock);
	ch->state = IDE_HELD;
	/* Nothing of this channel moves or interrupts after these two, whatever was under way. */
	ide_stop_bm(ch);
	trv_write8(ch->ctl, IDE_CTL, ATA_DEVCTL_NIEN);
	/* The hot path may have written a command just now; status is read next. */
	trv_delay_ns(ATA_NS_STATUS);
}

void ide_unhold(struct ide_channel *ch)
{
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);

	if (ch->state == IDE_HELD) {
		/* An interrupt that nIEN kept inside a drive, or that the bus master noted, ends here. */
		trv_read8(ch->cmd, ATA_STATUS);
		if (ch->has_bm)
			trv_write8(ch->bm, BM_STATUS, ch->bm_ack);
		trv_write8(ch->ctl, IDE_CTL, ch->devctl);
		ch->state = IDE_IDLE;
	}
	trv_spin_unlock_irqrestore(&ch->lock, flags);
}

/* Until the selected drive's self-test is over. All ones is nobody, not busy. */
static int ide_wait_reset(struct ide_channel *ch)
{
	u8 status;
	int rc = ide_wait(ch, ATA_STATUS_BSY, 0, ATA_MS_RESET, &status);

	if (rc == -ETIMEDOUT)
		trv_warn(ch->host->dev, "channel %u: a drive stays busy after a reset", ch->index);
	return rc == -ETIMEDOUT ? rc : 0;
}

/*
 * SRST: whatever the drives were doing, they forget it. Both are busy until
 * their self-test is over, device 0 is selected, and meanwhile no other may be.
 */
static int ide_soft_reset(struct ide_channel *ch)
{
	ch->selected = NULL;
	trv_write8(ch->ctl, IDE_CTL, ATA_DEVCTL_NIEN | ATA_DEVCTL_SRST);
	trv_delay_us(ATA_US_SRST_HOLD);
	trv_write8(ch->ctl, IDE_CTL, ATA_DEVCTL_NIEN);
	trv_sleep_us(ATA_US_SRST_WAIT);

	/* On a PIIX constant from here on: nothing but a reset of the function forgets it. */
	if (ch->has_bm)
		trv_write32(ch->bm, BM_PRDT, (u32)ch->prd_mem.iova);
	return ide_wait_reset(ch);
}

/* Read status of one of the two, neither of which need exist. */
static u8 ide_peek(struct ide_channel *ch, struct ide_drive *drive)
{
	trv_write8(ch->cmd, ATA_DEVICE, drive->select);
	trv_delay_ns(ATA_NS_STATUS);
	return trv_read8(ch->ctl, IDE_CTL);
}

/*
 * An empty cable shows itself without a reset and its waits. A real drive that
 * firmware left busy never looks like one, so its registers are not written.
 */
bool ide_is_empty(struct ide_channel *ch)
{
	u8 status = trv_read8(ch->ctl, IDE_CTL);

	return ide_floating(status) && ide_floating(ide_peek(ch, &ch->drives[1])) &&
	       ide_floating(ide_peek(ch, &ch->drives[0]));
}

/* Is there an ATA disk? After a reset a drive's registers hold its signature (V1, signatures). */
static bool ide_drive_present(struct ide_channel *ch, struct ide_drive *drive)
{
	u8 status = ide_peek(ch, drive);
	u8 count, low, mid, high;

	if (ide_floating(status) || ide_wait_reset(ch))
		return false;
	status = trv_read8(ch->ctl, IDE_CTL);
	/* Device 0 answers for a device 1 that is not there, with status 0 (V2, device 0 only). */
	if (!status && drive->index)
		return false;

	count = trv_read8(ch->cmd, ATA_COUNT);
	low = trv_read8(ch->cmd, ATA_LBA_LOW);
	mid = trv_read8(ch->cmd, ATA_LBA_MID);
	high = trv_read8(ch->cmd, ATA_LBA_HIGH);
	if (count != 1 || low != 1)
		return false;
	if (mid == ATA_SIG_ATAPI_MID && high == ATA_SIG_ATAPI_HIGH) {
		trv_info(ch->host->dev, "channel %u: a packet device, left alone", ch->index);
		return false;
	}
	return mid == ATA_SIG_ATA_MID && high == ATA_SIG_ATA_HIGH;
}

/* Once more if need be: a drive may refuse the first command after power-on or a reset. */
static int ide_identify_again(struct ide_drive *drive)
{
	int rc = ide_identify(drive);

	return rc == -EIO || rc == -EILSEQ ? ide_identify(drive) : rc;
}

static int ide_drive_setup(struct ide_drive *drive)
{
	int rc = ide_identify_again(drive);

	if (!rc)
		rc = ide_identify_decode(drive);
	if (rc)
		return rc;
	ide_mode_choose(drive);
	rc = ide_configure(drive);
	if (!rc)
		ide_mode_name(drive);
	return rc;
}

int ide_detect(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	bool found = false, stuck = false;
	int rc;

	if (ide_soft_reset(ch))
		return -ENODEV;
	ide_for_each_drive(ch, drive)
		drive->present = ide_drive_present(ch, drive);
	/* Device 1 never woke, and has the bus: only a reset gives it back to device 0. */
	if (trv_read8(ch->ctl, IDE_CTL) & ATA_STATUS_BSY && ide_soft_reset(ch))
		return -ENODEV;

	/* Both signatures are read before the first command overwrites them. */
	ide_for_each_drive(ch, drive) {
		if (!drive->present)
			continue;
		/* Device 0 hangs in a command: only a reset lets the bus go. */
		if (stuck && ide_soft_reset(ch))
			return -ENODEV;
		rc = ide_drive_setup(drive);
		if (rc)
			trv_warn(dev, "channel %u drive %u does not identify itself: %d", ch->index,
				 drive->index, rc);
		drive->present = !rc;
		found |= drive->present;
		stuck |= rc == -ETIMEDOUT;
	}
	if (!found)
		return -ENODEV;
	return stuck ? ide_restore(ch) : 0;
}

/* The same drive as before? Then give it its modes back. */
static int ide_drive_restore(struct ide_drive *drive)
{
	int rc = ide_identify_again(drive);

	if (!rc && !ide_identify_same(drive))
		rc = -ENODEV;
	if (!rc)
		rc = ide_configure(drive);
	return rc;
}

int ide_restore(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u32 alive, fell;
	int rc;

	/* A drive that did not come back may keep the bus busy: once more, without it. */
	do {
		alive = fell = 0;
		rc = ide_soft_reset(ch);
		ide_for_each_drive(ch, drive) {
			if (!drive->present || drive->lost)
				continue;
			drive->lost = rc || ide_drive_restore(drive);
			if (drive->lost)
				trv_err(dev, "%s did not come back from a reset",
					drive->info.model);
			alive += !drive->lost;
			fell += drive->lost;
		}
	} while (alive && fell);
	return alive ? 0 : -ENODEV;
}
