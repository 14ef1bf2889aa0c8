// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Mappings: records, the per-device list in order of address, and their history. */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>

#define HISTORY 256
#define MIN_ORDER 9 /* views are a power of two, 512 bytes or more */
#define ORDERS 33
#define DEFAULT_MASK 0xffffffffULL

/* All of a world's lifetime: forgotten together with its memory. */
static struct {
	struct sim_map *spare;
	void *views[ORDERS]; /* free ones by size, chained through their first word */
	u32 n_history;
} pool;

/* What was unmapped last, to say more of a stale access than its address. */
static struct {
	const struct trv_dev *dev;
	trv_iova iova;
	u64 len;
	bool coherent;
	u8 *buf;
	const struct sim_site *mapped, *unmapped;
} history[HISTORY];

void sim_dma_reset(void)
{
	memset(&pool, 0, sizeof(pool));
	sim_coherent_reset();
}

struct sim_dma_state *sim_dma_state(struct trv_dev *dev)
{
	struct sim_dma_state *s = dev->dma;

	if (sim_likely(s))
		return s;
	s = sim_own(sizeof(*s));
	s->dev = dev;
	s->lim.mask = DEFAULT_MASK;
	s->cap = 32;
	s->live = sim_own(s->cap * sizeof(struct sim_map *));
	s->lcg = 0x7215e7;
	dev->dma = s;
	return s;
}

const struct sim_dma_stats *sim_dma_stats(const struct trv_dev *dev)
{
	static const struct sim_dma_stats none;

	return dev->dma ? &dev->dma->stats : &none;
}

u32 sim_dma_live(const struct trv_dev *dev)
{
	return dev->dma ? dev->dma->n : 0;
}

/* ---- records ------------------------------------------------------------- */

static u8 order_of(u64 len)
{
	u8 order = MIN_ORDER;

	while (1ULL << order < len)
		order++;
	return order;
}

struct sim_map *sim_map_new(struct trv_dev *dev, u64 len, bool coherent)
{
	struct sim_map *m = pool.spare;

	if (m)
		pool.spare = m->next;
	else
		m = sim_own_raw(sizeof(*m));
	*m = (struct sim_map){ .dev = dev, .len = len, .coherent = coherent };
	if (coherent)
		return m;
	/* Bytes and their state, one behind the other. */
	m->order = order_of(2 * len);
	m->view = pool.views[m->order];
	if (m->view)
		memcpy(&pool.views[m->order], m->view, sizeof(void *));
	else
		m->view = sim_own_raw(1ULL << m->order);
	m->state = m->view + len;
	return m;
}

/* The place of @addr among the live ones: the first that ends above it. */
static u32 place_of(const struct sim_dma_state *s, trv_iova addr)
{
	u32 lo = 0, hi = s->n;

	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (s->live[mid]->iova + s->live[mid]->len > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

struct sim_map *sim_map_at(const struct sim_dma_state *s, trv_iova addr)
{
	u32 i;

	if (!s)
		return NULL;
	i = place_of(s, addr);
	return i < s->n && s->live[i]->iova <= addr ? s->live[i] : NULL;
}

void sim_map_list(struct sim_dma_state *s, struct sim_map *m)
{
	u32 i = place_of(s, m->iova);

	if (s->n == s->cap) {
		struct sim_map **more = sim_own(2 * s->cap * sizeof(struct sim_map *));

		memcpy(more, s->live, s->n * sizeof(*more));
		s->live = more;
		s->cap *= 2;
	}
	memmove(&s->live[i + 1], &s->live[i], (s->n - i) * sizeof(*s->live));
	s->live[i] = m;
	s->n++;
}

void sim_map_drop(struct sim_dma_state *s, struct sim_map *m, const struct sim_site *site)
{
	u32 i = place_of(s, m->iova);
	u32 h = pool.n_history++ % HISTORY;

	memmove(&s->live[i], &s->live[i + 1], (s->n - i - 1) * sizeof(*s->live));
	s->n--;
	history[h].dev = m->dev;
	history[h].iova = m->iova;
	history[h].len = m->len;
	history[h].coherent = m->coherent;
	history[h].buf = m->buf;
	history[h].mapped = m->site;
	history[h].unmapped = site;
	if (!m->coherent) {
		u8 *view = m->state - m->len;

		memcpy(view, &pool.views[m->order], sizeof(void *));
		pool.views[m->order] = view;
	}
	m->next = pool.spare;
	pool.spare = m;
}

/* ---- without an IOMMU ---------------------------------------------------- */

/* Of unmapped addresses: the newest at @addr, or HISTORY. */
static u32 remembered(const struct trv_dev *dev, trv_iova addr)
{
	u32 kept = trv_min(pool.n_history, (u32)HISTORY);

	for (u32 k = 1; k <= kept; k++) {
		u32 h = (pool.n_history - k) % HISTORY;

		if (history[h].dev == dev && addr - history[h].iova < history[h].len)
			return h;
	}
	return HISTORY;
}

void *sim_dma_astray(const struct trv_dev *dev, trv_iova addr, u32 len)
{
	const struct sim_map *m = sim_map_at(dev->dma, addr);
	u32 h = remembered(dev, addr);
	u8 *p = (u8 *)(uintptr_t)addr;

	if (m)
		p = m->buf + (addr - m->iova);
	else if (h < HISTORY)
		p = history[h].buf + (addr - history[h].iova);
	return sim_block_find(p) && sim_mem_inside(p + len - 1) ? p : NULL;
}

/* ---- in words ------------------------------------------------------------ */

static const char *const dir_names[] = { "", " to the device", " from the device",
					 " in both directions" };

const char *sim_map_describe(const struct sim_map *m)
{
	static char ring[4][224];
	static u32 turn;
	char *buf = ring[turn++ % TRV_ARRAY_SIZE(ring)];

	snprintf(buf, sizeof(ring[0]), "%llu bytes %s%s at %s", (unsigned long long)m->len,
		 m->coherent ? "allocated" : "mapped", m->coherent ? "" : dir_names[m->dir],
		 sim_site_text(m->site));
	return buf;
}

const char *sim_iova_describe(struct trv_dev *dev, trv_iova addr, const struct sim_site **site,
			      const struct sim_site **mapped)
{
	static char buf[320];
	const struct sim_dma_state *s = dev->dma;
	u32 h = remembered(dev, addr);

	if (addr - SIM_IOVA_FAILED < 0x10000)
		return "the address in a mapping that failed";
	if (addr - SIM_IOVA_DEAD < 0x10000)
		return "the address in a mapping that was given back";
	if (sim_mem_inside((const void *)(uintptr_t)addr))
		return "a CPU address; a device needs that of its mapping";
	if (h < HISTORY) {
		*site = history[h].unmapped;
		*mapped = history[h].mapped;
		snprintf(buf, sizeof(buf), "+0x%llx of %llu bytes, %s at %s, %s at %s",
			 (unsigned long long)(addr - history[h].iova),
			 (unsigned long long)history[h].len,
			 history[h].coherent ? "allocated" : "mapped",
			 sim_site_text(history[h].mapped),
			 history[h].coherent ? "freed" : "unmapped",
			 sim_site_text(history[h].unmapped));
		return buf;
	}
	if (s && s->n) {
		u32 i = place_of(s, addr);
		const struct sim_map *m = s->live[i < s->n ? i : s->n - 1];
		bool before = addr < m->iova;
		u64 gap = before ? m->iova - addr : addr - (m->iova + m->len);

		if (before && i && addr - (s->live[i - 1]->iova + s->live[i - 1]->len) < gap) {
			m = s->live[i - 1];
			before = false;
			gap = addr - (m->iova + m->len);
		}
		if (gap < 2 * SIM_DMA_PAGE) {
			*site = m->site;
			snprintf(buf, sizeof(buf), "%llu bytes %s %s", (unsigned long long)gap,
				 before ? "before" : "behind the end of", sim_map_describe(m));
			return buf;
		}
	}
	return "nothing was ever mapped there";
}

const char *sim_dma_describe(const void *p, size_t n)
{
	const struct sim_block *b = sim_block_find(p);

	for (const struct sim_map *m = b ? b->maps : NULL; m; m = m->next) {
		if ((const u8 *)p < m->buf + m->len && m->buf < (const u8 *)p + n)
			return sim_map_describe(m);
	}
	return sim_mem_describe(p, n);
}

void sim_dma_leftovers(struct trv_dev *dev)
{
	struct sim_dma_state *s = dev->dma;
	u32 coherent = 0;

	if (!s)
		return;
	for (u32 i = 0; i < s->n; i++)
		coherent += s->live[i]->coherent;
	if (s->n) {
		sim_about(SIM_ABOUT_LEFT, dev, 0, 0);
		sim_complain(SIM_DMA_LEAK, s->live[0]->site,
			     "%s: %u DMA allocation%s and %u mapping%s left; one: %s", dev->name,
			     coherent, coherent == 1 ? "" : "s", s->n - coherent,
			     s->n - coherent == 1 ? "" : "s", sim_map_describe(s->live[0]));
	}
	/* The next driver of this device states its own. */
	s->lim = (struct trv_dma_limits){ .mask = DEFAULT_MASK };
	s->used = false;
}
