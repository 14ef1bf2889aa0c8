// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A CD drive in task context: packets one at a time, and what is in the tray.
 * The channel is held, as in ide_task.c.
 */
#include "ide.h"

enum {
	IDE_INQUIRY_TYPE = 0x1f, /* byte 0 */
	/* READ CAPACITY of a data disc; of some drives, and of audio, the length of a raw sector. */
	IDE_RAW_MIN = 2324,
	IDE_RAW_MAX = 2352,
};

/* ---- packets ------------------------------------------------------------- */

/* A piece of the reply. Its length is the drive's choice: it may be odd, and is not to be trusted. */
static int ide_reply_add(struct ide_channel *ch, struct ide_reply *reply)
{
	u32 len = trv_read8(ch->cmd, ATA_LBA_MID);
	u32 words;

	len |= (u32)trv_read8(ch->cmd, ATA_LBA_HIGH) << 8;
	words = (len + 1) / 2; /* the last one is padded */
	if (!len || words * 2 > sizeof(reply->bytes) - reply->len)
		return -EIO;
	trv_read_rep16(ch->cmd, ATA_DATA, reply->bytes + reply->len, words);
	reply->len += len;
	trv_read8(ch->ctl, IDE_CTL); /* status is stale for one PIO cycle */
	return 0;
}

/* PACKET itself; then twelve bytes when the drive asks for them. */
static void ide_packet_begin(struct ide_channel *ch)
{
	trv_write8(ch->cmd, ATA_FEATURES, 0);
	trv_write8(ch->cmd, ATA_LBA_MID, sizeof(((struct ide_reply *)NULL)->bytes));
	trv_write8(ch->cmd, ATA_LBA_HIGH, 0);
	trv_write8(ch->cmd, ATA_COMMAND, ATA_OP_PACKET);
	trv_delay_ns(ATA_NS_STATUS);
}

int ide_packet(struct ide_drive *drive, const u8 *packet, struct ide_reply *reply, u8 *error)
{
	struct ide_channel *ch = drive->ch;
	bool sent = false;
	u8 status, reason;
	int rc;

	reply->len = 0;
	rc = ide_choose_drive(drive, IDE_READY_MS);
	if (rc)
		return rc;
	ide_packet_begin(ch);
	/* Each turn sends the packet or takes a byte at least, for which there is room: it ends. */
	for (;;) {
		rc = ide_wait(ch, ATA_STATUS_BSY, 0, IDE_PACKET_MS, &status);
		if (rc)
			return rc;
		status = trv_read8(ch->cmd, ATA_STATUS);
		if (status & ATA_STATUS_DF)
			return -EIO;
		if (status & ATA_STATUS_ERR) {
			*error = trv_read8(ch->cmd, ATA_ERROR);
			return status & ATA_STATUS_DRQ ? -EIO : IDE_CHECK;
		}
		if (!(status & ATA_STATUS_DRQ))
			return sent ? 0 : -EIO;
		reason = trv_read8(ch->cmd, ATA_COUNT) & (ATAPI_REASON_CD | ATAPI_REASON_IO);
		if (sent) {
			if (reason != ATAPI_REASON_DATA_IN || ide_reply_add(ch, reply))
				return -EIO;
		} else {
			if (reason != ATAPI_REASON_PACKET)
				return -EIO;
			trv_write_rep16(ch->cmd, ATA_DATA, packet, ATAPI_PACKET_BYTES / 2);
			trv_delay_ns(ATA_NS_STATUS);
			sent = true;
		}
	}
}

/* The same, and the reason when it failed: *@sense, else SENSE_GOOD. */
static int ide_cd_ask(struct ide_drive *drive, const u8 *packet, struct ide_reply *reply,
		      u32 *sense)
{
	u8 error;
	int rc = ide_packet(drive, packet, reply, &error);

	*sense = SENSE_GOOD;
	if (rc != IDE_CHECK)
		return rc;
	rc = ide_sense_ask(drive, error, sense);
	/* What it had to tell it tells once. It may have been another disc. */
	if (rc && ide_sense_key(*sense) == SENSE_UNIT_ATTENTION)
		drive->changed = true;
	/* An error without a reason is one all the same. */
	return rc || *sense ? rc : -EIO;
}

/* ---- the tray ------------------------------------------------------------ */

/**
 * struct ide_tray - what is in it
 * @blocks:    of the disc, 0: none that can be read
 * @waiting:   a disc that is not ready yet
 * @changed:   a unit attention told that the disc is another
 * @restarted: that the drive was reset or powered up
 * @eject:     that somebody wants the disc out
 */
struct ide_tray {
	u64 blocks;
	bool waiting;
	bool changed;
	bool restarted;
	bool eject;
};

static void ide_cd_attention(struct ide_tray *tray, u32 sense)
{
	/* Where nothing but the key is known, the worst. */
	tray->changed |= ide_sense_code(sense) == ide_sense_code(SENSE_MEDIUM_CHANGED) ||
			 !ide_sense_code(sense);
	tray->restarted |= ide_sense_code(sense) == ide_sense_code(SENSE_POWER_ON);
	tray->eject |= sense == SENSE_EJECT_WANTED;
}

/* READ CAPACITY's reply: where the last block is, and how long one. */
static u64 ide_cd_blocks(struct ide_drive *drive, const struct ide_reply *reply)
{
	u32 last, len;

	if (reply->len < CAPACITY_BYTES)
		return 0;
	last = trv_get_be32(reply->bytes);
	len = trv_get_be32(reply->bytes + 4);
	if (len && len != CD_BLOCK && (len < IDE_RAW_MIN || len > IDE_RAW_MAX)) {
		trv_warn(drive->ch->host->dev, "%s: a disc with blocks of %u bytes, not used",
			 drive->info.model, len);
		return 0;
	}
	return (u64)last + 1;
}

/* TEST UNIT READY until there is no news any more, then READ CAPACITY. */
static int ide_cd_look(struct ide_drive *drive, struct ide_tray *tray)
{
	static const u8 ready[ATAPI_PACKET_BYTES] = { PACKET_TEST_UNIT_READY };
	static const u8 capacity[ATAPI_PACKET_BYTES] = { PACKET_READ_CAPACITY };
	struct ide_reply reply;
	u32 sense;
	int rc;

	trv_memset(tray, 0, sizeof(*tray));
	for (u32 i = 0; i < IDE_ATTENTIONS; i++) {
		rc = ide_cd_ask(drive, ready, &reply, &sense);
		if (!rc && !sense)
			rc = ide_cd_ask(drive, capacity, &reply, &sense);
		if (rc) {
			/* Whoever looks next is not told again. */
			drive->changed |= tray->changed;
			return rc;
		}
		if (!sense) {
			tray->blocks = ide_cd_blocks(drive, &reply);
			return 0;
		}
		if (ide_sense_key(sense) != SENSE_UNIT_ATTENTION)
			break;
		ide_cd_attention(tray, sense);
	}
	tray->waiting = sense == SENSE_BECOMING_READY;
	return 0;
}

/* Is it a CD drive? Asked twice: what it says first may be about the reset just now. */
static int ide_cd_inquiry(struct ide_drive *drive)
{
	static const u8 packet[ATAPI_PACKET_BYTES] = {
		[0] = PACKET_INQUIRY,
		[PACKET_LENGTH_6] = INQUIRY_BYTES,
	};
	struct ide_reply reply;
	u32 sense;
	int rc;

	rc = ide_cd_ask(drive, packet, &reply, &sense);
	if (!rc && sense)
		rc = ide_cd_ask(drive, packet, &reply, &sense);
	if (rc)
		return rc;
	if (sense || !reply.len || (reply.bytes[0] & IDE_INQUIRY_TYPE) != INQUIRY_TYPE_CD) {
		trv_warn(drive->ch->host->dev, "%s says it is no CD drive: left alone",
			 drive->info.model);
		return -EOPNOTSUPP;
	}
	return 0;
}

int ide_cd_setup(struct ide_drive *drive)
{
	struct ide_tray tray;
	int rc = ide_cd_inquiry(drive);

	if (!rc)
		rc = ide_cd_look(drive, &tray);
	if (rc)
		return rc;
	drive->medium = tray.blocks;
	drive->info.blocks = tray.blocks;
	return 0;
}

int ide_cd_restore(struct ide_drive *drive)
{
	struct ide_tray tray;
	int rc = ide_cd_look(drive, &tray);

	/* It restarted: that was us. A disc that is not ready yet has its say when it is. */
	if (!rc && (tray.changed || (!tray.waiting && tray.blocks != drive->medium)))
		drive->changed = true;
	return rc;
}

/* ---- events -------------------------------------------------------------- */

/* The drive has answered: tell the class what is new, and forget it. */
static int ide_cd_events(struct ide_drive *drive, const struct ide_tray *tray)
{
	int events = tray->eject ? TRV_DISK_EJECT_REQUEST : 0;

	if (drive->changed || tray->changed || tray->restarted || tray->blocks != drive->medium) {
		drive->changed = false;
		drive->medium = tray->blocks;
		events |= TRV_DISK_MEDIA_CHANGE;
		/* The channel is held: what waits for the old disc cannot get past this. */
		trv_disk_set_capacity(&drive->disk, tray->blocks);
	}
	return events;
}

int ide_check_events(struct trv_disk *disk)
{
	struct ide_drive *drive = trv_disk_priv(disk);
	struct ide_channel *ch = drive->ch;
	struct ide_tray tray;
	int rc = ide_borrow(ch);

	if (rc)
		return rc;
	rc = drive->lost ? -ENODEV : ide_cd_look(drive, &tray);
	if (!rc) {
		rc = ide_cd_events(drive, &tray);
	} else if (!drive->lost) {
		/* It does not even answer. */
		ch->faulty = drive;
		ide_reset_held(ch);
	}
	ide_give_back(ch);
	return rc;
}
