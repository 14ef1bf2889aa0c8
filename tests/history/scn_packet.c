// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packets: the transport, and what a CD drive answers. */
#include <string.h>

#include "drives.h"
#include "raw.h"

/* A packet's bytes; the rest are zeroes. */
#define CDB(...) ((const u8[ATAPI_PACKET_BYTES]){ __VA_ARGS__ })
#define SENSE CDB(PACKET_REQUEST_SENSE, 0, 0, 0, SENSE_BYTES)

static void packet(struct ide_raw *r, u32 drive, const u8 *cdb, u16 limit)
{
	u32 got;

	raw_packet_in(r, drive, cdb, limit, raw_data, sizeof(raw_data), &got);
	raw_in(r, ATA_ERROR);
	raw_in(r, ATA_COUNT);
	hist_note("%u bytes", got);
}

/* And then its sense. */
static void fails(struct ide_raw *r, u32 drive, const u8 *cdb)
{
	packet(r, drive, cdb, 2048);
	packet(r, drive, SENSE, 64);
}

HIST(packet_ready, "ide/packet/ready", "TEST UNIT READY, REQUEST SENSE with nothing to say",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0, CDB(PACKET_TEST_UNIT_READY), 64);
	packet(r, 0, SENSE, 64);
	raw_end(r);
}

HIST(packet_phases, "ide/packet/phases", "each step of a packet with data, by its registers",
     .model = "piix4-ide", .drive = { DISK, CD })
{
	struct ide_raw *r = raw_begin(dev);

	raw_packet_begin(r, 1, 0, 8);
	raw_in(r, ATA_COUNT);
	raw_in(r, ATA_STATUS);
	raw_packet_send(r, CDB(PACKET_READ_CAPACITY));
	raw_wait(r);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_COUNT);
	raw_in(r, ATA_LBA_MID);
	raw_in(r, ATA_LBA_HIGH);
	raw_data_in(r, raw_data, CAPACITY_BYTES);
	raw_wait(r);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_COUNT);
	raw_in(r, ATA_ERROR);
	raw_end(r);
}

HIST(packet_inquiry, "ide/packet/inquiry", "INQUIRY, whole and cut short", .model = "piix4-ide",
     .drive = { [2] = CD })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	packet(r, 0, CDB(PACKET_INQUIRY, 0, 0, 0, INQUIRY_BYTES), 2048);
	packet(r, 0, CDB(PACKET_INQUIRY, 0, 0, 0, 6), 2048);
	raw_end(r);
}

HIST(packet_read, "ide/packet/read", "READ (10) and (12) by PIO, under several byte count limits",
     .model = "piix4-ide", .drive = { CD })
{
	static const u16 limit[] = { 2048, 0xfffe, 0xffff, 4096, 512, 1000 };
	struct ide_raw *r = raw_begin(dev);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(limit); i++)
		packet(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 2, 0, 0, 3), limit[i]);
	packet(r, 0, CDB(PACKET_READ_12, 0, 0, 0, 0, 9, 0, 0, 0, 1), 2048);
	packet(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 2, 0, 0, 0), 2048);
	raw_end(r);
}

HIST(packet_dma, "ide/packet/dma", "READ (10) and INQUIRY by DMA", .model = "piix4-ide",
     .drive = { [2] = DISK, [3] = CD })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	raw_pattern(r, 5 * ATA_SECTOR, 7);
	raw_packet_dma(r, 1, CDB(PACKET_READ_10, 0, 0, 0, 0, 1, 0, 0, 1), CD_BLOCK);
	raw_in(r, ATA_ERROR);
	raw_in(r, ATA_COUNT);
	raw_show(r, 5 * ATA_SECTOR);
	raw_packet_dma(r, 1, CDB(PACKET_READ_10, 0, 0, 0, 0, 4, 0, 0, 2), 2 * CD_BLOCK);
	raw_show(r, 2 * CD_BLOCK);
	raw_end(r);
}

HIST(packet_dma_error, "ide/packet/dma-error", "READ (10) by DMA of what is not there",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	raw_packet_dma(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 9, 0, 0, 0, 1), CD_BLOCK);
	raw_in(r, ATA_ERROR);
	packet(r, 0, SENSE, 64);
	raw_end(r);
}

HIST(packet_irq, "ide/packet/interrupts", "PIO: one for each block and one at the end; DMA: one",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	raw_packet_begin(r, 0, 0, 2048);
	raw_interrupted(r, 0);
	raw_packet_send(r, CDB(PACKET_READ_10, 0, 0, 0, 0, 2, 0, 0, 2));
	for (u32 i = 0; i < 2; i++) {
		raw_interrupted(r, 1);
		raw_in(r, ATA_LBA_MID);
		raw_in(r, ATA_LBA_HIGH);
		raw_data_in(r, raw_data, CD_BLOCK);
	}
	raw_interrupted(r, 1);
	raw_in(r, ATA_COUNT);
	raw_packet_begin(r, 0, 0, 0);
	raw_packet_send(r, CDB(PACKET_TEST_UNIT_READY));
	raw_interrupted(r, 1);
	raw_dma_prepare(r, CD_BLOCK, true);
	raw_packet_begin(r, 0, ATAPI_FEATURE_DMA, 0);
	raw_packet_send(r, CDB(PACKET_READ_10, 0, 0, 0, 0, 2, 0, 0, 1));
	raw_interrupted(r, 0);
	raw_dma_start(r, true);
	raw_interrupted(r, 1);
	raw_dma_stop(r);
	raw_show(r, CD_BLOCK);
	raw_end(r);
}

HIST(packet_errors, "ide/packet/errors", "an unknown packet, an address beyond, bad fields; sense",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	fails(r, 0, CDB(0xff));
	fails(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 9, 0, 0, 0, 1));
	fails(r, 0, CDB(PACKET_READ_TOC, 0, 0, 0, 0, 0, 9, 0, 12));
	packet(r, 0, CDB(PACKET_TEST_UNIT_READY), 64);
	raw_end(r);
}

HIST(packet_bad_block, "ide/packet/bad-block",
     "a block the medium cannot read, by PIO; its neighbours", .model = "piix4-ide",
     .drive = { CD }, .bad = { .any = true, .sector = 21 })
{
	struct ide_raw *r = raw_begin(dev);

	fails(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 5, 0, 0, 1));
	packet(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 4, 0, 0, 1), 2048);
	packet(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 6, 0, 0, 1), 2048);
	raw_end(r);
}

HIST(packet_empty, "ide/packet/empty", "a drive without a disc", .model = "piix4-ide",
     .drive = { [2] = NO_DISC })
{
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	fails(r, 0, CDB(PACKET_TEST_UNIT_READY));
	fails(r, 0, CDB(PACKET_READ_CAPACITY));
	fails(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 0, 0, 0, 1));
	raw_end(r);
}

HIST(packet_toc, "ide/packet/toc", "READ TOC: by blocks and by time, one track, sessions",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0, CDB(PACKET_READ_TOC, 0, 0, 0, 0, 0, 0, 0, 64), 2048);
	packet(r, 0, CDB(PACKET_READ_TOC, PACKET_TOC_MSF, 0, 0, 0, 0, 0, 0, 64), 2048);
	packet(r, 0, CDB(PACKET_READ_TOC, 0, 0, 0, 0, 0, PACKET_TOC_LEAD_OUT, 0, 64), 2048);
	packet(r, 0, CDB(PACKET_READ_TOC, 0, 1, 0, 0, 0, 0, 0, 64, 0x40 /* as SFF-8020i has it */),
	       2048);
	packet(r, 0, CDB(PACKET_READ_TOC, 0, 0, 0, 0, 0, 0, 0, 4), 2048);
	raw_end(r);
}

HIST(packet_tray, "ide/packet/tray", "lock, eject under lock, unlock, eject, close; what is told",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0, CDB(PACKET_PREVENT_ALLOW, 0, 0, 0, PACKET_PREVENT), 64);
	fails(r, 0, CDB(PACKET_START_STOP, 0, 0, 0, PACKET_START_STOP_LOEJ));
	packet(r, 0, CDB(PACKET_PREVENT_ALLOW), 64);
	packet(r, 0, CDB(PACKET_START_STOP, 0, 0, 0, PACKET_START_STOP_LOEJ), 64);
	fails(r, 0, CDB(PACKET_TEST_UNIT_READY));
	raw_end(r);
}

HIST(packet_event, "ide/packet/event", "GET EVENT STATUS NOTIFICATION, polled: media, other, none",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0,
	       CDB(PACKET_GET_EVENT, PACKET_EVENT_POLLED, 0, 0, PACKET_EVENT_MEDIA, 0, 0, 0, 8),
	       2048);
	packet(r, 0, CDB(PACKET_GET_EVENT, PACKET_EVENT_POLLED, 0, 0, 0x40, 0, 0, 0, 8), 2048);
	fails(r, 0, CDB(PACKET_GET_EVENT, 0, 0, 0, PACKET_EVENT_MEDIA, 0, 0, 0, 8));
	raw_end(r);
}

HIST(packet_mode, "ide/packet/mode-sense", "MODE SENSE (10): pages, saved values, one there is not",
     .model = "piix4-ide", .drive = { CD })
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0, CDB(PACKET_MODE_SENSE_10, 0, MODE_PAGE_ERROR, 0, 0, 0, 0, 0, 64), 2048);
	packet(r, 0, CDB(PACKET_MODE_SENSE_10, 0, MODE_PAGE_CAPS, 0, 0, 0, 0, 0, 64), 2048);
	fails(r, 0,
	      CDB(PACKET_MODE_SENSE_10, 0, MODE_PAGE_CAPS | PACKET_MODE_SAVED, 0, 0, 0, 0, 0, 64));
	fails(r, 0, CDB(PACKET_MODE_SENSE_10, 0, 0x3e, 0, 0, 0, 0, 0, 64));
	raw_end(r);
}

HIST(packet_limit_zero, "ide/packet/limit-zero", "data by PIO with a byte count limit of 0",
     .model = "piix4-ide", .drive = { CD }, .rude = true)
{
	struct ide_raw *r = raw_begin(dev);

	packet(r, 0, CDB(PACKET_READ_10, 0, 0, 0, 0, 2, 0, 0, 1), 0);
	packet(r, 0, CDB(PACKET_TEST_UNIT_READY), 0);
	raw_end(r);
}
