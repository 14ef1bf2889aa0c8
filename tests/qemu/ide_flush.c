// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Flush, writes that must be on the medium when they end, trim: as QEMU counts and the host sees. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "help.h"

enum { SECTOR = 512, DISK = 16 << 20, MIB = 1 << 20, MIB_BLOCKS = MIB / SECTOR };

static struct qt_qmp qmp;

static struct trv_host *open_disk(const char *path, const char *more)
{
	const char *sock = qt_path("qmp");
	struct trv_host *host =
		qt_open("qemu:piix4-ide,qmp=%s,drive0=format=raw,,file=%s%s", sock, path, more);

	if (host && qt_qmp_open(&qmp, sock))
		return host;
	trv_user_close(host);
	return NULL;
}

static void close_disk(struct trv_host *host)
{
	qt_qmp_close(&qmp);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static u64 stat_of(const char *key)
{
	return qt_qmp_stat(&qmp, "dev0-0", key);
}

/* Each flush is one flush there. */
static void flushes(void)
{
	struct trv_host *host = open_disk(qt_file("d.img", DISK), "");
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;
	u64 before;

	if (!disk)
		return;
	CU_ASSERT(trv_disk_info(disk)->flags & TRV_DISK_WRITE_CACHE);
	before = stat_of("flush_operations");
	CU_ASSERT_EQUAL(qt_put(disk, 0, 8, 1), 0);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before);
	for (u32 i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before + 3);
	CU_ASSERT_EQUAL(stat_of("failed_flush_operations"), 0);
	close_disk(host);
}

static int write_fua(struct trv_disk *disk, u64 lba, u32 seed)
{
	u8 buf[SECTOR];
	struct qt_once once;

	qt_fill(buf, SECTOR, seed);
	if (!qt_submit_fua(&once, disk, lba, 1, buf))
		return -EINVAL;
	return qt_wait(&once);
}

/* QEMU's disks have no FUA: a flush follows the write, and the write ends after it. */
static void fua(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host = open_disk(path, "");
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;
	u64 flushes_before, writes_before;

	if (!disk)
		return;
	CU_ASSERT(!(trv_disk_info(disk)->flags & TRV_DISK_FUA));
	flushes_before = stat_of("flush_operations");
	writes_before = stat_of("wr_operations");
	CU_ASSERT_EQUAL(write_fua(disk, 9, 4), 0);
	CU_ASSERT(qt_file_filled(path, 9 * SECTOR, SECTOR, 4));
	CU_ASSERT_EQUAL(stat_of("flush_operations"), flushes_before + 1);
	CU_ASSERT_EQUAL(stat_of("wr_operations"), writes_before + 1);
	close_disk(host);
}

/* Without a cache that forgets there is nothing to flush. */
static void fua_without_cache(void)
{
	struct trv_host *host = open_disk(qt_file("d.img", DISK), ",drive0.write-cache=off");
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;
	u64 before;

	if (!disk)
		return;
	CU_ASSERT(!(trv_disk_info(disk)->flags & TRV_DISK_WRITE_CACHE));
	before = stat_of("flush_operations");
	CU_ASSERT_EQUAL(write_fua(disk, 9, 4), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before);
	close_disk(host);
}

/* What is removed, suspended or shut down has flushed its caches. */
static void flushed_at_the_end(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host = open_disk(path, "");
	struct trv_dev *dev = host ? trv_user_dev(host, 0) : NULL;
	u64 before;

	if (!dev)
		return;
	before = stat_of("flush_operations");
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 0, 8, 1), 0);
	CU_ASSERT_EQUAL(trv_user_suspend(dev), 0);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before + 1);
	CU_ASSERT_EQUAL(trv_user_resume(dev), 0);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 8, 8, 1), 0);
	trv_user_unbind(dev);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before + 2);
	CU_ASSERT_EQUAL(trv_user_bind(dev, NULL), 0);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 16, 8, 1), 0);
	trv_user_shutdown(dev);
	CU_ASSERT_EQUAL(stat_of("flush_operations"), before + 3);
	close_disk(host);
}

/* ---- trim ---------------------------------------------------------------- */

static u64 bytes_used(const char *path)
{
	struct stat st;

	CU_ASSERT_EQUAL(stat(path, &st), 0);
	return (u64)st.st_blocks * 512;
}

static bool is_hole(const char *path, u64 off, u64 len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t data = lseek(fd, (off_t)off, SEEK_DATA);

	close(fd);
	return data < 0 || data >= (off_t)(off + len);
}

static void fill_mib(struct trv_disk *disk, u32 mib)
{
	for (u32 i = 0; i < mib; i++)
		CU_ASSERT_EQUAL(qt_put(disk, (u64)i * MIB_BLOCKS, MIB_BLOCKS, i), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
}

/* What was trimmed is a hole in the host's file; its neighbours are whole. */
static void trim(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host = open_disk(path, ",,discard=unmap");
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;
	u64 full;

	if (!disk)
		return;
	CU_ASSERT(trv_disk_info(disk)->flags & TRV_DISK_DISCARD);
	CU_ASSERT(trv_disk_info(disk)->max_discard >= MIB_BLOCKS);
	fill_mib(disk, 4);
	full = bytes_used(path);
	CU_ASSERT(full >= 4 * MIB);
	CU_ASSERT(!is_hole(path, MIB, MIB));

	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_DISCARD, MIB_BLOCKS, 2 * MIB_BLOCKS, NULL), 0);
	CU_ASSERT(is_hole(path, MIB, 2 * MIB));
	CU_ASSERT(bytes_used(path) <= full - 2 * MIB);
	CU_ASSERT(qt_file_filled(path, 0, MIB, 0));
	CU_ASSERT(qt_file_filled(path, 3 * MIB, MIB, 3));
	CU_ASSERT_EQUAL(qt_get(disk, 0, MIB_BLOCKS, 0), 0);
	CU_ASSERT_EQUAL(qt_get(disk, 3 * MIB_BLOCKS, MIB_BLOCKS, 3), 0);
	CU_ASSERT(qt_file_zero(path, MIB, 2 * MIB));
	/* And what is written there afterwards is there. */
	CU_ASSERT_EQUAL(qt_put(disk, MIB_BLOCKS + 8, 8, 42), 0);
	CU_ASSERT_EQUAL(qt_get(disk, MIB_BLOCKS + 8, 8, 42), 0);
	CU_ASSERT_EQUAL(stat_of("unmap_operations"), 1);
	CU_ASSERT_EQUAL(stat_of("unmap_bytes"), 2 * MIB);
	close_disk(host);
}

/* More blocks than a range of the command has room for, beyond 28 bits, up to the last one. */
static void trim_far(void)
{
	const u64 blocks = (1ULL << 28) + 200000, from = blocks - 150000;
	const char *path = qt_file("big.img", blocks * SECTOR);
	struct trv_host *host = open_disk(path, ",,discard=unmap");
	struct trv_disk *disk = host ? qt_disk(host, 0) : NULL;

	if (!disk)
		return;
	CU_ASSERT_EQUAL(qt_put(disk, from - 8, 16, 1), 0);
	CU_ASSERT_EQUAL(qt_put(disk, from + 65535, 8, 2), 0);
	CU_ASSERT_EQUAL(qt_put(disk, blocks - 8, 8, 3), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_DISCARD, from, 150000, NULL), 0);
	CU_ASSERT(qt_file_zero(path, from * SECTOR, 8 * SECTOR));
	CU_ASSERT(qt_file_zero(path, (from + 65535) * SECTOR, 8 * SECTOR));
	CU_ASSERT(qt_file_zero(path, (blocks - 8) * SECTOR, 8 * SECTOR));
	CU_ASSERT(!qt_file_zero(path, (from - 8) * SECTOR, 8 * SECTOR));
	CU_ASSERT_EQUAL(stat_of("unmap_bytes"), 150000ULL * SECTOR);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_DISCARD, blocks - 1, 2, NULL), -ERANGE);
	close_disk(host);
	unlink(path);
}

/* By register there is no trim: the list of ranges goes by DMA. */
static void no_trim(void)
{
	struct trv_host *host = qt_open_unbound("qemu:piix4-ide,disk0=%s", qt_file("d.img", DISK));
	struct trv_disk *disk = host && qt_bind_with(host, "dma", 0) ? qt_disk(host, 0) : NULL;

	if (disk) {
		CU_ASSERT(!(trv_disk_info(disk)->flags & TRV_DISK_DISCARD));
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_DISCARD, 0, 8, NULL), -EOPNOTSUPP);
	}
	trv_user_close(host);
}

KTAP_SUITE(flush, KTAP_TEST(flushes), KTAP_TEST(fua), KTAP_TEST(fua_without_cache),
	   KTAP_TEST(flushed_at_the_end), KTAP_TEST(trim), KTAP_TEST(trim_far), KTAP_TEST(no_trim));
KTAP_MAIN(&flush);
