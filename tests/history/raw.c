// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <string.h>

#include "raw.h"
#include "record.h"

u8 raw_data[RAW_DATA];

static u32 counted[2];

/* ---- where scenarios begin ------------------------------------------------ */

u8 raw_mode(struct ide_raw *r, u32 drive, u8 mode)
{
	u32 unit = 2 * r->ch + drive;
	bool udma = (mode & ~ATA_XFER_NUMBER) == ATA_XFER_UDMA;
	u16 tim;
	u8 on;

	if (trv_dev_ident(r->dev)->device == PIIX_DEV_PIIX4 && mode >= ATA_XFER_MWDMA) {
		if (trv_cfg_read8(r->dev, PIIX_UDMACTL, &on) ||
		    trv_cfg_read16(r->dev, PIIX_UDMATIM, &tim))
			hist_note("no configuration space");
		on = (u8)((on & ~(1u << unit)) | (u32)udma << unit);
		tim = (u16)((tim & ~(3u << 4 * unit)) |
			    (udma ? trv_min(mode & 7, PIIX_UDMA_MAX) : 0) << 4 * unit);
		if (trv_cfg_write8(r->dev, PIIX_UDMACTL, on) ||
		    trv_cfg_write16(r->dev, PIIX_UDMATIM, tim))
			hist_note("no configuration space");
	}
	return raw_nondata(r, drive, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, mode);
}

static void settle_cd(struct ide_raw *r, u32 drive)
{
	static const u8 sense[ATAPI_PACKET_BYTES] = { PACKET_REQUEST_SENSE, 0, 0, 0, SENSE_BYTES };
	static const u8 ready[ATAPI_PACKET_BYTES] = { PACKET_TEST_UNIT_READY };
	u8 reply[SENSE_BYTES];
	u32 got;

	for (u32 i = 0; i < 4; i++) {
		if (!(raw_packet_in(r, drive, ready, 64, reply, 0, &got) & ATA_STATUS_ERR))
			return;
		raw_packet_in(r, drive, sense, 64, reply, sizeof(reply), &got);
	}
}

static void settle(struct ide_raw *r, u32 drive)
{
	bool piix4 = trv_dev_ident(r->dev)->device == PIIX_DEV_PIIX4;
	enum hist_kind kind = hist_now()->drive[2 * r->ch + drive].kind;

	if (kind == HIST_NONE)
		return;
	if (kind != HIST_DISK)
		settle_cd(r, drive);
	/* QEMU forgets modes that were set before it was first asked who it is. */
	raw_select(r, drive);
	raw_pio_read(r, kind == HIST_DISK ? ATA_OP_IDENTIFY : ATA_OP_IDENTIFY_PACKET, raw_data,
		     ATA_ID_BYTES, ATA_ID_BYTES);
	raw_mode(r, drive, ATA_XFER_PIO | 4);
	raw_mode(r, drive, piix4 ? ATA_XFER_UDMA | 2 : ATA_XFER_MWDMA | 2);
	if (kind != HIST_DISK)
		return;
	raw_nondata(r, drive, ATA_OP_SET_FEATURES, ATA_SF_WRITE_CACHE_ON, 0);
	raw_nondata(r, drive, ATA_OP_SET_MULTIPLE, 0, 16);
}

static void clean(struct ide_raw *r)
{
	for (u32 drive = 2; drive-- > 0;) {
		raw_select(r, drive);
		for (u32 reg = 2 * ATA_FEATURES; reg < 2 * ATA_DEVICE; reg++)
			raw_out(r, reg / 2, 0);
	}
	raw_in(r, ATA_STATUS);
	raw_bm_out(r, BM_COMMAND, 0);
	raw_prdt(r, 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
}

struct ide_raw *raw_begin(struct trv_dev *dev)
{
	struct ide_raw *r;

	rec_pause(true);
	if (hist_bind(dev, &ide_raw_driver)) {
		rec_pause(false);
		hist_note("the driver did not bind");
		return NULL;
	}
	r = ide_raw(dev);
	counted[0] = counted[1] = 0;
	/* Nothing but a PIIX's own bit makes it decode a channel; QEMU's decodes them anyway. */
	if (trv_cfg_write16(dev, PIIX_IDETIM0, PIIX_IDETIM0_DECODE) ||
	    trv_cfg_write16(dev, PIIX_IDETIM1, PIIX_IDETIM0_DECODE))
		hist_note("no configuration space");
	for (r->ch = 2; r->ch-- > 0;) {
		raw_reset(r);
		settle(r, 0);
		settle(r, 1);
		clean(r);
	}
	r->ch = 0;
	rec_pause(false);
	return r;
}

void raw_end(struct ide_raw *r)
{
	rec_pause(true);
	hist_unbind(r->dev);
	rec_pause(false);
}

/* ---- in the middle -------------------------------------------------------- */

void raw_block(struct ide_raw *r)
{
	for (u32 reg = ATA_ERROR; reg <= ATA_STATUS; reg++)
		raw_in(r, reg);
}

void raw_fill(void *buf, u32 bytes, u32 seed)
{
	for (u32 at = 0; at < bytes; at += ATA_SECTOR)
		hist_fill((u8 *)buf + at, trv_min(bytes - at, (u32)ATA_SECTOR), seed,
			  at / ATA_SECTOR);
}

void raw_pattern(struct ide_raw *r, u32 bytes, u32 seed)
{
	raw_fill(raw_data, bytes, seed);
	raw_buf_put(r, raw_data, 0, bytes);
}

void raw_show(struct ide_raw *r, u32 bytes)
{
	raw_buf_get(r, raw_data, 0, bytes);
}

/* ---- interrupts ----------------------------------------------------------- */

void raw_irqs(struct ide_raw *r)
{
	if (!raw_irq(r))
		hist_note("no interrupts");
}

void raw_interrupted(struct ide_raw *r, u32 n)
{
	enum { PATIENCE_MS = 3000, QUIET_MS = 30 };
	const u32 *irqs = &r->irqs[r->ch];

	for (u32 i = 0; i < PATIENCE_MS && trv_load_acquire(irqs) - counted[r->ch] < n; i++)
		trv_sleep_us(1000);
	/* One too many is to be seen as well. */
	trv_sleep_us(1000 * QUIET_MS);
	trv_irq_sync(r->dev, r->ch);
	hist_note("%u interrupts", trv_load_acquire(irqs) - counted[r->ch]);
	counted[r->ch] = trv_load_acquire(irqs);
}
