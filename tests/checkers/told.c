// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Requests that end badly, for what the report says of them: tests/cli/report.sh. */
#include <os/test-sim/scenario.h>

#include "told_drv.h"

static struct told *told(struct trv_dev **dev)
{
	*dev = sim_plug("dummy");
	if (!*dev || sim_bind_to(*dev, &told_driver))
		sim_fail(SIM_EXPECT, SIM_SITE, "no disk");
	return trv_drvdata(*dev);
}

static int look(struct told *t)
{
	u8 *buf = sim_buf(TOLD_BLOCK);

	return trv_disk_rw(&t->disk, TRV_REQ_READ, 1, 1, buf);
}

static void sleeps(bool forgetful)
{
	struct trv_dev *dev;
	struct told *t = told(&dev);

	t->forgetful = forgetful;
	sim_expect_eq(sim_suspend(dev), 0);
	sim_expect_eq(sim_resume(dev), 0);
	sim_expect_eq(look(t), 0);
	sim_unbind(dev);
}

SIM_TRIPS(told_refused, "checker/expect/asleep/trips", "a driver that is asleep after resume()",
	  EXPECT)
{
	sleeps(true);
}

SIM_SCENARIO(told_taken, "checker/expect/asleep/clean", "one that wakes up")
{
	sleeps(false);
}

static void hears(bool deaf)
{
	struct trv_dev *dev;
	struct told *t = told(&dev);

	t->deaf = deaf;
	sim_expect_eq(look(t), 0);
	sim_unbind(dev);
}

SIM_TRIPS(told_lost, "checker/expect/deaf/trips", "a handler that forgets what it came for", EXPECT)
{
	hears(true);
}

SIM_SCENARIO(told_heard, "checker/expect/deaf/clean", "one that does not")
{
	hears(false);
}

static void asks(bool slow)
{
	struct trv_dev *dev;
	struct told *t = told(&dev);

	t->slow = slow;
	sim_expect_eq(trv_disk_check_events(&t->disk), 0);
	sim_unbind(dev);
}

SIM_TRIPS(told_slow, "checker/expect/slow/trips", "a check that waits, and gives up", EXPECT)
{
	asks(true);
}

SIM_SCENARIO(told_quick, "checker/expect/slow/clean", "one that has nothing to wait for")
{
	asks(false);
}

static void breaks(bool unlocked)
{
	struct trv_dev *dev;
	struct told *t = told(&dev);

	t->broken = true;
	t->unlocked = unlocked;
	sim_expect_eq(look(t), unlocked ? 0 : -EIO);
	sim_unbind(dev);
}

SIM_TRIPS(told_unlocked, "checker/expect/unlocked/trips",
	  "a request ended with an error, behind the lock", EXPECT)
{
	breaks(true);
}

SIM_SCENARIO(told_locked, "checker/expect/unlocked/clean", "the error that was expected")
{
	breaks(false);
}
