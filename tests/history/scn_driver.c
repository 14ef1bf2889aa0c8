// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The IDE driver, from bind to unbind, as an application sees it. */
#include <string.h>

#include "drives.h"

enum { MOST = 300 * HIST_SECTOR };

static struct trv_disk *disk_of(struct trv_dev *dev, u32 unit)
{
	struct trv_disk *disk = trv_disk_first(dev);

	while (disk && trv_disk_info(disk)->unit != unit)
		disk = trv_disk_next(disk);
	return disk;
}

static void tell(struct trv_dev *dev)
{
	for (struct trv_disk *d = trv_disk_first(dev); d; d = trv_disk_next(d)) {
		const struct trv_disk_info *i = trv_disk_info(d);

		hist_note("disk %u: %s, %s, %s, %s; %llu blocks of %u (%u), %u at a time, flags %x",
			  i->unit, i->model, i->serial, i->firmware, i->mode,
			  (unsigned long long)i->blocks, i->block_size, i->phys_block,
			  i->max_blocks, i->flags);
	}
}

/* One operation, and what the application has of it then. */
static void rw(struct trv_dev *dev, u32 unit, enum trv_req_op op, u64 lba, u32 blocks, u32 seed)
{
	static const char *const names[] = { "read", "write", "flush", "discard" };
	bool data = op == TRV_REQ_READ || op == TRV_REQ_WRITE;
	struct trv_disk *disk = disk_of(dev, unit);
	u32 len = disk && data ? blocks * trv_disk_info(disk)->block_size : 0;
	u8 *buf = len ? trv_zalloc(dev, len, TRV_SLEEP) : NULL;
	u64 sum = 0;
	int rc;

	if (!disk || (len && !buf) || len > MOST) {
		hist_note("no disk %u", unit);
		trv_free(dev, buf, len);
		return;
	}
	for (u32 at = 0; at < len; at += HIST_SECTOR)
		hist_fill(buf + at, HIST_SECTOR, seed, at / HIST_SECTOR);
	rc = trv_disk_rw(disk, op, lba, blocks, buf);
	for (u32 i = 0; !rc && op == TRV_REQ_READ && i < len; i++)
		sum = sum * 31 + buf[i];
	hist_note("disk %u %s %llu+%u = %d, %016llx", unit, names[op], (unsigned long long)lba,
		  blocks, rc, (unsigned long long)sum);
	trv_free(dev, buf, len);
}

static bool up(struct trv_dev *dev)
{
	if (hist_bind(dev, NULL))
		return false;
	tell(dev);
	return true;
}

static void both_ways(struct trv_dev *dev, u32 unit)
{
	rw(dev, unit, TRV_REQ_READ, 0, 8, 50);
	rw(dev, unit, TRV_REQ_READ, 31, 3, 51);
	rw(dev, unit, TRV_REQ_WRITE, 100, 8, 52);
	rw(dev, unit, TRV_REQ_READ, 98, 12, 53);
	rw(dev, unit, TRV_REQ_FLUSH, 0, 0, 0);
}

/* From bind to unbind; a bit of @units for each disk. */
static void data(struct trv_dev *dev, u32 units)
{
	if (!up(dev))
		return;
	for (u32 i = 0; i < HIST_DRIVES; i++)
		if (units & 1U << i)
			both_ways(dev, i);
	hist_unbind(dev);
}

HIST(drv_udma, "ide/driver/udma", "PIIX4, Ultra DMA: two disks on each channel",
     .model = "piix4-ide", .drive = { DISK, DISK, DISK, DISK })
{
	data(dev, 0xf);
}

HIST(drv_mwdma, "ide/driver/mwdma", "PIIX3, multiword DMA: a disk on each channel",
     .model = "piix3-ide", .drive = { [0] = DISK, [2] = DISK })
{
	data(dev, 0x5);
}

HIST(drv_pio, "ide/driver/pio", "the same by PIO", .model = "piix3-ide",
     .drive = { DISK, [2] = DISK, [3] = DISK }, .option = { "dma", 0 })
{
	data(dev, 0x9);
}

HIST(drv_polled, "ide/driver/polled", "and without interrupts", .model = "piix4-ide",
     .drive = { DISK }, .option = { "irq", 0 })
{
	data(dev, 0x1);
}

HIST(drv_far, "ide/driver/far", "beyond 2^28 and 2^32 sectors", .model = "piix4-ide",
     .drive = { FAR_DISK }, .far = (1ULL << 32) - 4)
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_READ, (1ULL << 28) - 4, 8, 1);
	rw(dev, 0, TRV_REQ_READ, (1ULL << 32) - 4, 8, 2);
	rw(dev, 0, TRV_REQ_WRITE, (1ULL << 32) + 10, 2, 3);
	rw(dev, 0, TRV_REQ_WRITE, (1ULL << 28) - 1, 2, 3);
	rw(dev, 0, TRV_REQ_READ, (1ULL << 32) + 4095, 1, 4);
	rw(dev, 0, TRV_REQ_READ, (1ULL << 32) + 4095, 2, 5);
	hist_unbind(dev);
}

HIST(drv_long, "ide/driver/long", "a request of many sectors", .model = "piix4-ide",
     .drive = { DISK })
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_WRITE, 200, 256, 9);
	rw(dev, 0, TRV_REQ_READ, 190, 300, 9);
	hist_unbind(dev);
}

HIST(drv_discard, "ide/driver/discard", "discard, and what is read then", .model = "piix4-ide",
     .drive = { DISK })
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_DISCARD, 8, 16, 0);
	rw(dev, 0, TRV_REQ_READ, 0, 32, 7);
	rw(dev, 0, TRV_REQ_FLUSH, 0, 0, 0);
	hist_unbind(dev);
}

HIST(drv_read_error, "ide/driver/read-error", "one sector cannot be read: DMA",
     .model = "piix4-ide", .drive = { DISK }, .bad = { .any = true, .sector = 20 })
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_READ, 20, 1, 1);
	rw(dev, 0, TRV_REQ_READ, 16, 8, 2);
	rw(dev, 0, TRV_REQ_READ, 21, 4, 3);
	hist_unbind(dev);
}

HIST(drv_read_error_pio, "ide/driver/read-error-pio", "one sector cannot be read: PIO",
     .model = "piix3-ide", .drive = { DISK, DISK }, .option = { "dma", 0 },
     .bad = { .any = true, .drive = 1, .sector = 20 })
{
	if (!up(dev))
		return;
	rw(dev, 1, TRV_REQ_READ, 20, 1, 1);
	rw(dev, 0, TRV_REQ_READ, 20, 1, 1);
	rw(dev, 1, TRV_REQ_READ, 21, 2, 3);
	hist_unbind(dev);
}

HIST(drv_write_error, "ide/driver/write-error", "one sector cannot be written",
     .model = "piix3-ide", .drive = { DISK }, .bad = { .any = true, .write = true, .sector = 70 })
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_WRITE, 70, 1, 1);
	rw(dev, 0, TRV_REQ_WRITE, 71, 1, 2);
	rw(dev, 0, TRV_REQ_READ, 70, 2, 3);
	hist_unbind(dev);
}

HIST(drv_cd, "ide/driver/cd", "a disc beside a disk", .model = "piix4-ide",
     .drive = { DISK, [2] = CD })
{
	if (!up(dev))
		return;
	rw(dev, 2, TRV_REQ_READ, 0, 4, 1);
	rw(dev, 2, TRV_REQ_READ, 1023, 1, 2);
	rw(dev, 2, TRV_REQ_WRITE, 0, 1, 3);
	rw(dev, 0, TRV_REQ_READ, 3, 1, 4);
	hist_unbind(dev);
}

HIST(drv_cd_pio, "ide/driver/cd-pio", "a disc, by PIO", .model = "piix3-ide", .drive = { CD },
     .option = { "dma", 0 })
{
	if (!up(dev))
		return;
	rw(dev, 0, TRV_REQ_READ, 2, 3, 1);
	hist_unbind(dev);
}

HIST(drv_cd_error, "ide/driver/cd-error", "one block of a disc cannot be read",
     .model = "piix4-ide", .drive = { DISK, CD }, .bad = { .any = true, .drive = 1, .sector = 20 })
{
	if (!up(dev))
		return;
	rw(dev, 1, TRV_REQ_READ, 5, 1, 1);
	rw(dev, 1, TRV_REQ_READ, 6, 2, 2);
	rw(dev, 0, TRV_REQ_READ, 20, 1, 3);
	hist_unbind(dev);
}

HIST(drv_cd_empty, "ide/driver/cd-empty", "a drive without a disc", .model = "piix4-ide",
     .drive = { [2] = NO_DISC })
{
	if (!up(dev))
		return;
	rw(dev, 2, TRV_REQ_READ, 0, 1, 1);
	hist_unbind(dev);
}

HIST(drv_power, "ide/driver/power", "suspended and resumed", .model = "piix4-ide",
     .drive = { DISK, CD })
{
	if (!up(dev))
		return;
	if (!hist_suspend(dev) && !hist_resume(dev))
		rw(dev, 0, TRV_REQ_READ, 5, 2, 1);
	hist_unbind(dev);
}

HIST(drv_twice, "ide/driver/twice", "bound a second time", .model = "piix3-ide", .drive = { DISK })
{
	for (u32 i = 0; i < 2; i++) {
		if (!up(dev))
			return;
		rw(dev, 0, TRV_REQ_WRITE, 64 + i, 1, i);
		hist_unbind(dev);
	}
}

HIST(drv_cd_events, "ide/driver/cd-events", "what the application is told of a disc that stays",
     .model = "piix4-ide", .drive = { CD })
{
	if (!up(dev))
		return;
	for (u32 i = 0; i < 2; i++)
		hist_note("events = %d", trv_disk_check_events(disk_of(dev, 0)));
	rw(dev, 0, TRV_REQ_READ, 7, 1, 2);
	hist_unbind(dev);
}

HIST(drv_alone, "ide/driver/device-1-alone", "a disk as device 1, and no device 0",
     .model = "piix4-ide", .drive = { [3] = DISK })
{
	if (!up(dev))
		return;
	rw(dev, 3, TRV_REQ_READ, 7, 2, 2);
	hist_unbind(dev);
}
