/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Driver code that is wrong in one way, and code that looks the same and is
 * right. Compiled like a driver; the scenarios of mem.c call it.
 */
#ifndef TRIVET_TESTS_MEM_DRV_H
#define TRIVET_TESTS_MEM_DRV_H

#include <trivet/os.h>

/* Each frees what it allocates unless its name says otherwise. */
u32 mem_write_past_end(struct trv_dev *dev);
u32 mem_write_before_start(struct trv_dev *dev);
u32 mem_copy_past_end(struct trv_dev *dev);
u32 mem_whole_block(struct trv_dev *dev);

u32 mem_read_freed(struct trv_dev *dev);
u32 mem_set_freed(struct trv_dev *dev);
u32 mem_read_then_free(struct trv_dev *dev);

u32 mem_read_unwritten(struct trv_dev *dev);
u32 mem_compare_unwritten(struct trv_dev *dev);
u32 mem_read_copy_of_unwritten(struct trv_dev *dev);
u32 mem_read_struct_copy_of_unwritten(struct trv_dev *dev);
u32 mem_padding_and_bits(struct trv_dev *dev);
u32 mem_compare_written_part(struct trv_dev *dev);

void mem_free_twice(struct trv_dev *dev);
void mem_free_other_size(struct trv_dev *dev);
void mem_free_inside(struct trv_dev *dev);
void mem_free_foreign(struct trv_dev *dev, void *p);
void mem_free_mapped(struct trv_dev *dev);
void mem_free_right(struct trv_dev *dev);

void mem_leak(struct trv_dev *dev);
void mem_no_leak(struct trv_dev *dev);

void mem_free_armed_timer(struct trv_dev *dev);
void mem_free_held_lock(struct trv_dev *dev);
void mem_free_idle_handles(struct trv_dev *dev);

void mem_sleep_in_atomic(struct trv_dev *dev);
void mem_atomic_in_atomic(struct trv_dev *dev);

void mem_memcpy_overlap(struct trv_dev *dev);
void mem_memmove_overlap(struct trv_dev *dev);
void mem_put_too_often(struct trv_dev *dev);
void mem_get_after_last(struct trv_dev *dev);
void mem_counts_right(struct trv_dev *dev);

#endif /* TRIVET_TESTS_MEM_DRV_H */
