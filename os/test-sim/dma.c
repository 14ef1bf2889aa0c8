// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Limits, and streaming mappings: the driver's side. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>

/* No platform has memory for a device that reaches less. */
#define SMALLEST_MASK 0xfffffULL

static bool power_of_two(u64 v)
{
	return v && !(v & (v - 1));
}

int trv_dma_limits(struct trv_dev *dev, const struct trv_dma_limits *lim)
{
	const struct sim_site *site = sim_here();
	struct sim_dma_state *s = sim_dma_state(dev);

	sim_enter("dma_limits", SIM_SLEEPS, SIM_COST_CALL);
	sim_mem_read(lim, sizeof(*lim), site);
	if (s->used)
		sim_fail(SIM_API, site, "DMA limits stated after the first DMA call");
	if (!SIM_SAB("limits-unchecked")) {
		if (!lim->mask || lim->mask & (lim->mask + 1))
			return -EINVAL;
		if ((lim->align && !power_of_two(lim->align)) ||
		    (lim->boundary && !power_of_two(lim->boundary)))
			return -EINVAL;
		/* No segment could satisfy both. */
		if ((lim->boundary && lim->boundary < lim->align) ||
		    (lim->max_seg && lim->max_seg < lim->align))
			return -EINVAL;
		if (lim->mask < SMALLEST_MASK && !SIM_SAB("limits-tiny-ok"))
			return -EFBIG;
	}
	s->lim = *lim;
	return 0;
}

/* ---- what may be mapped -------------------------------------------------- */

static struct sim_block *check_source(void *buf, u32 len, const struct sim_site *site)
{
	struct sim_block *b = sim_block_find(buf);

	if (!b)
		sim_fail(SIM_DMA_SRC, site, "mapping of %u bytes that are not from trv_alloc(): %s",
			 len, sim_mem_describe(buf, len));
	if (b->kind == SIM_B_FREED)
		sim_complain(SIM_DMA_SRC, site, "mapping of freed memory: %s",
			     sim_mem_describe(buf, len));
	if (b->kind == SIM_B_COHERENT)
		sim_complain(SIM_DMA_SRC, site, "mapping of memory that is for DMA already: %s",
			     sim_mem_describe(buf, len));
	if ((u8 *)buf < (u8 *)sim_block_ptr(b) ||
	    (u8 *)buf + len > (u8 *)sim_block_ptr(b) + b->size)
		sim_complain(SIM_DMA_SRC, site, "mapping leaves its allocation: %s",
			     sim_mem_describe(buf, len));
	return b;
}

/*
 * Bytes may be read by the device through several mappings; once it writes
 * them they belong to one.
 */
static void check_overlap(const struct sim_block *b, const u8 *buf, u32 len, enum trv_dma_dir dir,
			  const struct sim_site *site)
{
	for (const struct sim_map *m = b->maps; m; m = m->next) {
		if (buf >= m->buf + m->len || m->buf >= buf + len)
			continue;
		if (!((dir | m->dir) & TRV_DMA_FROM_DEVICE))
			continue;
		sim_because(m->site, SIM_SOMETIME, "mapped before, and not unmapped since");
		sim_complain(SIM_DMA_OVERLAP, site, "%u bytes mapped again while mapped: %s", len,
			     sim_map_describe(m));
	}
}

/* Bytes of live memory, not of this mapping, in the pages that the IOMMU opens to the device. */
static bool shares_page(const u8 *buf, u32 len)
{
	const u8 *first = (const u8 *)((uintptr_t)buf & ~(SIM_DMA_PAGE - 1));
	const u8 *end = (const u8 *)TRV_ALIGN_UP((uintptr_t)buf + len, SIM_DMA_PAGE);
	size_t at;

	return !sim_bytes_all(sim_shadow(first), buf - first, 0, SIM_M_LIVE, &at) ||
	       !sim_bytes_all(sim_shadow(buf + len), end - (buf + len), 0, SIM_M_LIVE, &at);
}

/* ---- copies -------------------------------------------------------------- */

/* The device owns the range; it sees the CPU's bytes if @copy. */
static void give(struct sim_map *m, u32 off, u32 len, bool copy)
{
	u8 *shadow = sim_shadow(m->buf + off);

	if (copy) {
		if (m->view != m->buf)
			memcpy(m->view + off, m->buf + off, len);
		sim_bytes_copy(m->state + off, shadow, len, SIM_M_INIT, 0);
	}
	sim_bytes_set(shadow, len, 0xff, SIM_M_DEVICE);
}

/*
 * The CPU owns the range; it sees the device's bytes if @copy, over whatever
 * it wrote there itself without giving it back: so does a bounce buffer.
 */
static void take(struct sim_map *m, u32 off, u32 len, bool copy)
{
	u8 *shadow = sim_shadow(m->buf + off);
	u8 *state = m->state + off;

	if (copy) {
		if (m->view != m->buf)
			memcpy(m->buf + off, m->view + off, len);
		sim_bytes_copy(shadow, state, len, 0xff, SIM_M_LIVE);
		sim_bytes_set(state, len, SIM_M_INIT, 0);
	} else {
		sim_bytes_set(shadow, len, (u8)~SIM_M_DEVICE, 0);
	}
	/* Still the device's where another mapping has it. */
	for (const struct sim_map *o = m->block->maps; o; o = o->next) {
		u8 *from = trv_max(o->buf, m->buf + off);
		u8 *to = trv_min(o->buf + o->len, m->buf + off + len);

		if (o != m && from < to)
			sim_bytes_set(sim_shadow(from), (size_t)(to - from), 0xff, SIM_M_DEVICE);
	}
}

/* ---- map and unmap ------------------------------------------------------- */

void sim_map_fail(struct trv_dma_map *map, enum trv_dma_dir dir)
{
	*map = (struct trv_dma_map){ .iova = SIM_IOVA_FAILED, .dir = dir };
}

static bool meets_limits(const struct trv_dma_limits *lim, const void *buf, u32 len, bool split)
{
	if (lim->align && !SIM_SAB("align-ignored") && (((uintptr_t)buf | len) & (lim->align - 1)))
		return false;
	return split || !lim->max_seg || len <= lim->max_seg || SIM_SAB("max-seg-ignored");
}

int sim_stream_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir, bool split,
		   struct trv_dma_map *map, const struct sim_site *site)
{
	struct sim_dma_state *s = sim_dma_state(dev);
	u64 boundary = split || SIM_SAB("boundary-ignored") ? 0 : s->lim.boundary;
	struct sim_block *b;
	struct sim_map *m;
	trv_iova addr;
	int rc;

	s->used = true;
	sim_mem_write(map, sizeof(*map), site);
	sim_map_fail(map, dir);
	if (dir < TRV_DMA_TO_DEVICE || dir > TRV_DMA_BIDIRECTIONAL)
		sim_fail(SIM_API, site, "mapping with direction %d", dir);
	if (!len && !SIM_SAB("map-zero-ok"))
		return -EINVAL;
	b = check_source(buf, len, site);
	check_overlap(b, buf, len, dir, site);
	if (!meets_limits(&s->lim, buf, len, split))
		return -EFBIG;
	rc = sim_iova_alloc(s, trv_max(len, 1u), (uintptr_t)buf & (SIM_DMA_PAGE - 1), s->lim.align,
			    boundary, &addr);
	if (rc)
		return rc;

	m = sim_map_new(dev, len, false);
	m->iova = addr;
	m->buf = buf;
	m->dir = dir;
	m->block = b;
	m->user = map;
	m->site = site;
	m->next = b->maps;
	b->maps = m;
	sim_map_list(s, m);
	/* A machine that is coherent forgives what one with bounce buffers does not. */
	if (!sim_checked(SIM_DMA_OWNER))
		m->view = m->buf;
	/* As with bounce buffers: what the device does not write stays. */
	give(m, 0, len, true);
	if (SIM_SAB("map-copies-nothing"))
		memset(m->view, 0, len);
	s->stats.maps++;
	s->stats.shared_pages += shares_page(buf, len);
	*map = (struct trv_dma_map){ .iova = addr, .len = len, .dir = dir, .buf = buf, .leg = m };
	sim_trace(SIM_T_MAP, dev, "map", addr, len, dir);
	sim_trace_aux((u64)(uintptr_t)buf);
	return 0;
}

int trv_dma_map(struct trv_dev *dev, void *buf, u32 len, enum trv_dma_dir dir,
		struct trv_dma_map *map)
{
	const struct sim_site *site = sim_here();

	sim_enter("dma_map", SIM_ANY, SIM_COST_CALL);
	if (len && sim_choose(SIM_K_DMA_MAP, 2, site)) {
		sim_mem_write(map, sizeof(*map), site);
		sim_map_fail(map, dir);
		return -ENOMEM;
	}
	return sim_stream_map(dev, buf, len, dir, false, map, site);
}

/* The record behind @map, which must say exactly what trv_dma_map() wrote; NULL: there is none. */
static struct sim_map *check_map(struct trv_dev *dev, const struct trv_dma_map *map,
				 const char *what, const struct sim_site *site)
{
	const struct sim_site *ignored;
	struct sim_map *m;

	sim_mem_read(map, sizeof(*map), site);
	sim_dma_state(dev)->used = true;
	m = sim_map_at(dev->dma, map->iova);
	if (m && (m->user != map || m->len != map->len || m->dir != map->dir))
		sim_because(m->site, SIM_SOMETIME, "mapped");
	if (map->iova == SIM_IOVA_FAILED)
		sim_complain(SIM_DMA_UNMAP, site, "%s of a mapping that failed", what);
	else if (map->iova == SIM_IOVA_DEAD)
		sim_complain(SIM_DMA_UNMAP, site, "%s of a mapping that was unmapped before", what);
	else if (!m || m->iova != map->iova || m->coherent)
		sim_complain(SIM_DMA_UNMAP, site, "%s of 0x%llx, which is no mapping of %s: %s",
			     what, (unsigned long long)map->iova, dev->name,
			     sim_iova_describe(dev, map->iova, &ignored, &ignored));
	if (!m || m->iova != map->iova || m->coherent)
		return NULL;
	if (m->user != map)
		sim_complain(SIM_DMA_UNMAP, site, "%s through another struct trv_dma_map than: %s",
			     what, sim_map_describe(m));
	if (m->len != map->len || m->dir != map->dir || m->buf != map->buf || m != map->leg)
		sim_complain(SIM_DMA_UNMAP, site,
			     "%s with length %u, direction %d, changed since: %s", what, map->len,
			     map->dir, sim_map_describe(m));
	return m;
}

void sim_stream_unmap(struct trv_dev *dev, struct trv_dma_map *map, const struct sim_site *site)
{
	struct sim_map *m = check_map(dev, map, "unmap", site);
	struct sim_map **link;

	if (!m)
		return;
	take(m, 0, m->len, m->dir & TRV_DMA_FROM_DEVICE && !SIM_SAB("unmap-copies-nothing"));
	link = &m->block->maps;
	while (*link != m)
		link = &(*link)->next;
	*link = m->next;
	sim_trace(SIM_T_UNMAP, dev, "unmap", m->iova, m->len, m->dir);
	dev->dma->stats.unmaps++;
	if (SIM_SAB("unmap-leaves-mapped"))
		return;
	sim_map_drop(dev->dma, m, site);
	map->iova = SIM_IOVA_DEAD;
	map->leg = NULL;
}

void trv_dma_unmap(struct trv_dev *dev, struct trv_dma_map *map)
{
	const struct sim_site *site = sim_here();

	sim_enter("dma_unmap", SIM_ANY, SIM_COST_CALL);
	sim_stream_unmap(dev, map, site);
}

/* ---- sync ---------------------------------------------------------------- */

static struct sim_map *check_sync(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len,
				  const char *what, const struct sim_site *site)
{
	struct sim_map *m = check_map(dev, map, what, site);

	if (!m || (u64)off + len <= m->len)
		return m;
	sim_complain(SIM_DMA_UNMAP, site, "%s of %u bytes at +0x%x leaves: %s", what, len, off,
		     sim_map_describe(m));
	return NULL;
}

void trv_dma_sync_for_cpu(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	const struct sim_site *site = sim_here();
	struct sim_map *m;

	sim_enter("dma_sync_for_cpu", SIM_ANY, SIM_COST_CALL);
	m = check_sync(dev, map, off, len, "sync_for_cpu", site);
	if (!m)
		return;
	if (SIM_SAB("sync-cpu-wrong-place"))
		off = 0;
	take(m, off, len, m->dir & TRV_DMA_FROM_DEVICE && !SIM_SAB("sync-cpu-copies-nothing"));
	sim_trace_note(SIM_T_SYNC, dev, "for the CPU", m->iova, (u64)off << 32 | len, 0);
}

void trv_dma_sync_for_device(struct trv_dev *dev, struct trv_dma_map *map, u32 off, u32 len)
{
	const struct sim_site *site = sim_here();
	struct sim_map *m;

	sim_enter("dma_sync_for_device", SIM_ANY, SIM_COST_CALL);
	m = check_sync(dev, map, off, len, "sync_for_device", site);
	if (!m)
		return;
	if (SIM_SAB("sync-device-wrong-place"))
		off = 0;
	if (SIM_SAB("sync-unmaps")) {
		sim_stream_unmap(dev, map, site);
		return;
	}
	give(m, off, len, m->dir & TRV_DMA_TO_DEVICE && !SIM_SAB("sync-device-copies-nothing"));
	sim_trace_note(SIM_T_SYNC, dev, "for the device", m->iova, (u64)off << 32 | len, 0);
}
