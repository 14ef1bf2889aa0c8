// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* os.h: DMA, on the kernel's DMA API. Unmap and sync are inlined. */
#include <linux/dma-mapping.h>
#include <linux/log2.h>

#include <core/dma_cut.h>
#include <os/linux-kmod/kmod.h>
#include <os/linux-kmod/trace.h>

int trv_dma_limits(struct trv_dev *dev, const struct trv_dma_limits *lim)
{
	struct device *d = kmod_device(dev);

	might_sleep();
	if (!lim->mask || lim->mask & (lim->mask + 1))
		return -EINVAL;
	if ((lim->align && !is_power_of_2(lim->align)) ||
	    (lim->boundary && !is_power_of_2(lim->boundary)))
		return -EINVAL;
	if (dma_set_mask_and_coherent(d, lim->mask))
		return -EFBIG;
	dma_set_max_seg_size(d, lim->max_seg ?: UINT_MAX);
	dma_set_seg_boundary(d, lim->boundary ? lim->boundary - 1 : ULONG_MAX);
	dma_set_min_align_mask(d, 0);
	dev->limits = *lim;
	return 0;
}
EXPORT_SYMBOL_GPL(trv_dma_limits);

const struct trv_dma_limits *trv_dev_dma_limits(const struct trv_dev *dev)
{
	return &dev->limits;
}

/* ---- coherent ------------------------------------------------------------ */

int trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem)
{
	dma_addr_t iova;
	size_t room;

	might_sleep();
	if (!size || !is_power_of_2(align))
		return -EINVAL;
	/* Memory is aligned to its own size, rounded up: so it crosses no boundary, either. */
	room = max3(size, align, (size_t)dev->limits.align);
	if (room > SIZE_MAX / 2)
		return -ENOMEM;
	mem->cpu = dma_alloc_coherent(kmod_device(dev), room, &iova, GFP_KERNEL | __GFP_NOWARN);
	if (!mem->cpu)
		return -ENOMEM;
	mem->iova = iova;
	mem->size = size;
	mem->leg = (void *)room;
	trace_trivet_dma_alloc(trv_dev_name(dev), iova, size);
	if (!WARN_ON_ONCE(((unsigned long)mem->cpu | iova) & (align - 1)))
		return 0;
	trv_dma_free(dev, mem);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(trv_dma_alloc);

void trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem)
{
	trace_trivet_dma_free(trv_dev_name(dev), mem->iova, mem->size);
	dma_free_coherent(kmod_device(dev), (size_t)mem->leg, mem->cpu, mem->iova);
	mem->cpu = NULL;
}
EXPORT_SYMBOL_GPL(trv_dma_free);

/* ---- streaming ----------------------------------------------------------- */

static bool crosses(const struct trv_dma_limits *lim, u64 addr, u64 len)
{
	return lim->boundary && (addr ^ (addr + len - 1)) & ~((u64)lim->boundary - 1);
}

static int map_run(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		   struct trv_dma_map *map)
{
	const struct trv_dma_limits *lim = &dev->limits;

	if (!len || !buf)
		return -EINVAL;
	if (lim->align && ((unsigned long)buf | len) & (lim->align - 1))
		return -EFBIG;
	map->iova = dma_map_single(kmod_device(dev), buf, len, trv_kmod_dir(dir));
	if (dma_mapping_error(kmod_device(dev), map->iova))
		return -ENOMEM;
	map->len = len;
	map->dir = dir;
	map->buf = buf;
	return 0;
}

int trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		struct trv_dma_map *map)
{
	const struct trv_dma_limits *lim = &dev->limits;
	int rc;

	if ((lim->max_seg && len > lim->max_seg) || (lim->boundary && len > lim->boundary))
		return -EFBIG;
	rc = map_run(dev, buf, len, dir, map);
	if (rc)
		return rc;
	if (!crosses(lim, map->iova, len)) {
		trace_trivet_dma_map(trv_dev_name(dev), map->iova, len, dir);
		return 0;
	}
	dma_unmap_single_attrs(kmod_device(dev), map->iova, len, trv_kmod_dir(dir),
			       DMA_ATTR_SKIP_CPU_SYNC);
	return -EFBIG;
}
EXPORT_SYMBOL_GPL(trv_dma_map);

int trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n, enum trv_dma_dir dir,
		   struct trv_dma_map *maps, struct trv_seg *segs, u32 max)
{
	const struct trv_dma_limits *lim = &dev->limits;
	int rc = 0, segments = 0;
	u32 i;

	if (!n || (lim->max_seg && lim->align && lim->max_seg < lim->align))
		return -EINVAL;
	if (lim->max_segs)
		max = min(max, lim->max_segs);
	for (i = 0; i < n; i++) {
		rc = map_run(dev, vec[i].buf, vec[i].len, dir, &maps[i]);
		if (rc)
			goto err_unmap;
		segments = trv_dma_cut(lim, &maps[i], segs, (u32)segments, max);
		if (segments < 0) {
			rc = segments;
			i++;
			goto err_unmap;
		}
	}
	for (i = 0; i < n; i++)
		trace_trivet_dma_map(trv_dev_name(dev), maps[i].iova, maps[i].len, dir);
	return segments;

err_unmap:
	/* The device has not seen them: there is nothing to copy back. */
	while (i-- > 0)
		dma_unmap_single_attrs(kmod_device(dev), maps[i].iova, maps[i].len,
				       trv_kmod_dir(dir), DMA_ATTR_SKIP_CPU_SYNC);
	return rc;
}
EXPORT_SYMBOL_GPL(trv_dma_map_sg);

void trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n)
{
	while (n-- > 0)
		trv_dma_unmap(dev, &maps[n]);
}
EXPORT_SYMBOL_GPL(trv_dma_unmap_sg);
