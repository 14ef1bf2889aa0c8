// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Checkers that are off: a run goes on as on a machine on which nobody checks,
 * and what every machine notices still ends it.
 */
#include <string.h>

#include <os/test-sim/engine.h>
#include "ktap.h"

static struct sim_result r;

static bool unchecked(const char *name, u64 off)
{
	sim_checks_off(off);
	sim_run(sim_scenario_find(name), NULL, 0, false, &r);
	sim_checks_off(0);
	return r.check < 0;
}

SIM_SCENARIO(unit_leak, "unit/leak", "memory is left")
{
	void *p = trv_alloc(NULL, 100, TRV_SLEEP);

	(void)p;
}

SIM_SCENARIO(unit_wrong, "unit/wrong", "an expectation fails")
{
	sim_expect(false);
}

SIM_SCENARIO(unit_twice, "unit/twice", "memory is freed twice")
{
	void *p = trv_alloc(NULL, 100, TRV_SLEEP);

	trv_free(NULL, p, 100);
	trv_free(NULL, p, 100);
}

SIM_SCENARIO(unit_asleep, "unit/asleep", "sleeps with a spinlock held, and wakes up")
{
	struct trv_spin lock;

	trv_spin_init(&lock, "lock");
	trv_spin_lock(&lock);
	trv_sleep_us(10);
	trv_spin_unlock(&lock);
}

static const u8 wanted[4] = { 1, 2, 3, 4 };

/* The device's writes after the unmap: a machine with no IOMMU lets them through. */
SIM_SCENARIO(unit_stale, "unit/stale", "the device writes where it was mapped once")
{
	struct trv_dev *dev = sim_plug("edu");
	u8 *p = trv_zalloc(dev, 4096, TRV_SLEEP);
	struct trv_dma_map map;
	trv_iova addr;

	sim_expect(!trv_bus_master(dev, true));
	sim_expect(!trv_dma_map(dev, p, 4096, TRV_DMA_FROM_DEVICE, &map));
	addr = map.iova;
	trv_dma_unmap(dev, &map);
	sim_expect(!sim_dma_write(dev, addr + 8, wanted, sizeof(wanted)));
	sim_expect(!memcmp(p + 8, wanted, sizeof(wanted)));
	sim_expect(!trv_bus_master(dev, false));
	trv_free(dev, p, 4096);
}

/* A coherent machine, which needs no sync. */
SIM_SCENARIO(unit_peeks, "unit/peeks", "the CPU reads what the device wrote, still mapped")
{
	struct trv_dev *dev = sim_plug("edu");
	u8 *p = trv_zalloc(dev, 4096, TRV_SLEEP);
	struct trv_dma_map map;

	sim_expect(!trv_bus_master(dev, true));
	sim_expect(!trv_dma_map(dev, p, 4096, TRV_DMA_FROM_DEVICE, &map));
	sim_expect(!sim_dma_write(dev, map.iova, wanted, sizeof(wanted)));
	sim_mem_read(p, sizeof(wanted), SIM_SITE);
	sim_expect(!memcmp(p, wanted, sizeof(wanted)));
	trv_dma_unmap(dev, &map);
	sim_expect(!memcmp(p, wanted, sizeof(wanted)));
	sim_expect(!trv_bus_master(dev, false));
	trv_free(dev, p, 4096);
}

static void checkers_see_it(void)
{
	CU_ASSERT_FALSE(unchecked("unit/leak", 0));
	CU_ASSERT_EQUAL(r.check, SIM_MEM_LEAK);
	CU_ASSERT_FALSE(unchecked("unit/asleep", 0));
	CU_ASSERT_EQUAL(r.check, SIM_CONTEXT);
	CU_ASSERT_FALSE(unchecked("unit/stale", 0));
	CU_ASSERT_EQUAL(r.check, SIM_DMA_STALE);
	CU_ASSERT_FALSE(unchecked("unit/peeks", 0));
	CU_ASSERT_EQUAL(r.check, SIM_DMA_OWNER);
}

static void nobody_checks(void)
{
	CU_ASSERT_TRUE(unchecked("unit/leak", ~0ULL));
	CU_ASSERT_TRUE(unchecked("unit/asleep", ~0ULL));
	CU_ASSERT_TRUE(unchecked("unit/stale", ~0ULL));
	CU_ASSERT_TRUE(unchecked("unit/peeks", ~0ULL));
}

static void every_machine_sees_that(void)
{
	CU_ASSERT_FALSE(unchecked("unit/wrong", ~0ULL));
	CU_ASSERT_EQUAL(r.check, SIM_EXPECT);
	CU_ASSERT_FALSE(unchecked("unit/twice", ~0ULL));
	CU_ASSERT_EQUAL(r.check, SIM_MEM_FREE);
}

static void one_by_one(void)
{
	CU_ASSERT_TRUE(unchecked("unit/leak", 1ULL << SIM_MEM_LEAK));
	CU_ASSERT_FALSE(unchecked("unit/leak", ~(1ULL << SIM_MEM_LEAK)));
	CU_ASSERT_EQUAL(r.check, SIM_MEM_LEAK);
	CU_ASSERT_TRUE(sim_checked(SIM_MEM_LEAK));
}

KTAP_SUITE(off, KTAP_TEST(checkers_see_it), KTAP_TEST(nobody_checks),
	   KTAP_TEST(every_machine_sees_that), KTAP_TEST(one_by_one));
KTAP_MAIN(&off);
