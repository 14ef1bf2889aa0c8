// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Why a packet failed, in the drive's words and then in ours (SPC, sense data;
 * MMC, sense keys and additional sense codes).
 */
#include "ide.h"

enum {
	IDE_SENSE_FORMAT = 0x7f, /* byte 0 without SENSE_VALID */
	IDE_SENSE_DEFERRED = 0x71,
	IDE_ANY = 0xff,
};

int ide_sense_ask(struct ide_drive *drive, u8 error, u32 *sense)
{
	static const u8 packet[ATAPI_PACKET_BYTES] = {
		[0] = PACKET_REQUEST_SENSE,
		[PACKET_LENGTH_6] = SENSE_BYTES,
	};
	struct ide_reply reply;
	u8 format, again;
	int rc;

	/* The key at least was in the Error register (V1, PACKET, error outputs). */
	*sense = (u32)(error >> ATAPI_ERROR_KEY_SHIFT) << 16;
	rc = ide_packet(drive, packet, &reply, &again);
	if (rc)
		return rc == IDE_CHECK ? 0 : rc;
	format = reply.bytes[0] & IDE_SENSE_FORMAT;
	if (reply.len <= SENSE_KEY || (format != SENSE_FIXED && format != IDE_SENSE_DEFERRED))
		return 0;
	*sense = (reply.bytes[SENSE_KEY] & 0x0fU) << 16;
	if (reply.len > SENSE_ASCQ)
		*sense |= (u32)reply.bytes[SENSE_ASC] << 8 | reply.bytes[SENSE_ASCQ];
	return 0;
}

/**
 * struct ide_verdict - what follows from a sense key and code; the first that fits decides
 * @key:      the sense key
 * @code:     the additional sense code, or IDE_ANY
 * @tries:    sent again up to so many times before it fails with @rc; 0 at once
 * @pause:    not at once: the drive needs time
 * @changed:  the disc is another, or none, from here on
 * @rc:       what the request ends with
 * @what:     for the log
 */
struct ide_verdict {
	u8 key;
	u8 code;
	u8 tries;
	bool pause;
	bool changed;
	int rc;
	const char *what;
};

static const struct ide_verdict ide_verdicts[] = {
	{ SENSE_NOT_READY, 0x04, IDE_SPIN_UP_TRIES, true, false, -ETIMEDOUT, "becoming ready" },
	{ SENSE_NOT_READY, 0x3a, 0, false, true, -ENOMEDIUM, "no disc" },
	{ SENSE_NOT_READY, IDE_ANY, 0, false, false, -EIO, "not ready" },
	{ SENSE_MEDIUM_ERROR, IDE_ANY, 0, false, false, -EIO, "unreadable block" },
	{ SENSE_HARDWARE_ERROR, IDE_ANY, 0, false, false, -EIO, "hardware error" },
	{ SENSE_ILLEGAL_REQUEST, 0x20, 0, false, false, -EOPNOTSUPP, "unknown command" },
	{ SENSE_ILLEGAL_REQUEST, 0x21, 0, false, false, -ERANGE, "beyond the end of the disc" },
	{ SENSE_ILLEGAL_REQUEST, IDE_ANY, 0, false, false, -EIO, "illegal request" },
	{ SENSE_UNIT_ATTENTION, 0x28, 0, false, true, -ENOMEDIUM, "another disc" },
	/* Resets of this driver's own are not seen here: the power failed, and with it all memory. */
	{ SENSE_UNIT_ATTENTION, 0x29, 0, false, true, -ENOMEDIUM, "restarted, maybe another disc" },
	/* Nothing but the key is known. */
	{ SENSE_UNIT_ATTENTION, 0x00, 0, false, true, -ENOMEDIUM, "maybe another disc" },
	{ SENSE_UNIT_ATTENTION, IDE_ANY, IDE_PACKET_TRIES, false, false, -EIO, "unit attention" },
	{ SENSE_ABORTED, IDE_ANY, IDE_PACKET_TRIES, false, false, -EIO, "command aborted" },
	{ IDE_ANY, IDE_ANY, IDE_PACKET_TRIES, false, false, -EIO, "failed without a reason" },
};

static const struct ide_verdict *ide_verdict(u32 sense)
{
	const struct ide_verdict *v = ide_verdicts;

	while ((v->key != IDE_ANY && v->key != ide_sense_key(sense)) ||
	       (v->code != IDE_ANY && v->code != ide_sense_code(sense)))
		v++;
	return v;
}

int ide_sense_judge(struct ide_channel *ch, u32 sense)
{
	const struct ide_verdict *v = ide_verdict(sense);
	struct ide_drive *drive = ch->drive;
	bool crc = sense == SENSE_CRC;

	if (crc)
		ide_crc_note(drive);
	if (v->changed)
		drive->changed = true;
	if (ch->tries < v->tries) {
		ch->tries++;
		if (v->pause)
			trv_sleep_us(IDE_SPIN_UP_US);
		return IDE_RETRY;
	}
	trv_err(ch->host->dev, "%s, blocks %llu+%u: %s (sense %x/%02x/%02x)", drive->info.model,
		(unsigned long long)ch->lba, ch->blocks, crc ? "CRC error on the cable" : v->what,
		ide_sense_key(sense), ide_sense_code(sense), sense & 0xff);
	return crc ? -EILSEQ : v->rc;
}
