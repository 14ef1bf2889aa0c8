// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What commands do, by PIO and without data. */
#include "model.h"

static u16 word(const u8 *id, u32 n)
{
	return trv_get_le16(id + 2 * n);
}

static void string(const u8 *id, u32 at, u32 len, const char *want)
{
	char got[41] = "";

	for (u32 i = 0; i < len; i++)
		got[i] = id[2 * at + (i ^ 1)];
	if (strncmp(got, want, strlen(want)) || got[len - 1] != ' ')
		sim_fail(SIM_EXPECT, SIM_SITE, "\"%s\" is not \"%s\" and blanks", got, want);
}

static void identify(struct ide_raw *r, u32 drive, u8 *id)
{
	raw_select(r, drive);
	sim_expect_eq(raw_pio_read(r, ATA_OP_IDENTIFY, id, ATA_ID_BYTES, ATA_ID_BYTES), IDLE);
}

/* A disk with every ability, as firmware left it. */
static void expect_words(const u8 *id)
{
	static const struct {
		u8 word;
		u16 val;
	} want[] = {
		{ ATA_ID_CYLS, 16383 },
		{ ATA_ID_HEADS, 16 },
		{ ATA_ID_SECTORS, 63 },
		{ ATA_ID_MAX_MULTIPLE, 0x8010 },
		{ ATA_ID_CAPS, 0x0f00 },
		{ ATA_ID_PIO_OLD, 0x0200 },
		{ ATA_ID_VALID, 0x0007 },
		{ ATA_ID_CUR_CYLS, 16383 },
		{ ATA_ID_CUR_HEADS, 16 },
		{ ATA_ID_CUR_SECTORS, 63 },
		{ ATA_ID_CUR_CAPACITY, 0xfc10 }, /* 16383 * 16 * 63 */
		{ ATA_ID_CUR_CAPACITY + 1, 0x00fb },
		{ ATA_ID_MULTIPLE, 0x0108 },
		{ ATA_ID_PIO, 0x0003 },
		{ ATA_ID_MWDMA_MIN_NS, 120 },
		{ ATA_ID_MWDMA_REC_NS, 120 },
		{ ATA_ID_PIO_MIN_NS, 120 },
		{ ATA_ID_PIO_IORDY_NS, 120 },
		{ ATA_ID_MAJOR, 0x03fc },
		{ ATA_ID_CMDS1, 0x0060 },
		{ ATA_ID_CMDS2, 0x7400 },
		{ ATA_ID_CMDS3, 0x4040 },
		{ ATA_ID_ENABLED1, 0x0060 },
		{ ATA_ID_ENABLED2, 0x3400 },
		{ ATA_ID_ENABLED3, 0x4040 },
		{ ATA_ID_RESET_RESULT, 0x6009 },
		{ ATA_ID_DSM_BLOCKS, 8 },
		{ ATA_ID_DSM, 1 },
		{ ATA_ID_ROTATION, 1 },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(want); i++) {
		if (word(id, want[i].word) != want[i].val)
			sim_fail(SIM_EXPECT, SIM_SITE, "word %u is %04x, not %04x", want[i].word,
				 word(id, want[i].word), want[i].val);
	}
}

SIM_SCENARIO(m_identify_off, "ide_model/identify-settings",
	     "IDENTIFY DEVICE follows what was switched off, and what the drive cannot do")
{
	struct ide_raw *r = model_up(ONE);
	u8 *id = model_buf(1);

	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_WRITE_CACHE_OFF, 0);
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_LOOK_AHEAD_OFF, 0);
	identify(r, 0, id);
	sim_expect_eq(word(id, ATA_ID_CMDS1), 0x0060);
	sim_expect_eq(word(id, ATA_ID_ENABLED1), 0);
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_LOOK_AHEAD_ON, 0);
	identify(r, 0, id);
	sim_expect_eq(word(id, ATA_ID_ENABLED1), ATA_ID_CMDS1_LOOK_AHEAD);
	ide_caps(r->dev, 0)->dma = false;
	ide_caps(r->dev, 0)->phys_shift = 3;
	identify(r, 0, id);
	sim_expect_eq(word(id, ATA_ID_CAPS), 0x0e00);
	sim_expect_eq(word(id, ATA_ID_MWDMA), 0);
	sim_expect_eq(word(id, ATA_ID_UDMA), 0);
	sim_expect_eq(word(id, ATA_ID_SECTOR_SIZE), 0x6003);
	model_down(r);
}

SIM_SCENARIO(m_words, "ide_model/data-words", "a block moved word by word, both ways")
{
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(1);

	ide_pattern(4, 50, 1, buf);
	raw_task28(r, 0, 50, 1);
	raw_command(r, ATA_OP_WRITE_SECTORS);
	raw_wait(r);
	for (u32 i = 0; i < ATA_SECTOR; i += 2)
		trv_write16(r->cmd[0], ATA_DATA, trv_get_le16(buf + i));
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	model_is(r, 0, 50, 1, buf);
	raw_task28(r, 0, 51, 1);
	raw_command(r, ATA_OP_READ_SECTORS);
	raw_wait(r);
	for (u32 i = 0; i < ATA_SECTOR; i += 2) {
		u16 w = trv_read16(r->cmd[0], ATA_DATA);

		trv_put_le16(w, buf + i);
	}
	model_is(r, 0, 51, 1, buf);
	model_down(r);
}

SIM_SCENARIO(m_modes, "ide_model/transfer-modes",
	     "SET FEATURES 03h: one DMA mode at a time, PIO modes apart")
{
	static const struct {
		u8 mode;
		bool ok;
	} modes[] = {
		{ ATA_XFER_MWDMA | 2, true },
		{ ATA_XFER_PIO_DEFAULT, true },
		{ ATA_XFER_PIO | 4, true },
		{ ATA_XFER_PIO | 5, false },
		{ ATA_XFER_MWDMA | 3, false },
		{ ATA_XFER_PIO_DEFAULT_NO_IORDY, true },
		{ 2, false },
		{ 0x10, false },
		{ ATA_XFER_UDMA | 7, false },
	};
	struct ide_raw *r = model_up(ONE);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(modes); i++) {
		u8 status = raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, modes[i].mode);

		sim_expect_eq(status, modes[i].ok ? IDLE : IDLE | ATA_STATUS_ERR);
		sim_expect_eq(ide_xfer_mode(r->dev, 0), ATA_XFER_MWDMA | 2);
	}
	model_down(r);
}

SIM_SCENARIO(m_identify, "ide_model/identify",
	     "IDENTIFY DEVICE: strings, capacity, abilities, checksum")
{
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:8T,disk1=mem:16M");
	u8 *id = model_buf(1), sum = 0;

	identify(r, 0, id);
	for (u32 i = 0; i < ATA_ID_BYTES; i++)
		sum += id[i];
	sim_expect_eq(sum, 0);
	sim_expect_eq(id[510], ATA_ID_INTEGRITY_MAGIC);
	string(id, ATA_ID_MODEL, ATA_ID_MODEL_LEN, "TRIVET SIMULATED DISK");
	string(id, ATA_ID_FIRMWARE, ATA_ID_FIRMWARE_LEN, "1.0");
	sim_expect_eq(word(id, 0) & ATA_ID_CONFIG_NOT_ATA, 0);
	sim_expect_eq(trv_get_le32(id + 2 * ATA_ID_LBA28), ATA_LBA28_CAPACITY);
	sim_expect_eq(trv_get_le64(id + 2 * ATA_ID_LBA48), (8ULL << 40) / 512);
	sim_expect_eq(word(id, ATA_ID_CMDS2) & ATA_ID_SIGNATURE_MASK, ATA_ID_SIGNATURE);
	sim_expect(word(id, ATA_ID_CMDS2) & ATA_ID_CMDS2_LBA48);
	sim_expect_eq(word(id, ATA_ID_UDMA), 0x043f); /* 5 and below, 2 chosen by firmware */
	sim_expect_eq(word(id, ATA_ID_MWDMA), 0x0007);
	expect_words(id);
	identify(r, 1, id);
	sim_expect_eq(trv_get_le32(id + 2 * ATA_ID_LBA28), 32768);
	ide_identify_corrupt(r->dev, 1);
	identify(r, 1, id);
	for (u32 i = 0; i < ATA_ID_BYTES; i++)
		sum += id[i];
	sim_expect(sum != 0);
	model_down(r);
}

SIM_SCENARIO(m_pio_read, "ide_model/pio-read", "READ SECTORS: a block and an interrupt a sector")
{
	struct ide_raw *r = model_up(TWO);
	u8 *buf = model_buf(5);
	u64 irqs = ide_stats(r->dev, 1)->irqs;

	raw_task28(r, 1, 1234, 5);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 5 * ATA_SECTOR, ATA_SECTOR), IDLE);
	model_is(r, 1, 1234, 5, buf);
	sim_expect_eq(ide_stats(r->dev, 1)->irqs - irqs, 5);
	model_down(r);
}

SIM_SCENARIO(m_pio_write, "ide_model/pio-write",
	     "WRITE SECTORS: the first block is asked for without an interrupt")
{
	struct ide_raw *r = model_up(TWO);
	u8 *buf = model_buf(3), *got = model_buf(3);

	ide_pattern(99, 777, 3, buf);
	raw_task48(r, 0, 777, 3);
	raw_command(r, ATA_OP_WRITE_SECTORS_EXT);
	sim_expect_eq(raw_wait(r), IDLE | ATA_STATUS_DRQ);
	sim_expect_eq(raw_bm(r, BM_STATUS) & BM_STATUS_INTR, 0);
	for (u32 i = 0; i < 3; i++) {
		raw_data_out(r, buf + i * ATA_SECTOR, ATA_SECTOR);
		raw_wait(r);
		sim_expect_eq(raw_bm(r, BM_STATUS) & BM_STATUS_INTR, BM_STATUS_INTR);
		raw_bm_out(r, BM_STATUS, BM_STATUS_INTR);
		sim_expect_eq(raw_in(r, ATA_STATUS), i < 2 ? IDLE | ATA_STATUS_DRQ : IDLE);
	}
	ide_medium_read(r->dev, 0, 777, 3, got);
	sim_expect(!memcmp(got, buf, 3 * ATA_SECTOR));
	sim_expect_eq(ide_stats(r->dev, 0)->dirty, 3);
	model_down(r);
}

SIM_SCENARIO(m_multiple, "ide_model/multiple",
	     "blocks of 4 sectors, the last one short; unset or odd settings abort")
{
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(10);
	u64 blocks;

	sim_expect_eq(raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 0), IDLE);
	raw_task28(r, 0, 0, 4);
	sim_expect(raw_pio_read(r, ATA_OP_READ_MULTIPLE, buf, 512, 512) & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 4), IDLE);
	blocks = ide_stats(r->dev, 0)->pio_blocks;
	raw_task28(r, 0, 300, 10);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_MULTIPLE, buf, 5120, 2048), IDLE);
	model_is(r, 0, 300, 10, buf);
	sim_expect_eq(ide_stats(r->dev, 0)->pio_blocks - blocks, 3);
	ide_pattern(5, 600, 10, buf);
	raw_task48(r, 0, 600, 10);
	sim_expect_eq(raw_pio_write(r, ATA_OP_WRITE_MULTIPLE_EXT, buf, 5120, 2048), IDLE);
	model_is(r, 0, 600, 10, buf);
	sim_expect(raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 3) & ATA_STATUS_ERR);
	sim_expect_eq(ide_multiple(r->dev, 0), 0);
	sim_expect(raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 32) & ATA_STATUS_ERR);
	model_down(r);
}

SIM_SCENARIO(m_count0, "ide_model/count-zero", "Sector Count 0 is 256, and 65536 with 48 bits")
{
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:1G");
	u8 *buf = model_buf(256);

	raw_task28(r, 0, 10, 0);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 256 * ATA_SECTOR, ATA_SECTOR),
		      IDLE);
	model_is(r, 0, 10, 256, buf);
	raw_task48(r, 0, 10, 0);
	raw_command(r, ATA_OP_READ_VERIFY_EXT);
	raw_wait(r);
	sim_expect_eq(ide_history(r->dev, 0, 0)->count, 65536);
	/* No more and no fewer: it does not come by the sector behind, and does by the last one. */
	for (u32 i = 0; i < 2; i++) {
		const u64 bad = 10 + 65536 - i;
		const struct ide_fault f = { .kind = IDE_F_UNC, .first = bad, .last = bad };

		ide_faults_clear(r->dev);
		ide_fault_add(r->dev, &f);
		raw_task48(r, 0, 10, 0);
		raw_command(r, ATA_OP_READ_VERIFY_EXT);
		sim_expect_eq(raw_wait(r) & ATA_STATUS_ERR, i ? ATA_STATUS_ERR : 0);
	}
	model_down(r);
}

SIM_SCENARIO(m_lba48, "ide_model/lba48",
	     "48-bit addresses reach where they say, 28-bit ones end at word 60")
{
	/* A sector less than 128P: no disk is larger. */
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:144115188075855360");
	const u64 lba = 0xa1b2c3d4e5f6ULL;
	u8 *buf = model_buf(1);

	raw_task48(r, 0, lba, 1);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, buf, 512, 512), IDLE);
	sim_expect_eq(trv_get_le64(buf), lba); /* the pattern says where it is from */
	raw_task28(r, 0, 0x0fffffff, 1);
	sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512) & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_IDNF);
	raw_task28(r, 0, 0x0ffffffe, 1);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512), IDLE);
	/* Without the LBA bit a 48-bit command is no command. */
	raw_task48(r, 0, lba, 1);
	raw_out(r, ATA_DEVICE, 0);
	sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, buf, 512, 512) & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	model_down(r);
}

SIM_SCENARIO(m_chs, "ide_model/chs",
	     "cylinder, head, sector: 16 and 63 at first, or as INITIALIZE DEVICE PARAMETERS says")
{
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(1);

	for (u32 turn = 0; turn < 2; turn++) {
		u32 heads = turn ? 4 : 16, spt = turn ? 32 : 63;

		if (turn) {
			raw_select(r, 0);
			raw_out(r, ATA_DEVICE, heads - 1);
			raw_out(r, ATA_COUNT, spt);
			raw_command(r, ATA_OP_INIT_PARAMS);
			raw_wait(r);
			sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
		}
		raw_select(r, 0);
		raw_out(r, ATA_COUNT, 1);
		raw_out(r, ATA_LBA_LOW, 9);
		raw_out(r, ATA_LBA_MID, 5);
		raw_out(r, ATA_LBA_HIGH, 0);
		raw_out(r, ATA_DEVICE, 3);
		sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512), IDLE);
		sim_expect_eq(trv_get_le64(buf), (5 * heads + 3) * spt + 8);
	}
	/* Sectors count from 1, and heads end at 3. */
	for (u32 turn = 0; turn < 2; turn++) {
		raw_out(r, ATA_LBA_LOW, turn);
		raw_out(r, ATA_DEVICE, 3 + turn);
		sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 512, 512) & ATA_STATUS_ERR);
		sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_IDNF);
	}
	model_down(r);
}

SIM_SCENARIO(m_chs_error, "ide_model/chs-error",
	     "an error of a command with such an address names it the same way")
{
	const u64 bad = (5 * 16 + 3) * 63 + 8; /* cylinder 5, head 3, sector 9 */
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = bad, .last = bad };
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(4);

	ide_fault_add(r->dev, &f);
	raw_select(r, 0);
	raw_out(r, ATA_COUNT, 4);
	raw_out(r, ATA_LBA_LOW, 7);
	raw_out(r, ATA_LBA_MID, 5);
	raw_out(r, ATA_LBA_HIGH, 0);
	raw_out(r, ATA_DEVICE, 3);
	sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 2048, 512) & ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 9);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), 5);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), 0);
	sim_expect_eq(raw_in(r, ATA_DEVICE) & ATA_DEVICE_HEAD, 3);
	model_down(r);
}

SIM_SCENARIO(m_unknown, "ide_model/unknown",
	     "what a disk does not know it aborts, with an interrupt")
{
	static const u8 ops[] = {
		ATA_OP_NOP, ATA_OP_DEVICE_RESET, ATA_OP_PACKET, ATA_OP_IDENTIFY_PACKET, 0xb0, 0xff,
	};
	struct ide_raw *r = model_up(ONE);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(ops); i++) {
		u64 irqs = ide_stats(r->dev, 0)->irqs;

		sim_expect_eq(raw_nondata(r, 0, ops[i], 0, 0), IDLE | ATA_STATUS_ERR);
		sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
		sim_expect_eq(ide_stats(r->dev, 0)->irqs - irqs, 1);
	}
	model_down(r);
}

SIM_SCENARIO(m_abilities, "ide_model/abilities", "commands a drive does not have it aborts")
{
	struct ide_raw *r = model_up(ONE);
	struct ide_caps *c = ide_caps(r->dev, 0);
	u8 buf[ATA_SECTOR] = { 0 };

	c->fua = false;
	raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 1);
	raw_task48(r, 0, 0, 1);
	sim_expect(raw_pio_write(r, ATA_OP_WRITE_MULTIPLE_FUA_EXT, buf, 512, 512) & ATA_STATUS_ERR);
	c->lba48 = c->flush = c->trim = c->write_cache = false;
	raw_task48(r, 0, 0, 1);
	sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, buf, 512, 512) & ATA_STATUS_ERR);
	sim_expect(raw_nondata(r, 0, ATA_OP_FLUSH, 0, 0) & ATA_STATUS_ERR);
	sim_expect(raw_nondata(r, 0, ATA_OP_FLUSH_EXT, 0, 0) & ATA_STATUS_ERR);
	sim_expect(raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_WRITE_CACHE_OFF, 0) &
		   ATA_STATUS_ERR);
	sim_expect(raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_UDMA | 6) &
		   ATA_STATUS_ERR);
	sim_expect(raw_nondata(r, 0, ATA_OP_SET_FEATURES, 0x99, 0) & ATA_STATUS_ERR);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_MWDMA | 1),
		      IDLE);
	sim_expect_eq(ide_xfer_mode(r->dev, 0), ATA_XFER_MWDMA | 1);
	model_down(r);
}

SIM_SCENARIO(m_native_max, "ide_model/native-max", "READ NATIVE MAX ADDRESS names the last sector")
{
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:8T");
	u64 last = (8ULL << 40) / 512 - 1;

	sim_expect_eq(raw_nondata(r, 0, ATA_OP_READ_NATIVE_MAX_EXT, 0, 0), IDLE);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), last & 0xff);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), last >> 16 & 0xff);
	raw_ctl(r, ATA_DEVCTL_HOB);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), last >> 24 & 0xff);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), last >> 32 & 0xff);
	model_down(r);
}

/* ---- errors --------------------------------------------------------------- */

static u64 error_lba(struct ide_raw *r, bool ext)
{
	u64 lba = raw_in(r, ATA_LBA_LOW);

	lba |= (u64)raw_in(r, ATA_LBA_MID) << 8;
	lba |= (u64)raw_in(r, ATA_LBA_HIGH) << 16;
	if (!ext)
		return lba | (u64)(raw_in(r, ATA_DEVICE) & ATA_DEVICE_HEAD) << 24;
	raw_ctl(r, ATA_DEVCTL_HOB);
	lba |= (u64)raw_in(r, ATA_LBA_LOW) << 24;
	lba |= (u64)raw_in(r, ATA_LBA_MID) << 32;
	lba |= (u64)raw_in(r, ATA_LBA_HIGH) << 40;
	raw_ctl(r, 0);
	return lba;
}

SIM_SCENARIO(m_unc, "ide_model/error-unc",
	     "UNC, and the registers name the sector; what came before was moved")
{
	const u64 bad = 0x123456789ULL;
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = bad, .last = bad };
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:8T");
	u8 *buf = model_buf(8);

	ide_fault_add(r->dev, &f);
	raw_task48(r, 0, bad - 3, 8);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, buf, 8 * 512, 512),
		      IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_UNC);
	sim_expect_eq(error_lba(r, true), bad);
	model_is(r, 0, bad - 3, 3, buf);
	sim_expect_eq(ide_history(r->dev, 0, 0)->error, ATA_ERROR_UNC);
	/* It is gone with the fault. */
	ide_faults_clear(r->dev);
	raw_task48(r, 0, bad - 3, 8);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, buf, 8 * 512, 512), IDLE);
	model_down(r);
}

SIM_SCENARIO(m_unc28, "ide_model/error-unc-28",
	     "28-bit commands name the sector with the low bits of Device; VERIFY too")
{
	const u64 bad = 0x0abcdef5;
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = bad, .last = bad };
	struct ide_raw *r = model_up("piix4-ide,disk0=sparse:8T");

	ide_fault_add(r->dev, &f);
	raw_task28(r, 0, bad - 4, 4);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	raw_task28(r, 0, bad - 4, 5);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE | ATA_STATUS_ERR);
	sim_expect_eq(error_lba(r, false), bad);
	raw_task28(r, 0, bad + 1, 4);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	model_down(r);
}

SIM_SCENARIO(m_idnf, "ide_model/error-idnf",
	     "past the end: IDNF, and the registers name the first sector that is not there")
{
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(4);

	raw_task28(r, 0, 32766, 4);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 4 * 512, 512),
		      IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_IDNF);
	sim_expect_eq(error_lba(r, false), 32768);
	model_down(r);
}

SIM_SCENARIO(m_flush_error, "ide_model/error-flush",
	     "a flush that fails names the sector, and the cache is still dirty")
{
	const struct ide_fault f = {
		.kind = IDE_F_UNC, .op = ATA_OP_FLUSH_EXT, .first = 0, .last = 0
	};
	struct ide_raw *r = model_up(ONE);
	u8 buf[ATA_SECTOR] = { 0 };

	ide_fault_add(r->dev, &f);
	raw_task28(r, 0, 5, 1);
	sim_expect_eq(raw_pio_write(r, ATA_OP_WRITE_SECTORS, buf, 512, 512), IDLE);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_FLUSH_EXT, 0, 0), IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_UNC);
	sim_expect_eq(error_lba(r, true), 0);
	sim_expect_eq(ide_stats(r->dev, 0)->dirty, 1);
	model_down(r);
}

SIM_SCENARIO(m_write_error, "ide_model/error-write",
	     "a sector that cannot be written: those before it are")
{
	const struct ide_fault f = { .kind = IDE_F_IDNF, .first = 502, .last = 502 };
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(4), *was = model_buf(2);

	ide_fault_add(r->dev, &f);
	ide_medium_read(r->dev, 0, 502, 2, was);
	ide_pattern(1, 500, 4, buf);
	raw_task28(r, 0, 500, 4);
	sim_expect(raw_pio_write(r, ATA_OP_WRITE_SECTORS, buf, 4 * 512, 512) & ATA_STATUS_ERR);
	sim_expect_eq(error_lba(r, false), 502);
	model_is(r, 0, 500, 2, buf);
	model_is(r, 0, 502, 2, was);
	model_down(r);
}

/* ---- the cache ------------------------------------------------------------ */

static void write_one(struct ide_raw *r, u64 lba, u64 seed, u8 op)
{
	u8 buf[ATA_SECTOR];

	ide_pattern(seed, lba, 1, buf);
	raw_task48(r, 0, lba, 1);
	sim_expect_eq(raw_pio_write(r, op, buf, sizeof(buf), sizeof(buf)), IDLE);
}

static bool holds(struct ide_raw *r, u64 lba, u64 seed)
{
	u8 got[ATA_SECTOR], want[ATA_SECTOR];

	ide_medium_read(r->dev, 0, lba, 1, got);
	ide_pattern(seed, lba, 1, want);
	return !memcmp(got, want, sizeof(got));
}

SIM_SCENARIO(m_cache, "ide_model/cache",
	     "a power cut takes what was neither flushed nor FUA, and nothing else")
{
	struct ide_raw *r = model_up(ONE);

	ide_cache_model(r->dev, 0);
	raw_nondata(r, 0, ATA_OP_SET_MULTIPLE, 0, 1);
	write_one(r, 1, 1, ATA_OP_WRITE_SECTORS_EXT);
	sim_expect_eq(ide_stats(r->dev, 0)->dirty, 1);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_FLUSH_EXT, 0, 0), IDLE);
	sim_expect_eq(ide_stats(r->dev, 0)->dirty, 0);
	write_one(r, 1, 2, ATA_OP_WRITE_SECTORS_EXT);
	write_one(r, 1, 3, ATA_OP_WRITE_SECTORS_EXT);
	write_one(r, 2, 3, ATA_OP_WRITE_SECTORS_EXT);
	write_one(r, 3, 3, ATA_OP_WRITE_MULTIPLE_FUA_EXT);
	write_one(r, 4, 3, ATA_OP_WRITE_SECTORS_EXT);
	write_one(r, 4, 4, ATA_OP_WRITE_MULTIPLE_FUA_EXT);
	ide_power_cut(r->dev);
	sim_expect(holds(r, 1, 1));
	sim_expect(holds(r, 2, SEED));
	sim_expect(holds(r, 3, 3));
	sim_expect(holds(r, 4, 4));
	model_down(r);
}

SIM_SCENARIO(m_cache_off, "ide_model/cache-off", "with the write cache off every write stays")
{
	struct ide_raw *r = model_up(ONE);

	ide_cache_model(r->dev, 0);
	write_one(r, 7, 1, ATA_OP_WRITE_SECTORS_EXT);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_WRITE_CACHE_OFF, 0), IDLE);
	write_one(r, 8, 1, ATA_OP_WRITE_SECTORS_EXT);
	ide_power_cut(r->dev);
	sim_expect(holds(r, 7, 1)); /* switching it off wrote it out */
	sim_expect(holds(r, 8, 1));
	model_down(r);
}
