// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Device addresses. They go round the space the device can address and are
 * used again only after a whole round; gaps vary, always in the same way, so
 * that no driver gets by on addresses that happen to be aligned or adjacent.
 */
#include <errno.h>

#include <os/test-sim/dma_impl.h>

#define PAGE SIM_DMA_PAGE
#define LOW_FIRST 0x10000ULL
#define HIGH_FIRST 0x100000000ULL
/* As wide as the narrowest IOMMU in use, and below every CPU address of the arena. */
#define HIGH_LAST 0x7fffffffffULL
/* Interrupt messages: no IOMMU translates these. */
#define MSI_FIRST 0xfee00000ULL
#define MSI_END 0xff000000ULL
/* What descriptors of old bus masters may not cross. */
#define OLD_BOUNDARY 0x10000ULL

static u32 vary(struct sim_dma_state *s)
{
	s->lcg = s->lcg * 1664525 + 1013904223;
	return s->lcg >> 16;
}

/* The first live mapping whose pages, a guard page included, end above @addr. */
static u32 first_above(const struct sim_dma_state *s, u64 addr)
{
	u32 lo = 0, hi = s->n;

	while (lo < hi) {
		u32 mid = (lo + hi) / 2;
		const struct sim_map *m = s->live[mid];

		if (TRV_ALIGN_UP(m->iova + m->len, PAGE) + PAGE > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* The lowest address from page @at on that has the low bits and stays inside a boundary. */
static u64 place(u64 at, u64 len, u64 offset, u64 align, u64 boundary)
{
	u64 addr = TRV_ALIGN_UP(at, trv_max(align, PAGE)) + offset;

	if (boundary && (addr ^ (addr + len - 1)) & ~(boundary - 1))
		addr = TRV_ALIGN_UP(addr, trv_max(boundary, trv_max(align, PAGE))) + offset;
	return addr;
}

static bool search(struct sim_dma_state *s, struct sim_iova_zone *z, u64 last, u64 len, u64 offset,
		   u64 align, u64 boundary, trv_iova *out)
{
	u64 at = z->cursor + (1 + vary(s) % 8) * PAGE;
	bool wrapped = false;

	/* Without a boundary, show every second time that pages may lie on both sides of one. */
	if (!boundary && align <= PAGE && offset + len > PAGE && vary(s) & 1)
		at = TRV_ALIGN_UP(at + PAGE, OLD_BOUNDARY) - PAGE;

	for (;;) {
		u64 addr = place(at, len, offset, align, boundary);
		u64 end = addr + len;
		u32 i;

		if (end - 1 > last) {
			if (wrapped)
				return false;
			wrapped = true;
			at = z->first;
			continue;
		}
		if (addr < MSI_END && end > MSI_FIRST) {
			at = MSI_END;
			continue;
		}
		i = first_above(s, addr & ~(PAGE - 1));
		if (i < s->n && (s->live[i]->iova & ~(PAGE - 1)) < TRV_ALIGN_UP(end, PAGE) + PAGE) {
			at = TRV_ALIGN_UP(s->live[i]->iova + s->live[i]->len, PAGE) + PAGE;
			continue;
		}
		z->cursor = TRV_ALIGN_UP(end, PAGE);
		*out = addr;
		return true;
	}
}

int sim_iova_alloc(struct sim_dma_state *s, u64 len, u64 offset, u64 align, u64 boundary,
		   trv_iova *addr)
{
	u64 mask = SIM_SAB("iova-mask-ignored") ? ~0ULL : s->lim.mask;
	bool high = mask >= HIGH_FIRST && (SIM_SAB("iova-mask-ignored") || vary(s) % 3 == 0);

	if (boundary && (offset & (boundary - 1)) + len > boundary)
		return -EFBIG;
	if (!s->low.first) {
		s->low.first = s->low.cursor = LOW_FIRST;
		s->high.first = s->high.cursor = HIGH_FIRST;
	}
	for (int i = 0; i < 2; i++, high = !high) {
		struct sim_iova_zone *z = high ? &s->high : &s->low;
		u64 last = high ? HIGH_LAST : HIGH_FIRST - 1;

		if (mask >= z->first &&
		    search(s, z, trv_min(mask, last), len, offset, align, boundary, addr))
			return 0;
	}
	return -ENOMEM;
}
