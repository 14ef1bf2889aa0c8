// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The IDE driver on QEMU's PIIX3 and PIIX4: what the host wrote is read, and the reverse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"

enum { SECTOR = 512, BLOCKS = 64, DISK = 4 << 20 };

static void identify(struct trv_disk *disk, const char *mode)
{
	const struct trv_disk_info *info = trv_disk_info(disk);

	CU_ASSERT_EQUAL(info->blocks, DISK / SECTOR);
	CU_ASSERT_EQUAL(info->block_size, SECTOR);
	CU_ASSERT_STRING_EQUAL(info->model, "QEMU HARDDISK");
	CU_ASSERT_STRING_EQUAL(info->mode, mode);
}

/* Read what the host wrote at @lba; write behind it, for the host to read after the flush. */
static void both_ways(struct trv_dev *dev, struct trv_disk *disk, const char *path, u64 lba,
		      u32 seed)
{
	const size_t len = BLOCKS * SECTOR;
	u8 *copied = malloc(len), *shared = trv_user_dma_buf(dev, len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(shared);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, lba, BLOCKS, copied), 0);
	CU_ASSERT(qt_filled(copied, len, seed));
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, lba, BLOCKS, shared), 0);
	CU_ASSERT(qt_filled(shared, len, seed));

	qt_fill(copied, len, seed + 1);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_WRITE, lba + BLOCKS, BLOCKS, copied), 0);
	qt_fill(shared, len, seed + 2);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_WRITE, lba + 2 * BLOCKS, BLOCKS, shared), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT(qt_file_filled(path, (lba + BLOCKS) * SECTOR, len, seed + 1));
	CU_ASSERT(qt_file_filled(path, (lba + 2 * BLOCKS) * SECTOR, len, seed + 2));
	trv_user_dma_buf_free(dev, shared, len);
	free(copied);
}

/* One option of the driver's set, or none (NULL). */
static void one_disk(const char *model, const char *name, u32 val, const char *mode)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_user_error err;
	struct trv_host *host;
	struct trv_dev *dev;
	struct trv_disk *disk;
	char spec[256];

	qt_file_write(path, 100 * SECTOR, BLOCKS * SECTOR, 5);
	snprintf(spec, sizeof(spec), "qemu:%s,disk0=%s", model, path);
	CU_ASSERT_EQUAL_FATAL(trv_user_open(spec, &err, &host), 0);
	dev = trv_user_dev(host, 0);
	if (name)
		CU_ASSERT_EQUAL(trv_user_option(dev, name, val), 0);
	CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), 0);
	disk = qt_disk(host, 0);
	if (disk) {
		identify(disk, mode);
		both_ways(dev, disk, path, 100, 5);
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void piix3_dma(void)
{
	one_disk("piix3-ide", NULL, 0, "MWDMA2"); /* it has no Ultra DMA */
}

static void piix4_dma(void)
{
	one_disk("piix4-ide", NULL, 0, "UDMA/33");
}

static void piix3_pio(void)
{
	one_disk("piix3-ide", "dma", 0, "MULTI16");
}

static void piix3_polled(void)
{
	one_disk("piix3-ide", "irq", 0, "MWDMA2");
}

/* Four disks: both channels, master and slave, requests to all of them in turn. */
static void four_disks(void)
{
	const char *path[4];
	struct trv_host *host;
	char name[16];

	for (u32 i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "d%u.img", i);
		path[i] = qt_file(name, DISK);
		qt_file_write(path[i], 0, BLOCKS * SECTOR, 10 * i);
	}
	host = qt_open("qemu:piix3-ide,disk0=%s,disk1=%s,disk2=%s,disk3=%s,disk3.serial=FOUR",
		       path[0], path[1], path[2], path[3]);
	if (!host)
		return;
	for (u32 i = 0; i < 4; i++) {
		struct trv_disk *disk = qt_disk(host, i);

		if (disk)
			both_ways(trv_user_dev(host, 0), disk, path[i], 0, 10 * i);
	}
	CU_ASSERT_STRING_EQUAL(trv_disk_info(qt_disk(host, 3))->serial, "FOUR");
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* blkdebug fails reads of one sector: those around it are fine, and so is the next try. */
static void media_error(void)
{
	const char *image = qt_file("e.img", DISK), *rules = qt_path("rules");
	FILE *f = fopen(rules, "w");
	struct trv_host *host;
	struct trv_disk *disk;
	u8 buf[SECTOR];

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fprintf(f, "[inject-error]\nevent = \"read_aio\"\nerrno = \"5\"\nsector = \"1234\"\n");
	fclose(f);
	qt_file_write(image, 1233 * SECTOR, SECTOR, 7);
	host = qt_open("qemu:piix3-ide,drive0=driver=raw,,file.driver=blkdebug,,file.config=%s,,"
		       "file.image.driver=file,,file.image.filename=%s",
		       rules, image);
	if (!host)
		return;
	disk = qt_disk(host, 0);
	if (disk) {
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 1234, 1, buf), -EIO);
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 1233, 1, buf), 0);
		CU_ASSERT(qt_filled(buf, SECTOR, 7));
	}
	trv_user_close(host);
}

KTAP_SUITE(ide, KTAP_TEST(piix3_dma), KTAP_TEST(piix4_dma), KTAP_TEST(piix3_pio),
	   KTAP_TEST(piix3_polled), KTAP_TEST(four_disks), KTAP_TEST(media_error));
KTAP_MAIN(&ide);
