// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: delivery, deferral, detach, sync. A leg runs these for each kind
 * of interrupt, delivered on this CPU and on another one. "Far" clauses ask
 * for the latter: there a handler runs beside the task that looks at it.
 */
#include <tests/conformance/conf.h>

#define SHORT_US 1000 /* long enough for what must not happen */

/* And is over: what is raised before the handler acknowledges would be acknowledged with it. */
static bool came(struct conf *c, u32 n)
{
	return conf_wait(conf_get(&c->irqs) == n && !conf_get(&c->irq_in), CONF_LONG_US);
}

/* A handler that stays for a while is running now, or was. */
static bool handler_runs(struct conf *c)
{
	c->irq_spin_us = 300;
	conf_raise(c, 1);
	return conf_spin(conf_get(&c->irqs), CONF_LONG_US);
}

/* The same for the deferred function. */
static bool deferred_runs(struct conf *c)
{
	c->irq_ret = TRV_IRQ_DEFER;
	c->deferred_sleep_us = 30000;
	conf_raise(c, 1);
	return conf_wait(conf_get(&c->deferred), CONF_LONG_US);
}

/* ---- delivery ------------------------------------------------------------ */

static void conf_irq_attach_delivers(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, came(c, 1));
}

/* On a line others may be heard, too, so there only those with a cause count. */
static void conf_irq_attach_counts(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	for (u32 i = 1; i <= 20; i++) {
		conf_raise(c, i);
		conf_check(c, came(c, i));
		conf_check(c, conf_wait(!conf_get(&c->irq_in), CONF_LONG_US));
	}
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->irqs), 20);
	if (c->irq_kind != TRV_IRQ_INTX)
		conf_eq(c, conf_get(&c->irq_calls), 20);
}

static void conf_irq_attach_busy(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_eq(c, trv_irq_attach(c->dev, 0, conf_common_handler, c, "conf"), -EBUSY);
	conf_raise(c, 1);
	conf_check(c, came(c, 1));
}

static void conf_irq_attach_range(struct conf *c)
{
	conf_irq_alloc(c);
	conf_ok(c);
	conf_eq(c, trv_irq_attach(c->dev, 1, conf_common_handler, c, "conf"), -ERANGE);
	conf_eq(c, trv_irq_attach(c->dev, ~0U, conf_common_handler, c, "conf"), -ERANGE);
}

/* Since interrupts are off, the plain form will do in a handler. */
static enum trv_irq_ret plain_lock(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	trv_spin_lock(&c->spin);
	c->a++;
	trv_spin_unlock(&c->spin);
	(void)trv_fetch_add(&c->irqs, 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(plain_lock_handler, plain_lock, NULL);

static void conf_irq_attach_atomic(struct conf *c)
{
	unsigned long flags;

	trv_spin_init(&c->spin, "conf handler");
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &plain_lock_handler);
	conf_ok(c);
	for (u32 i = 1; i <= 3; i++) {
		flags = trv_spin_lock_irqsave(&c->spin);
		c->a++;
		trv_spin_unlock_irqrestore(&c->spin, flags);
		conf_raise(c, 1);
		conf_check(c, came(c, i));
	}
	flags = trv_spin_lock_irqsave(&c->spin);
	c->b = c->a;
	trv_spin_unlock_irqrestore(&c->spin, flags);
	conf_eq(c, c->b, 6);
}

static void conf_irq_attach_alone(struct conf *c)
{
	conf_irq_far(c);
	conf_irq(c);
	conf_ok(c);
	conf_check(c, handler_runs(c));
	/* The next one would be for this CPU, which has nothing better to do. */
	if (c->leg->irq_far)
		c->leg->irq_far(c->dev, false);
	conf_raise(c, 2);
	trv_sleep_us(SHORT_US);
	conf_check(c, conf_wait(!conf_get(&c->irq_in), CONF_LONG_US));
	conf_check(c, !conf_get(&c->irq_overlap));
}

/* ---- deferral ------------------------------------------------------------ */

static void conf_irq_attach_handled(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, came(c, 1));
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->deferred), 0);
}

static void conf_irq_attach_defer(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	c->irq_ret = TRV_IRQ_DEFER;
	c->deferred_sleep_us = 100;
	for (u32 i = 1; i <= 3; i++) {
		conf_raise(c, 1);
		conf_check(c, conf_wait(conf_get(&c->deferred) == i, CONF_LONG_US));
		conf_check(c, conf_wait(!conf_get(&c->deferred_in), CONF_LONG_US));
	}
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->deferred), 3);
	conf_eq(c, conf_get(&c->irqs), 3);
}

static void conf_irq_attach_defer_alone(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_check(c, deferred_runs(c));
	conf_raise(c, 2);
	conf_check(c, came(c, 2));
	trv_sleep_us(SHORT_US);
	conf_check(c, conf_wait(!conf_get(&c->deferred_in), CONF_LONG_US));
	conf_check(c, !conf_get(&c->deferred_overlap));
}

static void conf_irq_attach_defer_again(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_check(c, deferred_runs(c));
	conf_eq(c, conf_get(&c->deferred_in), 1);
	conf_raise(c, 2);
	conf_check(c, came(c, 2));
	conf_check(c, conf_wait(conf_get(&c->deferred) == 2, CONF_LONG_US));
}

/* ---- detach -------------------------------------------------------------- */

static void detach(struct conf *c)
{
	trv_irq_detach(c->dev, 0);
	c->irq_attached = false;
}

static void conf_irq_detach_handler(struct conf *c)
{
	conf_irq_far(c);
	conf_irq(c);
	conf_ok(c);
	conf_check(c, handler_runs(c));
	detach(c);
	conf_eq(c, conf_get(&c->irq_in), 0);
}

static void conf_irq_detach_deferred(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_check(c, deferred_runs(c));
	detach(c);
	conf_eq(c, conf_get(&c->deferred_in), 0);
}

static void conf_irq_detach_pending(struct conf *c)
{
	u32 ran;

	conf_irq_far(c);
	conf_irq(c);
	conf_ok(c);
	c->irq_ret = TRV_IRQ_DEFER;
	c->deferred_sleep_us = 500;
	conf_raise(c, 1);
	conf_check(c, conf_spin(conf_get(&c->irqs), CONF_LONG_US));
	detach(c);
	ran = conf_get(&c->deferred);
	conf_eq(c, conf_get(&c->deferred_in), 0);
	trv_sleep_us(5 * SHORT_US);
	conf_eq(c, conf_get(&c->deferred), ran);
}

static void conf_irq_detach_silent(struct conf *c)
{
	u32 calls;

	conf_irq(c);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, came(c, 1));
	detach(c);
	calls = conf_get(&c->irq_calls);
	conf_raise(c, 1);
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->irq_calls), calls);
	conf_quiet(c);
}

static void conf_irq_detach_again(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	for (u32 i = 1; i <= 3; i++) {
		conf_raise(c, 1);
		conf_check(c, came(c, i));
		detach(c);
		conf_irq_attach(c, conf_common_handler);
		conf_ok(c);
	}
}

/* ---- sync ---------------------------------------------------------------- */

static void conf_irq_sync_handler(struct conf *c)
{
	conf_irq_far(c);
	conf_irq(c);
	conf_ok(c);
	conf_check(c, handler_runs(c));
	trv_irq_sync(c->dev, 0);
	conf_eq(c, conf_get(&c->irq_in), 0);
}

static void conf_irq_sync_deferred(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	conf_check(c, deferred_runs(c));
	trv_irq_sync(c->dev, 0);
	conf_eq(c, conf_get(&c->deferred_in), 0);
	/* With nothing under way it returns as well. */
	trv_irq_sync(c->dev, 0);
}

CONF_GROUP(irq, CONF_IRQ_CLAUSES);
