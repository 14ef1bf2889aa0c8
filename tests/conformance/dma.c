// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * DMA: limits, coherent memory, streaming mappings. edu's engine is the
 * device; what it holds is checked through memory that is not under test.
 */
#include <tests/conformance/conf.h>

#define LEN 512

/* State @lim with edu's mask, and let it do DMA. */
static void limits(struct conf *c, struct trv_dma_limits lim)
{
	lim.mask = EDU_DMA_MASK;
	conf_eq(c, trv_dma_limits(c->dev, &lim), 0);
	conf_eq(c, trv_bus_master(c->dev, true), 0);
}

/* Does edu hold @len bytes of the pattern? Brings them to fresh memory. */
static bool edu_holds(struct conf *c, u32 len, u32 seed)
{
	struct trv_dma_mem *mem = conf_mem(c, len, 64);
	bool same;

	if (!mem)
		return false;
	conf_from_edu(c, mem->iova, len);
	same = !c->failed && conf_filled(mem->cpu, len, seed);
	trv_dma_free(c->dev, &c->mem[--c->mems]);
	return same;
}

/* Give edu @len bytes of the pattern. */
static void edu_gets(struct conf *c, u32 len, u32 seed)
{
	struct trv_dma_mem *mem = conf_mem(c, len, 64);

	conf_ok(c);
	conf_fill(mem->cpu, len, seed);
	conf_to_edu(c, mem->iova, len);
	trv_dma_free(c->dev, &c->mem[--c->mems]);
}

static bool crosses(trv_iova addr, u64 len, u64 boundary)
{
	return (addr ^ (addr + len - 1)) & ~(boundary - 1);
}

/* ---- limits -------------------------------------------------------------- */

static void conf_dma_limits_invalid(struct conf *c)
{
	static const struct trv_dma_limits bad[] = {
		{ .mask = 0 },
		{ .mask = 0x0ffffffe },
		{ .mask = 0x0fffffff, .align = 3 },
		{ .mask = 0x0fffffff, .boundary = 0x3000 },
	};

	for (u32 i = 0; i < TRV_ARRAY_SIZE(bad); i++)
		conf_eq(c, trv_dma_limits(c->dev, &bad[i]), -EINVAL);
	conf_edu_limits(c);
}

static void conf_dma_limits_tiny(struct conf *c)
{
	static const struct trv_dma_limits tiny = { .mask = 0x1f };

	conf_eq(c, trv_dma_limits(c->dev, &tiny), -EFBIG);
	conf_edu_limits(c);
}

/* Coherent and streaming memory below @mask? */
static void below(struct conf *c, u64 mask)
{
	u8 *buf = conf_buf(c, 3 * LEN);

	conf_ok(c);
	for (u32 i = 0; i < CONF_MEMS; i++) {
		struct trv_dma_mem *mem = conf_mem(c, LEN << i, 64);

		conf_ok(c);
		conf_check(c, mem->iova + mem->size - 1 <= mask);
	}
	for (u32 i = 0; i < 3; i++) {
		struct trv_dma_map *map = conf_map(c, buf + i * LEN, LEN, TRV_DMA_TO_DEVICE);

		conf_ok(c);
		conf_check(c, map->iova + map->len - 1 <= mask);
	}
}

static void conf_dma_limits_default(struct conf *c)
{
	below(c, 0xffffffff);
}

static void conf_dma_limits_mask(struct conf *c)
{
	conf_edu_limits(c);
	conf_ok(c);
	below(c, EDU_DMA_MASK);
}

/* ---- coherent memory ----------------------------------------------------- */

static void conf_dma_alloc_zeroed(struct conf *c)
{
	conf_edu_limits(c);
	conf_ok(c);
	for (u32 i = 0; i < 8; i++) {
		struct trv_dma_mem *mem = conf_mem(c, 3000, 16);

		conf_ok(c);
		conf_eq(c, mem->size, 3000);
		conf_check(c, conf_zero(mem->cpu, 3000));
		/* What the next one may be made of. */
		trv_memset(mem->cpu, 0xff, 3000);
		trv_dma_free(c->dev, &c->mem[--c->mems]);
	}
}

static void conf_dma_alloc_aligned(struct conf *c)
{
	conf_edu_limits(c);
	conf_ok(c);
	for (size_t align = 1; align <= 0x10000; align *= 2) {
		struct trv_dma_mem *mem = conf_mem(c, 24, align);

		conf_ok(c);
		conf_eq(c, (uintptr_t)mem->cpu & (align - 1), 0);
		conf_eq(c, mem->iova & (align - 1), 0);
		trv_dma_free(c->dev, &c->mem[--c->mems]);
	}
}

static void conf_dma_alloc_boundary(struct conf *c)
{
	limits(c, (struct trv_dma_limits){ .boundary = 0x10000 });
	conf_ok(c);
	for (u32 round = 0; round < 4; round++) {
		for (u32 i = 0; i < CONF_MEMS; i++) {
			struct trv_dma_mem *mem = conf_mem(c, 0x9000 + i * 0x800, 16);

			conf_ok(c);
			conf_check(c, !crosses(mem->iova, mem->size, 0x10000));
		}
		while (c->mems)
			trv_dma_free(c->dev, &c->mem[--c->mems]);
	}
}

static void conf_dma_alloc_shared(struct conf *c)
{
	struct trv_dma_mem *mem;

	conf_edu_limits(c);
	conf_ok(c);
	mem = conf_mem(c, LEN, 64);
	conf_ok(c);
	for (u32 seed = 1; seed < 4; seed++) {
		conf_fill(mem->cpu, LEN, seed);
		conf_to_edu(c, mem->iova, LEN);
		conf_ok(c);
		conf_check(c, edu_holds(c, LEN, seed));
		trv_memset(mem->cpu, 0, LEN);
		conf_from_edu(c, mem->iova, LEN);
		conf_ok(c);
		conf_check(c, conf_filled(mem->cpu, LEN, seed));
	}
}

static void conf_dma_alloc_none(struct conf *c)
{
	struct trv_dma_mem mem;

	conf_edu_limits(c);
	conf_ok(c);
	/* More than its 28 bits can address. */
	conf_eq(c, trv_dma_alloc(c->dev, (size_t)EDU_DMA_MASK + 0x10000, 64, &mem), -ENOMEM);
}

static void conf_dma_free_back(struct conf *c)
{
	conf_edu_limits(c);
	conf_ok(c);
	for (u32 i = 0; i < 64; i++) {
		struct trv_dma_mem *mem = conf_mem(c, 0x10000, 64);

		conf_ok(c);
		trv_memset(mem->cpu, 0x5a, 16);
		trv_dma_free(c->dev, &c->mem[--c->mems]);
	}
}

/* ---- one mapping --------------------------------------------------------- */

/* A buffer of the pattern, with edu able to reach it once it is mapped. */
static u8 *filled_buf(struct conf *c, u32 len, u32 seed)
{
	u8 *buf;

	conf_edu_limits(c);
	if (c->failed)
		return NULL;
	buf = conf_buf(c, len);
	if (buf)
		conf_fill(buf, len, seed);
	return buf;
}

static void conf_dma_map_to_device(struct conf *c)
{
	u8 *buf = filled_buf(c, 2 * LEN, 1);

	conf_check(c, buf);
	for (u32 at = 0; at <= 192; at += 64) {
		struct trv_dma_map *map;

		conf_fill(buf + at, LEN, at);
		map = conf_map(c, buf + at, LEN, TRV_DMA_TO_DEVICE);
		conf_ok(c);
		conf_eq(c, map->len, LEN);
		conf_to_edu(c, map->iova, LEN);
		conf_ok(c);
		conf_unmap(c);
		conf_check(c, edu_holds(c, LEN, at));
	}
}

static void conf_dma_map_both(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	map = conf_map(c, buf, LEN, TRV_DMA_BIDIRECTIONAL);
	conf_ok(c);
	conf_to_edu(c, map->iova, LEN);
	conf_ok(c);
	conf_check(c, edu_holds(c, LEN, 1));
	edu_gets(c, LEN, 2);
	conf_ok(c);
	conf_from_edu(c, map->iova, LEN);
	conf_ok(c);
	conf_unmap(c);
	conf_check(c, conf_filled(buf, LEN, 2));
}

static void conf_dma_map_zero(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map map;

	conf_check(c, buf);
	conf_eq(c, trv_dma_map(c->dev, buf, 0, TRV_DMA_TO_DEVICE, &map), -EINVAL);
}

static void conf_dma_map_max_seg(struct conf *c)
{
	struct trv_dma_map map;
	u8 *buf;

	limits(c, (struct trv_dma_limits){ .max_seg = LEN });
	conf_ok(c);
	buf = conf_buf(c, 2 * LEN);
	conf_ok(c);
	conf_eq(c, trv_dma_map(c->dev, buf, LEN + 4, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	(void)conf_map(c, buf, LEN, TRV_DMA_TO_DEVICE);
}

static void conf_dma_map_align(struct conf *c)
{
	struct trv_dma_map map;
	u8 *buf;

	limits(c, (struct trv_dma_limits){ .align = 8 });
	conf_ok(c);
	buf = conf_buf(c, LEN);
	conf_ok(c);
	conf_eq(c, trv_dma_map(c->dev, buf + 4, 64, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	conf_eq(c, trv_dma_map(c->dev, buf, 60, TRV_DMA_TO_DEVICE, &map), -EFBIG);
	(void)conf_map(c, buf + 8, 64, TRV_DMA_TO_DEVICE);
}

/* Where a buffer lies cannot be known: either it fits between two boundaries, or -EFBIG. */
static void conf_dma_map_boundary(struct conf *c)
{
	struct trv_dma_map map;
	u8 *buf;

	limits(c, (struct trv_dma_limits){ .boundary = 0x1000 });
	conf_ok(c);
	buf = conf_buf(c, 0x4000);
	conf_ok(c);
	for (u32 at = 0; at < 0x2000; at += 0x200) {
		int rc = trv_dma_map(c->dev, buf + at, 0xc00, TRV_DMA_TO_DEVICE, &map);

		conf_check(c, rc == 0 || rc == -EFBIG);
		if (rc)
			continue;
		conf_note(c, !crosses(map.iova, map.len, 0x1000));
		trv_dma_unmap(c->dev, &map);
		conf_ok(c);
	}
	conf_eq(c, trv_dma_map(c->dev, buf, 0x1200, TRV_DMA_TO_DEVICE, &map), -EFBIG);
}

static void conf_dma_unmap_visible(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	for (u32 seed = 2; seed < 5; seed++) {
		edu_gets(c, LEN, seed);
		conf_ok(c);
		map = conf_map(c, buf, LEN, TRV_DMA_FROM_DEVICE);
		conf_ok(c);
		conf_from_edu(c, map->iova, LEN);
		conf_ok(c);
		conf_unmap(c);
		conf_check(c, conf_filled(buf, LEN, seed));
	}
}

static void conf_dma_unmap_back(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);

	conf_check(c, buf);
	for (u32 i = 0; i < 100; i++) {
		(void)conf_map(c, buf, LEN, TRV_DMA_FROM_DEVICE);
		conf_ok(c);
		conf_unmap(c);
		conf_fill(buf, LEN, i);
	}
	conf_check(c, conf_filled(buf, LEN, 99));
}

/* ---- sync ---------------------------------------------------------------- */

static void conf_dma_sync_for_cpu(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	map = conf_map(c, buf, LEN, TRV_DMA_FROM_DEVICE);
	conf_ok(c);
	for (u32 seed = 2; seed < 5; seed++) {
		edu_gets(c, LEN, seed);
		conf_ok(c);
		conf_from_edu(c, map->iova, LEN);
		conf_ok(c);
		trv_dma_sync_for_cpu(c->dev, map, 0, LEN);
		conf_check(c, conf_filled(buf, LEN, seed));
		trv_dma_sync_for_device(c->dev, map, 0, LEN);
	}
}

static void conf_dma_sync_for_device(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	map = conf_map(c, buf, LEN, TRV_DMA_TO_DEVICE);
	conf_ok(c);
	for (u32 seed = 2; seed < 5; seed++) {
		trv_dma_sync_for_cpu(c->dev, map, 0, LEN);
		conf_fill(buf, LEN, seed);
		trv_dma_sync_for_device(c->dev, map, 0, LEN);
		conf_to_edu(c, map->iova, LEN);
		conf_ok(c);
		conf_check(c, edu_holds(c, LEN, seed));
	}
}

#define PART 128

static void conf_dma_sync_range(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	map = conf_map(c, buf, LEN, TRV_DMA_BIDIRECTIONAL);
	conf_ok(c);
	for (u32 at = PART; at < LEN; at += PART) {
		edu_gets(c, PART, at);
		conf_ok(c);
		conf_from_edu(c, map->iova + at, PART);
		conf_ok(c);
		trv_dma_sync_for_cpu(c->dev, map, at, PART);
		conf_check(c, conf_filled(buf + at, PART, at));
		conf_fill(buf + at, PART, at + 1);
		trv_dma_sync_for_device(c->dev, map, at, PART);
		conf_to_edu(c, map->iova + at, PART);
		conf_ok(c);
		conf_check(c, edu_holds(c, PART, at + 1));
	}
}

static void conf_dma_sync_stays(struct conf *c)
{
	u8 *buf = filled_buf(c, LEN, 1);
	struct trv_dma_map *map;

	conf_check(c, buf);
	map = conf_map(c, buf, LEN, TRV_DMA_BIDIRECTIONAL);
	conf_ok(c);
	trv_dma_sync_for_cpu(c->dev, map, 0, LEN);
	trv_dma_sync_for_device(c->dev, map, 0, LEN);
	conf_to_edu(c, map->iova, LEN);
	conf_ok(c);
	conf_check(c, edu_holds(c, LEN, 1));
	edu_gets(c, LEN, 2);
	conf_ok(c);
	conf_from_edu(c, map->iova, LEN);
	conf_ok(c);
	conf_unmap(c);
	conf_check(c, conf_filled(buf, LEN, 2));
}

CONF_GROUP(dma, CONF_DMA_CLAUSES);
