// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The ramdisk's hardware: command slots, DMA, a FIFO and one message. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/scenario.h>
#include <tests/scenarios/blk/ramdisk.h>

#define RD_SEGS 512u

struct rd_slot {
	struct trv_dev *dev;
	struct sim_event event;
	struct trv_seg segs[RD_SEGS];
	u32 n_segs;
	enum trv_req_op op;
	u32 unit;
	u64 lba;
	u32 blocks;
	u8 *fifo; /* a request's worth of PIO data */
	u32 fifo_at;
	bool done;
	int status;
};

struct rd_hw {
	struct rd_slot slot[RD_DEPTH];
};

static const size_t data_max = (size_t)RD_BLOCKS * RD_BLOCK;

/* The medium's part: move the data, or fail where it is bad. */
static int work(struct rd_slot *s, bool dma)
{
	u8 *at = rd.store[s->unit] + s->lba * RD_BLOCK;
	u64 bytes = (u64)s->blocks * RD_BLOCK;
	int rc = 0;

	if (rd.bad_status && s->op != TRV_REQ_FLUSH && rd.bad_lba >= s->lba &&
	    rd.bad_lba - s->lba < s->blocks)
		return rd.bad_status;
	if (s->op == TRV_REQ_DISCARD)
		memset(at, 0, bytes);
	if (s->op != TRV_REQ_READ && s->op != TRV_REQ_WRITE)
		return 0;
	if (!dma) {
		if (s->op == TRV_REQ_READ)
			memcpy(s->fifo, at, bytes);
		else
			memcpy(at, s->fifo, bytes);
		return 0;
	}
	for (u32 i = 0; i < s->n_segs && !rc; i++) {
		if (s->op == TRV_REQ_READ)
			rc = sim_dma_write(s->dev, s->segs[i].addr, at, s->segs[i].len);
		else
			rc = sim_dma_read(s->dev, s->segs[i].addr, at, s->segs[i].len);
		at += s->segs[i].len;
	}
	return rc;
}

static void finish(void *arg)
{
	struct rd_slot *s = arg;

	s->status = work(s, s->n_segs != 0);
	s->done = true;
	if (sim_pci_messages(s->dev))
		sim_msi_fire(s->dev, 0);
}

static struct rd_slot *load(struct trv_dev *dev, struct trv_req *req)
{
	struct rd_hw *hw = dev->state;
	struct rd_slot *s = &hw->slot[trv_req_tag(req)];
	struct trv_seg_iter it;

	s->op = trv_req_op(req);
	s->unit = trv_disk_info(trv_req_disk(req))->unit;
	s->lba = trv_req_lba(req);
	s->blocks = trv_req_blocks(req);
	s->done = false;
	s->n_segs = 0;
	trv_req_for_each_seg(req, it)
		s->segs[s->n_segs++] = it.seg;
	return s;
}

void rd_hw_start(struct trv_dev *dev, struct trv_req *req, bool dma)
{
	struct rd_slot *s = load(dev, req);
	u64 delay = rd.delay_ns[s->unit];

	if (dev->gone)
		return;
	if (rd.reverse)
		delay -= trv_min(delay, (u64)rd.queues * 1000);
	if (sim_choose(SIM_K_LATE, 2, SIM_SITE))
		delay += delay / 2;
	sim_event_in(&s->event, delay);
}

int rd_hw_now(struct trv_dev *dev, struct trv_req *req)
{
	struct rd_slot *s = load(dev, req);

	return work(s, s->n_segs != 0);
}

void rd_hw_cancel(struct trv_dev *dev, u32 tag)
{
	struct rd_hw *hw = dev->state;

	sim_event_cancel(&hw->slot[tag].event);
	hw->slot[tag].done = false;
}

bool rd_hw_done(struct trv_dev *dev, u32 tag, int *status)
{
	struct rd_hw *hw = dev->state;

	if (!hw->slot[tag].done)
		return false;
	hw->slot[tag].done = false;
	*status = hw->slot[tag].status;
	return true;
}

void rd_hw_fifo(struct trv_dev *dev, u32 tag)
{
	struct rd_hw *hw = dev->state;

	hw->slot[tag].fifo_at = 0;
}

/* ---- the model ----------------------------------------------------------- */

static int create(struct trv_dev *dev, const char *opts)
{
	static const struct trv_pci_ident ident = {
		.vendor = RD_VENDOR,
		.device = RD_DEVICE,
		.class = TRV_PCI_CLASS_OTHER,
	};
	struct rd_hw *hw = sim_own(sizeof(*hw));

	if (!sim_opt_check(opts, ""))
		return -EINVAL;
	sim_pci_ident(dev, &ident);
	sim_pci_bar(dev, 0, SIM_BAR_IO, RD_PORTS, NULL);
	sim_pci_msi(dev, 1);
	for (u32 tag = 0; tag < RD_DEPTH; tag++) {
		hw->slot[tag].dev = dev;
		hw->slot[tag].fifo = sim_own(data_max);
		sim_event_init(&hw->slot[tag].event, "ramdisk", finish, &hw->slot[tag]);
	}
	for (u32 unit = 0; unit < RD_DISKS; unit++)
		rd.store[unit] = sim_own(data_max);
	dev->state = hw;
	return 0;
}

static void reset(struct trv_dev *dev)
{
	for (u32 tag = 0; tag < RD_DEPTH; tag++)
		rd_hw_cancel(dev, tag);
}

/* The next 16 bits of a slot's data. */
static u8 *fifo_next(struct trv_dev *dev, u32 off, u32 bytes)
{
	struct rd_hw *hw = dev->state;
	struct rd_slot *s = &hw->slot[off / 2];
	u8 *p = s->fifo + s->fifo_at;

	sim_expect(!(off & 1) && bytes == 2 && s->fifo_at < data_max);
	s->fifo_at += 2;
	return p;
}

static u64 fifo_read(struct trv_dev *dev, u32 bar, u32 off, u32 bytes)
{
	u8 *p = fifo_next(dev, off, bytes);

	return (u64)(p[0] | p[1] << 8);
}

static void fifo_write(struct trv_dev *dev, u32 bar, u32 off, u32 bytes, u64 val)
{
	u8 *p = fifo_next(dev, off, bytes);

	p[0] = (u8)val;
	p[1] = (u8)(val >> 8);
}

static u64 image(struct trv_dev *dev)
{
	u64 digest[RD_DISKS] = { 0 };

	for (u32 i = 0; i < RD_DISKS; i++) {
		if (rd.store[i])
			digest[i] = sim_digest(rd.store[i], data_max);
	}
	return sim_digest(digest, sizeof(digest));
}

static const struct sim_model ramdisk = {
	.name = "ramdisk",
	.description = "test device of the block class",
	.options = "",
	.create = create,
	.reset = reset,
	.read = fifo_read,
	.write = fifo_write,
	.unplug = reset,
	.image = image,
};
SIM_MODEL(ramdisk);
