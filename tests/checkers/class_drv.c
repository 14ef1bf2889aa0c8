// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "class_drv.h"
#include "dummy.h"

/* The dummy's data port is the medium. */
static int move(struct class_disk *d, struct trv_req *req, u64 lba)
{
	u32 bytes = trv_req_bytes(req);

	trv_write32(d->port, DUMMY_PORT_POS, (u32)lba * CLASS_BLOCK);
	if (trv_req_op(req) == TRV_REQ_READ)
		return trv_req_pio_in(req, d->port, DUMMY_PORT_DATA, bytes);
	return trv_req_pio_out(req, d->port, DUMMY_PORT_DATA, bytes);
}

/* ---- class-misuse -------------------------------------------------------- */

/* Whose request was the second one? */
static int twice_trips(struct trv_blkq *q, struct trv_req *req)
{
	int rc = move(trv_blkq_priv(q), req, trv_req_lba(req));

	trv_req_complete(req, rc);
	if (rc)
		return rc;
	trv_req_complete(req, 0);
	return 0;
}

static int twice_clean(struct trv_blkq *q, struct trv_req *req)
{
	trv_req_complete(req, move(trv_blkq_priv(q), req, trv_req_lba(req)));
	return 0;
}

/* ---- data ---------------------------------------------------------------- */

/* Reads come from the block behind. */
static int data_trips(struct trv_blkq *q, struct trv_req *req)
{
	u32 wrong = trv_req_op(req) == TRV_REQ_READ;

	trv_req_complete(req, move(trv_blkq_priv(q), req, trv_req_lba(req) + wrong));
	return 0;
}

/* ---- expect -------------------------------------------------------------- */

/* One for each request, not for each block of it. */
static int count_trips(struct trv_blkq *q, struct trv_req *req)
{
	struct class_disk *d = trv_blkq_priv(q);

	d->sectors++;
	trv_req_complete(req, move(d, req, trv_req_lba(req)));
	return 0;
}

static int count_clean(struct trv_blkq *q, struct trv_req *req)
{
	struct class_disk *d = trv_blkq_priv(q);

	d->sectors += trv_req_blocks(req);
	trv_req_complete(req, move(d, req, trv_req_lba(req)));
	return 0;
}

/* ---- crash --------------------------------------------------------------- */

struct class_note {
	u32 op;
	u32 blocks;
};

/* There is only so much memory, and this pointer is none of it. */
static int crash_trips(struct trv_blkq *q, struct trv_req *req)
{
	struct class_disk *d = trv_blkq_priv(q);
	struct class_note *note = trv_alloc(d->dev, ~(size_t)0, TRV_ATOMIC);

	trv_write_once(note->blocks, trv_req_blocks(req));
	trv_free(d->dev, note, ~(size_t)0);
	trv_req_complete(req, move(d, req, trv_req_lba(req)));
	return 0;
}

static int crash_clean(struct trv_blkq *q, struct trv_req *req)
{
	struct class_disk *d = trv_blkq_priv(q);
	struct class_note *note = trv_alloc(d->dev, ~(size_t)0, TRV_ATOMIC);

	if (note)
		trv_write_once(note->blocks, trv_req_blocks(req));
	trv_free(d->dev, note, ~(size_t)0);
	trv_req_complete(req, move(d, req, trv_req_lba(req)));
	return 0;
}

/* ---- life ---------------------------------------------------------------- */

static const struct trv_blkq_params params = { .name = "class", .depth = 1 };
static const struct trv_disk_info info = {
	.model = "class",
	.blocks = CLASS_BLOCKS,
	.block_size = CLASS_BLOCK,
	.phys_block = CLASS_BLOCK,
	.max_blocks = CLASS_BLOCKS,
	.timeout_ms = 100,
};

static int class_probe(struct trv_dev *dev, const struct trv_blk_ops *ops)
{
	struct class_disk *d = trv_drvdata(dev);
	int rc = trv_bar_map(dev, DUMMY_BAR_PORT, DUMMY_PORT_SIZE, &d->port);

	if (rc)
		return rc;
	d->dev = dev;
	rc = trv_blkq_init(dev, &d->q, ops, &params, d);
	if (rc)
		goto err_unmap;
	rc = trv_disk_add(&d->q, &d->disk, &info, d);
	if (rc)
		goto err_queue;
	return 0;

err_queue:
	trv_blkq_destroy(&d->q);
err_unmap:
	trv_bar_unmap(dev, &d->port);
	return rc;
}

static void class_remove(struct trv_dev *dev)
{
	struct class_disk *d = trv_drvdata(dev);

	trv_disk_remove(&d->disk);
	trv_blkq_destroy(&d->q);
	trv_bar_unmap(dev, &d->port);
}

/* Nothing is ever under way when its time is over. */
static void class_timeout(struct trv_blkq *q, struct trv_req *req)
{
	trv_req_complete(req, -ETIMEDOUT);
}

#define CLASS(id, queue_fn)                                                        \
	static const struct trv_blk_ops id##_ops = { .queue = queue_fn,            \
						     .timeout = class_timeout };   \
	static int id##_probe(struct trv_dev *dev, const struct trv_pci_id *match) \
	{                                                                          \
		return class_probe(dev, &id##_ops);                                \
	}                                                                          \
	const struct trv_driver class_##id = {                                     \
		.name = "class",                                                   \
		.description = "a checker's own",                                  \
		.priv_size = sizeof(struct class_disk),                            \
		.probe = id##_probe,                                               \
		.remove = class_remove,                                            \
	}

CLASS(twice_trips, twice_trips);
CLASS(twice_clean, twice_clean);
CLASS(data_trips, data_trips);
CLASS(data_clean, twice_clean);
CLASS(count_trips, count_trips);
CLASS(count_clean, count_clean);
CLASS(crash_trips, crash_trips);
CLASS(crash_clean, crash_clean);
