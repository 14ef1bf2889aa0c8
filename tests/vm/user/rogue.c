// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A driver that programs DMA wrongly: rogue HARDWARE ADDRESS read|write|table
 *
 * It is the IDE driver as it is, with a lie below it: once, what its request was mapped to is the
 * ADDRESS instead, so that the table of regions says so (read: the disk's data go there; write: what
 * is there goes to the disk). Or (table) its table of regions is said to be there. Afterwards its
 * disk has to work: written, read and compared, ROUNDS times.
 *
 * Lines of "key value"; 1 when something is not as it has to be on any transport, 2 for a wrong
 * command line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/user.h>
#include <trivet/disk.h>
#include <trivet/hw/piix.h>

#include <tests/vm/page/page.h>

enum { LBA = 64, BLOCKS = 8, LEN = BLOCKS * 512, ROUNDS = 16 };
enum { BM_BAR = 4, BM_PRDT_OFF = 4 };

/* Less than a driver's patience of half a minute, and long for a disk of QEMU's. */
enum { TIMEOUT_MS = 10000 };

static u64 address;
static bool lie; /* about the next request */

/* The linker gives us what core/ calls trv_dma_map_sg(), and that function as __real_ (--wrap). */
int __real_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max);
int __wrap_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max);

int __wrap_trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n,
			  enum trv_dma_dir dir, struct trv_dma_map *maps, struct trv_seg *segs,
			  u32 max)
{
	const int rc = __real_trv_dma_map_sg(dev, vec, n, dir, maps, segs, max);
	u64 at = address;

	if (rc <= 0 || !lie)
		return rc;
	lie = false;
	for (int i = 0; i < rc; i++) {
		segs[i].addr = at;
		at += segs[i].len;
	}
	return rc;
}

static void fill(u8 *buf, u32 seed)
{
	for (u32 i = 0; i < LEN; i++)
		buf[i] = (u8)(i * 7 + i / 256 + seed * 31);
}

static bool is_filled(const u8 *buf, u32 seed)
{
	for (u32 i = 0; i < LEN; i++) {
		if (buf[i] != (u8)(i * 7 + i / 256 + seed * 31))
			return false;
	}
	return true;
}

static bool is_page(const u8 *buf)
{
	for (u32 i = 0; i < LEN; i++) {
		if (buf[i] != page_byte(i))
			return false;
	}
	return true;
}

/* Once more as it should be. */
static int works(struct trv_disk *disk, u8 *buf, u32 seed)
{
	int rc;

	fill(buf, seed);
	rc = trv_disk_rw(disk, TRV_REQ_WRITE, LBA, BLOCKS, buf);
	memset(buf, 0, LEN);
	if (!rc)
		rc = trv_disk_rw(disk, TRV_REQ_READ, LBA, BLOCKS, buf);
	return rc ?: is_filled(buf, seed) ? 0 : -EILSEQ;
}

/* What a transfer to or from somewhere else came to. */
static int stray(struct trv_disk *disk, struct trv_dev *dev, const char *way, u8 *buf)
{
	const bool writes = !strcmp(way, "write"), table = !strcmp(way, "table");
	const u64 start = trv_time_ns();
	int rc;

	if (table)
		dev->ops->bar_write(dev, BM_BAR, BM_PRDT_OFF, 4, address);
	lie = !table;
	memset(buf, 0, LEN);
	rc = trv_disk_rw(disk, writes ? TRV_REQ_WRITE : TRV_REQ_READ, LBA, BLOCKS, buf);
	printf("ended %s\nms %llu\n", rc ? strerror(-rc) : "well",
	       (unsigned long long)(trv_time_ns() - start) / 1000000);
	if (!writes) {
		printf("data %s\n", is_filled(buf, 0) ? "arrived" : "missing");
		return 0;
	}
	rc = trv_disk_rw(disk, TRV_REQ_READ, LBA, BLOCKS, buf);
	if (!rc)
		printf("disk %s\n", is_page(buf)      ? "page" :
				    is_filled(buf, 0) ? "untouched" :
							"other");
	return rc;
}

static int use(struct trv_dev *dev, const char *way)
{
	struct trv_disk *disk = trv_disk_first(dev);
	u8 *buf = trv_user_dma_buf(dev, LEN);
	int rc = disk && buf ? 0 : -ENODEV;

	if (!rc) {
		trv_disk_set_timeout(disk, TIMEOUT_MS);
		rc = works(disk, buf, 0);
	}
	printf("before %s\n", rc ? strerror(-rc) : "works");
	if (!rc)
		rc = stray(disk, dev, way, buf);
	for (u32 i = 1; !rc && i <= ROUNDS; i++)
		rc = works(disk, buf, i);
	printf("after %s\n", rc ? strerror(-rc) : "works");
	trv_user_dma_buf_free(dev, buf, LEN);
	return rc;
}

/* What a device may reach is no address to try: behind an IOMMU the same number is two places. */
static int is_ours(const struct trv_host *host)
{
	if (address + LEN <= host->pool.iova || address >= host->pool.iova + host->pool.size)
		return 0;
	fprintf(stderr, "rogue: 0x%llx is an address of this process's memory for DMA\n",
		(unsigned long long)address);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct trv_user_error err = { 0 };
	struct trv_host *host;
	char *end;
	int rc;

	if (argc != 4 ||
	    (strcmp(argv[3], "read") && strcmp(argv[3], "write") && strcmp(argv[3], "table"))) {
		fputs("usage: rogue HARDWARE ADDRESS read|write|table\n", stderr);
		return 2;
	}
	address = strtoull(argv[2], &end, 0);
	if (*end || !address || address > 0xffffffff - LEN) {
		fprintf(stderr, "rogue: '%s' is no address of a PRD's\n", argv[2]);
		return 2;
	}
	rc = trv_user_open(argv[1], &err, &host);
	if (rc) {
		fprintf(stderr, "rogue: %s\n", err.text);
		return 1;
	}
	rc = is_ours(host);
	if (!rc)
		rc = trv_user_bind(trv_user_dev(host, 0), NULL);
	if (!rc)
		rc = use(trv_user_dev(host, 0), argv[3]);
	trv_user_close(host);
	printf("misuse %u\n", trv_user_misuses());
	return rc || trv_user_misuses();
}
