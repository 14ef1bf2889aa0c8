// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests: from queue() to the command, and the driver's table. ide_irq.c has
 * the other half of the hot path. No call in either is indirect.
 *
 * A register costs about a microsecond, so the standard is read closely:
 *  - A command leaves "na" in Count, LBA and Device, so they are written each
 *    time; Features is "na" to READ and WRITE, so it is not (V1, READ DMA).
 *  - The drive that ended a command has BSY and DRQ clear, so as long as the
 *    same one is meant no status is read before the next (V2, HI).
 *  - BM_PRDT of a PIIX never changes. The direction bit stays across a stop, so it is
 *    written when it changes. The end of a command clears the bus master's
 *    two events, so they are clear when the next one starts (BMIDE 3.1).
 * A 4 KiB read below 128 GiB is 9 register writes and 2 reads.
 */
#include "ide_dma.h"

enum { IDE_SECTORS, IDE_MULTIPLE, IDE_BUS_MASTER, IDE_PROTOCOLS };

/* By protocol, direction (enum trv_req_op), and LBA48. */
static const u8 ide_opcode[IDE_PROTOCOLS][2][2] = {
	[IDE_SECTORS] = { { ATA_OP_READ_SECTORS, ATA_OP_READ_SECTORS_EXT },
			  { ATA_OP_WRITE_SECTORS, ATA_OP_WRITE_SECTORS_EXT } },
	[IDE_MULTIPLE] = { { ATA_OP_READ_MULTIPLE, ATA_OP_READ_MULTIPLE_EXT },
			   { ATA_OP_WRITE_MULTIPLE, ATA_OP_WRITE_MULTIPLE_EXT } },
	[IDE_BUS_MASTER] = { { ATA_OP_READ_DMA, ATA_OP_READ_DMA_EXT },
			     { ATA_OP_WRITE_DMA, ATA_OP_WRITE_DMA_EXT } },
};
TRV_BUILD_ASSERT(TRV_REQ_READ == 0 && TRV_REQ_WRITE == 1, "they index ide_opcode");

/* ---- starting ------------------------------------------------------------ */

/* Turn the bus to @drive. Its neighbour is idle: each command ends before the next starts. */
static int ide_select(struct ide_channel *ch, struct ide_drive *drive)
{
	/* A packet drive has no DRDY before its first command, and needs none (V1, Status). */
	const u8 ready = drive->packet ? 0 : ATA_STATUS_DRDY;
	const u8 mask = ATA_STATUS_BSY | ATA_STATUS_DRQ | ready;
	u8 status;
	int rc;

	if (ch->selected == drive)
		return 0;
	trv_write8(ch->cmd, ATA_DEVICE, drive->select);
	trv_delay_ns(ATA_NS_STATUS);
	rc = trv_poll_timeout_atomic(trv_read8(ch->ctl, IDE_CTL), status, (status & mask) == ready,
				     1, IDE_SELECT_US);
	ch->selected = rc ? NULL : drive;
	return rc;
}

static int ide_start_data(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req,
			  bool write)
{
	u64 lba = trv_req_lba(req);
	u32 count = trv_req_blocks(req);
	bool fua = write && trv_req_fua(req);
	bool ext = count > ATA_COUNT_MAX_LBA28 || lba + count > ATA_LBA28_CAPACITY || fua;
	u8 op;
	int rc;

	ch->lba = lba;
	ch->blocks = count;
	ch->op_ext = ext;

	if (drive->dma) {
		rc = trv_req_map(req);
		if (rc >= 0) {
			op = fua ? ATA_OP_WRITE_DMA_FUA_EXT :
				   ide_opcode[IDE_BUS_MASTER][write][ext];
			ide_fill_prds(ch, req);
			ide_dma_prepare(ch, write ? 0 : BM_COMMAND_TO_MEMORY);
			ide_write_address(ch, drive, lba, count, ext);
			ide_write_command(ch, drive, req, op, IDE_DMA);
			ide_dma_start(ch);
			return 0;
		}
		/* Data that cannot be mapped now, or ever, go by register. */
		if (rc != -ENOMEM && rc != -EFBIG)
			return rc;
	}

	op = ide_opcode[drive->multiple ? IDE_MULTIPLE : IDE_SECTORS][write][ext];
	if (fua && drive->multiple)
		op = ATA_OP_WRITE_MULTIPLE_FUA_EXT;
	ch->then_flush = fua && !drive->multiple;
	ide_write_address(ch, drive, lba, count, ext);
	return ide_pio_start(ch, drive, req, op, write);
}

static int ide_start_flush(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req)
{
	if (!drive->flush_op)
		return -EOPNOTSUPP;
	ch->lba = 0;
	ch->blocks = 0;
	ch->op_ext = drive->flush_op == ATA_OP_FLUSH_EXT;
	ch->flush_rc = 0;
	ide_write_command(ch, drive, req, drive->flush_op, IDE_NO_DATA);
	ide_let_status_settle(ch);
	return 0;
}

static int ide_start(struct ide_channel *ch, struct ide_drive *drive, struct trv_req *req)
{
	enum trv_req_op op = trv_req_op(req);

	if (ch->state != IDE_IDLE || ch->wanted)
		return ch->state == IDE_STOPPED ? -ENODEV : -EBUSY;
	if (drive->lost)
		return -ENODEV;
	if (drive->changed)
		return -ENOMEDIUM;
	if (ide_select(ch, drive)) {
		/* The bus does not obey. A task resets it, then the request is offered again. */
		ide_recover_later(ch, NULL);
		if (drive->deaf < IDE_SELECT_TRIES - 1) {
			drive->deaf++;
			return -EBUSY;
		}
		trv_err(ch->host->dev, "%s cannot be selected", drive->info.model);
		return -EIO;
	}
	drive->deaf = 0;
	if (drive->packet)
		return op == TRV_REQ_READ ? ide_packet_start(ch, drive, req) : -EOPNOTSUPP;
	switch (op) {
	case TRV_REQ_READ:
	case TRV_REQ_WRITE:
		return ide_start_data(ch, drive, req, op == TRV_REQ_WRITE);
	case TRV_REQ_FLUSH:
		return ide_start_flush(ch, drive, req);
	case TRV_REQ_DISCARD:
		return ide_trim_start(ch, drive, req);
	}
	return -EOPNOTSUPP;
}

static int ide_queue(struct trv_blkq *q, struct trv_req *req)
{
	struct ide_channel *ch = trv_blkq_priv(q);
	struct ide_drive *drive = trv_disk_priv(trv_req_disk(req));
	unsigned long flags = trv_spin_lock_irqsave(&ch->lock);
	int rc = ide_start(ch, drive, req);

	trv_spin_unlock_irqrestore(&ch->lock, flags);
	return rc;
}

/* ---- the driver ---------------------------------------------------------- */

static const struct trv_blk_ops ide_blk_ops = {
	.queue = ide_queue,
	.poll = ide_poll,
	.timeout = ide_timeout,
	.check_events = ide_check_events,
	.ata = ide_ata,
};

int ide_queue_init(struct ide_channel *ch)
{
	/* One command at a time, whichever of the two drives it is for. */
	const struct trv_blkq_params params = {
		.name = ch->index ? "ide-secondary" : "ide-primary",
		.depth = 1,
		.polled = ch->polled,
	};

	return trv_blkq_init(ch->host->dev, &ch->queue, &ide_blk_ops, &params, ch);
}

/* In native mode the one, in compatibility mode the other is there. */
#define IDE_CTL_REGS(REG) ATA_CTL_NATIVE_REGS(REG) ATA_CTL_COMPAT_REGS(REG)

TRV_REG_TABLE(ide_cmd_regs, ATA_CMD_REGS, ATA_CMD_FIELDS);
TRV_REG_TABLE(ide_ctl_regs, IDE_CTL_REGS, ATA_CTL_FIELDS);
TRV_REG_TABLE(ide_bm_regs, BM_REGS, BM_FIELDS);

/* Parts with timing registers of their own first, then whatever calls itself IDE. */
static const struct trv_pci_id ide_ids[] = {
	{ PIIX_VENDOR, PIIX_DEV_PIIX3, TRV_PCI_CLASS_IDE, PCI_IDE_CLASS_MASK, IDE_PIIX3 },
	{ PIIX_VENDOR, PIIX_DEV_PIIX4, TRV_PCI_CLASS_IDE, PCI_IDE_CLASS_MASK, IDE_PIIX4 },
	{ TRV_PCI_ANY, TRV_PCI_ANY, TRV_PCI_CLASS_IDE, PCI_IDE_CLASS_MASK, IDE_GENERIC },
	{ 0, 0, 0, 0, 0 },
};

static const struct trv_driver ide_driver = {
	.name = "ide",
	.description = "PCI IDE controllers, their ATA disks and CD drives",
	.ids = ide_ids,
	.priv_size = sizeof(struct ide_host),
	.regs = {
		[PCI_IDE_BAR_CMD] = &ide_cmd_regs,
		[PCI_IDE_BAR_CTL] = &ide_ctl_regs,
		[PCI_IDE_BAR_CMD + 2] = &ide_cmd_regs,
		[PCI_IDE_BAR_CTL + 2] = &ide_ctl_regs,
		[PCI_IDE_BAR_BM] = &ide_bm_regs,
	},
	.probe = ide_probe,
	.stop = ide_stop,
	.remove = ide_remove,
	.suspend = ide_suspend,
	.resume = ide_resume,
};

TRV_BLK_DRIVER(ide_driver, ide_blk_ops);
