/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the block class's scenarios share: a ramdisk, operations, expectations. */
#ifndef TESTS_BLK_TEST_H
#define TESTS_BLK_TEST_H

#include <os/test-sim/scenario.h>
#include <tests/scenarios/blk/ramdisk.h>
#include <trivet/disk.h>

#define MS 1000000ULL
#define MAX_VEC 16u
#define DATA_SEED 0x5eedu

/** struct op - an operation and what became of it */
struct op {
	struct trv_io io;
	struct trv_vec vec[MAX_VEC];
	u8 *buf;
	u64 bytes;
	u32 dones;
	u64 done_at;
	void (*then)(struct op *op); /* after the class's done(), in its context */
	void *arg;
};

/**
 * test_plug() - a new ramdisk, knobs at their defaults
 *
 * Two disks, depth 4, DMA, 10 us a request, 100 ms time-out, 16 blocks a
 * request, no write cache. Turn rd, then test_bind().
 */
struct trv_dev *test_plug(void);
/** test_bind() - false when a fault this run injected kept it from working */
bool test_bind(struct trv_dev *dev);

struct trv_disk *test_disk(struct trv_dev *dev, u32 unit);

/** op_new() - data of one vector: a write's are test_byte()s, a read's are to be */
struct op *op_new(enum trv_req_op what, u64 lba, u32 blocks);
/** op_cut() - vectors of these lengths instead, from one buffer with gaps; 0 ends the list */
void op_cut(struct op *op, const u32 *lens);
/** op_submit() - it is accepted, unless the run is hostile */
void op_submit(struct trv_disk *disk, struct op *op);
/** op_wait() - until done() was called; and it was called once */
void op_wait(struct op *op);
/** op_expect() - waits; the status is @status, or a fault of this run explains another */
void op_expect(struct op *op, int status);
/** op_ok() - status 0, and a read brought the right bytes */
void op_ok(struct op *op);

/** test_fill() - the medium holds test_byte()s everywhere */
void test_fill(void);
u8 test_byte(u32 seed, u64 pos);
/** test_stored() - the medium holds what @op wrote */
void test_stored(u32 unit, const struct op *op);
/** test_strict() - nothing but legal behaviour in this run so far: exact counts hold */
bool test_strict(void);
/** test_count() - entries of the log of one kind */
u32 test_count(char what);
/** test_nth() - the @n'th 'q' of the log, from 0 */
const struct rd_entry *test_nth(u32 n);
/** test_again() - the disk works: one write and one read, whatever happened before */
void test_again(struct trv_disk *disk);

#endif /* TESTS_BLK_TEST_H */
