// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "atapi_rules.h"

static const u8 inquiry[16] = { PACKET_INQUIRY, 0, 0, 0, INQUIRY_BYTES };
static const u8 ready[ATAPI_PACKET_BYTES] = { PACKET_TEST_UNIT_READY };
static const u8 read_block[ATAPI_PACKET_BYTES] = { [0] = PACKET_READ_10,
						   [PACKET_READ_10_COUNT + 1] = 1 };

static u32 inquire(struct ide_raw *r, u16 limit)
{
	u8 buf[INQUIRY_BYTES];
	u32 got;

	raw_packet_in(r, 0, inquiry, limit, buf, sizeof(buf), &got);
	return got;
}

/* Past the unit attention of power on. */
static void wake(struct ide_raw *r)
{
	u32 got;

	raw_packet_in(r, 0, ready, 0, NULL, 0, &got);
}

/* ---- the packet ----------------------------------------------------------- */

void pkt_phase_trips(struct ide_raw *r)
{
	raw_select(r, 0);
	raw_out(r, ATA_FEATURES, 0);
	raw_command(r, ATA_OP_PACKET);
	raw_packet_send(r, ready);
}

void pkt_phase_clean(struct ide_raw *r)
{
	wake(r);
}

void pkt_long_trips(struct ide_raw *r)
{
	raw_packet_begin(r, 0, 0, INQUIRY_BYTES);
	raw_data_out(r, inquiry, 16);
}

void pkt_long_clean(struct ide_raw *r)
{
	inquire(r, INQUIRY_BYTES);
}

static void words(struct ide_raw *r, u32 n)
{
	raw_packet_begin(r, 0, 0, INQUIRY_BYTES);
	for (u32 i = 0; i < n; i++)
		trv_write16(r->cmd[r->ch], ATA_DATA, trv_get_le16(inquiry + 2 * i));
	raw_wait(r);
}

void pkt_words_trips(struct ide_raw *r)
{
	words(r, 7);
}

void pkt_words_clean(struct ide_raw *r)
{
	words(r, 6);
}

void pkt_short_trips(struct ide_raw *r)
{
	raw_dma_prepare(r, CD_BLOCK, true);
	raw_packet_begin(r, 0, ATAPI_FEATURE_DMA, 0);
	raw_data_out(r, read_block, 8);
	raw_dma_start(r, true);
}

void pkt_short_clean(struct ide_raw *r)
{
	wake(r);
	raw_packet_dma(r, 0, read_block, CD_BLOCK);
}

/* ---- its registers -------------------------------------------------------- */

void pkt_limit_trips(struct ide_raw *r)
{
	inquire(r, 0);
}

void pkt_limit_clean(struct ide_raw *r)
{
	wake(r);
	raw_packet_dma(r, 0, inquiry, INQUIRY_BYTES);
}

void pkt_limit_odd_trips(struct ide_raw *r)
{
	inquire(r, INQUIRY_BYTES - 1);
}

void pkt_limit_odd_clean(struct ide_raw *r)
{
	inquire(r, INQUIRY_BYTES + 1);
}

/* A setting leaves 66h in Features; the drive has seen a command before. */
static void set_feature(struct ide_raw *r)
{
	wake(r);
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_REVERT_OFF, 0);
	raw_select(r, 0);
}

void pkt_features_trips(struct ide_raw *r)
{
	set_feature(r);
	raw_command(r, ATA_OP_PACKET);
}

void pkt_features_clean(struct ide_raw *r)
{
	set_feature(r);
	raw_out(r, ATA_FEATURES, 0);
	raw_command(r, ATA_OP_PACKET);
	raw_wait(r);
	raw_packet_send(r, ready);
	raw_wait(r);
}

void pkt_busy_trips(struct ide_raw *r)
{
	raw_packet_begin(r, 0, 0, INQUIRY_BYTES);
	raw_out(r, ATA_LBA_MID, 0);
}

void pkt_busy_clean(struct ide_raw *r)
{
	raw_packet_begin(r, 0, 0, INQUIRY_BYTES);
	raw_command(r, ATA_OP_DEVICE_RESET);
	raw_wait(r);
	raw_out(r, ATA_LBA_MID, 0);
}

void pkt_drdy_trips(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_PIO | 4);
}

void pkt_drdy_clean(struct ide_raw *r)
{
	u8 id[ATA_ID_BYTES];

	raw_select(r, 0);
	raw_pio_read(r, ATA_OP_IDENTIFY_PACKET, id, sizeof(id), sizeof(id));
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_PIO | 4);
}

/* ---- data ----------------------------------------------------------------- */

void pkt_data_trips(struct ide_raw *r)
{
	u8 buf[INQUIRY_BYTES + 2];

	raw_packet_begin(r, 0, 0, sizeof(buf));
	raw_packet_send(r, inquiry);
	raw_wait(r);
	raw_data_in(r, buf, sizeof(buf));
}

void pkt_data_clean(struct ide_raw *r)
{
	inquire(r, INQUIRY_BYTES + 2);
}

void pkt_bm_dir_trips(struct ide_raw *r)
{
	wake(r);
	raw_dma_prepare(r, CD_BLOCK, false);
	raw_packet_begin(r, 0, ATAPI_FEATURE_DMA, 0);
	raw_packet_send(r, read_block);
	raw_dma_start(r, false);
	raw_dma_wait(r, 1000000);
}

void pkt_bm_dir_clean(struct ide_raw *r)
{
	wake(r);
	raw_packet_dma(r, 0, read_block, CD_BLOCK);
}

/* The end of any packet sets the bus master's Interrupt. */
void pkt_bm_stale_trips(struct ide_raw *r)
{
	wake(r);
	raw_packet_begin(r, 0, ATAPI_FEATURE_DMA, 0);
}

void pkt_bm_stale_clean(struct ide_raw *r)
{
	wake(r);
	inquire(r, INQUIRY_BYTES);
}
