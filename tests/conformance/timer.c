// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Timers. One that is armed by a far task fires, where that matters, on the far CPU. */
#include <tests/conformance/conf.h>

#define SHORT_US 1000

static void fires(void *arg)
{
	struct conf *c = arg;

	c->t1 = trv_time_ns();
	(void)trv_fetch_add(&c->a, 1);
}

static bool fired(struct conf *c, u32 n)
{
	return conf_wait(conf_get(&c->a) == n, CONF_LONG_US);
}

static void conf_timer_arm_runs(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, fires);

	for (u32 i = 1; i <= 3; i++) {
		trv_timer_arm(t, 100);
		conf_check(c, fired(c, i));
	}
	trv_sleep_us(20 * SHORT_US);
	conf_eq(c, conf_get(&c->a), 3);
}

static void conf_timer_arm_early(struct conf *c)
{
	static const u32 delays[] = { 0, 1, 77, 1000, 20000 };
	struct trv_timer *t = conf_timer(c, fires);

	for (u32 i = 0; i < TRV_ARRAY_SIZE(delays); i++) {
		u64 start = trv_time_ns();

		trv_timer_arm(t, delays[i]);
		conf_check(c, fired(c, i + 1));
		conf_check(c, c->t1 - start >= delays[i] * 1000ULL);
	}
}

static void conf_timer_arm_moves(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, fires);
	u64 start = trv_time_ns();

	trv_timer_arm(t, 5 * SHORT_US);
	trv_timer_arm(t, 40 * SHORT_US);
	conf_check(c, fired(c, 1));
	conf_check(c, c->t1 - start >= 40 * SHORT_US * 1000ULL);
	/* Only the second, which was the last word. */
	trv_sleep_us(20 * SHORT_US);
	conf_eq(c, conf_get(&c->a), 1);

	start = trv_time_ns();
	trv_timer_arm(t, 1000 * SHORT_US);
	trv_timer_arm(t, 5 * SHORT_US);
	conf_check(c, fired(c, 2));
	conf_check(c, c->t1 - start < 1000 * SHORT_US * 1000ULL);
}

static void five_times(void *arg)
{
	struct conf *c = arg;

	if (trv_fetch_add(&c->a, 1) < 4)
		trv_timer_arm(&c->timer[0], 50);
}

static void conf_timer_arm_itself(struct conf *c)
{
	trv_timer_arm(conf_timer(c, five_times), 50);
	conf_check(c, fired(c, 5));
	trv_sleep_us(20 * SHORT_US);
	conf_eq(c, conf_get(&c->a), 5);
}

static void conf_timer_cancel_sync_pending(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, fires);

	trv_timer_arm(t, 50 * SHORT_US);
	conf_check(c, trv_timer_cancel_sync(t));
	trv_sleep_us(100 * SHORT_US);
	conf_eq(c, conf_get(&c->a), 0);
	/* And can be armed again. */
	trv_timer_arm(t, 50);
	conf_check(c, fired(c, 1));
}

static void conf_timer_cancel_sync_idle(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, fires);

	conf_check(c, !trv_timer_cancel_sync(t));
	trv_timer_arm(t, 50);
	conf_check(c, fired(c, 1));
	conf_check(c, !trv_timer_cancel_sync(t));
}

/* ---- beside a running one ------------------------------------------------ */

static void lingers(void *arg)
{
	struct conf *c = arg;

	conf_set(&c->in, 1);
	(void)trv_fetch_add(&c->a, 1);
	trv_delay_us(300);
	conf_set(&c->in, 0);
}

static void lingers_and_arms(void *arg)
{
	struct conf *c = arg;

	lingers(c);
	trv_timer_arm(&c->timer[0], 20);
}

static void arm_it(struct conf *c)
{
	trv_timer_arm(&c->timer[0], 100);
	/* Stay, so that this CPU is the one that serves it. */
	(void)conf_spin(conf_get(&c->a), CONF_LONG_US);
}

/* It runs now, or on this CPU: did. */
static struct trv_timer *busy(struct conf *c, void (*fn)(void *arg))
{
	struct trv_timer *t = conf_timer(c, fn);

	conf_far(c, arm_it);
	(void)conf_note(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
	return t;
}

static void conf_timer_cancel_sync_waits(struct conf *c)
{
	struct trv_timer *t = busy(c, lingers);

	conf_ok(c);
	(void)trv_timer_cancel_sync(t);
	conf_eq(c, conf_get(&c->in), 0);
	conf_far_join(c);
}

static void conf_timer_cancel_sync_rearm(struct conf *c)
{
	struct trv_timer *t = busy(c, lingers_and_arms);
	u32 before;

	conf_ok(c);
	(void)trv_timer_cancel_sync(t);
	before = conf_get(&c->a);
	trv_sleep_us(20 * SHORT_US);
	conf_eq(c, conf_get(&c->a), before);
	conf_far_join(c);
}

static void meets(void *arg)
{
	struct conf *c = arg;

	if (trv_fetch_add(&c->in, 1))
		conf_set(&c->b, 1);
	(void)trv_fetch_add(&c->a, 1);
	trv_delay_us(300);
	(void)trv_fetch_add(&c->in, -1U);
}

/* Armed here while it runs there. */
static void conf_timer_arm_alone(struct conf *c)
{
	struct trv_timer *t = busy(c, meets);

	conf_ok(c);
	trv_timer_arm(t, 10);
	conf_check(c, fired(c, 2));
	conf_check(c, conf_wait(!conf_get(&c->in), CONF_LONG_US));
	conf_check(c, !conf_get(&c->b));
	conf_far_join(c);
}

CONF_GROUP(timer, CONF_TIMER_CLAUSES);
