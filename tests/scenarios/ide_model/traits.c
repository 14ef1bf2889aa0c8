// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Traits: each answer is what a host may find, and no more. */
#include "model.h"

#define DISK_AND_CD "piix4-ide,udma=0,disk0=mem:1M,disk1=cdmem:1M"

static struct ide_raw *up(const char *spec, u32 drive, enum ide_trait trait, u32 answer)
{
	struct ide_raw *r = model_up(spec);

	ide_trait_set(r->dev, drive, trait, answer);
	return r;
}

SIM_SCENARIO(t_floating, "ide_model/trait-floating",
	     "an empty channel reads all ones, all zeros, or what was on it last, and is not busy")
{
	static const u8 want[][2] = { { 0x7f, 0x7f }, { 0xff, 0xff }, { 0, 0 }, { 0x55, 0x2a } };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(want); i++) {
		struct ide_raw *r = up(ONE, 2, IDE_T_FLOATING, i);

		r->ch = 1;
		raw_out(r, ATA_COUNT, 0x55);
		sim_expect_eq(raw_in(r, ATA_LBA_LOW), want[i][0]);
		raw_out(r, ATA_COUNT, 0xaa);
		sim_expect_eq(raw_alt(r), want[i][1]);
		r->ch = 0; /* somebody is there, who drives it */
		sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
		model_down(r);
	}
}

SIM_SCENARIO(t_absent, "ide_model/trait-absent",
	     "device 0 for no device 1: Status 00h and its registers, zeros, nothing, or its own")
{
	static const u8 want[][2] = { { 0, 0x5a }, { 0, 0 }, { 0x7f, 0x7f }, { IDLE, 0x5a } };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(want); i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_ABSENT, i);

		raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
		raw_wait_400ns();
		raw_out(r, ATA_COUNT, 0x5a);
		sim_expect_eq(raw_in(r, ATA_STATUS), want[i][0]);
		sim_expect_eq(raw_in(r, ATA_COUNT), want[i][1]);
		raw_command(r, ATA_OP_IDENTIFY);
		trv_sleep_us(10000);
		sim_expect_eq(ide_stats(r->dev, 0)->commands, 0);
		model_down(r);
	}
}

/* What a reset leaves in Status once BSY is clear, and a second's later. */
static void after_reset(const char *spec, u32 drive, u32 answer, u8 first, u64 ns, u8 later)
{
	struct ide_raw *r = up(spec, drive, IDE_T_RESET, answer);
	u64 begin = sim_now();

	raw_reset(r);
	raw_out(r, ATA_DEVICE, drive ? ATA_DEVICE_DEV : 0);
	raw_wait_400ns();
	sim_expect_eq(raw_wait(r), first);
	sim_expect(sim_now() - begin >= ns && sim_now() - begin < ns + 1000000000);
	trv_sleep_us(6000000);
	sim_expect_eq(raw_alt(r), later);
	model_down(r);
}

SIM_SCENARIO(t_reset, "ide_model/trait-reset",
	     "the end of a reset: with DSC or without, seconds later, DRDY later")
{
	after_reset(TWO, 0, 1, ATA_STATUS_DRDY, 0, ATA_STATUS_DRDY);
	after_reset(TWO, 0, 2, IDLE, 12000000000ULL, IDLE);
	after_reset(TWO, 0, 3, 0, 0, IDLE);
	after_reset(TWO, 1, 2, IDLE, 12000000000ULL, IDLE);
	after_reset(TWO, 1, 3, ATA_STATUS_DSC, 0, IDLE);
	after_reset(DISK_AND_CD, 1, 1, ATA_STATUS_DSC, 0, ATA_STATUS_DSC);
}

SIM_SCENARIO(t_signature, "ide_model/trait-signature", "LBA Mid and High alone tell a disk")
{
	struct ide_raw *r = up(ONE, 0, IDE_T_SIGNATURE, 1);

	raw_reset(r);
	sim_expect(raw_in(r, ATA_COUNT) != 1);
	sim_expect(raw_in(r, ATA_LBA_LOW) != 1);
	sim_expect_eq(raw_in(r, ATA_LBA_MID), ATA_SIG_ATA_MID);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), ATA_SIG_ATA_HIGH);
	model_down(r);
}

SIM_SCENARIO(t_status, "ide_model/trait-status",
	     "bits of Status that mean nothing: DSC, CORR and IDX; all of them with BSY")
{
	static const struct {
		u8 idle, busy;
	} want[] = {
		{ IDLE, ATA_STATUS_BSY },
		{ ATA_STATUS_DRDY, ATA_STATUS_BSY },
		{ IDLE | ATA_STATUS_CORR, ATA_STATUS_BSY | ATA_STATUS_CORR },
		{ IDLE, (u8)~ATA_STATUS_DF },
		{ IDLE, ATA_STATUS_BSY },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(want); i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_STATUS, i);

		raw_select(r, 0);
		sim_expect_eq(raw_alt(r) & ~ATA_STATUS_IDX, want[i].idle & ~ATA_STATUS_IDX);
		raw_command(r, ATA_OP_CHECK_POWER);
		sim_expect_eq(raw_alt(r) & ~ATA_STATUS_IDX, want[i].busy & ~ATA_STATUS_IDX);
		sim_expect_eq(raw_in(r, ATA_COUNT) & ~ATA_STATUS_IDX,
			      want[i].busy & ~ATA_STATUS_IDX);
		sim_expect_eq(raw_wait(r) & ~ATA_STATUS_IDX, want[i].idle & ~ATA_STATUS_IDX);
		sim_expect_eq(raw_in(r, ATA_COUNT), 0xff);
		model_down(r);
	}
}

SIM_SCENARIO(t_status_dma, "ide_model/trait-status-dma",
	     "while data go by DMA: DRQ, or BSY instead")
{
	static const u8 want[] = { IDLE | ATA_STATUS_DRQ, IDLE | ATA_STATUS_BSY };

	for (u32 i = 0; i < 2; i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_STATUS, 4 * i);

		raw_dma_prepare(r, 8 * ATA_SECTOR, true);
		raw_task28(r, 0, 500, 8);
		raw_command(r, ATA_OP_READ_DMA);
		trv_sleep_us(1000);
		sim_expect_eq(raw_alt(r), want[i]);
		raw_dma_start(r, true);
		sim_expect_eq(raw_alt(r), want[i]);
		sim_expect(raw_dma_wait(r, 1000000) & BM_STATUS_INTR);
		raw_dma_stop(r);
		sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
		model_down(r);
	}
}

SIM_SCENARIO(t_outputs, "ide_model/trait-outputs",
	     "after success the registers are full of junk; answers and errors stand in them still")
{
	struct ide_raw *r = up(ONE, 0, IDE_T_OUTPUTS, 1);
	u8 *buf = model_buf(1);

	raw_task28(r, 0, 500, 1);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, ATA_SECTOR, ATA_SECTOR), IDLE);
	model_is(r, 0, 500, 1, buf);
	sim_expect_eq(raw_in(r, ATA_ERROR), 0xff);
	sim_expect(raw_in(r, ATA_LBA_LOW) != (500 & 0xff));
	sim_expect_eq(raw_in(r, ATA_DEVICE) & ATA_DEVICE_HEAD, ATA_DEVICE_HEAD);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0), IDLE);
	sim_expect_eq(raw_in(r, ATA_COUNT), 0xff);
	sim_expect_eq(raw_nondata(r, 0, ATA_OP_NOP, 0, 0), IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ABRT);
	raw_task28(r, 0, ide_sectors(r->dev, 0), 1);
	sim_expect(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, ATA_SECTOR, ATA_SECTOR) &
		   ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_IDNF);
	sim_expect_eq(raw_in(r, ATA_LBA_HIGH), ide_sectors(r->dev, 0) >> 16);
	model_down(r);
}

/* Reads two sectors by PIO; Alternate Status after each, 20 us and 2 ms later. */
static void two_sectors(u32 pace, u32 cycle, const u8 *want)
{
	struct ide_raw *r = up(ONE, 0, IDE_T_PACE, pace);
	u8 *buf = model_buf(2);

	ide_trait_set(r->dev, 0, IDE_T_CYCLE, cycle);
	raw_task28(r, 0, 500, 2);
	raw_command(r, ATA_OP_READ_SECTORS);
	for (u32 i = 0; i < 2; i++) {
		sim_expect_eq(raw_wait(r), IDLE | ATA_STATUS_DRQ);
		(void)raw_in(r, ATA_STATUS);
		raw_data_in(r, buf + i * ATA_SECTOR, ATA_SECTOR);
		sim_expect_eq(raw_alt(r), want[3 * i]);
		trv_delay_us(20);
		sim_expect_eq(raw_alt(r), want[3 * i + 1]);
		trv_sleep_us(2000);
		sim_expect_eq(raw_alt(r), want[3 * i + 2]);
	}
	model_is(r, 0, 500, 2, buf);
	model_down(r);
}

SIM_SCENARIO(t_pace, "ide_model/trait-pace",
	     "the next block of PIO is there soon, at once or late, and BSY may follow the last; "
	     "Status may be a PIO cycle behind")
{
	enum { DATA = IDLE | ATA_STATUS_DRQ, BUSY = ATA_STATUS_BSY };
	static const u8 usual[] = { BUSY, DATA, DATA, IDLE, IDLE, IDLE };
	static const u8 quick[] = { DATA, DATA, DATA, IDLE, IDLE, IDLE };
	static const u8 slow[] = { BUSY, BUSY, DATA, BUSY, BUSY, IDLE };
	static const u8 behind[] = { DATA, BUSY, DATA, DATA, BUSY, IDLE };

	two_sectors(0, 0, usual);
	two_sectors(1, 0, quick);
	two_sectors(2, 0, slow);
	two_sectors(2, 1, behind);
}

static u16 word(const u8 *id, u32 n)
{
	return trv_get_le16(id + 2 * n);
}

static u8 *identify(struct ide_raw *r)
{
	u8 *id = model_buf(1);

	raw_select(r, 0);
	sim_expect_eq(raw_pio_read(r, ATA_OP_IDENTIFY, id, ATA_ID_BYTES, ATA_ID_BYTES), IDLE);
	return id;
}

SIM_SCENARIO(t_slow, "ide_model/trait-slow",
	     "the medium may have to turn up, after STANDBY too; a flush may take long")
{
	for (u32 i = 1; i <= 2; i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_SLOW, i);
		const u64 first = i == 1 ? 12 : 0, flush = i == 2 ? 20 : 0;
		const struct {
			u8 op;
			u64 s;
		} steps[] = {
			{ ATA_OP_READ_VERIFY, first }, { ATA_OP_READ_VERIFY, 0 },
			{ ATA_OP_FLUSH, flush },       { ATA_OP_STANDBY_IMMEDIATE, flush },
			{ ATA_OP_CHECK_POWER, 0 },     { ATA_OP_READ_VERIFY, first },
		};

		for (u32 k = 0; k < TRV_ARRAY_SIZE(steps); k++) {
			u64 begin = sim_now();

			raw_task28(r, 0, 500, 1);
			raw_command(r, steps[k].op);
			sim_expect_eq(raw_wait(r), IDLE);
			(void)raw_in(r, ATA_STATUS);
			sim_expect_eq((sim_now() - begin) / 1000000000, steps[k].s);
		}
		model_down(r);
	}
}

SIM_SCENARIO(t_sectors, "ide_model/long-sectors",
	     "a drive with sectors of 4096 bytes: words 106 and 117, addresses, PIO and DMA")
{
	struct ide_raw *r = model_up(ONE);
	u8 *buf = model_buf(32), *id;

	ide_caps(r->dev, 0)->sector_shift = 3;
	id = identify(r);
	sim_expect_eq(word(id, ATA_ID_SECTOR_SIZE), ATA_ID_SIGNATURE | ATA_ID_SECTOR_LOGICAL_BIG);
	sim_expect_eq(word(id, ATA_ID_LOGICAL_WORDS), 2048);
	sim_expect_eq(word(id, ATA_ID_LBA28), ide_sectors(r->dev, 0) / 8);
	raw_task28(r, 0, 100, 2);
	sim_expect_eq(raw_pio_read(r, ATA_OP_READ_SECTORS, buf, 2 * 4096, 4096), IDLE);
	model_is(r, 0, 800, 16, buf);
	ide_pattern(3, 0, 16, buf);
	raw_task28(r, 0, 200, 2);
	sim_expect_eq(raw_pio_write(r, ATA_OP_WRITE_SECTORS, buf, 2 * 4096, 4096), IDLE);
	model_is(r, 0, 1600, 16, buf);
	raw_dma_prepare(r, 4 * 4096, true);
	raw_task28(r, 0, 300, 4);
	sim_expect_eq(raw_dma(r, ATA_OP_READ_DMA, 4 * 4096, true), IDLE);
	raw_buf_get(r, buf, 0, 4 * 4096);
	model_is(r, 0, 2400, 32, buf);
	raw_task28(r, 0, ide_sectors(r->dev, 0) / 8, 1);
	raw_command(r, ATA_OP_READ_SECTORS);
	sim_expect(raw_wait(r) & ATA_STATUS_ERR);
	model_down(r);
}

SIM_SCENARIO(t_store, "ide_model/trait-store",
	     "a DMA write: the bus master is through, the drive stores, then it interrupts")
{
	struct ide_raw *r = up(ONE, 0, IDE_T_STORE, 1);
	u8 *buf = model_buf(8);
	u8 bm;

	ide_pattern(9, 500, 8, buf);
	raw_buf_put(r, buf, 0, 8 * ATA_SECTOR);
	raw_dma_prepare(r, 8 * ATA_SECTOR, false);
	raw_task28(r, 0, 500, 8);
	raw_command(r, ATA_OP_WRITE_DMA);
	raw_dma_start(r, false);
	for (u32 i = 0; i < 1000 && raw_bm(r, BM_STATUS) & BM_STATUS_ACTIVE; i++)
		trv_delay_us(1);
	bm = raw_bm(r, BM_STATUS);
	sim_expect_eq(bm & (BM_STATUS_ACTIVE | BM_STATUS_INTR | BM_STATUS_ERROR), 0);
	sim_expect_eq(raw_alt(r), ATA_STATUS_BSY);
	sim_expect(raw_dma_wait(r, 1000) & BM_STATUS_INTR);
	raw_dma_stop(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	model_is(r, 0, 500, 8, buf);
	model_down(r);
}

SIM_SCENARIO(t_identify, "ide_model/trait-identify",
	     "IDENTIFY: whatever stands in the words that say nothing, the others say the same")
{
	static const u8 same[] = { ATA_ID_CAPS,	 ATA_ID_LBA28, ATA_ID_CMDS2,   ATA_ID_UDMA,
				   ATA_ID_LBA48, ATA_ID_DSM,   ATA_ID_MULTIPLE };

	for (u32 i = 0; i < 4; i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_IDENTIFY, i);
		u8 *id = identify(r), *usual;
		u8 sum = 0;

		for (u32 k = 0; k < ATA_ID_BYTES; k++)
			sum += id[k];
		sim_expect_eq(id[510], i == 3 ? 0 : ATA_ID_INTEGRITY_MAGIC);
		sim_expect(i == 3 || !sum);
		sim_expect_eq(word(id, 130), i == 1 ? 0x3b5f : 0);
		sim_expect_eq(word(id, ATA_ID_MAJOR) == 0xffff, i == 2);
		sim_expect_eq(word(id, ATA_ID_SERIAL) == 0x2020, i == 3);
		ide_trait_set(r->dev, 0, IDE_T_IDENTIFY, 0);
		usual = identify(r);
		for (u32 k = 0; k < TRV_ARRAY_SIZE(same); k++)
			sim_expect_eq(word(id, same[k]), word(usual, same[k]));
		model_down(r);
	}
}

SIM_SCENARIO(t_unsaid, "ide_model/trait-identify-less",
	     "a drive with nothing to notify says so by ffffh in words 82 and 83")
{
	struct ide_raw *r = up(ONE, 0, IDE_T_IDENTIFY, 2);
	struct ide_caps *c = ide_caps(r->dev, 0);
	u8 *id;

	c->lba48 = c->flush = c->fua = c->trim = c->write_cache = false;
	id = identify(r);
	sim_expect_eq(word(id, ATA_ID_CMDS1), 0xffff);
	sim_expect_eq(word(id, ATA_ID_CMDS2), 0xffff);
	sim_expect_eq(word(id, ATA_ID_ENABLED1), 0);
	sim_expect_eq(word(id, ATA_ID_LBA48 + 3), 0xffff);
	model_down(r);
}

SIM_SCENARIO(
	t_trim, "ide_model/trait-trim",
	"a drive takes as many blocks of ranges as word 105 says, and one where it says nothing")
{
	static const u8 said[] = { 8, 0, 1, 2 }, most[] = { 8, 1, 1, 2 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(said); i++) {
		struct ide_raw *r = up(ONE, 0, IDE_T_TRIM, i);

		sim_expect_eq(word(identify(r), ATA_ID_DSM_BLOCKS), said[i]);
		for (u32 n = most[i]; n <= most[i] + 1u; n++) {
			u8 *zeros = model_buf(n), status;

			raw_buf_put(r, zeros, 0, n * ATA_SECTOR);
			raw_task48(r, 0, 0, n);
			raw_out(r, ATA_FEATURES, 0);
			raw_out(r, ATA_FEATURES, ATA_DSM_TRIM);
			status = raw_dma(r, ATA_OP_DATA_SET_MANAGEMENT, n * ATA_SECTOR, false);
			sim_expect_eq(status & ATA_STATUS_ERR, n > most[i]);
		}
		model_down(r);
	}
}

SIM_SCENARIO(t_master, "ide_model/trait-master",
	     "the bus master's two bits for software are clear or set; a pointer may move")
{
	const u8 bits = BM_STATUS_DMA0 | BM_STATUS_DMA1;
	struct ide_raw *r = up(ONE, 0, IDE_T_MASTER, 1);
	u8 *buf = model_buf(8);

	sim_expect_eq(raw_bm(r, BM_STATUS) & bits, 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_DMA0);
	sim_expect_eq(raw_bm(r, BM_STATUS) & bits, BM_STATUS_DMA0);
	sim_expect_eq(ide_trait_answers(r->dev, 0, IDE_T_MASTER), 3);
	model_down(r);

	r = up(ONE, 0, IDE_T_MASTER, 2);
	sim_expect_eq(raw_bm(r, BM_STATUS) & bits, bits);
	model_down(r);

	/* The second transfer would go on behind the first one's table. */
	r = up("pci-ide,mode=native,disk0=mem:1M", 0, IDE_T_MASTER, 3);
	for (u32 i = 0; i < 2; i++) {
		raw_dma_prepare(r, 8 * ATA_SECTOR, true);
		raw_task28(r, 0, 500, 8);
		sim_expect_eq(raw_dma(r, ATA_OP_READ_DMA, 8 * ATA_SECTOR, true), IDLE);
		raw_buf_get(r, buf, 0, 8 * ATA_SECTOR);
		model_is(r, 0, 500, 8, buf);
	}
	model_down(r);
}

/* ---- CD drives -------------------------------------------------------------- */

static struct ide_raw *cd_up(enum ide_trait trait, u32 answer)
{
	static const u8 ready[ATAPI_PACKET_BYTES] = { PACKET_TEST_UNIT_READY };
	struct ide_raw *r = up(DISK_AND_CD, 1, trait, answer);
	u32 got;

	raw_packet_in(r, 1, ready, 0, NULL, 0, &got); /* power on */
	return r;
}

static u32 sense(struct ide_raw *r, u8 *s, u32 *bytes)
{
	static const u8 cdb[ATAPI_PACKET_BYTES] = {
		[0] = PACKET_REQUEST_SENSE, [PACKET_LENGTH_6] = SENSE_BYTES
	};

	memset(s, 0, SENSE_BYTES);
	raw_packet_in(r, 1, cdb, 64, s, SENSE_BYTES, bytes);
	return (s[SENSE_KEY] & 0x0f) << 16 | s[SENSE_ASC] << 8 | s[SENSE_ASCQ];
}

SIM_SCENARIO(t_cd_drq, "ide_model/trait-packet-drq",
	     "a CD drive asks for its packet as IDENTIFY PACKET DEVICE says")
{
	static const u16 bits[] = { ATAPI_ID_DRQ_3MS, ATAPI_ID_DRQ_INTR, ATAPI_ID_DRQ_50US };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(bits); i++) {
		struct ide_raw *r = cd_up(IDE_T_DRQ, i);
		u8 *id = model_buf(1);
		u64 irqs;

		raw_select(r, 1);
		raw_pio_read(r, ATA_OP_IDENTIFY_PACKET, id, ATA_ID_BYTES, ATA_ID_BYTES);
		sim_expect_eq(word(id, ATA_ID_CONFIG) & ATAPI_ID_DRQ_MASK, bits[i]);
		irqs = ide_stats(r->dev, 1)->irqs;
		raw_packet_begin(r, 1, 0, 0);
		sim_expect_eq(ide_stats(r->dev, 1)->irqs - irqs, i == 1);
		model_down(r);
	}
}

SIM_SCENARIO(t_cd_block, "ide_model/trait-packet-block",
	     "blocks of data by PIO end where the drive likes")
{
	static const u32 first[] = { 3 * CD_BLOCK, CD_BLOCK, 1030 };
	static const u8 cdb[ATAPI_PACKET_BYTES] = { [0] = PACKET_READ_10, [8] = 3 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(first); i++) {
		struct ide_raw *r = cd_up(IDE_T_BLOCK, i);
		u8 *buf = model_buf(12);
		u32 count, got;

		raw_packet_begin(r, 1, 0, 4 * CD_BLOCK);
		raw_packet_send(r, cdb);
		raw_wait(r);
		count = raw_in(r, ATA_LBA_MID);
		count |= raw_in(r, ATA_LBA_HIGH) << 8;
		sim_expect_eq(count, first[i]);
		raw_reset(r);
		raw_packet_in(r, 1, cdb, 4 * CD_BLOCK, buf, 3 * CD_BLOCK, &got);
		sim_expect_eq(got, 3 * CD_BLOCK);
		model_is(r, 1, 0, 12, buf);
		model_down(r);
	}
}

SIM_SCENARIO(t_cd_reply, "ide_model/trait-packet-reply",
	     "sense data end soon after the qualifier, or junk stands where nothing is said")
{
	static const u8 bad[ATAPI_PACKET_BYTES] = { 0xfe };
	static const u32 bytes[] = { SENSE_BYTES, SENSE_ASCQ + 2, SENSE_BYTES };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(bytes); i++) {
		struct ide_raw *r = cd_up(IDE_T_REPLY, i);
		u8 s[SENSE_BYTES];
		u32 got;

		raw_packet_in(r, 1, bad, 0, NULL, 0, &got);
		sim_expect_eq(sense(r, s, &got), SENSE_INVALID_COMMAND);
		sim_expect_eq(got, bytes[i]);
		sim_expect_eq(s[0], SENSE_FIXED);
		sim_expect_eq(s[7], bytes[i] - 8);
		sim_expect_eq(s[SENSE_INFORMATION], i == 2 ? 0xff : 0);
		model_down(r);
	}
}

SIM_SCENARIO(t_cd_attention, "ide_model/trait-packet-attention",
	     "what SRST made a CD drive forget it tells: nothing, that it was, or what as well")
{
	static const u32 told[][3] = {
		{ SENSE_GOOD, SENSE_GOOD, SENSE_GOOD },
		{ SENSE_POWER_ON, SENSE_GOOD, SENSE_GOOD },
		{ SENSE_POWER_ON, SENSE_PARAMETERS_CHANGED, SENSE_GOOD },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(told); i++) {
		struct ide_raw *r = cd_up(IDE_T_ATTENTION, i);
		u8 s[SENSE_BYTES];
		u32 got;

		sense(r, s, &got); /* of power on */
		raw_reset(r);
		for (u32 k = 0; k < TRV_ARRAY_SIZE(told[i]); k++)
			sim_expect_eq(sense(r, s, &got), told[i][k]);
		model_down(r);
	}
}

SIM_SCENARIO(t_cd_disc, "ide_model/trait-packet-disc",
	     "another disc: told, and what else it changed after that, or before")
{
	static const u32 told[][3] = {
		{ SENSE_MEDIUM_CHANGED, SENSE_GOOD, SENSE_GOOD },
		{ SENSE_MEDIUM_CHANGED, SENSE_PARAMETERS_CHANGED, SENSE_GOOD },
		{ SENSE_PARAMETERS_CHANGED, SENSE_MEDIUM_CHANGED, SENSE_GOOD },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(told); i++) {
		struct ide_raw *r = cd_up(IDE_T_DISC, i);
		u8 s[SENSE_BYTES];
		u32 got;

		sense(r, s, &got); /* of power on */
		ide_cd_insert(r->dev, 1, 99, 5);
		sim_expect(ide_cd_is_news(r->dev, 1));
		for (u32 k = 0; k < TRV_ARRAY_SIZE(told[i]); k++)
			sim_expect_eq(sense(r, s, &got), told[i][k]);
		sim_expect(!ide_cd_is_news(r->dev, 1));
		sim_expect_eq(ide_cd_seed(r->dev, 1), 5);
		model_down(r);
	}
}

SIM_SCENARIO(t_cd_not_ready, "ide_model/trait-packet-not-ready",
	     "a disc that spins up: becoming ready, or not ready without a reason")
{
	static const u8 ready[ATAPI_PACKET_BYTES] = { PACKET_TEST_UNIT_READY };
	static const u32 why[] = { SENSE_BECOMING_READY, SENSE_NOT_READY_YET };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(why); i++) {
		struct ide_raw *r = cd_up(IDE_T_NOT_READY, i);
		u8 s[SENSE_BYTES];
		u32 got;

		ide_cd_spin_up(r->dev, 1, 1000000000);
		raw_packet_in(r, 1, ready, 0, NULL, 0, &got);
		sim_expect_eq(sense(r, s, &got), why[i]);
		model_down(r);
	}
}
