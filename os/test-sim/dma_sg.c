// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Streaming mappings of several pieces, split to the device's limits. */
#include <errno.h>

#include <os/test-sim/dma_impl.h>

/* Cut @map into segments from segs[n] on; the new count, or -EFBIG when they do not fit @max. */
static int split(const struct trv_dma_limits *lim, const struct trv_dma_map *map,
		 struct trv_seg *segs, u32 n, u32 max, const struct sim_site *site)
{
	u32 longest = lim->max_seg ? lim->max_seg & ~(trv_max(lim->align, 1u) - 1) : ~0u;
	trv_iova addr = map->iova;
	u32 left = map->len;

	while (left) {
		u32 len = trv_min(left, longest);

		if (lim->boundary && !SIM_SAB("sg-ignores-boundary"))
			len = trv_min((u64)len, lim->boundary - (addr & (lim->boundary - 1)));
		if (SIM_SAB("sg-ignores-max-seg"))
			len = left;
		if (n == max)
			return SIM_SAB("sg-ignores-max") ? (int)n : -EFBIG;
		sim_mem_write(&segs[n], sizeof(segs[n]), site);
		segs[n].addr = addr;
		segs[n].len = len;
		n++;
		addr += len;
		left -= len;
	}
	return (int)n;
}

int trv_dma_map_sg(struct trv_dev *dev, const struct trv_vec *vec, u32 n, enum trv_dma_dir dir,
		   struct trv_dma_map *maps, struct trv_seg *segs, u32 max)
{
	const struct sim_site *site = sim_here();
	const struct trv_dma_limits *lim = &sim_dma_state(dev)->lim;
	int n_segs = 0, rc = 0;
	u32 i;

	sim_enter("dma_map_sg", SIM_ANY, SIM_COST_CALL);
	if (lim->max_segs && !SIM_SAB("sg-ignores-max-segs"))
		max = trv_min(max, lim->max_segs);
	/* The ones never reached must not pass for mapped either. */
	for (i = 0; i < n; i++) {
		sim_mem_write(&maps[i], sizeof(maps[i]), site);
		sim_map_fail(&maps[i], dir);
	}
	if (!n)
		return -EINVAL;
	if (sim_choose(SIM_K_DMA_MAP, 2, site))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		u32 k = SIM_SAB("sg-order-wrong") ? n - 1 - i : i;

		sim_mem_read(&vec[k].buf, sizeof(vec[k].buf), site);
		sim_mem_read(&vec[k].len, sizeof(vec[k].len), site);
		rc = sim_stream_map(dev, vec[k].buf, vec[k].len, dir, true, &maps[k], site);
		if (rc)
			break;
		rc = split(lim, &maps[k], segs, n_segs, max, site);
		if (rc < 0) {
			i++;
			break;
		}
		n_segs = rc;
	}
	if (rc >= 0)
		return n_segs;

	if (SIM_SAB("sg-leaks-on-error"))
		return rc;
	while (i-- > 0) {
		sim_stream_unmap(dev, &maps[i], site);
		sim_map_fail(&maps[i], dir);
	}
	return rc;
}

void trv_dma_unmap_sg(struct trv_dev *dev, struct trv_dma_map *maps, u32 n)
{
	const struct sim_site *site = sim_here();

	sim_enter("dma_unmap_sg", SIM_ANY, SIM_COST_CALL);
	for (u32 i = 0; i < n; i++)
		sim_stream_unmap(dev, &maps[i], site);
}
