// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The simulated bus: device specifications, configuration space, posting, options, log. */
#include <string.h>

#include <os/test-sim/models/edu_test.h>
#include <os/test-sim/scenario.h>
#include <trivet/hw/edu.h>

#include "ktap.h"

static struct sim_result last;

static bool run_with(void (*body)(void), const char *deviations, bool record)
{
	const struct sim_scenario s = { .name = "unit/body", .what = "", .run = body };
	static struct sim_deviation dev[4];
	char err[128];
	int n = 0;

	if (deviations) {
		n = sim_deviations_parse(deviations, dev, 4, err, sizeof(err));
		CU_ASSERT_FATAL(n > 0);
	}
	sim_run(&s, dev, (u32)n, record, &last);
	if (last.check >= 0)
		ktap_note("%s: %s", sim_check_id(last.check), last.message);
	return last.check < 0;
}

#define RUN(body) CU_ASSERT(run_with(body, NULL, false))

/* ---- specifications ------------------------------------------------------ */

static void refuses(const char *spec, const char *why)
{
	sim_expect(!sim_plug(spec));
	if (!strstr(sim_opt_error_text(), why))
		sim_fail(SIM_EXPECT, SIM_SITE, "'%s' is refused with '%s', which lacks '%s'", spec,
			 sim_opt_error_text(), why);
}

static void spec_body(void)
{
	refuses("", "no device model ''");
	refuses("edux", "no device model 'edux'");
	refuses("ed", "no device model 'ed'");
	refuses("nosuch,intx=off", "there are: ");
	refuses("edu,", "missing after the comma");
	refuses("edu,intx", "'intx' is not an option");
	refuses("edu,=on", "is not an option");
	refuses("edu,colour=red", "unknown option 'colour'");
	refuses("edu,int=off", "unknown option 'int'");
	refuses("edu,intx=maybe", "intx=maybe");
	refuses("edu,intx=off,intx=on", "'intx' is given twice");
	refuses("edu,intx=off,", "missing after the last comma");
	refuses("edu,msi=0", "msi=0");
	refuses("edu,msi=33", "msi=33");
	refuses("edu,msi=4x", "msi=4x");
	refuses("edu,dma_mask=0x1000", "dma_mask=0x1000");
	refuses("edu,caps=blue", "caps=blue");
	sim_expect(!sim_dev_first());
	sim_expect(sim_plug("edu"));
	sim_expect(sim_plug("edu,intx=off,msi=4,msix=2,flr=on,bar64=on,dirty=off,dma_mask=0xff"));
	sim_expect(sim_plug("edu"));
}

static void specifications(void)
{
	RUN(spec_body);
}

static void names_body(void)
{
	struct trv_dev *a = sim_plug("edu"), *b = sim_plug("edu");

	sim_expect(strcmp(trv_dev_name(a), trv_dev_name(b)));
	sim_expect(sim_dev_first() == a && a->next == b && !b->next);
	sim_expect(a->bars[0].addr != b->bars[0].addr);
	for (u32 i = 0; i < 27; i++)
		sim_expect(sim_plug("edu"));
	refuses("edu", "slots are taken");
	/* Of those that were pulled out the first is another's now. */
	sim_unplug(b);
	sim_unplug(a);
	sim_expect(!strcmp(trv_dev_name(sim_plug("edu")), trv_dev_name(a)));
	sim_expect(!strcmp(trv_dev_name(sim_plug("edu")), trv_dev_name(b)));
	refuses("edu", "slots are taken");
}

static void slots(void)
{
	RUN(names_body);
}

/* ---- configuration space ------------------------------------------------- */

static u32 cfg32(struct trv_dev *dev, u32 off)
{
	u32 val;

	sim_expect_eq(trv_cfg_read32(dev, off, &val), 0);
	return val;
}

static void cfg_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	u16 half;
	u8 byte;

	sim_expect_eq(cfg32(dev, 0), 0x11e81234);
	sim_expect_eq(cfg32(dev, TRV_PCI_REVISION), 0x00ff0010);
	sim_expect_eq(trv_cfg_read16(dev, TRV_PCI_DEVICE_ID, &half), 0);
	sim_expect_eq(half, 0x11e8);
	sim_expect_eq(trv_cfg_read8(dev, TRV_PCI_INT_PIN, &byte), 0);
	sim_expect_eq(byte, 1);
	/* Read-only stays, writable bits change, and only those of the byte written. */
	sim_expect_eq(trv_cfg_write32(dev, 0, 0), 0);
	sim_expect_eq(cfg32(dev, 0), 0x11e81234);
	sim_expect_eq(trv_cfg_write16(dev, TRV_PCI_COMMAND, 0xffff), 0);
	sim_expect_eq(trv_cfg_read16(dev, TRV_PCI_COMMAND, &half), 0);
	sim_expect_eq(half, 0x0407);
	sim_expect_eq(trv_cfg_write8(dev, TRV_PCI_COMMAND, 0), 0);
	sim_expect_eq(trv_cfg_read16(dev, TRV_PCI_COMMAND, &half), 0);
	sim_expect_eq(half, 0x0400);
	sim_expect_eq(trv_cfg_write8(dev, TRV_PCI_INT_LINE, 0x5a), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_INT_LINE) & 0xffff, 0x015a);
}

static void config_space(void)
{
	RUN(cfg_body);
}

static void size_body(void)
{
	struct trv_dev *dev = sim_plug("edu"), *wide = sim_plug("edu,bar64=on");
	u32 addr = cfg32(dev, TRV_PCI_BAR0);

	sim_expect_eq(addr, (u32)dev->bars[0].addr);
	sim_expect_eq(trv_cfg_write32(dev, TRV_PCI_BAR0, ~0U), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_BAR0), 0xfff00000);
	sim_expect_eq(trv_cfg_write32(dev, TRV_PCI_BAR0, addr), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_BAR0), addr);
	/* A BAR that does not exist reads zero whatever is written. */
	sim_expect_eq(trv_cfg_write32(dev, TRV_PCI_BAR0 + 4, ~0U), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_BAR0 + 4), 0);

	sim_expect_eq(trv_cfg_write32(wide, TRV_PCI_BAR0, ~0U), 0);
	sim_expect_eq(trv_cfg_write32(wide, TRV_PCI_BAR0 + 4, ~0U), 0);
	sim_expect_eq(cfg32(wide, TRV_PCI_BAR0), 0xfff00004);
	sim_expect_eq(cfg32(wide, TRV_PCI_BAR0 + 4), 0xffffffff);
}

static void bar_sizes(void)
{
	RUN(size_body);
}

static void errors_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	u32 val = 0;
	u16 half = 0;
	u8 byte = 0;

	sim_expect_eq(trv_cfg_read32(dev, 2, &val), -EINVAL);
	sim_expect_eq(val, 0xffffffff);
	sim_expect_eq(trv_cfg_read16(dev, 1, &half), -EINVAL);
	sim_expect_eq(trv_cfg_read8(dev, 255, &byte), 0);
	sim_expect_eq(trv_cfg_read8(dev, 256, &byte), -ERANGE);
	sim_expect_eq(trv_cfg_read32(dev, 0xfffffffc, &val), -ERANGE);
	sim_expect_eq(trv_cfg_write32(dev, 256, 0), -ERANGE);
	sim_expect_eq(trv_cfg_write32(dev, TRV_PCI_COMMAND + 2, ~0U), -EINVAL);
	sim_unplug(dev);
	val = 0;
	sim_expect_eq(trv_cfg_read32(dev, 0, &val), -ENODEV);
	sim_expect_eq(val, 0xffffffff);
	sim_expect_eq(trv_cfg_write32(dev, TRV_PCI_BAR0, 0), -ENODEV);
	sim_expect(trv_dev_gone(dev));
	sim_expect_eq(trv_find_cap(dev, TRV_PCI_CAP_MSI), 0);
}

static void config_errors(void)
{
	RUN(errors_body);
}

static void caps_body(void)
{
	struct trv_dev *dev = sim_plug("edu,msi=4,msix=3,flr=on"), *none = sim_plug("edu,msi=off");
	struct trv_dev *loop = sim_plug("edu,caps=loop"), *wild = sim_plug("edu,caps=wild");
	u32 msi = trv_find_cap(dev, TRV_PCI_CAP_MSI), msix = trv_find_cap(dev, TRV_PCI_CAP_MSIX);
	u32 exp = trv_find_cap(dev, TRV_PCI_CAP_EXP);

	sim_expect(msi >= 0x40 && msix >= 0x40 && exp >= 0x40);
	sim_expect(msi != msix && msix != exp);
	sim_expect_eq(trv_find_cap(dev, TRV_PCI_CAP_PM), 0);
	/* Four vectors of 64 bits with masks; three table entries; FLR. */
	sim_expect_eq(cfg32(dev, msi) >> 16, 0x0184);
	sim_expect_eq(cfg32(dev, msix) >> 16 & 0x7ff, 2);
	sim_expect(cfg32(dev, exp + 4) & 0x10000000);
	sim_expect_eq(trv_find_cap(none, TRV_PCI_CAP_MSI), 0);
	sim_expect(!(cfg32(none, TRV_PCI_COMMAND) >> 16 & TRV_PCI_STATUS_CAPS));
	sim_expect(trv_find_cap(loop, TRV_PCI_CAP_MSI));
	sim_expect_eq(trv_find_cap(loop, TRV_PCI_CAP_PM), 0);
	sim_expect_eq(trv_find_cap(wild, TRV_PCI_CAP_MSI), 0);
}

static void capabilities(void)
{
	RUN(caps_body);
}

static void msix_body(void)
{
	struct trv_dev *dev = sim_plug("edu,msix=3,bar64=on");
	u32 cap = trv_find_cap(dev, TRV_PCI_CAP_MSIX);
	u32 bar = cfg32(dev, cap + 4) & 7;
	struct trv_mmio h;

	/* Its table is the interrupt code's. */
	sim_expect_eq(bar, 5);
	sim_expect(cfg32(dev, TRV_PCI_BAR0 + 4 * bar));
	sim_expect_eq(trv_bar_map(dev, bar, 4, &h), -EBUSY);
}

static void msix_table(void)
{
	RUN(msix_body);
}

static void flr_body(void)
{
	struct trv_dev *dev = sim_plug("edu,flr=on");
	u32 exp = trv_find_cap(dev, TRV_PCI_CAP_EXP), addr = cfg32(dev, TRV_PCI_BAR0);
	struct trv_mmio h;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	trv_write32(h, EDU_LIVENESS, 1);
	sim_expect_eq(trv_dev_reset(dev), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_BAR0), addr);
	sim_expect(trv_read32(h, EDU_LIVENESS) != ~1U);
	/* By hand, without anybody who saves and restores. */
	trv_write32(h, EDU_LIVENESS, 1);
	sim_expect_eq(trv_cfg_write16(dev, exp + 8, 0x8000), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_BAR0), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_COMMAND) & 0xffff, 0);
	sim_expect(!dev->bars[0].on);
	trv_bar_unmap(dev, &h);
	sim_expect_eq(trv_dev_reset(sim_plug("edu")), -EOPNOTSUPP);
}

static void function_reset(void)
{
	RUN(flr_body);
}

/* ---- registers ----------------------------------------------------------- */

static void map_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h, again, part;
	struct trv_port port;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &port), -EINVAL);
	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN + 1, &h), -ERANGE);
	sim_expect_eq(trv_bar_map(dev, 1, 1, &h), -ENODEV);
	sim_expect_eq(trv_bar_map(dev, 6, 1, &h), -ERANGE);
	sim_expect_eq(cfg32(dev, TRV_PCI_COMMAND) & TRV_PCI_CMD_MEMORY, 0);
	sim_expect_eq(trv_bar_map(dev, 0, 16, &h), 0);
	sim_expect_eq(cfg32(dev, TRV_PCI_COMMAND) & 7, TRV_PCI_CMD_MEMORY);
	sim_expect_eq(trv_bar_map(dev, 0, 16, &again), -EBUSY);
	sim_expect_eq(trv_reg_bind(h, EDU_BAR_LEN - 4, 5, &part), -ERANGE);
	sim_expect_eq(trv_reg_bind(h, EDU_BAR_LEN, 0, &part), -EINVAL);
	sim_expect_eq(trv_reg_bind(h, 0xffffffff, 2, &part), -ERANGE);
	sim_expect_eq(trv_reg_bind(h, EDU_LIVENESS, 4, &part), 0);
	trv_write32(part, 0, 0x0f0f0f0f);
	sim_expect_eq(trv_read32(h, EDU_LIVENESS), 0xf0f0f0f0);
	trv_bar_unmap(dev, &h);
	sim_expect_eq(trv_bar_map(dev, 0, 16, &h), 0);
	trv_bar_unmap(dev, &h);
}

static void mapping(void)
{
	RUN(map_body);
}

static void count_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h;
	u32 pair[2];

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	(void)trv_read32(h, EDU_ID);
	trv_read_rep32(h, EDU_ID, pair, 2);
	sim_expect_eq(dev->reads, 3);
	sim_expect_eq(pair[1], 0x010000ed);
	trv_write_rep32(h, EDU_LIVENESS, pair, 2);
	trv_write32(h, EDU_LIVENESS, 0);
	trv_write_rep32(h, EDU_LIVENESS, NULL, 0);
	sim_expect_eq(dev->writes, 3);
	trv_bar_unmap(dev, &h);
}

static void counts(void)
{
	RUN(count_body);
}

static void gone_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	u32 val = 0, both[2] = { 0 };
	struct trv_mmio h;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	sim_expect_eq(trv_peek32(h, EDU_ID, &val), 0);
	sim_expect_eq(val, 0x010000ed);
	sim_unplug(dev);
	sim_expect_eq(trv_read32(h, EDU_ID), 0xffffffff);
	sim_expect(trv_read64(h, EDU_DMA_SRC) == ~0ULL);
	trv_write32(h, EDU_LIVENESS, 1);
	trv_read_rep32(h, EDU_ID, both, 2);
	sim_expect_eq(both[0] & both[1], 0xffffffff);
	sim_expect_eq(trv_peek32(h, EDU_ID, &val), -ENODEV);
	sim_expect_eq(val, 0xffffffff);
	trv_bar_unmap(dev, &h);
}

static void gone_reads_ones(void)
{
	RUN(gone_body);
}

/* ---- posted writes ------------------------------------------------------- */

static void post_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	trv_write32(h, EDU_FACTORIAL, 5);
	/* On its way, and the next one behind it. */
	sim_expect(!sim_edu_busy(dev));
	trv_write32(h, EDU_LIVENESS, 0x11111111);
	trv_delay_ns(100);
	sim_expect(!sim_edu_busy(dev));
	sim_expect_eq(trv_read32(h, EDU_LIVENESS), 0xeeeeeeee);
	sim_expect(sim_edu_busy(dev));
	trv_bar_unmap(dev, &h);
}

static void linger_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	trv_write32(h, EDU_FACTORIAL, 5);
	sim_expect(!sim_edu_busy(dev));
	trv_delay_us(3);
	sim_expect(sim_edu_busy(dev));
	trv_bar_unmap(dev, &h);
}

static void prompt_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	trv_write32(h, EDU_FACTORIAL, 5);
	sim_expect(sim_edu_busy(dev));
	trv_bar_unmap(dev, &h);
}

static void posted_writes(void)
{
	CU_ASSERT(run_with(post_body, "post@bus.c:post_body#1", false));
	CU_ASSERT(run_with(linger_body, "post@bus.c:linger_body#1", false));
	RUN(prompt_body);
}

static void gone_once_body(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_mmio h;
	u32 ones;

	sim_expect_eq(trv_bar_map(dev, 0, EDU_BAR_LEN, &h), 0);
	ones = trv_read32(h, EDU_ID);
	sim_expect_eq(ones, 0xffffffff);
	sim_expect(dev->hostile);
	/* The answer 1 is for ever, 2 is for once. */
	if (dev->gone)
		sim_expect_eq(trv_read32(h, EDU_ID), 0xffffffff);
	else
		sim_expect_eq(trv_read32(h, EDU_ID), 0x010000ed);
	sim_expect_eq(trv_dev_gone(dev), dev->gone);
	trv_bar_unmap(dev, &h);
}

static void hostile_reads(void)
{
	CU_ASSERT(run_with(gone_once_body, "gone@bus.c:gone_once_body#1=1", false));
	CU_ASSERT(run_with(gone_once_body, "gone@bus.c:gone_once_body#1=2", false));
}

/* ---- options and log ----------------------------------------------------- */

static void option_body(void)
{
	struct trv_dev *dev = sim_plug("edu");

	sim_expect_eq(trv_option(dev, "depth", 4, 1, 32), 4);
	sim_option_set(dev, "depth", 8);
	sim_expect_eq(trv_option(dev, "depth", 4, 1, 32), 8);
	sim_expect_eq(trv_option(dev, "dept", 4, 1, 32), 4);
	sim_option_set(dev, "depth", 0);
	sim_expect_eq(trv_option(dev, "depth", 4, 1, 32), 1);
	sim_option_set(dev, "depth", 33);
	sim_expect_eq(trv_option(dev, "depth", 4, 1, 32), 32);
}

/* Lines of the log that contain @text. */
static u32 logged(const char *text)
{
	size_t n;
	const struct sim_trace *t = sim_trace_log(&n);
	u32 found = 0;

	for (size_t i = 0; i < n; i++)
		found += t[i].kind == SIM_T_LOG && strstr(t[i].name, text);
	return found;
}

static void options(void)
{
	CU_ASSERT(run_with(option_body, NULL, true));
	CU_ASSERT_EQUAL(logged("depth=0 is outside 1 to 32"), 1);
	CU_ASSERT_EQUAL(logged("depth=33 is outside 1 to 32"), 1);
	CU_ASSERT_EQUAL(logged("outside"), 2);
}

static void log_body(void)
{
	struct trv_dev *dev = sim_plug("edu");

	trv_err(dev, "one %s\n", "line");
	for (u32 i = 0; i < 1000; i++)
		trv_info(dev, "again %u", i);
	trv_sleep_us(2000000);
	trv_warn(dev, "later");
}

static void log_is_limited(void)
{
	CU_ASSERT(run_with(log_body, NULL, true));
	CU_ASSERT_EQUAL(logged("0000:00:03.0: one line"), 1);
	CU_ASSERT(logged("again") > 10 && logged("again") < 100);
	CU_ASSERT_EQUAL(logged("messages suppressed"), 1);
	CU_ASSERT_EQUAL(logged("later"), 1);
}

KTAP_SUITE(bus, KTAP_TEST(specifications), KTAP_TEST(slots), KTAP_TEST(config_space),
	   KTAP_TEST(bar_sizes), KTAP_TEST(config_errors), KTAP_TEST(capabilities),
	   KTAP_TEST(msix_table), KTAP_TEST(function_reset), KTAP_TEST(mapping), KTAP_TEST(counts),
	   KTAP_TEST(gone_reads_ones), KTAP_TEST(posted_writes), KTAP_TEST(hostile_reads),
	   KTAP_TEST(options), KTAP_TEST(log_is_limited));
KTAP_MAIN(&bus);
