// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Memory, and the functions that fill, copy and compare it. */
#include <tests/conformance/conf.h>

union any {
	u64 integer;
	void *pointer;
	void (*function)(void);
	long l;
};

static const size_t sizes[] = { 1, 3, 8, 17, 64, 500, 4096, 10000 };

static void conf_alloc_aligned(struct conf *c)
{
	for (u32 i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		void *p = trv_alloc(c->dev, sizes[i], i & 1 ? TRV_SLEEP : TRV_ATOMIC);

		conf_check(c, p);
		(void)conf_note(c, !((uintptr_t)p & (_Alignof(union any) - 1)));
		trv_memset(p, 0x5a, sizes[i]);
		trv_free(c->dev, p, sizes[i]);
		conf_ok(c);
	}
}

static void conf_alloc_apart(struct conf *c)
{
	u8 *p[CONF_BUFS];

	for (u32 i = 0; i < CONF_BUFS; i++) {
		p[i] = conf_buf(c, 300);
		conf_ok(c);
		conf_fill(p[i], 300, i);
	}
	for (u32 i = 0; i < CONF_BUFS; i++)
		conf_check(c, conf_filled(p[i], 300, i));
}

static void conf_alloc_for_dma(struct conf *c)
{
	conf_edu_limits(c);
	conf_ok(c);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(sizes); i++) {
		void *p = trv_zalloc(c->dev, sizes[i], TRV_ATOMIC);
		struct trv_dma_map map;
		int rc;

		conf_check(c, p);
		rc = trv_dma_map(c->dev, p, sizes[i], TRV_DMA_TO_DEVICE, &map);
		(void)conf_note(c, !rc);
		if (!rc)
			trv_dma_unmap(c->dev, &map);
		trv_free(c->dev, p, sizes[i]);
		conf_ok(c);
	}
}

static void conf_alloc_zero_bytes(struct conf *c)
{
	conf_check(c, !trv_alloc(c->dev, 0, TRV_SLEEP));
	conf_check(c, !trv_zalloc(c->dev, 0, TRV_ATOMIC));
	conf_check(c, !trv_alloc_array(c->dev, 0, 8, TRV_SLEEP));
	conf_check(c, !trv_alloc_array(c->dev, 8, 0, TRV_SLEEP));
}

static void conf_alloc_none(struct conf *c)
{
	const size_t too_much = ~(size_t)0 / 4;

	conf_check(c, !trv_alloc(c->dev, too_much, TRV_SLEEP));
	conf_check(c, !trv_zalloc(c->dev, too_much, TRV_ATOMIC));
}

static void conf_alloc_zeroed(struct conf *c)
{
	for (u32 i = 0; i < 2 * TRV_ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i / 2];
		void *p = trv_zalloc(c->dev, size, i & 1 ? TRV_SLEEP : TRV_ATOMIC);

		conf_check(c, p);
		(void)conf_note(c, conf_zero(p, size));
		/* What the next one may be made of. */
		trv_memset(p, 0xff, size);
		trv_free(c->dev, p, size);
		conf_ok(c);
	}
}

static void conf_alloc_array(struct conf *c)
{
	for (u32 i = 0; i < 8; i++) {
		void *p = trv_alloc_array(c->dev, 30, 17, i & 1 ? TRV_SLEEP : TRV_ATOMIC);

		conf_check(c, p);
		(void)conf_note(c, conf_zero(p, 30 * 17));
		trv_memset(p, 0xff, 30 * 17);
		trv_free(c->dev, p, 30 * 17);
		conf_ok(c);
	}
}

static void conf_alloc_overflow(struct conf *c)
{
	const size_t half = ~(size_t)0 / 2 + 1;

	conf_check(c, !trv_alloc_array(c->dev, half + 4, 2, TRV_SLEEP));
	conf_check(c, !trv_alloc_array(c->dev, 2, half + 4, TRV_SLEEP));
	conf_check(c, !trv_alloc_array(c->dev, half + 4, 2, TRV_ATOMIC));
}

static void conf_free_null(struct conf *c)
{
	trv_free(c->dev, NULL, 0);
	trv_free(c->dev, NULL, 100);
}

static void conf_free_back(struct conf *c)
{
	for (u32 i = 0; i < 1000; i++) {
		void *p = trv_alloc(c->dev, 5000, TRV_SLEEP);

		conf_check(c, p);
		trv_free(c->dev, p, 5000);
	}
}

/* ---- as in C ------------------------------------------------------------- */

#define ROOM 96
#define GUARD 0xee

/* @n bytes from the start of @from, at @at of memory of guard bytes: nothing else changed? */
static bool only(const u8 *p, u32 at, u32 n, u32 seed)
{
	for (u32 i = 0; i < ROOM; i++) {
		if ((i < at || i >= at + n) && p[i] != GUARD)
			return false;
	}
	return conf_filled(p + at, n, seed);
}

/* Lengths the compiler cannot know. */
static void conf_mem_copy(struct conf *c)
{
	u8 *from = conf_buf(c, ROOM), *to = conf_buf(c, ROOM);

	conf_ok(c);
	for (u32 n = 0; n <= 40; n++) {
		for (u32 at = 0; at < 9; at++) {
			conf_fill(from + at, n, n);
			trv_memset(to, GUARD, ROOM);
			conf_check(c, trv_memcpy(to + 20 - at, from + at, n) == to + 20 - at);
			conf_check(c, only(to, 20 - at, n, n));
		}
	}
}

static void conf_mem_move(struct conf *c)
{
	u8 *p = conf_buf(c, ROOM);

	conf_ok(c);
	for (u32 n = 0; n <= 40; n++) {
		for (u32 to = 10; to <= 30; to++) {
			conf_fill(p + 20, n, n);
			conf_check(c, trv_memmove(p + to, p + 20, n) == p + to);
			conf_check(c, conf_filled(p + to, n, n));
		}
	}
}

static bool all_are(const u8 *p, u32 n, u8 val)
{
	for (u32 i = 0; i < n; i++) {
		if (p[i] != val)
			return false;
	}
	return true;
}

static void conf_mem_set(struct conf *c)
{
	u8 *p = conf_buf(c, ROOM);

	conf_ok(c);
	for (u32 n = 0; n <= 40; n++) {
		trv_memset(p, GUARD, ROOM);
		conf_check(c, trv_memset(p + 7, 0x1a5, n) == p + 7);
		conf_check(c, all_are(p, 7, GUARD) && all_are(p + 7, n, 0xa5));
		conf_check(c, all_are(p + 7 + n, ROOM - 7 - n, GUARD));
	}
}

static void conf_mem_compare(struct conf *c)
{
	u8 *a = conf_buf(c, ROOM), *b = conf_buf(c, ROOM);

	conf_ok(c);
	for (u32 n = 1; n <= 40; n++) {
		conf_fill(a, n, 1);
		conf_fill(b + 3, n, 1);
		conf_eq(c, trv_memcmp(a, b + 3, n), 0);
		a[n - 1] = 0x01;
		b[3 + n - 1] = 0x80;
		conf_check(c, trv_memcmp(a, b + 3, n) < 0);
		conf_check(c, trv_memcmp(b + 3, a, n) > 0);
		conf_eq(c, trv_memcmp(a, b + 3, n - 1), 0);
	}
}

CONF_GROUP(mem, CONF_MEM_CLAUSES);
