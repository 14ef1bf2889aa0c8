// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Suspend, resume, shutdown, removal and unplugging, all of it while requests are under way. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "help.h"

enum { SECTOR = 512, DISK = 4 << 20, UNITS = 4, ROUNDS = 5, QUEUED = 64, SOON_MS = 20000 };

static const char *path[UNITS];

static struct trv_host *open_units(const char *model)
{
	char name[16];

	for (u32 i = 0; i < UNITS; i++) {
		snprintf(name, sizeof(name), "d%u.img", i);
		path[i] = qt_file(name, DISK);
	}
	return qt_open("qemu:%s,disk0=%s,disk1=%s,disk2=%s,disk3=%s", model, path[0], path[1],
		       path[2], path[3]);
}

static void start_all(struct trv_host *host, struct qt_load load[UNITS])
{
	for (u32 i = 0; i < UNITS; i++)
		qt_load_start(&load[i], qt_disk(host, i), 1024);
	for (u32 i = 0; i < UNITS; i++)
		qt_load_wait(&load[i], 5);
}

static void close_all(struct trv_host *host)
{
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

/* What comes while it sleeps waits until it is awake, or is told to come later; nothing is lost. */
static void sleeps_under_load(const char *model)
{
	struct trv_host *host = open_units(model);
	struct trv_dev *dev = host ? trv_user_dev(host, 0) : NULL;
	struct qt_load load[UNITS];

	if (!dev)
		return;
	start_all(host, load);
	for (u32 round = 0; round < ROUNDS; round++) {
		CU_ASSERT_EQUAL(trv_user_suspend(dev), 0);
		for (u32 i = 0; i < UNITS; i++) {
			u32 rounds = trv_load_acquire(&load[i].rounds);

			usleep(20000);
			/* One may have ended before, and its thread not come to count it yet. */
			CU_ASSERT(trv_load_acquire(&load[i].rounds) - rounds <= 1);
		}
		CU_ASSERT_EQUAL(trv_user_resume(dev), 0);
		for (u32 i = 0; i < UNITS; i++)
			qt_load_wait(&load[i], 3);
	}
	for (u32 i = 0; i < UNITS; i++) {
		qt_load_stop(&load[i]);
		CU_ASSERT_EQUAL(load[i].errors, 0);
	}
	close_all(host);
}

static void suspend_piix3(void)
{
	sleeps_under_load("piix3-ide");
}

static void suspend_piix4(void)
{
	sleeps_under_load("piix4-ide");
}

/* What is submitted at once, whatever happens next. */
static void submit_all(struct trv_host *host, struct qt_once *req, u8 *buf)
{
	for (u32 i = 0; i < QUEUED; i++) {
		qt_fill(buf + i * SECTOR, SECTOR, i);
		qt_submit(&req[i], qt_disk(host, i % UNITS), TRV_REQ_WRITE, i, 1, buf + i * SECTOR);
	}
}

/* Each has ended once: well, and is in the file; or with @rc or @rc2. How many went well? */
static u32 ended(struct qt_once *req, int rc, int rc2)
{
	u32 ok = 0;

	for (u32 i = 0; i < QUEUED; i++) {
		int got = qt_wait(&req[i]);

		CU_ASSERT(!got || got == rc || got == rc2);
		if (got)
			continue;
		ok++;
		CU_ASSERT(qt_file_filled(path[i % UNITS], (u64)i * SECTOR, SECTOR, i));
	}
	return ok;
}

static void never_twice(const struct qt_once *req)
{
	for (u32 i = 0; i < QUEUED; i++)
		CU_ASSERT_EQUAL(trv_load_acquire(&req[i].ends), 1);
}

/* Everything ends before shutdown has returned, or at the latest when the driver goes. */
static void shutdown_under_load(void)
{
	static struct qt_once req[QUEUED];
	struct trv_host *host = open_units("piix4-ide");
	u8 *buf = malloc(QUEUED * SECTOR);

	if (host) {
		submit_all(host, req, buf);
		trv_user_shutdown(trv_user_dev(host, 0));
		ktap_note("%u of %u were written", ended(req, -ENODEV, -ENODEV), QUEUED);
		CU_ASSERT_NOT_EQUAL(qt_put(qt_disk(host, 0), 0, 1, 1), 0);
		close_all(host);
		never_twice(req);
	}
	free(buf);
}

/* Removed and bound again; requests under way end well or with -ENODEV. */
static void unbind_under_load(void)
{
	static struct qt_once req[QUEUED];
	struct trv_host *host = open_units("piix3-ide");
	u8 *buf = malloc(QUEUED * SECTOR);

	for (u32 round = 0; host && round < ROUNDS; round++) {
		submit_all(host, req, buf);
		trv_user_unbind(trv_user_dev(host, 0));
		(void)ended(req, -ENODEV, -ENODEV);
		never_twice(req);
		CU_ASSERT_EQUAL_FATAL(trv_user_bind(trv_user_dev(host, 0), NULL), 0);
		for (u32 i = 0; i < UNITS; i++) {
			CU_ASSERT_EQUAL(qt_put(qt_disk(host, i), 100, 8, round), 0);
			CU_ASSERT_EQUAL(qt_get(qt_disk(host, i), 100, 8, round), 0);
		}
	}
	if (host)
		close_all(host);
	free(buf);
}

/* Pulled out: those under way end at once, not at their time-out of 30 s. */
static void unplug_under_load(void)
{
	static struct qt_once req[QUEUED];
	struct trv_host *host = open_units("piix4-ide");
	struct qt_load load[UNITS];
	u64 start;
	u8 *buf = malloc(QUEUED * SECTOR);

	if (host) {
		start_all(host, load);
		submit_all(host, req, buf);
		start = trv_time_ns();
		trv_user_unplug(host);
		(void)ended(req, -ENODEV, -ENODEV);
		for (u32 i = 0; i < UNITS; i++) {
			qt_load_stop(&load[i]);
			CU_ASSERT_EQUAL(load[i].first, -ENODEV);
		}
		CU_ASSERT((trv_time_ns() - start) / 1000000 < SOON_MS);
		CU_ASSERT(trv_dev_gone(trv_user_dev(host, 0)));
		CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 0, 1, 1), -ENODEV);
		close_all(host);
		never_twice(req);
	}
	free(buf);
}

/* While it is asleep. */
static void unplug_asleep(void)
{
	struct trv_host *host = open_units("piix3-ide");

	if (!host)
		return;
	CU_ASSERT_EQUAL(trv_user_suspend(trv_user_dev(host, 0)), 0);
	trv_user_unplug(host);
	CU_ASSERT_NOT_EQUAL(trv_user_resume(trv_user_dev(host, 0)), 0);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 0), 0, 1, 1), -ENODEV);
	close_all(host);
}

KTAP_SUITE(life, KTAP_TEST(suspend_piix3), KTAP_TEST(suspend_piix4), KTAP_TEST(shutdown_under_load),
	   KTAP_TEST(unbind_under_load), KTAP_TEST(unplug_under_load), KTAP_TEST(unplug_asleep));
KTAP_MAIN(&life);
