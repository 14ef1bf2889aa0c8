// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <os/test-sim/models/ide_test.h>
#include <os/test-sim/scenario.h>

#include "atapi_rules.h"

static void with(void (*fn)(struct ide_raw *r))
{
	struct trv_dev *dev = sim_plug("piix4-ide,udma=0,disk0=cdmem:1M");

	sim_expect(dev);
	ide_clean(dev);
	sim_expect_eq(sim_bind_to(dev, &ide_raw_driver), 0);
	fn(ide_raw(dev));
	sim_unbind(dev);
}

#define RULE_TEST(fn, rule, variant, wrong, right)                              \
	SIM_TRIPS_RULE(fn##_bad, "checker/" rule variant "/trips", wrong, rule) \
	{                                                                       \
		with(fn##_trips);                                               \
	}                                                                       \
	SIM_SCENARIO(fn##_good, "checker/" rule variant "/clean", right)        \
	{                                                                       \
		with(fn##_clean);                                               \
	}
ATAPI_RULES(RULE_TEST)
