// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two drives on a cable, two cables at a controller: all of them under way together. */
#include <stdio.h>
#include <stdlib.h>

#include "help.h"

enum { SECTOR = 512, DISK = 4 << 20, UNITS = 4, BLOCKS = 64, ROUNDS = 60 };

static struct trv_host *open_units(const char *model, const char *path[UNITS])
{
	char name[16];

	for (u32 i = 0; i < UNITS; i++) {
		snprintf(name, sizeof(name), "d%u.img", i);
		path[i] = qt_file(name, DISK);
		qt_file_write(path[i], 0, BLOCKS * SECTOR, 10 * i);
	}
	return qt_open("qemu:%s,disk0=%s,disk1=%s,disk2=%s,disk3=%s,disk3.serial=FOUR", model,
		       path[0], path[1], path[2], path[3]);
}

/* In turn: each has its own data, also where all were written at one place. */
static void in_turn(void)
{
	const char *path[UNITS];
	struct trv_host *host = open_units("piix3-ide", path);

	if (!host)
		return;
	for (u32 i = 0; i < UNITS; i++)
		CU_ASSERT_EQUAL(qt_get(qt_disk(host, i), 0, BLOCKS, 10 * i), 0);
	for (u32 i = UNITS; i-- > 0;)
		CU_ASSERT_EQUAL(qt_put(qt_disk(host, i), 2000, BLOCKS, 100 + i), 0);
	for (u32 i = 0; i < UNITS; i++)
		CU_ASSERT_EQUAL(trv_disk_rw(qt_disk(host, i), TRV_REQ_FLUSH, 0, 0, NULL), 0);
	for (u32 i = 0; i < UNITS; i++)
		CU_ASSERT(qt_file_filled(path[i], 2000 * SECTOR, BLOCKS * SECTOR, 100 + i));
	CU_ASSERT_STRING_EQUAL(trv_disk_info(qt_disk(host, 3))->serial, "FOUR");
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void together(const char *model, u32 units)
{
	struct trv_user_interrupts n[2];
	const char *path[UNITS];
	struct trv_host *host = open_units(model, path);
	struct qt_load load[UNITS];
	u64 requests[2] = { 0 };

	if (!host)
		return;
	for (u32 i = 0; i < UNITS; i++) {
		if (units & TRV_BIT(i))
			qt_load_start(&load[i], qt_disk(host, i), 1024);
	}
	for (u32 i = 0; i < UNITS; i++) {
		struct trv_disk_stats stats;

		if (!(units & TRV_BIT(i)))
			continue;
		qt_load_wait(&load[i], ROUNDS);
		qt_load_stop(&load[i]);
		CU_ASSERT_EQUAL(load[i].errors, 0);
		trv_disk_stats(qt_disk(host, i), &stats);
		requests[i / 2] += stats.requests;
		CU_ASSERT_EQUAL(stats.errors, 0);
		CU_ASSERT_EQUAL(stats.timeouts, 0);
	}
	/* One interrupt for each request: none was lost, none was seen twice. */
	for (u32 vec = 0; vec < 2; vec++) {
		CU_ASSERT(trv_user_interrupts(trv_user_dev(host, 0), vec, &n[vec]));
		CU_ASSERT_EQUAL(n[vec].calls, requests[vec]);
		CU_ASSERT_EQUAL(n[vec].unwanted, 0);
	}
	/* Nobody wrote over what the others had. */
	for (u32 i = 0; i < UNITS; i++)
		CU_ASSERT_EQUAL(qt_get(qt_disk(host, i), 0, BLOCKS, 10 * i), 0);
	trv_user_close(host);
	CU_ASSERT_EQUAL(trv_user_misuses(), 0);
}

static void master_and_slave(void)
{
	together("piix3-ide", 0x3);
}

static void both_channels(void)
{
	together("piix4-ide", 0x5);
}

static void all_four(void)
{
	together("piix4-ide", 0xf);
}

static void slave_alone(void)
{
	const char *path = qt_file("d.img", DISK);
	struct trv_host *host = qt_open("qemu:piix3-ide,disk3=%s", path);

	if (!host)
		return;
	CU_ASSERT_EQUAL(trv_disk_info(trv_disk_first(trv_user_dev(host, 0)))->unit, 3);
	CU_ASSERT_EQUAL(qt_put(qt_disk(host, 3), 7, BLOCKS, 1), 0);
	trv_user_close(host);
	CU_ASSERT(qt_file_filled(path, 7 * SECTOR, BLOCKS * SECTOR, 1));
}

KTAP_SUITE(cable, KTAP_TEST(in_turn), KTAP_TEST(master_and_slave), KTAP_TEST(both_channels),
	   KTAP_TEST(all_four), KTAP_TEST(slave_alone));
KTAP_MAIN(&cable);
