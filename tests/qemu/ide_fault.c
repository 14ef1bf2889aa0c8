// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Blocks that cannot be read, written or flushed (blkdebug). The error is
 * theirs alone: neighbours, the other drive and what comes later are well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "help.h"

enum { SECTOR = 512, DISK = 4 << 20, BAD = 1234, FIRST = BAD - 4, BLOCKS = 8 };

static const char read_rule[] =
	"[inject-error]\nevent = \"none\"\niotype = \"read\"\nerrno = \"5\"\nsector = \"1234\"\n";
static const char write_rule[] =
	"[inject-error]\nevent = \"none\"\niotype = \"write\"\nerrno = \"5\"\nsector = \"1234\"\n";
static const char flush_rule[] =
	"[inject-error]\nevent = \"none\"\niotype = \"flush\"\nerrno = \"5\"\nonce = \"on\"\n";
static const char once_rule[] =
	"[inject-error]\nevent = \"none\"\niotype = \"read\"\nerrno = \"5\"\nsector = \"1234\"\n"
	"once = \"on\"\n";

/**
 * struct set - a disk with errors, and a sound one as its slave
 */
struct set {
	struct trv_host *host;
	struct trv_disk *disk, *other;
	const char *path;
};

/* Blocks around the bad one hold a pattern each, @seed 1 and on. */
static bool set_up(struct set *s, const char *model, const char *rules, u32 dma)
{
	s->path = qt_file("bad.img", DISK);
	for (u32 i = 0; i < BLOCKS; i++)
		qt_file_write(s->path, (u64)(FIRST + i) * SECTOR, SECTOR, 1 + i);
	s->host = qt_open_unbound("qemu:%s,drive0=%s,disk1=%s", model,
				  qt_blkdebug("rules", s->path, rules), qt_file("good.img", DISK));
	if (!s->host || !qt_bind_with(s->host, "dma", dma)) {
		trv_user_close(s->host);
		return false;
	}
	s->disk = qt_disk(s->host, 0);
	s->other = qt_disk(s->host, 1);
	return s->disk && s->other;
}

/* All is well with what has no part in the error. */
static void tear_down(struct set *s, u64 errors)
{
	struct trv_disk_stats stats;

	CU_ASSERT_EQUAL(qt_put(s->other, BAD, 1, 60), 0);
	CU_ASSERT_EQUAL(qt_get(s->other, BAD, 1, 60), 0);
	trv_disk_stats(s->disk, &stats);
	CU_ASSERT_EQUAL(stats.errors, errors);
	CU_ASSERT_EQUAL(stats.timeouts, 0);
	trv_disk_stats(s->other, &stats);
	CU_ASSERT_EQUAL(stats.errors, 0);
	trv_user_close(s->host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void reads(const char *model, u32 dma)
{
	struct set s;

	if (!set_up(&s, model, read_rule, dma))
		return;
	for (u32 round = 0; round < 2; round++) {
		for (u32 i = 0; i < BLOCKS; i++)
			CU_ASSERT_EQUAL(qt_get(s.disk, FIRST + i, 1, 1 + i),
					FIRST + i == BAD ? -EIO : 0);
	}
	/* One that has the block within it fails as a whole, and only it. */
	CU_ASSERT_EQUAL(qt_get(s.disk, BAD - 100, 200, 0), -EIO);
	CU_ASSERT_EQUAL(qt_put(s.disk, 3000, 64, 9), 0);
	CU_ASSERT_EQUAL(qt_get(s.disk, 3000, 64, 9), 0);
	/* It can be written: on a real disk that would also mend it. */
	CU_ASSERT_EQUAL(qt_put(s.disk, BAD, 1, 70), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(s.disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT(qt_file_filled(s.path, (u64)BAD * SECTOR, SECTOR, 70));
	tear_down(&s, 3);
}

static void writes(const char *model, u32 dma)
{
	struct set s;

	if (!set_up(&s, model, write_rule, dma))
		return;
	for (u32 i = 0; i < BLOCKS; i++)
		CU_ASSERT_EQUAL(qt_put(s.disk, FIRST + i, 1, 40 + i), FIRST + i == BAD ? -EIO : 0);
	CU_ASSERT_EQUAL(trv_disk_rw(s.disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	for (u32 i = 0; i < BLOCKS; i++) {
		u32 seed = FIRST + i == BAD ? 1 + i : 40 + i;

		CU_ASSERT_EQUAL(qt_get(s.disk, FIRST + i, 1, seed), 0);
		CU_ASSERT(qt_file_filled(s.path, (u64)(FIRST + i) * SECTOR, SECTOR, seed));
	}
	CU_ASSERT_EQUAL(qt_put(s.disk, BAD - 100, 200, 0), -EIO);
	tear_down(&s, 2);
}

static void reads_dma_piix3(void)
{
	reads("piix3-ide", 1);
}

static void reads_dma_piix4(void)
{
	reads("piix4-ide", 1);
}

static void reads_pio(void)
{
	reads("piix3-ide", 0);
}

static void writes_dma(void)
{
	writes("piix4-ide", 1);
}

static void writes_pio(void)
{
	writes("piix3-ide", 0);
}

/* The flush that failed says so, although the rest of the cache went home after it. */
static void flushes(void)
{
	struct set s;

	if (!set_up(&s, "piix4-ide", flush_rule, 1))
		return;
	CU_ASSERT_EQUAL(qt_put(s.disk, 10, 8, 3), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(s.disk, TRV_REQ_FLUSH, 0, 0, NULL), -EIO);
	CU_ASSERT_EQUAL(trv_disk_rw(s.disk, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT_EQUAL(trv_disk_rw(s.other, TRV_REQ_FLUSH, 0, 0, NULL), 0);
	CU_ASSERT_EQUAL(qt_get(s.disk, 10, 8, 3), 0);
	CU_ASSERT(qt_file_filled(s.path, 10 * SECTOR, 8 * SECTOR, 3));
	tear_down(&s, 1);
}

/* Nobody tries again on his own: what went wrong once is told, and is well the next time. */
static void once(void)
{
	struct set s;

	if (!set_up(&s, "piix3-ide", once_rule, 1))
		return;
	CU_ASSERT_EQUAL(qt_get(s.disk, BAD, 1, 5), -EIO);
	CU_ASSERT_EQUAL(qt_get(s.disk, BAD, 1, 5), 0);
	tear_down(&s, 1);
}

/* Both drives of the cable are busy while one of them fails again and again. */
static void under_load(void)
{
	struct qt_load mine, others;
	struct set s;

	if (!set_up(&s, "piix4-ide", read_rule, 1))
		return;
	qt_load_start(&mine, s.disk, 2048);
	qt_load_start(&others, s.other, 2048);
	for (u32 i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(qt_get(s.disk, BAD, 1, 5), -EIO);
	qt_load_wait(&mine, 20);
	qt_load_wait(&others, 20);
	qt_load_stop(&mine);
	qt_load_stop(&others);
	CU_ASSERT_EQUAL(mine.errors, 0);
	CU_ASSERT_EQUAL(others.errors, 0);
	tear_down(&s, 20);
}

KTAP_SUITE(fault, KTAP_TEST(reads_dma_piix3), KTAP_TEST(reads_dma_piix4), KTAP_TEST(reads_pio),
	   KTAP_TEST(writes_dma), KTAP_TEST(writes_pio), KTAP_TEST(flushes), KTAP_TEST(once),
	   KTAP_TEST(under_load));
KTAP_MAIN(&fault);
