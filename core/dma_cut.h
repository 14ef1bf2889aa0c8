/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One mapping, in the segments a device can take: of the legs that keep no account of each. */
#ifndef TRIVET_CORE_DMA_CUT_H
#define TRIVET_CORE_DMA_CUT_H

#include <trivet/os.h>

/** trv_dma_cut() - @map into segs[n] and on, at most @max; the new count, or -EFBIG */
static inline int trv_dma_cut(const struct trv_dma_limits *lim, const struct trv_dma_map *map,
			      struct trv_seg *segs, u32 n, u32 max)
{
	u64 addr = map->iova, left = map->len, len;
	u32 most = lim->max_seg;

	if (most && lim->align)
		most &= ~(lim->align - 1);
	while (left) {
		len = most ? trv_min(left, (u64)most) : left;
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

#endif /* TRIVET_CORE_DMA_CUT_H */
