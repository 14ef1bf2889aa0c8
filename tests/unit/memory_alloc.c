// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The arena, its blocks, and the simulator's own memory. */
#include "memory_test.h"

static void body_shapes(void)
{
	static const size_t sizes[] = { 1, 7, 8, 63, 64, 65, 4095, 4096, 4097, 100000 };
	u8 *last_end = NULL;

	for (size_t i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		u8 *p = trv_alloc(NULL, sizes[i], TRV_SLEEP);
		u8 *z = trv_zalloc(NULL, sizes[i], TRV_ATOMIC);
		u8 *a = trv_alloc_array(NULL, sizes[i], 3, TRV_SLEEP);

		CU_ASSERT_PTR_NOT_NULL(p);
		CU_ASSERT_PTR_NOT_NULL(z);
		CU_ASSERT_PTR_NOT_NULL(a);
		CU_ASSERT_EQUAL((uintptr_t)p % 64, 0);
		CU_ASSERT_TRUE(sim_mem_inside(p));
		/* 32 bytes at least that nobody may touch, on both sides. */
		CU_ASSERT_TRUE(!last_end || p >= last_end + 32);
		CU_ASSERT_TRUE(sim_shadow_all(p - 32, 32, 0, SIM_M_LIVE));
		CU_ASSERT_TRUE(sim_shadow_all(p + sizes[i], 32, 0, SIM_M_LIVE));
		CU_ASSERT_TRUE(sim_shadow_all(p, sizes[i], SIM_M_LIVE, 0));
		CU_ASSERT_TRUE(sim_shadow_all(z, sizes[i], SIM_M_LIVE | SIM_M_INIT, 0));
		for (size_t k = 0; k < sizes[i]; k++)
			CU_ASSERT_EQUAL(z[k], 0);
		for (size_t k = 0; k < 3 * sizes[i]; k++)
			CU_ASSERT_EQUAL(a[k], 0);
		CU_ASSERT_NOT_EQUAL(p[0], 0);
		last_end = a + 3 * sizes[i];
		trv_free(NULL, p, sizes[i]);
		trv_free(NULL, z, sizes[i]);
		trv_free(NULL, a, 3 * sizes[i]);
	}
}

static void shapes(void)
{
	EXPECT_RUN(body_shapes, NOTHING);
}

static void body_refusals(void)
{
	CU_ASSERT_PTR_NULL(trv_alloc(NULL, 0, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_zalloc(NULL, 0, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_alloc_array(NULL, 0, 8, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_alloc_array(NULL, 1ULL << 33, 1ULL << 33, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_alloc_array(NULL, ~0ULL, 2, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_alloc(NULL, SIM_ARENA_SIZE, TRV_SLEEP));
	CU_ASSERT_PTR_NULL(trv_alloc(NULL, ~(size_t)0, TRV_SLEEP));
	trv_free(NULL, NULL, 12);
}

static void refusals(void)
{
	EXPECT_RUN(body_refusals, NOTHING);
}

static void *first_addr;

static void body_one(void)
{
	first_addr = trv_alloc(NULL, 100, TRV_SLEEP);
	trv_free(NULL, first_addr, 100);
}

static void failure_is_a_choice(void)
{
	struct sim_deviation dev = { .index = 0, .alt = 1, .kind = SIM_K_ALLOC };

	CU_ASSERT_EQUAL(run_with(body_one, &dev, 1), NOTHING);
	CU_ASSERT_EQUAL(result.deviations_used, 1);
	CU_ASSERT_PTR_NULL(first_addr);
	EXPECT_RUN(body_one, NOTHING);
	CU_ASSERT_PTR_NOT_NULL(first_addr);
}

static void same_addresses_in_every_run(void)
{
	void *before;

	EXPECT_RUN(body_one, NOTHING);
	before = first_addr;
	EXPECT_RUN(body_shapes, NOTHING);
	EXPECT_RUN(body_one, NOTHING);
	CU_ASSERT_PTR_EQUAL(before, first_addr);
}

/* Freed memory is not used again while there is any other. */
static void body_quarantine(void)
{
	u8 *last = NULL;

	for (u32 i = 0; i < 1000; i++) {
		u8 *p = trv_alloc(NULL, 1000, TRV_SLEEP);

		CU_ASSERT_TRUE(p > last);
		CU_ASSERT_TRUE(!last || sim_shadow_all(last, 1000, SIM_M_FREED, SIM_M_LIVE));
		trv_free(NULL, p, 1000);
		last = p;
	}
}

static void quarantine(void)
{
	EXPECT_RUN(body_quarantine, NOTHING);
}

/* 10,000 requests of 128 KiB through a bounce buffer each: five times the arena. */
static void body_recycle(void)
{
	u8 *kept = trv_zalloc(NULL, 5000, TRV_SLEEP);
	u8 *first = NULL, *prev = NULL;
	u32 reused_at = 0;

	memset(kept, 0x77, 5000);
	for (u32 i = 0; i < 10000; i++) {
		size_t size = (128 << 10) + i % 100 * 64;
		u8 *p = trv_alloc(NULL, size, TRV_SLEEP);

		CU_ASSERT_PTR_NOT_NULL(p);
		if (!p)
			break;
		if (!first)
			first = p;
		if (prev && p < prev && !reused_at)
			reused_at = i;
		CU_ASSERT_TRUE(sim_shadow_all(p, size, SIM_M_LIVE, SIM_M_FREED));
		CU_ASSERT_TRUE(sim_shadow_all(p - 32, 32, 0, SIM_M_LIVE | SIM_M_FREED));
		p[0] = p[size - 1] = 1;
		trv_free(NULL, p, size);
		prev = p;
	}
	/* All of the arena was used before any of it twice, and then the oldest. */
	CU_ASSERT_TRUE(reused_at > 1900);
	for (u32 i = 0; i < 5000; i++)
		CU_ASSERT_EQUAL(kept[i], 0x77);
	trv_free(NULL, kept, 5000);
}

static void recycle(void)
{
	EXPECT_RUN(body_recycle, NOTHING);
}

static u32 rnd(u32 *state, u32 n)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 16) % n;
}

/* Any mix of sizes and lifetimes in a full arena: blocks never overlap, and are found by any byte. */
static void body_churn(void)
{
	enum { LIVE = 64 };
	static struct {
		u8 *p;
		size_t size;
	} live[LIVE];
	u32 seed = 1, done = 0;

	memset(live, 0, sizeof(live));
	for (u32 i = 0; i < 20000; i++) {
		u32 k = rnd(&seed, LIVE);
		size_t size = rnd(&seed, 8) ? 1 + rnd(&seed, 20000) : 1 + 50 * rnd(&seed, 20000);

		if (live[k].p) {
			CU_ASSERT_TRUE(live[k].p[0] == (u8)k &&
				       live[k].p[live[k].size - 1] == (u8)k);
			trv_free(NULL, live[k].p, live[k].size);
		}
		live[k].p = trv_alloc(NULL, size, TRV_SLEEP);
		live[k].size = size;
		if (!live[k].p)
			continue;
		done++;
		live[k].p[0] = live[k].p[size - 1] = (u8)k;
		CU_ASSERT_TRUE(sim_block_ptr(sim_block_find(live[k].p + size / 2)) == live[k].p);
		CU_ASSERT_TRUE(sim_block_find(live[k].p + size - 1)->size == size);
		CU_ASSERT_TRUE(sim_shadow_all(live[k].p, size, SIM_M_LIVE, 0));
	}
	CU_ASSERT_EQUAL(done, 20000);
	for (u32 k = 0; k < LIVE; k++)
		trv_free(NULL, live[k].p, live[k].size);
}

static void churn(void)
{
	EXPECT_RUN(body_churn, NOTHING);
}

static void body_exhaust(void)
{
	u8 *p[300];
	u32 n = 0;

	while (n < 300 && (p[n] = trv_alloc(NULL, 1 << 20, TRV_SLEEP)))
		n++;
	CU_ASSERT_TRUE(n > 250 && n < 256);
	CU_ASSERT_PTR_NULL(trv_alloc(NULL, 1 << 20, TRV_SLEEP));
	trv_free(NULL, p[7], 1 << 20);
	p[7] = trv_alloc(NULL, 1 << 20, TRV_SLEEP);
	CU_ASSERT_PTR_NOT_NULL(p[7]);
	while (n-- > 0)
		trv_free(NULL, p[n], 1 << 20);
}

static void exhaust(void)
{
	EXPECT_RUN(body_exhaust, NOTHING);
	/* And the next world has it all again, with nothing of this one's left in it. */
	EXPECT_RUN(body_shapes, NOTHING);
}

static void body_describe(void)
{
	u8 *p = trv_zalloc(NULL, 128, TRV_SLEEP);
	u8 local;

	CU_ASSERT_PTR_NOT_NULL(strstr(sim_mem_describe(p + 16, 64),
				      "64 bytes at +0x10 of the 128 bytes from memory_alloc.c:"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(sim_mem_describe(p + 130, 1), "1 byte, 2 behind the end of the 128 bytes"));
	CU_ASSERT_PTR_NOT_NULL(strstr(sim_mem_describe(p - 4, 4), "4 in front of the 128 bytes"));
	CU_ASSERT_PTR_NOT_NULL(strstr(sim_mem_describe(&local, 1), "local variable"));
	trv_free(NULL, p, 128);
	CU_ASSERT_PTR_NOT_NULL(strstr(sim_mem_describe(p, 128), "freed at memory_alloc.c:"));
}

static void describe(void)
{
	EXPECT_RUN(body_describe, NOTHING);
}

/* Where no stores are seen, nothing is known to be unwritten. */
#ifndef SIM_NO_HOOKS
static void body_strict(void)
{
	u8 *p = sim_buf_uninit(64);

	sim_mem_write(p, 32, NULL);
	sim_mem_read(p, 32, NULL);
	sim_mem_read(p + 20, 0, NULL);
	/* One byte more was never written. */
	sim_mem_read(p, 33, NULL);
}
#endif

static void body_strict_end(void)
{
	u8 *p = sim_buf(64);

	sim_mem_read(p, 64, NULL);
	sim_mem_read(p, 65, NULL);
}

static void body_buf_free(void)
{
	u8 *p = sim_buf(64);

	sim_buf_free(p);
	sim_mem_write(p, 1, NULL);
}

static void entries_are_strict(void)
{
#ifndef SIM_NO_HOOKS
	EXPECT_RUN(body_strict, SIM_MEM_UNINIT);
#endif
	EXPECT_RUN(body_strict_end, SIM_MEM_OOB);
	EXPECT_RUN(body_buf_free, SIM_MEM_UAF);
}

static struct trv_dev *leaker;

static void body_leak_of_one(void)
{
	struct trv_dev *other;

	leaker = new_dev();
	other = new_dev();
	CU_ASSERT_PTR_NOT_NULL(trv_alloc(leaker, 10, TRV_SLEEP));
	sim_mem_leftovers(other);
	sim_mem_leftovers(leaker);
}

static void body_free_for_another(void)
{
	struct trv_dev *dev = new_dev();

	trv_free(new_dev(), trv_alloc(dev, 10, TRV_SLEEP), 10);
}

static void owners(void)
{
	EXPECT_RUN(body_leak_of_one, SIM_MEM_LEAK);
	CU_ASSERT_PTR_NOT_NULL(strstr(result.message, "10 bytes in 1 allocation"));
	EXPECT_RUN(body_free_for_another, SIM_MEM_FREE);
}

static void body_hold(void)
{
	u8 *p = trv_alloc(NULL, 100, TRV_SLEEP);
	u8 *q = trv_alloc(NULL, 100, TRV_SLEEP);

	sim_mem_hold(p + 96, 16, "timer t"); /* straddles the end */
	sim_mem_hold(q, 8, "mutex m");
	sim_mem_unhold(q);
	trv_free(NULL, q, 100);
	trv_free(NULL, p, 100);
}

static void body_hold_lock(void)
{
	u8 *p = trv_alloc(NULL, 100, TRV_SLEEP);

	sim_mem_hold(p + 8, 16, "mutex m");
	trv_free(NULL, p, 100);
}

static void held_memory(void)
{
	EXPECT_RUN(body_hold, SIM_TIMER_LEAK);
	EXPECT_RUN(body_hold_lock, SIM_LOCK_HELD);
}

/* ---- the simulator's own memory ------------------------------------------ */

static void dirty_own(void)
{
	static const size_t sizes[] = { 1, 100, 5000, 300000, 17, 20 << 20, 3 };

	for (size_t i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		u8 *p = sim_own(sizes[i]);

		CU_ASSERT_EQUAL((uintptr_t)p % 16, 0);
		CU_ASSERT_FALSE(sim_mem_inside(p));
		for (size_t k = 0; k < sizes[i]; k += 1 + sizes[i] / 5000)
			CU_ASSERT_EQUAL(p[k], 0);
		CU_ASSERT_EQUAL(p[sizes[i] - 1], 0);
		memset(p, 0xee, sizes[i]);
	}
	CU_ASSERT_STRING_EQUAL(sim_own_strdup("kept"), "kept");
}

static void own_memory_is_zeroed(void)
{
	for (u32 i = 0; i < 3; i++)
		EXPECT_RUN(dirty_own, NOTHING);
}

KTAP_SUITE(memory_alloc, KTAP_TEST(shapes), KTAP_TEST(refusals), KTAP_TEST(failure_is_a_choice),
	   KTAP_TEST(same_addresses_in_every_run), KTAP_TEST(quarantine), KTAP_TEST(recycle),
	   KTAP_TEST(churn), KTAP_TEST(exhaust), KTAP_TEST(describe), KTAP_TEST(entries_are_strict),
	   KTAP_TEST(owners), KTAP_TEST(held_memory), KTAP_TEST(own_memory_is_zeroed));
KTAP_MAIN(&memory_alloc);
