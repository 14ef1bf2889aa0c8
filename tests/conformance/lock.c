// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Locks. The pattern: while we hold it somebody else wants it, and says in
 * c->b that he got it; then we let go.
 */
#include <tests/conformance/conf.h>

#define HOLD_US 100

/* Nobody comes while we hold a spinlock. */
static void stays_out(struct conf *c)
{
	for (u32 i = 0; i < HOLD_US; i++) {
		trv_delay_us(1);
		if (!conf_note(c, !conf_get(&c->b)))
			return;
	}
}

static void comes_in(struct conf *c, u32 n)
{
	(void)conf_note(c, conf_wait(conf_get(&c->b) == n, CONF_LONG_US));
}

/* ---- against a task ------------------------------------------------------ */

/* Waits until we hold it. */
static void far_plain(struct conf *c)
{
	(void)conf_spin(conf_get(&c->a), CONF_LONG_US);
	trv_spin_lock(&c->spin);
	(void)trv_fetch_add(&c->b, 1);
	trv_spin_unlock(&c->spin);
}

static void far_irqsave(struct conf *c)
{
	unsigned long flags;

	(void)conf_spin(conf_get(&c->a), CONF_LONG_US);
	flags = trv_spin_lock_irqsave(&c->spin);
	(void)trv_fetch_add(&c->b, 1);
	trv_spin_unlock_irqrestore(&c->spin, flags);
}

static void conf_spin_task(struct conf *c)
{
	trv_spin_init(&c->spin, "conf task");
	conf_far(c, far_plain);
	trv_spin_lock(&c->spin);
	conf_set(&c->a, 1);
	stays_out(c);
	trv_spin_unlock(&c->spin);
	comes_in(c, 1);
	conf_far_join(c);
}

/* ---- against a timer ----------------------------------------------------- */

static void timer_plain(void *arg)
{
	struct conf *c = arg;

	trv_spin_lock(&c->spin);
	(void)trv_fetch_add(&c->b, 1);
	trv_spin_unlock(&c->spin);
}

static void far_arms(struct conf *c)
{
	(void)conf_spin(conf_get(&c->a), CONF_LONG_US);
	trv_timer_arm(&c->timer[1], 20);
	(void)conf_spin(conf_get(&c->b) == 2, CONF_LONG_US);
}

/* One timer of this CPU and one of the other fall due while we hold it. */
static void conf_spin_bh(struct conf *c)
{
	struct trv_timer *near = conf_timer(c, timer_plain);

	(void)conf_timer(c, timer_plain);
	trv_spin_init(&c->spin, "conf timer");
	trv_spin_lock_bh(&c->spin);
	trv_timer_arm(near, 20);
	stays_out(c);
	trv_spin_unlock_bh(&c->spin);
	comes_in(c, 1);
	conf_ok(c);

	conf_set(&c->b, 0);
	conf_far(c, far_arms);
	trv_spin_lock_bh(&c->spin);
	conf_set(&c->a, 1);
	trv_timer_arm(near, 20);
	stays_out(c);
	stays_out(c);
	trv_spin_unlock_bh(&c->spin);
	comes_in(c, 2);
	conf_far_join(c);
}

/* ---- against an interrupt handler ---------------------------------------- */

static enum trv_irq_ret handler_plain(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
	trv_spin_lock(&c->spin);
	(void)trv_fetch_add(&c->b, 1);
	trv_spin_unlock(&c->spin);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(plain_handler, handler_plain, NULL);

static void with_handler(struct conf *c)
{
	trv_spin_init(&c->spin, "conf with handler");
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &plain_handler);
}

static void conf_spin_irqsave(struct conf *c)
{
	with_handler(c);
	conf_ok(c);
	/* On this CPU, then on the other one. */
	for (u32 i = 1; i <= 2; i++) {
		unsigned long flags = trv_spin_lock_irqsave(&c->spin);

		conf_set(&c->b, 0);
		conf_raise(c, 1);
		stays_out(c);
		trv_spin_unlock_irqrestore(&c->spin, flags);
		comes_in(c, 1);
		conf_ok(c);
		conf_irq_far(c);
	}
}

static void conf_spin_strong(struct conf *c)
{
	struct trv_timer *near = conf_timer(c, timer_plain);
	unsigned long flags;

	trv_spin_init(&c->spin, "conf strong");
	conf_far(c, far_irqsave);
	flags = trv_spin_lock_irqsave(&c->spin);
	trv_timer_arm(near, 20);
	conf_set(&c->a, 1);
	stays_out(c);
	trv_spin_unlock_irqrestore(&c->spin, flags);
	comes_in(c, 2);
	conf_far_join(c);
}

/* The inner lock is another one: its unlock must not open what the outer one closed. */
static void conf_spin_restores(struct conf *c)
{
	unsigned long outer_flags, inner_flags;

	with_handler(c);
	conf_ok(c);
	trv_spin_init(&c->inner, "conf inner");
	outer_flags = trv_spin_lock_irqsave(&c->spin);
	conf_raise(c, 1);
	inner_flags = trv_spin_lock_irqsave(&c->inner);
	trv_spin_unlock_irqrestore(&c->inner, inner_flags);
	stays_out(c);
	trv_spin_unlock_irqrestore(&c->spin, outer_flags);
	comes_in(c, 1);
}

static void conf_spin_released(struct conf *c)
{
	trv_spin_init(&c->spin, "conf released");
	conf_set(&c->a, 1);
	for (u32 i = 1; i <= 3; i++) {
		trv_spin_lock(&c->spin);
		trv_spin_unlock(&c->spin);
		conf_far(c, far_plain);
		comes_in(c, i);
		conf_far_join(c);
		conf_ok(c);
	}
}

/* ---- mutexes ------------------------------------------------------------- */

static void far_mutex(struct conf *c)
{
	conf_set(&c->a, 1);
	trv_mutex_lock(&c->mutex);
	(void)trv_fetch_add(&c->b, 1);
	trv_mutex_unlock(&c->mutex);
}

static void conf_mutex_excludes(struct conf *c)
{
	trv_mutex_init(&c->mutex, "conf excludes");
	trv_mutex_lock(&c->mutex);
	conf_far(c, far_mutex);
	(void)conf_note(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
	trv_sleep_us(1000);
	(void)conf_note(c, !conf_get(&c->b));
	trv_mutex_unlock(&c->mutex);
	comes_in(c, 1);
	conf_far_join(c);
}

static void runs_meanwhile(void *arg)
{
	struct conf *c = arg;

	conf_set(&c->d, 1);
}

/* We sleep with it held, and where somebody waits for it others run. */
static void conf_mutex_sleeps(struct conf *c)
{
	struct trv_work *w = conf_work(c, runs_meanwhile);

	trv_mutex_init(&c->mutex, "conf sleeps");
	trv_mutex_lock(&c->mutex);
	conf_far(c, far_mutex);
	(void)conf_note(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
	trv_sleep_us(100);
	(void)conf_note(c, trv_work_queue(w));
	(void)conf_note(c, conf_wait(conf_get(&c->d), CONF_LONG_US));
	trv_mutex_unlock(&c->mutex);
	comes_in(c, 1);
	conf_far_join(c);
}

static void conf_mutex_released(struct conf *c)
{
	trv_mutex_init(&c->mutex, "conf released mutex");
	for (u32 i = 1; i <= 3; i++) {
		trv_mutex_lock(&c->mutex);
		trv_mutex_unlock(&c->mutex);
		conf_far(c, far_mutex);
		comes_in(c, i);
		conf_far_join(c);
		conf_ok(c);
	}
}

/* ---- assertions ---------------------------------------------------------- */

static void conf_assert_held_holder(struct conf *c)
{
	u32 before = c->leg->reports ? c->leg->reports(c->dev) : 0;
	unsigned long flags;

	trv_spin_init(&c->spin, "conf held");
	trv_mutex_init(&c->mutex, "conf held mutex");
	trv_mutex_lock(&c->mutex);
	trv_mutex_assert_held(&c->mutex);
	trv_mutex_unlock(&c->mutex);
	flags = trv_spin_lock_irqsave(&c->spin);
	trv_spin_assert_held(&c->spin);
	trv_spin_unlock_irqrestore(&c->spin, flags);
	if (c->leg->reports)
		conf_eq(c, c->leg->reports(c->dev), before);
}

static void conf_assert_held_spin(struct conf *c)
{
	u32 before = c->leg->reports(c->dev);

	trv_spin_init(&c->spin, "conf not held");
	trv_spin_lock(&c->spin);
	trv_spin_unlock(&c->spin);
	trv_spin_assert_held(&c->spin);
	conf_eq(c, c->leg->reports(c->dev), before + 1);
}

static void conf_assert_held_mutex(struct conf *c)
{
	u32 before = c->leg->reports(c->dev);

	trv_mutex_init(&c->mutex, "conf mutex not held");
	trv_mutex_lock(&c->mutex);
	trv_mutex_unlock(&c->mutex);
	trv_mutex_assert_held(&c->mutex);
	conf_eq(c, c->leg->reports(c->dev), before + 1);
}

CONF_GROUP(lock, CONF_LOCK_CLAUSES);
