// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Data by DMA: tables, the bus master's bits, and its interrupt (SFF-8038i). */
#include "drives.h"
#include "raw.h"

static void address(struct ide_raw *r, u32 drive, u64 lba, u32 n, bool ext)
{
	if (ext)
		raw_task48(r, drive, lba, (u16)n);
	else
		raw_task28(r, drive, (u32)lba, (u8)n);
}

static void dma_read(struct ide_raw *r, u32 drive, u64 lba, u32 n, bool ext)
{
	raw_pattern(r, (n + 1) * ATA_SECTOR, 200);
	address(r, drive, lba, n, ext);
	raw_dma(r, ext ? ATA_OP_READ_DMA_EXT : ATA_OP_READ_DMA, n * ATA_SECTOR, true);
	raw_in(r, ATA_ERROR);
	raw_show(r, (n + 1) * ATA_SECTOR);
}

static void dma_write(struct ide_raw *r, u32 drive, u64 lba, u32 n, bool ext)
{
	raw_pattern(r, n * ATA_SECTOR, 90);
	address(r, drive, lba, n, ext);
	raw_dma(r, ext ? ATA_OP_WRITE_DMA_EXT : ATA_OP_WRITE_DMA, n * ATA_SECTOR, false);
	raw_in(r, ATA_ERROR);
}

HIST(dma_multiword, "ide/dma/multiword", "READ and WRITE DMA, multiword, both channels and drives",
     .model = "piix3-ide", .drive = { DISK, DISK, DISK, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		for (u32 drive = 0; drive < 2; drive++) {
			dma_read(r, drive, 10 + drive, 3, false);
			dma_write(r, drive, 70, 2, false);
		}
	}
	raw_end(r);
}

HIST(dma_ultra, "ide/dma/ultra", "the same by Ultra DMA 2, 48 bits", .model = "piix4-ide",
     .drive = { DISK, DISK, DISK, DISK })
{
	struct ide_raw *r = raw_begin(dev);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		for (u32 drive = 0; drive < 2; drive++) {
			dma_read(r, drive, 20, 8, true);
			dma_write(r, drive, 90 + drive, 5, true);
		}
	}
	raw_end(r);
}

HIST(dma_modes, "ide/dma/modes", "a read in each of the modes of the controller",
     .model = "piix4-ide", .drive = { [2] = DISK, [3] = DISK })
{
	static const u8 mode[] = { ATA_XFER_MWDMA, ATA_XFER_MWDMA | 1, ATA_XFER_MWDMA | 2,
				   ATA_XFER_UDMA,  ATA_XFER_UDMA | 1,  ATA_XFER_UDMA | 2 };
	struct ide_raw *r = raw_begin(dev);

	r->ch = 1;
	for (u32 i = 0; i < TRV_ARRAY_SIZE(mode); i++) {
		raw_mode(r, i & 1, mode[i]);
		dma_read(r, i & 1, i, 1, false);
	}
	raw_end(r);
}

HIST(dma_far, "ide/dma/far", "beyond 2^28 and 2^32 sectors", .model = "piix4-ide",
     .drive = { FAR_DISK }, .far = (1ULL << 32) - 4)
{
	struct ide_raw *r = raw_begin(dev);

	dma_read(r, 0, (1ULL << 32) - 4, 8, true);
	dma_write(r, 0, (1ULL << 32) + 100, 2, true);
	dma_write(r, 0, 1ULL << 28, 1, true);
	dma_read(r, 0, (1ULL << 32) + 99, 4, true);
	raw_end(r);
}

/* A table of these lengths, the regions one after the other in the buffer. */
static void table(struct ide_raw *r, const u32 *len, u32 n, bool to_memory)
{
	u32 at = 0;

	for (u32 i = 0; i < n; i++) {
		raw_prd(r, i, raw_addr(r) + at,
			(len[i] & PRD_COUNT_MASK) | (i + 1 == n ? PRD_EOT : 0));
		at += len[i];
	}
	raw_prdt(r, (u32)r->table.iova + r->table_at);
	raw_bm_out(r, BM_COMMAND, to_memory ? BM_COMMAND_TO_MEMORY : 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
}

static void run_table(struct ide_raw *r, u8 op, bool to_memory, u32 us)
{
	raw_command(r, op);
	raw_dma_start(r, to_memory);
	raw_dma_wait(r, us);
	raw_alt(r);
	raw_dma_stop(r);
	raw_bm(r, BM_STATUS);
	raw_in(r, ATA_STATUS);
	raw_bm(r, BM_STATUS);
}

HIST(dma_regions, "ide/dma/regions", "a table of many regions, of odd places in a sector",
     .model = "piix4-ide", .drive = { DISK })
{
	static const u32 len[] = { 2, 510, 514, 1022, 2048 };
	struct ide_raw *r = raw_begin(dev);

	raw_pattern(r, 9 * ATA_SECTOR, 33);
	table(r, len, TRV_ARRAY_SIZE(len), true);
	raw_task28(r, 0, 4, 8);
	run_table(r, ATA_OP_READ_DMA, true, 1000000);
	raw_show(r, 9 * ATA_SECTOR);
	raw_pattern(r, 8 * ATA_SECTOR, 34);
	table(r, len, TRV_ARRAY_SIZE(len), false);
	raw_task28(r, 0, 80, 8);
	run_table(r, ATA_OP_WRITE_DMA, false, 1000000);
	raw_end(r);
}

HIST(dma_64k, "ide/dma/64k", "a region of 64 KiB, whose count is written as 0",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u32 len[] = { PRD_MAX };
	struct ide_raw *r = raw_begin(dev);

	raw_pattern(r, PRD_MAX, 33);
	table(r, len, 1, true);
	raw_task28(r, 0, 0, 128);
	run_table(r, ATA_OP_READ_DMA, true, 1000000);
	raw_show(r, PRD_MAX);
	raw_end(r);
}

HIST(dma_long_table, "ide/dma/table-too-long", "more memory than the command has data",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u32 len[] = { 512, 1024, 512 };
	struct ide_raw *r = raw_begin(dev);

	raw_pattern(r, 5 * ATA_SECTOR, 40);
	table(r, len, TRV_ARRAY_SIZE(len), true);
	raw_task28(r, 0, 7, 2);
	run_table(r, ATA_OP_READ_DMA, true, 1000000);
	raw_show(r, 5 * ATA_SECTOR);
	raw_end(r);
}

HIST(dma_short_table, "ide/dma/table-too-short", "less memory than the command has data; a reset",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u32 len[] = { 512, 512 };
	struct ide_raw *r = raw_begin(dev);

	raw_pattern(r, 5 * ATA_SECTOR, 41);
	table(r, len, TRV_ARRAY_SIZE(len), true);
	raw_task28(r, 0, 7, 4);
	run_table(r, ATA_OP_READ_DMA, true, 20000);
	raw_reset(r);
	raw_show(r, 5 * ATA_SECTOR);
	raw_task28(r, 0, 7, 1);
	raw_pio_read(r, ATA_OP_READ_SECTORS, raw_data, ATA_SECTOR, ATA_SECTOR);
	raw_end(r);
}

HIST(bm_bits, "ide/dma/registers", "the bus master's registers: what can be written, and cleared",
     .model = "piix3-ide", .drive = { DISK })
{
	static const u8 vals[] = { 0x60, 0x20, 0x67, 0x40, 0x06, 0x00 };
	struct ide_raw *r = raw_begin(dev);

	for (r->ch = 0; r->ch < 2; r->ch++) {
		for (u32 i = 0; i < TRV_ARRAY_SIZE(vals); i++) {
			raw_bm_out(r, BM_STATUS, vals[i]);
			raw_bm(r, BM_STATUS);
		}
		raw_bm_out(r, BM_COMMAND, BM_COMMAND_TO_MEMORY);
		raw_bm(r, BM_COMMAND);
		raw_bm_out(r, BM_COMMAND, 0);
		raw_bm(r, BM_COMMAND);
		raw_prdt(r, 0x12345674);
		trv_read32(r->bm, r->ch * BM_STRIDE + BM_PRDT);
	}
	r->ch = 0;
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
	raw_bm(r, BM_STATUS);
	raw_bm_out(r, BM_STATUS, BM_STATUS_ERROR);
	raw_bm(r, BM_STATUS);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_DMA1);
	raw_bm(r, BM_STATUS);
	raw_end(r);
}

HIST(dma_irq, "ide/dma/interrupts", "one interrupt, at the end, and what the handler finds",
     .model = "piix4-ide", .drive = { DISK, [3] = DISK, [2] = DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	for (r->ch = 0; r->ch < 2; r->ch++) {
		raw_pattern(r, 4 * ATA_SECTOR, 2);
		raw_task28(r, r->ch, 8, 4);
		raw_dma_prepare(r, 4 * ATA_SECTOR, true);
		raw_command(r, ATA_OP_READ_DMA);
		raw_interrupted(r, 0);
		raw_dma_start(r, true);
		raw_interrupted(r, 1);
		raw_bm(r, BM_STATUS);
		raw_dma_stop(r);
		raw_in(r, ATA_STATUS);
		raw_show(r, 4 * ATA_SECTOR);
	}
	raw_end(r);
}

HIST(dma_beyond, "ide/dma/beyond-the-end", "READ DMA of what is not there, and its interrupt",
     .model = "piix3-ide", .drive = { DISK })
{
	struct ide_raw *r = raw_begin(dev);

	raw_irqs(r);
	raw_pattern(r, 2 * ATA_SECTOR, 2);
	raw_task28(r, 0, 8192, 2);
	raw_dma_prepare(r, 2 * ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_interrupted(r, 1);
	raw_dma_stop(r);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_ERROR);
	raw_show(r, 2 * ATA_SECTOR);
	raw_end(r);
}

/* ---- DATA SET MANAGEMENT -------------------------------------------------- */

/* Ranges are 48 bits of address and 16 of length; one of length 0 is none. */
static void trim(struct ide_raw *r, const u64 *range, u32 n)
{
	u8 list[ATA_SECTOR] = { 0 };

	for (u32 i = 0; i < n; i++)
		trv_put_le64(range[i], list + i * ATA_DSM_RANGE_BYTES);
	raw_buf_put(r, list, 0, sizeof(list));
	raw_task48(r, 0, 0, 1);
	raw_out(r, ATA_FEATURES, ATA_DSM_TRIM);
	raw_dma(r, ATA_OP_DATA_SET_MANAGEMENT, sizeof(list), false);
	raw_in(r, ATA_ERROR);
}

#define RANGE(lba, n) ((u64)(n) << ATA_DSM_RANGE_LEN_SHIFT | (lba))

HIST(trim_ranges, "ide/dma/trim", "TRIM of ranges, empty ones among them", .model = "piix4-ide",
     .drive = { DISK })
{
	static const u64 range[] = { RANGE(8, 8), RANGE(3, 0), RANGE(32, 16) };
	struct ide_raw *r = raw_begin(dev);

	trim(r, range, TRV_ARRAY_SIZE(range));
	dma_read(r, 0, 6, 4, true);
	dma_read(r, 0, 47, 2, true);
	raw_end(r);
}

HIST(trim_beyond, "ide/dma/trim-beyond", "TRIM beyond the end; DATA SET MANAGEMENT that is none",
     .model = "piix4-ide", .drive = { DISK })
{
	static const u64 range[] = { RANGE(8190, 8) };
	struct ide_raw *r = raw_begin(dev);

	trim(r, range, 1);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
	raw_task48(r, 0, 0, 1);
	raw_out(r, ATA_FEATURES, 0); /* both bytes of it: the other is TRIM's still */
	raw_out(r, ATA_FEATURES, 0);
	raw_command(r, ATA_OP_DATA_SET_MANAGEMENT);
	raw_wait(r);
	raw_in(r, ATA_STATUS);
	raw_in(r, ATA_ERROR);
	raw_end(r);
}
