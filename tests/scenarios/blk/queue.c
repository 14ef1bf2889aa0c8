// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the driver may say to queue(), and how turns are taken. */
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

/* ---- completing at once -------------------------------------------------- */

static u32 rounds;

static void resubmit(struct op *op)
{
	if (!op->io.status && rounds++ < 1000) {
		op->dones = 0;
		op_submit(op->io.disk, op);
	}
}

SIM_SCENARIO(blk_sync, "blk/sync",
	     "a driver that completes in queue(), an application that goes on in done()")
{
	struct trv_dev *dev = test_plug();
	struct op *op[3];

	rounds = 0;
	rd.odd = RD_SYNC;
	rd.n_odd = ~0U;
	if (!test_bind(dev))
		return;
	for (u32 i = 0; i < 3; i++) {
		op[i] = op_new(TRV_REQ_WRITE, i, 1);
		op[i]->then = resubmit;
		op_submit(test_disk(dev, i % 2), op[i]);
	}
	for (u32 i = 0; i < 3; i++)
		op_ok(op[i]);
	sim_expect_eq(rd.max_depth, 1);
	sim_expect(!test_strict() || rd.queues == 1003);
	/* Over is over: nothing of them is left that could take too long. */
	sim_sleep(300 * MS);
	sim_expect_eq(rd.timeouts, 0);
}

SIM_SCENARIO(blk_flush_chain, "blk/flush-chain",
	     "a thousand flushes that complete at once, each from the done() before")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_FLUSH, 0, 0);

	rounds = 0;
	if (!test_bind(dev))
		return;
	op->then = resubmit;
	op_submit(test_disk(dev, 0), op);
	op_ok(op);
	sim_expect_eq(rounds, 1001);
	sim_expect_eq(rd.queues, 0);
}

/* ---- refusing ------------------------------------------------------------ */

static void submit_all(struct trv_disk *disk, struct op **op, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		op[i] = op_new(i % 2 ? TRV_REQ_READ : TRV_REQ_WRITE, i * 2, 2);
		op_submit(disk, op[i]);
	}
}

static void all_ok(struct op **op, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		op_ok(op[i]);
		if (op[i]->io.op == TRV_REQ_WRITE && !op[i]->io.status)
			test_stored(0, op[i]);
	}
}

SIM_SCENARIO(blk_busy, "blk/busy", "a driver with room for fewer than it said")
{
	struct trv_dev *dev = test_plug();
	struct op *op[20];

	rd.params.depth = 8;
	rd.room = 3;
	if (!test_bind(dev))
		return;
	test_fill();
	submit_all(test_disk(dev, 0), op, 20);
	all_ok(op, 20);
	sim_expect(rd.max_out <= 3);
	sim_expect(!test_strict() || rd.queues > 20);
	sim_expect(!test_strict() || rd.timeouts == 0);
}

SIM_SCENARIO(blk_busy_alone, "blk/busy-alone",
	     "refused with nothing under way: offered again after a pause, and a longer one")
{
	struct trv_dev *dev = test_plug();
	struct op *op[2];
	u64 since;

	rd.odd = RD_REFUSE;
	rd.n_odd = 3;
	if (!test_bind(dev))
		return;
	test_fill();
	since = sim_now();
	submit_all(test_disk(dev, 0), op, 2);
	all_ok(op, 2);
	if (!test_strict())
		return;
	sim_expect_eq(rd.queues, 5);
	sim_expect(sim_now() - since >= 21 * MS && sim_now() - since < 35 * MS);
}

SIM_SCENARIO(
	blk_busy_ever, "blk/busy-ever",
	"refused for ever with nothing under way: -ETIMEDOUT, seldom asked, and the next is not")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 1, 1);
	struct trv_disk_stats stats;
	u64 since;

	rd.odd = RD_MAP_REFUSE;
	rd.n_odd = ~0U;
	if (!test_bind(dev))
		return;
	since = sim_now();
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -ETIMEDOUT);
	sim_expect(!test_strict() || rd.queues < 10);
	rd.n_odd = 0;
	test_again(test_disk(dev, 0));
	if (!test_strict())
		return;
	sim_expect(op->done_at - since >= 100 * MS && op->done_at - since < 110 * MS);
	sim_expect_eq(rd.timeouts, 0);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.timeouts, 1);
}

SIM_SCENARIO(blk_busy_run, "blk/busy-run", "offered again by trv_blkq_run()")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 1, 1);

	rd.odd = RD_MAP_REFUSE;
	rd.n_odd = 2;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	sim_expect(!test_strict() || (rd.queues == 1 && !sim_dma_live(dev)));
	trv_blkq_run(rd.q);
	trv_blkq_run(rd.q);
	sim_expect(!test_strict() || rd.queues == 3);
	op_ok(op);
	sim_expect_eq(rd.dirty_priv, 0);
	sim_expect(!test_strict() || sim_now() < 3 * MS);
}

SIM_SCENARIO(blk_error, "blk/queue-error", "another error of queue() is the operation's")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 1, 1);
	struct trv_disk_stats stats;

	rd.odd = RD_ERROR;
	rd.n_odd = 1;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -EIO);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.errors, 1);
	sim_expect_eq(stats.bytes[TRV_REQ_READ], 0);
	test_again(test_disk(dev, 0));
}

/* ---- requeue ------------------------------------------------------------- */

SIM_SCENARIO(blk_requeue, "blk/requeue", "the interrupt handler sends requests round again")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk_stats stats;
	struct op *op[10];

	rd.n_requeue = 7;
	if (!test_bind(dev))
		return;
	test_fill();
	submit_all(test_disk(dev, 0), op, 10);
	all_ok(op, 10);
	sim_expect_eq(rd.dirty_priv, 0);
	trv_disk_stats(test_disk(dev, 0), &stats);
	if (!test_strict())
		return;
	sim_expect_eq(stats.requeues, 7);
	sim_expect_eq(stats.requests, 10);
	sim_expect_eq(rd.queues, 17);
}

SIM_SCENARIO(blk_requeue_queue, "blk/requeue-in-queue",
	     "queue() itself sends a request round: it is not offered for ever at once")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 9, 1);

	rd.odd = RD_REQUEUE;
	rd.n_odd = 4;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	sim_expect(!test_strict() || rd.queues == 1);
	op_ok(op);
	sim_expect(!test_strict() || sim_now() > 12 * MS);
}

/* ---- errors of parts ----------------------------------------------------- */

SIM_SCENARIO(blk_part_fails, "blk/part-fails",
	     "one part fails: the first error, once, and what is left is not tried")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 0, 80);
	struct trv_disk_stats stats;

	rd.params.depth = 1;
	rd.bad_lba = 40;
	rd.bad_status = -EILSEQ;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -EILSEQ);
	sim_expect(!test_strict() || rd.queues == 3);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.errors, 1);
	test_again(test_disk(dev, 0));
}

SIM_SCENARIO(blk_parts_fail, "blk/parts-fail", "the same with the other parts under way")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 0, 64), *other = op_new(TRV_REQ_WRITE, 100, 1);

	rd.bad_lba = 20;
	rd.bad_status = -EIO;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_submit(test_disk(dev, 0), other);
	op_expect(op, -EIO);
	op_ok(other);
	sim_expect(!test_strict() || rd.queues == 5);
}

/* ---- turns --------------------------------------------------------------- */

SIM_SCENARIO(blk_fair, "blk/fair", "two disks on a queue take turns")
{
	struct trv_dev *dev = test_plug();
	struct op *op[2][20];
	u32 of[2] = { 0, 0 };

	if (!test_bind(dev))
		return;
	test_fill();
	for (u32 unit = 0; unit < 2; unit++)
		submit_all(test_disk(dev, unit), op[unit], 20);
	for (u32 unit = 0; unit < 2; unit++) {
		for (u32 i = 0; i < 20; i++)
			op_ok(op[unit][i]);
	}
	if (sim_deviated())
		return;
	/* The first disk was alone with four; from then on neither is ahead for long. */
	for (u32 i = 0; i < 40; i++) {
		of[test_nth(i)->unit]++;
		sim_expect(of[1] <= of[0] && (i < 4 || of[0] == 20 || of[0] - of[1] <= 5));
	}
}

SIM_SCENARIO(blk_fair_1, "blk/fair-1", "two disks and one tag: strictly by turns")
{
	struct trv_dev *dev = test_plug();
	struct op *op[2][10];

	rd.params.depth = 1;
	if (!test_bind(dev))
		return;
	test_fill();
	for (u32 unit = 0; unit < 2; unit++)
		submit_all(test_disk(dev, unit), op[unit], 10);
	for (u32 unit = 0; unit < 2; unit++) {
		for (u32 i = 0; i < 10; i++)
			op_ok(op[unit][i]);
	}
	/* Disk 0 was alone for its first one. */
	for (u32 i = 1; !sim_deviated() && i < 19; i++)
		sim_expect_eq(test_nth(i)->unit, i % 2);
}

SIM_SCENARIO(blk_fair_slow, "blk/fair-slow", "a slow disk does not take all the tags")
{
	struct trv_dev *dev = test_plug();
	struct op *slow[16], *fast[16];
	u64 last_fast = 0;

	rd.delay_ns[0] = 20 * MS;
	rd.info[0].timeout_ms = rd.info[1].timeout_ms = 1000;
	if (!test_bind(dev))
		return;
	submit_all(test_disk(dev, 1), fast, 2);
	submit_all(test_disk(dev, 0), slow, 16);
	for (u32 i = 0; i < 2; i++)
		op_expect(fast[i], 0);
	submit_all(test_disk(dev, 1), fast, 16);
	for (u32 i = 0; i < 16; i++) {
		op_expect(fast[i], 0);
		last_fast = trv_max(last_fast, fast[i]->done_at);
	}
	for (u32 i = 0; i < 16; i++)
		op_expect(slow[i], 0);
	/* Waiting behind the slow disk each time would take 16 turns of 20 ms. */
	sim_expect(!test_strict() || last_fast < 45 * MS);
}

/* ---- flush and FUA ------------------------------------------------------- */

SIM_SCENARIO(blk_flush, "blk/flush", "reaches a disk with a write cache")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk_stats stats;
	int rc;

	rd.info[0].flags = TRV_DISK_WRITE_CACHE;
	if (!test_bind(dev))
		return;
	rc = trv_disk_rw(test_disk(dev, 0), TRV_REQ_FLUSH, 0, 0, NULL);
	sim_expect(!rc || !test_strict());
	if (!test_strict())
		return;
	sim_expect_eq(rd.queues, 1);
	sim_expect_eq(test_nth(0)->op, TRV_REQ_FLUSH);
	sim_expect_eq(test_nth(0)->blocks, 0);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.ios[TRV_REQ_FLUSH], 1);
}

SIM_SCENARIO(blk_flush_none, "blk/flush-no-cache", "is over before trv_disk_submit() returns")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_FLUSH, 0, 0);

	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	sim_expect_eq(op->dones, 1);
	op_ok(op);
	sim_expect_eq(rd.queues, 0);
}

static struct op *fua(struct trv_dev *dev, u32 flags, u32 blocks)
{
	struct op *op = op_new(TRV_REQ_WRITE, 10, blocks);

	op->io.fua = true;
	rd.info[0].flags = flags;
	if (!test_bind(dev))
		return NULL;
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
	return op;
}

SIM_SCENARIO(blk_fua, "blk/fua", "a disk that can is told")
{
	struct op *op = fua(test_plug(), TRV_DISK_WRITE_CACHE | TRV_DISK_FUA, 40);

	if (!op || !test_strict())
		return;
	op_ok(op);
	test_stored(0, op);
	sim_expect_eq(rd.queues, 3);
	for (u32 i = 0; i < 3; i++)
		sim_expect(test_nth(i)->fua);
}

SIM_SCENARIO(blk_fua_flush, "blk/fua-flush",
	     "a disk that cannot gets one flush, after the last part, before done()")
{
	struct op *op = fua(test_plug(), TRV_DISK_WRITE_CACHE, 40);
	struct trv_disk_stats stats;

	if (!op || !test_strict())
		return;
	op_ok(op);
	test_stored(0, op);
	sim_expect_eq(rd.queues, 4);
	for (u32 i = 0; i < 3; i++)
		sim_expect(test_nth(i)->op == TRV_REQ_WRITE && !test_nth(i)->fua);
	sim_expect_eq(test_nth(3)->op, TRV_REQ_FLUSH);
	sim_expect_eq(rd.log[rd.n_log - 1].what, 'd');
	sim_expect_eq(test_count('d'), 1);
	trv_disk_stats(op->io.disk, &stats);
	sim_expect_eq(stats.ios[TRV_REQ_FLUSH], 0);
	sim_expect_eq(stats.ios[TRV_REQ_WRITE], 1);
	sim_expect_eq(stats.requests, 4);
}

SIM_SCENARIO(blk_fua_plain, "blk/fua-no-cache", "a disk without a cache needs neither")
{
	struct op *op = fua(test_plug(), 0, 4);

	if (!op || !test_strict())
		return;
	op_ok(op);
	sim_expect_eq(rd.queues, 1);
	sim_expect(!test_nth(0)->fua);
}

SIM_SCENARIO(blk_fua_fails, "blk/fua-fails", "a write that failed is not flushed")
{
	struct trv_dev *dev = test_plug();
	struct op *op;

	rd.bad_lba = 12;
	rd.bad_status = -EIO;
	op = fua(dev, TRV_DISK_WRITE_CACHE, 4);
	if (!op || !test_strict())
		return;
	sim_expect_eq(op->io.status, -EIO);
	sim_expect_eq(rd.queues, 1);
}

SIM_SCENARIO(blk_fua_flush_fails, "blk/fua-flush-fails", "the flush's error is the write's")
{
	struct trv_dev *dev = test_plug();
	struct op *op;

	rd.odd = RD_ERROR;
	rd.n_odd = 1;
	rd.skip_odd = 1;
	op = fua(dev, TRV_DISK_WRITE_CACHE, 4);
	if (!op || !test_strict())
		return;
	sim_expect_eq(op->io.status, -EIO);
	sim_expect_eq(rd.queues, 2);
}
