// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "ide_rules.h"

static u8 sector[ATA_SECTOR];

/* ---- waiting -------------------------------------------------------------- */

void settle_command_trips(struct ide_raw *r)
{
	raw_select(r, 0);
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
	raw_in(r, ATA_STATUS);
}

/* A glance at Alternate Status is no offence at any time. */
void settle_command_clean(struct ide_raw *r)
{
	raw_select(r, 0);
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
	raw_alt(r);
	raw_wait_400ns();
	raw_in(r, ATA_STATUS);
	raw_wait(r);
}

void settle_select_trips(struct ide_raw *r)
{
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_in(r, ATA_STATUS);
}

void settle_select_clean(struct ide_raw *r)
{
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_wait_400ns();
	raw_in(r, ATA_STATUS);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV | ATA_DEVICE_LBA); /* no change of DEV, no wait */
	raw_in(r, ATA_STATUS);
}

/* ---- phases --------------------------------------------------------------- */

void busy_write_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_out(r, ATA_COUNT, 1);
}

void busy_write_clean(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_out(r, ATA_COMMAND, ATA_OP_DEVICE_RESET);
	raw_wait(r);
	raw_out(r, ATA_COUNT, 1);
}

void select_busy_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
}

void select_busy_clean(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_VERIFY);
	raw_wait(r);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
}

void select_check_trips(struct ide_raw *r)
{
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_wait_400ns();
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
}

void select_check_clean(struct ide_raw *r)
{
	raw_out(r, ATA_DEVICE, ATA_DEVICE_DEV);
	raw_wait_400ns();
	raw_alt(r);
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
}

void data_idle_trips(struct ide_raw *r)
{
	raw_select(r, 0);
	raw_data_in(r, sector, 2);
}

void data_idle_clean(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_pio_read(r, ATA_OP_READ_SECTORS, sector, sizeof(sector), sizeof(sector));
}

void data_long_trips(struct ide_raw *r)
{
	u8 more[ATA_SECTOR + 2];

	raw_task28(r, 0, 0, 1);
	raw_pio_read(r, ATA_OP_READ_SECTORS, more, sizeof(more), sizeof(more));
}

void data_long_clean(struct ide_raw *r)
{
	data_idle_clean(r);
}

void data_wrong_way_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_WRITE_SECTORS);
	raw_wait(r);
	raw_data_in(r, sector, 2);
}

void data_wrong_way_clean(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_WRITE_SECTORS);
	raw_wait(r);
	raw_data_out(r, sector, sizeof(sector));
	raw_wait(r);
}

void busy_device_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_SECTORS);
	raw_wait(r);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_LBA);
}

void busy_device_clean(struct ide_raw *r)
{
	data_idle_clean(r);
	raw_out(r, ATA_DEVICE, ATA_DEVICE_LBA);
}

void drdy_trips(struct ide_raw *r)
{
	rule_power_cycle(r);
	raw_wait(r);
	raw_select(r, 0);
	raw_out(r, ATA_COMMAND, ATA_OP_CHECK_POWER);
}

void drdy_clean(struct ide_raw *r)
{
	u8 status;

	rule_power_cycle(r);
	raw_wait(r);
	if (!trv_poll_timeout(raw_alt(r), status, status & ATA_STATUS_DRDY, 1000, 1000000))
		raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
}

/* ---- resets --------------------------------------------------------------- */

static void srst(struct ide_raw *r, u32 hold_us, u32 wait_us)
{
	raw_ctl(r, ATA_DEVCTL_SRST);
	trv_delay_us(hold_us);
	raw_ctl(r, 0);
	trv_sleep_us(wait_us);
	raw_in(r, ATA_STATUS);
}

void srst_hold_trips(struct ide_raw *r)
{
	srst(r, 1, 2000);
}

void srst_hold_clean(struct ide_raw *r)
{
	srst(r, 5, 2000);
}

void srst_wait_trips(struct ide_raw *r)
{
	srst(r, 5, 1000);
}

void srst_wait_clean(struct ide_raw *r)
{
	srst(r, 5, 2000);
	raw_wait(r);
}

void devctl_trips(struct ide_raw *r)
{
	raw_ctl(r, 0x08);
}

void devctl_clean(struct ide_raw *r)
{
	raw_ctl(r, ATA_DEVCTL_NIEN | ATA_DEVCTL_HOB);
	raw_ctl(r, 0);
}

/* A trim of no range: the last command that had a feature was SET FEATURES. */
static void trim_nothing(struct ide_raw *r, bool both)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_LOOK_AHEAD_ON, 0);
	raw_task48(r, 0, 0, 1);
	if (both)
		raw_out(r, ATA_FEATURES, 0);
	raw_out(r, ATA_FEATURES, ATA_DSM_TRIM);
	trv_memset(sector, 0, sizeof(sector));
	raw_buf_put(r, sector, 0, sizeof(sector));
	raw_dma(r, ATA_OP_DATA_SET_MANAGEMENT, sizeof(sector), false);
}

void reserved_trips(struct ide_raw *r)
{
	trim_nothing(r, false);
}

void reserved_clean(struct ide_raw *r)
{
	trim_nothing(r, true);
}

/* Sector 7, after one that 28 bits address with the help of Device. */
static void read_after(struct ide_raw *r, u8 device)
{
	raw_task48(r, 0, 7, 1);
	raw_out(r, ATA_DEVICE, device);
	raw_pio_read(r, ATA_OP_READ_SECTORS_EXT, sector, sizeof(sector), sizeof(sector));
}

void reserved_device_trips(struct ide_raw *r)
{
	read_after(r, ATA_DEVICE_LBA | 3);
}

void reserved_device_clean(struct ide_raw *r)
{
	read_after(r, ATA_DEVICE_LBA);
}

void cable_trips(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_UDMA | 5);
}

void cable_clean(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_UDMA | 2);
}

/* ---- bus master ----------------------------------------------------------- */

static void read_dma(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma(r, ATA_OP_READ_DMA, ATA_SECTOR, true);
}

void bm_early_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_dma_start(r, true);
}

void bm_early_clean(struct ide_raw *r)
{
	read_dma(r);
}

void bm_stale_trips(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0); /* its interrupt sets the bit */
	raw_task28(r, 0, 0, 1);
	raw_command(r, ATA_OP_READ_DMA);
}

void bm_stale_clean(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
	read_dma(r);
}

void bm_stop_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_dma_wait(r, 1000000);
	raw_in(r, ATA_STATUS);
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
}

void bm_stop_clean(struct ide_raw *r)
{
	read_dma(r);
	raw_nondata(r, 0, ATA_OP_CHECK_POWER, 0, 0);
}

void bm_dir_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma(r, ATA_OP_READ_DMA, ATA_SECTOR, false);
}

void bm_dir_clean(struct ide_raw *r)
{
	read_dma(r);
}

void bm_dir_run_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_bm_out(r, BM_COMMAND, BM_COMMAND_START);
}

void bm_dir_run_clean(struct ide_raw *r)
{
	read_dma(r);
	raw_bm_out(r, BM_COMMAND, 0);
}

void bm_ptr_run_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_prdt(r, 0);
}

void bm_ptr_run_clean(struct ide_raw *r)
{
	read_dma(r);
	raw_prdt(r, 0);
}

void bm_simplex_trips(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_dma_prepare(r, ATA_SECTOR, true);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	r->ch = 1;
	read_dma(r);
}

void bm_simplex_clean(struct ide_raw *r)
{
	read_dma(r);
	r->ch = 1;
	read_dma(r);
}

/* READ DMA of one sector with the table as the caller left it. */
static void read_with_table(struct ide_raw *r)
{
	raw_task28(r, 0, 0, 1);
	raw_prdt(r, r->table.iova + r->table_at);
	raw_bm_out(r, BM_COMMAND, BM_COMMAND_TO_MEMORY);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
	raw_command(r, ATA_OP_READ_DMA);
	raw_dma_start(r, true);
	raw_dma_wait(r, 1000000);
	raw_dma_stop(r);
	raw_in(r, ATA_STATUS);
}

void bm_table_trips(struct ide_raw *r)
{
	r->table_at = PRD_TABLE_MAX - PRD_BYTES;
	raw_prd(r, 0, raw_addr(r), 256);
	raw_prd(r, 1, raw_addr(r) + 256, 256 | PRD_EOT);
	read_with_table(r);
}

void bm_table_clean(struct ide_raw *r)
{
	r->table_at = PRD_TABLE_MAX - 2 * PRD_BYTES;
	raw_prd(r, 0, raw_addr(r), 256);
	raw_prd(r, 1, raw_addr(r) + 256, 256 | PRD_EOT);
	read_with_table(r);
}

void bm_align_trips(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r) + 1, 512 | PRD_EOT);
	read_with_table(r);
}

void bm_align_clean(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r) + 2, 512 | PRD_EOT);
	read_with_table(r);
}

void bm_align_count_trips(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r), 513 | PRD_EOT);
	read_with_table(r);
}

void bm_align_count_clean(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r), 510);
	raw_prd(r, 1, raw_addr(r) + 510, 2 | PRD_EOT);
	read_with_table(r);
}

/* The address of the 64 KiB boundary inside the buffer. */
static u32 boundary(struct ide_raw *r)
{
	return raw_addr(r) + PRD_BOUNDARY;
}

void bm_boundary_trips(struct ide_raw *r)
{
	raw_prd(r, 0, boundary(r) - 256, 512 | PRD_EOT);
	read_with_table(r);
}

void bm_boundary_clean(struct ide_raw *r)
{
	raw_prd(r, 0, boundary(r) - 256, 256);
	raw_prd(r, 1, boundary(r), 256 | PRD_EOT);
	read_with_table(r);
}

void bm_reserved_trips(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r), 512 | 1u << 16 | PRD_EOT);
	read_with_table(r);
}

void bm_reserved_clean(struct ide_raw *r)
{
	raw_prd(r, 0, raw_addr(r), 512 | PRD_EOT);
	read_with_table(r);
}

/* ---- timings -------------------------------------------------------------- */

static void udma_setup(struct ide_raw *r, u8 control, u16 cycles)
{
	if (trv_cfg_write8(r->dev, PIIX_UDMACTL, control) ||
	    trv_cfg_write16(r->dev, PIIX_UDMATIM, cycles))
		return;
	read_dma(r);
}

void udma_trips(struct ide_raw *r)
{
	udma_setup(r, 0, 0);
}

void udma_clean(struct ide_raw *r)
{
	udma_setup(r, PIIX_UDMACTL_PSDE0, 2);
}

void udma_cycle_trips(struct ide_raw *r)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_UDMA | 0);
	udma_setup(r, PIIX_UDMACTL_PSDE0, 2);
}

void udma_cycle_clean(struct ide_raw *r)
{
	udma_setup(r, PIIX_UDMACTL_PSDE0, 0);
}

/* What the drive is set to, what IDETIM and SIDETIM are, and a sector by PIO. */
static void pio_setup(struct ide_raw *r, u32 drive, u8 mode, u16 idetim, u8 sidetim)
{
	if (trv_cfg_write8(r->dev, PIIX_SIDETIM, sidetim) ||
	    trv_cfg_write16(r->dev, PIIX_IDETIM0, idetim))
		return;
	raw_nondata(r, drive, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, mode);
	raw_task28(r, drive, 0, 1);
	raw_pio_read(r, ATA_OP_READ_SECTORS, sector, sizeof(sector), sizeof(sector));
}

void pio_timing_trips(struct ide_raw *r)
{
	pio_setup(r, 0, 0, 0xa307, 0);
}

void pio_timing_clean(struct ide_raw *r)
{
	pio_setup(r, 0, 0, 0x9007, 0);
}

void pio_slave_trips(struct ide_raw *r)
{
	pio_setup(r, 1, ATA_XFER_PIO | 3, 0xe377, 0x0f);
}

void pio_slave_clean(struct ide_raw *r)
{
	pio_setup(r, 1, ATA_XFER_PIO | 3, 0xe377, 0x09);
}

void pio_iordy_trips(struct ide_raw *r)
{
	pio_setup(r, 0, ATA_XFER_PIO | 4, 0xa305, 0);
}

void pio_iordy_clean(struct ide_raw *r)
{
	pio_setup(r, 0, ATA_XFER_PIO | 4, 0xa307, 0);
}

static void mwdma_setup(struct ide_raw *r, u16 idetim)
{
	raw_nondata(r, 0, ATA_OP_SET_FEATURES, ATA_SF_XFER_MODE, ATA_XFER_MWDMA | 1);
	if (!trv_cfg_write16(r->dev, PIIX_IDETIM0, idetim))
		read_dma(r);
}

void mwdma_timing_trips(struct ide_raw *r)
{
	mwdma_setup(r, 0xa307);
}

void mwdma_timing_clean(struct ide_raw *r)
{
	mwdma_setup(r, 0xa107);
}
