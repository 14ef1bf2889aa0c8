// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Commands one at a time in task context: what it takes to set a drive up.
 * The channel is held and nIEN is set, so no interrupt is raised and status
 * says when a command is over. Nothing here is fast and all of it is bounded.
 */
#include "ide.h"

enum {
	IDE_BUSY = ATA_STATUS_BSY | ATA_STATUS_DRQ,
	IDE_FAILED = ATA_STATUS_ERR | ATA_STATUS_DF,

	/* Most answers come within microseconds, the rest take a disk's time. */
	IDE_QUICK_US = 1000,
	IDE_QUICK_STEP_US = 10,
	IDE_SLOW_STEP_US = 5000,
};

int ide_wait(struct ide_channel *ch, u8 mask, u8 want, u32 timeout_ms, u8 *status)
{
	int rc = trv_poll_timeout(trv_read8(ch->ctl, IDE_CTL), *status, (*status & mask) == want,
				  IDE_QUICK_STEP_US, IDE_QUICK_US);

	if (rc == -ETIMEDOUT)
		rc = trv_poll_timeout(trv_read8(ch->ctl, IDE_CTL), *status,
				      (*status & mask) == want, IDE_SLOW_STEP_US,
				      (u64)timeout_ms * 1000);
	return rc;
}

int ide_choose_drive(struct ide_drive *drive, u32 timeout_ms)
{
	/* Of a packet drive DRDY says nothing (V1, Status). */
	const u8 ready = drive->packet ? 0 : ATA_STATUS_DRDY;
	struct ide_channel *ch = drive->ch;
	u8 status;
	int rc;

	/* Device 1 may still be busy with its self-test when device 0, which was asked, is not (ATA-3). */
	if (drive->waking)
		timeout_ms = trv_max(timeout_ms, (u32)ATA_MS_RESET_DEV1);
	drive->waking = false;

	/* A select is a register write: not while the drive selected now, if any, is busy (V2, HI). */
	status = trv_read8(ch->ctl, IDE_CTL);
	rc = ide_floating(status) ? 0 : ide_wait(ch, IDE_BUSY, 0, timeout_ms, &status);
	if (rc)
		return rc;
	ch->selected = NULL;
	trv_write8(ch->cmd, ATA_DEVICE, drive->select);
	trv_delay_ns(ATA_NS_STATUS);
	rc = ide_wait(ch, IDE_BUSY | ready, ready, timeout_ms, &status);
	if (!rc)
		ch->selected = drive;
	return rc;
}

/* Write the command and wait until the drive is no longer busy with it. */
static int ide_command(struct ide_drive *drive, u8 op, u8 features, u8 count, u32 timeout_ms,
		       u8 *status)
{
	struct ide_channel *ch = drive->ch;
	int rc = ide_choose_drive(drive, IDE_READY_MS);

	if (rc)
		return rc;
	trv_write8(ch->cmd, ATA_FEATURES, features);
	trv_write8(ch->cmd, ATA_COUNT, count);
	trv_write8(ch->cmd, ATA_COMMAND, op);
	trv_delay_ns(ATA_NS_STATUS);
	rc = ide_wait(ch, ATA_STATUS_BSY, 0, timeout_ms, status);
	if (rc)
		return rc;
	/* Status itself, not its copy: it also takes back the interrupt nIEN keeps inside. */
	*status = trv_read8(ch->cmd, ATA_STATUS);
	return *status & IDE_FAILED ? -EIO : 0;
}

int ide_no_data(struct ide_drive *drive, u8 op, u8 features, u8 count, u32 timeout_ms)
{
	u8 status;
	int rc = ide_command(drive, op, features, count, timeout_ms, &status);

	if (!rc && status & IDE_BUSY)
		rc = -EIO;
	return rc;
}

int ide_flush_cache(struct ide_drive *drive)
{
	u32 tries = 0;
	int rc;

	/* As the hot path's: past each sector that cannot be written. */
	do {
		rc = ide_no_data(drive, drive->flush_op, 0, 0, ATA_MS_FLUSH);
	} while (rc == -EIO && ++tries < IDE_FLUSH_TRIES);
	if (!rc && tries)
		trv_err(drive->ch->host->dev, "%s: %u sectors of its cache could not be written",
			drive->info.model, tries);
	return rc;
}

/* Word 255: the bytes of the whole sector add up to 0, where the magic says so. */
static bool ide_identify_intact(const struct ide_channel *ch)
{
	const u8 *byte = (const u8 TRV_FORCE *)ch->id;
	u8 sum = 0;

	if (byte[2 * ATA_ID_INTEGRITY] != ATA_ID_INTEGRITY_MAGIC)
		return true;
	for (u32 i = 0; i < ATA_ID_BYTES; i++)
		sum = (u8)(sum + byte[i]);
	return sum == 0;
}

int ide_identify(struct ide_drive *drive)
{
	u8 op = drive->packet ? ATA_OP_IDENTIFY_PACKET : ATA_OP_IDENTIFY;
	struct ide_channel *ch = drive->ch;
	u8 status;
	int rc = ide_command(drive, op, 0, 0, IDE_COMMAND_MS, &status);

	if (rc)
		return rc;
	if (!status)
		return -ENODEV; /* nobody took it (V2, device 0 only) */
	if (!(status & ATA_STATUS_DRQ))
		return -EIO;
	trv_read_rep16(ch->cmd, ATA_DATA, ch->id, ATA_ID_WORDS);

	/* Status is stale for one PIO cycle after the last word: reading it here once (V2, HPIOI). */
	trv_read8(ch->ctl, IDE_CTL);
	rc = ide_wait(ch, IDE_BUSY, 0, IDE_COMMAND_MS, &status);
	if (rc)
		return rc;
	status = trv_read8(ch->cmd, ATA_STATUS);
	if (status & (IDE_BUSY | IDE_FAILED))
		return -EIO;
	return ide_identify_intact(ch) ? 0 : -EILSEQ;
}

int ide_configure(struct ide_drive *drive)
{
	struct trv_dev *dev = drive->ch->host->dev;
	int rc = 0;

	/* The flow-controlled PIO mode first: with DMA it stays the way of registers and fallbacks. */
	if (drive->ch->host->chip != IDE_GENERIC && drive->iordy &&
	    drive->pio_mode > ATA_PIO_NO_FLOW_CONTROL)
		rc = ide_no_data(drive, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE,
				 ATA_XFER_PIO | drive->pio_mode, IDE_COMMAND_MS);
	if (rc && rc != -EIO)
		return rc;
	if (rc)
		drive->pio_mode = ATA_PIO_NO_FLOW_CONTROL;

	if (drive->dma && drive->xfer) {
		rc = ide_no_data(drive, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, drive->xfer,
				 IDE_COMMAND_MS);
		if (rc && rc != -EIO)
			return rc;
		if (rc) {
			trv_warn(dev, "%s refuses transfer mode 0x%02x, PIO instead",
				 drive->info.model, drive->xfer);
			drive->dma = false;
		}
	}

	if (drive->multiple) {
		rc = ide_no_data(drive, ATA_OP_SET_MULTIPLE, 0, drive->multiple, IDE_COMMAND_MS);
		if (rc && rc != -EIO)
			return rc;
		if (rc) {
			trv_warn(dev, "%s refuses %u blocks per interrupt", drive->info.model,
				 drive->multiple);
			drive->multiple = 0;
			drive->info.flags &= ~TRV_DISK_FUA;
		}
	}
	drive->pio_bytes = (drive->multiple ? drive->multiple : 1) * drive->info.block_size;
	return 0;
}
