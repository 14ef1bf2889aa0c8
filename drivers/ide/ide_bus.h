/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every request does, inline: writing a command, and ending a request.
 * ide_channel.lock is held, except by ide_complete().
 */
#ifndef IDE_BUS_H
#define IDE_BUS_H

#include "ide.h"

/* Address and count; in LBA48 a register's previous value stays behind the current one (V1). */
static inline void ide_write_address(struct ide_channel *ch, const struct ide_drive *drive, u64 lba,
				     u32 count, bool ext)
{
	u8 device = drive->select;

	if (ext) {
		trv_write8(ch->cmd, ATA_COUNT, (u8)(count >> 8));
		trv_write8(ch->cmd, ATA_LBA_LOW, (u8)(lba >> 24));
		trv_write8(ch->cmd, ATA_LBA_MID, (u8)(lba >> 32));
		trv_write8(ch->cmd, ATA_LBA_HIGH, (u8)(lba >> 40));
	} else {
		device |= (u8)(lba >> 24) & ATA_DEVICE_HEAD;
	}
	trv_write8(ch->cmd, ATA_COUNT, (u8)count);
	trv_write8(ch->cmd, ATA_LBA_LOW, (u8)lba);
	trv_write8(ch->cmd, ATA_LBA_MID, (u8)(lba >> 8));
	trv_write8(ch->cmd, ATA_LBA_HIGH, (u8)(lba >> 16));
	trv_write8(ch->cmd, ATA_DEVICE, device);
}

/* From here on the drive is busy with @req. */
static inline void ide_write_command(struct ide_channel *ch, struct ide_drive *drive,
				     struct trv_req *req, u8 op, enum ide_state state)
{
	ch->req = req;
	ch->drive = drive;
	ch->op = op;
	ch->state = state;
	trv_write8(ch->cmd, ATA_COMMAND, op);
}

/* Where no interrupt bit says so first, status must not be read before it is valid. */
static inline void ide_let_status_settle(const struct ide_channel *ch)
{
	if (ch->watched)
		trv_delay_ns(ATA_NS_STATUS);
}

/* Clear the bus master's two events. */
static inline void ide_ack(struct ide_channel *ch)
{
	if (ch->has_bm)
		trv_write8(ch->bm, BM_STATUS, ch->bm_ack);
}

/* The request under way is over; the drive is ready for the next. */
static inline struct trv_req *ide_end(struct ide_channel *ch)
{
	struct trv_req *req = ch->req;

	ch->req = NULL;
	ch->state = IDE_IDLE;
	ch->tries = 0;
	return req;
}

/* @by is about to complete @done, once the lock is dropped: the class may call queue() then. */
static inline void ide_taken(struct ide_channel *ch, enum ide_ender by, const struct trv_req *done)
{
	if (done)
		trv_write_once(ch->ending[by], 1);
}

static inline bool ide_complete(struct ide_channel *ch, enum ide_ender by, struct trv_req *done,
				int rc)
{
	bool won;

	if (!done)
		return false;
	won = rc == IDE_RETRY ? trv_req_requeue(done) : trv_req_complete(done, rc);
	/* The last access to the request comes before timeout() sees this store and returns. */
	trv_store_release(&ch->ending[by], 0);
	return won;
}

#endif /* IDE_BUS_H */
