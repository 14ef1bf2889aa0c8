// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Between CPUs: single accesses, acquire and release, atomics, reference counts. */
#include <tests/conformance/conf.h>

#define TURNS 400

/* ---- one access ---------------------------------------------------------- */

static void store_later(struct conf *c)
{
	trv_sleep_us(200);
	trv_write_once(c->a, 1);
}

static void conf_once_fresh(struct conf *c)
{
	u64 until = trv_time_ns() + CONF_LONG_US * 1000;

	conf_far(c, store_later);
	while (!trv_read_once(c->a) && trv_time_ns() < until)
		trv_cpu_relax();
	conf_eq(c, trv_read_once(c->a), 1);
	conf_far_join(c);
}

static void conf_once_stores(struct conf *c)
{
	for (u32 i = 1; i < 10; i++) {
		trv_write_once(c->a, i);
		conf_eq(c, trv_read_once(c->a), i);
	}
}

static void toggle(struct conf *c)
{
	while (!conf_get(&c->b)) {
		trv_write_once(c->word, ~0UL);
		trv_cpu_relax();
		trv_write_once(c->word, 0UL);
		trv_cpu_relax();
	}
}

static void conf_once_whole(struct conf *c)
{
	u32 torn = 0;

	conf_far(c, toggle);
	for (u32 i = 0; i < TURNS; i++) {
		unsigned long word = trv_read_once(c->word);

		torn += word && word != ~0UL;
		trv_cpu_relax();
	}
	conf_set(&c->b, 1);
	conf_far_join(c);
	conf_eq(c, torn, 0);
}

/* ---- acquire, release ---------------------------------------------------- */

static void send(struct conf *c)
{
	for (u32 i = 1; i <= 20; i++) {
		c->d = i * 1000;
		/* The payload before the flag. */
		trv_store_release(&c->a, i);
		if (!conf_wait(trv_load_acquire(&c->b) == i, CONF_LONG_US))
			return;
	}
}

static void receive(struct conf *c)
{
	conf_far(c, send);
	for (u32 i = 1; i <= 20; i++) {
		/* The flag before the payload. */
		conf_check(c, conf_wait(trv_load_acquire(&c->a) == i, CONF_LONG_US));
		conf_eq(c, c->d, i * 1000);
		trv_store_release(&c->b, i);
	}
	conf_far_join(c);
}

static void conf_load_acquire_value(struct conf *c)
{
	u32 word = 5;

	conf_eq(c, trv_load_acquire(&word), 5);
	receive(c);
}

static void conf_store_release_value(struct conf *c)
{
	u32 word = 0;

	trv_store_release(&word, 5);
	conf_eq(c, word, 5);
	receive(c);
}

/* ---- read, change, write ------------------------------------------------- */

static void conf_fetch_add_value(struct conf *c)
{
	u32 word = 5;

	conf_eq(c, trv_fetch_add(&word, 3), 5);
	conf_eq(c, word, 8);
	conf_eq(c, trv_fetch_add(&word, -9U), 8);
	conf_eq(c, word, ~0U);
	conf_eq(c, trv_fetch_add(&word, 2), ~0U);
	conf_eq(c, word, 1);
}

static void add_many(struct conf *c)
{
	for (u32 i = 0; i < TURNS; i++)
		(void)trv_fetch_add(&c->a, 1);
}

static void conf_fetch_add_atomic(struct conf *c)
{
	conf_far(c, add_many);
	add_many(c);
	conf_far_join(c);
	conf_eq(c, conf_get(&c->a), 2 * TURNS);
}

static void conf_xchg_value(struct conf *c)
{
	u32 word = 5;

	conf_eq(c, trv_xchg(&word, 7), 5);
	conf_eq(c, word, 7);
	conf_eq(c, trv_xchg(&word, 7), 7);
}

/* Three values, a box and two hands: none is ever lost or there twice. */
static void swap_many(struct conf *c, u32 *hand)
{
	for (u32 i = 0; i < TURNS; i++)
		*hand = trv_xchg(&c->a, *hand);
}

static void swap_far(struct conf *c)
{
	swap_many(c, &c->b);
}

static void conf_xchg_atomic(struct conf *c)
{
	c->a = 1;
	c->b = 2;
	c->d = 4;
	conf_far(c, swap_far);
	swap_many(c, &c->d);
	conf_far_join(c);
	conf_eq(c, conf_get(&c->a) | conf_get(&c->b) | c->d, 7);
}

/* ---- reference counts ---------------------------------------------------- */

static void conf_refcount_last(struct conf *c)
{
	struct trv_refcount r;

	trv_refcount_set(&r, 1);
	conf_check(c, trv_refcount_put(&r));
	trv_refcount_set(&r, 2);
	trv_refcount_get(&r);
	conf_check(c, !trv_refcount_put(&r));
	conf_check(c, !trv_refcount_put(&r));
	conf_check(c, trv_refcount_put(&r));
}

static void put_many(struct conf *c)
{
	for (u32 i = 0; i < TURNS; i++) {
		if (trv_refcount_put(&c->ref))
			(void)trv_fetch_add(&c->a, 1);
	}
}

static void conf_refcount_race(struct conf *c)
{
	trv_refcount_set(&c->ref, 2 * TURNS);
	conf_far(c, put_many);
	put_many(c);
	conf_far_join(c);
	conf_eq(c, conf_get(&c->a), 1);
}

static void conf_refcount_get_zero(struct conf *c)
{
	u32 before = c->leg->reports(c->dev);

	trv_refcount_set(&c->ref, 1);
	conf_check(c, trv_refcount_put(&c->ref));
	trv_refcount_get(&c->ref);
	conf_eq(c, c->leg->reports(c->dev), before + 1);
}

static void conf_refcount_put_zero(struct conf *c)
{
	u32 before = c->leg->reports(c->dev);

	trv_refcount_set(&c->ref, 1);
	conf_check(c, trv_refcount_put(&c->ref));
	conf_check(c, !trv_refcount_put(&c->ref));
	conf_eq(c, c->leg->reports(c->dev), before + 1);
}

CONF_GROUP(atomics, CONF_ATOMICS_CLAUSES);
