// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A PCI IDE function, from found to forgotten: BARs, channels, disks.
 */
#include "ide.h"

static const struct trv_dma_limits ide_dma_limits = {
	.mask = 0xffffffff, /* a descriptor's address has 32 bits (BMIDE 1.2) */
	.align = PRD_ALIGN,
	.boundary = PRD_BOUNDARY,
	.max_seg = PRD_MAX,
	.max_segs = IDE_PRDS,
};

static void ide_options(struct ide_host *host)
{
	struct trv_dev *dev = host->dev;

	host->opt.dma = trv_option(dev, "dma", 1, 0, 1);
	host->opt.irq = trv_option(dev, "irq", 1, 0, 1);
	host->opt.lba48 = trv_option(dev, "lba48", 1, 0, 1);
	host->opt.multiple = trv_option(dev, "multi", 16, 0, 128);
	host->opt.udma = trv_option(dev, "mode", 6, 0, 6);
	host->opt.timeout_ms = trv_option(dev, "timeout_ms", 30000, 100, 600000);
}

/* ---- BARs ---------------------------------------------------------------- */

/* Two windows a channel. A function with one channel lacks the other's. */
static int ide_map_channel(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	u32 bar = PCI_IDE_BAR_CMD + 2 * ch->index;
	int rc;

	rc = trv_bar_map(dev, bar, ATA_CMD_LEN, &ch->cmd);
	if (rc)
		return rc == -ENODEV ? 0 : rc;
	rc = trv_bar_map(dev, bar + PCI_IDE_BAR_CTL,
			 ch->native ? ATA_CTL_NATIVE_LEN : ATA_CTL_COMPAT_LEN, &ch->ctl_bar);
	if (rc)
		goto err_cmd;
	rc = trv_reg_bind(ch->ctl_bar, ch->native ? ATA_CTL_NATIVE : ATA_CTL_COMPAT, 1, &ch->ctl);
	if (rc)
		goto err_ctl;
	ch->mapped = true;
	return 0;

err_ctl:
	trv_bar_unmap(dev, &ch->ctl_bar);
err_cmd:
	trv_bar_unmap(dev, &ch->cmd);
	return rc;
}

static void ide_unmap(struct ide_host *host)
{
	ide_for_each_channel(host, ch) {
		if (!ch->mapped)
			continue;
		trv_bar_unmap(host->dev, &ch->ctl_bar);
		trv_bar_unmap(host->dev, &ch->cmd);
		ch->mapped = false;
	}
	if (host->has_bm)
		trv_bar_unmap(host->dev, &host->bm_bar);
	host->has_bm = false;
}

static int ide_map(struct ide_host *host)
{
	u32 class = trv_dev_ident(host->dev)->class;
	int rc;

	if (class & PCI_IDE_BUS_MASTER) {
		rc = trv_bar_map(host->dev, PCI_IDE_BAR_BM, BM_LEN, &host->bm_bar);
		if (rc && rc != -ENODEV && rc != -EINVAL && rc != -ERANGE)
			return rc;
		host->has_bm = !rc;
	}
	if (!host->has_bm)
		trv_info(host->dev, "no bus master, PIO only");

	ide_for_each_channel(host, ch) {
		if (host->has_bm) {
			rc = trv_reg_bind(host->bm_bar, ch->index * BM_STRIDE, BM_STRIDE, &ch->bm);
			if (rc)
				goto err_unmap;
			ch->has_bm = true;
		}
		ch->native = class &
			     (ch->index ? PCI_IDE_SECONDARY_NATIVE : PCI_IDE_PRIMARY_NATIVE);
		if (!ch->decoded)
			continue;
		rc = ide_map_channel(ch);
		if (rc)
			goto err_unmap;
	}
	return 0;

err_unmap:
	ide_unmap(host);
	return rc;
}

/* ---- channels ------------------------------------------------------------ */

/*
 * Before anything else: firmware, or a driver that crashed, may have left it
 * at work. The bus master of a channel that is not used is stopped as well.
 */
static int ide_channel_take(struct ide_channel *ch)
{
	u8 bm;
	int rc;

	if (ch->has_bm) {
		bm = trv_read8(ch->bm, BM_STATUS);
		ch->host->simplex |= !!(bm & BM_STATUS_SIMPLEX);
		ch->bm_ack = (bm & (BM_STATUS_DMA0 | BM_STATUS_DMA1)) | BM_STATUS_INTR |
			     BM_STATUS_ERROR;
	}
	if (!ch->mapped) {
		ide_stop_bm(ch);
		return 0;
	}
	rc = ide_chip_decode(ch);
	if (rc)
		return rc;
	ide_take(ch);
	return 0;
}

static void ide_channels_free(struct ide_host *host)
{
	ide_for_each_channel(host, ch) {
		ch->live = false;
		if (ch->trim)
			trv_dma_free(host->dev, &ch->trim_mem);
		ch->trim = NULL;
		if (ch->prd)
			trv_dma_free(host->dev, &ch->prd_mem);
		ch->prd = NULL;
	}
}

static int ide_trim_alloc(struct ide_channel *ch)
{
	u32 blocks = 0;
	int rc;

	ide_for_each_drive(ch, drive)
		if (drive->present && drive->info.flags & TRV_DISK_DISCARD)
			blocks = trv_max(blocks, drive->trim_blocks);
	if (!blocks)
		return 0;
	rc = trv_dma_alloc(ch->host->dev, blocks * ATA_SECTOR, ATA_SECTOR, &ch->trim_mem);
	if (!rc)
		ch->trim = ch->trim_mem.cpu;
	return rc;
}

/* Find its drives. A channel without any is no error: it is left quiet, and not live. */
static int ide_channel_start(struct ide_channel *ch)
{
	struct trv_dev *dev = ch->host->dev;
	int rc;

	if (!ch->mapped || ide_is_empty(ch))
		return 0;
	if (ch->has_bm) {
		rc = trv_dma_alloc(dev, IDE_PRDS * PRD_BYTES, PRD_TABLE_ALIGN, &ch->prd_mem);
		if (rc)
			return rc;
		ch->prd = ch->prd_mem.cpu;
	}
	ide_chip_slow(ch);
	rc = ide_detect(ch);
	if (rc)
		return rc == -ENODEV ? 0 : rc;
	rc = ide_chip_tune(ch);
	if (rc)
		return rc;
	rc = ide_trim_alloc(ch);
	if (rc)
		return rc;
	ch->live = true;
	ch->host->n_live++;
	return 0;
}

static int ide_channels_start(struct ide_host *host)
{
	int rc = 0;

	/* All quiet before the first DMA may happen. */
	ide_for_each_channel(host, ch) {
		rc = ide_channel_take(ch);
		if (rc)
			return rc;
	}
	if (host->has_bm)
		rc = trv_bus_master(host->dev, true);
	if (rc)
		return rc;
	ide_for_each_channel(host, ch) {
		rc = ide_channel_start(ch);
		if (rc)
			return rc;
	}
	if (!host->n_live)
		trv_info(host->dev, "no drives");
	return 0;
}

/* ---- disks --------------------------------------------------------------- */

static void ide_disks_remove(struct ide_host *host)
{
	ide_for_each_channel(host, ch)
		ide_for_each_drive(ch, drive) {
			if (drive->added)
				trv_disk_remove(&drive->disk);
			drive->added = false;
		}
}

static int ide_disks_add(struct ide_host *host)
{
	int rc;

	ide_for_each_channel(host, ch) {
		ide_for_each_drive(ch, drive) {
			if (!ch->live || !drive->present)
				continue;
			trv_info(host->dev, "disk %u: %s, %llu blocks of %u bytes, %s",
				 drive->info.unit, drive->info.model,
				 (unsigned long long)drive->info.blocks, drive->info.block_size,
				 drive->info.mode);
			rc = trv_disk_add(&ch->queue, &drive->disk, &drive->info, drive);
			if (rc)
				return rc;
			drive->added = true;
		}
	}
	return 0;
}

/* ---- life ---------------------------------------------------------------- */

static void ide_host_init(struct ide_host *host, struct trv_dev *dev, enum ide_chip chip)
{
	host->dev = dev;
	host->chip = chip;
	trv_mutex_init(&host->timing, "ide timing");
	for (u32 i = 0; i < PCI_IDE_CHANNELS; i++) {
		struct ide_channel *ch = &host->channels[i];

		ch->host = host;
		ch->index = i;
		ch->state = IDE_HELD;
		trv_spin_init(&ch->lock, "ide channel");
		trv_mutex_init(&ch->setup, "ide setup");
		for (u32 d = 0; d < PCI_IDE_DRIVES; d++) {
			ch->drives[d].ch = ch;
			ch->drives[d].index = d;
			ch->drives[d].select = ATA_DEVICE_OBSOLETE | ATA_DEVICE_LBA |
					       (d ? ATA_DEVICE_DEV : 0);
		}
	}
	ide_options(host);
}

/* Before DMA memory is freed, also where the core would do it a moment later. */
static void ide_master_off(struct ide_host *host)
{
	if (host->has_bm && trv_bus_master(host->dev, false))
		trv_warn(host->dev, "bus master cannot be turned off");
}

int ide_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	struct ide_host *host = trv_drvdata(dev);
	int rc;

	ide_host_init(host, dev, (enum ide_chip)id->data);
	rc = trv_dma_limits(dev, &ide_dma_limits);
	if (rc)
		return rc;
	rc = ide_chip_channels(host);
	if (rc)
		return rc;
	rc = ide_map(host);
	if (rc)
		return rc;
	rc = ide_channels_start(host);
	if (rc)
		goto err_channels;
	rc = ide_io_open(host);
	if (rc)
		goto err_channels;
	rc = ide_disks_add(host);
	if (rc)
		goto err_disks;
	return 0;

err_disks:
	ide_stop(dev);
	ide_master_off(host);
	ide_disks_remove(host);
	ide_io_close(host);
err_channels:
	ide_master_off(host);
	ide_channels_free(host);
	ide_unmap(host);
	ide_for_each_channel(host, ch)
		ide_chip_undecode(ch);
	return rc;
}

void ide_remove(struct trv_dev *dev)
{
	struct ide_host *host = trv_drvdata(dev);

	ide_disks_remove(host);
	ide_io_close(host);
	ide_channels_free(host);
	ide_unmap(host);
}
