// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reads of a CD: PACKET with a READ(10) in it (V2, HP and DP). The drive asks
 * for the packet; then it moves the data in blocks it chooses itself, or by
 * DMA, and ends with an interrupt. What it asks for stands in the Sector Count
 * register, and for how much in LBA Mid and High.
 *
 * That it ended with ERR is all it says here. Why takes a packet of its own,
 * which ide_recover.c's task sends while the request waits.
 */
#include "ide_dma.h"

/* The next thing the drive wants, of ATAPI_REASON_ (V1, PACKET, interrupt reason). */
static u8 ide_packet_reason(struct ide_channel *ch)
{
	return trv_read8(ch->cmd, ATA_COUNT) & (ATAPI_REASON_CD | ATAPI_REASON_IO);
}

/* Twelve bytes (MMC, READ(10)). */
static void ide_packet_send(struct ide_channel *ch)
{
	u8 packet[ATAPI_PACKET_BYTES] = { PACKET_READ_10 };

	trv_put_be32((u32)ch->lba, packet + PACKET_READ_LBA);
	trv_put_be16((u16)ch->blocks, packet + PACKET_READ_10_COUNT);
	ch->state = ch->packet_dma ? IDE_PACKET_DMA : IDE_PACKET_IO;
	trv_write_rep16(ch->cmd, ATA_DATA, packet, ATAPI_PACKET_BYTES / 2);
	if (ch->packet_dma)
		ide_dma_start(ch);
	else
		ide_let_status_settle(ch);
}

/*
 * A block of data. Its length is the drive's choice and not to be trusted: at
 * most what it was allowed, and even, as the whole is (V1, PACKET, byte count).
 */
static int ide_packet_block(struct ide_channel *ch)
{
	u32 bytes = trv_read8(ch->cmd, ATA_LBA_MID);
	int rc;

	bytes |= (u32)trv_read8(ch->cmd, ATA_LBA_HIGH) << 8;
	if (!bytes || bytes > IDE_PACKET_LIMIT)
		return -ERANGE;
	rc = trv_req_pio_in(ch->req, ch->cmd, ATA_DATA, bytes);
	/* Status is stale for one PIO cycle: the read is that cycle. */
	trv_read8(ch->ctl, IDE_CTL);
	return rc;
}

/* It failed, and is asked why by a task. The request stays under way. */
static struct trv_req *ide_packet_check(struct ide_channel *ch)
{
	ch->error = trv_read8(ch->cmd, ATA_ERROR);
	ch->sense_due = true;
	ide_recover_later(ch, ch->drive);
	return NULL;
}

/* No data any more, no error: was that all of them? */
static bool ide_packet_is_whole(struct ide_channel *ch, u8 bm)
{
	if (ch->state == IDE_PACKET_DMA)
		return !(bm & (BM_STATUS_ERROR | BM_STATUS_ACTIVE));
	return ch->state == IDE_PACKET_IO && !trv_req_pio_left(ch->req);
}

struct trv_req *ide_packet_event(struct ide_channel *ch, u8 status, u8 bm, int *rc)
{
	u8 reason;

	if (ch->state == IDE_PACKET_DMA)
		ide_dma_stop(ch);
	/* Before any data move: the next interrupt may follow the last word at once. */
	ide_ack(ch);
	if ((status & (ATA_STATUS_ERR | ATA_STATUS_DF | ATA_STATUS_DRQ)) == ATA_STATUS_ERR)
		return ide_packet_check(ch);
	/* With more than ERR it cannot be asked; and what its Error register says is no disk's. */
	if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
		return ide_fail(ch, status & (u8)~ATA_STATUS_ERR, bm, rc);

	*rc = 0;
	if (!(status & ATA_STATUS_DRQ)) {
		if (!ide_packet_is_whole(ch, bm))
			return ide_fail(ch, status, bm, rc);
		ch->drive->dma_faults = 0;
		return ide_end(ch);
	}
	reason = ide_packet_reason(ch);
	if (ch->state == IDE_PACKET && reason == ATAPI_REASON_PACKET) {
		ide_packet_send(ch);
		return NULL;
	}
	if (ch->state == IDE_PACKET_IO && reason == ATAPI_REASON_DATA_IN && !ide_packet_block(ch))
		return NULL;
	return ide_fail(ch, status, bm, rc);
}

/* How the data are to come: by DMA when they can be mapped. */
static int ide_packet_map(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req)
{
	int rc;

	ch->packet_dma = false;
	if (!drive->dma)
		return 0;
	rc = trv_req_map(req);
	if (rc < 0)
		return rc == -ENOMEM || rc == -EFBIG ? 0 : rc;
	ide_fill_prds(ch, req);
	ide_dma_prepare(ch, BM_COMMAND_TO_MEMORY);
	ch->packet_dma = true;
	return 0;
}

int ide_packet_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req)
{
	int rc = ide_packet_map(ch, drive, req);
	u8 status;

	if (rc)
		return rc;
	ch->lba = trv_req_lba(req);
	ch->blocks = trv_req_blocks(req);
	ch->op_ext = false;
	trv_write8(ch->cmd, ATA_FEATURES, ch->packet_dma ? ATAPI_FEATURE_DMA : 0);
	trv_write8(ch->cmd, ATA_LBA_MID, IDE_PACKET_LIMIT & 0xff);
	trv_write8(ch->cmd, ATA_LBA_HIGH, IDE_PACKET_LIMIT >> 8);
	ide_write_command(ch, drive, req, ATA_OP_PACKET, IDE_PACKET);
	if (drive->packet_irq && !ch->polled) {
		ide_let_status_settle(ch);
		return 0;
	}

	/* The quick ones ask within 50 us, the others within 3 ms (V1, IDENTIFY PACKET DEVICE). */
	trv_delay_ns(ATA_NS_STATUS);
	if (trv_poll_timeout_atomic(trv_read8(ch->ctl, IDE_CTL), status, !(status & ATA_STATUS_BSY),
				    1, IDE_DRQ_US)) {
		if (!ch->polled)
			trv_timer_arm(&ch->drq_timer, IDE_DRQ_TIMER_US);
		return 0;
	}
	/* An error here is queue()'s: the request never was under way. */
	ide_packet_event(ch, trv_read8(ch->cmd, ATA_STATUS), 0, &rc);
	return rc;
}
