// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Data by register: a block of one or more sectors per interrupt (V2, HPIOI
 * and HPIOO). An interrupt announces each block of a read, and asks for each
 * block of a write but the first.
 */
#include "ide_bus.h"

/* Move the next block. Status is stale for one PIO cycle afterwards: the read is that cycle. */
static int ide_move_block(struct ide_channel *ch, bool in)
{
	struct trv_req *req = ch->req;
	u32 bytes = trv_min(trv_req_pio_left(req), ch->drive->pio_bytes);
	int rc;

	if (!bytes)
		return -ERANGE;
	if (in)
		rc = trv_req_pio_in(req, ch->cmd, ATA_DATA, bytes);
	else
		rc = trv_req_pio_out(req, ch->cmd, ATA_DATA, bytes);
	trv_read8(ch->ctl, IDE_CTL);
	return rc;
}

/* After a read's last block the drive falls silent by itself, without an interrupt. */
static struct trv_req *ide_end_of_read(struct ide_channel *ch, int *rc)
{
	u8 status;

	if (!trv_poll_timeout_atomic(trv_read8(ch->ctl, IDE_CTL), status,
				     !(status & (ATA_STATUS_BSY | ATA_STATUS_DRQ)), 1, IDE_IDLE_US))
		return ide_end(ch);
	/* If it does not, the words before cannot be trusted either. */
	if (status == IDE_ALL_ONES && trv_dev_gone(ch->host->dev))
		return ide_abandon(ch, rc);
	return ide_fail(ch, status, 0, rc);
}

/*
 * There is no single-sector command with FUA, and a drive that had the one by
 * blocks may lose it in a reset: the class was promised FUA all the same.
 */
static struct trv_req *ide_flush_after(struct ide_channel *ch)
{
	ch->flush_rc = 0;
	ide_write_command(ch, ch->drive, ch->req, ch->drive->flush_op, IDE_NO_DATA);
	ide_let_status_settle(ch);
	return NULL;
}

struct trv_req *ide_pio_event(struct ide_channel *ch, u8 status, int *rc)
{
	bool drq = status & ATA_STATUS_DRQ;

	/* Before any data move: the next interrupt may follow the last word at once. */
	ide_ack(ch);
	if (status & (ATA_STATUS_ERR | ATA_STATUS_DF))
		return ide_fail(ch, status, 0, rc);

	*rc = 0;
	if (ch->state == IDE_PIO_IN) {
		if (!drq || ide_move_block(ch, true))
			return ide_fail(ch, status, 0, rc);
		return trv_req_pio_left(ch->req) ? NULL : ide_end_of_read(ch, rc);
	}
	if (drq) {
		ch->state = IDE_PIO_OUT;
		return ide_move_block(ch, false) ? ide_fail(ch, status, 0, rc) : NULL;
	}
	if (trv_req_pio_left(ch->req))
		return ide_fail(ch, status, 0, rc);
	return ch->then_flush ? ide_flush_after(ch) : ide_end(ch);
}

int ide_pio_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req, u8 op,
		  bool write)
{
	int rc = 0;
	u8 status;

	ide_write_command(ch, drive, req, op, write ? IDE_PIO_FIRST : IDE_PIO_IN);
	if (!write) {
		ide_let_status_settle(ch);
		return 0;
	}

	/* Mostly there is room for the first block at once. */
	trv_delay_ns(ATA_NS_STATUS);
	if (trv_poll_timeout_atomic(trv_read8(ch->ctl, IDE_CTL), status, !(status & ATA_STATUS_BSY),
				    1, IDE_DRQ_US)) {
		if (!ch->polled)
			trv_timer_arm(&ch->drq_timer, IDE_DRQ_TIMER_US);
		return 0;
	}
	/* An error here is queue()'s: the request never was under way. */
	ide_pio_event(ch, trv_read8(ch->cmd, ATA_STATUS), &rc);
	return rc;
}
