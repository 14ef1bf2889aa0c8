// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the shadow says of a range of bytes, and the complaint when it says no.
 * These are the strict forms, for entries of os.h that take a pointer from the
 * driver; hooks.c has the rules for the compiler's own loads and stores.
 */
#include <string.h>

#include <os/test-sim/dma_impl.h>
#include <os/test-sim/watch.h>

bool sim_bytes_all(const u8 *s, size_t n, u8 want, u8 unset, size_t *at)
{
	const u64 mask = SIM_REP((u8)(want | unset));
	const u64 good = SIM_REP(want);
	size_t i = 0;
	u64 w[4];

	for (; i + sizeof(w) <= n; i += sizeof(w)) {
		memcpy(w, s + i, sizeof(w));
		if (((w[0] & mask) ^ good) | ((w[1] & mask) ^ good) | ((w[2] & mask) ^ good) |
		    ((w[3] & mask) ^ good))
			break;
	}
	for (; i < n; i++) {
		if ((s[i] & (want | unset)) != want) {
			*at = i;
			return false;
		}
	}
	return true;
}

bool sim_shadow_all(const void *p, size_t n, u8 want, u8 unset)
{
	size_t at;

	return sim_bytes_all(sim_shadow(p), n, want, unset, &at);
}

/* Who had the byte, and who let go of it. */
static void blame(const u8 *bad)
{
	const struct sim_block *b = sim_block_near(bad);

	sim_about(SIM_ABOUT_BYTES, NULL, (u64)(uintptr_t)bad, 1);
	if (!b)
		return;
	for (const struct sim_map *m = b->maps; m; m = m->next) {
		if (bad >= m->buf && bad < m->buf + m->len)
			sim_because(m->site, SIM_SOMETIME, "mapped: now the device's");
	}
	if (b->kind == SIM_B_FREED)
		sim_because(b->free_site, SIM_SOMETIME, "freed");
	sim_because(b->site, SIM_SOMETIME, "allocated: %u bytes", b->size);
}

void sim_shadow_fault(const void *p, size_t n, const char *verb, const struct sim_site *site)
{
	size_t left = SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p;
	size_t at = 0;
	const u8 *bad;
	u8 s;

	if (sim_bytes_all(sim_shadow(p), trv_min(n, left), SIM_M_LIVE, SIM_M_DEVICE, &at))
		at = left;
	bad = (const u8 *)p + at;
	s = at == left ? 0 : *sim_shadow(bad);
	blame(bad);
	if (s & SIM_M_LIVE)
		sim_complain(SIM_DMA_OWNER, site, "%s of %zu byte%s the device owns: %s", verb, n,
			     n == 1 ? "" : "s", sim_dma_describe(p, n));
	else if (s & SIM_M_FREED)
		sim_complain(SIM_MEM_UAF, site, "%s of freed memory: %s", verb,
			     sim_mem_describe(bad, n));
	else
		sim_complain(SIM_MEM_OOB, site, "%s of %zu byte%s outside any allocation: %s", verb,
			     n, n == 1 ? "" : "s", sim_mem_describe(bad, n - at));
}

void sim_shadow_uninit(const void *p, size_t n, size_t at, const struct sim_site *site)
{
	const struct sim_block *b = sim_block_find(p);
	const u8 *start = (const u8 *)p + at;

	blame(start);
	sim_complain(
		SIM_MEM_UNINIT, site,
		"read of %zu byte%s, where nobody wrote the one at +0x%zx of the %u bytes from %s",
		n, n == 1 ? "" : "s", (size_t)(start - (u8 *)sim_block_ptr(b)), b->size,
		sim_site_text(b->site));
}

static bool fits(const void *p, size_t n)
{
	return n <= SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p;
}

/*
 * The usual case at once: written by the CPU, owned by it, and nothing to note.
 * For what handles and arguments are, a few words; longer ranges have no hurry.
 */
static inline bool plain(const void *p, size_t n, u8 ignore)
{
	const u64 mask = SIM_REP((u8)~ignore), good = SIM_REP(SIM_OK);
	const u8 *s = sim_shadow(p);
	u64 bad = 0, w;

	if (n < sizeof(w) || n > 8 * sizeof(w))
		return false;
	for (size_t i = 0; i + sizeof(w) < n; i += sizeof(w)) {
		memcpy(&w, s + i, sizeof(w));
		bad |= (w & mask) ^ good;
	}
	memcpy(&w, s + n - sizeof(w), sizeof(w));
	return !(bad | ((w & mask) ^ good));
}

void sim_mem_read(const void *p, size_t n, const struct sim_site *site)
{
	u8 *s = sim_shadow(p);
	size_t at;

	if (!sim_mem_inside(p) || !n || (fits(p, n) && plain(p, n, SIM_M_COHERENT)))
		return;
	if (!site)
		site = sim_here();
	if (!fits(p, n) || !sim_bytes_all(s, n, SIM_M_LIVE, SIM_M_DEVICE, &at)) {
		sim_shadow_fault(p, n, "read", site);
		return;
	}
	if (!sim_bytes_all(s, n, SIM_M_INIT, 0, &at))
		sim_shadow_uninit(p, n, at, site);
	if (*s & SIM_M_COHERENT)
		sim_coherent_loading(p, n, site, NULL);
	sim_bytes_set(s, n, (u8)~SIM_M_TAINTED, 0);
}

void sim_mem_write(void *p, size_t n, const struct sim_site *site)
{
	u8 *s = sim_shadow(p);
	size_t at;

	if (sim_unlikely(sim_watching))
		sim_watch_wrote(p, n, site ?: sim_here());
	if (!sim_mem_inside(p) || !n || (fits(p, n) && plain(p, n, 0)))
		return;
	if (!site)
		site = sim_here();
	if (!fits(p, n) || !sim_bytes_all(s, n, SIM_M_LIVE, SIM_M_DEVICE, &at)) {
		sim_shadow_fault(p, n, "write", site);
		return;
	}
	if (*s & SIM_M_COHERENT)
		sim_coherent_storing(p, n, site, NULL);
	sim_bytes_set(s, n, SIM_M_COHERENT, SIM_OK);
}
