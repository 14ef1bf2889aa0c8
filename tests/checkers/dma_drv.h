/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* As mem_drv.h, for DMA. The device is the dummy; it moves what it is told to. */
#ifndef TRIVET_TESTS_DMA_DRV_H
#define TRIVET_TESTS_DMA_DRV_H

#include <trivet/os.h>

void dma_touch_owned(struct trv_dev *dev);
void dma_touch_outside_sync(struct trv_dev *dev);
void dma_copy_owned(struct trv_dev *dev);
u32 dma_touch_synced(struct trv_dev *dev);

void dma_write_after_unmap(struct trv_dev *dev);
void dma_write_past_end(struct trv_dev *dev);
void dma_write_cpu_address(struct trv_dev *dev);
void dma_write_failed_map(struct trv_dev *dev);
void dma_write_freed(struct trv_dev *dev);
void dma_write_truncated(struct trv_dev *dev);
void dma_write_wide(struct trv_dev *dev);
void dma_write_then_unmap(struct trv_dev *dev);

void dma_write_to_device_map(struct trv_dev *dev);
void dma_read_from_device_map(struct trv_dev *dev);
void dma_both_ways(struct trv_dev *dev);

void dma_unmap_twice(struct trv_dev *dev);
void dma_unmap_changed(struct trv_dev *dev);
void dma_unmap_copy(struct trv_dev *dev);
void dma_unmap_other_device(struct trv_dev *dev, struct trv_dev *other);
void dma_unmap_failed(struct trv_dev *dev);
void dma_sync_outside(struct trv_dev *dev);
void dma_free_twice(struct trv_dev *dev);
void dma_unmap_right(struct trv_dev *dev);

void dma_map_stack(struct trv_dev *dev);
void dma_map_constant(struct trv_dev *dev);
void dma_map_freed(struct trv_dev *dev);
void dma_map_two_blocks(struct trv_dev *dev);
void dma_map_coherent(struct trv_dev *dev);
void dma_map_part(struct trv_dev *dev);

void dma_map_overlap(struct trv_dev *dev);
void dma_map_shared_read(struct trv_dev *dev);

void dma_give_unwritten(struct trv_dev *dev);
void dma_give_unwritten_hole(struct trv_dev *dev);
void dma_give_written(struct trv_dev *dev);

void dma_without_master(struct trv_dev *dev);
void dma_with_master(struct trv_dev *dev);

void dma_leak_map(struct trv_dev *dev);
void dma_leak_alloc(struct trv_dev *dev);
void dma_leak_nothing(struct trv_dev *dev);

void dma_limits_late(struct trv_dev *dev);
void dma_limits_first(struct trv_dev *dev);

#endif /* TRIVET_TESTS_DMA_DRV_H */
