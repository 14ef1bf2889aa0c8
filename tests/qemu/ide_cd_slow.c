// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A CD drive that takes too long: it alone is reset, by DEVICE RESET, and the
 * disk on its cable does not notice. QEMU's throttling makes it slow: the first
 * read is served at once, and those after it pay for it.
 */
#include <stdlib.h>
#include <string.h>

#include <trivet/hw/ata.h>

#include "help.h"

enum { BLOCK = 2048, DISC = 400, SECTOR = 512, DISK = 4 << 20 };
enum { TIMEOUT_MS = 1000, SOON_MS = 20000 };
/* The second channel's: commands, and control. */
enum { CMD_BAR = 2, CTL_BAR = 3 };

/** struct seen - what the driver wrote to the channel */
struct seen {
	u32 device_resets, soft_resets;
};

static int hear(const struct trv_fact *f, void *arg)
{
	struct seen *seen = arg;

	if (f->kind != TRV_FACT_REG_WRITE)
		return 0;
	if (f->bar == CMD_BAR && f->off == ATA_COMMAND && f->val == ATA_OP_DEVICE_RESET)
		seen->device_resets++;
	if (f->bar == CTL_BAR && f->val & ATA_DEVCTL_SRST)
		seen->soft_resets++;
	return 0;
}

static struct trv_host *open_slow(u32 dma, u32 bps, struct seen *seen)
{
	const char *disc = qt_file("slow.iso", DISC * BLOCK);
	struct trv_host *host;

	qt_file_write(disc, 0, DISC * BLOCK, 1);
	host = qt_open_unbound(
		"qemu:piix4-ide,disk2=%s,drive3=media=cdrom,,readonly=on,,format=raw,,"
		"file=%s,,throttling.bps-read=%u",
		qt_file("d.img", DISK), disc, bps);
	if (!host)
		return NULL;
	CU_ASSERT_EQUAL(trv_user_record(host, hear, seen), 0);
	CU_ASSERT_EQUAL(trv_user_option(trv_user_dev(host, 0), "dma", dma), 0);
	if (qt_bind_with(host, "timeout_ms", TIMEOUT_MS))
		return host;
	trv_user_close(host);
	return NULL;
}

/* Other data than are on the disc are an error no drive returns. */
static int read_at(struct trv_disk *disk, const u8 *want, u32 lba, u32 blocks)
{
	u8 *buf = malloc((size_t)blocks * BLOCK);
	int rc;

	memset(buf, 0x5a, (size_t)blocks * BLOCK);
	rc = trv_disk_rw(disk, TRV_REQ_READ, lba, blocks, buf);
	if (!rc && memcmp(buf, want + (size_t)lba * BLOCK, (size_t)blocks * BLOCK))
		rc = -1000;
	free(buf);
	return rc;
}

/* It owes us for what was read; then it serves again, and the right blocks. */
static void works_again(struct trv_disk *disk, const u8 *want)
{
	u64 start = trv_time_ns();
	int rc;

	do {
		rc = read_at(disk, want, DISC - 1, 1);
		CU_ASSERT(!rc || rc == -ETIMEDOUT);
	} while (rc == -ETIMEDOUT && qt_ms_since(start) < SOON_MS);
	CU_ASSERT_EQUAL(rc, 0);
}

/*
 * Several reads of @blocks, each of which takes a few seconds at @bps: far longer than the
 * time-out, so that none ends in the moment it is given up.
 */
static void times_out(u32 dma, u32 bps, u32 blocks)
{
	enum { READS = 4 };
	struct seen seen = { 0 };
	struct trv_host *host = open_slow(dma, bps, &seen);
	struct trv_disk *cd = host ? qt_disk(host, 3) : NULL;
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;
	u8 *want = malloc(DISC * BLOCK);
	struct trv_disk_stats stats;
	u32 timeouts = 0;

	seen.soft_resets = 0; /* one of the probe's */
	qt_fill(want, DISC * BLOCK, 1);
	for (u32 i = 0; cd && disk && i < READS; i++) {
		int rc = read_at(cd, want, i * blocks % (DISC - blocks), blocks);

		CU_ASSERT(!rc || rc == -ETIMEDOUT);
		timeouts += rc == -ETIMEDOUT;
		CU_ASSERT_EQUAL(qt_put(disk, 5, 8, 7 + i), 0);
	}
	if (cd && disk) {
		works_again(cd, want);
		CU_ASSERT_EQUAL(qt_get(disk, 5, 8, 7 + READS - 1), 0);
		trv_disk_stats(cd, &stats);
		CU_ASSERT(timeouts >= 1);
		CU_ASSERT(stats.timeouts >= timeouts);
		/* Each time, and nothing more than was needed. */
		CU_ASSERT_EQUAL(seen.device_resets, stats.timeouts);
		CU_ASSERT_EQUAL(seen.soft_resets, 0);
		trv_disk_stats(disk, &stats);
		CU_ASSERT_EQUAL(stats.timeouts, 0);
		CU_ASSERT_EQUAL(stats.errors, 0);
		ktap_note("%u of %u timed out, %u DEVICE RESET", timeouts, READS,
			  seen.device_resets);
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
	free(want);
}

static void times_out_dma(void)
{
	times_out(1, 64 << 10, 100);
}

/*
 * Of the 8 blocks between two interrupts the drive is late with the first; QEMU waits for the others
 * in the middle of an access to its data register, and then nobody can reset it. So more than 8.
 */
static void times_out_pio(void)
{
	times_out(0, 8 << 10, 40);
}

KTAP_SUITE_WITH(cd_slow, qt_remember, qt_nothing_left, KTAP_TEST(times_out_dma),
		KTAP_TEST(times_out_pio));
KTAP_MAIN(&cd_slow);
