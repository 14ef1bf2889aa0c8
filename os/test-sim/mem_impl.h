/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory and DMA, between their own files: arena.c, block.c, mem.c, shadow.c,
 * hooks*.c, memfn.c, dma*.c, iova.c.
 */
#ifndef TRIVET_SIM_MEM_IMPL_H
#define TRIVET_SIM_MEM_IMPL_H

#include <os/test-sim/mem.h>
#include <os/test-sim/sabotage.h>
#include <os/test-sim/symbol.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define SIM_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define SIM_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define SIM_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define SIM_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#endif
#endif
#ifndef SIM_POISON
#define SIM_POISON(p, n) ((void)0)
#define SIM_UNPOISON(p, n) ((void)0)
#endif

#define sim_likely(x) __builtin_expect(!!(x), 1)
#define sim_unlikely(x) __builtin_expect(!!(x), 0)

/* ---- arena.c: the two mappings, and the simulator's own memory ----------- */

/** sim_arena_init() - map arena and shadow; exits with status 4 when that cannot be. Idempotent. */
void sim_arena_init(void);
/** sim_reserve() - zeroed address space of the process's lifetime, @at (NULL: anywhere), or exit 4 */
void *sim_reserve(void *at, size_t size, const char *what);
/** sim_own_raw() - like sim_own(), contents unspecified */
void *sim_own_raw(size_t size);
void sim_own_reset(void);
/** sim_arena_clear() - shadow of the first @used bytes of the arena as at the start */
void sim_arena_clear(size_t used);

/* ---- block.c: the arena in blocks ---------------------------------------- */

/* Every block starts a cache line, for any type and for DMA; and no more than that. */
#define SIM_BLOCK_ALIGN 64

enum sim_block_kind {
	SIM_B_FREED,
	SIM_B_DRIVER,	/* trv_alloc() */
	SIM_B_COHERENT, /* trv_dma_alloc() */
	SIM_B_BUF,	/* sim_buf() */
};

struct sim_map;

/**
 * struct sim_block - one allocation, redzone included; offsets are into the arena
 *
 * Blocks tile the arena from 0 up to the high-water mark, so that every byte
 * below it belongs to exactly one.
 */
struct sim_block {
	u32 base;
	u32 addr;
	u32 size;
	u32 end;
	u32 next; /* in order of address; 0: none, as in every index */
	u32 live_prev, live_next;
	u8 kind;
	struct trv_dev *dev;
	const struct sim_site *site;
	const struct sim_site *free_site;
	struct sim_map *maps; /* streaming mappings of it; or the one that makes it coherent */
};

static inline void *sim_block_ptr(const struct sim_block *b)
{
	return (void *)(uintptr_t)(SIM_ARENA + b->addr);
}

/** sim_block_alloc() - NULL when the arena is full. LIVE, not INIT, contents unspecified. */
struct sim_block *sim_block_alloc(struct trv_dev *dev, size_t size, size_t align,
				  enum sim_block_kind kind, const struct sim_site *site);
void sim_block_free(struct sim_block *b, const struct sim_site *site);
/** sim_block_find() - the block that @p lies in, redzone included; NULL outside all */
struct sim_block *sim_block_find(const void *p);
/** sim_block_near() - the one that @p lies in or next to, for messages */
struct sim_block *sim_block_near(const void *p);
/** sim_block_live() - the driver's live blocks, newest first: NULL gives the first, the last NULL */
struct sim_block *sim_block_live(const struct sim_block *b);
void sim_block_reset(void);

/* ---- shadow.c ------------------------------------------------------------ */

#define SIM_OK (SIM_M_LIVE | SIM_M_INIT)
/* A byte repeated over a word. */
#define SIM_REP(byte) (0x0101010101010101ULL * (byte))

/**
 * sim_bytes_copy() - of each byte of @src the bits of @keep, with those of @set, to @dst
 *
 * Sixteen at a time, whatever the compiler makes of a plain loop: with every
 * mapping whole buffers go through here. @dst is @src or does not overlap it.
 */
static inline void sim_bytes_copy(u8 *dst, const u8 *src, size_t n, u8 keep, u8 set)
{
	typedef u64 chunk __attribute__((vector_size(16), aligned(1), may_alias));
	const chunk k = { SIM_REP(keep), SIM_REP(keep) };
	const chunk v = { SIM_REP(set), SIM_REP(set) };
	size_t i = 0;

	for (; i + sizeof(chunk) <= n; i += sizeof(chunk))
		*(chunk *)(dst + i) = (*(const chunk *)(src + i) & k) | v;
	for (; i < n; i++)
		dst[i] = (src[i] & keep) | set;
}

/** sim_bytes_set() - the same in place */
static inline void sim_bytes_set(u8 *s, size_t n, u8 keep, u8 set)
{
	sim_bytes_copy(s, s, n, keep, set);
}

/** sim_shadow_fault() - complain of the first byte of the range that may not be touched */
void sim_shadow_fault(const void *p, size_t n, const char *verb, const struct sim_site *site);
/** sim_shadow_uninit() - complain of a read of bytes nobody wrote */
void sim_shadow_uninit(const void *p, size_t n, size_t at, const struct sim_site *site);
/** sim_shadow_all() - does every shadow byte of the range have all of @want and none of @unset? */
bool sim_shadow_all(const void *p, size_t n, u8 want, u8 unset);
/** sim_bytes_all() - the same for any array of such bytes; sets *@at to the first that differs */
bool sim_bytes_all(const u8 *s, size_t n, u8 want, u8 unset, size_t *at);

/*
 * coherent.c: the driver is about to store to coherent memory, or to load bytes of it some of
 * which are SIM_M_ODD; from @site, or from the instruction at @pc
 */
void sim_coherent_storing(void *p, size_t n, const struct sim_site *site, const void *pc);
void sim_coherent_loading(const void *p, size_t n, const struct sim_site *site, const void *pc);

/* dma_core.c: where the bytes at @p are mapped, for messages */
const char *sim_dma_describe(const void *p, size_t n);

#endif /* TRIVET_SIM_MEM_IMPL_H */
