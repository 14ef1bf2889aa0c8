// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How requests end when nobody completes them: time-outs, removal, unplug, sleep. */
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

enum { WORK_MS = 30 }; /* work may be late by that, at worst: a time-out begins in one */

/* ---- time-outs ----------------------------------------------------------- */

SIM_SCENARIO(blk_timeout, "blk/timeout", "no answer: timeout(), -ETIMEDOUT, and on it goes")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_READ, 1, 1), *other = op_new(TRV_REQ_WRITE, 2, 1);
	struct trv_disk_stats stats;
	u64 since;

	rd.odd = RD_HANG;
	rd.n_odd = 1;
	if (!test_bind(dev))
		return;
	since = sim_now();
	op_submit(test_disk(dev, 0), op);
	op_submit(test_disk(dev, 0), other);
	op_ok(other);
	sim_expect(!op->dones || !test_strict());
	op_expect(op, -ETIMEDOUT);
	test_again(test_disk(dev, 0));
	if (!test_strict())
		return;
	sim_expect(op->done_at - since >= 100 * MS &&
		   op->done_at - since < 110 * MS + WORK_MS * MS);
	sim_expect_eq(rd.timeouts, 1);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect_eq(stats.timeouts, 1);
	sim_expect_eq(stats.errors, 1);
	sim_expect_eq(stats.late, 0);
}

SIM_SCENARIO(blk_timeout_late, "blk/timeout-late",
	     "the completion that comes after the claim loses, and is counted")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 1, 1);
	struct trv_disk_stats stats;

	rd.odd = RD_HANG;
	rd.n_odd = 1;
	rd.late = true;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	op_expect(op, -ETIMEDOUT);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect(!test_strict() || stats.late == 1);
	test_again(test_disk(dev, 0));
}

SIM_SCENARIO(blk_timeout_reset, "blk/timeout-reset",
	     "the reset takes the other requests down: they are done all the same")
{
	struct trv_dev *dev = test_plug();
	struct op *hung = op_new(TRV_REQ_WRITE, 1, 1), *op[6];
	struct trv_disk_stats stats;

	rd.odd = RD_HANG;
	rd.n_odd = 1;
	rd.reset = true;
	rd.delay_ns[0] = 50 * MS;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), hung);
	sim_sleep(60 * MS);
	for (u32 i = 0; i < 6; i++) {
		op[i] = op_new(TRV_REQ_WRITE, 10 + i, 1);
		op_submit(test_disk(dev, 0), op[i]);
	}
	op_expect(hung, -ETIMEDOUT);
	for (u32 i = 0; i < 6; i++) {
		op_ok(op[i]);
		if (!op[i]->io.status)
			test_stored(0, op[i]);
	}
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect(!test_strict() || stats.requeues >= 3);
	sim_expect_eq(rd.dirty_priv, 0);
}

SIM_SCENARIO(blk_timeout_second, "blk/timeout-second",
	     "a request that hangs while the deadline of an older one is watched")
{
	struct trv_dev *dev = test_plug();
	struct op *op = op_new(TRV_REQ_WRITE, 1, 1), *hung = op_new(TRV_REQ_WRITE, 2, 1);
	u64 since;

	rd.odd = RD_HANG;
	rd.n_odd = 1;
	rd.skip_odd = 1;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 0), op);
	sim_sleep(50 * MS);
	since = sim_now();
	op_submit(test_disk(dev, 0), hung);
	op_ok(op);
	op_expect(hung, -ETIMEDOUT);
	sim_expect(!test_strict() || hung->done_at - since >= 100 * MS);
}

/* Around the deadline in steps below one entry's cost, the interrupt on either CPU. */
static void race(u32 cpu)
{
	struct trv_dev *dev = test_plug();
	u32 ended[2] = { 0, 0 };
	struct op *op;

	rd.info[0].timeout_ms = 1;
	if (!test_bind(dev))
		return;
	sim_irq_affinity(dev, cpu);
	for (u64 delay = 995000; delay < 1006000; delay += 30) {
		rd.delay_ns[0] = delay;
		op = op_new(TRV_REQ_WRITE, 1, 1);
		op_submit(test_disk(dev, 0), op);
		op_wait(op);
		if (!test_strict())
			return;
		sim_expect(op->io.status == 0 || op->io.status == -ETIMEDOUT);
		ended[op->io.status != 0]++;
	}
	sim_expect(ended[0] && ended[1]);
}

SIM_SCENARIO(blk_timeout_race, "blk/timeout-race",
	     "answers just before, at and after the deadline: each operation done once")
{
	race(0);
}

SIM_SCENARIO(blk_timeout_race_cpu, "blk/timeout-race-cpus", "the same on another CPU")
{
	race(1);
}

/* ---- removal ------------------------------------------------------------- */

static void start(struct trv_disk *disk, struct op **op, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		op[i] = op_new(TRV_REQ_WRITE, i * 20, 20);
		op_submit(disk, op[i]);
	}
}

static void expect_all(struct op **op, u32 n, int status)
{
	for (u32 i = 0; i < n; i++) {
		sim_expect(op[i]->dones); /* whoever removed the disk waited */
		op_expect(op[i], status);
	}
}

SIM_SCENARIO(blk_remove, "blk/remove-busy", "removal waits for what was accepted")
{
	struct trv_dev *dev = test_plug();
	struct op *op[10];

	rd.params.depth = 2;
	rd.delay_ns[0] = MS;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 10);
	sim_unbind(dev);
	expect_all(op, 10, 0);
	for (u32 i = 0; test_strict() && i < 10; i++)
		test_stored(0, op[i]);
	sim_expect(!test_strict() || rd.timeouts == 0);
}

static void unbind(void *dev)
{
	sim_unbind(dev);
}

SIM_SCENARIO(blk_remove_submit, "blk/remove-submit", "nothing new while a disk is going")
{
	struct trv_dev *dev = test_plug();
	struct op *op[4], *more = op_new(TRV_REQ_READ, 0, 1);
	struct sim_task *task;

	rd.delay_ns[0] = 5 * MS;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 4);
	task = sim_task_start("remover", 1, unbind, dev);
	sim_sleep(2 * MS);
	sim_expect_eq(trv_disk_submit(test_disk(dev, 0), &more->io), -ENODEV);
	sim_expect_eq(trv_disk_rw(test_disk(dev, 1), TRV_REQ_FLUSH, 0, 0, NULL), -ENODEV);
	sim_task_join(task);
	expect_all(op, 4, 0);
	sim_expect_eq(more->dones, 0);
	sim_expect(!trv_disk_first(dev));
}

SIM_SCENARIO(blk_remove_hung, "blk/remove-hung", "a removal that nobody answers is bounded")
{
	struct trv_dev *dev = test_plug();
	struct op *op[2];

	rd.odd = RD_HANG;
	rd.n_odd = ~0U;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 2);
	sim_unbind(dev);
	expect_all(op, 2, -ETIMEDOUT);
	sim_expect(!test_strict() || sim_now() < 250 * MS);
}

SIM_SCENARIO(blk_remove_refused, "blk/remove-refused", "nor may a driver hold it up by -EBUSY")
{
	struct trv_dev *dev = test_plug();
	struct op *op[3];

	rd.odd = RD_REFUSE;
	rd.n_odd = ~0U;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 3);
	sim_unbind(dev);
	expect_all(op, 3, -ETIMEDOUT);
	sim_expect(!test_strict() || sim_now() < 400 * MS);
}

SIM_SCENARIO(blk_remove_one, "blk/remove-one", "one disk goes, the other on its queue goes on")
{
	struct trv_dev *dev = test_plug();
	struct op *gone[5], *stays[30];

	rd.delay_ns[0] = rd.delay_ns[1] = MS;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), gone, 5);
	for (u32 i = 0; i < 30; i++) {
		stays[i] = op_new(TRV_REQ_WRITE, i, 1);
		op_submit(test_disk(dev, 1), stays[i]);
	}
	rd_remove_unit(dev, 0);
	sim_expect_eq(trv_disk_info(trv_disk_first(dev))->unit, 1);
	sim_expect(!trv_disk_next(trv_disk_first(dev)));
	expect_all(gone, 5, 0);
	for (u32 i = 0; i < 30; i++)
		op_ok(stays[i]);
}

/* ---- unplug -------------------------------------------------------------- */

SIM_SCENARIO(blk_unplug, "blk/unplug", "gone: everything ends at once with -ENODEV")
{
	struct trv_dev *dev = test_plug();
	struct op *op[10];
	u64 since;

	rd.delay_ns[0] = 50 * MS;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 10);
	sim_sleep(MS);
	since = sim_now();
	sim_unplug(dev);
	sim_unbind(dev);
	expect_all(op, 10, -ENODEV);
	sim_expect(!test_strict() || sim_now() - since < MS);
	sim_expect(!test_strict() || rd.timeouts == 4);
}

SIM_SCENARIO(blk_unplug_found, "blk/unplug-found",
	     "nobody tells: the first time-out finds out, and it ends for all")
{
	struct trv_dev *dev = test_plug();
	struct op *op[6], *other = op_new(TRV_REQ_READ, 0, 1);
	struct trv_disk_stats stats;

	rd.delay_ns[0] = rd.delay_ns[1] = 50 * MS;
	rd.info[1].timeout_ms = 60000;
	if (!test_bind(dev))
		return;
	op_submit(test_disk(dev, 1), other);
	start(test_disk(dev, 0), op, 6);
	sim_unplug(dev);
	for (u32 i = 0; i < 6; i++)
		op_expect(op[i], -ENODEV);
	op_expect(other, -ENODEV);
	sim_expect(!test_strict() || sim_now() < 120 * MS + WORK_MS * MS);
	sim_expect_eq(trv_disk_submit(test_disk(dev, 1), &other->io), -ENODEV);
	trv_disk_stats(test_disk(dev, 0), &stats);
	sim_expect(!test_strict() || stats.timeouts == 0);
}

SIM_SCENARIO(blk_unplug_late, "blk/unplug-remove", "it goes while its removal is waiting")
{
	struct trv_dev *dev = test_plug();
	struct sim_task *task;
	struct op *op[6];

	rd.delay_ns[0] = 300 * MS;
	rd.info[0].timeout_ms = 60000;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 6);
	task = sim_task_start("remover", 1, unbind, dev);
	sim_sleep(50 * MS);
	sim_unplug(dev);
	sim_task_join(task);
	expect_all(op, 6, -ENODEV);
	sim_expect(!test_strict() || sim_now() < 200 * MS);
}

/* ---- sleep --------------------------------------------------------------- */

SIM_SCENARIO(blk_suspend, "blk/suspend",
	     "suspend waits for what is under way; what comes meanwhile waits for resume")
{
	struct trv_dev *dev = test_plug();
	struct op *op[6], *asleep[3];

	rd.delay_ns[0] = MS;
	if (!test_bind(dev))
		return;
	start(test_disk(dev, 0), op, 6);
	sim_expect(!sim_suspend(dev) || !test_strict());
	if (!test_strict())
		return;
	sim_expect_eq(rd.overlaps, 0);
	sim_expect_eq(rd.queues, 4);
	for (u32 i = 0; i < 3; i++) {
		asleep[i] = op_new(TRV_REQ_WRITE, 200 + i, 1);
		op_submit(test_disk(dev, i % 2), asleep[i]);
	}
	sim_sleep(500 * MS);
	sim_expect_eq(rd.queues, 4);
	sim_expect(!sim_resume(dev) || !test_strict());
	if (!test_strict())
		return;
	for (u32 i = 0; i < 6; i++)
		op_ok(op[i]);
	for (u32 i = 0; i < 3; i++)
		op_ok(asleep[i]);
	sim_expect_eq(rd.timeouts, 0);
}

SIM_SCENARIO(blk_suspend_remove, "blk/suspend-remove", "removed in its sleep: what waits fails")
{
	struct trv_dev *dev = test_plug();
	struct op *op[3];

	if (!test_bind(dev))
		return;
	sim_expect(!sim_suspend(dev) || !test_strict());
	if (!test_strict())
		return;
	start(test_disk(dev, 0), op, 3);
	sim_unbind(dev);
	expect_all(op, 3, -ENODEV);
	sim_expect(!test_strict() || rd.queues == 0);
}

SIM_SCENARIO(blk_resume_fails, "blk/resume-fails", "a device that does not wake: what waits fails")
{
	struct trv_dev *dev = test_plug();
	struct op *op[3];

	rd.resume_fails = true;
	if (!test_bind(dev))
		return;
	sim_expect(!sim_suspend(dev) || !test_strict());
	if (!test_strict())
		return;
	start(test_disk(dev, 0), op, 3);
	sim_expect(sim_resume(dev));
	expect_all(op, 3, -ENODEV);
	sim_expect_eq(trv_disk_submit(test_disk(dev, 0), &op[0]->io), -ENODEV);
}
