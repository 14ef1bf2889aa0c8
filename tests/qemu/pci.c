// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What sysfs says of a PCI function's BARs, in files of ours. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <os/linux-user/pci/pci.h>

#include "help.h"

#define IO "0x0000000000040101"
#define MEM "0x0000000000140204"
#define NONE "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"

static char said[256];

static void on_log(const struct trv_dev *dev, enum trv_log_level level, const char *line, void *arg)
{
	snprintf(said, sizeof(said), "%s", line);
}

/* The BARs of a function with those first lines in its file "resource", and no others. */
static int bars_of(const char *lines, u32 others, struct user_bar bars[TRV_PCI_BARS])
{
	struct pci_place place = { .name = "0000:00:03.0" };
	const char *path = qt_file("resource", 0);
	FILE *f = fopen(path, "we");
	int rc;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(lines, f);
	while (others--)
		fputs(NONE, f);
	fclose(f);
	snprintf(place.dir, sizeof(place.dir), "%.*s", (int)(strrchr(path, '/') - path), path);
	memset(bars, 0, TRV_PCI_BARS * sizeof(*bars));
	*said = '\0';
	trv_user_on_log(on_log, NULL);
	rc = pci_bars(&place, bars);
	trv_user_on_log(NULL, NULL);
	return rc;
}

static void kinds(void)
{
	struct user_bar bars[TRV_PCI_BARS];

	CU_ASSERT_EQUAL(bars_of("0x00000000000001f0 0x00000000000001f7 " IO "\n"
				"0x00000000febf1000 0x00000000febf1fff " MEM "\n",
				11, bars),
			0);
	CU_ASSERT_EQUAL(bars[0].addr, 0x1f0);
	CU_ASSERT_EQUAL(bars[0].len, 8);
	CU_ASSERT(bars[0].port);
	CU_ASSERT_EQUAL(bars[1].addr, 0xfebf1000);
	CU_ASSERT_EQUAL(bars[1].len, 0x1000);
	CU_ASSERT(!bars[1].port);
	for (u32 i = 2; i < TRV_PCI_BARS; i++)
		CU_ASSERT_EQUAL(bars[i].len, 0);
	CU_ASSERT_STRING_EQUAL(said, "");
}

/* One that 32 bits cannot count is not left out. */
static void large(void)
{
	struct user_bar bars[TRV_PCI_BARS];

	CU_ASSERT_EQUAL(bars_of("0x0000004000000000 0x00000041ffffffff " MEM "\n" NONE
				"0x0000004200000000 0x00000042ffffffff " MEM "\n",
				3, bars),
			0);
	CU_ASSERT_EQUAL(bars[0].addr, 0x4000000000);
	CU_ASSERT_EQUAL(bars[0].len, 0xfffff000);
	CU_ASSERT_EQUAL(bars[2].len, 0xfffff000);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(said, "0000:00:03.0: of BAR 2, 4096 MiB, drivers reach the first 4095 MiB"));
	/* Of 2 GiB they reach all, and nothing is said. */
	CU_ASSERT_EQUAL(bars_of("0x0000004000000000 0x000000407fffffff " MEM "\n", 5, bars), 0);
	CU_ASSERT_EQUAL(bars[0].len, 0x80000000);
	CU_ASSERT_STRING_EQUAL(said, "");
}

static void nonsense(void)
{
	struct user_bar bars[TRV_PCI_BARS];

	CU_ASSERT_EQUAL(bars_of("", 5, bars), -EIO); /* one too few */
	CU_ASSERT_EQUAL(bars_of("no resource\n", 6, bars), -EIO);
	/* It ends before it begins, or is neither memory nor ports: none. */
	CU_ASSERT_EQUAL(bars_of("0x00000000febf1000 0x00000000febf0fff " MEM "\n"
				"0x00000000febf1000 0x00000000febf1fff 0x0000000000000400\n",
				4, bars),
			0);
	CU_ASSERT_EQUAL(bars[0].len, 0);
	CU_ASSERT_EQUAL(bars[1].len, 0);
}

KTAP_SUITE(pci, KTAP_TEST(kinds), KTAP_TEST(large), KTAP_TEST(nonsense));
KTAP_MAIN(&pci);
