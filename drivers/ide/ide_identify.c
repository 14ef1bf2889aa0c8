// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * IDENTIFY DEVICE and IDENTIFY PACKET DEVICE, read (V1, the commands of these
 * names): what a drive is called, how big it is, and what it can do.
 */
#include "ide.h"

static u64 ide_words(const struct ide_drive *drive, u32 n, u32 count)
{
	u64 v = 0;

	for (u32 i = count; i-- > 0;)
		v = v << 16 | ide_id_word(drive, n + i);
	return v;
}

/* Words 83, 84, 87, 106: 01 in the top bits says that somebody filled it in. */
static u16 ide_signed_word(const struct ide_drive *drive, u32 n)
{
	u16 v = ide_id_word(drive, n);

	return (v & ATA_ID_SIGNATURE_MASK) == ATA_ID_SIGNATURE ? v : 0;
}

/* Strings hold their first character in the high byte of a word, and are padded with spaces. */
static void ide_string(const struct ide_drive *drive, u32 word, u32 len, char *out)
{
	u32 n = 0;

	for (u32 i = 0; i < len; i++) {
		u16 w = ide_id_word(drive, word + i / 2);
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
	u32 most = trv_min((u32)ide_id_word(drive, ATA_ID_MAX_MULTIPLE) & 0xff,
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
	    ide_id_word(drive, ATA_ID_ENABLED1) & ATA_ID_CMDS1_WRITE_CACHE)
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
	u32 blocks = ide_id_word(drive, ATA_ID_DSM_BLOCKS);

	if (!drive->lba48 || !(ide_id_word(drive, ATA_ID_DSM) & ATA_ID_DSM_TRIM))
		return;
	drive->trim_blocks = trv_min(blocks ? blocks : 1U, (u32)IDE_TRIM_BLOCKS);
}

static int ide_decode_disk(struct ide_drive *drive)
{
	struct trv_dev *dev = drive->ch->host->dev;
	u16 config = ide_id_word(drive, ATA_ID_CONFIG);

	if ((config & ATA_ID_CONFIG_NOT_ATA && config != ATA_ID_CONFIG_CF) ||
	    !(ide_id_word(drive, ATA_ID_CAPS) & ATA_ID_CAPS_LBA)) {
		trv_warn(dev, "%s is no ATA disk with LBA", drive->info.model);
		return -EOPNOTSUPP;
	}
	if (ide_capacity(drive)) {
		trv_warn(dev, "%s has no usable capacity", drive->info.model);
		return -EOPNOTSUPP;
	}
	drive->multiple = ide_multiple(drive);
	ide_cache_features(drive);
	ide_trim_features(drive);
	return 0;
}

/* Of packet drives only those for CDs, and of these the ones with packets of twelve bytes: all. */
static int ide_decode_cd(struct ide_drive *drive)
{
	const u16 mask = ATAPI_ID_TYPE_MASK | ATAPI_ID_SET_MASK | ATAPI_ID_PACKET_MASK;
	const u16 cd = ATAPI_ID_TYPE | ATAPI_ID_SET_CD | ATAPI_ID_PACKET_12;
	struct trv_disk_info *info = &drive->info;
	u16 config = ide_id_word(drive, ATA_ID_CONFIG);

	if ((config & mask) != cd) {
		trv_warn(drive->ch->host->dev, "%s is a packet device, but no CD drive: left alone",
			 info->model);
		return -EOPNOTSUPP;
	}
	drive->packet_irq = (config & ATAPI_ID_DRQ_MASK) == ATAPI_ID_DRQ_INTR;
	info->flags = TRV_DISK_CDROM | TRV_DISK_REMOVABLE | TRV_DISK_READ_ONLY;
	info->block_size = CD_BLOCK;
	info->phys_block = CD_BLOCK;
	info->max_blocks = IDE_CD_MAX_BLOCKS;
	return 0;
}

int ide_identify_decode(struct ide_drive *drive)
{
	struct ide_channel *ch = drive->ch;
	struct trv_disk_info *info = &drive->info;

	ide_string(drive, ATA_ID_MODEL, ATA_ID_MODEL_LEN, info->model);
	ide_string(drive, ATA_ID_SERIAL, ATA_ID_SERIAL_LEN, info->serial);
	ide_string(drive, ATA_ID_FIRMWARE, ATA_ID_FIRMWARE_LEN, info->firmware);
	info->unit = ch->index * PCI_IDE_DRIVES + drive->index;
	info->timeout_ms = ch->host->opt.timeout_ms;
	info->flags = 0;
	return drive->packet ? ide_decode_cd(drive) : ide_decode_disk(drive);
}

static bool ide_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

bool ide_identify_same(const struct ide_drive *drive)
{
	struct trv_disk_info now;

	ide_string(drive, ATA_ID_MODEL, ATA_ID_MODEL_LEN, now.model);
	ide_string(drive, ATA_ID_SERIAL, ATA_ID_SERIAL_LEN, now.serial);
	return ide_same(now.model, drive->info.model) && ide_same(now.serial, drive->info.serial);
}
