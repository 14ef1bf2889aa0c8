// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The way back to a known state from any other: SRST, or DEVICE RESET for a
 * packet drive alone; then find the drives, or find them again.
 */
#include "ide.h"

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
	ide_for_each_drive(ch, drive)
		drive->waking = true;
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

/*
 * Nobody drives the bus, and it reads as zeros: what a drive may show that is not ready yet. But
 * a drive that is not busy keeps what is written to it (V1, register descriptions). Two of them,
 * as a cable may remember the last byte.
 */
static bool ide_keeps_registers(struct ide_channel *ch)
{
	u8 count, low;

	trv_write8(ch->cmd, ATA_COUNT, IDE_PROBE_COUNT);
	trv_write8(ch->cmd, ATA_LBA_LOW, IDE_PROBE_LBA_LOW);
	count = trv_read8(ch->cmd, ATA_COUNT);
	low = trv_read8(ch->cmd, ATA_LBA_LOW);
	return count == IDE_PROBE_COUNT && low == IDE_PROBE_LBA_LOW;
}

/*
 * Is there a disk or a packet drive? After a reset its registers hold a
 * signature (V1, device signatures). Count and LBA Low are 1, too, but not in
 * every drive; IDENTIFY has the last word.
 */
static bool ide_drive_present(struct ide_channel *ch, struct ide_drive *drive)
{
	u8 status = ide_peek(ch, drive);
	u8 mid, high;

	if (ide_floating(status) || ide_wait_reset(ch))
		return false;
	status = trv_read8(ch->ctl, IDE_CTL);
	mid = trv_read8(ch->cmd, ATA_LBA_MID);
	high = trv_read8(ch->cmd, ATA_LBA_HIGH);
	drive->packet = mid == ATA_SIG_ATAPI_MID && high == ATA_SIG_ATAPI_HIGH;
	if (!status && !drive->packet && !drive->index && !ide_keeps_registers(ch))
		return false;
	if (drive->packet)
		return true;
	/* Device 0 answers for a device 1 that is not there, with status 0 (V2, device 0 only). */
	if (!status && drive->index)
		return false;
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
	if (rc)
		return rc;
	ide_mode_name(drive);
	return drive->packet ? ide_cd_setup(drive) : 0;
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
		/* -ENODEV: device 0's signature was read in place of no device 1's. */
		if (rc && rc != -ENODEV)
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
	if (!rc && drive->packet)
		rc = ide_cd_restore(drive);
	return rc;
}

/* DEVICE RESET may be written while the drive is busy, whose neighbour does not notice (V1). */
int ide_restore_one(struct ide_drive *drive)
{
	struct ide_channel *ch = drive->ch;
	u8 status;
	int rc;

	if (!drive->packet || drive->lost || ch->selected != drive)
		return -EOPNOTSUPP;
	trv_write8(ch->cmd, ATA_COMMAND, ATA_OP_DEVICE_RESET);
	trv_delay_ns(ATA_NS_STATUS);
	rc = ide_wait(ch, ATA_STATUS_BSY | ATA_STATUS_DRQ, 0, IDE_DEVICE_RESET_MS, &status);
	return rc ? rc : ide_drive_restore(drive);
}

int ide_restore(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u32 alive, fell;
	int rc;

	ide_chip_slow(ch);
	/* A drive that did not come back may keep the bus busy: once more, without it. */
	do {
		alive = fell = 0;
		rc = ide_soft_reset(ch);
		ide_for_each_drive(ch, drive) {
			if (!drive->present || drive->lost)
				continue;
			/* Device 0 may hang in a command: only a reset lets the bus go. */
			if (fell && !rc)
				rc = ide_soft_reset(ch);
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
