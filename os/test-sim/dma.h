/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DMA: the IOMMU between devices and the arena.
 *
 * A device address never equals a CPU address, is never used twice in a run,
 * and has an unmapped gap on both sides. A streaming mapping is a copy: the
 * device sees what was synced to it and the CPU sees what was synced back, so
 * a missing sync shows on any host. Coherent memory has two sides as well, which
 * a barrier that the driver forgot leaves different (coherent.c).
 */
#ifndef TRIVET_SIM_DMA_H
#define TRIVET_SIM_DMA_H

#include <os/test-sim/check.h>

/**
 * sim_dma_read(), sim_dma_write() - the device reads (writes) @len bytes at @addr
 *
 * Byte-exact: every byte lies in one live mapping of @dev that allows the
 * direction, and bus master is on; otherwise the matching checker ends the
 * run, or in a run with a hostile device -EIO is returned, nothing moves and
 * the fault is counted. Called by models, from events or register accesses.
 */
int sim_dma_read(struct trv_dev *dev, trv_iova addr, void *dst, u32 len);
int sim_dma_write(struct trv_dev *dev, trv_iova addr, const void *src, u32 len);

/** struct sim_dma_stats - for tables and tests */
struct sim_dma_stats {
	u64 read_bytes, written_bytes;
	u64 maps, unmaps, allocs;
	u64 shared_pages; /* mappings that shared a 4 KiB page with other live data */
	u64 faults;
};
const struct sim_dma_stats *sim_dma_stats(const struct trv_dev *dev);

/** enum sim_order - what the device sees of stores that no barrier ordered */
enum sim_order {
	SIM_ORDER_CHOSEN, /* all of them, or as the run deviates */
	SIM_ORDER_LATE,	  /* none of them, for as long as that may last */
	SIM_ORDER_NEWEST, /* the newest before all others */
};
/**
 * sim_coherent_order() - from here on, without asking; for the rest of this world
 *
 * Unless CHOSEN, of what the device writes in one piece the last word comes first.
 */
void sim_coherent_order(enum sim_order order);
/** sim_coherent_restless() - what devices write to coherent memory changes once it was loaded */
void sim_coherent_restless(bool on);

void sim_dma_reset(void);
/** sim_dma_leftovers() - DMA_LEAK for what @dev still has mapped or allocated */
void sim_dma_leftovers(struct trv_dev *dev);
/** sim_dma_live() - number of live mappings and allocations of @dev */
u32 sim_dma_live(const struct trv_dev *dev);

#endif /* TRIVET_SIM_DMA_H */
