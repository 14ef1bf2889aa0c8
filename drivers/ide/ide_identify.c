// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * IDENTIFY DEVICE, read (V1, IDENTIFY DEVICE): what a drive is called, how big
 * it is, what it can do, and the transfer mode that follows from that.
 */
#include "ide.h"

static u16 ide_word(const struct ide_drive *drive, u32 n)
{
	return trv_le16_to_cpu(drive->ch->id[n]);
}

static u64 ide_words(const struct ide_drive *drive, u32 n, u32 count)
{
	u64 v = 0;

	for (u32 i = count; i-- > 0;)
		v = v << 16 | ide_word(drive, n + i);
	return v;
}

/* Words 83, 84, 87, 106: 01 in the top bits says that somebody filled it in. */
static u16 ide_signed_word(const struct ide_drive *drive, u32 n)
{
	u16 v = ide_word(drive, n);

	return (v & ATA_ID_SIGNATURE_MASK) == ATA_ID_SIGNATURE ? v : 0;
}

/* Strings hold their first character in the high byte of a word, and are padded with spaces. */
static void ide_string(const struct ide_drive *drive, u32 word, u32 len, char *out)
{
	u32 n = 0;

	for (u32 i = 0; i < len; i++) {
		u16 w = ide_word(drive, word + i / 2);
		u8 c = i % 2 ? w & 0xff : w >> 8;

		if (c < ' ' || c > '~')
			c = ' ';
		if (c != ' ' || n)
			out[n++] = (char)c;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

static int ide_capacity(struct ide_drive *drive)
{
	struct trv_disk_info *info = &drive->info;
	u16 sizes = ide_signed_word(drive, ATA_ID_SECTOR_SIZE);
	u32 words = ATA_SECTOR / 2;

	info->blocks = trv_min(ide_words(drive, ATA_ID_LBA28, 2), (u64)ATA_LBA28_CAPACITY);
	info->max_blocks = ATA_COUNT_MAX_LBA28;
	drive->lba48 = drive->ch->host->opt.lba48 &&
		       ide_signed_word(drive, ATA_ID_CMDS2) & ATA_ID_CMDS2_LBA48;
	if (drive->lba48) {
		u64 blocks = trv_max(ide_words(drive, ATA_ID_LBA48, 4), info->blocks);

		info->blocks = trv_min(blocks, (u64)ATA_LBA48_SECTORS);
		info->max_blocks = ATA_COUNT_MAX_LBA48;
	}

	if (sizes & ATA_ID_SECTOR_LOGICAL_BIG)
		words = (u32)ide_words(drive, ATA_ID_LOGICAL_WORDS, 2);
	if (words < ATA_SECTOR / 2 || words > 4096 / 2 || words & (words - 1))
		return -EOPNOTSUPP;
	info->block_size = words * 2;
	info->phys_block = info->block_size;
	if (sizes & ATA_ID_SECTOR_MULTIPLE)
		info->phys_block <<= sizes & ATA_ID_SECTOR_EXPONENT;
	return info->blocks ? 0 : -EOPNOTSUPP;
}

/* The most blocks per interrupt, a power of two, for drive and option (V1, SET MULTIPLE MODE). */
static u8 ide_multiple(const struct ide_drive *drive)
{
	u32 most = trv_min((u32)ide_word(drive, ATA_ID_MAX_MULTIPLE) & 0xff,
			   drive->ch->host->opt.multiple);
	u32 n = 1;

	while (n * 2 <= most)
		n *= 2;
	return n > 1 ? (u8)n : 0;
}

static void ide_cache_features(struct ide_drive *drive)
{
	struct trv_disk_info *info = &drive->info;
	u16 supported = ide_signed_word(drive, ATA_ID_CMDS2);
	bool enabled = ide_signed_word(drive, ATA_ID_ENABLED3);

	if (drive->lba48 && supported & ATA_ID_CMDS2_FLUSH_EXT)
		drive->flush_op = ATA_OP_FLUSH_EXT;
	else if (supported & ATA_ID_CMDS2_FLUSH)
		drive->flush_op = ATA_OP_FLUSH;

	if (drive->flush_op && enabled &&
	    ide_word(drive, ATA_ID_ENABLED1) & ATA_ID_CMDS1_WRITE_CACHE)
		info->flags |= TRV_DISK_WRITE_CACHE;

	/*
	 * One bit for WRITE DMA FUA EXT and WRITE MULTIPLE FUA EXT. A write whose
	 * data cannot be mapped goes by PIO, so the second must be usable as well;
	 * should a reset cost it, FLUSH CACHE stands in.
	 */
	if (drive->lba48 && drive->multiple && drive->flush_op &&
	    ide_signed_word(drive, ATA_ID_CMDS3) & ATA_ID_CMDS3_FUA)
		info->flags |= TRV_DISK_FUA;
}

static void ide_trim_features(struct ide_drive *drive)
{
	u32 blocks = ide_word(drive, ATA_ID_DSM_BLOCKS);

	if (!drive->lba48 || !(ide_word(drive, ATA_ID_DSM) & ATA_ID_DSM_TRIM))
		return;
	drive->trim_blocks = trv_min(blocks ? blocks : 1U, (u32)IDE_TRIM_BLOCKS);
}

int ide_identify_decode(struct ide_drive *drive)
{
	struct ide_channel *ch = drive->ch;
	struct trv_disk_info *info = &drive->info;
	u16 config = ide_word(drive, ATA_ID_CONFIG);

	ide_string(drive, ATA_ID_MODEL, ATA_ID_MODEL_LEN, info->model);
	ide_string(drive, ATA_ID_SERIAL, ATA_ID_SERIAL_LEN, info->serial);
	ide_string(drive, ATA_ID_FIRMWARE, ATA_ID_FIRMWARE_LEN, info->firmware);
	info->unit = ch->index * PCI_IDE_DRIVES + drive->index;
	info->timeout_ms = ch->host->opt.timeout_ms;
	info->flags = 0;

	if ((config & ATA_ID_CONFIG_NOT_ATA && config != ATA_ID_CONFIG_CF) ||
	    !(ide_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_LBA)) {
		trv_warn(ch->host->dev, "%s is no ATA disk with LBA", info->model);
		return -EOPNOTSUPP;
	}
	if (ide_capacity(drive)) {
		trv_warn(ch->host->dev, "%s has no usable capacity", info->model);
		return -EOPNOTSUPP;
	}
	drive->multiple = ide_multiple(drive);
	ide_cache_features(drive);
	ide_trim_features(drive);
	return 0;
}

bool ide_identify_same(const struct ide_drive *drive)
{
	struct trv_disk_info now;

	ide_string(drive, ATA_ID_MODEL, ATA_ID_MODEL_LEN, now.model);
	ide_string(drive, ATA_ID_SERIAL, ATA_ID_SERIAL_LEN, now.serial);
	for (u32 i = 0; i < sizeof(now.model); i++) {
		if (now.model[i] != drive->info.model[i])
			return false;
		if (!now.model[i])
			break;
	}
	for (u32 i = 0; i < sizeof(now.serial); i++) {
		if (now.serial[i] != drive->info.serial[i])
			return false;
		if (!now.serial[i])
			break;
	}
	return true;
}

/* ---- transfer modes ------------------------------------------------------ */

static u32 ide_highest(u32 modes)
{
	u32 n = 0;

	while (modes >> (n + 1))
		n++;
	return n;
}

static void ide_pio_choose(struct ide_drive *drive)
{
	u16 advanced = ide_word(drive, ATA_ID_VALID) & ATA_ID_VALID_64_70 ?
			       ide_word(drive, ATA_ID_PIO) & ATA_ID_PIO_MODES :
			       0;

	drive->iordy = ide_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_IORDY;
	drive->pio_mode =
		trv_min((u8)(ide_word(drive, ATA_ID_PIO_OLD) >> 8), (u8)ATA_PIO_NO_FLOW_CONTROL);
	if (drive->iordy && advanced)
		drive->pio_mode = ATA_PIO_NO_FLOW_CONTROL + 1 + ide_highest(advanced);
}

void ide_mode_choose(struct ide_drive *drive)
{
	struct ide_host *host = drive->ch->host;
	u16 mwdma = ide_word(drive, ATA_ID_MWDMA);
	u16 udma = ide_word(drive, ATA_ID_VALID) & ATA_ID_VALID_88 ? ide_word(drive, ATA_ID_UDMA) :
								     0;
	u32 wanted = (2U << host->opt.udma) - 1;

	ide_pio_choose(drive);
	drive->dma = false;
	drive->xfer = 0;
	if (!drive->ch->has_bm || !host->opt.dma || (host->simplex && drive->ch->index) ||
	    !(ide_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_DMA))
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
