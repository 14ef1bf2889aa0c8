// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* No interrupt, bad arguments, and drivers that break the class's contract. */
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

/* ---- polling ------------------------------------------------------------- */

SIM_SCENARIO(blk_polled, "blk/polled", "poll() while requests are out, and not after")
{
	struct trv_dev *dev = test_plug();
	struct op *op[20];
	u64 since;
	u32 polls;

	rd.params.polled = true;
	rd.delay_ns[0] = 200000;
	if (!test_bind(dev))
		return;
	for (u32 i = 0; i < 20; i++) {
		op[i] = op_new(TRV_REQ_WRITE, i, 1);
		op_submit(test_disk(dev, 0), op[i]);
	}
	for (u32 i = 0; i < 20; i++) {
		op_ok(op[i]);
		if (!op[i]->io.status)
			test_stored(0, op[i]);
	}
	sim_sleep(5 * MS);
	polls = rd.polls;
	sim_sleep(100 * MS);
	sim_expect_eq(rd.polls, polls);
	sim_expect_eq(rd.overlaps, 0);
	/* 5 turns of 200 us: 10, 20, 40, 80, 160 us apart at first, then when one is about over. */
	sim_expect(!test_strict() || (polls >= 5 && polls < 80));

	/* After the rest it is as attentive as at first. */
	rd.delay_ns[0] = 8000;
	since = sim_now();
	op[0] = op_new(TRV_REQ_READ, 0, 1);
	op_submit(test_disk(dev, 0), op[0]);
	op_expect(op[0], 0);
	sim_expect(sim_deviated() || sim_now() - since < 60000);
}

SIM_SCENARIO(blk_polled_slow, "blk/polled-slow", "a slow request is looked at ever less often")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 0, 1);

	rd.params.polled = true;
	rd.delay_ns[0] = 90 * MS;
	rd.info[0].timeout_ms = 1000;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, 0);
	sim_expect(!test_strict() || (rd.polls > 50 && rd.polls < 150));
}

SIM_SCENARIO(blk_polled_rw, "blk/polled-rw", "trv_disk_rw() looks by itself, and then sleeps")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 0, 4);
	u64 since;
	int rc;

	rd.params.polled = true;
	rd.delay_ns[0] = 11000;
	rd.delay_ns[1] = 5 * MS;
	if (!test_bind(dev))
		return;
	since = sim_now();
	rc = trv_disk_rw(test_disk(dev, 0), TRV_REQ_WRITE, 0, 4, op->buf);
	sim_expect(!rc || !test_strict());
	sim_expect(!test_strict() || sim_now() - since < 20000);
	rc = trv_disk_rw(test_disk(dev, 1), TRV_REQ_WRITE, 0, 4, op->buf);
	sim_expect(!rc || !test_strict());
	if (!test_strict())
		return;
	test_stored(0, op);
	test_stored(1, op);
	sim_expect_eq(rd.overlaps, 0);
}

SIM_SCENARIO(blk_polled_timeout, "blk/polled-timeout", "time-outs need no interrupt either")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 0, 4);

	rd.params.polled = true;
	rd.odd = RD_HANG;
	rd.n_odd = 1;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -ETIMEDOUT);
	sim_expect_eq(rd.overlaps, 0);
	test_again(test_disk(dev, 0));
}

static void rw_loop(void *arg)
{
	u8 *buf = sim_buf(RD_BLOCK);

	for (u32 i = 0; i < 100; i++)
		(void)!trv_disk_rw(arg, TRV_REQ_WRITE, i, 1, buf);
}

SIM_SCENARIO(blk_polled_race, "blk/polled-race", "no poll() during a timeout()")
{
	struct trv_dev *dev = test_plug();
	struct op *op[4];
	struct sim_task *task;

	rd.params.polled = true;
	rd.poll_us = 40;
	rd.timeout_us = 300;
	rd.odd = RD_HANG;
	rd.n_odd = 4;
	rd.info[0].timeout_ms = 1;
	rd.delay_ns[1] = 200000;
	rd.params.depth = 8;
	if (!test_bind(dev))
		return;
	for (u32 i = 0; i < 4; i++) {
		op[i] = op_new(TRV_REQ_WRITE, i, 1);
		op_submit(test_disk(dev, 0), op[i]);
		sim_sleep(70000);
	}
	task = sim_task_start("other", 1, rw_loop, test_disk(dev, 1));
	for (u32 i = 0; i < 4; i++)
		op_expect(op[i], -ETIMEDOUT);
	sim_task_join(task);
	sim_expect_eq(rd.overlaps, 0);
}

SIM_SCENARIO(blk_polled_remove, "blk/polled-remove", "removed while the next poll() is due")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 0, 4);
	u32 polls;

	rd.params.polled = true;
	rd.delay_ns[0] = 11000;
	if (!test_bind(dev))
		return;
	sim_expect(!trv_disk_rw(test_disk(dev, 0), TRV_REQ_WRITE, 0, 4, op->buf) || !test_strict());
	sim_unbind(dev);
	polls = rd.polls;
	sim_sleep(10 * MS);
	sim_expect_eq(rd.polls, polls);
}

/* ---- arguments ----------------------------------------------------------- */

static void refused(struct trv_disk *disk, struct op *op, int rc)
{
	sim_expect_eq(trv_disk_submit(disk, &op->io), rc);
	sim_expect_eq(op->dones, 0);
}

SIM_SCENARIO(blk_submit_errors, "blk/submit-errors", "what trv_disk_submit() does not take")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk *rw, *ro;
	struct op *op;

	rd.info[1].flags = TRV_DISK_READ_ONLY | TRV_DISK_DISCARD;
	rd.info[1].max_discard = 8;
	if (!test_bind(dev))
		return;
	rw = test_disk(dev, 0);
	ro = test_disk(dev, 1);

	op = op_new(TRV_REQ_READ, 10, 2);
	op->vec[0].len--;
	refused(rw, op, -EINVAL);
	op->vec[0].len += 513;
	refused(rw, op, -EINVAL);
	op->vec[0].len = 1024;
	op->vec[0].buf = NULL;
	refused(rw, op, -EINVAL);
	op->io.n_vec = 0;
	refused(rw, op, -EINVAL);

	op = op_new(TRV_REQ_READ, 10, 2);
	op->io.blocks = 0;
	op->io.n_vec = 0;
	refused(rw, op, -EINVAL);
	op = op_new(TRV_REQ_READ, 10, 2);
	op->io.fua = true;
	refused(rw, op, -EINVAL);
	op->io.fua = false;
	op->io.done = NULL;
	refused(rw, op, -EINVAL);
	op = op_new(TRV_REQ_READ, 10, 2);
	op->io.op = (enum trv_req_op)4;
	refused(rw, op, -EINVAL);

	refused(rw, op_new(TRV_REQ_READ, RD_BLOCKS - 1, 2), -ERANGE);
	refused(rw, op_new(TRV_REQ_WRITE, RD_BLOCKS, 1), -ERANGE);
	refused(rw, op_new(TRV_REQ_WRITE, ~0ULL, 1), -ERANGE);
	refused(rw, op_new(TRV_REQ_FLUSH, 1, 0), -EINVAL);
	refused(rw, op_new(TRV_REQ_FLUSH, 0, 1), -EINVAL);
	refused(rw, op_new(TRV_REQ_DISCARD, 0, 1), -EOPNOTSUPP);
	refused(ro, op_new(TRV_REQ_DISCARD, 0, 1), -EACCES);
	refused(ro, op_new(TRV_REQ_DISCARD, 0, 0), -EINVAL);
	refused(ro, op_new(TRV_REQ_WRITE, 0, 1), -EACCES);
	sim_expect_eq(trv_disk_rw(rw, TRV_REQ_READ, 0, 1, NULL), -EINVAL);
	sim_expect_eq(trv_disk_rw(rw, TRV_REQ_READ, 0, ~0U, op->buf), -EINVAL);
	sim_expect_eq(rd.queues, 0);

	op = op_new(TRV_REQ_READ, RD_BLOCKS - 1, 1);
	op_submit(ro, op);
	op_expect(op, 0);
}

SIM_SCENARIO(blk_info_errors, "blk/info-errors", "disks that trv_disk_add() does not take")
{
	struct trv_dev *dev = test_plug();
	struct trv_disk_info good, bad;
	struct trv_disk spare;

	if (!test_bind(dev))
		return;
	good = rd.info[0];
	good.unit = 7;
#define REFUSED(change)                                                         \
	do {                                                                    \
		bad = good;                                                     \
		change;                                                         \
		sim_expect_eq(trv_disk_add(rd.q, &spare, &bad, NULL), -EINVAL); \
	} while (0)
	REFUSED(bad.unit = 1);
	REFUSED(bad.block_size = 0);
	REFUSED(bad.block_size = 256);
	REFUSED(bad.block_size = 768);
	REFUSED(bad.block_size = 8192);
	REFUSED(bad.phys_block = 0);
	REFUSED(bad.phys_block = 768);
	REFUSED(bad.blocks = 0);
	REFUSED(bad.blocks = ~0ULL / 256);
	REFUSED(bad.max_blocks = 0);
	REFUSED(bad.max_blocks = 1U << 23);
	REFUSED(bad.timeout_ms = 0);
	REFUSED(bad.flags = TRV_DISK_DISCARD);
	REFUSED(bad.flags = 0x1000);
	REFUSED(memset(bad.model, 'x', sizeof(bad.model)));
	REFUSED(memset(bad.serial, 'x', sizeof(bad.serial)));
	REFUSED(memset(bad.firmware, 'x', sizeof(bad.firmware)));
	REFUSED(memset(bad.mode, 'x', sizeof(bad.mode)));
#undef REFUSED
	sim_expect_eq(trv_disk_info(trv_disk_first(dev))->unit, 0);
	sim_expect_eq(trv_disk_info(trv_disk_next(trv_disk_first(dev)))->unit, 1);
	sim_expect(!trv_disk_next(trv_disk_next(trv_disk_first(dev))));
}

SIM_SCENARIO(blk_queue_errors, "blk/queue-errors", "queues that trv_blkq_init() does not take")
{
	struct trv_dev *dev = test_plug();
	int rc[3];

	rd.params.depth = 0;
	rc[0] = sim_bind(dev);
	rd.params.depth = 100000;
	rc[1] = sim_bind(dev);
	rd.params.depth = 4;
	rd.params.name = NULL;
	rc[2] = sim_bind(dev);
	for (u32 i = 0; i < 3; i++)
		sim_expect(test_strict() ? rc[i] == -EINVAL : rc[i] < 0);
}

/* ---- broken drivers ------------------------------------------------------ */

static void broken(struct trv_dev *dev)
{
	struct op *op = op_new(TRV_REQ_WRITE, 0, 1);

	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
	op = op_new(TRV_REQ_WRITE, 0, 1);
	op_submit(test_disk(dev, 0), op);
	op_wait(op);
}

SIM_TRIPS(blk_twice, "blk/broken-twice", "a driver that completes a request twice", CLASS)
{
	struct trv_dev *dev = test_plug();

	rd.complete_twice = true;
	broken(dev);
}

SIM_TRIPS(blk_refuse_done, "blk/broken-refuse", "a driver that ends a request and refuses it",
	  CLASS)
{
	struct trv_dev *dev = test_plug();

	rd.odd = RD_REFUSE_DONE;
	rd.n_odd = 1;
	broken(dev);
}

SIM_TRIPS(blk_keep, "blk/broken-destroy", "a queue destroyed with its disks", CLASS)
{
	struct trv_dev *dev = test_plug();

	rd.keep_disks = true;
	broken(dev);
}

SIM_TRIPS(blk_locked, "blk/broken-locked",
	  "a driver that completes under the lock its queue() takes", LOCK_RECURSION)
{
	struct trv_dev *dev = test_plug();
	struct op *op[2];

	rd.complete_locked = true;
	rd.params.depth = 1;
	if (!test_bind(dev))
		return;
	for (u32 i = 0; i < 2; i++) {
		op[i] = op_new(TRV_REQ_WRITE, i, 1);
		op_submit(test_disk(dev, 0), op[i]);
	}
	for (u32 i = 0; i < 2; i++)
		op_wait(op[i]);
}
