// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Requests that take too long, and resets in the middle. The disk is slow
 * (QEMU's throttling), not dead: a backend that is stopped with DMA under way
 * would freeze QEMU at the reset that is to be tested.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <os/linux-user/qemu/qemu.h>

#include "help.h"

enum { SECTOR = 512, DISK = 4 << 20, QUEUED = 4 };
enum { TIMEOUT_MS = 1000, SOON_MS = 20000 };
enum { CTL_PORT = 0x3f6, SRST = 0x0c };

/**
 * struct slow - a disk that owes us time
 * @bps:    what it reads in a second
 * @before: blocks that are read at once, so that those behind them wait
 * @blocks: of each request that then takes too long
 */
struct slow {
	u32 dma;
	u32 bps;
	u32 before;
	u32 blocks;
};

static struct trv_host *open_slow(const char *path, u32 bps, u32 dma)
{
	struct trv_host *host;

	qt_file_write(path, 0, DISK, 5);
	host = qt_open_unbound("qemu:piix4-ide,drive0=format=raw,,file=%s,,throttling.bps-read=%u,"
			       "disk1=%s",
			       path, bps, qt_file("other.img", DISK));
	if (!host)
		return NULL;
	CU_ASSERT_EQUAL(trv_user_option(trv_user_dev(host, 0), "dma", dma), 0);
	if (qt_bind_with(host, "timeout_ms", TIMEOUT_MS))
		return host;
	trv_user_close(host);
	return NULL;
}

static u64 ms_since(u64 start)
{
	return (trv_time_ns() - start) / 1000000;
}

/* Other data than are wanted are an error no disk returns. */
static int read_at(struct trv_disk *disk, const u8 *want, u64 lba, u32 blocks)
{
	u8 *buf = malloc((size_t)blocks * SECTOR);
	int rc;

	memset(buf, 0x5a, (size_t)blocks * SECTOR);
	rc = trv_disk_rw(disk, TRV_REQ_READ, lba, blocks, buf);
	if (!rc && memcmp(buf, want + lba * SECTOR, (size_t)blocks * SECTOR))
		rc = -1000;
	free(buf);
	return rc;
}

/* Reads until one works: so long the disk owes us for what was read. At most @SOON_MS. */
static void works_again(struct trv_disk *disk, const u8 *want)
{
	u64 start = trv_time_ns();
	int rc;

	do {
		rc = read_at(disk, want, 9, 1);
		CU_ASSERT(!rc || rc == -ETIMEDOUT);
	} while (rc == -ETIMEDOUT && ms_since(start) < SOON_MS);
	CU_ASSERT_EQUAL(rc, 0);
}

/* Some time out, and those behind them wait all the longer. Each ends once, in time. */
static void queue_them(struct trv_host *host, const struct slow *slow, const u8 *want)
{
	const size_t len = (size_t)slow->blocks * SECTOR;
	struct trv_disk *disk = qt_disk(host, 0);
	u8 *buf = calloc(QUEUED, len), block[SECTOR] = { 0 };
	struct qt_once req[QUEUED], other;
	struct trv_disk_stats stats;
	u32 timeouts = 0;
	u64 start;

	if (slow->before)
		CU_ASSERT_EQUAL(read_at(disk, want, 0, slow->before), 0);
	start = trv_time_ns();
	for (u32 i = 0; i < QUEUED; i++)
		qt_submit(&req[i], disk, TRV_REQ_READ, 3000 + i * slow->blocks, slow->blocks,
			  buf + i * len);
	/* Its neighbour waits for the cable, and is served as soon as that is free. */
	qt_submit(&other, qt_disk(host, 1), TRV_REQ_WRITE, 5, 1, block);
	for (u32 i = 0; i < QUEUED; i++) {
		int rc = qt_wait(&req[i]);

		CU_ASSERT(!rc || rc == -ETIMEDOUT);
		timeouts += rc == -ETIMEDOUT;
		if (!rc)
			CU_ASSERT_EQUAL(memcmp(buf + i * len,
					       want + (3000 + i * slow->blocks) * SECTOR, len),
					0);
	}
	CU_ASSERT_EQUAL(qt_wait(&other), 0);
	CU_ASSERT(ms_since(start) >= TIMEOUT_MS);
	CU_ASSERT(ms_since(start) < SOON_MS);
	trv_disk_stats(disk, &stats);
	CU_ASSERT(timeouts >= 1);
	CU_ASSERT_EQUAL(stats.timeouts, timeouts);
	trv_disk_stats(qt_disk(host, 1), &stats);
	CU_ASSERT_EQUAL(stats.timeouts, 0);
	works_again(disk, want);
	/* Nothing came late. */
	for (u32 i = 0; i < QUEUED; i++)
		CU_ASSERT_EQUAL(trv_load_acquire(&req[i].ends), 1);
	ktap_note("%u of %u timed out", timeouts, QUEUED);
	free(buf);
}

static void times_out(const struct slow *slow)
{
	const char *path = qt_file("slow.img", DISK);
	struct trv_host *host = open_slow(path, slow->bps, slow->dma);
	u8 *want = malloc(DISK);

	if (host) {
		qt_fill(want, DISK, 5);
		queue_them(host, slow, want);
		/* Nor went it anywhere it should not. */
		CU_ASSERT(qt_file_filled(path, 0, DISK, 5));
		CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 0, 8, 8), 0);
		CU_ASSERT(qt_file_filled(path, 0, 8 * SECTOR, 8));
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
	free(want);
}

static void times_out_dma(void)
{
	times_out(&(struct slow){ .dma = 1, .bps = 512 << 10, .before = 2048, .blocks = 8 });
}

/* QEMU reads 16 blocks ahead of the registers: here the second part of a transfer is late. */
static void times_out_pio(void)
{
	times_out(&(struct slow){ .bps = 6 << 10, .blocks = 32 });
}

/* Patient enough: the same disk, and all is well. */
static void waits(void)
{
	const char *path = qt_file("slow.img", DISK);
	struct trv_host *host = qt_open("qemu:piix3-ide,drive0=format=raw,,file=%s,,"
					"throttling.bps-read=%u",
					path, 256 << 10);
	u64 start = trv_time_ns();
	struct trv_disk_stats stats;

	qt_file_write(path, 0, DISK, 5);
	if (!host)
		return;
	for (u32 i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, 0), TRV_REQ_READ, 0, 512,
					    (u8[512 * SECTOR]){ 0 }),
				0);
	CU_ASSERT(ms_since(start) >= 1000);
	trv_disk_stats(qt_disk(host, 0), &stats);
	CU_ASSERT_EQUAL(stats.timeouts, 0);
	trv_user_close(host);
}

/* ---- resets by others ---------------------------------------------------- */

/* Somebody else resets the channel under the driver's feet, again and again. */
static void soft_reset_by_others(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host =
		qt_open_unbound("qemu:piix4-ide,disk0=%s,disk1=%s", path, qt_file("e.img", DISK));
	struct qemu *q = (struct qemu *)host;
	struct trv_disk_stats stats;
	struct qt_load load;
	u32 rounds = 0;

	if (!host)
		return;
	if (!qt_bind_with(host, "timeout_ms", TIMEOUT_MS / 4)) {
		trv_user_close(host);
		return;
	}
	for (u32 i = 0; i < 5; i++) {
		qt_load_start(&load, qt_disk(host, 0), 1024);
		qt_load_wait(&load, 10);
		CU_ASSERT_EQUAL(qtest_cmd(q, NULL, "outb 0x%x 0x%x", CTL_PORT, SRST), 0);
		CU_ASSERT_EQUAL(qtest_cmd(q, NULL, "outb 0x%x 0x%x", CTL_PORT, SRST & ~4), 0);
		qt_load_wait(&load, 10);
		qt_load_stop(&load);
		rounds += load.rounds;
		/* A request that was lost, or met a drive that had just been reset, says so. */
		CU_ASSERT(!load.errors || load.first == -ETIMEDOUT || load.first == -EIO);
	}
	CU_ASSERT(rounds > 50);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 0, 64, 3), 0);
	CU_ASSERT_EQUAL(qt_get(qt_disk(host, 0), 0, 64, 3), 0);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 1), 0, 64, 4), 0);
	CU_ASSERT_EQUAL(qt_get(qt_disk(host, 1), 0, 64, 4), 0);
	trv_disk_stats(qt_disk(host, 0), &stats);
	ktap_note("%llu time-outs, %llu errors", (unsigned long long)stats.timeouts,
		  (unsigned long long)stats.errors);
	trv_user_close(host);
	CU_ASSERT(qt_file_filled(path, 0, 64 * SECTOR, 3));
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

KTAP_SUITE(timeout, KTAP_TEST(times_out_dma), KTAP_TEST(times_out_pio), KTAP_TEST(waits),
	   KTAP_TEST(soft_reset_by_others));
KTAP_MAIN(&timeout);
