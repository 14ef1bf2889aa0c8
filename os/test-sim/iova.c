// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Device addresses. They go round the space the device can address and are
 * used again only after a whole round; gaps vary, always in the same way, so
 * that no driver gets by on addresses that happen to be aligned or adjacent.
 *
 * There are three zones: the lower part of the first 4 GiB, what lies above
 * them, and the upper quarter of whatever the mask allows. The first address
 * of all ends where the mask ends: a device that reaches less than its driver
 * said is found out at once, as is a driver that drops the upper half of an
 * address.
 */
#include <errno.h>

#include <os/test-sim/dma_impl.h>

#define PAGE SIM_DMA_PAGE
#define LOW_FIRST 0x10000ULL
#define HIGH_FIRST 0x100000000ULL
/* As wide as the narrowest IOMMU in use, and below every CPU address of the arena. */
#define HIGH_LAST 0x7fffffffffULL
/* As wide as the usual one; the upper quarter of any mask from there on is above the arena. */
#define TOP_LAST 0xffffffffffffULL
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

static bool search(struct sim_dma_state *s, struct sim_iova_zone *z, u64 len, u64 offset, u64 align,
		   u64 boundary, trv_iova *out)
{
	u64 at = z->cursor + (1 + vary(s) % 8) * PAGE;
	bool wrapped = false;

	/* Without a boundary, show every second time that pages may lie on both sides of one. */
	if (!boundary && align <= PAGE && offset + len > PAGE && at + 2 * OLD_BOUNDARY < z->last &&
	    vary(s) & 1)
		at = TRV_ALIGN_UP(at + PAGE, OLD_BOUNDARY) - PAGE;

	for (;;) {
		u64 addr = place(at, len, offset, align, boundary);
		u64 end = addr + len;
		u32 i;

		if (end - 1 > z->last) {
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

static void set_zones(struct sim_dma_state *s, u64 mask)
{
	u64 top = trv_min(mask, TOP_LAST);
	u64 from = (top >> 2) * 3 + 1;

	s->zones[SIM_IOVA_LOW] = (struct sim_iova_zone){
		.first = LOW_FIRST,
		.last = trv_min(from, HIGH_FIRST) - 1,
		.cursor = LOW_FIRST,
	};
	s->zones[SIM_IOVA_HIGH] = (struct sim_iova_zone){
		.first = HIGH_FIRST,
		.last = trv_min(from - 1, HIGH_LAST),
		.cursor = HIGH_FIRST,
	};
	s->zones[SIM_IOVA_TOP] = (struct sim_iova_zone){
		.first = TRV_ALIGN_UP(from, PAGE),
		.last = top,
	};
	s->zoned = mask;
}

int sim_iova_alloc(struct sim_dma_state *s, u64 len, u64 offset, u64 align, u64 boundary,
		   trv_iova *addr)
{
	u64 mask = SIM_SAB("iova-mask-ignored") ? ~0ULL : s->lim.mask;
	struct sim_iova_zone *top = &s->zones[SIM_IOVA_TOP];
	u32 turn = SIM_SAB("iova-mask-ignored") ? SIM_IOVA_HIGH : vary(s) % SIM_IOVA_ZONES;

	if (boundary && (offset & (boundary - 1)) + len > boundary)
		return -EFBIG;
	if (s->zoned != mask)
		set_zones(s, mask);
	if (!top->cursor) {
		u64 end = TRV_ALIGN_UP(offset + len, trv_max(PAGE, align)) + 8 * PAGE;

		turn = SIM_IOVA_TOP;
		top->cursor = end < top->last - top->first ? top->last + 1 - end : top->first;
	}
	/* Where there is nothing above 4 GiB, below instead. */
	for (u32 i = 0; i < SIM_IOVA_ZONES; i++) {
		struct sim_iova_zone *z = &s->zones[(turn + 2 * i) % SIM_IOVA_ZONES];

		if (z->first < z->last && search(s, z, len, offset, align, boundary, addr))
			return 0;
	}
	return -ENOMEM;
}
