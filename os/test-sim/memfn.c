// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * memcpy and its kin as drivers get them: the build renames the calls in
 * hooked objects (objcopy --redefine-sym memcpy=sim_memcpy). A copy of bytes
 * nobody wrote is no error, but its result is bytes nobody wrote.
 */
#include <string.h>

#include <os/test-sim/memfn.h>
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/watch.h>

#define CALLER __builtin_return_address(0)

static inline bool fits(const void *p, size_t n)
{
	return n <= SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p;
}

/* May the range be read or written at all? Written or not is another question. */
static bool check_live(const void *p, size_t n, const char *verb, const void *pc)
{
	size_t at;

	if (!n || !sim_mem_inside(p))
		return true;
	if (fits(p, n) && sim_bytes_all(sim_shadow(p), n, SIM_M_LIVE, SIM_M_DEVICE, &at))
		return true;
	sim_shadow_fault(p, n, verb, sim_site_of_pc(pc));
	return false;
}

static void mark_read(const void *p, size_t n, const void *pc)
{
	u8 *s = sim_shadow(p);

	if (*s & SIM_M_COHERENT)
		sim_coherent_loading(p, n, NULL, pc);
	sim_bytes_set(s, n, (u8)~SIM_M_TAINTED, 0);
}

static void mark_written(void *p, size_t n)
{
	sim_bytes_set(sim_shadow(p), n, SIM_M_COHERENT, SIM_OK);
}

/* Shadow of a copy: INIT travels with the bytes, everything else stays with the place. */
static void carry(void *dst, const void *src, size_t n)
{
	u8 *d = sim_shadow(dst);
	const u8 *s = sim_shadow(src);

	if (d <= s) {
		for (size_t i = 0; i < n; i++)
			d[i] = (d[i] & (SIM_M_COHERENT | SIM_M_LIVE)) | (s[i] & SIM_M_INIT);
	} else {
		for (size_t i = n; i-- > 0;)
			d[i] = (d[i] & (SIM_M_COHERENT | SIM_M_LIVE)) | (s[i] & SIM_M_INIT);
	}
}

static void copied(void *dst, const void *src, size_t n, const void *pc)
{
	if (sim_unlikely(sim_watching) && n) {
		sim_watch_load(src, n, pc);
		sim_watch_store(dst, n, pc);
	}
	if (!check_live(src, n, "read", pc) || !check_live(dst, n, "write", pc) || !n)
		return;
	if (sim_mem_inside(src))
		mark_read(src, n, pc);
	if (!sim_mem_inside(dst))
		return;
	if (*sim_shadow(dst) & SIM_M_COHERENT)
		sim_coherent_storing(dst, n, NULL, pc);
	if (!sim_mem_inside(src) || sim_shadow_all(src, n, SIM_M_INIT, 0))
		mark_written(dst, n);
	else
		carry(dst, src, n);
}

void *sim_memcpy(void *dst, const void *src, size_t n)
{
	u64 apart = (u64)(uintptr_t)dst - (u64)(uintptr_t)src;

	/* The compilers copy a structure onto itself this way, and may. */
	if (n && apart && (apart < n || -apart < n))
		sim_fail(SIM_API, sim_site_of_pc(CALLER),
			 "memcpy of %zu bytes between overlapping ranges, %lld apart: use memmove",
			 n, (long long)apart);
	copied(dst, src, n, CALLER);
	if (SIM_SAB("memcpy-short") && n > 8)
		n--;
	return memcpy(dst, src, n);
}

void *sim_memmove(void *dst, const void *src, size_t n)
{
	copied(dst, src, n, CALLER);
	for (size_t i = 0; i < n && SIM_SAB("memmove-forward"); i++)
		((u8 *)dst)[i] = ((const u8 *)src)[i];
	return SIM_SAB("memmove-forward") ? dst : memmove(dst, src, n);
}

void *sim_memset(void *dst, int c, size_t n)
{
	if (sim_unlikely(sim_watching) && n)
		sim_watch_store(dst, n, CALLER);
	if (check_live(dst, n, "write", CALLER) && n && sim_mem_inside(dst)) {
		if (*sim_shadow(dst) & SIM_M_COHERENT)
			sim_coherent_storing(dst, n, NULL, CALLER);
		mark_written(dst, n);
	}
	if (SIM_SAB("memset-short") && n > 8)
		n--;
	return memset(dst, c, n);
}

/* Bytes behind the first difference have no say in the result. */
int sim_memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;
	size_t same = 0;
	size_t at;
	bool live;

	live = check_live(a, n, "read", CALLER) && check_live(b, n, "read", CALLER);
	for (int i = 0; i < 2 && n && live; i++) {
		if (sim_mem_inside(i ? b : a))
			mark_read(i ? b : a, n, CALLER);
	}
	while (same < n && x[same] == y[same])
		same++;
	n = same < n ? same + 1 : n;
	for (int i = 0; i < 2 && n && live; i++) {
		const void *p = i ? b : a;

		if (!sim_mem_inside(p))
			continue;
		if (!sim_bytes_all(sim_shadow(p), n, SIM_M_INIT, 0, &at))
			sim_shadow_uninit(p, n, at, sim_site_of_pc(CALLER));
	}
	if (same == n || SIM_SAB("memcmp-equal"))
		return 0;
	return SIM_SAB("memcmp-signed") ? (s8)x[same] - (s8)y[same] : x[same] - y[same];
}
