// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/scenario.h>

#include "ide_rules.h"

static void with(const char *spec, void (*fn)(struct ide_raw *r))
{
	struct trv_dev *dev = sim_plug(spec);

	sim_expect(dev);
	ide_clean(dev);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	fn(ide_raw(dev));
	sim_unbind(dev);
}

void rule_power_cycle(struct ide_raw *r)
{
	ide_power_cut(r->dev);
}

#define RULE_TEST(fn, rule, variant, spec, wrong, right)                        \
	SIM_TRIPS_RULE(fn##_bad, "checker/" rule variant "/trips", wrong, rule) \
	{                                                                       \
		with(spec, fn##_trips);                                         \
	}                                                                       \
	SIM_SCENARIO(fn##_good, "checker/" rule variant "/clean", right)        \
	{                                                                       \
		with(spec, fn##_clean);                                         \
	}
IDE_RULES(RULE_TEST)
