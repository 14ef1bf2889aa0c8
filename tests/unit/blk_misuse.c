// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Drivers that break the block class's contract, where nobody checks: the class
 * gives them an error, every operation still ends once, and nothing is lost.
 */
#include <string.h>

#include <core/core.h>
#include <os/test-sim/engine.h>
#include <trivet/blk.h>
#include <trivet/disk.h>
#include "ktap.h"

enum act { START, POSITIVE, DONE_REFUSED, BAD_STATUS, TWICE, MAP_TWICE, PIO_MAPPED, BACKWARDS };

/* The driver: one disk whose requests are over when queue() returns. */
static struct {
	struct trv_blkq q;
	struct trv_disk disk;
	enum act act;
	bool poll_lies, destroy_early;
	u32 queued, second; /* requests; second ends that were accepted */
	int answer;	    /* what the class said to the misuse */
} v;

static int misuse(struct trv_req *req)
{
	const struct trv_port nowhere = { 0 };

	switch (v.act) {
	case MAP_TWICE:
		sim_expect(trv_req_map(req) > 0);
		return trv_req_map(req);
	case PIO_MAPPED:
		sim_expect(trv_req_map(req) > 0);
		return trv_req_pio_in(req, nowhere, 0, 512);
	case BACKWARDS:
		return trv_req_pio_out(req, nowhere, 0, 512);
	default:
		return 0;
	}
}

static int v_queue(struct trv_blkq *q, struct trv_req *req)
{
	v.queued++;
	v.answer = misuse(req);
	if (v.act == POSITIVE)
		return 1;
	sim_expect(trv_req_complete(req, v.act == BAD_STATUS ? 5 : 0));
	if (v.act == TWICE)
		v.second += trv_req_complete(req, 0);
	return v.act == DONE_REFUSED ? -EBUSY : 0;
}

static void v_timeout(struct trv_blkq *q, struct trv_req *req)
{
	sim_fail(SIM_EXPECT, SIM_SITE, "a time-out");
}

static struct trv_req *polled;

static int v_queue_polled(struct trv_blkq *q, struct trv_req *req)
{
	v.queued++;
	polled = req;
	return 0;
}

static int v_poll(struct trv_blkq *q, int budget)
{
	struct trv_req *req = polled;

	polled = NULL;
	if (req)
		sim_expect(trv_req_complete(req, 0));
	return budget + 1;
}

static const struct trv_blk_ops v_ops = { .queue = v_queue, .timeout = v_timeout };
static const struct trv_blk_ops v_polled_ops = { .queue = v_queue_polled,
						 .poll = v_poll,
						 .timeout = v_timeout };

static int v_probe(struct trv_dev *dev, const struct trv_pci_id *id)
{
	static const struct trv_dma_limits limits = { .mask = 0xfffffff };
	static const struct trv_disk_info info = {
		.model = "vandal",
		.blocks = 64,
		.block_size = 512,
		.phys_block = 512,
		.max_blocks = 8,
		.timeout_ms = 1000,
	};
	const struct trv_blkq_params params = { .name = "vandal",
						.depth = 2,
						.polled = v.poll_lies };

	sim_expect_eq(trv_dma_limits(dev, &limits), 0);
	sim_expect_eq(trv_bus_master(dev, true), 0);
	sim_expect_eq(trv_blkq_init(dev, &v.q, v.poll_lies ? &v_polled_ops : &v_ops, &params, NULL),
		      0);
	return trv_disk_add(&v.q, &v.disk, &info, NULL);
}

static void v_remove(struct trv_dev *dev)
{
	trv_disk_remove(&v.disk);
	trv_blkq_destroy(&v.q);
}

static const struct trv_driver vandal = { .name = "vandal", .probe = v_probe, .remove = v_remove };

/* ---- the application ----------------------------------------------------- */

static u32 dones;

static void op_done(struct trv_io *io)
{
	dones++;
}

static bool is_done(void *arg)
{
	return dones;
}

/* One read; its status. It ends once. */
static int one_read(void)
{
	struct trv_vec vec = { .buf = sim_buf(512), .len = 512 };
	struct trv_io io = {
		.op = TRV_REQ_READ, .lba = 3, .blocks = 1, .vec = &vec, .n_vec = 1, .done = op_done
	};

	dones = 0;
	sim_expect_eq(trv_disk_submit(&v.disk, &io), 0);
	sim_expect(sim_wait(is_done, NULL, 1000000000));
	sim_sleep(100000000);
	sim_expect_eq(dones, 1);
	return io.status;
}

static int want_status, want_answer;

static void body(void)
{
	struct trv_dev *dev = sim_plug("edu");

	sim_expect_eq(sim_bind_to(dev, &vandal), 0);
	if (v.destroy_early)
		trv_blkq_destroy(&v.q);
	sim_expect_eq(one_read(), want_status);
	sim_expect_eq(v.answer, want_answer);
	sim_expect_eq(v.second, 0);
	v.act = START;
	sim_expect_eq(one_read(), 0);
	sim_expect_eq(v.queued, 2);
	sim_unbind(dev);
}

/* A checker says so; without one the operation ends with @status. */
static void misused(enum act act, int status, int answer)
{
	const struct sim_scenario s = { .name = "unit/misuse", .what = "", .run = body };
	bool lies = v.poll_lies, early = v.destroy_early;
	struct sim_result r;

	for (u32 off = 0; off < 2; off++) {
		memset(&v, 0, sizeof(v));
		v.act = act;
		v.poll_lies = lies;
		v.destroy_early = early;
		want_status = status;
		want_answer = answer;
		polled = NULL;
		sim_checks_off(off ? 1ULL << SIM_CLASS : 0);
		sim_run(&s, NULL, 0, false, &r);
		sim_checks_off(0);
		if (off && r.check >= 0)
			ktap_note("%s: %s", sim_check_id(r.check), r.message);
		CU_ASSERT_EQUAL(r.check, off ? -1 : SIM_CLASS);
	}
	memset(&v, 0, sizeof(v));
}

static void queue_returns_a_number(void)
{
	misused(POSITIVE, -EIO, 0);
}

static void refused_after_its_end(void)
{
	misused(DONE_REFUSED, 0, 0);
}

static void ends_with_a_number(void)
{
	misused(BAD_STATUS, -EIO, 0);
}

static void ends_twice(void)
{
	misused(TWICE, 0, 0);
}

static void mapped_twice(void)
{
	misused(MAP_TWICE, 0, -EINVAL);
}

static void moved_though_mapped(void)
{
	misused(PIO_MAPPED, 0, -EINVAL);
}

static void moved_backwards(void)
{
	misused(BACKWARDS, 0, -EINVAL);
}

static void poll_finds_too_much(void)
{
	v.poll_lies = true;
	misused(START, 0, 0);
}

static void destroyed_with_its_disk(void)
{
	v.destroy_early = true;
	misused(START, 0, 0);
}

KTAP_SUITE(blk_misuse, KTAP_TEST(queue_returns_a_number), KTAP_TEST(refused_after_its_end),
	   KTAP_TEST(ends_with_a_number), KTAP_TEST(ends_twice), KTAP_TEST(mapped_twice),
	   KTAP_TEST(moved_though_mapped), KTAP_TEST(moved_backwards),
	   KTAP_TEST(poll_finds_too_much), KTAP_TEST(destroyed_with_its_disk));
KTAP_MAIN(&blk_misuse);
