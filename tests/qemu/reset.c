// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A function reset where there is one (NVMe has FLR), and where there is none. */
#include "help.h"

/* NVM Express 1.4, 3.1.5: a register that keeps what it is given, until a reset. */
enum { NVME_CC = 0x14, NVME_CC_SIZES = 0x00460000, NVME_REGS = 0x1000 };

static int nothing(struct trv_dev *dev, const struct trv_pci_id *id)
{
	return 0;
}

static const struct trv_driver any = { .name = "any", .probe = nothing };

static void function_level(void)
{
	u32 bar, bar_after, command, command_after;
	struct trv_user_error err;
	struct trv_host *host;
	struct trv_mmio h;
	struct trv_dev *dev;

	CU_ASSERT_EQUAL_FATAL(trv_user_open(qt_hardware("nvme,serial=1"), &err, &host), 0);
	dev = trv_user_dev(host, 0);
	CU_ASSERT_EQUAL_FATAL(trv_user_bind(dev, &any), 0);
	CU_ASSERT_EQUAL_FATAL(trv_bar_map(dev, 0, NVME_REGS, &h), 0);
	trv_write32(h, NVME_CC, 0); /* firmware may have it at work */
	trv_write32(h, NVME_CC, NVME_CC_SIZES);
	CU_ASSERT_EQUAL(trv_read32(h, NVME_CC), NVME_CC_SIZES);
	CU_ASSERT_EQUAL(trv_bus_master(dev, true), 0);
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, TRV_PCI_BAR0, &bar), 0);
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, TRV_PCI_COMMAND, &command), 0);

	CU_ASSERT_EQUAL(trv_dev_reset(dev), 0);
	CU_ASSERT_EQUAL(trv_read32(h, NVME_CC), 0);
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, TRV_PCI_BAR0, &bar_after), 0);
	CU_ASSERT_EQUAL(trv_cfg_read32(dev, TRV_PCI_COMMAND, &command_after), 0);
	CU_ASSERT_EQUAL(bar_after, bar);
	CU_ASSERT_EQUAL(command_after & 0xffff, command & 0xffff);
	trv_bar_unmap(dev, &h);
	trv_user_close(host);
}

static void no_method(void)
{
	struct trv_host *host = qt_open("%s", qt_hardware("edu"));

	if (!host)
		return;
	CU_ASSERT_EQUAL(trv_dev_reset(trv_user_dev(host, 0)), -EOPNOTSUPP);
	trv_user_close(host);
}

KTAP_SUITE(reset, KTAP_TEST(function_level), KTAP_TEST(no_method));
KTAP_MAIN(&reset);
