// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The bus's checkers: each has a driver that trips it, and one that must not. */
#include <os/test-sim/scenario.h>

#include "bus_drv.h"

static void life(const struct trv_driver *drv)
{
	struct trv_dev *dev = sim_plug("edu");

	if (!sim_bind_to(dev, drv))
		sim_unbind(dev);
}

#define CLEAN(id, path)                                             \
	SIM_SCENARIO(bus_##id##_is_clean, "checker/" path "/clean", \
		     "a driver that looks like it, and is right")   \
	{                                                           \
		life(&bus_##id##_clean);                            \
	}

#define PAIR(id, path, check, desc)                                           \
	SIM_TRIPS(bus_##id##_is_found, "checker/" path "/trips", desc, check) \
	{                                                                     \
		life(&bus_##id##_trips);                                      \
	}                                                                     \
	CLEAN(id, path)

#define RULE_PAIR(id, rule, desc)                                                      \
	SIM_TRIPS_RULE(bus_##id##_is_found, "checker/rule/" rule "/trips", desc, rule) \
	{                                                                              \
		life(&bus_##id##_trips);                                               \
	}                                                                              \
	CLEAN(id, "rule/" rule)

PAIR(bounds, "bar-bounds", BAR_BOUNDS, "a read behind the end of the BAR")
PAIR(bounds_bind, "bar-bounds/bind", BAR_BOUNDS, "a read behind the end of a bound window")
PAIR(stale, "bar-stale", BAR_STALE, "a read after unmap")
PAIR(stale_copy, "bar-stale/copy", BAR_STALE, "a write through a copy from before the unmap")
PAIR(stale_failed, "bar-stale/failed", BAR_STALE, "a read through a handle that was not mapped")
PAIR(decode, "bar-decode", BAR_DECODE, "a read with memory decoding off")
PAIR(decode_moved, "bar-decode/moved", BAR_DECODE, "a read of a BAR whose address was overwritten")
PAIR(leak, "leak-bar", BAR_LEAK, "a remove that forgets the BAR")
PAIR(leak_probe, "leak-bar/probe", BAR_LEAK, "a failed probe that forgets the BAR")
PAIR(width, "reg-width", REG_WIDTH, "16 bits of a 32-bit register")
PAIR(misaligned, "reg-width/misaligned", REG_WIDTH, "a read across two registers")
PAIR(access_ro, "reg-access", REG_ACCESS, "a write to a read-only register")
PAIR(access_wo, "reg-access/write-only", REG_ACCESS, "a read of a write-only register")
PAIR(unknown, "reg-unknown", REG_UNKNOWN, "a read where there is no register")
PAIR(reserved, "reg-reserved", REG_RESERVED, "a reserved bit written as one")
RULE_PAIR(fact_busy, "edu-fact-busy", "a second number while the first is computed")
RULE_PAIR(fact_early, "edu-fact-early", "the result read before it is there")
RULE_PAIR(dma_busy, "edu-dma-busy", "the count changed under a transfer")
RULE_PAIR(dma_range, "edu-dma-range", "a transfer one byte too far into the device")
RULE_PAIR(dma_mask, "edu-dma-mask", "an address of more than 28 bits")
PAIR(mask_missing, "rule/edu-dma-mask/missing", RULE, "a driver that never stated its limits")
PAIR(unmap_bound, "api-misuse/unmap", API, "unmap of a bound handle")
PAIR(option_default, "api-misuse/option", API, "an option whose default is out of its range")
PAIR(probe_result, "api-misuse/probe", API, "a probe that returns 1")
PAIR(unmap_attached, "teardown-order", TEARDOWN, "a BAR unmapped under an attached handler")
PAIR(free_attached, "teardown-order/dma", TEARDOWN, "DMA memory freed under an attached handler")
PAIR(free_master, "teardown-order/stop", TEARDOWN, "DMA memory freed while still bus master")
PAIR(unmap_first, "teardown-order/bar", TEARDOWN, "a BAR unmapped before DMA memory is freed")
PAIR(master_again, "teardown-order/master", TEARDOWN, "bus master after remove")
