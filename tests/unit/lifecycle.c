// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which op of a driver is called when, what the core does in between, and what errors do. */
#include <string.h>

#include <core/core.h>
#include <os/test-sim/scenario.h>

#include "ktap.h"

/* ---- a driver that writes down what happens to it ------------------------ */

/** diary - one letter for each thing that happened; small for calls, large for the bus */
static char diary[64];
static int probe_rc, suspend_rc, resume_rc;

static void note(char c)
{
	size_t n = strlen(diary);

	if (n + 1 < sizeof(diary))
		diary[n] = c;
}

static void note_master(struct trv_dev *dev)
{
	note(sim_pci_master(dev) ? 'M' : '-');
}

static int d_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	u8 *priv = trv_drvdata(dev);

	note('p');
	for (u32 i = 0; priv && i < 24; i++) {
		if (priv[i])
			note('!');
	}
	if (trv_bus_master(dev, true))
		return -EIO;
	return probe_rc;
}

static void d_stop(struct trv_dev *dev)
{
	note('s');
	note_master(dev);
}

static void d_remove(struct trv_dev *dev)
{
	note('r');
	note_master(dev);
}

static int d_suspend(struct trv_dev *dev)
{
	note('z');
	note_master(dev);
	return suspend_rc;
}

static int d_resume(struct trv_dev *dev)
{
	note('w');
	note_master(dev);
	return resume_rc;
}

static const struct trv_pci_id diarist_ids[] = {
	{ .vendor = 0x1234, .device = 0x11e8, .data = 7 },
	{ 0 },
};

static const struct trv_driver diarist = {
	.name = "diarist",
	.ids = diarist_ids,
	.priv_size = 24,
	.probe = d_probe,
	.stop = d_stop,
	.remove = d_remove,
	.suspend = d_suspend,
	.resume = d_resume,
};

/* The least a driver can be. */
static const struct trv_driver hermit = { .name = "hermit", .probe = d_probe };

/* Knows how to go to sleep, and not how to wake up. */
static const struct trv_driver beauty = { .name = "beauty",
					  .probe = d_probe,
					  .suspend = d_suspend };

static const struct trv_driver stranger = {
	.name = "stranger",
	.ids = (const struct trv_pci_id[]){ { .vendor = 0x8086, .device = 1 }, { 0 } },
	.probe = d_probe,
};

/* ---- running it ---------------------------------------------------------- */

static struct sim_result last;

static bool run_with(void (*body)(void), const struct sim_deviation *dev, u32 n)
{
	const struct sim_scenario s = { .name = "unit/body", .what = "", .run = body };

	memset(diary, 0, sizeof(diary));
	probe_rc = suspend_rc = resume_rc = 0;
	sim_run(&s, dev, n, false, &last);
	if (last.check >= 0)
		ktap_note("%s: %s", sim_check_id(last.check), last.message);
	return last.check < 0;
}

#define RUN(body) CU_ASSERT(run_with(body, NULL, 0))

static struct trv_dev *edu(void)
{
	return sim_plug("edu");
}

static void wrote(const char *want)
{
	if (strcmp(diary, want))
		sim_fail(SIM_EXPECT, SIM_SITE, "it happened '%s', not '%s'", diary, want);
}

/* ---- the tests ----------------------------------------------------------- */

static void life_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(dev->core.state, TRV_DEV_BOUND);
	sim_expect(dev->core.drv == &diarist);
	sim_expect_eq(dev->core.id->data, 7);
	sim_expect(trv_drvdata(dev));
	sim_unbind(dev);
	sim_expect_eq(dev->core.state, TRV_DEV_UNBOUND);
	sim_expect(!trv_drvdata(dev));
	sim_expect(!dev->core.drv);
	wrote("psMr-");
}

static void in_order(void)
{
	RUN(life_body);
}

static void again_body(void)
{
	struct trv_dev *dev = edu();

	for (u32 i = 0; i < 3; i++) {
		sim_expect_eq(sim_bind_to(dev, &diarist), 0);
		memset(trv_drvdata(dev), 0xff, 24);
		sim_unbind(dev);
	}
	wrote("psMr-psMr-psMr-");
}

static void memory_is_zeroed_each_time(void)
{
	RUN(again_body);
}

static void twice_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(trv_core_probe(dev, &hermit), -EBUSY);
	sim_expect(dev->core.drv == &diarist);
	sim_unbind(dev);
	trv_core_remove(dev);
	wrote("psMr-");
}

static void one_driver_at_a_time(void)
{
	RUN(twice_body);
}

static void failed_probe_body(void)
{
	struct trv_dev *dev = edu();

	probe_rc = -ENODEV;
	sim_expect_eq(sim_bind_to(dev, &diarist), -ENODEV);
	sim_expect_eq(dev->core.state, TRV_DEV_UNBOUND);
	sim_expect(!trv_drvdata(dev));
	sim_expect(!sim_pci_master(dev));
	wrote("p");
	probe_rc = 0;
	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_unbind(dev);
}

static void failed_probe_leaves_nothing(void)
{
	RUN(failed_probe_body);
}

static void no_memory_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), -ENOMEM);
	wrote("");
	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_unbind(dev);
}

static void no_memory_no_probe(void)
{
	struct sim_deviation first = { .index = 0, .alt = 1 };

	CU_ASSERT(run_with(no_memory_body, &first, 1));
	CU_ASSERT_EQUAL(last.deviations_used, 1);
}

static void match_body(void)
{
	struct trv_dev *dev = edu(), *dummy = sim_plug("dummy");

	sim_expect_eq(sim_bind_to(dev, &stranger), -ENODEV);
	wrote("");
	/* No table: takes what it is given. */
	sim_expect_eq(sim_bind_to(dev, &hermit), 0);
	sim_expect(!dev->core.id);
	sim_unbind(dev);
	sim_expect_eq(sim_bind(dev), 0);
	sim_expect(!strcmp(dev->core.drv->name, "edu"));
	sim_unbind(dev);
	if (dummy)
		sim_expect_eq(sim_bind_to(dummy, &diarist), -ENODEV);
}

static void must_match(void)
{
	RUN(match_body);
}

static void few_ops_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &hermit), 0);
	sim_expect(!trv_drvdata(dev));
	sim_expect_eq(sim_suspend(dev), -EOPNOTSUPP);
	sim_expect_eq(dev->core.state, TRV_DEV_BOUND);
	sim_unbind(dev);
	sim_expect(!sim_pci_master(dev));
	wrote("p");
}

static void ops_may_be_missing(void)
{
	RUN(few_ops_body);
}

static void no_resume_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &beauty), 0);
	sim_expect_eq(sim_suspend(dev), -EOPNOTSUPP);
	sim_expect_eq(dev->core.state, TRV_DEV_BOUND);
	sim_unbind(dev);
	wrote("p");
}

static void none_sleeps_that_cannot_wake(void)
{
	RUN(no_resume_body);
}

static void sleep_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_resume(dev), -EINVAL);
	sim_expect_eq(sim_suspend(dev), -EINVAL);
	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(sim_resume(dev), -EINVAL);
	sim_expect_eq(sim_suspend(dev), 0);
	sim_expect_eq(dev->core.state, TRV_DEV_SUSPENDED);
	sim_expect(!sim_pci_master(dev));
	sim_expect_eq(sim_suspend(dev), -EINVAL);
	sim_expect_eq(sim_resume(dev), 0);
	sim_expect_eq(dev->core.state, TRV_DEV_BOUND);
	sim_unbind(dev);
	wrote("pzMwMsMr-");
}

static void sleeps_and_wakes(void)
{
	RUN(sleep_body);
}

static void insomnia_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	suspend_rc = -EBUSY;
	sim_expect_eq(sim_suspend(dev), -EBUSY);
	sim_expect_eq(dev->core.state, TRV_DEV_BOUND);
	sim_expect(sim_pci_master(dev));
	sim_unbind(dev);
	wrote("pzMsMr-");
}

static void failed_suspend_keeps_it_working(void)
{
	RUN(insomnia_body);
}

static void coma_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(sim_suspend(dev), 0);
	resume_rc = -EIO;
	sim_expect_eq(sim_resume(dev), -EIO);
	sim_expect_eq(dev->core.state, TRV_DEV_STOPPED);
	sim_expect(!sim_pci_master(dev));
	sim_expect_eq(sim_resume(dev), -EINVAL);
	sim_expect_eq(sim_suspend(dev), -EINVAL);
	sim_unbind(dev);
	wrote("pzMwMsMs-r-");
}

static void failed_resume_stops_it(void)
{
	RUN(coma_body);
}

static void asleep_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(sim_suspend(dev), 0);
	sim_unbind(dev);
	wrote("pzMs-r-");
}

static void removed_while_asleep(void)
{
	RUN(asleep_body);
}

static void down_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_shutdown(dev);
	sim_expect_eq(dev->core.state, TRV_DEV_STOPPED);
	sim_shutdown(dev);
	sim_expect_eq(sim_suspend(dev), -EINVAL);
	wrote("psM");
	sim_unbind(dev);
	wrote("psMs-r-");
}

static void shutdown_stops_once(void)
{
	RUN(down_body);
}

static void down_asleep_body(void)
{
	struct trv_dev *dev = edu();

	sim_shutdown(dev); /* nobody to tell */
	sim_expect_eq(dev->core.state, TRV_DEV_UNBOUND);
	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_expect_eq(sim_suspend(dev), 0);
	sim_shutdown(dev);
	sim_expect_eq(dev->core.state, TRV_DEV_STOPPED);
	sim_unbind(dev);
	wrote("pzMs-s-r-");
}

static void shutdown_in_its_sleep(void)
{
	RUN(down_asleep_body);
}

static void unknown_body(void)
{
	struct trv_dev *dev = edu();
	struct trv_pci_ident ident = *trv_dev_ident(dev);

	ident.device ^= 1;
	sim_pci_ident(dev, &ident);
	sim_expect_eq(sim_bind(dev), -ENODEV);
	sim_expect_eq(dev->core.state, TRV_DEV_UNBOUND);
	wrote("");
}

static void no_driver_for_it(void)
{
	RUN(unknown_body);
}

static void gone_body(void)
{
	struct trv_dev *dev = edu();

	sim_expect_eq(sim_bind_to(dev, &diarist), 0);
	sim_unplug(dev);
	sim_unbind(dev);
	sim_expect_eq(dev->core.state, TRV_DEV_UNBOUND);
	/* The bit is as it was: nobody is there to hear. */
	wrote("psMrM");
}

static void removes_what_is_gone(void)
{
	RUN(gone_body);
}

KTAP_SUITE(lifecycle, KTAP_TEST(in_order), KTAP_TEST(memory_is_zeroed_each_time),
	   KTAP_TEST(one_driver_at_a_time), KTAP_TEST(failed_probe_leaves_nothing),
	   KTAP_TEST(no_memory_no_probe), KTAP_TEST(must_match), KTAP_TEST(ops_may_be_missing),
	   KTAP_TEST(sleeps_and_wakes), KTAP_TEST(failed_suspend_keeps_it_working),
	   KTAP_TEST(failed_resume_stops_it), KTAP_TEST(removed_while_asleep),
	   KTAP_TEST(none_sleeps_that_cannot_wake), KTAP_TEST(shutdown_stops_once),
	   KTAP_TEST(shutdown_in_its_sleep), KTAP_TEST(no_driver_for_it),
	   KTAP_TEST(removes_what_is_gone));
KTAP_MAIN(&lifecycle);
