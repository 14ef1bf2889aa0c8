// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Commands that somebody sends by hand: hdparm, smartctl. The channel is borrowed between two
 * requests. Let through is what reads, and leaves the drive as this driver has set it up.
 */
#include "ide.h"

/* Bytes that the command reads; -EOPNOTSUPP when it is not let through. */
static int ide_pass_bytes(const struct trv_ata_cmd *cmd)
{
	switch (cmd->command) {
	case ATA_OP_IDENTIFY:
	case ATA_OP_IDENTIFY_PACKET:
		return ATA_ID_BYTES;
	case ATA_OP_CHECK_POWER:
		return 0;
	case ATA_OP_SMART:
		break;
	default:
		return -EOPNOTSUPP;
	}
	switch (cmd->features) {
	case ATA_SMART_READ_DATA:
	case ATA_SMART_READ_THRESHOLDS:
		return ATA_SECTOR;
	case ATA_SMART_READ_LOG:
		return cmd->count * ATA_SECTOR;
	case ATA_SMART_ENABLE:
	case ATA_SMART_RETURN_STATUS:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* The next sector, when the drive has it. */
static int ide_pass_sector(struct ide_channel *ch, u8 *status, u16 *data)
{
	int rc = ide_wait(ch, ATA_STATUS_BSY, 0, IDE_COMMAND_MS, status);

	if (rc)
		return rc;
	*status = trv_read8(ch->cmd, ATA_STATUS);
	if (*status & (ATA_STATUS_ERR | ATA_STATUS_DF))
		return 0;
	if (!(*status & ATA_STATUS_DRQ))
		return -EIO;
	trv_read_rep16(ch->cmd, ATA_DATA, data, ATA_SECTOR / 2);
	trv_read8(ch->ctl, IDE_CTL); /* status is stale for one PIO cycle */
	return 0;
}

static int ide_pass(struct ide_drive *drive, struct trv_ata_cmd *cmd, u16 *data, u32 bytes)
{
	struct ide_channel *ch = drive->ch;
	u8 status = 0;
	int rc = ide_choose_drive(drive, IDE_READY_MS);

	if (rc)
		return rc;
	trv_write8(ch->cmd, ATA_FEATURES, cmd->features);
	trv_write8(ch->cmd, ATA_COUNT, cmd->count);
	trv_write8(ch->cmd, ATA_LBA_LOW, cmd->lba_low);
	trv_write8(ch->cmd, ATA_LBA_MID, cmd->lba_mid);
	trv_write8(ch->cmd, ATA_LBA_HIGH, cmd->lba_high);
	trv_write8(ch->cmd, ATA_COMMAND, cmd->command);
	trv_delay_ns(ATA_NS_STATUS);

	for (; bytes && !(status & (ATA_STATUS_ERR | ATA_STATUS_DF)); bytes -= ATA_SECTOR) {
		rc = ide_pass_sector(ch, &status, data);
		if (rc)
			return rc;
		data += ATA_SECTOR / 2;
	}
	rc = ide_wait(ch, ATA_STATUS_BSY | ATA_STATUS_DRQ, 0, IDE_COMMAND_MS, &status);
	if (rc)
		return rc;
	cmd->status = trv_read8(ch->cmd, ATA_STATUS);
	cmd->error = trv_read8(ch->cmd, ATA_ERROR);
	cmd->count = trv_read8(ch->cmd, ATA_COUNT);
	cmd->lba_low = trv_read8(ch->cmd, ATA_LBA_LOW);
	cmd->lba_mid = trv_read8(ch->cmd, ATA_LBA_MID);
	cmd->lba_high = trv_read8(ch->cmd, ATA_LBA_HIGH);
	cmd->device = trv_read8(ch->cmd, ATA_DEVICE);
	return 0;
}

int ide_ata(struct trv_disk *disk, struct trv_ata_cmd *cmd, void *data, u32 bytes)
{
	struct ide_drive *drive = trv_disk_priv(disk);
	struct ide_channel *ch = drive->ch;
	int wanted = ide_pass_bytes(cmd);
	int rc;

	if (wanted < 0)
		return wanted;
	if ((u32)wanted != bytes)
		return -EINVAL;
	rc = ide_borrow(ch);
	if (rc)
		return rc;
	rc = drive->lost ? -ENODEV : ide_pass(drive, cmd, data, bytes);
	if (rc && !drive->lost) {
		/* Not an answer, as ERR would be: who knows what it is doing. */
		ch->faulty = drive;
		ide_reset_held(ch);
	}
	ide_give_back(ch);
	return rc;
}
