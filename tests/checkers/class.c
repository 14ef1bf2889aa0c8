// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a scenario, the block class and the processor find: each wrong and right. */
#include <string.h>

#include <os/test-sim/scenario.h>

#include "class_drv.h"

/* Two blocks there and back, and a look at what the driver counted. */
static void life(const struct trv_driver *drv)
{
	struct trv_dev *dev = sim_plug("dummy");
	u8 *out = sim_buf(2 * CLASS_BLOCK), *in = sim_buf(2 * CLASS_BLOCK);
	struct class_disk *d;

	if (!dev || sim_bind_to(dev, drv))
		sim_fail(SIM_EXPECT, SIM_SITE, "no disk");
	d = trv_drvdata(dev);
	for (u32 i = 0; i < 2 * CLASS_BLOCK; i++)
		out[i] = (u8)(i / 3);
	sim_expect_eq(trv_disk_rw(&d->disk, TRV_REQ_WRITE, 1, 2, out), 0);
	sim_expect_eq(trv_disk_rw(&d->disk, TRV_REQ_READ, 1, 2, in), 0);
	if (memcmp(in, out, 2 * CLASS_BLOCK))
		sim_fail(SIM_DATA, SIM_SITE, "two blocks come back as others");
	if (drv == &class_count_trips || drv == &class_count_clean)
		sim_expect_eq(d->sectors, 4);
	sim_unbind(dev);
}

#define TRIPS(id, path, check, desc)                                            \
	SIM_TRIPS(class_##id##_is_found, "checker/" path "/trips", desc, check) \
	{                                                                       \
		life(&class_##id##_trips);                                      \
	}

#define CLEAN(id, path)                                               \
	SIM_SCENARIO(class_##id##_is_clean, "checker/" path "/clean", \
		     "a driver that looks like it, and is right")     \
	{                                                             \
		life(&class_##id##_clean);                            \
	}

#define PAIR(id, path, check, desc)  \
	TRIPS(id, path, check, desc) \
	CLEAN(id, path)

PAIR(twice, "class-misuse", CLASS, "a request completed twice")
PAIR(data, "data", DATA, "reads from the wrong block")
PAIR(count, "expect", EXPECT, "a driver that counts requests where blocks are expected")
/* UBSan has its own way with this one. */
#ifndef SIM_NO_HOOKS
TRIPS(crash, "crash", CRASH, "a store through the NULL of a failed allocation")
#endif
CLEAN(crash, "crash")
