// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which driver fits a device. */
#include <string.h>

#include <core/core.h>

#include "ktap.h"

static const struct trv_pci_id ids[] = {
	{ .vendor = 0x8086, .device = 0x7010, .data = 1 },
	{ .vendor = 0x8086,
	  .device = TRV_PCI_ANY,
	  .class = 0x020000,
	  .class_mask = 0xffff00,
	  .data = 2 },
	{ .vendor = TRV_PCI_ANY,
	  .device = TRV_PCI_ANY,
	  .class = TRV_PCI_CLASS_IDE,
	  .class_mask = 0xffff00,
	  .data = 3 },
	{ 0 },
	{ .vendor = TRV_PCI_ANY, .device = TRV_PCI_ANY, .data = 4 },
};

static unsigned long matched(u16 vendor, u16 device, u32 class)
{
	struct trv_pci_ident ident = { .vendor = vendor, .device = device, .class = class };
	const struct trv_pci_id *id = trv_pci_match(ids, &ident);

	return id ? id->data : 0;
}

static void exact(void)
{
	CU_ASSERT_EQUAL(matched(0x8086, 0x7010, 0x010180), 1);
	CU_ASSERT_EQUAL(matched(0x8087, 0x7010, 0x030000), 0);
	CU_ASSERT_EQUAL(matched(0x8086, 0x7011, 0x030000), 0);
}

static void by_class(void)
{
	CU_ASSERT_EQUAL(matched(0x1106, 0x0571, 0x01018a), 3);
	CU_ASSERT_EQUAL(matched(0x1106, 0x0571, 0x010601), 0);
	/* Both the vendor and the class must fit. */
	CU_ASSERT_EQUAL(matched(0x8086, 0x100e, 0x020000), 2);
	CU_ASSERT_EQUAL(matched(0x8087, 0x100e, 0x020000), 0);
}

static void first_wins(void)
{
	CU_ASSERT_EQUAL(matched(0x8086, 0x7010, 0x010180), 1);
	CU_ASSERT_EQUAL(matched(0x8086, 0x7111, 0x010180), 3);
}

static void table_ends(void)
{
	CU_ASSERT_EQUAL(matched(0x1af4, 0x1000, 0xff0000), 0);
}

static void only_zeroes_end_it(void)
{
	static const struct trv_pci_id odd[] = {
		{ .device = 1 },
		{ .class = 0x020000 },
		{ .class_mask = 0x800000 },
		{ .vendor = 2, .device = 3, .data = 5 },
		{ 0 },
	};
	struct trv_pci_ident ident = { .vendor = 2, .device = 3, .class = 0x010601 };
	const struct trv_pci_id *id = trv_pci_match(odd, &ident);

	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	CU_ASSERT_EQUAL(id->data, 5);
}

static void no_table(void)
{
	struct trv_pci_ident ident = { .vendor = 0x8086 };

	CU_ASSERT_PTR_NULL(trv_pci_match(NULL, &ident));
}

static void any_is_not_a_vendor(void)
{
	/* An absent device reads all ones: only a line that asks for anything takes it. */
	CU_ASSERT_EQUAL(matched(0xffff, 0xffff, 0xffffff), 0);
}

static void finds_edu(void)
{
	struct trv_pci_ident ident = { .vendor = 0x1234, .device = 0x11e8, .class = 0x00ff00 };
	const struct trv_pci_id *id = NULL;
	const struct trv_driver *drv = trv_driver_find(&ident, &id);

	CU_ASSERT_PTR_NOT_NULL_FATAL(drv);
	CU_ASSERT_STRING_EQUAL(drv->name, "edu");
	CU_ASSERT_PTR_NOT_NULL(id);
	CU_ASSERT_PTR_EQUAL(trv_driver_by_name("edu"), drv);
	CU_ASSERT_PTR_NULL(trv_driver_by_name("ed"));
	CU_ASSERT_PTR_NULL(trv_driver_by_name("edux"));
	ident.device = 0x11e9;
	CU_ASSERT_PTR_NULL(trv_driver_find(&ident, &id));
}

static void count(const struct trv_driver *drv, void *arg)
{
	unsigned int *n = arg;

	CU_ASSERT_PTR_NOT_NULL(drv->name);
	CU_ASSERT_PTR_EQUAL(trv_driver_by_name(drv->name), drv);
	++*n;
}

static void each(void)
{
	unsigned int n = 0;

	trv_driver_each(count, &n);
	CU_ASSERT(n >= 1);
}

KTAP_SUITE(pci_match, KTAP_TEST(exact), KTAP_TEST(by_class), KTAP_TEST(first_wins),
	   KTAP_TEST(table_ends), KTAP_TEST(only_zeroes_end_it), KTAP_TEST(no_table),
	   KTAP_TEST(any_is_not_a_vendor), KTAP_TEST(finds_edu), KTAP_TEST(each));
KTAP_MAIN(&pci_match);
