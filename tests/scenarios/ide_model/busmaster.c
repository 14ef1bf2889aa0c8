// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The bus master engine: SFF-8038i's status table, and data both ways. */
#include "model.h"

enum { END = BM_STATUS_ACTIVE | BM_STATUS_INTR | BM_STATUS_ERROR };

/* A DMA command of @n sectors at @lba; the regions are there; not yet stopped. */
static u8 go(struct ide_raw *r, u8 op, u32 lba, u8 n, bool to_memory)
{
	raw_task28(r, 0, lba, n);
	raw_prdt(r, r->table.iova + r->table_at);
	raw_bm_out(r, BM_COMMAND, to_memory ? BM_COMMAND_TO_MEMORY : 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
	raw_command(r, op);
	raw_dma_start(r, to_memory);
	return raw_dma_wait(r, 100000) & END;
}

SIM_SCENARIO(m_dma_read, "ide_model/dma-read",
	     "READ DMA: regions as long as the command: INTR, not ACTIVE")
{
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(8);

	raw_prd(r, 0, raw_addr(r) + 6, 2);
	raw_prd(r, 1, raw_addr(r) + 512, 4094 | PRD_EOT);
	sim_expect_eq(go(r, ATA_OP_READ_DMA, 40, 8, true), BM_STATUS_INTR);
	raw_dma_stop(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	sim_expect_eq(ide_stats(r->dev, 0)->read, 8);
	raw_buf_get(r, got, 6, 2);
	raw_buf_get(r, got + 2, 512, 4094);
	model_is(r, 0, 40, 8, got);
	model_down(r);
}

SIM_SCENARIO(m_dma_write, "ide_model/dma-write", "WRITE DMA EXT from three regions")
{
	struct ide_raw *r = model_up(ONE);
	u8 *data = model_buf(4);

	ide_pattern(8, 90, 4, data);
	raw_buf_put(r, data, 100, 2048);
	raw_prd(r, 0, raw_addr(r) + 100, 1000);
	raw_prd(r, 1, raw_addr(r) + 1100, 1046);
	raw_prd(r, 2, raw_addr(r) + 2146, 2 | PRD_EOT);
	raw_select(r, 0);
	sim_expect_eq(go(r, ATA_OP_WRITE_DMA, 90, 4, false), BM_STATUS_INTR);
	raw_dma_stop(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	model_is(r, 0, 90, 4, data);
	model_down(r);
}

SIM_SCENARIO(m_dma_64k, "ide_model/dma-64k", "a byte count of 0 is 64 KiB")
{
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(128);

	raw_prd(r, 0, raw_addr(r), 0 | PRD_EOT);
	sim_expect_eq(go(r, ATA_OP_READ_DMA, 1000, 128, true), BM_STATUS_INTR);
	raw_dma_stop(r);
	raw_in(r, ATA_STATUS);
	raw_buf_get(r, got, 0, PRD_MAX);
	model_is(r, 0, 1000, 128, got);
	model_down(r);
}

SIM_SCENARIO(m_dma_long, "ide_model/dma-long",
	     "regions longer than the command: INTR and still ACTIVE")
{
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(4);

	raw_prd(r, 0, raw_addr(r), 4096 | PRD_EOT);
	sim_expect_eq(go(r, ATA_OP_READ_DMA, 40, 4, true), BM_STATUS_INTR | BM_STATUS_ACTIVE);
	raw_dma_stop(r);
	sim_expect_eq(raw_bm(r, BM_STATUS) & BM_STATUS_ACTIVE, 0);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
	raw_buf_get(r, got, 0, 2048);
	model_is(r, 0, 40, 4, got);
	model_down(r);
}

SIM_SCENARIO(m_dma_short, "ide_model/dma-short",
	     "regions shorter than the command: neither INTR nor ACTIVE, the drive waits for ever")
{
	struct ide_raw *r = model_up(ONE);

	raw_prd(r, 0, raw_addr(r), 1024 | PRD_EOT);
	sim_expect_eq(go(r, ATA_OP_READ_DMA, 40, 4, true), 0);
	sim_expect(raw_alt(r) & (ATA_STATUS_DRQ | ATA_STATUS_BSY));
	raw_dma_stop(r);
	trv_sleep_us(1000000);
	sim_expect(raw_alt(r) & (ATA_STATUS_DRQ | ATA_STATUS_BSY));
	sim_expect_eq(raw_reset(r), IDLE);
	model_down(r);
}

SIM_SCENARIO(m_dma_stop, "ide_model/dma-stop",
	     "stopped in mid-transfer: no data, no interrupt, no going on")
{
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(1), *zero = model_buf(1);

	raw_task28(r, 0, 0, 128);
	raw_dma_prepare(r, 128 * ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	trv_sleep_us(200);
	sim_expect_eq(raw_bm(r, BM_STATUS) & END, BM_STATUS_ACTIVE);
	raw_dma_stop(r);
	sim_expect_eq(raw_bm(r, BM_STATUS) & END, 0);
	trv_sleep_us(1000000);
	sim_expect_eq(raw_bm(r, BM_STATUS) & END, 0);
	sim_expect_eq(raw_reset(r), IDLE);
	raw_buf_get(r, got, 0, ATA_SECTOR);
	sim_expect(!memcmp(got, zero, ATA_SECTOR));
	model_down(r);
}

SIM_SCENARIO(m_dma_error, "ide_model/dma-error",
	     "a media error: INTR and ACTIVE, ERR in the drive, the data before it moved")
{
	const struct ide_fault f = { .kind = IDE_F_UNC, .first = 45, .last = 45 };
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(5);

	ide_fault_add(r->dev, &f);
	raw_prd(r, 0, raw_addr(r), 4096 | PRD_EOT);
	sim_expect_eq(go(r, ATA_OP_READ_DMA, 40, 8, true), BM_STATUS_INTR | BM_STATUS_ACTIVE);
	raw_dma_stop(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_UNC);
	sim_expect_eq(raw_in(r, ATA_LBA_LOW), 45);
	raw_buf_get(r, got, 0, 5 * ATA_SECTOR);
	model_is(r, 0, 40, 5, got);
	model_down(r);
}

SIM_SCENARIO(m_dma_crc, "ide_model/dma-crc", "a CRC error: ICRC and ABRT after the data")
{
	const struct ide_fault f = { .kind = IDE_F_ICRC };
	struct ide_raw *r = model_up(ONE);

	ide_fault_add(r->dev, &f);
	raw_task28(r, 0, 40, 8);
	sim_expect_eq(raw_dma(r, ATA_OP_READ_DMA, 4096, true), IDLE | ATA_STATUS_ERR);
	sim_expect_eq(raw_in(r, ATA_ERROR), ATA_ERROR_ICRC | ATA_ERROR_ABRT);
	model_down(r);
}

SIM_SCENARIO(m_dma_unset, "ide_model/dma-mode-unset",
	     "after power-on no DMA mode is set and DMA commands are aborted")
{
	struct ide_raw *r = model_up(ONE);
	u8 status;

	ide_power_cut(r->dev);
	raw_wait(r);
	(void)!trv_poll_timeout(raw_alt(r), status, status & ATA_STATUS_DRDY, 1000, 1000000);
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_DMA);
	raw_wait(r);
	sim_expect_eq(raw_in(r, ATA_STATUS), IDLE | ATA_STATUS_ERR);
	model_down(r);
}

SIM_SCENARIO(m_dma_late_table, "ide_model/dma-table-late",
	     "the first descriptor is fetched at the start: a table changed afterwards is too late")
{
	struct ide_raw *r = model_up(ONE);
	u8 *got = model_buf(1);

	raw_task28(r, 0, 77, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_prd(r, 0, raw_addr(r) + 4096, 512 | PRD_EOT);
	raw_dma_wait(r, 100000);
	raw_dma_stop(r);
	raw_in(r, ATA_STATUS);
	raw_buf_get(r, got, 0, ATA_SECTOR);
	model_is(r, 0, 77, 1, got);
	model_down(r);
}

SIM_SCENARIO(m_bm_bits, "ide_model/bm-status",
	     "INTR and ERROR are cleared by ones, ACTIVE is not written, DMA bits are software's")
{
	struct ide_raw *r = model_up(ONE);

	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_DMA0);
	sim_expect_eq(raw_bm(r, BM_STATUS), BM_STATUS_DMA0 | BM_STATUS_INTR);
	raw_bm_out(r, BM_STATUS, BM_STATUS_DMA1 | BM_STATUS_INTR | BM_STATUS_ACTIVE);
	sim_expect_eq(raw_bm(r, BM_STATUS), BM_STATUS_DMA1);
	model_down(r);
}

SIM_TRIPS(
	m_left, "ide_model/left-dma",
	"a transfer that somebody left goes on, into what is there now, once the bus is free for it",
	DMA_STALE)
{
	struct trv_dev *dev = sim_plug(ONE);

	sim_expect(dev);
	ide_left_dma(dev, 1);
	sim_bind_to(dev, &ide_raw_driver); /* it lets the function be bus master, and that is all */
}

SIM_SCENARIO(m_trim, "ide_model/trim",
	     "DATA SET MANAGEMENT: each range, empty entries ignored, nothing when one is bad")
{
	struct ide_raw *r = model_up(ONE);
	u8 *ranges = model_buf(1), *data = model_buf(30), *fresh = model_buf(30),
	   *got = model_buf(30);

	ide_pattern(6, 100, 30, data);
	ide_medium_read(r->dev, 0, 100, 30, fresh);
	ide_medium_write(r->dev, 0, 100, 30, data);
	/* One that reaches past the end spoils all. */
	trv_put_le64(100 | 5ULL << 48, ranges);
	trv_put_le64(32760 | 9ULL << 48, ranges + 8);
	for (u32 turn = 0; turn < 2; turn++) {
		raw_buf_put(r, ranges, 0, ATA_SECTOR);
		raw_task48(r, 0, 0, 1);
		raw_out(r, ATA_FEATURES, 0);
		raw_out(r, ATA_FEATURES, ATA_DSM_TRIM);
		sim_expect_eq(raw_dma(r, ATA_OP_DATA_SET_MANAGEMENT, ATA_SECTOR, false),
			      turn ? IDLE : IDLE | ATA_STATUS_ERR);
		sim_expect_eq(ide_stats(r->dev, 0)->trimmed, turn ? 12 : 0);
		/* 100..104 and, two entries on, 110..116 */
		trv_put_le64(ATA_LBA48_SECTORS - 1, ranges + 8); /* of no length: never looked at */
		trv_put_le64(110 | 7ULL << 48, ranges + 24);
	}
	memcpy(data, fresh, 5 * ATA_SECTOR);
	memcpy(data + 10 * ATA_SECTOR, fresh + 10 * ATA_SECTOR, 7 * ATA_SECTOR);
	ide_medium_read(r->dev, 0, 100, 30, got);
	sim_expect(!memcmp(got, data, 30 * ATA_SECTOR));
	model_down(r);
}

SIM_SCENARIO(m_unplug, "ide_model/unplug",
	     "pulled out in mid-transfer: ones, no DMA, no interrupt, nothing pending")
{
	struct ide_raw *r = model_up(ONE);

	sim_expect(raw_irq(r));
	raw_task28(r, 0, 0, 128);
	raw_dma_prepare(r, 128 * ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	sim_unplug(r->dev);
	trv_sleep_us(1000000);
	sim_expect_eq(raw_alt(r), 0xff);
	sim_expect_eq(r->irqs[0], 0);
	model_down(r);
}

SIM_SCENARIO(m_two_channels, "ide_model/two-channels",
	     "both engines at once, each with its own drive")
{
	struct ide_raw *r = model_up("piix4-ide,disk0=mem:1M,disk2=mem:1M");
	u8 *got = model_buf(8);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		u32 at = r->ch * 8192;

		raw_task28(r, 0, 40 + 10 * r->ch, 8);
		r->table_at = r->ch * 4096;
		raw_prd(r, 0, raw_addr(r) + at, 4096 | PRD_EOT);
		raw_prdt(r, r->table.iova + r->table_at);
		raw_bm_out(r, BM_COMMAND, BM_COMMAND_TO_MEMORY);
		raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
		raw_command(r, ATA_OP_READ_DMA);
		raw_dma_start(r, true);
	}
	for (r->ch = 0; r->ch < 2; r->ch++) {
		sim_expect_eq(raw_dma_wait(r, 100000) & END, BM_STATUS_INTR);
		raw_dma_stop(r);
		sim_expect_eq(raw_in(r, ATA_STATUS), IDLE);
		raw_buf_get(r, got, r->ch * 8192, 4096);
		model_is(r, 2 * r->ch, 40 + 10 * r->ch, 8, got);
	}
	model_down(r);
}
