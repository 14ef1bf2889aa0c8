// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Getting interrupt vectors and giving them back. */
#include <tests/conformance/conf.h>

#define NO_KIND TRV_IRQ_LEGACY /* edu is no IDE function */

/* One vector of just this kind; 0 when the device or the leg has none. */
static int take_one(struct conf *c, u32 kind)
{
	enum trv_irq_kind got = 0;
	int n = trv_irq_alloc(c->dev, 1, 1, kind, &got);

	if (n < 0) {
		(void)conf_note(c, n == -EOPNOTSUPP);
		return 0;
	}
	(void)conf_note(c, n == 1);
	(void)conf_note(c, got == kind);
	trv_irq_free(c->dev);
	return 1;
}

static u32 available(struct conf *c)
{
	u32 kinds = 0;

	for (u32 kind = TRV_IRQ_MSIX; kind <= TRV_IRQ_INTX; kind <<= 1) {
		if (c->leg->irq_kinds & kind && take_one(c, kind))
			kinds |= kind;
	}
	return kinds;
}

static void conf_irq_alloc_kinds(struct conf *c)
{
	conf_check(c, available(c));
}

static void conf_irq_alloc_best(struct conf *c)
{
	u32 kinds = available(c);
	u32 best = kinds & -kinds;

	conf_ok(c);
	if (kinds == best)
		conf_skip(c, "the device has one kind of interrupt only");
	conf_eq(c, trv_irq_alloc(c->dev, 1, 1, kinds, &c->irq_kind), 1);
	c->irq_alloced = true;
	/* The lower bit is the better kind. */
	conf_eq(c, c->irq_kind, best);
}

/* @min to @max vectors of @kind: the count, with as many to attach to and not one more. */
static int count(struct conf *c, u32 min, u32 max, u32 kind)
{
	enum trv_irq_kind got;
	int n = trv_irq_alloc(c->dev, min, max, kind, &got);

	if (n < 0)
		return n;
	(void)conf_note(c, n >= (int)min && n <= (int)max);
	(void)conf_note(c, trv_irq_attach(c->dev, n, conf_common_handler, c, "conf") == -ERANGE);
	if (conf_note(c, trv_irq_attach(c->dev, n - 1, conf_common_handler, c, "conf") == 0))
		trv_irq_detach(c->dev, n - 1);
	trv_irq_free(c->dev);
	return n;
}

static void conf_irq_alloc_count(struct conf *c)
{
	for (u32 kind = TRV_IRQ_MSIX; kind <= TRV_IRQ_INTX; kind <<= 1) {
		int most;

		if (!(c->leg->irq_kinds & kind))
			continue;
		most = count(c, 1, 16, kind);
		conf_ok(c);
		if (most == -EOPNOTSUPP)
			continue;
		conf_check(c, most >= 1);
		conf_eq(c, count(c, 1, 1, kind), 1);
		conf_eq(c, count(c, 1, 2, kind), most < 2 ? 1 : 2);
		conf_eq(c, count(c, most, most, kind), most);
		conf_ok(c);
		if (most < 16)
			conf_eq(c, count(c, most + 1, 16, kind), -EOPNOTSUPP);
	}
}

static void conf_irq_alloc_none(struct conf *c)
{
	conf_eq(c, trv_irq_alloc(c->dev, 1, 1, NO_KIND, &c->irq_kind), -EOPNOTSUPP);
	conf_irq(c);
}

static void conf_irq_alloc_legacy(struct conf *c)
{
	struct trv_dev *ide = c->leg->ide;
	enum trv_irq_kind kind;
	int n = trv_irq_alloc(ide, 1, 2, TRV_IRQ_LEGACY, &kind);

	conf_eq(c, n, 2);
	(void)conf_note(c, kind == TRV_IRQ_LEGACY);
	for (u32 vec = 0; vec < 2; vec++) {
		if (conf_note(c, !trv_irq_attach(ide, vec, conf_common_handler, c, "conf")))
			trv_irq_detach(ide, vec);
	}
	trv_irq_free(ide);
}

static void conf_irq_alloc_busy(struct conf *c)
{
	enum trv_irq_kind kind;

	conf_irq_alloc(c);
	conf_ok(c);
	conf_eq(c, trv_irq_alloc(c->dev, 1, 1, c->leg->irq_kinds, &kind), -EBUSY);
}

static void conf_irq_free_again(struct conf *c)
{
	for (u32 i = 1; i < 4; i++) {
		conf_irq(c);
		conf_ok(c);
		conf_raise(c, 1);
		conf_check(c, conf_wait(conf_get(&c->irqs) == i, CONF_LONG_US));
		conf_irq_close(c);
	}
}

CONF_GROUP(vectors, CONF_VECTORS_CLAUSES);
