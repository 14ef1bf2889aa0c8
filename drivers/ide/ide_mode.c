// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The transfer mode that drive, chip and options agree on, and what it is
 * called.
 */
#include "ide.h"

static u32 ide_highest(u32 modes)
{
	u32 n = 0;

	while (modes >> (n + 1))
		n++;
	return n;
}

static void ide_pio_choose(struct ide_drive *drive)
{
	u16 advanced = ide_id_word(drive, ATA_ID_VALID) & ATA_ID_VALID_64_70 ?
			       ide_id_word(drive, ATA_ID_PIO) & ATA_ID_PIO_MODES :
			       0;

	drive->iordy = ide_id_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_IORDY;
	drive->pio_mode =
		trv_min((u8)(ide_id_word(drive, ATA_ID_PIO_OLD) >> 8), (u8)ATA_PIO_NO_FLOW_CONTROL);
	if (drive->iordy && advanced)
		drive->pio_mode = ATA_PIO_NO_FLOW_CONTROL + 1 + ide_highest(advanced);
}

void ide_mode_choose(struct ide_drive *drive)
{
	struct ide_host *host = drive->ch->host;
	u16 mwdma = ide_id_word(drive, ATA_ID_MWDMA);
	u16 udma = ide_id_word(drive, ATA_ID_VALID) & ATA_ID_VALID_88 ?
			   ide_id_word(drive, ATA_ID_UDMA) :
			   0;
	u32 wanted = (2U << host->opt.udma) - 1;

	ide_pio_choose(drive);
	drive->dma = false;
	drive->xfer = 0;
	if (!drive->ch->has_bm || !host->opt.dma || (host->simplex && drive->ch->index) ||
	    !(ide_id_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_DMA))
		return;

	if (host->chip == IDE_GENERIC) {
		/* Drive and chip agree on the mode that firmware selected, and on no other. */
		udma = udma >> ATA_ID_MODE_SELECTED_SHIFT & ATA_ID_UDMA_MODES;
		mwdma = mwdma >> ATA_ID_MODE_SELECTED_SHIFT & ATA_ID_MWDMA_MODES;
		if (udma & ~wanted)
			return;
	} else {
		udma &= ide_chip_udma(host) & wanted;
		mwdma &= ide_chip_mwdma(host);
	}
	if (udma)
		drive->xfer = (u8)(ATA_XFER_UDMA | ide_highest(udma));
	else if (mwdma)
		drive->xfer = (u8)(ATA_XFER_MWDMA | ide_highest(mwdma));
	drive->dma = drive->xfer;
	/* TRIM's list of ranges goes by DMA only. */
	if (drive->dma && drive->trim_blocks) {
		drive->info.flags |= TRV_DISK_DISCARD;
		drive->info.max_discard =
			drive->trim_blocks * ATA_DSM_RANGES_PER_BLOCK * ATA_DSM_RANGE_MAX;
	}
}

void ide_mode_slower(struct ide_drive *drive)
{
	/* Where firmware made the timing, there is one DMA mode or none. */
	if (drive->ch->host->chip != IDE_GENERIC && drive->xfer > ATA_XFER_UDMA) {
		drive->xfer--;
		return;
	}
	ide_mode_pio(drive);
}

void ide_mode_pio(struct ide_drive *drive)
{
	drive->dma = false;
	drive->xfer = 0;
}

static char *ide_put(char *out, const char *text)
{
	while (*text)
		*out++ = *text++;
	return out;
}

static char *ide_put_number(char *out, u32 n)
{
	if (n >= 10)
		out = ide_put_number(out, n / 10);
	*out++ = (char)('0' + n % 10);
	return out;
}

void ide_mode_name(struct ide_drive *drive)
{
	/* Megabytes a second, as the modes are known by. */
	static const u8 udma_speed[] = { 16, 25, 33, 44, 66, 100, 133 };
	char *out = drive->info.mode;

	if (drive->dma && drive->xfer >= ATA_XFER_UDMA) {
		out = ide_put(out, "UDMA/");
		out = ide_put_number(out, udma_speed[drive->xfer & ATA_XFER_NUMBER]);
	} else if (drive->dma) {
		out = ide_put(out, "MWDMA");
		out = ide_put_number(out, drive->xfer & ATA_XFER_NUMBER);
	} else if (drive->multiple) {
		out = ide_put(out, "MULTI");
		out = ide_put_number(out, drive->multiple);
	} else {
		out = ide_put(out, "PIO");
		out = ide_put_number(out, drive->pio_mode);
	}
	*out = '\0';
}
