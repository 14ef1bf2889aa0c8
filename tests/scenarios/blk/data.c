// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Data on its way: depths, vectors, cutting to limits. */
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

SIM_SCENARIO(blk_rw, "blk/rw", "one read and one write, waited for")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk_stats stats;
	struct op *w = op_new(TRV_REQ_WRITE, 5, 3), *r = op_new(TRV_REQ_READ, 9, 2);
	struct trv_disk *disk;
	int rc;

	if (!test_bind(dev))
		return;
	test_fill();
	disk = test_disk(dev, 1);
	rc = trv_disk_rw(disk, TRV_REQ_WRITE, 5, 3, w->buf);
	sim_expect(!rc || !test_strict());
	if (!rc)
		test_stored(1, w);
	rc = trv_disk_rw(disk, TRV_REQ_READ, 9, 2, r->buf);
	sim_expect(!rc || !test_strict());
	sim_expect(rc || !memcmp(r->buf, rd.store[1] + 9 * RD_BLOCK, 2 * RD_BLOCK));
	sim_expect(!memcmp(rd.store[0], rd.store[1], 5 * RD_BLOCK));
	if (!test_strict())
		return;

	trv_disk_stats(disk, &stats);
	sim_expect_eq(stats.ios[TRV_REQ_WRITE], 1);
	sim_expect_eq(stats.ios[TRV_REQ_READ], 1);
	sim_expect_eq(stats.bytes[TRV_REQ_WRITE], 3 * RD_BLOCK);
	sim_expect_eq(stats.bytes[TRV_REQ_READ], 2 * RD_BLOCK);
	sim_expect_eq(stats.requests, 2);
	sim_expect_eq(stats.errors + stats.timeouts + stats.requeues + stats.late, 0);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.requests, 0);
}

/* Many at a time, finished in another order than they were started. */
static void many(u32 depth, bool pio)
{
	struct trv_dev *dev = test_plug();
	struct trv_disk *disk;
	struct op *op[40];

	rd.params.depth = depth;
	rd.disks = 1;
	rd.reverse = true;
	rd.pio = pio;
	rd.delay_ns[0] = 60000;
	if (!test_bind(dev))
		return;
	test_fill();
	disk = test_disk(dev, 0);
	for (u32 i = 0; i < 40; i++) {
		op[i] = op_new(i % 2 ? TRV_REQ_WRITE : TRV_REQ_READ, i * 4, 1 + i % 4);
		op_submit(disk, op[i]);
	}
	for (u32 i = 0; i < 40; i++) {
		op_ok(op[i]);
		if (i % 2 && !op[i]->io.status)
			test_stored(0, op[i]);
	}
	sim_expect(rd.max_out <= depth);
	sim_expect_eq(rd.max_depth, 1);
	sim_expect_eq(rd.overlaps, 0);
	sim_expect_eq(rd.dirty_priv, 0);
	if (!test_strict())
		return;
	sim_expect_eq(rd.max_out, depth);
	sim_expect_eq(rd.timeouts, 0);
}

SIM_SCENARIO(blk_depth_1, "blk/depth-1", "forty operations, one at a time")
{
	many(1, false);
}

SIM_SCENARIO(blk_depth_4, "blk/depth-4", "forty operations, four at a time, out of order")
{
	many(4, false);
}

SIM_SCENARIO(blk_depth_32, "blk/depth-32", "forty operations, thirty-two at a time, out of order")
{
	many(32, false);
}

SIM_SCENARIO(blk_depth_pio, "blk/depth-4-pio", "the same by register")
{
	many(4, true);
}

/* ---- vectors ------------------------------------------------------------- */

/* 5 blocks, 2560 bytes. */
static const u32 odd_lens[] = { 1, 510, 2, 1, 1, 997, 5, 3, 0 };

static void vectors(struct trv_dev *dev, const u32 *lens)
{
	struct op *w = op_new(TRV_REQ_WRITE, 7, 5), *r = op_new(TRV_REQ_READ, 20, 5);

	if (!test_bind(dev))
		return;
	test_fill();
	op_cut(w, lens);
	op_cut(r, lens);
	op_submit(test_disk(dev, 0), w);
	op_submit(test_disk(dev, 0), r);
	op_ok(w);
	op_ok(r);
	if (!w->io.status)
		test_stored(0, w);
	sim_expect_eq(rd.pio_wrong, 0);
}

SIM_SCENARIO(blk_vec_pio, "blk/vectors-pio", "pieces of odd length at odd addresses, by register")
{
	struct trv_dev *dev = test_plug();

	rd.pio = true;
	vectors(dev, odd_lens);
}

SIM_SCENARIO(blk_vec_pio_split, "blk/vectors-pio-split", "the same, a request for each block")
{
	struct trv_dev *dev = test_plug();

	rd.pio = true;
	rd.info[0].max_blocks = 1;
	vectors(dev, odd_lens);
	sim_expect(!test_strict() || rd.queues == 10);
}

SIM_SCENARIO(blk_vec_dma, "blk/vectors-dma", "pieces of odd length at odd addresses, by DMA")
{
	struct trv_dev *dev = test_plug();

	vectors(dev, odd_lens);
	sim_expect(!test_strict() || test_nth(0)->mapped);
}

SIM_SCENARIO(blk_vec_align, "blk/vectors-align",
	     "what does not meet the device's alignment goes by register")
{
	struct trv_dev *dev = test_plug();

	rd.limits.align = 2;
	vectors(dev, odd_lens);
	sim_expect(!test_strict() || !test_nth(0)->mapped);
}

SIM_SCENARIO(blk_vec_zero, "blk/vectors-empty", "empty pieces among the others are passed over")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 3, 2);
	u8 *buf;

	if (!test_bind(dev))
		return;
	test_fill();
	buf = sim_buf(4096);
	op->vec[0] = (struct trv_vec){ NULL, 0 };
	op->vec[1] = (struct trv_vec){ buf, 2 };
	op->vec[2] = (struct trv_vec){ buf, 0 };
	op->vec[3] = (struct trv_vec){ buf + 2048, 1022 };
	op->vec[4] = (struct trv_vec){ NULL, 0 };
	op->io.n_vec = 5;
	op_submit(test_disk(dev, 0), op);
	op_ok(op);
}

/* ---- cutting ------------------------------------------------------------- */

/* The log's requests are consecutive runs of [lba, lba + blocks). */
static void expect_runs(u64 lba, u32 blocks, u32 longest)
{
	const struct rd_entry *e;
	u32 seen = 0, n = 0;

	if (!test_strict())
		return;
	while (seen < blocks) {
		e = test_nth(n++);
		sim_expect_eq(e->lba, lba + seen);
		sim_expect(e->blocks >= 1 && e->blocks <= longest);
		seen += e->blocks;
	}
	sim_expect_eq(seen, blocks);
	sim_expect_eq(test_count('q'), n);
}

SIM_SCENARIO(blk_split, "blk/split-blocks", "a hundred blocks in requests of sixteen, done once")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 50, 100);
	struct trv_disk_stats stats;

	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_ok(op);
	if (!test_strict())
		return;
	test_stored(0, op);
	expect_runs(50, 100, 16);
	sim_expect_eq(test_count('q'), 7);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.ios[TRV_REQ_WRITE], 1);
	sim_expect_eq(stats.requests, 7);
}

/* Each request of a vectored operation meets the limits, wherever the pieces begin. */
static void split_segs(u32 max_segs, u32 max_seg, u32 boundary)
{
	static const u32 lens[] = { 700, 3000, 100, 5000, 12, 8, 6000, 0 };
	struct trv_dev *dev = test_plug();
	struct op *w = op_new(TRV_REQ_WRITE, 0, 64), *r = op_new(TRV_REQ_READ, 100, 64);

	rd.info[0].max_blocks = 64;
	rd.limits.max_segs = max_segs;
	rd.limits.max_seg = max_seg;
	rd.limits.boundary = boundary;
	if (!test_bind(dev))
		return;
	test_fill();
	op_cut(w, lens);
	op_cut(r, lens);
	op_submit(test_disk(dev, 0), w);
	op_ok(w);
	expect_runs(0, 64, 64);
	rd.n_log = 0;
	op_submit(test_disk(dev, 0), r);
	op_ok(r);
	expect_runs(100, 64, 64);
	if (!test_strict())
		return;
	test_stored(0, w);
	for (u32 i = 0; i < test_count('q'); i++) {
		sim_expect(test_nth(i)->mapped);
		sim_expect(test_nth(i)->segs <= max_segs);
	}
	sim_expect(test_count('q') > 1);
}

SIM_SCENARIO(blk_split_segs, "blk/split-segments", "at most four pieces to a request")
{
	split_segs(4, 0, 0);
}

SIM_SCENARIO(blk_split_len, "blk/split-length", "at most six segments of 4,000 bytes")
{
	split_segs(6, 4000, 0);
}

SIM_SCENARIO(blk_split_edge, "blk/split-boundary",
	     "at most eight segments, none across a multiple of 4,096")
{
	split_segs(8, 4096, 4096);
}

SIM_SCENARIO(blk_split_never, "blk/split-never",
	     "a block of more pieces than the device takes goes by register")
{
	static const u32 lens[] = { 100, 100, 100, 100, 0 };
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 30, 1);

	rd.limits.max_segs = 4;
	rd.params.depth = 1;
	if (!test_bind(dev))
		return;
	test_fill();
	op_cut(op, lens);
	op_submit(test_disk(dev, 0), op);
	op_ok(op);
	sim_expect(!test_strict() || (test_count('q') == 1 && !test_nth(0)->mapped));
}

SIM_SCENARIO(blk_discard, "blk/discard", "split to the disk's longest, without data")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_DISCARD, 10, 100);

	rd.info[0].flags = TRV_DISK_DISCARD;
	rd.info[0].max_discard = 40;
	if (!test_bind(dev))
		return;
	test_fill();
	op_submit(test_disk(dev, 0), op);
	op_ok(op);
	if (!test_strict())
		return;
	sim_expect_eq(test_count('q'), 3);
	expect_runs(10, 100, 40);
	for (u32 i = 0; i < 100 * RD_BLOCK; i++)
		sim_expect_eq(rd.store[0][10 * RD_BLOCK + i], 0);
	sim_expect_eq(rd.store[0][110 * RD_BLOCK], test_byte(DATA_SEED, 110 * RD_BLOCK));
}

SIM_SCENARIO(blk_kick, "blk/kick", "one doorbell for a batch, never before its last request")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 0, 64);
	char last = 0;

	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	sim_expect(!test_strict() || (rd.queues == 4 && rd.kicks == 1));
	op_expect(op, 0);
	for (u32 i = 0; i < rd.n_log; i++) {
		sim_expect(rd.log[i].what != 'k' || last == 'q');
		if (rd.log[i].what != 'd')
			last = rd.log[i].what;
	}
	sim_expect(!test_strict() || last == 'k');
}
