// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What went wrong, as an error number and a line for people; and what has to
 * happen before the next request.
 */
#include "ide_bus.h"

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

void ide_crc_note(struct ide_drive *drive)
{
	u64 now = trv_time_ns();

	if (!drive->crc_errors || now - drive->crc_since > IDE_CRC_WINDOW_S * 1000000000ULL) {
		drive->crc_since = now;
		drive->crc_errors = 0;
	}
	drive->crc_errors++;
}

/* The data crossed the cable wrong: once more. Many such soon after each other cost a mode. */
static int ide_crc_error(struct ide_channel *ch)
{
	ide_crc_note(ch->drive);
	/* By DMA only: a PIO command may fail inside queue(), which cannot requeue. */
	return ch->state == IDE_DMA && ++ch->tries < IDE_CRC_TRIES ? IDE_RETRY : -EILSEQ;
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

	return why->bit == ATA_ERROR_ICRC ? ide_crc_error(ch) : why->rc;
}

/*
 * A FLUSH CACHE ends at the first sector that cannot be written, and the next
 * one goes on after it (V1, FLUSH CACHE): the rest of the cache is not lost.
 */
static bool ide_flush_goes_on(struct ide_channel *ch, int rc)
{
	if (ch->state != IDE_NO_DATA || ++ch->tries >= IDE_FLUSH_TRIES)
		return false;
	ch->flush_rc = rc;
	ide_write_command(ch, ch->drive, ch->req, ch->op, IDE_NO_DATA);
	ide_let_status_settle(ch);
	return true;
}

/* A drive did not keep to the protocol. A packet is tried again, after a reset, and perhaps by PIO. */
static int ide_broken(struct ide_channel *ch)
{
	if (ch->state != IDE_PACKET_IO && ch->state != IDE_PACKET_DMA)
		return -EIO;
	ch->drive->dma_faults += ch->state == IDE_PACKET_DMA;
	return ++ch->tries < IDE_PACKET_TRIES ? IDE_RETRY : -EIO;
}

struct trv_req *ide_fail(struct ide_channel *ch, u8 status, u8 bm, int *rc)
{
	/* A drive that reports an error and nothing else is ready for the next command (V1, Status). */
	const u8 trouble = ATA_STATUS_BSY | ATA_STATUS_DRQ | ATA_STATUS_DF;
	bool ready = (status & (trouble | ATA_STATUS_ERR)) == ATA_STATUS_ERR;
	struct trv_dev *dev = ch->host->dev;
	struct trv_req *req = ch->req;

	trv_spin_assert_held(&ch->lock);
	if (status & ATA_STATUS_BSY) {
		/* The other bits mean nothing then (V1, Status). */
		trv_err(dev, "command 0x%02x of LBA %llu+%u: busy after its end", ch->op,
			(unsigned long long)ch->lba, ch->blocks);
		*rc = -EIO;
	} else if (status & ATA_STATUS_DF) {
		trv_err(dev, "command 0x%02x of LBA %llu+%u: device fault (status 0x%02x)", ch->op,
			(unsigned long long)ch->lba, ch->blocks, status);
		*rc = -EIO;
	} else if (status & ATA_STATUS_ERR) {
		*rc = ide_drive_error(ch, status);
	} else {
		trv_err(dev,
			"command 0x%02x of LBA %llu+%u: broken transfer (status 0x%02x, bus master 0x%02x)",
			ch->op, (unsigned long long)ch->lba, ch->blocks, status, bm);
		*rc = ide_broken(ch);
	}

	if (ready && ide_flush_goes_on(ch, *rc))
		return NULL;
	if (*rc != IDE_RETRY)
		ch->tries = 0;
	ch->req = NULL;
	ch->state = IDE_IDLE;
	if (!ready || ch->drive->crc_errors >= IDE_CRC_LIMIT)
		ide_recover_later(ch, ch->drive);
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
