// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* DMA: limits, device addresses, copies and their shadow, faults. */
#include <errno.h>

#include <os/test-sim/dma_impl.h>

#include "memory_test.h"

#define PAGE 4096ULL

static u32 rnd(u32 *state, u32 n)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 8) % n;
}

/* ---- limits -------------------------------------------------------------- */

static void body_limits(void)
{
	static const struct {
		struct trv_dma_limits lim;
		int want;
	} cases[] = {
		{ { .mask = 0xffffffff }, 0 },
		{ { .mask = ~0ULL }, 0 },
		{ { .mask = 0xffffff,
		    .align = 4,
		    .boundary = 0x10000,
		    .max_seg = 0x10000,
		    .max_segs = 8 },
		  0 },
		{ { .mask = 0xffffffff, .align = 1, .boundary = 1 }, 0 },
		{ { .mask = 0 }, -EINVAL },
		{ { .mask = 0xfffffffe }, -EINVAL },
		{ { .mask = 0xf0ffffff }, -EINVAL },
		{ { .mask = 0xffffffff, .align = 3 }, -EINVAL },
		{ { .mask = 0xffffffff, .boundary = 0x18000 }, -EINVAL },
		{ { .mask = 0xffffffff, .align = 16, .boundary = 8 }, -EINVAL },
		{ { .mask = 0xffffffff, .align = 16, .max_seg = 15 }, -EINVAL },
		{ { .mask = 0xffff }, -EFBIG },
	};
	struct trv_dev *dev = new_dev();

	for (size_t i = 0; i < TRV_ARRAY_SIZE(cases); i++)
		CU_ASSERT_EQUAL(trv_dma_limits(dev, &cases[i].lim), cases[i].want);
}

static void limits(void)
{
	EXPECT_RUN(body_limits, NOTHING);
}

/* ---- addresses ----------------------------------------------------------- */

static const struct shape {
	u64 mask;
	u32 align;
	u32 boundary;
} shapes[] = {
	{ 0xffffffff, 0, 0 }, { 0xffffffff, 2, 0x10000 },   { 0xffffff, 4, 0 },
	{ ~0ULL, 0, 0 },      { 0xffffffffffULL, 64, 512 }, { 0xffffffff, 0, 0x1000 },
};
static struct shape shape;

#define LIVE 40

static bool overlaps(const struct trv_dma_map *a, const struct trv_dma_map *b)
{
	u64 a_end = TRV_ALIGN_UP(a->iova + a->len, PAGE),
	    b_end = TRV_ALIGN_UP(b->iova + b->len, PAGE);

	/* A whole unmapped page between any two. */
	return (a->iova & ~(PAGE - 1)) < b_end + PAGE && (b->iova & ~(PAGE - 1)) < a_end + PAGE;
}

static void body_addresses(void)
{
	const struct trv_dma_limits lim = { .mask = shape.mask,
					    .align = shape.align,
					    .boundary = shape.boundary };
	struct trv_dev *dev = new_dev();
	static struct trv_dma_map map[LIVE];
	bool high = false, low = false, straddles = false, inside = false;
	u32 seed = 7, mapped = 0;
	u8 *buf[LIVE];

	for (u32 k = 0; k < LIVE; k++)
		buf[k] = sim_buf(1 << 16);
	memset(map, 0, sizeof(map));
	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	for (u32 i = 0; i < 20000; i++) {
		u32 k = rnd(&seed, LIVE);
		u32 unit = trv_max(shape.align, 1U);
		u32 len = unit * (1 + rnd(&seed, (rnd(&seed, 4) ? 9000 : 60000) / unit));
		u32 off = unit * rnd(&seed, 5000 / unit);
		int rc;

		if (map[k].len) {
			trv_dma_unmap(dev, &map[k]);
			map[k].len = 0;
		}
		rc = trv_dma_map(dev, buf[k] + off, len, TRV_DMA_TO_DEVICE, &map[k]);
		if (rc) {
			u64 at = (uintptr_t)(buf[k] + off) & (PAGE - 1);
			u64 b = shape.boundary;

			CU_ASSERT_EQUAL(rc, -EFBIG);
			CU_ASSERT_TRUE(b && (at & (b - 1)) + len > b);
			map[k].len = 0;
			continue;
		}
		mapped++;
		high |= map[k].iova > 0xffffffff;
		low |= map[k].iova <= 0xffffffff;
		CU_ASSERT_TRUE(map[k].iova + len - 1 <= shape.mask);
		CU_ASSERT_TRUE(map[k].iova >= PAGE);
		CU_ASSERT_FALSE(sim_mem_inside((void *)(uintptr_t)map[k].iova));
		CU_ASSERT_EQUAL((map[k].iova ^ (uintptr_t)(buf[k] + off)) & (PAGE - 1), 0);
		CU_ASSERT_EQUAL(map[k].iova & (unit - 1), 0);
		if (shape.boundary)
			CU_ASSERT_EQUAL(map[k].iova / shape.boundary,
					(map[k].iova + len - 1) / shape.boundary);
		straddles |= map[k].iova >> 16 != (map[k].iova + len - 1) >> 16;
		inside |= map[k].iova >> 16 == (map[k].iova + len - 1) >> 16;
		/* What interrupt messages use belongs to nobody. */
		CU_ASSERT_TRUE(map[k].iova + len <= 0xfee00000 || map[k].iova >= 0xff000000);
		for (u32 j = 0; j < LIVE; j++)
			CU_ASSERT_FALSE(j != k && map[j].len && overlaps(&map[j], &map[k]));
	}
	CU_ASSERT_TRUE(mapped > 10);
	CU_ASSERT_TRUE(low && inside);
	CU_ASSERT_EQUAL(high, shape.mask > 0xffffffff);
	CU_ASSERT_EQUAL(straddles, !shape.boundary);
	for (u32 k = 0; k < LIVE; k++) {
		if (map[k].len)
			trv_dma_unmap(dev, &map[k]);
	}
	CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->maps, mapped);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->unmaps, mapped);
	sim_dma_leftovers(dev);
}

static void addresses(void)
{
	for (size_t i = 0; i < TRV_ARRAY_SIZE(shapes); i++) {
		shape = shapes[i];
		EXPECT_RUN(body_addresses, NOTHING);
	}
}

/* An address comes again only after a whole round through its part of the space. */
static void body_no_reuse(void)
{
	struct trv_dev *dev = new_dev();
	u8 *p = sim_buf(1 << 16);
	u8 *seen = sim_own(1 << 20); /* pages of 4 GiB */
	struct trv_dma_map map;
	u32 n = 0;

	for (bool again = false; !again; n++) {
		u64 page;

		CU_ASSERT_EQUAL_FATAL(trv_dma_map(dev, p, 1 << 16, TRV_DMA_TO_DEVICE, &map), 0);
		page = map.iova / PAGE;
		trv_dma_unmap(dev, &map);
		for (u32 i = 0; i < (1 << 16) / PAGE; i++) {
			again |= seen[page + i];
			seen[page + i] = 1;
		}
	}
	/* 4 GiB hold some 40,000 of these with their gaps. */
	CU_ASSERT_TRUE(n > 20000 && n < 65536);
}

/* The first address ends within a few pages of the mask's, and some of the next ones above 4 GiB. */
static void body_mask_edge(void)
{
	static const u64 masks[] = { 0xfffff,	       0xfffffff,	 0xffffffff, 0xfffffffffULL,
				     (1ULL << 46) - 1, (1ULL << 48) - 1, ~0ULL };

	for (size_t i = 0; i < TRV_ARRAY_SIZE(masks); i++) {
		struct trv_dma_limits lim = { .mask = masks[i] };
		u64 top = trv_min(masks[i], (1ULL << 48) - 1);
		struct trv_dev *dev = new_dev();
		u8 *p = sim_buf(1024);
		struct trv_dma_map map;
		u32 high = 0, low = 0;

		CU_ASSERT_EQUAL_FATAL(trv_dma_limits(dev, &lim), 0);
		for (u32 k = 0; k < 30; k++) {
			CU_ASSERT_EQUAL(trv_dma_map(dev, p, 1024, TRV_DMA_TO_DEVICE, &map), 0);
			CU_ASSERT_TRUE(map.iova + 1023 <= top);
			if (!k)
				CU_ASSERT_TRUE(top - map.iova < 10 * PAGE);
			high += map.iova > 0xffffffff;
			low += map.iova <= 0xffffffff;
			trv_dma_unmap(dev, &map);
		}
		CU_ASSERT_TRUE(low > 5);
		CU_ASSERT_EQUAL(high > 5, top > 0xffffffff);
	}
}

static void mask_edge(void)
{
	EXPECT_RUN(body_mask_edge, NOTHING);
}

static void no_reuse(void)
{
	EXPECT_RUN(body_no_reuse, NOTHING);
}

/* 24 bits of address space are soon full; what is left when they are is all there. */
static void body_exhaust(void)
{
	const struct trv_dma_limits lim = { .mask = 0xffffff };
	static struct trv_dma_map map[300];
	struct trv_dev *dev = new_dev();
	u32 n = 0;
	int rc;

	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	for (;;) {
		u8 *p = sim_buf(1 << 16);

		rc = trv_dma_map(dev, p, 1 << 16, TRV_DMA_FROM_DEVICE, &map[n]);
		if (rc)
			break;
		n++;
	}
	CU_ASSERT_EQUAL(rc, -ENOMEM);
	CU_ASSERT_TRUE(n > 100 && n < 256);
	trv_dma_unmap(dev, &map[n / 2]);
	CU_ASSERT_EQUAL(
		trv_dma_map(dev, sim_buf(1 << 16), 1 << 16, TRV_DMA_FROM_DEVICE, &map[n / 2]), 0);
	for (u32 i = 0; i < n; i++)
		trv_dma_unmap(dev, &map[i]);
}

static void exhaust(void)
{
	EXPECT_RUN(body_exhaust, NOTHING);
}

/* ---- coherent memory ----------------------------------------------------- */

static void body_coherent(void)
{
	static const struct {
		size_t size, align;
	} cases[] = { { 8, 1 },	      { 8, 16 },	   { 100, 64 },	     { 4096, 4096 },
		      { 5000, 2 },    { 65536, 4 },	   { 65536, 65536 }, { 40000, 8192 },
		      { 200000, 16 }, { 1 << 20, 1 << 20 } };
	const struct trv_dma_limits lim = { .mask = 0xffffffff, .boundary = shape.boundary };
	struct trv_dev *dev = new_dev();
	struct trv_dma_mem mem[TRV_ARRAY_SIZE(cases)];
	u8 byte = 0xab, got;

	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	for (u32 round = 0; round < 50; round++) {
		for (size_t i = 0; i < TRV_ARRAY_SIZE(cases); i++) {
			size_t size = cases[i].size, align = cases[i].align;
			struct trv_dma_mem *m = &mem[i];

			CU_ASSERT_EQUAL(trv_dma_alloc(dev, size, align, m), 0);
			CU_ASSERT_EQUAL(m->size, size);
			CU_ASSERT_EQUAL((uintptr_t)m->cpu % align, 0);
			CU_ASSERT_EQUAL(m->iova % align, 0);
			CU_ASSERT_EQUAL((m->iova ^ (uintptr_t)m->cpu) % trv_min(align, PAGE), 0);
			if (shape.boundary && size <= shape.boundary)
				CU_ASSERT_EQUAL(m->iova / shape.boundary,
						(m->iova + size - 1) / shape.boundary);
			for (size_t k = 0; k < size; k += 7)
				CU_ASSERT_EQUAL(((u8 *)m->cpu)[k], 0);
			CU_ASSERT_TRUE(sim_shadow_all(m->cpu, size, SIM_OK | SIM_M_COHERENT, 0));
			/* Both sides see each other's bytes at once. */
			((u8 *)m->cpu)[size - 1] = 0x17;
			CU_ASSERT_EQUAL(sim_dma_read(dev, m->iova + size - 1, &got, 1), 0);
			CU_ASSERT_EQUAL(got, 0x17);
			CU_ASSERT_EQUAL(sim_dma_write(dev, m->iova + size - 1, &byte, 1), 0);
			CU_ASSERT_EQUAL(((u8 *)m->cpu)[size - 1], 0xab);
			CU_ASSERT_TRUE(
				sim_shadow_all((u8 *)m->cpu + size - 1, 1, SIM_M_TAINTED, 0));
		}
		CU_ASSERT_EQUAL(sim_dma_live(dev), TRV_ARRAY_SIZE(cases));
		for (size_t i = 0; i < TRV_ARRAY_SIZE(cases); i++)
			trv_dma_free(dev, &mem[i]);
	}
	CU_ASSERT_EQUAL(trv_dma_alloc(dev, 0, 4, &mem[0]), -EINVAL);
	CU_ASSERT_EQUAL(trv_dma_alloc(dev, 8, 3, &mem[0]), -EINVAL);
	CU_ASSERT_EQUAL(trv_dma_alloc(dev, SIM_ARENA_SIZE, 4, &mem[0]), -ENOMEM);
	CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
}

static void coherent(void)
{
	shape = (struct shape){ .boundary = 0 };
	EXPECT_RUN(body_coherent, NOTHING);
	shape.boundary = 0x10000;
	EXPECT_RUN(body_coherent, NOTHING);
	shape.boundary = 0x100;
	EXPECT_RUN(body_coherent, NOTHING);
}

/* ---- who sees what ------------------------------------------------------- */

enum { N = 64 };

static struct {
	struct trv_dev *dev;
	struct trv_dma_map map;
	u8 *p;
	enum trv_dma_dir dir;
} v;

static void start(enum trv_dma_dir dir)
{
	v.dev = new_dev();
	v.p = sim_buf(N);
	v.dir = dir;
	for (u32 i = 0; i < N; i++)
		v.p[i] = (u8)i;
	CU_ASSERT_EQUAL(trv_dma_map(v.dev, v.p, N, dir, &v.map), 0);
	CU_ASSERT_TRUE(sim_shadow_all(v.p, N, SIM_M_DEVICE, 0));
	/* Behind the back of the checkers: does the device see it? */
	memset(v.p, 0xcc, N);
}

static u8 device_sees(u32 at)
{
	u8 byte = 0;

	CU_ASSERT_EQUAL(sim_dma_read(v.dev, v.map.iova + at, &byte, 1), 0);
	return byte;
}

static void device_writes(u32 at, u32 len, u8 val)
{
	u8 bytes[N];

	memset(bytes, val, len);
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, v.map.iova + at, bytes, len), 0);
}

static void body_to_device(void)
{
	start(TRV_DMA_TO_DEVICE);
	CU_ASSERT_EQUAL(device_sees(0), 0);
	CU_ASSERT_EQUAL(device_sees(N - 1), N - 1);
	trv_dma_sync_for_cpu(v.dev, &v.map, 8, 8);
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 8, 8, SIM_OK, SIM_M_DEVICE));
	CU_ASSERT_TRUE(sim_shadow_all(v.p, 8, SIM_M_DEVICE, 0));
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 16, N - 16, SIM_M_DEVICE, 0));
	CU_ASSERT_EQUAL(v.p[8], 0xcc);
	memset(v.p + 8, 0x31, 8);
	CU_ASSERT_EQUAL(device_sees(8), 8);
	trv_dma_sync_for_device(v.dev, &v.map, 8, 4);
	CU_ASSERT_EQUAL(device_sees(8), 0x31);
	CU_ASSERT_EQUAL(device_sees(11), 0x31);
	CU_ASSERT_EQUAL(device_sees(12), 12);
	CU_ASSERT_EQUAL(device_sees(7), 7);
	trv_dma_unmap(v.dev, &v.map);
	CU_ASSERT_EQUAL(v.p[0], 0xcc);
	CU_ASSERT_TRUE(sim_shadow_all(v.p, N, SIM_OK, SIM_M_DEVICE | SIM_M_TAINTED));
}

static void body_from_device(void)
{
	start(TRV_DMA_FROM_DEVICE);
	device_writes(4, 20, 0x42);
	CU_ASSERT_EQUAL(v.p[4], 0xcc);
	trv_dma_sync_for_cpu(v.dev, &v.map, 8, 8);
	CU_ASSERT_TRUE(v.p[8] == 0x42 && v.p[15] == 0x42 && v.p[7] == 0xcc && v.p[16] == 0xcc);
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 8, 8, SIM_OK | SIM_M_TAINTED, SIM_M_DEVICE));
	trv_dma_sync_for_device(v.dev, &v.map, 8, 8);
	device_writes(10, 1, 0x43);
	trv_dma_unmap(v.dev, &v.map);
	/* What the device did not write is what was there at the map. */
	CU_ASSERT_TRUE(v.p[3] == 3 && v.p[24] == 24 && v.p[N - 1] == N - 1);
	CU_ASSERT_TRUE(v.p[4] == 0x42 && v.p[9] == 0x42 && v.p[10] == 0x43 && v.p[23] == 0x42);
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 10, 1, SIM_OK | SIM_M_TAINTED, 0));
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 9, 1, SIM_OK, SIM_M_TAINTED));
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 24, N - 24, SIM_OK, SIM_M_TAINTED));
}

static void body_both_ways(void)
{
	start(TRV_DMA_BIDIRECTIONAL);
	CU_ASSERT_EQUAL(device_sees(5), 5);
	device_writes(5, 1, 0x55);
	CU_ASSERT_EQUAL(device_sees(5), 0x55);
	trv_dma_sync_for_cpu(v.dev, &v.map, 0, N);
	CU_ASSERT_TRUE(v.p[5] == 0x55 && v.p[6] == 6);
	v.p[6] = 0x66;
	trv_dma_sync_for_device(v.dev, &v.map, 0, N);
	CU_ASSERT_EQUAL(device_sees(6), 0x66);
	trv_dma_unmap(v.dev, &v.map);
	CU_ASSERT_TRUE(v.p[5] == 0x55 && v.p[6] == 0x66);
}

static void body_unwritten_from_device(void)
{
	u8 *p = sim_buf_uninit(N);

	v.dev = new_dev();
	memset(sim_shadow(p), SIM_M_LIVE, N);
	CU_ASSERT_EQUAL(trv_dma_map(v.dev, p, N, TRV_DMA_FROM_DEVICE, &v.map), 0);
	device_writes(0, 10, 1);
	trv_dma_unmap(v.dev, &v.map);
	CU_ASSERT_TRUE(sim_shadow_all(p, 10, SIM_OK | SIM_M_TAINTED, 0));
	CU_ASSERT_TRUE(sim_shadow_all(p + 10, N - 10, SIM_M_LIVE, SIM_M_INIT | SIM_M_TAINTED));
}

/* Two readers of one buffer: it is the CPU's when the last is gone. */
static void body_shared(void)
{
	struct trv_dma_map other;

	start(TRV_DMA_TO_DEVICE);
	CU_ASSERT_EQUAL(trv_dma_map(v.dev, v.p + 16, 16, TRV_DMA_TO_DEVICE, &other), 0);
	trv_dma_unmap(v.dev, &v.map);
	CU_ASSERT_TRUE(sim_shadow_all(v.p, 16, SIM_OK, SIM_M_DEVICE));
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 16, 16, SIM_OK | SIM_M_DEVICE, 0));
	CU_ASSERT_TRUE(sim_shadow_all(v.p + 32, N - 32, SIM_OK, SIM_M_DEVICE));
	trv_dma_unmap(v.dev, &other);
	CU_ASSERT_TRUE(sim_shadow_all(v.p, N, SIM_OK, SIM_M_DEVICE));
}

static void views(void)
{
	EXPECT_RUN(body_to_device, NOTHING);
	EXPECT_RUN(body_from_device, NOTHING);
	EXPECT_RUN(body_both_ways, NOTHING);
	EXPECT_RUN(body_unwritten_from_device, NOTHING);
	EXPECT_RUN(body_shared, NOTHING);
}

/* ---- several pieces ------------------------------------------------------ */

static void body_sg(void)
{
	const struct trv_dma_limits lim = { .mask = 0xffffffff,
					    .align = 2,
					    .boundary = 0x10000,
					    .max_seg = 0x3ffe,
					    .max_segs = 40 };
	struct trv_dev *dev = new_dev();
	static struct trv_dma_map maps[8];
	static struct trv_seg segs[64];
	bool split = false, straddled = false;
	struct trv_vec vec[8];
	u32 seed = 3;

	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(vec); i++)
		vec[i].buf = sim_buf(1 << 16);
	for (u32 round = 0; round < 2000; round++) {
		u32 n = 1 + rnd(&seed, 8), at = 0;
		int got;

		for (u32 i = 0; i < n; i++)
			vec[i].len = 2 * (1 + rnd(&seed, 30000));
		got = trv_dma_map_sg(dev, vec, n, TRV_DMA_TO_DEVICE, maps, segs,
				     TRV_ARRAY_SIZE(segs));
		if (got == -EFBIG) {
			CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
			continue;
		}
		CU_ASSERT_TRUE(got >= (int)n && got <= 40);
		CU_ASSERT_EQUAL(sim_dma_live(dev), n);
		/* The segments are the pieces, in order, none too long, none across. */
		for (u32 i = 0; i < n; i++) {
			trv_iova next = maps[i].iova;
			u32 left = vec[i].len;

			CU_ASSERT_PTR_EQUAL(maps[i].buf, vec[i].buf);
			straddled |= next >> 16 != (next + left - 1) >> 16;
			while (left) {
				const struct trv_seg *s = &segs[at++];

				CU_ASSERT_TRUE(s->len && s->len <= left && s->len <= 0x3ffe);
				CU_ASSERT_EQUAL(s->addr, next);
				CU_ASSERT_EQUAL((s->addr | s->len) & 1, 0);
				CU_ASSERT_EQUAL(s->addr >> 16, (s->addr + s->len - 1) >> 16);
				if (!s->len || s->len > left)
					break;
				split |= s->len < vec[i].len;
				next += s->len;
				left -= s->len;
			}
		}
		CU_ASSERT_EQUAL(at, (u32)got);
		trv_dma_unmap_sg(dev, maps, n);
		CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
	}
	CU_ASSERT_TRUE(split && straddled);
}

static void body_sg_errors(void)
{
	const struct trv_dma_limits lim = {
		.mask = 0xffffffff, .align = 4, .max_seg = 0x1000, .max_segs = 4
	};
	struct trv_dev *dev = new_dev();
	struct trv_dma_map maps[3];
	struct trv_seg segs[8];
	struct trv_vec vec[3] = { { sim_buf(0x1000), 0x1000 },
				  { sim_buf(0x2000), 0x2000 },
				  { sim_buf(0x1000), 0x1000 } };

	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 0, TRV_DMA_TO_DEVICE, maps, segs, 8), -EINVAL);
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 3, TRV_DMA_TO_DEVICE, maps, segs, 3), -EFBIG);
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 3, TRV_DMA_TO_DEVICE, maps, segs, 8), 4);
	trv_dma_unmap_sg(dev, maps, 3);
	vec[2].len = 0;
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 3, TRV_DMA_TO_DEVICE, maps, segs, 8), -EINVAL);
	vec[2].len = 6;
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 3, TRV_DMA_TO_DEVICE, maps, segs, 8), -EFBIG);
	vec[2].len = 8;
	vec[1].len = 0x2004; /* five segments with the others; four are allowed */
	vec[1].buf = sim_buf(0x2004);
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 3, TRV_DMA_TO_DEVICE, maps, segs, 8), -EFBIG);
	CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
	for (u32 i = 0; i < 3; i++)
		CU_ASSERT_TRUE(sim_shadow_all(vec[i].buf, vec[i].len, SIM_OK, SIM_M_DEVICE));
	/* Not one of them passes for a mapping. */
	trv_dma_unmap(dev, &maps[2]);
}

static void body_map_errors(void)
{
	const struct trv_dma_limits lim = {
		.mask = 0xffffffff, .align = 4, .boundary = 0x1000, .max_seg = 0x800
	};
	struct trv_dev *dev = new_dev();
	u8 *p = sim_buf(0x3000);
	struct trv_dma_map map;
	u32 to_page = (u32)(PAGE - ((uintptr_t)p & (PAGE - 1)));

	CU_ASSERT_EQUAL(trv_dma_limits(dev, &lim), 0);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p, 0, TRV_DMA_TO_DEVICE, &map), -EINVAL);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p + 2, 8, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p, 6, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p, 0x804, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p + to_page - 4, 8, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	CU_ASSERT_EQUAL(trv_dma_map(dev, p + to_page, 0x800, TRV_DMA_TO_DEVICE, &map), 0);
	trv_dma_unmap(dev, &map);
	CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
}

static void pieces(void)
{
	EXPECT_RUN(body_sg, NOTHING);
	EXPECT_RUN(body_sg_errors, SIM_DMA_UNMAP);
	CU_ASSERT_PTR_NOT_NULL(strstr(result.message, "that failed"));
	EXPECT_RUN(body_map_errors, NOTHING);
}

static void body_choices(void)
{
	struct trv_dev *dev = new_dev();
	struct trv_vec vec[2] = { { sim_buf(16), 16 }, { sim_buf(16), 16 } };
	struct trv_dma_map map, maps[2];
	struct trv_seg segs[2];
	struct trv_dma_mem mem;

	CU_ASSERT_EQUAL(trv_dma_map(dev, vec[0].buf, 16, TRV_DMA_TO_DEVICE, &map), -ENOMEM);
	CU_ASSERT_EQUAL(trv_dma_map_sg(dev, vec, 2, TRV_DMA_TO_DEVICE, maps, segs, 2), -ENOMEM);
	CU_ASSERT_EQUAL(trv_dma_alloc(dev, 16, 16, &mem), -ENOMEM);
	CU_ASSERT_EQUAL(sim_dma_live(dev), 0);
}

static void failures_are_choices(void)
{
	const struct sim_deviation dev[] = {
		{ .index = 0, .alt = 1, .kind = SIM_K_DMA_MAP },
		{ .index = 1, .alt = 1, .kind = SIM_K_DMA_MAP },
		{ .index = 2, .alt = 1, .kind = SIM_K_DMA_ALLOC },
	};

	CU_ASSERT_EQUAL(run_with(body_choices, dev, 3), NOTHING);
	CU_ASSERT_EQUAL(result.deviations_used, 3);
}

/* ---- devices that may do anything ---------------------------------------- */

static void body_hostile(void)
{
	u8 bytes[N + 1] = { 0 };

	start(TRV_DMA_FROM_DEVICE);
	v.dev->hostile = true;
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, v.map.iova, bytes, N + 1), -EIO);
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, v.map.iova - 1, bytes, 2), -EIO);
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, ~0ULL, bytes, 2), -EIO);
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, ~0ULL - 1, bytes, 2), -EIO);
	CU_ASSERT_EQUAL(sim_dma_read(v.dev, v.map.iova, bytes, 1), -EIO);
	v.dev->cfg[TRV_PCI_COMMAND] = 0;
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, v.map.iova, bytes, N), -EIO);
	v.dev->cfg[TRV_PCI_COMMAND] = TRV_PCI_CMD_MASTER;
	CU_ASSERT_EQUAL(sim_dma_stats(v.dev)->faults, 6);
	CU_ASSERT_EQUAL(sim_dma_stats(v.dev)->written_bytes, 0);
	/* And nothing of it arrived. */
	trv_dma_unmap(v.dev, &v.map);
	CU_ASSERT_TRUE(v.p[0] == 0 && v.p[N - 1] == N - 1);
}

static void body_gone(void)
{
	u8 byte = 1;

	start(TRV_DMA_BIDIRECTIONAL);
	v.dev->gone = true;
	CU_ASSERT_EQUAL(sim_dma_write(v.dev, v.map.iova, &byte, 1), -EIO);
	CU_ASSERT_EQUAL(sim_dma_read(v.dev, v.map.iova, &byte, 1), -EIO);
	trv_dma_unmap(v.dev, &v.map);
}

static void faults(void)
{
	EXPECT_RUN(body_hostile, NOTHING);
	EXPECT_RUN(body_gone, NOTHING);
}

static void body_stats(void)
{
	struct trv_dev *dev = new_dev();
	u8 *alone = sim_buf(3 * PAGE), *pair = sim_buf(100);
	u8 *page = (u8 *)TRV_ALIGN_UP((uintptr_t)alone, PAGE);
	struct trv_dma_map map;
	u8 bytes[100] = { 0 };

	CU_ASSERT_EQUAL(trv_dma_map(dev, pair, 50, TRV_DMA_BIDIRECTIONAL, &map), 0);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->shared_pages, 1);
	CU_ASSERT_EQUAL(sim_dma_write(dev, map.iova, bytes, 50), 0);
	CU_ASSERT_EQUAL(sim_dma_read(dev, map.iova + 10, bytes, 40), 0);
	trv_dma_unmap(dev, &map);
	CU_ASSERT_EQUAL(trv_dma_map(dev, page, PAGE, TRV_DMA_TO_DEVICE, &map), 0);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->shared_pages, 1);
	trv_dma_unmap(dev, &map);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->maps, 2);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->written_bytes, 50);
	CU_ASSERT_EQUAL(sim_dma_stats(dev)->read_bytes, 40);
	CU_ASSERT_EQUAL(sim_dma_stats(new_dev())->maps, 0);
}

static void stats(void)
{
	EXPECT_RUN(body_stats, NOTHING);
}

KTAP_SUITE(memory_dma, KTAP_TEST(limits), KTAP_TEST(addresses), KTAP_TEST(no_reuse),
	   KTAP_TEST(mask_edge), KTAP_TEST(exhaust), KTAP_TEST(coherent), KTAP_TEST(views),
	   KTAP_TEST(pieces), KTAP_TEST(failures_are_choices), KTAP_TEST(faults), KTAP_TEST(stats));
KTAP_MAIN(&memory_dma);
