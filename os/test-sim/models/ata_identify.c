// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* IDENTIFY DEVICE data (ATA/ATAPI-7 V1, IDENTIFY DEVICE; ACS-2 for TRIM). */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

/* How far 28-bit commands reach: what words 60 and 61 can say. */
u64 ata_lba28_sectors(const struct ata_drive *d)
{
	return trv_min(d->sectors, (u64)ATA_LBA28_CAPACITY);
}

static void put(u8 *out, u32 word, u16 val)
{
	trv_put_le16(val, out + 2 * word);
}

static void put64(u8 *out, u32 word, u64 val, u32 words)
{
	for (u32 i = 0; i < words; i++)
		put(out, word + i, val >> (16 * i));
}

/* Two characters a word, the first in the high byte, padded with spaces. */
static void put_string(u8 *out, u32 word, const char *s, u32 len)
{
	size_t n = strlen(s);

	for (u32 i = 0; i < len; i++)
		out[2 * word + (i ^ 1)] = i < n ? s[i] : ' ';
}

/* A mode field: bits 0..@max supported; the one of @mode that is chosen, 8 bits up. */
static u16 modes(s8 max, u8 mode, u8 kind)
{
	u16 v = max < 0 ? 0 : (1u << (max + 1)) - 1;

	return (mode & ~7) == kind ? v | 0x100u << (mode & 7) : v;
}

static void put_checksum(struct ata_drive *d, u8 *out)
{
	u8 sum = ATA_ID_INTEGRITY_MAGIC;

	for (u32 i = 0; i < ATA_ID_BYTES - 2; i++)
		sum += out[i];
	put(out, ATA_ID_INTEGRITY, (u8)(-sum + d->bad_checksum) << 8 | ATA_ID_INTEGRITY_MAGIC);
}

static void put_timing(const struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;

	put(out, ATA_ID_PIO_OLD, 0x0200);
	put(out, ATA_ID_PIO, c->pio < 3 ? 0 : (1u << (c->pio - 2)) - 1);
	put(out, ATA_ID_PIO_MIN_NS, 120);
	put(out, ATA_ID_PIO_IORDY_NS, 120);
	if (!c->dma)
		return;
	put(out, ATA_ID_MWDMA, modes(c->mwdma, d->dma_mode, ATA_XFER_MWDMA));
	put(out, ATA_ID_MWDMA_MIN_NS, 120);
	put(out, ATA_ID_MWDMA_REC_NS, 120);
	put(out, ATA_ID_UDMA, modes(c->udma, d->dma_mode, ATA_XFER_UDMA));
}

static void put_commands(const struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;
	u16 cmds1 = ATA_ID_CMDS1_LOOK_AHEAD, cmds2 = ATA_ID_SIGNATURE, cmds3 = ATA_ID_SIGNATURE;

	if (c->write_cache)
		cmds1 |= ATA_ID_CMDS1_WRITE_CACHE;
	if (c->lba48)
		cmds2 |= ATA_ID_CMDS2_LBA48;
	if (c->flush)
		cmds2 |= ATA_ID_CMDS2_FLUSH | (c->lba48 ? ATA_ID_CMDS2_FLUSH_EXT : 0);
	if (c->fua)
		cmds3 |= ATA_ID_CMDS3_FUA;
	put(out, ATA_ID_CMDS1, cmds1);
	put(out, ATA_ID_CMDS2, cmds2);
	put(out, ATA_ID_CMDS3, cmds3);
	if (!d->wcache_on)
		cmds1 &= ~ATA_ID_CMDS1_WRITE_CACHE;
	if (!d->look_ahead_on)
		cmds1 &= ~ATA_ID_CMDS1_LOOK_AHEAD;
	put(out, ATA_ID_ENABLED1, cmds1);
	put(out, ATA_ID_ENABLED2, cmds2 & ~ATA_ID_SIGNATURE_MASK);
	put(out, ATA_ID_ENABLED3, cmds3);
	if (c->trim) {
		/* Word 69: trimmed sectors read the same each time. */
		put(out, ATA_ID_ADDITIONAL, 0x4000);
		put(out, ATA_ID_DSM_BLOCKS, 8);
		put(out, ATA_ID_DSM, ATA_ID_DSM_TRIM);
	}
}

static void put_geometry(const struct ata_drive *d, u8 *out)
{
	u64 chs = (u64)d->cyls * d->heads * d->spt;

	put(out, ATA_ID_CYLS, trv_min(d->sectors / (16 * 63), (u64)16383));
	put(out, ATA_ID_HEADS, 16);
	put(out, ATA_ID_SECTORS, 63);
	put(out, ATA_ID_CUR_CYLS, d->cyls);
	put(out, ATA_ID_CUR_HEADS, d->heads);
	put(out, ATA_ID_CUR_SECTORS, d->spt);
	put64(out, ATA_ID_CUR_CAPACITY, chs, 2);
	put64(out, ATA_ID_LBA28, ata_lba28_sectors(d), 2);
	if (d->caps.lba48)
		put64(out, ATA_ID_LBA48, d->sectors, 4);
	if (d->caps.phys_shift)
		put(out, ATA_ID_SECTOR_SIZE,
		    ATA_ID_SIGNATURE | ATA_ID_SECTOR_MULTIPLE | d->caps.phys_shift);
}

void ata_identify(struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;

	memset(out, 0, ATA_ID_BYTES);
	put(out, ATA_ID_CONFIG, 0x0040);
	put_string(out, ATA_ID_SERIAL, c->serial, ATA_ID_SERIAL_LEN);
	put_string(out, ATA_ID_FIRMWARE, c->firmware, ATA_ID_FIRMWARE_LEN);
	put_string(out, ATA_ID_MODEL, c->model, ATA_ID_MODEL_LEN);
	put(out, ATA_ID_MAX_MULTIPLE, 0x8000 | c->multiple_max);
	put(out, ATA_ID_CAPS,
	    ATA_ID_CAPS_LBA | ATA_ID_CAPS_IORDY | ATA_ID_CAPS_IORDY_OFF |
		    (c->dma ? ATA_ID_CAPS_DMA : 0));
	put(out, ATA_ID_CAPS2, ATA_ID_SIGNATURE);
	put(out, ATA_ID_VALID,
	    ATA_ID_VALID_54_58 | ATA_ID_VALID_64_70 | (c->udma >= 0 ? ATA_ID_VALID_88 : 0));
	if (d->multiple)
		put(out, ATA_ID_MULTIPLE, ATA_ID_MULTIPLE_VALID | d->multiple);
	put(out, ATA_ID_MAJOR, c->trim ? 0x03fc : 0x00fc);
	put(out, ATA_ID_RESET_RESULT,
	    ATA_ID_SIGNATURE | (c->cable80 ? ATA_ID_80WIRE : 0) | (d->index ? 0x0300 : 0x0009));
	put(out, ATA_ID_ROTATION, c->rotating ? 7200 : 1);
	put_geometry(d, out);
	put_timing(d, out);
	put_commands(d, out);
	for (u32 i = 0; i < d->n_override; i++)
		put(out, d->override[i].word, d->override[i].val);
	put_checksum(d, out);
}
