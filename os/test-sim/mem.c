// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The driver's memory: os.h's entries for it, buffers for scenarios, what may
 * not be freed, and what was not.
 */
#include <stdio.h>
#include <string.h>

#include <os/test-sim/machine.h>
#include <os/test-sim/mem_impl.h>

#define MAX_HOLDS 1024

static struct {
	const void *p;
	size_t n;
	const char *what;
} holds[MAX_HOLDS];
static u32 n_holds;

void sim_mem_reset(void)
{
	sim_block_reset();
	sim_own_reset();
	n_holds = 0;
}

/* ---- buffers of scenarios ------------------------------------------------ */

void *sim_buf_uninit(size_t len)
{
	struct sim_block *b = sim_block_alloc(NULL, len, SIM_BLOCK_ALIGN, SIM_B_BUF, sim_here());

	if (!b)
		sim_fail(SIM_API, NULL, "sim_buf(%zu): the arena of %llu MiB has no room for it",
			 len, SIM_ARENA_SIZE >> 20);
	return sim_block_ptr(b);
}

void *sim_buf(size_t len)
{
	void *p = sim_buf_uninit(len);

	memset(p, 0, len);
	memset(sim_shadow(p), SIM_OK, len);
	return p;
}

void sim_buf_free(void *p)
{
	struct sim_block *b = sim_block_find(p);

	if (!b || b->kind != SIM_B_BUF || sim_block_ptr(b) != p)
		sim_fail(SIM_MEM_FREE, NULL, "sim_buf_free() of %s", sim_mem_describe(p, 1));
	if (b->maps)
		sim_fail(SIM_MEM_FREE, NULL, "buffer freed while mapped: %s",
			 sim_dma_describe(p, b->size));
	sim_block_free(b, sim_here());
}

/* ---- handles that live in a block ---------------------------------------- */

void sim_mem_hold(const void *p, size_t n, const char *what)
{
	if (n_holds == MAX_HOLDS)
		sim_fail(SIM_API, NULL, "more than %d live timers, works and locks", MAX_HOLDS);
	holds[n_holds].p = p;
	holds[n_holds].n = n;
	holds[n_holds++].what = what;
}

void sim_mem_unhold(const void *p)
{
	for (u32 i = n_holds; i-- > 0;) {
		if (holds[i].p == p) {
			holds[i] = holds[--n_holds];
			return;
		}
	}
}

static void check_holds(const struct sim_block *b, const struct sim_site *site)
{
	const u8 *start = sim_block_ptr(b);

	for (u32 i = 0; i < n_holds; i++) {
		const u8 *p = holds[i].p;
		const char *what = holds[i].what;
		bool lock = !strncmp(what, "lock", 4) || !strncmp(what, "spin", 4) ||
			    !strncmp(what, "mutex", 5);

		if (p >= start + b->size || p + holds[i].n <= start)
			continue;
		sim_because(b->site, SIM_SOMETIME, "allocated");
		sim_about(SIM_ABOUT_LEFT, b->dev, 0, 0);
		sim_complain(lock ? SIM_LOCK_HELD : SIM_TIMER_LEAK, site,
			     "memory freed with a live %s at +0x%zx of %u bytes from %s", what,
			     (size_t)(p - start), b->size, sim_site_text(b->site));
	}
}

/* ---- entries of os.h ----------------------------------------------------- */

static void *alloc(struct trv_dev *dev, const char *entry, size_t size, enum trv_gfp gfp, bool zero)
{
	const struct sim_site *site = sim_here();
	struct sim_block *b;

	sim_enter(entry, gfp == TRV_SLEEP ? SIM_SLEEPS : SIM_ANY, SIM_COST_CALL);
	if (SIM_SAB("alloc-zero-bytes"))
		size = trv_max(size, (size_t)1);
	if (!size)
		return NULL;
	if (sim_choose(SIM_K_ALLOC, 2, site))
		return NULL;
	b = sim_block_alloc(dev, size, SIM_BLOCK_ALIGN, SIM_B_DRIVER, site);
	if (!b && SIM_SAB("alloc-pretends"))
		b = sim_block_alloc(dev, 1, SIM_BLOCK_ALIGN, SIM_B_DRIVER, site);
	if (!b)
		return NULL;
	if (SIM_SAB("alloc-misaligned"))
		b->addr -= 4;
	if (SIM_SAB("alloc-overlaps") && sim_block_live(b))
		return sim_block_ptr(sim_block_live(b));
	if (SIM_SAB("alloc-not-for-dma"))
		return sim_own(size);
	memset(sim_block_ptr(b), zero && !SIM_SAB("zalloc-dirty") ? 0 : 0xa5, size);
	if (zero)
		memset(sim_shadow(sim_block_ptr(b)), SIM_OK, size);
	return sim_block_ptr(b);
}

void *trv_alloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	return alloc(dev, "alloc", size, gfp, false);
}

void *trv_zalloc(struct trv_dev *dev, size_t size, enum trv_gfp gfp)
{
	return alloc(dev, "zalloc", size, gfp, true);
}

void *trv_alloc_array(struct trv_dev *dev, size_t n, size_t size, enum trv_gfp gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) && !SIM_SAB("array-overflow-ok"))
		bytes = ~(size_t)0;
	return alloc(dev, "alloc_array", bytes, gfp, !SIM_SAB("array-dirty"));
}

/* Unless the block is the whole of what was allocated, for the same device, and in no use. */
static void blame_free(const struct trv_dev *dev, const void *p, size_t size,
		       const struct sim_block *b)
{
	if (b && sim_block_ptr(b) == p && b->kind == SIM_B_DRIVER && b->size == size &&
	    b->dev == dev && !b->maps)
		return;
	sim_about(SIM_ABOUT_BYTES, NULL, (u64)(uintptr_t)p, 1);
	if (b && b->kind == SIM_B_FREED)
		sim_because(b->free_site, SIM_SOMETIME, "freed before");
	else if (b)
		sim_because(b->site, SIM_SOMETIME, "allocated");
}

void trv_free(struct trv_dev *dev, void *p, size_t size)
{
	const struct sim_site *site = sim_here();
	struct sim_block *b;

	sim_enter("free", SIM_ANY, SIM_COST_CALL);
	if (!p && !SIM_SAB("free-null-refused"))
		return;
	b = sim_block_find(p);
	blame_free(dev, p, size, b);
	if (!b || (b->kind != SIM_B_DRIVER && b->kind != SIM_B_FREED))
		sim_fail(SIM_MEM_FREE, site, "free of what is not from trv_alloc(): %s",
			 sim_mem_describe(p, 1));
	if (sim_block_ptr(b) != p)
		sim_fail(SIM_MEM_FREE, site, "free of a pointer into a block: %s",
			 sim_mem_describe(p, 1));
	if (b->kind == SIM_B_FREED)
		sim_fail(SIM_MEM_FREE, site, "double free of %s", sim_mem_describe(p, b->size));
	if (b->size != size)
		sim_complain(SIM_MEM_FREE, site, "free says %zu bytes, it is %s", size,
			     sim_mem_describe(p, b->size));
	if (b->dev != dev)
		sim_complain(SIM_MEM_FREE, site, "free for %s of memory of %s: %s",
			     dev ? trv_dev_name(dev) : "no device",
			     b->dev ? trv_dev_name(b->dev) : "no device",
			     sim_mem_describe(p, b->size));
	if (b->maps)
		sim_complain(SIM_MEM_FREE, site, "free of memory that is mapped: %s",
			     sim_dma_describe(p, b->size));
	check_holds(b, site);
	if (!SIM_SAB("free-leaks"))
		sim_block_free(b, site);
}

/* ---- reports ------------------------------------------------------------- */

void sim_mem_leftovers(struct trv_dev *dev)
{
	const struct sim_block *first = NULL;
	u64 bytes = 0;
	u32 n = 0;

	for (const struct sim_block *b = sim_block_live(NULL); b; b = sim_block_live(b)) {
		if (dev && b->dev != dev)
			continue;
		/* The newest comes first. */
		first = b;
		bytes += first->size;
		n++;
	}
	if (n) {
		sim_about(SIM_ABOUT_LEFT, dev, 0, 0);
		sim_complain(
			SIM_MEM_LEAK, first->site,
			"%llu bytes in %u allocation%s of %s never freed; the first: %u bytes from %s",
			(unsigned long long)bytes, n, n > 1 ? "s" : "",
			first->dev ? trv_dev_name(first->dev) : "no device", first->size,
			sim_site_text(first->site));
	}
}

const char *sim_mem_describe(const void *p, size_t n)
{
	static const char *const kinds[] = { "", "", " of DMA memory", " of a buffer" };
	static char ring[4][320];
	static u32 turn;
	char *buf = ring[turn++ % TRV_ARRAY_SIZE(ring)];
	const struct sim_block *b = sim_block_near(p);
	u32 off = (u32)((u64)(uintptr_t)p - SIM_ARENA);
	char where[64] = "", freed[128] = "";

	/* No addresses of the host's: they differ from run to run. */
	if (!sim_mem_inside(p))
		return "an address outside the drivers' memory (a local variable or a constant?)";
	if (!b) {
		snprintf(buf, sizeof(ring[0]), "%p was never allocated", p);
		return buf;
	}
	if (off < b->addr)
		snprintf(where, sizeof(where), "%zu byte%s, %u in front of the ", n,
			 n == 1 ? "" : "s", b->addr - off);
	else if (off >= b->addr + b->size)
		snprintf(where, sizeof(where), "%zu byte%s, %u behind the end of the ", n,
			 n == 1 ? "" : "s", off - b->addr - b->size);
	else if (off > b->addr || n != b->size)
		snprintf(where, sizeof(where), "%zu byte%s at +0x%x of the ", n, n == 1 ? "" : "s",
			 off - b->addr);
	if (b->kind == SIM_B_FREED)
		snprintf(freed, sizeof(freed), ", freed at %s", sim_site_text(b->free_site));
	snprintf(buf, sizeof(ring[0]), "%s%u bytes%s from %s%s", where, b->size, kinds[b->kind],
		 sim_site_text(b->site), freed);
	return buf;
}
