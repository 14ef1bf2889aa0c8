// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* IDENTIFY DEVICE data (ATA/ATAPI-7 V1, IDENTIFY DEVICE; ACS-2 for TRIM). */
#include <string.h>

#include <os/test-sim/models/ata_model.h>

/* How far 28-bit commands reach: what words 60 and 61 can say. */
u64 ata_lba28_sectors(const struct ata_drive *d)
{
	return trv_min(ata_sectors(d), (u64)ATA_LBA28_CAPACITY);
}

void ata_id_put(u8 *out, u32 word, u16 val)
{
	trv_put_le16(val, out + 2 * word);
}

static void put64(u8 *out, u32 word, u64 val, u32 words)
{
	for (u32 i = 0; i < words; i++)
		ata_id_put(out, word + i, val >> (16 * i));
}

/* Two characters a word, the first in the high byte, padded with spaces. */
void ata_id_string(u8 *out, u32 word, const char *s, u32 len)
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

void ata_id_finish(struct ata_drive *d, u8 *out)
{
	u8 sum = ATA_ID_INTEGRITY_MAGIC;
	bool checksum_set;

	ata_trait_identify(d, out);
	checksum_set = ata_trait_of(d, IDE_T_IDENTIFY) == 3;
	for (u32 i = 0; i < d->n_override; i++) {
		u16 mask = d->override[i].mask;
		u16 own = trv_get_le16(out + 2 * d->override[i].word) & ~mask;

		ata_id_put(out, d->override[i].word, own | (d->override[i].val & mask));
		checksum_set |= d->override[i].word == ATA_ID_INTEGRITY;
	}
	if (checksum_set)
		return;
	for (u32 i = 0; i < ATA_ID_BYTES - 2; i++)
		sum += out[i];
	ata_id_put(out, ATA_ID_INTEGRITY,
		   (u8)(-sum + d->bad_checksum) << 8 | ATA_ID_INTEGRITY_MAGIC);
}

void ata_id_timing(const struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;

	ata_id_put(out, ATA_ID_PIO_OLD, trv_min(c->pio, (u8)ATA_PIO_NO_FLOW_CONTROL) << 8);
	ata_id_put(out, ATA_ID_PIO, c->pio < 3 ? 0 : (1u << (c->pio - 2)) - 1);
	ata_id_put(out, ATA_ID_PIO_MIN_NS, 120);
	ata_id_put(out, ATA_ID_PIO_IORDY_NS, 120);
	if (!c->dma)
		return;
	ata_id_put(out, ATA_ID_MWDMA, modes(c->mwdma, d->dma_mode, ATA_XFER_MWDMA));
	ata_id_put(out, ATA_ID_MWDMA_MIN_NS, 120);
	ata_id_put(out, ATA_ID_MWDMA_REC_NS, 120);
	ata_id_put(out, ATA_ID_UDMA, modes(c->udma, d->dma_mode, ATA_XFER_UDMA));
}

enum { TRIM_BLOCKS = 8 };

/* How long a list may be; 00h does not say, and one block is what everybody takes (ACS-2, 105). */
u16 ata_trim_blocks(struct ata_drive *d)
{
	static const u16 blocks[] = { TRIM_BLOCKS, 0, 1, 2 };

	return blocks[ata_trait(d, IDE_T_TRIM)];
}

u32 ata_trim_limit(const struct ata_drive *d)
{
	static const u32 blocks[] = { TRIM_BLOCKS, 1, 1, 2 };

	return blocks[ata_trait_of(d, IDE_T_TRIM)];
}

static void put_commands(struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;
	u16 cmds1 = c->look_ahead ? ATA_ID_CMDS1_LOOK_AHEAD : 0, cmds2 = ATA_ID_SIGNATURE,
	    cmds3 = ATA_ID_SIGNATURE;

	if (c->write_cache)
		cmds1 |= ATA_ID_CMDS1_WRITE_CACHE;
	if (c->lba48)
		cmds2 |= ATA_ID_CMDS2_LBA48;
	if (c->flush)
		cmds2 |= ATA_ID_CMDS2_FLUSH | (c->lba48 ? ATA_ID_CMDS2_FLUSH_EXT : 0);
	if (c->fua)
		cmds3 |= ATA_ID_CMDS3_FUA;
	ata_id_put(out, ATA_ID_CMDS1, cmds1);
	ata_id_put(out, ATA_ID_CMDS2, cmds2);
	ata_id_put(out, ATA_ID_CMDS3, cmds3);
	if (!d->wcache_on)
		cmds1 &= ~ATA_ID_CMDS1_WRITE_CACHE;
	if (!d->look_ahead_on)
		cmds1 &= ~ATA_ID_CMDS1_LOOK_AHEAD;
	ata_id_put(out, ATA_ID_ENABLED1, cmds1);
	ata_id_put(out, ATA_ID_ENABLED2, cmds2 & ~ATA_ID_SIGNATURE_MASK);
	ata_id_put(out, ATA_ID_ENABLED3, cmds3);
	if (c->trim) {
		/* Word 69: trimmed sectors read the same each time. */
		ata_id_put(out, ATA_ID_ADDITIONAL, 0x4000);
		ata_id_put(out, ATA_ID_DSM_BLOCKS, ata_trim_blocks(d));
		ata_id_put(out, ATA_ID_DSM, ATA_ID_DSM_TRIM);
	}
}

static void put_geometry(const struct ata_drive *d, u8 *out)
{
	u64 chs = (u64)d->cyls * d->heads * d->spt;
	u16 sizes = 0;

	ata_id_put(out, ATA_ID_CYLS, trv_min(ata_sectors(d) / (16 * 63), (u64)16383));
	ata_id_put(out, ATA_ID_HEADS, 16);
	ata_id_put(out, ATA_ID_SECTORS, 63);
	ata_id_put(out, ATA_ID_CUR_CYLS, d->cyls);
	ata_id_put(out, ATA_ID_CUR_HEADS, d->heads);
	ata_id_put(out, ATA_ID_CUR_SECTORS, d->spt);
	put64(out, ATA_ID_CUR_CAPACITY, chs, 2);
	put64(out, ATA_ID_LBA28, ata_lba28_sectors(d), 2);
	if (d->caps.lba48)
		put64(out, ATA_ID_LBA48, ata_sectors(d), 4);
	if (d->caps.phys_shift)
		sizes |= ATA_ID_SECTOR_MULTIPLE | d->caps.phys_shift;
	if (d->caps.sector_shift) {
		sizes |= ATA_ID_SECTOR_LOGICAL_BIG;
		put64(out, ATA_ID_LOGICAL_WORDS, ATA_SECTOR / 2 << d->caps.sector_shift, 2);
	}
	if (sizes)
		ata_id_put(out, ATA_ID_SECTOR_SIZE, ATA_ID_SIGNATURE | sizes);
}

void ata_identify(struct ata_drive *d, u8 *out)
{
	const struct ide_caps *c = &d->caps;

	memset(out, 0, ATA_ID_BYTES);
	ata_id_put(out, ATA_ID_CONFIG, 0x0040);
	ata_id_string(out, ATA_ID_SERIAL, c->serial, ATA_ID_SERIAL_LEN);
	ata_id_string(out, ATA_ID_FIRMWARE, c->firmware, ATA_ID_FIRMWARE_LEN);
	ata_id_string(out, ATA_ID_MODEL, c->model, ATA_ID_MODEL_LEN);
	ata_id_put(out, ATA_ID_MAX_MULTIPLE, 0x8000 | c->multiple_max);
	ata_id_put(out, ATA_ID_CAPS,
		   ATA_ID_CAPS_LBA | ATA_ID_CAPS_IORDY | ATA_ID_CAPS_IORDY_OFF |
			   (c->dma ? ATA_ID_CAPS_DMA : 0));
	ata_id_put(out, ATA_ID_CAPS2, ATA_ID_SIGNATURE);
	ata_id_put(out, ATA_ID_VALID,
		   ATA_ID_VALID_54_58 | ATA_ID_VALID_64_70 | (c->udma >= 0 ? ATA_ID_VALID_88 : 0));
	if (d->multiple)
		ata_id_put(out, ATA_ID_MULTIPLE, ATA_ID_MULTIPLE_VALID | d->multiple);
	ata_id_put(out, ATA_ID_MAJOR, c->trim ? 0x03fc : 0x00fc);
	ata_id_put(out, ATA_ID_RESET_RESULT,
		   ATA_ID_SIGNATURE | (c->cable80 ? ATA_ID_80WIRE : 0) |
			   (d->index ? 0x0300 : 0x0009));
	ata_id_put(out, ATA_ID_ROTATION, c->rotating ? 7200 : 1);
	put_geometry(d, out);
	ata_id_timing(d, out);
	put_commands(d, out);
	if (SIM_SAB("model-identify-bit"))
		out[2 * ATA_ID_MWDMA + 1] ^= 0x02;
	ata_id_finish(d, out);
}
