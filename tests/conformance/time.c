// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Time that passes, and time that is spent. */
#include <tests/conformance/conf.h>

static void conf_time_ns_monotonic(struct conf *c)
{
	u64 first = trv_time_ns(), last = first;

	for (u32 i = 0; i < 200; i++) {
		u64 now = trv_time_ns();

		conf_check(c, now >= last);
		last = now;
		trv_delay_us(1);
	}
	conf_check(c, last - first >= 199 * 1000);
}

/* Whoever looks later, sees later. */
static void look(struct conf *c)
{
	for (u32 i = 1; i <= 20; i++) {
		if (!conf_spin(conf_get(&c->a) == i, CONF_LONG_US))
			return;
		(void)conf_note(c, trv_time_ns() >= c->t0);
		c->t1 = trv_time_ns();
		conf_set(&c->b, i);
	}
}

static void conf_time_ns_cpus(struct conf *c)
{
	conf_far(c, look);
	for (u32 i = 1; i <= 20; i++) {
		c->t0 = trv_time_ns();
		conf_set(&c->a, i);
		conf_check(c, conf_spin(conf_get(&c->b) == i, CONF_LONG_US));
		conf_check(c, trv_time_ns() >= c->t1);
	}
	conf_far_join(c);
}

static void conf_delay_ns(struct conf *c)
{
	static const u32 delays[] = { 0, 1, 400, 1500, 100000, 1000000 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(delays); i++) {
		u64 start = trv_time_ns();

		trv_delay_ns(delays[i]);
		conf_check(c, trv_time_ns() - start >= delays[i]);
	}
}

static void conf_delay_us(struct conf *c)
{
	static const u32 delays[] = { 0, 1, 50, 1000 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(delays); i++) {
		u64 start = trv_time_ns();

		trv_delay_us(delays[i]);
		conf_check(c, trv_time_ns() - start >= delays[i] * 1000ULL);
	}
}

static void conf_sleep_us_long(struct conf *c)
{
	static const u32 sleeps[] = { 0, 1, 77, 1500, 25000 };

	for (u32 i = 0; i < TRV_ARRAY_SIZE(sleeps); i++) {
		u64 start = trv_time_ns();

		trv_sleep_us(sleeps[i]);
		conf_check(c, trv_time_ns() - start >= sleeps[i] * 1000ULL);
	}
}

static void sleeper(struct conf *c)
{
	conf_set(&c->in, 1);
	trv_sleep_us(50000);
	conf_set(&c->in, 0);
}

static void runs_meanwhile(void *arg)
{
	struct conf *c = arg;

	c->b = conf_get(&c->in);
	conf_set(&c->a, 1);
}

/* Work may have the same CPU as the sleeper, and is done before he wakes up. */
static void conf_sleep_us_sleeps(struct conf *c)
{
	struct trv_work *w = conf_work(c, runs_meanwhile);

	conf_far(c, sleeper);
	conf_check(c, conf_wait(conf_get(&c->in), CONF_LONG_US));
	conf_check(c, trv_work_queue(w));
	conf_check(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
	conf_eq(c, c->b, 1);
	conf_far_join(c);
}

CONF_GROUP(time, CONF_TIME_CLAUSES);
