// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What -fsanitize=thread makes of each load and store of a driver: a call with
 * the address, just before the access. (gcc 12, clang 14; nothing here needs
 * the thread sanitizer's runtime.)
 *
 * Live and owned by the CPU is demanded of every byte. Initialised is judged
 * so that no correct program is accused:
 *
 * - A load of 1 to 8 bytes of which none was ever written is an error. When
 *   some were, it may be the copy of a small structure with padding, or of the
 *   unit a bit-field lives in, and is let through.
 * - A larger load is always the copy of a structure: no error, but the copy of
 *   an unwritten byte is unwritten (as memfn.c does it, which is where clang's
 *   copies and gcc's big ones arrive).
 * - A store makes its bytes written, also of a bit-field: the compilers report
 *   the read of its other bits as part of the store, or not at all.
 *
 * Known to escape: clang reports p->n++ as a store alone, and gcc does not
 * report the store of a structure that a function returns by value (so such a
 * store into trv_alloc() memory reads back as unwritten: use trv_zalloc()).
 */
#include <os/test-sim/mem_impl.h>
#include <os/test-sim/watch.h>

#define COLD __attribute__((noinline, cold))
#define CALLER __builtin_return_address(0)

/* The whole of a shadow word says yes: nothing to do. Stores to coherent memory are noted. */
#define READABLE(s, type) (((s) & (type)SIM_REP((u8)~SIM_M_COHERENT)) == (type)SIM_REP(SIM_OK))
#define WRITABLE(s, type) ((s) == (type)SIM_REP(SIM_OK))

static COLD void slow_read(const void *p, size_t n, const void *pc)
{
	u8 *s = sim_shadow(p);
	size_t written = 0;
	u8 odd = 0;

	for (size_t i = 0; i < n; i++) {
		if ((s[i] & (SIM_M_LIVE | SIM_M_DEVICE)) != SIM_M_LIVE) {
			sim_shadow_fault(p, n, "read", sim_site_of_pc(pc));
			return;
		}
		written += !!(s[i] & SIM_M_INIT);
		odd |= s[i] & SIM_M_ODD;
		s[i] &= ~SIM_M_TAINTED;
	}
	if (odd)
		sim_coherent_loading(p, n, NULL, pc);
	if (!written && n <= 8)
		sim_shadow_uninit(p, n, 0, sim_site_of_pc(pc));
}

static COLD void slow_write(void *p, size_t n, const void *pc)
{
	u8 *s = sim_shadow(p);
	size_t at;

	if (!sim_bytes_all(s, n, SIM_M_LIVE, SIM_M_DEVICE, &at)) {
		sim_shadow_fault(p, n, "write", sim_site_of_pc(pc));
		return;
	}
	if (*s & SIM_M_COHERENT)
		sim_coherent_storing(p, n, NULL, pc);
	sim_bytes_set(s, n, SIM_M_COHERENT, SIM_OK);
}

/* ---- structure copies: gcc says where to, then where from, back to back --- */

static struct {
	u8 *dst;
	size_t n;
	const u8 *pc;
} copy;

/*
 * Between the two calls of one copy there is room for loading two arguments,
 * but not for a store: a write and an unrelated read are further apart.
 */
#define COPY_PC_GAP 18

static COLD void copy_to(void *p, size_t n, const void *pc)
{
	copy.dst = p;
	copy.n = n;
	copy.pc = pc;
}

static COLD void copy_from(const void *p, size_t n, const void *pc)
{
	const u8 *src = sim_shadow(p);
	u8 *dst;

	if (copy.n != n || (size_t)((const u8 *)pc - copy.pc) > COPY_PC_GAP)
		return;
	dst = sim_shadow(copy.dst);
	copy.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(src[i] & SIM_M_INIT))
			dst[i] &= ~SIM_M_INIT;
	}
}

/* ---- 1 to 8 bytes -------------------------------------------------------- */

#define HOOK(name, slow, watch, n, type, CLEAN)                   \
	void name(void *p);                                              \
	void name(void *p)                                               \
	{                                                                \
		struct word {                                            \
			type s;                                          \
		} __attribute__((packed, may_alias));                    \
		if (sim_unlikely(sim_watching))                   \
			watch(p, n, CALLER);                      \
		if (sim_likely(!sim_mem_inside(p)))                      \
			return;                                          \
		type s = ((const struct word *)sim_shadow(p))->s;        \
		if (sim_likely(CLEAN(s, type)))                          \
			return;                                          \
		slow(p, n, CALLER);                                      \
	}

/* As the former, from a place further down. */
#define HOOK_PC(name, slow, watch, n)           \
	void name(void *p, void *pc);    \
	void name(void *p, void *pc)     \
	{                                \
		if (sim_unlikely(sim_watching)) \
			watch(p, n, pc);        \
		if (sim_mem_inside(p))   \
			slow(p, n, pc);  \
	}

#define HOOKS(n, type)                                                   \
	HOOK(__tsan_read##n, slow_read, sim_watch_load, n, type, READABLE)                       \
	HOOK(__tsan_write##n, slow_write, sim_watch_store, n, type, WRITABLE)                    \
	HOOK(__tsan_unaligned_read##n, slow_read, sim_watch_load, n, type, READABLE)             \
	HOOK(__tsan_unaligned_write##n, slow_write, sim_watch_store, n, type, WRITABLE)          \
	HOOK(__tsan_volatile_read##n, slow_read, sim_watch_load, n, type, READABLE)              \
	HOOK(__tsan_volatile_write##n, slow_write, sim_watch_store, n, type, WRITABLE)           \
	HOOK(__tsan_unaligned_volatile_read##n, slow_read, sim_watch_load, n, type, READABLE)    \
	HOOK(__tsan_unaligned_volatile_write##n, slow_write, sim_watch_store, n, type, WRITABLE) \
	HOOK_PC(__tsan_read##n##_pc, slow_read, sim_watch_load, n)                               \
	HOOK_PC(__tsan_write##n##_pc, slow_write, sim_watch_store, n)                            \
	static void read_write##n(void *p, size_t size, const void *pc)  \
	{                                                                \
		slow_read(p, size, pc);                                  \
		slow_write(p, size, pc);                                 \
	}                                                                \
	HOOK(__tsan_read_write##n, read_write##n, sim_watch_store, n, type, WRITABLE)            \
	HOOK(__tsan_unaligned_read_write##n, read_write##n, sim_watch_store, n, type, WRITABLE)

HOOKS(1, u8)
HOOKS(2, u16)
HOOKS(4, u32)
HOOKS(8, u64)

/* ---- 16 bytes and ranges: structures ------------------------------------- */

static void read_range(const void *p, size_t n, const void *pc)
{
	u8 *s = sim_shadow(p);
	size_t at;

	if (sim_unlikely(sim_watching))
		sim_watch_load(p, n, pc);
	if (!sim_mem_inside(p) || !n)
		return;
	if (n > SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p ||
	    !sim_bytes_all(s, n, SIM_M_LIVE, SIM_M_DEVICE, &at)) {
		sim_shadow_fault(p, n, "read", sim_site_of_pc(pc));
		return;
	}
	if (!sim_bytes_all(s, n, SIM_M_INIT, SIM_M_TAINTED | SIM_M_ODD, &at)) {
		if (*s & SIM_M_COHERENT)
			sim_coherent_loading(p, n, NULL, pc);
		copy_from(p, n, pc);
		sim_bytes_set(s, n, (u8)~SIM_M_TAINTED, 0);
	}
}

static void write_range(void *p, size_t n, const void *pc)
{
	if (sim_unlikely(sim_watching))
		sim_watch_store(p, n, pc);
	if (!sim_mem_inside(p) || !n)
		return;
	if (n > SIM_ARENA + SIM_ARENA_SIZE - (u64)(uintptr_t)p) {
		sim_shadow_fault(p, n, "write", sim_site_of_pc(pc));
		return;
	}
	slow_write(p, n, pc);
	copy_to(p, n, pc);
}

#define HOOK16(prefix)                                    \
	void prefix##read16(void *p);                     \
	void prefix##read16(void *p)                      \
	{                                                 \
		read_range(p, 16, CALLER);                \
	}                                                 \
	void prefix##write16(void *p);                    \
	void prefix##write16(void *p)                     \
	{                                                 \
		write_range(p, 16, CALLER);               \
	}

HOOK16(__tsan_)
HOOK16(__tsan_unaligned_)
HOOK16(__tsan_volatile_)
HOOK16(__tsan_unaligned_volatile_)

void __tsan_read_range(void *p, long n);
void __tsan_read_range(void *p, long n)
{
	read_range(p, (size_t)n, CALLER);
}

void __tsan_write_range(void *p, long n);
void __tsan_write_range(void *p, long n)
{
	write_range(p, (size_t)n, CALLER);
}

void __tsan_read_range_pc(void *p, size_t n, void *pc);
void __tsan_read_range_pc(void *p, size_t n, void *pc)
{
	read_range(p, n, pc);
}

void __tsan_write_range_pc(void *p, size_t n, void *pc);
void __tsan_write_range_pc(void *p, size_t n, void *pc)
{
	write_range(p, n, pc);
}

/* ---- the way through the driver ------------------------------------------- */

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *pc);
void __tsan_func_entry(void *pc)
{
	if (sim_unlikely(sim_watching))
		sim_watch_call(pc);
}

void __tsan_func_exit(void *none);
void __tsan_func_exit(void *none)
{
	(void)none;
	if (sim_unlikely(sim_watching))
		sim_watch_return(CALLER);
}
