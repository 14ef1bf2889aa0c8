// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "ide_raw.h"

/* ---- one access ----------------------------------------------------------- */

u8 raw_in(struct ide_raw *r, u32 reg)
{
	return trv_read8(r->cmd[r->ch], reg);
}

void raw_out(struct ide_raw *r, u32 reg, u8 val)
{
	trv_write8(r->cmd[r->ch], reg, val);
}

u8 raw_alt(struct ide_raw *r)
{
	return trv_read8(r->ctl[r->ch], r->ctl_off[r->ch]);
}

void raw_ctl(struct ide_raw *r, u8 val)
{
	trv_write8(r->ctl[r->ch], r->ctl_off[r->ch], val);
}

u8 raw_bm(struct ide_raw *r, u32 reg)
{
	return trv_read8(r->bm, r->ch * BM_STRIDE + reg);
}

void raw_bm_out(struct ide_raw *r, u32 reg, u8 val)
{
	trv_write8(r->bm, r->ch * BM_STRIDE + reg, val);
}

void raw_prdt(struct ide_raw *r, u32 addr)
{
	trv_write32(r->bm, r->ch * BM_STRIDE + BM_PRDT, addr);
}

void raw_data_in(struct ide_raw *r, void *buf, u32 bytes)
{
	trv_read_rep16(r->cmd[r->ch], ATA_DATA, buf, bytes / 2);
}

void raw_data_out(struct ide_raw *r, const void *buf, u32 bytes)
{
	trv_write_rep16(r->cmd[r->ch], ATA_DATA, buf, bytes / 2);
}

/* ---- by the book ---------------------------------------------------------- */

void raw_wait_400ns(void)
{
	trv_delay_ns(ATA_NS_STATUS);
}

u8 raw_wait(struct ide_raw *r)
{
	u8 status;

	/* What is not over soon takes long: a drive that never answers is no million of reads. */
	if (!trv_poll_timeout(raw_alt(r), status, !(status & ATA_STATUS_BSY), 20, 20000) ||
	    !trv_poll_timeout(raw_alt(r), status, !(status & ATA_STATUS_BSY), 10000, 40000000))
		return status;
	return ATA_STATUS_BSY;
}

bool raw_select(struct ide_raw *r, u32 drive)
{
	const u8 mask = ATA_STATUS_BSY | ATA_STATUS_DRQ;
	u8 status;

	if (trv_poll_timeout(raw_alt(r), status, !(status & mask), 20, 1000000))
		return false;
	raw_out(r, ATA_DEVICE, ATA_DEVICE_OBSOLETE | ATA_DEVICE_LBA | (drive ? ATA_DEVICE_DEV : 0));
	raw_wait_400ns();
	return !trv_poll_timeout(raw_alt(r), status, !(status & mask), 20, 1000000);
}

void raw_task28(struct ide_raw *r, u32 drive, u32 lba, u8 count)
{
	raw_select(r, drive);
	raw_out(r, ATA_COUNT, count);
	raw_out(r, ATA_LBA_LOW, lba & 0xff);
	raw_out(r, ATA_LBA_MID, lba >> 8 & 0xff);
	raw_out(r, ATA_LBA_HIGH, lba >> 16 & 0xff);
	raw_out(r, ATA_DEVICE,
		ATA_DEVICE_OBSOLETE | ATA_DEVICE_LBA | (drive ? ATA_DEVICE_DEV : 0) |
			(lba >> 24 & ATA_DEVICE_HEAD));
}

void raw_task48(struct ide_raw *r, u32 drive, u64 lba, u16 count)
{
	raw_select(r, drive);
	raw_out(r, ATA_COUNT, count >> 8);
	raw_out(r, ATA_LBA_LOW, lba >> 24 & 0xff);
	raw_out(r, ATA_LBA_MID, lba >> 32 & 0xff);
	raw_out(r, ATA_LBA_HIGH, lba >> 40 & 0xff);
	raw_out(r, ATA_COUNT, count & 0xff);
	raw_out(r, ATA_LBA_LOW, lba & 0xff);
	raw_out(r, ATA_LBA_MID, lba >> 8 & 0xff);
	raw_out(r, ATA_LBA_HIGH, lba >> 16 & 0xff);
}

void raw_command(struct ide_raw *r, u8 op)
{
	raw_out(r, ATA_COMMAND, op);
	raw_wait_400ns();
}

u8 raw_nondata(struct ide_raw *r, u32 drive, u8 op, u8 features, u8 count)
{
	raw_select(r, drive);
	raw_out(r, ATA_FEATURES, features);
	raw_out(r, ATA_COUNT, count);
	raw_command(r, op);
	raw_wait(r);
	return raw_in(r, ATA_STATUS);
}

u8 raw_pio_read(struct ide_raw *r, u8 op, void *buf, u32 bytes, u32 block)
{
	raw_command(r, op);
	while (bytes) {
		u32 n = trv_min(bytes, block);
		u8 status;

		raw_wait(r);
		status = raw_in(r, ATA_STATUS);
		if (!(status & ATA_STATUS_DRQ))
			return status;
		raw_data_in(r, buf, n);
		buf = (u8 *)buf + n;
		bytes -= n;
	}
	raw_wait(r);
	return raw_in(r, ATA_STATUS);
}

u8 raw_pio_write(struct ide_raw *r, u8 op, const void *buf, u32 bytes, u32 block)
{
	raw_command(r, op);
	while (bytes) {
		u32 n = trv_min(bytes, block);
		u8 status;

		raw_wait(r);
		status = raw_in(r, ATA_STATUS);
		if (!(status & ATA_STATUS_DRQ))
			return status;
		raw_data_out(r, buf, n);
		buf = (const u8 *)buf + n;
		bytes -= n;
	}
	raw_wait(r);
	return raw_in(r, ATA_STATUS);
}

u8 raw_reset(struct ide_raw *r)
{
	raw_ctl(r, ATA_DEVCTL_SRST);
	trv_delay_us(ATA_US_SRST_HOLD);
	raw_ctl(r, 0);
	trv_sleep_us(ATA_US_SRST_WAIT);
	return raw_wait(r);
}

/* ---- bus master ----------------------------------------------------------- */

void raw_prd(struct ide_raw *r, u32 i, u32 addr, u32 count_word)
{
	u8 *prd = (u8 *)r->table.cpu + r->table_at + i * PRD_BYTES;

	trv_put_le32(addr, prd + PRD_ADDR);
	trv_put_le32(count_word, prd + PRD_COUNT);
}

static u32 table_addr(struct ide_raw *r)
{
	return r->table.iova + r->table_at;
}

void raw_dma_prepare(struct ide_raw *r, u32 bytes, bool to_memory)
{
	u32 i = 0;

	for (u32 off = 0; off < bytes; off += PRD_MAX) {
		u32 n = trv_min(bytes - off, (u32)PRD_MAX);

		raw_prd(r, i++, raw_addr(r) + off,
			(n & PRD_COUNT_MASK) | (off + n == bytes ? PRD_EOT : 0));
	}
	raw_prdt(r, table_addr(r));
	raw_bm_out(r, BM_COMMAND, to_memory ? BM_COMMAND_TO_MEMORY : 0);
	raw_bm_out(r, BM_STATUS, BM_STATUS_INTR | BM_STATUS_ERROR);
}

void raw_dma_start(struct ide_raw *r, bool to_memory)
{
	/* The table's stores are seen before the start: a plain write orders them. */
	raw_bm_out(r, BM_COMMAND, BM_COMMAND_START | (to_memory ? BM_COMMAND_TO_MEMORY : 0));
}

void raw_dma_stop(struct ide_raw *r)
{
	raw_bm_out(r, BM_COMMAND, raw_bm(r, BM_COMMAND) & ~BM_COMMAND_START);
}

u8 raw_dma_wait(struct ide_raw *r, u32 us)
{
	u8 status;

	/* Not over is an answer too: the caller looks at what it gets. */
	if (trv_poll_timeout(raw_bm(r, BM_STATUS), status,
			     status & (BM_STATUS_INTR | BM_STATUS_ERROR), 50, us))
		return status;
	return status;
}

u8 raw_dma(struct ide_raw *r, u8 op, u32 bytes, bool to_memory)
{
	raw_dma_prepare(r, bytes, to_memory);
	raw_command(r, op);
	raw_dma_start(r, to_memory);
	raw_dma_wait(r, 1000000);
	raw_dma_stop(r);
	return raw_in(r, ATA_STATUS);
}

void raw_buf_get(struct ide_raw *r, void *to, u32 off, u32 bytes)
{
	off += raw_addr(r) - r->map.iova;
	trv_dma_sync_for_cpu(r->dev, &r->map, off, bytes);
	trv_memcpy(to, r->buf + off, bytes);
	trv_dma_sync_for_device(r->dev, &r->map, off, bytes);
}

void raw_buf_put(struct ide_raw *r, const void *from, u32 off, u32 bytes)
{
	off += raw_addr(r) - r->map.iova;
	trv_dma_sync_for_cpu(r->dev, &r->map, off, bytes);
	trv_memcpy(r->buf + off, from, bytes);
	trv_dma_sync_for_device(r->dev, &r->map, off, bytes);
}

/* ---- packets -------------------------------------------------------------- */

u8 raw_packet_begin(struct ide_raw *r, u32 drive, u8 features, u16 limit)
{
	raw_select(r, drive);
	raw_out(r, ATA_FEATURES, features);
	raw_out(r, ATA_LBA_MID, limit & 0xff);
	raw_out(r, ATA_LBA_HIGH, limit >> 8);
	raw_command(r, ATA_OP_PACKET);
	return raw_wait(r);
}

void raw_packet_send(struct ide_raw *r, const u8 *cdb)
{
	raw_data_out(r, cdb, ATAPI_PACKET_BYTES);
	raw_wait_400ns();
}

u8 raw_packet_in(struct ide_raw *r, u32 drive, const u8 *cdb, u16 limit, void *buf, u32 bytes,
		 u32 *got)
{
	*got = 0;
	if (!(raw_packet_begin(r, drive, 0, limit) & ATA_STATUS_DRQ))
		return raw_in(r, ATA_STATUS);
	raw_packet_send(r, cdb);
	for (;;) {
		u32 n;
		u8 status;

		raw_wait(r);
		status = raw_in(r, ATA_STATUS);
		if (status & ATA_STATUS_BSY || !(status & ATA_STATUS_DRQ))
			return status;
		n = raw_in(r, ATA_LBA_MID);
		n |= raw_in(r, ATA_LBA_HIGH) << 8;
		if (!n || n > bytes - *got)
			return status; /* DRQ in it says that something is wrong */
		raw_data_in(r, (u8 *)buf + *got, TRV_ALIGN_UP(n, 2u));
		*got += n;
	}
}

u8 raw_packet_dma(struct ide_raw *r, u32 drive, const u8 *cdb, u32 bytes)
{
	raw_dma_prepare(r, bytes, true);
	if (!(raw_packet_begin(r, drive, ATAPI_FEATURE_DMA, 0) & ATA_STATUS_DRQ))
		return raw_in(r, ATA_STATUS);
	raw_packet_send(r, cdb);
	raw_dma_start(r, true);
	raw_dma_wait(r, 1000000);
	raw_dma_stop(r);
	return raw_in(r, ATA_STATUS);
}

/* ---- interrupts ----------------------------------------------------------- */

static enum trv_irq_ret handle(struct ide_raw *r, u32 ch)
{
	u8 status = trv_read8(r->bm, ch * BM_STRIDE + BM_STATUS);

	if (!(status & BM_STATUS_INTR))
		return TRV_IRQ_NONE;
	r->irqs[ch]++;
	trv_read8(r->cmd[ch], ATA_STATUS);
	trv_write8(r->bm, ch * BM_STRIDE + BM_STATUS,
		   BM_STATUS_INTR | (status & (BM_STATUS_DMA0 | BM_STATUS_DMA1)));
	return TRV_IRQ_HANDLED;
}

static enum trv_irq_ret on_primary(void *arg)
{
	return handle(arg, 0);
}

static enum trv_irq_ret on_secondary(void *arg)
{
	return handle(arg, 1);
}

static enum trv_irq_ret on_either(void *arg)
{
	enum trv_irq_ret primary = handle(arg, 0), secondary = handle(arg, 1);

	return primary == TRV_IRQ_HANDLED ? primary : secondary;
}

TRV_IRQ_HANDLER(primary_irq, on_primary, NULL);
TRV_IRQ_HANDLER(secondary_irq, on_secondary, NULL);
TRV_IRQ_HANDLER(shared_irq, on_either, NULL);

bool raw_irq(struct ide_raw *r)
{
	const struct trv_irq_handler *h[2] = { &primary_irq, &secondary_irq };
	u32 kinds = r->native[0] ? TRV_IRQ_INTX : TRV_IRQ_LEGACY;
	enum trv_irq_kind kind;
	int n = trv_irq_alloc(r->dev, 1, 2, kinds, &kind);

	if (n < 0)
		return false;
	if (n == 1)
		h[0] = &shared_irq;
	for (int i = 0; i < n; i++) {
		if (trv_irq_attach(r->dev, i, h[i], r, "raw")) {
			while (i--)
				trv_irq_detach(r->dev, i);
			trv_irq_free(r->dev);
			return false;
		}
	}
	r->attached = true;
	return true;
}

/* ---- the driver around it ------------------------------------------------- */

static int map_ports(struct trv_dev *dev, struct ide_raw *r)
{
	u8 prog = trv_dev_ident(dev)->class & 0xff;
	int rc = 0;

	for (u32 i = 0; i < 2 && !rc; i++) {
		r->native[i] = prog >> (2 * i) & PCI_IDE_PRIMARY_NATIVE;
		r->ctl_off[i] = r->native[i] ? ATA_CTL_NATIVE : ATA_CTL_COMPAT;
		rc = trv_bar_map(dev, 2 * i, ATA_CMD_LEN, &r->cmd[i]);
		if (!rc)
			rc = trv_bar_map(dev, 2 * i + 1, r->ctl_off[i] + 1, &r->ctl[i]);
	}
	return rc ?: trv_bar_map(dev, PCI_IDE_BAR_BM, BM_LEN, &r->bm);
}

static int probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	const struct trv_dma_limits limits = { .mask = 0xffffffff, .align = PRD_ALIGN };
	struct ide_raw *r = trv_drvdata(dev);
	int rc;

	r->dev = dev;
	rc = trv_dma_limits(dev, &limits);
	if (!rc)
		rc = map_ports(dev, r);
	if (!rc)
		rc = trv_dma_alloc(dev, RAW_TABLE, PRD_TABLE_MAX, &r->table);
	if (rc)
		return rc; /* a scenario without faults: nothing to undo by then */
	r->buf = trv_zalloc(dev, RAW_BUF, TRV_SLEEP);
	if (!r->buf)
		return -ENOMEM;
	rc = trv_dma_map(dev, r->buf, RAW_BUF, TRV_DMA_BIDIRECTIONAL, &r->map);
	return rc ?: trv_bus_master(dev, true);
}

static void stop(struct trv_dev *dev)
{
	struct ide_raw *r = trv_drvdata(dev);

	for (r->ch = 0; r->ch < 2; r->ch++)
		raw_bm_out(r, BM_COMMAND, 0);
}

static void remove(struct trv_dev *dev)
{
	struct ide_raw *r = trv_drvdata(dev);

	if (r->attached) {
		trv_irq_detach(dev, 0);
		if (!r->native[0])
			trv_irq_detach(dev, 1);
		trv_irq_free(dev);
	}
	trv_dma_unmap(dev, &r->map);
	trv_dma_free(dev, &r->table);
	for (u32 i = 0; i < 2; i++) {
		trv_bar_unmap(dev, &r->cmd[i]);
		trv_bar_unmap(dev, &r->ctl[i]);
	}
	trv_bar_unmap(dev, &r->bm);
	trv_free(dev, r->buf, RAW_BUF);
}

/* In no table and with no IDs: scenarios bind it by hand. */
const struct trv_driver ide_raw_driver = {
	.name = "ide_raw",
	.description = "IDE registers in bare hands",
	.priv_size = sizeof(struct ide_raw),
	.probe = probe,
	.stop = stop,
	.remove = remove,
};
