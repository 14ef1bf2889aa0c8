// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <string.h>

#include <tests/scenarios/blk/blk_test.h>

struct ramdisk_ctl rd;

/* ---- the device ---------------------------------------------------------- */

static void defaults(void)
{
	static const struct trv_disk_info info = {
		.model = "ramdisk",
		.mode = "DMA",
		.blocks = RD_BLOCKS,
		.block_size = RD_BLOCK,
		.phys_block = RD_BLOCK,
		.max_blocks = 16,
		.timeout_ms = 100,
	};
	u8 *store[RD_DISKS];

	memcpy(store, rd.store, sizeof(store));
	memset(&rd, 0, sizeof(rd));
	memcpy(rd.store, store, sizeof(store));
	rd.params = (struct trv_blkq_params){
		.name = "ramdisk",
		.depth = 4,
		.req_priv_size = 2 * sizeof(u32),
	};
	rd.limits.mask = 0xffffffff;
	rd.disks = RD_DISKS;
	for (u32 unit = 0; unit < RD_DISKS; unit++) {
		rd.info[unit] = info;
		rd.info[unit].unit = unit;
		rd.delay_ns[unit] = 10000;
	}
}

struct trv_dev *test_plug(void)
{
	struct trv_dev *dev;

	defaults();
	dev = sim_plug("ramdisk");
	if (!dev)
		sim_fail(SIM_EXPECT, SIM_SITE, "%s", sim_opt_error_text());
	return dev;
}

/* After a resource fault, with everything unbound. */
static void recovery(struct trv_dev *dev)
{
	defaults();
	test_bind(dev);
	for (u32 unit = 0; unit < RD_DISKS; unit++)
		test_again(test_disk(dev, unit));
	sim_unbind(dev);
}

bool test_bind(struct trv_dev *dev)
{
	int rc = sim_bind(dev);

	sim_recover_with(dev, recovery);
	if (rc && test_strict())
		sim_fail(SIM_EXPECT, SIM_SITE, "probe returned %d", rc);
	return !rc;
}

struct trv_disk *test_disk(struct trv_dev *dev, u32 unit)
{
	struct trv_disk *disk = trv_disk_first(dev);

	while (disk && trv_disk_info(disk)->unit != unit)
		disk = trv_disk_next(disk);
	sim_expect(disk);
	return disk;
}

bool test_strict(void)
{
	return sim_class_reached() == SIM_SCHEDULE;
}

struct rd_entry *rd_note(char what, struct trv_req *req)
{
	static struct rd_entry beyond;
	struct rd_entry *e = rd.n_log < RD_LOG ? &rd.log[rd.n_log] : &beyond;

	rd.n_log++;
	*e = (struct rd_entry){ .what = what };
	if (req) {
		e->op = (u8)trv_req_op(req);
		e->unit = (u8)trv_disk_info(trv_req_disk(req))->unit;
		e->fua = trv_req_fua(req);
		e->tag = trv_req_tag(req);
		e->lba = trv_req_lba(req);
		e->blocks = trv_req_blocks(req);
	}
	return e;
}

u32 test_count(char what)
{
	u32 n = 0;

	for (u32 i = 0; i < trv_min(rd.n_log, RD_LOG); i++)
		n += rd.log[i].what == what;
	return n;
}

const struct rd_entry *test_nth(u32 n)
{
	for (u32 i = 0; i < trv_min(rd.n_log, RD_LOG); i++) {
		if (rd.log[i].what == 'q' && !n--)
			return &rd.log[i];
	}
	sim_fail(SIM_EXPECT, SIM_SITE, "the driver got fewer requests");
}

/* ---- data ---------------------------------------------------------------- */

u8 test_byte(u32 seed, u64 pos)
{
	u64 x = (pos + 1) * 0x9e3779b97f4a7c15ULL + seed;

	return (u8)(x >> 32 ^ x >> 56);
}

void test_fill(void)
{
	for (u32 unit = 0; unit < RD_DISKS; unit++) {
		for (u64 i = 0; i < RD_BLOCKS * RD_BLOCK; i++)
			rd.store[unit][i] = test_byte(DATA_SEED, i);
	}
}

/* The operation's bytes, vector by vector. */
static void op_each(struct op *op, void (*fn)(u8 *p, u64 pos))
{
	u64 pos = op->io.lba * RD_BLOCK;

	for (u32 i = 0; i < op->io.n_vec; i++) {
		u8 *p = op->vec[i].buf;

		for (u32 k = 0; k < op->vec[i].len; k++)
			fn(p + k, pos++);
	}
}

static void byte_make(u8 *p, u64 pos)
{
	*p = test_byte(DATA_SEED + 1, pos);
}

static void byte_check(u8 *p, u64 pos)
{
	u8 want = test_byte(DATA_SEED, pos);

	if (*p != want)
		sim_fail(SIM_DATA, SIM_SITE, "byte %llu is 0x%02x, expected 0x%02x",
			 (unsigned long long)pos, *p, want);
}

void test_stored(u32 unit, const struct op *op)
{
	for (u64 pos = op->io.lba * RD_BLOCK; pos < (op->io.lba + op->io.blocks) * RD_BLOCK;
	     pos++) {
		u8 want = test_byte(DATA_SEED + 1, pos);

		if (rd.store[unit][pos] != want)
			sim_fail(SIM_DATA, SIM_SITE,
				 "disk %u: byte %llu is 0x%02x, expected 0x%02x", unit,
				 (unsigned long long)pos, rd.store[unit][pos], want);
	}
}

/* ---- operations ---------------------------------------------------------- */

static void op_done(struct trv_io *io)
{
	struct op *op = trv_container_of(io, struct op, io);

	op->dones++;
	op->done_at = sim_now();
	rd_note('d', NULL);
	if (op->then)
		op->then(op);
}

struct op *op_new(enum trv_req_op what, u64 lba, u32 blocks)
{
	struct op *op = sim_own(sizeof(*op));

	op->io.op = what;
	op->io.lba = lba;
	op->io.blocks = blocks;
	op->io.done = op_done;
	op->io.vec = op->vec;
	if (what == TRV_REQ_READ || what == TRV_REQ_WRITE) {
		op->bytes = (u64)blocks * RD_BLOCK;
		op->buf = sim_buf(op->bytes);
		op->vec[0] = (struct trv_vec){ op->buf, (u32)op->bytes };
		op->io.n_vec = 1;
	}
	if (what == TRV_REQ_WRITE)
		op_each(op, byte_make);
	return op;
}

void op_cut(struct op *op, const u32 *lens)
{
	const u32 gap = 3; /* odd: the pieces are at odd addresses too */
	u64 at = 0, left = op->bytes;
	u32 n = 0;

	op->buf = sim_buf(op->bytes + (u64)gap * MAX_VEC);
	for (; lens[n]; n++) {
		sim_expect(n < MAX_VEC - 1 && lens[n] <= left);
		op->vec[n] = (struct trv_vec){ op->buf + at, lens[n] };
		at += lens[n] + gap;
		left -= lens[n];
	}
	op->vec[n] = (struct trv_vec){ op->buf + at, (u32)left };
	op->io.n_vec = n + (left != 0);
	if (op->io.op == TRV_REQ_WRITE)
		op_each(op, byte_make);
}

void op_submit(struct trv_disk *disk, struct op *op)
{
	int rc = trv_disk_submit(disk, &op->io);

	if (!rc)
		return;
	sim_expect(!op->dones);
	if (rc != -ENODEV || sim_class_reached() != SIM_HOSTILE)
		sim_fail(SIM_EXPECT, SIM_SITE, "trv_disk_submit() returned %d", rc);
	op->io.status = rc;
	op->dones = 1;
}

static bool op_is_done(void *arg)
{
	const struct op *op = arg;

	return op->dones != 0;
}

void op_wait(struct op *op)
{
	sim_wait(op_is_done, op, ~0ULL);
	sim_expect_eq(op->dones, 1);
}

void op_expect(struct op *op, int status)
{
	op_wait(op);
	if (op->io.status != status && test_strict())
		sim_fail(SIM_EXPECT, SIM_SITE, "status %d, expected %d", op->io.status, status);
	sim_expect(op->io.status <= 0);
}

void op_ok(struct op *op)
{
	op_expect(op, 0);
	/* A hostile device may answer anything: safely is all that can be asked. */
	if (sim_class_reached() == SIM_HOSTILE)
		return;
	if (!op->io.status && op->io.op == TRV_REQ_READ)
		op_each(op, byte_check);
}

void test_again(struct trv_disk *disk)
{
	struct op *op;

	if (sim_class_reached() == SIM_HOSTILE)
		return;
	op = op_new(TRV_REQ_WRITE, 200, 4);
	op_submit(disk, op);
	op_ok(op);
	if (!op->io.status)
		test_stored(trv_disk_info(disk)->unit, op);
}
