// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* DMA: the device's side. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>
#include <os/test-sim/pci.h>
#include <os/test-sim/watch.h>

enum { STATUS_MAX = 64 }; /* bytes at once that are no bulk data */

/*
 * The device's loads and stores, the only two places that know where its view
 * of memory is.
 */
static void fetch(const struct sim_map *m, u64 off, void *dst, u32 len)
{
	if (m->coherent)
		sim_coherent_fetch(m, off, dst, len);
	else
		memcpy(dst, m->view + off, len);
}

static void store(struct sim_map *m, u64 off, const void *src, u32 len)
{
	if (m->coherent)
		sim_coherent_store(m, off, src, len);
	else
		memcpy(m->view + off, src, len);
	sim_bytes_set(m->state + off, len, 0xff, SIM_M_INIT | SIM_M_TAINTED);
	if (sim_watching)
		sim_watch_wrote(m->buf + off, len, NULL);
}

static void not_mapped(struct trv_dev *dev, trv_iova addr, u32 len, const char *verb)
{
	const struct sim_map *m = sim_map_at(dev->dma, addr);
	const struct sim_site *site = NULL, *mapped = NULL;
	const char *what;

	sim_about(SIM_ABOUT_IOVA, dev, addr, len);
	if (m) {
		sim_complain(SIM_DMA_STALE, m->site,
			     "%s %s %u bytes at 0x%llx, of which %llu are behind the end of %s",
			     dev->name, verb, len, (unsigned long long)addr,
			     (unsigned long long)(addr + len - m->iova - m->len),
			     sim_map_describe(m));
		return;
	}
	what = sim_iova_describe(dev, addr, &site, &mapped);
	sim_because(mapped, SIM_SOMETIME, "mapped");
	sim_complain(SIM_DMA_STALE, site, "%s %s %u bytes at 0x%llx, not mapped: %s", dev->name,
		     verb, len, (unsigned long long)addr, what);
}

/*
 * May the device access that? *@m is the mapping: one has to cover it all, no
 * two are adjacent. Without one and allowed all the same, nobody checks.
 */
static bool access(struct trv_dev *dev, trv_iova addr, u32 len, enum trv_dma_dir need,
		   const char *verb, struct sim_map **m)
{
	struct sim_dma_state *s = sim_dma_state(dev);
	bool master = dev->cfg[TRV_PCI_COMMAND] & TRV_PCI_CMD_MASTER;
	struct sim_map *at = *m = sim_map_at(s, addr);
	bool covered, allowed, known;
	size_t bad = 0;

	if (dev->gone)
		return false;
	covered = at && addr + len - at->iova <= at->len && addr + len >= addr;
	allowed = covered && (at->dir & need);
	known = allowed && (need == TRV_DMA_FROM_DEVICE ||
			    sim_bytes_all(at->state + (addr - at->iova), len, SIM_M_INIT, 0, &bad));
	if (sim_likely(master && known))
		return true;

	s->stats.faults++;
	if (dev->hostile)
		return false;
	if (covered)
		sim_about(SIM_ABOUT_IOVA, dev, addr, len);
	if (!master) {
		sim_about(SIM_ABOUT_DEVICE, dev, 0, 0);
		sim_complain(SIM_DMA_MASTER, NULL,
			     "%s %s %u bytes at 0x%llx while bus master is off", dev->name, verb,
			     len, (unsigned long long)addr);
		return false;
	}
	if (!covered) {
		not_mapped(dev, addr, len, verb);
		*m = NULL;
	} else if (!allowed) {
		sim_complain(SIM_DMA_DIR, at->site, "%s %s %u bytes of %s", dev->name, verb, len,
			     sim_map_describe(at));
	} else {
		sim_complain(SIM_DMA_UNINIT, at->site,
			     "%s %s bytes nobody wrote, the first at +0x%llx of %s", dev->name,
			     verb, (unsigned long long)(addr - at->iova + bad),
			     sim_map_describe(at));
	}
	return true;
}

/* Little-endian, as descriptors are: a report may find an address in it. */
static u64 first_word(const u8 *p, u32 len)
{
	u64 word = 0;

	for (u32 i = trv_min(len, 8u); i-- > 0;)
		word = word << 8 | p[i];
	return word;
}

int sim_dma_read(struct trv_dev *dev, trv_iova addr, void *dst, u32 len)
{
	const void *astray;
	struct sim_map *m;

	if (!len)
		return 0;
	if (!access(dev, addr, len, TRV_DMA_TO_DEVICE, "read", &m))
		return -EIO;
	astray = m ? NULL : sim_dma_astray(dev, addr, len);
	if (m)
		fetch(m, addr - m->iova, dst, len);
	else if (astray)
		memcpy(dst, astray, len);
	else
		memset(dst, 0xff, len); /* no memory there */
	dev->dma->stats.read_bytes += len;
	sim_trace(SIM_T_DMA_READ, dev, "dma read", addr, sim_digest(dst, len), len);
	sim_trace_aux(first_word(dst, len));
	return 0;
}

int sim_dma_write(struct trv_dev *dev, trv_iova addr, const void *src, u32 len)
{
	u8 told[STATUS_MAX];
	struct sim_map *m;
	void *astray;

	if (!len)
		return 0;
	if (!access(dev, addr, len, TRV_DMA_FROM_DEVICE, "wrote", &m))
		return -EIO;
	/* What drivers act on is in coherent memory: indices, lengths, results. */
	if (m && m->coherent && len <= sizeof(told)) {
		memcpy(told, src, len);
		sim_lie_data(dev, told, len, m->site);
		src = told;
	}
	astray = m ? NULL : sim_dma_astray(dev, addr, len);
	if (m)
		store(m, addr - m->iova, src, len);
	else if (astray)
		memcpy(astray, src, len);
	dev->dma->stats.written_bytes += len;
	sim_trace(SIM_T_DMA_WRITE, dev, "dma write", addr, sim_digest(src, len), len);
	return 0;
}
