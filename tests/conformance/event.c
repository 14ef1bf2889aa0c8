// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Events. */
#include <tests/conformance/conf.h>

static void signal_later(struct conf *c)
{
	trv_sleep_us(500);
	c->d = 0x1234;
	trv_event_signal(&c->event);
}

static void conf_event_before(struct conf *c)
{
	trv_event_init(&c->event);
	trv_event_signal(&c->event);
	conf_eq(c, trv_event_wait(&c->event, 1000), 0);
	conf_eq(c, trv_event_wait(&c->event, 0), 0);
}

static void conf_event_wakes(struct conf *c)
{
	trv_event_init(&c->event);
	conf_far(c, signal_later);
	conf_eq(c, trv_event_wait(&c->event, CONF_LONG_US), 0);
	conf_eq(c, c->d, 0x1234);
	conf_far_join(c);
}

static void conf_event_stays(struct conf *c)
{
	trv_event_init(&c->event);
	conf_far(c, signal_later);
	for (u32 i = 0; i < 4; i++)
		conf_eq(c, trv_event_wait(&c->event, CONF_LONG_US), 0);
	conf_far_join(c);
}

static void conf_event_reset(struct conf *c)
{
	trv_event_init(&c->event);
	for (u32 i = 0; i < 3; i++) {
		trv_event_signal(&c->event);
		conf_eq(c, trv_event_wait(&c->event, 1000), 0);
		trv_event_reset(&c->event);
		conf_eq(c, trv_event_wait(&c->event, 1000), -ETIMEDOUT);
	}
}

static void conf_event_timeout(struct conf *c)
{
	static const u32 timeouts[] = { 0, 1, 50, 3000, 20000 };

	trv_event_init(&c->event);
	for (u32 i = 0; i < TRV_ARRAY_SIZE(timeouts); i++) {
		u64 start = trv_time_ns();

		conf_eq(c, trv_event_wait(&c->event, timeouts[i]), -ETIMEDOUT);
		conf_check(c, trv_time_ns() - start >= timeouts[i] * 1000ULL);
	}
}

static void far_waits(struct conf *c)
{
	conf_set(&c->a, 1);
	(void)conf_note(c, trv_event_wait(&c->event, CONF_LONG_US) == 0);
}

static void timer_signals(void *arg)
{
	struct conf *c = arg;

	trv_event_signal(&c->event);
}

static void conf_event_all(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, timer_signals);

	trv_event_init(&c->event);
	conf_far(c, far_waits);
	conf_check(c, conf_wait(conf_get(&c->a), CONF_LONG_US));
	trv_timer_arm(t, 2000);
	conf_eq(c, trv_event_wait(&c->event, CONF_LONG_US), 0);
	conf_far_join(c);
}

static enum trv_irq_ret handler_signals(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
	c->d = causes;
	trv_event_signal(&c->event);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(signals_handler, handler_signals, NULL);

/* edu raises it when the factorial is there, which takes a while. */
static void conf_event_interrupt(struct conf *c)
{
	trv_event_init(&c->event);
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &signals_handler);
	conf_ok(c);
	trv_write32(c->regs, EDU_STATUS, EDU_STATUS_RAISE_IRQ);
	for (u32 i = 0; i < 3; i++) {
		trv_event_reset(&c->event);
		trv_write32(c->regs, EDU_FACTORIAL, 1000);
		conf_eq(c, trv_event_wait(&c->event, CONF_LONG_US), 0);
		conf_eq(c, c->d, EDU_IRQ_STATUS_FACTORIAL);
		c->d = 0;
	}
}

CONF_GROUP(event, CONF_EVENT_CLAUSES);
