// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The IDE driver on QEMU's PIIX3 and PIIX4, in each of its modes: what the
 * host wrote is read, and the reverse, by exactly as many interrupts as the
 * standard has for it, of the channel's own line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/qemu/qemu.h>

#include "help.h"

enum { SECTOR = 512, BLOCKS = 64, DISK = 4 << 20, LINE = 14 };

/**
 * struct mode - one way to use a disk
 * @option: of the driver's, with @val; or NULL
 * @block:  blocks for each interrupt, 0: one for all of a request
 */
struct mode {
	const char *model;
	const char *option;
	u32 val;
	const char *name;
	u32 block;
};

static u64 interrupts(struct trv_dev *dev, u32 vec)
{
	struct trv_user_interrupts n = { 0 };

	CU_ASSERT(trv_user_interrupts(dev, vec, &n));
	CU_ASSERT_EQUAL(n.unwanted, 0);
	return n.calls;
}

/* One request; exactly @want interrupts of channel @vec. */
static void counted(struct trv_disk *disk, struct trv_dev *dev, u32 vec, u64 want, bool write,
		    u64 lba, u32 seed)
{
	u64 before = interrupts(dev, vec), other = interrupts(dev, !vec);

	CU_ASSERT_EQUAL((write ? qt_put : qt_get)(disk, lba, BLOCKS, seed), 0);
	CU_ASSERT_EQUAL(interrupts(dev, vec) - before, want);
	CU_ASSERT_EQUAL(interrupts(dev, !vec), other);
}

/* Memory that both sides see, and memory that is copied. */
static void both_ways(struct trv_dev *dev, struct trv_disk *disk, const char *path, u64 lba,
		      u32 seed)
{
	const size_t len = BLOCKS * SECTOR;
	u8 *shared = trv_user_dma_buf(dev, len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(shared);
	CU_ASSERT_EQUAL(qt_get(disk, lba, BLOCKS, seed), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, lba, BLOCKS, shared), 0);
	CU_ASSERT(qt_filled(shared, len, seed));

	CU_ASSERT_EQUAL(qt_put(disk, lba + BLOCKS, BLOCKS, seed + 1), 0);
	qt_fill(shared, len, seed + 2);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_WRITE, lba + 2 * BLOCKS, BLOCKS, shared), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT(qt_file_filled(path, (lba + BLOCKS) * SECTOR, len, seed + 1));
	CU_ASSERT(qt_file_filled(path, (lba + 2 * BLOCKS) * SECTOR, len, seed + 2));
	/* And nothing beside it. */
	CU_ASSERT(qt_file_filled(path, lba * SECTOR, len, seed));
	CU_ASSERT(qt_file_zero(path, (lba + 3 * BLOCKS) * SECTOR, len));
	trv_user_dma_buf_free(dev, shared, len);
}

static void by_interrupts(struct trv_dev *dev, struct trv_disk *disk, u32 vec, u32 block)
{
	const struct qemu_dev *d = qemu_dev_of(dev);
	const u64 n = block ? BLOCKS / block : 1;

	CU_ASSERT_EQUAL(d->kind, TRV_IRQ_LEGACY);
	CU_ASSERT_EQUAL(d->line[vec], LINE + vec);
	/* No interrupt asks for a write's first block, but one says that the last is written. */
	counted(disk, dev, vec, n, true, 1000, 77);
	counted(disk, dev, vec, n, false, 1000, 77);
}

/* The primary master's, and the secondary slave's. */
static void two_disks(const struct mode *m)
{
	const char *path[2] = { qt_file("d.img", DISK), qt_file("e.img", DISK) };
	struct trv_host *host;
	struct trv_dev *dev;
	bool ok;

	for (u32 i = 0; i < 2; i++)
		qt_file_write(path[i], 100 * SECTOR, BLOCKS * SECTOR, 5 + i);
	host = qt_open_unbound("qemu:%s,disk0=%s,disk3=%s", m->model, path[0], path[1]);
	if (!host)
		return;
	dev = trv_user_dev(host, 0);
	ok = m->option ? qt_bind_with(host, m->option, m->val) : !trv_user_bind(dev, NULL);
	CU_ASSERT(ok);
	for (u32 i = 0; ok && i < 2; i++) {
		struct trv_disk *disk = qt_disk(host, 3 * i);

		CU_ASSERT_PTR_NOT_NULL_FATAL(disk);
		CU_ASSERT_STRING_EQUAL(trv_disk_info(disk)->mode, m->name);
		both_ways(dev, disk, path[i], 100, 5 + i);
		if (!m->option || strcmp(m->option, "irq"))
			by_interrupts(dev, disk, i, m->block);
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void piix3_mwdma(void)
{
	two_disks(&(struct mode){ "piix3-ide", NULL, 0, "MWDMA2", 0 }); /* it has no Ultra DMA */
}

static void piix4_udma(void)
{
	two_disks(&(struct mode){ "piix4-ide", NULL, 0, "UDMA/33", 0 });
}

static void piix4_udma_slow(void)
{
	two_disks(&(struct mode){ "piix4-ide", "mode", 0, "UDMA/16", 0 });
}

static void piix3_multiple(void)
{
	two_disks(&(struct mode){ "piix3-ide", "dma", 0, "MULTI16", 16 });
}

static void piix4_multiple(void)
{
	two_disks(&(struct mode){ "piix4-ide", "dma", 0, "MULTI16", 16 });
}

static void piix3_polled(void)
{
	two_disks(&(struct mode){ "piix3-ide", "irq", 0, "MWDMA2", 0 });
}

/* READ and WRITE SECTORS: an interrupt for each. */
static void single_blocks(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host = qt_open_unbound("qemu:piix4-ide,disk0=%s", path);
	struct trv_dev *dev;
	struct trv_disk *disk;

	if (!host)
		return;
	dev = trv_user_dev(host, 0);
	qt_file_write(path, 100 * SECTOR, BLOCKS * SECTOR, 5);
	CU_ASSERT_EQUAL(trv_user_option(dev, "multi", 0), 0);
	disk = qt_bind_with(host, "dma", 0) ? qt_disk(host, 0) : NULL;
	if (disk) {
		CU_ASSERT_STRING_EQUAL(trv_disk_info(disk)->mode, "PIO4");
		both_ways(dev, disk, path, 100, 5);
		by_interrupts(dev, disk, 0, 1);
	}
	trv_user_close(host);
}

/* What the drive is called, where it is, and how big. */
static void identify(void)
{
	const char *path = qt_file("d.img", DISK), *small = qt_file("one.img", SECTOR);
	struct trv_host *host = qt_open("qemu:piix4-ide,disk0=%s,disk0.serial=S-0123456789abcdef,"
					"disk0.model=A model of a disk with a long name here,"
					"disk0.ver=V1.2,disk1=%s,disk1.write-cache=off,cd3=,"
					"cd3.model=A drive for CDs,disk2=%s,"
					"disk2.physical_block_size=4096",
					path, small, qt_file("f.img", DISK));
	const struct trv_disk_info *info;
	u32 n = 0;

	if (!host)
		return;
	for (struct trv_disk *d = trv_disk_first(trv_user_dev(host, 0)); d; d = trv_disk_next(d))
		CU_ASSERT_EQUAL(trv_disk_info(d)->unit, n++);
	CU_ASSERT_EQUAL_FATAL(n, 4);
	info = trv_disk_info(qt_disk(host, 0));
	CU_ASSERT_STRING_EQUAL(info->model, "A model of a disk with a long name here");
	CU_ASSERT_STRING_EQUAL(info->serial, "S-0123456789abcdef");
	CU_ASSERT_STRING_EQUAL(info->firmware, "V1.2");
	CU_ASSERT_EQUAL(info->blocks, DISK / SECTOR);
	CU_ASSERT_EQUAL(info->block_size, SECTOR);
	CU_ASSERT_EQUAL(info->phys_block, SECTOR);
	CU_ASSERT_EQUAL(info->flags, TRV_DISK_WRITE_CACHE | TRV_DISK_DISCARD);
	info = trv_disk_info(qt_disk(host, 1));
	CU_ASSERT_STRING_EQUAL(info->model, "QEMU HARDDISK");
	CU_ASSERT_EQUAL(info->blocks, 1);
	info = trv_disk_info(qt_disk(host, 2));
	CU_ASSERT_EQUAL(info->phys_block, 4096);
	info = trv_disk_info(qt_disk(host, 3));
	CU_ASSERT_STRING_EQUAL(info->model, "A drive for CDs");
	CU_ASSERT_EQUAL(info->flags, TRV_DISK_CDROM | TRV_DISK_REMOVABLE | TRV_DISK_READ_ONLY);
	CU_ASSERT_EQUAL(info->blocks, 0);
	trv_user_close(host);
}

/* A disk of one block, and what lies behind its end. */
static void ends(void)
{
	const char *path = qt_file("one.img", SECTOR);
	struct trv_host *host = qt_open("qemu:piix3-ide,disk0=%s", path);
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;

	if (disk) {
		CU_ASSERT_EQUAL(qt_put(disk, 0, 1, 3), 0);
		CU_ASSERT_EQUAL(qt_get(disk, 0, 1, 3), 0);
		CU_ASSERT_EQUAL(qt_put(disk, 1, 1, 3), -ERANGE);
		CU_ASSERT_EQUAL(qt_get(disk, 0, 2, 3), -ERANGE);
		CU_ASSERT_EQUAL(qt_get(disk, ~0ULL, 1, 3), -ERANGE);
	}
	trv_user_close(host);
	CU_ASSERT(qt_file_filled(path, 0, SECTOR, 3));
}

KTAP_SUITE(ide, KTAP_TEST(identify), KTAP_TEST(ends), KTAP_TEST(piix3_mwdma), KTAP_TEST(piix4_udma),
	   KTAP_TEST(piix4_udma_slow), KTAP_TEST(piix3_multiple), KTAP_TEST(piix4_multiple),
	   KTAP_TEST(single_blocks), KTAP_TEST(piix3_polled));
KTAP_MAIN(&ide);
