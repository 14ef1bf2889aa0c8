// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: DMA. What lies in the pool is mapped where it is, when it meets the
 * limits; everything else is copied through the pool, as a kernel does for a
 * device that cannot reach all of memory.
 */
#include <errno.h>
#include <string.h>

#include <os/linux-user/record.h>

/* What the device wrote valgrind has not seen, and takes for undefined. */
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define VALGRIND_MAKE_MEM_DEFINED(p, n) ((void)(p), (void)(n))
#endif

static bool power_of_two(u64 v)
{
	return v && !(v & (v - 1));
}

int trv_dma_limits(struct trv_dev *dev, const struct trv_dma_limits *lim)
{
	const struct user_pool *pool = &dev->host->pool;

	user_may_sleep(dev, "dma_limits");
	if (!lim->mask || lim->mask & (lim->mask + 1))
		return -EINVAL;
	if ((lim->align && !power_of_two(lim->align)) ||
	    (lim->boundary && !power_of_two(lim->boundary)))
		return -EINVAL;
	/* A page at the least must lie below it. */
	if (lim->mask < pool->iova + 4095)
		return -EFBIG;
	dev->lim = *lim;
	return 0;
}

static void *take(struct trv_dev *dev, size_t size, size_t align)
{
	void *p = user_pool_alloc(&dev->host->pool, size, align, &dev->lim);

	if (p)
		__atomic_fetch_add(&dev->dma_blocks, 1, __ATOMIC_RELAXED);
	return p;
}

static void give(struct trv_dev *dev, void *p, size_t size)
{
	user_pool_free(&dev->host->pool, p, size);
	__atomic_fetch_sub(&dev->dma_blocks, 1, __ATOMIC_RELAXED);
}

int trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem)
{
	user_may_sleep(dev, "dma_alloc");
	if (!size || !power_of_two(align))
		return -EINVAL;
	mem->cpu = take(dev, size, trv_max(align, (size_t)dev->lim.align));
	if (!mem->cpu)
		return -ENOMEM;
	memset(mem->cpu, 0, size);
	mem->iova = user_pool_iova(&dev->host->pool, mem->cpu);
	mem->size = size;
	mem->leg = NULL;
	user_probe(dma_alloc, dev, mem->iova, size);
	user_record(dev, TRV_FACT_DMA_ALLOC, .iova = mem->iova, .len = (u32)size);
	return 0;
}

void trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem)
{
	user_may_sleep(dev, "dma_free");
	if (!mem->cpu) {
		user_misuse(dev, "trv_dma_free() of memory that is not allocated");
		return;
	}
	user_probe(dma_free, dev, mem->iova, mem->size);
	user_record(dev, TRV_FACT_DMA_FREE, .iova = mem->iova, .len = (u32)mem->size);
	give(dev, mem->cpu, mem->size);
	mem->cpu = NULL;
}

void *trv_user_dma_buf(struct trv_dev *dev, size_t size)
{
	static const struct trv_dma_limits any = { .mask = ~0ULL };

	return user_pool_alloc(&dev->host->pool, size, 4096, &any);
}

void trv_user_dma_buf_free(struct trv_dev *dev, void *buf, size_t size)
{
	if (buf)
		user_pool_free(&dev->host->pool, buf, size);
}

/* ---- streaming ----------------------------------------------------------- */

static bool crosses(const struct trv_dma_limits *lim, u64 addr, u64 len)
{
	return lim->boundary && (addr ^ (addr + len - 1)) & ~((u64)lim->boundary - 1);
}

static bool aligned(const struct trv_dma_limits *lim, const void *buf, u32 len)
{
	return !lim->align || !(((uintptr_t)buf | len) & (lim->align - 1));
}

/* @buf as one run of addresses below the mask: in place, or a copy in the pool. */
static int map_run(struct trv_dev *dev, void *buf, u32 len, bool whole, enum trv_dma_dir dir,
		   struct trv_dma_map *map)
{
	const struct user_pool *pool = &dev->host->pool;

	if (!len || !buf)
		return -EINVAL;
	if (!aligned(&dev->lim, buf, len))
		return -EFBIG;
	map->len = len;
	map->dir = dir;
	map->buf = buf;
	map->leg = NULL;
	if (user_pool_has(pool, buf, len)) {
		map->iova = user_pool_iova(pool, buf);
		if (map->iova + len - 1 <= dev->lim.mask &&
		    !(whole && crosses(&dev->lim, map->iova, len)))
			return 0;
	}
	map->leg = take(dev, len, dev->lim.align);
	if (!map->leg)
		return -ENOMEM;
	map->iova = user_pool_iova(pool, map->leg);
	/* For data from the device, too: what it does not write stays as it was. */
	memcpy(map->leg, buf, len);
	return 0;
}

int trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		struct trv_dma_map *map)
{
	const struct trv_dma_limits *lim = &dev->lim;
	int rc;

	if ((lim->max_seg && len > lim->max_seg) || (lim->boundary && len > lim->boundary))
		return -EFBIG;
	rc = map_run(dev, buf, len, true, dir, map);
	if (!rc)
		user_saw_map(dev, TRV_FACT_DMA_MAP, map, map->leg, 0, len);
	return rc;
}

void trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	if (!map->len) {
		user_misuse(dev, "a DMA mapping is unmapped twice");
		return;
	}
	if (map->dir & TRV_DMA_FROM_DEVICE)
		VALGRIND_MAKE_MEM_DEFINED(map->leg ?: map->buf, map->len);
	user_saw_map(dev, TRV_FACT_DMA_UNMAP, map, map->leg, 0, map->len);
	if (map->leg) {
		if (map->dir & TRV_DMA_FROM_DEVICE)
			memcpy(map->buf, map->leg, map->len);
		give(dev, map->leg, map->len);
		map->leg = NULL;
	}
	map->len = 0;
}

void trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
		       bool to_device)
{
	u8 *cpu = map->buf, *bounce = map->leg;

	if (off > map->len || len > map->len - off) {
		user_misuse(dev, "a DMA sync of %u bytes at %u leaves a mapping of %u", len, off,
			    map->len);
		return;
	}
	if (!to_device && map->dir & TRV_DMA_FROM_DEVICE)
		VALGRIND_MAKE_MEM_DEFINED((bounce ?: cpu) + off, len);
	if (bounce && to_device)
		memcpy(bounce + off, cpu + off, len);
	else if (bounce && map->dir & TRV_DMA_FROM_DEVICE)
		memcpy(cpu + off, bounce + off, len);
	user_saw_map(dev, to_device ? TRV_FACT_DMA_SYNC_DEVICE : TRV_FACT_DMA_SYNC_CPU, map, bounce,
		     off, len);
}

/* ---- several pieces ------------------------------------------------------ */

/* Cut one mapping to the limits; the number of segments so far, or -EFBIG. */
static int split(const struct trv_dma_limits *lim, const struct trv_dma_map *map,
		 struct trv_seg *segs, u32 n, u32 max)
{
	u64 addr = map->iova, left = map->len, len;
	u32 most = lim->max_seg;

	if (most && lim->align)
		most &= ~(lim->align - 1);
	while (left) {
		len = left;
		if (most)
			len = trv_min(len, (u64)most);
		if (lim->boundary)
			len = trv_min(len, lim->boundary - (addr & (lim->boundary - 1)));
		if (n == max)
			return -EFBIG;
		segs[n++] = (struct trv_seg){ addr, (u32)len };
		addr += len;
		left -= len;
	}
	return (int)n;
}

int trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n, enum trv_dma_dir dir,
		   struct trv_dma_map *maps, struct trv_seg *segs, u32 max)
{
	const struct trv_dma_limits *lim = &dev->lim;
	int rc = 0, segments = 0;
	u32 i;

	if (!n || (lim->max_seg && lim->align && lim->max_seg < lim->align))
		return -EINVAL;
	if (lim->max_segs)
		max = trv_min(max, lim->max_segs);
	for (i = 0; i < n; i++) {
		rc = map_run(dev, vec[i].buf, vec[i].len, false, dir, &maps[i]);
		if (rc)
			goto err_unmap;
		segments = split(lim, &maps[i], segs, (u32)segments, max);
		if (segments < 0) {
			rc = segments;
			i++;
			goto err_unmap;
		}
	}
	for (i = 0; i < n; i++)
		user_saw_map(dev, TRV_FACT_DMA_MAP, &maps[i], maps[i].leg, 0, maps[i].len);
	return segments;

err_unmap:
	/* The device has not seen them: there is nothing to copy back. */
	while (i-- > 0) {
		if (maps[i].leg)
			give(dev, maps[i].leg, maps[i].len);
		maps[i].len = 0;
	}
	return rc;
}

void trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n)
{
	while (n-- > 0)
		trv_user_dma_unmap(dev, &maps[n]);
}
