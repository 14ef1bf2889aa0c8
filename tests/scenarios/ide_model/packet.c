// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A CD drive: the PACKET transport, the packets' replies, and the hand at the tray. */
#include "model.h"

enum {
	BLOCKS = 512,
	SPIN_UP_US = 500 * 1000,
	FOR_EVER_US = 10 * 1000 * 1000,
	CHECK = IDLE | ATA_STATUS_ERR,
};

#define CD "piix4-ide,udma=0,disk0=mem:1M,disk1=cdmem:1M"
#define EMPTY "piix4-ide,udma=0,disk0=mem:1M,disk1=cd:"

/* The drive is device 1 of the primary channel, beside a disk. */
static struct ide_raw *cd_up(const char *spec)
{
	struct trv_dev *dev = sim_plug(spec);

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s: %s", spec, sim_opt_error_text());
	ide_clean(dev);
	if (ide_sectors(dev, 1))
		ide_medium_pattern(dev, 1, SEED);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	return ide_raw(dev);
}

/* A packet with up to five bytes that matter: operation code, then byte 1, 2, 4 and 8. */
struct packet {
	u8 cdb[ATAPI_PACKET_BYTES];
};

static struct packet packet(u8 op, u8 b1, u8 b2, u8 b4, u8 b8)
{
	return (struct packet){ { op, b1, b2, 0, b4, 0, 0, 0, b8 } };
}

static struct packet read10(u32 lba, u16 n)
{
	return (struct packet){ { PACKET_READ_10, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, n >> 8,
				  n } };
}

static struct packet read12(u32 lba, u32 n)
{
	return (struct packet){ { PACKET_READ_12, 0, lba >> 24, lba >> 16, lba >> 8, lba, n >> 24,
				  n >> 16, n >> 8, n } };
}

/* Sent with a limit of @limit; how it ended. */
static u8 send(struct ide_raw *r, struct packet p, u16 limit, void *buf, u32 bytes, u32 *got)
{
	return raw_packet_in(r, 1, p.cdb, limit, buf, bytes, got);
}

/* No data either way. */
static u8 order(struct ide_raw *r, struct packet p)
{
	u32 got;
	u8 status = send(r, p, 0, NULL, 0, &got);

	sim_expect_eq(raw_in(r, ATA_COUNT), ATAPI_REASON_STATUS);
	return status;
}

/* A reply of exactly @bytes. */
static void ask(struct ide_raw *r, struct packet p, void *buf, u32 bytes)
{
	u32 got;

	sim_expect_eq(send(r, p, 64, buf, bytes, &got), IDLE);
	sim_expect_eq(got, bytes);
}

/* What REQUEST SENSE says: key, ASC and ASCQ in one. */
static u32 sense(struct ide_raw *r)
{
	u8 s[SENSE_BYTES];

	ask(r, packet(PACKET_REQUEST_SENSE, 0, 0, sizeof(s), 0), s, sizeof(s));
	sim_expect_eq(s[0] & 0x7f, SENSE_FIXED);
	sim_expect_eq(s[7], SENSE_BYTES - 8);
	return s[SENSE_KEY] << 16 | s[SENSE_ASC] << 8 | s[SENSE_ASCQ];
}

static struct packet ready(void)
{
	return packet(PACKET_TEST_UNIT_READY, 0, 0, 0, 0);
}

/* @p ends with a check condition: the key in Error at once, the rest in the sense data. */
static void refused(struct ide_raw *r, struct packet p, u32 why)
{
	sim_expect_eq(order(r, p), CHECK);
	sim_expect_eq(raw_in(r, ATA_ERROR) >> ATAPI_ERROR_KEY_SHIFT, why >> 16);
	sim_expect_eq(sense(r), why);
	sim_expect_eq(sense(r), SENSE_GOOD); /* told once */
}

/* Past what power on left. */
static struct ide_raw *cd_ready_up(const char *spec)
{
	struct ide_raw *r = cd_up(spec);

	refused(r, ready(), SENSE_POWER_ON);
	return r;
}

static void block_is(u64 seed, u32 lba, u32 n, const void *got)
{
	u8 *want = model_buf(4 * n);

	ide_pattern(seed, 4ULL * lba, 4 * n, want);
	if (memcmp(want, got, (size_t)n * CD_BLOCK))
		sim_fail(SIM_DATA, SIM_SITE, "%u blocks at %u differ from the disc", n, lba);
}

/* ---- the transport -------------------------------------------------------- */

static void signature(struct ide_raw *r)
{
	sim_expect_eq(raw_in(r, ATA_COUNT), 1);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 1);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), ATA_SIG_ATAPI_MID);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), ATA_SIG_ATAPI_HIGH);
}

SIM_SCENARIO(p_signature, "ide_model/packet-signature",
	     "EB14h after SRST and DEVICE RESET, and from the commands of a disk")
{
	struct ide_raw *r = cd_up(CD);
	u64 irqs;

	raw_reset(r);
	raw_select(r, 1);
	sim_expect_eq(raw_in(r, ATA_STATUS), 0);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_DIAG_PASSED);
	signature(r);
	sim_expect_eq(order(r, ready()), CHECK);
	sim_expect_eq(raw_nondata(r, 1, ATA_OP_IDENTIFY, 0, 0), CHECK);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	signature(r);
	sim_expect_eq(raw_nondata(r, 1, ATA_OP_READ_SECTORS, 0, 7), CHECK);
	signature(r);
	irqs = ide_stats(r->dev, 1)->irqs;
	raw_command(r, ATA_OP_DEVICE_RESET);
	sim_expect_eq(raw_wait(r), 0);
	sim_expect_eq(ide_stats(r->dev, 1)->irqs, irqs);
	signature(r);
	sim_expect_eq(raw_in(r, ATA_DEVICE), ATA_DEVICE_DEV); /* all else of it is cleared */
	raw_select(r, 0);				      /* and the disk is one still */
	sim_expect_eq(raw_in(r, ATA_LBA_MID), ATA_SIG_ATA_MID);
	model_down(r);
}

SIM_SCENARIO(p_identify, "ide_model/packet-identify", "IDENTIFY PACKET DEVICE")
{
	static const u16 drq[] = { 0x8580, 0x85a0, 0x85c0 };
	struct ide_raw *r = cd_up("piix4-ide,disk0=mem:1M,disk1=cd:");
	u8 *id = model_buf(1), sum;

	for (u32 i = 0; i < 3; i++) {
		ide_caps(r->dev, 1)->drq_type = i;
		raw_select(r, 1);
		sim_expect_eq(raw_pio_read(r, ATA_OP_IDENTIFY_PACKET, id, 512, 512), IDLE);
		sim_expect_eq(trv_get_le16(id), drq[i]);
	}
	sim_expect_eq(trv_get_le16(id + 2 * ATA_ID_CAPS), 0x0f00);
	sim_expect_eq(trv_get_le16(id + 2 * ATA_ID_CMDS1), 0x4218);
	sim_expect_eq(trv_get_le16(id + 2 * ATA_ID_UDMA), 0x0407);
	sim_expect_eq(trv_get_le16(id + 2 * ATA_ID_LIMIT_ZERO), 0);
	sim_expect(!memcmp(id + 2 * ATA_ID_MODEL, "RTVITES MILUTADEC -DOR M", 24));
	sum = 0;
	for (u32 i = 0; i < ATA_ID_BYTES; i++)
		sum += id[i];
	sim_expect_eq(sum, 0);
	raw_nondata(r, 0, ATA_OP_IDENTIFY_PACKET, 0, 0); /* not the disk's */
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	model_down(r);
}

SIM_SCENARIO(p_phases, "ide_model/packet-phases",
	     "interrupt reason, byte count and INTRQ through command, data and status phase")
{
	const struct packet p = packet(PACKET_INQUIRY, 0, 0, INQUIRY_BYTES, 0);

	for (u32 type = 0; type < 3; type++) {
		struct ide_raw *r = cd_up(CD);
		const struct ide_stats *s = ide_stats(r->dev, 1);
		u8 buf[INQUIRY_BYTES];
		u64 irqs;

		ide_caps(r->dev, 1)->drq_type = type;
		raw_select(r, 1);
		irqs = s->irqs;
		sim_expect_eq(raw_packet_begin(r, 1, 0, 100), IDLE | ATA_STATUS_DRQ);
		sim_expect_eq(s->irqs - irqs, type == 1);
		sim_expect_eq(raw_in(r, ATA_COUNT), ATAPI_REASON_PACKET);
		raw_in(r, ATA_STATUS);
		irqs = s->irqs;
		raw_packet_send(r, p.cdb);
		sim_expect_eq(raw_wait(r), IDLE | ATA_STATUS_DRQ);
		sim_expect_eq(s->irqs - irqs, 1);
		sim_expect_eq(raw_in(r, ATA_STATUS), IDLE | ATA_STATUS_DRQ);
		sim_expect_eq(raw_in(r, ATA_COUNT), ATAPI_REASON_DATA_IN);
		sim_expect_eq(raw_in(r, ATA_LBA_MID), INQUIRY_BYTES);
		sim_expect_eq(raw_in(r, ATA_LBA_HIGH), 0);
		raw_data_in(r, buf, sizeof(buf));
		raw_wait_400ns();
		sim_expect_eq(raw_wait(r), IDLE);
		sim_expect_eq(s->irqs - irqs, 2);
		sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
		sim_expect_eq(raw_in(r, ATA_COUNT), ATAPI_REASON_STATUS);
		sim_expect_eq(ide_count_packet(r->dev, 1, PACKET_INQUIRY), 1);
		model_down(r);
	}
}

SIM_SCENARIO(p_polled, "ide_model/packet-nien", "with nIEN a packet runs without INTRQ")
{
	struct ide_raw *r = cd_ready_up(CD);
	u64 irqs = ide_stats(r->dev, 1)->irqs;
	u8 buf[INQUIRY_BYTES];

	raw_ctl(r, ATA_DEVCTL_NIEN);
	ask(r, packet(PACKET_INQUIRY, 0, 0, sizeof(buf), 0), buf, sizeof(buf));
	sim_expect_eq(ide_stats(r->dev, 1)->irqs, irqs);
	sim_expect(!memcmp(buf + INQUIRY_VENDOR, "TRIVET  SIMULATED CD-ROM", 24));
	sim_expect_eq(buf[0], INQUIRY_TYPE_CD);
	sim_expect_eq(buf[1], INQUIRY_REMOVABLE);
	sim_expect_eq(buf[4], INQUIRY_BYTES - 5);
	model_down(r);
}

SIM_SCENARIO(p_blocks, "ide_model/packet-read-pio",
	     "READ(10), READ(12): DRQ blocks of the host's limit or the drive's own")
{
	struct ide_raw *r = cd_ready_up(CD);
	const struct ide_stats *s = ide_stats(r->dev, 1);
	u8 *buf = model_buf(4 * 40);
	u64 blocks = s->pio_blocks;
	u32 got;

	sim_expect_eq(send(r, read10(100, 3), 2500, buf, 3 * CD_BLOCK, &got), IDLE);
	sim_expect_eq(got, 3 * CD_BLOCK);
	block_is(SEED, 100, 3, buf);
	sim_expect_eq(s->pio_blocks - blocks, 3); /* 2500, 2500, 1144 */
	blocks = s->pio_blocks;
	sim_expect_eq(send(r, read12(BLOCKS - 40, 40), 0xffff, buf, 40 * CD_BLOCK, &got), IDLE);
	block_is(SEED, BLOCKS - 40, 40, buf);
	sim_expect_eq(s->pio_blocks - blocks, 2); /* 65534, 16386 */
	ide_caps(r->dev, 1)->block_max = CD_BLOCK;
	blocks = s->pio_blocks;
	sim_expect_eq(send(r, read10(0, 5), 0xf000, buf, 5 * CD_BLOCK, &got), IDLE);
	block_is(SEED, 0, 5, buf);
	sim_expect_eq(s->pio_blocks - blocks, 5);
	sim_expect_eq(s->read, 48);
	sim_expect_eq(order(r, read10(17, 0)), IDLE); /* nothing is no error */
	model_down(r);
}

SIM_SCENARIO(p_odd, "ide_model/packet-odd", "an odd reply is padded to a word")
{
	struct ide_raw *r = cd_ready_up(CD);
	u8 buf[8];
	u32 got;

	sim_expect_eq(send(r, packet(PACKET_INQUIRY, 0, 0, 5, 0), 64, buf, 6, &got), IDLE);
	sim_expect_eq(got, 5);
	sim_expect_eq(buf[0], INQUIRY_TYPE_CD);
	model_down(r);
}

SIM_SCENARIO(p_dma, "ide_model/packet-dma", "FEATURES bit 0: data by DMA, one interrupt at the end")
{
	struct ide_raw *r = cd_ready_up(CD);
	u64 irqs = ide_stats(r->dev, 1)->irqs;
	struct packet p = read10(200, 40);
	u8 *buf = model_buf(4 * 40);

	sim_expect_eq(raw_packet_dma(r, 1, p.cdb, 40 * CD_BLOCK), IDLE);
	sim_expect_eq(raw_in(r, ATA_COUNT), ATAPI_REASON_STATUS);
	sim_expect_eq(ide_stats(r->dev, 1)->irqs - irqs, 1);
	raw_buf_get(r, buf, 0, 40 * CD_BLOCK);
	block_is(SEED, 200, 40, buf);
	p = packet(PACKET_INQUIRY, 0, 0, INQUIRY_BYTES, 0);
	sim_expect_eq(raw_packet_dma(r, 1, p.cdb, INQUIRY_BYTES), IDLE);
	raw_buf_get(r, buf, 0, INQUIRY_BYTES);
	sim_expect(!memcmp(buf + INQUIRY_VENDOR, "TRIVET", 6));
	sim_expect_eq(ide_stats(r->dev, 1)->dma_commands, 2);
	ide_caps(r->dev, 1)->dma = false;
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR);
	sim_expect_eq(raw_packet_begin(r, 1, ATAPI_FEATURE_DMA, 0), CHECK);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	model_down(r);
}

/* ---- packets -------------------------------------------------------------- */

SIM_SCENARIO(p_replies, "ide_model/packet-replies",
	     "READ CAPACITY, READ TOC, MODE SENSE(10), GET EVENT STATUS NOTIFICATION")
{
	static const u8 capacity[] = { 0, 0, 1, 0xff, 0, 0, 8, 0 };
	static const u8 toc[] = { 0, 18, 1, 1,	  0,	0x14, 1, 0, 0, 0,
				  0, 0,	 0, 0x14, 0xaa, 0,    0, 0, 2, 0 };
	static const u8 msf[] = { 0, 18, 1, 1,	  0,	0x14, 1, 0, 0, 0,
				  2, 0,	 0, 0x14, 0xaa, 0,    0, 0, 8, 62 };
	static const u8 event[] = {
		0, 6, EVENT_CLASS_MEDIA, PACKET_EVENT_MEDIA, EVENT_NO_CHANGE, EVENT_PRESENT, 0, 0
	};
	static const u8 no_event[] = { 0, 2, EVENT_NONE_AVAILABLE, PACKET_EVENT_MEDIA };
	struct ide_raw *r = cd_ready_up(CD);
	u8 buf[64];

	ask(r, packet(PACKET_READ_CAPACITY, 0, 0, 0, 0), buf, 8);
	sim_expect(!memcmp(buf, capacity, 8));
	ask(r, packet(PACKET_READ_TOC, 0, 0, 0, 60), buf, 20);
	sim_expect(!memcmp(buf, toc, 20));
	ask(r, packet(PACKET_READ_TOC, PACKET_TOC_MSF, 0, 0, 60), buf, 20);
	sim_expect(!memcmp(buf, msf, 20));
	ask(r, packet(PACKET_READ_TOC, 0, 0, 0, 4), buf, 4);
	sim_expect_eq(buf[1], 18);
	ask(r, packet(PACKET_MODE_SENSE_10, 0, MODE_PAGE_CAPS, 0, 60), buf, 28);
	sim_expect_eq(buf[1], 26);
	sim_expect_eq(buf[2], 0x01);
	sim_expect_eq(buf[8], MODE_PAGE_CAPS);
	ask(r, packet(PACKET_MODE_SENSE_10, 0, MODE_PAGE_ALL, 0, 60), buf, 36);
	ask(r, packet(PACKET_GET_EVENT, PACKET_EVENT_POLLED, 0, PACKET_EVENT_MEDIA, 8), buf, 8);
	sim_expect(!memcmp(buf, event, 8));
	ask(r, packet(PACKET_GET_EVENT, PACKET_EVENT_POLLED, 0, 0x02, 8), buf, 4);
	sim_expect(!memcmp(buf, no_event, 4));
	model_down(r);
}

SIM_SCENARIO(p_refused, "ide_model/packet-refused", "ILLEGAL REQUEST: which, and nothing moves")
{
	struct ide_raw *r = cd_ready_up(CD);

	refused(r, packet(0x55, 0, 0, 0, 8), SENSE_INVALID_COMMAND);
	sim_expect_eq(order(r, packet(0xff, 0, 0, 0, 0)), CHECK);
	sim_expect_eq(raw_in(r, ATA_ERROR), 0x50 | ATAPI_ERROR_ABRT);
	refused(r, packet(PACKET_INQUIRY, PACKET_INQUIRY_EVPD, 0, 36, 0), SENSE_INVALID_FIELD);
	refused(r, packet(PACKET_GET_EVENT, 0, 0, PACKET_EVENT_MEDIA, 8), SENSE_INVALID_FIELD);
	refused(r, packet(PACKET_READ_TOC, 0, 5, 0, 8), SENSE_INVALID_FIELD);
	refused(r, packet(PACKET_MODE_SENSE_10, 0, 0x15, 0, 8), SENSE_INVALID_FIELD);
	refused(r, packet(PACKET_MODE_SENSE_10, 0, PACKET_MODE_SAVED | MODE_PAGE_ALL, 0, 8),
		SENSE_SAVING);
	refused(r, packet(PACKET_PREVENT_ALLOW, 0, 0, 2, 0), SENSE_INVALID_FIELD);
	refused(r, packet(PACKET_START_STOP, 0, 0, 0x10, 0), SENSE_INVALID_FIELD);
	refused(r, read10(BLOCKS - 1, 2), SENSE_OUT_OF_RANGE);
	refused(r, read12(0xffffffff, 2), SENSE_OUT_OF_RANGE);
	sim_expect_eq(ide_stats(r->dev, 1)->read, 0);
	model_down(r);
}

/* ---- the tray ------------------------------------------------------------- */

SIM_SCENARIO(p_power, "ide_model/packet-attention",
	     "06/29 after power on: INQUIRY goes first, REQUEST SENSE takes it, the next is told")
{
	struct ide_raw *r = cd_up(CD);
	u8 buf[INQUIRY_BYTES];

	ask(r, packet(PACKET_INQUIRY, 0, 0, sizeof(buf), 0), buf, sizeof(buf));
	refused(r, read10(0, 1), SENSE_POWER_ON);
	sim_expect_eq(order(r, ready()), IDLE);
	raw_reset(r);
	sim_expect_eq(order(r, ready()), IDLE);
	ide_caps(r->dev, 1)->srst_attention = true;
	raw_reset(r);
	sim_expect_eq(sense(r), SENSE_POWER_ON);
	sim_expect_eq(order(r, ready()), IDLE);
	ide_power_cut(r->dev);
	raw_wait(r);
	refused(r, ready(), SENSE_POWER_ON);
	model_down(r);
}

static u8 event(struct ide_raw *r, u8 *status)
{
	u8 buf[EVENT_BYTES];

	ask(r, packet(PACKET_GET_EVENT, PACKET_EVENT_POLLED, 0, PACKET_EVENT_MEDIA, 8), buf, 8);
	*status = buf[5];
	return buf[4];
}

SIM_SCENARIO(p_change, "ide_model/packet-change",
	     "another disc: 06/28 once, 02/04 until it turns, then its own data and capacity")
{
	struct ide_raw *r = cd_ready_up(EMPTY);
	u8 *buf = model_buf(4), status;
	u32 got;

	refused(r, ready(), SENSE_NO_MEDIUM_CLOSED);
	ide_cd_insert(r->dev, 1, 100, 7);
	sim_expect_eq(event(r, &status), EVENT_NEW_MEDIA);
	sim_expect_eq(status, EVENT_PRESENT);
	sim_expect_eq(event(r, &status), EVENT_NO_CHANGE);
	refused(r, read10(99, 1), SENSE_MEDIUM_CHANGED);
	refused(r, read10(99, 1), SENSE_BECOMING_READY);
	trv_sleep_us(SPIN_UP_US);
	sim_expect_eq(send(r, read10(99, 1), CD_BLOCK, buf, CD_BLOCK, &got), IDLE);
	block_is(7, 99, 1, buf);
	refused(r, read10(100, 1), SENSE_OUT_OF_RANGE);
	ide_cd_take(r->dev, 1);
	refused(r, read10(0, 1), SENSE_NO_MEDIUM_OPEN);
	sim_expect_eq(event(r, &status), EVENT_MEDIA_REMOVAL);
	sim_expect_eq(status, EVENT_TRAY_OPEN);
	model_down(r);
}

SIM_SCENARIO(p_lock, "ide_model/packet-tray",
	     "PREVENT holds the tray against START STOP and the button, which is reported")
{
	const struct packet eject = packet(PACKET_START_STOP, 0, 0, PACKET_START_STOP_LOEJ, 0);
	const struct packet load = packet(PACKET_START_STOP, 0, 0,
					  PACKET_START_STOP_LOEJ | PACKET_START_STOP_START, 0);
	struct ide_raw *r = cd_ready_up(CD);
	u8 status;

	sim_expect_eq(order(r, packet(PACKET_PREVENT_ALLOW, 0, 0, PACKET_PREVENT, 0)), IDLE);
	sim_expect(ide_cd_is_locked(r->dev, 1));
	refused(r, eject, SENSE_REMOVAL_PREVENTED);
	sim_expect(!ide_cd_button(r->dev, 1));
	sim_expect_eq(event(r, &status), EVENT_EJECT_REQUEST);
	refused(r, ready(), SENSE_EJECT_WANTED);
	sim_expect(!ide_cd_is_open(r->dev, 1));
	sim_expect_eq(order(r, packet(PACKET_PREVENT_ALLOW, 0, 0, 0, 0)), IDLE);
	sim_expect_eq(order(r, eject), IDLE);
	sim_expect(ide_cd_is_open(r->dev, 1));
	refused(r, ready(), SENSE_NO_MEDIUM_OPEN);
	sim_expect_eq(order(r, load), IDLE);
	trv_sleep_us(SPIN_UP_US);
	refused(r, ready(), SENSE_MEDIUM_CHANGED);
	sim_expect_eq(order(r, ready()), IDLE);
	sim_expect(ide_cd_button(r->dev, 1));
	sim_expect(ide_cd_is_open(r->dev, 1));
	model_down(r);
}

SIM_SCENARIO(p_taken, "ide_model/packet-taken", "the disc taken between two blocks of a read")
{
	struct ide_raw *r = cd_ready_up(CD);
	const struct packet p = read10(10, 2);
	u8 *buf = model_buf(4);

	sim_expect_eq(raw_packet_begin(r, 1, 0, CD_BLOCK), IDLE | ATA_STATUS_DRQ);
	raw_packet_send(r, p.cdb);
	sim_expect_eq(raw_wait(r), IDLE | ATA_STATUS_DRQ);
	raw_in(r, ATA_STATUS);
	ide_cd_take(r->dev, 1);
	raw_data_in(r, buf, CD_BLOCK);
	raw_wait_400ns();
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), CHECK);
	block_is(SEED, 10, 1, buf);
	sim_expect_eq(sense(r), SENSE_NO_MEDIUM_OPEN);
	model_down(r);
}

/* ---- faults --------------------------------------------------------------- */

SIM_SCENARIO(p_unc, "ide_model/packet-media-error",
	     "03/11 at a block: what comes before it moves, sense data name it")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .drive = 1, .first = 45, .last = 45 };
	struct ide_raw *r = cd_ready_up(CD);
	const struct packet p = read10(40, 8);
	u8 *buf = model_buf(4 * 8), s[SENSE_BYTES];
	u32 got;

	ide_fault_add(r->dev, &f);
	sim_expect_eq(send(r, p, 0xf000, buf, 8 * CD_BLOCK, &got), CHECK);
	sim_expect_eq(got, 5 * CD_BLOCK);
	block_is(SEED, 40, 5, buf);
	sim_expect_eq(raw_in(r, ATA_ERROR), SENSE_MEDIUM_ERROR << ATAPI_ERROR_KEY_SHIFT);
	ask(r, packet(PACKET_REQUEST_SENSE, 0, 0, sizeof(s), 0), s, sizeof(s));
	sim_expect_eq(s[0], SENSE_FIXED | SENSE_VALID);
	sim_expect_eq(s[SENSE_KEY], SENSE_MEDIUM_ERROR);
	sim_expect_eq(s[SENSE_INFORMATION + 3], 45);
	sim_expect_eq(s[SENSE_ASC], 0x11);
	sim_expect_eq(raw_packet_dma(r, 1, p.cdb, 8 * CD_BLOCK), CHECK);
	sim_expect_eq(sense(r), SENSE_UNRECOVERED_READ);
	sim_expect_eq(order(r, ready()), IDLE);
	sim_expect_eq(ide_fault_hits(r->dev, 0), 2);
	sim_expect_eq(ide_history(r->dev, 1, 1)->packet, PACKET_REQUEST_SENSE);
	sim_expect_eq(ide_history(r->dev, 1, 2)->lba, 40);
	model_down(r);
}

SIM_SCENARIO(p_faults, "ide_model/packet-faults",
	     "CRC, device fault, abort; and stuck in each phase, which DEVICE RESET ends")
{
	static const struct {
		enum ide_fault_kind kind;
		u32 sense;
		u8 status;
	} ends[] = {
		{ IDE_F_ICRC, SENSE_CRC, CHECK },
		{ IDE_F_DF, SENSE_TARGET_FAILURE, CHECK | ATA_STATUS_DF },
		{ IDE_F_ABRT, SENSE_COMMAND_ABORTED, CHECK },
		{ IDE_F_IDNF, SENSE_POSITIONING, CHECK },
	};
	static const enum ide_fault_kind stuck[] = { IDE_F_NO_PACKET, IDE_F_HANG };
	struct ide_raw *r = cd_ready_up(CD);
	const struct packet p = read10(3, 1);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(ends); i++) {
		const struct ide_fault f = { .kind = ends[i].kind,
					     .drive = 1,
					     .packet = PACKET_READ_10 };

		ide_fault_add(r->dev, &f);
		sim_expect_eq(order(r, ready()), IDLE); /* another packet */
		sim_expect_eq(raw_packet_dma(r, 1, p.cdb, CD_BLOCK), ends[i].status);
		sim_expect_eq(sense(r), ends[i].sense);
		ide_faults_clear(r->dev);
	}
	for (u32 i = 0; i < TRV_ARRAY_SIZE(stuck); i++) {
		const struct ide_fault f = { .kind = stuck[i], .drive = 1, .times = 1 };

		ide_fault_add(r->dev, &f);
		raw_select(r, 1);
		raw_out(r, ATA_FEATURES, 0);
		raw_command(r, ATA_OP_PACKET);
		trv_sleep_us(FOR_EVER_US);
		if (raw_alt(r) & ATA_STATUS_DRQ)
			raw_packet_send(r, ready().cdb);
		trv_sleep_us(FOR_EVER_US);
		sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
		raw_command(r, ATA_OP_DEVICE_RESET);
		sim_expect_eq(raw_wait(r), 0);
		sim_expect_eq(order(r, ready()), IDLE);
		ide_faults_clear(r->dev);
	}
	model_down(r);
}

SIM_SCENARIO(p_reset_under_way, "ide_model/packet-device-reset",
	     "DEVICE RESET amid a data phase; the other device keeps its settings")
{
	struct ide_raw *r = cd_ready_up(CD);
	const struct packet p = read10(10, 2);
	u32 multiple = ide_multiple(r->dev, 0);

	sim_expect_eq(raw_packet_begin(r, 1, 0, CD_BLOCK), IDLE | ATA_STATUS_DRQ);
	raw_packet_send(r, p.cdb);
	sim_expect_eq(raw_wait(r), IDLE | ATA_STATUS_DRQ);
	raw_command(r, ATA_OP_DEVICE_RESET);
	sim_expect_eq(raw_wait(r), 0);
	signature(r);
	sim_expect_eq(order(r, ready()), IDLE);
	sim_expect_eq(ide_multiple(r->dev, 0), multiple);
	sim_expect(ide_quiet(r->dev));
	model_down(r);
}

SIM_SCENARIO(p_options, "ide_model/packet-options", "what cannot be in a tray is told so")
{
	sim_expect(!sim_plug("piix4-ide,disk0=cdmem:2560"));
	sim_expect(strstr(sim_opt_error_text(), "2048-byte blocks"));
	sim_expect(!sim_plug("piix4-ide,disk0=cdmem:x"));
	sim_expect(!sim_plug("piix4-ide,disk0=cd:/nonexistent/disc.iso"));
	sim_expect(strstr(sim_opt_error_text(), "/nonexistent/disc.iso"));
	sim_expect(!sim_plug("piix4-ide,disk0=dvd:"));
	sim_expect(strstr(sim_opt_error_text(), "cd:PATH"));
}
