// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* DMA of several pieces at once, split to the device's limits. */
#include <tests/conformance/conf.h>

#define PIECES 3
#define MAX_SEGS 16

struct sg {
	struct trv_vec vec[PIECES];
	struct trv_dma_map maps[PIECES];
	struct trv_seg segs[MAX_SEGS];
	u32 total;
};

static const u32 lengths[PIECES] = { 1400, 520, 1000 };

/* Three pieces, apart from each other, with patterns of their own. */
static bool sg_get(struct conf *c, struct sg *sg, struct trv_dma_limits lim)
{
	lim.mask = EDU_DMA_MASK;
	if (!conf_note(c, !trv_dma_limits(c->dev, &lim)) ||
	    !conf_note(c, !trv_bus_master(c->dev, true)))
		return false;
	sg->total = 0;
	for (u32 i = 0; i < PIECES; i++) {
		sg->vec[i].buf = conf_buf(c, lengths[i]);
		sg->vec[i].len = lengths[i];
		if (!sg->vec[i].buf)
			return false;
		conf_fill(sg->vec[i].buf, lengths[i], i + 1);
		sg->total += lengths[i];
	}
	return true;
}

/* Let edu read, or write, all segments one after the other; its buffer is in order. */
static void through_edu(struct conf *c, const struct sg *sg, u32 n, bool to_ram)
{
	u32 at = EDU_BUF;

	for (u32 i = 0; i < n; i++) {
		u32 ram = (u32)sg->segs[i].addr;

		trv_write32(c->regs, EDU_DMA_SRC, to_ram ? at : ram);
		trv_write32(c->regs, EDU_DMA_DST, to_ram ? ram : at);
		trv_write32(c->regs, EDU_DMA_COUNT, sg->segs[i].len);
		conf_dma_go(c, to_ram);
		conf_ok(c);
		at += sg->segs[i].len;
	}
}

/* Does edu hold the pieces one behind the other? */
static void edu_holds_all(struct conf *c, const struct sg *sg)
{
	struct trv_dma_mem *mem = conf_mem(c, sg->total, 64);
	u32 at = 0;

	conf_ok(c);
	conf_from_edu(c, mem->iova, sg->total);
	conf_ok(c);
	for (u32 i = 0; i < PIECES; i++) {
		conf_check(c, conf_filled((u8 *)mem->cpu + at, lengths[i], i + 1));
		at += lengths[i];
	}
}

static u32 sum(const struct sg *sg, u32 n)
{
	u32 total = 0;

	for (u32 i = 0; i < n; i++)
		total += sg->segs[i].len;
	return total;
}

static void conf_dma_map_sg_order(struct conf *c)
{
	struct sg sg;
	int n;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ 0 }));
	n = trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_TO_DEVICE, sg.maps, sg.segs, MAX_SEGS);
	conf_check(c, n >= 1 && n <= MAX_SEGS);
	conf_note(c, sum(&sg, n) == sg.total);
	if (!c->failed)
		through_edu(c, &sg, n, false);
	trv_dma_unmap_sg(c->dev, sg.maps, PIECES);
	conf_ok(c);
	edu_holds_all(c, &sg);
}

static void conf_dma_map_sg_split(struct conf *c)
{
	struct sg sg;
	int n;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ .boundary = 1024, .max_seg = 600 }));
	n = trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_TO_DEVICE, sg.maps, sg.segs, MAX_SEGS);
	conf_check(c, n >= 1 && n <= MAX_SEGS);
	conf_note(c, sum(&sg, n) == sg.total);
	for (int i = 0; i < n; i++) {
		trv_iova first = sg.segs[i].addr, last = first + sg.segs[i].len - 1;

		conf_note(c, sg.segs[i].len && sg.segs[i].len <= 600);
		conf_note(c, first / 1024 == last / 1024);
		conf_note(c, last <= EDU_DMA_MASK);
	}
	if (!c->failed)
		through_edu(c, &sg, n, false);
	trv_dma_unmap_sg(c->dev, sg.maps, PIECES);
	conf_ok(c);
	edu_holds_all(c, &sg);
}

static void conf_dma_map_sg_data(struct conf *c)
{
	struct trv_dma_mem *mem;
	struct sg sg;
	u32 at = 0;
	int n;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ .max_seg = 512 }));
	mem = conf_mem(c, sg.total, 64);
	conf_ok(c);
	for (u32 i = 0; i < PIECES; i++) {
		conf_fill((u8 *)mem->cpu + at, lengths[i], i + 11);
		at += lengths[i];
	}
	conf_to_edu(c, mem->iova, sg.total);
	conf_ok(c);
	n = trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_FROM_DEVICE, sg.maps, sg.segs, MAX_SEGS);
	conf_check(c, n >= 1 && n <= MAX_SEGS);
	through_edu(c, &sg, n, true);
	trv_dma_unmap_sg(c->dev, sg.maps, PIECES);
	conf_ok(c);
	for (u32 i = 0; i < PIECES; i++)
		conf_check(c, conf_filled(sg.vec[i].buf, lengths[i], i + 11));
}

static void conf_dma_map_sg_max(struct conf *c)
{
	struct sg sg;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ .max_seg = 512 }));
	/* 3 + 2 + 2 segments at least. */
	conf_eq(c, trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_TO_DEVICE, sg.maps, sg.segs, 6),
		-EFBIG);
	conf_eq(c, trv_dma_map_sg(c->dev, sg.vec, 1, TRV_DMA_TO_DEVICE, sg.maps, sg.segs, 0),
		-EFBIG);
}

static void conf_dma_map_sg_max_segs(struct conf *c)
{
	struct sg sg;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ .max_seg = 512, .max_segs = 6 }));
	conf_eq(c,
		trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_TO_DEVICE, sg.maps, sg.segs,
			       MAX_SEGS),
		-EFBIG);
}

static void conf_dma_map_sg_zero(struct conf *c)
{
	struct sg sg;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ 0 }));
	sg.vec[1].len = 0;
	conf_eq(c,
		trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_TO_DEVICE, sg.maps, sg.segs,
			       MAX_SEGS),
		-EINVAL);
}

/* The pieces are the CPU's again, and can be mapped again. */
static void conf_dma_map_sg_nothing(struct conf *c)
{
	struct sg sg;
	int n;

	conf_check(c, sg_get(c, &sg, (struct trv_dma_limits){ .max_seg = 512 }));
	conf_eq(c, trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_FROM_DEVICE, sg.maps, sg.segs, 4),
		-EFBIG);
	for (u32 i = 0; i < PIECES; i++) {
		conf_check(c, conf_filled(sg.vec[i].buf, lengths[i], i + 1));
		conf_fill(sg.vec[i].buf, lengths[i], i + 5);
	}
	n = trv_dma_map_sg(c->dev, sg.vec, PIECES, TRV_DMA_FROM_DEVICE, sg.maps, sg.segs, MAX_SEGS);
	conf_check(c, n >= 1);
	trv_dma_unmap_sg(c->dev, sg.maps, PIECES);
}

CONF_GROUP(sg, CONF_SG_CLAUSES);
