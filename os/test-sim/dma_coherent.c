// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Coherent DMA memory: the driver's side. */
#include <errno.h>
#include <string.h>

#include <os/test-sim/dma_impl.h>

static u64 round_up_power(u64 v)
{
	u64 p = 1;

	while (p < v)
		p <<= 1;
	return p;
}

static int coherent_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem,
			  const struct sim_site *site)
{
	struct sim_dma_state *s = sim_dma_state(dev);
	u64 boundary = SIM_SAB("boundary-ignored") ? 0 : s->lim.boundary;
	struct sim_block *b;
	struct sim_map *m;
	trv_iova addr;
	u64 cpu_align;
	int rc;

	align = trv_max(align, (size_t)trv_max(s->lim.align, 1u));
	if (SIM_SAB("dma-align-ignored"))
		align = 1;
	if (boundary && size > boundary)
		boundary = 0;
	cpu_align = align;
	/* The offset in a page is the same on both sides, so it has to fit for both. */
	if (boundary)
		cpu_align = trv_max(cpu_align, trv_min(round_up_power(size), SIM_DMA_PAGE));
	b = sim_block_alloc(dev, size, cpu_align, SIM_B_COHERENT, site);
	if (!b)
		return -ENOMEM;
	if (SIM_SAB("dma-align-ignored"))
		b->addr += 4;
	rc = sim_iova_alloc(s, size, b->addr & (SIM_DMA_PAGE - 1), align, boundary, &addr);
	if (rc) {
		sim_block_free(b, site);
		return -ENOMEM;
	}

	m = sim_map_new(dev, size, true);
	m->iova = addr;
	m->buf = sim_block_ptr(b);
	m->state = sim_shadow(m->buf);
	m->dir = TRV_DMA_BIDIRECTIONAL;
	m->block = b;
	m->user = mem;
	m->site = site;
	sim_map_list(s, m);
	sim_trace_aux(addr);
	memset(m->buf, SIM_SAB("dma-alloc-dirty") ? 0x5a : 0, size);
	memset(m->state, SIM_OK | SIM_M_COHERENT, size);
	sim_coherent_init(m);
	b->maps = m;
	s->stats.allocs++;
	mem->cpu = m->buf;
	mem->iova = addr;
	mem->size = size;
	mem->leg = m;
	return 0;
}

int trv_dma_alloc(struct trv_dev *dev, size_t size, size_t align, struct trv_dma_mem *mem)
{
	const struct sim_site *site = sim_here();

	sim_enter("dma_alloc", SIM_SLEEPS, SIM_COST_CALL);
	sim_dma_state(dev)->used = true;
	sim_mem_write(mem, sizeof(*mem), site);
	*mem = (struct trv_dma_mem){ .iova = SIM_IOVA_FAILED };
	if (!size || !align || align & (align - 1))
		return -EINVAL;
	if (sim_choose(SIM_K_DMA_ALLOC, 2, site))
		return -ENOMEM;
	if (SIM_SAB("dma-alloc-pretends") && size > SIM_ARENA_SIZE)
		return 0;
	return coherent_alloc(dev, size, align, mem, site);
}

void trv_dma_free(struct trv_dev *dev, struct trv_dma_mem *mem)
{
	const struct sim_site *site = sim_here();
	const struct sim_site *ignored;
	struct sim_map *m;

	sim_enter("dma_free", SIM_SLEEPS, SIM_COST_CALL);
	sim_mem_read(mem, sizeof(*mem), site);
	if (mem->iova == SIM_IOVA_FAILED)
		sim_fail(SIM_DMA_UNMAP, site, "dma_free of an allocation that failed");
	if (mem->iova == SIM_IOVA_DEAD)
		sim_fail(SIM_DMA_UNMAP, site, "dma_free of an allocation that was freed before");
	m = sim_map_at(dev->dma, mem->iova);
	if (!m || m->iova != mem->iova || !m->coherent)
		sim_fail(SIM_DMA_UNMAP, site,
			 "dma_free of 0x%llx, which is no allocation of %s: %s",
			 (unsigned long long)mem->iova, dev->name,
			 sim_iova_describe(dev, mem->iova, &ignored, &ignored));
	if (m->len != mem->size || m->buf != mem->cpu || m != mem->leg)
		sim_complain(SIM_DMA_UNMAP, site, "dma_free of %zu bytes, changed since: %s",
			     mem->size, sim_map_describe(m));
	sim_teardown_step(dev, SIM_STEP_DMA_FREE);
	if (SIM_SAB("dma-free-leaves-mapped"))
		return;
	sim_coherent_exit(m);
	sim_block_free(m->block, site);
	sim_map_drop(dev->dma, m, site);
	mem->iova = SIM_IOVA_DEAD;
	mem->leg = NULL;
}
