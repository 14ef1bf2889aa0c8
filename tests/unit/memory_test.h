/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A function as a run of its own, for tests of memory and DMA. */
#ifndef TRIVET_TESTS_MEMORY_TEST_H
#define TRIVET_TESTS_MEMORY_TEST_H

#include <string.h>

#include <os/test-sim/dma.h>
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/scenario.h>

#include "ktap.h"

static struct sim_result result; /* of the last run */

/* The finding that ends a run of @fn, -1 for none. */
static inline int run_with(void (*fn)(void), const struct sim_deviation *dev, u32 n_dev)
{
	const struct sim_scenario s = { .name = "unit", .what = "", .run = fn };

	sim_run(&s, dev, n_dev, false, &result);
	return result.check;
}

static inline int run(void (*fn)(void))
{
	return run_with(fn, NULL, 0);
}

#define EXPECT_RUN(fn, check)                                                              \
	do {                                                                               \
		int got_ = run(fn), want_ = (check);                                       \
		if (got_ != want_)                                                         \
			ktap_note("%s: %s instead of %s: %s", #fn,                         \
				  got_ < 0 ? "nothing" : sim_check_id(got_),               \
				  want_ < 0 ? "nothing" : sim_check_id(want_), result.message); \
		CU_ASSERT_EQUAL(got_, want_);                                              \
	} while (0)
#define NOTHING (-1)

/* As much of a device as memory and DMA look at. */
static inline struct trv_dev *new_dev(void)
{
	struct trv_dev *dev = sim_own(sizeof(*dev));

	strcpy(dev->name, "unit");
	dev->cfg[TRV_PCI_COMMAND] = TRV_PCI_CMD_MASTER;
	return dev;
}

#endif /* TRIVET_TESTS_MEMORY_TEST_H */
