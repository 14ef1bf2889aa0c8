// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CD drives: what is read is what is in the image. Discs are changed as a
 * person would, from outside (qmp=), and nothing asked of one disc is answered by
 * the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "help.h"

enum { BLOCK = 2048, DISC = 300, OTHER = 130, SECTOR = 512, WAIT_MS = 10000 };

static struct qt_qmp qmp;

static const char *disc(const char *name, u32 blocks, u32 seed)
{
	const char *path = qt_file(name, (u64)blocks * BLOCK);

	qt_file_write(path, 0, (size_t)blocks * BLOCK, seed);
	return path;
}

/* Is each block the disc's? All of it in requests of odd lengths. */
static void whole_disc(struct trv_disk *disk, u32 blocks, u32 seed)
{
	u8 *want = malloc((size_t)blocks * BLOCK), *buf = malloc((size_t)blocks * BLOCK);

	qt_fill(want, (size_t)blocks * BLOCK, seed);
	memset(buf, 0x5a, (size_t)blocks * BLOCK);
	for (u32 at = 0, n = 1; at < blocks; at += n, n = n % 61 + 7) {
		n = trv_min(n, blocks - at);
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, at, n, buf + at * BLOCK), 0);
	}
	CU_ASSERT_EQUAL(memcmp(buf, want, (size_t)blocks * BLOCK), 0);
	free(want);
	free(buf);
}

static void reads(const char *model, u32 unit, const char *option, u32 val)
{
	struct trv_host *host =
		qt_open_unbound("qemu:%s,cd%u=%s", model, unit, disc("a.iso", DISC, 1));
	const struct trv_disk_info *info;
	struct trv_user_interrupts n;
	struct trv_disk *disk;

	if (!host)
		return;
	disk = qt_bind_with(host, option, val) ? qt_disk(host, unit) : NULL;
	if (disk) {
		info = trv_disk_info(disk);
		CU_ASSERT_EQUAL(info->blocks, DISC);
		CU_ASSERT_EQUAL(info->block_size, BLOCK);
		CU_ASSERT_EQUAL(info->flags,
				TRV_DISK_CDROM | TRV_DISK_REMOVABLE | TRV_DISK_READ_ONLY);
		CU_ASSERT_STRING_EQUAL(info->model, "QEMU DVD-ROM");
		whole_disc(disk, DISC, 1);
		CU_ASSERT_EQUAL(qt_get(disk, DISC - 1, 2, 0), -ERANGE);
		if (strcmp(option, "irq")) {
			CU_ASSERT(trv_user_interrupts(trv_user_dev(host, 0), unit / 2, &n));
			CU_ASSERT(n.calls > 0);
			CU_ASSERT_EQUAL(n.unwanted, 0);
		}
	}
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void reads_dma(void)
{
	reads("piix3-ide", 2, "dma", 1);
}

static void reads_udma(void)
{
	reads("piix4-ide", 0, "dma", 1);
}

static void reads_pio(void)
{
	reads("piix3-ide", 3, "dma", 0);
}

static void reads_polled(void)
{
	reads("piix4-ide", 1, "irq", 0);
}

/* What is on it stays. */
static void write_refused(void)
{
	const char *path = disc("a.iso", DISC, 1);
	struct trv_host *host = qt_open("qemu:piix3-ide,cd=%s", path);

	if (!host)
		return;
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 5, 1, 9), -EACCES);
	CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, 0), TRV_REQ_DISCARD, 5, 1, NULL), -EOPNOTSUPP);
	trv_user_close(host);
	CU_ASSERT(qt_file_filled(path, 0, DISC * BLOCK, 1));
}

/* Disk and CD on one cable, both under way. */
static void beside_a_disk(void)
{
	const char *path = qt_file("d.img", 4 << 20);
	struct trv_host *host =
		qt_open("qemu:piix4-ide,disk0=%s,cd1=%s", path, disc("a.iso", DISC, 1));
	struct qt_load load;

	if (!host)
		return;
	qt_load_start(&load, qt_disk(host, 0), 1024);
	whole_disc(qt_disk(host, 1), DISC, 1);
	qt_load_wait(&load, 20);
	whole_disc(qt_disk(host, 1), DISC, 1);
	qt_load_stop(&load);
	CU_ASSERT_EQUAL(load.errors, 0);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* ---- discs that come and go ---------------------------------------------- */

static struct trv_host *open_tray(const char *image)
{
	const char *sock = qt_path("qmp");
	struct trv_host *host = qt_open("qemu:piix4-ide,cd2=%s,qmp=%s", image, sock);

	if (host && qt_qmp_open(&qmp, sock))
		return host;
	trv_user_close(host);
	return NULL;
}

static void close_tray(struct trv_host *host)
{
	qt_qmp_close(&qmp);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void insert(const char *path)
{
	qt_qmp(&qmp, "blockdev-change-medium",
	       "{'id': 'dev0-2', 'filename': '%s', 'format': 'raw', 'read-only-mode': 'read-only'}",
	       path);
}

/* A drive that has just been loaded may say so in more than one answer. */
static void changed(struct trv_disk *disk, u64 blocks)
{
	int rc = 0;

	for (u32 i = 0; i < WAIT_MS / 10 && !(rc > 0 && trv_disk_info(disk)->blocks == blocks);
	     i++) {
		rc = trv_disk_check_events(disk);
		CU_ASSERT(rc >= 0);
		if (!rc)
			usleep(10000);
	}
	CU_ASSERT(rc & TRV_DISK_MEDIA_CHANGE);
	CU_ASSERT_EQUAL(trv_disk_info(disk)->blocks, blocks);
	CU_ASSERT_EQUAL(trv_disk_check_events(disk), 0);
}

static void no_disc(struct trv_disk *disk)
{
	u8 block[BLOCK];

	CU_ASSERT_EQUAL(trv_disk_info(disk)->blocks, 0);
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 0, 1, block), -ENOMEDIUM);
}

static void empty_then_disc(void)
{
	struct trv_host *host = open_tray("");
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;

	if (!disk)
		return;
	no_disc(disk);
	CU_ASSERT_EQUAL(trv_disk_check_events(disk), 0);
	insert(disc("a.iso", DISC, 1));
	changed(disk, DISC);
	whole_disc(disk, DISC, 1);
	close_tray(host);
}

static void another_disc(void)
{
	const char *other = disc("b.iso", OTHER, 2);
	struct trv_host *host = open_tray(disc("a.iso", DISC, 1));
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;
	u8 block[BLOCK];

	if (!disk)
		return;
	whole_disc(disk, DISC, 1);
	insert(other);
	/* It was asked of the first disc; and so it stays until somebody looks. */
	memset(block, 0x5a, BLOCK);
	for (u32 i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 3, 1, block), -ENOMEDIUM);
	changed(disk, OTHER);
	whole_disc(disk, OTHER, 2);
	CU_ASSERT_EQUAL(qt_get(disk, OTHER, 1, 0), -ERANGE);
	/* As long as the first one: only what it tells differs. */
	insert(disc("c.iso", OTHER, 3));
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 3, 1, block), -ENOMEDIUM);
	changed(disk, OTHER);
	whole_disc(disk, OTHER, 3);
	close_tray(host);
}

static void ejected(void)
{
	struct trv_host *host = open_tray(disc("a.iso", DISC, 1));
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;
	u8 block[BLOCK];

	if (!disk)
		return;
	qt_qmp(&qmp, "eject", "%s", "{'id': 'dev0-2'}");
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 0, 1, block), -ENOMEDIUM);
	changed(disk, 0);
	no_disc(disk);
	/* Closed without a disc. */
	qt_qmp(&qmp, "blockdev-close-tray", "%s", "{'id': 'dev0-2'}");
	CU_ASSERT(trv_disk_check_events(disk) >= 0);
	no_disc(disk);
	insert(disc("b.iso", OTHER, 2));
	changed(disk, OTHER);
	whole_disc(disk, OTHER, 2);
	close_tray(host);
}

/* Out and in again: it is the same disc, but the drive cannot know. */
static void tray_opened(void)
{
	struct trv_host *host = open_tray(disc("a.iso", DISC, 1));
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;
	u8 block[BLOCK];

	if (!disk)
		return;
	whole_disc(disk, DISC, 1);
	qt_qmp(&qmp, "blockdev-open-tray", "%s", "{'id': 'dev0-2'}");
	CU_ASSERT_EQUAL(trv_disk_rw(disk, TRV_REQ_READ, 0, 1, block), -ENOMEDIUM);
	qt_qmp(&qmp, "blockdev-close-tray", "%s", "{'id': 'dev0-2'}");
	changed(disk, DISC);
	whole_disc(disk, DISC, 1);
	close_tray(host);
}

struct reader {
	struct trv_disk *disk;
	u32 stop, wrong;
	u32 ok, no_medium;
};

/* Reads must be of the disc that was in there when its size was last told; or fail. */
static void *read_on(void *arg)
{
	struct reader *r = arg;
	u8 block[BLOCK];

	while (!trv_load_acquire(&r->stop)) {
		int rc = trv_disk_rw(r->disk, TRV_REQ_READ, 7, 1, block);

		if (!rc)
			(void)trv_fetch_add(&r->ok, 1);
		else if (rc == -ENOMEDIUM)
			(void)trv_fetch_add(&r->no_medium, 1);
		else
			(void)trv_fetch_add(&r->wrong, 1);
	}
	return NULL;
}

static void changed_while_read(void)
{
	const char *images[2] = { disc("a.iso", DISC, 1), disc("b.iso", OTHER, 2) };
	struct trv_host *host = open_tray(images[0]);
	struct trv_disk *disk = host ? qt_disk(host, 2) : NULL;
	struct reader r = { .disk = disk };
	pthread_t thread;

	if (!disk)
		return;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, read_on, &r), 0);
	for (u32 i = 1; i < 6; i++) {
		u32 before = trv_load_acquire(&r.ok);

		for (u32 ms = 0; ms < WAIT_MS && trv_load_acquire(&r.ok) == before; ms++)
			usleep(1000);
		insert(images[i % 2]);
		changed(disk, i % 2 ? OTHER : DISC);
	}
	trv_store_release(&r.stop, 1);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(r.wrong, 0);
	CU_ASSERT(r.ok >= 5);
	whole_disc(disk, OTHER, 2);
	close_tray(host);
}

/*
 * A block that cannot be read, with its neighbours well. QEMU's drive knows one
 * reason for all errors, which is that there is no such block (ide_atapi_io_error()).
 */
static void medium_error(u32 dma)
{
	const char *image = disc("a.iso", DISC, 1);
	const char *drive = qt_blkdebug("rules", image,
					"[inject-error]\nevent = \"none\"\niotype = \"read\"\n"
					"errno = \"5\"\nsector = \"401\"\n");
	struct trv_host *host =
		qt_open_unbound("qemu:piix3-ide,drive2=media=cdrom,,readonly=on,,%s", drive);
	struct trv_disk *disk = host && qt_bind_with(host, "dma", dma) ? qt_disk(host, 2) : NULL;
	u8 *want = malloc(DISC * BLOCK), block[BLOCK];

	if (disk) {
		CU_ASSERT(trv_disk_info(disk)->flags & TRV_DISK_CDROM);
		qt_fill(want, DISC * BLOCK, 1);
		for (u32 lba = 99; lba < 102; lba++) {
			int rc = trv_disk_rw(disk, TRV_REQ_READ, lba, 1, block);

			CU_ASSERT_EQUAL(rc, lba == 100 ? -ERANGE : 0);
			if (!rc)
				CU_ASSERT_EQUAL(memcmp(block, want + lba * BLOCK, BLOCK), 0);
		}
		CU_ASSERT_EQUAL(trv_disk_check_events(disk), 0);
	}
	free(want);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void medium_error_dma(void)
{
	medium_error(1);
}

static void medium_error_pio(void)
{
	medium_error(0);
}

KTAP_SUITE(cd, KTAP_TEST(reads_dma), KTAP_TEST(reads_udma), KTAP_TEST(reads_pio),
	   KTAP_TEST(reads_polled), KTAP_TEST(write_refused), KTAP_TEST(beside_a_disk),
	   KTAP_TEST(empty_then_disc), KTAP_TEST(another_disc), KTAP_TEST(ejected),
	   KTAP_TEST(tray_opened), KTAP_TEST(changed_while_read), KTAP_TEST(medium_error_dma),
	   KTAP_TEST(medium_error_pio));
KTAP_MAIN(&cd);
