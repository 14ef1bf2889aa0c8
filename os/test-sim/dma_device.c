// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* DMA: the device's side. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>

/*
 * The device's loads and stores, the only two places that know where its view
 * of memory is. For coherent memory that is the CPU's memory as of now, or in
 * strict order a view of its own.
 */
static void fetch(const struct sim_map *m, u64 off, void *dst, u32 len)
{
	if (m->second)
		sim_coherent_fetch(m, off, dst, len);
	else
		memcpy(dst, m->view + off, len);
}

static void store(struct sim_map *m, u64 off, const void *src, u32 len)
{
	if (m->second)
		sim_coherent_store(m, off, src, len);
	else
		memcpy(m->view + off, src, len);
	sim_bytes_set(m->state + off, len, 0xff, SIM_M_INIT | SIM_M_TAINTED);
}

static _Noreturn void not_mapped(struct trv_dev *dev, trv_iova addr, u32 len, const char *verb)
{
	const struct sim_map *m = sim_map_at(dev->dma, addr);
	const struct sim_site *site = NULL;
	const char *what;

	if (m)
		sim_fail(SIM_DMA_STALE, m->site,
			 "%s %s %u bytes at 0x%llx, of which %llu are behind the end of %s",
			 dev->name, verb, len, (unsigned long long)addr,
			 (unsigned long long)(addr + len - m->iova - m->len), sim_map_describe(m));
	what = sim_iova_describe(dev, addr, &site);
	sim_fail(SIM_DMA_STALE, site, "%s %s %u bytes at 0x%llx, not mapped: %s", dev->name, verb,
		 len, (unsigned long long)addr, what);
}

/*
 * The mapping for an access, or NULL for -EIO. One mapping has to cover it
 * all: no two are adjacent.
 */
static struct sim_map *access(struct trv_dev *dev, trv_iova addr, u32 len, enum trv_dma_dir need,
			      const char *verb)
{
	struct sim_dma_state *s = sim_dma_state(dev);
	struct sim_map *m = sim_map_at(s, addr);
	bool master = dev->cfg[TRV_PCI_COMMAND] & TRV_PCI_CMD_MASTER;
	size_t at = 0;
	bool covered, allowed, known;

	if (dev->gone)
		return NULL;
	covered = m && addr + len - m->iova <= m->len && addr + len >= addr;
	allowed = covered && (m->dir & need);
	known = allowed && (need == TRV_DMA_FROM_DEVICE ||
			    sim_bytes_all(m->state + (addr - m->iova), len, SIM_M_INIT, 0, &at));
	if (sim_likely(master && known))
		return m;

	s->stats.faults++;
	if (dev->hostile)
		return NULL;
	if (!master)
		sim_fail(SIM_DMA_MASTER, NULL, "%s %s %u bytes at 0x%llx while bus master is off",
			 dev->name, verb, len, (unsigned long long)addr);
	if (!covered)
		not_mapped(dev, addr, len, verb);
	if (!allowed)
		sim_fail(SIM_DMA_DIR, m->site, "%s %s %u bytes of %s", dev->name, verb, len,
			 sim_map_describe(m));
	sim_fail(SIM_DMA_UNINIT, m->site, "%s %s bytes nobody wrote, the first at +0x%llx of %s",
		 dev->name, verb, (unsigned long long)(addr - m->iova + at), sim_map_describe(m));
}

int sim_dma_read(struct trv_dev *dev, trv_iova addr, void *dst, u32 len)
{
	struct sim_map *m;

	if (!len)
		return 0;
	m = access(dev, addr, len, TRV_DMA_TO_DEVICE, "read");
	if (!m)
		return -EIO;
	fetch(m, addr - m->iova, dst, len);
	dev->dma->stats.read_bytes += len;
	sim_trace(SIM_T_DMA_READ, dev, "dma read", addr, sim_digest(dst, len), len);
	return 0;
}

int sim_dma_write(struct trv_dev *dev, trv_iova addr, const void *src, u32 len)
{
	struct sim_map *m;

	if (!len)
		return 0;
	m = access(dev, addr, len, TRV_DMA_FROM_DEVICE, "wrote");
	if (!m)
		return -EIO;
	store(m, addr - m->iova, src, len);
	dev->dma->stats.written_bytes += len;
	sim_trace(SIM_T_DMA_WRITE, dev, "dma write", addr, sim_digest(src, len), len);
	return 0;
}
