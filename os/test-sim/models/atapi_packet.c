// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets of a CD drive: what each asks, and the reply (SPC-3, MMC-5, by name of the command). */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

static u32 be16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 be32(const u8 *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static void put_be16(u32 val, u8 *p)
{
	p[0] = val >> 8;
	p[1] = val;
}

static void put_be32(u32 val, u8 *p)
{
	put_be16(val >> 16, p);
	put_be16(val, p + 2);
}

/* The reply is @bytes long, of which the host takes @room. */
static u32 reply(struct ata_drive *d, u32 bytes, u32 room)
{
	d->pk.total = trv_min(bytes, room);
	return SENSE_GOOD;
}

/*
 * The bytes that mean nothing: zero, or what was there; and there may be less or more than the
 * least (SPC, INQUIRY's additional length and vendor specific bytes; sense data, additional sense
 * length: through the qualifier at least, MMC). VALID says that the information field has a meaning,
 * whatever the key is (SPC, fixed format).
 */
enum loose { TIDY, SHORT, JUNK, VALID };

static enum loose loose(struct ata_drive *d)
{
	return ata_trait(d, IDE_T_REPLY);
}

/* ---- the drive ------------------------------------------------------------ */

static u32 test_unit_ready(struct ata_drive *d)
{
	return SENSE_GOOD;
}

static void put_text(u8 *p, const char *s, u32 len)
{
	for (u32 i = 0; i < len; i++)
		p[i] = *s ? *s++ : ' ';
}

static u32 inquiry(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;
	u32 bytes = INQUIRY_BYTES;
	u8 *r = pk->reply;

	if (pk->cdb[1] & PACKET_INQUIRY_EVPD || pk->cdb[2])
		return SENSE_INVALID_FIELD;
	if (loose(d) == JUNK) {
		bytes = sizeof(pk->reply);
		memset(r, 0xff, bytes);
	}
	r[0] = d->caps.inquiry_type;
	r[1] = INQUIRY_REMOVABLE;
	r[2] = 0x05; /* SPC-3 */
	r[3] = 0x02; /* response data format */
	r[4] = bytes - 5;
	put_text(r + INQUIRY_VENDOR, "TRIVET", 8);
	put_text(r + INQUIRY_PRODUCT, "SIMULATED CD-ROM", 16);
	put_text(r + INQUIRY_REVISION, d->caps.firmware, 4);
	if (d->caps.inquiry)
		memcpy(r, d->caps.inquiry, INQUIRY_BYTES);
	return reply(d, bytes, be16(pk->cdb + 3));
}

static u32 request_sense(struct ata_drive *d)
{
	u32 bytes = loose(d) == SHORT ? SENSE_ASCQ + 2 : SENSE_BYTES; /* an odd number */
	struct cd_tray *t = &d->tray;
	u8 *r = d->pk.reply;
	u32 sense = t->sense;

	if (d->caps.sense_bytes)
		bytes = d->caps.sense_bytes;
	if (!sense)
		sense = cd_attention(d);
	if (loose(d) == JUNK)
		memset(r, 0xff, bytes);
	r[0] = SENSE_FIXED;
	/* The key has four bits, and those beside it are a tape's. */
	r[SENSE_KEY] = sense >> 16 | (loose(d) == JUNK ? 0xf0 : 0);
	r[7] = bytes - 8;
	r[SENSE_ASC] = sense >> 8;
	r[SENSE_ASC] ^= SIM_SAB("model-sense-bit") && sense;
	r[SENSE_ASCQ] = sense;
	if (t->information_valid || loose(d) == VALID)
		r[0] |= SENSE_VALID;
	if (t->information_valid)
		put_be32(t->information, r + SENSE_INFORMATION);
	return reply(d, bytes, d->pk.cdb[PACKET_LENGTH_6]);
}

/* Pages in this order; each begins with its code and the length of the rest. */
static u32 mode_sense(struct ata_drive *d)
{
	static const u8 error[] = { MODE_PAGE_ERROR, 6, 0, 5 /* retries */, 0, 0, 0, 0 };
	static const u8 caps[] = { MODE_PAGE_CAPS,
				   18,
				   0x03 /* reads CD-R, -RW */,
				   0,
				   0x01,
				   0,
				   0x29 /* tray, eject, lock */,
				   0,
				   0,
				   0,
				   0,
				   0,
				   0,
				   128,
				   0,
				   0,
				   0,
				   0,
				   0,
				   0 };
	const u8 *const pages[] = { error, d->caps.mode_caps ?: caps };
	struct atapi *pk = &d->pk;
	u8 page = pk->cdb[2] & PACKET_MODE_PAGE, control = pk->cdb[2] & PACKET_MODE_CONTROL;
	u32 n = MODE_HEADER_BYTES;
	u8 *r = pk->reply;

	if (control == PACKET_MODE_SAVED)
		return SENSE_SAVING;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(pages); i++) {
		const u8 *p = pages[i];
		u32 bytes = p[1] + 2;

		if (page != MODE_PAGE_ALL && page != p[0])
			continue;
		memcpy(r + n, p, control == PACKET_MODE_CHANGEABLE ? 2 : bytes);
		if (p[0] == MODE_PAGE_CAPS && control != PACKET_MODE_CHANGEABLE)
			r[n + 6] |= d->tray.locked << 1;
		n += bytes;
	}
	if (n == MODE_HEADER_BYTES)
		return SENSE_INVALID_FIELD;
	put_be16(n - 2, r);
	r[2] = d->tray.open ? 0x71 : d->tray.disc ? 0x01 : 0x70;
	if (d->caps.medium_type)
		r[2] = d->caps.medium_type;
	return reply(d, n, be16(pk->cdb + PACKET_LENGTH_10));
}

/* ---- the tray ------------------------------------------------------------- */

static u32 prevent_allow(struct ata_drive *d)
{
	u8 how = d->pk.cdb[4];

	if (how & PACKET_PREVENT_PERSISTENT)
		return SENSE_INVALID_FIELD;
	d->tray.locked = how & PACKET_PREVENT;
	return SENSE_GOOD;
}

static u32 start_stop(struct ata_drive *d)
{
	u8 how = d->pk.cdb[4];

	if (how & PACKET_START_STOP_POWER)
		return SENSE_INVALID_FIELD;
	if (!(how & PACKET_START_STOP_LOEJ))
		return how & PACKET_START_STOP_START ? cd_ready(d) : SENSE_GOOD;
	if (how & PACKET_START_STOP_START) {
		cd_tray_move(d, false);
		return SENSE_GOOD;
	}
	if (d->tray.locked)
		return SENSE_REMOVAL_PREVENTED;
	cd_tray_move(d, true);
	return SENSE_GOOD;
}

static u32 get_event(struct ata_drive *d)
{
	struct cd_tray *t = &d->tray;
	struct atapi *pk = &d->pk;
	u32 room = be16(pk->cdb + PACKET_LENGTH_10);
	u8 *r = pk->reply;

	if (!(pk->cdb[1] & PACKET_EVENT_POLLED))
		return SENSE_INVALID_FIELD;
	r[3] = PACKET_EVENT_MEDIA;
	if (!(pk->cdb[4] & PACKET_EVENT_MEDIA)) {
		put_be16(EVENT_HEADER_BYTES - 2, r);
		r[2] = EVENT_NONE_AVAILABLE;
		return reply(d, EVENT_HEADER_BYTES, room);
	}
	put_be16(EVENT_BYTES - 2, r);
	r[2] = EVENT_CLASS_MEDIA;
	r[4] = t->event;
	r[5] = t->open ? EVENT_TRAY_OPEN : t->disc ? EVENT_PRESENT : 0;
	if (room > EVENT_HEADER_BYTES) /* else nobody saw it */
		t->event = EVENT_NO_CHANGE;
	return reply(d, EVENT_BYTES, room);
}

/* ---- the disc ------------------------------------------------------------- */

static u32 read_capacity(struct ata_drive *d)
{
	put_be32(cd_blocks(d) - 1, d->pk.reply);
	put_be32(d->caps.block_len, d->pk.reply + 4);
	return reply(d, CAPACITY_BYTES, CAPACITY_BYTES);
}

static void put_address(u32 lba, bool msf, u8 *p)
{
	u32 frames = lba + 150; /* two seconds of pregap */

	if (msf)
		put_be32(frames / (60 * 75) << 16 | frames / 75 % 60 << 8 | frames % 75, p);
	else
		put_be32(lba, p);
}

static u8 *toc_entry(u8 *p, u8 control, u8 track, u32 lba, bool msf)
{
	p[1] = control;
	p[2] = track;
	put_address(lba, msf, p + 4);
	return p + TOC_ENTRY_BYTES;
}

/* One data track, one session. */
static u32 read_toc(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;
	bool msf = pk->cdb[1] & PACKET_TOC_MSF;
	u8 format = pk->cdb[2] & PACKET_TOC_FORMAT, track = pk->cdb[6];
	u8 *p = pk->reply + TOC_HEADER_BYTES;

	switch (format) {
	case 0:
		if (track > 1 && track != PACKET_TOC_LEAD_OUT)
			return SENSE_INVALID_FIELD;
		if (track <= 1)
			p = toc_entry(p, TOC_DATA_TRACK, 1, 0, msf);
		p = toc_entry(p, d->caps.lead_out, PACKET_TOC_LEAD_OUT, cd_blocks(d), msf);
		break;
	case 1:
		p = toc_entry(p, TOC_DATA_TRACK, 1, 0, msf);
		break;
	default:
		return SENSE_INVALID_FIELD;
	}
	put_be16(p - pk->reply - 2, pk->reply);
	pk->reply[2] = pk->reply[3] = 1; /* first and last track or session */
	return reply(d, p - pk->reply, be16(pk->cdb + PACKET_LENGTH_10));
}

static u32 read_blocks(struct ata_drive *d)
{
	struct atapi *pk = &d->pk;

	if (pk->cdb[1] & PACKET_READ_RELADR)
		return SENSE_INVALID_FIELD;
	if (d->x.lba > cd_blocks(d) || d->x.left > cd_blocks(d) - d->x.lba)
		return SENSE_OUT_OF_RANGE;
	pk->media = true;
	pk->total = (u64)d->x.left * CD_BLOCK;
	return SENSE_GOOD;
}

/* ---- the table ------------------------------------------------------------ */

enum {
	DISC = 1,	 /* needs one that is ready */
	ANY_TIME = 2,	 /* a unit attention waits for the next command */
	KEEPS_SENSE = 4, /* what the last command left */
};

static const struct packet_op {
	u32 (*run)(struct ata_drive *d);
	u8 flags;
} packets[256] = {
	[PACKET_TEST_UNIT_READY] = { test_unit_ready, DISC },
	[PACKET_REQUEST_SENSE] = { request_sense, ANY_TIME | KEEPS_SENSE },
	[PACKET_INQUIRY] = { inquiry, ANY_TIME },
	[PACKET_START_STOP] = { start_stop, 0 },
	[PACKET_PREVENT_ALLOW] = { prevent_allow, 0 },
	[PACKET_READ_CAPACITY] = { read_capacity, DISC },
	[PACKET_READ_10] = { read_blocks, DISC },
	[PACKET_READ_TOC] = { read_toc, DISC },
	[PACKET_GET_EVENT] = { get_event, ANY_TIME },
	[PACKET_MODE_SENSE_10] = { mode_sense, 0 },
	[PACKET_READ_12] = { read_blocks, DISC },
};

void atapi_aim(struct ata_drive *d)
{
	const u8 *cdb = d->pk.cdb;

	switch (cdb[0]) {
	case PACKET_READ_10:
		d->x.left = be16(cdb + PACKET_READ_10_COUNT);
		break;
	case PACKET_READ_12:
		d->x.left = be32(cdb + PACKET_READ_12_COUNT);
		break;
	default:
		return;
	}
	d->x.lba = be32(cdb + PACKET_READ_LBA);
}

void atapi_run(struct ata_drive *d)
{
	const struct packet_op *op = &packets[d->pk.cdb[0]];
	struct atapi *pk = &d->pk;

	if (!(op->flags & KEEPS_SENSE)) {
		d->tray.sense = SENSE_GOOD;
		d->tray.information_valid = false;
	}
	pk->sense = op->flags & ANY_TIME ? SENSE_GOOD : cd_attention(d);
	if (!pk->sense && !op->run)
		pk->sense = SENSE_INVALID_COMMAND;
	if (!pk->sense && op->flags & DISC)
		pk->sense = cd_ready(d);
	if (!pk->sense)
		pk->sense = op->run(d);
	if (op->flags & KEEPS_SENSE)
		d->tray.information_valid = false;
}
