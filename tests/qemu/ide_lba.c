// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Addresses of more than 28 and of more than 32 bits, on files with holes: a
 * byte of an address that is lost would show in a block that nobody wrote.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

enum { SECTOR = 512, BLOCKS = 16, HALF = BLOCKS / 2, LONG = 300 };

#define BITS28 (1ULL << 28)
#define BITS32 (1ULL << 32)

static const char *image(u64 blocks)
{
	const char *path = qt_path("big.img");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = ftruncate(fd, (off_t)(blocks * SECTOR)) ? errno : 0;

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	if (rc == EFBIG || rc == EINVAL)
		return NULL;
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	return path;
}

/* Where blocks at @lba would go if the address lost its bits from @bits up. */
static void nothing_at(const char *path, u64 lba, u32 bits)
{
	u64 wrong = lba & ((1ULL << bits) - 1);

	if (wrong != lba)
		CU_ASSERT(qt_file_zero(path, wrong * SECTOR, BLOCKS * SECTOR));
}

/* What the host wrote is read there, and what is written there the host reads. */
static void at(struct trv_disk *disk, const char *path, u64 lba, u32 seed)
{
	static const u32 bits[] = { 24, 28, 32, 40 };

	CU_ASSERT_EQUAL(qt_put(disk, lba, BLOCKS, seed), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT(qt_file_filled(path, lba * SECTOR, BLOCKS * SECTOR, seed));
	for (u32 i = 0; i < TRV_ARRAY_SIZE(bits); i++)
		nothing_at(path, lba, bits[i]);
	qt_file_write(path, lba * SECTOR, BLOCKS * SECTOR, seed + 100);
	CU_ASSERT_EQUAL(qt_get(disk, lba, BLOCKS, seed + 100), 0);
}

static void edges(u64 blocks, const u64 *lbas, u32 n, u32 dma)
{
	const char *path = image(blocks);
	struct trv_host *host;
	struct trv_disk *disk;

	if (!path)
		KTAP_SKIP("no file of that size can be made there");
	host = qt_open_unbound("qemu:piix4-ide,disk2=%s", path);
	disk = host && qt_bind_with(host, "dma", dma) ? qt_disk(host, 2) : NULL;
	if (disk) {
		CU_ASSERT_EQUAL(trv_disk_info(disk)->blocks, blocks);
		for (u32 i = 0; i < n; i++)
			at(disk, path, lbas[i], i);
		CU_ASSERT_EQUAL(qt_get(disk, blocks - 1, 2, 0), -ERANGE);
		/* One request may also be longer than 28-bit commands take. */
		CU_ASSERT_EQUAL(qt_put(disk, 5000, LONG, 9), 0);
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
		CU_ASSERT(qt_file_filled(path, 5000 * SECTOR, LONG * SECTOR, 9));
		CU_ASSERT_EQUAL(qt_get(disk, 5000, LONG, 9), 0);
	}
	trv_user_close(host);
	unlink(path);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/*
 * The last address of 28 bits, across it, the first beyond; the disk's last.
 * No two of a list are one when bits get lost.
 */
static const u64 lbas28[] = { BITS28 - BLOCKS - 1, BITS28 - HALF, BITS28 + BLOCKS,
			      BITS28 + 3000 - BLOCKS };
static const u64 lbas32[] = { BITS28 + 777777, BITS32 - BLOCKS - 1, BITS32 - HALF,
			      BITS32 + BLOCKS, BITS32 + 0x1234567,  BITS32 + (1 << 25) - BLOCKS };

static void beyond_28_bits_dma(void)
{
	edges(BITS28 + 3000, lbas28, TRV_ARRAY_SIZE(lbas28), 1);
}

static void beyond_28_bits_pio(void)
{
	edges(BITS28 + 3000, lbas28, TRV_ARRAY_SIZE(lbas28), 0);
}

static void beyond_32_bits_dma(void)
{
	edges(BITS32 + (1 << 25), lbas32, TRV_ARRAY_SIZE(lbas32), 1);
}

static void beyond_32_bits_pio(void)
{
	edges(BITS32 + (1 << 25), lbas32, TRV_ARRAY_SIZE(lbas32), 0);
}

/* Without LBA48 the disk ends where the addresses do. */
static void held_to_28_bits(void)
{
	const char *path = image(BITS28 + 3000);
	struct trv_host *host;
	struct trv_disk *disk;

	if (!path)
		KTAP_SKIP("no file of that size can be made there");
	host = qt_open_unbound("qemu:piix3-ide,disk0=%s", path);
	disk = host && qt_bind_with(host, "lba48", 0) ? qt_disk(host, 0) : NULL;
	if (disk) {
		const u64 blocks = trv_disk_info(disk)->blocks;

		CU_ASSERT(blocks > BITS28 - 1000 && blocks <= BITS28);
		CU_ASSERT_EQUAL(qt_put(disk, blocks - 1, 1, 4), 0);
		CU_ASSERT_EQUAL(qt_get(disk, blocks, 1, 4), -ERANGE);
		/* As many as there are: a count of 0. */
		CU_ASSERT_EQUAL(qt_put(disk, 1000, 256, 6), 0);
		CU_ASSERT_EQUAL(qt_get(disk, 1000, 256, 6), 0);
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
		CU_ASSERT(qt_file_filled(path, (blocks - 1) * SECTOR, SECTOR, 4));
		CU_ASSERT(qt_file_filled(path, 1000 * SECTOR, 256 * SECTOR, 6));
	}
	trv_user_close(host);
	unlink(path);
}

KTAP_SUITE(lba, KTAP_TEST(beyond_28_bits_dma), KTAP_TEST(beyond_28_bits_pio),
	   KTAP_TEST(beyond_32_bits_dma), KTAP_TEST(beyond_32_bits_pio),
	   KTAP_TEST(held_to_28_bits));
KTAP_MAIN(&lba);
