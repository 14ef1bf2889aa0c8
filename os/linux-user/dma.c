// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * os.h: DMA. What lies in the pool is mapped where it is, when it meets the
 * limits; everything else is copied through the pool, as a kernel does for a
 * device that cannot reach all of memory.
 */
#include <errno.h>
#include <string.h>

#include <core/dma_cut.h>
#include <os/linux-user/record.h>

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
	return user_pool_alloc(&dev->host->pool, size, align, &dev->lim);
}

static void give(struct trv_dev *dev, void *p, size_t size)
{
	user_pool_free(&dev->host->pool, p, size);
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
	mem->leg = user_dma_new(dev, &(struct user_dma){ .cpu = mem->cpu,
							 .iova = mem->iova,
							 .len = size,
							 .dir = TRV_DMA_BIDIRECTIONAL,
							 .owner = USER_DMA_CPU,
							 .by = __builtin_return_address(0) });
	if (!mem->leg) {
		give(dev, mem->cpu, size);
		mem->cpu = NULL;
		return -ENOMEM;
	}
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
	user_dma_drop(dev, mem->leg);
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

/* Where the device finds @len bytes at @buf: in place, or in a copy in the pool. */
static int find_room(struct trv_dev *dev, void *buf, u32 len, bool whole, struct user_dma *d)
{
	const struct user_pool *pool = &dev->host->pool;

	if (user_pool_has(pool, buf, len)) {
		d->iova = user_pool_iova(pool, buf);
		if (d->iova + len - 1 <= dev->lim.mask &&
		    !(whole && crosses(&dev->lim, d->iova, len)))
			return 0;
	}
	d->bounce = take(dev, len, dev->lim.align);
	if (!d->bounce)
		return -ENOMEM;
	d->iova = user_pool_iova(pool, d->bounce);
	return 0;
}

/* @buf as one run of addresses below the mask. */
static int map_run(struct trv_dev *dev, void *buf, u32 len, bool whole, enum trv_dma_dir dir,
		   const void *by, struct trv_dma_map *map)
{
	struct user_dma what = { .cpu = buf,
				 .len = len,
				 .cpu_len = len,
				 .streaming = true,
				 .dir = dir,
				 .owner = USER_DMA_CPU,
				 .by = by };
	int rc;

	if (!len || !buf)
		return -EINVAL;
	if (!aligned(&dev->lim, buf, len))
		return -EFBIG;
	rc = find_room(dev, buf, len, whole, &what);
	if (rc)
		return rc;
	*map = (struct trv_dma_map){ .iova = what.iova, .len = len, .dir = dir, .buf = buf };
	user_dma_about_to_map(dev, buf, len, dir);
	/* For data from the device, too: what it does not write stays as it was. */
	if (what.bounce)
		memcpy(what.bounce, buf, len);
	map->leg = user_dma_new(dev, &what);
	if (!map->leg) {
		if (what.bounce)
			give(dev, what.bounce, len);
		return -ENOMEM;
	}
	user_saw_map(dev, TRV_FACT_DMA_MAP, map, what.bounce, 0, len);
	user_dma_to_device(map->leg, 0, len);
	return 0;
}

int trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		struct trv_dma_map *map)
{
	const struct trv_dma_limits *lim = &dev->lim;

	if ((lim->max_seg && len > lim->max_seg) || (lim->boundary && len > lim->boundary))
		return -EFBIG;
	return map_run(dev, buf, len, true, dir, __builtin_return_address(0), map);
}

/* The mapping is over; @back: the device has used it. */
static void undo(struct trv_dev *dev, struct trv_dma_map *map, bool back)
{
	struct user_dma *d = map->leg;

	user_dma_to_cpu(d, 0, map->len);
	user_saw_map(dev, TRV_FACT_DMA_UNMAP, map, d->bounce, 0, map->len);
	if (d->bounce) {
		if (back && map->dir & TRV_DMA_FROM_DEVICE)
			memcpy(map->buf, d->bounce, map->len);
		give(dev, d->bounce, map->len);
	}
	user_dma_keep_others(dev, d, 0, map->len);
	user_dma_drop(dev, d);
	map->leg = NULL;
	map->len = 0;
}

void trv_user_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	if (!map->len)
		user_misuse(dev, "a DMA mapping is unmapped twice");
	else
		undo(dev, map, true);
}

void trv_user_dma_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
		       bool to_device)
{
	struct user_dma *d = map->leg;
	u8 *cpu = map->buf, *bounce;

	if (off > map->len || len > map->len - off) {
		user_misuse(dev, "a DMA sync of %u bytes at %u leaves a mapping of %u", len, off,
			    map->len);
		return;
	}
	bounce = d ? d->bounce : NULL;
	if (!d || !len)
		return;
	if (to_device) {
		if (bounce) {
			user_dma_to_cpu(d, off, len);
			memcpy(bounce + off, cpu + off, len);
		}
		user_saw_map(dev, TRV_FACT_DMA_SYNC_DEVICE, map, bounce, off, len);
		user_dma_to_device(d, off, len);
		return;
	}
	user_dma_to_cpu(d, off, len);
	if (bounce && map->dir & TRV_DMA_FROM_DEVICE)
		memcpy(cpu + off, bounce + off, len);
	user_saw_map(dev, TRV_FACT_DMA_SYNC_CPU, map, bounce, off, len);
	user_dma_keep_others(dev, d, off, len);
}

/* ---- several pieces ------------------------------------------------------ */

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
		rc = map_run(dev, vec[i].buf, vec[i].len, false, dir, __builtin_return_address(0),
			     &maps[i]);
		if (rc)
			goto err_unmap;
		segments = trv_dma_cut(lim, &maps[i], segs, (u32)segments, max);
		if (segments < 0) {
			rc = segments;
			i++;
			goto err_unmap;
		}
	}
	return segments;

err_unmap:
	/* The device has not seen them: there is nothing to copy back. */
	while (i-- > 0)
		undo(dev, &maps[i], false);
	return rc;
}

void trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n)
{
	while (n-- > 0)
		trv_user_dma_unmap(dev, &maps[n]);
}
