// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Deferred work. What makes it pending for certain: that it runs already, and sleeps. */
#include <tests/conformance/conf.h>

#define SHORT_US 1000

/* Counts itself in c->a, those inside in c->in, meetings in c->b; stays for c->t0 us. */
static void enter(struct conf *c)
{
	if (trv_fetch_add(&c->in, 1))
		conf_set(&c->b, 1);
	(void)trv_fetch_add(&c->a, 1);
}

static void leave(struct conf *c)
{
	(void)trv_fetch_add(&c->in, -1U);
}

static void worker(void *arg)
{
	struct conf *c = arg;

	enter(c);
	if (c->t0)
		trv_sleep_us(c->t0);
	leave(c);
}

static bool ran(struct conf *c, u32 n)
{
	return conf_wait(conf_get(&c->a) == n && !conf_get(&c->in), CONF_LONG_US);
}

/* It runs now, and will for a while. */
static struct trv_work *busy(struct conf *c, void (*fn)(void *arg))
{
	struct trv_work *w = conf_work(c, fn);

	c->t0 = 30 * SHORT_US;
	(void)conf_note(c, trv_work_queue(w));
	(void)conf_note(c, conf_wait(conf_get(&c->in) == 1, CONF_LONG_US));
	return w;
}

static void conf_work_queue_runs(struct conf *c)
{
	struct trv_work *w = conf_work(c, worker);

	for (u32 i = 1; i <= 3; i++) {
		conf_check(c, trv_work_queue(w));
		conf_check(c, ran(c, i));
	}
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->a), 3);
}

static void sleeper(void *arg)
{
	struct conf *c = arg;

	trv_mutex_lock(&c->mutex);
	trv_sleep_us(100);
	trv_mutex_unlock(&c->mutex);
	conf_set(&c->a, 1);
}

static void conf_work_queue_task(struct conf *c)
{
	struct trv_work *w = conf_work(c, sleeper);

	trv_mutex_init(&c->mutex, "conf work");
	conf_check(c, trv_work_queue(w));
	conf_check(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
}

static void conf_work_queue_queued(struct conf *c)
{
	struct trv_work *w = busy(c, worker);

	conf_ok(c);
	conf_check(c, trv_work_queue(w));
	conf_check(c, !trv_work_queue(w));
	conf_check(c, !trv_work_queue(w));
	conf_check(c, ran(c, 2));
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->a), 2);
}

static void five_times(void *arg)
{
	struct conf *c = arg;

	if (trv_fetch_add(&c->a, 1) < 4)
		(void)conf_note(c, trv_work_queue(&c->work[0]));
}

static void conf_work_queue_itself(struct conf *c)
{
	struct trv_work *w = conf_work(c, five_times);

	conf_check(c, trv_work_queue(w));
	conf_check(c, ran(c, 5));
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->a), 5);
}

static void conf_work_queue_alone(struct conf *c)
{
	struct trv_work *w = busy(c, worker);

	conf_ok(c);
	for (u32 i = 0; i < 20; i++) {
		(void)trv_work_queue(w);
		trv_sleep_us(SHORT_US);
	}
	conf_check(c, conf_wait(conf_get(&c->a) >= 2, CONF_LONG_US));
	conf_check(c, conf_wait(!conf_get(&c->in), CONF_LONG_US));
	conf_check(c, !conf_get(&c->b));
}

static void conf_work_cancel_sync_pending(struct conf *c)
{
	struct trv_work *w = busy(c, worker);

	conf_ok(c);
	conf_check(c, trv_work_queue(w));
	conf_check(c, trv_work_cancel_sync(w));
	conf_eq(c, conf_get(&c->in), 0);
	trv_sleep_us(40 * SHORT_US);
	conf_eq(c, conf_get(&c->a), 1);
	/* And can be queued again. */
	conf_check(c, trv_work_queue(w));
	conf_check(c, ran(c, 2));
}

static void conf_work_cancel_sync_idle(struct conf *c)
{
	struct trv_work *w = conf_work(c, worker);

	conf_check(c, !trv_work_cancel_sync(w));
	conf_check(c, trv_work_queue(w));
	conf_check(c, ran(c, 1));
	conf_check(c, !trv_work_cancel_sync(w));
}

static void conf_work_cancel_sync_waits(struct conf *c)
{
	struct trv_work *w = busy(c, worker);

	conf_ok(c);
	/* It runs and is not pending. */
	conf_check(c, !trv_work_cancel_sync(w));
	conf_eq(c, conf_get(&c->in), 0);
}

static void for_ever(void *arg)
{
	struct conf *c = arg;

	enter(c);
	trv_sleep_us(c->t0);
	(void)trv_work_queue(&c->work[0]);
	leave(c);
}

static void conf_work_cancel_sync_itself(struct conf *c)
{
	struct trv_work *w = busy(c, for_ever);
	u32 before;

	conf_ok(c);
	(void)trv_work_cancel_sync(w);
	conf_eq(c, conf_get(&c->in), 0);
	before = conf_get(&c->a);
	trv_sleep_us(40 * SHORT_US);
	conf_eq(c, conf_get(&c->a), before);
}

CONF_GROUP(defer, CONF_DEFER_CLAUSES);
