// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the compiler's calls find, called by hand; tests/checkers/ has compiled code. */
#include <os/test-sim/memfn.h>

#include <os/test-sim/engine.h>
#include "memory_test.h"

typedef unsigned __int128 u128;

#define DECLARE(n)                               \
	void __tsan_read##n(void *p);            \
	void __tsan_write##n(void *p);           \
	void __tsan_unaligned_read##n(void *p);  \
	void __tsan_unaligned_write##n(void *p); \
	void __tsan_volatile_read##n(void *p);   \
	void __tsan_volatile_write##n(void *p);
DECLARE(1)
DECLARE(2)
DECLARE(4)
DECLARE(8)
DECLARE(16)
void __tsan_read_range(void *p, long n);
void __tsan_write_range(void *p, long n);
void __tsan_read4_pc(void *p, void *pc);
void __tsan_read_write4(void *p);

static void (*const readers[])(void *p) = {
	__tsan_read1,		__tsan_read2,
	__tsan_read4,		__tsan_read8,
	__tsan_read16,		__tsan_unaligned_read1,
	__tsan_unaligned_read2, __tsan_unaligned_read4,
	__tsan_unaligned_read8, __tsan_unaligned_read16,
	__tsan_volatile_read1,	__tsan_volatile_read2,
	__tsan_volatile_read4,	__tsan_volatile_read8,
	__tsan_volatile_read16,
};
static void (*const writers[])(void *p) = {
	__tsan_write1,		 __tsan_write2,
	__tsan_write4,		 __tsan_write8,
	__tsan_write16,		 __tsan_unaligned_write1,
	__tsan_unaligned_write2, __tsan_unaligned_write4,
	__tsan_unaligned_write8, __tsan_unaligned_write16,
	__tsan_volatile_write1,	 __tsan_volatile_write2,
	__tsan_volatile_write4,	 __tsan_volatile_write8,
	__tsan_volatile_write16,
};
#define N_HOOKS TRV_ARRAY_SIZE(readers)

static u32 width(u32 hook)
{
	return 1U << hook % 5;
}

/* ---- what a hook is called with, for the next run ------------------------ */

static struct {
	u32 hook;
	bool write;
	int off;       /* from the start of 64 bytes */
	u8 clear, set; /* shadow of byte @at */
	u32 at;
} probe;

static void body_probe(void)
{
	u8 *p = sim_buf(64);

	sim_shadow(p)[probe.at] = (sim_shadow(p)[probe.at] & ~probe.clear) | probe.set;
	(probe.write ? writers : readers)[probe.hook](p + probe.off);
}

static void every_byte_counts(void)
{
	for (u32 h = 0; h < N_HOOKS; h++) {
		for (u32 w = 0; w < 2; w++) {
			probe = (typeof(probe)){ .hook = h, .write = w, .off = 13 };
			EXPECT_RUN(body_probe, NOTHING);
			probe.off = 64 - (int)width(h);
			EXPECT_RUN(body_probe, NOTHING);
			probe.off++;
			EXPECT_RUN(body_probe, SIM_MEM_OOB);
			probe.off = -1;
			EXPECT_RUN(body_probe, SIM_MEM_OOB);
			for (u32 i = 0; i < width(h); i++) {
				probe = (typeof(probe)){
					.hook = h, .write = w, .off = 13, .at = 13 + i
				};
				probe.set = SIM_M_DEVICE;
				EXPECT_RUN(body_probe, SIM_DMA_OWNER);
				probe.set = SIM_M_FREED;
				probe.clear = SIM_M_LIVE;
				EXPECT_RUN(body_probe, SIM_MEM_UAF);
			}
			/* The bytes on both sides are none of its business. */
			probe = (typeof(probe)){
				.hook = h, .write = w, .off = 13, .at = 12, .set = SIM_M_DEVICE
			};
			EXPECT_RUN(body_probe, NOTHING);
			probe.at = 13 + width(h);
			EXPECT_RUN(body_probe, NOTHING);
		}
	}
}

static void body_unwritten(void)
{
	u8 *p = sim_buf_uninit(64);

	memset(sim_shadow(p), SIM_M_LIVE, 64);
	readers[probe.hook](p + 3);
}

static void body_partly_written(void)
{
	u8 *p = sim_buf_uninit(64);

	memset(sim_shadow(p), SIM_M_LIVE, 64);
	sim_shadow(p)[3 + width(probe.hook) - 1] |= SIM_M_INIT;
	readers[probe.hook](p + 3);
	writers[probe.hook](p + 20);
	readers[probe.hook](p + 20);
	CU_ASSERT_TRUE(sim_shadow_all(p + 20, width(probe.hook), SIM_M_INIT, 0));
	CU_ASSERT_TRUE(sim_shadow_all(p + 20 + width(probe.hook), 8, 0, SIM_M_INIT));
}

static void unwritten_bytes(void)
{
	for (u32 h = 0; h < N_HOOKS; h++) {
		probe = (typeof(probe)){ .hook = h };
		EXPECT_RUN(body_unwritten, width(h) <= 8 ? SIM_MEM_UNINIT : NOTHING);
		EXPECT_RUN(body_partly_written, NOTHING);
	}
}

static u8 *coherent(struct trv_dev *dev, struct trv_dma_mem *mem)
{
	CU_ASSERT_EQUAL_FATAL(trv_dma_alloc(dev, 64, 64, mem), 0);
	return mem->cpu;
}

static void body_taint(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_dma_mem mem;
	u8 *p = coherent(dev, &mem);

	for (u32 h = 0; h < N_HOOKS; h++) {
		memset(sim_shadow(p), SIM_OK | SIM_M_TAINTED | SIM_M_COHERENT, 64);
		readers[h](p + 1);
		CU_ASSERT_TRUE(
			sim_shadow_all(p + 1, width(h), SIM_OK | SIM_M_COHERENT, SIM_M_TAINTED));
		CU_ASSERT_TRUE(sim_shadow_all(p + 1 + width(h), 8, SIM_M_TAINTED, 0));
		writers[h](p + 32);
		CU_ASSERT_TRUE(
			sim_shadow_all(p + 32, width(h), SIM_OK | SIM_M_COHERENT, SIM_M_TAINTED));
	}
	trv_dma_free(dev, &mem);
}

static void taint_ends_with_the_first_read(void)
{
	EXPECT_RUN(body_taint, NOTHING);
}

static void body_outside(void)
{
	static const u32 constant = 1;
	u128 local[4];

	for (u32 h = 0; h < N_HOOKS; h++) {
		readers[h]((void *)&constant);
		readers[h](&local);
		writers[h](&local);
		readers[h](NULL);
		readers[h]((void *)~0UL);
	}
}

static void other_memory_is_not_looked_at(void)
{
	EXPECT_RUN(body_outside, NOTHING);
}

static void body_end_of_arena(void)
{
	__tsan_read8((void *)(uintptr_t)(SIM_ARENA + SIM_ARENA_SIZE - 1));
}

static void body_range_off_the_arena(void)
{
	__tsan_read_range((void *)(uintptr_t)(SIM_ARENA + SIM_ARENA_SIZE - 8), 1 << 20);
}

static void body_range(void)
{
	u8 *p = sim_buf(100);

	__tsan_read_range(p, 100);
	__tsan_write_range(p, 100);
	__tsan_read4_pc(p, NULL);
	__tsan_read_write4(p + 96);
	__tsan_write_range(p + 1, 100);
	/* Compiled drivers do not end in a hook either: no tail call. */
	__asm__ volatile("");
}

static void ranges(void)
{
	EXPECT_RUN(body_end_of_arena, SIM_MEM_OOB);
	EXPECT_RUN(body_range_off_the_arena, SIM_MEM_OOB);
	EXPECT_RUN(body_range, SIM_MEM_OOB);
	CU_ASSERT_PTR_NOT_NULL(strstr(result.message, "write of 100 bytes"));
}

static void finding_names_the_line(void)
{
	EXPECT_RUN(body_range, SIM_MEM_OOB);
	CU_ASSERT_STRING_EQUAL(sim_basename(result.site->file), "memory_hooks.c");
	CU_ASSERT_STRING_EQUAL(result.site->func, "body_range");
	CU_ASSERT_TRUE(result.site->line > 150);
	CU_ASSERT_STRING_EQUAL(result.id, "mem-oob-memory_hooks.c:body_range");
}

/* ---- atomics ------------------------------------------------------------- */

#define ATOMIC_TEST(bits, type)                                                                    \
	type __tsan_atomic##bits##_load(const volatile void *p, int mo);                           \
	void __tsan_atomic##bits##_store(volatile void *p, type val, int mo);                      \
	type __tsan_atomic##bits##_exchange(volatile void *p, type val, int mo);                   \
	type __tsan_atomic##bits##_fetch_add(volatile void *p, type val, int mo);                  \
	type __tsan_atomic##bits##_fetch_sub(volatile void *p, type val, int mo);                  \
	type __tsan_atomic##bits##_fetch_and(volatile void *p, type val, int mo);                  \
	type __tsan_atomic##bits##_fetch_or(volatile void *p, type val, int mo);                   \
	type __tsan_atomic##bits##_fetch_xor(volatile void *p, type val, int mo);                  \
	type __tsan_atomic##bits##_fetch_nand(volatile void *p, type val, int mo);                 \
	bool __tsan_atomic##bits##_compare_exchange_strong(volatile void *p, void *want, type val, \
							   int mo, int fail);                      \
	bool __tsan_atomic##bits##_compare_exchange_weak(volatile void *p, void *want, type val,   \
							 int mo, int fail);                        \
	type __tsan_atomic##bits##_compare_exchange_val(volatile void *p, type want, type val,     \
							int mo, int fail);                         \
	static void atomic##bits(void)                                                             \
	{                                                                                          \
		type *p = sim_buf(sizeof(*p)), want = 9;                                           \
		__tsan_atomic##bits##_store(p, (type)-3, 5);                                       \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_load(p, 5) == (type)-3);                      \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_add(p, 5, 5) == (type)-3);              \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_sub(p, 1, 5) == 2);                     \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_or(p, 6, 5) == 1);                      \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_and(p, 5, 5) == 7);                     \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_xor(p, 15, 5) == 5);                    \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_fetch_nand(p, 2, 5) == 10);                   \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_exchange(p, 20, 5) == (type)~2);              \
		CU_ASSERT_FALSE(__tsan_atomic##bits##_compare_exchange_strong(p, &want, 1, 5, 5)); \
		CU_ASSERT_TRUE(want == 20 && *p == 20);                                            \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_compare_exchange_weak(p, &want, 21, 5, 5));   \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_compare_exchange_val(p, 20, 1, 5, 5) == 21);  \
		CU_ASSERT_TRUE(__tsan_atomic##bits##_compare_exchange_val(p, 21, 22, 5, 5) == 21); \
		CU_ASSERT_TRUE(*p == 22);                                                          \
		/* One byte less than it takes. */                                                 \
		sim_shadow(p)[sizeof(*p) - 1] = 0;                                                 \
		__tsan_atomic##bits##_fetch_add(p, 1, 5);                                          \
	}
ATOMIC_TEST(8, uint8_t)
ATOMIC_TEST(16, uint16_t)
ATOMIC_TEST(32, uint32_t)
ATOMIC_TEST(64, uint64_t)
ATOMIC_TEST(128, u128)

static void atomics(void)
{
	EXPECT_RUN(atomic8, SIM_MEM_OOB);
	EXPECT_RUN(atomic16, SIM_MEM_OOB);
	EXPECT_RUN(atomic32, SIM_MEM_OOB);
	EXPECT_RUN(atomic64, SIM_MEM_OOB);
	EXPECT_RUN(atomic128, SIM_MEM_OOB);
}

/* ---- memcpy and its kin -------------------------------------------------- */

/* Against libc and the obvious, for every small offset and length. */
static void body_memmove(void)
{
	enum { N = 24 };
	u8 *p = sim_buf(N);
	u8 bytes[N], known[N];

	for (u32 to = 0; to < N; to++) {
		for (u32 from = 0; from < N; from++) {
			for (u32 len = 0; len <= N - trv_max(to, from); len++) {
				for (u32 i = 0; i < N; i++) {
					p[i] = bytes[i] = (u8)(i * 7 + 1);
					known[i] = i % 3 ? SIM_OK : SIM_M_LIVE;
				}
				memcpy(sim_shadow(p), known, N);
				sim_memmove(p + to, p + from, len);
				memmove(bytes + to, bytes + from, len);
				memmove(known + to, known + from, len);
				CU_ASSERT_TRUE(!memcmp(p, bytes, N));
				CU_ASSERT_TRUE(!memcmp(sim_shadow(p), known, N));
			}
		}
	}
}

static void body_memcpy_marks(void)
{
	struct trv_dev *dev = sim_plug("edu");
	struct trv_dma_mem mem;
	u8 *p = coherent(dev, &mem), *q = sim_buf_uninit(32);
	u8 local[32] = { 1 };

	memset(sim_shadow(p), SIM_M_LIVE | SIM_M_COHERENT, 32);
	memset(sim_shadow(q), SIM_M_LIVE, 32);
	CU_ASSERT_PTR_EQUAL(sim_memcpy(p + 1, local, 8), p + 1);
	CU_ASSERT_TRUE(sim_shadow_all(p + 1, 8, SIM_OK | SIM_M_COHERENT, 0));
	CU_ASSERT_TRUE(sim_shadow_all(p + 9, 23, SIM_M_COHERENT, SIM_M_INIT));
	sim_memcpy(q, p, 16);
	CU_ASSERT_TRUE(sim_shadow_all(q + 1, 8, SIM_OK, SIM_M_COHERENT));
	CU_ASSERT_TRUE(sim_shadow_all(q, 1, SIM_M_LIVE, SIM_M_INIT));
	CU_ASSERT_TRUE(sim_shadow_all(q + 9, 8, SIM_M_LIVE, SIM_M_INIT));
	sim_memset(q, 5, 32);
	CU_ASSERT_TRUE(sim_shadow_all(q, 32, SIM_OK, 0) && q[0] == 5 && q[31] == 5);
	sim_memcpy(q, q, 32); /* a structure onto itself */
	sim_memcpy(local, q, 32);
	CU_ASSERT_EQUAL(local[31], 5);
	CU_ASSERT_EQUAL(sim_memcmp(local, q, 32), 0);
	local[30] = 4;
	CU_ASSERT_TRUE(sim_memcmp(local, q, 32) < 0);
	CU_ASSERT_TRUE(sim_memcmp(q, local, 32) > 0);
	CU_ASSERT_EQUAL(sim_memcmp(q, p, 0), 0);
	trv_dma_free(dev, &mem);
}

static void body_memset_end(void)
{
	sim_memset(sim_buf(32), 0, 33);
}

static void body_memcmp_end(void)
{
	u8 *p = sim_buf(32);
	u8 local[33] = { 0 };

	sim_memcmp(local, p, 33);
}

static void mem_functions(void)
{
	EXPECT_RUN(body_memmove, NOTHING);
	EXPECT_RUN(body_memcpy_marks, NOTHING);
	EXPECT_RUN(body_memset_end, SIM_MEM_OOB);
	EXPECT_RUN(body_memcmp_end, SIM_MEM_OOB);
}

KTAP_SUITE(memory_hooks, KTAP_TEST(every_byte_counts), KTAP_TEST(unwritten_bytes),
	   KTAP_TEST(taint_ends_with_the_first_read), KTAP_TEST(other_memory_is_not_looked_at),
	   KTAP_TEST(ranges), KTAP_TEST(finding_names_the_line), KTAP_TEST(atomics),
	   KTAP_TEST(mem_functions));
KTAP_MAIN(&memory_hooks);
