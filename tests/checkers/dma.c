// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The DMA checks: for each, code that trips it and code that must not. */
#include <os/test-sim/scenario.h>

#include "dma_drv.h"
#include "dummy.h"

static struct trv_dev *plug(void)
{
	struct trv_dev *dev = sim_plug("dummy");

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "no dummy device: %s", sim_opt_error_text());
	return dev;
}

/* What only the compiler's hooks see. */
#ifndef SIM_NO_HOOKS
SIM_TRIPS(owner, "checker/dma-owner/trips", "a store into a mapped buffer", DMA_OWNER)
{
	dma_touch_owned(plug());
}

SIM_TRIPS(owner_sync, "checker/dma-owner/trips-sync", "a load next to the bytes synced for the CPU",
	  DMA_OWNER)
{
	dma_touch_outside_sync(plug());
}

SIM_TRIPS(owner_copy, "checker/dma-owner/trips-memcpy", "a memcpy from a mapped buffer", DMA_OWNER)
{
	dma_copy_owned(plug());
}
#endif

SIM_SCENARIO(owner_not, "checker/dma-owner/clean", "loads of bytes synced for the CPU, or unmapped")
{
	struct trv_dev *dev = plug();

	for (u32 i = 0; i < 96; i++)
		dummy_buf(dev)[i] = (u8)i;
	sim_expect_eq(dma_touch_synced(dev), (8 + 15) * 8 / 2 + 95 * 96 / 2);
}

SIM_TRIPS(stale, "checker/dma-stale/trips", "a device write after the unmap", DMA_STALE)
{
	dma_write_after_unmap(plug());
}

SIM_TRIPS(stale_end, "checker/dma-stale/trips-end", "a device write of one byte too many",
	  DMA_STALE)
{
	dma_write_past_end(plug());
}

SIM_TRIPS(stale_cpu, "checker/dma-stale/trips-cpu-address", "a CPU address given to the device",
	  DMA_STALE)
{
	dma_write_cpu_address(plug());
}

SIM_TRIPS(stale_failed, "checker/dma-stale/trips-failed-map", "a mapping used though it failed",
	  DMA_STALE)
{
	dma_write_failed_map(plug());
}

SIM_TRIPS(stale_freed, "checker/dma-stale/trips-freed", "a device write to freed DMA memory",
	  DMA_STALE)
{
	dma_write_freed(plug());
}

SIM_TRIPS(stale_truncated, "checker/dma-stale/trips-truncated",
	  "the lower half of an address given to the device", DMA_STALE)
{
	dma_write_truncated(plug());
}

SIM_SCENARIO(stale_wide, "checker/dma-stale/clean-wide", "the whole of such an address")
{
	dma_write_wide(plug());
}

SIM_SCENARIO(stale_not, "checker/dma-stale/clean",
	     "device writes of all of a mapping, then the unmap")
{
	dma_write_then_unmap(plug());
}

SIM_TRIPS(dir_write, "checker/dma-dir/trips", "a device write into a buffer mapped to the device",
	  DMA_DIR)
{
	dma_write_to_device_map(plug());
}

SIM_TRIPS(dir_read, "checker/dma-dir/trips-read",
	  "a device read from a buffer mapped from the device", DMA_DIR)
{
	dma_read_from_device_map(plug());
}

SIM_SCENARIO(dir_not, "checker/dma-dir/clean", "each direction as mapped, and both")
{
	dma_both_ways(plug());
}

SIM_TRIPS(unmap_twice, "checker/dma-unmap/trips", "an unmap too many", DMA_UNMAP)
{
	dma_unmap_twice(plug());
}

SIM_TRIPS(unmap_changed, "checker/dma-unmap/trips-changed", "a mapping's length changed", DMA_UNMAP)
{
	dma_unmap_changed(plug());
}

SIM_TRIPS(unmap_copy, "checker/dma-unmap/trips-moved", "a mapping moved before its unmap",
	  DMA_UNMAP)
{
	dma_unmap_copy(plug());
}

SIM_TRIPS(unmap_other, "checker/dma-unmap/trips-device", "an unmap for another device", DMA_UNMAP)
{
	struct trv_dev *dev = plug();

	dma_unmap_other_device(dev, plug());
}

SIM_TRIPS(unmap_failed, "checker/dma-unmap/trips-failed-map", "an unmap of what was never mapped",
	  DMA_UNMAP)
{
	dma_unmap_failed(plug());
}

SIM_TRIPS(sync_outside, "checker/dma-unmap/trips-sync", "a sync that leaves its mapping", DMA_UNMAP)
{
	dma_sync_outside(plug());
}

SIM_TRIPS(mem_twice, "checker/dma-unmap/trips-free", "DMA memory freed twice", DMA_UNMAP)
{
	dma_free_twice(plug());
}

SIM_SCENARIO(unmap_not, "checker/dma-unmap/clean", "syncs and unmaps that match, in any order")
{
	dma_unmap_right(plug());
}

SIM_TRIPS(src_stack, "checker/dma-src/trips", "a mapping of a local variable", DMA_SRC)
{
	dma_map_stack(plug());
}

SIM_TRIPS(src_const, "checker/dma-src/trips-constant", "a mapping of a constant", DMA_SRC)
{
	dma_map_constant(plug());
}

SIM_TRIPS(src_freed, "checker/dma-src/trips-freed", "a mapping of freed memory", DMA_SRC)
{
	dma_map_freed(plug());
}

SIM_TRIPS(src_two, "checker/dma-src/trips-two", "a mapping that leaves its allocation", DMA_SRC)
{
	dma_map_two_blocks(plug());
}

SIM_TRIPS(src_coherent, "checker/dma-src/trips-coherent", "a mapping of coherent memory", DMA_SRC)
{
	dma_map_coherent(plug());
}

SIM_SCENARIO(src_not, "checker/dma-src/clean", "mappings of any part of an allocation")
{
	dma_map_part(plug());
}

SIM_TRIPS(mapped_twice, "checker/dma-overlap/trips", "mappings that share one byte", DMA_OVERLAP)
{
	dma_map_overlap(plug());
}

SIM_SCENARIO(mapped_twice_not, "checker/dma-overlap/clean",
	     "adjacent mappings, and one buffer mapped twice for reading")
{
	dma_map_shared_read(plug());
}

#ifndef SIM_NO_HOOKS
SIM_TRIPS(unwritten, "checker/dma-uninit/trips", "a device read of a buffer nobody wrote",
	  DMA_UNINIT)
{
	dma_give_unwritten(plug());
}

SIM_TRIPS(unwritten_hole, "checker/dma-uninit/trips-byte", "a device read with one such byte",
	  DMA_UNINIT)
{
	dma_give_unwritten_hole(plug());
}
#endif

SIM_SCENARIO(unwritten_not, "checker/dma-uninit/clean",
	     "a device read of written bytes, and of those in front of others")
{
	dma_give_written(plug());
}

SIM_TRIPS(master, "checker/dma-master/trips", "a device write with bus master off", DMA_MASTER)
{
	dma_without_master(plug());
}

SIM_SCENARIO(master_not, "checker/dma-master/clean", "the same with bus master on")
{
	dma_with_master(plug());
}

SIM_TRIPS(leak_map, "checker/leak-dma/trips", "a mapping never undone", DMA_LEAK)
{
	dma_leak_map(plug());
}

SIM_TRIPS(leak_alloc, "checker/leak-dma/trips-alloc", "DMA memory never freed", DMA_LEAK)
{
	dma_leak_alloc(plug());
}

SIM_SCENARIO(leak_dma_not, "checker/leak-dma/clean", "as many undone as done")
{
	dma_leak_nothing(plug());
}

SIM_TRIPS(limits_late, "checker/api-misuse/trips-dma-limits", "limits stated after a mapping", API)
{
	dma_limits_late(plug());
}

SIM_SCENARIO(limits_first, "checker/api-misuse/clean-dma-limits", "limits stated first")
{
	dma_limits_first(plug());
}
