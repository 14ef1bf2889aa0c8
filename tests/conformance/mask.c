// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Masked interrupts, and interrupt lines shared with another device. */
#include <tests/conformance/conf.h>

#define SHORT_US 1000

/* And is over: what is raised before the handler acknowledges would be acknowledged with it. */
static bool came(struct conf *c, u32 n)
{
	return conf_wait(conf_get(&c->irqs) == n && !conf_get(&c->irq_in), CONF_LONG_US);
}

static void mask(struct conf *c)
{
	trv_irq_mask(c->dev, 0);
}

static void unmask(struct conf *c)
{
	trv_irq_unmask(c->dev, 0);
}

static void conf_irq_mask_holds(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	mask(c);
	conf_raise(c, 1);
	trv_sleep_us(SHORT_US);
	conf_note(c, !conf_get(&c->irqs));
	unmask(c);
	conf_check(c, came(c, 1));
	conf_raise(c, 1);
	conf_check(c, came(c, 2));
}

static void conf_irq_mask_nests(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	for (u32 i = 0; i < 3; i++)
		mask(c);
	conf_raise(c, 1);
	for (u32 i = 0; i < 2; i++) {
		unmask(c);
		trv_sleep_us(SHORT_US);
		conf_note(c, !conf_get(&c->irqs));
	}
	unmask(c);
	conf_check(c, came(c, 1));
}

static void conf_irq_mask_level(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	for (u32 i = 1; i <= 3; i++) {
		mask(c);
		conf_raise(c, 1);
		trv_sleep_us(100);
		unmask(c);
		conf_check(c, came(c, i));
		conf_check(c, conf_wait(!conf_get(&c->irq_in), CONF_LONG_US));
	}
}

static void conf_irq_mask_once(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	mask(c);
	for (u32 i = 1; i <= 4; i++)
		conf_raise(c, i);
	/* Else the last of them may be raised after the mask is gone. */
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
	unmask(c);
	conf_check(c, came(c, 1));
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->irqs), 1);
	if (c->irq_kind != TRV_IRQ_INTX)
		conf_eq(c, conf_get(&c->irq_calls), 1);
}

static void conf_irq_mask_dropped(struct conf *c)
{
	u32 calls;

	conf_irq(c);
	conf_ok(c);
	if (c->irq_kind != TRV_IRQ_INTX)
		conf_skip(c, "messages have no level");
	mask(c);
	/* Whoever else is on the line may have used it before. */
	calls = conf_get(&c->irq_calls);
	conf_raise(c, 1);
	trv_sleep_us(100);
	conf_quiet(c);
	unmask(c);
	trv_sleep_us(SHORT_US);
	conf_eq(c, conf_get(&c->irq_calls), calls);
	conf_raise(c, 1);
	conf_check(c, came(c, 1));
}

/* Masks its own vector while it runs, as a handler may. */
static enum trv_irq_ret masking(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_irq_mask(c->dev, 0);
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
	conf_set(&c->a, 1);
	trv_delay_us(200);
	(void)trv_fetch_add(&c->irqs, 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(masking_handler, masking, NULL);

static void conf_irq_mask_finishes(struct conf *c)
{
	conf_irq_far(c);
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &masking_handler);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, conf_spin(conf_get(&c->a), CONF_LONG_US));
	mask(c);
	conf_check(c, came(c, 1));
	unmask(c);
	unmask(c);
	conf_raise(c, 1);
	conf_check(c, came(c, 2));
	unmask(c);
}

/* ---- the other device on the line ---------------------------------------- */

static enum trv_irq_ret sharing(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->xregs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->xregs, EDU_IRQ_ACK, causes);
	(void)trv_read32(c->xregs, EDU_IRQ_STATUS);
	(void)trv_fetch_add(&c->b, 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(sharing_handler, sharing, NULL);

static void sharer(struct conf *c)
{
	struct trv_dev *dev = c->leg->sharer;
	enum trv_irq_kind kind;

	conf_eq(c, trv_bar_map(dev, EDU_BAR, EDU_BAR_LEN, &c->xregs), 0);
	c->xmapped = true;
	conf_eq(c, trv_irq_alloc(dev, 1, 1, TRV_IRQ_INTX, &kind), 1);
	c->xalloced = true;
	conf_eq(c, trv_irq_attach(dev, 0, &sharing_handler, c, "conf sharer"), 0);
	c->xattached = true;
}

static bool sharer_came(struct conf *c, u32 n)
{
	return conf_wait(conf_get(&c->b) == n, CONF_LONG_US);
}

static void conf_irq_attach_shared(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	if (c->irq_kind != TRV_IRQ_INTX)
		conf_skip(c, "messages are not shared");
	sharer(c);
	conf_ok(c);
	for (u32 i = 1; i <= 3; i++) {
		trv_write32(c->xregs, EDU_IRQ_RAISE, 1);
		conf_check(c, sharer_came(c, i));
		conf_raise(c, 1);
		conf_check(c, came(c, i));
	}
	/* Both at once. */
	trv_write32(c->xregs, EDU_IRQ_RAISE, 1);
	conf_raise(c, 1);
	conf_check(c, sharer_came(c, 4));
	conf_check(c, came(c, 4));
}

static void conf_irq_mask_others(struct conf *c)
{
	conf_irq(c);
	conf_ok(c);
	if (c->irq_kind != TRV_IRQ_INTX)
		conf_skip(c, "messages are not shared");
	sharer(c);
	conf_ok(c);
	mask(c);
	trv_write32(c->xregs, EDU_IRQ_RAISE, 1);
	conf_note(c, sharer_came(c, 1));
	/* Also while ours wants to be heard and is not. */
	conf_raise(c, 1);
	trv_write32(c->xregs, EDU_IRQ_RAISE, 1);
	conf_note(c, sharer_came(c, 2));
	conf_note(c, !conf_get(&c->irqs));
	unmask(c);
	conf_ok(c);
	conf_check(c, came(c, 1));
}

CONF_GROUP(mask, CONF_MASK_CLAUSES);
