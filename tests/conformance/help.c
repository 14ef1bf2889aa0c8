// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What clauses take and need not give back, and the company they keep. */
#include <tests/checkers/dummy.h>
#include <tests/conformance/conf.h>

void conf_scratch(struct conf *c)
{
	struct trv_dev *dev = c->leg->scratch;

	conf_eq(c, trv_bar_map(dev, DUMMY_BAR_MEM, DUMMY_MEM_SIZE, &c->smem), 0);
	c->smem_mapped = true;
	conf_eq(c, trv_bar_map(dev, DUMMY_BAR_PORT, DUMMY_PORT_SIZE, &c->sport), 0);
	c->sport_mapped = true;
}

/* ---- memory and DMA ------------------------------------------------------ */

struct trv_dma_mem *conf_mem(struct conf *c, size_t size, size_t align)
{
	struct trv_dma_mem *mem = &c->mem[c->mems];

	if (!conf_note(c, c->mems < CONF_MEMS) ||
	    !conf_note(c, trv_dma_alloc(c->dev, size, align, mem) == 0))
		return NULL;
	c->mems++;
	return mem;
}

void *conf_buf(struct conf *c, size_t size)
{
	void *p;

	if (!conf_note(c, c->bufs < CONF_BUFS))
		return NULL;
	p = trv_zalloc(c->dev, size, TRV_SLEEP);
	if (!conf_note(c, p))
		return NULL;
	c->buf[c->bufs].p = p;
	c->buf[c->bufs++].size = size;
	return p;
}

struct trv_dma_map *conf_map(struct conf *c, void *buf, u32 len, enum trv_dma_dir dir)
{
	struct trv_dma_map *map = &c->map[c->maps];

	if (!conf_note(c, c->maps < CONF_MAPS) ||
	    !conf_note(c, trv_dma_map(c->dev, buf, len, dir, map) == 0))
		return NULL;
	c->maps++;
	return map;
}

void conf_unmap(struct conf *c)
{
	trv_dma_unmap(c->dev, &c->map[--c->maps]);
}

/* Never the same byte twice in a row, and no period of a power of two. */
static u8 pattern(u32 i, u32 seed)
{
	return (u8)(i * 7 + (i / 251) * 3 + seed * 29 + 1);
}

void conf_fill(void *buf, size_t len, u32 seed)
{
	u8 *p = buf;

	for (u32 i = 0; i < len; i++)
		p[i] = pattern(i, seed);
}

bool conf_filled(const void *buf, size_t len, u32 seed)
{
	const u8 *p = buf;

	for (u32 i = 0; i < len; i++) {
		if (p[i] != pattern(i, seed))
			return false;
	}
	return true;
}

bool conf_zero(const void *buf, size_t len)
{
	const u8 *p = buf;

	for (size_t i = 0; i < len; i++) {
		if (p[i])
			return false;
	}
	return true;
}

/* ---- work and timers ----------------------------------------------------- */

struct trv_work *conf_work(struct conf *c, void (*fn)(void *arg))
{
	trv_work_init(c->dev, &c->work[c->works], fn, c);
	return &c->work[c->works++];
}

struct trv_timer *conf_timer(struct conf *c, void (*fn)(void *arg))
{
	trv_timer_init(c->dev, &c->timer[c->timers], fn, c);
	return &c->timer[c->timers++];
}

/* ---- interrupts ---------------------------------------------------------- */

/*
 * What the handler counts, and how long it stays, is up to the clause. It
 * acknowledges at the end, so that a level stays asserted while it runs.
 */
static enum trv_irq_ret common(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	(void)trv_fetch_add(&c->irq_calls, 1);
	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	if (trv_fetch_add(&c->irq_in, 1))
		conf_set(&c->irq_overlap, 1);
	(void)trv_fetch_add(&c->irqs, 1);
	if (c->irq_spin_us)
		trv_delay_us(c->irq_spin_us);
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	(void)trv_read32(c->regs, EDU_IRQ_STATUS);
	(void)trv_fetch_add(&c->irq_in, -1U);
	return c->irq_ret;
}

static void common_deferred(void *arg)
{
	struct conf *c = arg;

	if (trv_fetch_add(&c->deferred_in, 1))
		conf_set(&c->deferred_overlap, 1);
	(void)trv_fetch_add(&c->deferred, 1);
	if (c->deferred_sleep_us)
		trv_sleep_us(c->deferred_sleep_us);
	(void)trv_fetch_add(&c->deferred_in, -1U);
}

TRV_IRQ_HANDLER(common_handler, common, common_deferred);
const struct trv_irq_handler *const conf_common_handler = &common_handler;

void conf_irq_alloc(struct conf *c)
{
	int n = trv_irq_alloc(c->dev, 1, 1, c->leg->irq_kinds, &c->irq_kind);

	conf_eq(c, n, 1);
	c->irq_alloced = true;
	/* Messages are DMA. */
	conf_eq(c, trv_bus_master(c->dev, true), 0);
}

void conf_irq_attach(struct conf *c, const struct trv_irq_handler *h)
{
	conf_eq(c, trv_irq_attach(c->dev, 0, h, c, "conf"), 0);
	c->irq_attached = true;
}

void conf_irq(struct conf *c)
{
	c->irq_ret = TRV_IRQ_HANDLED;
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, conf_common_handler);
}

void conf_irq_close(struct conf *c)
{
	if (c->irq_attached)
		trv_irq_detach(c->dev, 0);
	c->irq_attached = false;
	if (c->irq_alloced)
		trv_irq_free(c->dev);
	c->irq_alloced = false;
}

void conf_irq_far(struct conf *c)
{
	if (c->leg->irq_far)
		c->leg->irq_far(c->dev, true);
}

/* ---- another task -------------------------------------------------------- */

static void far_main(void *arg)
{
	struct conf *c = arg;

	c->far_fn(c);
	conf_set(&c->far_state, CONF_FAR_DONE);
}

void conf_far(struct conf *c, void (*fn)(struct conf *c))
{
	c->far_fn = fn;
	conf_set(&c->far_state, CONF_FAR_STARTED);
	if (c->leg->elsewhere && c->leg->elsewhere(far_main, c))
		return;
	if (!c->far_by_work)
		trv_work_init(c->dev, &c->far_work, far_main, c);
	c->far_by_work = true;
	conf_check(c, trv_work_queue(&c->far_work));
}

void conf_far_join(struct conf *c)
{
	if (conf_get(&c->far_state) == CONF_FAR_IDLE)
		return;
	conf_check(c, conf_wait(conf_get(&c->far_state) == CONF_FAR_DONE, CONF_LONG_US));
	conf_set(&c->far_state, CONF_FAR_IDLE);
}

/* ---- where sleeping is forbidden ----------------------------------------- */

static void atomic_timer(void *arg)
{
	struct conf *c = arg;

	c->atomic_fn(c);
	(void)trv_fetch_add(&c->atomic_runs, 1);
}

static enum trv_irq_ret atomic_irq(void *arg)
{
	struct conf *c = arg;
	u32 causes = trv_read32(c->regs, EDU_IRQ_STATUS);

	if (!causes || causes == ~0U)
		return TRV_IRQ_NONE;
	trv_write32(c->regs, EDU_IRQ_ACK, causes);
	c->atomic_fn(c);
	(void)trv_fetch_add(&c->atomic_runs, 1);
	return TRV_IRQ_HANDLED;
}

TRV_IRQ_HANDLER(atomic_handler, atomic_irq, NULL);

static void in_lock(struct conf *c)
{
	unsigned long flags = trv_spin_lock_irqsave(&c->spin);

	c->atomic_fn(c);
	trv_spin_unlock_irqrestore(&c->spin, flags);
}

static void in_timer(struct conf *c)
{
	struct trv_timer *t = conf_timer(c, atomic_timer);

	trv_timer_arm(t, 100);
	conf_check(c, conf_wait(conf_get(&c->atomic_runs) == 1, CONF_LONG_US));
}

static void in_handler(struct conf *c)
{
	conf_irq_alloc(c);
	conf_ok(c);
	conf_irq_attach(c, &atomic_handler);
	conf_ok(c);
	conf_raise(c, 1);
	conf_check(c, conf_wait(conf_get(&c->atomic_runs) == 2, CONF_LONG_US));
	conf_irq_close(c);
}

void conf_in_atomic(struct conf *c, void (*fn)(struct conf *c))
{
	c->atomic_fn = fn;
	trv_spin_init(&c->spin, "conf in atomic");
	in_lock(c);
	conf_ok(c);
	in_timer(c);
	if (!c->failed && c->leg->irq_kinds && !c->irq_alloced)
		in_handler(c);
}
