// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The memory checks: for each, code that trips it and code that must not. */
#include <os/test-sim/scenario.h>

#include "mem_drv.h"

static struct trv_dev *plug(void)
{
	struct trv_dev *dev = sim_plug("dummy");

	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "no dummy device: %s", sim_opt_error_text());
	return dev;
}

/* What only the compiler's hooks see: AddressSanitizer has its own way with these. */
#ifndef SIM_NO_HOOKS
SIM_TRIPS(oob_end, "checker/mem-oob/trips", "a loop that stores one byte too many", MEM_OOB)
{
	mem_write_past_end(plug());
}

SIM_TRIPS(oob_start, "checker/mem-oob/trips-before", "a store in front of an allocation", MEM_OOB)
{
	mem_write_before_start(plug());
}

SIM_TRIPS(oob_copy, "checker/mem-oob/trips-memcpy", "a memcpy of one byte too many", MEM_OOB)
{
	mem_copy_past_end(plug());
}

SIM_TRIPS(uaf, "checker/use-after-free/trips", "a load from freed memory", MEM_UAF)
{
	mem_read_freed(plug());
}

SIM_TRIPS(uaf_set, "checker/use-after-free/trips-memset", "a memset of freed memory", MEM_UAF)
{
	mem_set_freed(plug());
}

SIM_TRIPS(uninit, "checker/mem-uninit/trips", "a load from trv_alloc() memory nobody wrote",
	  MEM_UNINIT)
{
	mem_read_unwritten(plug());
}

SIM_TRIPS(uninit_cmp, "checker/mem-uninit/trips-memcmp", "a memcmp decided by such bytes",
	  MEM_UNINIT)
{
	mem_compare_unwritten(plug());
}

SIM_TRIPS(uninit_copy, "checker/mem-uninit/trips-memcpy", "a load from a memcpy of such bytes",
	  MEM_UNINIT)
{
	mem_read_copy_of_unwritten(plug());
}

SIM_TRIPS(uninit_struct, "checker/mem-uninit/trips-assignment",
	  "a load from a structure assigned from such bytes", MEM_UNINIT)
{
	mem_read_struct_copy_of_unwritten(plug());
}

SIM_TRIPS(overlap, "checker/api-misuse/trips-memcpy", "a memcpy between overlapping ranges", API)
{
	mem_memcpy_overlap(plug());
}
#endif

SIM_SCENARIO(oob_not, "checker/mem-oob/clean", "every byte of an allocation, and no other")
{
	sim_expect_eq(mem_whole_block(plug()), 39 * 40 / 2 + 36 + 7);
}

SIM_SCENARIO(uaf_not, "checker/use-after-free/clean", "the load before the free")
{
	sim_expect_eq(mem_read_then_free(plug()), 0);
}

SIM_SCENARIO(uninit_not, "checker/mem-uninit/clean",
	     "padding and bit-fields, copied; members nobody wrote, copied and not used")
{
	sim_expect_eq(mem_padding_and_bits(plug()), 1 + 2 + 3 + 4 + 5);
}

SIM_SCENARIO(uninit_cmp_not, "checker/mem-uninit/clean-memcmp",
	     "a memcmp decided before the bytes nobody wrote")
{
	sim_expect_eq(mem_compare_written_part(plug()), 1);
}

SIM_TRIPS(free_twice, "checker/bad-free/trips", "a block freed twice", MEM_FREE)
{
	mem_free_twice(plug());
}

SIM_TRIPS(free_size, "checker/bad-free/trips-size", "a block freed with another size", MEM_FREE)
{
	mem_free_other_size(plug());
}

SIM_TRIPS(free_inside, "checker/bad-free/trips-inside", "a pointer into a block freed", MEM_FREE)
{
	mem_free_inside(plug());
}

SIM_TRIPS(free_foreign, "checker/bad-free/trips-foreign", "a request's buffer freed by the driver",
	  MEM_FREE)
{
	mem_free_foreign(plug(), sim_buf(40));
}

SIM_TRIPS(free_stack, "checker/bad-free/trips-stack", "a local variable freed", MEM_FREE)
{
	u8 local[40];

	mem_free_foreign(plug(), local);
}

SIM_TRIPS(free_mapped, "checker/bad-free/trips-mapped", "a block freed while the device has it",
	  MEM_FREE)
{
	mem_free_mapped(plug());
}

SIM_SCENARIO(free_right, "checker/bad-free/clean", "NULL; a block freed after its unmap")
{
	mem_free_right(plug());
}

SIM_TRIPS(leak, "checker/leak-mem/trips", "two blocks, one free", MEM_LEAK)
{
	mem_leak(plug());
}

SIM_SCENARIO(leak_not, "checker/leak-mem/clean", "two blocks, two frees")
{
	mem_no_leak(plug());
}

SIM_TRIPS(timer, "checker/leak-timer/trips-free", "memory freed with an armed timer in it",
	  TIMER_LEAK)
{
	mem_free_armed_timer(plug());
}

SIM_TRIPS(lock, "checker/lock-held/trips-free", "memory freed with a held lock in it", LOCK_HELD)
{
	mem_free_held_lock(plug());
}

SIM_SCENARIO(handles, "checker/leak-timer/clean-free",
	     "memory freed after its timer was cancelled and its lock released")
{
	mem_free_idle_handles(plug());
}

SIM_TRIPS(alloc_sleeps, "checker/sleep-in-atomic/trips-alloc",
	  "an allocation that may sleep, under a spinlock", CONTEXT)
{
	mem_sleep_in_atomic(plug());
}

SIM_SCENARIO(alloc_atomic, "checker/sleep-in-atomic/clean-alloc",
	     "an atomic allocation under a spinlock")
{
	mem_atomic_in_atomic(plug());
}

SIM_SCENARIO(overlap_not, "checker/api-misuse/clean-memmove",
	     "a memmove between overlapping ranges, a memcpy between adjacent ones")
{
	mem_memmove_overlap(plug());
}

SIM_TRIPS(put, "checker/api-misuse/trips-refcount-put", "a reference put too often", API)
{
	mem_put_too_often(plug());
}

SIM_TRIPS(get, "checker/api-misuse/trips-refcount-get", "a reference taken after the last was put",
	  API)
{
	mem_get_after_last(plug());
}

SIM_SCENARIO(refcount, "checker/api-misuse/clean-refcount", "as many put as taken")
{
	mem_counts_right(plug());
}
