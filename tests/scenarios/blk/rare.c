// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What seldom happens to a queue, and drivers that break the class's contract in seldom ways. */
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

SIM_SCENARIO(blk_accessors, "blk/accessors", "the accessors' out-of-line copies say the same")
{
	void *(*volatile blkq_priv)(const struct trv_blkq *) = trv_blkq_priv;
	void *(*volatile disk_priv)(const struct trv_disk *) = trv_disk_priv;
	const struct trv_disk_info *(*volatile info)(const struct trv_disk *) = trv_disk_info;
	enum trv_req_op (*volatile req_op)(const struct trv_req *) = trv_req_op;
	bool (*volatile fua)(const struct trv_req *) = trv_req_fua;
	u64 (*volatile lba)(const struct trv_req *) = trv_req_lba;
	u32 (*volatile blocks)(const struct trv_req *) = trv_req_blocks;
	u32 (*volatile bytes)(const struct trv_req *) = trv_req_bytes;
	u32 (*volatile tag)(const struct trv_req *) = trv_req_tag;
	struct trv_disk *(*volatile disk_of)(const struct trv_req *) = trv_req_disk;
	void *(*volatile req_priv)(struct trv_req *) = trv_req_priv;
	u32 (*volatile left)(const struct trv_req *) = trv_req_pio_left;
	bool (*volatile first)(struct trv_req *, struct trv_seg_iter *) = trv_req_first_seg;
	bool (*volatile next)(struct trv_seg_iter *) = trv_req_next_seg;
	struct trv_seg segs[2] = { { .addr = 0x1000, .len = 512 }, { .addr = 0x3000, .len = 512 } };
	struct trv_disk disk = { .priv = segs, .info.unit = 3 };
	struct trv_blkq q = { .priv = &disk };
	struct trv_req req = {
		.q = &q,
		.disk = &disk,
		.op = TRV_REQ_WRITE,
		.fua = true,
		.lba = 77,
		.blocks = 2,
		.bytes = 1024,
		.tag = 5,
		.priv = &q,
		.pio_left = 512,
		.segs = segs,
		.n_segs = 2,
	};
	struct trv_seg_iter it;

	sim_expect(blkq_priv(&q) == &disk);
	sim_expect(disk_priv(&disk) == segs);
	sim_expect_eq(info(&disk)->unit, 3);
	sim_expect_eq(req_op(&req), TRV_REQ_WRITE);
	sim_expect(fua(&req));
	sim_expect_eq(lba(&req), 77);
	sim_expect_eq(blocks(&req), 2);
	sim_expect_eq(bytes(&req), 1024);
	sim_expect_eq(tag(&req), 5);
	sim_expect(disk_of(&req) == &disk);
	sim_expect(req_priv(&req) == &q);
	sim_expect_eq(left(&req), 512);
	sim_expect(first(&req, &it));
	sim_expect_eq(it.seg.addr, 0x1000);
	sim_expect(next(&it));
	sim_expect_eq(it.seg.addr, 0x3000);
	sim_expect(!next(&it));
	req.n_segs = 0;
	sim_expect(!first(&req, &it));
}

/* ---- arguments ----------------------------------------------------------- */

SIM_SCENARIO(blk_limits_late, "blk/limits-late",
	     "a disk added after the DMA limits changed, on a queue of the old ones: refused")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk_info third;
	struct trv_disk spare;
	int rc;

	if (!test_bind(dev))
		return;
	third = rd.info[0];
	third.unit = 7;
	for (u32 i = 0; i < 5; i++) {
		struct trv_dma_limits other = rd.limits;

		if (i == 0)
			other.mask = 0xffffff;
		else if (i == 1)
			other.align = 4;
		else if (i == 2)
			other.boundary = 0x10000;
		else if (i == 3)
			other.max_seg = 0x1000;
		else
			other.max_segs = 3;
		if (trv_dma_limits(dev, &other))
			return;
		sim_expect_eq(trv_disk_add(rd.q, &spare, &third, NULL), -EINVAL);
	}
	sim_expect_eq(trv_dma_limits(dev, &rd.limits), 0);
	rc = trv_disk_add(rd.q, &spare, &third, NULL);
	if (sim_deviated() && rc)
		return;
	sim_expect_eq(rc, 0);
	trv_disk_remove(&spare);
}

static int no_queue(struct trv_blkq *q, struct trv_req *req)
{
	sim_fail(SIM_EXPECT, SIM_SITE, "a queue that does not exist was offered a request");
}

static void no_timeout(struct trv_blkq *q, struct trv_req *req)
{
	sim_fail(SIM_EXPECT, SIM_SITE, "a request that does not exist timed out");
}

SIM_SCENARIO(blk_queue_ops, "blk/queue-ops", "a driver without what a queue cannot do without")
{
	const struct trv_blk_ops none = { .timeout = no_timeout }, hard = { .queue = no_queue };
	const struct trv_blk_ops both = { .queue = no_queue, .timeout = no_timeout };
	struct trv_blkq_params params = { .name = "spare", .depth = 1 };
	struct trv_dev *dev = test_plug();
	struct trv_blkq q;

	if (!test_bind(dev))
		return;
	sim_expect_eq(trv_blkq_init(dev, &q, &none, &params, NULL), -EINVAL);
	sim_expect_eq(trv_blkq_init(dev, &q, &hard, &params, NULL), -EINVAL);
	params.polled = true;
	sim_expect_eq(trv_blkq_init(dev, &q, &both, &params, NULL), -EINVAL);
	params.polled = false;
	if (!trv_blkq_init(dev, &q, &both, &params, NULL))
		trv_blkq_destroy(&q);
	else
		sim_expect(!test_strict());
}

SIM_SCENARIO(blk_submit_vectors, "blk/submit-vectors", "data with what has none: refused")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 0, 1);

	rd.info[0].flags = TRV_DISK_DISCARD | TRV_DISK_WRITE_CACHE;
	rd.info[0].max_discard = 8;
	if (!test_bind(dev))
		return;
	op->io.op = TRV_REQ_DISCARD;
	sim_expect_eq(trv_disk_submit(test_disk(dev, 0), &op->io), -EINVAL);
	op->io.op = TRV_REQ_FLUSH;
	op->io.blocks = 0;
	sim_expect_eq(trv_disk_submit(test_disk(dev, 0), &op->io), -EINVAL);
	sim_expect_eq(rd.queues, 0);
}

/* ---- ends ---------------------------------------------------------------- */

SIM_SCENARIO(blk_remove_second, "blk/remove-second", "the second disk goes, the first goes on")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 7, 2);

	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	rd_remove_unit(dev, 1);
	sim_expect_eq(trv_disk_info(trv_disk_first(dev))->unit, 0);
	sim_expect(!trv_disk_next(trv_disk_first(dev)));
	op_ok(op);
	test_again(test_disk(dev, 0));
}

SIM_SCENARIO(blk_unplug_flush, "blk/unplug-flush",
	     "written, and its flush still to come, when the device goes: -ENODEV")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 7, 2), *hung = op_new(TRV_REQ_READ, 0, 1);

	rd.info[0].flags = TRV_DISK_WRITE_CACHE;
	rd.params.depth = 1;
	rd.odd = RD_HANG;
	rd.skip_odd = 1;
	rd.n_odd = 1;
	if (!test_bind(dev))
		return;
	op->io.fua = true;
	op_submit(test_disk(dev, 0), op);
	op_submit(test_disk(dev, 1), hung);
	sim_sleep(MS);
	if (test_strict() && rd.queues == 2)
		sim_expect(!op->dones);
	sim_unplug(dev);
	sim_unbind(dev);
	op_wait(op);
	op_wait(hung);
	sim_expect(op->io.status == -ENODEV || (sim_deviated() && op->io.status <= 0));
	sim_expect(hung->io.status < 0 || sim_deviated());
}

SIM_SCENARIO(blk_asleep_one, "blk/suspend-remove-one",
	     "asleep with requests to go round again: one disk goes, the other's is done in the end")
{
	struct trv_dev *dev = test_plug();
	struct op *stays = op_new(TRV_REQ_WRITE, 7, 2), *gone = op_new(TRV_REQ_WRITE, 9, 2);
	int rc;

	rd.delay_ns[0] = rd.delay_ns[1] = MS;
	rd.n_requeue = 2;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), stays);
	op_submit(test_disk(dev, 1), gone);
	rc = sim_suspend(dev);
	sim_expect(!rc || !test_strict());
	if (!rc) {
		rd_remove_unit(dev, 1);
		op_wait(gone);
		sim_expect(gone->io.status == -ENODEV || sim_deviated());
		sim_expect(!stays->dones || sim_deviated());
		rc = sim_resume(dev);
		sim_expect(!rc || !test_strict());
	}
	op_wait(stays);
	if (!rc && test_strict())
		op_ok(stays);
}

SIM_SCENARIO(blk_timeout_requeue, "blk/timeout-requeue",
	     "nor can a request that was claimed go round again")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 1, 1);
	struct trv_disk_stats stats;

	rd.odd = RD_HANG;
	rd.n_odd = 1;
	rd.late_requeue = true;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -ETIMEDOUT);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect(!test_strict() || (stats.late == 1 && !stats.requeues));
	test_again(test_disk(dev, 0));
}

/* ---- broken drivers ------------------------------------------------------ */

static void broken(enum rd_odd odd, enum trv_req_op what)
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(what, 0, 1);

	rd.odd = odd;
	rd.n_odd = 1;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
}

SIM_TRIPS(blk_positive, "blk/broken-positive", "queue() returns what is neither 0 nor an error",
	  CLASS)
{
	broken(RD_POSITIVE, TRV_REQ_WRITE);
}

SIM_TRIPS(blk_map_twice, "blk/broken-map-twice", "a request mapped twice", CLASS)
{
	broken(RD_MAP_TWICE, TRV_REQ_WRITE);
}

SIM_TRIPS(blk_map_pio, "blk/broken-map-pio", "a mapped request moved by register", CLASS)
{
	broken(RD_MAP_PIO, TRV_REQ_WRITE);
}

SIM_TRIPS(blk_backwards, "blk/broken-direction", "a write whose data are read", CLASS)
{
	broken(RD_BACKWARDS, TRV_REQ_WRITE);
}

SIM_TRIPS(blk_status, "blk/broken-status",
	  "a request that ends with what is neither 0 nor an error", CLASS)
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 4, 1);

	rd.bad_lba = 4;
	rd.bad_status = 4;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
}

SIM_TRIPS(blk_poll_lies, "blk/broken-poll", "poll() finds more than there can be", CLASS)
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 4, 1);

	rd.params.polled = true;
	rd.poll_lies = true;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
}
